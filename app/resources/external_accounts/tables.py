"""The bank_accounts table."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import HasMetadata, StripeObject, list_index
from app.db.types import ObjectId


class BankAccount(StripeObject, HasMetadata):
    """A bank account of the account whose row it is. Its number is not kept."""

    __tablename__ = "bank_accounts"
    __table_args__ = (list_index(), list_index("currency"))
    object_name = "bank_account"
    missing_name = "external account"
    id_prefix = "ba_"

    account_holder_name: Mapped[str | None] = mapped_column(String(5000))
    account_holder_type: Mapped[ObjectId | None]
    account_type: Mapped[ObjectId | None]
    bank_name: Mapped[ObjectId]
    behavior: Mapped[ObjectId | None]
    """What money meets there, as `domain.banks` says; null where all goes well."""
    country: Mapped[ObjectId]
    currency: Mapped[ObjectId]
    default_for_currency: Mapped[bool]
    fingerprint: Mapped[ObjectId]
    last4: Mapped[ObjectId]
    routing_number: Mapped[ObjectId | None]
    status: Mapped[ObjectId]
    """`new`, or `errored` after a payout to it failed."""

    @property
    def takes_instant_payouts(self) -> bool:
        """Whether an instant payout may go to it."""
        return self.country == "US" and self.behavior != "no_instant"
