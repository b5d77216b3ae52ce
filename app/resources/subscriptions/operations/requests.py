"""What callers ask of subscriptions, in terms of what can happen to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.context import Context
from app.domain.metadata import merged
from app.domain.money import decimal_string
from app.domain.periods import next_boundary
from app.domain.tiers import amount_of
from app.errors import InvalidRequest, missing_parameter
from app.events.emit import tracked
from app.resources.customers.tables import Customer
from app.resources.invoices.operations import add_pending_item
from app.resources.payment_methods.operations import use_payment_method
from app.resources.prices.operations import check_amount, find_price, price_from_data, terms_of
from app.resources.prices.tables import Price
from app.resources.subscriptions.operations.changing import Change, apply_change, items_in_force, terms_in_force
from app.resources.subscriptions.operations.ending import cancel_at_period_end, set_cancel_at
from app.resources.subscriptions.operations.starting import check_count, start_subscription
from app.resources.subscriptions.operations.terms import ItemSpec, Terms, check_items, is_metered
from app.resources.subscriptions.tables import Subscription, SubscriptionItem
from app.resources.tax_rates.operations import find_tax_rates
from app.resources.usage_records import operations as usage

TRIAL_YEARS_MAX_S = 2 * 366 * 86_400
DAY = 86_400


def create_subscription(ctx: Context, values: Mapping[str, Any], *, keep_draft: bool = False) -> Subscription:
    """Start a subscription as the parameters of POST /v1/subscriptions say.

    With `keep_draft` its first invoice is only to be looked at, and stays a draft.
    """
    customer = ctx.find(Customer, values["customer"], param="customer")
    if not values.get("items"):
        raise missing_parameter("items")
    check_count(ctx, customer)
    specs = [item_spec(ctx, item, f"items[{index}]") for index, item in enumerate(values["items"])]
    interval, currency = check_items(specs)
    if values.get("currency", currency) != currency:
        raise InvalidRequest(f"The price specified only supports `{currency}`. This doesn't match the expected currency: "
                             f"`{values['currency']}`.", param="currency")
    if values.get("payment_behavior") == "pending_if_incomplete":
        raise InvalidRequest("`pending_if_incomplete` can only be used when updating a subscription.",
                             param="payment_behavior")
    terms = _terms(ctx, customer, Terms(), values)
    trial_end = _trial_end(ctx, values, specs)
    anchor = values.get("billing_cycle_anchor")
    if anchor is not None:
        first = trial_end if trial_end is not None else ctx.now
        if anchor <= ctx.now:
            raise InvalidRequest("billing_cycle_anchor must be in the future.", param="billing_cycle_anchor")
        natural = next_boundary(first, interval, first)
        if anchor > natural:
            raise InvalidRequest(f"billing_cycle_anchor cannot be later than next natural billing date ({natural}) for plan.",
                                 param="billing_cycle_anchor")
    if "cancel_at" in values:
        if values.get("cancel_at_period_end"):
            raise _cancel_conflict()
        _check_cancel_at(ctx, values["cancel_at"])
    backdate = values.get("backdate_start_date")
    if backdate is not None and backdate > ctx.now:
        raise InvalidRequest("backdate_start_date must be in the past.", param="backdate_start_date")
    return start_subscription(
        ctx, customer, specs, terms, start_date=backdate, anchor=anchor, trial_end=trial_end,
        proration_behavior=values.get("proration_behavior", "create_prorations"), metadata=_plain(values.get("metadata")),
        first_invoice="draft" if keep_draft else "finalize",
        add_items=[added_item(ctx, item, f"add_invoice_items[{index}]")
                   for index, item in enumerate(values.get("add_invoice_items", ()))],
        payment_behavior=values.get("payment_behavior", "allow_incomplete"), cancel_at=values.get("cancel_at"),
        cancel_at_period_end=values.get("cancel_at_period_end", False), off_session=values.get("off_session", False))


def update_subscription(ctx: Context, subscription: Subscription, values: Mapping[str, Any], *,
                        keep_draft: bool = False) -> Subscription:
    """Change a subscription as the parameters of POST /v1/subscriptions/:id say.

    With `keep_draft` an invoice that the change causes is only to be looked at, and stays a draft.
    """
    if subscription.status in ("canceled", "incomplete_expired") and values.keys() - {"metadata"}:
        raise InvalidRequest("A canceled subscription can only update its metadata.")
    if subscription.status == "incomplete" and values.keys() - {"metadata", "default_payment_method"}:
        raise InvalidRequest("You cannot update a subscription in `incomplete` status in a way that results in new invoices. "
                             "Only metadata and default payment methods can be updated.")
    if subscription.schedule_id is not None and {"cancel_at", "cancel_at_period_end"} & values.keys():
        raise InvalidRequest(
            f"The subscription is managed by the subscription schedule `{subscription.schedule_id}`, and updating any "
            "cancelation behavior directly is not allowed. Please update the schedule instead.")
    if values.get("cancel_at") is not None and values.get("cancel_at_period_end"):
        raise _cancel_conflict()
    if values.get("payment_behavior") == "pending_if_incomplete":
        raise InvalidRequest("Pending updates are not simulated yet: use another payment_behavior.",
                             param="payment_behavior")
    ctx.session.load([subscription], "customer")
    ctx.session.load([subscription], "items.price.product")
    change = Change(
        proration_behavior=values.get("proration_behavior", "create_prorations"),
        proration_date=values.get("proration_date"), reset_anchor=values.get("billing_cycle_anchor") == "now",
        metadata=values.get("metadata"), payment_behavior=values.get("payment_behavior", "allow_incomplete"),
        off_session=values.get("off_session", False), draft_invoice=keep_draft)
    if values.get("items"):
        change.items = _changed_items(ctx, subscription, values["items"])
    terms = terms_in_force(ctx, subscription)
    changed = _terms(ctx, subscription.customer, terms_in_force(ctx, subscription), values)
    if changed != terms:
        change.terms = changed
    if "trial_end" in values:
        change.trial_end = ctx.now if values["trial_end"] == "now" else _checked_trial_end(ctx, values["trial_end"])
    for index, item in enumerate(values.get("add_invoice_items", ())):
        add_pending_item(ctx, subscription.customer_id, subscription_id=subscription.id,
                         **added_item(ctx, item, f"add_invoice_items[{index}]"))
    with tracked(ctx, subscription, "customer.subscription.updated"):
        apply_change(ctx, subscription, change, announce=False)
        if "cancel_at" in values:
            if values["cancel_at"] is not None:
                _check_cancel_at(ctx, values["cancel_at"])
            set_cancel_at(ctx, subscription, values["cancel_at"], proration_behavior=change.proration_behavior)
        if "cancel_at_period_end" in values:
            cancel_at_period_end(ctx, subscription, values["cancel_at_period_end"],
                                 proration_behavior=change.proration_behavior)
    return subscription


def create_item(ctx: Context, subscription: Subscription, values: Mapping[str, Any]) -> SubscriptionItem:
    """Add one item, as POST /v1/subscription_items says."""
    ctx.session.load([subscription], "items.price.product")
    known = {item.id for item in subscription.items}
    update_subscription(ctx, subscription, _as_update(values, [_item_values(values)]))
    return next(item for item in subscription.items if item.id not in known)


def update_item(ctx: Context, subscription: Subscription, item: SubscriptionItem, values: Mapping[str, Any]) -> SubscriptionItem:
    """Change one item, as POST /v1/subscription_items/:id says."""
    update_subscription(ctx, subscription, _as_update(values, [{"id": item.id} | _item_values(values)]))
    return item


def delete_item(ctx: Context, subscription: Subscription, item: SubscriptionItem, values: Mapping[str, Any]) -> dict[str, Any]:
    """Remove one item, as DELETE /v1/subscription_items/:id says."""
    gone = {"id": item.id, "deleted": True, "clear_usage": values.get("clear_usage", False)}
    update_subscription(ctx, subscription, _as_update(values, [gone]))
    return {"id": item.id, "object": SubscriptionItem.object_name, "deleted": True}


def item_spec(ctx: Context, values: Mapping[str, Any], param: str) -> ItemSpec:
    """What a new item is to be, from `price` or `price_data`."""
    return ItemSpec(price=_price(ctx, values, param), quantity=values.get("quantity"),
                    tax_rates=_tax_rates(ctx, values.get("tax_rates"), f"{param}[tax_rates]"),
                    billing_thresholds=values.get("billing_thresholds"), metadata=_plain(values.get("metadata")))


def added_item(ctx: Context, values: Mapping[str, Any], param: str) -> dict[str, Any]:
    """The arguments of the pending item that an element of `add_invoice_items` makes."""
    if "price" in values and "price_data" in values:
        raise InvalidRequest(f"You may only specify one of these parameters: {param}[price], {param}[price_data].")
    if "price_data" in values:
        price = price_from_data(ctx, values["price_data"], recurring_required=False, param=f"{param}[price_data]")
    elif "price" in values:
        price = find_price(ctx, values["price"], param=f"{param}[price]", type="one_time")
    else:
        raise missing_parameter(f"{param}[price]")
    quantity = values.get("quantity", 1)
    check_amount(price, quantity, param=f"{param}[quantity]")
    ctx.session.load([price], "product")
    return {"amount": amount_of(terms_of(price), quantity), "currency": price.currency, "description": price.product.name,
            "price": price, "quantity": quantity, "tax_rates": _tax_rates(ctx, values.get("tax_rates"), f"{param}[tax_rates]")}


def _price(ctx: Context, values: Mapping[str, Any], param: str) -> Price:
    if "price" in values and "price_data" in values:
        raise InvalidRequest(f"You may only specify one of these parameters: {param}[price], {param}[price_data].")
    if "price_data" in values:
        return price_from_data(ctx, values["price_data"], recurring_required=True, param=f"{param}[price_data]")
    if "price" not in values:
        raise missing_parameter(f"{param}[price]")
    return find_price(ctx, values["price"], param=f"{param}[price]", type="recurring")


def _changed_items(ctx: Context, subscription: Subscription, elements: Sequence[Mapping[str, Any]]) -> list[ItemSpec]:
    """The complete items after the elements of `items[]`: those not mentioned stay."""
    specs = {spec.id: spec for spec in items_in_force(subscription)}
    rows = {item.id: item for item in subscription.items}
    added = []
    for index, values in enumerate(elements):
        param = f"items[{index}]"
        id = values.get("id")
        if id is None:
            added.append(item_spec(ctx, values, param))
            continue
        if id not in rows:
            raise InvalidRequest(f"No subscription item with this ID ({id}) on the subscription.", param=f"{param}[id]")
        if values.get("deleted"):
            _check_removal(ctx, rows[id], clear_usage=values.get("clear_usage", False), param=param)
            del specs[id]
        else:
            specs[id] = _changed_spec(ctx, specs[id], values, param)
    if not specs and not added:
        raise InvalidRequest("A subscription must have at least one active plan.", param="items")
    return [*specs.values(), *added]


def _changed_spec(ctx: Context, spec: ItemSpec, values: Mapping[str, Any], param: str) -> ItemSpec:
    if "price" in values or "price_data" in values:
        price = spec.price if values.get("price") == spec.price.id else _price(ctx, values, param)
        if price.id != spec.price.id:
            # Stripe: changing the price without a quantity resets the quantity to 1 (behaviour reference, 3.6).
            spec.price, spec.quantity = price, None
    if "quantity" in values:
        spec.quantity = values["quantity"]
    if "tax_rates" in values:
        spec.tax_rates = _tax_rates(ctx, values["tax_rates"], f"{param}[tax_rates]")
    if "billing_thresholds" in values:
        spec.billing_thresholds = values["billing_thresholds"]
    if "metadata" in values:
        spec.metadata = _plain(values["metadata"], spec.metadata)
    return spec


def _check_removal(ctx: Context, item: SubscriptionItem, *, clear_usage: bool, param: str) -> None:
    if is_metered(item.price) and not clear_usage and usage.has_open_usage(ctx, item):
        # Our choice: the wording; that it is refused is published.
        raise InvalidRequest(
            f"Subscription item {item.id} cannot be deleted because it has usage in the current period. Pass "
            "clear_usage=true to delete it with its usage.", param=f"{param}[clear_usage]")


def _terms(ctx: Context, customer: Customer, terms: Terms, values: Mapping[str, Any]) -> Terms:
    """`terms` with what the parameters change."""
    for name in ("collection_method", "description"):
        if name in values:
            setattr(terms, name, values[name])
    if "billing_thresholds" in values:
        given = values["billing_thresholds"]
        terms.billing_thresholds = None if given is None else {"amount_gte": None, "reset_billing_cycle_anchor": None} | given
    if "days_until_due" in values:
        terms.days_until_due = values["days_until_due"]
    if "application_fee_percent" in values:
        terms.application_fee_percent = decimal_string(values["application_fee_percent"])
    if "automatic_tax" in values:
        terms.automatic_tax_enabled = values["automatic_tax"]["enabled"]
    if "default_tax_rates" in values:
        terms.default_tax_rates = _tax_rates(ctx, values["default_tax_rates"], "default_tax_rates")
    if "default_payment_method" in values:
        method = values["default_payment_method"]
        terms.default_payment_method_id = None if method is None else use_payment_method(
            ctx, method, customer=customer, param="default_payment_method").id
    if "coupon" in values:
        terms.coupon_id = values["coupon"]
    check_collection(customer, terms)
    return terms


def check_collection(customer: Customer, terms: Terms) -> None:
    """Raises when the way of collecting and its details do not go together."""
    if terms.collection_method == "charge_automatically":
        if terms.days_until_due is not None:
            raise InvalidRequest("You can only set `days_until_due` if `collection_method` is `send_invoice`.",
                                 param="days_until_due")
    else:
        if terms.days_until_due is None:
            raise missing_parameter("days_until_due")
        if not customer.email:
            raise InvalidRequest("Missing email. In order to create invoices that are sent to the customer, the customer must "
                                 "have a valid email.")


def _tax_rates(ctx: Context, ids: list[str] | None, param: str) -> list[str]:
    return [rate.id for rate in find_tax_rates(ctx, ids, param=param)] if ids else []


def _trial_end(ctx: Context, values: Mapping[str, Any], specs: Sequence[ItemSpec]) -> int | None:
    if values.get("trial_from_plan") and ("trial_end" in values or "trial_period_days" in values):
        raise InvalidRequest("You may only specify one of these parameters: trial_end, trial_from_plan.")
    if "trial_end" in values:
        return None if values["trial_end"] == "now" else _checked_trial_end(ctx, values["trial_end"])
    if "trial_period_days" in values:
        return int(ctx.now + values["trial_period_days"] * DAY)
    days = max((spec.price.recurring_trial_period_days or 0 for spec in specs), default=0)
    return ctx.now + days * DAY if values.get("trial_from_plan") and days else None


def _checked_trial_end(ctx: Context, trial_end: int) -> int:
    if trial_end <= ctx.now:
        raise InvalidRequest("Invalid timestamp: must be an integer Unix timestamp in the future", param="trial_end")
    if trial_end > ctx.now + TRIAL_YEARS_MAX_S:
        raise InvalidRequest("Invalid timestamp: can be no more than two years in the future", param="trial_end")
    return trial_end


def _check_cancel_at(ctx: Context, cancel_at: int) -> None:
    if cancel_at <= ctx.now:
        raise InvalidRequest("Invalid timestamp: must be an integer Unix timestamp in the future", param="cancel_at")


def _cancel_conflict() -> InvalidRequest:
    return InvalidRequest("You may only specify one of these parameters: cancel_at, cancel_at_period_end.")


def _item_values(values: Mapping[str, Any]) -> dict[str, Any]:
    names = ("price", "price_data", "quantity", "tax_rates", "billing_thresholds", "metadata")
    return {name: values[name] for name in names if name in values}


def _as_update(values: Mapping[str, Any], items: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("proration_behavior", "proration_date", "payment_behavior")
    return {name: values[name] for name in names if name in values} | {"items": items}


def _plain(metadata: Mapping[str, str | None] | None, present: Mapping[str, str] | None = None) -> dict[str, str]:
    return merged(present or {}, metadata) if metadata else {}
