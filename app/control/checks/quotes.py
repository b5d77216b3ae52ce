"""What must hold of every quote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from app.control.checks import Books, Problem
from app.resources.invoices.tables import Invoice
from app.resources.quotes.tables import Quote, QuoteLineItem

_MOMENTS = {"accepted": ("finalized_at", "accepted_at"), "canceled": ("canceled_at",), "draft": (), "open": ("finalized_at",)}


def accepted_quotes_name_what_they_made(books: Books) -> Iterator[Problem]:
    """accepted ⇔ names a subscription with its first invoice, a schedule, or an invoice"""
    for row in books.rows(Quote):
        made = [row.subscription_id, row.subscription_schedule_id, row.invoice_id]
        named = sum(id is not None for id in made)
        right = (made[1] is not None and named == 1) or (made[1] is None and made[2] is not None)
        if right != (row.status == "accepted") or (row.status != "accepted" and named):
            yield Problem(row.account_id, "quote", row.id, f"status is {row.status}, and it names {made}")


def invoices_and_quotes_name_each_other(books: Books) -> Iterator[Problem]:
    """an invoice's quote is accepted, and names the invoice"""
    def query() -> Any:
        return select(Invoice.account_id, Invoice.id, Invoice.quote_id, Quote.status, Quote.invoice_id).outerjoin(
            Quote, (Quote.account_id == Invoice.account_id) & (Quote.id == Invoice.quote_id)).where(
            books.of(Invoice), Invoice.quote_id.is_not(None))

    for account_id, id, quote_id, status, invoice_id in books.values(query):
        if (status, invoice_id) != ("accepted", id):
            yield Problem(account_id, "invoice", id, f"its quote {quote_id} is {status} and names {invoice_id}")


def totals_of_quotes_are_sums(books: Books) -> Iterator[Problem]:
    """each total of a quote is the sum over its line items, or over those of its first invoice"""
    for prefix, pointer in (("amount", QuoteLineItem.quote_id), ("upfront", QuoteLineItem.upfront_quote_id)):
        item: Any = QuoteLineItem
        columns = (item.amount_subtotal, item.amount_discount, item.amount_tax, item.amount_total)
        sums = {(row[0], row[1]): tuple(row)[2:] for row in books.values(
            select(item.account_id, pointer, *(func.sum(column) for column in columns)).where(
                books.of(item), pointer.is_not(None)).group_by(item.account_id, pointer))}
        for row in books.rows(Quote):
            totals = tuple(getattr(row, f"{prefix}_{name}") for name in ("subtotal", "discount", "tax", "total"))
            expected = sums.get((row.account_id, row.id), (0, 0, 0, 0))
            if totals != tuple(map(int, expected)):
                yield Problem(row.account_id, "quote", row.id,
                              f"its {prefix} totals are {totals}, and its line items sum to {expected}")


def breakdowns_of_quotes_add_up(books: Books) -> Iterator[Problem]:
    """the discounts and taxes told one by one sum to amount_discount and amount_tax"""
    for row in books.rows(Quote):
        for prefix in ("amount", "recurring", "upfront"):
            for name, list_name in (("discount", "discounts"), ("tax", "taxes")):
                total = getattr(row, f"{prefix}_{name}") or 0
                parts = sum(each["amount"] for each in getattr(row, f"{prefix}_{list_name}"))
                if total != parts:
                    yield Problem(row.account_id, "quote", row.id, f"its {prefix} {name} is {total}, and its parts {parts}")


def quotes_have_the_moments_of_their_status(books: Books) -> Iterator[Problem]:
    """open and accepted quotes were finalized, and only then have a number, a customer and line items"""
    for row in books.rows(Quote):
        missing = [name for name in _MOMENTS[row.status] if getattr(row, name) is None]
        finalized = row.finalized_at is not None
        if missing or (row.number is not None) != finalized or (finalized and row.customer_id is None):
            yield Problem(row.account_id, "quote", row.id,
                          f"status is {row.status} with number {row.number}, and without {', '.join(missing) or 'nothing'}")


def numbers_of_quotes_are_given_once(books: Books) -> Iterator[Problem]:
    """no two quotes of an account have one number"""
    def query() -> Any:
        return select(Quote.account_id, Quote.number, func.max(Quote.id)).where(
            books.of(Quote), Quote.number.is_not(None)).group_by(Quote.account_id, Quote.number).having(func.count() > 1)

    for account_id, number, id in books.values(query):
        yield Problem(account_id, "quote", id, f"its number {number} is that of another one too")
