"""What subscriptions and their items look like."""

from __future__ import annotations

from typing import Any

from app.domain.applications import shown_application
from app.domain.periods import Interval, period_containing
from app.render import OMIT, view_of
from app.render.fields import Attr, Const, Derived, Nested, Ref, RefAmong, RefList, Sublist
from app.render.view import View
from app.resources.payment_methods.tables import SOURCES
from app.resources.prices.views import plan_of
from app.resources.subscriptions.tables import Subscription, SubscriptionItem
from app.resources.tax_rates.tables import TaxRate

_NO_PAYMENT_SETTINGS = {"payment_method_options": None, "payment_method_types": None, "save_default_payment_method": None}


def _only_item(value: Any) -> Any:
    """A field that a subscription with exactly one item has at its top, for older clients."""
    return lambda row: value(row.items[0]) if len(row.items) == 1 else OMIT


def _anchor(row: Any) -> Any:
    """Stripe: the anchor is the cancel date while that cuts the period (behaviour reference, 3.7)."""
    cancel_at = row.cancel_at
    if cancel_at is None or cancel_at != row.current_period_end or not row.items:
        return row.billing_cycle_anchor
    price = row.items[0].price
    interval = Interval(price.recurring_interval, price.recurring_interval_count)
    natural = period_containing(row.billing_cycle_anchor, interval, row.current_period_start)
    return row.billing_cycle_anchor if cancel_at == natural.end else cancel_at


def percent(text: str | None) -> float | None:
    """A stored percentage as the number that the API shows."""
    return None if text is None else float(text)


@view_of(SubscriptionItem)
class SubscriptionItemView(View):
    id = Attr()
    object = Const("subscription_item")
    billing_thresholds = Attr()
    created = Attr()
    metadata = Attr("metadata_")
    plan = Derived(lambda row: plan_of(row.price), needs="price")
    price = Nested()
    quantity = Attr(omit_null=True)
    subscription = Attr("subscription_id")
    tax_rates = RefList(table=TaxRate, whole=True)


@view_of(Subscription)
class SubscriptionView(View):
    id = Attr()
    object = Const("subscription")
    application = Attr(expand=shown_application)
    application_fee_percent = Derived(lambda row: percent(row.application_fee_percent))
    automatic_tax = Derived(lambda row: {"enabled": row.automatic_tax_enabled})
    billing_cycle_anchor = Derived(_anchor)
    billing_thresholds = Attr()
    cancel_at = Attr()
    cancel_at_period_end = Attr()
    canceled_at = Attr()
    collection_method = Attr()
    created = Attr()
    currency = Attr()
    current_period_end = Attr()
    current_period_start = Attr()
    customer = Ref()
    days_until_due = Attr()
    default_payment_method = Ref()
    default_source = RefAmong(*SOURCES)
    default_tax_rates = RefList(table=TaxRate, whole=True)
    description = Attr()
    discount = Nested(unless=lambda discount: discount.ended)
    ended_at = Attr()
    items = Sublist("/v1/subscription_items?subscription={id}")
    latest_invoice = Ref()
    livemode = Const(False)
    metadata = Attr("metadata_")
    next_pending_invoice_item_invoice = Attr()
    pause_collection = Attr()
    payment_settings = Derived(lambda row: _NO_PAYMENT_SETTINGS | (row.payment_settings or {}))
    pending_invoice_item_interval = Attr()
    pending_setup_intent = Ref()
    pending_update = Attr()
    plan = Derived(_only_item(lambda item: plan_of(item.price)))
    quantity = Derived(_only_item(lambda item: OMIT if item.quantity is None else item.quantity))
    schedule = Ref()
    start_date = Attr()
    status = Attr()
    test_clock = Ref()
    transfer_data = Attr()
    trial_end = Attr()
    trial_start = Attr()
