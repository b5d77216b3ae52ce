"""The routes of 3D Secure for whoever has been given the `next_action` of an intent."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from flask import Blueprint, Response, request

from app.context import Context
from app.domain.bank_transfers import reference_of
from app.domain.currencies import format_amount
from app.errors import InvalidRequest, RateLimited
from app.pages.page import FORM_BYTES_MAX, html, page, row_of_secret, visiting
from app.paper.wording import method_text
from app.resources.cash_balances.operations import receive_cash
from app.resources.customers.tables import Customer
from app.resources.intents import waits_for_deposits, waits_for_transfer
from app.resources.invoices.operations import answer_authentication, verify_payment
from app.resources.invoices.tables import Invoice
from app.resources.payment_intents.operations import missing_of
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.payment_methods.tables import PaymentMethod
from app.resources.setup_intents.operations import answer_set_up, verify_set_up
from app.resources.setup_intents.tables import SetupIntent
from app.wire.endpoint import this_server

blueprint = Blueprint("three_d_secure", __name__, template_folder="templates")

Intent = PaymentIntent | SetupIntent

_INTENTS: tuple[type[Intent], ...] = (PaymentIntent, SetupIntent)
_OUTCOMES = {
    "succeeded": "The payment was made.", "requires_capture": "The payment was authorized.",
    "processing": "The bank has been asked for the payment, and answers later.",
    "requires_confirmation": "The card's holder is known now. Go back to finish the payment.",
    "canceled": "The payment was canceled.",
}
_SET_UP = {"succeeded": "The card is ready to be used.", "canceled": "The card is not needed any more.",
           "requires_payment_method": "The card was not accepted. Go back to try again with another one."}
_DEPOSITS = {True: {"amounts": [32, 45]}, False: {"amounts": [10, 11]}}
"""What the buttons say that was deposited: what was, and what uses up all attempts."""
_FAILED = "The payment was not made. Try again with another card."


@blueprint.get("/3d_secure/<account>/<secret>")
@page
def show_authentication(account: str, secret: str) -> Response:
    """GET /3d_secure/:account/:client_secret"""
    return _page(account, secret)


@blueprint.post("/3d_secure/<account>/<secret>")
@page
def answer(account: str, secret: str) -> Response:
    """POST /3d_secure/:account/:client_secret: the holder confirms, or fails to; then on to the `return_url`."""
    request.max_content_length = FORM_BYTES_MAX
    form = request.form
    try:
        with visiting(account, writing=True) as ctx:
            intent = row_of_secret(ctx, _INTENTS, secret)
            if not hmac.compare_digest(form.get("token", "").encode(), _form_token(intent, secret).encode()):
                # Our choice: the words of all refusals of this page.
                raise InvalidRequest("The payment has changed since this page was opened.", status=409)
            if form.get("answer") not in ("complete", "fail"):
                raise InvalidRequest("Complete the authentication, or fail it.", status=400)
            succeeds = form["answer"] == "complete"
            if waits_for_transfer(intent) and succeeds and isinstance(intent, PaymentIntent):
                # Our choice: as if what waits for this customer were sent, whatever they have sent before.
                customer = ctx.find(Customer, intent.customer_id or "")
                receive_cash(ctx, customer, _amount(intent), intent.currency, reference=reference_of(customer.id))
            elif waits_for_deposits(intent):
                _verify(ctx, intent, _DEPOSITS[succeeds])
            elif isinstance(intent, SetupIntent):
                answer_set_up(ctx, intent, succeeds=succeeds)
            else:
                answer_authentication(ctx, intent, succeeds=succeeds)
            target = _way_back(intent)
    except RateLimited:
        return _page(account, secret, "The clock of this customer is being advanced. Try again when it has arrived.", status=429)
    except InvalidRequest as refusal:
        if refusal.status == 404:
            raise
        return _page(account, secret, refusal.message, status=refusal.status)
    this_server().wake()
    # To the page itself where nobody waits for the customer, so that loading it again does nothing.
    return Response(status=303, headers={"Location": target or secret, "Referrer-Policy": "no-referrer"})


def _verify(ctx: Context, intent: Intent, deposits: dict[str, Any]) -> None:
    if isinstance(intent, SetupIntent):
        verify_set_up(ctx, intent, deposits)
    else:
        verify_payment(ctx, intent, deposits)


def _page(account: str, secret: str, problem: str | None = None, *, status: int = 200) -> Response:
    with visiting(account) as ctx:
        intent = row_of_secret(ctx, _INTENTS, secret)
        waits = intent.status == "requires_action"
        return html("three_d_secure.html", status=status, problem=problem, waits=waits,
                    sender=ctx.account.display_name,
                    deposits=waits_for_deposits(intent), by_card=_is_card(ctx, intent),
                    amount=format_amount(_amount(intent), intent.currency) if isinstance(intent, PaymentIntent) else None,
                    card=_card(ctx, intent), form_token=_form_token(intent, secret),
                    outcome=_outcome(intent),
                    way_back=None if waits else _way_back(intent), invoice_path=_invoice_path(ctx, intent),
                    sends_to=intent.return_url if waits else None)


def _amount(intent: PaymentIntent) -> int:
    """What is to be paid, or was: of a transfer what is missing."""
    return missing_of(intent) if waits_for_transfer(intent) else intent.amount


def _invoice_path(ctx: Context, intent: Intent) -> str | None:
    """Below the server's root: the page of the invoice that is paid by the intent."""
    invoice = None if isinstance(intent, SetupIntent) else ctx.get(Invoice, intent.invoice_id)
    if invoice is None or invoice.hosted_invoice_url is None:
        return None
    return f"i/{ctx.account_id}/{invoice.hosted_invoice_url.rpartition('/')[2]}"


def _outcome(intent: Intent) -> str:
    return (_SET_UP if isinstance(intent, SetupIntent) else _OUTCOMES).get(intent.status, _FAILED)


def _card(ctx: Context, intent: Intent) -> str | None:
    ctx.session.load([intent], "payment_method")
    method = intent.payment_method
    return None if method is None else method_text(method.type, method.card or method.details or {})


def _is_card(ctx: Context, intent: Intent) -> bool:
    method = ctx.get(PaymentMethod, intent.payment_method_id)
    return method is None or method.type == "card"


def _form_token(intent: Intent, secret: str) -> str:
    """What a form has to send back: only a page of this intent has it, and only until somebody has answered."""
    amount = _amount(intent) if isinstance(intent, PaymentIntent) else 0
    told = f"{intent.id} {intent.status} {amount} {intent.payment_method_id}"
    return hmac.new(secret.encode(), told.encode(), "sha256").hexdigest()


def _way_back(intent: Intent) -> str | None:
    """The `return_url`, with what Stripe adds to it."""
    if intent.return_url is None:
        return None
    parts = urlsplit(intent.return_url)
    failed = intent.status in ("requires_payment_method", "canceled")
    added = urlencode({intent.object_name: intent.id, f"{intent.object_name}_client_secret": intent.client_secret,
                       "redirect_status": "failed" if failed else "succeeded"})
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))
