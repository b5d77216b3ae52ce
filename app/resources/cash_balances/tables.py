"""The cash_movements table."""

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
        belongs_to("refunds", "refund_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("customer_id"),
    )
    object_name = "cash_movement"
    id_prefix = "ccsbtxn_"

    amount: Mapped[Cents]
    """Positive for what has come or come back, negative for what was set aside for a payment or sent back to a bank."""
    currency: Mapped[ObjectId]
    customer_id: Mapped[ObjectId]
    payment_intent_id: Mapped[ObjectId | None]
    """What it was set aside for, or comes back from."""
    refund_id: Mapped[ObjectId | None]
    """What sent it back to the customer's bank, or brought it back from a payment or from that bank."""
    reference: Mapped[str | None] = mapped_column(Text)
    """What the customer has written on the transfer."""

    customer: Mapped[Customer] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("CashMovement", "customer_id", "Customer"))
