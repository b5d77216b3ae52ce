"""What happens to the usage of a metered item: it is recorded, and its billing periods open, change and close.

The rule: a summary's total agrees at every moment with the aggregation of the records that it holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, delete, false, func, select, true, update

from app.context import Context
from app.db.session import Prepared, Session, entity
from app.domain.tiers import amount_of
from app.domain.usage import Running, aggregate, merge, record
from app.errors import InvalidRequest
from app.resources.invoices.operations import update_usage_line
from app.resources.invoices.tables import Invoice
from app.resources.prices.operations import check_amount, terms_of
from app.resources.prices.tables import Price
from app.resources.subscriptions.tables import Subscription, SubscriptionItem
from app.resources.usage_records.tables import UsageRecord, UsageRecordSummary

TOTAL_MAX = 2**63 - 1
"""The largest quantity that a column holds."""

_OF_ITEM = (UsageRecordSummary.account_id == bindparam("account_id"),
            UsageRecordSummary.subscription_item_id == bindparam("item_id"))
_RECORDED_FOR_ITEM = (UsageRecord.account_id == bindparam("account_id"),
                      UsageRecord.subscription_item_id == bindparam("item_id"))
_IN_PERIOD = (*_RECORDED_FOR_ITEM, UsageRecord.summary_id == bindparam("in_summary"))
_WAITING = (*_RECORDED_FOR_ITEM, UsageRecord.summary_id.is_(None))
_COUNTING_AT = (UsageRecord.timestamp == bindparam("at"), UsageRecord.replaced == false())

_OPEN_SUMMARY = Prepared(entity(UsageRecordSummary).where(*_OF_ITEM, UsageRecordSummary.closed == false()))
_LATEST_CLOSED = Prepared(
    entity(UsageRecordSummary).where(*_OF_ITEM, UsageRecordSummary.closed == true())
    .order_by(UsageRecordSummary.created.desc(), UsageRecordSummary.seq.desc()).limit(1))
_STORED = Prepared(select(func.sum(UsageRecord.quantity)).where(*_IN_PERIOD, *_COUNTING_AT))
_REPLACE = Prepared(update(UsageRecord).where(*_IN_PERIOD, *_COUNTING_AT).values(replaced=True))
_REPLACE_WAITING = Prepared(update(UsageRecord).where(*_WAITING, *_COUNTING_AT).values(replaced=True))
_ARRIVALS = select(UsageRecord.timestamp, UsageRecord.action, UsageRecord.quantity).order_by(UsageRecord.seq)
_ARRIVALS_OF_PERIOD = Prepared(_ARRIVALS.where(*_IN_PERIOD))
_ARRIVALS_EVER = Prepared(_ARRIVALS.where(*_RECORDED_FOR_ITEM, UsageRecord.summary_id.is_not(None)))
_WAITING_RECORDS = Prepared(entity(UsageRecord).where(*_WAITING))
_DELETE_WAITING = Prepared(delete(UsageRecord).where(*_WAITING))


def open_summary(ctx: Context, item: SubscriptionItem, *, start: int, end: int, carried: int = 0) -> UsageRecordSummary:
    """Begin the usage of a metered item for the period [`start`, `end`).

    `carried` is the last value of the periods before, where the price aggregates by `last_ever`.
    """
    opened = ctx.add(UsageRecordSummary(
        billed_amount=0, billed_quantity=0, closed=False, created=start, last_quantity=0, period_start=start,
        period_end=end, subscription_item_id=item.id,
        total_usage=carried, usage_ahead=False))
    ctx.session.memo["open summary", ctx.account_id, item.id] = opened
    return opened


def current_summary(ctx: Context, item: SubscriptionItem) -> UsageRecordSummary:
    """The item's open period: its `total_usage` is what would be billed now."""
    opened = _open_summary_or_none(ctx, item)
    assert opened is not None, f"{item.id} has no open period: is it metered, and does it still run?"
    return opened


def preload_open_summaries(session: Session, items: Iterable[SubscriptionItem]) -> None:
    """Read the open periods of many items, so that renewing each of them needs no query."""
    for account_id, group in groupby(sorted(items, key=lambda item: item.account_id), key=lambda item: item.account_id):
        ids = [item.id for item in group]
        session.memo |= {("open summary", account_id, item_id): None for item_id in ids}
        statement = entity(UsageRecordSummary).where(
            UsageRecordSummary.account_id == account_id, UsageRecordSummary.subscription_item_id.in_(ids),
            UsageRecordSummary.closed == false())
        for opened in session.rows(UsageRecordSummary, statement):
            session.memo["open summary", account_id, opened.subscription_item_id] = opened


def roll_period(ctx: Context, item: SubscriptionItem, *, start: int, end: int) -> UsageRecordSummary:
    """Close the item's open period, which ends at `start`, and open the next one, [`start`, `end`).

    Answers the closed one: its `total_usage` is to be billed, and the caller notes the `invoice_id` on it.
    """
    closed = close_period(ctx, item)
    if closed.period_end != start:
        closed.period_end = start
    mode = _aggregation(ctx, item)
    opened = open_summary(ctx, item, start=start, end=end, carried=closed.total_usage if mode == "last_ever" else 0)
    if closed.usage_ahead:
        closed.usage_ahead = False
        _admit_waiting(ctx, item, opened)
    return closed


def close_period(ctx: Context, item: SubscriptionItem) -> UsageRecordSummary:
    """Close the item's open period for good: its subscription ends. Answers it, to be billed or not."""
    closed = current_summary(ctx, item)
    closed.closed = True
    ctx.session.memo["open summary", ctx.account_id, item.id] = None
    return closed


def resize_open_period(ctx: Context, item: SubscriptionItem, *, start: int, end: int) -> None:
    """Give the open period other bounds, because the subscription's period has them. What was recorded stays in it."""
    opened = current_summary(ctx, item)
    opened.created = opened.period_start = start
    opened.period_end = end
    if opened.usage_ahead:
        _admit_waiting(ctx, item, opened)


def reaggregate(ctx: Context, item: SubscriptionItem) -> None:
    """Total the open period by the aggregation of the item's price, which has changed."""
    _derive_total(ctx, current_summary(ctx, item), _aggregation(ctx, item))


def discard_usage(ctx: Context, item: SubscriptionItem) -> None:
    """Forget what the item's open period holds, and the period itself. Closed periods stay on record."""
    opened = _open_summary_or_none(ctx, item)
    if opened is None:
        return
    if opened.usage_ahead:
        ctx.session.execute(_DELETE_WAITING, account_id=ctx.account_id, item_id=item.id)
    # Its records go with it, by their foreign key.
    ctx.session.delete(opened)
    ctx.session.memo["open summary", ctx.account_id, item.id] = None


def has_open_usage(ctx: Context, item: SubscriptionItem) -> bool:
    """Whether the item's open period holds a quantity that was not billed yet."""
    opened = _open_summary_or_none(ctx, item)
    return opened is not None and (opened.total_usage > opened.billed_quantity or opened.usage_ahead)


def unbilled(summary: UsageRecordSummary, price: Price, currency: str) -> tuple[int, int]:
    """The quantity and the amount of a period's usage that no invoice has taken yet, at the price in the currency.

    What the period costs as a whole, less what was billed of it: tiers and flat amounts go on where a threshold's invoice
    left off, and the amount is negative where the period has become cheaper since.
    """
    return (max(summary.total_usage - summary.billed_quantity, 0),
            amount_of(terms_of(price, currency), summary.total_usage) - summary.billed_amount)


def note_billed(summary: UsageRecordSummary, amount: int, until: int) -> None:
    """An invoice takes what has been used so far, for `amount`, and the period goes on."""
    summary.billed_amount += amount
    summary.billed_quantity, summary.billed_until = summary.total_usage, until


def record_usage(ctx: Context, item: SubscriptionItem, *, quantity: int, timestamp: int, action: str) -> UsageRecord:
    """Take in one report of usage, `action` being `increment` or `set`; emits nothing of its own.

    Late usage may change the line of a draft invoice. Raises InvalidRequest for a subscription that has ended, a price
    that is not metered, `set` beside billing thresholds, and a timestamp outside the window.
    """
    subscription = ctx.get(Subscription, item.subscription_id)
    assert subscription is not None, "an item belongs to a subscription"
    if subscription.status in ("canceled", "incomplete_expired"):
        raise InvalidRequest("Cannot create the usage record because the subscription has been canceled.")
    if _price(ctx, item).recurring_usage_type != "metered":
        # Our choice: the wording; Stripe's is unknown.
        raise InvalidRequest(
            f"Cannot create a usage record for `{item.id}` because its price is not metered (usage_type=licensed).")
    if action == "set" and (subscription.billing_thresholds or item.billing_thresholds):
        # Stripe: "If the subscription has billing thresholds, increment is the only allowed value." (reference,
        # Create a usage record). Our choice: the wording of the refusal.
        raise InvalidRequest(
            "Invalid action: must be increment, because the subscription has billing thresholds.", param="action")
    if timestamp > ctx.now + ctx.choices.usage_future_tolerance_s:
        raise _outside("timestamps must not be in the future.")
    row = UsageRecord(
        action=action, quantity=quantity, replaced=False, subscription_item_id=item.id, timestamp=timestamp)
    opened = current_summary(ctx, item)
    if timestamp < subscription.current_period_start:
        _count_late(ctx, subscription, item, row)
    elif timestamp < opened.period_end:
        _count(ctx, item, opened, row, _aggregation(ctx, item))
    else:
        _keep_for_next_period(ctx, opened, row)
    return row


def _count_late(ctx: Context, subscription: Subscription, item: SubscriptionItem, row: UsageRecord) -> None:
    """Take usage of before the current period: for the closed one while its invoice is a draft, and else for the
    current one. Raises InvalidRequest when it is too late for it.
    """
    closed = _late_period(ctx, subscription, item, row.timestamp)
    if subscription.trial_start is not None and subscription.trial_end is not None and (
            subscription.trial_start <= closed.period_start < subscription.trial_end):
        # A trial's usage is free and stands on no invoice, and so it is with the last of it.
        _count(ctx, item, closed, row, "sum")
        return
    invoice = ctx.get(Invoice, closed.invoice_id)
    if invoice is None or invoice.status != "draft":
        _count(ctx, item, current_summary(ctx, item), row, "sum")
        return
    _count(ctx, item, closed, row, "sum")
    update_usage_line(ctx, invoice, item, *unbilled(closed, _price(ctx, item), subscription.currency))


def _late_period(ctx: Context, subscription: Subscription, item: SubscriptionItem,
                 timestamp: int) -> UsageRecordSummary:
    """The closed period that `timestamp` lies in, while the grace for it lasts."""
    grace, start = ctx.choices.usage_grace_s, subscription.current_period_start
    closed = None
    # Our choice: the grace reaches as far back before the boundary as it lasts after it, both ends included.
    if _aggregation(ctx, item) == "sum" and ctx.now <= start + grace and timestamp >= start - grace:
        closed = ctx.session.first(UsageRecordSummary, _LATEST_CLOSED, account_id=ctx.account_id, item_id=item.id)
    if closed is None or timestamp < closed.period_start:
        raise _outside(
            "timestamps must be after the subscription's last invoice period (or current period start time).")
    return closed


def _count(ctx: Context, item: SubscriptionItem, summary: UsageRecordSummary, row: UsageRecord, mode: str) -> None:
    """Add a new record to a period, and bring the period's total up to date. Raises where that would cost too much."""
    _add_up(ctx, summary, row, mode)
    subscription = ctx.get(Subscription, item.subscription_id)
    assert subscription is not None, "an item belongs to a subscription"
    check_amount(_price(ctx, item), summary.total_usage, subscription.currency, param="quantity")


def _add_up(ctx: Context, summary: UsageRecordSummary, row: UsageRecord, mode: str) -> None:
    last, at_timestamp = summary.last_timestamp, _timestamp_of(ctx, row) | {"in_summary": summary.id}
    before = 0
    # Records mostly arrive in order, or at the one second of a clock that stands still: no query then.
    if last is not None and row.timestamp <= last:
        before = summary.last_quantity
        if row.timestamp < last:
            # PostgreSQL adds integers up to a decimal number.
            before = int(ctx.session.scalar(_STORED, **at_timestamp) or 0)
        if row.action == "set":
            ctx.session.execute(_REPLACE, **at_timestamp)
    after = row.quantity if row.action == "set" else before + row.quantity
    row.summary_id = summary.id
    ctx.add(row)
    running = record(mode, Running(summary.total_usage, last), row.timestamp, before, after)
    if running is None:
        _derive_total(ctx, summary, mode)
        return
    if running.total > TOTAL_MAX:
        raise InvalidRequest(f"The usage of a period must be less than or equal to {TOTAL_MAX}.", param="quantity")
    if running.last_timestamp == row.timestamp:
        summary.last_quantity = after
    summary.total_usage, summary.last_timestamp = running.total, running.last_timestamp


def _keep_for_next_period(ctx: Context, opened: UsageRecordSummary, row: UsageRecord) -> None:
    """Store usage that is stamped at the open period's end or later: it belongs to the period that begins there."""
    if row.action == "set":
        ctx.session.execute(_REPLACE_WAITING, **_timestamp_of(ctx, row))
    ctx.add(row)
    opened.usage_ahead = True


def _admit_waiting(ctx: Context, item: SubscriptionItem, opened: UsageRecordSummary) -> None:
    """Count the waiting records that the open period has reached."""
    waiting = ctx.session.rows(UsageRecord, _WAITING_RECORDS, account_id=ctx.account_id, item_id=item.id)
    reached = [row for row in waiting if row.timestamp < opened.period_end]
    for row in reached:
        row.summary_id = opened.id
    opened.usage_ahead = len(reached) < len(waiting)
    if reached:
        _derive_total(ctx, opened, _aggregation(ctx, item))


def _derive_total(ctx: Context, summary: UsageRecordSummary, mode: str) -> None:
    """Total a period anew, from all of its records."""
    of_item = {"account_id": ctx.account_id, "item_id": summary.subscription_item_id}
    readings = merge(ctx.session.values(_ARRIVALS_OF_PERIOD, in_summary=summary.id, **of_item))
    counted = readings or (merge(ctx.session.values(_ARRIVALS_EVER, **of_item)) if mode == "last_ever" else [])
    summary.total_usage = aggregate(mode, counted)
    summary.last_quantity, summary.last_timestamp = (
        (readings[-1].quantity, readings[-1].timestamp) if readings else (0, None))


def _open_summary_or_none(ctx: Context, item: SubscriptionItem) -> UsageRecordSummary | None:
    key = ("open summary", ctx.account_id, item.id)
    memo = ctx.session.memo
    if key not in memo:
        memo[key] = ctx.session.first(
            UsageRecordSummary, _OPEN_SUMMARY, account_id=ctx.account_id, item_id=item.id)
    found: UsageRecordSummary | None = memo[key]
    return found


def _timestamp_of(ctx: Context, row: UsageRecord) -> dict[str, Any]:
    """What `_COUNTING_AT` asks for: the records of the row's item and timestamp that count."""
    return {"account_id": ctx.account_id, "item_id": row.subscription_item_id, "at": row.timestamp}


def _price(ctx: Context, item: SubscriptionItem) -> Price:
    price = ctx.get(Price, item.price_id)
    assert price is not None, "an item has a price"
    return price


def _aggregation(ctx: Context, item: SubscriptionItem) -> str:
    return _price(ctx, item).recurring_aggregate_usage or "sum"


def _outside(why: str) -> InvalidRequest:
    return InvalidRequest(f"Cannot create the usage record with this timestamp because {why}", param="timestamp")
