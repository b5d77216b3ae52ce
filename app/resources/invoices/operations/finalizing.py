"""From draft to open, and to the ends without a payment by card."""

from __future__ import annotations

from app.context import Context
from app.domain.invoicing import Settlement, settle
from app.errors import InvalidRequest
from app.events.emit import emit, tracked
from app.resources.charges.operations import shared_by
from app.resources.customers.operations import change_balance, check_email
from app.resources.invoices.operations.discounts import use_up
from app.resources.invoices.operations.drafting import retotal
from app.resources.invoices.operations.sharing import cut_to_what_is_due
from app.resources.invoices.tables import Invoice
from app.resources.payment_intents.operations import cancel_intent, create_for_invoice
from app.resources.payment_intents.tables import PaymentIntent

_SNAPSHOT = ("address", "email", "name", "phone", "shipping", "tax_exempt", "tax_id_values")


def finalize_invoice(ctx: Context, invoice: Invoice, *, fresh: bool = False, auto_advance: bool | None = None) -> None:
    """Number the invoice, apply the customer's balance, and ask for what is due with a payment intent.

    `auto_advance`, where given, decides whether time goes on to charge it.
    Emits customer.discount.deleted for what is good for one invoice only, customer.updated when the balance moved,
    invoice.updated (not for a `fresh` invoice, which has just been made), invoice.finalized and payment_intent.created.
    One that was made while collection was paused goes on to its end at once, and so does one of nothing.
    """
    if invoice.status != "draft":
        raise InvalidRequest("This invoice is already finalized, you can't re-finalize a non-draft invoice.",
                             code="invoice_not_editable")
    ctx.session.load([invoice], "customer")
    ctx.session.load([invoice], "lines.price")
    snapshot = None
    if fresh:
        use_up(ctx, invoice)
        _finalize(ctx, invoice)
    else:
        with tracked(ctx, invoice, "invoice.updated") as snapshot:
            if auto_advance is not None:
                advance_by_itself(ctx, invoice, auto_advance)
            retotal(ctx, invoice, invoice.customer)
            use_up(ctx, invoice)
            _finalize(ctx, invoice)
    emit(ctx, "invoice.finalized", invoice, snapshot=snapshot)
    if invoice.payment_intent_id is not None:
        create_for_invoice(ctx, id=invoice.payment_intent_id, customer=invoice.customer, invoice_id=invoice.id,
                           amount=invoice.amount_due, currency=invoice.currency, description=_description(invoice),
                           statement_descriptor=invoice.statement_descriptor, settings=invoice.payment_settings,
                           **shared_by(invoice))
    if invoice.pause_behavior == "void" and invoice.total > 0:
        # Our choice: also where nothing is left to charge, so that a pause neither uses up the balance nor adds to it.
        void_invoice(ctx, invoice)
    elif invoice.amount_due == 0:
        mark_paid(ctx, invoice)
    elif invoice.pause_behavior is not None:
        mark_uncollectible(ctx, invoice)


def advance_by_itself(ctx: Context, invoice: Invoice, wanted: bool) -> None:
    """Let time finalise, charge and retry the invoice, or no longer; runs inside a `tracked` change."""
    if wanted == invoice.auto_advance:
        return
    invoice.auto_advance = wanted
    # Our choice: the delay of a new draft begins anew, because the one from its creation may be over.
    at = ctx.now + ctx.choices.finalize_after_s if wanted else None
    if invoice.status == "draft":
        invoice.finalizes_at = at
    invoice.next_payment_attempt = at if invoice.collection_method == "charge_automatically" else None


def _finalize(ctx: Context, invoice: Invoice) -> None:
    customer = invoice.customer
    settlement = settle(invoice.total, customer.balance, invoice.currency)
    invoice.assign(starting_balance=customer.balance, ending_balance=settlement.ending_balance,
                   amount_due=settlement.amount_due)
    cut_to_what_is_due(invoice)
    if customer.balance != settlement.ending_balance:
        _apply_balance(ctx, invoice, settlement)
    invoice.assign(
        number=f"{customer.invoice_prefix}-{customer.next_invoice_sequence:04d}",
        customer_snapshot={name: customer.__dict__[name] for name in _SNAPSHOT}, status="open", finalized_at=ctx.now,
        finalizes_at=None, last_finalization_error=None, hosted_invoice_url=ctx.page_url("i", invoice))
    customer.next_invoice_sequence += 1
    if invoice.collection_method == "send_invoice":
        invoice.past_due_at = invoice.due_date
    if invoice.amount_due > 0:
        # The id is made here, because the invoice names its intent from the moment of finalisation.
        invoice.payment_intent_id = ctx.ids.new(PaymentIntent.id_prefix, PaymentIntent.id_length, PaymentIntent.id_lead)


def _apply_balance(ctx: Context, invoice: Invoice, settlement: Settlement) -> None:
    """Use up the balance for the invoice; what is too little or too much to be charged becomes the new one."""
    customer = invoice.customer
    left = {"invoice_too_large": settlement.too_large, "invoice_too_small": settlement.too_small}
    applied = settlement.ending_balance - sum(left.values()) - customer.balance
    with tracked(ctx, customer, "customer.updated"):
        for type, amount in {"applied_to_invoice": applied, **left}.items():
            if amount:
                change_balance(ctx, customer, amount, type=type, currency=invoice.currency, invoice_id=invoice.id)


def _description(invoice: Invoice) -> str:
    return {"subscription_create": "Subscription creation", "subscription_cycle": "Subscription update",
            "subscription_update": "Subscription update"}.get(invoice.billing_reason, f"Payment for Invoice {invoice.number}")


def mark_paid(ctx: Context, invoice: Invoice, *, charge_id: str | None = None, counts: bool = False,
              out_of_band: bool = False, credited: int = 0) -> None:
    """The invoice is settled; `counts` says whether by an attempt that `attempt_count` is to show.

    `credited` is what a credit note has just taken off what was due.

    Emits invoice.updated, customer.updated where the customer was delinquent, invoice.paid and
    invoice.payment_succeeded.
    """
    ctx.session.load([invoice], "customer")
    with tracked(ctx, invoice, "invoice.updated") as snapshot:
        due = invoice.amount_due - credited
        invoice.assign(
            status="paid", paid_at=ctx.now, amount_due=due, amount_paid=due, paid_out_of_band=out_of_band,
            pre_payment_credit_notes_amount=invoice.pre_payment_credit_notes_amount + credited,
            # Stripe counts every settlement as an attempt made, also one of nothing.
            attempted=True, attempt_count=invoice.attempt_count + counts,
            charge_id=invoice.charge_id if charge_id is None else charge_id,
            auto_advance=False, next_payment_attempt=None, past_due_at=None)
    if (invoice.amount_paid or credited) and invoice.customer.delinquent:
        with tracked(ctx, invoice.customer, "customer.updated"):
            invoice.customer.delinquent = False
    emit(ctx, "invoice.paid", invoice, snapshot=snapshot)
    emit(ctx, "invoice.payment_succeeded", invoice, snapshot=snapshot)


def pay_out_of_band(ctx: Context, invoice: Invoice) -> None:
    """The customer paid by other means: no charge, and the intent is canceled."""
    mark_paid(ctx, invoice, out_of_band=True)
    cancel_payment(ctx, invoice)


def send_invoice(ctx: Context, invoice: Invoice) -> None:
    """Finalise a draft, and tell the customer. Emits invoice.sent; test mode sends no mail."""
    if invoice.collection_method != "send_invoice":
        raise InvalidRequest("You can only manually send an invoice if its collection method is 'send_invoice'.")
    if invoice.status == "void":
        # Our choice: the words.
        raise InvalidRequest("This invoice can no longer be sent because it has been voided.")
    ctx.session.load([invoice], "customer")
    check_email(invoice.customer)
    if invoice.status == "draft":
        finalize_invoice(ctx, invoice)
    emit(ctx, "invoice.sent", invoice)


def void_invoice(ctx: Context, invoice: Invoice) -> None:
    """Open or uncollectible to void; the balance that it used is given back. Emits invoice.updated, invoice.voided."""
    if invoice.status not in ("open", "uncollectible"):
        raise InvalidRequest(f"You can only void open or uncollectible invoices. This invoice is {invoice.status}.")
    ctx.session.load([invoice], "customer")
    with tracked(ctx, invoice, "invoice.updated"):
        invoice.status, invoice.voided_at = "void", ctx.now
        invoice.auto_advance, invoice.next_payment_attempt, invoice.past_due_at = False, None, None
    emit(ctx, "invoice.voided", invoice)
    used = (invoice.ending_balance or 0) - invoice.starting_balance
    if used:
        with tracked(ctx, invoice.customer, "customer.updated"):
            change_balance(ctx, invoice.customer, -used, type="unapplied_from_invoice", currency=invoice.currency,
                           invoice_id=invoice.id)
    cancel_payment(ctx, invoice)


def mark_uncollectible(ctx: Context, invoice: Invoice) -> None:
    """Open to uncollectible, which can still be paid. Emits invoice.updated, invoice.marked_uncollectible."""
    if invoice.status != "open":
        raise InvalidRequest("You can only mark open invoices as uncollectible.")
    with tracked(ctx, invoice, "invoice.updated"):
        invoice.status, invoice.marked_uncollectible_at = "uncollectible", ctx.now
        invoice.auto_advance, invoice.next_payment_attempt, invoice.past_due_at = False, None, None
    emit(ctx, "invoice.marked_uncollectible", invoice)


def stop_collecting(ctx: Context, invoice: Invoice) -> None:
    """Neither finalise nor charge it any more by itself. Emits invoice.updated."""
    if invoice.auto_advance:
        with tracked(ctx, invoice, "invoice.updated"):
            invoice.auto_advance = False
            invoice.finalizes_at = invoice.next_payment_attempt = None


def cancel_payment(ctx: Context, invoice: Invoice) -> None:
    """Nothing is to be collected any more: give the payment intent up, where there is one. Emits payment_intent.canceled."""
    intent = ctx.get(PaymentIntent, invoice.payment_intent_id)
    if intent is not None and intent.status not in ("succeeded", "canceled"):
        cancel_intent(ctx, intent, "void_invoice")
