"""The routes of prices, and of plans: recurring prices in the shape that they had before."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.errors import no_such
from app.resources.prices import operations
from app.resources.prices.params import (
    PlanCreate,
    PlanDelete,
    PlanList,
    PlanUpdate,
    PriceCreate,
    PriceList,
    PriceUpdate,
)
from app.resources.prices.tables import Plan, Price
from app.resources.products.tables import Product
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, list_page
from app.wire.params import RetrieveParams
from app.wire.search import Flag, Searchable, SearchPage, SearchParams, String, Token, search_page

blueprint = Blueprint("prices", __name__)

_SEARCHABLE = Searchable(Price, "prices", {
    "active": Flag(Price.active),
    "currency": Token(Price.currency, case="lower"),
    "lookup_key": String(Price.lookup_key),
    "product": String(Price.product_id, case="exact"),
    "type": Token(Price.type, case="lower"),
}, where=Price.removed.is_(False))


@blueprint.post("/v1/prices")
@endpoint(PriceCreate)
def create_price(ctx: Context, params: dict[str, Any]) -> Price:
    """POST /v1/prices"""
    return operations.create_price(ctx, params)


@blueprint.get("/v1/prices")
@endpoint(PriceList)
def list_prices(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/prices"""
    recurring = params.get("recurring") or {}
    filters = {
        "active": (Price.active, params.get("active")),
        "created": (Price.created, params.get("created")),
        "currency": (Price.currency, params.get("currency")),
        "lookup_keys": (Price.lookup_key, params.get("lookup_keys")),
        "product": (Price.product_id, _product_id(ctx, params)),
        "removed": (Price.removed, False),
        "interval": (Price.recurring_interval, recurring.get("interval")),
        "usage_type": (Price.recurring_usage_type, recurring.get("usage_type")),
        "type": (Price.type, params.get("type")),
    }
    return list_page(ctx, Price, params, "/v1/prices", filters=filters)


@blueprint.get(_SEARCHABLE.url)
@endpoint(SearchParams)
def search_prices(ctx: Context, params: dict[str, Any]) -> SearchPage:
    """GET /v1/prices/search"""
    return search_page(ctx, _SEARCHABLE, params)


@blueprint.get("/v1/prices/<id>")
@endpoint(RetrieveParams)
def retrieve_price(ctx: Context, params: dict[str, Any], id: str) -> Price:
    """GET /v1/prices/:price"""
    return _find_price(ctx, id)


@blueprint.post("/v1/prices/<id>")
@endpoint(PriceUpdate)
def update_price(ctx: Context, params: dict[str, Any], id: str) -> Price:
    """POST /v1/prices/:price"""
    return operations.update_price(ctx, _find_price(ctx, id), params)


@blueprint.post("/v1/plans")
@endpoint(PlanCreate)
def create_plan(ctx: Context, params: dict[str, Any]) -> Plan:
    """POST /v1/plans"""
    return _as_plan(ctx, operations.create_plan(ctx, params))


@blueprint.get("/v1/plans")
@endpoint(PlanList)
def list_plans(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/plans"""
    filters = {
        "active": (Plan.active, params.get("active")),
        "created": (Plan.created, params.get("created")),
        "product": (Plan.product_id, _product_id(ctx, params)),
        "removed": (Plan.removed, False),
        "type": (Plan.type, "recurring"),
    }
    return list_page(ctx, Plan, params, "/v1/plans", filters=filters)


@blueprint.get("/v1/plans/<id>")
@endpoint(RetrieveParams)
def retrieve_plan(ctx: Context, params: dict[str, Any], id: str) -> Plan:
    """GET /v1/plans/:plan"""
    return _as_plan(ctx, _find_plan(ctx, id))


@blueprint.post("/v1/plans/<id>")
@endpoint(PlanUpdate)
def update_plan(ctx: Context, params: dict[str, Any], id: str) -> Plan:
    """POST /v1/plans/:plan"""
    return _as_plan(ctx, operations.update_price(ctx, _find_plan(ctx, id), params))


@blueprint.delete("/v1/plans/<id>")
@endpoint(PlanDelete)
def delete_plan(ctx: Context, params: dict[str, Any], id: str) -> dict[str, Any]:
    """DELETE /v1/plans/:plan"""
    operations.delete_plan(ctx, _find_plan(ctx, id))
    return {"id": id, "object": "plan", "deleted": True}


def _find_price(ctx: Context, id: str) -> Price:
    price = ctx.find(Price, id)
    if price.removed:
        raise no_such("price", id, param="price")
    return price


def _find_plan(ctx: Context, id: str) -> Price:
    price = ctx.get(Price, id)
    if price is None or price.removed or price.type != "recurring":
        raise no_such("plan", id, param="plan")
    return ctx.find(Price, id)


def _as_plan(ctx: Context, price: Price) -> Plan:
    """The price's row once more, under the view of plans."""
    ctx.session.flush()
    return ctx.find(Plan, price.id)


def _product_id(ctx: Context, params: dict[str, Any]) -> str | None:
    """The product of the filter, which must exist."""
    return ctx.find(Product, params["product"], param="product").id if "product" in params else None
