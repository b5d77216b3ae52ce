"""The request log: every answered request as a row, written in batches behind the requests.

A reading request must not wait for a write, so lines are kept in memory for a fraction of a second; a crash can lose
that much of the log, and nothing else.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from typing import Any

import orjson

from app.db.database import Database
from app.wire.tables import RequestLog

FLUSH_SECONDS = 0.5
BUFFER_LINES = 20_000
"""When more than this wait, the oldest are dropped: the log must not eat the memory of a server under load."""

PARAMS_MAX = 20_000
"""How many characters of JSON are kept of a request's parameters. Longer ones are left out: no reader would miss them,
and a stranger could fill the disk with them."""

_SECRET_NAMES = re.compile(r"number|cvc|secret|token|tax_id|vat_id|ssn|password|payload|routing|security_code|iban", re.I)
# Keys and card numbers are also kept out where they stand under another name, as in a parameter that was mistyped.
_SECRET_VALUES = re.compile(r"(?:sk|rk|pk|whsec)_[A-Za-z0-9_]+|\b\d(?:[ -]?\d){12,18}\b")
REDACTED = "[redacted]"


def redacted(params: Any) -> Any:
    """The parameters without what could identify a card, a bank account or a person."""
    match params:
        case dict():
            return {_open(name): REDACTED if value != "" and _SECRET_NAMES.search(name) else redacted(value)
                    for name, value in params.items()}
        case list():
            return [redacted(value) for value in params]
    return _open(params)


def _open(text: str) -> str:
    return _SECRET_VALUES.sub(REDACTED, text)


class RequestRecorder:
    """Takes a line for each request and writes them from a thread of its own."""

    def __init__(self, database: Database, *, enabled: bool) -> None:
        self._database, self._enabled = database, enabled
        self._lines: deque[tuple[Any, ...]] = deque(maxlen=BUFFER_LINES)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def record(self, *line: Any) -> None:
        """`(request_id, account_id, created, method, path, status, duration_us, idempotency_key, params)`."""
        if self._enabled:
            self._lines.append(line)
            if self._thread is None:
                self._start()

    def flush(self) -> None:
        """Write what has gathered."""
        lines = [self._lines.popleft() for _ in range(len(self._lines))]
        if not lines:
            return
        try:
            # Made before it is this writer's turn: other writers wait for nothing but the INSERT.
            rows = [self._row(*line) for line in lines]
            with self._database.writing() as session:
                for row in rows:
                    session.append(RequestLog, row)
        except Exception:
            # They are tried again with the next ones, the newest of them as far as there is room.
            room = max(BUFFER_LINES - len(self._lines), 0)
            self._lines.extendleft(lines[::-1][:room])
            raise

    def _row(self, request_id: str, account_id: str | None, created: int, method: str, path: str, status: int,
             duration_us: int, key: str | None, params: dict[str, Any]) -> dict[str, Any]:
        """The columns of a line."""
        text = orjson.dumps(redacted(params)).decode() if params else None
        if text is not None and len(text) > PARAMS_MAX:
            text = orjson.dumps({"left_out": f"{len(text)} characters"}).decode()
        # PostgreSQL takes no NUL, and method and path are whatever a client made up.
        return {
            "id": request_id, "seq": self._database.ids.seq(), "account_id": account_id, "created": created,
            "method": method[:32], "path": _open(path.replace("\0", "\ufffd")), "status": status,
            "duration_us": duration_us, "idempotency_key": key, "params": text}

    def stop(self) -> None:
        """Write the rest and end the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self.flush()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="request-log", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(FLUSH_SECONDS):
            try:
                self.flush()
            except Exception:  # noqa: BLE001 - a log that cannot be written must not end the server
                continue
        self._database.close_thread()
