"""What the credit notes endpoints take."""

from app.resources.shapes import signed_amount, signed_amount_decimal
from app.wire.params import Enum, Hash, Integer, ListOf, ListParams, Metadata, Params, RetrieveParams, Text


class CreditNoteLineParams(Params):
    amount = signed_amount()
    description = Text()
    invoice_line_item = Text()
    quantity = Integer(minimum=1)
    tax_rates = ListOf(Text(), unsettable=True)
    type = Enum(("custom_line_item", "invoice_line_item"), required=True)
    unit_amount = signed_amount()
    unit_amount_decimal = signed_amount_decimal()


class CreditNoteCreate(RetrieveParams):
    amount = Integer(minimum=1)
    credit_amount = Integer(minimum=0)
    invoice = Text(required=True)
    lines = ListOf(Hash(CreditNoteLineParams))
    memo = Text()
    metadata = Metadata()
    out_of_band_amount = Integer(minimum=0)
    reason = Enum(("duplicate", "fraudulent", "order_change", "product_unsatisfactory"))
    refund = Text()
    refund_amount = Integer(minimum=0)


class CreditNotePreviewLines(CreditNoteCreate, ListParams):
    pass


class CreditNoteUpdate(RetrieveParams):
    memo = Text()
    metadata = Metadata()


class CreditNoteList(ListParams):
    customer = Text()
    invoice = Text()
