"""What must hold of everything that time moves (behaviour reference, 12: 7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from app.control.checks import Books, Problem
from app.db.base import Base, OnClock, TimeDriven
from app.db.roots import Account, TestClock
from app.db.session import DUE_MOMENTS
from app.events.tables import Event


def _tables(books: Books, kind: type) -> list[Any]:
    """The tables of this kind that have rows."""
    tables = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, kind) and books.have(mapper.class_)]
    return sorted(tables, key=lambda table: table.__tablename__)


def clocks_have_a_target_while_they_advance(books: Books) -> Iterator[Problem]:
    """target_time is set, and ahead, exactly while a clock advances"""
    def query() -> Any:
        advancing = TestClock.status == "advancing"
        return select(TestClock.account_id, TestClock.id, TestClock.status, TestClock.target_time).where(
            books.of(TestClock), (advancing != TestClock.target_time.is_not(None))
            | (TestClock.target_time <= TestClock.frozen_time))

    for account_id, id, status, target_time in books.values(query):
        yield Problem(account_id, TestClock.object_name, id, f"status is {status} with a target of {target_time}")


def sandboxes_go_forward(books: Books) -> Iterator[Problem]:
    """the wall clock of a sandbox is never behind the world's, and is set forward only; its platform keeps it for all accounts"""
    def query() -> Any:
        offset, target = Account.time_offset, Account.time_target
        return select(Account.id, offset, target).where(
            books.of(Account), (offset < 0) | (target <= offset) | (offset.is_(None) & target.is_not(None))
            | (Account.platform_id.is_not(None) & offset.is_not(None)))

    for id, ahead, going in books.values(query):
        yield Problem(id, Account.object_name, id, f"is {ahead} seconds ahead, on its way to {going}")


def nothing_is_overdue_on_a_ready_clock(books: Books) -> Iterator[Problem]:
    """a ready clock ⇒ nothing due at or before its frozen_time"""
    def query(table: Any) -> Any:
        return select(table.account_id, table.id, table.due_at, TestClock.id, TestClock.frozen_time).join(
            TestClock, (TestClock.account_id == table.account_id) & (TestClock.id == table.test_clock_id)).where(
            books.of(table), TestClock.status == "ready", table.due_at <= TestClock.frozen_time)

    for table in _tables(books, TimeDriven):
        for account_id, id, due_at, clock_id, frozen_time in books.values(query, table):
            yield Problem(account_id, table.object_name, id,
                          f"was due at {due_at}, and {clock_id} stands at {frozen_time}")


def nothing_is_ahead_of_its_clock(books: Books) -> Iterator[Problem]:
    """no object on a clock, and no event on such an object, was created after the clock's time"""
    now = func.coalesce(TestClock.target_time, TestClock.frozen_time)

    def on_clock(table: Any) -> Any:
        return (TestClock.account_id == table.account_id) & (TestClock.id == table.test_clock_id)

    def objects(table: Any) -> Any:
        return select(table.account_id, table.id, table.created, TestClock.id).join(TestClock, on_clock(table)).where(
            books.of(table), table.created > now)

    def events(table: Any) -> Any:
        return select(Event.account_id, Event.id, Event.type, Event.created, TestClock.id).join(
            table, (table.account_id == Event.account_id) & (table.id == Event.object_id),
        ).join(TestClock, on_clock(table)).where(books.of(Event), Event.created > now)

    for table in _tables(books, OnClock):
        if "created" not in table.column_keys:
            continue
        for account_id, id, created, clock_id in books.values(objects, table):
            yield Problem(account_id, table.object_name, id, f"was created at {created}, after the time of {clock_id}")
        for account_id, id, type, created, clock_id in books.values(events, table):
            yield Problem(account_id, "event", id, f"{type} happened at {created}, after the time of {clock_id}")


def due_moments_are_derived(books: Books) -> Iterator[Problem]:
    """due_at is the moment that follows from the row's other columns, and null where the account was deleted"""
    deleted = {id for (id,) in books.values(select(Account.id).where(books.of(Account), Account.deleted.is_(True)))}
    for table in _tables(books, TimeDriven):
        derive = DUE_MOMENTS.get(table)
        for row in books.rows(table) if derive is not None else ():
            expected = None if row.account_id in deleted else derive(row)  # type: ignore[misc]
            if row.due_at != expected:
                yield Problem(row.account_id, row.object_name, row.id,
                              f"due_at is {row.due_at}, and should be {expected}")
