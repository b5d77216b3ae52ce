"""Invoices, invoice lines and invoice items."""

from sqlalchemy import BigInteger, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, OnClock, StripeObject, TimeDriven, belongs_to, list_index, to_many, to_one
from app.db.roots import Account, TestClock
from app.db.types import Cents, Decimals, Document, Documents, ObjectId, UnixTime
from app.resources.customers.tables import Customer
from app.resources.prices.tables import Price


class Invoice(StripeObject, HasMetadata, TimeDriven):
    """An invoice. Amounts are minor units of `currency`; times are unix seconds of its customer's clock."""

    __tablename__ = "invoices"
    __table_args__ = (
        belongs_to("customers", "customer_id"),
        belongs_to("subscriptions", "subscription_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("customer_id"),
        list_index("subscription_id"),
        Index(None, "test_clock_id", "due_at"),
    )
    object_name = "invoice"
    path_param = "invoice"
    id_prefix = "in_"

    account_tax_ids: Mapped[Documents | None]
    amount_due: Mapped[Cents]
    amount_paid: Mapped[Cents]
    application: Mapped[ObjectId | None]
    application_fee_amount: Mapped[Cents | None]
    application_fee_percent: Mapped[Decimals | None]
    """What the subscription gives of each invoice as the fee; null where there is none, or a caller set the amount."""
    attempt_count: Mapped[int] = mapped_column(Integer)
    attempted: Mapped[bool]
    auto_advance: Mapped[bool]
    automatic_tax_enabled: Mapped[bool]
    billing_reason: Mapped[ObjectId]
    charge_id: Mapped[ObjectId | None]
    collection_method: Mapped[ObjectId]
    currency: Mapped[ObjectId]
    custom_fields: Mapped[Documents | None]
    customer_id: Mapped[ObjectId]
    customer_snapshot: Mapped[Document | None]
    """The `customer_*` fields as they were at finalisation; null on a draft, which shows the customer's own."""
    default_payment_method_id: Mapped[ObjectId | None]
    default_source_id: Mapped[ObjectId | None]
    """Our choice: a customer's cards are their payment methods, under either name."""
    default_tax_rates: Mapped[Documents]
    description: Mapped[str | None] = mapped_column(String(1500))
    discounts: Mapped[Documents]
    """Ids of discounts, in the order in which they apply."""
    due_date: Mapped[UnixTime | None]
    ending_balance: Mapped[Cents | None]
    finalized_at: Mapped[UnixTime | None]
    finalizes_at: Mapped[UnixTime | None]
    """When a draft finalises itself; null when it does not."""
    footer: Mapped[str | None] = mapped_column(Text)
    hosted_invoice_url: Mapped[str | None] = mapped_column(Text)
    """Where the invoice can be seen and paid without a key, from its finalisation on; the end of it is a secret."""
    last_finalization_error: Mapped[Document | None]
    """Why time could not finalise it, as an error of the API; null since it was."""
    marked_uncollectible_at: Mapped[UnixTime | None]
    next_payment_attempt: Mapped[UnixTime | None]
    number: Mapped[ObjectId | None]
    on_behalf_of_id: Mapped[ObjectId | None]
    paid_at: Mapped[UnixTime | None]
    paid_out_of_band: Mapped[bool]
    past_due_at: Mapped[UnixTime | None]
    """When an unpaid send_invoice invoice makes its subscription past due, then when it is given up; null once that is over."""
    pause_behavior: Mapped[ObjectId | None]
    """What becomes of it instead of being collected, because its subscription was paused when it was made."""
    payment_intent_id: Mapped[ObjectId | None]
    payment_settings: Mapped[Document | None]
    """`payment_method_options` and `payment_method_types` as rendered; null where none were set."""
    period_end: Mapped[UnixTime]
    period_start: Mapped[UnixTime]
    post_payment_credit_notes_amount: Mapped[Cents]
    pre_payment_credit_notes_amount: Mapped[Cents]
    quote_id: Mapped[ObjectId | None]
    rendering_options: Mapped[Document | None]
    starting_balance: Mapped[Cents]
    statement_descriptor: Mapped[ObjectId | None]
    status: Mapped[ObjectId]
    subscription_id: Mapped[ObjectId | None]
    subscription_proration_date: Mapped[UnixTime | None]
    subtotal: Mapped[Cents]
    subtotal_excluding_tax: Mapped[Cents]
    tax: Mapped[Cents | None]
    threshold_reason: Mapped[Document | None]
    """As rendered; null where no threshold was reached."""
    total: Mapped[Cents]
    total_discount_amounts: Mapped[Documents]
    total_excluding_tax: Mapped[Cents]
    total_tax_amounts: Mapped[Documents]
    transfer_amount: Mapped[Cents | None]
    """`transfer_data.amount`; null where all that is paid goes to the destination."""
    transfer_destination_id: Mapped[ObjectId | None]
    transfer_percent: Mapped[Decimals | None]
    """What the subscription gives of each invoice to the destination; null where a caller set the amount."""
    voided_at: Mapped[UnixTime | None]
    webhooks_delivered_at: Mapped[UnixTime | None]

    account: Mapped[Account] = relationship(
        Account, viewonly=True, primaryjoin="foreign(Invoice.account_id) == Account.id")
    customer: Mapped[Customer] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("Invoice", "customer_id", "Customer"))
    test_clock: Mapped[TestClock | None] = relationship(
        TestClock, viewonly=True, primaryjoin=to_one("Invoice", "test_clock_id", "TestClock"))
    lines: Mapped[list["InvoiceLine"]] = relationship(
        viewonly=True, primaryjoin=to_many("Invoice", "InvoiceLine", "invoice_id"), order_by="InvoiceLine.position")
    subscription: Mapped[object] = relationship(
        "Subscription", viewonly=True, primaryjoin=to_one("Invoice", "subscription_id", "Subscription"))
    payment_intent: Mapped[object] = relationship(
        "PaymentIntent", viewonly=True, primaryjoin=to_one("Invoice", "payment_intent_id", "PaymentIntent"))
    charge: Mapped[object] = relationship(
        "Charge", viewonly=True, primaryjoin=to_one("Invoice", "charge_id", "Charge"))
    default_payment_method: Mapped[object] = relationship(
        "PaymentMethod", viewonly=True, primaryjoin=to_one("Invoice", "default_payment_method_id", "PaymentMethod"))
    quote: Mapped[object] = relationship(
        "Quote", viewonly=True, primaryjoin=to_one("Invoice", "quote_id", "Quote"))
    on_behalf_of: Mapped[Account | None] = relationship(
        Account, viewonly=True, primaryjoin="foreign(Invoice.on_behalf_of_id) == Account.id")
    transfer_destination: Mapped[Account | None] = relationship(
        Account, viewonly=True, primaryjoin="foreign(Invoice.transfer_destination_id) == Account.id")


class InvoiceLine(StripeObject, HasMetadata):
    """A line of an invoice, in the order of `position`."""

    __tablename__ = "invoice_lines"
    __table_args__ = (
        belongs_to("invoices", "invoice_id", ondelete="CASCADE"),
        Index(None, "account_id", "invoice_id", "position"),
        Index(None, "account_id", "subscription_item_id", "period_start"),
    )
    object_name = "line_item"
    id_prefix = "il_"

    amount: Mapped[Cents]
    amount_excluding_tax: Mapped[Cents]
    currency: Mapped[ObjectId]
    description: Mapped[str | None] = mapped_column(Text)
    discount_amounts: Mapped[Documents]
    discountable: Mapped[bool]
    discounts: Mapped[Documents]
    invoice_id: Mapped[ObjectId]
    invoice_item_id: Mapped[ObjectId | None]
    period_end: Mapped[UnixTime]
    period_start: Mapped[UnixTime]
    position: Mapped[int] = mapped_column(Integer)
    price_id: Mapped[ObjectId | None]
    proration: Mapped[bool]
    proration_details: Mapped[Document]
    quantity: Mapped[int | None] = mapped_column(BigInteger)
    subscription_id: Mapped[ObjectId | None]
    subscription_item_id: Mapped[ObjectId | None]
    tax_amounts: Mapped[Documents]
    tax_rates: Mapped[Documents]
    type: Mapped[ObjectId]
    unit_amount_excluding_tax: Mapped[Decimals | None]

    price: Mapped[Price | None] = relationship(
        Price, viewonly=True, primaryjoin=to_one("InvoiceLine", "price_id", "Price"))


class InvoiceItem(StripeObject, HasMetadata, OnClock):
    """What waits for its customer's next invoice (`invoice_id` null), or stands on one."""

    __tablename__ = "invoice_items"
    __table_args__ = (
        belongs_to("customers", "customer_id"),
        belongs_to("invoices", "invoice_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("customer_id"),
        list_index("invoice_id"),
    )
    object_name = "invoiceitem"
    missing_name = "invoiceitem"
    path_param = "invoiceitem"
    id_prefix = "ii_"

    amount: Mapped[Cents]
    currency: Mapped[ObjectId]
    customer_id: Mapped[ObjectId]
    date: Mapped[UnixTime]
    description: Mapped[str | None] = mapped_column(Text)
    discountable: Mapped[bool]
    discounts: Mapped[Documents]
    invoice_id: Mapped[ObjectId | None]
    period_end: Mapped[UnixTime]
    period_start: Mapped[UnixTime]
    price_id: Mapped[ObjectId | None]
    proration: Mapped[bool]
    proration_details: Mapped[Document]
    quantity: Mapped[int] = mapped_column(BigInteger)
    subscription_id: Mapped[ObjectId | None]
    subscription_item_id: Mapped[ObjectId | None]
    tax_rates: Mapped[Documents]
    unit_amount: Mapped[Cents | None]
    unit_amount_decimal: Mapped[Decimals | None]

    customer: Mapped[Customer] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("InvoiceItem", "customer_id", "Customer"))
    test_clock: Mapped[TestClock | None] = relationship(
        TestClock, viewonly=True, primaryjoin=to_one("InvoiceItem", "test_clock_id", "TestClock"))
    invoice: Mapped[Invoice | None] = relationship(
        Invoice, viewonly=True, primaryjoin=to_one("InvoiceItem", "invoice_id", "Invoice"))
    subscription: Mapped[object] = relationship(
        "Subscription", viewonly=True, primaryjoin=to_one("InvoiceItem", "subscription_id", "Subscription"))
    price: Mapped[Price | None] = relationship(
        Price, viewonly=True, primaryjoin=to_one("InvoiceItem", "price_id", "Price"))
