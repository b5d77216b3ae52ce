"""Customers, the changes of their balance, and their tax ids."""

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, OnClock, StripeObject, TimeDriven, belongs_to, list_index, to_many, to_one
from app.db.roots import TestClock
from app.db.types import Cents, Document, Documents, ObjectId, UnixTime


class Customer(StripeObject, HasMetadata, OnClock):
    """A customer. `balance` is in minor units of `currency`: credit is negative, debt positive."""

    __tablename__ = "customers"
    __table_args__ = (
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("email_folded"),
    )
    object_name = "customer"
    id_prefix = "cus_"
    id_length = 14
    id_lead = ""

    address: Mapped[Document | None]
    balance: Mapped[Cents]
    cash: Mapped[Document | None]
    """By currency what the customer has sent by bank transfer and not paid with, in minor units; null where there is none."""
    cash_reconciliation_mode: Mapped[ObjectId | None]
    """`automatic`, which null means too, or `manual`."""
    currency: Mapped[ObjectId | None]
    """Fixed by the first thing that bills them."""
    default_payment_method_id: Mapped[ObjectId | None]
    """`invoice_settings.default_payment_method`."""
    default_source_id: Mapped[ObjectId | None]
    """A card or bank account that came as a source, or any other payment method."""
    deleted: Mapped[bool]
    delinquent: Mapped[bool]
    description: Mapped[str | None] = mapped_column(String(5000))
    discount_id: Mapped[ObjectId | None]
    """The newest that was given to the customer; one that has ended is not shown."""
    email: Mapped[str | None] = mapped_column(String(512))
    email_folded: Mapped[str | None] = mapped_column(String(1024))
    """`email` as `domain.search.fold` makes it, which may be longer: by it customers are searched and listed."""
    invoice_prefix: Mapped[ObjectId]
    invoice_settings: Mapped[Document]
    """`custom_fields`, `footer` and `rendering_options`."""
    name: Mapped[str | None] = mapped_column(String(256))
    next_invoice_sequence: Mapped[int] = mapped_column(Integer)
    phone: Mapped[ObjectId | None]
    preferred_locales: Mapped[Documents]
    shipping: Mapped[Document | None]
    tax_exempt: Mapped[ObjectId]
    tax_id_values: Mapped[Documents | None]
    """Type and value of each tax id, oldest first, as invoices show them; null without any."""
    tax_ip_address: Mapped[ObjectId | None]

    test_clock: Mapped[TestClock | None] = relationship(
        TestClock, viewonly=True, primaryjoin=to_one("Customer", "test_clock_id", "TestClock"))
    default_payment_method: Mapped[object] = relationship(
        "PaymentMethod", viewonly=True, primaryjoin=to_one("Customer", "default_payment_method_id", "PaymentMethod"))
    discount: Mapped[object] = relationship(
        "Discount", viewonly=True, primaryjoin=to_one("Customer", "discount_id", "Discount"))
    cards: Mapped[list[object]] = relationship(
        "CustomerCard", viewonly=True, primaryjoin=to_many("Customer", "CustomerCard", "customer_id"))
    bank_accounts: Mapped[list[object]] = relationship(
        "BankAccount", viewonly=True, primaryjoin=to_many("Customer", "BankAccount", "customer_id"))
    subscriptions: Mapped[list[object]] = relationship(
        "Subscription", viewonly=True, primaryjoin=to_many("Customer", "Subscription", "customer_id"),
        order_by="[Subscription.created.desc(), Subscription.seq.desc()]")
    tax_ids: Mapped[list["TaxId"]] = relationship(
        "TaxId", viewonly=True, primaryjoin=to_many("Customer", "TaxId", "customer_id"),
        order_by="[TaxId.created.desc(), TaxId.seq.desc()]")


class CustomerBalanceTransaction(StripeObject, HasMetadata, OnClock):
    """A change of a customer's balance, in minor units of `currency`: a negative `amount` is credit.

    Only `description` and metadata ever change. The amounts of a customer sum to their balance.
    """

    __tablename__ = "customer_balance_transactions"
    __table_args__ = (
        belongs_to("customers", "customer_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("customer_id"),
    )
    object_name = "customer_balance_transaction"
    missing_name = "customer balance transaction"
    path_param = "transaction"
    id_prefix = "cbtxn_"

    amount: Mapped[Cents]
    credit_note_id: Mapped[ObjectId | None]
    currency: Mapped[ObjectId]
    customer_id: Mapped[ObjectId]
    description: Mapped[str | None] = mapped_column(String(350))
    ending_balance: Mapped[Cents]
    invoice_id: Mapped[ObjectId | None]
    """A draft never is: only a finalised invoice meets the balance, and it stays."""
    type: Mapped[ObjectId]
    """`adjustment`, `applied_to_invoice`, `credit_note`, `invoice_too_small`, `unapplied_from_invoice` …"""

    customer: Mapped[Customer] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("CustomerBalanceTransaction", "customer_id", "Customer"))
    invoice: Mapped[object] = relationship(
        "Invoice", viewonly=True, primaryjoin=to_one("CustomerBalanceTransaction", "invoice_id", "Invoice"))
    credit_note: Mapped[object] = relationship(
        "CreditNote", viewonly=True, primaryjoin=to_one("CustomerBalanceTransaction", "credit_note_id", "CreditNote"))


class TaxId(StripeObject, TimeDriven):
    """A number under which an authority knows the customer."""

    __tablename__ = "tax_ids"
    __table_args__ = (
        belongs_to("customers", "customer_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("customer_id"),
        Index(None, "test_clock_id", "due_at"),
    )
    object_name = "tax_id"
    missing_name = "tax ID"
    path_param = "id"
    id_prefix = "txi_"

    checks_at: Mapped[UnixTime | None]
    """When the look-up in the authority's register is over; null where there is none, or none any more."""
    country: Mapped[ObjectId | None]
    customer_id: Mapped[ObjectId]
    type: Mapped[ObjectId]
    value: Mapped[str] = mapped_column(String(5000))
    verification_status: Mapped[ObjectId]

    customer: Mapped[Customer] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("TaxId", "customer_id", "Customer"))
