"""The payment_intents table."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, OnClock, StripeObject, belongs_to, list_index, to_many, to_one
from app.db.roots import Account
from app.db.types import Cents, Document, Documents, ObjectId, UnixTime
from app.resources.customers.tables import Customer
from app.resources.payment_methods.tables import PaymentMethod


class PaymentIntent(StripeObject, HasMetadata, OnClock):
    """An amount to be collected, in minor units of `currency`, and what has become of it."""

    __tablename__ = "payment_intents"
    __table_args__ = (
        belongs_to("customers", "customer_id"),
        belongs_to("mandates", "mandate_id"),
        belongs_to("payment_methods", "payment_method_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("customer_id"),
    )
    object_name = "payment_intent"
    path_param = "intent"
    id_prefix = "pi_"
    id_lead = "3"

    amount: Mapped[Cents]
    amount_capturable: Mapped[Cents]
    amount_received: Mapped[Cents]
    application: Mapped[ObjectId | None]
    application_fee_amount: Mapped[Cents | None]
    authenticated_method_id: Mapped[ObjectId | None]
    """The payment method whose holder has authenticated this payment, where it waits to be confirmed once more."""
    automatic_payment_methods: Mapped[Document | None]
    canceled_at: Mapped[UnixTime | None]
    cancellation_reason: Mapped[ObjectId | None]
    capture_method: Mapped[ObjectId]
    cash_applied: Mapped[Cents | None]
    """What its customer has sent and it was paid with; while it waits, what is set aside for it already."""
    client_secret: Mapped[ObjectId]
    confirmation_method: Mapped[ObjectId]
    currency: Mapped[ObjectId]
    customer_acceptance: Mapped[Document | None]
    """What the customer has agreed to, until a mandate is made of it."""
    customer_id: Mapped[ObjectId | None]
    description: Mapped[str | None] = mapped_column(String(5000))
    invoice_id: Mapped[ObjectId | None]
    last_payment_error: Mapped[Document | None]
    """The last decline as the API shows it, the payment method inside."""
    mandate_id: Mapped[ObjectId | None]
    """The permission that it is paid by."""
    next_action: Mapped[Document | None]
    on_behalf_of_id: Mapped[str | None] = mapped_column(String(255), ForeignKey("accounts.id"))
    payment_method_id: Mapped[ObjectId | None]
    payment_method_options: Mapped[Document]
    """By type, what was asked for; what was not is left out."""
    payment_method_types: Mapped[Documents]
    radar_options: Mapped[Document | None]
    receipt_email: Mapped[ObjectId | None]
    return_url: Mapped[str | None] = mapped_column(Text)
    review_id: Mapped[ObjectId | None]
    setup_future_usage: Mapped[ObjectId | None]
    shipping: Mapped[Document | None]
    statement_descriptor: Mapped[ObjectId | None]
    statement_descriptor_suffix: Mapped[ObjectId | None]
    status: Mapped[ObjectId]
    """A key of `domain.lifecycle.MOVES["payment_intent"]`."""
    transfer_amount: Mapped[Cents | None]
    """How much is sent on; null where all that is taken is."""
    transfer_destination_id: Mapped[str | None] = mapped_column(String(255), ForeignKey("accounts.id"))
    """Where what is taken is sent on to."""
    transfer_group: Mapped[ObjectId | None]

    customer: Mapped[Customer | None] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("PaymentIntent", "customer_id", "Customer"))
    invoice: Mapped[object] = relationship(
        "Invoice", viewonly=True, primaryjoin=to_one("PaymentIntent", "invoice_id", "Invoice"))
    payment_method: Mapped[PaymentMethod | None] = relationship(
        PaymentMethod, viewonly=True, primaryjoin=to_one("PaymentIntent", "payment_method_id", "PaymentMethod"))
    on_behalf_of: Mapped[Account | None] = relationship(
        Account, viewonly=True, primaryjoin="foreign(PaymentIntent.on_behalf_of_id) == Account.id")
    review: Mapped[object] = relationship(
        "Review", viewonly=True, primaryjoin=to_one("PaymentIntent", "review_id", "Review"))
    transfer_destination: Mapped[Account | None] = relationship(
        Account, viewonly=True, primaryjoin="foreign(PaymentIntent.transfer_destination_id) == Account.id")
    charges: Mapped[list[object]] = relationship(
        "Charge", viewonly=True, uselist=True, order_by="desc(Charge.seq)",
        primaryjoin=to_many("PaymentIntent", "Charge", "payment_intent_id"))
    """Newest first."""
