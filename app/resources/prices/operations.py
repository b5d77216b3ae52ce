"""What happens to prices, and what the slices that bill ask of them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.currencies import SUPPORTED
from app.domain.metadata import merged
from app.domain.money import decimal_string
from app.domain.periods import Interval, within_a_year
from app.domain.tiers import PriceTerms, Tier
from app.errors import InvalidRequest, missing_parameter, no_such
from app.events.emit import emit, previous_attributes, tracked
from app.render.view import VIEWS
from app.resources.prices.tables import Plan, Price
from app.resources.products.operations import create_product
from app.resources.products.tables import Product

_OF_PRODUCT = Prepared(entity(Price).where(
    Price.account_id == bindparam("account_id"), Price.product_id == bindparam("product_id")).limit(1))
_WITH_LOOKUP_KEY = Prepared(entity(Price).where(
    Price.account_id == bindparam("account_id"), Price.lookup_key == bindparam("lookup_key")))


def terms_of(price: Price) -> PriceTerms:
    """What decides the amounts of the price, read from the row once."""
    terms: PriceTerms | None = price.__dict__.get("_terms")
    if terms is None:
        packages = price.transform_quantity or {}
        terms = price.__dict__["_terms"] = PriceTerms(
            billing_scheme=price.billing_scheme,
            unit_amount=None if price.unit_amount_decimal is None else Decimal(price.unit_amount_decimal),
            tiers=tuple(_tier_of(tier) for tier in price.tiers or ()),
            tiers_mode=price.tiers_mode,
            divide_by=packages.get("divide_by"),
            transform_round=packages.get("round"),
        )
    return terms


def interval_of(price: Price) -> Interval:
    """How often a recurring price recurs."""
    assert price.recurring_interval is not None and price.recurring_interval_count is not None, "a recurring price"
    interval: Interval | None = price.__dict__.get("_interval")
    if interval is None:
        interval = price.__dict__["_interval"] = Interval(price.recurring_interval, price.recurring_interval_count)
    return interval


def find_price(ctx: Context, id: str, *, param: str, type: Literal["recurring", "one_time"]) -> Price:
    """The active price of this type that the parameter names. Raises InvalidRequest for any other.

    The row is not held: what others may change of it does not alter what it costs.
    """
    price = ctx.get(Price, id)
    if price is None:
        raise no_such("price", id, param=param, status=400)
    _expect_active(price, param)
    if price.type != type:
        raise InvalidRequest(f"The price specified is set to `type={price.type}` but this field only accepts prices "
                             f"with `type={type}`", param=param)
    return price


def find_default_price(ctx: Context, product: Product, id: str) -> Price:
    """The price that is to become the default of its product."""
    price = ctx.get(Price, id)
    if price is None:
        raise no_such("price", id, param="default_price", status=400)
    if price.product_id != product.id:
        # Our choice: the words; the reference only says that the price is the product's.
        raise InvalidRequest(f"The price specified (`{id}`) belongs to another product.", param="default_price")
    _expect_active(price, "default_price")
    return price


def has_prices(ctx: Context, product: Product) -> bool:
    """Whether the product has any price, also an inactive one."""
    return ctx.session.first(Price, _OF_PRODUCT, account_id=ctx.account_id, product_id=product.id) is not None


def create_price(ctx: Context, values: Mapping[str, Any]) -> Price:
    """A new price of `product` or of a new product from `product_data`.

    Raises InvalidRequest for amounts, tiers and intervals that do not go together, and for a lookup key in use.
    """
    product = _product_of(ctx, values)
    recurring = _recurring(values.get("recurring"))
    price = Price(
        id=values.get("id"), active=values.get("active", True), currency=values["currency"],
        nickname=values.get("nickname"), product_id=product.id, tax_behavior=values.get("tax_behavior", "unspecified"),
        type="recurring" if recurring else "one_time", metadata_=merged({}, values.get("metadata", {})),
        **recurring, **_amounts(values, recurring=bool(recurring)))
    price.currency_options = _options(price, _sent_options(price, values))
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
    recurring = _recurring(data.get("recurring"), param=f"{param}[recurring]")
    price = Price(
        active=False, currency=data["currency"], product_id=product.id,
        tax_behavior=data.get("tax_behavior", "unspecified"), type="recurring" if recurring else "one_time",
        **recurring, **_amounts(data, recurring=bool(recurring)))
    price.currency_options = _options(price, {})
    return _add(ctx, price)


def update_price(ctx: Context, price: Price, values: Mapping[str, Any]) -> Price:
    """Change what may still be changed; the plan of a recurring price changes with it."""
    plan_before = VIEWS[Plan].render(price)
    with tracked(ctx, price, "price.updated"):
        _apply(ctx, price, values)
        plan = VIEWS[Plan].render(price)
        if price.type == "recurring" and plan != plan_before:
            emit(ctx, "plan.updated", price, previous=previous_attributes(plan_before, plan), rendered=plan)
    return price


def _apply(ctx: Context, price: Price, values: Mapping[str, Any]) -> None:
    if "active" in values:
        product = ctx.get(Product, price.product_id)
        if not values["active"] and product is not None and product.default_price_id == price.id:
            raise InvalidRequest("This price cannot be archived because it is the default price of its product.",
                                 param="active")
        price.active = values["active"]
    if "nickname" in values:
        price.nickname = values["nickname"]
    if "metadata" in values:
        price.metadata_ = merged(price.metadata_, values["metadata"])
    if values.get("tax_behavior", price.tax_behavior) != price.tax_behavior:
        if price.tax_behavior != "unspecified":
            # Our choice: the words; the reference says that only `unspecified` can be changed.
            raise InvalidRequest("The `tax_behavior` of a price cannot be changed once it is set to `inclusive` or "
                                 "`exclusive`.", param="tax_behavior")
        price.tax_behavior = values["tax_behavior"]
    if "currency_options" in values or "tax_behavior" in values:
        # The empty string clears all other currencies; without it those that are not named stay as they are.
        kept = {} if values.get("currency_options") == {} else price.currency_options or {}
        price.currency_options = _options(price, kept | _sent_options(price, values))
    if "lookup_key" in values:
        _take_lookup_key(ctx, price, values["lookup_key"], transfer=values.get("transfer_lookup_key", False))


def _expect_active(price: Price, param: str) -> None:
    if not price.active:
        raise InvalidRequest("The price specified is inactive. This field only accepts active prices.", param=param)


def _add(ctx: Context, price: Price) -> Price:
    ctx.add(price)
    if price.type == "recurring":
        emit(ctx, "plan.created", price, rendered=VIEWS[Plan].render(price))
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


def _recurring(values: Mapping[str, Any] | None, param: str = "recurring") -> dict[str, Any]:
    """The columns of a recurring price; empty for a one-time price."""
    if not values:
        return {}
    interval = Interval(values["interval"], values.get("interval_count", 1))
    if not within_a_year(interval):
        # Our choice: the words; the reference has the limits (365 days, 52 weeks, 12 months, 1 year).
        raise InvalidRequest("Prices can recur once a year at most: every 365 days, 52 weeks, 12 months or 1 year.",
                             param=f"{param}[interval_count]")
    usage_type = values.get("usage_type", "licensed")
    aggregate_usage = values.get("aggregate_usage")
    if aggregate_usage is not None and usage_type != "metered":
        # Our choice: the words.
        raise InvalidRequest("You can only set `aggregate_usage` when `usage_type=metered`.",
                             param=f"{param}[aggregate_usage]")
    return {
        "recurring_interval": interval.unit,
        "recurring_interval_count": interval.count,
        "recurring_usage_type": usage_type,
        "recurring_aggregate_usage": (aggregate_usage or "sum") if usage_type == "metered" else None,
        "recurring_trial_period_days": values.get("trial_period_days"),
    }


def _amounts(values: Mapping[str, Any], *, recurring: bool) -> dict[str, Any]:
    """The columns that say what is charged."""
    scheme = values.get("billing_scheme", "per_unit")
    given = [name for name in ("unit_amount", "unit_amount_decimal", "custom_unit_amount", "tiers")
             if values.get(name) is not None]
    if len(given) > 1:
        raise _exclusive(*given)
    columns = {"billing_scheme": scheme, "transform_quantity": values.get("transform_quantity")}
    if scheme == "tiered":
        return columns | _tiered(values, given, recurring=recurring)
    for name in ("tiers", "tiers_mode"):
        if values.get(name):
            # Our choice: the words.
            raise InvalidRequest(f"You can only set `{name}` when `billing_scheme=tiered`.", param=name)
    if values.get("custom_unit_amount"):
        if recurring:
            # Our choice: the words; the caller of a recurring price cannot choose its amount each time.
            raise InvalidRequest("Prices with `type=recurring` are not supported with `custom_unit_amount`.",
                                 param="custom_unit_amount")
        return columns | {"custom_unit_amount": _custom(values["custom_unit_amount"], "custom_unit_amount")}
    if not given:
        raise InvalidRequest("Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.")
    return columns | _pair(values, "unit_amount")


def _tiered(values: Mapping[str, Any], given: list[str], *, recurring: bool) -> dict[str, Any]:
    for name in ("tiers", "tiers_mode"):
        if not values.get(name):
            raise missing_parameter(name)
    if not recurring:
        raise InvalidRequest("Prices with `type=one_time` are not supported with tiered billing.", param="interval")
    if values.get("transform_quantity"):
        raise _exclusive("tiers", "transform_quantity")
    assert given == ["tiers"]
    return {"tiers": _tiers(values["tiers"], "tiers"), "tiers_mode": values["tiers_mode"]}


def _tiers(tiers: list[Mapping[str, Any]], param: str) -> list[dict[str, Any]]:
    """The tiers as stored: bounds in rising order, the last without end."""
    below = 0
    rendered = []
    for index, tier in enumerate(tiers):
        path = f"{param}[{index}]"
        last = index == len(tiers) - 1
        up_to = None if tier["up_to"] == "inf" else tier["up_to"]
        if (up_to is None) != last:
            # Our choice: these words and those below.
            raise InvalidRequest("The last tier, and no other, must have `up_to` set to `inf`.", param=f"{path}[up_to]")
        if up_to is not None and up_to <= below:
            raise InvalidRequest("Each tier's `up_to` must be greater than that of the tier before it.",
                                 param=f"{path}[up_to]")
        below = up_to or below
        amounts = _pair(tier, "flat_amount", path) | _pair(tier, "unit_amount", path)
        if amounts["flat_amount_decimal"] is None and amounts["unit_amount_decimal"] is None:
            raise InvalidRequest("Each tier needs a `unit_amount` or a `flat_amount`.", param=path)
        rendered.append(amounts | {"up_to": up_to})
    return rendered


def _custom(values: Mapping[str, Any], param: str) -> dict[str, Any] | None:
    if not values["enabled"]:
        raise InvalidRequest("Invalid custom_unit_amount[enabled]: must be true", param=f"{param}[enabled]")
    bounds: dict[str, Any] = {name: values.get(name) for name in ("maximum", "minimum", "preset")}
    known = [bounds[name] for name in ("minimum", "preset", "maximum") if bounds[name] is not None]
    if known != sorted(known):
        # Our choice: the words.
        raise InvalidRequest("The preset must lie between the minimum and the maximum.", param=param)
    return bounds


def _pair(values: Mapping[str, Any], name: str, path: str = "") -> dict[str, Any]:
    """`unit_amount` and `unit_amount_decimal`, whichever of them was given; the former is null for fractions."""
    decimal = f"{name}_decimal"
    if values.get(name) is not None and values.get(decimal) is not None:
        raise _exclusive(f"{path}[{name}]", f"{path}[{decimal}]")
    number = values.get(decimal, values.get(name))
    if number is None:
        return {name: None, decimal: None}
    number = Decimal(number)
    whole = number == number.to_integral_value()
    return {name: int(number) if whole else None, decimal: decimal_string(number)}


def _options(price: Price, others: Mapping[str, Any]) -> dict[str, Any]:
    """`currency_options` as rendered: that of the price's own currency, and `others`."""
    own = {"custom_unit_amount": price.custom_unit_amount, "tax_behavior": price.tax_behavior,
           "unit_amount": price.unit_amount, "unit_amount_decimal": price.unit_amount_decimal}
    return dict(sorted({**others, price.currency: own | ({"tiers": price.tiers} if price.tiers else {})}.items()))


def _sent_options(price: Price, values: Mapping[str, Any]) -> dict[str, Any]:
    return {currency: _option(price, currency, option)
            for currency, option in values.get("currency_options", {}).items()}


def _option(price: Price, currency: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """One of the `currency_options` that were sent, as rendered."""
    path = f"currency_options[{currency}]"
    if currency == price.currency:
        raise InvalidRequest(
            "You are specifying a currency option that matches the top-level currency for this price. Please remove "
            "this currency option and it will be added automatically on creation.", param=path)
    if currency not in SUPPORTED:
        raise InvalidRequest(f"Invalid currency: {currency}. Stripe currently supports these currencies: "
                             f"{', '.join(SUPPORTED)}", param="currency_options")
    custom = values.get("custom_unit_amount")
    option = {"custom_unit_amount": custom and _custom(custom, f"{path}[custom_unit_amount]"),
              "tax_behavior": values.get("tax_behavior", "unspecified"), **_pair(values, "unit_amount", path)}
    if price.tiers:
        if not values.get("tiers"):
            raise missing_parameter(f"{path}[tiers]")
        return option | {"tiers": _tiers(values["tiers"], f"{path}[tiers]")}
    if not custom and option["unit_amount_decimal"] is None:
        raise missing_parameter(f"{path}[unit_amount]")
    return option


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


def _tier_of(tier: Mapping[str, Any]) -> Tier:
    return Tier(tier["up_to"], Decimal(tier["unit_amount_decimal"] or 0), Decimal(tier["flat_amount_decimal"] or 0))


def _exclusive(*names: str) -> InvalidRequest:
    return InvalidRequest(f"You may only specify one of these parameters: {', '.join(names)}.", param=names[0])
