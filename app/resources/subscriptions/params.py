"""What the endpoints of subscriptions and their items take."""

from app.resources.shapes import (
    COLLECTION_METHODS,
    PAYMENT_METHOD_TYPES,
    PRORATION_BEHAVIORS,
    AddInvoiceItemParams,
    AutomaticTaxParams,
    ItemThresholdsParams,
    RecurringParams,
    RecurringPriceDataParams,
    SharedPaymentMethodOptionsParams,
    ThresholdsParams,
    TransferDataParams,
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
    Percent,
    RangeQuery,
    RetrieveParams,
    Text,
    Timestamp,
    TimestampOr,
)

PAYMENT_BEHAVIORS = ("allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete")


class ItemCreateParams(Params):
    billing_thresholds = Hash(ItemThresholdsParams, unsettable=True)
    metadata = Metadata(unsettable=False)
    price = Text()
    price_data = Hash(RecurringPriceDataParams)
    quantity = Integer(minimum=0)
    tax_rates = ListOf(Text(), unsettable=True)


class ItemChangeParams(ItemCreateParams):
    clear_usage = Boolean()
    deleted = Boolean()
    id = Text()


class CardMandateParams(Params):
    amount = Integer(minimum=0)
    amount_type = Enum(("fixed", "maximum"))
    description = Text(max=200)


class CardParams(Params):
    mandate_options = Hash(CardMandateParams)
    request_three_d_secure = Enum(("any", "automatic"))


class PaymentMethodOptionsParams(SharedPaymentMethodOptionsParams):
    card = Hash(CardParams, unsettable=True)


class PaymentSettingsParams(Params):
    payment_method_options = Hash(PaymentMethodOptionsParams)
    payment_method_types = ListOf(Enum(PAYMENT_METHOD_TYPES), unsettable=True)
    save_default_payment_method = Enum(("off", "on_subscription"))


class PauseCollectionParams(Params):
    behavior = Enum(("keep_as_draft", "mark_uncollectible", "void"), required=True)
    resumes_at = Timestamp()


class _SubscriptionParams(RetrieveParams):
    add_invoice_items = ListOf(Hash(AddInvoiceItemParams), max=20)
    application_fee_percent = Percent(minimum=0, maximum=100)
    automatic_tax = Hash(AutomaticTaxParams)
    billing_thresholds = Hash(ThresholdsParams, unsettable=True)
    cancel_at_period_end = Boolean()
    collection_method = Enum(COLLECTION_METHODS)
    coupon = Text(unsettable=True)
    days_until_due = Integer(minimum=0, maximum=36_500)
    default_payment_method = Text(unsettable=True)
    default_source = Text(unsettable=True)
    default_tax_rates = ListOf(Text(), unsettable=True)
    description = Text(max=500, unsettable=True)
    metadata = Metadata()
    off_session = Boolean()
    payment_behavior = Enum(PAYMENT_BEHAVIORS)
    payment_settings = Hash(PaymentSettingsParams)
    pending_invoice_item_interval = Hash(RecurringParams, unsettable=True)
    promotion_code = Text()
    proration_behavior = Enum(PRORATION_BEHAVIORS)
    trial_from_plan = Boolean()


class SubscriptionCreate(_SubscriptionParams):
    customer = Text(required=True)
    backdate_start_date = Timestamp()
    billing_cycle_anchor = Timestamp()
    cancel_at = Timestamp()
    currency = Currency()
    items = ListOf(Hash(ItemCreateParams))
    transfer_data = Hash(TransferDataParams)
    trial_end = TimestampOr("now")
    trial_period_days = Integer(minimum=1, maximum=730)


class CustomerSubscriptionCreate(SubscriptionCreate):
    """The same, where the path names the customer."""

    class Meta(SubscriptionCreate.Meta):
        exclude = ("customer",)


class SubscriptionUpdate(_SubscriptionParams):
    billing_cycle_anchor = Enum(("now", "unchanged"))
    cancel_at = Timestamp(unsettable=True)
    items = ListOf(Hash(ItemChangeParams))
    pause_collection = Hash(PauseCollectionParams, unsettable=True)
    proration_date = Timestamp()
    transfer_data = Hash(TransferDataParams, unsettable=True)
    trial_end = TimestampOr("now")


class SubscriptionCancel(RetrieveParams):
    invoice_now = Boolean()
    prorate = Boolean()


class SubscriptionList(ListParams):
    collection_method = Enum(COLLECTION_METHODS)
    created = RangeQuery()
    current_period_end = RangeQuery()
    current_period_start = RangeQuery()
    customer = Text()
    price = Text()
    status = Enum(("active", "all", "canceled", "ended", "incomplete", "incomplete_expired", "past_due", "trialing", "unpaid"))
    test_clock = Text()


class _ItemParams(RetrieveParams):
    billing_thresholds = Hash(ItemThresholdsParams, unsettable=True)
    metadata = Metadata()
    payment_behavior = Enum(PAYMENT_BEHAVIORS)
    price = Text()
    price_data = Hash(RecurringPriceDataParams)
    proration_behavior = Enum(PRORATION_BEHAVIORS)
    proration_date = Timestamp()
    quantity = Integer(minimum=0)
    tax_rates = ListOf(Text(), unsettable=True)


class SubscriptionItemCreate(_ItemParams):
    subscription = Text(required=True)


class SubscriptionItemUpdate(_ItemParams):
    off_session = Boolean()


class SubscriptionItemDelete(RetrieveParams):
    clear_usage = Boolean()
    proration_behavior = Enum(PRORATION_BEHAVIORS)
    proration_date = Timestamp()


class SubscriptionItemList(ListParams):
    subscription = Text(required=True)
