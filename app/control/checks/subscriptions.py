"""What must hold of every subscription (behaviour reference, 12: 4 and 12)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import exists, or_, select

from app.control.checks import Books, Problem
from app.resources.invoices.tables import Invoice
from app.resources.subscriptions.tables import Subscription, SubscriptionItem

ENDED = ("canceled", "incomplete_expired")


def subscriptions_have_a_period_and_items(books: Books) -> Iterator[Problem]:
    """the current period has a start before its end, and something to bill"""
    def query() -> Any:
        has_items = exists().where(SubscriptionItem.account_id == Subscription.account_id,
                                   SubscriptionItem.subscription_id == Subscription.id)
        return select(Subscription.account_id, Subscription.id, Subscription.current_period_start,
                           Subscription.current_period_end).where(
            books.of(Subscription), or_(Subscription.current_period_start >= Subscription.current_period_end, ~has_items))

    for account_id, id, start, end in books.values(query):
        yield Problem(account_id, "subscription", id, f"has a period from {start} to {end}, or no items")


def ended_subscriptions_have_an_end(books: Books) -> Iterator[Problem]:
    """ended_at is set exactly on those that are canceled or incomplete_expired"""
    def query() -> Any:
        return select(Subscription.account_id, Subscription.id, Subscription.status, Subscription.ended_at).where(
            books.of(Subscription), Subscription.status.in_(ENDED) != Subscription.ended_at.is_not(None))

    for account_id, id, status, ended_at in books.values(query):
        yield Problem(account_id, "subscription", id, f"status is {status} with ended_at {ended_at}")


def ended_subscriptions_bill_no_more(books: Books) -> Iterator[Problem]:
    """no cycle invoice after the end, and no invoice of theirs that still collects by itself"""
    def query() -> Any:
        ended = (Subscription.account_id == Invoice.account_id) & (Subscription.id == Invoice.subscription_id)
        later = (Invoice.billing_reason == "subscription_cycle") & (Invoice.created > Subscription.ended_at)
        collecting = Invoice.status.in_(("draft", "open")) & Invoice.auto_advance
        return select(Invoice.account_id, Invoice.id, Invoice.subscription_id, Subscription.ended_at).join(
            Subscription, ended).where(books.of(Invoice), Subscription.status.in_(ENDED), later | collecting)

    for account_id, id, subscription_id, ended_at in books.values(query):
        yield Problem(account_id, "invoice", id,
                      f"still bills or collects for {subscription_id}, which ended at {ended_at}")


def pending_updates_wait_for_their_invoice(books: Books) -> Iterator[Problem]:
    """what waits can be seen, and so can the invoice whose payment it waits for"""
    for subscription in books.rows(
            Subscription, or_(Subscription.pending_update.is_not(None), Subscription.parked_change.is_not(None))):
        parked = subscription.parked_change
        invoice = None if parked is None else books.session.get(Invoice, subscription.account_id, parked["invoice"])
        if subscription.pending_update is None or invoice is None or invoice.status not in ("open", "uncollectible"):
            yield Problem(subscription.account_id, "subscription", subscription.id,
                          "has a pending update, and no invoice that could be paid for it")
