"""What an event looks like, to the events endpoints and to the receivers of webhooks alike."""

from __future__ import annotations

from typing import Any

import orjson

from app.events.tables import TOLD_BY, Event
from app.render import OMIT, view_of
from app.render.fields import Attr, Const, Derived, Hash
from app.render.view import View


def _account(event: Event) -> Any:
    return OMIT if event.platform_id is None else event.account_id


def _data(event: Event) -> dict[str, Any]:
    data = {"object": event.shown}
    if event.previous_attributes is not None:
        data["previous_attributes"] = orjson.loads(event.previous_attributes)
    return data


@view_of(Event)
class EventView(View):
    id = Attr()
    object = Const("event")
    account = Derived(_account)
    api_version = Attr()
    created = Attr()
    data = Derived(_data, needs=TOLD_BY)
    livemode = Const(False)
    pending_webhooks = Attr()
    request = Hash(id=Attr("request_id"), idempotency_key=Attr())
    type = Attr()
