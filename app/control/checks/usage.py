"""What must hold of usage records and their summaries (behaviour reference, 12: 4 and 8)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import func, select

from app.control.checks import Books, Problem
from app.domain.usage import aggregate, merge
from app.resources.invoices.tables import InvoiceLine
from app.resources.prices.tables import Price
from app.resources.subscriptions.tables import Subscription, SubscriptionItem
from app.resources.usage_records.tables import UsageRecord
from app.resources.usage_records.tables import UsageRecordSummary as Summary

_OF_SUMMARY = (UsageRecord.account_id == Summary.account_id) & (UsageRecord.summary_id == Summary.id)
_OF_ITEM = (SubscriptionItem.account_id == Summary.account_id) & (
    SubscriptionItem.id == Summary.subscription_item_id)
_OF_PRICE = (Price.account_id == SubscriptionItem.account_id) & (Price.id == SubscriptionItem.price_id)
_OF_SUBSCRIPTION = (Subscription.account_id == SubscriptionItem.account_id) & (
    Subscription.id == SubscriptionItem.subscription_id)
# A closed period was totalled by the price of its time, which is known where the item has not changed since.
_STILL_THE_PRICE = (Summary.closed.is_(False)) | (SubscriptionItem.changed_at <= Summary.period_start)


def sums_of_usage_are_sums(books: Books) -> Iterator[Problem]:
    """total_usage = Σ records that count, where the price sums"""
    def query() -> Any:
        counted = func.coalesce(func.sum(UsageRecord.quantity), 0)
        return select(
            Summary.account_id, Summary.id, Summary.total_usage, counted,
        ).join(SubscriptionItem, _OF_ITEM).join(Price, _OF_PRICE).outerjoin(
            UsageRecord, _OF_SUMMARY & UsageRecord.replaced.is_(False)).where(
            books.of(Summary), func.coalesce(Price.recurring_aggregate_usage, "sum") == "sum", _STILL_THE_PRICE,
        ).group_by(Summary.account_id, Summary.id, Summary.total_usage).having(
            Summary.total_usage != counted)

    for account_id, id, total, expected in books.values(query):
        yield Problem(account_id, "usage_record_summary", id,
                      f"total_usage is {total}, and its records sum to {expected}")


def other_totals_of_usage_are_aggregations(books: Books) -> Iterator[Problem]:
    """total_usage is the greatest or the last record, where the price says so; `last_ever` carries over"""
    statement = select(
        Summary.account_id, Summary.subscription_item_id, Summary.id,
        Summary.total_usage, Price.recurring_aggregate_usage, UsageRecord.timestamp, UsageRecord.action,
        UsageRecord.quantity,
    ).join(SubscriptionItem, _OF_ITEM).join(Price, _OF_PRICE).outerjoin(UsageRecord, _OF_SUMMARY).where(
        books.of(Summary), Price.recurring_aggregate_usage.in_(("max", "last_during_period", "last_ever")),
        _STILL_THE_PRICE,
    ).order_by(Summary.account_id, Summary.subscription_item_id, Summary.period_start,
               Summary.seq, UsageRecord.seq)
    for (account_id, _), of_item in groupby(books.values(statement), key=lambda record: (record[0], record[1])):
        carried = 0
        for (id, total, mode), records in groupby(of_item, key=lambda record: (record[2], record[3], record[4])):
            arrived = [(at, action, quantity) for *_, at, action, quantity in records if at is not None]
            carried = aggregate(mode, merge(arrived), carried)
            if total != carried:
                yield Problem(account_id, "usage_record_summary", id,
                              f"total_usage is {total}, and its {mode} is {carried}")


def usage_periods_touch(books: Books) -> Iterator[Problem]:
    """a period of usage starts where the one before it ended, and only the last is open"""
    statement = select(Summary.account_id, Summary.subscription_item_id, Summary.id, Summary.period_start,
                       Summary.period_end, Summary.closed).where(books.of(Summary)).order_by(
        Summary.account_id, Summary.subscription_item_id, Summary.period_start, Summary.seq)
    for (account_id, _), of_item in groupby(books.values(statement), key=lambda summary: (summary[0], summary[1])):
        for (*_, before_end, before_closed), (_, _, id, start, _, _) in pairwise(of_item):
            if before_end != start or not before_closed:
                yield Problem(account_id, "usage_record_summary", id,
                              f"starts at {start}, and the one before it ends at {before_end}"
                              + ("" if before_closed else " and is open"))


def running_metered_items_have_an_open_period(books: Books) -> Iterator[Problem]:
    """each metered item of a subscription that runs has one open period: the subscription's current one"""
    def query() -> Any:
        return select(
            SubscriptionItem.account_id, SubscriptionItem.id, func.count(Summary.id),
        ).join(Price, _OF_PRICE).join(Subscription, _OF_SUBSCRIPTION).outerjoin(
            Summary, _OF_ITEM & Summary.closed.is_(False)
            & (Summary.period_start == Subscription.current_period_start)
            & (Summary.period_end == Subscription.current_period_end)).where(
            books.of(SubscriptionItem), Price.recurring_usage_type == "metered",
            Subscription.status.not_in(("canceled", "incomplete_expired")),
        ).group_by(SubscriptionItem.account_id, SubscriptionItem.id).having(func.count(Summary.id) != 1)

    for account_id, id, number in books.values(query):
        yield Problem(account_id, "subscription_item", id,
                      f"is metered and has {number} open periods that are the current one")


def billed_usage_is_on_the_invoice(books: Books) -> Iterator[Problem]:
    """what no threshold billed of a summary's total is the quantity of the metered line on the invoice that it names"""
    def query() -> Any:
        on_invoice = ((InvoiceLine.account_id == Summary.account_id)
                      & (InvoiceLine.invoice_id == Summary.invoice_id)
                      & (InvoiceLine.subscription_item_id == Summary.subscription_item_id)
                      & (InvoiceLine.type == "subscription"))
        return select(Summary.account_id, Summary.id, Summary.total_usage - Summary.billed_quantity,
                           InvoiceLine.quantity, Summary.invoice_id).outerjoin(InvoiceLine, on_invoice).where(
            books.of(Summary), Summary.invoice_id.is_not(None),
            Summary.total_usage >= Summary.billed_quantity,
            Summary.total_usage - Summary.billed_quantity != func.coalesce(InvoiceLine.quantity, 0))

    for account_id, id, total, quantity, invoice_id in books.values(query):
        yield Problem(account_id, "usage_record_summary", id,
                      f"{total} of its usage are left to bill, and {invoice_id} bills {quantity}")
