"""Who may redeem what: the one place where coupons and promotion codes are checked before they give a discount."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from app.context import Context
from app.db.session import Prepared
from app.errors import InvalidRequest
from app.resources.charges.tables import Charge
from app.resources.coupons.tables import Coupon, PromotionCode
from app.resources.invoices.tables import Invoice

_AN_INVOICE = Prepared(select(Invoice.id).where(
    Invoice.account_id == bindparam("account_id"), Invoice.customer_id == bindparam("customer_id"),
    Invoice.finalized_at.is_not(None), Invoice.voided_at.is_(None)).limit(1))
_A_PAYMENT = Prepared(select(Charge.id).where(
    Charge.account_id == bindparam("account_id"), Charge.customer_id == bindparam("customer_id"),
    Charge.status == "succeeded").limit(1))


@dataclass(frozen=True, slots=True)
class Purchase:
    """What the discount is wanted for, before any discount: minor units of `currency`."""

    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Redemption:
    """What is redeemed: a coupon, by way of a promotion code where there is one. Both are ids."""

    coupon_id: str
    promotion_code_id: str | None = None


def find_coupon(ctx: Context, id: str, *, param: str) -> Coupon:
    """The coupon that a parameter redeems, to be given to `attach_discount`.

    Raises `resource_missing` where there is none, and `coupon_expired` where it can be redeemed no more: `redeem_by` is
    compared with the time on the customer's clock.
    """
    coupon = ctx.find(Coupon, id, param=param)
    check_redeemable(ctx, coupon, param=param)
    return coupon


def check_redeemable(ctx: Context, coupon: Coupon, *, param: str | None) -> None:
    """Raises `coupon_expired` where the coupon can be redeemed no more, a deleted one included."""
    if not _is_redeemable(ctx, coupon):
        raise InvalidRequest(f"Coupon expired: {coupon.former_id or coupon.id}", code="coupon_expired", param=param)


def find_redemption(ctx: Context, values: Mapping[str, Any], *, customer_id: str | None,
                    purchase: Purchase | None = None, present: Redemption | None = None) -> Redemption | None:
    """What `coupon` or `promotion_code` among the parameters redeems for the customer; None where neither does.

    `customer_id` is None for a customer who is just being made; `purchase` where nothing is bought. What only repeats
    `present`, which is in force, needs no check. Raises InvalidRequest for both parameters at once, for what can be
    redeemed no more, and where the code's restrictions are not met.
    """
    coupon_id, code_id = values.get("coupon"), values.get("promotion_code")
    if coupon_id is not None and code_id is not None:
        raise InvalidRequest("You may only specify one of these parameters: coupon, promotion_code.")
    if present is not None and (present.promotion_code_id == code_id if code_id is not None else
                                present.coupon_id == coupon_id):
        return present
    if code_id is not None:
        return _by_code(ctx, code_id, customer_id, purchase)
    if coupon_id is not None:
        return Redemption(find_coupon(ctx, coupon_id, param="coupon").id)
    return None


def _is_redeemable(ctx: Context, coupon: Coupon) -> bool:
    return coupon.valid and (coupon.redeem_by is None or ctx.now <= coupon.redeem_by)


def _by_code(ctx: Context, id: str, customer_id: str | None, purchase: Purchase | None) -> Redemption:
    """The redemption of a promotion code, held until the transaction ends so that it is not redeemed too often."""
    code = ctx.find(PromotionCode, id, param="promotion_code")
    coupon = ctx.get(Coupon, code.coupon_id)
    assert coupon is not None, "the foreign key holds"
    ctx.session.lock(coupon)
    reason = _hindrance(ctx, code, coupon, customer_id, purchase)
    if reason is not None:
        raise InvalidRequest(f"This promotion code cannot be redeemed because {reason}.", param="promotion_code")
    return Redemption(coupon.id, code.id)


def _hindrance(ctx: Context, code: PromotionCode, coupon: Coupon, customer_id: str | None,
               purchase: Purchase | None) -> str | None:
    """Why the code cannot be redeemed, in the words of the refusal; None where it can.

    Our choice: the words, but for those about prior transactions and minimum amounts, which are Stripe's.
    """
    if not _is_redeemable(ctx, coupon):
        return "the associated coupon is expired"
    if code.expires_at is not None and ctx.now >= code.expires_at:
        return "it is expired"
    if code.max_redemptions is not None and code.times_redeemed >= code.max_redemptions:
        return "it has been used the maximum number of times"
    if not code.active:
        return "it is not active"
    if code.for_customer_id is not None and code.for_customer_id != customer_id:
        return "it is restricted to another customer"
    if code.first_time_transaction and customer_id is not None and _has_bought(ctx, customer_id):
        return "the associated customer has prior transactions"
    if code.minimum_amounts and not _is_enough(code.minimum_amounts, purchase):
        return "the associated purchase does not meet the minimum amount requirement"
    return None


def _has_bought(ctx: Context, customer_id: str) -> bool:
    """Whether the customer has paid anything, or has an invoice that was neither left a draft nor voided."""
    whose = {"account_id": ctx.account_id, "customer_id": customer_id}
    return any(ctx.session.scalar(statement, **whose) is not None for statement in (_AN_INVOICE, _A_PAYMENT))


def _is_enough(minimum_amounts: Mapping[str, Any], purchase: Purchase | None) -> bool:
    # Our choice: a customer buys nothing, and in a currency without a minimum of its own nothing is enough.
    if purchase is None or purchase.currency not in minimum_amounts:
        return False
    minimum: int = minimum_amounts[purchase.currency]["minimum_amount"]
    return purchase.amount >= minimum
