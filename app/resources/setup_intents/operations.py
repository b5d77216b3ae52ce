"""What happens to setup intents: made, changed, confirmed, answered by the holder of the card, canceled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.domain.cards import DECLINES, checked, must_authenticate, refusal_of, refusal_of_request
from app.domain.lifecycle import may_move
from app.domain.metadata import merged
from app.domain.ways_to_pay import UNVERIFIED, WAYS, setup_details
from app.errors import CardError, InvalidRequest
from app.events.emit import emit
from app.render import load_for_rendering, render
from app.resources.accounts.operations import connected_account
from app.resources.charges.operations import THREE_D_SECURE, check_texts
from app.resources.customers.tables import Customer
from app.resources.intents import (
    authentication_action,
    deposits_say,
    error_document,
    merged_options,
    page_action,
    verification_action,
)
from app.resources.mandates.operations import acceptance_document, create_mandate
from app.resources.payment_methods.operations import keep_for_customer, named_method, payment_method_for
from app.resources.payment_methods.tables import PaymentMethod
from app.resources.setup_attempts.tables import SetupAttempt
from app.resources.setup_intents.tables import SetupIntent

UNEXPECTED = "setup_intent_unexpected_state"

_OPEN = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})
_PLAIN = ("attach_to_self", "description", "flow_directions", "payment_method_types")
_FAILED = ("The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to "
           "attempt to fulfill this SetupIntent again.")


def create_setup_intent(ctx: Context, values: Mapping[str, Any]) -> SetupIntent:
    """The intent that the parameters of POST /v1/setup_intents ask for, not yet confirmed. Emits setup_intent.created.

    Raises InvalidRequest where it cannot be, and CardError for a card that cannot be.
    """
    named = values.get("on_behalf_of")
    account = None if named is None else connected_account(ctx, named, param="on_behalf_of", called="destination")
    check_texts(values)
    _check_self(values.get("attach_to_self"), values.get("customer"))
    customer = ctx.find(Customer, values["customer"], param="customer") if "customer" in values else None
    intent = SetupIntent(
        client_secret="", customer_id=None if customer is None else customer.id, metadata_=merged({}, values.get("metadata", {})),
        on_behalf_of_id=None if account is None else account.id,
        payment_method_options=merged_options({}, values.get("payment_method_options")),
        return_url=values.get("return_url"), single_use=values.get("single_use"), status="requires_payment_method",
        usage=values.get("usage", "off_session"), **{name: values.get(name) for name in _PLAIN})
    intent.payment_method_types = intent.payment_method_types or ["card"]
    _name_method(ctx, intent, values)
    ctx.add(intent)
    intent.client_secret = f"{intent.id}_secret_{ctx.ids.text(25)}"
    emit(ctx, "setup_intent.created", intent)
    return intent


def update_setup_intent(ctx: Context, intent: SetupIntent, values: Mapping[str, Any]) -> None:
    """Change what is named. Stripe has no event for it. Raises InvalidRequest for what can no longer be changed."""
    fixed = sorted(values.keys() - {"description", "metadata"})
    if fixed and intent.status not in _OPEN:
        raise InvalidRequest(
            f"This SetupIntent's {fixed[0]} could not be updated because it has a status of {intent.status}. You may only update "
            f"the {fixed[0]} of a SetupIntent with one of the following statuses: requires_payment_method, "
            "requires_confirmation, requires_action.", code=UNEXPECTED, param=fixed[0])
    if "customer" in values:
        if intent.customer_id not in (None, values["customer"]):
            # Our choice: the words.
            raise InvalidRequest("You cannot change the customer of a SetupIntent once it is set.", param="customer")
        intent.customer_id = ctx.find(Customer, values["customer"], param="customer").id
    _check_self(values.get("attach_to_self", intent.attach_to_self), intent.customer_id)
    for name in _PLAIN:
        if name in values:
            setattr(intent, name, values[name])
    if "metadata" in values:
        intent.metadata_ = merged(intent.metadata_, values["metadata"])
    if "payment_method_options" in values:
        intent.payment_method_options = merged_options(intent.payment_method_options, values["payment_method_options"])
    if _name_method(ctx, intent, values):
        _abandon(ctx, intent)
        intent.status, intent.next_action = "requires_confirmation", None


def confirm_setup_intent(ctx: Context, intent: SetupIntent, values: Mapping[str, Any]) -> None:
    """Set the payment method up: at once, or when the holder of the card has been asked.

    Emits setup_intent.succeeded, with payment_method.attached before it where a customer is to keep it; or
    setup_intent.requires_action; or setup_intent.setup_failed, and raises the CardError.
    """
    if intent.status not in _OPEN:
        raise InvalidRequest(f"You cannot confirm this SetupIntent because it has a status of {intent.status}.", code=UNEXPECTED)
    check_texts(values)
    if "return_url" in values:
        intent.return_url = values["return_url"]
    if "payment_method_options" in values:
        intent.payment_method_options = merged_options(intent.payment_method_options, values["payment_method_options"])
    if "mandate_data" in values:
        intent.customer_acceptance = acceptance_document(ctx, values["mandate_data"])
    _name_method(ctx, intent, values)
    if intent.payment_method_id is None:
        raise InvalidRequest(
            "You cannot confirm this SetupIntent because it's missing a payment method. You can either update the SetupIntent "
            "with a payment method and then confirm it again, or confirm it again directly with a payment method.",
            code=UNEXPECTED)
    # It may have been used up since it was named.
    method = payment_method_for(ctx, intent.payment_method_id, customer_id=intent.customer_id, wanted_for="SetupIntent")
    _abandon(ctx, intent)
    if method.type != "card":
        _set_up_otherwise(ctx, intent, method)
        return
    requested = intent.payment_method_options.get("card", {}).get("request_three_d_secure") == "any"
    if method.customer_id is None:
        method.card = checked(method.card or {}, method.billing_details["address"], method.behavior)
    attempt = _attempt(ctx, intent, method)
    if must_authenticate(method.behavior, off_session=False, requested=requested):
        _await_holder(ctx, intent)
        return
    reason = refusal_of(method.card or {}, method.behavior, charging=False) or (
        refusal_of_request(method.behavior) if requested else None)
    if reason is None:
        _succeed(ctx, intent, method, attempt)
        return
    decline = DECLINES[reason]
    _fail(ctx, intent, attempt, error_document(
        ctx, method, code=decline.code, message=decline.message, decline_code=decline.decline_code, param=decline.param))
    load_for_rendering(ctx.session, [intent])
    raise CardError(decline.message, code=decline.code, decline_code=decline.decline_code, param=decline.param,
                    payment_method=intent.last_setup_error and intent.last_setup_error["payment_method"],
                    extra={"setup_intent": render(intent)})


def answer_set_up(ctx: Context, intent: SetupIntent, *, succeeds: bool) -> None:
    """The holder of the card has confirmed that it is them, or has not. Emits what a confirmation emits.

    Raises InvalidRequest for an intent that does not wait for its holder.
    """
    attempt = ctx.get(SetupAttempt, intent.latest_attempt_id)
    if intent.status != "requires_action" or intent.payment_method_id is None or attempt is None:
        # Our choice: the words, which a person reads on a page.
        raise InvalidRequest("This card does not wait for its holder any more.", status=409, code=UNEXPECTED)
    method = payment_method_for(ctx, intent.payment_method_id, customer_id=intent.customer_id, wanted_for="SetupIntent")
    if succeeds:
        if method.type == "card":
            attempt.payment_method_details = {"card": {"three_d_secure": THREE_D_SECURE}, "type": "card"}
        _succeed(ctx, intent, method, attempt)
    else:
        if method.type == "card":
            failed = THREE_D_SECURE | {"result": "failed", "result_reason": "rejected"}
            attempt.payment_method_details = {"card": {"three_d_secure": failed}, "type": "card"}
        _fail(ctx, intent, attempt, error_document(
            ctx, method, code="setup_intent_authentication_failure", message=_FAILED, type="invalid_request_error"))


def verify_set_up(ctx: Context, intent: SetupIntent, values: Mapping[str, Any]) -> None:
    """The customer names what was deposited on their account. Emits setup_intent.succeeded with what belongs to it.

    An account that stays unverified for good makes it setup_intent.setup_failed. Raises InvalidRequest where it can be
    tried again, and for an intent that does not wait for it.
    """
    waiting = ctx.get(PaymentMethod, intent.payment_method_id)
    outcome = deposits_say(intent, None if waiting is None else waiting.behavior, values)
    attempt = ctx.get(SetupAttempt, intent.latest_attempt_id)
    assert attempt is not None, "an intent that waits has been attempted"
    method = payment_method_for(ctx, intent.payment_method_id or "", customer_id=intent.customer_id, wanted_for="SetupIntent")
    if outcome == "verified":
        _succeed(ctx, intent, method, attempt)
        return
    failure = UNVERIFIED[outcome]
    _fail(ctx, intent, attempt, error_document(
        ctx, method, code=failure.code, message=failure.message, type="invalid_request_error"))


def _set_up_otherwise(ctx: Context, intent: SetupIntent, method: PaymentMethod) -> None:
    """Set up what is no card: at once, or when its account is verified, or its bank's page was answered."""
    way = WAYS[method.type]
    if way.mandate and intent.customer_acceptance is None:
        raise InvalidRequest(
            "This SetupIntent requires a mandate. Collect mandate acceptance from the customer and try again, providing "
            "acceptance data in the mandate_data parameter.", code="setup_intent_mandate_invalid")
    attempt = _attempt(ctx, intent, method)
    attempt.payment_method_details = {method.type: setup_details(method.type, method.details), "type": method.type}
    if way.verified and not method.set_up:
        _await_holder(ctx, intent, verification_action(ctx, intent.client_secret))
    elif way.asks:
        _await_holder(ctx, intent, page_action(ctx, method.type, intent.client_secret, intent.return_url))
    else:
        _succeed(ctx, intent, method, attempt)


def cancel_setup_intent(ctx: Context, intent: SetupIntent, reason: str | None) -> None:
    """Give it up. Emits setup_intent.canceled. Raises InvalidRequest when it is over."""
    if not may_move("setup_intent", intent.status, "canceled"):
        raise InvalidRequest(
            f"You cannot cancel this SetupIntent because it has a status of {intent.status}. Only a SetupIntent with one of the "
            "following statuses may be canceled: `requires_payment_method`, `requires_confirmation`, or `requires_action`.",
            code=UNEXPECTED)
    _abandon(ctx, intent)
    intent.status, intent.cancellation_reason, intent.next_action = "canceled", reason, None
    emit(ctx, "setup_intent.canceled", intent)


def _name_method(ctx: Context, intent: SetupIntent, values: Mapping[str, Any]) -> bool:
    method = named_method(ctx, values, customer_id=intent.customer_id, types=intent.payment_method_types,
                          wanted_for="SetupIntent")
    if method is None:
        return False
    intent.payment_method_id = method.id
    if intent.status == "requires_payment_method":
        intent.status = "requires_confirmation"
    return True


def _attempt(ctx: Context, intent: SetupIntent, method: PaymentMethod) -> SetupAttempt:
    attempt = ctx.add(SetupAttempt(
        attach_to_self=intent.attach_to_self, customer_id=intent.customer_id, flow_directions=intent.flow_directions,
        on_behalf_of_id=intent.on_behalf_of_id,
        payment_method_details={"card": {"three_d_secure": None}, "type": "card"}, payment_method_id=method.id,
        setup_intent_id=intent.id, status="requires_action", usage=intent.usage))
    intent.latest_attempt_id = attempt.id
    return attempt


def _await_holder(ctx: Context, intent: SetupIntent, action: dict[str, Any] | None = None) -> None:
    intent.status, intent.last_setup_error = "requires_action", None
    intent.next_action = action or authentication_action(ctx, intent.client_secret, intent.return_url)
    emit(ctx, "setup_intent.requires_action", intent)


def _succeed(ctx: Context, intent: SetupIntent, method: PaymentMethod, attempt: SetupAttempt) -> None:
    attempt.status, method.set_up = "succeeded", True
    intent.status, intent.next_action, intent.last_setup_error = "succeeded", None, None
    if intent.customer_acceptance is not None and intent.single_use is None:
        intent.mandate_id = create_mandate(ctx, method, intent.customer_acceptance).id
    elif intent.customer_acceptance is not None:
        intent.single_use_mandate_id = create_mandate(
            ctx, method, intent.customer_acceptance, single_use=intent.single_use).id
    if intent.customer_id is not None:
        keep_for_customer(ctx, method, intent.customer_id)
    emit(ctx, "setup_intent.succeeded", intent)


def _fail(ctx: Context, intent: SetupIntent, attempt: SetupAttempt, error: dict[str, Any]) -> None:
    attempt.status, attempt.setup_error = "failed", error
    intent.status, intent.next_action, intent.last_setup_error = "requires_payment_method", None, error
    intent.payment_method_id = None
    emit(ctx, "setup_intent.setup_failed", intent)


def _abandon(ctx: Context, intent: SetupIntent) -> None:
    """The attempt that waits for its holder, if there is one, will not be finished."""
    attempt = ctx.get(SetupAttempt, intent.latest_attempt_id)
    if attempt is not None and attempt.status == "requires_action":
        attempt.status = "abandoned"


def _check_self(attach_to_self: bool | None, customer_id: str | None) -> None:
    if attach_to_self and customer_id is not None:
        # Our choice: the words.
        raise InvalidRequest("You may only specify one of these parameters: attach_to_self, customer.")
