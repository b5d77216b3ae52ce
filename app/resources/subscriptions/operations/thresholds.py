"""Thresholds: what has accrued is invoiced before the period ends."""

from __future__ import annotations

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.events.emit import tracked
from app.resources.invoices import operations as invoices
from app.resources.invoices.operations import LineDraft, Reached
from app.resources.invoices.tables import InvoiceItem
from app.resources.subscriptions.operations.changing import Change, apply_change
from app.resources.subscriptions.operations.drafting import draft_subscription_invoice
from app.resources.subscriptions.operations.renewing import usage_line
from app.resources.subscriptions.operations.terms import PRORATING, is_metered
from app.resources.subscriptions.tables import Subscription
from app.resources.usage_records import operations as usage

_RUNNING = Prepared(entity(Subscription).where(
    Subscription.account_id == bindparam("account_id"), Subscription.customer_id == bindparam("customer_id"),
    Subscription.ended_at.is_(None)).order_by(Subscription.seq))


def bill_thresholds_of(ctx: Context, customer_id: str) -> None:
    """The same for all subscriptions of a customer, who has got something more to pay."""
    for subscription in ctx.session.rows(Subscription, _RUNNING, account_id=ctx.account_id, customer_id=customer_id):
        if subscription.billing_thresholds is not None:
            bill_threshold(ctx, subscription)


def bill_threshold(ctx: Context, subscription: Subscription) -> None:
    """Invoice what has accrued since the last invoice, where that reaches a threshold of the subscription.

    Stripe does so some time after the usage was reported; here it is done at once. Our choice: what has accrued is what an
    invoice of now would bill before discounts and taxes, the items that wait included. A trial accrues nothing.
    """
    ctx.session.load([subscription], "items.price.product")
    amount_gte = (subscription.billing_thresholds or {}).get("amount_gte")
    limits = {item.id: item.billing_thresholds["usage_gte"] for item in subscription.items
              if item.billing_thresholds is not None and is_metered(item.price)}
    if subscription.status not in PRORATING or (amount_gte is None and not limits):
        return
    ctx.session.load([subscription], "customer")
    lines = {item.id: usage_line(subscription, item, usage.current_summary(ctx, item), ctx.now)
             for item in subscription.items if is_metered(item.price)}
    waiting = invoices.sweep(ctx, subscription.customer_id, subscription.id)
    accrued = sum(line.amount for line in lines.values()) + sum(item.amount for item in waiting)
    usage_gte = {id: limit for id, limit in limits.items() if (lines[id].quantity or 0) >= max(limit, 1)}
    reaches_amount = amount_gte is not None and accrued >= amount_gte
    if not reaches_amount and not usage_gte:
        return
    reached = Reached(amount_gte if reaches_amount else None, usage_gte)
    with tracked(ctx, subscription, "customer.subscription.updated"):
        if (subscription.billing_thresholds or {}).get("reset_billing_cycle_anchor"):
            apply_change(ctx, subscription, Change(reset_anchor=True, reached=reached), announce=False)
        else:
            _bill_so_far(ctx, subscription, lines, waiting, reached)


def _bill_so_far(ctx: Context, subscription: Subscription, lines: dict[str, LineDraft],
                 waiting: list[InvoiceItem], reached: Reached) -> None:
    """An invoice inside the period, which goes on: what it takes of the usage is billed no more at the end."""
    used = [line for line in lines.values() if line.quantity or line.amount]
    invoice = draft_subscription_invoice(
        ctx, subscription, invoices.item_lines(waiting) + used, reason="subscription_threshold",
        period=(subscription.current_period_start, ctx.now), auto_advance=True, reached=reached)
    subscription.latest_invoice_id = invoice.id
    for item in subscription.items:
        if item.id in lines:
            usage.note_billed(usage.current_summary(ctx, item), lines[item.id].amount, ctx.now)
