"""The loop that moves rows through time: test clocks that advance, and the wall-clock world, alike.

A timeline is one customer with all that belongs to it, or an account for what has no customer. Timelines are independent,
so an advance is cut into batches of timelines, one transaction each. Nothing about an advance is kept outside the rows: what
a crash undoes is still due, and what it does not undo is not.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Literal

from sqlalchemy import and_, bindparam, func, literal, or_, select

from app.clock.now import stopwatch, wall_seconds
from app.clock.sandbox import SET_FORWARD, accounts_due, first_moment
from app.clock.ticker import Ticker
from app.context import Context
from app.db.base import StripeObject, TimeDriven
from app.db.database import Database, may_pass
from app.db.ids import IdSource
from app.db.roots import Account, TestClock
from app.db.session import Prepared, Session, entity
from app.domain.choices import Choices
from app.events.emit import emit

log = logging.getLogger("billyard.clock")

CUSTOMERS_PER_BATCH = 40
STEPS_PER_BATCH = 1_200
"""A batch holds the writers' queue for about a quarter of a second at the most."""
STUCK_S = 60.0
"""How long a wall-clock timeline that failed is left alone."""
_EVER = 2**62
"""A moment after all others."""

Row = Any
Timeline = tuple[str, str]
"""(account, customer); the customer is empty for the account's own timeline."""

_ADVANCING = Prepared(select(TestClock.account_id, TestClock.id).where(TestClock.status == "advancing"))

PRELOADERS: dict[type[TimeDriven], Callable[[Session, list[Any]], None]] = {}
"""What to read for many rows of a table at once before they are moved one by one. Filled by the registry."""


@dataclass(slots=True)
class _World:
    """The live rows of a batch, by timeline; rows that a step adds join it."""

    rows: dict[Timeline, list[Row]] = field(default_factory=dict)

    def take(self, row: Row) -> None:
        if isinstance(row, TimeDriven):
            mine = self.rows.get((row.__dict__["account_id"], row.__dict__.get("customer_id") or ""))
            if mine is not None:
                mine.append(row)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Look for no cyclic garbage meanwhile: what a batch makes is needed until its end, and then gone together."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Engine:
    """Runs what is due. Give it to a worker, or call `run` until it answers False."""

    def __init__(self, tickers: Sequence[Ticker], ids: IdSource, default_choices: Choices, *,
                 delete_clock: Callable[[Context, TestClock], object], base_url: str = "") -> None:
        self._ids, self._default_choices, self._base_url = ids, default_choices, base_url
        self._delete_clock = delete_clock
        self._tickers = tuple(tickers)
        self._tables: dict[type[Any], list[tuple[int, Ticker]]] = {}
        for rank, ticker in enumerate(tickers):
            self._tables.setdefault(ticker.table, []).append((rank, ticker))
        self._due_on_clock = {table: _due_statement(table, of="clock") for table in self._tables}
        self._due_on_wall = {table: _due_statement(table, of="world") for table in self._tables}
        self._due_of_account = {table: _due_statement(table, of="account") for table in self._tables}
        self._accounts_due = {table: accounts_due(table) for table in self._tables}
        self._moments = [
            # `IS NOT NULL` lets both databases take a partial index for the minimum.
            *(Prepared(select(func.min(table.due_at)).where(table.test_clock_id.is_(None), table.due_at.is_not(None)))
              for table in self._tables),
            Prepared(select(func.min(TestClock.deletes_after)))]
        self._moments_of_sandbox = [first_moment(table) for table in self._tables]
        self._stuck: dict[Timeline, float] = {}
        self._reach = CUSTOMERS_PER_BATCH
        """How many timelines the steps of the last batch would have moved: more need not be read for the next."""

    def next_due(self, database: Database) -> int | None:
        """The wall time of the next thing to do: 0 while a clock advances, None for nothing."""
        with database.reading() as session:
            if session.scalar(_ADVANCING):
                return 0
            moments = [session.scalar(statement) for statement in self._moments]
            for platform_id, offset, target in session.values(SET_FORWARD):
                if target is not None:
                    return 0
                found = [session.scalar(statement, platform_id=platform_id) for statement in self._moments_of_sandbox]
                moments += [moment - offset for moment in found if moment is not None]
        return min((moment for moment in moments if moment is not None), default=None)

    def run(self, database: Database) -> bool:
        """One batch for each clock that advances, one for the wall-clock world and one for each sandbox that is ahead of it;
        whether anything was done."""
        with database.reading() as session:
            advancing, ahead = session.values(_ADVANCING), session.values(SET_FORWARD)
        worked = False
        for account_id, clock_id in advancing:
            worked |= self.advance(database, account_id, clock_id)
        worked |= self._age(database)
        for platform_id, *_ in ahead:
            worked |= self.age_sandbox(database, platform_id)
        return self._expire_clocks(database) or worked

    def stop(self, database: Database) -> None:
        """Nothing is under way between two calls."""

    @_without_collecting()
    def advance(self, database: Database, account_id: str, clock_id: str) -> bool:
        """One batch of the clock's advance, or its end; whether anything was done.

        A step that fails ends the advance in `internal_failure`. Raises where the database failed.
        """
        try:
            with database.writing() as session:
                clock = session.get(TestClock, account_id, clock_id)
                if clock is None or clock.status != "advancing":
                    return False
                assert clock.target_time is not None
                due = self._due(session, clock.target_time, account_id=account_id, clock_id=clock_id)
                if not due:
                    session.lock(clock)
                    if clock.status != "advancing":
                        return False
                    self._arrive(session, clock)
                    return True
                worked = self._move(session, due, clock.target_time, clock_id)
                # The clock still advances. What a power failure takes is due again, and its arrival waits for the disk.
                session.confirmed = False
            session.take_apart()
            return worked
        except Exception as problem:
            if may_pass(problem):
                # Nothing of the batch was done: it is still due when the worker comes back to it.
                raise
            log.exception("clock %s failed to advance", clock_id)
            self._fail(database, account_id, clock_id, problem)
            return True

    @_without_collecting()
    def age_sandbox(self, database: Database, platform_id: str) -> bool:
        """One batch of what is due in a sandbox by its own wall clock, or its arrival at the time that it is set forward to;
        whether anything was done. Raises where the database failed.
        """
        with database.reading() as session:
            platform = session.get(Account, platform_id)
        assert platform is not None
        if platform.time_target is None:
            return self._age(database, ahead=platform.time_offset or 0, platform_id=platform_id)
        return (self._age(database, ahead=platform.time_target, platform_id=platform_id)
                or self._arrive_at_offset(database, platform_id, platform.time_target))

    def _age(self, database: Database, *, ahead: int = 0, platform_id: str | None = None) -> bool:
        """One batch of what is due on the wall clock, or on that of one sandbox, `ahead` seconds of it.

        A timeline that fails is set aside, the others go on.
        """
        until = wall_seconds() + ahead
        with database.reading() as session:
            if not self._due(session, until, platform_id=platform_id, exclude=self._set_aside()):
                return False
        due: list[Timeline] = []
        try:
            with database.writing() as session:
                due = self._due(session, until, platform_id=platform_id, exclude=self._set_aside())
                return self._move(session, due, until, None) if due else False
        except Exception as problem:
            if platform_id is not None and may_pass(problem):
                # Nothing is to be set aside by which a sandbox would arrive too early.
                raise
            log.exception("a timeline failed on the wall clock")
            for timeline in due:
                self._age_alone(database, timeline, until)
            return True

    def _arrive_at_offset(self, database: Database, platform_id: str, target: int) -> bool:
        """Let a sandbox stand at the time that it was set forward to, unless something is due before that."""
        with database.writing() as session:
            until = wall_seconds() + target
            if self._due(session, until, platform_id=platform_id, exclude=self._set_aside()):
                return False
            # Whoever holds the account is at its timeline, so that it will be for another look to see that all is done.
            platform = session.get(Account, platform_id) if session.claim_timelines([(platform_id, "")]) else None
            if platform is None or platform.time_target != target:
                return False
            platform.time_offset, platform.time_target = target, None
            return True

    def _age_alone(self, database: Database, timeline: Timeline, now: int) -> None:
        try:
            with database.writing() as session:
                self._move(session, [timeline], now, None)
        except Exception:  # noqa: BLE001 - it was logged with its batch
            self._stuck[timeline] = stopwatch() + STUCK_S

    def _set_aside(self) -> set[Timeline]:
        self._stuck = {timeline: until for timeline, until in self._stuck.items() if until > stopwatch()}
        return set(self._stuck)

    def _due(self, session: Session, until: int, *, account_id: str | None = None, clock_id: str | None = None,
             platform_id: str | None = None, exclude: Iterable[Timeline] = ()) -> list[Timeline]:
        """Timelines with something due at or before `until`, a batch of them at most: of a clock, or on the wall clock of
        one sandbox or of all."""
        excluded, found = set(exclude), dict[Timeline, None]()
        values: dict[str, Any] = {"until": until, "limit": CUSTOMERS_PER_BATCH + len(excluded)}
        if clock_id is not None:
            values |= {"account_id": account_id, "clock_id": clock_id}
        for table in self._tables:
            rows: Iterable[Any]
            if platform_id is not None:
                rows = self._due_in_sandbox(session, table, platform_id, values)
            else:
                rows = session.values((self._due_on_wall if clock_id is None else self._due_on_clock)[table], **values)
            for row in rows:
                if tuple(row) not in excluded:
                    found[tuple(row)] = None
        # An account's own rows wait until nobody else is due: what its customers do before their moment adds to them.
        customers = [timeline for timeline in found if timeline[1]]
        return sorted(customers or found)[:CUSTOMERS_PER_BATCH]

    def _due_in_sandbox(self, session: Session, table: type[TimeDriven], platform_id: str,
                        values: dict[str, Any]) -> Iterator[Any]:
        for (account_id,) in session.values(self._accounts_due[table], platform_id=platform_id, until=values["until"]):
            yield from session.values(self._due_of_account[table], account_id=account_id, **values)

    def _move(self, session: Session, timelines: list[Timeline], until: int, clock_id: str | None) -> bool:
        """Move timelines up to `until`, as far as the batch's steps reach; whether any could be had."""
        timelines = session.claim_timelines(timelines[:self._reach])
        if not timelines:
            return False
        world = self._load(session, timelines, clock_id)
        session.on_add = world.take
        moved = steps = 0
        while moved < len(timelines) and steps < STEPS_PER_BATCH:
            timeline = timelines[moved]
            ctx = Context(
                session=session, ids=self._ids, account_id=timeline[0], now=0, ticking=True, test_clock_id=clock_id,
                default_choices=self._default_choices, base_url=self._base_url)
            steps += self._walk(ctx, world.rows[timeline], until, STEPS_PER_BATCH - steps)
            moved += 1
        session.on_add = None
        self._reach = min(max(STEPS_PER_BATCH * moved // max(steps, 1), 1), CUSTOMERS_PER_BATCH)
        return True

    def _load(self, session: Session, timelines: list[Timeline], clock_id: str | None) -> _World:
        world = _World({timeline: [] for timeline in timelines})
        by_account: dict[str, list[str]] = {}
        for account_id, customer_id in timelines:
            by_account.setdefault(account_id, []).append(customer_id)
        for table in self._tables:
            columns: Any = table
            loaded: list[Any] = []
            for account_id, customer_ids in by_account.items():
                mine = []
                if _has_customer(table):
                    mine.append(columns.customer_id.in_(customer_ids))
                if "" in customer_ids and not _always_has_customer(table):
                    # Of the account's own rows each clock moves those that live on it, and the wall clock the others.
                    on_clock = columns.test_clock_id.is_(None) if clock_id is None else columns.test_clock_id == clock_id
                    mine.append(and_(on_clock, columns.customer_id.is_(None)) if _has_customer(table) else on_clock)
                if mine and self._is_any_due(session, table, account_id, clock_id):
                    loaded += session.rows(columns, entity(table).where(
                        or_(*mine), columns.account_id == account_id, columns.due_at.is_not(None)))
            for row in loaded:
                world.take(row)
            preload = PRELOADERS.get(table)
            if preload is not None and loaded:
                preload(session, loaded)
        return world

    def _is_any_due(self, session: Session, table: type[TimeDriven], account_id: str, clock_id: str | None) -> bool:
        """Whether time will ever move a row of the table there: of most tables none, which is cheaper to ask than to read."""
        statement = (self._due_on_wall if clock_id is None else self._due_on_clock)[table]
        return bool(session.values(statement, account_id=account_id, clock_id=clock_id, until=_EVER, limit=1))

    def _walk(self, ctx: Context, rows: list[Row], until: int, steps_max: int) -> int:
        """Fire what is due on one timeline in its order of time, then rank, then age; the number of steps made."""
        steps = 0
        while steps < steps_max:
            due = []
            for row in rows:
                derived = row.__dict__.get("_derived")
                next_due = derived["due"] if derived is not None and "due" in derived else self._next_of(row)
                if next_due is not None and next_due[0] <= until:
                    due.append((*next_due, row.__dict__["seq"], row))
            if not due:
                break
            at, rank, _, row = min(due, key=_place)
            ticker = self._tickers[rank]
            # A moment that was missed (a server that stood still) is made up for at its own time, never before the last.
            ctx.now = max(at, ctx.now)
            ticker.fire(ctx, row)
            # It may have noted that it is done elsewhere than in its columns.
            row.__dict__.get("_derived", {}).pop("due", None)
            if ticker.due(row) == at and row in rows:
                raise RuntimeError(f"{ticker.name} left {row.id} due at the same moment")
            steps += 1
        return steps

    def _next_of(self, row: Row) -> tuple[int, int] | None:
        """When a row is next due, and the rank of the ticker; looked at again only after the row has changed."""
        derived = row.__dict__.setdefault("_derived", {})
        if "due" not in derived:
            first: tuple[int, int] | None = None
            for rank, ticker in self._tables[type(row)]:
                at = ticker.due(row)
                if at is not None and (first is None or at < first[0]):
                    first = at, rank
            derived["due"] = first
        next_due: tuple[int, int] | None = derived["due"]
        return next_due

    def _arrive(self, session: Session, clock: TestClock) -> None:
        assert clock.target_time is not None
        clock.frozen_time, clock.target_time, clock.status = clock.target_time, None, "ready"
        emit(self._clock_context(session, clock), "test_helpers.test_clock.ready", clock)

    def _fail(self, database: Database, account_id: str, clock_id: str, problem: Exception) -> None:
        with database.writing() as session:
            clock = session.get(TestClock, account_id, clock_id)
            if clock is None or clock.status != "advancing":
                return
            clock.status, clock.target_time = "internal_failure", None
            clock.failure = f"{type(problem).__name__}: {problem}"[:2000]
            emit(self._clock_context(session, clock), "test_helpers.test_clock.internal_failure", clock)

    def _clock_context(self, session: Session, clock: StripeObject) -> Context:
        assert isinstance(clock, TestClock)
        return Context(session=session, ids=self._ids, account_id=clock.account_id, now=clock.frozen_time, ticking=True,
                       default_choices=self._default_choices, base_url=self._base_url)

    def _expire_clocks(self, database: Database) -> bool:
        """Delete one clock whose time to live is over."""
        over = select(TestClock.account_id, TestClock.id).where(
            TestClock.deletes_after <= wall_seconds(), TestClock.status != "advancing").limit(1)
        with database.reading() as session:
            if not session.values(over):
                return False
        with database.writing() as session:
            for account_id, clock_id in session.values(over):
                clock = session.get(TestClock, account_id, clock_id)
                assert clock is not None
                self._delete_clock(self._clock_context(session, clock), clock)
        return True


_place = itemgetter(0, 1, 2)


def _has_customer(table: type[TimeDriven]) -> bool:
    return hasattr(table, "customer_id")


def _always_has_customer(table: type[TimeDriven]) -> bool:
    return _has_customer(table) and not table.__table__.c.customer_id.nullable  # type: ignore[attr-defined]


def _due_statement(table: type[TimeDriven], *, of: Literal["account", "clock", "world"]) -> Prepared:
    """The timelines of the table's rows that are due until a moment: those of one clock, or on the wall clock those of one
    account or of all."""
    columns: Any = table
    customer = columns.customer_id if _has_customer(table) else literal("")
    if _has_customer(table) and not _always_has_customer(table):
        customer = func.coalesce(customer, "")
    on_clock = columns.test_clock_id == bindparam("clock_id") if of == "clock" else columns.test_clock_id.is_(None)
    where = [on_clock, columns.due_at <= bindparam("until")]
    if of != "world":
        where.append(columns.account_id == bindparam("account_id"))
    # PostgreSQL sorts all that is due, unless it is told the whole order of the index.
    order = columns.account_id if of == "account" else columns.test_clock_id
    return Prepared(select(columns.account_id, customer).where(*where).order_by(order, columns.due_at)
                    .limit(bindparam("limit")))
