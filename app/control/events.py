"""The newest events, as a person at a terminal reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import or_

from app.control.keys import account_named
from app.db.database import Database
from app.db.session import entity
from app.events.tables import TOLD_BY, Event


def newest_events(database: Database, *, account: str | None = None, types: Sequence[str] = (), limit: int = 20,
                  after: int = 0) -> list[dict[str, Any]]:
    """The newest `limit` events with a `seq` above `after`, oldest of them first.

    `account` is an id or a key; a type that ends in `*` stands for all that begin so.
    """
    statement = entity(Event).where(Event.seq > after).order_by(Event.seq.desc()).limit(limit)
    with database.reading() as session:
        if account is not None:
            statement = statement.where(Event.account_id == account_named(session, account))
        if types:
            statement = statement.where(or_(*(
                Event.type.startswith(type[:-1], autoescape=True) if type.endswith("*") else Event.type == type
                for type in types)))
        rows = session.rows(Event, statement)
        session.load(rows, TOLD_BY)
        return [_shown(row) for row in reversed(rows)]


def _shown(row: Event) -> dict[str, Any]:
    return {"id": row.id, "account": row.account_id, "type": row.type, "object": row.object_id, "created": row.created,
            "request": row.request_id, "seq": row.seq, "data": row.shown,
            "previous_attributes": None if row.previous_attributes is None else orjson.loads(row.previous_attributes)}
