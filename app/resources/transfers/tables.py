"""The transfers and transfer_reversals tables."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, OnClock, StripeObject, belongs_to, list_index, to_many, to_one
from app.db.roots import Account
from app.db.types import Cents, ObjectId
from app.resources.balance.tables import BalanceTransaction
from app.resources.charges.tables import Charge
from app.resources.refunds.tables import Refund


def _arrives_as(target: str, column: str) -> ForeignKeyConstraint:
    """A foreign key to what a row is on the connected account."""
    # By the convention the name of one would be longer than PostgreSQL's names are.
    return ForeignKeyConstraint(["destination_id", column], [f"{target}.account_id", f"{target}.id"],
                                name=f"fk_{column}", deferrable=True, initially="DEFERRED")


class Transfer(StripeObject, HasMetadata, OnClock):
    """Money that goes from the platform, whose row it is, to a connected account, in minor units of `currency`."""

    __tablename__ = "transfers"
    __table_args__ = (
        _arrives_as("charges", "destination_payment_id"),
        belongs_to("balance_transactions", "balance_transaction_id"),
        belongs_to("charges", "source_transaction_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("destination_id"),
        list_index("source_transaction_id"),
        list_index("transfer_group"),
    )
    object_name = "transfer"
    path_param = "transfer"
    id_prefix = "tr_"

    amount: Mapped[Cents]
    amount_reversed: Mapped[Cents]
    balance_transaction_id: Mapped[ObjectId]
    currency: Mapped[ObjectId]
    description: Mapped[str | None] = mapped_column(String(5000))
    destination_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    destination_payment_id: Mapped[ObjectId]
    """The charge on the connected account as which the money arrives there."""
    source_transaction_id: Mapped[ObjectId | None]
    """The charge that the money comes from: it is there when the charge's is."""
    source_type: Mapped[ObjectId]
    transfer_group: Mapped[ObjectId | None]

    balance_transaction: Mapped[BalanceTransaction] = relationship(
        BalanceTransaction, viewonly=True, primaryjoin=to_one("Transfer", "balance_transaction_id", "BalanceTransaction"))
    destination: Mapped[Account] = relationship(
        Account, viewonly=True, primaryjoin="foreign(Transfer.destination_id) == Account.id")
    destination_payment: Mapped[Charge] = relationship(
        Charge, viewonly=True, primaryjoin="and_(foreign(Transfer.destination_id) == Charge.account_id, "
                                           "foreign(Transfer.destination_payment_id) == Charge.id)")
    reversals: Mapped[list["TransferReversal"]] = relationship(
        "TransferReversal", viewonly=True, uselist=True, order_by="desc(TransferReversal.seq)",
        primaryjoin=to_many("Transfer", "TransferReversal", "transfer_id"))
    """Newest first."""
    source_transaction: Mapped[Charge | None] = relationship(
        Charge, viewonly=True, primaryjoin=to_one("Transfer", "source_transaction_id", "Charge"))


class TransferReversal(StripeObject, HasMetadata, OnClock):
    """What comes back of a transfer, in minor units of `currency`."""

    __tablename__ = "transfer_reversals"
    __table_args__ = (
        _arrives_as("refunds", "destination_payment_refund_id"),
        belongs_to("balance_transactions", "balance_transaction_id"),
        belongs_to("refunds", "source_refund_id"),
        belongs_to("test_clocks", "test_clock_id"),
        belongs_to("transfers", "transfer_id"),
        list_index("transfer_id"),
    )
    object_name = "transfer_reversal"
    missing_name = "transfer reversal"
    id_prefix = "trr_"

    amount: Mapped[Cents]
    balance_transaction_id: Mapped[ObjectId]
    currency: Mapped[ObjectId]
    description: Mapped[str | None] = mapped_column(String(5000))
    """Taken, and shown in no answer."""
    destination_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    """The connected account, as the transfer has it."""
    destination_payment_refund_id: Mapped[ObjectId]
    """The refund on the connected account by which the money leaves it."""
    source_refund_id: Mapped[ObjectId | None]
    """The refund of the platform's charge that brought it about."""
    transfer_id: Mapped[ObjectId]

    balance_transaction: Mapped[BalanceTransaction] = relationship(
        BalanceTransaction, viewonly=True,
        primaryjoin=to_one("TransferReversal", "balance_transaction_id", "BalanceTransaction"))
    destination_payment_refund: Mapped[Refund] = relationship(
        Refund, viewonly=True, primaryjoin="and_(foreign(TransferReversal.destination_id) == Refund.account_id, "
                                           "foreign(TransferReversal.destination_payment_refund_id) == Refund.id)")
    source_refund: Mapped[Refund | None] = relationship(
        Refund, viewonly=True, primaryjoin=to_one("TransferReversal", "source_refund_id", "Refund"))
    transfer: Mapped[Transfer] = relationship(
        Transfer, viewonly=True, primaryjoin=to_one("TransferReversal", "transfer_id", "Transfer"))
