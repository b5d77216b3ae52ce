"""Schedules, their phases, and what each phase holds."""

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, StripeObject, TimeDriven, belongs_to, list_index, to_many, to_one
from app.db.roots import TestClock
from app.db.types import Decimals, Document, Documents, ObjectId, UnixTime
from app.resources.customers.tables import Customer
from app.resources.prices.tables import Price


class SubscriptionSchedule(StripeObject, HasMetadata, TimeDriven):
    """A schedule. `starts_at` is the start of its first phase; times are unix seconds of its customer's clock."""

    __tablename__ = "subscription_schedules"
    __table_args__ = (
        belongs_to("customers", "customer_id"),
        belongs_to("subscriptions", "subscription_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("customer_id"),
        Index(None, "test_clock_id", "due_at"),
    )
    object_name = "subscription_schedule"
    path_param = "schedule"
    id_prefix = "sub_sched_"

    application: Mapped[ObjectId | None]
    canceled_at: Mapped[UnixTime | None]
    completed_at: Mapped[UnixTime | None]
    current_phase_end: Mapped[UnixTime | None]
    current_phase_start: Mapped[UnixTime | None]
    customer_id: Mapped[ObjectId]
    default_settings: Mapped[Document]
    """As the API shows it, but for the payment method, which is a column, and the fee, which is a decimal in text."""
    default_payment_method_id: Mapped[ObjectId | None]
    end_behavior: Mapped[ObjectId]
    expiring_notice_at: Mapped[UnixTime | None]
    """When subscription_schedule.expiring is to be sent; null before the start and once it was."""
    released_at: Mapped[UnixTime | None]
    released_subscription_id: Mapped[ObjectId | None]
    starts_at: Mapped[UnixTime]
    status: Mapped[ObjectId]
    subscription_id: Mapped[ObjectId | None]

    customer: Mapped[Customer] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("SubscriptionSchedule", "customer_id", "Customer"))
    test_clock: Mapped[TestClock | None] = relationship(
        TestClock, viewonly=True, primaryjoin=to_one("SubscriptionSchedule", "test_clock_id", "TestClock"))
    subscription: Mapped[object] = relationship(
        "Subscription", viewonly=True, primaryjoin=to_one("SubscriptionSchedule", "subscription_id", "Subscription"))
    default_payment_method: Mapped[object] = relationship(
        "PaymentMethod", viewonly=True,
        primaryjoin=to_one("SubscriptionSchedule", "default_payment_method_id", "PaymentMethod"))
    phases: Mapped[list["SchedulePhase"]] = relationship(
        viewonly=True, primaryjoin=to_many("SubscriptionSchedule", "SchedulePhase", "schedule_id"),
        order_by="SchedulePhase.start_date")


class SchedulePhase(StripeObject, HasMetadata):
    """A phase: from `start_date` up to `end_date`, where the next one starts.

    Null stands for what the schedule's default settings say. An empty string in the metadata unsets a key of the
    subscription's.
    """

    __tablename__ = "schedule_phases"
    __table_args__ = (
        belongs_to("subscription_schedules", "schedule_id", ondelete="CASCADE"),
        Index(None, "account_id", "schedule_id", "start_date"),
    )
    object_name = "phase"
    id_prefix = "phase_"

    application_fee_percent: Mapped[Decimals | None]
    automatic_tax_enabled: Mapped[bool | None]
    billing_cycle_anchor: Mapped[ObjectId | None]
    billing_thresholds: Mapped[Document | None]
    collection_method: Mapped[ObjectId | None]
    coupon_id: Mapped[ObjectId | None]
    currency: Mapped[ObjectId]
    default_payment_method_id: Mapped[ObjectId | None]
    default_tax_rates: Mapped[Documents]
    """Ids of tax rates."""
    end_date: Mapped[UnixTime]
    invoice_settings: Mapped[Document | None]
    proration_behavior: Mapped[ObjectId]
    schedule_id: Mapped[ObjectId]
    start_date: Mapped[UnixTime]
    transfer_data: Mapped[Document | None]
    trial_end: Mapped[UnixTime | None]

    add_invoice_items: Mapped[list["SchedulePhaseInvoiceItem"]] = relationship(
        viewonly=True, primaryjoin=to_many("SchedulePhase", "SchedulePhaseInvoiceItem", "phase_id"),
        order_by="SchedulePhaseInvoiceItem.seq")
    items: Mapped[list["SchedulePhaseItem"]] = relationship(
        viewonly=True, primaryjoin=to_many("SchedulePhase", "SchedulePhaseItem", "phase_id"),
        order_by="SchedulePhaseItem.seq")
    coupon: Mapped[object] = relationship(
        "Coupon", viewonly=True, primaryjoin=to_one("SchedulePhase", "coupon_id", "Coupon"))
    default_payment_method: Mapped[object] = relationship(
        "PaymentMethod", viewonly=True,
        primaryjoin=to_one("SchedulePhase", "default_payment_method_id", "PaymentMethod"))


class SchedulePhaseItem(StripeObject):
    """A price that a phase bills at every period; `quantity` is null for metered prices."""

    __tablename__ = "schedule_phase_items"
    __table_args__ = (
        belongs_to("schedule_phases", "phase_id", ondelete="CASCADE"),
        belongs_to("prices", "price_id"),
        Index(None, "account_id", "phase_id", "seq"),
    )
    object_name = "phase_item"
    id_prefix = "phi_"

    billing_thresholds: Mapped[Document | None]
    phase_id: Mapped[ObjectId]
    price_id: Mapped[ObjectId]
    quantity: Mapped[int | None] = mapped_column(BigInteger)
    tax_rates: Mapped[Documents]
    """Ids of tax rates."""

    price: Mapped[Price] = relationship(
        Price, viewonly=True, primaryjoin=to_one("SchedulePhaseItem", "price_id", "Price"))


class SchedulePhaseInvoiceItem(StripeObject):
    """A one-time price that goes on the first invoice of a phase."""

    __tablename__ = "schedule_phase_invoice_items"
    __table_args__ = (
        belongs_to("schedule_phases", "phase_id", ondelete="CASCADE"),
        belongs_to("prices", "price_id"),
        Index(None, "account_id", "phase_id", "seq"),
    )
    object_name = "phase_invoice_item"
    id_prefix = "phii_"

    phase_id: Mapped[ObjectId]
    price_id: Mapped[ObjectId]
    quantity: Mapped[int] = mapped_column(BigInteger)
    tax_rates: Mapped[Documents]
    """Ids of tax rates."""

    price: Mapped[Price] = relationship(
        Price, viewonly=True, primaryjoin=to_one("SchedulePhaseInvoiceItem", "price_id", "Price"))
