"""What the products endpoints take."""

from app.resources.shapes import (
    TAX_BEHAVIORS,
    CurrencyOptionParams,
    RecurringParams,
    price_amount,
    price_amount_decimal,
)
from app.wire.params import (
    Boolean,
    Currency,
    DecimalNumber,
    Enum,
    Hash,
    ListOf,
    ListParams,
    MapOf,
    Metadata,
    Params,
    RangeQuery,
    RetrieveParams,
    Text,
)


def _size() -> DecimalNumber:
    return DecimalNumber(max_places=2, minimum=0, required=True)


class PackageDimensionsParams(Params):
    height = _size()
    length = _size()
    weight = _size()
    width = _size()


class DefaultPriceDataParams(Params):
    currency = Currency(required=True)
    currency_options = MapOf(Hash(CurrencyOptionParams))
    recurring = Hash(RecurringParams)
    tax_behavior = Enum(TAX_BEHAVIORS)
    unit_amount = price_amount()
    unit_amount_decimal = price_amount_decimal()


class ProductCreate(RetrieveParams):
    active = Boolean()
    default_price_data = Hash(DefaultPriceDataParams)
    description = Text(max=40000)
    id = Text(max=255)
    images = ListOf(Text(max=2048), max=8)
    metadata = Metadata()
    name = Text(required=True)
    package_dimensions = Hash(PackageDimensionsParams)
    shippable = Boolean()
    statement_descriptor = Text(max=22)
    tax_code = Text(max=255)
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
    tax_code = Text(max=255, unsettable=True)
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
