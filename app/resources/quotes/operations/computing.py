"""What a quote comes to: what accepting it would bill is tried, looked at, and undone.

See DECISIONS, "Quotes are tried where they are made".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from app.context import Context
from app.errors import InvalidRequest
from app.resources.coupons.tables import Coupon, Discount
from app.resources.customers.operations import create_customer
from app.resources.customers.tables import Customer
from app.resources.invoices import operations as invoices
from app.resources.invoices.tables import Invoice, InvoiceLine
from app.resources.prices.operations import interval_of
from app.resources.quotes.operations.fulfilling import coupon_of, fulfil, split_lines, starts_later
from app.resources.quotes.tables import Quote, QuoteLineItem
from app.resources.subscription_schedules.operations import cross_boundary
from app.resources.subscription_schedules.tables import SubscriptionSchedule
from app.resources.subscriptions.tables import Subscription


@dataclass(slots=True)
class Figures:
    """What one line comes to, or several together, in minor units; `discounts` and `taxes` by the id of each."""

    subtotal: int = 0
    discount: int = 0
    tax: int = 0
    total: int = 0
    discounts: dict[str, int] = field(default_factory=dict)
    taxes: dict[str, int] = field(default_factory=dict)

    def add(self, other: Figures) -> None:
        """Add up."""
        self.subtotal += other.subtotal
        self.discount += other.discount
        self.tax += other.tax
        self.total += other.total
        for mine, theirs in ((self.discounts, other.discounts), (self.taxes, other.taxes)):
            for id, amount in theirs.items():
                mine[id] = mine.get(id, 0) + amount

    def columns(self, prefix: str) -> dict[str, Any]:
        """The columns that show the amounts, under names with this prefix."""
        return {f"{prefix}_subtotal": self.subtotal, f"{prefix}_discount": self.discount, f"{prefix}_tax": self.tax,
                f"{prefix}_total": self.total}

    @property
    def discount_list(self) -> list[dict[str, Any]]:
        """The discounts as they are stored and shown."""
        return [{"amount": amount, "discount": id} for id, amount in self.discounts.items()]

    @property
    def tax_list(self) -> list[dict[str, Any]]:
        """The taxes as they are stored and shown."""
        return [{"amount": amount, "rate": id} for id, amount in self.taxes.items()]


@dataclass(slots=True)
class BilledLine:
    """A line of an invoice that was tried."""

    figures: Figures
    price_id: str
    quantity: int | None
    is_item: bool


def compute_amounts(ctx: Context, quote: Quote) -> None:
    """Derive every amount of a draft from its line items, which are written already.

    Raises what accepting it would be refused for, as far as it can be known before.
    """
    recurring, once = split_lines(ctx, quote)
    if not quote.line_items:
        quoted = upfront = []
    else:
        quoted = _bill(ctx, quote, _at_once)
        waits = quote.trial_period_days is not None or starts_later(ctx, quote)
        upfront = _bill(ctx, quote, lambda ctx, quote: None) if recurring and waits else quoted
    _show_lines(quote, recurring, once, quoted)
    _show_totals(quote, "amount", [line.figures for line in quoted])
    _show_totals(quote, "upfront", [line.figures for line in upfront])
    _replace_upfront_lines(ctx, quote, upfront)
    if recurring:
        interval = interval_of(recurring[0].price)
        quote.recurring_interval, quote.recurring_interval_count = interval.unit, interval.count
        _show_totals(quote, "recurring", [line.figures for line in _bill(ctx, quote, _period_after_period)])
    else:
        _clear_recurring(quote)


def _at_once(ctx: Context, quote: Quote) -> None:
    """Everything that is quoted, on one invoice."""
    quote.trial_period_days = quote.effective_date = None


def _period_after_period(ctx: Context, quote: Quote) -> None:
    """What comes again with each period: recurring prices, and coupons without an end."""
    _at_once(ctx, quote)
    quote.__dict__["line_items"], _ = split_lines(ctx, quote)
    coupon, customer = coupon_of(ctx, quote), ctx.get(Customer, quote.customer_id)
    if coupon is not None and coupon.duration != "forever":
        quote.discounts = []
    if customer is not None:
        own = ctx.get(Discount, customer.discount_id)
        coupon = None if own is None else ctx.get(Coupon, own.coupon_id)
        if coupon is not None and coupon.duration != "forever":
            customer.discount_id = None


def _bill(ctx: Context, quote: Quote, supposing: Callable[[Context, Quote], None]) -> list[BilledLine]:
    """The first invoice's lines if the quote, changed by `supposing`, were accepted now; nothing of it stays."""
    with ctx.session.trying() as session, _named():
        there = replace(ctx, session=session)
        tried = there.get(Quote, quote.id)
        assert tried is not None, "a quote is written before it is computed"
        supposing(there, tried)
        customer = there.get(Customer, tried.customer_id)
        if customer is None:
            # Whoever it will be for: they have no history, and an address to which invoices can be sent.
            customer = create_customer(there, {"email": "somebody@example.com"})
        invoices.drop_pending_items(there, customer.id)
        fulfil(there, tried, customer)
        invoice = _first_invoice(there, tried)
        session.load([invoice], "lines")
        return [_billed(line, _renamed(there, quote, invoice)) for line in invoice.lines]


def _renamed(ctx: Context, quote: Quote, invoice: Invoice) -> dict[str, str]:
    """The quote's own discount in place of the one that its coupon became on what was tried."""
    found = [ctx.get(Discount, shown["discount"]) for shown in invoice.total_discount_amounts]
    return {each.id: quote.discounts[0] for each in found
            if each is not None and (each.subscription_id is not None or each.invoice_id is not None)}


def _first_invoice(ctx: Context, quote: Quote) -> Invoice:
    invoice_id = quote.invoice_id
    schedule = ctx.get(SubscriptionSchedule, quote.subscription_schedule_id)
    if schedule is not None:
        cross_boundary(replace(ctx, now=schedule.starts_at, ticking=True), schedule)
        subscription = ctx.get(Subscription, schedule.subscription_id)
        assert subscription is not None, "a schedule that has started has a subscription"
        invoice_id = subscription.latest_invoice_id
    invoice = ctx.get(Invoice, invoice_id)
    assert invoice is not None, "what is accepted bills something"
    return invoice


def _billed(line: InvoiceLine, renamed: dict[str, str]) -> BilledLine:
    assert line.price_id is not None, "every line of a quote has a price"
    discounts = {renamed.get(each["discount"], each["discount"]): each["amount"] for each in line.discount_amounts}
    taxes = {each["tax_rate"]: each["amount"] for each in line.tax_amounts}
    on_top = sum(each["amount"] for each in line.tax_amounts if not each["inclusive"])
    discount = sum(discounts.values())
    figures = Figures(subtotal=line.amount, discount=discount, tax=sum(taxes.values()),
                      total=line.amount - discount + on_top, discounts=discounts, taxes=taxes)
    return BilledLine(figures, line.price_id, line.quantity, line.invoice_item_id is not None)


def _show_lines(quote: Quote, recurring: Iterable[QuoteLineItem], once: Iterable[QuoteLineItem],
                billed: Iterable[BilledLine]) -> None:
    """Each line item shows what its own line of the invoice comes to."""
    billed = list(billed)
    # Items stand on the invoice in the order of the quote; a recurring price occurs once.
    pairs = list(zip(once, (line for line in billed if line.is_item), strict=True))
    by_price = {line.price_id: line for line in billed if not line.is_item}
    pairs += [(line, by_price[line.price_id]) for line in recurring]
    for line, shown in pairs:
        _set(line, shown.figures.columns("amount"))
        line.discounts, line.taxes = shown.figures.discount_list, shown.figures.tax_list


def _show_totals(quote: Quote, prefix: str, figures: Sequence[Figures]) -> None:
    total = Figures()
    for each in figures:
        total.add(each)
    _set(quote, total.columns(prefix) | {f"{prefix}_discounts": total.discount_list, f"{prefix}_taxes": total.tax_list})


def _clear_recurring(quote: Quote) -> None:
    names = ("subtotal", "discount", "tax", "total", "interval", "interval_count")
    _set(quote, {f"recurring_{name}": None for name in names} | {"recurring_discounts": [], "recurring_taxes": []})


def _replace_upfront_lines(ctx: Context, quote: Quote, billed: Iterable[BilledLine]) -> None:
    ctx.session.load([quote], "upfront_line_items")
    for line in quote.upfront_line_items:
        ctx.session.delete(line)
    prices = {line.price_id: line for line in quote.line_items}
    quote.__dict__["upfront_line_items"] = []
    for position, each in enumerate(billed):
        offered = prices[each.price_id]
        line = ctx.add(QuoteLineItem(
            currency=offered.currency, description=offered.description, discounts=each.figures.discount_list,
            position=position, price_id=each.price_id, quantity=each.quantity, tax_rates=offered.tax_rates,
            taxes=each.figures.tax_list, upfront_quote_id=quote.id, **each.figures.columns("amount")))
        line.__dict__["price"] = offered.price
        quote.upfront_line_items.append(line)


def _set(row: Quote | QuoteLineItem, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


@contextmanager
def _named() -> Iterator[None]:
    """What is refused is named as the quote calls it: the coupon of a subscription is the discount of a quote."""
    try:
        yield
    except InvalidRequest as refusal:
        if refusal.param is not None and refusal.param.endswith("coupon"):
            refusal.param = "discounts[0][coupon]"
        raise
