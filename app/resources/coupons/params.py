"""What the coupons endpoints take."""

from app.wire.params import (
    Currency,
    DecimalNumber,
    Enum,
    Hash,
    Integer,
    ListOf,
    ListParams,
    MapOf,
    Metadata,
    Params,
    RangeQuery,
    RetrieveParams,
    Text,
    Timestamp,
)


class AppliesToParams(Params):
    products = ListOf(Text())


class CurrencyOptionParams(Params):
    amount_off = Integer(minimum=1, required=True)


class CouponCreate(RetrieveParams):
    amount_off = Integer(minimum=1)
    applies_to = Hash(AppliesToParams)
    currency = Currency()
    currency_options = MapOf(Hash(CurrencyOptionParams))
    duration = Enum(("forever", "once", "repeating"))
    # Our choice: a century at most, so that the end of every discount lies within the calendar.
    duration_in_months = Integer(minimum=1, maximum=1_200)
    # Our choice: as long as ids are in the database.
    id = Text(max=255)
    max_redemptions = Integer(minimum=1)
    metadata = Metadata()
    name = Text(max=40)
    percent_off = DecimalNumber(max_places=2)
    redeem_by = Timestamp()


class CouponUpdate(RetrieveParams):
    currency_options = MapOf(Hash(CurrencyOptionParams))
    metadata = Metadata()
    name = Text(max=40)


class CouponDelete(RetrieveParams):
    pass


class CouponList(ListParams):
    created = RangeQuery()
