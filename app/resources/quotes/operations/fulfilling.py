"""What a quote offers is made real, by the operations that everybody else starts subscriptions and makes invoices with."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.context import Context
from app.domain.periods import add_intervals
from app.domain.tiers import amount_of
from app.resources.coupons.operations import discount_in_force
from app.resources.coupons.tables import Coupon
from app.resources.customers.tables import Customer
from app.resources.invoices import operations as invoices
from app.resources.prices.operations import interval_of, terms_of
from app.resources.quotes.tables import Quote, QuoteDiscount, QuoteLineItem
from app.resources.subscription_schedules.operations import create_schedule
from app.resources.subscriptions.operations import ItemSpec, Terms, start_subscription

DAY = 86_400


def fulfil(ctx: Context, quote: Quote, customer: Customer) -> None:
    """Make the subscription, the schedule or the invoice that the quote offers the customer, and note it on the quote.

    Emits the events of what it makes, and none of the quote's.
    """
    recurring, once = split_lines(ctx, quote)
    if not recurring:
        _invoice(ctx, quote, customer, once)
    elif starts_later(ctx, quote):
        _schedule(ctx, quote, customer, recurring, once)
    else:
        _subscribe(ctx, quote, customer, recurring, once)


def split_lines(ctx: Context, quote: Quote) -> tuple[list[QuoteLineItem], list[QuoteLineItem]]:
    """The line items with recurring prices and those with one-time prices, prices and products loaded."""
    ctx.session.load([quote], "line_items.price.product")
    return ([line for line in quote.line_items if line.price.type == "recurring"],
            [line for line in quote.line_items if line.price.type == "one_time"])


def starts_later(ctx: Context, quote: Quote) -> bool:
    """Whether what the quote offers would wait for its effective date; one that has passed is ignored."""
    return quote.effective_date is not None and quote.effective_date > ctx.now


def terms(ctx: Context, quote: Quote) -> Terms:
    """What a subscription is billed by under the quote."""
    coupon = coupon_of(ctx, quote)
    return Terms(
        collection_method=quote.collection_method, days_until_due=quote.days_until_due,
        default_tax_rates=quote.default_tax_rates, application_fee_percent=quote.application_fee_percent,
        transfer_data=_transfer_data(quote), automatic_tax_enabled=quote.automatic_tax_enabled,
        coupon_id=None if coupon is None else coupon.id)


def coupon_of(ctx: Context, quote: Quote) -> Coupon | None:
    """The coupon that the quote offers."""
    if not quote.discounts:
        return None
    discount = ctx.get(QuoteDiscount, quote.discounts[0])
    assert discount is not None, "a quote's discount is there as long as the quote names it"
    return ctx.get(Coupon, discount.coupon_id)


def _subscribe(ctx: Context, quote: Quote, customer: Customer, recurring: Sequence[QuoteLineItem],
               once: Sequence[QuoteLineItem]) -> None:
    days = quote.trial_period_days
    # An invoice shows the newest item first: the last line is added first.
    subscription = start_subscription(
        ctx, customer, [ItemSpec(line.price, line.quantity, line.tax_rates) for line in recurring], terms(ctx, quote),
        currency=recurring[0].currency,
        trial_end=None if days is None else ctx.now + days * DAY, add_items=[_item(line) for line in reversed(once)],
        quote_id=quote.id)
    # The invoice is a draft, as the reference has it for acceptance, so that nothing is charged inside the request.
    quote.subscription_id, quote.invoice_id = subscription.id, subscription.latest_invoice_id


def _invoice(ctx: Context, quote: Quote, customer: Customer, once: Sequence[QuoteLineItem]) -> None:
    assert quote.currency is not None, "a quote with line items has a currency"
    items = [invoices.add_pending_item(ctx, customer.id, **_item(line)) for line in once]
    # As on any invoice of a customer, their own discount counts where there is no other.
    discount = coupon_of(ctx, quote) or discount_in_force(ctx, customer, None)
    invoice = invoices.draft_invoice(
        ctx, customer, invoices.item_lines(items), reason="quote_accept", currency=quote.currency,
        period=(ctx.now, ctx.now), auto_advance=ctx.choices.manual_invoice_auto_advance,
        collection_method=quote.collection_method, days_until_due=quote.days_until_due,
        coupons=[] if discount is None else [discount],
        values={"automatic_tax_enabled": quote.automatic_tax_enabled, "default_tax_rates": quote.default_tax_rates,
                "quote_id": quote.id, **_shared(ctx, quote)})
    quote.invoice_id = invoice.id


def _shared(ctx: Context, quote: Quote) -> dict[str, Any]:
    """The columns of an invoice that say who gets a part of what is paid."""
    shared: dict[str, Any] = {
        "application_fee_amount": quote.application_fee_amount, "on_behalf_of": quote.on_behalf_of_id}
    if quote.transfer_data is not None:
        shared["transfer_data"] = {
            name: quote.transfer_data[name] for name in ("amount", "destination") if quote.transfer_data[name] is not None}
    return invoices.sharing_columns(ctx, None, {name: value for name, value in shared.items() if value is not None})


def _schedule(ctx: Context, quote: Quote, customer: Customer, recurring: Sequence[QuoteLineItem],
              once: Sequence[QuoteLineItem]) -> None:
    start, interval = quote.effective_date, interval_of(recurring[0].price)
    assert start is not None, "what starts later has a date for it"
    phase: dict[str, Any] = {
        "currency": quote.currency,
        "items": [_phase_item(line) for line in recurring], "add_invoice_items": [_phase_item(line) for line in reversed(once)],
        "default_tax_rates": quote.default_tax_rates, "end_date": add_intervals(start, interval)}
    if quote.trial_period_days is not None:
        # Our choice: the one phase lasts until the first paid period ends; it is released then, and goes on as it is.
        phase["trial_end"] = start + quote.trial_period_days * DAY
        phase["end_date"] = add_intervals(phase["trial_end"], interval)
    settings: dict[str, Any] = {"collection_method": quote.collection_method,
                                "automatic_tax": {"enabled": quote.automatic_tax_enabled}}
    if quote.days_until_due is not None:
        settings["invoice_settings"] = {"days_until_due": quote.days_until_due}
    if quote.application_fee_percent is not None:
        settings["application_fee_percent"] = Decimal(quote.application_fee_percent)
    if quote.transfer_data is not None:
        settings["transfer_data"] = _transfer_data(quote)
    coupon = coupon_of(ctx, quote)
    if coupon is not None:
        phase["coupon"] = coupon.id
    schedule = create_schedule(
        ctx, {"customer": customer.id, "start_date": start, "default_settings": settings, "phases": [phase]},
        prices={line.price_id for line in quote.line_items})
    quote.subscription_schedule_id = schedule.id


def _item(line: QuoteLineItem) -> dict[str, Any]:
    """The arguments of the invoice item that bills a one-time line."""
    quantity = line.quantity or 0
    return {"amount": amount_of(terms_of(line.price, line.currency), quantity), "currency": line.currency, "price": line.price,
            "description": line.description, "quantity": quantity, "tax_rates": line.tax_rates}


def _phase_item(line: QuoteLineItem) -> dict[str, Any]:
    """The line as a parameter of a phase."""
    values = {"price": line.price_id, "quantity": line.quantity, "tax_rates": line.tax_rates}
    return {name: value for name, value in values.items() if value is not None}


def _transfer_data(quote: Quote) -> dict[str, Any] | None:
    """Where a part of each payment goes: a fixed amount is for a single invoice only."""
    data = quote.transfer_data
    return None if data is None else {name: data[name] for name in ("amount_percent", "destination")}
