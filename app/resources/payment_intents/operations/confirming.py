"""Confirming intents, and what their customer answers to 3D Secure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.domain.shipping import shipping_document
from app.errors import InvalidRequest
from app.events.emit import emit
from app.resources.cash_balances.operations import release_cash
from app.resources.charges.operations import check_texts
from app.resources.charges.tables import Charge
from app.resources.intents import error_document, merged_options
from app.resources.mandates.operations import acceptance_document, mandate_for
from app.resources.payment_intents.operations.attempting import attempt_payment, card_error_of
from app.resources.payment_intents.operations.changing import check_of_invoice, take_method
from app.resources.payment_intents.operations.outcomes import check_confirmable, note_method
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.payment_methods.operations import named_method, payment_method_for, prove_code
from app.resources.payment_methods.tables import PaymentMethod

_SET = ("capture_method", "payment_method_types", "radar_options", "receipt_email", "return_url", "setup_future_usage")

_FAILED = ("The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to "
           "attempt to fulfill this PaymentIntent again.")


def chosen_method(ctx: Context, intent: PaymentIntent, values: Mapping[str, Any]) -> PaymentMethod:
    """Take in what the parameters of a confirmation change, and say what is to be paid with.

    Raises InvalidRequest for an intent that is over, or without anything to be paid with.
    """
    check_confirmable(intent)
    check_of_invoice(intent, values)
    check_texts(values)
    if "mandate_data" in values:
        intent.customer_acceptance = acceptance_document(ctx, values["mandate_data"])
    for name in _SET:
        if name in values:
            setattr(intent, name, values[name])
    if "shipping" in values:
        intent.shipping = shipping_document(values["shipping"])
    if "payment_method_options" in values:
        intent.payment_method_options = merged_options(intent.payment_method_options, values["payment_method_options"])
    method = named_method(ctx, values, customer_id=intent.customer_id, types=intent.payment_method_types)
    if method is None and intent.payment_method_id is not None:
        # It may have paid something else meanwhile.
        method = payment_method_for(ctx, intent.payment_method_id, customer_id=intent.customer_id)
    if method is None:
        raise InvalidRequest(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
            "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment "
            "method.", code="payment_intent_unexpected_state")
    take_method(intent, method)
    code = ((values.get("payment_method_options") or {}).get("card") or {}).get("cvc_token")
    if code is not None:
        prove_code(ctx, method, code, param="payment_method_options[card][cvc_token]")
    if "mandate" in values:
        intent.mandate_id = mandate_for(ctx, values["mandate"], method).id
    return method


def confirm_intent(ctx: Context, intent: PaymentIntent, values: Mapping[str, Any]) -> None:
    """Attempt the payment as a caller asks. Raises the CardError of a decline; the attempt stays on record."""
    method = chosen_method(ctx, intent, values)
    off_session = bool(values.get("off_session", False))
    charge = attempt_payment(
        ctx, intent, method, off_session=off_session, authenticated=intent.authenticated_method_id == method.id,
        can_wait=not off_session and not values.get("error_on_requires_action", False))
    if charge is not None and charge.status == "failed":
        raise card_error_of(intent, charge)


def authenticate(ctx: Context, intent: PaymentIntent) -> Charge | None:
    """The customer has confirmed that it is them: the payment is attempted, where nobody has to confirm it once more.

    The charge says whether it succeeded. Raises InvalidRequest for an intent that does not wait for its customer.
    """
    method = _awaited(ctx, intent)
    if intent.confirmation_method == "manual":
        intent.status, intent.next_action, intent.authenticated_method_id = "requires_confirmation", None, method.id
        return None
    return attempt_payment(ctx, intent, method, off_session=False, authenticated=True)


def fail_authentication(ctx: Context, intent: PaymentIntent) -> None:
    """The customer has not confirmed that it is them. Emits payment_intent.payment_failed; nothing was charged."""
    method = _awaited(ctx, intent)
    intent.last_payment_error = error_document(
        ctx, method, code="payment_intent_authentication_failure", message=_FAILED, type="invalid_request_error")
    intent.status, intent.next_action = "requires_payment_method", None
    note_method(intent, None)
    emit(ctx, "payment_intent.payment_failed", intent)
    release_cash(ctx, intent)


def _awaited(ctx: Context, intent: PaymentIntent) -> PaymentMethod:
    if intent.status != "requires_action" or intent.payment_method_id is None:
        # Our choice: the words, which a person reads on a page.
        raise InvalidRequest("This payment does not wait for its customer any more.", status=409,
                             code="payment_intent_unexpected_state")
    return payment_method_for(ctx, intent.payment_method_id, customer_id=intent.customer_id)


