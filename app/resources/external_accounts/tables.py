"""The bank_accounts and cards tables."""

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, OnClock, StripeObject, belongs_to, list_index, of_account, to_one
from app.db.roots import Account
from app.db.types import Document, ObjectId
from app.resources.customers.tables import Customer


class BankAccount(StripeObject, HasMetadata, OnClock):
    """A bank account of the account whose row it is, or a source of the customer who is named. Its number is not kept."""

    __tablename__ = "bank_accounts"
    __table_args__ = (
        of_account(),
        belongs_to("customers", "customer_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index(),
        list_index("currency"),
        list_index("customer_id"),
    )
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
    customer_id: Mapped[ObjectId | None]
    """Whose source it is; null for the account's own, which money is paid out to."""
    default_for_currency: Mapped[bool]
    """Of the account's own, one of all bank accounts and cards in the currency."""
    deleted: Mapped[bool]
    fingerprint: Mapped[ObjectId]
    last4: Mapped[ObjectId]
    routing_number: Mapped[ObjectId | None]
    status: Mapped[ObjectId]
    """`new`, or `errored` after a payout to it failed; of a customer's also `verified` and `verification_failed`."""
    verification_attempts: Mapped[int] = mapped_column(Integer)
    """How often a customer has named wrong amounts."""

    account: Mapped[Account] = relationship(
        Account, viewonly=True, primaryjoin="foreign(BankAccount.account_id) == Account.id")
    customer: Mapped[Customer | None] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("BankAccount", "customer_id", "Customer"))

    @property
    def is_source(self) -> bool:
        """Whether a customer has it as a source."""
        return self.customer_id is not None and not self.deleted

    @property
    def is_external_account(self) -> bool:
        """Whether the account has it as its own."""
        return self.customer_id is None and not self.deleted

    @property
    def takes_instant_payouts(self) -> bool:
        """Whether an instant payout may go to it."""
        return self.country == "US" and self.behavior != "no_instant"


class Card(StripeObject, HasMetadata):
    """A debit card of the account whose row it is, which money is paid out to. Its number is not kept."""

    __tablename__ = "cards"
    __table_args__ = (of_account(), list_index(), list_index("currency"))
    object_name = "card"
    missing_name = "external account"
    id_prefix = "card_"

    behavior: Mapped[ObjectId | None]
    """What money meets there, as `domain.cards` says; null where all goes well."""
    billing_details: Mapped[Document]
    """Name and address of its holder, as those of a payment method."""
    card: Mapped[Document]
    """Brand, expiry, fingerprint, last4 and the like, as those of a payment method."""
    currency: Mapped[ObjectId]
    default_for_currency: Mapped[bool]
    deleted: Mapped[bool]
    status: Mapped[ObjectId]
    """`new`, or `errored` after a payout to it failed."""

    account: Mapped[Account] = relationship(Account, viewonly=True, primaryjoin="foreign(Card.account_id) == Account.id")

    @property
    def is_external_account(self) -> bool:
        """Whether the account still has it."""
        return not self.deleted

    @property
    def country(self) -> str:
        """Where its bank is."""
        return str(self.card["country"])

    @property
    def last4(self) -> str:
        """The last four digits of its number."""
        return str(self.card["last4"])

    @property
    def takes_instant_payouts(self) -> bool:
        """Whether an instant payout may go to it."""
        return self.country == "US" and self.behavior != "no_instant"
