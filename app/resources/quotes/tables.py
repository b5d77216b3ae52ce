"""Quotes, their line items and their discounts."""

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, StripeObject, TimeDriven, belongs_to, list_index, to_many, to_one
from app.db.roots import Account, TestClock
from app.db.types import Cents, Decimals, Document, Documents, ObjectId, UnixTime
from app.resources.coupons.tables import Coupon
from app.resources.customers.tables import Customer
from app.resources.prices.tables import Price


class Quote(StripeObject, HasMetadata, TimeDriven):
    """A quote. Amounts are minor units of `currency`; times are unix seconds of its test clock, or of the wall clock.

    The `amount_…` columns add up the line items; the `upfront_…` ones are what the first invoice would bill, and the
    `recurring_…` ones, null without recurring prices, what each full period would bill after it. The `…_discounts` and
    `…_taxes` beside them tell how much each discount and tax rate has in it.
    """

    __tablename__ = "quotes"
    __table_args__ = (
        belongs_to("customers", "customer_id"),
        belongs_to("quotes", "from_quote_id"),
        belongs_to("subscriptions", "subscription_id"),
        belongs_to("subscription_schedules", "subscription_schedule_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("customer_id"),
        Index(None, "test_clock_id", "due_at"),
    )
    object_name = "quote"
    path_param = "quote"
    id_prefix = "qt_"

    accepted_at: Mapped[UnixTime | None]
    amount_discount: Mapped[Cents]
    amount_discounts: Mapped[Documents]
    amount_subtotal: Mapped[Cents]
    amount_tax: Mapped[Cents]
    amount_taxes: Mapped[Documents]
    amount_total: Mapped[Cents]
    application: Mapped[ObjectId | None]
    application_fee_amount: Mapped[Cents | None]
    application_fee_percent: Mapped[Decimals | None]
    automatic_tax_enabled: Mapped[bool]
    canceled_at: Mapped[UnixTime | None]
    collection_method: Mapped[ObjectId]
    currency: Mapped[ObjectId | None]
    """That of its prices; null without line items."""
    customer_id: Mapped[ObjectId | None]
    days_until_due: Mapped[int | None] = mapped_column(Integer)
    default_tax_rates: Mapped[Documents]
    """Ids of tax rates."""
    description: Mapped[str | None] = mapped_column(String(500))
    discounts: Mapped[Documents]
    """Ids of quote discounts."""
    effective_date: Mapped[UnixTime | None]
    expires_at: Mapped[UnixTime]
    finalized_at: Mapped[UnixTime | None]
    footer: Mapped[str | None] = mapped_column(String(500))
    from_quote_id: Mapped[ObjectId | None]
    header: Mapped[str | None] = mapped_column(String(50))
    invoice_id: Mapped[ObjectId | None]
    """The first invoice that its acceptance made. No foreign key: as a one-off draft it may be deleted since."""
    is_revision: Mapped[bool]
    number: Mapped[ObjectId | None]
    on_behalf_of_id: Mapped[str | None] = mapped_column(String(255), ForeignKey("accounts.id"))
    recurring_discount: Mapped[Cents | None]
    recurring_discounts: Mapped[Documents]
    recurring_interval: Mapped[ObjectId | None]
    recurring_interval_count: Mapped[int | None] = mapped_column(Integer)
    recurring_subtotal: Mapped[Cents | None]
    recurring_tax: Mapped[Cents | None]
    recurring_taxes: Mapped[Documents]
    recurring_total: Mapped[Cents | None]
    revision: Mapped[int | None] = mapped_column(Integer)
    sequence: Mapped[int | None] = mapped_column(Integer)
    """Which of its customer's quotes it is, from 1; revisions share it. Null before it is finalised."""
    status: Mapped[ObjectId]
    subscription_id: Mapped[ObjectId | None]
    subscription_schedule_id: Mapped[ObjectId | None]
    transfer_data: Mapped[Document | None]
    trial_period_days: Mapped[int | None] = mapped_column(Integer)
    upfront_discount: Mapped[Cents]
    upfront_discounts: Mapped[Documents]
    upfront_subtotal: Mapped[Cents]
    upfront_tax: Mapped[Cents]
    upfront_taxes: Mapped[Documents]
    upfront_total: Mapped[Cents]

    customer: Mapped[Customer | None] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("Quote", "customer_id", "Customer"))
    from_quote: Mapped["Quote | None"] = relationship(
        "Quote", viewonly=True, uselist=False, remote_side="[Quote.account_id, Quote.id]",
        primaryjoin="and_(foreign(Quote.account_id) == remote(Quote.account_id), "
                    "foreign(Quote.from_quote_id) == remote(Quote.id))")
    invoice: Mapped[object] = relationship(
        "Invoice", viewonly=True, primaryjoin=to_one("Quote", "invoice_id", "Invoice"), info={"outlives": True})
    line_items: Mapped[list["QuoteLineItem"]] = relationship(
        viewonly=True, primaryjoin=to_many("Quote", "QuoteLineItem", "quote_id"), order_by="QuoteLineItem.position")
    on_behalf_of: Mapped[Account | None] = relationship(
        Account, viewonly=True, primaryjoin="foreign(Quote.on_behalf_of_id) == Account.id")
    subscription: Mapped[object] = relationship(
        "Subscription", viewonly=True, primaryjoin=to_one("Quote", "subscription_id", "Subscription"))
    subscription_schedule: Mapped[object] = relationship(
        "SubscriptionSchedule", viewonly=True,
        primaryjoin=to_one("Quote", "subscription_schedule_id", "SubscriptionSchedule"))
    test_clock: Mapped[TestClock | None] = relationship(
        TestClock, viewonly=True, primaryjoin=to_one("Quote", "test_clock_id", "TestClock"))
    upfront_line_items: Mapped[list["QuoteLineItem"]] = relationship(
        viewonly=True, primaryjoin=to_many("Quote", "QuoteLineItem", "upfront_quote_id"),
        order_by="QuoteLineItem.position")


class QuoteLineItem(StripeObject):
    """A price that a quote offers (`quote_id`), or a line of the first invoice that its acceptance would make
    (`upfront_quote_id`). `quantity` is null for metered prices.
    """

    __tablename__ = "quote_line_items"
    __table_args__ = (
        belongs_to("quotes", "quote_id", ondelete="CASCADE"),
        belongs_to("quotes", "upfront_quote_id", ondelete="CASCADE"),
        belongs_to("prices", "price_id"),
        Index(None, "account_id", "quote_id", "position"),
        Index(None, "account_id", "upfront_quote_id", "position"),
    )
    object_name = "item"
    id_prefix = "li_"

    amount_discount: Mapped[Cents]
    amount_subtotal: Mapped[Cents]
    amount_tax: Mapped[Cents]
    amount_total: Mapped[Cents]
    currency: Mapped[ObjectId]
    description: Mapped[str | None] = mapped_column(String(5000))
    discounts: Mapped[Documents]
    """How much each discount takes off it."""
    position: Mapped[int] = mapped_column(Integer)
    price_id: Mapped[ObjectId]
    quantity: Mapped[int | None] = mapped_column(BigInteger)
    quote_id: Mapped[ObjectId | None]
    tax_rates: Mapped[Documents]
    """Ids of its own tax rates, which count instead of the quote's default ones."""
    taxes: Mapped[Documents]
    """How much each tax rate makes of it."""
    upfront_quote_id: Mapped[ObjectId | None]

    price: Mapped[Price] = relationship(
        Price, viewonly=True, primaryjoin=to_one("QuoteLineItem", "price_id", "Price"))


class QuoteDiscount(StripeObject):
    """A coupon that a quote offers. It is redeemed when the quote is accepted, and for what that makes."""

    __tablename__ = "quote_discounts"
    __table_args__ = (
        belongs_to("coupons", "coupon_id"),
        belongs_to("quotes", "quote_id", ondelete="CASCADE"),
        Index(None, "account_id", "coupon_id"),
        Index(None, "account_id", "quote_id"),
    )
    object_name = "quote_discount"
    id_prefix = "di_"

    coupon_id: Mapped[ObjectId]
    promotion_code_id: Mapped[ObjectId | None]
    quote_id: Mapped[ObjectId]

    coupon: Mapped[Coupon] = relationship(
        Coupon, viewonly=True, primaryjoin=to_one("QuoteDiscount", "coupon_id", "Coupon"))
    quote: Mapped[Quote] = relationship(
        Quote, viewonly=True, primaryjoin=to_one("QuoteDiscount", "quote_id", "Quote"))
