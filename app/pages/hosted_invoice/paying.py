"""Paying an invoice on its page, as `POST /v1/invoices/:id/pay` does, with a card that a person chooses."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.context import Context
from app.errors import CardError, InvalidRequest
from app.paper.wording import method_text
from app.resources.external_accounts.tables import BankAccount
from app.resources.invoices.operations import pay_invoice, payment_method_of
from app.resources.invoices.paper import is_payable
from app.resources.invoices.tables import Invoice
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.payment_methods.operations import create_payment_method

SAVED: Final = "saved"
"""Instead of a test card: what the customer would be charged with anyway."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A card that can be paid with: `value` in the form, `label` and `hint` for the person."""

    value: str
    label: str
    hint: str


TEST_CARDS: Final = (
    Choice("tok_visa", "Visa •••• 4242", "The payment succeeds."),
    Choice("tok_chargeDeclined", "Visa •••• 0002", "The bank declines it."),
    Choice("tok_chargeDeclinedInsufficientFunds", "Visa •••• 9995", "There is not enough money on it."),
    Choice("tok_authenticationRequired", "Visa •••• 3184", "The bank wants to ask its holder first."),
)


def choices_for(ctx: Context, invoice: Invoice) -> tuple[Choice, ...]:
    """What the invoice can be paid with: nothing when it cannot be paid."""
    if not is_payable(invoice):
        return ()
    saved = payment_method_of(ctx, invoice)
    if saved is None:
        return TEST_CARDS
    if isinstance(saved, BankAccount):
        text = method_text(BankAccount.object_name, {"last4": saved.last4})
    else:
        text = method_text(saved.type, saved.card or saved.details or {})
    return (Choice(SAVED, text, "Saved for this customer."), *TEST_CARDS)


def authentication_path(ctx: Context, invoice: Invoice) -> str | None:
    """Where the holder of the card can confirm the payment that waits for them, if one does."""
    intent = ctx.get(PaymentIntent, invoice.payment_intent_id)
    if intent is None or intent.status != "requires_action":
        return None
    return f"3d_secure/{ctx.account_id}/{intent.client_secret}"


def form_token(invoice: Invoice, token: str) -> str:
    """What a form has to send back: only a page of this invoice has it, and only as long as as much is due.

    The secret of the page's address is the key, so that no other site can make such a form.
    """
    told = f"{invoice.id} {invoice.status} {invoice.amount_due - invoice.amount_paid}"
    return hmac.new(token.encode(), told.encode(), "sha256").hexdigest()


def pay(ctx: Context, invoice: Invoice, token: str, form: Mapping[str, str]) -> str | None:
    """Pay with what the form names; what to tell the person when the card was refused.

    The attempt that failed stays on record. Raises InvalidRequest where nothing was attempted.
    """
    ctx.session.load([invoice], "customer")
    if not hmac.compare_digest(form.get("token", "").encode(), form_token(invoice, token).encode()):
        # Our choice: the words of all refusals of this page.
        raise InvalidRequest("The invoice has changed since this page was opened. Look at it again before you pay.", status=409)
    choice = form.get("card", "")
    method = None
    if choice != SAVED:
        if choice not in [card.value for card in TEST_CARDS]:
            raise InvalidRequest("Choose a card to pay with.", status=400)
        # As a card that is typed in: it is charged once and not kept for the customer.
        method = create_payment_method(ctx, {"card": {"token": choice}})
    try:
        pay_invoice(ctx, invoice, payment_method=method, off_session=False)
    except CardError as declined:
        if declined.code == "invoice_payment_intent_requires_action":
            return "The bank wants its customer to confirm this payment first. Do that, or pay with another card."
        return f"{declined.message} Nothing was charged: pay with another card."
    return None
