"""What credit notes and their lines look like."""

from __future__ import annotations

from app.render import OMIT, view_of
from app.render.fields import Attr, Const, Derived, HashRefs, Ref, RefList, Sublist
from app.render.view import View
from app.resources.coupons.tables import Discount
from app.resources.credit_notes.tables import CreditNote, CreditNoteLine
from app.resources.tax_rates.tables import TaxRate


@view_of(CreditNoteLine)
class CreditNoteLineView(View):
    id = Attr()
    object = Const("credit_note_line_item")
    amount = Attr()
    amount_excluding_tax = Attr()
    description = Attr()
    discount_amount = Derived(lambda row: sum(entry["amount"] for entry in row.discount_amounts))
    discount_amounts = HashRefs("discount", table=Discount)
    invoice_line_item = Derived(lambda row: OMIT if row.invoice_line_id is None else row.invoice_line_id)
    livemode = Const(False)
    quantity = Attr()
    tax_amounts = HashRefs("tax_rate", table=TaxRate)
    tax_rates = RefList(table=TaxRate, whole=True)
    type = Attr()
    unit_amount = Attr()
    unit_amount_decimal = Attr()
    unit_amount_excluding_tax = Attr()


@view_of(CreditNote)
class CreditNoteView(View):
    id = Attr()
    object = Const("credit_note")
    amount = Attr()
    created = Attr()
    currency = Attr()
    customer = Ref()
    customer_balance_transaction = Ref()
    discount_amount = Attr()
    discount_amounts = HashRefs("discount", table=Discount)
    invoice = Ref()
    lines = Sublist("/v1/credit_notes/{id}/lines", limit=10)
    livemode = Const(False)
    memo = Attr()
    metadata = Attr("metadata_")
    number = Attr()
    out_of_band_amount = Attr()
    pdf = Attr()
    reason = Attr()
    refund = Ref()
    status = Attr()
    subtotal = Attr()
    subtotal_excluding_tax = Attr()
    tax_amounts = HashRefs("tax_rate", table=TaxRate)
    total = Attr("amount")
    total_excluding_tax = Attr()
    type = Attr()
    voided_at = Attr()
