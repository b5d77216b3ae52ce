"""The balance_transactions table."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import OnClock, StripeObject, belongs_to, list_index, to_one
from app.db.roots import TestClock
from app.db.types import Cents, ObjectId, UnixTime


class BalanceTransaction(StripeObject, OnClock):
    """A change of the account's balance by `net` = `amount` - `fee`, in minor units of `currency`."""

    __tablename__ = "balance_transactions"
    __table_args__ = (
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("source_id"),
    )
    object_name = "balance_transaction"
    id_prefix = "txn_"

    amount: Mapped[Cents]
    available_on: Mapped[UnixTime]
    currency: Mapped[ObjectId]
    description: Mapped[str | None] = mapped_column(String(40000))
    fee: Mapped[Cents]
    net: Mapped[Cents]
    reporting_category: Mapped[ObjectId]
    source_id: Mapped[ObjectId | None]
    """What the money came from or went to: a charge or a refund."""
    type: Mapped[ObjectId]

    test_clock: Mapped[TestClock | None] = relationship(
        TestClock, viewonly=True, primaryjoin=to_one("BalanceTransaction", "test_clock_id", "TestClock"))
