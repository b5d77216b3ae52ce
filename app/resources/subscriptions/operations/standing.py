"""How payments, and their absence, decide about a subscription's status."""

from __future__ import annotations

from app.context import Context
from app.domain.choices import DAY
from app.events.emit import tracked
from app.resources.invoices import operations as invoices
from app.resources.invoices.tables import Invoice
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.subscriptions.operations.drafting import remember_payment_method
from app.resources.subscriptions.operations.ending import cancel_subscription
from app.resources.subscriptions.operations.parking import apply_pending_update
from app.resources.subscriptions.operations.pending_updates import waits_for
from app.resources.subscriptions.operations.starting import plan_notices
from app.resources.subscriptions.tables import Subscription


def invoice_paid(ctx: Context, invoice: Invoice) -> None:
    """Reaction to invoice.payment_succeeded: the latest invoice's payment makes a subscription active (again)."""
    subscription = _of(ctx, invoice)
    if subscription is None:
        return
    if waits_for(subscription, invoice):
        apply_pending_update(ctx, subscription)
    revives = subscription.status in ("incomplete", "past_due", "unpaid") and _is_latest(ctx, subscription, invoice)
    if not revives and subscription.payment_settings is None:
        return
    with tracked(ctx, subscription, "customer.subscription.updated"):
        remember_payment_method(ctx, subscription, invoice)
        if revives:
            _begin(ctx, subscription)


def payment_processing(ctx: Context, intent: PaymentIntent) -> None:
    """Reaction to payment_intent.processing: a bank that answers in days does not keep a subscription incomplete.

    Our choice: it is active until the bank refuses, because the days are more than it could wait incomplete.
    """
    invoice = ctx.get(Invoice, intent.invoice_id)
    subscription = None if invoice is None else _of(ctx, invoice)
    if invoice is None or subscription is None or subscription.status != "incomplete" or not _is_latest(
            ctx, subscription, invoice):
        return
    with tracked(ctx, subscription, "customer.subscription.updated"):
        _begin(ctx, subscription)


def payment_failed(ctx: Context, invoice: Invoice) -> None:
    """Reaction to invoice.payment_failed: past due at the first failure, and dunning's end after the last attempt."""
    subscription = _of(ctx, invoice)
    if subscription is None or invoice.billing_reason == "manual":
        # Our choice: what a caller invoices beside the periods says nothing about the subscription.
        return
    if waits_for(subscription, invoice):
        # Stripe: the subscription stays as it is, and so does its standing (behaviour reference, 3.2).
        return
    # Our choice: a trial goes on as such whatever else is unpaid, and a retry of an older invoice changes nothing.
    if subscription.status == "active" and subscription.latest_invoice_id == invoice.id:
        _become(ctx, subscription, "past_due")
    exhausted = invoice.auto_advance and invoice.next_payment_attempt is None
    if exhausted:
        _give_up(ctx, subscription, invoice)


def _give_up(ctx: Context, subscription: Subscription, invoice: Invoice) -> None:
    """Nothing more is done to collect the invoice: what the sandbox's settings say becomes of it and its subscription."""
    if subscription.status not in ("past_due", "unpaid"):
        return
    end = ctx.choices.dunning_end
    if end == "cancel":
        # Schedules tell a delinquent end from a wanted one by this mark.
        subscription.__dict__["_ended_by_dunning"] = True
        cancel_subscription(ctx, subscription)
    elif end == "unpaid":
        _become(ctx, subscription, "unpaid")
    if ctx.choices.dunning_end_invoice == "mark_uncollectible":
        invoices.mark_uncollectible(ctx, invoice)
    else:
        invoices.stop_collecting(ctx, invoice)


def miss_due_date(ctx: Context, invoice: Invoice) -> None:
    """An invoice that was sent is not paid by its due date: its customer is delinquent, its subscription past due.

    Where it is not paid by a further deadline either, it is given up.
    """
    subscription = _of(ctx, invoice) if invoice.billing_reason != "manual" else None
    is_second = invoice.past_due_at != invoice.due_date
    invoice.past_due_at = None
    if is_second:
        if subscription is not None:
            _give_up(ctx, subscription, invoice)
        return
    ctx.session.load([invoice], "customer")
    if not invoice.customer.delinquent:
        with tracked(ctx, invoice.customer, "customer.updated"):
            invoice.customer.delinquent = True
    if subscription is None:
        return
    if ctx.choices.past_due_deadline_days:
        invoice.past_due_at = ctx.now + ctx.choices.past_due_deadline_days * DAY
    if subscription.status == "active":
        _become(ctx, subscription, "past_due")


def _begin(ctx: Context, subscription: Subscription) -> None:
    was_incomplete = subscription.status == "incomplete"
    trialing = subscription.trial_end is not None and subscription.trial_end > ctx.now
    subscription.status, subscription.expires_at = "trialing" if trialing else "active", None
    if was_incomplete:
        plan_notices(ctx, subscription)


def _is_latest(ctx: Context, subscription: Subscription, invoice: Invoice) -> bool:
    """Whether the subscription has no later invoice to be paid. Our choice: a later one that is void does not count."""
    latest = ctx.get(Invoice, subscription.latest_invoice_id)
    return latest is not None and (latest.id == invoice.id or latest.status == "void")


def _become(ctx: Context, subscription: Subscription, status: str) -> None:
    with tracked(ctx, subscription, "customer.subscription.updated"):
        subscription.status = status


def _of(ctx: Context, invoice: Invoice) -> Subscription | None:
    """The invoice's subscription, unless that is still being created: it has no latest invoice then."""
    subscription = ctx.get(Subscription, invoice.subscription_id)
    return None if subscription is None or subscription.latest_invoice_id is None else subscription
