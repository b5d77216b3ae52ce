"""The reviews table."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import OnClock, StripeObject, belongs_to, list_index, to_one
from app.db.types import ObjectId
from app.resources.charges.tables import Charge


class Review(StripeObject, OnClock):
    """A payment that somebody has to look at, or has looked at."""

    __tablename__ = "reviews"
    __table_args__ = (
        belongs_to("charges", "charge_id"),
        belongs_to("payment_intents", "payment_intent_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("open"),
    )
    object_name = "review"
    path_param = "review"
    id_prefix = "prv_"

    billing_zip: Mapped[str | None] = mapped_column(String(5000))
    charge_id: Mapped[ObjectId]
    closed_reason: Mapped[ObjectId | None]
    """`approved`, `disputed`, `refunded` or `refunded_as_fraud`; null while it is open."""
    open: Mapped[bool]
    opened_reason: Mapped[ObjectId]
    """`rule`, or `manual` where an operator asked for it."""
    payment_intent_id: Mapped[ObjectId | None]

    charge: Mapped[Charge] = relationship(Charge, viewonly=True, primaryjoin=to_one("Review", "charge_id", "Charge"))
    payment_intent: Mapped[object] = relationship(
        "PaymentIntent", viewonly=True, primaryjoin=to_one("Review", "payment_intent_id", "PaymentIntent"))
