"""One attempt to collect what an intent asks for, and what becomes of the intent by it."""

from __future__ import annotations

from typing import Any

from app.context import Context
from app.domain.cards import (
    DECLINES,
    checked,
    must_authenticate,
    refusal_after_authentication,
    refusal_of,
    refusal_of_request,
)
from app.errors import CardError, InvalidRequest
from app.events.emit import emit
from app.render import render
from app.resources.charges.operations import charge_card
from app.resources.charges.tables import Charge
from app.resources.intents import authentication_action, error_document
from app.resources.mandates.operations import create_mandate
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.payment_methods.operations import keep_for_customer
from app.resources.payment_methods.tables import PaymentMethod

OPEN = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})


def attempt_payment(ctx: Context, intent: PaymentIntent, method: PaymentMethod, *, off_session: bool = True,
                    authenticated: bool = False, can_wait: bool = True) -> Charge | None:
    """Try to collect the intent's amount with a payment method: of its customer, or one that nobody has.

    The charge says by its status whether it succeeded: a decline is a fact and raises nothing (`card_error_of` makes
    the answer to a caller of it). None when the customer has to authenticate first; where that `can_wait` for nobody,
    it is a decline, and `authenticated` says that it has been done. Raises InvalidRequest when the intent is over.
    """
    check_confirmable(intent)
    if "charges" not in intent.__dict__:
        ctx.session.load([intent], "charges")
    if method.customer_id is None:
        method.card = checked(method.card or {}, method.billing_details["address"], method.behavior)
    requested = _card_option(intent, "request_three_d_secure") == "any"
    asks = not authenticated and must_authenticate(
        method.behavior, off_session=off_session, set_up=method.set_up, requested=requested)
    if asks and can_wait:
        _await_customer(ctx, intent, method)
        return None
    reason = "authentication_required" if asks else (
        refusal_of(method.card or {}, method.behavior, charging=True)
        or (refusal_after_authentication(method.behavior) if authenticated else None)
        or (refusal_of_request(method.behavior) if requested else None))
    manual = (_card_option(intent, "capture_method") or intent.capture_method) == "manual"
    if reason is None and intent.mandate_id is None and intent.customer_acceptance is not None:
        single_use = None if future_usage(intent) == "off_session" else {"amount": intent.amount, "currency": intent.currency}
        intent.mandate_id = create_mandate(ctx, method, intent.customer_acceptance, single_use=single_use).id
    charge = charge_card(
        ctx, method, amount=intent.amount, currency=intent.currency, reason=reason, capture=not manual,
        authenticated=authenticated, mandate_id=intent.mandate_id, customer_id=intent.customer_id, description=intent.description,
        invoice_id=intent.invoice_id, metadata_=intent.metadata_, payment_intent_id=intent.id,
        radar_options=intent.radar_options, receipt_email=intent.receipt_email, shipping=intent.shipping,
        statement_descriptor=intent.statement_descriptor, statement_descriptor_suffix=intent.statement_descriptor_suffix,
        transfer_group=intent.transfer_group)
    intent.__dict__["charges"].insert(0, charge)
    intent.next_action = intent.authenticated_method_id = None
    if reason is None:
        _settle(ctx, intent, method, charge, authenticated=authenticated)
    else:
        _fail(ctx, intent, method, charge, reason)
    return charge


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


def note_method(intent: PaymentIntent, payment_method_id: str | None) -> None:
    """Let the intent be about another payment method, or none."""
    intent.payment_method_id = payment_method_id
    intent.__dict__.pop("payment_method", None)


def future_usage(intent: PaymentIntent) -> str | None:
    """For what the payment method is kept: `on_session`, `off_session`, or None where it is not."""
    usage = _card_option(intent, "setup_future_usage") or intent.setup_future_usage
    return None if usage == "none" else usage


def _card_option(intent: PaymentIntent, name: str) -> Any:
    return intent.payment_method_options.get("card", {}).get(name)


def _settle(ctx: Context, intent: PaymentIntent, method: PaymentMethod, charge: Charge, *, authenticated: bool) -> None:
    intent.last_payment_error = None
    note_method(intent, method.id)
    usage = future_usage(intent)
    method.used = True
    if usage == "off_session" and authenticated:
        method.set_up = True
    if usage is not None and intent.customer_id is not None:
        keep_for_customer(ctx, method, intent.customer_id)
    if not charge.captured:
        intent.status, intent.amount_capturable = "requires_capture", intent.amount
        emit(ctx, "payment_intent.amount_capturable_updated", intent)
        emit(ctx, "charge.succeeded", charge)
        return
    intent.status, intent.amount_received = "succeeded", intent.amount
    emit(ctx, "charge.succeeded", charge)
    emit(ctx, "payment_intent.succeeded", intent)


def _fail(ctx: Context, intent: PaymentIntent, method: PaymentMethod, charge: Charge, reason: str) -> None:
    decline = DECLINES[reason]
    intent.last_payment_error = error_document(
        ctx, method, code=decline.code, message=decline.message, decline_code=decline.decline_code, param=decline.param,
        charge=charge.id)
    intent.status = "requires_payment_method"
    # A payment method that was declined does not stay: the next attempt has to name one.
    note_method(intent, None)
    if intent.invoice_id is None:
        emit(ctx, "charge.failed", charge)
        emit(ctx, "payment_intent.payment_failed", intent)
    else:
        # The order in which Stripe lists them (behaviour reference, 7.3).
        emit(ctx, "payment_intent.payment_failed", intent)
        emit(ctx, "charge.failed", charge)


def _await_customer(ctx: Context, intent: PaymentIntent, method: PaymentMethod) -> None:
    intent.status = "requires_action"
    intent.next_action = authentication_action(ctx, intent.client_secret, intent.return_url)
    note_method(intent, method.id)
    emit(ctx, "payment_intent.requires_action", intent)


def check_confirmable(intent: PaymentIntent) -> None:
    """Raises InvalidRequest for an intent that is over, or whose money is held already."""
    if intent.status in OPEN:
        return
    if intent.status in ("succeeded", "requires_capture"):
        message = "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
    else:
        message = f"You cannot confirm this PaymentIntent because it has a status of {intent.status}."
    raise InvalidRequest(message, code="payment_intent_unexpected_state")
