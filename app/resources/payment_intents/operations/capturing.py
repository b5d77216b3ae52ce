"""Taking what a card holds for an intent, and letting it hold more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.domain.currencies import format_amount
from app.domain.metadata import merged
from app.errors import InvalidRequest
from app.events.emit import emit, tracked
from app.resources.charges.operations import (
    announce_fee,
    announce_transfer,
    capture_charge,
    check_chargeable,
    check_texts,
    set_for_capture,
    sharing_columns,
)
from app.resources.charges.tables import Charge
from app.resources.payment_intents.operations.canceling import held_charge
from app.resources.payment_intents.tables import PaymentIntent


def capture_intent(ctx: Context, intent: PaymentIntent, values: Mapping[str, Any]) -> None:
    """Take `amount_to_capture`, or all that is held; the rest is released. Emits charge.captured, payment_intent.succeeded.

    Raises InvalidRequest for an intent that does not wait for it, and for more than is held.
    """
    check_texts(values)
    charge = held_charge(ctx, intent)
    if charge is None:
        raise InvalidRequest(
            f"This PaymentIntent could not be captured because it has a status of {intent.status}. Only a PaymentIntent with "
            "one of the following statuses may be captured: requires_capture.", code="payment_intent_unexpected_state")
    amount = values.get("amount_to_capture", intent.amount_capturable)
    if amount > intent.amount_capturable:
        # Our choice: the words.
        raise InvalidRequest(
            f"Amount to capture ({format_amount(amount, intent.currency)}) is greater than the amount capturable "
            f"({format_amount(intent.amount_capturable, intent.currency)})", code="amount_too_large",
            param="amount_to_capture")
    changed = sharing_columns(ctx, values, amount=amount, currency=intent.currency, present=intent)
    for name in ("statement_descriptor", "statement_descriptor_suffix"):
        if name in values:
            changed[name] = values[name]
    for name, value in changed.items():
        setattr(intent, name, value)
        setattr(charge, name, value)
    capture_charge(ctx, charge, amount)
    _note_captured(ctx, intent, charge)


def capture_by_charge(ctx: Context, id: str, values: Mapping[str, Any]) -> Charge:
    """Capture a charge by itself, which settles the intent that it belongs to.

    Raises InvalidRequest for one that is not held any more, and for more than is.
    """
    seen = ctx.get(Charge, id)
    # The intent first, as where that is captured: two who want both must not wait for each other.
    intent = None if seen is None or seen.payment_intent_id is None else ctx.find(PaymentIntent, seen.payment_intent_id)
    charge = ctx.find(Charge, id)
    shared = set_for_capture(ctx, charge, values)
    capture_charge(ctx, charge, values.get("amount"))
    if intent is None:
        announce_transfer(ctx, charge)
        announce_fee(ctx, charge)
        return charge
    for name, value in shared.items():
        setattr(intent, name, value)
    ctx.session.load([intent], "charges")
    _note_captured(ctx, intent, charge)
    return charge


def increment_authorization(ctx: Context, intent: PaymentIntent, values: Mapping[str, Any]) -> None:
    """Let the card hold `amount` in place of less. Emits charge.updated, then payment_intent.amount_capturable_updated.

    Our choice: Stripe has it for cards in a reader alone, which pay for nothing here; so it is for those intents that asked
    for it by `payment_method_options[card_present][request_incremental_authorization_support]`.
    """
    charge = held_charge(ctx, intent)
    # Our choice: the words of these refusals.
    if charge is None:
        raise InvalidRequest(
            f"You cannot increment the authorization of this PaymentIntent because it has a status of {intent.status}. Only a "
            "PaymentIntent with one of the following statuses may be incremented: requires_capture.",
            code="payment_intent_unexpected_state")
    if not intent.payment_method_options.get("card_present", {}).get("request_incremental_authorization_support"):
        raise InvalidRequest("This PaymentIntent is not eligible for incremental authorization.",
                             code="payment_intent_incompatible_payment_method")
    amount = values["amount"]
    if amount <= intent.amount:
        raise InvalidRequest("The amount must be greater than the amount that is authorized already.", param="amount")
    check_chargeable(amount, intent.currency)
    for name, value in sharing_columns(ctx, values, amount=amount, currency=intent.currency, present=intent).items():
        setattr(intent, name, value)
        setattr(charge, name, value)
    if "description" in values:
        intent.description = values["description"]
    if "metadata" in values:
        intent.metadata_ = merged(intent.metadata_, values["metadata"])
    intent.amount = intent.amount_capturable = amount
    # Our choice: the charge tells of its amount too, because nothing else does as long as it is held.
    with tracked(ctx, charge, "charge.updated"):
        charge.amount = amount
    emit(ctx, "payment_intent.amount_capturable_updated", intent)


def _note_captured(ctx: Context, intent: PaymentIntent, charge: Charge) -> None:
    announce_transfer(ctx, charge)
    intent.status, intent.amount_capturable, intent.amount_received = "succeeded", 0, charge.amount_captured
    emit(ctx, "payment_intent.succeeded", intent)
    announce_fee(ctx, charge)
