"""What credit notes do to an invoice."""

from __future__ import annotations

from app.context import Context
from app.errors import InvalidRequest
from app.events.emit import tracked
from app.resources.invoices.operations.finalizing import cancel_payment, mark_paid
from app.resources.invoices.operations.paying import awaits_bank
from app.resources.invoices.tables import Invoice
from app.resources.payment_intents.operations import change_amount
from app.resources.payment_intents.tables import PaymentIntent


def credit_before_payment(ctx: Context, invoice: Invoice, amount: int) -> None:
    """Take `amount` off what is due of an open invoice; a negative one is due again.

    Emits invoice.updated, and what follows a payment where nothing is left to be paid. Raises InvalidRequest while a bank
    has been asked for what is due.
    """
    if awaits_bank(ctx, invoice):
        # Our choice: the bank is asked for what was due then, and no other amount; and the words.
        raise InvalidRequest("A payment of this invoice is processing. Wait until it has succeeded or failed.",
                             param="invoice", code="payment_intent_unexpected_state")
    if amount == invoice.amount_due:
        mark_paid(ctx, invoice, credited=amount)
        cancel_payment(ctx, invoice)
        return
    with tracked(ctx, invoice, "invoice.updated"):
        invoice.amount_due -= amount
        invoice.pre_payment_credit_notes_amount += amount
    intent = ctx.get(PaymentIntent, invoice.payment_intent_id)
    assert intent is not None, "an open invoice with an amount due has a payment intent"
    change_amount(intent, invoice.amount_due)


def credit_after_payment(ctx: Context, invoice: Invoice, amount: int) -> None:
    """Note that `amount` of a paid invoice was given back; a negative one is kept after all. Emits invoice.updated."""
    with tracked(ctx, invoice, "invoice.updated"):
        invoice.post_payment_credit_notes_amount += amount
