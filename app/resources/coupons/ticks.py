"""What time does to coupons, promotion codes and discounts."""

from app.clock.ticker import Ticker
from app.resources.coupons import operations
from app.resources.coupons.tables import Coupon, Discount, PromotionCode

COUPON_EXPIRY = Ticker(
    "coupons.expiry", Coupon, fire=operations.expire_coupon,
    # `redeem_by` is the last second at which it can be redeemed.
    due=lambda row: row.redeem_by + 1 if row.valid and row.redeem_by is not None else None)

PROMOTION_CODE_EXPIRY = Ticker(
    "coupons.promotion_code_expiry", PromotionCode, fire=operations.expire_promotion_code,
    due=lambda row: row.expires_at if row.active else None)

DISCOUNT_END = Ticker(
    "coupons.discount_end", Discount, fire=operations.end_discount,
    due=lambda row: None if row.ended else row.end)
