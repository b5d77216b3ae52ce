"""The routes of value lists and their items."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from sqlalchemy import bindparam, case, exists, func, or_

from app.context import Context
from app.domain.radar import CASE_SENSITIVE, digest, folded
from app.resources.value_lists import operations
from app.resources.value_lists.params import (
    Deletion,
    ItemCreate,
    ItemList,
    ValueListCreate,
    ValueListList,
    ValueListUpdate,
)
from app.resources.value_lists.tables import ValueList, ValueListItem
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("value_lists", __name__)

_IS_CASE_SENSITIVE = or_(*(ValueList.item_type == item_type for item_type in CASE_SENSITIVE))
_SOUGHT = case((_IS_CASE_SENSITIVE, bindparam("contains")), else_=bindparam("contains_folded"))
_CONTAINS = exists().where(
    ValueListItem.account_id == ValueList.account_id, ValueListItem.value_list_id == ValueList.id,
    ValueListItem.comparable == _SOUGHT)
# As LIKE without its wildcards; each database has a function of its own for where a text begins in another.
_IS_LIKE = func.replace(func.lower(ValueListItem.value), bindparam("like"), "") != func.lower(ValueListItem.value)


@blueprint.post("/v1/radar/value_lists")
@endpoint(ValueListCreate)
def create_value_list(ctx: Context, params: dict[str, Any]) -> ValueList:
    """POST /v1/radar/value_lists"""
    return operations.create_value_list(ctx, params)


@blueprint.get("/v1/radar/value_lists")
@endpoint(ValueListList)
def list_value_lists(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/radar/value_lists"""
    filters = {"alias": (ValueList.alias, params.get("alias")), "created": (ValueList.created, params.get("created"))}
    sought = params.get("contains")
    return list_page(ctx, ValueList, params, "/v1/radar/value_lists", filters=filters,
                     where=None if sought is None else ("contains", _CONTAINS),
                     where_values=None if sought is None else {
                         "contains": digest(sought), "contains_folded": digest(folded(sought))})


@blueprint.get("/v1/radar/value_lists/<id>")
@endpoint(RetrieveParams)
def retrieve_value_list(ctx: Context, params: dict[str, Any], id: str) -> ValueList:
    """GET /v1/radar/value_lists/:value_list"""
    return ctx.find(ValueList, id)


@blueprint.post("/v1/radar/value_lists/<id>")
@endpoint(ValueListUpdate)
def update_value_list(ctx: Context, params: dict[str, Any], id: str) -> ValueList:
    """POST /v1/radar/value_lists/:value_list"""
    return operations.update_value_list(ctx, ctx.find(ValueList, id), params)


@blueprint.delete("/v1/radar/value_lists/<id>")
@endpoint(Deletion)
def delete_value_list(ctx: Context, params: dict[str, Any], id: str) -> dict[str, Any]:
    """DELETE /v1/radar/value_lists/:value_list: with its items."""
    return operations.delete_value_list(ctx, ctx.find(ValueList, id))


@blueprint.post("/v1/radar/value_list_items")
@endpoint(ItemCreate)
def create_value_list_item(ctx: Context, params: dict[str, Any]) -> ValueListItem:
    """POST /v1/radar/value_list_items"""
    return operations.create_item(ctx, ctx.find(ValueList, params["value_list"], param="value_list"), params["value"])


@blueprint.get("/v1/radar/value_list_items")
@endpoint(ItemList)
def list_value_list_items(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/radar/value_list_items: `value` finds what contains it, in any case."""
    value_list = ctx.find(ValueList, params["value_list"], param="value_list")
    filters = {"created": (ValueListItem.created, params.get("created")),
               "value_list": (ValueListItem.value_list_id, value_list.id)}
    like = params.get("value")
    return list_page(ctx, ValueListItem, params, "/v1/radar/value_list_items", filters=filters,
                     where=None if like is None else ("like", _IS_LIKE),
                     where_values=None if like is None else {"like": folded(like)})


@blueprint.get("/v1/radar/value_list_items/<id>")
@endpoint(RetrieveParams)
def retrieve_value_list_item(ctx: Context, params: dict[str, Any], id: str) -> ValueListItem:
    """GET /v1/radar/value_list_items/:item"""
    return ctx.find(ValueListItem, id)


@blueprint.delete("/v1/radar/value_list_items/<id>")
@endpoint(Deletion)
def delete_value_list_item(ctx: Context, params: dict[str, Any], id: str) -> dict[str, Any]:
    """DELETE /v1/radar/value_list_items/:item"""
    return operations.delete_item(ctx, ctx.find(ValueListItem, id))
