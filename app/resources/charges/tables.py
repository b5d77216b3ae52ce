"""The charges table."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, StripeObject, TimeDriven, belongs_to, list_index, partial_index, to_many, to_one
from app.db.roots import Account
from app.db.types import Cents, Document, ObjectId, UnixTime
from app.resources.balance.tables import BalanceTransaction
from app.resources.customers.tables import Customer


class Charge(StripeObject, HasMetadata, TimeDriven):
    """One attempt to take money, also one that failed. Amounts are minor units of `currency`."""

    __tablename__ = "charges"
    __table_args__ = (
        belongs_to("customers", "customer_id"),
        belongs_to("payment_intents", "payment_intent_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("customer_id"),
        list_index("payment_intent_id"),
        partial_index("ix_charges_transfer_group", "account_id", "transfer_group", "created", "seq",
                      where="transfer_group IS NOT NULL"),
        partial_index("ix_charges_due", "test_clock_id", "due_at", where="due_at IS NOT NULL"),
    )
    object_name = "charge"
    path_param = "charge"
    id_prefix = "ch_"
    other_prefix = "py_"
    id_lead = "3"

    amount: Mapped[Cents]
    amount_captured: Mapped[Cents]
    amount_refunded: Mapped[Cents]
    application: Mapped[ObjectId | None]
    application_fee_amount: Mapped[Cents | None]
    application_fee_id: Mapped[ObjectId | None]
    """What `platform_id` earned by it."""
    balance_transaction_id: Mapped[ObjectId | None]
    billing_details: Mapped[Document]
    capture_before: Mapped[UnixTime | None]
    """When an authorisation lapses that has neither been captured nor released; null for all other charges."""
    captured: Mapped[bool]
    currency: Mapped[ObjectId]
    customer_id: Mapped[ObjectId | None]
    description: Mapped[str | None] = mapped_column(String(40000))
    dispute_id: Mapped[ObjectId | None]
    """The newest dispute."""
    disputed: Mapped[bool]
    failure_balance_transaction_id: Mapped[ObjectId | None]
    """What took the money of a payment back that a bank has refused after all."""
    failure_code: Mapped[ObjectId | None]
    failure_message: Mapped[ObjectId | None]
    invoice_id: Mapped[ObjectId | None]
    on_behalf_of_id: Mapped[str | None] = mapped_column(String(255), ForeignKey("accounts.id"))
    outcome: Mapped[Document | None]
    paid: Mapped[bool]
    payment_intent_id: Mapped[ObjectId | None]
    payment_method_details: Mapped[Document | None]
    """The card, or what else it was paid with, as it was then."""
    payment_method_id: Mapped[ObjectId | None]
    platform_id: Mapped[ObjectId | None]
    """The platform that made it for a connected account, whose row it then is; also of a destination charge its own id."""
    radar_options: Mapped[Document | None]
    receipt_email: Mapped[ObjectId | None]
    receipt_url: Mapped[str | None] = mapped_column(Text)
    """Where the receipt of a charge that was captured can be seen without a key; the end of it is a secret."""
    review_id: Mapped[ObjectId | None]
    """The newest review."""
    settles_at: Mapped[UnixTime | None]
    """When the bank answers that was asked for it; null where none is awaited, and where it never will."""
    shipping: Mapped[Document | None]
    source_transfer_id: Mapped[ObjectId | None]
    """The transfer of `platform_id` that arrived as this payment."""
    statement_descriptor: Mapped[ObjectId | None]
    statement_descriptor_suffix: Mapped[ObjectId | None]
    status: Mapped[ObjectId]
    """`succeeded`, `failed`, or `pending` until a bank has answered."""
    transfer_amount: Mapped[Cents | None]
    """How much of it is sent on; null where all that is taken is."""
    transfer_destination_id: Mapped[str | None] = mapped_column(String(255), ForeignKey("accounts.id"))
    """Where what is taken is sent on to, of a destination charge."""
    transfer_group: Mapped[ObjectId | None]
    transfer_id: Mapped[ObjectId | None]
    """The transfer that sent it on, of a destination charge."""
    user_report: Mapped[ObjectId | None]
    """`fraudulent` or `safe`: what a caller has reported of the charge."""

    application_fee: Mapped[object] = relationship(
        "ApplicationFee", viewonly=True, info={"outlives": True},
        primaryjoin="and_(foreign(Charge.platform_id) == ApplicationFee.account_id, "
                    "foreign(Charge.application_fee_id) == ApplicationFee.id)")
    balance_transaction: Mapped[BalanceTransaction | None] = relationship(
        BalanceTransaction, viewonly=True, primaryjoin=to_one("Charge", "balance_transaction_id", "BalanceTransaction"))
    failure_balance_transaction: Mapped[BalanceTransaction | None] = relationship(
        BalanceTransaction, viewonly=True,
        primaryjoin=to_one("Charge", "failure_balance_transaction_id", "BalanceTransaction"))
    customer: Mapped[Customer | None] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("Charge", "customer_id", "Customer"))
    dispute: Mapped[object] = relationship("Dispute", viewonly=True, primaryjoin=to_one("Charge", "dispute_id", "Dispute"))
    disputes: Mapped[list[object]] = relationship(
        "Dispute", viewonly=True, uselist=True, order_by="Dispute.seq", primaryjoin=to_many("Charge", "Dispute", "charge_id"))
    refunds: Mapped[list[object]] = relationship(
        "Refund", viewonly=True, uselist=True, order_by="desc(Refund.seq)",
        primaryjoin=to_many("Charge", "Refund", "charge_id"))
    """Newest first."""
    invoice: Mapped[object] = relationship(
        "Invoice", viewonly=True, primaryjoin=to_one("Charge", "invoice_id", "Invoice"))
    on_behalf_of: Mapped[Account | None] = relationship(
        Account, viewonly=True, primaryjoin="foreign(Charge.on_behalf_of_id) == Account.id")
    payment_intent: Mapped[object] = relationship(
        "PaymentIntent", viewonly=True, primaryjoin=to_one("Charge", "payment_intent_id", "PaymentIntent"))
    source_transfer: Mapped[object] = relationship(
        "Transfer", viewonly=True, info={"outlives": True},
        primaryjoin="and_(foreign(Charge.platform_id) == Transfer.account_id, "
                    "foreign(Charge.source_transfer_id) == Transfer.id)")
    """It may have gone with a test clock of the platform's."""
    transfer_destination: Mapped[Account | None] = relationship(
        Account, viewonly=True, primaryjoin="foreign(Charge.transfer_destination_id) == Account.id")
    transfer: Mapped[object] = relationship(
        "Transfer", viewonly=True, primaryjoin=to_one("Charge", "transfer_id", "Transfer"))
    review: Mapped[object] = relationship("Review", viewonly=True, primaryjoin=to_one("Charge", "review_id", "Review"))
