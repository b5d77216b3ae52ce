"""Usage records, and their summary for each billing period of a metered item."""

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import StripeObject, belongs_to
from app.db.types import Cents, ObjectId, UnixTime


class UsageRecord(StripeObject):
    """One report of usage. `replaced` ones were overwritten by a later `set` at their timestamp and count no more."""

    __tablename__ = "usage_records"
    __table_args__ = (
        belongs_to("subscription_items", "subscription_item_id", ondelete="CASCADE"),
        belongs_to("usage_record_summaries", "summary_id", ondelete="CASCADE"),
        # The index names that the convention makes are longer than PostgreSQL takes.
        Index("ix_usage_records_period", "account_id", "subscription_item_id", "summary_id", "timestamp", "replaced"),
    )
    object_name = "usage_record"
    id_prefix = "mbur_"

    action: Mapped[ObjectId]
    quantity: Mapped[int] = mapped_column(BigInteger)
    replaced: Mapped[bool]
    subscription_item_id: Mapped[ObjectId]
    summary_id: Mapped[ObjectId | None]
    """The period that it is billed with; null while that period has not begun. Late usage may be billed with the period
    after its timestamp."""
    timestamp: Mapped[UnixTime]


class UsageRecordSummary(StripeObject):
    """The usage of an item in one billing period; `created` is the period's start. Open while `closed` is false.

    The total is kept as the records come in, so that closing a period costs the same however many there are.
    """

    __tablename__ = "usage_record_summaries"
    __table_args__ = (
        belongs_to("subscription_items", "subscription_item_id", ondelete="CASCADE"),
        Index("ix_usage_record_summaries_list", "account_id", "subscription_item_id", "created", "seq"),
        Index("ix_usage_record_summaries_closed", "account_id", "subscription_item_id", "closed"),
    )
    object_name = "usage_record_summary"
    id_prefix = "sis_"

    billed_amount: Mapped[Cents]
    billed_quantity: Mapped[int] = mapped_column(BigInteger)
    """What invoices took of the period before its end, because a threshold was reached: the last one bills the rest."""
    billed_until: Mapped[UnixTime | None]
    closed: Mapped[bool]
    invoice_id: Mapped[ObjectId | None]
    last_quantity: Mapped[int] = mapped_column(BigInteger)
    """What is stored for `last_timestamp`; 0 without any record."""
    last_timestamp: Mapped[UnixTime | None]
    """Of the latest record in it: what `last_during_period` and `last_ever` go by."""
    period_end: Mapped[UnixTime]
    period_start: Mapped[UnixTime]
    subscription_item_id: Mapped[ObjectId]
    total_usage: Mapped[int] = mapped_column(BigInteger)
    usage_ahead: Mapped[bool]
    """Whether records wait that are stamped at or after `period_end`."""
