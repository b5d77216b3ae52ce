"""Column types that mean the same on SQLite and PostgreSQL."""

from typing import Annotated, Any

import orjson
from sqlalchemy import JSON, BigInteger, String, Text
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator


class JSONDoc(TypeDecorator[Any]):
    """A JSON document that only the reader looks inside: text on SQLite, JSONB on PostgreSQL.

    A document is replaced, never changed in place: a change inside it would not be noticed.
    """

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "postgresql":
            # Not imported for SQLite: a start there takes a tenth less.
            from sqlalchemy.dialects.postgresql import JSONB

            return dialect.type_descriptor(JSONB())
        return dialect.type_descriptor(Text())

    def bind_processor(self, dialect: Dialect) -> Any:
        return _dump

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        # psycopg has decoded JSONB by the time a row is read; SQLite hands out the text.
        return None if dialect.name == "postgresql" else _load


def _dump(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _load(value: str | None) -> Any:
    return None if value is None else orjson.loads(value)


ObjectId = Annotated[str, mapped_column(String(255))]
"""An id with Stripe's prefix, or the one that the caller chose."""

Cents = Annotated[int, mapped_column(BigInteger)]
"""Minor units of the currency that stands beside it."""

UnixTime = Annotated[int, mapped_column(BigInteger)]
"""Unix seconds, of the clock that the row lives on."""

Document = Annotated[dict[str, Any], mapped_column(JSONDoc)]
Documents = Annotated[list[Any], mapped_column(JSONDoc)]
"""JSON documents; `Mapped[Document | None]` where the API says null."""

Decimals = Annotated[str, mapped_column(String(40))]
"""A decimal number in Stripe's text form, up to twelve places."""
