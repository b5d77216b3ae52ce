"""What time does to subscriptions."""

from __future__ import annotations

from app.clock.ticker import Ticker
from app.context import Context
from app.db.session import Session
from app.events.emit import emit
from app.resources.invoices import operations as invoices
from app.resources.invoices.tables import Invoice
from app.resources.subscriptions import operations
from app.resources.subscriptions.tables import Subscription
from app.resources.usage_records import operations as usage

RUNNING = ("trialing", "active", "past_due", "unpaid")


def _trial_will_end(ctx: Context, subscription: Subscription) -> None:
    subscription.trial_notice_at = None
    emit(ctx, "customer.subscription.trial_will_end", subscription)


def _last_day(row: Subscription) -> int | None:
    """When a running subscription is to end."""
    if row.status not in RUNNING:
        return None
    return row.current_period_end if row.cancel_at_period_end else row.cancel_at


def _renewal(row: Subscription) -> int | None:
    ends = row.cancel_at_period_end or row.cancel_at == row.current_period_end
    return row.current_period_end if row.status in RUNNING and not ends else None


TRIAL_WILL_END = Ticker("subscriptions.trial_will_end", Subscription, fire=_trial_will_end,
                        due=lambda row: row.trial_notice_at if row.status == "trialing" else None)
END = Ticker("subscriptions.end", Subscription, due=_last_day, fire=operations.end_at_date)
RENEWAL = Ticker("subscriptions.renewal", Subscription, due=_renewal, fire=lambda ctx, row: renew(ctx, row))
PAST_DUE = Ticker("subscriptions.past_due", Invoice, fire=operations.miss_due_date,
                  due=lambda row: row.past_due_at if row.status == "open" else None)
EXPIRY = Ticker("subscriptions.expiry", Subscription, fire=operations.expire_incomplete,
                due=lambda row: row.expires_at if row.status == "incomplete" else None)


PAUSE_END = Ticker("subscriptions.pause_end", Subscription, fire=operations.resume_collection,
                   due=lambda row: (row.pause_collection or {}).get("resumes_at") if row.status in RUNNING else None)
PENDING_ITEMS = Ticker("subscriptions.pending_items", Subscription, fire=operations.invoice_pending_items,
                       due=lambda row: row.next_pending_invoice_item_invoice if row.status in RUNNING else None)
PENDING_UPDATE = Ticker("subscriptions.pending_update", Subscription, fire=operations.expire_pending_update,
                        due=lambda row: None if row.pending_update is None else row.pending_update["expires_at"])


def renew(ctx: Context, subscription: Subscription) -> None:
    """Renew at the period's end."""
    ctx.session.load([subscription], "customer")
    ctx.session.load([subscription], "items.price.product")
    operations.renew(ctx, subscription)


def preload(session: Session, subscriptions: list[Subscription]) -> None:
    """Read what renewing many subscriptions needs, each kind in one statement."""
    for path in ("customer", "items.price.product", "test_clock", "default_payment_method", "discount",
                 "customer.discount"):
        session.load(subscriptions, path)
    customers = list({id(row.customer): row.customer for row in subscriptions}.values())
    session.load(customers, "default_payment_method")
    invoices.preload_pending_items(session, customers)
    usage.preload_open_summaries(session, [item for row in subscriptions for item in row.items
                                           if operations.is_metered(item.price)])
