"""Quotes as callers ask for them: made, copied from another one, and changed as long as they are drafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select

from app.context import Context
from app.db.roots import TestClock
from app.db.session import Prepared
from app.domain.metadata import merged
from app.domain.money import decimal_string
from app.domain.periods import Interval, add_intervals
from app.errors import InvalidRequest, missing_parameter
from app.events.emit import emit
from app.resources.accounts.operations import connected_account
from app.resources.coupons.tables import Discount
from app.resources.customers.tables import Customer
from app.resources.invoices.operations import find_discounts
from app.resources.quotes.operations.computing import compute_amounts
from app.resources.quotes.operations.lines import set_lines, settle_currency
from app.resources.quotes.operations.moving import check_expiry, require_status
from app.resources.quotes.tables import Quote, QuoteDiscount, QuoteLineItem
from app.resources.subscriptions.operations import check_fee_percent, transfer_data
from app.resources.tax_rates.operations import find_tax_rates

QUOTES_ON_CLOCK_MAX = 10
"""Quotes without a customer that Stripe allows on a test clock; enforced where the sandbox's `limits` are `strict`."""

EFFECTIVE_YEARS_MAX = 5
"""Our choice: as far ahead as other dates may lie."""

_ON_CLOCK = Prepared(select(func.count()).where(
    Quote.account_id == bindparam("account_id"), Quote.test_clock_id == bindparam("clock_id"),
    Quote.customer_id.is_(None)))

_PLAIN = ("application_fee_amount", "collection_method", "description", "footer", "header")
_COPIED = (*_PLAIN, "application_fee_percent", "automatic_tax_enabled", "customer_id", "currency", "days_until_due",
           "default_tax_rates", "effective_date", "metadata_", "on_behalf_of_id", "transfer_data", "trial_period_days")
"""What a copy of a quote has from it, besides line items and discounts."""


def create_quote(ctx: Context, values: Mapping[str, Any]) -> Quote:
    """A draft as the parameters of POST /v1/quotes say, or a copy of the quote that `from_quote` names.

    It lives on its customer's clock; without a customer on the one that `test_clock` names. Emits quote.created.
    """
    if "from_quote" in values:
        return _clone(ctx, values)
    customer = None
    if "test_clock" in values:
        clock = ctx.find(TestClock, values["test_clock"], param="test_clock")
        ctx.enter_clock(clock.id)
    if "customer" in values:
        customer = _customer(ctx, values["customer"], values.get("test_clock"), given="test_clock" in values)
    quote = _blank(ctx, values)
    _apply(ctx, quote, values)
    if customer is not None:
        quote.customer_id = customer.id
    _check_quota(ctx, quote)
    ctx.add(quote)
    _set_contents(ctx, quote, values)
    emit(ctx, "quote.created", quote)
    return quote


def update_quote(ctx: Context, quote: Quote, values: Mapping[str, Any]) -> Quote:
    """Change a draft; metadata changes in every status. Nothing is emitted: Stripe has no event for it."""
    # Our choice: metadata alone may change later, as with everything that is finalised.
    if values.keys() - {"metadata"}:
        require_status(quote, "draft", "update", "updated")
    ctx.session.load([quote], "line_items.price.product")
    if "customer" in values:
        if quote.customer_id not in (None, values["customer"]):
            # Our choice: the words.
            raise InvalidRequest("The customer of a quote cannot be changed once it is set.", param="customer")
        quote.customer_id = _customer(ctx, values["customer"], quote.test_clock_id, given=True).id
    _apply(ctx, quote, values)
    if values.keys() - {"metadata"}:
        _set_contents(ctx, quote, values)
    return quote


def _clone(ctx: Context, values: Mapping[str, Any]) -> Quote:
    """A draft with the contents of another quote, which it may be a revision of."""
    for name in values:
        if name not in ("expires_at", "from_quote"):
            # Stripe: nothing but `expires_at` may accompany it. Our choice: the words, which are those for schedules.
            raise InvalidRequest(f"You cannot set `{name}` if `from_quote` is set.", param=name)
    source = ctx.find(Quote, values["from_quote"]["quote"], param="from_quote[quote]")
    is_revision = values["from_quote"].get("is_revision", False)
    if is_revision and (source.number is None or source.status == "accepted"):
        # Our choice: what has no number yet can be changed itself, and what was accepted is a fact.
        raise InvalidRequest(f"You cannot revise a quote that is currently in the `{source.status}` status. It must have "
                             "been finalized, and not accepted.", param="from_quote[is_revision]")
    ctx.session.load([source], "line_items.price.product")
    quote = _blank(ctx, values)
    for name in _COPIED:
        setattr(quote, name, source.__dict__[name])
    quote.from_quote_id, quote.is_revision, quote.test_clock_id = source.id, is_revision, source.test_clock_id
    _check_quota(ctx, quote)
    ctx.add(quote)
    quote.__dict__["line_items"] = [_copied_line(ctx, quote, line) for line in source.line_items]
    quote.discounts = [_offer(ctx, quote, discount.coupon_id, discount.promotion_code_id).id
                       for id in source.discounts if (discount := ctx.get(QuoteDiscount, id)) is not None]
    compute_amounts(ctx, quote)
    emit(ctx, "quote.created", quote)
    return quote


def _blank(ctx: Context, values: Mapping[str, Any]) -> Quote:
    expires_at = values.get("expires_at")
    if expires_at is not None:
        check_expiry(ctx, expires_at)
    quote = Quote(
        amount_discount=0, amount_discounts=[], amount_subtotal=0, amount_tax=0, amount_taxes=[], amount_total=0,
        automatic_tax_enabled=False, collection_method="charge_automatically", default_tax_rates=[], discounts=[],
        expires_at=ctx.now + ctx.choices.quote_expires_after_s if expires_at is None else expires_at, is_revision=False,
        metadata_={}, recurring_discounts=[], recurring_taxes=[], status="draft", upfront_discount=0,
        upfront_discounts=[], upfront_subtotal=0, upfront_tax=0, upfront_taxes=[], upfront_total=0)
    quote.__dict__.update({"line_items": [], "upfront_line_items": []})
    return quote


def _customer(ctx: Context, id: str, clock_id: str | None, *, given: bool) -> Customer:
    """The customer of a quote, on the clock that was `given` for it."""
    customer = ctx.find(Customer, id, param="customer")
    if given and customer.test_clock_id != clock_id:
        # Our choice: the words; that the two clocks must be one is known.
        raise InvalidRequest(f"The customer {id} must live on the same test clock as the quote.", param="customer")
    return customer


def _check_quota(ctx: Context, quote: Quote) -> None:
    clock_id = quote.test_clock_id or ctx.test_clock_id
    if ctx.choices.limits != "strict" or clock_id is None or quote.customer_id is not None:
        return
    if ctx.session.scalar(_ON_CLOCK, account_id=ctx.account_id, clock_id=clock_id) >= QUOTES_ON_CLOCK_MAX:
        # Our choice: the words; only the number is published.
        raise InvalidRequest(f"Test clock {clock_id} already has the maximum of {QUOTES_ON_CLOCK_MAX} quotes without a "
                             "customer.", param="test_clock")


def _apply(ctx: Context, quote: Quote, values: Mapping[str, Any]) -> None:
    """Set what needs neither line items nor an id of the quote's."""
    for name in _PLAIN:
        if name in values:
            setattr(quote, name, values[name])
    if "application_fee_percent" in values:
        percent = values["application_fee_percent"]
        quote.application_fee_percent = None if percent is None else decimal_string(percent)
    if "automatic_tax" in values:
        quote.automatic_tax_enabled = values["automatic_tax"]["enabled"]
    if "default_tax_rates" in values:
        quote.default_tax_rates = [
            rate.id for rate in find_tax_rates(ctx, values["default_tax_rates"], param="default_tax_rates")]
    if "expires_at" in values:
        check_expiry(ctx, values["expires_at"])
        quote.expires_at = values["expires_at"]
    if "days_until_due" in values.get("invoice_settings", {}):
        quote.days_until_due = values["invoice_settings"]["days_until_due"]
    elif values.get("collection_method") == "charge_automatically":
        quote.days_until_due = None
    if "metadata" in values:
        quote.metadata_ = merged(quote.metadata_, values["metadata"])
    if "on_behalf_of" in values:
        named = values["on_behalf_of"]
        quote.on_behalf_of_id = None if named is None else connected_account(ctx, named, param="on_behalf_of").id
    _apply_subscription_data(ctx, quote, values.get("subscription_data", {}))
    if "transfer_data" in values:
        transfer = transfer_data(ctx, values["transfer_data"], "transfer_data")
        quote.transfer_data = None if transfer is None else {"amount": values["transfer_data"].get("amount")} | transfer


def _apply_subscription_data(ctx: Context, quote: Quote, values: Mapping[str, Any]) -> None:
    if "effective_date" in values:
        date = values["effective_date"]
        if date == "current_period_end":
            # Our choice: the words. At this version no parameter names a subscription that a quote could change.
            raise InvalidRequest("`current_period_end` can only be used for a quote that updates a subscription.",
                                 param="subscription_data[effective_date]")
        if date is not None and date > add_intervals(ctx.now, Interval("year", EFFECTIVE_YEARS_MAX)):
            raise InvalidRequest("Invalid timestamp: can be no more than five years in the future",
                                 param="subscription_data[effective_date]")
        quote.effective_date = date
    if "trial_period_days" in values:
        quote.trial_period_days = values["trial_period_days"]


def _set_contents(ctx: Context, quote: Quote, values: Mapping[str, Any]) -> None:
    """Set line items and discounts, and derive what they come to."""
    if "line_items" in values:
        set_lines(ctx, quote, values["line_items"])
    settle_currency(ctx, quote)
    if "discounts" in values:
        _set_discounts(ctx, quote, values["discounts"])
    _check_terms(quote)
    check_fee_percent(ctx, quote.application_fee_percent, quote.transfer_data, param="application_fee_percent")
    compute_amounts(ctx, quote)


def _check_terms(quote: Quote) -> None:
    """Raises where the quote's terms contradict each other, or its line items once it has any. Our choice: the words."""
    if quote.collection_method == "send_invoice" and quote.days_until_due is None:
        raise missing_parameter("invoice_settings[days_until_due]")
    if quote.collection_method == "charge_automatically" and quote.days_until_due is not None:
        raise InvalidRequest("You can only set `days_until_due` if `collection_method` is `send_invoice`.",
                             param="invoice_settings[days_until_due]")
    if not quote.line_items:
        return
    recurs = any(line.price.type == "recurring" for line in quote.line_items)
    transfer = quote.transfer_data or {}
    for value, path in ((quote.application_fee_amount, "application_fee_amount"),
                        (transfer.get("amount"), "transfer_data[amount]")):
        if recurs and value is not None:
            raise InvalidRequest(f"`{path}` can only be set if no line item has a recurring price.", param=path)
    for value, path in ((quote.application_fee_percent, "application_fee_percent"),
                        (transfer.get("amount_percent"), "transfer_data[amount_percent]")):
        if not recurs and value is not None:
            raise InvalidRequest(f"`{path}` can only be set if a line item has a recurring price.", param=path)


def _set_discounts(ctx: Context, quote: Quote, elements: Sequence[Mapping[str, str]]) -> None:
    present = {id: ctx.get(QuoteDiscount, id) for id in quote.discounts}
    kept = []
    for element in elements:
        if len(element) == 1 and element.get("discount") in present:
            kept.append(element["discount"])
            continue
        [found] = find_discounts(ctx, [element], customer_id=quote.customer_id or "")
        # Our choice: a discount that the customer has already is offered anew, by its coupon.
        promotion_code_id = found.promotion_code_id if isinstance(found, Discount) else None
        coupon_id = found.coupon_id if isinstance(found, Discount) else found.id
        kept.append(_offer(ctx, quote, coupon_id, promotion_code_id).id)
    for id, discount in present.items():
        if discount is not None and id not in kept:
            ctx.session.delete(discount)
    quote.discounts = kept


def _offer(ctx: Context, quote: Quote, coupon_id: str, promotion_code_id: str | None) -> QuoteDiscount:
    return ctx.add(QuoteDiscount(coupon_id=coupon_id, promotion_code_id=promotion_code_id, quote_id=quote.id))


def _copied_line(ctx: Context, quote: Quote, line: QuoteLineItem) -> QuoteLineItem:
    values = {name: line.__dict__[name] for name in QuoteLineItem.column_keys}
    copy = ctx.add(QuoteLineItem(**values | {"id": None, "created": None, "discounts": [], "quote_id": quote.id}))
    copy.__dict__["price"] = line.price
    return copy
