"""A caller edits a schedule's subscription directly: the schedule takes note, so that its phases tell what is in force.

The rule: a change of what a phase bills splits the current phase at the moment of the edit, and one of what the default
settings hold goes there. The next phase overwrites all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.context import Context
from app.events.emit import tracked
from app.resources.coupons.operations import active_discount
from app.resources.coupons.tables import Coupon
from app.resources.prices.tables import Price
from app.resources.subscription_schedules.operations.creating import copied_items
from app.resources.subscription_schedules.operations.entering import is_managing, phase_terms, subscription_of
from app.resources.subscription_schedules.operations.phases import add_phase, current_phase, load_phases, remove_phase
from app.resources.subscription_schedules.tables import SchedulePhase, SchedulePhaseInvoiceItem, SubscriptionSchedule
from app.resources.subscriptions.operations import Terms, terms_in_force
from app.resources.subscriptions.tables import Subscription

_SETTINGS = ("application_fee_percent", "billing_thresholds", "collection_method", "transfer_data")
_KEPT = ("application_fee_percent", "automatic_tax_enabled", "billing_cycle_anchor", "billing_thresholds",
         "collection_method", "currency", "default_payment_method_id", "end_date", "invoice_settings",
         "proration_behavior", "transfer_data", "metadata_")


def subscription_changed(ctx: Context, subscription: Subscription) -> None:
    """Reaction to customer.subscription.updated: a caller's edit, not time's or the schedule's own doing.

    Emits subscription_schedule.updated.
    """
    added = subscription.__dict__.pop("_added_items", ())
    if subscription.schedule_id is None or ctx.ticking or is_managing(ctx, subscription.schedule_id):
        return
    schedule = ctx.get(SubscriptionSchedule, subscription.schedule_id)
    if schedule is None or schedule.status != "active":
        return
    load_phases(ctx, schedule)
    subscription_of(ctx, schedule)
    phase = current_phase(schedule)
    with tracked(ctx, schedule, "subscription_schedule.updated"):
        wanted, present = phase_terms(ctx, schedule, phase, subscription), terms_in_force(ctx, subscription)
        splits = (added or _differs(ctx, subscription, phase)
                  or wanted.application_fee_percent != present.application_fee_percent)
        if splits:
            phase = _split(ctx, schedule, subscription, phase, added)
        _adopt_settings(schedule, phase, wanted, present)


def _differs(ctx: Context, subscription: Subscription, phase: SchedulePhase) -> bool:
    return (_billed(subscription.items) != _billed(phase.items)
            or subscription.default_tax_rates != phase.default_tax_rates
            or _trial_end(subscription) != (phase.trial_end if (phase.trial_end or 0) > ctx.now else None)
            or _coupon(ctx, subscription, phase) != phase.coupon_id)


def _billed(items: Iterable[Any]) -> list[tuple[Any, ...]]:
    """What is billed, in an order that does not depend on the items'."""
    return sorted((item.price_id, item.quantity or 0, item.tax_rates, sorted((item.billing_thresholds or {}).items()))
                  for item in items)


def _trial_end(subscription: Subscription) -> int | None:
    return subscription.trial_end if subscription.status == "trialing" else None


def _coupon(ctx: Context, subscription: Subscription, phase: SchedulePhase) -> str | None:
    """The coupon that the phase should name after the edit: one that was used up is still the phase's."""
    if subscription.discount_id is None:
        return None
    discount = active_discount(ctx, subscription.discount_id)
    if discount is None:
        return phase.coupon_id
    coupon = ctx.get(Coupon, discount.coupon_id)
    assert coupon is not None, f"{discount.id} has a coupon"
    return coupon.former_id or coupon.id


def _split(ctx: Context, schedule: SubscriptionSchedule, subscription: Subscription, phase: SchedulePhase,
           added: Sequence[Mapping[str, Any]]) -> SchedulePhase:
    """End the phase now and go on with one that tells what is in force; in the phase's first second, replace it.

    Our choice: the new one shows the one-time items that the edit added, which are billed already.
    """
    rest = SchedulePhase(
        **{name: getattr(phase, name) for name in _KEPT}, start_date=ctx.now,
        coupon_id=_coupon(ctx, subscription, phase), default_tax_rates=subscription.default_tax_rates,
        trial_end=_trial_end(subscription))
    extras = [_extra(item["price"], item["quantity"], item["tax_rates"]) for item in added]
    if phase.start_date == ctx.now:
        extras = [_extra(extra.price, extra.quantity, extra.tax_rates) for extra in phase.add_invoice_items] + extras
        remove_phase(ctx, schedule, phase)
    else:
        phase.end_date = ctx.now
        phase.trial_end = None if phase.trial_end is None else min(phase.trial_end, ctx.now)
    rest.__dict__.update({"items": copied_items(subscription), "add_invoice_items": extras})
    add_phase(ctx, schedule, rest)
    schedule.current_phase_start = ctx.now
    return rest


def _extra(price: Price, quantity: int, tax_rates: list[str]) -> SchedulePhaseInvoiceItem:
    """A one-time item of a phase; not yet added."""
    extra = SchedulePhaseInvoiceItem(price_id=price.id, quantity=quantity, tax_rates=tax_rates)
    extra.__dict__["price"] = price
    return extra


def _adopt_settings(schedule: SubscriptionSchedule, phase: SchedulePhase, wanted: Terms, present: Terms) -> None:
    changed: dict[str, Any] = {}
    for name in _SETTINGS:
        value = getattr(present, name)
        if value != getattr(wanted, name):
            changed[name] = value
            if getattr(phase, name) is not None:
                setattr(phase, name, value)
    if present.days_until_due != wanted.days_until_due:
        settings = None if present.days_until_due is None else {"days_until_due": present.days_until_due}
        changed["invoice_settings"] = settings
        phase.invoice_settings = None if phase.invoice_settings is None else settings
    if changed:
        schedule.default_settings = schedule.default_settings | changed
    if present.default_payment_method_id != wanted.default_payment_method_id:
        schedule.default_payment_method_id = present.default_payment_method_id
        if phase.default_payment_method_id is not None:
            phase.default_payment_method_id = present.default_payment_method_id
