"""How a schedule ends: it ran its course, was canceled or released, or its subscription or customer is gone."""

from __future__ import annotations

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.lifecycle import MOVES, may_move
from app.errors import InvalidRequest
from app.events.catalog import EventType
from app.events.emit import emit, tracked
from app.resources.customers.tables import Customer
from app.resources.subscription_schedules.operations.entering import subscription_of
from app.resources.subscription_schedules.tables import SubscriptionSchedule
from app.resources.subscriptions.operations import (
    cancel_at_period_end,
    cancel_subscription,
    end_at_date,
    set_cancel_at,
)
from app.resources.subscriptions.tables import Subscription

_NOT_STARTED = Prepared(entity(SubscriptionSchedule).where(
    SubscriptionSchedule.account_id == bindparam("account_id"),
    SubscriptionSchedule.customer_id == bindparam("customer_id"),
    SubscriptionSchedule.status == bindparam("status")).order_by(SubscriptionSchedule.seq))


def require_unfinished(schedule: SubscriptionSchedule, verb: str, participle: str) -> None:
    """Raises where the schedule's status is final: `require_unfinished(schedule, "cancel", "canceled")`."""
    if not MOVES["subscription_schedule"][schedule.status]:
        raise InvalidRequest(
            f"You cannot {verb} a subscription schedule that is currently in the `{schedule.status}` status. It must "
            f"be in `not_started, active` status to be {participle}.")


def cancel_schedule(ctx: Context, schedule: SubscriptionSchedule, *, invoice_now: bool = True,
                    prorate: bool = True) -> SubscriptionSchedule:
    """Cancel it together with its subscription.

    `prorate` credits the unused time and `invoice_now` makes a final invoice of that and of usage. Emits
    subscription_schedule.canceled, after the subscription's customer.subscription.deleted.
    """
    require_unfinished(schedule, "cancel", "canceled")
    if schedule.status == "active":
        # The schedule ends with its subscription, see `subscription_ended`.
        cancel_subscription(ctx, subscription_of(ctx, schedule), invoice_now=invoice_now, prorate=prorate)
    else:
        _cancel(ctx, schedule, "subscription_schedule.canceled")
    return schedule


def release_schedule(ctx: Context, schedule: SubscriptionSchedule, *,
                     preserve_cancel_date: bool = False) -> SubscriptionSchedule:
    """Leave the subscription to itself, without the cancel date that the schedule gave it unless that is preserved.

    Emits subscription_schedule.updated, customer.subscription.updated and subscription_schedule.released.
    """
    require_unfinished(schedule, "release", "released")
    subscription = subscription_of(ctx, schedule) if schedule.status == "active" else None
    with tracked(ctx, schedule, "subscription_schedule.updated"):
        _finish(schedule, "released")
        schedule.released_at = ctx.now
        _let_go(schedule)
    if subscription is not None:
        with tracked(ctx, subscription, "customer.subscription.updated"):
            _unlink(subscription)
            if not preserve_cancel_date:
                cancel_at_period_end(ctx, subscription, False)
                set_cancel_at(ctx, subscription, None)
    emit(ctx, "subscription_schedule.released", schedule)
    return schedule


def complete_schedule(ctx: Context, schedule: SubscriptionSchedule, *, keep_draft: bool = False) -> None:
    """The last phase is over: the subscription goes on by itself, or ends, as `end_behavior` says.

    With `keep_draft` its final invoice is only to be looked at, and stays a draft.

    Emits subscription_schedule.completed after customer.subscription.deleted, or before customer.subscription.updated.
    """
    subscription = subscription_of(ctx, schedule)
    if schedule.end_behavior == "cancel":
        _finish(schedule, "completed")
        schedule.completed_at = ctx.now
        _unlink(subscription)
        end_at_date(ctx, subscription, keep_draft=keep_draft)
        emit(ctx, "subscription_schedule.completed", schedule)
        return
    # Our choice: the status of a schedule that ended and released its subscription is a setting; the published texts
    # say `completed`, and `released` cannot be excluded.
    released = ctx.choices.completed_schedule_status == "released"
    _finish(schedule, ctx.choices.completed_schedule_status)
    schedule.completed_at, schedule.released_at = (None, ctx.now) if released else (ctx.now, None)
    _let_go(schedule)
    emit(ctx, "subscription_schedule.released" if released else "subscription_schedule.completed", schedule)
    with tracked(ctx, subscription, "customer.subscription.updated"):
        _unlink(subscription)


def subscription_ended(ctx: Context, subscription: Subscription) -> None:
    """Reaction to customer.subscription.deleted: the schedule ends with it, aborted where dunning was why."""
    schedule = ctx.get(SubscriptionSchedule, subscription.schedule_id)
    if schedule is None:
        return
    _unlink(subscription)
    by_dunning = subscription.__dict__.get("_ended_by_dunning", False)
    _cancel(ctx, schedule, "subscription_schedule.aborted" if by_dunning else "subscription_schedule.canceled")


def _cancel(ctx: Context, schedule: SubscriptionSchedule, type: EventType) -> None:
    _finish(schedule, "canceled")
    schedule.canceled_at = ctx.now
    emit(ctx, type, schedule)


def customer_deleted(ctx: Context, customer: Customer) -> None:
    """Reaction to customer.deleted: schedules that were still to start are canceled."""
    waiting = ctx.session.rows(SubscriptionSchedule, _NOT_STARTED, account_id=ctx.account_id, customer_id=customer.id,
                               status="not_started")
    for schedule in waiting:
        cancel_schedule(ctx, schedule)


def _finish(schedule: SubscriptionSchedule, status: str) -> None:
    assert may_move("subscription_schedule", schedule.status, status)
    schedule.status = status
    schedule.current_phase_start = schedule.current_phase_end = schedule.expiring_notice_at = None


def _let_go(schedule: SubscriptionSchedule) -> None:
    schedule.released_subscription_id, schedule.subscription_id = schedule.subscription_id, None
    schedule.__dict__.pop("subscription", None)


def _unlink(subscription: Subscription) -> None:
    subscription.schedule_id = None
    subscription.__dict__.pop("schedule", None)
