"""Events, webhook endpoints, and the outbox of deliveries with each attempt recorded."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, HasMetadata, StripeObject, belongs_to, list_index
from app.db.types import Documents, ObjectId, UnixTime


class Event(StripeObject):
    """A snapshot of an object at the moment when something happened to it; `created` is the clock's time of its object."""

    __tablename__ = "events"
    __table_args__ = (list_index(), list_index("type"), list_index("object_id"))
    object_name = "event"
    id_prefix = "evt_"

    type: Mapped[ObjectId]
    object_id: Mapped[ObjectId | None]
    data: Mapped[str] = mapped_column(Text)
    """`data.object` as JSON text, never rendered again."""
    previous_attributes: Mapped[str | None] = mapped_column(Text)
    """JSON text, on `*.updated` only."""
    api_version: Mapped[ObjectId]
    request_id: Mapped[ObjectId | None]
    """Null where time, not a caller, was the cause."""
    idempotency_key: Mapped[ObjectId | None]
    pending_webhooks: Mapped[int] = mapped_column(Integer)


class WebhookEndpoint(StripeObject, HasMetadata):
    """Where events are posted to. `secret` signs the deliveries and is shown once, at creation."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (list_index(),)
    object_name = "webhook_endpoint"
    path_param = "webhook_endpoint"
    id_prefix = "we_"

    url: Mapped[str] = mapped_column(Text)
    enabled_events: Mapped[Documents]
    api_version: Mapped[ObjectId | None]
    connect: Mapped[bool]
    description: Mapped[str | None] = mapped_column(Text)
    secret: Mapped[ObjectId]
    status: Mapped[ObjectId]


class WebhookDelivery(Base):
    """One event owed to one endpoint: the outbox. `next_attempt_at` is wall time, null when it is done with."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        belongs_to("webhook_endpoints", "endpoint_id", ondelete="CASCADE"),
        Index(None, "next_attempt_at"),
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
    """`pending`, `succeeded`, or `failed` after the last attempt."""
    attempt_count: Mapped[int] = mapped_column(Integer)
    next_attempt_at: Mapped[UnixTime | None]


class WebhookAttempt(Base):
    """One try at a delivery: when (wall time), what came back, how long it took."""

    __tablename__ = "webhook_attempts"
    __table_args__ = (Index(None, "delivery_id", "seq"),)

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    delivery_id: Mapped[ObjectId]
    seq: Mapped[int] = mapped_column(BigInteger)
    attempted_at: Mapped[UnixTime]
    http_status: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(Text)
    duration_ms: Mapped[int] = mapped_column(Integer)
