"""What must hold of money that comes in for invoices and goes back (behaviour reference, 12: 1 and 2, and 9.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select

from app.control.checks import Books, Problem
from app.resources.balance.tables import BalanceTransaction
from app.resources.charges.tables import Charge
from app.resources.credit_notes.tables import CreditNote, CreditNoteLine
from app.resources.customers.tables import CustomerBalanceTransaction
from app.resources.invoices.tables import Invoice
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.refunds.tables import Refund


def paid_invoices_were_charged(books: Books) -> Iterator[Problem]:
    """what was paid of an invoice, and not out of band, is what its charge took"""
    def query() -> Any:
        charge = (Charge.account_id == Invoice.account_id) & (Charge.id == Invoice.charge_id) & Charge.paid.is_(True)
        taken = func.coalesce(Charge.amount_captured, 0)
        return select(Invoice.account_id, Invoice.id, Invoice.amount_paid, taken).outerjoin(Charge, charge).where(
            books.of(Invoice), Invoice.amount_paid > 0, Invoice.paid_out_of_band.is_(False), Invoice.amount_paid != taken)

    for account_id, id, paid, charged in books.values(query):
        yield Problem(account_id, "invoice", id, f"amount_paid is {paid}, and its charge took {charged}")


def charges_give_back_what_was_refunded(books: Books) -> Iterator[Problem]:
    """amount_refunded = Σ refunds that neither failed nor were canceled ≤ amount"""
    def query() -> Any:
        refunds = select(Refund.account_id, Refund.charge_id, func.sum(Refund.amount).label("amount")).where(
            books.of(Refund), Refund.status.not_in(("canceled", "failed"))).group_by(
            Refund.account_id, Refund.charge_id).subquery()
        total = func.coalesce(refunds.c.amount, 0)
        return select(Charge.account_id, Charge.id, Charge.amount, Charge.amount_refunded, total).outerjoin(
            refunds, (refunds.c.account_id == Charge.account_id) & (refunds.c.charge_id == Charge.id)).where(
            books.of(Charge), or_(Charge.amount_refunded != total, Charge.amount_refunded > Charge.amount))

    for account_id, id, amount, refunded, sum_of_refunds in books.values(query):
        yield Problem(account_id, "charge", id, f"amount_refunded is {refunded} of {amount}, and its refunds sum to "
                                                f"{sum_of_refunds}")


def charges_and_refunds_are_on_the_balance(books: Books) -> Iterator[Problem]:
    """what a balance transaction came from names it, and has its amount"""
    def query() -> Any:
        table = BalanceTransaction
        names = and_(Charge.account_id == table.account_id, Charge.id == table.source_id,
                     Charge.balance_transaction_id == table.id, Charge.amount == table.amount)
        gives = and_(Refund.account_id == table.account_id, Refund.id == table.source_id,
                     Refund.balance_transaction_id == table.id, Refund.amount == -table.amount)
        returns = and_(Refund.account_id == table.account_id, Refund.id == table.source_id,
                       Refund.failure_balance_transaction_id == table.id, Refund.amount == table.amount)
        refused = and_(Charge.account_id == table.account_id, Charge.id == table.source_id, Charge.status == "failed",
                       Charge.failure_balance_transaction_id == table.id, Charge.amount == -table.amount)
        types = ("charge", "payment", "payment_failure_refund", "payment_refund", "refund", "refund_failure")
        return select(table.account_id, table.id, table.type, table.amount, table.source_id).outerjoin(
            Charge, or_(names, refused)).outerjoin(Refund, or_(gives, returns)).where(
            books.of(table), table.type.in_(types), Charge.id.is_(None), Refund.id.is_(None))

    for account_id, id, type, amount, source in books.values(query):
        yield Problem(account_id, "balance_transaction", id,
                      f"is a {type} of {amount}, which {source} does not know of, or not with this amount")


def debits_have_what_their_status_says(books: Books) -> Iterator[Problem]:
    """pending ⇔ its intent, if any, is processing, and neither paid nor captured; what failed after all was taken back"""
    def query() -> Any:
        waits = Charge.status == "pending"
        processing = PaymentIntent.status == "processing"
        odd = or_(waits & (Charge.paid | Charge.captured), waits & not_(processing), Charge.settles_at.is_not(None) & not_(waits),
                  (Charge.status == "failed") & (Charge.balance_transaction_id.is_not(None)
                                                 != Charge.failure_balance_transaction_id.is_not(None)))
        intent = (PaymentIntent.account_id == Charge.account_id) & (PaymentIntent.id == Charge.payment_intent_id)
        return select(Charge.account_id, Charge.id, Charge.status, PaymentIntent.status).outerjoin(
            PaymentIntent, intent).where(books.of(Charge), odd)

    for account_id, id, status, intent in books.values(query):
        yield Problem(account_id, "charge", id, f"is {status} where its intent is {intent}, which what is known of its money "
                                                "belies")


def refunds_have_what_their_status_says(books: Books) -> Iterator[Problem]:
    """failed ⇔ a reason; failed or canceled ⇔ the transaction that brought it back; what waits knows until when, and for whom

    Of what was captured, others than pending ones have gone. What goes back of cash has no transactions.
    """
    def query() -> Any:
        failed = Refund.status == "failed"
        back = Refund.status.in_(("canceled", "failed"))
        unexplained = or_(failed != Refund.failure_reason.is_not(None),
                          and_(back, Refund.charge_id.is_not(None)) != Refund.failure_balance_transaction_id.is_not(None))
        undecided = or_(Refund.status.in_(("pending", "requires_action")) & Refund.settles_at.is_(None),
                        (Refund.status == "requires_action") != Refund.next_action.is_not(None))
        not_gone = (Refund.status != "pending") & Refund.balance_transaction_id.is_(None) & Charge.captured.is_(True)
        astray = Refund.charge_id.is_(None) & or_(Refund.customer_id.is_(None), Refund.balance_transaction_id.is_not(None))
        return select(Refund.account_id, Refund.id, Refund.status).outerjoin(
            Charge, (Charge.account_id == Refund.account_id) & (Charge.id == Refund.charge_id)).where(
            books.of(Refund), or_(unexplained, undecided, not_gone, astray))

    for account_id, id, status in books.values(query):
        yield Problem(account_id, "refund", id, f"is {status}, which what is known of its money belies")


def credit_notes_are_sums_of_lines(books: Books) -> Iterator[Problem]:
    """subtotal = Σ lines; amount = subtotal - discounts + exclusive taxes"""
    lines = select(CreditNoteLine.account_id, CreditNoteLine.credit_note_id, func.sum(CreditNoteLine.amount).label("amount")
                   ).where(books.of(CreditNoteLine)).group_by(
        CreditNoteLine.account_id, CreditNoteLine.credit_note_id).subquery()
    amount = func.coalesce(lines.c.amount, 0)
    statement = select(CreditNote.account_id, CreditNote.id, CreditNote.subtotal, amount).outerjoin(
        lines, (lines.c.account_id == CreditNote.account_id) & (lines.c.credit_note_id == CreditNote.id)).where(
        books.of(CreditNote), CreditNote.subtotal != amount)
    for account_id, id, subtotal, sum_of_lines in books.values(statement):
        yield Problem(account_id, "credit_note", id, f"subtotal is {subtotal}, and its lines sum to {sum_of_lines}")
    for row in books.rows(CreditNote):
        exclusive = sum(entry["amount"] for entry in row.tax_amounts if not entry["inclusive"])
        if row.amount != row.subtotal - row.discount_amount + exclusive:
            yield Problem(row.account_id, "credit_note", row.id, f"amount is {row.amount}, and not subtotal {row.subtotal} "
                                                                 f"- discounts {row.discount_amount} + tax {exclusive}")


def credit_notes_are_given_back(books: Books) -> Iterator[Problem]:
    """after payment refund + credit + what was given elsewhere = amount; before it nothing is"""
    def query() -> Any:
        back = (func.coalesce(Refund.amount, 0) + func.coalesce(-CustomerBalanceTransaction.amount, 0)
                + func.coalesce(CreditNote.out_of_band_amount, 0))
        owed = case((CreditNote.type == "post_payment", CreditNote.amount), else_=0)
        return select(CreditNote.account_id, CreditNote.id, owed, back).outerjoin(
            Refund, (Refund.account_id == CreditNote.account_id) & (Refund.id == CreditNote.refund_id)).outerjoin(
            CustomerBalanceTransaction, (CustomerBalanceTransaction.account_id == CreditNote.account_id)
            & (CustomerBalanceTransaction.id == CreditNote.customer_balance_transaction_id)).where(
            books.of(CreditNote), back != owed)

    for account_id, id, amount, given in books.values(query):
        yield Problem(account_id, "credit_note", id, f"{given} was given back, and not {amount}")


def invoices_know_their_credit_notes(books: Books) -> Iterator[Problem]:
    """pre_ and post_payment_credit_notes_amount are sums of credit notes, together no more than the invoice"""

    def total(type: str) -> ColumnElement[int]:
        return func.sum(case(((CreditNote.type == type) & (CreditNote.status == "issued"), CreditNote.amount), else_=0))

    notes = select(CreditNote.account_id, CreditNote.invoice_id, total("pre_payment").label("before"),
                   total("post_payment").label("after")).where(books.of(CreditNote)).group_by(
        CreditNote.account_id, CreditNote.invoice_id).subquery()
    before, after = func.coalesce(notes.c.before, 0), func.coalesce(notes.c.after, 0)
    shown = Invoice.pre_payment_credit_notes_amount, Invoice.post_payment_credit_notes_amount
    statement = select(Invoice.account_id, Invoice.id, Invoice.total, *shown, before, after).outerjoin(
        notes, (notes.c.account_id == Invoice.account_id) & (notes.c.invoice_id == Invoice.id)).where(
        books.of(Invoice), or_(shown[0] != before, shown[1] != after, and_(before + after > 0, before + after > Invoice.total)))
    for account_id, id, amount, *credited in books.values(statement):
        yield Problem(account_id, "invoice", id, f"has a total of {amount}; credited before and after payment are "
                                                 f"{credited[:2]} by its own account, {credited[2:]} by its credit notes")
