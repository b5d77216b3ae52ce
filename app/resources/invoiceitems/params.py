"""What the invoice items endpoints take."""

from app.wire.params import (
    Boolean,
    Currency,
    DecimalNumber,
    Enum,
    Hash,
    Integer,
    ListOf,
    ListParams,
    Metadata,
    Params,
    RangeQuery,
    RetrieveParams,
    Text,
    Timestamp,
)


class DiscountParams(Params):
    coupon = Text()
    discount = Text()


class PeriodParams(Params):
    end = Timestamp(required=True)
    start = Timestamp(required=True)


class PriceDataParams(Params):
    currency = Currency(required=True)
    product = Text(required=True)
    tax_behavior = Enum(("exclusive", "inclusive", "unspecified"))
    unit_amount = Integer()
    unit_amount_decimal = DecimalNumber()


class InvoiceItemUpdate(RetrieveParams):
    amount = Integer()
    description = Text()
    discountable = Boolean()
    discounts = ListOf(Hash(DiscountParams), unsettable=True)
    metadata = Metadata()
    period = Hash(PeriodParams)
    price = Text()
    price_data = Hash(PriceDataParams)
    quantity = Integer(minimum=0)
    tax_rates = ListOf(Text(), unsettable=True)
    unit_amount = Integer()
    unit_amount_decimal = DecimalNumber()


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
