"""What happens to coupons and promotion codes, to those who redeem them, and to the discounts that they give."""

from app.resources.coupons.operations.coupons import create_coupon, delete_coupon, expire_coupon, update_coupon
from app.resources.coupons.operations.discounts import (
    active_discount,
    attach_discount,
    deleted_discount,
    discount_in_force,
    domain_discount,
    end_discount,
    no_discount,
    replace_discount,
)
from app.resources.coupons.operations.promotion_codes import (
    create_promotion_code,
    expire_promotion_code,
    update_promotion_code,
)
from app.resources.coupons.operations.redeeming import (
    Purchase,
    Redemption,
    check_redeemable,
    find_coupon,
    find_redemption,
)

__all__ = [
    "Purchase",
    "Redemption",
    "active_discount",
    "attach_discount",
    "check_redeemable",
    "create_coupon",
    "create_promotion_code",
    "delete_coupon",
    "deleted_discount",
    "discount_in_force",
    "domain_discount",
    "end_discount",
    "expire_coupon",
    "expire_promotion_code",
    "find_coupon",
    "find_redemption",
    "no_discount",
    "replace_discount",
    "update_coupon",
    "update_promotion_code",
]
