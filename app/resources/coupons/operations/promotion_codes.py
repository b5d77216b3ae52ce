"""Promotion codes are created, changed and used up, and lose their force with their coupon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, false, null, update

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.currencies import SUPPORTED
from app.domain.metadata import merged
from app.errors import InvalidRequest, missing_parameter
from app.events.emit import emit, tracked
from app.resources.coupons.operations.redeeming import find_coupon
from app.resources.coupons.tables import Coupon, PromotionCode
from app.resources.customers.tables import Customer

CODE_LENGTH = 8
"""How long generated codes are."""
CODE_MAX = 500

_ACTIVE_CODE = Prepared(entity(PromotionCode).where(
    PromotionCode.account_id == bindparam("account_id"), PromotionCode.code_key == bindparam("code_key"),
    PromotionCode.active))
_DEACTIVATE = Prepared(
    update(PromotionCode)
    .where(PromotionCode.account_id == bindparam("account"), PromotionCode.coupon_id == bindparam("coupon"),
           PromotionCode.active)
    .values(active=false(), due_at=null()))


def create_promotion_code(ctx: Context, values: Mapping[str, Any]) -> PromotionCode:
    """A new way to redeem a coupon. Without a `code` one is made up.

    It lives on the clock of the customer that it is restricted to, else on the wall clock. Raises InvalidRequest for a
    coupon that can be redeemed no more, for limits beyond the coupon's, and for a code that another active one has.
    """
    coupon = find_coupon(ctx, values["coupon"], param="coupon")
    customer_id = ctx.find(Customer, values["customer"], param="customer").id if "customer" in values else None
    _check_limits(ctx, coupon, values)
    active = values.get("active", True)
    code = values.get("code") or ctx.ids.upper(CODE_LENGTH)
    if len(code.upper()) > CODE_MAX:
        # A few letters are two or three in upper case.
        raise InvalidRequest(f"Invalid string: must be at most {CODE_MAX} characters in upper case", param="code")
    if active:
        _free_code(ctx, code)
    row = ctx.add(PromotionCode(
        active=active, code=code, code_key=code.upper(), coupon_id=coupon.id, expires_at=values.get("expires_at"),
        for_customer_id=customer_id, max_redemptions=values.get("max_redemptions"),
        metadata_=merged({}, values.get("metadata", {})), times_redeemed=0, **_restrictions(values.get("restrictions", {}))))
    emit(ctx, "promotion_code.created", row)
    return row


def update_promotion_code(ctx: Context, code: PromotionCode, values: Mapping[str, Any]) -> PromotionCode:
    """Switch it off, or on again while it can be redeemed; change metadata and the minimum amounts in other currencies."""
    with tracked(ctx, code, "promotion_code.updated"):
        if "active" in values and values["active"] != code.active:
            if values["active"]:
                _check_revival(ctx, code)
            code.active = values["active"]
        if "metadata" in values:
            code.metadata_ = merged(code.metadata_, values["metadata"])
        options = values.get("restrictions", {}).get("currency_options")
        if options:
            if code.minimum_amount_currency is None or code.minimum_amounts is None:
                raise missing_parameter("restrictions[minimum_amount]")
            code.minimum_amounts = code.minimum_amounts | _options(options, code.minimum_amount_currency)
    return code


def expire_promotion_code(ctx: Context, code: PromotionCode) -> None:
    """`expires_at` has come. Our choice: nothing is announced, as for coupons."""
    code.active = False


def count_redemption(ctx: Context, id: str) -> None:
    """The code was redeemed; after the last time that is allowed it is active no more."""
    code = ctx.get(PromotionCode, id)
    assert code is not None, "it was found for the redemption"
    code.times_redeemed += 1
    if code.max_redemptions is not None and code.times_redeemed >= code.max_redemptions:
        code.active = False


def deactivate_codes_of(ctx: Context, coupon: Coupon) -> None:
    """The coupon can be redeemed no more, and so none of its codes."""
    ctx.session.execute(_DEACTIVATE, account=ctx.account_id, coupon=coupon.id)
    for code in ctx.session.known(PromotionCode):
        if code.coupon_id == coupon.id and code.active:
            code.active = False


def _check_limits(ctx: Context, coupon: Coupon, values: Mapping[str, Any]) -> None:
    """Our choice: the words; the reference says that a code cannot go beyond its coupon."""
    expires_at, max_redemptions = values.get("expires_at"), values.get("max_redemptions")
    if expires_at is not None:
        if expires_at <= ctx.now:
            raise InvalidRequest("Invalid timestamp: must be an integer Unix timestamp in the future", param="expires_at")
        if coupon.redeem_by is not None and expires_at > coupon.redeem_by:
            raise InvalidRequest("A promotion code cannot expire after the `redeem_by` of its coupon.", param="expires_at")
    if max_redemptions is not None and coupon.max_redemptions is not None and max_redemptions > coupon.max_redemptions:
        raise InvalidRequest("A promotion code cannot have more `max_redemptions` than its coupon.", param="max_redemptions")


def _free_code(ctx: Context, code: str) -> None:
    """See that no active promotion code has this code, in whatever letter case."""
    # Others may be about to take it, too.
    ctx.session.hold_name(f"promotion code {ctx.account_id} {code.upper()}")
    holder = ctx.session.first(PromotionCode, _ACTIVE_CODE, account_id=ctx.account_id, code_key=code.upper())
    if holder is None:
        return
    if holder.expires_at is not None and holder.test_clock_id is None and holder.expires_at <= ctx.now:
        # Time has not got round to it yet.
        expire_promotion_code(ctx, holder)
        ctx.session.flush()
        return
    raise InvalidRequest(f"An active promotion code with `code: {code}` already exists.",
                         code="resource_already_exists", param="code")


def _check_revival(ctx: Context, code: PromotionCode) -> None:
    """Raises where the code could not be redeemed even if it were active. Our choice: the words."""
    coupon = ctx.get(Coupon, code.coupon_id)
    if coupon is None or not coupon.valid:
        reason = "its coupon is not valid any more"
    elif code.expires_at is not None and code.expires_at <= ctx.now:
        reason = "it is expired"
    elif code.max_redemptions is not None and code.times_redeemed >= code.max_redemptions:
        reason = "it has been used the maximum number of times"
    else:
        _free_code(ctx, code.code)
        return
    raise InvalidRequest(f"This promotion code cannot be activated because {reason}.", param="active")


def _restrictions(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the restrictions."""
    amount, currency = values.get("minimum_amount"), values.get("minimum_amount_currency")
    columns = {"first_time_transaction": values.get("first_time_transaction", False), "minimum_amount": amount,
               "minimum_amount_currency": currency, "minimum_amounts": None}
    if amount is None and currency is None and not values.get("currency_options"):
        return columns
    for name, value in (("minimum_amount", amount), ("minimum_amount_currency", currency)):
        if value is None:
            raise missing_parameter(f"restrictions[{name}]")
    return columns | {"minimum_amounts": {currency: {"minimum_amount": amount}} | _options(
        values.get("currency_options", {}), currency)}


def _options(sent: Mapping[str, Any], own: str | None) -> dict[str, Any]:
    """The minimum amounts in further currencies, as rendered."""
    for currency in sent:
        path = f"restrictions[currency_options][{currency}]"
        if currency == own:
            # Our choice: the words.
            raise InvalidRequest("You are specifying a currency option that matches the `minimum_amount_currency` of this "
                                 "promotion code. Please remove this currency option.", param=path)
        if currency not in SUPPORTED:
            raise InvalidRequest(f"Invalid currency: {currency}. Stripe currently supports these currencies: "
                                 f"{', '.join(SUPPORTED)}", param="restrictions[currency_options]")
    return {currency: {"minimum_amount": option["minimum_amount"]} for currency, option in sent.items()}
