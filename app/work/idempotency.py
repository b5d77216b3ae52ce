"""Forgetting idempotency keys as a source of work."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, select, tuple_

from app.clock.now import wall_seconds
from app.db.database import Database
from app.db.session import Prepared
from app.wire.idempotency import KEPT_SECONDS
from app.wire.tables import IdempotencyKey

GATHER_S = 600
"""How long expired keys gather, so that they go in batches and not one by one."""
BATCH = 500

_OLDEST = Prepared(select(func.min(IdempotencyKey.created)))
_EXPIRED = (
    select(IdempotencyKey.account_id, IdempotencyKey.key).where(IdempotencyKey.created <= bindparam("expired"))
    .order_by(IdempotencyKey.created).limit(BATCH))
_FORGET = Prepared(delete(IdempotencyKey).where(tuple_(IdempotencyKey.account_id, IdempotencyKey.key).in_(_EXPIRED)))


class ExpiredKeys:
    """Deletes the idempotency keys whose day is over. A request ignores them from that second on, deleted or not."""

    def next_due(self, database: Database) -> int | None:
        """When the oldest key has been expired for a while."""
        with database.reading() as session:
            oldest: int | None = session.scalar(_OLDEST)
        return None if oldest is None else oldest + KEPT_SECONDS + GATHER_S

    def run(self, database: Database) -> bool:
        """Delete one batch, the oldest first."""
        with database.writing() as session:
            return session.execute(_FORGET, expired=wall_seconds() - KEPT_SECONDS) > 0

    def stop(self, database: Database) -> None:
        """Nothing is ever under way."""
