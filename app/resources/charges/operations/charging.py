"""What happens to charges."""

from __future__ import annotations

from typing import Any

from app.context import Context
from app.domain.cards import DECLINES
from app.domain.ledger import capture_posting, charge_posting
from app.errors import InvalidRequest
from app.events.emit import emit
from app.resources.balance.operations import fee_of_charge, post, settles_at
from app.resources.charges.operations.connecting import refusal_of_sharing
from app.resources.charges.operations.sharing import note_earning, plan_earning, send_on
from app.resources.charges.tables import Charge
from app.resources.payment_methods.operations import behavior_of
from app.resources.payment_methods.tables import PaymentMethod
from app.resources.refunds.operations import EXPIRED, note_release, released_of
from app.resources.reviews.tables import Review

# Our choice: one score for every normal payment, so that two runs answer the same; Stripe's vary from 0 to 64.
_RISK_SCORE = 20

AUTHORIZATION_S = 7 * 86_400
"""How long an amount is held that is not captured."""

THREE_D_SECURE = {"authentication_flow": "challenge", "result": "authenticated", "result_reason": None, "version": "2.1.0"}

_CARD_FACTS = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")

_AUTHORIZED = {
    "network_status": "approved_by_network", "reason": None, "risk_level": "normal", "risk_score": _RISK_SCORE,
    "seller_message": "Payment complete.", "type": "authorized"}
_ELEVATED = _AUTHORIZED | {"risk_level": "elevated", "risk_score": 70}
_REVIEWED = _ELEVATED | {
    "reason": "elevated_risk_level", "type": "manual_review", "seller_message":
    "Stripe evaluated this payment as having elevated risk, and placed it in your manual review queue."}
_BLOCKED = {
    "network_status": "not_sent_to_network", "reason": "highest_risk_level", "risk_level": "highest", "risk_score": 92,
    "seller_message": "Stripe blocked this payment as too risky.", "type": "blocked"}


def charge_card(ctx: Context, method: PaymentMethod, *, amount: int, currency: str, reason: str | None,
                capture: bool = True, authenticated: bool = False, mandate_id: str | None = None, **facts: Any) -> Charge:
    """One attempt to take `amount`: it succeeds, or fails for `reason`, a key of `domain.cards.DECLINES`.

    Without `capture` the amount is only held, and no money moves before `capture_charge`. `authenticated` says that the
    card's holder has just confirmed the payment; `facts` are further columns. No event is emitted: the caller knows what
    comes before and after.
    """
    behavior = method.behavior or ""
    charge = ctx.add(Charge(
        amount=amount, amount_captured=0, amount_refunded=0, billing_details=method.billing_details, captured=False,
        currency=currency, disputed=False, paid=False,
        payment_method_details=_details(method, authenticated=authenticated, mandate_id=mandate_id),
        payment_method_id=method.id, platform_id=ctx.account.platform_id, status="failed", **facts))
    charge.__dict__["refunds"] = []
    if reason is not None:
        decline = DECLINES[reason]
        charge.failure_code, charge.failure_message = decline.code, decline.message
        charge.outcome = _BLOCKED if behavior == "block" else _declined(decline.decline_code or decline.code)
        return charge
    charge.paid, charge.status = True, "succeeded"
    _screen(ctx, charge, behavior)
    if capture:
        _take(ctx, charge, amount, behavior)
    else:
        charge.capture_before = ctx.now + AUTHORIZATION_S
    return charge


def capture_charge(ctx: Context, charge: Charge, amount: int | None = None) -> None:
    """Take `amount` of what is held, or all of it, and release the rest. Emits charge.captured.

    Raises InvalidRequest for a charge that is not held any more, for more than is, and where an account that has a part in
    it may not take it now.
    """
    if charge.captured:
        raise InvalidRequest(f"Charge {charge.id} has already been captured.", code="charge_already_captured")
    if not charge.paid:
        # Our choice: the words.
        raise InvalidRequest(f"Charge {charge.id} did not succeed, so that it cannot be captured.", param="charge")
    if charge.amount_refunded:
        if any(refund.reason == EXPIRED for refund in released_of(ctx, charge)):
            raise InvalidRequest(f"Charge {charge.id} has expired and cannot be captured any more.",
                                 code="charge_expired_for_capture")
        raise InvalidRequest(f"Charge {charge.id} has already been refunded.", code="charge_already_refunded")
    amount = charge.amount if amount is None else amount
    if amount > charge.amount:
        raise InvalidRequest("You cannot capture a charge for an amount greater than it already has.", param="amount")
    refusal = refusal_of_sharing(ctx, charge)
    if refusal is not None:
        raise refusal
    charge.capture_before = None
    _take(ctx, charge, amount, behavior_of(ctx, charge.payment_method_id))
    emit(ctx, "charge.captured", charge)


def release_charge(ctx: Context, charge: Charge, *, reason: str | None) -> None:
    """Give up what is held: all of it counts as refunded, and no money moves. The caller emits the event."""
    charge.capture_before = None
    note_release(ctx, charge, charge.amount, reason=reason)


def _take(ctx: Context, charge: Charge, amount: int, behavior: str) -> None:
    charge.amount_captured, charge.captured = amount, True
    charge.receipt_url = ctx.page_url("receipts", charge)
    facts: dict[str, Any] = {
        "fee": fee_of_charge(ctx, amount), "charge": charge.id, "description": charge.description,
        "available_on": None if behavior == "bypass_pending" else settles_at(ctx)}
    earning = plan_earning(ctx, charge, amount)
    if amount == charge.amount:
        taken, *others = post(ctx, charge_posting(ctx.account_id, amount, charge.currency, earning=earning, **facts))
    else:
        rest = note_release(ctx, charge, charge.amount - amount, reason=None)
        taken, *others, given = post(ctx, capture_posting(ctx.account_id, charge.amount, rest.amount, charge.currency,
                                                          refund=rest.id, earning=earning, **facts))
        rest.balance_transaction_id = given.id
    charge.balance_transaction_id = taken.id
    note_earning(ctx, earning, others, charge)
    send_on(ctx, charge, amount)


def _screen(ctx: Context, charge: Charge, behavior: str) -> None:
    """What Radar makes of a charge that succeeded: the outcome, and where it wants a review, the id for that."""
    charge.outcome = _AUTHORIZED
    if behavior == "risk:elevated":
        charge.outcome = _REVIEWED if ctx.choices.radar_reviews else _ELEVATED
        if ctx.choices.radar_reviews:
            charge.review_id = ctx.ids.new(Review.id_prefix, Review.id_length, Review.id_lead)


def _declined(reason: str) -> dict[str, Any]:
    return {
        "network_status": "declined_by_network", "reason": reason, "risk_level": "normal", "risk_score": _RISK_SCORE,
        "seller_message": "The bank did not return any further details with this decline.", "type": "issuer_declined"}


def _details(method: PaymentMethod, *, authenticated: bool, mandate_id: str | None) -> dict[str, Any]:
    """`payment_method_details`: the card as it is now. Read from the row once, for all charges of a transaction."""
    details = _plain_details(method)
    if not authenticated and mandate_id is None:
        return details
    return details | {"card": details["card"] | {
        "mandate": mandate_id, "three_d_secure": THREE_D_SECURE if authenticated else None}}


def _plain_details(method: PaymentMethod) -> dict[str, Any]:
    details: dict[str, Any] | None = method.__dict__.get("_details")
    if details is None:
        card = method.card or {}
        kept = {name: card[name] for name in _CARD_FACTS}
        details = method.__dict__["_details"] = {"card": {
            **kept, "installments": None, "mandate": None, "network": kept["brand"], "three_d_secure": None,
            "wallet": None}, "type": "card"}
    return details
