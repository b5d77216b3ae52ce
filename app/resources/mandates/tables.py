"""The mandates table."""

from sqlalchemy.orm import Mapped, relationship

from app.db.base import OnClock, StripeObject, belongs_to, list_index, to_one
from app.db.types import Document, ObjectId
from app.resources.payment_methods.tables import PaymentMethod


class Mandate(StripeObject, OnClock):
    """A customer's permission to charge a payment method: for one payment, or for all to come."""

    __tablename__ = "mandates"
    __table_args__ = (
        belongs_to("payment_methods", "payment_method_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("payment_method_id"),
    )
    object_name = "mandate"
    path_param = "mandate"
    id_prefix = "mandate_"

    customer_acceptance: Mapped[Document]
    payment_method_details: Mapped[Document | None]
    """What the scheme knows it by, under the name of its type; null for a card."""
    payment_method_id: Mapped[ObjectId]
    single_use: Mapped[Document | None]
    """`amount` and `currency` of the one payment; null where it is for all to come."""
    status: Mapped[ObjectId]

    payment_method: Mapped[PaymentMethod] = relationship(
        PaymentMethod, viewonly=True, primaryjoin=to_one("Mandate", "payment_method_id", "PaymentMethod"))
