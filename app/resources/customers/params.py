"""What the customers endpoints take."""

from app.resources.payment_shapes import AccountOrCardParams, SourceBankAccountParams, SourceCardParams
from app.resources.shapes import (
    AddressParams,
    CustomFieldParams,
    RenderingOptionsParams,
    TaxIdParams,
    signed_amount,
)
from app.wire.params import (
    Currency,
    Enum,
    Hash,
    HashOrText,
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


class CashBalanceSettingsParams(Params):
    reconciliation_mode = Enum(("automatic", "manual"))


class CashBalanceParams(Params):
    settings = Hash(CashBalanceSettingsParams)


class TaxParams(Params):
    ip_address = Text(max=255, unsettable=True)


class _CustomerParams(RetrieveParams):
    address = Hash(AddressParams, unsettable=True)
    balance = signed_amount()
    cash_balance = Hash(CashBalanceParams)
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
    source = HashOrText(AccountOrCardParams)
    tax = Hash(TaxParams)
    tax_exempt = Enum(("exempt", "none", "reverse"), unsettable=True)


class CustomerCreate(_CustomerParams):
    payment_method = Text()
    tax_id_data = ListOf(Hash(TaxIdParams))
    test_clock = Text()


class CustomerUpdate(_CustomerParams):
    bank_account = HashOrText(SourceBankAccountParams)
    card = HashOrText(SourceCardParams)
    default_alipay_account = Text(max=500)
    default_bank_account = Text(max=500)
    default_card = Text(max=500)
    default_source = Text(max=500)


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


class CashBalanceUpdate(RetrieveParams):
    settings = Hash(CashBalanceSettingsParams)


class TaxIdCreate(TaxIdParams, RetrieveParams):
    pass
