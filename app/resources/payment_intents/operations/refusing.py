"""What is asked of intents that only other means of payment than cards can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import InvalidRequest
from app.resources.payment_intents.tables import PaymentIntent


def apply_customer_balance(intent: PaymentIntent, values: Mapping[str, Any]) -> None:
    """Pay with funds that the customer has sent by bank transfer. None has sent any, so that it raises InvalidRequest."""
    if intent.status not in ("requires_payment_method", "requires_action"):
        # Our choice: the words of these refusals.
        raise InvalidRequest(
            f"You cannot apply a customer balance to this PaymentIntent because it has a status of {intent.status}.",
            code="payment_intent_unexpected_state")
    if "customer_balance" not in intent.payment_method_types:
        raise InvalidRequest("You can only apply a customer balance to a PaymentIntent that has customer_balance in its "
                             "payment_method_types.", code="payment_intent_incompatible_payment_method")
    currency = values.get("currency", intent.currency)
    if currency != intent.currency:
        raise InvalidRequest(f"The currency of the PaymentIntent is {intent.currency}, and not {currency}.", param="currency")
    if values.get("amount", 0) > intent.amount:
        raise InvalidRequest("The amount to apply is greater than the amount of the PaymentIntent.", param="amount")
    raise InvalidRequest("The customer's cash balance holds less than the amount to apply.", code="balance_insufficient",
                         param="amount")
