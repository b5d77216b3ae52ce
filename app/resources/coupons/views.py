"""What coupons, promotion codes and discounts look like."""

from app.render import view_of
from app.render.fields import Attr, Const, Derived, Hash, Includable, Nested, Ref
from app.render.view import View
from app.resources.coupons.tables import Coupon, Discount, PromotionCode


@view_of(Coupon)
class CouponView(View):
    id = Derived(lambda row: row.former_id or row.id)
    object = Const("coupon")
    amount_off = Attr()
    applies_to = Includable()
    created = Attr()
    currency = Attr()
    currency_options = Includable()
    duration = Attr()
    duration_in_months = Attr()
    livemode = Const(False)
    max_redemptions = Attr()
    metadata = Attr("metadata_")
    name = Attr()
    percent_off = Derived(lambda row: None if row.percent_off is None else float(row.percent_off))
    redeem_by = Attr()
    times_redeemed = Attr()
    valid = Attr()


@view_of(PromotionCode)
class PromotionCodeView(View):
    id = Attr()
    object = Const("promotion_code")
    active = Attr()
    code = Attr()
    coupon = Nested()
    created = Attr()
    customer = Ref("for_customer", "for_customer_id")
    expires_at = Attr()
    livemode = Const(False)
    max_redemptions = Attr()
    metadata = Attr("metadata_")
    restrictions = Hash(
        currency_options=Includable("minimum_amounts"),
        first_time_transaction=Attr(),
        minimum_amount=Attr(),
        minimum_amount_currency=Attr(),
    )
    times_redeemed = Attr()


@view_of(Discount)
class DiscountView(View):
    id = Attr()
    object = Const("discount")
    checkout_session = Const(None)
    coupon = Nested()
    customer = Ref()
    end = Attr()
    invoice = Attr("invoice_id")
    invoice_item = Attr("invoice_item_id")
    promotion_code = Ref()
    start = Attr()
    subscription = Attr("subscription_id")
