"""The balance_transactions table, and the funds that they add up to."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import OnClock, RunningTotal, StripeObject, TimeDriven, belongs_to, list_index, partial_index, to_one
from app.db.roots import TestClock
from app.db.types import Cents, Documents, ObjectId, UnixTime


class BalanceTransaction(StripeObject, OnClock):
    """A change of the account's balance by `net` = `amount` - `fee`, in minor units of `currency`."""

    __tablename__ = "balance_transactions"
    __table_args__ = (
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("source_id"),
        list_index("payout_id"),
    )
    object_name = "balance_transaction"
    id_prefix = "txn_"

    amount: Mapped[Cents]
    available_on: Mapped[UnixTime]
    currency: Mapped[ObjectId]
    description: Mapped[str | None] = mapped_column(String(40000))
    fee: Mapped[Cents]
    fee_details: Mapped[Documents | None]
    """What the fee consists of; null where it is the processing fee alone."""
    net: Mapped[Cents]
    payout_id: Mapped[ObjectId | None]
    """The automatic payout that paid it out, or whose own it is."""
    reporting_category: Mapped[ObjectId]
    source_id: Mapped[ObjectId | None]
    """What the money came from or went to: a charge, a refund, a top-up, a payout."""
    source_type: Mapped[ObjectId]
    """The kind of funds: `card` or `bank_account`."""
    type: Mapped[ObjectId]

    payout: Mapped[object] = relationship(
        "Payout", viewonly=True, primaryjoin=to_one("BalanceTransaction", "payout_id", "Payout"))
    test_clock: Mapped[TestClock | None] = relationship(
        TestClock, viewonly=True, primaryjoin=to_one("BalanceTransaction", "test_clock_id", "TestClock"))


class Funds(RunningTotal, TimeDriven):
    """What one holder has in one currency, from one kind of source and one clock, that becomes available at one moment.

    The sum of an account's rows is its balance. It is kept, so that no balance is ever summed over its history: money that
    is pending stands in a row of its own for each day on which some becomes available, until that day comes.
    """

    __tablename__ = "funds"
    __table_args__ = (
        belongs_to("test_clocks", "test_clock_id"),
        partial_index("ix_funds_due", "test_clock_id", "due_at", where="due_at IS NOT NULL"),
    )
    object_name = "balance"

    holder: Mapped[ObjectId]
    """Empty for the account itself; else who outside it is concerned: `card_networks`, `stripe` (`domain.ledger`)."""
    currency: Mapped[ObjectId]
    source_type: Mapped[ObjectId]
    available_on: Mapped[UnixTime]
    """0 for what is available."""


class ConnectReserve(StripeObject, TimeDriven):
    """What a platform has set aside for one of its connected accounts in one currency: a row for each that ever was negative.

    The row is the platform's, so that it goes on when the connected account is deleted.
    """

    __tablename__ = "connect_reserves"
    __table_args__ = (
        belongs_to("test_clocks", "test_clock_id"),
        partial_index("ix_connect_reserves_due", "test_clock_id", "due_at", where="due_at IS NOT NULL"),
    )
    object_name = "connect_reserve"
    id_prefix = "acct_"

    amount: Mapped[Cents]
    """In minor units of `currency`; 0 while the account is not negative."""
    connected_account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    currency: Mapped[ObjectId]
    negative_since: Mapped[UnixTime | None]
    """Since when the account has been negative without a break; null while it is not."""


class ReserveTransaction(StripeObject):
    """A change of a reserve by `amount`, as the platform's balance sees it: negative where more is set aside."""

    __tablename__ = "reserve_transactions"
    __table_args__ = (belongs_to("connect_reserves", "reserve_id", ondelete="CASCADE"),)
    object_name = "reserve_transaction"
    id_prefix = "rsv_"

    amount: Mapped[Cents]
    currency: Mapped[ObjectId]
    reserve_id: Mapped[ObjectId]
