"""Discounts: attached, in force, over."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.context import Context
from app.domain.discounts import Discount as DomainDiscount
from app.domain.periods import Interval, add_intervals
from app.errors import InvalidRequest
from app.events.emit import emit
from app.render import load_for_rendering, render
from app.resources.coupons.operations.promotion_codes import count_redemption, deactivate_codes_of
from app.resources.coupons.operations.redeeming import Redemption, find_coupon
from app.resources.coupons.tables import Coupon, Discount
from app.resources.customers.tables import Customer


def attach_discount(ctx: Context, coupon: Coupon, *, customer_id: str, start: int, subscription_id: str | None = None,
                    invoice_id: str | None = None, invoice_item_id: str | None = None,
                    promotion_code_id: str | None = None, currency: str | None = None,
                    announce: bool = True) -> Discount:
    """Redeem a coupon from `find_coupon`, for the customer unless another id says for what.

    `currency` is that of what is discounted, where it has one. On a customer without a currency an amount off fixes it,
    so that such a call runs inside a `tracked` change of theirs. Emits customer.discount.created, unless the caller does
    it later (`announce`); raises InvalidRequest where the coupon has no amount in the currency.
    """
    _settle_currency(ctx, coupon, customer_id, currency)
    end = None
    if coupon.duration_in_months is not None:
        end = add_intervals(start, Interval("month", coupon.duration_in_months))
    discount = ctx.add(Discount(
        coupon_id=coupon.id, customer_id=customer_id, end=end, ended=False, invoice_id=invoice_id,
        invoice_item_id=invoice_item_id, promotion_code_id=promotion_code_id, start=start,
        subscription_id=subscription_id))
    coupon.times_redeemed += 1
    if promotion_code_id is not None:
        count_redemption(ctx, promotion_code_id)
    if coupon.max_redemptions is not None and coupon.times_redeemed >= coupon.max_redemptions:
        coupon.valid = False
        deactivate_codes_of(ctx, coupon)
    if announce:
        emit(ctx, "customer.discount.created", discount)
    return discount


def replace_discount(ctx: Context, present_id: str | None, redemption: Redemption | None, *, customer_id: str, start: int,
                     subscription_id: str | None = None, currency: str | None = None) -> str | None:
    """The id of the discount that a customer or a subscription has once `redemption` (None: no coupon) is theirs.

    The present one goes on where it is of that coupon already, and ends otherwise: customer.discount.deleted, then
    customer.discount.created for the new one.
    """
    present = active_discount(ctx, present_id)
    if present is None and redemption is None:
        return present_id
    if present is not None:
        if redemption is not None and redemption.coupon_id == present.coupon_id and (
                redemption.promotion_code_id in (None, present.promotion_code_id)):
            return present_id
        end_discount(ctx, present)
    if redemption is None:
        return None
    coupon = find_coupon(ctx, redemption.coupon_id, param="coupon")
    return attach_discount(ctx, coupon, customer_id=customer_id, start=start, subscription_id=subscription_id,
                           promotion_code_id=redemption.promotion_code_id, currency=currency).id


def end_discount(ctx: Context, discount: Discount) -> None:
    """The discount is used up, over, or taken away. Emits customer.discount.deleted, the first time only."""
    if not discount.ended:
        discount.ended = True
        emit(ctx, "customer.discount.deleted", discount)


def deleted_discount(ctx: Context, discount: Discount) -> dict[str, Any]:
    """What the API answers when a discount was taken away: all of it but its end, and `deleted`."""
    load_for_rendering(ctx.session, [discount])
    shown = render(discount) | {"deleted": True}
    del shown["end"]
    return shown


def active_discount(ctx: Context, discount_id: str | None) -> Discount | None:
    """The discount if it is in force now; None for one that has ended, and for no id."""
    discount = ctx.get(Discount, discount_id)
    if discount is None or discount.ended or (discount.end is not None and discount.end <= ctx.now):
        return None
    return discount


def discount_in_force(ctx: Context, customer: Customer, own_id: str | None = None) -> Discount | None:
    """What discounts the bills of the customer: the subscription's `own_id` comes before the customer's own."""
    return active_discount(ctx, own_id) or active_discount(ctx, customer.discount_id)


def no_discount(of: str) -> InvalidRequest:
    """The refusal to show or take away a discount that is not there; `of` says whose, in the words of the message."""
    return InvalidRequest(f"No active discount for {of}", status=404, code="resource_missing")


def domain_discount(ctx: Context, discount: Discount, currency: str | None = None) -> DomainDiscount:
    """The discount as arithmetic wants it, with its amount in `currency`, or else in the coupon's own."""
    cached: dict[str | None, DomainDiscount] = discount.__dict__.setdefault("_domain", {})
    known = cached.get(currency)
    if known is None:
        coupon = ctx.get(Coupon, discount.coupon_id)
        assert coupon is not None, f"{discount.id} has a coupon"
        known = cached[currency] = DomainDiscount(
            discount.id, None if coupon.percent_off is None else Decimal(coupon.percent_off),
            _amount_off(coupon, currency),
            None if coupon.applies_to is None else frozenset(coupon.applies_to["products"]))
    return known


def _amount_off(coupon: Coupon, currency: str | None) -> int | None:
    if coupon.currency_options is None or currency is None:
        return coupon.amount_off
    amount_off: int = coupon.currency_options[currency]["amount_off"]
    return amount_off


def _settle_currency(ctx: Context, coupon: Coupon, customer_id: str, currency: str | None) -> None:
    if coupon.currency_options is None:
        return
    customer = ctx.get(Customer, customer_id)
    assert customer is not None, "the customer was found before"
    settled = currency or customer.currency
    if settled is None:
        customer.currency = coupon.currency
    elif settled not in coupon.currency_options:
        raise InvalidRequest("You cannot combine currencies on a single customer. This customer has had a "
                             f"subscription, coupon, or invoice item with currency {settled}", param="coupon")
