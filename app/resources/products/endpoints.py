"""The routes of products."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.errors import InvalidRequest
from app.resources.prices.operations import create_price, find_default_price, has_prices
from app.resources.products import operations
from app.resources.products.params import ProductCreate, ProductDelete, ProductList, ProductUpdate
from app.resources.products.tables import Product
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, list_page
from app.wire.params import RetrieveParams, only_one
from app.wire.search import Flag, Searchable, SearchPage, SearchParams, String, search_page

blueprint = Blueprint("products", __name__)

_SEARCHABLE = Searchable(Product, "products", {
    "active": Flag(Product.active),
    "description": String(Product.description),
    "name": String(Product.name),
    "shippable": Flag(Product.shippable),
    "url": String(Product.url),
}, where=Product.deleted.is_(False))


@blueprint.post("/v1/products")
@endpoint(ProductCreate)
def create_product(ctx: Context, params: dict[str, Any]) -> Product:
    """POST /v1/products"""
    product = operations.create_product(ctx, params)
    if "default_price_data" in params:
        price = create_price(ctx, params["default_price_data"] | {"product": product.id})
        operations.update_product(ctx, product, {"default_price": price.id})
    return product


@blueprint.get("/v1/products")
@endpoint(ProductList)
def list_products(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/products"""
    for cursor in ("starting_after", "ending_before"):
        only_one(params, "ids", cursor)
    filters = {
        "active": (Product.active, params.get("active")),
        "created": (Product.created, params.get("created")),
        "deleted": (Product.deleted, False),
        "ids": (Product.id, params.get("ids")),
        "shippable": (Product.shippable, params.get("shippable")),
        "url": (Product.url, params.get("url")),
    }
    return list_page(ctx, Product, params, "/v1/products", filters=filters)


@blueprint.get(_SEARCHABLE.url)
@endpoint(SearchParams)
def search_products(ctx: Context, params: dict[str, Any]) -> SearchPage:
    """GET /v1/products/search"""
    return search_page(ctx, _SEARCHABLE, params)


@blueprint.get("/v1/products/<id>")
@endpoint(RetrieveParams)
def retrieve_product(ctx: Context, params: dict[str, Any], id: str) -> Product:
    """GET /v1/products/:id"""
    return ctx.find(Product, id)


@blueprint.post("/v1/products/<id>")
@endpoint(ProductUpdate)
def update_product(ctx: Context, params: dict[str, Any], id: str) -> Product:
    """POST /v1/products/:id"""
    product = ctx.find(Product, id)
    if "default_price" in params:
        find_default_price(ctx, product, params["default_price"])
    return operations.update_product(ctx, product, params)


@blueprint.delete("/v1/products/<id>")
@endpoint(ProductDelete)
def delete_product(ctx: Context, params: dict[str, Any], id: str) -> Product:
    """DELETE /v1/products/:id: refused while the product has prices."""
    product = ctx.find(Product, id)
    if has_prices(ctx, product):
        raise InvalidRequest("This product cannot be deleted because it has one or more user-created prices.")
    return operations.delete_product(ctx, product)
