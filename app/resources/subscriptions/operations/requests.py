"""What callers ask of subscriptions, in terms of what can happen to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from app.context import Context
from app.domain.periods import next_boundary
from app.errors import InvalidRequest, missing_parameter
from app.events.emit import react, tracked
from app.resources.customers.tables import Customer
from app.resources.invoices.operations import add_pending_item
from app.resources.subscriptions.operations.asked_items import added_item, changed_items, item_spec, plain_metadata
from app.resources.subscriptions.operations.asked_terms import (
    asked_redemption,
    asked_settings,
    asked_terms,
    check_item_interval,
)
from app.resources.subscriptions.operations.changing import (
    Change,
    apply_change,
    interval_in_force,
    items_in_force,
    terms_in_force,
)
from app.resources.subscriptions.operations.ending import cancel_at_period_end, set_cancel_at
from app.resources.subscriptions.operations.parking import park_unless_paid
from app.resources.subscriptions.operations.pending_items import plan_item_invoice
from app.resources.subscriptions.operations.starting import check_count, start_subscription
from app.resources.subscriptions.operations.terms import ItemSpec, Terms, check_items, check_thresholds, item_currency
from app.resources.subscriptions.operations.thresholds import bill_threshold
from app.resources.subscriptions.tables import Subscription, SubscriptionItem

TRIAL_YEARS_MAX_S = 2 * 366 * 86_400
DAY = 86_400

_MAY_BE_PENDING = frozenset({
    "add_invoice_items", "billing_cycle_anchor", "items", "off_session", "payment_behavior", "proration_behavior",
    "proration_date", "trial_end", "trial_from_plan"})
"""What may be asked for together with `payment_behavior=pending_if_incomplete` (behaviour reference, 3.2)."""


def create_subscription(ctx: Context, values: Mapping[str, Any], *, keep_draft: bool = False) -> Subscription:
    """Start a subscription as the parameters of POST /v1/subscriptions say.

    With `keep_draft` its first invoice is only to be looked at, and stays a draft.
    """
    customer = ctx.find(Customer, values["customer"], param="customer")
    if not values.get("items"):
        raise missing_parameter("items")
    check_count(ctx, customer)
    specs = [item_spec(ctx, item, f"items[{index}]") for index, item in enumerate(values["items"])]
    currency = item_currency(specs, asked=values.get("currency"), settled=customer.currency)
    interval = check_items(specs, currency)
    if values.get("payment_behavior") == "pending_if_incomplete":
        raise InvalidRequest("`pending_if_incomplete` can only be used when updating a subscription.",
                             param="payment_behavior")
    terms = asked_redemption(ctx, customer, specs, currency, asked_terms(ctx, customer, Terms(), values), values)
    check_thresholds(terms.billing_thresholds, specs, currency)
    trial_end = _trial_end(ctx, values, specs)
    anchor = values.get("billing_cycle_anchor")
    if anchor is not None:
        first = trial_end if trial_end is not None else ctx.now
        if anchor <= ctx.now:
            raise InvalidRequest("billing_cycle_anchor must be in the future.", param="billing_cycle_anchor")
        natural = next_boundary(first, interval, first)
        if anchor > natural:
            raise InvalidRequest(f"billing_cycle_anchor cannot be later than next natural billing date ({natural}) for plan.",
                                 param="billing_cycle_anchor")
    if "cancel_at" in values:
        if values.get("cancel_at_period_end"):
            raise _cancel_conflict()
        _check_cancel_at(ctx, values["cancel_at"])
    backdate = values.get("backdate_start_date")
    if backdate is not None and backdate > ctx.now:
        raise InvalidRequest("backdate_start_date must be in the past.", param="backdate_start_date")
    settings = asked_settings(ctx, customer, values)
    check_item_interval(settings.get("pending_invoice_item_interval"), interval, ctx.now)
    return start_subscription(
        ctx, customer, specs, terms, currency=currency, start_date=backdate, anchor=anchor, trial_end=trial_end,
        proration_behavior=values.get("proration_behavior", "create_prorations"), metadata=plain_metadata(values.get("metadata")),
        first_invoice="draft" if keep_draft else "finalize",
        add_items=[added_item(ctx, item, currency, f"add_invoice_items[{index}]")
                   for index, item in enumerate(values.get("add_invoice_items", ()))],
        payment_behavior=values.get("payment_behavior", "allow_incomplete"), cancel_at=values.get("cancel_at"),
        cancel_at_period_end=values.get("cancel_at_period_end", False), off_session=values.get("off_session", False),
        settings=settings)


def update_subscription(ctx: Context, subscription: Subscription, values: Mapping[str, Any], *,
                        keep_draft: bool = False) -> Subscription:
    """Change a subscription as the parameters of POST /v1/subscriptions/:id say.

    With `keep_draft` an invoice that the change causes is only to be looked at, and stays a draft.
    """
    _check_update(subscription, values)
    ctx.session.load([subscription], "customer")
    ctx.session.load([subscription], "items.price.product")
    change = _asked_change(ctx, subscription, values)
    change.draft_invoice = keep_draft
    extras = [added_item(ctx, item, subscription.currency, f"add_invoice_items[{index}]")
              for index, item in enumerate(values.get("add_invoice_items", ()))]

    def perform(ctx: Context, subscription: Subscription, change: Change) -> None:
        for extra in extras:
            add_pending_item(ctx, subscription.customer_id, subscription_id=subscription.id, **extra)
        if extras:
            # A schedule that follows the subscription's changes takes note of these, and removes the mark.
            subscription.__dict__["_added_items"] = extras
        with tracked(ctx, subscription, "customer.subscription.updated"):
            apply_change(ctx, subscription, change, announce=False)
            _change_dates(ctx, subscription, values, change)
        if "_added_items" in subscription.__dict__:
            # They show nowhere on the subscription, so that there was no event to react to.
            react(ctx, "customer.subscription.updated", subscription)
        bill_threshold(ctx, subscription)

    if values.get("payment_behavior") != "pending_if_incomplete" or not park_unless_paid(
            ctx, subscription, change, perform, trial_from_plan=values.get("trial_from_plan")):
        perform(ctx, subscription, change)
    return subscription


def _check_update(subscription: Subscription, values: Mapping[str, Any]) -> None:
    """Raises for what cannot be changed as things stand, and for parameters that do not go together."""
    if subscription.status in ("canceled", "incomplete_expired") and values.keys() - {"metadata"}:
        raise InvalidRequest("A canceled subscription can only update its metadata.")
    if subscription.status == "incomplete" and values.keys() - {"metadata", "default_payment_method", "default_source"}:
        raise InvalidRequest("You cannot update a subscription in `incomplete` status in a way that results in new invoices. "
                             "Only metadata and default payment methods can be updated.")
    if subscription.schedule_id is not None and {"cancel_at", "cancel_at_period_end"} & values.keys():
        raise InvalidRequest(
            f"The subscription is managed by the subscription schedule `{subscription.schedule_id}`, and updating any "
            "cancelation behavior directly is not allowed. Please update the schedule instead.")
    if values.get("cancel_at") is not None and values.get("cancel_at_period_end"):
        raise _cancel_conflict()
    if values.get("payment_behavior") == "pending_if_incomplete":
        others = sorted(values.keys() - _MAY_BE_PENDING)
        if others:
            # Our choice: the words; which parameters are allowed is published.
            raise InvalidRequest(f"`{others[0]}` cannot be updated with `payment_behavior` set to `pending_if_incomplete`.",
                                 param=others[0])


def _asked_change(ctx: Context, subscription: Subscription, values: Mapping[str, Any]) -> Change:
    """The change that the parameters describe, but for one-time items and the dates of a cancellation."""
    change = Change(
        proration_behavior=values.get("proration_behavior", "create_prorations"),
        proration_date=values.get("proration_date"), reset_anchor=values.get("billing_cycle_anchor") == "now",
        metadata=values.get("metadata"), settings=asked_settings(ctx, subscription.customer, values, subscription),
        payment_behavior=values.get("payment_behavior", "allow_incomplete"), off_session=values.get("off_session", False))
    if values.get("items"):
        change.items = changed_items(ctx, subscription, values["items"])
    specs = change.items or items_in_force(subscription)
    terms = terms_in_force(ctx, subscription)
    changed = asked_redemption(
        ctx, subscription.customer, specs, subscription.currency,
        asked_terms(ctx, subscription.customer, terms_in_force(ctx, subscription), values), values)
    if changed != terms:
        change.terms = changed
    if {"items", "billing_thresholds"} & values.keys():
        check_thresholds(changed.billing_thresholds, specs, subscription.currency)
    if values.get("trial_end") == "now":
        change.trial_end = ctx.now
    elif (trial_end := _trial_end(ctx, values, specs)) is not None:
        change.trial_end = trial_end
    return change


def _change_dates(ctx: Context, subscription: Subscription, values: Mapping[str, Any], change: Change) -> None:
    """When it ends, and when what waits is invoiced; runs inside a `tracked` change."""
    if "pending_invoice_item_interval" in values:
        check_item_interval(subscription.pending_invoice_item_interval, interval_in_force(subscription), ctx.now)
        plan_item_invoice(subscription, ctx.now)
    if "cancel_at" in values:
        if values["cancel_at"] is not None:
            _check_cancel_at(ctx, values["cancel_at"])
        set_cancel_at(ctx, subscription, values["cancel_at"], proration_behavior=change.proration_behavior)
    if "cancel_at_period_end" in values:
        cancel_at_period_end(ctx, subscription, values["cancel_at_period_end"], proration_behavior=change.proration_behavior)


def create_item(ctx: Context, subscription: Subscription, values: Mapping[str, Any]) -> SubscriptionItem | dict[str, Any]:
    """Add one item, as POST /v1/subscription_items says; its JSON where it waits for its payment."""
    ctx.session.load([subscription], "items.price.product")
    known = {item.id for item in subscription.items}
    with _renamed():
        update_subscription(ctx, subscription, _as_update(values, [_item_values(values)]))
    added = next((item for item in subscription.items if item.id not in known), None)
    if added is not None or subscription.pending_update is None:
        assert added is not None, "what does not wait is there"
        return added
    waiting: list[dict[str, Any]] = subscription.pending_update["subscription_items"]
    return next(item for item in waiting if item["id"] not in known)


def update_item(ctx: Context, subscription: Subscription, item: SubscriptionItem, values: Mapping[str, Any]) -> SubscriptionItem:
    """Change one item, as POST /v1/subscription_items/:id says."""
    with _renamed():
        update_subscription(ctx, subscription, _as_update(values, [{"id": item.id} | _item_values(values)]))
    return item


def delete_item(ctx: Context, subscription: Subscription, item: SubscriptionItem, values: Mapping[str, Any]) -> dict[str, Any]:
    """Remove one item, as DELETE /v1/subscription_items/:id says."""
    gone = {"id": item.id, "deleted": True, "clear_usage": values.get("clear_usage", False)}
    with _renamed():
        update_subscription(ctx, subscription, _as_update(values, [gone]))
    return {"id": item.id, "object": SubscriptionItem.object_name, "deleted": True}


@contextmanager
def _renamed() -> Iterator[None]:
    """What is refused is named as the endpoints of one item call it: `items[0][price]` is `price` there."""
    try:
        yield
    except InvalidRequest as refusal:
        refusal.param = re.sub(r"^items\[\d+\]\[(\w+)\]", r"\1", refusal.param or "") or None
        raise


def _trial_end(ctx: Context, values: Mapping[str, Any], specs: Sequence[ItemSpec]) -> int | None:
    if values.get("trial_from_plan") and ("trial_end" in values or "trial_period_days" in values):
        raise InvalidRequest("You may only specify one of these parameters: trial_end, trial_from_plan.")
    if "trial_end" in values:
        return None if values["trial_end"] == "now" else _checked_trial_end(ctx, values["trial_end"])
    if "trial_period_days" in values:
        return int(ctx.now + values["trial_period_days"] * DAY)
    days = max((spec.price.recurring_trial_period_days or 0 for spec in specs), default=0)
    return ctx.now + days * DAY if values.get("trial_from_plan") and days else None


def _checked_trial_end(ctx: Context, trial_end: int) -> int:
    if trial_end <= ctx.now:
        raise InvalidRequest("Invalid timestamp: must be an integer Unix timestamp in the future", param="trial_end")
    if trial_end > ctx.now + TRIAL_YEARS_MAX_S:
        raise InvalidRequest("Invalid timestamp: can be no more than two years in the future", param="trial_end")
    return trial_end


def _check_cancel_at(ctx: Context, cancel_at: int) -> None:
    if cancel_at <= ctx.now:
        raise InvalidRequest("Invalid timestamp: must be an integer Unix timestamp in the future", param="cancel_at")


def _cancel_conflict() -> InvalidRequest:
    return InvalidRequest("You may only specify one of these parameters: cancel_at, cancel_at_period_end.")


def _item_values(values: Mapping[str, Any]) -> dict[str, Any]:
    names = ("price", "price_data", "quantity", "tax_rates", "billing_thresholds", "metadata")
    return {name: values[name] for name in names if name in values}


def _as_update(values: Mapping[str, Any], items: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("off_session", "payment_behavior", "proration_behavior", "proration_date")
    return {name: values[name] for name in names if name in values} | {"items": items}
