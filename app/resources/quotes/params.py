"""What the quotes endpoints take."""

from app.domain.currencies import MAXIMUM_UNIT_AMOUNT
from app.resources.shapes import (
    COLLECTION_METHODS,
    DAYS_UNTIL_DUE_MAX,
    TAX_BEHAVIORS,
    AutomaticTaxParams,
    DiscountParams,
    RecurringParams,
    price_amount,
    price_amount_decimal,
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
    RetrieveParams,
    Text,
    Timestamp,
    TimestampOr,
)

STATUSES = ("accepted", "canceled", "draft", "open")

LINE_ITEMS_MAX = 250
"""Our choice: as many as one invoice takes."""


class FromQuoteParams(Params):
    is_revision = Boolean()
    quote = Text(required=True)


class InvoiceSettingsParams(Params):
    days_until_due = Integer(minimum=0, maximum=DAYS_UNTIL_DUE_MAX)


class LinePriceDataParams(Params):
    """A price in place of an id, recurring or not."""

    currency = Currency(required=True)
    product = Text(required=True)
    recurring = Hash(RecurringParams)
    tax_behavior = Enum(TAX_BEHAVIORS)
    unit_amount = price_amount()
    unit_amount_decimal = price_amount_decimal()


class LineItemParams(Params):
    price = Text()
    price_data = Hash(LinePriceDataParams)
    quantity = Integer(minimum=0)
    tax_rates = ListOf(Text(), unsettable=True)


class LineItemChangeParams(LineItemParams):
    id = Text()


class SubscriptionDataParams(Params):
    effective_date = TimestampOr("current_period_end", unsettable=True)
    trial_period_days = Integer(minimum=1, maximum=730, unsettable=True)


class TransferDataParams(Params):
    amount = Integer(minimum=0, maximum=MAXIMUM_UNIT_AMOUNT)
    amount_percent = Percent()
    destination = Text(required=True)


class _QuoteParams(RetrieveParams):
    application_fee_amount = Integer(minimum=0, maximum=MAXIMUM_UNIT_AMOUNT, unsettable=True)
    application_fee_percent = Percent(unsettable=True)
    automatic_tax = Hash(AutomaticTaxParams)
    collection_method = Enum(COLLECTION_METHODS)
    customer = Text()
    default_tax_rates = ListOf(Text(), unsettable=True)
    description = Text(max=500)
    # Stripe takes one discount at the most, because a subscription has no more.
    discounts = ListOf(Hash(DiscountParams), max=1, unsettable=True)
    expires_at = Timestamp()
    footer = Text(max=500)
    header = Text(max=50)
    invoice_settings = Hash(InvoiceSettingsParams)
    line_items = ListOf(Hash(LineItemParams), max=LINE_ITEMS_MAX)
    metadata = Metadata()
    on_behalf_of = Text(unsettable=True)
    subscription_data = Hash(SubscriptionDataParams)
    transfer_data = Hash(TransferDataParams, unsettable=True)


class QuoteCreate(_QuoteParams):
    from_quote = Hash(FromQuoteParams)
    test_clock = Text()


class QuoteUpdate(_QuoteParams):
    line_items = ListOf(Hash(LineItemChangeParams), max=LINE_ITEMS_MAX)


class QuoteFinalize(RetrieveParams):
    expires_at = Timestamp()


class QuoteList(ListParams):
    customer = Text()
    status = Enum(STATUSES)
    test_clock = Text()
