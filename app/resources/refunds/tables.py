"""The refunds table."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, StripeObject, TimeDriven, belongs_to, list_index, partial_index, to_one
from app.db.types import Cents, Document, ObjectId, UnixTime
from app.resources.balance.tables import BalanceTransaction
from app.resources.charges.tables import Charge
from app.resources.customers.tables import Customer


class Refund(StripeObject, HasMetadata, TimeDriven):
    """What goes back of a charge, or of a customer's cash to their bank, in minor units of `currency`.

    What is in doubt of it is settled on the account's timeline, or the customer's.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        belongs_to("balance_transactions", "balance_transaction_id"),
        belongs_to("balance_transactions", "failure_balance_transaction_id"),
        belongs_to("charges", "charge_id"),
        belongs_to("customers", "customer_id"),
        belongs_to("payment_intents", "payment_intent_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("charge_id"),
        list_index("payment_intent_id"),
        partial_index("ix_refunds_due", "test_clock_id", "due_at", where="due_at IS NOT NULL"),
    )
    object_name = "refund"
    path_param = "refund"
    id_prefix = "re_"
    other_prefix = "pyr_"
    id_lead = "3"

    amount: Mapped[Cents]
    balance_transaction_id: Mapped[ObjectId | None]
    """That by which the money went; null where none was taken, and while the balance does not cover it."""
    charge_id: Mapped[ObjectId | None]
    currency: Mapped[ObjectId]
    customer_id: Mapped[ObjectId | None]
    """Whose cash goes back; null where it is a charge."""
    failure_balance_transaction_id: Mapped[ObjectId | None]
    """That by which the money of a failed one came back."""
    failure_reason: Mapped[ObjectId | None]
    instructions_email: Mapped[str | None] = mapped_column(String(5000))
    next_action: Mapped[Document | None]
    """What the customer was asked for, and until when, while the refund waits for that."""
    payment_intent_id: Mapped[ObjectId | None]
    platform_id: Mapped[ObjectId | None]
    """The platform whose transfer comes back by it."""
    reason: Mapped[ObjectId | None]
    settles_at: Mapped[UnixTime | None]
    """When a pending one is looked at again, one is given up that waits for its customer, or one fails that seems to have
    succeeded; null where nothing is in doubt."""
    source_transfer_reversal_id: Mapped[ObjectId | None]
    """The reversal by which money leaves the connected account, where this is that account's refund."""
    status: Mapped[ObjectId]
    """`requires_action`, `pending`, `succeeded`, `failed` or `canceled`."""
    transfer_reversal_id: Mapped[ObjectId | None]
    """The reversal that goes with it, on either side."""

    balance_transaction: Mapped[BalanceTransaction | None] = relationship(
        BalanceTransaction, viewonly=True, primaryjoin=to_one("Refund", "balance_transaction_id", "BalanceTransaction"))
    charge: Mapped[Charge | None] = relationship(Charge, viewonly=True, primaryjoin=to_one("Refund", "charge_id", "Charge"))
    customer: Mapped[Customer | None] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("Refund", "customer_id", "Customer"))
    failure_balance_transaction: Mapped[BalanceTransaction | None] = relationship(
        BalanceTransaction, viewonly=True,
        primaryjoin=to_one("Refund", "failure_balance_transaction_id", "BalanceTransaction"))
    payment_intent: Mapped[object] = relationship(
        "PaymentIntent", viewonly=True, primaryjoin=to_one("Refund", "payment_intent_id", "PaymentIntent"))
    source_transfer_reversal: Mapped[object] = relationship(
        "TransferReversal", viewonly=True, info={"outlives": True},
        primaryjoin="and_(foreign(Refund.platform_id) == TransferReversal.account_id, "
                    "foreign(Refund.source_transfer_reversal_id) == TransferReversal.id)")
    transfer_reversal: Mapped[object] = relationship(
        "TransferReversal", viewonly=True, info={"outlives": True},
        primaryjoin="and_(foreign(Refund.platform_id) == TransferReversal.account_id, "
                    "foreign(Refund.transfer_reversal_id) == TransferReversal.id)")
