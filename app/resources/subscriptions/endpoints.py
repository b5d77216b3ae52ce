"""The routes of subscriptions and subscription items."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from sqlalchemy import bindparam, select

from app.context import Context
from app.errors import InvalidRequest, no_such
from app.resources.coupons.tables import Discount
from app.resources.customers.tables import Customer
from app.resources.subscriptions import operations
from app.resources.subscriptions.params import (
    CustomerSubscriptionCreate,
    SubscriptionCancel,
    SubscriptionCreate,
    SubscriptionItemCreate,
    SubscriptionItemDelete,
    SubscriptionItemList,
    SubscriptionItemUpdate,
    SubscriptionList,
    SubscriptionUpdate,
)
from app.resources.subscriptions.tables import Subscription, SubscriptionItem
from app.wire.endpoint import endpoint
from app.wire.pagination import IS_NULL, Page, list_page
from app.wire.params import ListParams, Params, RetrieveParams
from app.wire.search import Numeric, Searchable, SearchPage, SearchParams, Token, search_page

blueprint = Blueprint("subscriptions", __name__)

_SEARCHABLE = Searchable(Subscription, "subscriptions", {
    "canceled_at": Numeric(Subscription.canceled_at),
    "status": Token(Subscription.status, case="lower"),
})

ENDED = ("canceled", "incomplete_expired")
GOING_ON = ("trialing", "active", "past_due", "unpaid", "incomplete")


_HAS_PRICE = select(SubscriptionItem.id).where(
    SubscriptionItem.account_id == Subscription.account_id, SubscriptionItem.subscription_id == Subscription.id,
    SubscriptionItem.price_id == bindparam("price_id")).exists()


@blueprint.post("/v1/subscriptions")
@endpoint(SubscriptionCreate)
def create_subscription(ctx: Context, params: dict[str, Any]) -> Subscription:
    """POST /v1/subscriptions"""
    return operations.create_subscription(ctx, params)


@blueprint.get("/v1/subscriptions")
@endpoint(SubscriptionList)
def list_subscriptions(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/subscriptions: without `status`, those that have not ended."""
    status = params.get("status")
    wanted: Any = {None: list(GOING_ON), "all": None, "ended": list(ENDED)}.get(status, status)
    on_clock: Any = params.get("test_clock")
    if on_clock is None and "customer" not in params:
        on_clock = IS_NULL
    filters = {
        "customer": (Subscription.customer_id, params.get("customer")),
        "test_clock": (Subscription.test_clock_id, on_clock),
        "status": (Subscription.status, wanted),
        "collection_method": (Subscription.collection_method, params.get("collection_method")),
        **{name: (getattr(Subscription, name), params.get(name))
           for name in ("created", "current_period_end", "current_period_start")},
    }
    price = params.get("price")
    return list_page(ctx, Subscription, params, "/v1/subscriptions", filters=filters,
                     where=None if price is None else ("price", _HAS_PRICE),
                     where_values=None if price is None else {"price_id": price})


@blueprint.get(_SEARCHABLE.url)
@endpoint(SearchParams)
def search_subscriptions(ctx: Context, params: dict[str, Any]) -> SearchPage:
    """GET /v1/subscriptions/search"""
    return search_page(ctx, _SEARCHABLE, params)


@blueprint.get("/v1/subscriptions/<id>")
@endpoint(RetrieveParams)
def retrieve_subscription(ctx: Context, params: dict[str, Any], id: str) -> Subscription:
    """GET /v1/subscriptions/:id"""
    return ctx.find(Subscription, id)


@blueprint.post("/v1/subscriptions/<id>")
@endpoint(SubscriptionUpdate)
def update_subscription(ctx: Context, params: dict[str, Any], id: str) -> Subscription:
    """POST /v1/subscriptions/:id"""
    return operations.update_subscription(ctx, ctx.find(Subscription, id), params)


@blueprint.delete("/v1/subscriptions/<id>")
@endpoint(SubscriptionCancel)
def cancel_subscription(ctx: Context, params: dict[str, Any], id: str) -> Subscription:
    """DELETE /v1/subscriptions/:id: ends it now and answers the whole object."""
    return _cancel(ctx, ctx.find(Subscription, id), params)


@blueprint.delete("/v1/subscriptions/<id>/discount")
@endpoint(Params)
def delete_subscription_discount(ctx: Context, params: dict[str, Any], id: str) -> dict[str, Any]:
    """DELETE /v1/subscriptions/:id/discount"""
    return operations.remove_discount(ctx, ctx.find(Subscription, id))


@blueprint.post("/v1/customers/<customer>/subscriptions")
@endpoint(CustomerSubscriptionCreate)
def create_subscription_of_customer(ctx: Context, params: dict[str, Any], customer: str) -> Subscription:
    """POST /v1/customers/:customer/subscriptions"""
    return operations.create_subscription(ctx, params | {"customer": ctx.find(Customer, customer).id})


@blueprint.get("/v1/customers/<customer>/subscriptions")
@endpoint(ListParams)
def list_subscriptions_of_customer(ctx: Context, params: dict[str, Any], customer: str) -> Page:
    """GET /v1/customers/:customer/subscriptions: those that have not ended."""
    filters: dict[str, Any] = {"customer": (Subscription.customer_id, ctx.find(Customer, customer).id),
                               "status": (Subscription.status, list(GOING_ON))}
    return list_page(ctx, Subscription, params, f"/v1/customers/{customer}/subscriptions", filters=filters)


@blueprint.get("/v1/customers/<customer>/subscriptions/<id>")
@endpoint(RetrieveParams)
def retrieve_subscription_of_customer(ctx: Context, params: dict[str, Any], customer: str, id: str) -> Subscription:
    """GET /v1/customers/:customer/subscriptions/:id"""
    return _of_customer(ctx, customer, id)


@blueprint.post("/v1/customers/<customer>/subscriptions/<id>")
@endpoint(SubscriptionUpdate)
def update_subscription_of_customer(ctx: Context, params: dict[str, Any], customer: str, id: str) -> Subscription:
    """POST /v1/customers/:customer/subscriptions/:id"""
    return operations.update_subscription(ctx, _of_customer(ctx, customer, id), params)


@blueprint.delete("/v1/customers/<customer>/subscriptions/<id>")
@endpoint(SubscriptionCancel)
def cancel_subscription_of_customer(ctx: Context, params: dict[str, Any], customer: str, id: str) -> Subscription:
    """DELETE /v1/customers/:customer/subscriptions/:id"""
    return _cancel(ctx, _of_customer(ctx, customer, id), params)


@blueprint.get("/v1/customers/<customer>/subscriptions/<id>/discount")
@endpoint(RetrieveParams)
def retrieve_discount_of_customers_subscription(ctx: Context, params: dict[str, Any], customer: str, id: str) -> Discount:
    """GET /v1/customers/:customer/subscriptions/:id/discount"""
    return operations.own_discount(ctx, _of_customer(ctx, customer, id))


@blueprint.delete("/v1/customers/<customer>/subscriptions/<id>/discount")
@endpoint(Params)
def delete_discount_of_customers_subscription(ctx: Context, params: dict[str, Any], customer: str,
                                              id: str) -> dict[str, Any]:
    """DELETE /v1/customers/:customer/subscriptions/:id/discount"""
    return operations.remove_discount(ctx, _of_customer(ctx, customer, id))


@blueprint.post("/v1/subscription_items")
@endpoint(SubscriptionItemCreate)
def create_subscription_item(ctx: Context, params: dict[str, Any]) -> SubscriptionItem | dict[str, Any]:
    """POST /v1/subscription_items"""
    subscription = ctx.find(Subscription, params["subscription"], param="subscription")
    return operations.create_item(ctx, subscription, params)


@blueprint.get("/v1/subscription_items")
@endpoint(SubscriptionItemList)
def list_subscription_items(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/subscription_items"""
    subscription = ctx.find(Subscription, params["subscription"], param="subscription")
    filters = {"subscription": (SubscriptionItem.subscription_id, subscription.id)}
    return list_page(ctx, SubscriptionItem, params, f"/v1/subscription_items?subscription={subscription.id}", filters=filters)


@blueprint.get("/v1/subscription_items/<id>")
@endpoint(RetrieveParams)
def retrieve_subscription_item(ctx: Context, params: dict[str, Any], id: str) -> SubscriptionItem:
    """GET /v1/subscription_items/:id"""
    return _item(ctx, id)[1]


@blueprint.post("/v1/subscription_items/<id>")
@endpoint(SubscriptionItemUpdate)
def update_subscription_item(ctx: Context, params: dict[str, Any], id: str) -> SubscriptionItem:
    """POST /v1/subscription_items/:id"""
    subscription, item = _item(ctx, id)
    return operations.update_item(ctx, subscription, item, params)


@blueprint.delete("/v1/subscription_items/<id>")
@endpoint(SubscriptionItemDelete)
def delete_subscription_item(ctx: Context, params: dict[str, Any], id: str) -> dict[str, Any]:
    """DELETE /v1/subscription_items/:id"""
    subscription, item = _item(ctx, id)
    return operations.delete_item(ctx, subscription, item, params)


def _cancel(ctx: Context, subscription: Subscription, params: dict[str, Any]) -> Subscription:
    operations.cancel_subscription(ctx, subscription, invoice_now=params.get("invoice_now", False),
                                   prorate=params.get("prorate", False))
    return subscription


def _of_customer(ctx: Context, customer: str, id: str) -> Subscription:
    """The customer's subscription; another's is not found."""
    subscription = ctx.find(Subscription, id)
    if subscription.customer_id != ctx.find(Customer, customer).id:
        raise no_such("subscription", id, param="id")
    return subscription


def _item(ctx: Context, id: str) -> tuple[Subscription, SubscriptionItem]:
    """The item, with the context on its subscription's clock."""
    item = ctx.get(SubscriptionItem, id)
    if item is None:
        raise InvalidRequest(f"Invalid subscription_item id: {id}", status=404, param="id")
    return ctx.find(Subscription, item.subscription_id), item
