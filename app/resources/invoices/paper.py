"""What an invoice says on its page and in its PDF, and what the receipt of a payment says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.currencies import format_amount
from app.domain.descriptions import date_text
from app.paper.document import Document, Line, Party, Table, Total, paper_of
from app.paper.wording import columns_of_lines, discount_label, paid_with, party, period_text, sums, tax_cell
from app.render import load_for_rendering, render
from app.render.fields import Tree
from app.resources.charges.tables import Charge
from app.resources.credit_notes.tables import CreditNote
from app.resources.invoices.tables import Invoice, InvoiceItem, InvoiceLine
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.prices.paper import unit_price_text

_CREDIT_NOTES = Prepared(entity(CreditNote).where(
    CreditNote.account_id == bindparam("account_id"), CreditNote.invoice_id == bindparam("invoice_id"),
    CreditNote.status == bindparam("status")).order_by(CreditNote.created, CreditNote.seq))
_STAMPS = {"paid": "Paid", "void": "Void", "uncollectible": "Uncollectible"}
_INVOICE: Tree = {"total_discount_amounts": {"discount": {}}, "total_tax_amounts": {"tax_rate": {}}}
_LINE: Tree = {"discount_amounts": {"discount": {}}, "tax_amounts": {"tax_rate": {}}}

Shown = Mapping[str, Any]
"""An object as the API shows it."""


def invoice_document(ctx: Context, invoice: Invoice) -> Document:
    """The invoice as it stands, which must have been finalised."""
    load_for_rendering(ctx.session, [invoice], _INVOICE)
    load_for_rendering(ctx.session, list(invoice.lines), _LINE)
    ctx.session.read(InvoiceItem, {(line.account_id, line.invoice_item_id) for line in invoice.lines if line.invoice_item_id})
    shown = render(invoice, _INVOICE)
    return Document(
        title="Invoice", number=shown["number"], created=shown["status_transitions"]["finalized_at"],
        sender=sender(ctx), parties=tuple(recipients(shown)), facts=tuple(_facts(shown)), headline=_headline(shown),
        table=_table(ctx, shown, invoice.lines), totals=tuple(_totals(shown, _credit_notes(ctx, invoice))),
        stamp=_STAMPS.get(shown["status"], ""), memo=shown["description"] or "",
        more=tuple(_payments(ctx, invoice, shown)), footer=shown["footer"] or "",
        link=("Pay online", shown["hosted_invoice_url"]) if is_payable(invoice) else None, paper=paper_of(ctx.account.country))


def is_payable(invoice: Invoice) -> bool:
    """Whether whoever holds the invoice can still pay it."""
    return invoice.status in ("open", "uncollectible") and invoice.amount_due > invoice.amount_paid


def receipt_document(ctx: Context, charge: Charge) -> Document:
    """The receipt of a charge that succeeded: what was paid, how, and for what where an invoice says so."""
    paid, day = format_amount(charge.amount, charge.currency), date_text(charge.created)
    payment: dict[str, Any] = charge.payment_method_details or {}
    facts = (("Payment", charge.id), ("Date paid", day), ("Payment method", paid_with(payment)))
    totals = [Total("Amount paid", paid, strong=True)]
    if charge.amount_refunded:
        totals.append(Total("Refunded", format_amount(-charge.amount_refunded, charge.currency)))
    receipt = Document(
        title="Receipt", number=charge.id, created=charge.created, sender=sender(ctx), parties=(), facts=facts,
        headline=f"{paid} paid on {day}",
        table=Table(("Description", "Amount"), (Line((charge.description or "Payment", paid)),)), totals=tuple(totals),
        stamp="Refunded" if charge.amount_refunded == charge.amount else "Paid", paper=paper_of(ctx.account.country))
    invoice = ctx.get(Invoice, charge.invoice_id)
    if invoice is None:
        return receipt
    billed = invoice_document(ctx, invoice)
    billed_sums = (total for total in billed.totals if not total.strong)
    return replace(receipt, number=billed.number, parties=billed.parties, facts=(("Invoice number", billed.number), *facts),
                   table=billed.table, totals=(*billed_sums, *totals), footer=billed.footer)


def sender(ctx: Context) -> Party:
    """Who sends documents: the account."""
    account = ctx.account
    return party("", account.display_name, None, account.country, account.email)


def recipients(shown: Shown) -> Iterator[Party]:
    """Whom an invoice, as the API shows it, is for."""
    tax_ids = (tax_id["value"] for tax_id in shown["customer_tax_ids"] or ())
    yield party("Bill to", shown["customer_name"], shown["customer_address"], shown["customer_email"], *tax_ids)
    shipping = shown["customer_shipping"]
    if shipping:
        yield party("Ship to", shipping.get("name"), shipping.get("address"), shipping.get("phone"))


def paid_charges(ctx: Context, invoice: Invoice) -> list[Charge]:
    """The payments that succeeded, the first of them first."""
    intent: Any = ctx.get(PaymentIntent, invoice.payment_intent_id)
    if intent is None:
        return []
    ctx.session.load([intent], "charges")
    return [charge for charge in reversed(intent.charges) if charge.status == "succeeded"]


def _facts(shown: Shown) -> Iterator[tuple[str, str]]:
    moments = shown["status_transitions"]
    yield "Invoice number", shown["number"]
    yield "Date of issue", date_text(moments["finalized_at"])
    # What is not to be sent is due at once.
    yield "Date due", date_text(shown["due_date"] or moments["finalized_at"])
    for label, name in (("Date paid", "paid_at"), ("Voided", "voided_at")):
        if moments[name] is not None:
            yield label, date_text(moments[name])
    for field in shown["custom_fields"] or ():
        yield field["name"], field["value"]


def _headline(shown: Shown) -> str:
    amount, moments = _money(shown, shown["amount_due"]), shown["status_transitions"]
    if shown["status"] == "paid":
        return f"{amount} paid on {date_text(moments['paid_at'])}"
    if shown["status"] == "void":
        return f"Voided on {date_text(moments['voided_at'])}"
    return f"{amount} due {date_text(shown['due_date'] or moments['finalized_at'])}"


def _table(ctx: Context, shown: Shown, rows: list[InvoiceLine]) -> Table:
    lines = [(row, render(row, _LINE)) for row in rows]
    with_taxes = any(line["tax_amounts"] for _, line in lines)
    without_tax = _excludes_tax(shown)
    return Table(columns_of_lines(with_taxes=with_taxes), tuple(
        _line(row, line, ctx.get(InvoiceItem, row.invoice_item_id), with_taxes=with_taxes, without_tax=without_tax)
        for row, line in lines))


def _line(row: InvoiceLine, line: Shown, item: InvoiceItem | None, *, with_taxes: bool, without_tax: bool) -> Line:
    details = []
    if row.period_end > row.period_start:
        details.append(period_text(row.period_start, row.period_end))
    for taken in line["discount_amounts"]:
        # The other discounts are those of the whole invoice, and stand among its sums.
        if taken["discount"]["id"] in row.discounts and taken["amount"]:
            label = discount_label(taken["discount"]["coupon"], row.currency)
            details.append(f"{label}: {_money(line, -taken['amount'])}")
    return Line((
        line["description"] or "", "" if row.quantity is None else f"{row.quantity:,}",
        _unit_price(row, item, without_tax=without_tax),
        *([tax_cell(line["tax_amounts"])] if with_taxes else []),
        _money(line, row.amount_excluding_tax if without_tax else row.amount)), tuple(details))


def _unit_price(row: InvoiceLine, item: InvoiceItem | None, *, without_tax: bool) -> str:
    """What one unit costs; empty for a part of a period, and where no single amount says it."""
    if row.proration:
        return ""
    unit = row.unit_amount_excluding_tax if without_tax else None if item is None else item.unit_amount_decimal
    if unit is not None:
        return format_amount(Decimal(unit), row.currency)
    return "" if without_tax or row.price is None else unit_price_text(row.price, row.currency)


def _totals(shown: Shown, notes: Sequence[CreditNote]) -> Iterator[Total]:
    # What lines have lost to discounts of their own is not in the subtotal.
    discounts = [taken for taken in shown["total_discount_amounts"] if taken["discount"]["id"] in shown["discounts"]]
    yield from sums(
        shown["currency"], subtotal=shown["subtotal_excluding_tax" if _excludes_tax(shown) else "subtotal"],
        discounts=discounts, total_excluding_tax=shown["total_excluding_tax"], taxes=shown["total_tax_amounts"])
    yield Total("Total", _money(shown, shown["total"]))
    applied = shown["starting_balance"] - (shown["ending_balance"] or 0)
    if applied:
        yield Total("Applied balance", _money(shown, applied))
    yield from _credited(notes, "pre_payment")
    is_paid = shown["status"] == "paid"
    yield Total("Amount due", _money(shown, shown["amount_due"]), strong=not is_paid)
    if is_paid:
        yield Total("Amount paid", _money(shown, shown["amount_paid"]), strong=True)
    yield from _credited(notes, "post_payment")


def _credited(notes: Sequence[CreditNote], type: str) -> Iterator[Total]:
    for note in notes:
        if note.type == type:
            yield Total(f"Credit note {note.number}", format_amount(-note.amount, note.currency))


def _payments(ctx: Context, invoice: Invoice, shown: Shown) -> Iterator[Table]:
    lines = [Line((paid_with(charge.payment_method_details or {}), date_text(charge.created),
                   format_amount(charge.amount, charge.currency))) for charge in paid_charges(ctx, invoice)]
    if shown["paid_out_of_band"]:
        lines.append(Line(("By other means", date_text(shown["status_transitions"]["paid_at"]),
                           _money(shown, shown["amount_paid"]))))
    if lines:
        yield Table(("Payment history", "Date", "Amount"), tuple(lines))


def _credit_notes(ctx: Context, invoice: Invoice) -> Sequence[CreditNote]:
    """Those that hold, the first of them first."""
    if not (invoice.pre_payment_credit_notes_amount or invoice.post_payment_credit_notes_amount):
        return ()
    return ctx.session.rows(CreditNote, _CREDIT_NOTES, account_id=ctx.account_id, invoice_id=invoice.id, status="issued")


def _excludes_tax(shown: Shown) -> bool:
    """Whether lines are to show what they cost without the taxes that are in their prices."""
    options = shown["rendering_options"] or {}
    return options.get("amount_tax_display") == "exclude_tax"


def _money(shown: Shown, amount: int) -> str:
    return format_amount(amount, shown["currency"])
