"""What an attempt to pay makes of an intent: paid, declined, or waiting for somebody."""

from __future__ import annotations

from typing import Any

from app.context import Context
from app.domain.cards import Decline
from app.errors import InvalidRequest
from app.events.emit import emit
from app.resources.charges.operations import announce_fee, announce_transfer, shared_by
from app.resources.charges.tables import Charge
from app.resources.intents import authentication_action, error_document
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.payment_methods.operations import keep_for_customer
from app.resources.payment_methods.tables import Payer, PaymentMethod

_SAME = ("customer_id", "description", "invoice_id", "metadata_", "radar_options", "receipt_email", "shipping",
         "statement_descriptor", "statement_descriptor_suffix", "transfer_group")
OPEN = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})


def note_method(intent: PaymentIntent, payment_method_id: str | None) -> None:
    """Let the intent be about another payment method, or none."""
    intent.payment_method_id = payment_method_id
    intent.__dict__.pop("payment_method", None)


def future_usage(intent: PaymentIntent, type: str) -> str | None:
    """For what a payment method of the type is kept: `on_session`, `off_session`, or None where it is not."""
    usage = option(intent, "setup_future_usage", type) or intent.setup_future_usage
    return None if usage == "none" else usage


def option(intent: PaymentIntent, name: str, type: str = "card") -> Any:
    """What `payment_method_options` say for a type; None where nothing was asked for."""
    return intent.payment_method_options.get(type, {}).get(name)


def facts_of_charge(intent: PaymentIntent) -> dict[str, Any]:
    """What a charge has of its intent, as columns."""
    same = {name: intent.__dict__[name] for name in _SAME}
    return same | shared_by(intent) | {"payment_intent_id": intent.id}


def use_method(ctx: Context, intent: PaymentIntent, method: PaymentMethod, *, authenticated: bool) -> None:
    """It has paid, or is about to: the customer keeps it where that was asked for."""
    intent.last_payment_error = None
    note_method(intent, method.id)
    usage = future_usage(intent, method.type)
    method.used = True
    if usage == "off_session" and authenticated:
        method.set_up = True
    if usage is not None and intent.customer_id is not None:
        keep_for_customer(ctx, method, intent.customer_id)


def settle(ctx: Context, intent: PaymentIntent, charge: Charge, *, fee_told: bool = False) -> None:
    """The charge has succeeded. Emits payment_intent.succeeded after charge.succeeded, or before it what can be captured.

    With it go transfer.created, and, unless the platform has been told of its fee, application_fee.created.
    """
    if not charge.captured:
        intent.status, intent.amount_capturable = "requires_capture", intent.amount
        emit(ctx, "payment_intent.amount_capturable_updated", intent)
        emit(ctx, "charge.succeeded", charge)
        return
    intent.status, intent.amount_received = "succeeded", intent.amount
    emit(ctx, "charge.succeeded", charge)
    announce_transfer(ctx, charge)
    emit(ctx, "payment_intent.succeeded", intent)
    if not fee_told:
        announce_fee(ctx, charge)


def fail(ctx: Context, intent: PaymentIntent, method: Payer, charge: Charge, decline: Decline, *,
         type: str = "card_error") -> None:
    """The charge has failed. Emits charge.failed and payment_intent.payment_failed."""
    intent.last_payment_error = error_document(
        ctx, method, code=decline.code, message=decline.message, decline_code=decline.decline_code, param=decline.param,
        charge=charge.id, type=type)
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


def await_customer(ctx: Context, intent: PaymentIntent, method: PaymentMethod, action: dict[str, Any] | None = None) -> None:
    """The customer has to do something first: an `action`, or else to say that it is them. Emits …requires_action."""
    intent.status = "requires_action"
    intent.next_action = action or authentication_action(ctx, intent.client_secret, intent.return_url)
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
