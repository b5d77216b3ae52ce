"""The disputes table."""

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, StripeObject, TimeDriven, belongs_to, list_index, partial_index, to_many, to_one
from app.db.types import Cents, Document, ObjectId, UnixTime
from app.resources.balance.tables import BalanceTransaction
from app.resources.charges.tables import Charge
from app.resources.customers.tables import Customer


class Dispute(StripeObject, HasMetadata, TimeDriven):
    """An `amount` of a charge that is in question, in minor units of `currency`, and what was said against it."""

    __tablename__ = "disputes"
    __table_args__ = (
        belongs_to("balance_transactions", "balance_transaction_id"),
        belongs_to("charges", "charge_id"),
        belongs_to("customers", "customer_id"),
        belongs_to("payment_intents", "payment_intent_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("charge_id"),
        list_index("payment_intent_id"),
        partial_index("ix_disputes_due", "test_clock_id", "due_at", where="due_at IS NOT NULL"),
    )
    object_name = "dispute"
    path_param = "dispute"
    id_prefix = "dp_"

    amount: Mapped[Cents]
    balance_transaction_id: Mapped[ObjectId | None]
    """The withdrawal; null where no money was taken."""
    charge_id: Mapped[ObjectId]
    currency: Mapped[ObjectId]
    customer_id: Mapped[ObjectId | None]
    decides_at: Mapped[UnixTime | None]
    """When the bank has made up its mind about the evidence; null while nobody knows."""
    due_by: Mapped[UnixTime]
    evidence: Mapped[Document]
    """What was given, by its name in `domain.disputes.EVIDENCE`."""
    expires_at: Mapped[UnixTime | None]
    """When the dispute ends by itself, because nobody answers; null where it does not."""
    is_charge_refundable: Mapped[bool]
    past_due: Mapped[bool]
    """Whether the last evidence was sent too late."""
    payment_intent_id: Mapped[ObjectId | None]
    payment_method_details: Mapped[Document]
    reason: Mapped[ObjectId]
    """One of `domain.disputes.REASONS`."""
    status: Mapped[ObjectId]
    submission_count: Mapped[int] = mapped_column(Integer)

    balance_transaction: Mapped[BalanceTransaction | None] = relationship(
        BalanceTransaction, viewonly=True, primaryjoin=to_one("Dispute", "balance_transaction_id", "BalanceTransaction"))
    balance_transactions: Mapped[list[BalanceTransaction]] = relationship(
        BalanceTransaction, viewonly=True, uselist=True, order_by="BalanceTransaction.seq",
        primaryjoin=to_many("Dispute", "BalanceTransaction", "source_id"))
    """The withdrawal, and the reinstatement where there was one."""
    charge: Mapped[Charge] = relationship(Charge, viewonly=True, primaryjoin=to_one("Dispute", "charge_id", "Charge"))
    customer: Mapped[Customer | None] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("Dispute", "customer_id", "Customer"))
    payment_intent: Mapped[object] = relationship(
        "PaymentIntent", viewonly=True, primaryjoin=to_one("Dispute", "payment_intent_id", "PaymentIntent"))
