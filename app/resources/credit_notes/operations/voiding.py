"""Taking credit notes back."""

from __future__ import annotations

from app.context import Context
from app.errors import InvalidRequest
from app.events.emit import emit, tracked
from app.resources.credit_notes.tables import CreditNote
from app.resources.customers.operations import change_balance
from app.resources.invoices import operations as invoices


def void_credit_note(ctx: Context, note: CreditNote) -> CreditNote:
    """What the credit note took off is due again, or the credit that it gave is taken back.

    Emits credit_note.voided, invoice.updated, customer.updated. Raises InvalidRequest where its invoice is not open any
    more, or where what it gave back is spent or has left.
    """
    # Our choice: the words of all refusals.
    if note.status == "void":
        raise InvalidRequest("This credit note is already void.")
    ctx.session.load([note], "invoice.customer")
    invoice, customer = note.invoice, note.invoice.customer
    if note.type == "pre_payment" and invoice.status != "open":
        raise InvalidRequest("You can only void a credit note that was issued before payment while its invoice is open. "
                             f"The invoice is {invoice.status}.")
    if note.type == "post_payment" and note.credit_amount != note.amount:
        raise InvalidRequest("You cannot void a credit note that was refunded or given back out of band.")
    if customer.balance > -note.credit_amount and note.credit_amount:
        raise InvalidRequest("You cannot void this credit note, because the customer has used the credit.")
    with tracked(ctx, customer, "customer.updated"):
        note.status, note.voided_at = "void", ctx.now
        emit(ctx, "credit_note.voided", note)
        if note.type == "pre_payment":
            invoices.credit_before_payment(ctx, invoice, -note.amount)
        else:
            invoices.credit_after_payment(ctx, invoice, -note.amount)
            change_balance(ctx, customer, note.credit_amount, type="credit_note", currency=note.currency,
                           invoice_id=invoice.id, credit_note_id=note.id)
    return note
