"""What the endpoints of coupons and promotion codes take."""

from app.resources.shapes import price_amount
from app.wire.params import (
    Boolean,
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


class MinimumAmountParams(Params):
    minimum_amount = price_amount(required=True)


class RestrictionUpdateParams(Params):
    currency_options = MapOf(Hash(MinimumAmountParams))


class RestrictionParams(RestrictionUpdateParams):
    first_time_transaction = Boolean()
    minimum_amount = price_amount()
    minimum_amount_currency = Currency()


class PromotionCodeCreate(RetrieveParams):
    active = Boolean()
    code = Text(max=500)
    coupon = Text(required=True)
    customer = Text()
    expires_at = Timestamp()
    max_redemptions = Integer(minimum=1)
    metadata = Metadata(unsettable=False)
    restrictions = Hash(RestrictionParams)


class PromotionCodeUpdate(RetrieveParams):
    active = Boolean()
    metadata = Metadata()
    restrictions = Hash(RestrictionUpdateParams)


class PromotionCodeList(ListParams):
    active = Boolean()
    code = Text()
    coupon = Text()
    created = RangeQuery()
    customer = Text()
