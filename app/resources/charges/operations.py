"""What happens to charges."""

from __future__ import annotations

from typing import Any

from app.context import Context
from app.domain.cards import DECLINES
from app.domain.fees import available_on
from app.domain.ledger import charge_posting
from app.resources.balance.operations import fee_of_charge, post
from app.resources.charges.tables import Charge
from app.resources.payment_methods.tables import PaymentMethod

# Our choice: one score for every normal payment, so that two runs answer the same; Stripe's vary from 0 to 64.
_RISK_SCORE = 20

_CARD_FACTS = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")

_AUTHORIZED = {
    "network_status": "approved_by_network", "reason": None, "risk_level": "normal", "risk_score": _RISK_SCORE,
    "seller_message": "Payment complete.", "type": "authorized"}
_ELEVATED = _AUTHORIZED | {"risk_level": "elevated", "risk_score": 70}
_BLOCKED = {
    "network_status": "not_sent_to_network", "reason": "highest_risk_level", "risk_level": "highest", "risk_score": 92,
    "seller_message": "Stripe blocked this payment as too risky.", "type": "blocked"}


def charge_card(ctx: Context, method: PaymentMethod, *, amount: int, currency: str, reason: str | None,
                **facts: Any) -> Charge:
    """One attempt to take `amount`: it succeeds, or fails for `reason`, a key of `domain.cards.DECLINES`.

    `facts` are further columns. No event is emitted: the caller knows what comes before and after.
    """
    behavior = method.behavior or ""
    charge = ctx.add(Charge(
        amount=amount, amount_captured=0, amount_refunded=0, billing_details=method.billing_details, captured=False,
        currency=currency, disputed=False, paid=False, payment_method_details=_details(method),
        payment_method_id=method.id, status="failed", **facts))
    charge.__dict__["refunds"] = []
    if reason is not None:
        decline = DECLINES[reason]
        charge.failure_code, charge.failure_message = decline.code, decline.message
        charge.outcome = _BLOCKED if behavior == "block" else _declined(decline.decline_code or decline.code)
        return charge
    charge.amount_captured, charge.captured, charge.paid, charge.status = amount, True, True, "succeeded"
    charge.receipt_url = ctx.page_url("receipts", charge)
    charge.outcome = _ELEVATED if behavior == "risk:elevated" else _AUTHORIZED
    [taken] = post(ctx, charge_posting(
        ctx.account_id, amount, currency, fee=fee_of_charge(ctx, amount), charge=charge.id, description=charge.description,
        available_on=None if behavior == "bypass_pending" else available_on(ctx.now)))
    charge.balance_transaction_id = taken.id
    return charge


def _declined(reason: str) -> dict[str, Any]:
    return {
        "network_status": "declined_by_network", "reason": reason, "risk_level": "normal", "risk_score": _RISK_SCORE,
        "seller_message": "The bank did not return any further details with this decline.", "type": "issuer_declined"}


def _details(method: PaymentMethod) -> dict[str, Any]:
    """`payment_method_details`: the card as it is now. Read from the row once, for all charges of a transaction."""
    details: dict[str, Any] | None = method.__dict__.get("_details")
    if details is None:
        card = method.card or {}
        kept = {name: card[name] for name in _CARD_FACTS}
        details = method.__dict__["_details"] = {"card": {
            **kept, "installments": None, "mandate": None, "network": kept["brand"], "three_d_secure": None,
            "wallet": None}, "type": "card"}
    return details
