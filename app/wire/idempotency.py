"""Idempotency keys: the first answer is kept with the work that it tells of, and given again for a day."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from sqlalchemy import text

from app.clock.now import wall_seconds
from app.db.database import Database
from app.db.sealing import Seal
from app.db.session import Session
from app.errors import IdempotencyError
from app.wire.tables import IdempotencyKey

log = logging.getLogger("billyard.wire")

KEPT_SECONDS = 86_400


class Attempt:
    """A request that may carry a key: whether it was answered before, and what it is answered now."""

    def __init__(self, account_id: str, key: str | None, path: str, params: dict[str, Any], request_id: str, *,
                 seal: Seal | None = None) -> None:
        """With a `seal` nobody reads in the database what was sent and answered."""
        self.account_id, self.key, self.path, self.request_id = account_id, key, path, request_id
        self._params, self._seal = params, seal

    @property
    def _digest(self) -> str:
        params = orjson.dumps(self._params, option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(params).hexdigest() if self._seal is None else self._seal.digest(params)

    def replay(self, session: Session) -> IdempotencyKey | None:
        """The remembered answer, or None for a key that is new.

        Raises IdempotencyError when the key was used with other parameters or on another path, and 409 when another
        process is at work with it.
        """
        if self.key is None:
            return None
        if session.connection.dialect.name == "postgresql":
            lock = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
            if not session.connection.execute(lock, {"name": f"{self.account_id} {self.key}"}).scalar():
                raise in_use(self.key)
        known = session.get(IdempotencyKey, self.account_id, self.key)
        if known is None:
            return None
        if known.created + KEPT_SECONDS <= wall_seconds():
            session.delete(known)
            session.flush()
            return None
        tail = f"Try using a key other than '{self.key}' if you meant to execute a different request."
        if known.path != self.path:
            raise IdempotencyError("Keys for idempotent requests can only be used for the same endpoint they were "
                                   f"first used for ('{known.path}' vs '{self.path}'). {tail}")
        if known.params_digest != self._digest:
            raise IdempotencyError("Keys for idempotent requests can only be used with the same parameters they were "
                                   f"first used with. {tail}")
        return known

    def body_of(self, known: IdempotencyKey) -> bytes:
        """What was answered."""
        return known.body if self._seal is None else self._seal.open(known.body)

    def remember(self, session: Session, status: int, body: bytes) -> None:
        """Keep the answer in the transaction of the work."""
        if self.key is not None:
            session.add(IdempotencyKey(
                account_id=self.account_id, key=self.key, path=self.path, params_digest=self._digest,
                request_id=self.request_id, status=status, created=wall_seconds(),
                body=body if self._seal is None else self._seal.close(body)))

    def remember_after(self, database: Database, status: int, body: bytes) -> None:
        """Keep a refusal whose work was rolled back; the caller gets it in any case."""
        if self.key is None:
            return
        try:
            with database.writing() as session:
                if session.get(IdempotencyKey, self.account_id, self.key) is None:
                    self.remember(session, status, body)
        except Exception as problem:  # noqa: BLE001 - a repetition is then refused afresh
            log.warning("the answer to %s was not kept for its idempotency key: %s", self.path, type(problem).__name__)


class IdempotencyDesk:
    """Knows which keys this process is working on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: set[tuple[str, str]] = set()

    @contextmanager
    def holding(self, attempt: Attempt) -> Iterator[None]:
        """Work on the attempt's key alone. Raises 409 `idempotency_key_in_use` while another thread does.

        Between processes SQLite's writers queue, so that the later request finds the answer of the earlier one.
        """
        if attempt.key is None:
            yield
            return
        name = (attempt.account_id, attempt.key)
        with self._lock:
            if name in self._held:
                raise in_use(attempt.key)
            self._held.add(name)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(name)


def in_use(key: str) -> IdempotencyError:
    """The refusal of a request whose twin is still running."""
    return IdempotencyError(
        "There is currently another in-progress request using this Idempotent Key (that probably means you submitted "
        f"twice, and the other request is still going through): {key}. Please try again later.",
        status=409, code="idempotency_key_in_use")
