"""What the invoices endpoints take."""

from app.resources.shapes import (
    COLLECTION_METHODS,
    PAYMENT_METHOD_TYPES,
    AddressParams,
    AutomaticTaxParams,
    CustomFieldParams,
    DiscountParams,
    InvoiceItemParams,
    ItemThresholdsParams,
    RecurringPriceDataParams,
    RenderingOptionsParams,
    SharedPaymentMethodOptionsParams,
    TaxIdParams,
)
from app.wire.params import (
    Boolean,
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
    Timestamp,
    TimestampOr,
)


class InstallmentPlanParams(Params):
    count = Integer(required=True)
    interval = Enum(("month",), required=True)
    type = Enum(("fixed_count",), required=True)


class InstallmentsParams(Params):
    enabled = Boolean()
    plan = Hash(InstallmentPlanParams, unsettable=True)


class CardParams(Params):
    installments = Hash(InstallmentsParams)
    request_three_d_secure = Enum(("any", "automatic"))


class PaymentMethodOptionsParams(SharedPaymentMethodOptionsParams):
    card = Hash(CardParams, unsettable=True)


class PaymentSettingsParams(Params):
    default_mandate = Text()
    payment_method_options = Hash(PaymentMethodOptionsParams)
    payment_method_types = ListOf(Enum(PAYMENT_METHOD_TYPES), unsettable=True)


class InvoiceTransferParams(Params):
    amount = Integer(minimum=0)
    destination = Text(required=True)


class InvoiceUpdate(RetrieveParams):
    account_tax_ids = ListOf(Text(), unsettable=True)
    application_fee_amount = Integer(minimum=0)
    auto_advance = Boolean()
    automatic_tax = Hash(AutomaticTaxParams)
    collection_method = Enum(COLLECTION_METHODS)
    custom_fields = ListOf(Hash(CustomFieldParams), max=4, unsettable=True)
    days_until_due = Integer(minimum=0, maximum=36_500)
    default_payment_method = Text()
    default_source = Text()
    default_tax_rates = ListOf(Text(), unsettable=True)
    description = Text(max=1500)
    discounts = ListOf(Hash(DiscountParams), unsettable=True)
    due_date = Timestamp()
    footer = Text()
    metadata = Metadata()
    on_behalf_of = Text(unsettable=True)
    payment_settings = Hash(PaymentSettingsParams)
    rendering_options = Hash(RenderingOptionsParams, unsettable=True)
    statement_descriptor = Text(max=22)
    transfer_data = Hash(InvoiceTransferParams, unsettable=True)


class InvoiceCreate(InvoiceUpdate):
    currency = Currency()
    customer = Text(required=True)
    default_tax_rates = ListOf(Text())
    on_behalf_of = Text()
    pending_invoice_items_behavior = Enum(("exclude", "include", "include_and_require"))
    subscription = Text()
    transfer_data = Hash(InvoiceTransferParams)


class InvoiceFinalize(RetrieveParams):
    auto_advance = Boolean()


class InvoicePay(RetrieveParams):
    forgive = Boolean()
    mandate = Text()
    off_session = Boolean()
    paid_out_of_band = Boolean()
    payment_method = Text()
    source = Text()


class InvoiceDelete(Params):
    pass


class InvoiceList(ListParams):
    collection_method = Enum(COLLECTION_METHODS)
    created = RangeQuery()
    customer = Text()
    due_date = RangeQuery()
    status = Enum(("draft", "open", "paid", "uncollectible", "void"))
    subscription = Text()


class UpcomingItemParams(InvoiceItemParams):
    currency = Currency()
    invoiceitem = Text()


class UpcomingSubscriptionItemParams(Params):
    billing_thresholds = Hash(ItemThresholdsParams, unsettable=True)
    clear_usage = Boolean()
    deleted = Boolean()
    id = Text()
    metadata = Metadata()
    price = Text()
    price_data = Hash(RecurringPriceDataParams)
    quantity = Integer(minimum=0)
    tax_rates = ListOf(Text(), unsettable=True)


class ShippingParams(Params):
    address = Hash(AddressParams, required=True)
    name = Text(required=True)
    phone = Text()


class TaxParams(Params):
    ip_address = Text(max=255, unsettable=True)


class CustomerDetailsParams(Params):
    address = Hash(AddressParams, unsettable=True)
    shipping = Hash(ShippingParams, unsettable=True)
    tax = Hash(TaxParams)
    tax_exempt = Enum(("exempt", "none", "reverse"), unsettable=True)
    tax_ids = ListOf(Hash(TaxIdParams))


class UpcomingInvoice(RetrieveParams):
    automatic_tax = Hash(AutomaticTaxParams)
    coupon = Text()
    currency = Currency()
    customer = Text()
    customer_details = Hash(CustomerDetailsParams)
    discounts = ListOf(Hash(DiscountParams), unsettable=True)
    invoice_items = ListOf(Hash(UpcomingItemParams), max=250)
    schedule = Text()
    subscription = Text()
    subscription_billing_cycle_anchor = TimestampOr("now", "unchanged")
    subscription_cancel_at = Timestamp(unsettable=True)
    subscription_cancel_at_period_end = Boolean()
    subscription_cancel_now = Boolean()
    subscription_default_tax_rates = ListOf(Text(), unsettable=True)
    subscription_items = ListOf(Hash(UpcomingSubscriptionItemParams), max=20)
    subscription_proration_behavior = Enum(("always_invoice", "create_prorations", "none"))
    subscription_proration_date = Timestamp()
    subscription_start_date = Timestamp()
    subscription_trial_end = TimestampOr("now")
    subscription_trial_from_plan = Boolean()


class UpcomingInvoiceLines(UpcomingInvoice, ListParams):
    pass
