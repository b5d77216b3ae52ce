"""What happens to value lists and their items. Stripe has no events for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, delete

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.metadata import merged
from app.domain.radar import comparable, fits
from app.errors import InvalidRequest
from app.resources.value_lists.tables import ValueList, ValueListItem

_BY_ALIAS = Prepared(entity(ValueList).where(
    ValueList.account_id == bindparam("account_id"), ValueList.alias == bindparam("alias")))
_BY_VALUE = Prepared(entity(ValueListItem).where(
    ValueListItem.account_id == bindparam("account_id"), ValueListItem.value_list_id == bindparam("value_list_id"),
    ValueListItem.comparable == bindparam("comparable")))
_DELETE_ITEMS = Prepared(delete(ValueListItem).where(
    ValueListItem.account_id == bindparam("account_id"), ValueListItem.value_list_id == bindparam("value_list_id")))


def create_value_list(ctx: Context, values: Mapping[str, Any]) -> ValueList:
    """An empty list. Raises InvalidRequest for an alias that another list has."""
    _refuse_taken(ctx, values["alias"])
    value_list = ctx.add(ValueList(
        alias=values["alias"], created_by=_author(ctx), item_type=values["item_type"], name=values["name"],
        metadata_=merged({}, values.get("metadata", {}))))
    value_list.__dict__["items"] = []
    return value_list


def update_value_list(ctx: Context, value_list: ValueList, values: Mapping[str, Any]) -> ValueList:
    """Change alias, name or metadata. Raises InvalidRequest for an alias that another list has."""
    if values.get("alias", value_list.alias) != value_list.alias:
        _refuse_taken(ctx, values["alias"])
        value_list.alias = values["alias"]
    if "name" in values:
        value_list.name = values["name"]
    if "metadata" in values:
        value_list.metadata_ = merged(value_list.metadata_, values["metadata"])
    return value_list


def delete_value_list(ctx: Context, value_list: ValueList) -> dict[str, Any]:
    """Delete the list with its items."""
    ctx.session.execute(_DELETE_ITEMS, account_id=ctx.account_id, value_list_id=value_list.id)
    ctx.session.delete(value_list)
    return {"id": value_list.id, "object": ValueList.object_name, "deleted": True}


def create_item(ctx: Context, value_list: ValueList, value: str) -> ValueListItem:
    """One value more. Raises InvalidRequest for a value that is not of the list's type, or that it has already."""
    # Our choice: the words of both refusals.
    if not fits(value_list.item_type, value):
        raise InvalidRequest(f"The value must be a valid {value_list.item_type}.", param="value")
    key = comparable(value_list.item_type, value)
    if ctx.session.first(ValueListItem, _BY_VALUE, account_id=ctx.account_id, value_list_id=value_list.id, comparable=key):
        raise InvalidRequest(f"The value list {value_list.id} has this value already.", param="value")
    return ctx.add(ValueListItem(comparable=key, created_by=_author(ctx), value=value, value_list_id=value_list.id))


def delete_item(ctx: Context, item: ValueListItem) -> dict[str, Any]:
    """Take one value away."""
    ctx.session.delete(item)
    return {"id": item.id, "object": ValueListItem.object_name, "deleted": True}


def _author(ctx: Context) -> str:
    """Who has made it: Stripe names a user, and here there are only accounts."""
    return ctx.account.email or ctx.account_id


def _refuse_taken(ctx: Context, alias: str) -> None:
    if ctx.session.first(ValueList, _BY_ALIAS, account_id=ctx.account_id, alias=alias) is not None:
        # Our choice: the words.
        raise InvalidRequest(f"A value list with the alias {alias} exists already.", param="alias")
