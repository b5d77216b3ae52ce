"""Payments by other means than cards: a bank or a provider pays at once, or says only days later whether it does."""

from __future__ import annotations

from typing import Any

from app.context import Context
from app.domain.cards import Decline
from app.domain.fees import DEBIT_SETTLING_DAYS, SETTLING_DAYS, available_on
from app.domain.ledger import BANKS, CUSTOMER_CASH, debit_posting
from app.domain.ways_to_pay import FAILURES, WAYS, charged_details, debit_failure
from app.events.emit import emit
from app.resources.balance.operations import fee_of_charge, post
from app.resources.balance.tables import BalanceTransaction
from app.resources.charges.operations.charging import AUTHORIZATION_S
from app.resources.charges.operations.sharing import (
    announce_fee,
    announce_transfer,
    note_earning,
    plan_earning,
    send_on,
    take_back_earning,
)
from app.resources.charges.tables import Charge
from app.resources.external_accounts.tables import BankAccount
from app.resources.payment_methods.operations import NO_DETAILS
from app.resources.payment_methods.tables import Payer, PaymentMethod

SILENT = "processing"
"""The behaviour of an account whose bank never answers."""

_ACH_FACTS = ("account_holder_type", "bank_name", "country", "fingerprint", "last4", "routing_number")

_ACCEPTED = {"network_status": "approved_by_network", "reason": None, "risk_level": "not_assessed",
             "seller_message": "Payment complete.", "type": "authorized"}


def charge_otherwise(ctx: Context, method: PaymentMethod, *, amount: int, currency: str, capture: bool = True,
                     failure: Decline | None = None, mandate_id: str | None = None, **facts: Any) -> Charge:
    """One attempt to take `amount` by the way that the method's type pays; `facts` are further columns.

    It fails where there is a `failure`. A type that is delayed leaves it pending, the money on the balance all the same,
    until `accept_debit` or `refuse_debit`. Without `capture` the amount is only held. No event is emitted.
    """
    way = WAYS[method.type]
    charge = _new(ctx, amount=amount, billing_details=method.billing_details, currency=currency, payment_method_id=method.id,
                  payment_method_details=charged_details(method.type, method.details, mandate_id), **facts)
    if failure is not None:
        _note_failure(charge, failure)
    elif way.delayed:
        charge.status = "pending"
        if method.behavior != SILENT:
            charge.settles_at = ctx.now + ctx.choices.bank_debit_settles_after_s
            _take(ctx, charge, way.funds, days=DEBIT_SETTLING_DAYS)
    elif capture:
        charge.paid, charge.status = True, "succeeded"
        charge.amount_captured, charge.captured = amount, True
        charge.receipt_url = ctx.page_url("receipts", charge)
        _take(ctx, charge, way.funds, days=SETTLING_DAYS, payer=CUSTOMER_CASH if way.transfer else BANKS)
        send_on(ctx, charge, amount)
    else:
        charge.paid, charge.status, charge.capture_before = True, "succeeded", ctx.now + AUTHORIZATION_S
    return charge


def charge_bank_account(ctx: Context, account: BankAccount, *, amount: int, currency: str, **facts: Any) -> Charge:
    """`debit_bank_account` without an intent. Emits charge.pending.

    It is answered by `answer_for_bank_account`, at once where the sandbox waits for nothing.
    """
    charge = debit_bank_account(ctx, account, amount=amount, currency=currency, **facts)
    emit(ctx, "charge.pending", charge)
    announce_fee(ctx, charge)
    if charge.settles_at == ctx.now:
        answer_for_bank_account(ctx, charge)
    return charge


def debit_bank_account(ctx: Context, account: BankAccount, *, amount: int, currency: str, **facts: Any) -> Charge:
    """Ask the bank of a customer's source for `amount`; `facts` are further columns. The caller emits the events."""
    charge = _new(
        ctx, amount=amount, billing_details=NO_DETAILS | {"name": account.account_holder_name}, currency=currency,
        payment_method_id=account.id, settles_at=ctx.now + ctx.choices.bank_debit_settles_after_s,
        payment_method_details={"ach_debit": {name: getattr(account, name) for name in _ACH_FACTS}, "type": "ach_debit"}, **facts)
    charge.status = "pending"
    _take(ctx, charge, "bank_account", days=DEBIT_SETTLING_DAYS)
    return charge


def payer_of(ctx: Context, charge: Charge) -> Payer:
    """What a debit was asked of. It is there as long as the charge is."""
    id = charge.payment_method_id or ""
    payer: Payer | None = ctx.get(BankAccount, id) if id.startswith(BankAccount.id_prefix) else ctx.get(PaymentMethod, id)
    assert payer is not None, "neither payment methods nor bank accounts of customers are deleted"
    return payer


def answer_for_bank_account(ctx: Context, charge: Charge, failure: str | None = None) -> None:
    """The bank of a source pays, or refuses as its account does or for `failure`, a key of `ways_to_pay.FAILURES`.

    Emits charge.succeeded or charge.failed.
    """
    account = ctx.get(BankAccount, charge.payment_method_id)
    reason = failure or debit_failure(None if account is None else account.behavior)
    if reason is not None:
        refuse_debit(ctx, charge, FAILURES[reason])
        emit(ctx, "charge.failed", charge)
        return
    accept_debit(ctx, charge)
    emit(ctx, "charge.succeeded", charge)
    announce_transfer(ctx, charge)
    if charge.transfer_id is not None:
        announce_fee(ctx, charge)


def accept_debit(ctx: Context, charge: Charge) -> None:
    """The bank has paid, so that what it has paid is sent on. The caller emits the events."""
    charge.settles_at = None
    charge.amount_captured, charge.captured, charge.paid, charge.status = charge.amount, True, True, "succeeded"
    charge.receipt_url = ctx.page_url("receipts", charge)
    send_on(ctx, charge, charge.amount)


def refuse_debit(ctx: Context, charge: Charge, failure: Decline) -> None:
    """The bank does not pay, or was asked not to: what stands on the balance for it goes back. The caller emits the events."""
    charge.settles_at, charge.status = None, "failed"
    _note_failure(charge, failure)
    taken = ctx.get(BalanceTransaction, charge.balance_transaction_id)
    if taken is not None:
        [back] = post(ctx, debit_posting(
            ctx.account_id, charge.amount, charge.currency, fee=0, charge=charge.id, available_on=taken.available_on,
            source_type=taken.source_type, failed=True))
        charge.failure_balance_transaction_id = back.id
        take_back_earning(ctx, charge)


def _new(ctx: Context, *, amount: int, **facts: Any) -> Charge:
    charge = ctx.add(Charge(
        id=ctx.ids.new(Charge.other_prefix or "", Charge.id_length, Charge.id_lead), amount=amount, amount_captured=0,
        amount_refunded=0, captured=False, disputed=False, outcome=_ACCEPTED, paid=False,
        platform_id=ctx.account.platform_id, status="failed", **facts))
    charge.__dict__["refunds"] = []
    return charge


def _take(ctx: Context, charge: Charge, funds: str, *, days: int, payer: str = BANKS) -> None:
    earning = plan_earning(ctx, charge, charge.amount)
    taken, *earned = post(ctx, debit_posting(
        ctx.account_id, charge.amount, charge.currency, fee=fee_of_charge(ctx, charge.amount), charge=charge.id,
        available_on=available_on(ctx.now, days), source_type=funds, earning=earning, payer=payer))
    charge.balance_transaction_id = taken.id
    note_earning(ctx, earning, earned, charge)


def _note_failure(charge: Charge, failure: Decline) -> None:
    charge.failure_code, charge.failure_message = failure.code, failure.message
    charge.outcome = {"network_status": "declined_by_network", "reason": failure.code, "risk_level": "not_assessed",
                      "seller_message": "The bank did not return any further details with this decline.",
                      "type": "issuer_declined"}
