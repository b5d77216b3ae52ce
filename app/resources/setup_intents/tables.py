"""The setup_intents table."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, OnClock, StripeObject, belongs_to, list_index, to_one
from app.db.roots import Account
from app.db.types import Document, Documents, ObjectId
from app.resources.customers.tables import Customer
from app.resources.mandates.tables import Mandate
from app.resources.payment_methods.tables import PaymentMethod
from app.resources.setup_attempts.tables import SetupAttempt


class SetupIntent(StripeObject, HasMetadata, OnClock):
    """A payment method to be set up, and what has become of it."""

    __tablename__ = "setup_intents"
    __table_args__ = (
        belongs_to("customers", "customer_id"),
        belongs_to("mandates", "mandate_id"),
        belongs_to("mandates", "single_use_mandate_id"),
        belongs_to("payment_methods", "payment_method_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("customer_id"),
        list_index("payment_method_id"),
    )
    object_name = "setup_intent"
    missing_name = "setupintent"
    path_param = "intent"
    id_prefix = "seti_"

    application: Mapped[ObjectId | None]
    attach_to_self: Mapped[bool | None]
    cancellation_reason: Mapped[ObjectId | None]
    client_secret: Mapped[ObjectId]
    customer_acceptance: Mapped[Document | None]
    """What the customer has agreed to, until the mandate is made of it."""
    customer_id: Mapped[ObjectId | None]
    description: Mapped[str | None] = mapped_column(String(5000))
    flow_directions: Mapped[Documents | None]
    last_setup_error: Mapped[Document | None]
    latest_attempt_id: Mapped[ObjectId | None]
    mandate_id: Mapped[ObjectId | None]
    next_action: Mapped[Document | None]
    on_behalf_of_id: Mapped[str | None] = mapped_column(String(255), ForeignKey("accounts.id"))
    payment_method_id: Mapped[ObjectId | None]
    payment_method_options: Mapped[Document]
    """By type, what was asked for; what was not is left out."""
    payment_method_types: Mapped[Documents]
    return_url: Mapped[str | None] = mapped_column(Text)
    single_use: Mapped[Document | None]
    """The `amount` and `currency` of the one payment that it is for."""
    single_use_mandate_id: Mapped[ObjectId | None]
    subscription_id: Mapped[ObjectId | None]
    """The subscription that asked for it, where one did."""
    status: Mapped[ObjectId]
    """A key of `domain.lifecycle.MOVES["setup_intent"]`."""
    usage: Mapped[ObjectId]

    customer: Mapped[Customer | None] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("SetupIntent", "customer_id", "Customer"))
    latest_attempt: Mapped[SetupAttempt | None] = relationship(
        SetupAttempt, viewonly=True, primaryjoin=to_one("SetupIntent", "latest_attempt_id", "SetupAttempt"))
    mandate: Mapped[Mandate | None] = relationship(
        Mandate, viewonly=True, primaryjoin=to_one("SetupIntent", "mandate_id", "Mandate"))
    on_behalf_of: Mapped[Account | None] = relationship(
        Account, viewonly=True, primaryjoin="foreign(SetupIntent.on_behalf_of_id) == Account.id")
    payment_method: Mapped[PaymentMethod | None] = relationship(
        PaymentMethod, viewonly=True, primaryjoin=to_one("SetupIntent", "payment_method_id", "PaymentMethod"))
    single_use_mandate: Mapped[Mandate | None] = relationship(
        Mandate, viewonly=True, primaryjoin=to_one("SetupIntent", "single_use_mandate_id", "Mandate"))
