"""The invariants of all rows, a function each: a query, or a pass over rows, that yields what is wrong.

They re-derive what operations have stored, from the rules and not from the operations' own code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import CodeType, FunctionType
from typing import Any

from sqlalchemy import bindparam, literal_column, select, tuple_, union_all

from app.db.base import Base
from app.db.roots import Account
from app.db.session import Prepared, Session, entity

BATCH = 1_000

_made: dict[tuple[CodeType, bool, tuple[Any, ...]], Prepared] = {}
"""The statements of checks, by the functions that make them, whether they are for everybody, and what they are about."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one object."""

    account_id: str
    object: str
    id: str
    message: str


@dataclass(slots=True)
class Books:
    """The rows under examination: those of one account and of all connected to it, or all where `account_id` is None."""

    session: Session
    account_id: str | None = None
    _filled: set[str] | None = field(default=None, init=False)

    @property
    def account(self) -> Any:
        """The account under examination as a parameter, so that a statement made of it serves any other too."""
        return None if self.account_id is None else bindparam("account_id", self.account_id)

    def of(self, table: Any) -> Any:
        """The condition for the rows of a table, for `where`."""
        return _owned(table, self.account)

    def have(self, table: Any) -> bool:
        """Whether there is a row of the table: for a check of its rows, which need not be asked for where there are none.

        Making a statement costs more than running it, and a sandbox has rows in a few of the tables.
        """
        if self._filled is None:
            found = self.session.values(_filled_tables(self.account_id is None), account_id=self.account_id)
            self._filled = {name for (name,) in found}
        assert _is_owned(table)
        return table.__tablename__ in self._filled

    def values(self, asked: Any, *about: Any) -> list[Any]:
        """The tuples of a statement, or of the one that a function makes `about` something.

        It is called once in a process, because making a statement costs more than running it: so it may rest on nothing
        but what it is about, and what is the same at every examination: on `account`, and never on `account_id`.
        """
        if not isinstance(asked, FunctionType):
            return self.session.values(asked)
        key = asked.__code__, self.account_id is None, about
        made = _made.get(key)
        if made is None:
            made = _made[key] = Prepared(asked(*about))
        return self.session.values(made, account_id=self.account_id)

    def rows(self, table: Any, *where: Any, relations: Sequence[str] = ()) -> Iterator[Any]:
        """All rows of a table that meet the conditions, with these relations; read in batches and forgotten after each."""
        key, last = tuple_(table.account_id, table.id), ("", "")
        while self.have(table):
            # A session of its own, because a session remembers its rows; the transaction is the same.
            statement = entity(table).where(self.of(table), key > last, *where).order_by(table.account_id, table.id)
            session = Session(self.session.connection, writing=False)
            batch = session.rows(table, statement.limit(BATCH))
            for relation in relations:
                session.load(batch, relation)
            yield from batch
            if len(batch) < BATCH:
                return
            last = (batch[-1].account_id, batch[-1].id)


def _is_owned(table: Any) -> bool:
    return table is Account or "account_id" in table.column_keys


def _owned(table: Any, account_id: Any) -> Any:
    owner = table.id if table is Account else table.account_id
    if account_id is None:
        return owner.is_not(None)
    return owner.in_(select(Account.id).where((Account.id == account_id) | (Account.platform_id == account_id)))


@cache
def _filled_tables(everybody: bool) -> Prepared:
    """The names of the tables in which everybody, or `account_id` and what is connected to it, has a row."""
    account_id: Any = None if everybody else bindparam("account_id")
    tables = [mapper.class_ for mapper in Base.registry.mappers if _is_owned(mapper.class_)]
    return Prepared(union_all(*(
        select(literal_column(f"'{table.__tablename__}'")).where(
            select(literal_column("1")).select_from(table).where(_owned(table, account_id)).exists())
        for table in tables)))


Check = Callable[[Books], Iterator[Problem]]
"""One invariant. Its name is what `billyard doctor` calls it."""
