"""What stands in the database, looked at from behind the API."""

from __future__ import annotations

from sqlalchemy import func, literal_column, select, union_all

import app.registry  # noqa: F401 - all tables are known with it
from app.db.base import Base
from app.db.session import Prepared
from app.wire.endpoint import Server
from app.wire.tables import IdempotencyKey, RequestLog

_NOT_WORK = {RequestLog.__tablename__, IdempotencyKey.__tablename__}
_COUNT = Prepared(union_all(*(
    select(literal_column(f"'{table.name}'"), func.count()).select_from(table)
    for table in Base.metadata.sorted_tables if table.name not in _NOT_WORK)))


def row_counts(server: Server) -> dict[str, int]:
    """How many rows each table has, without what the wire notes about requests."""
    with server.database.reading() as session:
        return dict(map(tuple, session.values(_COUNT)))


def everything(server: Server) -> str:
    """All values of all rows, as one text to search."""
    with server.database.reading() as session:
        return "\n".join(repr(row) for table in Base.metadata.sorted_tables for row in session.values(select(table)))
