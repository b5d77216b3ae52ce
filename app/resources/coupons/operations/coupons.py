"""Coupons are created, changed, deleted, and expire."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, update

from app.context import Context
from app.db.session import Prepared
from app.domain.currencies import SUPPORTED
from app.domain.metadata import merged
from app.domain.money import decimal_string
from app.domain.periods import Interval, add_intervals
from app.errors import InvalidRequest
from app.events.emit import emit, tracked
from app.resources.coupons.operations.promotion_codes import deactivate_codes_of
from app.resources.coupons.tables import Coupon, Discount, PromotionCode
from app.resources.products.tables import Product
from app.resources.quotes.tables import QuoteDiscount

_MOVE = tuple(
    Prepared(update(table).where(table.account_id == bindparam("account"), table.coupon_id == bindparam("old_id"))
             .values(coupon_id=bindparam("new_id")))
    for table in (Discount, PromotionCode, QuoteDiscount))


def create_coupon(ctx: Context, values: Mapping[str, Any]) -> Coupon:
    """A new coupon; `id` names it, also where a deleted coupon had that id.

    Raises InvalidRequest for terms that contradict each other, and for an id that is taken.
    """
    _check_terms(values)
    _check_redeem_by(ctx, values.get("redeem_by"))
    _free_id(ctx, values.get("id"))
    products = values.get("applies_to", {}).get("products", [])
    for index, product_id in enumerate(products):
        ctx.find(Product, product_id, param=f"applies_to[products][{index}]")
    percent_off, amount_off = values.get("percent_off"), values.get("amount_off")
    duration = values.get("duration", "once")
    coupon = Coupon(
        id=values.get("id"), amount_off=amount_off, applies_to={"products": products} if products else None,
        currency=None if amount_off is None else values["currency"], deleted=False, duration=duration,
        duration_in_months=values["duration_in_months"] if duration == "repeating" else None,
        max_redemptions=values.get("max_redemptions"), metadata_=merged({}, values.get("metadata", {})),
        name=values.get("name"), percent_off=None if percent_off is None else decimal_string(percent_off),
        redeem_by=values.get("redeem_by"), times_redeemed=0, valid=True)
    if amount_off is not None:
        options = _options(coupon, values.get("currency_options", {}))
        coupon.currency_options = options | {values["currency"]: {"amount_off": amount_off}}
    ctx.add(coupon)
    emit(ctx, "coupon.created", coupon)
    return coupon


def update_coupon(ctx: Context, coupon: Coupon, values: Mapping[str, Any]) -> Coupon:
    """Change name and metadata, and add or change the amounts in further currencies."""
    with tracked(ctx, coupon, "coupon.updated"):
        if "name" in values:
            coupon.name = values["name"]
        if "metadata" in values:
            coupon.metadata_ = merged(coupon.metadata_, values["metadata"])
        if values.get("currency_options"):
            if coupon.currency_options is None:
                raise _percent_with_options()
            coupon.currency_options = coupon.currency_options | _options(coupon, values["currency_options"])
    return coupon


def delete_coupon(ctx: Context, coupon: Coupon) -> Coupon:
    """Delete the coupon; its discounts keep it."""
    coupon.valid = False
    deactivate_codes_of(ctx, coupon)
    emit(ctx, "coupon.deleted", coupon)
    coupon.deleted = True
    return coupon


def expire_coupon(ctx: Context, coupon: Coupon) -> None:
    """`redeem_by` has passed. Nothing is announced: Stripe has no event for it."""
    coupon.valid = False
    deactivate_codes_of(ctx, coupon)


def _check_terms(values: Mapping[str, Any]) -> None:
    percent_off = values.get("percent_off")
    if percent_off is None and values.get("amount_off") is None:
        raise InvalidRequest("Must provide percent_off or amount_off.", code="parameter_missing")
    if percent_off is not None and values.get("amount_off") is not None:
        raise InvalidRequest("Received both percent_off and amount_off parameters. Please pass in only one.")
    if percent_off is None and values.get("currency") is None:
        raise InvalidRequest("You must pass currency when passing amount_off", param="currency")
    if values.get("duration") == "repeating":
        if values.get("duration_in_months") is None:
            raise InvalidRequest("The duration_in_months param must be set when creating a coupon with a repeating "
                                 "duration", param="duration")
    elif values.get("duration_in_months") is not None:
        # Our choice: what would have no effect is refused.
        raise InvalidRequest("The duration_in_months param can only be set when creating a coupon with a repeating "
                             "duration", param="duration_in_months")
    if percent_off is not None:
        _check_percent(percent_off)
        if values.get("currency_options"):
            raise _percent_with_options()


def _check_percent(percent_off: Decimal) -> None:
    if not 0 < percent_off <= 100:
        bound = "less than or equal to 100" if percent_off > 0 else "greater than or equal to 0.01"
        raise InvalidRequest(f"This value must be {bound} (it currently is '{float(percent_off)}').",
                             param="percent_off")


def _percent_with_options() -> InvalidRequest:
    return InvalidRequest("You may only specify one of these parameters: currency_options, percent_off.",
                          param="currency_options")


def _check_redeem_by(ctx: Context, redeem_by: int | None) -> None:
    if redeem_by is None:
        return
    if redeem_by <= ctx.now:
        raise InvalidRequest(
            "The parameter `redeem_by` expects a unix timestamp representing a date and time in the future. You "
            f"specified the value `{redeem_by}` which is in the past.", param="redeem_by")
    if redeem_by > add_intervals(ctx.now, Interval("year", 5)):
        raise InvalidRequest("Invalid timestamp: can be no more than five years in the future", param="redeem_by")


def _options(coupon: Coupon, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The amounts off in further currencies, as rendered."""
    for currency in sent:
        if currency == coupon.currency:
            raise InvalidRequest(
                "You are specifying a currency option that matches the top-level currency for this coupon. Please "
                "remove this currency option and it will be added automatically on creation.",
                param=f"currency_options[{currency}]")
        if currency.lower() in SUPPORTED and currency not in SUPPORTED:
            raise InvalidRequest("Currencies must be lowercase when used as keys in a map. Use "
                                 f"`{currency.lower()}` instead of `{currency}`.", param="currency_options")
        if currency not in SUPPORTED:
            raise InvalidRequest(f"Invalid currency: {currency}. Stripe currently supports these currencies: "
                                 f"{', '.join(SUPPORTED)}", param="currency_options")
    return {currency: {"amount_off": option["amount_off"]} for currency, option in sent.items()}


def _free_id(ctx: Context, id: str | None) -> None:
    """See that no coupon has the id: a deleted one makes way, and goes on for its discounts and codes under an id of its own."""
    holder = ctx.get(Coupon, id)
    if holder is None:
        return
    if not holder.deleted:
        raise InvalidRequest("Coupon already exists.", code="resource_already_exists")
    values = {name: holder.__dict__[name] for name in Coupon.column_keys}
    moved = ctx.session.add(Coupon(**values | {"id": f"deleted_{ctx.ids.text(24)}", "former_id": holder.id}))
    for statement in _MOVE:
        ctx.session.execute(statement, account=ctx.account_id, old_id=holder.id, new_id=moved.id)
    ctx.session.delete(holder)
    ctx.session.flush()
