"""What callers ask of all that a subscription is billed by, other than its items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.context import Context
from app.domain.money import decimal_string
from app.domain.periods import Interval, add_intervals, within_a_year
from app.domain.tiers import amount_of
from app.errors import InvalidRequest, missing_parameter
from app.resources.accounts.operations import connected_account
from app.resources.coupons.operations import Purchase, find_redemption
from app.resources.customers.operations import check_email
from app.resources.customers.tables import Customer
from app.resources.payment_methods.operations import default_source_for, use_payment_method
from app.resources.prices.operations import terms_of
from app.resources.subscriptions.operations.asked_items import rate_ids
from app.resources.subscriptions.operations.terms import ItemSpec, Terms, is_metered
from app.resources.subscriptions.tables import Subscription


def asked_terms(ctx: Context, customer: Customer, terms: Terms, values: Mapping[str, Any]) -> Terms:
    """`terms` with what the parameters change."""
    for name in ("collection_method", "description"):
        if name in values:
            setattr(terms, name, values[name])
    if "billing_thresholds" in values:
        given = values["billing_thresholds"]
        terms.billing_thresholds = None if given is None else {"amount_gte": None, "reset_billing_cycle_anchor": None} | given
    if "days_until_due" in values:
        terms.days_until_due = values["days_until_due"]
    if "application_fee_percent" in values:
        terms.application_fee_percent = decimal_string(values["application_fee_percent"])
    if "automatic_tax" in values:
        terms.automatic_tax_enabled = values["automatic_tax"]["enabled"]
    if "default_tax_rates" in values:
        terms.default_tax_rates = rate_ids(ctx, values["default_tax_rates"], "default_tax_rates")
    if "default_payment_method" in values:
        method = values["default_payment_method"]
        terms.default_payment_method_id = None if method is None else use_payment_method(
            ctx, method, customer=customer, param="default_payment_method").id
    if "transfer_data" in values:
        terms.transfer_data = transfer_data(ctx, values["transfer_data"], "transfer_data")
    check_collection(customer, terms)
    check_fee_percent(ctx, terms.application_fee_percent, terms.transfer_data, param="application_fee_percent")
    return terms


def asked_redemption(ctx: Context, customer: Customer, specs: Sequence[ItemSpec], currency: str, terms: Terms,
                     values: Mapping[str, Any]) -> Terms:
    """`terms` with what `coupon` or `promotion_code` changes, for a subscription to these items in the currency."""
    if "coupon" not in values and "promotion_code" not in values:
        return terms
    # Our choice: a code's minimum is met by what the licensed items cost in a whole period, trial or not.
    amount = sum(amount_of(terms_of(spec.price, currency), 1 if spec.quantity is None else spec.quantity)
                 for spec in specs if not is_metered(spec.price))
    redemption = find_redemption(ctx, values, customer_id=customer.id, present=terms.redemption,
                                 purchase=Purchase(amount, currency))
    terms.coupon_id = None if redemption is None else redemption.coupon_id
    terms.promotion_code_id = None if redemption is None else redemption.promotion_code_id
    return terms


def check_collection(customer: Customer, terms: Terms) -> None:
    """Raises when the way of collecting and its details do not go together."""
    if terms.collection_method == "charge_automatically":
        if terms.days_until_due is not None:
            raise InvalidRequest("You can only set `days_until_due` if `collection_method` is `send_invoice`.",
                                 param="days_until_due")
    else:
        if terms.days_until_due is None:
            raise missing_parameter("days_until_due")
        check_email(customer)


def check_fee_percent(ctx: Context, percent: str | None, transfer: Mapping[str, Any] | None, *, param: str) -> None:
    """Raises where a platform would take a fee of itself. Our choice: the words, after those for a charge."""
    if percent is not None and transfer is None and ctx.account.platform_id is None:
        raise InvalidRequest(
            "Can only apply an application_fee_percent when the request is made on behalf of another account (using an OAuth "
            "key, the Stripe-Account header, or `transfer_data[destination]`).", param=param)


def transfer_data(ctx: Context, values: Mapping[str, Any] | None, param: str) -> dict[str, Any] | None:
    """Where a part of what is paid goes. Raises for a destination that is no account connected to this one."""
    if values is None:
        return None
    account = connected_account(ctx, values["destination"], param=f"{param}[destination]", called="destination")
    percent = values.get("amount_percent")
    return {"amount_percent": None if percent is None else float(percent), "destination": account.id}


def asked_settings(ctx: Context, customer: Customer, values: Mapping[str, Any],
                   subscription: Subscription | None = None) -> dict[str, Any]:
    """The columns of what no schedule has a say in, as the parameters set or change them."""
    columns: dict[str, Any] = {}
    if "default_source" in values:
        source = values["default_source"]
        columns["default_source_id"] = None if source is None else default_source_for(
            ctx, source, customer=customer, param="default_source")
    if "payment_settings" in values:
        present = None if subscription is None else subscription.payment_settings
        columns["payment_settings"] = (present or {}) | {
            name: value or None for name, value in values["payment_settings"].items()}
    if "pending_invoice_item_interval" in values:
        interval = values["pending_invoice_item_interval"]
        columns["pending_invoice_item_interval"] = None if interval is None else {
            "interval": interval["interval"], "interval_count": interval.get("interval_count", 1)}
    if "pause_collection" in values:
        pause = values["pause_collection"]
        columns["pause_collection"] = None if pause is None else {"resumes_at": None} | pause
        if pause is not None and pause.get("resumes_at", ctx.now + 1) <= ctx.now:
            raise InvalidRequest("Invalid timestamp: must be an integer Unix timestamp in the future",
                                 param="pause_collection[resumes_at]")
    return columns


def check_item_interval(document: Mapping[str, Any] | None, renewal: Interval, anchor: int) -> None:
    """Raises for pending items that would wait longer than a year, or than until the renewal that takes them anyway."""
    if document is None:
        return
    interval = Interval(document["interval"], document["interval_count"])
    if not within_a_year(interval):
        # Stripe: a year at most (behaviour reference, 3.8). Our choice: the words, here and below.
        raise InvalidRequest("Invalid pending_invoice_item_interval: it can be at most one year.",
                             param="pending_invoice_item_interval[interval_count]")
    if add_intervals(anchor, interval) > add_intervals(anchor, renewal):
        raise InvalidRequest(
            "Invalid pending_invoice_item_interval: it cannot be longer than the billing interval of the subscription, "
            "whose invoices take the pending items.", param="pending_invoice_item_interval")
