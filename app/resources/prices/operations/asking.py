"""What the slices that bill ask of prices."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.money import AMOUNT_MAX
from app.domain.periods import Interval
from app.domain.tiers import PriceTerms, Tier, amount_of
from app.errors import InvalidRequest, no_such
from app.resources.prices.tables import Price
from app.resources.products.tables import Product

_OF_PRODUCT = Prepared(entity(Price).where(
    Price.account_id == bindparam("account_id"), Price.product_id == bindparam("product_id"),
    Price.removed.is_(False)).limit(1))


def terms_of(price: Price, currency: str) -> PriceTerms:
    """What decides the amounts of the price in a currency that it has or had, read from the row once."""
    known: dict[str, PriceTerms] = price.__dict__.setdefault("_terms", {})
    terms = known.get(currency)
    if terms is None:
        packages, option = price.transform_quantity or {}, price.option_in(currency)
        unit_amount = option["unit_amount_decimal"]
        terms = known[currency] = PriceTerms(
            billing_scheme=price.billing_scheme,
            unit_amount=None if unit_amount is None else Decimal(unit_amount),
            tiers=tuple(_tier_of(tier) for tier in option.get("tiers") or ()),
            tiers_mode=price.tiers_mode,
            divide_by=packages.get("divide_by"),
            transform_round=packages.get("round"),
        )
    return terms


def check_amount(price: Price, quantity: int, currency: str, *, param: str) -> None:
    """Raises where so many units cost more than can be kept and added up."""
    if abs(amount_of(terms_of(price, currency), quantity)) > AMOUNT_MAX:
        # Our choice: the limit and the wording; Stripe's own are unknown for quantities.
        raise InvalidRequest(f"Invalid quantity: {quantity} of price {price.id} cost too much.", param=param)


def interval_of(price: Price) -> Interval:
    """How often a recurring price recurs."""
    assert price.recurring_interval is not None and price.recurring_interval_count is not None, "a recurring price"
    interval: Interval | None = price.__dict__.get("_interval")
    if interval is None:
        interval = price.__dict__["_interval"] = Interval(price.recurring_interval, price.recurring_interval_count)
    return interval


def find_price(ctx: Context, id: str, *, param: str, type: Literal["recurring", "one_time"] | None = None) -> Price:
    """The active price of this type, or of either, that the parameter names. Raises InvalidRequest for any other, and
    for one whose amount a customer would choose.

    The row is not held: what others may change of it does not alter what it costs now, and a currency that they take
    away is still known.
    """
    price = ctx.get(Price, id)
    if price is None or price.removed:
        raise no_such("price", id, param=param, status=400)
    _expect_active(price, param)
    if type is not None and price.type != type:
        raise InvalidRequest(f"The price specified is set to `type={price.type}` but this field only accepts prices "
                             f"with `type={type}`", param=param)
    if price.custom_unit_amount is not None:
        # Our choice: the words; what is billed here has no place where a customer could choose the amount.
        raise InvalidRequest("The price specified has a `custom_unit_amount`, which can only be chosen in a checkout.",
                             param=param)
    return price


def find_default_price(ctx: Context, product: Product, id: str) -> Price:
    """The price that is to become the default of its product."""
    price = ctx.get(Price, id)
    if price is None or price.removed:
        raise no_such("price", id, param="default_price", status=400)
    if price.product_id != product.id:
        # Our choice: the words; the reference only says that the price is the product's.
        raise InvalidRequest(f"The price specified (`{id}`) belongs to another product.", param="default_price")
    _expect_active(price, "default_price")
    return price


def has_prices(ctx: Context, product: Product) -> bool:
    """Whether the product has any price, also an inactive one."""
    return ctx.session.first(Price, _OF_PRODUCT, account_id=ctx.account_id, product_id=product.id) is not None


def _expect_active(price: Price, param: str) -> None:
    if not price.active:
        raise InvalidRequest("The price specified is inactive. This field only accepts active prices.", param=param)


def _tier_of(tier: Mapping[str, Any]) -> Tier:
    return Tier(tier["up_to"], Decimal(tier["unit_amount_decimal"] or 0), Decimal(tier["flat_amount_decimal"] or 0))
