"""What the products endpoints take."""

from app.domain.currencies import MAXIMUM_UNIT_AMOUNT
from app.wire.params import (
    Boolean,
    Currency,
    DecimalNumber,
    Enum,
    Hash,
    Integer,
    IntegerOr,
    ListOf,
    ListParams,
    MapOf,
    Metadata,
    Params,
    RangeQuery,
    RetrieveParams,
    Text,
)

TAX_BEHAVIORS = ("exclusive", "inclusive", "unspecified")


def _amount() -> Integer:
    return Integer(minimum=0, maximum=MAXIMUM_UNIT_AMOUNT)


def _decimal_amount() -> DecimalNumber:
    return DecimalNumber(max_places=12, minimum=0, maximum=MAXIMUM_UNIT_AMOUNT)


def _size() -> DecimalNumber:
    return DecimalNumber(max_places=2, minimum=0, required=True)


class PackageDimensionsParams(Params):
    height = _size()
    length = _size()
    weight = _size()
    width = _size()


class CustomUnitAmountParams(Params):
    enabled = Boolean(required=True)
    maximum = _amount()
    minimum = _amount()
    preset = _amount()


class TierParams(Params):
    flat_amount = _amount()
    flat_amount_decimal = _decimal_amount()
    unit_amount = _amount()
    unit_amount_decimal = _decimal_amount()
    up_to = IntegerOr("inf", minimum=1, required=True)


class CurrencyOptionParams(Params):
    custom_unit_amount = Hash(CustomUnitAmountParams)
    tax_behavior = Enum(TAX_BEHAVIORS)
    tiers = ListOf(Hash(TierParams))
    unit_amount = _amount()
    unit_amount_decimal = _decimal_amount()


class RecurringParams(Params):
    interval = Enum(("day", "month", "week", "year"), required=True)
    interval_count = Integer(minimum=1)


class DefaultPriceDataParams(Params):
    currency = Currency(required=True)
    currency_options = MapOf(Hash(CurrencyOptionParams))
    recurring = Hash(RecurringParams)
    tax_behavior = Enum(TAX_BEHAVIORS)
    unit_amount = _amount()
    unit_amount_decimal = _decimal_amount()


class ProductCreate(RetrieveParams):
    active = Boolean()
    default_price_data = Hash(DefaultPriceDataParams)
    description = Text(max=40000)
    id = Text()
    images = ListOf(Text(max=2048), max=8)
    metadata = Metadata()
    name = Text(required=True)
    package_dimensions = Hash(PackageDimensionsParams)
    shippable = Boolean()
    statement_descriptor = Text(max=22)
    tax_code = Text()
    unit_label = Text(max=12)
    url = Text(max=2048)


class ProductUpdate(RetrieveParams):
    active = Boolean()
    default_price = Text()
    description = Text(max=40000)
    images = ListOf(Text(max=2048), max=8, unsettable=True)
    metadata = Metadata()
    name = Text()
    package_dimensions = Hash(PackageDimensionsParams, unsettable=True)
    shippable = Boolean()
    statement_descriptor = Text(max=22)
    tax_code = Text(unsettable=True)
    unit_label = Text(max=12)
    url = Text(max=2048, unsettable=True)


class ProductDelete(RetrieveParams):
    pass


class ProductList(ListParams):
    active = Boolean()
    created = RangeQuery()
    ids = ListOf(Text())
    shippable = Boolean()
    url = Text()
