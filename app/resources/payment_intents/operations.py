"""What happens to payment intents: made for an invoice, paid by attempts, canceled."""

from __future__ import annotations

from collections.abc import Mapping

from app.context import Context
from app.domain.cards import DECLINES, must_authenticate, refusal_of
from app.domain.lifecycle import may_move
from app.errors import CardError, InvalidRequest
from app.events.emit import emit
from app.render import load_for_rendering, render
from app.resources.charges.operations import charge_card
from app.resources.charges.tables import Charge
from app.resources.customers.tables import Customer
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.payment_methods.tables import PaymentMethod

_OPEN = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})


def create_for_invoice(ctx: Context, *, customer: Customer, invoice_id: str, amount: int, currency: str,
                       description: str | None, payment_method_id: str | None = None,
                       metadata: Mapping[str, str] | None = None, statement_descriptor: str | None = None,
                       id: str | None = None) -> PaymentIntent:
    """The intent to collect what is due of an invoice, `amount` in minor units. Nothing is attempted yet.

    `id` is given where the invoice has named its intent already.
    """
    intent = PaymentIntent(
        id=id, amount=amount, amount_capturable=0, amount_received=0, capture_method="automatic", client_secret="",
        confirmation_method="automatic", currency=currency, customer_id=customer.id, description=description,
        invoice_id=invoice_id, metadata_=dict(metadata or {}), payment_method_id=payment_method_id,
        payment_method_types=["card"], statement_descriptor=statement_descriptor,
        status="requires_payment_method" if payment_method_id is None else "requires_confirmation")
    ctx.add(intent)
    intent.client_secret = f"{intent.id}_secret_{ctx.ids.text(25)}"
    intent.__dict__["charges"] = []
    emit(ctx, "payment_intent.created", intent)
    return intent


def attempt_payment(ctx: Context, intent: PaymentIntent, method: PaymentMethod, *,
                    off_session: bool = True) -> Charge | None:
    """Try to collect the intent's amount with a payment method of its customer.

    The charge says by its status whether it succeeded: a decline is a fact and raises nothing (`card_error_of` makes
    the answer to a caller of it). None when the customer has to authenticate first. Raises InvalidRequest when the
    intent is over.
    """
    if intent.status not in _OPEN:
        raise InvalidRequest(f"You cannot confirm this PaymentIntent because it has a status of {intent.status}.",
                             code="payment_intent_unexpected_state")
    if "charges" not in intent.__dict__:
        ctx.session.load([intent], "charges")
    if must_authenticate(method.behavior, off_session=off_session):
        _await_customer(ctx, intent, method)
        return None
    reason = refusal_of(method.card or {}, method.behavior, charging=True)
    charge = charge_card(
        ctx, method, amount=intent.amount, currency=intent.currency, reason=reason, customer_id=intent.customer_id,
        description=intent.description, invoice_id=intent.invoice_id, metadata_=intent.metadata_,
        payment_intent_id=intent.id, receipt_email=intent.receipt_email, shipping=intent.shipping,
        statement_descriptor=intent.statement_descriptor,
        statement_descriptor_suffix=intent.statement_descriptor_suffix, transfer_group=intent.transfer_group)
    intent.__dict__["charges"].insert(0, charge)
    intent.next_action = None
    if reason is None:
        _settle(ctx, intent, method, charge)
    else:
        _fail(ctx, intent, method, charge, reason)
    return charge


def change_amount(intent: PaymentIntent, amount: int) -> None:
    """Collect another amount, in minor units, because what is due has changed. There is no event for it."""
    if intent.status in _OPEN:
        intent.amount = amount


def cancel_intent(ctx: Context, intent: PaymentIntent, reason: str) -> None:
    """Give the payment up, for `reason` in the API's words: `void_invoice`. Raises InvalidRequest when it is over."""
    if not may_move("payment_intent", intent.status, "canceled"):
        raise InvalidRequest(
            f"You cannot cancel this PaymentIntent because it has a status of {intent.status}. Only a PaymentIntent "
            "with one of the following statuses may be canceled: requires_payment_method, requires_capture, "
            "requires_confirmation, requires_action, processing.", code="payment_intent_unexpected_state")
    intent.status, intent.canceled_at, intent.cancellation_reason = "canceled", ctx.now, reason
    intent.next_action = None
    emit(ctx, "payment_intent.canceled", intent)


def card_error_of(intent: PaymentIntent, charge: Charge | None) -> CardError:
    """The 402 that tells a caller what became of an attempt: the decline, or that the customer must authenticate."""
    rendered = render(intent)
    error = intent.last_payment_error
    if charge is None or error is None:
        decline = DECLINES["authentication_required"]
        return CardError(decline.message, code=decline.code, decline_code=decline.decline_code, payment_intent=rendered)
    return CardError(error["message"], code=error["code"], param=error.get("param"), charge=charge.id,
                     decline_code=error.get("decline_code"), payment_intent=rendered,
                     payment_method=error["payment_method"])


def _settle(ctx: Context, intent: PaymentIntent, method: PaymentMethod, charge: Charge) -> None:
    intent.status, intent.amount_received = "succeeded", intent.amount
    intent.last_payment_error = None
    _note_method(intent, method.id)
    emit(ctx, "charge.succeeded", charge)
    emit(ctx, "payment_intent.succeeded", intent)


def _fail(ctx: Context, intent: PaymentIntent, method: PaymentMethod, charge: Charge, reason: str) -> None:
    decline = DECLINES[reason]
    load_for_rendering(ctx.session, [method])
    error = {
        "charge": charge.id, "code": decline.code, "decline_code": decline.decline_code,
        "doc_url": f"https://stripe.com/docs/error-codes/{decline.code.replace('_', '-')}", "message": decline.message,
        "param": decline.param, "payment_method": render(method), "type": "card_error"}
    intent.last_payment_error = {name: value for name, value in error.items() if value is not None}
    intent.status = "requires_payment_method"
    # A payment method that was declined does not stay: the next attempt has to name one.
    _note_method(intent, None)
    # The order in which Stripe lists them (behaviour reference, 7.3).
    emit(ctx, "payment_intent.payment_failed", intent)
    emit(ctx, "charge.failed", charge)


def _await_customer(ctx: Context, intent: PaymentIntent, method: PaymentMethod) -> None:
    intent.status = "requires_action"
    intent.next_action = {"type": "use_stripe_sdk", "use_stripe_sdk": {
        "stripe_js": f"{ctx.base_url}/3d_secure/{intent.client_secret}", "type": "three_d_secure_redirect"}}
    _note_method(intent, method.id)
    emit(ctx, "payment_intent.requires_action", intent)


def _note_method(intent: PaymentIntent, payment_method_id: str | None) -> None:
    intent.payment_method_id = payment_method_id
    intent.__dict__.pop("payment_method", None)
