"""Credit notes and their lines."""

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, OnClock, StripeObject, belongs_to, list_index, to_many, to_one
from app.db.types import Cents, Decimals, Documents, ObjectId, UnixTime
from app.resources.customers.tables import Customer, CustomerBalanceTransaction
from app.resources.invoices.tables import Invoice
from app.resources.refunds.tables import Refund


class CreditNote(StripeObject, HasMetadata, OnClock):
    """A credit note. Amounts are minor units of `currency`."""

    __tablename__ = "credit_notes"
    __table_args__ = (
        belongs_to("customers", "customer_id"),
        belongs_to("customer_balance_transactions", "customer_balance_transaction_id"),
        belongs_to("invoices", "invoice_id"),
        belongs_to("refunds", "refund_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("customer_id"),
        list_index("invoice_id"),
    )
    object_name = "credit_note"
    id_prefix = "cn_"

    amount: Mapped[Cents]
    """The whole credit, taxes and discounts included; the API shows it as `total` too."""
    credit_amount: Mapped[Cents]
    """What was added to the customer's credit."""
    currency: Mapped[ObjectId]
    customer_balance_transaction_id: Mapped[ObjectId | None]
    customer_id: Mapped[ObjectId]
    discount_amount: Mapped[Cents]
    discount_amounts: Mapped[Documents]
    invoice_id: Mapped[ObjectId]
    memo: Mapped[str | None] = mapped_column(Text)
    number: Mapped[ObjectId]
    out_of_band_amount: Mapped[Cents | None]
    pdf: Mapped[str] = mapped_column(Text)
    """Where its file can be had without a key; the end of it, before `/pdf`, is a secret."""
    reason: Mapped[ObjectId | None]
    refund_id: Mapped[ObjectId | None]
    status: Mapped[ObjectId]
    """`issued` or `void`."""
    subtotal: Mapped[Cents]
    subtotal_excluding_tax: Mapped[Cents]
    tax_amounts: Mapped[Documents]
    total_excluding_tax: Mapped[Cents]
    type: Mapped[ObjectId]
    """`pre_payment` when the invoice was open, `post_payment` when it was paid."""
    voided_at: Mapped[UnixTime | None]

    customer: Mapped[Customer] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("CreditNote", "customer_id", "Customer"))
    customer_balance_transaction: Mapped[CustomerBalanceTransaction | None] = relationship(
        CustomerBalanceTransaction, viewonly=True,
        primaryjoin=to_one("CreditNote", "customer_balance_transaction_id", "CustomerBalanceTransaction"))
    invoice: Mapped[Invoice] = relationship(
        Invoice, viewonly=True, primaryjoin=to_one("CreditNote", "invoice_id", "Invoice"))
    lines: Mapped[list["CreditNoteLine"]] = relationship(
        viewonly=True, primaryjoin=to_many("CreditNote", "CreditNoteLine", "credit_note_id"),
        order_by="CreditNoteLine.position")
    refund: Mapped[Refund | None] = relationship(
        Refund, viewonly=True, primaryjoin=to_one("CreditNote", "refund_id", "Refund"))


class CreditNoteLine(StripeObject):
    """A line of a credit note, in the order of `position`: some of a line of the invoice, or a line of its own."""

    __tablename__ = "credit_note_lines"
    __table_args__ = (
        belongs_to("credit_notes", "credit_note_id", ondelete="CASCADE"),
        belongs_to("invoice_lines", "invoice_line_id"),
        Index(None, "account_id", "credit_note_id", "position"),
    )
    object_name = "credit_note_line_item"
    id_prefix = "cnli_"

    amount: Mapped[Cents]
    amount_excluding_tax: Mapped[Cents]
    credit_note_id: Mapped[ObjectId]
    description: Mapped[str | None] = mapped_column(Text)
    discount_amounts: Mapped[Documents]
    """Shares of the invoice's discounts; those of the invoice line itself are inside `amount`, as on the invoice."""
    invoice_line_id: Mapped[ObjectId | None]
    position: Mapped[int] = mapped_column(Integer)
    quantity: Mapped[int | None] = mapped_column(BigInteger)
    tax_amounts: Mapped[Documents]
    tax_rates: Mapped[Documents]
    type: Mapped[ObjectId]
    unit_amount: Mapped[Cents | None]
    unit_amount_decimal: Mapped[Decimals | None]
    unit_amount_excluding_tax: Mapped[Decimals | None]
