"""The invariants of all rows, a function each: a query, or a pass over rows, that yields what is wrong.

They re-derive what operations have stored, from the rules and not from the operations' own code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, tuple_

from app.db.roots import Account
from app.db.session import Session, entity

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one object."""

    account_id: str
    object: str
    id: str
    message: str


@dataclass(frozen=True, slots=True)
class Books:
    """The rows under examination: those of one account and of all connected to it, or all where `account_id` is None."""

    session: Session
    account_id: str | None = None

    def of(self, table: Any) -> Any:
        """The condition for the rows of a table, for `where`."""
        owner = table.id if table is Account else table.account_id
        if self.account_id is None:
            return owner.is_not(None)
        return owner.in_(select(Account.id).where((Account.id == self.account_id) | (Account.platform_id == self.account_id)))

    def values(self, statement: Any) -> list[Any]:
        """The tuples of a statement."""
        return self.session.values(statement)

    def rows(self, table: Any, *where: Any, relations: Sequence[str] = ()) -> Iterator[Any]:
        """All rows of a table that meet the conditions, with these relations; read in batches and forgotten after each."""
        key, last = tuple_(table.account_id, table.id), ("", "")
        while True:
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


Check = Callable[[Books], Iterator[Problem]]
"""One invariant. Its name is what `billyard doctor` calls it."""
