"""The payouts table, and when the automatic ones are made."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, StripeObject, TimeDriven, belongs_to, list_index, to_one
from app.db.types import Cents, ObjectId, UnixTime
from app.resources.balance.tables import BalanceTransaction


class Payout(StripeObject, HasMetadata, TimeDriven):
    """Money that leaves for a bank account or a card, in minor units of `currency`; a negative amount is fetched from there."""

    __tablename__ = "payouts"
    __table_args__ = (
        belongs_to("balance_transactions", "balance_transaction_id"),
        belongs_to("balance_transactions", "failure_balance_transaction_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index(),
        list_index("destination_id"),
        list_index("status"),
        Index(None, "test_clock_id", "due_at"),
    )
    object_name = "payout"
    path_param = "payout"
    id_prefix = "po_"

    amount: Mapped[Cents]
    arrival_date: Mapped[UnixTime]
    automatic: Mapped[bool]
    balance_transaction_id: Mapped[ObjectId]
    currency: Mapped[ObjectId]
    description: Mapped[str | None] = mapped_column(String(5000))
    destination_id: Mapped[ObjectId]
    """A bank account or a card."""
    failure_balance_transaction_id: Mapped[ObjectId | None]
    """That by which the money came back, of a payout that failed or was canceled."""
    failure_code: Mapped[ObjectId | None]
    failure_message: Mapped[str | None] = mapped_column(String(5000))
    method: Mapped[ObjectId]
    moves_at: Mapped[UnixTime]
    """When one that is `pending` or `in_transit` comes a step further."""
    original_payout_id: Mapped[ObjectId | None]
    """Which payout this one fetches back."""
    reversed_by_id: Mapped[ObjectId | None]
    source_type: Mapped[ObjectId]
    statement_descriptor: Mapped[ObjectId | None]
    status: Mapped[ObjectId]
    """`pending`, `in_transit`, then `paid` or `failed`, also first the one and then the other; or `canceled`."""

    balance_transaction: Mapped[BalanceTransaction] = relationship(
        BalanceTransaction, viewonly=True, primaryjoin=to_one("Payout", "balance_transaction_id", "BalanceTransaction"))
    failure_balance_transaction: Mapped[BalanceTransaction | None] = relationship(
        BalanceTransaction, viewonly=True,
        primaryjoin=to_one("Payout", "failure_balance_transaction_id", "BalanceTransaction"))
    original_payout: Mapped["Payout | None"] = relationship(
        viewonly=True, primaryjoin="and_(foreign(Payout.account_id) == remote(Payout.account_id), "
                                   "foreign(Payout.original_payout_id) == remote(Payout.id))")
    reversed_by: Mapped["Payout | None"] = relationship(
        viewonly=True, primaryjoin="and_(foreign(Payout.account_id) == remote(Payout.account_id), "
                                   "foreign(Payout.reversed_by_id) == remote(Payout.id))")


class PayoutSchedule(StripeObject, TimeDriven):
    """When an account is next paid out by itself: a row for each account that has ever asked for it."""

    __tablename__ = "payout_schedules"
    __table_args__ = (belongs_to("test_clocks", "test_clock_id"), Index(None, "test_clock_id", "due_at"))
    object_name = "payout_schedule"
    id_prefix = "schedule"

    runs_at: Mapped[UnixTime | None]
    """Null where payouts are manual."""
