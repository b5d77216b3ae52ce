"""What happens to disputes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.currencies import format_amount
from app.domain.disputes import (
    EVIDENCE_MAX,
    FILE_PURPOSES,
    FILES,
    INQUIRY_S,
    NETWORK_REASON_CODES,
    OPEN,
    WITHDRAWN,
    due_by,
    is_inquiry,
    length_of,
    outcome_of,
)
from app.domain.ledger import dispute_posting, dispute_reversal_posting
from app.domain.metadata import merged
from app.errors import InvalidRequest, no_such
from app.events.emit import Snapshot, emit, react, record, tracked
from app.resources.balance.operations import post
from app.resources.balance.tables import BalanceTransaction
from app.resources.charges.tables import Charge
from app.resources.disputes.tables import Dispute
from app.resources.files.tables import File

_OF_CHARGE = Prepared(entity(Dispute).where(
    Dispute.account_id == bindparam("account_id"), Dispute.charge_id == bindparam("charge_id")
).order_by(Dispute.created, Dispute.seq))


def open_dispute(ctx: Context, charge: Charge, *, reason: str = "fraudulent", amount: int | None = None,
                 inquiry: bool = False) -> Dispute:
    """The customer's bank takes `amount` of the charge back, or all that is left of it; as an `inquiry` it only asks.

    `reason` is one of `domain.disputes.REASONS`. Where everything was refunded before, no money moves and it is over at
    once. Emits charge.dispute.created, what follows from it, and charge.updated. Raises InvalidRequest.
    """
    if not charge.captured:
        # Our choice: the words of this and the next refusal; only an operator can ask for it.
        raise InvalidRequest(f"Charge {charge.id} took no money, so that it cannot be disputed.", param="charge")
    refunded = charge.amount_refunded == charge.amount
    most = charge.amount if refunded else left_to_dispute(ctx, charge)
    amount = most if amount is None else amount
    if not 0 < amount <= most:
        raise InvalidRequest(f"{format_amount(amount, charge.currency)} of charge {charge.id} cannot be disputed, because "
                             f"{format_amount(most, charge.currency)} are left.", param="amount")
    taken_from = ctx.get(BalanceTransaction, charge.balance_transaction_id)
    assert taken_from is not None, "what was captured is on the balance"
    dispute = ctx.add(Dispute(
        amount=amount, charge_id=charge.id, currency=charge.currency, customer_id=charge.customer_id,
        due_by=due_by(ctx.now), evidence={}, is_charge_refundable=inquiry and not refunded, past_due=False,
        payment_intent_id=charge.payment_intent_id, reason=reason, submission_count=0, test_clock_id=charge.test_clock_id,
        payment_method_details=_details(charge, reason),
        status="charge_refunded" if refunded else "warning_needs_response" if inquiry else "needs_response"))
    dispute.__dict__["balance_transactions"] = []
    charge.__dict__.pop("disputes", None)
    _await_answer(ctx, dispute)
    if dispute.status in WITHDRAWN:
        [taken] = post(ctx, dispute_posting(ctx.account_id, amount, charge.currency, charge=charge.id, dispute=dispute.id,
                                            fee=ctx.choices.dispute_fee, source_type=taken_from.source_type))
        dispute.balance_transaction_id, dispute.__dict__["balance_transactions"] = taken.id, [taken]
    with tracked(ctx, charge, "charge.updated"):
        charge.disputed, charge.dispute_id = True, dispute.id
        snapshot = record(ctx, "charge.dispute.created", dispute)
        if dispute.status in WITHDRAWN:
            emit(ctx, "charge.dispute.funds_withdrawn", dispute, snapshot=snapshot)
        elif refunded:
            emit(ctx, "charge.dispute.closed", dispute, snapshot=snapshot)
    react(ctx, "charge.dispute.created", dispute)
    return dispute


def _details(charge: Charge, reason: str) -> dict[str, Any]:
    """What was paid with, as older answers show it: of a card its brand and the network's code, of others the type alone."""
    details = charge.payment_method_details or {"type": "card"}
    type = details["type"]
    if type != "card":
        return {type: {}, "type": type}
    card = {"brand": details.get("card", {}).get("brand"), "network_reason_code": NETWORK_REASON_CODES.get(reason)}
    return {"card": card, "type": "card"}


def left_to_dispute(ctx: Context, charge: Charge) -> int:
    """How much of the charge is neither refunded nor withdrawn, in minor units."""
    withdrawn = sum(dispute.amount for dispute in _disputes_of(ctx, charge.id) if dispute.status in WITHDRAWN)
    return charge.amount - charge.amount_refunded - withdrawn


def update_dispute(ctx: Context, dispute: Dispute, values: Mapping[str, Any]) -> Dispute:
    """Add evidence and, unless `submit` is false, send it to the bank. Emits charge.dispute.updated.

    Where the sandbox lets no time pass, the bank's decision follows at once. Raises InvalidRequest for evidence on a
    dispute that is over, for files that do not exist, and for more text than the bank reads.
    """
    # Our choice: a call that has only metadata sends nothing.
    submits = values.get("submit", "evidence" in values)
    if submits or "evidence" in values:
        _refuse_closed(dispute)
    with tracked(ctx, dispute, "charge.dispute.updated"):
        if "metadata" in values:
            dispute.metadata_ = merged(dispute.metadata_, values["metadata"])
        if values.get("evidence"):
            dispute.evidence = _with_evidence(ctx, dispute, values["evidence"])
        if submits:
            _submit(ctx, dispute)
    if dispute.decides_at == ctx.now:
        decide(ctx, dispute)
    return dispute


def close_dispute(ctx: Context, dispute: Dispute) -> Dispute:
    """Give in: the dispute is lost, and an inquiry over. Emits charge.dispute.closed. Raises InvalidRequest where it was."""
    _refuse_closed(dispute)
    _give_up(ctx, dispute)
    return dispute


def decide(ctx: Context, dispute: Dispute) -> None:
    """The bank has made up its mind. Emits charge.dispute.funds_reinstated where the dispute is won, and closed."""
    ctx.session.lock(dispute)
    if dispute.decides_at is None:
        return
    if is_inquiry(dispute.status) or outcome_of(dispute.evidence) == "lost":
        _give_up(ctx, dispute)
        return
    taken = ctx.get(BalanceTransaction, dispute.balance_transaction_id)
    assert taken is not None, "what is won back was withdrawn"
    post(ctx, dispute_reversal_posting(ctx.account_id, dispute.amount, dispute.currency, charge=dispute.charge_id,
                                       dispute=dispute.id, fee=taken.fee, source_type=taken.source_type))
    dispute.__dict__.pop("balance_transactions", None)
    dispute.is_charge_refundable = True
    _close(ctx, dispute, "won", emit(ctx, "charge.dispute.funds_reinstated", _ended(dispute, "won")))


def expire(ctx: Context, dispute: Dispute) -> None:
    """Nobody has answered in time: a dispute is lost, an inquiry comes to nothing. Emits charge.dispute.closed."""
    ctx.session.lock(dispute)
    if dispute.expires_at is not None:
        _give_up(ctx, dispute)


def charge_refunded(ctx: Context, charge: Charge) -> None:
    """A full refund answers an inquiry. Emits charge.dispute.closed."""
    if not charge.disputed or charge.amount_refunded < charge.amount:
        return
    for dispute in _disputes_of(ctx, charge.id):
        if ctx.session.lock(dispute) and dispute.status in OPEN and is_inquiry(dispute.status):
            _give_up(ctx, dispute)


def _disputes_of(ctx: Context, charge_id: str) -> list[Dispute]:
    return ctx.session.rows(Dispute, _OF_CHARGE, account_id=ctx.account_id, charge_id=charge_id)


def _await_answer(ctx: Context, dispute: Dispute) -> None:
    if is_inquiry(dispute.status):
        dispute.expires_at = ctx.now + INQUIRY_S
    elif dispute.status in OPEN and ctx.choices.dispute_unanswered == "lost":
        # The last second to answer is still one.
        dispute.expires_at = dispute.due_by + 1


def _with_evidence(ctx: Context, dispute: Dispute, given: Mapping[str, str | None]) -> dict[str, str]:
    for name in FILES:
        id = given.get(name)
        if id is None:
            continue
        file = ctx.get(File, id)
        if file is None:
            raise no_such("file", id, param=f"evidence[{name}]", status=400)
        if file.purpose not in FILE_PURPOSES.get(name, ("dispute_evidence",)):
            # Our choice: the words.
            raise InvalidRequest(f"The file {id} has the purpose {file.purpose}, which cannot be evidence here.",
                                 param=f"evidence[{name}]")
    evidence = {name: value for name, value in (dispute.evidence | dict(given)).items() if value is not None}
    if length_of(evidence) > EVIDENCE_MAX:
        # Our choice: the words.
        raise InvalidRequest(f"The evidence has {length_of(evidence):,} characters, and may have {EVIDENCE_MAX:,} in all.",
                             param="evidence")
    return evidence


def _submit(ctx: Context, dispute: Dispute) -> None:
    if not dispute.evidence:
        # Our choice: the words, and that nothing cannot be sent.
        raise InvalidRequest("There is no evidence to submit.", param="submit")
    inquiry = is_inquiry(dispute.status)
    dispute.status = "warning_under_review" if inquiry else "under_review"
    dispute.submission_count += 1
    dispute.past_due = ctx.now > dispute.due_by
    if not inquiry:
        dispute.expires_at = None
    # Our choice: what is sent while the bank thinks is read as well, so that a test can answer late.
    decided = outcome_of(dispute.evidence) is not None
    dispute.decides_at = ctx.now + ctx.choices.dispute_outcome_after_s if decided else None


def _refuse_closed(dispute: Dispute) -> None:
    if dispute.status not in OPEN:
        raise InvalidRequest("This dispute is already closed")


def _give_up(ctx: Context, dispute: Dispute) -> None:
    _close(ctx, dispute, "warning_closed" if is_inquiry(dispute.status) else "lost")


def _close(ctx: Context, dispute: Dispute, status: str, snapshot: Snapshot | None = None) -> None:
    emit(ctx, "charge.dispute.closed", _ended(dispute, status), snapshot=snapshot)


def _ended(dispute: Dispute, status: str) -> Dispute:
    dispute.status, dispute.decides_at, dispute.expires_at = status, None, None
    return dispute
