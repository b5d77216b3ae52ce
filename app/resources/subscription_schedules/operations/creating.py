"""How a schedule begins to be: from phases, or from a subscription that runs already."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import bindparam, func, select

from app.context import Context
from app.db.session import Prepared
from app.domain.metadata import merged
from app.errors import InvalidRequest, missing_parameter
from app.events.emit import emit, tracked
from app.resources.customers.tables import Customer
from app.resources.invoices.operations import check_currency, settle_currency
from app.resources.subscription_schedules.operations.boundaries import cross_due_boundaries
from app.resources.subscription_schedules.operations.entering import (
    announce_expiring,
    begin,
    managing,
    plan_expiring,
    settle_cancel_date,
)
from app.resources.subscription_schedules.operations.phases import (
    BLANK_SETTINGS,
    add_phase,
    read_phases,
    set_default_settings,
)
from app.resources.subscription_schedules.tables import SchedulePhase, SchedulePhaseItem, SubscriptionSchedule
from app.resources.subscriptions.operations import check_count, terms_in_force
from app.resources.subscriptions.tables import Subscription

_WAITING = Prepared(select(func.count()).where(
    SubscriptionSchedule.account_id == bindparam("account_id"),
    SubscriptionSchedule.customer_id == bindparam("customer_id"),
    SubscriptionSchedule.status == bindparam("status")))

def create_schedule(ctx: Context, values: Mapping[str, Any], *, prices: Collection[str] = ()) -> SubscriptionSchedule:
    """A new schedule, started at once unless `start_date` lies ahead. `prices` are taken also where they are archived.

    Emits the events of the subscription that it starts, then subscription_schedule.created. Raises InvalidRequest for
    phases that do not make sense, for unknown ids, and for more than the customer may have.
    """
    if "from_subscription" in values:
        return _create_from_subscription(ctx, values)
    for name in ("customer", "phases"):
        if name not in values:
            raise missing_parameter(name)
    customer = ctx.find(Customer, values["customer"], param="customer")
    start = values.get("start_date", "now")
    start = ctx.now if start == "now" else start
    schedule = _blank(ctx, customer, values, starts_at=start)
    if "default_settings" in values:
        set_default_settings(ctx, schedule, values["default_settings"])
    phases = read_phases(ctx, schedule, customer, values["phases"], start=start, agreed=prices)
    currency = phases[0].currency
    check_currency(customer, currency)
    check_count(ctx, customer, waiting=ctx.session.scalar(_WAITING, account_id=ctx.account_id, customer_id=customer.id,
                                                          status="not_started"))
    if phases[-1].end_date <= ctx.now and schedule.end_behavior == "cancel":
        # Our choice: a schedule whose phases have all passed begins and completes at once, but one that would cancel
        # what it begins is a mistake.
        raise InvalidRequest("The last phase must end in the future when `end_behavior` is `cancel`.",
                             param=f"phases[{len(phases) - 1}][end_date]")
    ctx.add(schedule)
    for phase in phases:
        add_phase(ctx, schedule, phase)
    if start > ctx.now:
        # The customer is billed in this currency from now on, or the schedule could not start when its time comes.
        settle_currency(ctx, customer, currency)
    else:
        begin(ctx, schedule)
    emit(ctx, "subscription_schedule.created", schedule)
    announce_expiring(ctx, schedule)
    cross_due_boundaries(ctx, schedule)
    return schedule


def _create_from_subscription(ctx: Context, values: Mapping[str, Any]) -> SubscriptionSchedule:
    """A schedule of one phase, the current period, around a subscription as it is.

    Emits subscription_schedule.created, then customer.subscription.updated.
    """
    for name in ("customer", "default_settings", "end_behavior", "metadata", "phases", "start_date"):
        if name in values:
            raise InvalidRequest(f"You cannot set `{name}` if `from_subscription` is set.", param=name)
    subscription = ctx.find(Subscription, values["from_subscription"], param="from_subscription")
    if subscription.schedule_id is not None:
        raise InvalidRequest("You cannot migrate a subscription that is already attached to a schedule: "
                             f"`{subscription.schedule_id}`.", param="from_subscription")
    if subscription.status in ("canceled", "incomplete", "incomplete_expired"):
        raise InvalidRequest("You cannot migrate a subscription that is currently in the "
                             f"`{subscription.status}` status.", param="from_subscription")
    ctx.session.load([subscription], "customer")
    ctx.session.load([subscription], "items.price")
    schedule = _blank(ctx, subscription.customer, values, starts_at=subscription.current_period_start)
    terms = terms_in_force(ctx, subscription)
    schedule.default_payment_method_id = terms.default_payment_method_id
    schedule.default_settings = schedule.default_settings | {
        "application_fee_percent": terms.application_fee_percent,
        "automatic_tax": {"enabled": terms.automatic_tax_enabled},
        "billing_thresholds": terms.billing_thresholds,
        "collection_method": terms.collection_method,
        "invoice_settings": None if terms.days_until_due is None else {"days_until_due": terms.days_until_due},
        "transfer_data": terms.transfer_data,
    }
    # Our choice: a cancel date beyond the period is the end of the phase, so that the subscriber keeps what was agreed.
    end = max(subscription.current_period_end, subscription.cancel_at or 0)
    schedule.end_behavior = "release" if subscription.cancel_at is None else "cancel"
    schedule.status, schedule.subscription_id = "active", subscription.id
    schedule.current_phase_start, schedule.current_phase_end = schedule.starts_at, end
    ctx.add(schedule)
    phase = SchedulePhase(
        coupon_id=terms.coupon_id, currency=subscription.currency, default_tax_rates=terms.default_tax_rates,
        end_date=end, proration_behavior="create_prorations", start_date=schedule.starts_at,
        trial_end=subscription.trial_end if subscription.status == "trialing" else None)
    phase.__dict__.update({"items": copied_items(subscription), "add_invoice_items": []})
    add_phase(ctx, schedule, phase)
    schedule.expiring_notice_at = ctx.now
    plan_expiring(ctx, schedule)
    emit(ctx, "subscription_schedule.created", schedule)
    with managing(ctx, schedule), tracked(ctx, subscription, "customer.subscription.updated"):
        subscription.schedule_id = schedule.id
        settle_cancel_date(ctx, schedule, subscription, "none")
    announce_expiring(ctx, schedule)
    return schedule


def copied_items(subscription: Subscription) -> list[SchedulePhaseItem]:
    """The subscription's present items as those of a phase; not yet added."""
    items = []
    for item in subscription.items:
        copy = SchedulePhaseItem(billing_thresholds=item.billing_thresholds, price_id=item.price_id,
                                 quantity=item.quantity, tax_rates=item.tax_rates)
        copy.__dict__["price"] = item.price
        items.append(copy)
    return items


def chosen_end_behavior(ctx: Context, value: str) -> str:
    """The end behaviour that a parameter's value stands for. Raises for `renew`, which is no more."""
    if value == "renew":
        raise InvalidRequest("`end_behavior=renew` is no longer supported. Use `release` or `cancel` instead.",
                             param="end_behavior")
    return ctx.choices.legacy_end_behavior_none if value == "none" else value


def _blank(ctx: Context, customer: Customer, values: Mapping[str, Any], *, starts_at: int) -> SubscriptionSchedule:
    schedule = SubscriptionSchedule(
        customer_id=customer.id, default_settings=dict(BLANK_SETTINGS), starts_at=starts_at, status="not_started",
        end_behavior=chosen_end_behavior(ctx, values.get("end_behavior", "release")),
        metadata_=merged({}, values.get("metadata", {})))
    schedule.__dict__.update({"customer": customer, "phases": []})
    return schedule

