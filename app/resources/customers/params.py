"""What the customers endpoints take."""

from app.resources.shapes import (
    AddressParams,
    CustomFieldParams,
    RenderingOptionsParams,
    signed_amount,
)
from app.wire.params import (
    Currency,
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
)


class ShippingParams(Params):
    address = Hash(AddressParams, required=True)
    name = Text(required=True)
    phone = Text()


class InvoiceSettingsParams(Params):
    custom_fields = ListOf(Hash(CustomFieldParams), unsettable=True)
    default_payment_method = Text(unsettable=True)
    footer = Text(unsettable=True)
    rendering_options = Hash(RenderingOptionsParams, unsettable=True)


class CustomerUpdate(RetrieveParams):
    address = Hash(AddressParams, unsettable=True)
    balance = signed_amount()
    coupon = Text(unsettable=True)
    description = Text(unsettable=True)
    email = Text(max=512, unsettable=True)
    invoice_prefix = Text()
    invoice_settings = Hash(InvoiceSettingsParams)
    metadata = Metadata()
    name = Text(max=256, unsettable=True)
    next_invoice_sequence = Integer(maximum=999_999_999)
    phone = Text(max=20, unsettable=True)
    preferred_locales = ListOf(Text())
    promotion_code = Text()
    shipping = Hash(ShippingParams, unsettable=True)
    tax_exempt = Enum(("exempt", "none", "reverse"), unsettable=True)


class CustomerCreate(CustomerUpdate):
    payment_method = Text()
    test_clock = Text()


class CustomerDelete(RetrieveParams):
    pass


class CustomerList(ListParams):
    created = RangeQuery()
    email = Text(max=512)
    test_clock = Text()


class BalanceTransactionCreate(RetrieveParams):
    amount = signed_amount(required=True)
    currency = Currency(required=True)
    description = Text(max=350)
    metadata = Metadata()


class BalanceTransactionUpdate(RetrieveParams):
    description = Text(max=350)
    metadata = Metadata()
