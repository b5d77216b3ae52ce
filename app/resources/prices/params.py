"""What the prices and plans endpoints take."""

from app.resources.shapes import (
    INTERVALS,
    TAX_BEHAVIORS,
    CurrencyOptionParams,
    CustomUnitAmountParams,
    TierParams,
    price_amount,
    price_amount_decimal,
)
from app.wire.params import (
    Boolean,
    Currency,
    Enum,
    Hash,
    HashOrText,
    Integer,
    ListOf,
    ListParams,
    MapOf,
    Metadata,
    Params,
    RangeQuery,
    RetrieveParams,
    Text,
)

AGGREGATIONS = ("last_during_period", "last_ever", "max", "sum")


class RecurringParams(Params):
    aggregate_usage = Enum(AGGREGATIONS)
    interval = Enum(INTERVALS, required=True)
    interval_count = Integer(minimum=1)
    usage_type = Enum(("licensed", "metered"))


class TransformParams(Params):
    divide_by = Integer(minimum=1, required=True)
    round = Enum(("down", "up"), required=True)


class ProductDataParams(Params):
    active = Boolean()
    id = Text(max=255)
    metadata = Metadata()
    name = Text(required=True)
    statement_descriptor = Text(max=22)
    tax_code = Text(max=255)
    unit_label = Text(max=12)


class PriceCreate(RetrieveParams):
    active = Boolean()
    billing_scheme = Enum(("per_unit", "tiered"))
    currency = Currency(required=True)
    currency_options = MapOf(Hash(CurrencyOptionParams))
    custom_unit_amount = Hash(CustomUnitAmountParams)
    lookup_key = Text(max=200)
    metadata = Metadata()
    nickname = Text()
    product = Text()
    product_data = Hash(ProductDataParams)
    recurring = Hash(RecurringParams)
    tax_behavior = Enum(TAX_BEHAVIORS)
    tiers = ListOf(Hash(TierParams))
    tiers_mode = Enum(("graduated", "volume"))
    transfer_lookup_key = Boolean()
    transform_quantity = Hash(TransformParams)
    unit_amount = price_amount()
    unit_amount_decimal = price_amount_decimal()


class PriceUpdate(RetrieveParams):
    active = Boolean()
    currency_options = MapOf(Hash(CurrencyOptionParams), unsettable=True)
    lookup_key = Text(max=200)
    metadata = Metadata()
    nickname = Text()
    tax_behavior = Enum(TAX_BEHAVIORS)
    transfer_lookup_key = Boolean()


class RecurringQuery(Params):
    interval = Enum(INTERVALS)
    usage_type = Enum(("licensed", "metered"))


class PriceList(ListParams):
    active = Boolean()
    created = RangeQuery()
    currency = Currency()
    lookup_keys = ListOf(Text(), max=10)
    product = Text()
    recurring = Hash(RecurringQuery)
    type = Enum(("one_time", "recurring"))


class PlanCreate(RetrieveParams):
    active = Boolean()
    aggregate_usage = Enum(AGGREGATIONS)
    amount = price_amount()
    amount_decimal = price_amount_decimal()
    billing_scheme = Enum(("per_unit", "tiered"))
    currency = Currency(required=True)
    id = Text(max=255)
    interval = Enum(INTERVALS, required=True)
    interval_count = Integer(minimum=1)
    metadata = Metadata()
    nickname = Text()
    product = HashOrText(ProductDataParams)
    tiers = ListOf(Hash(TierParams))
    tiers_mode = Enum(("graduated", "volume"))
    transform_usage = Hash(TransformParams)
    trial_period_days = Integer(minimum=0, maximum=730)
    usage_type = Enum(("licensed", "metered"))


class PlanUpdate(RetrieveParams):
    active = Boolean()
    metadata = Metadata()
    nickname = Text()
    product = Text()
    trial_period_days = Integer(minimum=0, maximum=730)


class PlanDelete(RetrieveParams):
    pass


class PlanList(ListParams):
    active = Boolean()
    created = RangeQuery()
    product = Text()
