"""One attempt to collect what an intent asks for, and what becomes of the intent by it."""

from __future__ import annotations

from app.context import Context
from app.domain.cards import (
    DECLINES,
    checked,
    must_authenticate,
    refusal_after_authentication,
    refusal_of,
    refusal_of_request,
)
from app.errors import CardError
from app.render import render
from app.resources.cash_balances.operations import release_cash
from app.resources.charges.operations import charge_card, refusal_of_sharing
from app.resources.charges.tables import Charge
from app.resources.mandates.operations import create_mandate
from app.resources.payment_intents.operations.outcomes import (
    await_customer,
    check_confirmable,
    facts_of_charge,
    fail,
    future_usage,
    option,
    settle,
    use_method,
)
from app.resources.payment_intents.operations.paying_otherwise import attempt_otherwise
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.payment_methods.tables import PaymentMethod


def attempt_payment(ctx: Context, intent: PaymentIntent, method: PaymentMethod, *, off_session: bool = True,
                    authenticated: bool = False, can_wait: bool = True) -> Charge | None:
    """Try to collect the intent's amount with a payment method: of its customer, or one that nobody has.

    The charge says by its status whether it succeeded, or waits for a bank: a decline is a fact and raises nothing
    (`card_error_of` makes the answer to a caller of it). None when the customer has to authenticate first; where that
    `can_wait` for nobody, it is a decline, and `authenticated` says that it has been done. Raises InvalidRequest when the
    intent is over, for a payment method that cannot pay what it asks for, and when an account that has a part in it may not
    take it now.
    """
    check_confirmable(intent)
    refusal = refusal_of_sharing(ctx, intent)
    if refusal is not None:
        raise refusal
    if "charges" not in intent.__dict__:
        ctx.session.load([intent], "charges")
    if method.type != "customer_balance":
        release_cash(ctx, intent)
    if method.type != "card":
        return attempt_otherwise(ctx, intent, method, authenticated=authenticated, can_wait=can_wait)
    if method.customer_id is None:
        method.card = checked(method.card or {}, method.billing_details["address"], method.behavior)
    requested = option(intent, "request_three_d_secure") == "any"
    asks = not authenticated and must_authenticate(
        method.behavior, off_session=off_session, set_up=method.set_up, requested=requested)
    if asks and can_wait:
        await_customer(ctx, intent, method)
        return None
    reason = "authentication_required" if asks else (
        refusal_of(method.card or {}, method.behavior, charging=True)
        or (refusal_after_authentication(method.behavior) if authenticated else None)
        or (refusal_of_request(method.behavior) if requested else None))
    manual = (option(intent, "capture_method") or intent.capture_method) == "manual"
    if reason is None and intent.mandate_id is None and intent.customer_acceptance is not None:
        kept = future_usage(intent, "card") == "off_session"
        single_use = None if kept else {"amount": intent.amount, "currency": intent.currency}
        intent.mandate_id = create_mandate(ctx, method, intent.customer_acceptance, single_use=single_use).id
    charge = charge_card(
        ctx, method, amount=intent.amount, currency=intent.currency, reason=reason, capture=not manual,
        authenticated=authenticated, mandate_id=intent.mandate_id, **facts_of_charge(intent))
    intent.__dict__["charges"].insert(0, charge)
    intent.next_action = intent.authenticated_method_id = None
    if reason is None:
        use_method(ctx, intent, method, authenticated=authenticated)
        settle(ctx, intent, charge)
    else:
        fail(ctx, intent, method, charge, DECLINES[reason])
    return charge


def card_error_of(intent: PaymentIntent, charge: Charge | None) -> CardError:
    """The 402 that tells a caller what became of an attempt: the decline, or that the customer must authenticate."""
    rendered = render(intent)
    error = intent.last_payment_error
    if charge is None or error is None:
        decline = DECLINES["authentication_required"]
        return CardError(decline.message, code=decline.code, decline_code=decline.decline_code, payment_intent=rendered)
    extra = {"source": error["source"]} if "source" in error else {}
    return CardError(error["message"], code=error["code"], param=error.get("param"), charge=charge.id,
                     decline_code=error.get("decline_code"), payment_intent=rendered,
                     payment_method=error.get("payment_method"), extra=extra)
