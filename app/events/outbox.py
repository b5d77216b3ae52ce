"""The outbox: which deliveries are due, who has taken them, and what became of them.

An attempt is two short transactions, `claim` before it and `record` after it, and nothing is held while it is under
way. A claim is a lease: its delivery is not due again before the lease ends, so that no two workers send it at once,
and it is due then if the worker died.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, null, select, update

import app.events.views  # noqa: F401 - events are rendered here
from app.db.roots import Account
from app.db.session import Prepared, Session, entity
from app.domain.choices import Choices
from app.events.tables import Event, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from app.render import load_for_rendering, render, to_json

LEASE_MARGIN_S = 30
"""How much longer than its timeout an attempt may take before it is taken for lost."""
BUSY_ENDPOINTS_MAX = 4
"""How many endpoints can be passed over for having enough attempts under way."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An attempt that this process is to make now: the `number`th at its delivery, on lease until `lease_until`."""

    delivery_id: str
    number: int
    lease_until: int
    endpoint_id: str
    url: str
    secret: str
    event: Event
    timeout_s: int
    retry_s: tuple[int, ...]

    @property
    def body(self) -> bytes:
        """What is posted: the event as `GET /v1/events/:id` shows it."""
        return to_json(render(self.event))


@dataclass(frozen=True, slots=True)
class Result:
    """What an attempt came back with: a status, or the reason why there is none. `attempted_at` is wall time."""

    claim: Claim
    attempted_at: int
    duration_ms: int
    http_status: int | None = None
    error: str | None = None

    @property
    def succeeded(self) -> bool:
        """Any 2xx is a success; a redirect is none."""
        return self.http_status is not None and 200 <= self.http_status < 300


_delivery = WebhookDelivery
_not_busy = [_delivery.endpoint_id != bindparam(f"busy_{index}") for index in range(BUSY_ENDPOINTS_MAX)]
# `IS NOT NULL` lets both databases take the partial index for the minimum.
_NEXT_DUE = Prepared(
    select(func.min(_delivery.next_attempt_at)).where(_delivery.next_attempt_at.is_not(None), *_not_busy))
_DUE = Prepared(
    entity(_delivery).where(_delivery.next_attempt_at <= bindparam("now"), *_not_busy)
    .order_by(_delivery.next_attempt_at, _delivery.seq).limit(bindparam("limit"))
    # Another worker's rows are passed over and not waited for. SQLite has one writer at a time and leaves this out.
    .with_for_update(skip_locked=True))
_SUCCEED = Prepared(
    update(_delivery).where(_delivery.id == bindparam("key"), _delivery.status != "succeeded")
    .values(status="succeeded", next_attempt_at=null()))
_POSTPONE = Prepared(
    update(_delivery)
    .where(_delivery.id == bindparam("key"), _delivery.status == "pending",
           _delivery.next_attempt_at == bindparam("lease"))
    .values(status=bindparam("new_status"), next_attempt_at=bindparam("new_next_attempt_at")))
_COUNT_DOWN = Prepared(
    update(Event).where(Event.account_id == bindparam("key_account"), Event.id == bindparam("key"))
    .values(pending_webhooks=Event.pending_webhooks - 1))
_of_endpoint = (_delivery.account_id == bindparam("key_account"), _delivery.endpoint_id == bindparam("key"))
_CANCEL = Prepared(
    update(_delivery).where(*_of_endpoint, _delivery.status == "pending")
    .values(status="canceled", next_attempt_at=null()))
_DELETE_SUCCEEDED = Prepared(delete(_delivery).where(*_of_endpoint, _delivery.status == "succeeded"))
_DELETE_REST = Prepared(
    delete(_delivery).where(*_of_endpoint).returning(_delivery.event_account_id, _delivery.event_id, _delivery.status))


def next_due(session: Session, busy: Collection[str] = ()) -> int | None:
    """The wall time at which the next delivery is due that is not for a busy endpoint; None when there is none."""
    due: int | None = session.scalar(_NEXT_DUE, **_busy_values(busy))
    return due


def claim(session: Session, now: int, default_choices: Choices, *, limit: int, per_endpoint: int,
          under_way: Iterable[str] = ()) -> list[Claim]:
    """Take up to `limit` deliveries that are due at the wall time `now`, the oldest first.

    `under_way` are the endpoints of the attempts that this process is making already, one entry for each; no endpoint
    gets more than `per_endpoint` of them, so that one that hangs leaves room for the others.
    """
    counts = Counter(under_way)
    due = session.rows(_delivery, _DUE, now=now, limit=limit, **_busy_values(busy_endpoints(counts, per_endpoint)))
    claims: list[Claim] = []
    dropped: list[tuple[str, str]] = []
    for delivery in due:
        if counts[delivery.endpoint_id] >= per_endpoint:
            continue
        endpoint = session.get(WebhookEndpoint, delivery.account_id, delivery.endpoint_id)
        event = session.get(Event, delivery.event_account_id, delivery.event_id)
        account = session.get(Account, delivery.account_id)
        if endpoint is None or event is None or account is None:
            session.delete(delivery)
            dropped.append((delivery.event_account_id, delivery.event_id))
            continue
        if endpoint.status != "enabled":
            delivery.status, delivery.next_attempt_at = "canceled", None
            continue
        choices = default_choices.with_overrides(account.choices or {})
        lease_until = now + choices.webhook_timeout_s + LEASE_MARGIN_S
        delivery.attempt_count += 1
        delivery.next_attempt_at = lease_until
        counts[endpoint.id] += 1
        claims.append(Claim(
            delivery.id, delivery.attempt_count, lease_until, endpoint.id, endpoint.url, endpoint.secret, event,
            choices.webhook_timeout_s, choices.webhook_retry_s))
    _count_down(session, dropped)
    load_for_rendering(session, [claim.event for claim in claims])
    return claims


def record(session: Session, results: Iterable[Result], now: int) -> None:
    """Write down what came of the attempts, and when the next are due for those that failed; `now` is wall time.

    A success counts whatever happened meanwhile. A failure means nothing to a delivery that was canceled meanwhile, or
    that another worker has taken because the lease had ended.
    """
    succeeded: list[tuple[str, str]] = []
    for result in sorted(results, key=lambda result: result.claim.delivery_id):
        attempt = result.claim
        if session.get(_delivery, attempt.delivery_id) is None:
            continue
        session.add(WebhookAttempt(
            delivery_id=attempt.delivery_id, number=attempt.number, attempted_at=result.attempted_at,
            http_status=result.http_status, error=result.error, duration_ms=result.duration_ms))
        if not result.succeeded:
            tries_left = attempt.number <= len(attempt.retry_s)
            session.execute(
                _POSTPONE, key=attempt.delivery_id, lease=attempt.lease_until,
                new_status="pending" if tries_left else "failed",
                new_next_attempt_at=now + attempt.retry_s[attempt.number - 1] if tries_left else None)
        elif session.execute(_SUCCEED, key=attempt.delivery_id):
            succeeded.append((attempt.event.account_id, attempt.event.id))
    _count_down(session, succeeded)


def busy_endpoints(counts: Counter[str], per_endpoint: int) -> list[str]:
    """The endpoints with as many attempts under way as one may have."""
    return [endpoint_id for endpoint_id, count in counts.items() if count >= per_endpoint]


def cancel_pending(session: Session, endpoint: WebhookEndpoint) -> None:
    """Stop what is still owed to the endpoint. Those events keep it in their `pending_webhooks`: it did not succeed."""
    session.execute(_CANCEL, key_account=endpoint.account_id, key=endpoint.id)


def forget(session: Session, endpoint: WebhookEndpoint) -> None:
    """Remove all deliveries to the endpoint, which is being deleted; no event counts it any longer."""
    values = {"key_account": endpoint.account_id, "key": endpoint.id}
    session.execute(_DELETE_SUCCEEDED, **values)
    # The status is that of the moment of deletion: a worker may have finished one since the statement before.
    _count_down(session, [(event_account_id, event_id) for event_account_id, event_id, status
                          in session.values(_DELETE_REST, **values) if status != "succeeded"])


def _count_down(session: Session, events: list[tuple[str, str]]) -> None:
    # Everybody locks deliveries before events, and events in this order, so that nobody waits for each other.
    for account_id, event_id in sorted(events):
        session.execute(_COUNT_DOWN, key_account=account_id, key=event_id)


def _busy_values(endpoint_ids: Collection[str]) -> dict[str, Any]:
    ids = list(endpoint_ids)
    assert len(ids) <= BUSY_ENDPOINTS_MAX, "more endpoints are busy than the statement has places for"
    return {f"busy_{index}": ids[index] if index < len(ids) else "" for index in range(BUSY_ENDPOINTS_MAX)}
