"""`emit`, the only birthplace of an event, and `tracked`, the only way to an `*.updated` one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import ne
from typing import Any

import orjson
from sqlalchemy import bindparam

from app.context import API_VERSION, Context
from app.db.base import StripeObject
from app.db.roots import Account
from app.db.session import Prepared, entity
from app.events.catalog import EventType
from app.events.tables import Event, WebhookDelivery, WebhookEndpoint
from app.render import present

REACTIONS: dict[str, Sequence[Callable[[Context, Any], None]]] = {}
"""What else happens in the same transaction when an event of a type is emitted. Filled by the registry."""

_ENDPOINTS = Prepared(entity(WebhookEndpoint).where(
    WebhookEndpoint.account_id == bindparam("account_id"), WebhookEndpoint.status == bindparam("status"))
    .order_by(WebhookEndpoint.seq))


class Snapshot:
    """A row's JSON at one moment, and where it is written: several events can tell of one state."""

    __slots__ = ("rendered", "written")

    def __init__(self, rendered: dict[str, Any] | None = None) -> None:
        self.rendered: dict[str, Any] = rendered or {}
        self.written: tuple[str, str | None] | None = None
        """Once an event has told of this state: the event that the next one adds to, and as JSON what it adds."""


def emit(ctx: Context, type: EventType, row: StripeObject | Account, *, previous: dict[str, Any] | None = None,
         snapshot: Snapshot | None = None) -> Snapshot:
    """Record that `type` happened to the row at `ctx.now`, owe it to the endpoints that listen, and let reactions run.

    `previous` holds the old values of an update. `snapshot` is the row's JSON where the caller has it already; what was
    recorded comes back, for the next event that tells of the same state.
    """
    recorded = record(ctx, type, row, previous=previous, snapshot=snapshot)
    react(ctx, type, row)
    return recorded


def announce(ctx: Context, type: EventType, shown: dict[str, Any]) -> None:
    """Record an event on an object that is no row, as the account's balance, by its JSON. Nothing reacts to it."""
    _write(ctx, type, Snapshot(shown), None, None)


def record(ctx: Context, type: EventType, row: StripeObject | Account, *, previous: dict[str, Any] | None = None,
           snapshot: Snapshot | None = None) -> Snapshot:
    """The first half of `emit`, for a caller who has more to tell before others react; `react` must follow."""
    if snapshot is None:
        snapshot = Snapshot(present(ctx.session, row))
    _write(ctx, type, snapshot, row, previous)
    return snapshot


def react(ctx: Context, type: EventType, row: StripeObject | Account) -> None:
    """The second half of `emit`."""
    for reaction in REACTIONS.get(type, ()):
        reaction(ctx, row)


class tracked:
    """Run a change of the row; emit the `*.updated` event with the old values if its JSON differs afterwards.

    `with tracked(…) as snapshot`: that holds the row's JSON when the block is over, for further events that tell of the
    same state. A block that raises emits nothing.
    """

    __slots__ = ("_before", "_ctx", "_row", "_snapshot", "_type")

    def __init__(self, ctx: Context, row: StripeObject | Account, type: EventType) -> None:
        self._ctx, self._row, self._type = ctx, row, type
        self._snapshot = Snapshot()
        self._before: dict[str, Any] = {}

    def __enter__(self) -> Snapshot:
        self._before = present(self._ctx.session, self._row)
        return self._snapshot

    def __exit__(self, kind: object, problem: object, trace: object) -> None:
        if kind is not None:
            return
        ctx, row, snapshot, before = self._ctx, self._row, self._snapshot, self._before
        after = snapshot.rendered = present(ctx.session, row)
        if before is after:
            return
        previous = previous_attributes(before, after)
        if previous or before != after:
            emit(ctx, self._type, row, previous=previous, snapshot=snapshot)


def previous_attributes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The old values of what differs: hashes reduced to their changed keys, lists whole, added keys as null."""
    changed: dict[str, Any] = {}
    same_keys = list(before) == list(after)
    for key in compress(after, map(ne, before.values(), after.values())) if same_keys else after:
        old, new = before.get(key), after[key]
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict) and old.get("object") != "list":
            changed[key] = previous_attributes(old, new)
        else:
            changed[key] = old
    if not same_keys:
        changed |= {key: before[key] for key in before.keys() - after.keys() if before[key] is not None}
    return dict(sorted(changed.items()))


@dataclass(frozen=True, slots=True)
class _Audience:
    """Who hears of an account: the platform that it is connected to, and the endpoints that are enabled."""

    platform_id: str | None
    endpoints: list[WebhookEndpoint]


def _write(ctx: Context, type: str, snapshot: Snapshot, row: StripeObject | Account | None,
           previous: dict[str, Any] | None) -> None:
    session, ids, account_id = ctx.session, ctx.ids, ctx.account_id
    if not session.kept:
        # What is only tried has not happened.
        return
    audience: _Audience = session.memo.get(("audience", account_id)) or _audience(ctx)
    listeners = [each for each in audience.endpoints if _listens(each, type, account_id)] if audience.endpoints else ()
    id, seq = ids.new(Event.id_prefix, Event.id_length, Event.id_lead), ids.seq()
    data_event_id, data = (None, _json(snapshot.rendered)) if row is None else _kept(ctx, type, row, snapshot, id)
    session.append(Event, {
        "account_id": account_id, "id": id, "seq": seq, "created": ctx.now, "platform_id": audience.platform_id,
        "type": type, "object_id": None if row is None else row.id, "data": data, "data_event_id": data_event_id,
        "previous_attributes": None if previous is None else _json(previous), "api_version": API_VERSION,
        "request_id": ctx.request_id, "idempotency_key": ctx.idempotency_key, "pending_webhooks": len(listeners)})
    for endpoint in listeners:
        session.add(WebhookDelivery(
            id=ids.new("whd_", 24, "1"), account_id=endpoint.account_id, endpoint_id=endpoint.id,
            event_account_id=account_id, event_id=id, seq=seq, status="pending", attempt_count=0,
            # Due at once: the moment before all others, so that the outbox needs no look at the wall clock here.
            next_attempt_at=0))


def _kept(ctx: Context, type: str, row: StripeObject | Account, snapshot: Snapshot, id: str) -> tuple[str | None, str | None]:
    """What the event with this id keeps of the row's state: the event that it adds to, and as JSON what it adds to that.

    The row's first event in a transaction adds to the account's first of the same type, which is kept in full, and its
    later ones to its own first. So two others at the most have to be read, whatever happened.
    """
    if snapshot.written is not None:
        return snapshot.written
    account_id, rendered = ctx.account_id, snapshot.rendered
    told: tuple[str, str, dict[str, Any]] | None = row.__dict__.get("_told")
    if told is not None and told[0] == account_id:
        snapshot.written = _added(told, rendered)
        if snapshot.written is not None:
            return snapshot.written
    row.__dict__["_told"] = account_id, id, rendered
    snapshot.written = id, None
    first = ctx.session.memo.setdefault(("told", account_id, type), row.__dict__["_told"])
    added = None if first[1] == id else _added(first, rendered)
    return added or (None, _json(rendered))


def _added(told: tuple[str, str, dict[str, Any]], rendered: dict[str, Any]) -> tuple[str, str] | None:
    """The event, and the attributes that differ from what it told, as JSON. None where they are not the same attributes."""
    _, event_id, before = told
    if list(before) != list(rendered):
        return None
    return event_id, _json(dict(compress(rendered.items(), map(ne, before.values(), rendered.values()))))


def _json(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode()


def _audience(ctx: Context) -> _Audience:
    account, endpoints = ctx.account, list[WebhookEndpoint]()
    # Of an account that was deleted nobody hears any more.
    hearing = () if account.deleted else (account,) if account.platform_id is None else (account, ctx.platform)
    for each in hearing:
        if each.has_webhooks:
            endpoints += ctx.session.rows(WebhookEndpoint, _ENDPOINTS, account_id=each.id, status="enabled")
    audience = ctx.session.memo["audience", account.id] = _Audience(account.platform_id, endpoints)
    return audience


def _listens(endpoint: WebhookEndpoint, type: str, account_id: str) -> bool:
    if endpoint.connect == (endpoint.account_id == account_id):
        return False
    return "*" in endpoint.enabled_events or type in endpoint.enabled_events
