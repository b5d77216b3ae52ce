"""The refunds table."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, OnClock, StripeObject, belongs_to, list_index, to_one
from app.db.types import Cents, ObjectId
from app.resources.balance.tables import BalanceTransaction
from app.resources.charges.tables import Charge


class Refund(StripeObject, HasMetadata, OnClock):
    """What goes back of a charge, in minor units of `currency`."""

    __tablename__ = "refunds"
    __table_args__ = (
        belongs_to("balance_transactions", "balance_transaction_id"),
        belongs_to("charges", "charge_id"),
        belongs_to("payment_intents", "payment_intent_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("charge_id"),
        list_index("payment_intent_id"),
    )
    object_name = "refund"
    path_param = "refund"
    id_prefix = "re_"
    id_lead = "3"

    amount: Mapped[Cents]
    balance_transaction_id: Mapped[ObjectId | None]
    charge_id: Mapped[ObjectId]
    currency: Mapped[ObjectId]
    instructions_email: Mapped[str | None] = mapped_column(String(5000))
    payment_intent_id: Mapped[ObjectId | None]
    reason: Mapped[ObjectId | None]
    status: Mapped[ObjectId]

    balance_transaction: Mapped[BalanceTransaction | None] = relationship(
        BalanceTransaction, viewonly=True, primaryjoin=to_one("Refund", "balance_transaction_id", "BalanceTransaction"))
    charge: Mapped[Charge] = relationship(Charge, viewonly=True, primaryjoin=to_one("Refund", "charge_id", "Charge"))
    payment_intent: Mapped[object] = relationship(
        "PaymentIntent", viewonly=True, primaryjoin=to_one("Refund", "payment_intent_id", "PaymentIntent"))
