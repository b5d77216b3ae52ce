"""The routes of events."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint
from sqlalchemy import Integer, literal_column

import app.events.views  # noqa: F401 - the answers are rendered with it
from app.context import Context
from app.events.catalog import EVENT_TYPES
from app.events.tables import Event
from app.resources.events.params import EventList
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, list_page
from app.wire.params import RetrieveParams, only_one

blueprint = Blueprint("events", __name__)

# The number is written into the statement, because the index of the undelivered is taken for this very condition only.
_DELIVERY_SUCCESS = {
    None: None,
    True: ("delivered", Event.pending_webhooks == literal_column("0", Integer)),
    False: ("undelivered", Event.pending_webhooks > literal_column("0", Integer)),
}


@blueprint.get("/v1/events")
@endpoint(EventList)
def list_events(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/events: also what happened on test clocks. Events of any age are kept."""
    only_one(params, "type", "types")
    types = list(dict.fromkeys(params.get("types", ()))) or _types_like(params.get("type"))
    filters = {"type": (Event.type, types), "created": (Event.created, params.get("created"))}
    return list_page(ctx, Event, params, "/v1/events", filters=filters,
                     where=_DELIVERY_SUCCESS[params.get("delivery_success")])


@blueprint.get("/v1/events/<id>")
@endpoint(RetrieveParams)
def retrieve_event(ctx: Context, params: dict[str, Any], id: str) -> Event:
    """GET /v1/events/:id"""
    return ctx.find(Event, id)


def _types_like(pattern: str | None) -> str | list[str] | None:
    """The type, or all that a pattern with `*` means: they are few and known, and each has its place in the index."""
    if pattern is None or set(pattern) == {"*"}:
        return None
    if "*" not in pattern:
        return pattern
    like = re.compile(".*".join(map(re.escape, pattern.split("*"))))
    return [type for type in EVENT_TYPES if like.fullmatch(type)] or pattern
