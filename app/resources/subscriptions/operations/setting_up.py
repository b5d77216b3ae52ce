"""Asking for a payment method where nothing is due yet: a trial, a free price."""

from __future__ import annotations

from app.context import Context
from app.events.emit import tracked
from app.resources.invoices import operations as invoices
from app.resources.invoices.tables import Invoice
from app.resources.setup_intents.operations import create_setup_intent
from app.resources.setup_intents.tables import SetupIntent
from app.resources.subscriptions.tables import Subscription


def ask_for_payment_method(ctx: Context, subscription: Subscription, first: Invoice) -> None:
    """Make the setup intent by which a customer without a payment method can give one, after a `first` invoice of nothing.

    Emits setup_intent.created.
    """
    if first.amount_due or invoices.payment_method_of(ctx, first) is not None:
        return
    intent = create_setup_intent(ctx, {"customer": subscription.customer_id})
    intent.subscription_id, subscription.pending_setup_intent_id = subscription.id, intent.id


def stop_asking(ctx: Context, intent: SetupIntent) -> None:
    """Reaction to the end of a setup intent: the subscription that asked for it waits no more, and is paid with what it set up.

    Our choice: unless it has a payment method of its own by now. Emits customer.subscription.updated.
    """
    subscription = ctx.get(Subscription, intent.subscription_id)
    if subscription is not None and subscription.pending_setup_intent_id == intent.id:
        with tracked(ctx, subscription, "customer.subscription.updated"):
            subscription.pending_setup_intent_id = None
            if intent.status == "succeeded" and subscription.default_payment_method_id is None:
                subscription.default_payment_method_id = intent.payment_method_id
