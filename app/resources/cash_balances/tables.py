"""The cash_movements table."""

from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import OnClock, StripeObject, belongs_to, list_index, to_one
from app.db.types import Cents, ObjectId
from app.resources.customers.tables import Customer


class CashMovement(StripeObject, OnClock):
    """A change of what a customer has sent and not paid with, by `amount` in minor units of `currency`. No API object."""

    __tablename__ = "cash_movements"
    __table_args__ = (
        belongs_to("customers", "customer_id"),
        belongs_to("payment_intents", "payment_intent_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("customer_id"),
    )
    object_name = "cash_movement"
    id_prefix = "ccsbtxn_"

    amount: Mapped[Cents]
    """Positive for what has come, negative for what was paid with it."""
    currency: Mapped[ObjectId]
    customer_id: Mapped[ObjectId]
    payment_intent_id: Mapped[ObjectId | None]
    """What was paid."""
    reference: Mapped[str | None] = mapped_column(Text)
    """What the customer has written on the transfer."""

    customer: Mapped[Customer] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("CashMovement", "customer_id", "Customer"))
