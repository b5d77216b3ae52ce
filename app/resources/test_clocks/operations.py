"""What happens to test clocks: created, sent on their way, deleted with all that lives on them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, update

from app.context import Context
from app.db.base import Base
from app.db.roots import TestClock
from app.domain.periods import Interval, add_intervals
from app.errors import InvalidRequest, RateLimited
from app.events.emit import emit
from app.resources.customers.tables import Customer
from app.resources.prices.tables import Price
from app.resources.subscription_schedules.tables import SchedulePhase, SchedulePhaseItem, SubscriptionSchedule
from app.resources.subscriptions.tables import Subscription, SubscriptionItem

INTERVALS_MAX = 2
LATEST_FROZEN_TIME = 221_845_392_000
"""The year 9000: what is counted from there on still lies within the calendar."""
EMPTY_CLOCK_YEARS_MAX = 2


def create_clock(ctx: Context, *, frozen_time: int, name: str | None = None) -> TestClock:
    """A clock that stands at `frozen_time`; it was made, and will be deleted, in wall time. Emits test_clock.created."""
    _refuse_beyond_calendar(frozen_time)
    clock = ctx.add(
        TestClock(
            frozen_time=frozen_time,
            name=name,
            status="ready",
            deletes_after=ctx.now + ctx.choices.clock_deletes_after_s,
        )
    )
    emit(ctx.at(frozen_time), "test_helpers.test_clock.created", clock)
    return clock


def advance_clock(ctx: Context, clock: TestClock, frozen_time: int) -> TestClock:
    """Send the clock towards `frozen_time`; the engine does the rest. Emits test_clock.advancing.

    Raises for a clock that is not ready, a time that is not ahead, and, unless the sandbox lifts limits, one that is
    more than two of the shortest intervals ahead.
    """
    refuse_while_advancing(clock)
    _refuse_beyond_calendar(frozen_time)
    if clock.status == "internal_failure":
        raise InvalidRequest(f"Test clock {clock.id} failed to advance and cannot be advanced any more.")
    if frozen_time <= clock.frozen_time:
        # Our choice: the wording; only the rule is published.
        raise InvalidRequest(
            "frozen_time must be greater than the current frozen time of the test clock.", param="frozen_time"
        )
    if ctx.choices.limits != "off":
        latest = latest_advance(ctx, clock)
        if frozen_time > latest:
            raise InvalidRequest(_too_far(clock.frozen_time, latest), param="frozen_time")
    clock.status, clock.target_time = "advancing", frozen_time
    emit(ctx.at(clock.frozen_time), "test_helpers.test_clock.advancing", clock)
    return clock


def _refuse_beyond_calendar(frozen_time: int) -> None:
    if frozen_time > LATEST_FROZEN_TIME:
        # Our choice: Stripe names no last moment.
        raise InvalidRequest("Invalid timestamp: a test clock cannot stand later than the year 9000.", param="frozen_time")


def refuse_while_advancing(clock: TestClock) -> None:
    """Raises 429 for a change to a clock that is on its way."""
    if clock.status == "advancing":
        raise RateLimited(
            f"Test clock advancement underway - cannot perform modifications: {clock.id}", code="rate_limit"
        )


def latest_advance(ctx: Context, clock: TestClock) -> int:
    """How far one advance may go: two of the shortest intervals on the clock, or two years on an empty one."""
    intervals = _intervals_on(ctx, clock)
    if not intervals:
        return add_intervals(clock.frozen_time, Interval("year"), EMPTY_CLOCK_YEARS_MAX)
    return min(add_intervals(clock.frozen_time, interval, INTERVALS_MAX) for interval in intervals)


def _intervals_on(ctx: Context, clock: TestClock) -> list[Interval]:
    """Of the subscriptions that still run and the schedules that still will."""
    columns = (Price.recurring_interval, Price.recurring_interval_count)
    running = (
        select(*columns)
        .distinct()
        .join(
            SubscriptionItem,
            (SubscriptionItem.account_id == Price.account_id) & (SubscriptionItem.price_id == Price.id),
        )
        .join(
            Subscription,
            (Subscription.account_id == SubscriptionItem.account_id)
            & (Subscription.id == SubscriptionItem.subscription_id),
        )
        .where(
            Subscription.account_id == ctx.account_id,
            Subscription.test_clock_id == clock.id,
            Subscription.status.not_in(("canceled", "incomplete_expired")),
        )
    )
    planned = (
        select(*columns)
        .distinct()
        .join(
            SchedulePhaseItem,
            (SchedulePhaseItem.account_id == Price.account_id) & (SchedulePhaseItem.price_id == Price.id),
        )
        .join(
            SchedulePhase,
            (SchedulePhase.account_id == SchedulePhaseItem.account_id)
            & (SchedulePhase.id == SchedulePhaseItem.phase_id),
        )
        .join(
            SubscriptionSchedule,
            (SubscriptionSchedule.account_id == SchedulePhase.account_id)
            & (SubscriptionSchedule.id == SchedulePhase.schedule_id),
        )
        .where(
            SubscriptionSchedule.account_id == ctx.account_id,
            SubscriptionSchedule.test_clock_id == clock.id,
            SubscriptionSchedule.status.in_(("not_started", "active")),
        )
    )
    return [Interval(unit, count) for unit, count in {*ctx.session.values(running), *ctx.session.values(planned)}]


def _too_far(frozen_time: int, latest: int) -> str:
    return (
        f"The frozen time of this clock is {frozen_time} ({_utc(frozen_time)}). You can only advance it up to {latest} "
        f"({_utc(latest)}). You can only advance a test clock up to two intervals from the current frozen time at a time, "
        "based on the shortest subscription interval in the test clock. For example, if a test clock has a monthly and "
        "yearly subscription, you may only advance up to two months at a time. If the test clock has no subscriptions or "
        "subscription schedules, you can advance up to 2 years from the current frozen time."
    )


def _utc(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def delete_clock(ctx: Context, clock: TestClock) -> dict[str, Any]:
    """Delete the clock and everything on it; its customers stay as deleted stubs. Emits test_clock.deleted."""
    refuse_while_advancing(clock)
    # Our choice: no events for what disappears with the clock; nobody could retrieve those objects any more.
    emit(ctx.at(clock.frozen_time), "test_helpers.test_clock.deleted", clock)
    ctx.session.flush()
    on_clock = select(Customer.id).where(Customer.account_id == clock.account_id, Customer.test_clock_id == clock.id)
    for table in reversed(Base.metadata.sorted_tables):
        columns = table.c
        if table.name in ("customers", "test_clocks") or "account_id" not in columns:
            continue
        if "test_clock_id" in columns:
            ctx.session.execute(
                delete(table).where(columns.account_id == clock.account_id, columns.test_clock_id == clock.id)
            )
        elif "customer_id" in columns:
            ctx.session.execute(
                delete(table).where(columns.account_id == clock.account_id, columns.customer_id.in_(on_clock))
            )
    ctx.session.execute(
        update(Customer)
        .where(Customer.account_id == clock.account_id, Customer.test_clock_id == clock.id)
        .values(deleted=True, test_clock_id=None, default_payment_method_id=None, default_source_id=None, discount_id=None)
    )
    ctx.session.delete(clock)
    return {"id": clock.id, "object": TestClock.object_name, "deleted": True}
