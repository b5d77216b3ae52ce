"""Intents that are given up: by a caller, by their invoice, by time."""

from __future__ import annotations

from app.context import Context
from app.domain.lifecycle import may_move
from app.errors import InvalidRequest
from app.events.emit import emit
from app.resources.cash_balances.operations import release_cash
from app.resources.charges.operations import release_charge
from app.resources.charges.tables import Charge
from app.resources.payment_intents.operations.paying_otherwise import call_debit_off
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.refunds.operations import EXPIRED


def cancel_by_request(ctx: Context, intent: PaymentIntent, reason: str | None) -> None:
    """What a caller asks for. Raises InvalidRequest also where an invoice has made the intent."""
    if intent.invoice_id is not None and intent.status not in ("succeeded", "canceled"):
        # Our choice: the words.
        raise InvalidRequest("You cannot cancel this PaymentIntent because it was created by an invoice. Void the invoice "
                             "instead, which cancels its PaymentIntent.", code="payment_intent_unexpected_state")
    cancel_intent(ctx, intent, reason)


def cancel_intent(ctx: Context, intent: PaymentIntent, reason: str | None) -> None:
    """Give the payment up, for `reason` in the API's words; what a card holds for it is released.

    A debit that no bank has answered is called off, and cash that was set aside is the customer's again. Emits
    payment_intent.canceled, then charge.refunded for what is released, charge.failed for the debit, or what cash does that
    has come back. Raises InvalidRequest when it is over.
    """
    if not may_move("payment_intent", intent.status, "canceled"):
        raise InvalidRequest(
            f"You cannot cancel this PaymentIntent because it has a status of {intent.status}. Only a PaymentIntent "
            "with one of the following statuses may be canceled: requires_payment_method, requires_capture, "
            "requires_confirmation, requires_action, processing.", code="payment_intent_unexpected_state")
    held = held_charge(ctx, intent)
    if held is not None:
        # Stripe's reasons for refunds have no word for an intent that was abandoned.
        release_charge(ctx, held, reason=reason if reason in ("duplicate", "fraudulent", "requested_by_customer") else None)
    called_off = call_debit_off(ctx, intent)
    _cancel(ctx, intent, reason)
    if held is not None:
        emit(ctx, "charge.refunded", held)
    if called_off is not None:
        emit(ctx, "charge.failed", called_off)


def expire_authorization(ctx: Context, charge: Charge) -> None:
    """What time does to a charge that nobody has captured: it is released, and its intent canceled.

    Emits charge.expired and payment_intent.canceled.
    """
    intent = None if charge.payment_intent_id is None else ctx.find(PaymentIntent, charge.payment_intent_id)
    if ctx.find(Charge, charge.id).capture_before is None:
        # Somebody was faster.
        return
    release_charge(ctx, charge, reason=EXPIRED)
    emit(ctx, "charge.expired", charge)
    if intent is not None:
        ctx.session.load([intent], "charges")
        _cancel(ctx, intent, "automatic")


def held_charge(ctx: Context, intent: PaymentIntent) -> Charge | None:
    """The charge that holds the amount of an intent which waits to be captured."""
    if intent.status != "requires_capture":
        return None
    ctx.session.load([intent], "charges")
    charges: list[Charge] = intent.__dict__["charges"]
    # Held, because it can also be captured by itself.
    return ctx.find(Charge, next(charge.id for charge in charges if charge.paid))


def _cancel(ctx: Context, intent: PaymentIntent, reason: str | None) -> None:
    intent.status, intent.canceled_at, intent.cancellation_reason = "canceled", ctx.now, reason
    intent.amount_capturable, intent.next_action = 0, None
    emit(ctx, "payment_intent.canceled", intent)
    release_cash(ctx, intent)
