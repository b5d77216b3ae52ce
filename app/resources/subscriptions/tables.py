"""Subscriptions and subscription items."""

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, StripeObject, TimeDriven, belongs_to, list_index, to_many, to_one
from app.db.roots import TestClock
from app.db.types import Decimals, Document, Documents, ObjectId, UnixTime
from app.resources.coupons.tables import Discount
from app.resources.customers.tables import Customer
from app.resources.prices.tables import Price


class Subscription(StripeObject, HasMetadata, TimeDriven):
    """A subscription. All times are unix seconds of its customer's clock."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        belongs_to("customers", "customer_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("customer_id"),
        Index(None, "test_clock_id", "due_at"),
    )
    object_name = "subscription"
    id_prefix = "sub_"

    application: Mapped[ObjectId | None]
    application_fee_percent: Mapped[Decimals | None]
    automatic_tax_enabled: Mapped[bool]
    billing_cycle_anchor: Mapped[UnixTime]
    billing_thresholds: Mapped[Document | None]
    cancel_at: Mapped[UnixTime | None]
    cancel_at_period_end: Mapped[bool]
    canceled_at: Mapped[UnixTime | None]
    collection_method: Mapped[ObjectId]
    currency: Mapped[ObjectId]
    current_period_end: Mapped[UnixTime]
    current_period_start: Mapped[UnixTime]
    customer_id: Mapped[ObjectId]
    days_until_due: Mapped[int | None] = mapped_column(Integer)
    default_payment_method_id: Mapped[ObjectId | None]
    default_source_id: Mapped[ObjectId | None]
    default_tax_rates: Mapped[Documents]
    """Ids of tax rates."""
    description: Mapped[str | None] = mapped_column(String(500))
    discount_id: Mapped[ObjectId | None]
    ended_at: Mapped[UnixTime | None]
    latest_invoice_id: Mapped[ObjectId | None]
    next_pending_invoice_item_invoice: Mapped[UnixTime | None]
    """When the items that wait are invoiced next; null without an interval for it, and once the subscription has ended."""
    pause_collection: Mapped[Document | None]
    payment_settings: Mapped[Document | None]
    """As rendered; null where none were set."""
    parked_change: Mapped[Document | None]
    """What the pending update would do, and the id of the invoice whose payment does it: see `operations.parking`."""
    pending_invoice_item_interval: Mapped[Document | None]
    pending_update: Mapped[Document | None]
    """As rendered; null where none waits for its payment."""
    pending_setup_intent_id: Mapped[ObjectId | None]
    schedule_id: Mapped[ObjectId | None]
    start_date: Mapped[UnixTime]
    status: Mapped[ObjectId]
    transfer_data: Mapped[Document | None]
    trial_end: Mapped[UnixTime | None]
    trial_start: Mapped[UnixTime | None]

    trial_notice_at: Mapped[UnixTime | None]
    """When customer.subscription.trial_will_end is to be sent; null once it was."""
    upcoming_notice_at: Mapped[UnixTime | None]
    """When invoice.upcoming is to be sent for the next renewal; null once it was."""
    expires_at: Mapped[UnixTime | None]
    """When an incomplete subscription gives up; null in every other status."""

    customer: Mapped[Customer] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("Subscription", "customer_id", "Customer"))
    test_clock: Mapped[TestClock | None] = relationship(
        TestClock, viewonly=True, primaryjoin=to_one("Subscription", "test_clock_id", "TestClock"))
    items: Mapped[list["SubscriptionItem"]] = relationship(
        viewonly=True, primaryjoin=to_many("Subscription", "SubscriptionItem", "subscription_id"),
        order_by="SubscriptionItem.seq")
    discount: Mapped[Discount | None] = relationship(
        Discount, viewonly=True, primaryjoin=to_one("Subscription", "discount_id", "Discount"))
    latest_invoice: Mapped[object] = relationship(
        "Invoice", viewonly=True, primaryjoin=to_one("Subscription", "latest_invoice_id", "Invoice"))
    schedule: Mapped[object] = relationship(
        "SubscriptionSchedule", viewonly=True, primaryjoin=to_one("Subscription", "schedule_id", "SubscriptionSchedule"))
    pending_setup_intent: Mapped[object] = relationship(
        "SetupIntent", viewonly=True, primaryjoin=to_one("Subscription", "pending_setup_intent_id", "SetupIntent"))
    default_payment_method: Mapped[object] = relationship(
        "PaymentMethod", viewonly=True, primaryjoin=to_one("Subscription", "default_payment_method_id", "PaymentMethod"))


class SubscriptionItem(StripeObject, HasMetadata):
    """One price on a subscription. `quantity` is null for metered prices."""

    __tablename__ = "subscription_items"
    __table_args__ = (
        belongs_to("subscriptions", "subscription_id", ondelete="CASCADE"),
        belongs_to("prices", "price_id"),
        list_index("subscription_id"),
    )
    object_name = "subscription_item"
    missing_name = "subscription_item"
    path_param = "id"
    id_prefix = "si_"
    id_length = 14
    id_lead = ""

    billing_thresholds: Mapped[Document | None]
    price_id: Mapped[ObjectId]
    quantity: Mapped[int | None] = mapped_column(BigInteger)
    subscription_id: Mapped[ObjectId]
    tax_rates: Mapped[Documents]
    """Ids of tax rates."""
    changed_at: Mapped[UnixTime]
    """When its price or quantity last changed: a proration may not reach back beyond it."""

    price: Mapped[Price] = relationship(
        Price, viewonly=True, primaryjoin=to_one("SubscriptionItem", "price_id", "Price"))
