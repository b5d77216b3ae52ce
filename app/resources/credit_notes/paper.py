"""What a credit note says."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from app.context import Context
from app.domain.currencies import format_amount
from app.domain.descriptions import date_text
from app.paper.document import Document, Line, Table, Total, paper_of
from app.paper.wording import columns_of_lines, sums, tax_cell
from app.render import load_for_rendering, render
from app.render.fields import Tree
from app.resources.credit_notes.tables import CreditNote, CreditNoteLine
from app.resources.invoices.paper import recipients, sender
from app.resources.refunds.tables import Refund

_NOTE: Tree = {"discount_amounts": {"discount": {}}, "tax_amounts": {"tax_rate": {}}}
_LINE: Tree = {"tax_amounts": {"tax_rate": {}}}


def credit_note_document(ctx: Context, note: CreditNote) -> Document:
    """The credit note as it stands."""
    load_for_rendering(ctx.session, [note], _NOTE)
    load_for_rendering(ctx.session, list(note.lines), _LINE)
    ctx.session.load([note], "invoice")
    load_for_rendering(ctx.session, [note.invoice])
    shown, amount, day = render(note, _NOTE), format_amount(note.amount, note.currency), date_text(note.created)
    facts = [("Credit note number", note.number), ("Date of issue", day), ("Invoice number", note.invoice.number or "")]
    if note.reason is not None:
        facts.append(("Reason", note.reason.replace("_", " ").capitalize()))
    if note.voided_at is not None:
        facts.append(("Voided", date_text(note.voided_at)))
    to_lines = sums(note.currency, subtotal=note.subtotal, discounts=shown["discount_amounts"],
                    total_excluding_tax=note.total_excluding_tax, taxes=shown["tax_amounts"])
    return Document(
        title="Credit note", number=note.number, created=note.created, sender=sender(ctx),
        parties=tuple(recipients(render(note.invoice))), facts=tuple(facts),
        headline=f"{amount} credited on {day}", table=_table(note), stamp="Void" if note.status == "void" else "",
        totals=(*to_lines, Total("Total", amount, strong=True), *_given_back(ctx, note)),
        memo=note.memo or "", paper=paper_of(ctx.account.country))


def _table(note: CreditNote) -> Table:
    with_taxes = any(line.tax_amounts for line in note.lines)
    return Table(columns_of_lines(with_taxes=with_taxes), tuple(
        _line(line, note.currency, with_taxes=with_taxes) for line in note.lines))


def _line(line: CreditNoteLine, currency: str, *, with_taxes: bool) -> Line:
    taxes = [tax_cell(render(line, _LINE)["tax_amounts"])] if with_taxes else []
    unit = "" if line.unit_amount_decimal is None else format_amount(Decimal(line.unit_amount_decimal), currency)
    quantity = "" if line.quantity is None else f"{line.quantity:,}"
    return Line((line.description or "Credit", quantity, unit, *taxes, format_amount(line.amount, currency)))


def _given_back(ctx: Context, note: CreditNote) -> Iterator[Total]:
    """Which way the credit went."""
    refund = ctx.get(Refund, note.refund_id)
    ways = {"Taken off what was due": note.amount if note.type == "pre_payment" else 0,
            "Refunded": 0 if refund is None else refund.amount, "Added to the credit balance": note.credit_amount,
            "Given back by other means": note.out_of_band_amount or 0}
    for label, amount in ways.items():
        if amount:
            yield Total(label, format_amount(amount, note.currency))
