"""What callers ask of items: each element of `items[]` and `add_invoice_items[]`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.context import Context
from app.domain.metadata import merged
from app.domain.tiers import amount_of
from app.errors import InvalidRequest, missing_parameter
from app.resources.prices.operations import check_amount, check_offered, find_price, price_from_data, terms_of
from app.resources.prices.tables import Price
from app.resources.subscriptions.operations.changing import items_in_force
from app.resources.subscriptions.operations.terms import ItemSpec, is_metered
from app.resources.subscriptions.tables import Subscription, SubscriptionItem
from app.resources.tax_rates.operations import find_tax_rates
from app.resources.usage_records import operations as usage


def item_spec(ctx: Context, values: Mapping[str, Any], param: str) -> ItemSpec:
    """What a new item is to be, from `price` or `price_data`."""
    return ItemSpec(price=_price(ctx, values, param), quantity=values.get("quantity"),
                    tax_rates=rate_ids(ctx, values.get("tax_rates"), f"{param}[tax_rates]"),
                    billing_thresholds=values.get("billing_thresholds"), metadata=plain_metadata(values.get("metadata")))


def added_item(ctx: Context, values: Mapping[str, Any], currency: str, param: str) -> dict[str, Any]:
    """The arguments of the pending item that an element of `add_invoice_items` makes, in the subscription's currency."""
    if "price" in values and "price_data" in values:
        raise InvalidRequest(f"You may only specify one of these parameters: {param}[price], {param}[price_data].")
    if "price_data" in values:
        price = price_from_data(ctx, values["price_data"], recurring_required=False, param=f"{param}[price_data]")
    elif "price" in values:
        price = find_price(ctx, values["price"], param=f"{param}[price]", type="one_time")
    else:
        raise missing_parameter(f"{param}[price]")
    quantity = values.get("quantity", 1)
    check_offered(price, currency, param=f"{param}[price]")
    check_amount(price, quantity, currency, param=f"{param}[quantity]")
    ctx.session.load([price], "product")
    return {"amount": amount_of(terms_of(price, currency), quantity), "currency": currency, "description": price.product.name,
            "price": price, "quantity": quantity, "tax_rates": rate_ids(ctx, values.get("tax_rates"), f"{param}[tax_rates]")}


def _price(ctx: Context, values: Mapping[str, Any], param: str) -> Price:
    if "price" in values and "price_data" in values:
        raise InvalidRequest(f"You may only specify one of these parameters: {param}[price], {param}[price_data].")
    if "price_data" in values:
        return price_from_data(ctx, values["price_data"], recurring_required=True, param=f"{param}[price_data]")
    if "price" not in values:
        raise missing_parameter(f"{param}[price]")
    return find_price(ctx, values["price"], param=f"{param}[price]", type="recurring")


def changed_items(ctx: Context, subscription: Subscription, elements: Sequence[Mapping[str, Any]]) -> list[ItemSpec]:
    """The complete items after the elements of `items[]`: those not mentioned stay."""
    specs = {spec.id: spec for spec in items_in_force(subscription)}
    rows = {item.id: item for item in subscription.items}
    added = []
    for index, values in enumerate(elements):
        param = f"items[{index}]"
        id = values.get("id")
        if id is None:
            added.append(item_spec(ctx, values, param))
            check_offered(added[-1].price, subscription.currency, param=f"{param}[price]")
            continue
        if id not in rows:
            raise InvalidRequest(f"No subscription item with this ID ({id}) on the subscription.", param=f"{param}[id]")
        if values.get("deleted"):
            _check_removal(ctx, rows[id], clear_usage=values.get("clear_usage", False), param=param)
            del specs[id]
        else:
            specs[id] = _changed_spec(ctx, specs[id], values, subscription.currency, param)
    if not specs and not added:
        raise InvalidRequest("A subscription must have at least one active plan.", param="items")
    return [*specs.values(), *added]


def _changed_spec(ctx: Context, spec: ItemSpec, values: Mapping[str, Any], currency: str, param: str) -> ItemSpec:
    if "price" in values or "price_data" in values:
        price = spec.price if values.get("price") == spec.price.id else _price(ctx, values, param)
        if price.id != spec.price.id:
            check_offered(price, currency, param=f"{param}[price]")
            # Stripe: changing the price without a quantity resets the quantity to 1 (behaviour reference, 3.6).
            spec.price, spec.quantity = price, None
    if "quantity" in values:
        spec.quantity = values["quantity"]
    if "tax_rates" in values:
        spec.tax_rates = rate_ids(ctx, values["tax_rates"], f"{param}[tax_rates]")
    if "billing_thresholds" in values:
        spec.billing_thresholds = values["billing_thresholds"]
    if "metadata" in values:
        spec.metadata = plain_metadata(values["metadata"], spec.metadata)
    return spec


def _check_removal(ctx: Context, item: SubscriptionItem, *, clear_usage: bool, param: str) -> None:
    if is_metered(item.price) and not clear_usage and usage.has_open_usage(ctx, item):
        # Our choice: the wording; that it is refused is published.
        raise InvalidRequest(
            f"Subscription item {item.id} cannot be deleted because it has usage in the current period. Pass "
            "clear_usage=true to delete it with its usage.", param=f"{param}[clear_usage]")


def rate_ids(ctx: Context, ids: list[str] | None, param: str) -> list[str]:
    """The ids of tax rates that are all there and active."""
    return [rate.id for rate in find_tax_rates(ctx, ids, param=param)] if ids else []


def plain_metadata(metadata: Mapping[str, str | None] | None, present: Mapping[str, str] | None = None) -> dict[str, str]:
    """Metadata of a new object, or `present` with the change."""
    return merged(present or {}, metadata) if metadata else {}
