"""The topups table."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, StripeObject, TimeDriven, belongs_to, list_index, to_one
from app.db.types import Cents, Document, ObjectId, UnixTime
from app.resources.balance.tables import BalanceTransaction


class Topup(StripeObject, HasMetadata, TimeDriven):
    """What an account brings in from its bank, in minor units of `currency`."""

    __tablename__ = "topups"
    __table_args__ = (
        belongs_to("balance_transactions", "balance_transaction_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index(),
        list_index("status"),
        Index(None, "account_id", "source_id"),
        Index(None, "test_clock_id", "due_at"),
    )
    object_name = "topup"
    path_param = "topup"
    id_prefix = "tu_"

    amount: Mapped[Cents]
    balance_transaction_id: Mapped[ObjectId | None]
    """That by which the money came; null until it has come."""
    behavior: Mapped[ObjectId | None]
    """What the bank will do, as `domain.banks` says; null where the money comes."""
    currency: Mapped[ObjectId]
    description: Mapped[str | None] = mapped_column(String(5000))
    expected_availability_date: Mapped[UnixTime]
    failure_code: Mapped[ObjectId | None]
    failure_message: Mapped[str | None] = mapped_column(String(5000))
    settles_at: Mapped[UnixTime]
    """When a pending one succeeds or fails."""
    source: Mapped[Document]
    """The `source` object: the bank account by its last four digits."""
    source_id: Mapped[ObjectId]
    statement_descriptor: Mapped[ObjectId | None]
    status: Mapped[ObjectId]
    """`pending`, then `succeeded`, `failed` or `canceled`; one that succeeded may become `reversed`."""
    transfer_group: Mapped[ObjectId | None]

    balance_transaction: Mapped[BalanceTransaction | None] = relationship(
        BalanceTransaction, viewonly=True, primaryjoin=to_one("Topup", "balance_transaction_id", "BalanceTransaction"))
