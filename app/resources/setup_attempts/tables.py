"""The setup_attempts table."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import OnClock, StripeObject, belongs_to, list_index, to_one
from app.db.roots import Account
from app.db.types import Document, Documents, ObjectId
from app.resources.customers.tables import Customer
from app.resources.payment_methods.tables import PaymentMethod


class SetupAttempt(StripeObject, OnClock):
    """One attempt to set a payment method up, and how it ended."""

    __tablename__ = "setup_attempts"
    __table_args__ = (
        belongs_to("customers", "customer_id"),
        belongs_to("payment_methods", "payment_method_id"),
        belongs_to("setup_intents", "setup_intent_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("setup_intent_id"),
    )
    object_name = "setup_attempt"
    id_prefix = "setatt_"

    application: Mapped[ObjectId | None]
    attach_to_self: Mapped[bool | None]
    customer_id: Mapped[ObjectId | None]
    flow_directions: Mapped[Documents | None]
    on_behalf_of_id: Mapped[str | None] = mapped_column(String(255), ForeignKey("accounts.id"))
    payment_method_details: Mapped[Document]
    payment_method_id: Mapped[ObjectId]
    setup_error: Mapped[Document | None]
    setup_intent_id: Mapped[ObjectId]
    status: Mapped[ObjectId]
    """`requires_action`, `succeeded`, `failed` or `abandoned`."""
    usage: Mapped[ObjectId]

    customer: Mapped[Customer | None] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("SetupAttempt", "customer_id", "Customer"))
    on_behalf_of: Mapped[Account | None] = relationship(
        Account, viewonly=True, primaryjoin="foreign(SetupAttempt.on_behalf_of_id) == Account.id")
    payment_method: Mapped[PaymentMethod] = relationship(
        PaymentMethod, viewonly=True, primaryjoin=to_one("SetupAttempt", "payment_method_id", "PaymentMethod"))
    setup_intent: Mapped[object] = relationship(
        "SetupIntent", viewonly=True, primaryjoin=to_one("SetupAttempt", "setup_intent_id", "SetupIntent"))
