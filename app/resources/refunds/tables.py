"""The refunds table."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, StripeObject, TimeDriven, belongs_to, list_index, partial_index, to_one
from app.db.types import Cents, ObjectId, UnixTime
from app.resources.balance.tables import BalanceTransaction
from app.resources.charges.tables import Charge


class Refund(StripeObject, HasMetadata, TimeDriven):
    """What goes back of a charge, in minor units of `currency`. What is in doubt of it is settled on the account's timeline."""

    __tablename__ = "refunds"
    __table_args__ = (
        belongs_to("balance_transactions", "balance_transaction_id"),
        belongs_to("balance_transactions", "failure_balance_transaction_id"),
        belongs_to("charges", "charge_id"),
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
    charge_id: Mapped[ObjectId]
    currency: Mapped[ObjectId]
    failure_balance_transaction_id: Mapped[ObjectId | None]
    """That by which the money of a failed one came back."""
    failure_reason: Mapped[ObjectId | None]
    instructions_email: Mapped[str | None] = mapped_column(String(5000))
    payment_intent_id: Mapped[ObjectId | None]
    platform_id: Mapped[ObjectId | None]
    """The platform whose transfer comes back by it."""
    reason: Mapped[ObjectId | None]
    settles_at: Mapped[UnixTime | None]
    """When a pending one is looked at again, or one fails that seems to have succeeded; null where nothing is in doubt."""
    source_transfer_reversal_id: Mapped[ObjectId | None]
    """The reversal by which money leaves the connected account, where this is that account's refund."""
    status: Mapped[ObjectId]
    """`pending`, `succeeded` or `failed`."""
    transfer_reversal_id: Mapped[ObjectId | None]
    """The reversal that goes with it, on either side."""

    balance_transaction: Mapped[BalanceTransaction | None] = relationship(
        BalanceTransaction, viewonly=True, primaryjoin=to_one("Refund", "balance_transaction_id", "BalanceTransaction"))
    charge: Mapped[Charge] = relationship(Charge, viewonly=True, primaryjoin=to_one("Refund", "charge_id", "Charge"))
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
