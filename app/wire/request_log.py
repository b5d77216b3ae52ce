"""The request log: every answered request as a row, written in batches behind the requests.

A reading request must not wait for a write, so lines are kept in memory for a fraction of a second; a crash can lose that much
of the log, and nothing else.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

import orjson

from app.db.database import Database
from app.wire.tables import RequestLog

FLUSH_SECONDS = 0.5
BUFFER_LINES = 20_000
"""When more than this wait, the oldest are dropped: the log must not eat the memory of a server under load."""

_SECRET_WORDS = ("number", "cvc", "secret", "token", "id_number", "tax_id", "ssn", "password", "payload", "routing",
                 "account_number", "security_code")
REDACTED = "[redacted]"


def redacted(params: Any) -> Any:
    """The parameters without what could identify a card, a bank account or a person."""
    if isinstance(params, dict):
        return {name: REDACTED if any(word in str(name).lower() for word in _SECRET_WORDS) and value != ""
                else redacted(value) for name, value in params.items()}
    if isinstance(params, list):
        return [redacted(value) for value in params]
    return params


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
        with self._database.writing() as session:
            for request_id, account_id, created, method, path, status, duration_us, key, params in lines:
                session.add(RequestLog(
                    id=request_id, seq=self._database.ids.seq(), account_id=account_id, created=created, method=method,
                    path=path, status=status, duration_us=duration_us, idempotency_key=key,
                    params=orjson.dumps(redacted(params)).decode() if params else None))

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
            except Exception:  # noqa: BLE001, S112 - a log that cannot be written must not end the server
                continue
        self._database.close_thread()
