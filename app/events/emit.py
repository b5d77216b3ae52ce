"""`emit`, the only birthplace of an event, and `tracked`, the only way to an `*.updated` one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
from sqlalchemy import bindparam

from app.context import API_VERSION, Context
from app.db.base import StripeObject
from app.db.session import Prepared, entity
from app.events.catalog import EventType
from app.events.tables import Event, WebhookDelivery, WebhookEndpoint
from app.render import load_for_rendering, render

REACTIONS: dict[str, Sequence[Callable[[Context, Any], None]]] = {}
"""What else happens in the same transaction when an event of a type is emitted. Filled by the registry."""

_ENDPOINTS = Prepared(entity(WebhookEndpoint).where(
    WebhookEndpoint.account_id == bindparam("account_id"), WebhookEndpoint.status == bindparam("status"))
    .order_by(WebhookEndpoint.seq))


class Snapshot:
    """A row's JSON at one moment, and its text once an event has needed it: several events can tell of one state."""

    __slots__ = ("_text", "rendered")

    def __init__(self, rendered: dict[str, Any] | None = None) -> None:
        self.rendered: dict[str, Any] = rendered or {}
        self._text: str | None = None

    @property
    def text(self) -> str:
        """The JSON text that an event keeps."""
        if self._text is None:
            self._text = orjson.dumps(self.rendered).decode()
        return self._text


def emit(ctx: Context, type: EventType, row: StripeObject, *, previous: dict[str, Any] | None = None,
         snapshot: Snapshot | None = None) -> Snapshot:
    """Record that `type` happened to the row at `ctx.now`, owe it to the endpoints that listen, and let reactions run.

    `previous` holds the old values of an update. `snapshot` is the row's JSON where the caller has it already; what was
    recorded comes back, for the next event that tells of the same state.
    """
    recorded = record(ctx, type, row, previous=previous, snapshot=snapshot)
    react(ctx, type, row)
    return recorded


def record(ctx: Context, type: EventType, row: StripeObject, *, previous: dict[str, Any] | None = None,
           snapshot: Snapshot | None = None) -> Snapshot:
    """The first half of `emit`, for a caller who has more to tell before others react; `react` must follow."""
    if snapshot is None:
        load_for_rendering(ctx.session, [row])
        snapshot = Snapshot(render(row))
    _write(ctx, type, snapshot, row.id, previous)
    return snapshot


def react(ctx: Context, type: EventType, row: StripeObject) -> None:
    """The second half of `emit`."""
    for reaction in REACTIONS.get(type, ()):
        reaction(ctx, row)


@contextmanager
def tracked(ctx: Context, row: StripeObject, type: EventType) -> Iterator[Snapshot]:
    """Run a change of the row; emit the `*.updated` event with the old values if its JSON differs afterwards.

    The snapshot that it yields holds the row's JSON when the block is over, for further events that tell of the same state.
    """
    load_for_rendering(ctx.session, [row])
    before = render(row)
    snapshot = Snapshot()
    yield snapshot
    load_for_rendering(ctx.session, [row])
    snapshot.rendered = render(row)
    if before != snapshot.rendered:
        emit(ctx, type, row, previous=previous_attributes(before, snapshot.rendered), snapshot=snapshot)


def previous_attributes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The old values of what differs: hashes reduced to their changed keys, lists whole, added keys as null."""
    changed: dict[str, Any] = {}
    for key, new in after.items():
        old = before.get(key)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict) and old.get("object") != "list":
            changed[key] = previous_attributes(old, new)
        else:
            changed[key] = old
    if before.keys() != after.keys():
        changed |= {key: before[key] for key in before.keys() - after.keys() if before[key] is not None}
    return dict(sorted(changed.items()))


def _write(ctx: Context, type: str, snapshot: Snapshot, object_id: str | None,
           previous: dict[str, Any] | None) -> None:
    if not ctx.session.kept:
        # What is only tried has not happened.
        return
    listeners = [endpoint for endpoint in _endpoints(ctx) if _listens(endpoint, type, ctx.account_id)]
    event = ctx.add(Event(
        platform_id=ctx.account.platform_id, type=type, object_id=object_id, data=snapshot.text,
        previous_attributes=None if previous is None else orjson.dumps(previous).decode(),
        api_version=API_VERSION, request_id=ctx.request_id, idempotency_key=ctx.idempotency_key,
        pending_webhooks=len(listeners)))
    for endpoint in listeners:
        ctx.session.add(WebhookDelivery(
            id=ctx.ids.new("whd_", 24, "1"), account_id=endpoint.account_id, endpoint_id=endpoint.id,
            event_account_id=ctx.account_id, event_id=event.id, seq=event.seq, status="pending", attempt_count=0,
            # Due at once: the moment before all others, so that the outbox needs no look at the wall clock here.
            next_attempt_at=0))


def _endpoints(ctx: Context) -> list[WebhookEndpoint]:
    key = ("webhook_endpoints", ctx.account_id)
    endpoints: list[WebhookEndpoint] | None = ctx.session.memo.get(key)
    if endpoints is None:
        endpoints = []
        for account_id in filter(None, (ctx.account_id, ctx.account.platform_id)):
            endpoints += ctx.session.rows(WebhookEndpoint, _ENDPOINTS, account_id=account_id, status="enabled")
        ctx.session.memo[key] = endpoints
    return endpoints


def _listens(endpoint: WebhookEndpoint, type: str, account_id: str) -> bool:
    if endpoint.connect == (endpoint.account_id == account_id):
        return False
    return "*" in endpoint.enabled_events or type in endpoint.enabled_events
