"""Test clocks from the terminal: what they are, what will happen on them, and moving them without a server."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, union

from app.clock.engine import Engine
from app.clock.ticker import Ticker
from app.control import Refused
from app.control.keys import account_named
from app.control.opening import context_for
from app.db.database import Database
from app.db.roots import TestClock
from app.db.session import Session, entity
from app.domain.choices import Choices
from app.domain.periods import Interval, add_intervals
from app.errors import ApiError
from app.resources.customers.tables import Customer
from app.resources.test_clocks.operations import advance_clock

WAIT_S = 0.05
"""Between two looks at a clock that another process moves."""

Target = Callable[[int], int]
"""From the frozen time of a clock to the one that it is advanced to; unix seconds."""

_STEP = re.compile(r"(\d{1,6}) *(hour|day|week|month|year)s?")


def list_clocks(database: Database, *, account: str | None = None) -> list[dict[str, Any]]:
    """All clocks, or those of one account named by id or key, oldest first; all times are unix seconds."""
    statement = entity(TestClock).order_by(TestClock.created, TestClock.seq)
    with database.reading() as session:
        if account is not None:
            statement = statement.where(TestClock.account_id == account_named(session, account))
        counted: Any = select(Customer.account_id, Customer.test_clock_id, func.count()).where(
            Customer.test_clock_id.is_not(None)).group_by(Customer.account_id, Customer.test_clock_id)
        customers = {(account_id, clock_id): number for account_id, clock_id, number in session.values(counted)}
        return [_shown(clock) | {"customers": customers.get((clock.account_id, clock.id), 0)}
                for clock in session.rows(TestClock, statement)]


def next_due(database: Database, tickers: Sequence[Ticker], clock_id: str, *, account: str | None = None,
             limit: int = 20) -> list[dict[str, Any]]:
    """What time will do next on the clock, as things stand: at which moment, for what reason, to which object."""
    found: list[tuple[int, int, int, dict[str, Any]]] = []
    with database.reading() as session:
        clock = _find(session, clock_id, account)
        for rank, ticker in enumerate(tickers):
            columns: Any = ticker.table
            # A row is due at the first of its moments, so those behind the first `limit` rows cannot come before them.
            statement = entity(columns).where(
                columns.account_id == clock.account_id, columns.test_clock_id == clock.id, columns.due_at.is_not(None)
            ).order_by(columns.due_at, columns.seq).limit(limit)
            for row in session.rows(columns, statement):
                if (at := ticker.due(row)) is not None:
                    found.append((at, rank, row.seq, {"at": at, "reason": ticker.name, "object": row.object_name,
                                                      "id": row.id, "customer": row.__dict__.get("customer_id")}))
    return [due for *_, due in sorted(found, key=lambda entry: entry[:3])[:limit]]


def begin_advance(database: Database, clock_id: str, target: Target, default_choices: Choices, *,
                  account: str | None = None) -> None:
    """Set the clock on its way, as the endpoint does. Raises Refused with the endpoint's words."""
    with database.writing() as session:
        clock = _find(session, clock_id, account)
        ctx = context_for(database, session, clock.account_id, default_choices)
        try:
            advance_clock(ctx, clock, target(clock.frozen_time))
        except ApiError as refusal:
            raise Refused(refusal.message) from None


def finish_advance(database: Database, tickers: Sequence[Ticker], clock_id: str, *, engine: Engine | None,
                   report: Callable[[int, int], None], account: str | None = None) -> dict[str, Any]:
    """Move the clock to its target with the engine, or without one wait until a server's worker has; the clock then.

    `report` is told, after each batch, how many of all customers with anything due have arrived. Raises Refused when
    the clock fails.
    """
    with database.reading() as session:
        clock = _find(session, clock_id, account)
        everyone = _customers_due(session, tickers, clock)
    while clock.status == "advancing":
        worked = engine is not None and engine.advance(database, clock.account_id, clock.id)
        with database.reading() as session:
            clock = _find(session, clock_id, clock.account_id)
            everyone = max(everyone, waiting := _customers_due(session, tickers, clock))
        report(everyone - waiting, everyone)
        if not worked:
            time.sleep(WAIT_S)
    if clock.status != "ready":
        raise Refused(f"The clock failed: {clock.failure}")
    return _shown(clock)


def parse_target(*, to: str | None, by: str | None) -> Target | None:
    """Where an advance goes. `to` is a moment: `1706659200`, `2024-01-31` or `2024-01-31T12:00`, in UTC unless it says.

    `by` is a calendar step: `1 month`, `10 days`, `3 hours`. Raises ValueError.
    """
    if to is not None:
        moment = int(to) if to.isascii() and to.isdigit() else _moment(datetime.fromisoformat(to))
        return lambda _frozen_time: moment
    if by is None:
        return None
    match = _STEP.fullmatch(by.strip().lower())
    if match is None:
        raise ValueError(f"{by!r} is not a number of hours, days, weeks, months or years")
    number, unit = int(match[1]), match[2]
    if unit == "hour":
        return lambda frozen_time: frozen_time + number * 3_600
    return lambda frozen_time: add_intervals(frozen_time, Interval(unit), number)


def _moment(at: datetime) -> int:
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def _find(session: Session, clock_id: str, account: str | None) -> TestClock:
    statement = entity(TestClock).where(TestClock.id == clock_id)
    if account is not None:
        statement = statement.where(TestClock.account_id == account_named(session, account))
    clocks = session.rows(TestClock, statement)
    if not clocks:
        raise Refused(f"There is no clock {clock_id}.")
    if len(clocks) > 1:
        raise Refused(f"Several accounts have a clock {clock_id}; say which.")
    return clocks[0]


def _customers_due(session: Session, tickers: Sequence[Ticker], clock: TestClock) -> int:
    if clock.target_time is None:
        return 0
    # Coupons live on no clock; what may have no customer, as quotes, counts together as one customer more.
    tables: set[Any] = {ticker.table for ticker in tickers if hasattr(ticker.table, "customer_id")}
    due = [select(table.customer_id).where(table.account_id == clock.account_id, table.test_clock_id == clock.id,
                                           table.due_at <= clock.target_time) for table in tables]
    return int(session.scalar(select(func.count()).select_from(union(*due).subquery()))) if due else 0


def _shown(clock: TestClock) -> dict[str, Any]:
    return {"id": clock.id, "account": clock.account_id, "name": clock.name, "status": clock.status,
            "frozen_time": clock.frozen_time, "target_time": clock.target_time, "created": clock.created,
            "deletes_after": clock.deletes_after, "failure": clock.failure}
