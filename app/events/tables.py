"""Events, webhook endpoints, and the outbox of deliveries with each attempt recorded."""

from typing import Any

import orjson
from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import Base, HasMetadata, StripeObject, list_index, partial_index
from app.db.types import Documents, ObjectId, UnixTime

TOLD_BY = "data_event.data_event"
"""The path to the events that an event adds to, of which there are two at the most."""


class Event(StripeObject):
    """A snapshot of an object at the moment when something happened to it; `created` is the time of its clock."""

    __tablename__ = "events"
    __table_args__ = (
        list_index(), list_index("type"),
        # Few events wait for a delivery, so that this stays small however many there are.
        partial_index("ix_events_undelivered", "account_id", "created", "seq", where="pending_webhooks > 0"),
    )
    object_name = "event"
    id_prefix = "evt_"

    platform_id: Mapped[ObjectId | None]
    """The platform, where the event's account is one connected to it."""
    type: Mapped[ObjectId]
    object_id: Mapped[ObjectId | None]
    data: Mapped[str | None] = mapped_column(Text)
    """`data.object` as JSON text, never rendered again; only its attributes that differ where there is a `data_event`."""
    data_event_id: Mapped[ObjectId | None]
    """An event of the same transaction that told of the object before, or of another of its kind."""
    previous_attributes: Mapped[str | None] = mapped_column(Text)
    """JSON text, on `*.updated` only."""
    api_version: Mapped[ObjectId]
    request_id: Mapped[ObjectId | None]
    """Null where time, not a caller, was the cause."""
    idempotency_key: Mapped[ObjectId | None]
    pending_webhooks: Mapped[int] = mapped_column(Integer)
    """How many deliveries have not succeeded, those given up included."""

    data_event: Mapped["Event | None"] = relationship(
        viewonly=True, primaryjoin="and_(foreign(Event.account_id) == remote(Event.account_id), "
                                   "foreign(Event.data_event_id) == remote(Event.id))")

    @property
    def shown(self) -> dict[str, Any]:
        """`data.object`; `TOLD_BY` must be loaded."""
        own: dict[str, Any] = {} if self.data is None else orjson.loads(self.data)
        if self.data_event_id is None:
            return own
        assert self.data_event is not None, "what an event adds to is kept"
        return self.data_event.shown | own


class WebhookEndpoint(StripeObject, HasMetadata):
    """Where events are posted to. `secret` signs the deliveries and is shown once, at creation."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (list_index(),)
    object_name = "webhook_endpoint"
    missing_name = "webhook endpoint"
    path_param = "webhook_endpoint"
    id_prefix = "we_"

    url: Mapped[str] = mapped_column(Text)
    enabled_events: Mapped[Documents]
    api_version: Mapped[ObjectId | None]
    connect: Mapped[bool]
    description: Mapped[str | None] = mapped_column(Text)
    secret: Mapped[ObjectId]
    status: Mapped[ObjectId]

    is_new = False
    """No column: true while the request that creates the endpoint is answered."""


class WebhookDelivery(Base):
    """One event owed to one endpoint: the outbox.

    There is no foreign key to the endpoint: deleting it must not make a transaction fail that owes it an event at this
    moment. `events.outbox` drops what such a transaction leaves behind.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        partial_index("ix_webhook_deliveries_due", "next_attempt_at", "seq", "endpoint_id", where="next_attempt_at IS NOT NULL"),
        Index(None, "account_id", "event_id"),
        Index(None, "account_id", "endpoint_id", "status"),
    )

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    account_id: Mapped[ObjectId]
    """The endpoint's account: the event's own, or the platform of the connected account that it happened on."""
    endpoint_id: Mapped[ObjectId]
    event_account_id: Mapped[ObjectId]
    event_id: Mapped[ObjectId]
    seq: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[ObjectId]
    """`pending`, `succeeded`, `failed` after the last attempt, or `canceled` when its endpoint was disabled before."""
    attempt_count: Mapped[int] = mapped_column(Integer)
    """How many attempts were begun."""
    next_attempt_at: Mapped[UnixTime | None]
    """Wall time of the next attempt, null when there will be none. While an attempt is under way it is the moment at
    which that is taken for lost."""


class WebhookAttempt(Base):
    """One try at a delivery, from the first on: when (wall time), what came back, how long it took.

    An attempt that a crash cut short has no row.
    """

    __tablename__ = "webhook_attempts"

    delivery_id: Mapped[str] = mapped_column(ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    attempted_at: Mapped[UnixTime]
    http_status: Mapped[int | None] = mapped_column(Integer)
    """Null where no answer came."""
    error: Mapped[str | None] = mapped_column(Text)
    """Why no answer came."""
    duration_ms: Mapped[int] = mapped_column(Integer)
