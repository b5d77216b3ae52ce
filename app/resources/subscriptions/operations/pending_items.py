"""Items that wait are invoiced between the renewals, at an interval of their own."""

from __future__ import annotations

from app.context import Context
from app.domain.periods import Interval, next_boundary
from app.events.emit import tracked
from app.resources.invoices import operations as invoices
from app.resources.subscriptions.operations.drafting import draft_subscription_invoice
from app.resources.subscriptions.tables import Subscription


def plan_item_invoice(subscription: Subscription, now: int) -> None:
    """When the items that wait are invoiced next.

    Our choice: the interval is counted from the billing anchor, so that it meets the renewals.
    """
    document = subscription.pending_invoice_item_interval
    if document is None and subscription.next_pending_invoice_item_invoice is None:
        return
    subscription.next_pending_invoice_item_invoice = None if document is None else next_boundary(
        subscription.billing_cycle_anchor, Interval(document["interval"], document["interval_count"]), now)


def invoice_pending_items(ctx: Context, subscription: Subscription) -> None:
    """Invoice what waits for the subscription and for its customer, if anything does, and plan the next time."""
    ctx.session.load([subscription], "customer")
    with tracked(ctx, subscription, "customer.subscription.updated"):
        items = invoices.sweep(ctx, subscription.customer_id, subscription.id)
        if items:
            invoice = draft_subscription_invoice(
                ctx, subscription, invoices.item_lines(items), reason="automatic_pending_invoice_item_invoice",
                period=(ctx.now, ctx.now), auto_advance=True)
            subscription.latest_invoice_id = invoice.id
        plan_item_invoice(subscription, ctx.now)
