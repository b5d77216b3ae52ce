"""Paying by other means than cards: pages of banks and providers, deposits to be named, and debits that are answered later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.domain.cards import Decline
from app.domain.ways_to_pay import CANCELED, FAILURES, UNAUTHENTICATED, UNVERIFIED, WAYS, Way, debit_failure
from app.errors import InvalidRequest
from app.events.emit import emit
from app.resources.charges.operations import (
    accept_debit,
    announce_fee,
    charge_otherwise,
    debit_bank_account,
    payer_of,
    refuse_debit,
)
from app.resources.charges.tables import Charge
from app.resources.external_accounts.tables import BankAccount
from app.resources.intents import deposits_say, error_document, page_action, verification_action
from app.resources.mandates.operations import active_mandate, create_mandate
from app.resources.payment_intents.operations.by_transfer import pays_with_cash
from app.resources.payment_intents.operations.outcomes import (
    await_customer,
    check_confirmable,
    facts_of_charge,
    fail,
    future_usage,
    note_method,
    option,
    settle,
    use_method,
)
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.payment_methods.operations import payment_method_for
from app.resources.payment_methods.tables import PaymentMethod

# Our choice: errors of banks are of the type of all errors that no card has made.
_ERROR = "invalid_request_error"


def attempt_otherwise(ctx: Context, intent: PaymentIntent, method: PaymentMethod, *, authenticated: bool,
                      can_wait: bool) -> Charge | None:
    """`attempt_payment`, with a payment method that is no card.

    None where the customer has to go to a page first, or the account has to be verified. A debit is pending.
    """
    way = WAYS[method.type]
    _check_way(intent, method, way)
    if way.verified and not method.set_up:
        await_customer(ctx, intent, method, verification_action(ctx, intent.client_secret))
        return None
    if way.transfer and not pays_with_cash(ctx, intent, method):
        return None
    asks = way.asks and not authenticated
    if asks and can_wait:
        await_customer(ctx, intent, method, page_action(ctx, method.type, intent.client_secret, intent.return_url))
        return None
    if way.mandate:
        intent.mandate_id = _mandate(ctx, intent, method)
    failure = UNAUTHENTICATED if asks else None
    charge = charge_otherwise(
        ctx, method, amount=intent.amount, currency=intent.currency, capture=not _is_manual(intent, method.type),
        failure=failure, mandate_id=intent.mandate_id, **facts_of_charge(intent))
    intent.__dict__["charges"].insert(0, charge)
    intent.next_action = intent.authenticated_method_id = None
    if failure is not None:
        fail(ctx, intent, method, charge, failure, type=_ERROR)
        return charge
    use_method(ctx, intent, method, authenticated=authenticated)
    if charge.status != "pending":
        settle(ctx, intent, charge)
        return charge
    _await_bank(ctx, intent, charge)
    return charge


def attempt_bank_account(ctx: Context, intent: PaymentIntent, account: BankAccount) -> Charge:
    """`attempt_payment`, with a bank account that is a source of the intent's customer: the charge is pending at first.

    The caller has seen that it can be charged. An intent names only payment methods, and is answered without one.
    """
    check_confirmable(intent)
    ctx.session.load([intent], "charges")
    charge = debit_bank_account(ctx, account, amount=intent.amount, currency=intent.currency, **facts_of_charge(intent))
    intent.__dict__["charges"].insert(0, charge)
    intent.next_action = intent.authenticated_method_id = intent.last_payment_error = None
    note_method(intent, None)
    _await_bank(ctx, intent, charge)
    return charge


def _await_bank(ctx: Context, intent: PaymentIntent, charge: Charge) -> None:
    intent.status = "processing"
    emit(ctx, "charge.pending", charge)
    emit(ctx, "payment_intent.processing", intent)
    # Our choice: the platform's fee is on the balances as soon as the payment is, and goes back with it.
    announce_fee(ctx, charge)
    if charge.settles_at == ctx.now:
        answer_debit(ctx, intent, charge)


def answer_debit(ctx: Context, intent: PaymentIntent, charge: Charge) -> None:
    """The bank says whether it pays. Emits charge.succeeded and payment_intent.succeeded, or those of a failure."""
    reason = debit_failure(payer_of(ctx, charge).behavior)
    if reason is not None:
        fail_debit(ctx, intent, charge, FAILURES[reason])
        return
    accept_debit(ctx, charge)
    settle(ctx, intent, charge, fee_told=charge.transfer_id is None)


def fail_debit(ctx: Context, intent: PaymentIntent, charge: Charge, failure: Decline) -> None:
    """The bank does not pay. Emits charge.failed and payment_intent.payment_failed."""
    refuse_debit(ctx, charge, failure)
    fail(ctx, intent, payer_of(ctx, charge), charge, failure, type=_ERROR)


def call_debit_off(ctx: Context, intent: PaymentIntent) -> Charge | None:
    """The charge of an intent that is processing, which has failed by this; None for any other. The caller emits events."""
    if intent.status != "processing":
        return None
    ctx.session.load([intent], "charges")
    charges: list[Charge] = intent.__dict__["charges"]
    charge = ctx.find(Charge, next(charge.id for charge in charges if charge.status == "pending"))
    # Our choice: the debit fails, and what stood on the balance goes back.
    refuse_debit(ctx, charge, CANCELED)
    return charge


def verify_deposits(ctx: Context, intent: PaymentIntent, values: Mapping[str, Any]) -> Charge | None:
    """The customer has seen the small deposits on their account: the debit goes on, if that is what was deposited.

    Emits what a debit emits; or payment_intent.payment_failed where the account stays unverified for good, after which the
    intent is answered and needs another payment method. Raises InvalidRequest where it can be tried again, and for an
    intent that does not wait for it.
    """
    waiting = ctx.get(PaymentMethod, intent.payment_method_id)
    outcome = deposits_say(intent, None if waiting is None else waiting.behavior, values)
    method = payment_method_for(ctx, intent.payment_method_id or "", customer_id=intent.customer_id)
    if outcome == "verified":
        method.set_up = True
        return attempt_otherwise(ctx, intent, method, authenticated=False, can_wait=False)
    failure = UNVERIFIED[outcome]
    intent.last_payment_error = error_document(ctx, method, code=failure.code, message=failure.message, type=_ERROR)
    intent.status, intent.next_action = "requires_payment_method", None
    note_method(intent, None)
    emit(ctx, "payment_intent.payment_failed", intent)
    return None


def _mandate(ctx: Context, intent: PaymentIntent, method: PaymentMethod) -> str:
    """The mandate to pay by: the one that was named, a new one by what the customer has accepted, or an earlier one."""
    if intent.mandate_id is not None:
        return intent.mandate_id
    single_use: dict[str, Any] | None = {"amount": intent.amount, "currency": intent.currency}
    accepted = intent.customer_acceptance
    if accepted is None:
        earlier = active_mandate(ctx, method)
        if earlier is not None:
            return earlier.id
        if intent.invoice_id is None:
            raise InvalidRequest(
                "This PaymentIntent requires a mandate, but no existing mandate was found. Collect mandate acceptance from the "
                "customer and try again, providing acceptance data in the mandate_data parameter.",
                code="payment_intent_mandate_invalid")
        # Our choice: who lets invoices be paid from an account has permitted it, somewhere that nobody has told of.
        accepted, single_use = {"accepted_at": ctx.now, "offline": {}, "type": "offline"}, None
    elif future_usage(intent, method.type) == "off_session":
        single_use = None
    return create_mandate(ctx, method, accepted, single_use=single_use).id


def _is_manual(intent: PaymentIntent, type: str) -> bool:
    return (option(intent, "capture_method", type) or intent.capture_method) == "manual"


def _check_way(intent: PaymentIntent, method: PaymentMethod, way: Way) -> None:
    if intent.currency not in way.currencies:
        raise InvalidRequest(
            f"The currency provided ({intent.currency}) is invalid. Payments with {method.type} support the following "
            f"currencies: {', '.join(sorted(way.currencies))}.", param="currency")
    if _is_manual(intent, method.type) and not way.holds:
        # Our choice: the words.
        raise InvalidRequest(f"Payments with {method.type} cannot be captured later: capture_method must be automatic.",
                             code="payment_intent_incompatible_payment_method", param="capture_method")
