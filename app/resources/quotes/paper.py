"""What a quote says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.context import Context
from app.domain.currencies import format_amount
from app.domain.descriptions import date_text, interval_text
from app.domain.periods import Interval
from app.errors import InvalidRequest
from app.paper.document import Document, Line, Table, Total, paper_of
from app.paper.wording import columns_of_lines, party, sums, tax_cell
from app.render import load_for_rendering, render
from app.render.fields import Tree
from app.resources.invoices.paper import sender
from app.resources.prices.paper import unit_price_text
from app.resources.quotes.tables import Quote, QuoteLineItem

_QUOTE: Tree = {"total_details": {"breakdown": {}}}
_LINE: Tree = {"taxes": {}}
_STAMPS = {"accepted": "Accepted", "canceled": "Canceled"}


def quote_document(ctx: Context, quote: Quote) -> Document:
    """The quote as it stands. Raises InvalidRequest for a draft, which is nothing that could be handed out."""
    if quote.finalized_at is None:
        # Our choice: the words; the reference has files of finalised quotes only.
        raise InvalidRequest("You can only download the PDF of a finalized quote.")
    load_for_rendering(ctx.session, [quote], _QUOTE)
    ctx.session.load([quote], "customer")
    ctx.session.load([quote], "line_items")
    load_for_rendering(ctx.session, list(quote.line_items), _LINE)
    currency = quote.currency or ctx.account.default_currency
    customer, shown = quote.customer, render(quote, _QUOTE)
    to = () if customer is None else (
        party("Prepared for", customer.name or customer.description, customer.address, customer.email),)
    return Document(
        title="Quote", number=quote.number or "", created=quote.finalized_at, sender=sender(ctx), parties=to,
        facts=tuple(_facts(quote)), headline=quote.header or f"Quote for {format_amount(quote.amount_total, currency)}",
        table=_table(quote, currency), totals=tuple(_totals(quote, currency, shown["total_details"]["breakdown"])),
        stamp=_STAMPS.get(quote.status, ""), memo=quote.description or "", footer=quote.footer or "",
        paper=paper_of(ctx.account.country))


def _facts(quote: Quote) -> Iterator[tuple[str, str]]:
    yield "Quote number", quote.number or ""
    for label, moment in (("Date of issue", quote.finalized_at), ("Starts", quote.effective_date),
                          ("Accepted", quote.accepted_at), ("Canceled", quote.canceled_at)):
        if moment is not None:
            yield label, date_text(moment)
    if quote.status == "open":
        yield "Valid until", date_text(quote.expires_at)
    if quote.trial_period_days:
        yield "Free trial", f"{quote.trial_period_days} day{'s' if quote.trial_period_days > 1 else ''}"


def _table(quote: Quote, currency: str) -> Table:
    shown = [(line, _taxes(render(line, _LINE)["taxes"])) for line in quote.line_items]
    with_taxes = any(taxes for _, taxes in shown)
    return Table(columns_of_lines(with_taxes=with_taxes), tuple(
        _line(line, currency, [tax_cell(taxes)] if with_taxes else []) for line, taxes in shown))


def _line(line: QuoteLineItem, currency: str, taxes: list[str]) -> Line:
    price = line.price
    unit = unit_price_text(price, currency)
    if unit and price.recurring_interval is not None:
        unit += f" / {interval_text(Interval(price.recurring_interval, price.recurring_interval_count or 1))}"
    quantity = "" if line.quantity is None else f"{line.quantity:,}"
    details = ("Billed by usage.",) if price.recurring_usage_type == "metered" else ()
    return Line((line.description or "", quantity, unit, *taxes, format_amount(line.amount_subtotal, currency)), details)


def _totals(quote: Quote, currency: str, breakdown: Mapping[str, Any]) -> Iterator[Total]:
    yield from sums(currency, subtotal=quote.amount_subtotal, discounts=breakdown["discounts"],
                    total_excluding_tax=quote.amount_total - quote.amount_tax, taxes=_taxes(breakdown["taxes"]))
    yield Total("Total", format_amount(quote.amount_total, currency), strong=True)
    if quote.recurring_total is not None and quote.recurring_interval is not None:
        often = interval_text(Interval(quote.recurring_interval, quote.recurring_interval_count or 1)).removeprefix("every ")
        yield Total("Due at first", format_amount(quote.upfront_total, currency))
        yield Total(f"Then every {often}", format_amount(quote.recurring_total, currency))


def _taxes(amounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As invoices have them: quotes name the rate of a tax otherwise."""
    return [{"amount": tax["amount"], "tax_rate": tax["rate"]} for tax in amounts]
