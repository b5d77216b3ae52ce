"""What the invoice items endpoints take."""

from app.resources.shapes import (
    InvoiceItemParams,
)
from app.wire.params import (
    Boolean,
    Currency,
    ListParams,
    Params,
    RangeQuery,
    RetrieveParams,
    Text,
)


class InvoiceItemUpdate(InvoiceItemParams, RetrieveParams):
    pass


class InvoiceItemCreate(InvoiceItemUpdate):
    currency = Currency()
    customer = Text(required=True)
    invoice = Text()
    subscription = Text()


class InvoiceItemDelete(Params):
    pass


class InvoiceItemList(ListParams):
    created = RangeQuery()
    customer = Text()
    invoice = Text()
    pending = Boolean()
