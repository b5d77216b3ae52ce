"""Prices are made, directly or as plans, and changed as far as they can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.metadata import merged
from app.errors import InvalidRequest, missing_parameter, no_such
from app.events.emit import Snapshot, emit, previous_attributes, tracked
from app.render.view import VIEWS
from app.resources.prices.operations.amounts import (
    amount_columns,
    check_tax_behavior,
    currency_options,
    recurring_columns,
    sent_options,
)
from app.resources.prices.operations.currencies import replace_options
from app.resources.prices.tables import Plan, Price
from app.resources.products.operations import create_product
from app.resources.products.tables import Product

_WITH_LOOKUP_KEY = Prepared(entity(Price).where(
    Price.account_id == bindparam("account_id"), Price.lookup_key == bindparam("lookup_key")))

_RECURRING = ("aggregate_usage", "interval", "interval_count", "trial_period_days", "usage_type")
_PLAN_NAMES = {
    "amount": "unit_amount", "amount_decimal": "unit_amount_decimal", "transform_usage": "transform_quantity"}
"""What plans call by another name."""


def create_price(ctx: Context, values: Mapping[str, Any]) -> Price:
    """A new price of `product` or of a new product from `product_data`.

    Raises InvalidRequest for amounts, tiers and intervals that do not go together, and for a lookup key in use.
    """
    product = _product_of(ctx, values)
    recurring = recurring_columns(values.get("recurring"))
    price = Price(
        id=values.get("id"), active=values.get("active", True), currency=values["currency"],
        nickname=values.get("nickname"), product_id=product.id, removed=False,
        tax_behavior=values.get("tax_behavior", "unspecified"), type="recurring" if recurring else "one_time",
        metadata_=merged({}, values.get("metadata", {})), **recurring,
        **amount_columns(values, recurring=bool(recurring)))
    price.currency_options = currency_options(price, sent_options(price, values))
    if values.get("lookup_key"):
        _take_lookup_key(ctx, price, values["lookup_key"], transfer=values.get("transfer_lookup_key", False))
    return _add(ctx, price)


def price_from_data(ctx: Context, data: Mapping[str, Any], *, recurring_required: bool, param: str) -> Price:
    """The price that `price_data` describes in place of an id. It is inactive, so that nothing else can use it.

    `param` is the path of the hash, for errors.
    """
    product = ctx.get(Product, data["product"])
    if product is None or product.deleted:
        raise no_such("product", data["product"], param=f"{param}[product]", status=400)
    if recurring_required and not data.get("recurring"):
        raise missing_parameter(f"{param}[recurring]")
    recurring = recurring_columns(data.get("recurring"), param=f"{param}[recurring]")
    price = Price(
        active=False, currency=data["currency"], product_id=product.id, removed=False,
        tax_behavior=data.get("tax_behavior", "unspecified"), type="recurring" if recurring else "one_time",
        **recurring, **amount_columns(data, recurring=bool(recurring)))
    price.currency_options = currency_options(price, {})
    return _add(ctx, price)


def create_plan(ctx: Context, values: Mapping[str, Any]) -> Price:
    """The recurring price that the parameters of an older plan describe."""
    if not values.get("product"):
        raise missing_parameter("product")
    if values.get("billing_scheme") != "tiered" and "amount" not in values and "amount_decimal" not in values:
        raise missing_parameter("amount")
    if ctx.get(Price, values.get("id")) is not None:
        raise InvalidRequest("Plan already exists.", code="resource_already_exists", param="id")
    renamed = {_PLAN_NAMES.get(name, name): value for name, value in values.items() if name not in _RECURRING}
    if not isinstance(values["product"], str):
        renamed["product_data"] = renamed.pop("product")
    recurring = {name: values[name] for name in _RECURRING if name in values}
    return create_price(ctx, {"id": ctx.ids.new("plan_", 14)} | renamed | {"recurring": recurring})


def delete_plan(ctx: Context, price: Price) -> None:
    """Let nobody find the price again, as a plan or a price; subscriptions that use it keep it."""
    _expect_no_default(ctx, price, None)
    emit(ctx, "plan.deleted", price, snapshot=Snapshot(VIEWS[Plan].render(price)))
    emit(ctx, "price.deleted", price)
    price.active, price.removed, price.lookup_key = False, True, None


def update_price(ctx: Context, price: Price, values: Mapping[str, Any]) -> Price:
    """Change what may still be changed; the plan of a recurring price changes with it.

    Only plans have a `product` and `trial_period_days` to change.
    """
    plan_before = VIEWS[Plan].render(price)
    with tracked(ctx, price, "price.updated"):
        _apply(ctx, price, values)
        plan = VIEWS[Plan].render(price)
        if price.type == "recurring" and plan != plan_before:
            emit(ctx, "plan.updated", price, previous=previous_attributes(plan_before, plan), snapshot=Snapshot(plan))
    return price


def _apply(ctx: Context, price: Price, values: Mapping[str, Any]) -> None:
    if "active" in values:
        if not values["active"]:
            _expect_no_default(ctx, price, "active")
        price.active = values["active"]
    if "product" in values:
        price.product_id = ctx.find(Product, values["product"], param="product").id
        price.__dict__.pop("product", None)
    if "trial_period_days" in values:
        price.recurring_trial_period_days = values["trial_period_days"]
    if "nickname" in values:
        price.nickname = values["nickname"]
    if "metadata" in values:
        price.metadata_ = merged(price.metadata_, values["metadata"])
    if "tax_behavior" in values:
        check_tax_behavior(price.tax_behavior, values["tax_behavior"], "tax_behavior")
        price.tax_behavior = values["tax_behavior"]
    if "currency_options" in values or "tax_behavior" in values:
        # The empty string clears all other currencies; without it those that are not named stay as they are.
        kept = {} if values.get("currency_options") == {} else price.currency_options or {}
        replace_options(price, currency_options(price, kept | sent_options(price, values)))
    if "lookup_key" in values:
        _take_lookup_key(ctx, price, values["lookup_key"], transfer=values.get("transfer_lookup_key", False))


def _expect_no_default(ctx: Context, price: Price, param: str | None) -> None:
    product = ctx.get(Product, price.product_id)
    if product is not None and product.default_price_id == price.id:
        raise InvalidRequest("This price cannot be archived because it is the default price of its product.",
                             param=param)


def _add(ctx: Context, price: Price) -> Price:
    ctx.add(price)
    if price.type == "recurring":
        emit(ctx, "plan.created", price, snapshot=Snapshot(VIEWS[Plan].render(price)))
    emit(ctx, "price.created", price)
    return price


def _product_of(ctx: Context, values: Mapping[str, Any]) -> Product:
    if "product" in values and "product_data" in values:
        raise InvalidRequest("You may only specify one of these parameters: product, product_data.", param="product")
    if "product" in values:
        return ctx.find(Product, values["product"], param="product")
    if "product_data" in values:
        return create_product(ctx, values["product_data"])
    raise InvalidRequest("You must specify either `product` or `product_data` when creating a price.")


def _take_lookup_key(ctx: Context, price: Price, lookup_key: str, *, transfer: bool) -> None:
    """Give the price the key, from the one that has it if `transfer` says so."""
    holder = ctx.session.first(Price, _WITH_LOOKUP_KEY, account_id=ctx.account_id, lookup_key=lookup_key)
    if holder is not None and holder is not price:
        if not transfer:
            raise InvalidRequest(f"A price (`{holder.id}`) already uses that lookup key.", param="lookup_key")
        with tracked(ctx, holder, "price.updated"):
            holder.lookup_key = None
        # The key is unique in the table, so that its old holder must have let go of it before the new one is written.
        ctx.session.flush()
    price.lookup_key = lookup_key
