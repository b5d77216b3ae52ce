"""What the subscription schedules endpoints take."""

from app.resources.shapes import (
    COLLECTION_METHODS,
    PRORATION_BEHAVIORS,
    AddInvoiceItemParams,
    AutomaticTaxParams,
    ItemThresholdsParams,
    RecurringPriceDataParams,
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

_ANCHORS = ("automatic", "phase_start")
_END_BEHAVIORS = ("cancel", "none", "release", "renew")


class InvoiceSettingsParams(Params):
    # Our choice: a hundred years at most, so that every due date lies in the calendar.
    days_until_due = Integer(minimum=0, maximum=36_500)


class PhaseItemParams(Params):
    billing_thresholds = Hash(ItemThresholdsParams, unsettable=True)
    price = Text()
    price_data = Hash(RecurringPriceDataParams)
    quantity = Integer(minimum=0)
    tax_rates = ListOf(Text(), unsettable=True)


class PhaseParams(Params):
    add_invoice_items = ListOf(Hash(AddInvoiceItemParams), max=20)
    application_fee_percent = Percent()
    automatic_tax = Hash(AutomaticTaxParams)
    billing_cycle_anchor = Enum(_ANCHORS)
    billing_thresholds = Hash(ThresholdsParams, unsettable=True)
    collection_method = Enum(COLLECTION_METHODS)
    coupon = Text()
    currency = Currency()
    default_payment_method = Text()
    default_tax_rates = ListOf(Text(), unsettable=True)
    end_date = Timestamp()
    invoice_settings = Hash(InvoiceSettingsParams)
    items = ListOf(Hash(PhaseItemParams), required=True)
    iterations = Integer(minimum=1)
    metadata = Metadata(unsettable=False)
    proration_behavior = Enum(PRORATION_BEHAVIORS)
    transfer_data = Hash(TransferDataParams)
    trial = Boolean()
    trial_end = Timestamp()


class PhaseUpdateParams(PhaseParams):
    end_date = TimestampOr("now")
    start_date = TimestampOr("now")
    trial_end = TimestampOr("now")


class DefaultSettingsParams(Params):
    application_fee_percent = Percent()
    automatic_tax = Hash(AutomaticTaxParams)
    billing_cycle_anchor = Enum(_ANCHORS)
    billing_thresholds = Hash(ThresholdsParams, unsettable=True)
    collection_method = Enum(COLLECTION_METHODS)
    default_payment_method = Text()
    invoice_settings = Hash(InvoiceSettingsParams)
    transfer_data = Hash(TransferDataParams, unsettable=True)


class SubscriptionScheduleCreate(RetrieveParams):
    customer = Text()
    default_settings = Hash(DefaultSettingsParams)
    end_behavior = Enum(_END_BEHAVIORS)
    from_subscription = Text()
    metadata = Metadata()
    phases = ListOf(Hash(PhaseParams))
    start_date = TimestampOr("now")


class SubscriptionScheduleUpdate(RetrieveParams):
    default_settings = Hash(DefaultSettingsParams)
    end_behavior = Enum(_END_BEHAVIORS)
    metadata = Metadata()
    phases = ListOf(Hash(PhaseUpdateParams))
    proration_behavior = Enum(PRORATION_BEHAVIORS)


class SubscriptionScheduleCancel(RetrieveParams):
    invoice_now = Boolean()
    prorate = Boolean()


class SubscriptionScheduleRelease(RetrieveParams):
    preserve_cancel_date = Boolean()


class SubscriptionScheduleList(ListParams):
    canceled_at = RangeQuery()
    completed_at = RangeQuery()
    created = RangeQuery()
    customer = Text()
    released_at = RangeQuery()
    scheduled = Boolean()
