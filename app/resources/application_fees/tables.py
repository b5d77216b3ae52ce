"""The application_fees and application_fee_refunds tables."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, OnClock, StripeObject, belongs_to, list_index, to_many, to_one
from app.db.roots import Account
from app.db.types import Cents, ObjectId
from app.resources.balance.tables import BalanceTransaction
from app.resources.charges.tables import Charge


class ApplicationFee(StripeObject, OnClock):
    """What the platform, whose row it is, earned by one payment of a connected account, in minor units of `currency`."""

    __tablename__ = "application_fees"
    __table_args__ = (
        belongs_to("balance_transactions", "balance_transaction_id"),
        belongs_to("charges", "originating_transaction_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("charge_id"),
        # By the convention its name would be longer than PostgreSQL's names are.
        Index("ix_application_fees_originating_transaction", "account_id", "originating_transaction_id", "created", "seq"),
    )
    object_name = "application_fee"
    missing_name = "application fee"
    id_prefix = "fee_"

    amount: Mapped[Cents]
    amount_refunded: Mapped[Cents]
    balance_transaction_id: Mapped[ObjectId]
    charge_id: Mapped[ObjectId]
    """The payment on the connected account that it was taken of. It may go with a test clock there."""
    charged_account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    """The connected account; the API calls it `account`."""
    currency: Mapped[ObjectId]
    originating_transaction_id: Mapped[ObjectId | None]
    """The platform's own charge that was transferred; null where the connected account was charged directly."""

    balance_transaction: Mapped[BalanceTransaction] = relationship(
        BalanceTransaction, viewonly=True,
        primaryjoin=to_one("ApplicationFee", "balance_transaction_id", "BalanceTransaction"))
    charge: Mapped[Charge | None] = relationship(
        Charge, viewonly=True, info={"outlives": True},
        primaryjoin="and_(foreign(ApplicationFee.charged_account_id) == Charge.account_id, "
                    "foreign(ApplicationFee.charge_id) == Charge.id)")
    charged_account: Mapped[Account] = relationship(
        Account, viewonly=True, primaryjoin="foreign(ApplicationFee.charged_account_id) == Account.id")
    originating_transaction: Mapped[Charge | None] = relationship(
        Charge, viewonly=True, primaryjoin=to_one("ApplicationFee", "originating_transaction_id", "Charge"))
    refunds: Mapped[list["ApplicationFeeRefund"]] = relationship(
        "ApplicationFeeRefund", viewonly=True, uselist=True, order_by="desc(ApplicationFeeRefund.seq)",
        primaryjoin=to_many("ApplicationFee", "ApplicationFeeRefund", "fee_id"))
    """Newest first."""


class ApplicationFeeRefund(StripeObject, HasMetadata, OnClock):
    """What went back of an application fee, in minor units of `currency`."""

    __tablename__ = "application_fee_refunds"
    __table_args__ = (
        belongs_to("application_fees", "fee_id"),
        belongs_to("balance_transactions", "balance_transaction_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("fee_id"),
    )
    object_name = "fee_refund"
    missing_name = "application fee refund"
    id_prefix = "fr_"

    amount: Mapped[Cents]
    balance_transaction_id: Mapped[ObjectId]
    currency: Mapped[ObjectId]
    fee_id: Mapped[ObjectId]

    balance_transaction: Mapped[BalanceTransaction] = relationship(
        BalanceTransaction, viewonly=True,
        primaryjoin=to_one("ApplicationFeeRefund", "balance_transaction_id", "BalanceTransaction"))
    fee: Mapped[ApplicationFee] = relationship(
        ApplicationFee, viewonly=True, primaryjoin=to_one("ApplicationFeeRefund", "fee_id", "ApplicationFee"))
