"""A phase takes over: what it asks of the subscription, at the start of a schedule and at each boundary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from app.context import Context
from app.domain.choices import DAY
from app.domain.phases import match_items
from app.domain.tiers import amount_of
from app.errors import InvalidRequest
from app.events.emit import emit, tracked
from app.resources.coupons.operations import active_discount, find_coupon
from app.resources.coupons.tables import Coupon
from app.resources.invoices.operations import add_pending_item
from app.resources.prices.operations import terms_of
from app.resources.subscription_schedules.operations.phases import item_specs, load_phases
from app.resources.subscription_schedules.tables import SchedulePhase, SchedulePhaseInvoiceItem, SubscriptionSchedule
from app.resources.subscriptions.operations import (
    Change,
    ItemSpec,
    Terms,
    apply_change,
    bill_threshold,
    cancel_at_period_end,
    renew,
    set_cancel_at,
    start_subscription,
)
from app.resources.subscriptions.tables import Subscription


@contextmanager
def managing(ctx: Context, schedule: SubscriptionSchedule) -> Iterator[None]:
    """What happens to the subscription in here is the schedule's own doing, and no edit that it has to follow."""
    key = ("managed by its schedule", ctx.account_id, schedule.id)
    ctx.session.memo[key] = True
    try:
        yield
    finally:
        ctx.session.memo.pop(key, None)


def is_managing(ctx: Context, schedule_id: str) -> bool:
    """Whether the schedule is at work on its subscription right now."""
    return ("managed by its schedule", ctx.account_id, schedule_id) in ctx.session.memo


def subscription_of(ctx: Context, schedule: SubscriptionSchedule) -> Subscription:
    """The subscription of an active schedule, with its items and prices."""
    subscription = ctx.get(Subscription, schedule.subscription_id)
    assert subscription is not None, f"the active schedule {schedule.id} has a subscription"
    ctx.session.load([subscription], "customer")
    ctx.session.load([subscription], "items.price.product")
    return subscription


def begin(ctx: Context, schedule: SubscriptionSchedule) -> None:
    """Create the subscription of a schedule whose start has come, in the phase that runs now.

    Emits the subscription's events and none of the schedule's.
    """
    phases = load_phases(ctx, schedule)
    # Our choice: a backdated schedule begins in the phase that runs now, or in its last one, and bills all the time
    # since its start at that phase's prices, as a backdated subscription does.
    phase = next((phase for phase in phases if phase.end_date > ctx.now), phases[-1])
    _point_to(schedule, phase)
    schedule.status = "active"
    with managing(ctx, schedule):
        subscription = start_subscription(
            ctx, schedule.customer, item_specs(phase), phase_terms(ctx, schedule, phase), currency=phase.currency,
            start_date=schedule.starts_at, anchor=_anchor(ctx, schedule, phase), trial_end=phase.trial_end,
            proration_behavior=phase.proration_behavior, schedule_id=schedule.id,
            cancel_at=_cancel_date(schedule), metadata={key: value for key, value in phase.metadata_.items() if value},
            add_items=[_pending_item(ctx, phase, extra) for extra in phase.add_invoice_items])
        schedule.subscription_id = subscription.id
        schedule.__dict__["subscription"] = subscription
    schedule.expiring_notice_at = ctx.now
    plan_expiring(ctx, schedule)


def enter_phase(ctx: Context, schedule: SubscriptionSchedule, phase: SchedulePhase) -> None:
    """Apply the phase that begins now to the subscription. At the end of a period that is the renewal.

    Emits customer.subscription.updated with what it entails, then subscription_schedule.updated.
    """
    subscription = subscription_of(ctx, schedule)
    at_period_end = subscription.current_period_end == ctx.now
    anchor = phase.billing_cycle_anchor or schedule.default_settings["billing_cycle_anchor"]
    change = Change(
        items=matched_items(subscription, phase), terms=phase_terms(ctx, schedule, phase, subscription),
        proration_behavior=phase.proration_behavior, reset_anchor=anchor == "phase_start", at_period_end=at_period_end,
        trial_end=phase.trial_end, metadata=_metadata_change(phase), draft_invoice=True, bill_removed_usage=True)

    def apply() -> None:
        bill_extras(ctx, subscription, phase, phase.add_invoice_items)
        apply_change(ctx, subscription, change, announce=False)
        settle_cancel_date(ctx, schedule, subscription, phase.proration_behavior)

    with managing(ctx, schedule), tracked(ctx, schedule, "subscription_schedule.updated"):
        _point_to(schedule, phase)
        if at_period_end:
            renew(ctx, subscription, apply)
        else:
            with tracked(ctx, subscription, "customer.subscription.updated"):
                apply()
            bill_threshold(ctx, subscription)


def phase_terms(ctx: Context, schedule: SubscriptionSchedule, phase: SchedulePhase,
                subscription: Subscription | None = None) -> Terms:
    """What the phase bills by: its own values, else the schedule's defaults. No phase has a description of its own."""
    defaults = schedule.default_settings
    method = phase.collection_method or defaults["collection_method"]
    days = (phase.invoice_settings or {}).get("days_until_due")
    if days is None:
        days = (defaults["invoice_settings"] or {}).get("days_until_due")
    taxed = phase.automatic_tax_enabled
    return Terms(
        collection_method=method, days_until_due=days if method == "send_invoice" else None,
        default_payment_method_id=phase.default_payment_method_id or schedule.default_payment_method_id,
        default_tax_rates=phase.default_tax_rates,
        application_fee_percent=phase.application_fee_percent or defaults["application_fee_percent"],
        billing_thresholds=phase.billing_thresholds or defaults["billing_thresholds"],
        transfer_data=phase.transfer_data or defaults["transfer_data"],
        description=None if subscription is None else subscription.description,
        automatic_tax_enabled=defaults["automatic_tax"]["enabled"] if taxed is None else taxed,
        coupon_id=_coupon(ctx, phase, subscription))


def _coupon(ctx: Context, phase: SchedulePhase, subscription: Subscription | None) -> str | None:
    """The coupon to have in force in the phase: the present one, even a deleted one, where the phase names it."""
    if phase.coupon_id is None:
        return None
    discount = None if subscription is None else active_discount(ctx, subscription.discount_id)
    present = None if discount is None else ctx.get(Coupon, discount.coupon_id)
    if present is not None and phase.coupon_id in (present.id, present.former_id):
        return present.id
    try:
        return find_coupon(ctx, phase.coupon_id, param="coupon").id
    except InvalidRequest:
        # Our choice: a coupon that can be redeemed no more when its phase begins is left out; time cannot be refused.
        return None


def matched_items(subscription: Subscription, phase: SchedulePhase) -> list[ItemSpec]:
    """The phase's items, each with the id of the subscription's item that lives on in it."""
    specs = item_specs(phase)
    match = match_items([(item.id, item.price_id) for item in subscription.items], [spec.price.id for spec in specs])
    for index, item_id in match.kept.items():
        specs[index].id = item_id
    return specs


def settle_cancel_date(ctx: Context, schedule: SubscriptionSchedule, subscription: Subscription,
                       proration_behavior: str) -> None:
    """In the last phase of a schedule that cancels, the subscription is to end with it; else it has no such date.

    Runs inside a `tracked` change of the subscription.
    """
    cancel_at = _cancel_date(schedule)
    if cancel_at == subscription.cancel_at:
        return
    cancel_at_period_end(ctx, subscription, False)
    set_cancel_at(ctx, subscription, cancel_at, proration_behavior=proration_behavior)


def bill_extras(ctx: Context, subscription: Subscription, phase: SchedulePhase,
                extras: Sequence[SchedulePhaseInvoiceItem]) -> None:
    """The phase's one-time items wait for the subscription's next invoice. Emits invoiceitem.created for each."""
    for extra in extras:
        values = _pending_item(ctx, phase, extra)
        add_pending_item(ctx, subscription.customer_id, subscription_id=subscription.id, **values)


def plan_expiring(ctx: Context, schedule: SubscriptionSchedule) -> None:
    """When to announce the end: some days before it, or now where that has passed without an announcement."""
    notice_at = schedule.phases[-1].end_date - ctx.choices.expiring_lead_days * DAY
    if notice_at > ctx.now:
        schedule.expiring_notice_at = notice_at
    elif schedule.expiring_notice_at is not None:
        schedule.expiring_notice_at = ctx.now


def announce_expiring(ctx: Context, schedule: SubscriptionSchedule) -> None:
    """Send subscription_schedule.expiring where it is due, once."""
    if schedule.expiring_notice_at is not None and schedule.expiring_notice_at <= ctx.now:
        schedule.expiring_notice_at = None
        emit(ctx, "subscription_schedule.expiring", schedule)


def _cancel_date(schedule: SubscriptionSchedule) -> int | None:
    last = schedule.phases[-1]
    ends = schedule.end_behavior == "cancel" and schedule.current_phase_start == last.start_date
    return last.end_date if ends else None


def _point_to(schedule: SubscriptionSchedule, phase: SchedulePhase) -> None:
    schedule.current_phase_start, schedule.current_phase_end = phase.start_date, phase.end_date


def _anchor(ctx: Context, schedule: SubscriptionSchedule, phase: SchedulePhase) -> int | None:
    """The billing anchor of a subscription that begins before now; None for the moment of its creation."""
    if schedule.starts_at >= ctx.now:
        return None
    if (phase.billing_cycle_anchor or schedule.default_settings["billing_cycle_anchor"]) == "phase_start":
        return phase.start_date
    return schedule.starts_at if ctx.choices.backdated_schedule_anchor == "start_date" else None


def _metadata_change(phase: SchedulePhase) -> Mapping[str, str | None] | None:
    """Stripe: a phase's metadata is merged into the subscription's, and an empty value unsets its key."""
    return {key: value or None for key, value in phase.metadata_.items()} or None


def _pending_item(ctx: Context, phase: SchedulePhase, extra: SchedulePhaseInvoiceItem) -> dict[str, Any]:
    ctx.session.load([extra], "price.product")
    return {"amount": amount_of(terms_of(extra.price, phase.currency), extra.quantity), "currency": phase.currency,
            "description": extra.price.product.name, "price": extra.price, "quantity": extra.quantity,
            "tax_rates": extra.tax_rates}
