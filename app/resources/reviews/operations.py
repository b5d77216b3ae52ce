"""What happens to reviews."""

from __future__ import annotations

from typing import Any

from app.context import Context
from app.errors import InvalidRequest
from app.events.emit import emit, tracked
from app.resources.charges.tables import Charge
from app.resources.disputes.tables import Dispute
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.reviews.tables import Review


def charge_succeeded(ctx: Context, charge: Charge) -> None:
    """Radar may have placed the charge in review, under an id that it shows already. Emits review.opened."""
    if charge.review_id is not None:
        _open(ctx, charge, reason="rule", id=charge.review_id)


def open_review(ctx: Context, charge: Charge) -> Review:
    """Somebody wants to look at the charge. Emits review.opened and charge.updated.

    Raises InvalidRequest for a charge of which nothing is left to decide, and for one that is being looked at.
    """
    # Our choice: the words of all of these; only an operator can ask for it.
    if not charge.paid:
        raise InvalidRequest(f"Charge {charge.id} did not succeed, so that there is nothing to review.", param="charge")
    if charge.disputed or charge.amount_refunded == charge.amount:
        state = "disputed" if charge.disputed else "refunded"
        raise InvalidRequest(f"Charge {charge.id} has been {state}, so that there is nothing to review.", param="charge")
    if _open_review_of(ctx, charge) is not None:
        raise InvalidRequest(f"Charge {charge.id} is in review already.", param="charge")
    with tracked(ctx, charge, "charge.updated"):
        return _open(ctx, charge, reason="manual")


def approve_review(ctx: Context, review: Review) -> Review:
    """The payment is good, and stays as it is. Emits review.closed. Raises InvalidRequest where it was closed before."""
    if not review.open:
        raise InvalidRequest("This review has already been closed")
    _close(ctx, review, "approved")
    return review


def charge_refunded(ctx: Context, charge: Charge) -> None:
    """A full refund, or the release of all that was held, decides a review. Emits review.closed."""
    if charge.amount_refunded < charge.amount or (review := _open_review_of(ctx, charge)) is None:
        return
    ctx.session.load([charge], "refunds")
    refunds: list[Any] = charge.refunds
    as_fraud = charge.user_report == "fraudulent" or any(refund.reason == "fraudulent" for refund in refunds)
    _close(ctx, review, "refunded_as_fraud" if as_fraud else "refunded")


def dispute_created(ctx: Context, dispute: Dispute) -> None:
    """The customer's bank has decided first. Emits review.closed."""
    charge = ctx.get(Charge, dispute.charge_id)
    assert charge is not None, "the foreign key holds"
    if (review := _open_review_of(ctx, charge)) is not None:
        _close(ctx, review, "disputed")


def _open_review_of(ctx: Context, charge: Charge) -> Review | None:
    review = ctx.get(Review, charge.review_id)
    return review if review is not None and review.open else None


def _open(ctx: Context, charge: Charge, *, reason: str, id: str | None = None) -> Review:
    review = ctx.add(Review(
        id=id, billing_zip=charge.billing_details["address"]["postal_code"], charge_id=charge.id, open=True,
        opened_reason=reason, payment_intent_id=charge.payment_intent_id, test_clock_id=charge.test_clock_id))
    charge.review_id = review.id
    intent = ctx.get(PaymentIntent, charge.payment_intent_id)
    if intent is not None:
        intent.review_id = review.id
    emit(ctx, "review.opened", review)
    return review


def _close(ctx: Context, review: Review, reason: str) -> None:
    review.open, review.closed_reason = False, reason
    emit(ctx, "review.closed", review)
