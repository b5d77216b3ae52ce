"""Issuing credit notes: before an invoice is paid they lower what is due, afterwards they give money or credit back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.currencies import format_amount
from app.domain.invoicing import InvoiceTotals, add_up
from app.domain.metadata import merged
from app.errors import InvalidRequest
from app.events.emit import emit, tracked
from app.resources.charges.tables import Charge
from app.resources.credit_notes.operations.lines import CreditLine, lines_to_credit
from app.resources.credit_notes.tables import CreditNote, CreditNoteLine
from app.resources.customers.operations import change_balance
from app.resources.invoices import operations as invoices
from app.resources.invoices.tables import Invoice
from app.resources.refunds.operations import refund_charge
from app.resources.refunds.tables import Refund

_OF_INVOICE = Prepared(entity(CreditNote).where(
    CreditNote.account_id == bindparam("account_id"), CreditNote.invoice_id == bindparam("invoice_id")
).order_by(CreditNote.seq))

_GIVEN_BACK = ("credit_amount", "out_of_band_amount", "refund", "refund_amount")

# Our choice: the refund of a credit note tells the nearest of the reasons that refunds have.
_REASONS = {"duplicate": "duplicate", "fraudulent": "fraudulent", "order_change": "requested_by_customer",
            "product_unsatisfactory": "requested_by_customer"}


def create_credit_note(ctx: Context, values: Mapping[str, Any]) -> CreditNote:
    """Issue a credit note as the parameters of POST /v1/credit_notes say.

    On an open invoice it lowers what is due, and pays the invoice where nothing is left; on a paid one it refunds, credits
    the customer's balance, or notes what was given back elsewhere. Emits charge.refunded, credit_note.created,
    invoice.updated and what follows a payment, customer.updated. Raises InvalidRequest for more than is left to credit.
    """
    invoice = ctx.find(Invoice, values["invoice"], param="invoice")
    if invoice.status not in ("open", "paid"):
        # Our choice: the words.
        raise InvalidRequest(f"Credit notes can only be issued for open or paid invoices. This invoice is {invoice.status}.",
                             param="invoice")
    ways = [name for name in ("amount", "lines") if values.get(name)]
    if len(ways) != 1:
        # Our choice: the words where neither is given.
        raise InvalidRequest("You may only specify one of these parameters: amount, lines." if ways else
                             "You must specify either `amount` or `lines` when creating a credit note.")
    ctx.session.load([invoice], "customer")
    ctx.session.load([invoice], "lines")
    notes = ctx.session.rows(CreditNote, _OF_INVOICE, account_id=ctx.account_id, invoice_id=invoice.id)
    issued = [note for note in notes if note.status == "issued"]
    ctx.session.load(issued, "lines")
    lines = lines_to_credit(ctx, invoice, values, issued)
    totals = add_up([line.computed for line in lines])
    _check_limit(invoice, totals.total, issued, ways[0])
    note = _write(ctx, invoice, values, lines, totals, number=len(notes) + 1)
    if invoice.status == "open":
        _credit_open(ctx, note, invoice, values)
    else:
        _credit_paid(ctx, note, invoice, values, issued)
    return note


def update_credit_note(ctx: Context, note: CreditNote, values: Mapping[str, Any]) -> CreditNote:
    """Change memo and metadata. Emits credit_note.updated."""
    with tracked(ctx, note, "credit_note.updated"):
        if "memo" in values:
            note.memo = values["memo"]
        if "metadata" in values:
            note.metadata_ = merged(note.metadata_, values["metadata"])
    return note


def _check_limit(invoice: Invoice, amount: int, issued: Sequence[CreditNote], param: str) -> None:
    left = invoice.total - sum(note.amount for note in issued)
    if invoice.status == "open":
        # What the customer's balance has paid is no longer due, and can only be given back once the invoice is paid.
        left = min(left, invoice.amount_due - invoice.amount_paid)
    if not 0 < amount <= left:
        # Our choice: the words.
        raise InvalidRequest(
            f"The credit note amount ({format_amount(amount, invoice.currency)}) must be greater than zero, and no more than "
            f"what is left to credit of the invoice ({format_amount(max(0, left), invoice.currency)}).", param=param)


def _write(ctx: Context, invoice: Invoice, values: Mapping[str, Any], lines: Sequence[CreditLine], totals: InvoiceTotals, *,
           number: int) -> CreditNote:
    discounts = [{"amount": amount, "discount": id} for id, amount in totals.total_discount_amounts]
    note = ctx.add(CreditNote(
        id=_preview_id(ctx, "cn", invoice.id), amount=totals.total, credit_amount=0, currency=invoice.currency,
        customer_id=invoice.customer_id, discount_amount=sum(entry["amount"] for entry in discounts),
        discount_amounts=discounts, invoice_id=invoice.id, memo=values.get("memo"),
        metadata_=merged({}, values.get("metadata", {})), number=f"{invoice.number}-CN-{number:02d}",
        reason=values.get("reason"), status="issued", subtotal=totals.subtotal,
        subtotal_excluding_tax=totals.subtotal_excluding_tax, tax_amounts=invoices.tax_entries(totals.total_tax_amounts),
        test_clock_id=invoice.test_clock_id, total_excluding_tax=totals.total_excluding_tax,
        type="pre_payment" if invoice.status == "open" else "post_payment"))
    note.pdf = f"{ctx.page_url('credit_notes', note)}/pdf"
    note.__dict__["lines"] = [
        ctx.add(CreditNoteLine(
            id=_preview_id(ctx, "cnli", f"{invoice.id} {position} {line}"), amount=line.computed.amount,
            amount_excluding_tax=line.computed.amount_excluding_tax, credit_note_id=note.id,
            discount_amounts=[{"amount": amount, "discount": id} for id, amount in line.computed.discount_amounts],
            position=position, tax_amounts=invoices.tax_entries(line.computed.tax_amounts), **line.columns))
        for position, line in enumerate(lines)]
    return note


def _preview_id(ctx: Context, kind: str, told: str) -> str | None:
    """None, so that a new id is made; the same preview has the same ids each time, to be read page by page."""
    return None if ctx.session.kept else f"{kind}_tmp_1{sha256(told.encode()).hexdigest()[:23]}"


def _credit_open(ctx: Context, note: CreditNote, invoice: Invoice, values: Mapping[str, Any]) -> None:
    for name in _GIVEN_BACK:
        if values.get(name):
            # Our choice: the words.
            raise InvalidRequest(f"You can only specify `{name}` for a paid invoice. Nothing has been paid yet.", param=name)
    emit(ctx, "credit_note.created", note)
    invoices.credit_before_payment(ctx, invoice, note.amount)


def _credit_paid(ctx: Context, note: CreditNote, invoice: Invoice, values: Mapping[str, Any],
                 issued: Sequence[CreditNote]) -> None:
    linked = _linked_refund(ctx, invoice, values, issued)
    refunded: int = values.get("refund_amount", 0) if linked is None else linked.amount
    credited, elsewhere = values.get("credit_amount", 0), values.get("out_of_band_amount", 0)
    if refunded + credited + elsewhere != note.amount:
        # Our choice: the words.
        raise InvalidRequest(
            "The sum of credit amount, refund amount and out of band amount "
            f"({format_amount(refunded + credited + elsewhere, note.currency)}) must equal the credit note amount "
            f"({format_amount(note.amount, note.currency)}).")
    if credited and invoice.customer.deleted:
        # Our choice: the words; there is no balance any more that an invoice could use.
        raise InvalidRequest(f"The customer {invoice.customer_id} was deleted, so that nothing can be credited to them.",
                             param="credit_amount")
    if linked is not None:
        note.refund_id = linked.id
    elif refunded:
        note.refund_id = _refund(ctx, note, invoice, refunded).id
    note.credit_amount, note.out_of_band_amount = credited, elsewhere or None
    with tracked(ctx, invoice.customer, "customer.updated"):
        if credited:
            note.customer_balance_transaction_id = change_balance(
                ctx, invoice.customer, -credited, type="credit_note", currency=note.currency, invoice_id=invoice.id,
                credit_note_id=note.id).id
        emit(ctx, "credit_note.created", note)
        invoices.credit_after_payment(ctx, invoice, note.amount)


def _linked_refund(ctx: Context, invoice: Invoice, values: Mapping[str, Any],
                   issued: Sequence[CreditNote]) -> Refund | None:
    """The refund that was made before and that the credit note is for."""
    if "refund" not in values:
        return None
    if values.get("refund_amount"):
        raise InvalidRequest("You may only specify one of these parameters: refund, refund_amount.")
    refund = ctx.find(Refund, values["refund"], param="refund")
    if refund.charge_id != invoice.charge_id or any(note.refund_id == refund.id for note in issued):
        # Our choice: the words.
        raise InvalidRequest(f"The refund {refund.id} is not of this invoice's charge, or belongs to another credit note.",
                             param="refund")
    return refund


def _refund(ctx: Context, note: CreditNote, invoice: Invoice, amount: int) -> Refund:
    charge = ctx.get(Charge, invoice.charge_id)
    if charge is None or not charge.paid:
        # Our choice: the words.
        raise InvalidRequest("This invoice was not paid by a charge, so that nothing can be refunded.", param="refund_amount")
    return refund_charge(ctx, charge, amount=amount, reason=_REASONS.get(note.reason or ""), param="refund_amount")
