"""The routes of prices."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.prices import operations
from app.resources.prices.params import PriceCreate, PriceList, PriceUpdate
from app.resources.prices.tables import Price
from app.resources.products.tables import Product
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("prices", __name__)


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
        "interval": (Price.recurring_interval, recurring.get("interval")),
        "usage_type": (Price.recurring_usage_type, recurring.get("usage_type")),
        "type": (Price.type, params.get("type")),
    }
    return list_page(ctx, Price, params, "/v1/prices", filters=filters)


@blueprint.get("/v1/prices/<id>")
@endpoint(RetrieveParams)
def retrieve_price(ctx: Context, params: dict[str, Any], id: str) -> Price:
    """GET /v1/prices/:price"""
    return ctx.find(Price, id)


@blueprint.post("/v1/prices/<id>")
@endpoint(PriceUpdate)
def update_price(ctx: Context, params: dict[str, Any], id: str) -> Price:
    """POST /v1/prices/:price"""
    return operations.update_price(ctx, ctx.find(Price, id), params)


def _product_id(ctx: Context, params: dict[str, Any]) -> str | None:
    """The product of the filter, which must exist."""
    return ctx.find(Product, params["product"], param="product").id if "product" in params else None
