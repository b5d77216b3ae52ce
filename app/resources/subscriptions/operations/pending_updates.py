"""How a pending update comes to nothing: nobody pays for it in time, or something else happens first."""

from __future__ import annotations

from app.context import Context
from app.events.emit import emit, tracked
from app.resources.invoices import operations as invoices
from app.resources.invoices.tables import Invoice
from app.resources.subscriptions.tables import Subscription


def waits_for(subscription: Subscription, invoice: Invoice) -> bool:
    """Whether this is the invoice that the subscription's pending update waits for."""
    parked = subscription.parked_change
    return parked is not None and parked["invoice"] == invoice.id


def drop_pending_update(ctx: Context, subscription: Subscription) -> None:
    """Forget what waits, if anything does, and void its invoice; runs inside a `tracked` change, or ends the subscription."""
    parked = subscription.parked_change
    if parked is None:
        return
    subscription.pending_update = subscription.parked_change = None
    invoice = ctx.get(Invoice, parked["invoice"])
    if invoice is not None and invoice.status in ("open", "uncollectible"):
        invoices.void_invoice(ctx, invoice)


def expire_pending_update(ctx: Context, subscription: Subscription) -> None:
    """Nobody paid in time. Emits customer.subscription.updated, the voided invoice's events and …pending_update_expired."""
    with tracked(ctx, subscription, "customer.subscription.updated"):
        drop_pending_update(ctx, subscription)
    emit(ctx, "customer.subscription.pending_update_expired", subscription)


def invoice_voided(ctx: Context, invoice: Invoice) -> None:
    """Reaction to invoice.voided: what waited for its payment waits no more."""
    subscription = ctx.get(Subscription, invoice.subscription_id)
    if subscription is not None and waits_for(subscription, invoice):
        with tracked(ctx, subscription, "customer.subscription.updated"):
            drop_pending_update(ctx, subscription)
