"""What time does to coupons and discounts."""

from app.clock.ticker import Ticker
from app.resources.coupons import operations
from app.resources.coupons.tables import Coupon, Discount

COUPON_EXPIRY = Ticker(
    "coupons.expiry", Coupon, fire=operations.expire_coupon,
    # `redeem_by` is the last second at which it can be redeemed.
    due=lambda row: row.redeem_by + 1 if row.valid and row.redeem_by is not None else None)

DISCOUNT_END = Ticker(
    "coupons.discount_end", Discount, fire=operations.end_discount,
    due=lambda row: None if row.ended else row.end)
