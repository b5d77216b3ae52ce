"""What must hold of every invoice (behaviour reference, 12: 1, 2, 3 and 5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import case, func, or_, select

from app.control.checks import Books, Problem
from app.domain.invoicing import settle
from app.resources.customers.tables import Customer
from app.resources.invoices.tables import Invoice, InvoiceItem, InvoiceLine


def subtotals_are_sums_of_lines(books: Books) -> Iterator[Problem]:
    """subtotal = Σ lines.amount"""
    def query() -> Any:
        lines = select(InvoiceLine.account_id, InvoiceLine.invoice_id, func.sum(InvoiceLine.amount).label("amount")).where(
            books.of(InvoiceLine)).group_by(InvoiceLine.account_id, InvoiceLine.invoice_id).subquery()
        amount = func.coalesce(lines.c.amount, 0)
        return select(Invoice.account_id, Invoice.id, Invoice.subtotal, amount).outerjoin(
            lines, (lines.c.account_id == Invoice.account_id) & (lines.c.invoice_id == Invoice.id)).where(
            books.of(Invoice), Invoice.subtotal != amount)

    for account_id, id, subtotal, sum_of_lines in books.values(query):
        yield Problem(account_id, "invoice", id, f"subtotal is {subtotal}, and its lines sum to {sum_of_lines}")


def totals_follow_from_subtotals(books: Books) -> Iterator[Problem]:
    """total = subtotal - Σ discounts of the invoice + Σ exclusive taxes; tax = Σ taxes"""
    of_items: dict[tuple[str, str], list[InvoiceLine]] = {}
    for line in books.rows(InvoiceLine, InvoiceLine.invoice_item_id.is_not(None)):
        if line.discounts:
            of_items.setdefault((line.account_id, line.invoice_id), []).append(line)
    for row in books.rows(Invoice):
        own = set(row.discounts)
        discounted = sum(entry["amount"] for entry in row.total_discount_amounts if entry["discount"] in own)
        # What a discount of the invoice takes off an item that has it too is in the item's amount already, and comes first.
        for line in of_items.get((row.account_id, row.id), ()):
            first = {entry["discount"]: entry["amount"] for entry in reversed(line.discount_amounts)}
            discounted -= sum(first.get(id, 0) for id in own.intersection(line.discounts))
        exclusive = sum(entry["amount"] for entry in row.total_tax_amounts if not entry["inclusive"])
        tax = sum(entry["amount"] for entry in row.total_tax_amounts)
        if row.total != row.subtotal - discounted + exclusive:
            yield Problem(row.account_id, "invoice", row.id, f"total is {row.total}, and not subtotal {row.subtotal} "
                                                             f"- discounts {discounted} + exclusive tax {exclusive}")
        if (row.tax or 0) != tax or row.total_excluding_tax != row.total - tax:
            yield Problem(row.account_id, "invoice", row.id,
                          f"tax {row.tax} and total_excluding_tax {row.total_excluding_tax} contradict taxes of {tax}")


def finalized_amounts_meet_the_balance(books: Books) -> Iterator[Problem]:
    """amount_due and ending_balance are what the total and the customer's balance at finalization leave"""
    for row in books.rows(Invoice, Invoice.status != "draft"):
        expected = settle(row.total, row.starting_balance, row.currency)
        amount_due = expected.amount_due - row.pre_payment_credit_notes_amount
        if (row.amount_due, row.ending_balance) != (amount_due, expected.ending_balance):
            yield Problem(row.account_id, "invoice", row.id,
                          f"amount_due {row.amount_due} and ending_balance {row.ending_balance} should be {amount_due} "
                          f"and {expected.ending_balance}: total {row.total}, starting_balance {row.starting_balance}")


def invoices_are_paid_when_they_are_paid(books: Books) -> Iterator[Problem]:
    """status paid ⇔ nothing remains of what was due and paid_at is set"""
    def query() -> Any:
        remains = Invoice.amount_due - Invoice.amount_paid
        is_paid, has_date = Invoice.status == "paid", Invoice.paid_at.is_not(None)
        wrong = or_(is_paid & ((remains != 0) | ~has_date), ~is_paid & (has_date | (Invoice.amount_paid != 0)))
        return select(Invoice.account_id, Invoice.id, Invoice.status, remains, Invoice.paid_at).where(
            books.of(Invoice), wrong)

    for account_id, id, status, remaining, paid_at in books.values(query):
        yield Problem(account_id, "invoice", id, f"status is {status} with {remaining} remaining and paid_at {paid_at}")


def status_transitions_are_in_order(books: Books) -> Iterator[Problem]:
    """no transition on a draft; finalized_at first, each end with its own moment"""
    def query() -> Any:
        finalized, ends = Invoice.finalized_at, (Invoice.paid_at, Invoice.voided_at, Invoice.marked_uncollectible_at)
        is_draft = Invoice.status == "draft"
        wrong = or_(
            is_draft & or_(finalized.is_not(None), *(end.is_not(None) for end in ends)),
            ~is_draft & finalized.is_(None),
            *(end < finalized for end in ends),
            (Invoice.status == "void") != Invoice.voided_at.is_not(None),
            (Invoice.status == "uncollectible") & Invoice.marked_uncollectible_at.is_(None),
        )
        return select(Invoice.account_id, Invoice.id, Invoice.status, finalized, *ends).where(books.of(Invoice), wrong)

    for account_id, id, status, *moments in books.values(query):
        yield Problem(account_id, "invoice", id, f"status is {status} with the moments {moments} of being finalized, "
                                                 "paid, voided and marked uncollectible")


def numbers_are_given_once(books: Books) -> Iterator[Problem]:
    """number is null exactly on drafts, unique in the account, and below the customer's next"""
    statement = select(Invoice.account_id, Invoice.id, Invoice.status, Invoice.number).where(
        books.of(Invoice), (Invoice.status == "draft") != Invoice.number.is_(None))
    for account_id, id, status, number in books.values(statement):
        yield Problem(account_id, "invoice", id, f"status is {status} with number {number}")
    twice = select(Invoice.account_id, Invoice.number, func.max(Invoice.id), func.count()).where(
        books.of(Invoice), Invoice.number.is_not(None)).group_by(Invoice.account_id, Invoice.number)
    for account_id, number, id, times in books.values(twice.having(func.count() > 1)):
        yield Problem(account_id, "invoice", id, f"number {number} was given {times} times")
    numbered = select(Invoice.account_id, Invoice.customer_id, func.count(), Customer.next_invoice_sequence).join(
        Customer, (Customer.account_id == Invoice.account_id) & (Customer.id == Invoice.customer_id)).where(
        books.of(Invoice), Invoice.number.is_not(None)).group_by(
        Invoice.account_id, Invoice.customer_id, Customer.next_invoice_sequence).having(
        func.count() >= Customer.next_invoice_sequence)
    for account_id, id, times, following in books.values(numbered):
        yield Problem(account_id, "customer", id, f"next_invoice_sequence is {following} after {times} numbers")


def no_period_of_an_item_is_billed_twice(books: Books) -> Iterator[Problem]:
    """no two invoices that begin or renew a subscription bill one period of one of its items, unless one is void"""
    def query() -> Any:
        line = InvoiceLine
        of_invoice = (Invoice.account_id == line.account_id) & (Invoice.id == line.invoice_id)
        # A change can bill a period again that it has credited before, and a threshold can bill what is left of it.
        return select(line.account_id, line.subscription_item_id, line.period_start, line.period_end, func.count()).join(
            Invoice, of_invoice).where(
            books.of(line), line.type == "subscription", line.amount != 0, Invoice.status != "void",
            Invoice.billing_reason.in_(("subscription_create", "subscription_cycle"))).group_by(
            line.account_id, line.subscription_item_id, line.period_start, line.period_end).having(func.count() > 1)

    for account_id, item, start, end, times in books.values(query):
        yield Problem(account_id, "subscription_item", item, f"is billed {times} times for {start} to {end}")


def prorations_are_not_discountable(books: Books) -> Iterator[Problem]:
    """proration=true ⇒ discountable=false"""
    for table in (InvoiceLine, InvoiceItem):
        statement = select(table.account_id, table.id).where(
            books.of(table), case((table.proration, table.discountable), else_=False))
        for account_id, id in books.values(statement):
            yield Problem(account_id, table.object_name, id, "is a proration, and discountable")
