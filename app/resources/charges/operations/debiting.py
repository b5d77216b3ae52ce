"""Payments by other means than cards: a bank or a provider pays at once, or says only days later whether it does."""

from __future__ import annotations

from typing import Any

from app.context import Context
from app.domain.cards import Decline
from app.domain.fees import DEBIT_SETTLING_DAYS, SETTLING_DAYS, available_on
from app.domain.ledger import debit_posting
from app.domain.ways_to_pay import WAYS, charged_details
from app.resources.balance.operations import fee_of_charge, post
from app.resources.balance.tables import BalanceTransaction
from app.resources.charges.operations.charging import AUTHORIZATION_S
from app.resources.charges.operations.sharing import note_earning, plan_earning, send_on, take_back_earning
from app.resources.charges.tables import Charge
from app.resources.payment_methods.tables import PaymentMethod

SILENT = "processing"
"""The behaviour of an account whose bank never answers."""

_ACCEPTED = {"network_status": "approved_by_network", "reason": None, "risk_level": "not_assessed",
             "seller_message": "Payment complete.", "type": "authorized"}


def charge_otherwise(ctx: Context, method: PaymentMethod, *, amount: int, currency: str, capture: bool = True,
                     failure: Decline | None = None, mandate_id: str | None = None, **facts: Any) -> Charge:
    """One attempt to take `amount` by the way that the method's type pays; `facts` are further columns.

    It fails where there is a `failure`. A type that is delayed leaves it pending, the money on the balance all the same,
    until `accept_debit` or `refuse_debit`. Without `capture` the amount is only held. No event is emitted.
    """
    way = WAYS[method.type]
    charge = ctx.add(Charge(
        id=ctx.ids.new(Charge.other_prefix or "", Charge.id_length, Charge.id_lead), amount=amount, amount_captured=0,
        amount_refunded=0, billing_details=method.billing_details, captured=False, currency=currency, disputed=False,
        outcome=_ACCEPTED, paid=False, payment_method_details=charged_details(method.type, method.details, mandate_id),
        payment_method_id=method.id, platform_id=ctx.account.platform_id, status="failed", **facts))
    charge.__dict__["refunds"] = []
    if failure is not None:
        _note_failure(charge, failure)
    elif way.delayed:
        charge.status = "pending"
        if method.behavior != SILENT:
            charge.settles_at = ctx.now + ctx.choices.bank_debit_settles_after_s
            _take(ctx, charge, method.type, days=DEBIT_SETTLING_DAYS)
    elif capture:
        charge.paid, charge.status = True, "succeeded"
        charge.amount_captured, charge.captured = amount, True
        charge.receipt_url = ctx.page_url("receipts", charge)
        _take(ctx, charge, method.type, days=SETTLING_DAYS)
        send_on(ctx, charge, amount)
    else:
        charge.paid, charge.status, charge.capture_before = True, "succeeded", ctx.now + AUTHORIZATION_S
    return charge


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


def _take(ctx: Context, charge: Charge, type: str, *, days: int) -> None:
    earning = plan_earning(ctx, charge, charge.amount)
    taken, *earned = post(ctx, debit_posting(
        ctx.account_id, charge.amount, charge.currency, fee=fee_of_charge(ctx, charge.amount), charge=charge.id,
        available_on=available_on(ctx.now, days), source_type=WAYS[type].funds, earning=earning))
    charge.balance_transaction_id = taken.id
    note_earning(ctx, earning, earned, charge)


def _note_failure(charge: Charge, failure: Decline) -> None:
    charge.failure_code, charge.failure_message = failure.code, failure.message
    charge.outcome = {"network_status": "declined_by_network", "reason": failure.code, "risk_level": "not_assessed",
                      "seller_message": "The bank did not return any further details with this decline.",
                      "type": "issuer_declined"}
