"""From the parameters of a price to its columns: what is charged, how often, and in which currencies."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.domain.currencies import SUPPORTED
from app.domain.money import decimal_string
from app.domain.periods import Interval, within_a_year
from app.errors import InvalidRequest, missing_parameter
from app.resources.prices.tables import Price


def recurring_columns(values: Mapping[str, Any] | None, param: str = "recurring") -> dict[str, Any]:
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


def amount_columns(values: Mapping[str, Any], *, recurring: bool) -> dict[str, Any]:
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


def currency_options(price: Price, others: Mapping[str, Any]) -> dict[str, Any]:
    """`currency_options` as rendered: that of the price's own currency, and `others`."""
    own = {"custom_unit_amount": price.custom_unit_amount, "tax_behavior": price.tax_behavior,
           "unit_amount": price.unit_amount, "unit_amount_decimal": price.unit_amount_decimal}
    return dict(sorted({**others, price.currency: own | ({"tiers": price.tiers} if price.tiers else {})}.items()))


def sent_options(price: Price, values: Mapping[str, Any]) -> dict[str, Any]:
    """The `currency_options` among the parameters, as rendered; one that the price has keeps what is not sent of it.

    Raises InvalidRequest for one that lacks its amount, and for a tax behavior that was settled otherwise before.
    """
    present = price.currency_options or {}
    return {currency: _option(price, currency, option, present.get(currency))
            for currency, option in values.get("currency_options", {}).items()}


def check_tax_behavior(before: str, wanted: str, param: str) -> None:
    """Raises where a tax behavior is to change that is not `unspecified` any more."""
    if before not in ("unspecified", wanted):
        # Our choice: the words; the reference says that only `unspecified` can be changed.
        raise InvalidRequest("The `tax_behavior` of a price cannot be changed once it is set to `inclusive` or "
                             "`exclusive`.", param=param)


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


def _option(price: Price, currency: str, values: Mapping[str, Any], present: Mapping[str, Any] | None) -> dict[str, Any]:
    """One of the `currency_options` that were sent, as rendered."""
    path = f"currency_options[{currency}]"
    if currency == price.currency:
        raise InvalidRequest(
            "You are specifying a currency option that matches the top-level currency for this price. Please remove "
            "this currency option and it will be added automatically on creation.", param=path)
    if currency not in SUPPORTED:
        raise InvalidRequest(f"Invalid currency: {currency}. Stripe currently supports these currencies: "
                             f"{', '.join(SUPPORTED)}", param="currency_options")
    known = present or {"tax_behavior": "unspecified"}
    behavior = {"tax_behavior": values.get("tax_behavior", known["tax_behavior"])}
    check_tax_behavior(known["tax_behavior"], behavior["tax_behavior"], f"{path}[tax_behavior]")
    given = [name for name in ("unit_amount", "unit_amount_decimal", "custom_unit_amount", "tiers") if values.get(name)
             is not None]
    if len(given) > 1:
        raise _exclusive(*(f"{path}[{name}]" for name in given))
    if present is not None and not given:
        return {**present, **behavior}
    custom = values.get("custom_unit_amount")
    option = {"custom_unit_amount": custom and _custom(custom, f"{path}[custom_unit_amount]"), **behavior,
              **_pair(values, "unit_amount", path)}
    if price.tiers:
        if not values.get("tiers"):
            raise missing_parameter(f"{path}[tiers]")
        return option | {"tiers": _tiers(values["tiers"], f"{path}[tiers]")}
    if values.get("tiers"):
        # Our choice: the words.
        raise InvalidRequest("You can only set `tiers` when `billing_scheme=tiered`.", param=f"{path}[tiers]")
    if not custom and option["unit_amount_decimal"] is None:
        raise missing_parameter(f"{path}[unit_amount]")
    return option


def _exclusive(*names: str) -> InvalidRequest:
    return InvalidRequest(f"You may only specify one of these parameters: {', '.join(names)}.", param=names[0])
