"""How a subscription ends, at once or at a date."""

from __future__ import annotations

from sqlalchemy import bindparam, literal

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.periods import Period, next_boundary
from app.domain.proration import prorate
from app.errors import InvalidRequest
from app.events.emit import emit, tracked
from app.resources.customers.tables import Customer
from app.resources.invoices import operations as invoices
from app.resources.invoices.tables import Invoice
from app.resources.prices.operations import interval_of
from app.resources.subscriptions.operations.changing import add_prorations
from app.resources.subscriptions.operations.drafting import draft_subscription_invoice
from app.resources.subscriptions.operations.pausing import keeps_drafts
from app.resources.subscriptions.operations.pending_updates import drop_pending_update
from app.resources.subscriptions.operations.renewing import close_usage
from app.resources.subscriptions.operations.starting import plan_renewal_notice
from app.resources.subscriptions.operations.terms import (
    PRORATING,
    state_of,
    subscription_discounts,
    whole_period,
)
from app.resources.subscriptions.tables import Subscription
from app.resources.usage_records import operations as usage

_COLLECTING = Prepared(entity(Invoice).where(
    Invoice.account_id == bindparam("account_id"), Invoice.subscription_id == bindparam("subscription_id"),
    Invoice.status.in_([literal("draft"), literal("open")]), Invoice.auto_advance == bindparam("auto_advance"),
).order_by(Invoice.seq))


_OF_CUSTOMER = Prepared(entity(Subscription).where(
    Subscription.account_id == bindparam("account_id"),
    Subscription.customer_id == bindparam("customer_id")).order_by(Subscription.seq))


def cancel_subscription(ctx: Context, subscription: Subscription, *, invoice_now: bool = False, prorate: bool = False,
                        keep_draft: bool = False) -> None:
    """End it now.

    `prorate` credits the unused time; `invoice_now` bills usage and pending prorations on a final invoice that is
    finalised and collected at once, unless it is only to be looked at (`keep_draft`). Without it pending prorations are
    dropped and usage stays unbilled. Emits customer.subscription.deleted, and invoice.updated for each older invoice that
    is collected no further.
    """
    if subscription.status in ("canceled", "incomplete_expired"):
        raise InvalidRequest(f"No such subscription: '{subscription.id}'", status=404, code="resource_missing", param="id")
    ctx.session.load([subscription], "customer")
    ctx.session.load([subscription], "items.price.product")
    older = collecting_invoices(ctx, subscription)
    if not invoice_now and not prorate:
        invoices.drop_prorations(ctx, subscription.customer_id, subscription.id)
    if prorate and subscription.status in PRORATING:
        _credit_unused(ctx, subscription)
    if invoice_now:
        _final_invoice(ctx, subscription, "subscription_update", keep_draft=keep_draft)
    _end(ctx, subscription, older, canceled_at=ctx.now)


def end_at_date(ctx: Context, subscription: Subscription, *, keep_draft: bool = False) -> None:
    """The period or the cancel date that was to be the last is over: bill what is left, and end."""
    ctx.session.load([subscription], "items.price.product")
    older = collecting_invoices(ctx, subscription)
    _final_invoice(ctx, subscription, "subscription_cycle", keep_draft=keep_draft)
    _end(ctx, subscription, older, canceled_at=subscription.canceled_at or ctx.now)


def _end(ctx: Context, subscription: Subscription, older: list[Invoice], *, canceled_at: int) -> None:
    subscription.status, subscription.ended_at, subscription.canceled_at = "canceled", ctx.now, canceled_at
    subscription.upcoming_notice_at = subscription.trial_notice_at = subscription.expires_at = None
    subscription.next_pending_invoice_item_invoice = None
    drop_pending_update(ctx, subscription)
    emit(ctx, "customer.subscription.deleted", subscription)
    for invoice in older:
        invoices.stop_collecting(ctx, invoice)


def collecting_invoices(ctx: Context, subscription: Subscription) -> list[Invoice]:
    """Its drafts and open invoices that still move by themselves, oldest first."""
    return ctx.session.rows(Invoice, _COLLECTING, account_id=ctx.account_id, subscription_id=subscription.id,
                            auto_advance=True)


def _credit_unused(ctx: Context, subscription: Subscription) -> None:
    period = Period(subscription.current_period_start, subscription.current_period_end)
    if not period.start <= ctx.now < period.end:
        return
    discounts = subscription_discounts(ctx, subscription)
    before = [state_of(item, subscription.currency, discounts) for item in subscription.items]
    lines = prorate(before, [], period, ctx.now, whole=whole_period(subscription))
    add_prorations(ctx, subscription, lines, {item.id: item for item in subscription.items})


def _final_invoice(ctx: Context, subscription: Subscription, reason: str, *, keep_draft: bool) -> None:
    """Usage and pending items on an invoice that is settled at once; none where there is nothing to bill."""
    closed, usage_lines = close_usage(ctx, subscription, final=True, free=subscription.status == "trialing")
    used = [line for line in usage_lines if line.quantity or line.amount]
    items = invoices.sweep(ctx, subscription.customer_id, subscription.id, only_own=True)
    if not used and not items:
        return
    period = (subscription.current_period_start, ctx.now)
    for line in used:
        line.end = min(line.end, ctx.now)
    invoice = draft_subscription_invoice(ctx, subscription, invoices.item_lines(items) + used, reason=reason, period=period,
                                         auto_advance=False)
    subscription.latest_invoice_id = invoice.id
    for summary in closed:
        summary.invoice_id = invoice.id
    if not keep_draft and not keeps_drafts(subscription):
        invoices.finalize_and_collect(ctx, invoice, fresh=True)


def set_cancel_at(ctx: Context, subscription: Subscription, at: int | None, *,
                  proration_behavior: str = "create_prorations") -> None:
    """The date at which the subscription is to end, or none any more; runs inside a `tracked` change.

    A date inside the current period shortens it, and credits what is cut off.
    """
    ctx.session.load([subscription], "items.price.product")
    subscription.cancel_at_period_end = False
    if at == subscription.cancel_at:
        return
    subscription.cancel_at = at
    subscription.canceled_at = None if at is None else subscription.canceled_at or ctx.now
    interval = interval_of(subscription.items[0].price)
    natural = (subscription.trial_end if subscription.status == "trialing" and subscription.trial_end is not None
               else next_boundary(subscription.billing_cycle_anchor, interval, subscription.current_period_start))
    before_end, end = subscription.current_period_end, natural if at is None else min(natural, at)
    if end == before_end:
        return
    if proration_behavior != "none" and subscription.status in PRORATING:
        _prorate_cut(ctx, subscription, before_end, end)
    subscription.current_period_end = end
    for item in subscription.items:
        if item.price.recurring_usage_type == "metered":
            usage.resize_open_period(ctx, item, start=subscription.current_period_start, end=end)
    plan_renewal_notice(ctx, subscription)


def _prorate_cut(ctx: Context, subscription: Subscription, before_end: int, end: int) -> None:
    """Credit the time between the new end and the old one, or charge it where the end moves out again."""
    discounts = subscription_discounts(ctx, subscription)
    states = [state_of(item, subscription.currency, discounts) for item in subscription.items]
    start, whole = subscription.current_period_start, whole_period(subscription)
    if end < before_end:
        lines = prorate(states, [], Period(start, before_end), end, whole=whole)
    else:
        lines = prorate([], states, Period(start, end), before_end, whole=whole)
    add_prorations(ctx, subscription, lines, {item.id: item for item in subscription.items})


def cancel_at_period_end(ctx: Context, subscription: Subscription, wanted: bool, *,
                         proration_behavior: str = "create_prorations") -> None:
    """End with the current period, or go on after all; runs inside a `tracked` change."""
    if wanted and not subscription.cancel_at_period_end:
        # A date that was set before gives way, and what it cut off comes back.
        set_cancel_at(ctx, subscription, None, proration_behavior=proration_behavior)
        subscription.cancel_at_period_end = True
        subscription.canceled_at, subscription.cancel_at = ctx.now, subscription.current_period_end
    elif not wanted and subscription.cancel_at_period_end:
        subscription.cancel_at_period_end = False
        subscription.canceled_at = subscription.cancel_at = None


def expire_incomplete(ctx: Context, subscription: Subscription) -> None:
    """Nobody paid the first invoice in time. Emits customer.subscription.updated and the voided invoice's events."""
    with tracked(ctx, subscription, "customer.subscription.updated"):
        subscription.status, subscription.expires_at = "incomplete_expired", None
        subscription.ended_at = subscription.canceled_at = ctx.now
        subscription.upcoming_notice_at = subscription.trial_notice_at = None
        subscription.next_pending_invoice_item_invoice = None
    invoice = ctx.get(Invoice, subscription.latest_invoice_id)
    if invoice is not None and invoice.status == "open":
        invoices.void_invoice(ctx, invoice)


def customer_deleted(ctx: Context, customer: Customer) -> None:
    """Reaction to customer.deleted: their subscriptions end at once, without a final invoice."""
    for subscription in ctx.session.rows(Subscription, _OF_CUSTOMER, account_id=ctx.account_id, customer_id=customer.id):
        if subscription.status not in ("canceled", "incomplete_expired"):
            cancel_subscription(ctx, subscription)
