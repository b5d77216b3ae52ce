"""Collecting what is due, and trying again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.context import Context
from app.db.roots import TestClock
from app.domain.dunning import next_attempt
from app.domain.ways_to_pay import FAILURES
from app.errors import CardError, InvalidRequest
from app.events.emit import emit, react, record, tracked
from app.render import render
from app.resources.charges.operations import answer_for_bank_account, refusal_of_sharing
from app.resources.charges.tables import Charge
from app.resources.customers.operations import check_email
from app.resources.external_accounts.tables import BankAccount
from app.resources.invoices.operations.finalizing import advance_by_itself, finalize_invoice, mark_paid, pay_out_of_band
from app.resources.invoices.tables import Invoice
from app.resources.payment_intents.operations import (
    answer_debit,
    attempt_bank_account,
    attempt_payment,
    authenticate,
    card_error_of,
    chosen_method,
    fail_authentication,
    fail_debit,
    verify_deposits,
)
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.payment_methods.operations import refusal_of_account
from app.resources.payment_methods.tables import Payer, PaymentMethod


def finalize_due(ctx: Context, invoice: Invoice) -> None:
    """What time does to a draft: `finalize_and_collect`, if there is anybody to send it to where it is to be sent.

    Otherwise it stays a draft: emits invoice.updated and invoice.finalization_failed.
    """
    ctx.session.load([invoice], "customer")
    if invoice.collection_method == "send_invoice":
        try:
            check_email(invoice.customer)
        except InvalidRequest as refusal:
            with tracked(ctx, invoice, "invoice.updated") as snapshot:
                invoice.last_finalization_error = {"message": refusal.message, "type": refusal.type}
                # Our choice: it is tried again when somebody lets it advance anew, and not without end.
                advance_by_itself(ctx, invoice, False)
            emit(ctx, "invoice.finalization_failed", invoice, snapshot=snapshot)
            return
    finalize_and_collect(ctx, invoice)


def finalize_and_collect(ctx: Context, invoice: Invoice, *, fresh: bool = False) -> None:
    """Finalise a draft, then charge or send it in the same instant."""
    finalize_invoice(ctx, invoice, fresh=fresh)
    if invoice.status != "open":
        return
    if invoice.collection_method == "send_invoice":
        emit(ctx, "invoice.sent", invoice)
    else:
        collect(ctx, invoice)


def retry_collection(ctx: Context, invoice: Invoice) -> None:
    """The next automatic attempt."""
    collect(ctx, invoice)


def collect(ctx: Context, invoice: Invoice, *, payment_method: Payer | None = None, automatic: bool = True,
            off_session: bool = True) -> CardError | None:
    """Charge what is due; the error of a decline, which the caller raises where somebody waits for an answer.

    `automatic` attempts count and plan the next one; a manual one counts only when it is the first. Where an account that has
    a part in the payment may not take it, or a bank account cannot be charged, nothing is: it raises InvalidRequest, or lets
    an automatic attempt fail.
    """
    ctx.session.load([invoice], "customer")
    method = payment_method or payment_method_of(ctx, invoice)
    intent = ctx.get(PaymentIntent, invoice.payment_intent_id)
    assert intent is not None, "an open invoice with an amount due has a payment intent"
    counts = automatic or not invoice.attempted
    charge = None
    refusal = None if method is None else refusal_of_sharing(ctx, intent)
    if isinstance(method, BankAccount):
        refusal = refusal or refusal_of_account(method, currency=intent.currency)
    if refusal is not None and not (automatic or ctx.ticking):
        raise refusal
    if isinstance(method, BankAccount) and refusal is None:
        charge = attempt_bank_account(ctx, intent, method)
    elif isinstance(method, PaymentMethod) and refusal is None:
        if method.type not in intent.payment_method_types:
            # Our choice: what an invoice is to be paid with may pay it, whatever types were named.
            intent.payment_method_types = [*intent.payment_method_types, method.type]
        charge = attempt_payment(ctx, intent, method, off_session=off_session)
    if _conclude(ctx, invoice, intent, charge, automatic=automatic, counts=counts):
        return None
    if intent.status == "requires_action":
        return _action_required(intent)
    return None if method is None or refusal is not None else card_error_of(intent, charge)


def confirm_invoice_payment(ctx: Context, intent: PaymentIntent, values: Mapping[str, Any]) -> None:
    """Confirm the intent of an invoice, which is paid by it. Raises the CardError of a decline; the attempt stays on record.

    Our choice: an invoice knows nothing of an attempt that waits for its customer, until that has answered.
    """
    invoice = ctx.find(Invoice, intent.invoice_id or "")
    method = chosen_method(ctx, intent, values)
    off_session = bool(values.get("off_session", False))
    charge = attempt_payment(ctx, intent, method, off_session=off_session,
                             can_wait=not off_session and not values.get("error_on_requires_action", False))
    if charge is not None and not _conclude(ctx, invoice, intent, charge, automatic=False, counts=not invoice.attempted):
        raise card_error_of(intent, charge)


def answer_authentication(ctx: Context, intent: PaymentIntent, *, succeeds: bool) -> None:
    """The customer has answered 3D Secure: the payment is made or given up, and with it that of the intent's invoice.

    What became of it the intent says. Raises InvalidRequest for an intent that does not wait for its customer.
    """
    invoice = None if intent.invoice_id is None else ctx.find(Invoice, intent.invoice_id)
    charge = None
    if succeeds:
        charge = authenticate(ctx, intent)
    else:
        fail_authentication(ctx, intent)
    if invoice is not None:
        conclude_attempt(ctx, invoice, intent, charge)


def _conclude(ctx: Context, invoice: Invoice, intent: PaymentIntent, charge: Charge | None, *, automatic: bool,
              counts: bool) -> bool:
    """What an attempt was to the invoice; whether that is paid now, or a bank has been asked for it."""
    if charge is not None and charge.status == "succeeded":
        mark_paid(ctx, invoice, charge_id=charge.id, counts=counts)
        return True
    if charge is not None and charge.status == "pending":
        _await_bank(ctx, invoice, charge, counts=counts)
        return True
    ctx.session.load([invoice], "customer")
    _fail(ctx, invoice, None if charge is None else charge.id, automatic=automatic, counts=counts,
          action_required=intent.status == "requires_action")
    return False


def _await_bank(ctx: Context, invoice: Invoice, charge: Charge, *, counts: bool) -> None:
    """The invoice stays open, and nothing more is attempted, until the bank has answered. Emits invoice.updated."""
    with tracked(ctx, invoice, "invoice.updated"):
        invoice.attempt_count += counts
        invoice.attempted, invoice.charge_id, invoice.next_payment_attempt = True, charge.id, None


def awaits_bank(ctx: Context, invoice: Invoice) -> bool:
    """Whether a bank has been asked for what is due, and has not answered."""
    intent = ctx.get(PaymentIntent, invoice.payment_intent_id)
    return intent is not None and intent.status == "processing"


def settle_debit(ctx: Context, charge: Charge) -> None:
    """What time does to a debit: the bank answers, and what it says is said of the invoice, too.

    The debits of a test clock are answered when that has arrived (behaviour reference, 7.3: bank debits only after it).
    """
    arrival = ctx.session.get(TestClock, ctx.account_id, charge.test_clock_id) if charge.test_clock_id else None
    if arrival is not None and arrival.target_time is not None and arrival.target_time > ctx.now:
        charge.settles_at = arrival.target_time
        return
    if charge.payment_intent_id is None:
        _answer_alone(ctx, charge)
        return
    _answer(ctx, charge, lambda intent: answer_debit(ctx, intent, charge))


def settle_debit_now(ctx: Context, charge: Charge, failure: str | None = None) -> None:
    """The bank answers before its time, or where it never would: it pays, or refuses for a key of `ways_to_pay.FAILURES`.

    Raises InvalidRequest for a charge that no bank has been asked for.
    """
    if charge.status != "pending":
        # Our choice: the words; only an operator can ask for it.
        raise InvalidRequest(f"Charge {charge.id} is {charge.status}: no bank has to answer for it.")
    if charge.payment_intent_id is None:
        _answer_alone(ctx, charge, failure)
        return

    def say(intent: PaymentIntent) -> None:
        if failure is None:
            answer_debit(ctx, intent, charge)
        else:
            fail_debit(ctx, intent, charge, FAILURES[failure])

    _answer(ctx, charge, say)


def _answer_alone(ctx: Context, charge: Charge, failure: str | None = None) -> None:
    """The same of a charge that no intent has made."""
    if ctx.find(Charge, charge.id).status == "pending":
        answer_for_bank_account(ctx, charge, failure)


def _answer(ctx: Context, charge: Charge, say: Callable[[PaymentIntent], None]) -> None:
    """Let a debit end, where it has not ended already, and its intent's invoice with it: the rows are held in that order."""
    seen = ctx.get(PaymentIntent, charge.payment_intent_id)
    assert seen is not None, "intents are not deleted"
    invoice = None if seen.invoice_id is None else ctx.find(Invoice, seen.invoice_id)
    intent = ctx.find(PaymentIntent, seen.id)
    if ctx.find(Charge, charge.id).status != "pending":
        return
    ctx.session.load([intent], "charges")
    say(intent)
    if invoice is not None:
        _conclude(ctx, invoice, intent, charge, automatic=True, counts=False)


def verify_payment(ctx: Context, intent: PaymentIntent, values: Mapping[str, Any]) -> None:
    """The customer names what was deposited on their account: the intent goes on, and its invoice with it.

    Raises InvalidRequest as `verify_deposits` does.
    """
    invoice = None if intent.invoice_id is None else ctx.find(Invoice, intent.invoice_id)
    ctx.session.load([intent], "charges")
    charge = verify_deposits(ctx, intent, values)
    if invoice is not None:
        conclude_attempt(ctx, invoice, intent, charge)


def conclude_attempt(ctx: Context, invoice: Invoice, intent: PaymentIntent, charge: Charge | None) -> None:
    """What an attempt that no time and no caller of the invoice's has made was to the invoice."""
    _conclude(ctx, invoice, intent, charge, automatic=False, counts=not invoice.attempted)


def _action_required(intent: PaymentIntent) -> CardError:
    """The answer to whoever asked for a payment that the customer has to authenticate first."""
    return CardError(
        "This payment requires additional user action before it can be completed successfully. Payment can be completed "
        "using the PaymentIntent associated with the invoice. For more details see: "
        "https://stripe.com/docs/billing/subscriptions/overview#requires-action",
        code="invoice_payment_intent_requires_action", payment_intent=render(intent))


def payment_method_of(ctx: Context, invoice: Invoice) -> Payer | None:
    """What to charge: the invoice's own, else its subscription's, else its customer's default."""
    ctx.session.load([invoice], "customer")
    candidates: list[str | None] = [invoice.default_payment_method_id, invoice.default_source_id]
    if invoice.subscription_id is not None:
        ctx.session.load([invoice], "subscription")
        subscription: Any = invoice.subscription
        candidates += [subscription.default_payment_method_id, subscription.default_source_id]
    candidates += [invoice.customer.default_payment_method_id, invoice.customer.default_source_id]
    for candidate in candidates:
        if candidate is not None and candidate.startswith(BankAccount.id_prefix):
            account = ctx.get(BankAccount, candidate)
            if account is not None and account.is_source:
                return account
        elif candidate is not None:
            method = ctx.get(PaymentMethod, candidate)
            if method is not None and method.customer_id is not None:
                return method
    return None


def _fail(ctx: Context, invoice: Invoice, charge_id: str | None, *, automatic: bool, counts: bool,
          action_required: bool) -> None:
    with tracked(ctx, invoice, "invoice.updated"):
        invoice.attempt_count += counts
        invoice.attempted = True
        if charge_id is not None:
            invoice.charge_id = charge_id
        if automatic and invoice.auto_advance:
            invoice.next_payment_attempt = next_attempt(ctx.choices.retry_days, invoice.attempt_count, ctx.now)
        if action_required:
            emit(ctx, "invoice.payment_action_required", invoice)
        # The order in which Stripe lists them (behaviour reference, 7.3).
        record(ctx, "invoice.payment_failed", invoice)
    if not invoice.customer.delinquent:
        with tracked(ctx, invoice.customer, "customer.updated"):
            invoice.customer.delinquent = True
    react(ctx, "invoice.payment_failed", invoice)


def pay_invoice(ctx: Context, invoice: Invoice, *, payment_method: Payer | None = None,
                off_session: bool = True, out_of_band: bool = False) -> None:
    """What a caller asks for with `POST …/pay`. Raises the CardError of a decline; the attempt stays on record."""
    if invoice.status == "draft":
        # Whoever pays an invoice from a pause wants it paid.
        invoice.pause_behavior = None
        finalize_invoice(ctx, invoice)
    elif invoice.status == "paid":
        raise InvalidRequest("Invoice is already paid")
    elif invoice.status == "void":
        raise InvalidRequest("This invoice can no longer be paid because it has been voided.")
    if invoice.status == "paid":
        return
    ctx.session.load([invoice], "customer")
    if out_of_band:
        pay_out_of_band(ctx, invoice)
        return
    if payment_method is None and payment_method_of(ctx, invoice) is None:
        raise no_payment_method()
    declined = collect(ctx, invoice, payment_method=payment_method, automatic=False, off_session=off_session)
    if declined is not None:
        raise declined


def no_payment_method() -> InvalidRequest:
    """The refusal to charge a customer who has nothing that could be charged."""
    return InvalidRequest(
        "This customer has no attached payment source or default payment method. Please consider adding a default payment "
        "method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting"
        "#payment-method-priority.", code="resource_missing")
