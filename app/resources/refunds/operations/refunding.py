"""What happens to refunds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.choices import DAY
from app.domain.currencies import format_amount
from app.domain.ledger import BANKS, CARD_NETWORKS, CUSTOMER_CASH, refund_failure_posting, refund_posting
from app.domain.metadata import merged
from app.errors import InvalidRequest
from app.events.emit import emit, tracked
from app.resources.balance.operations import hold_funds, post
from app.resources.balance.tables import BalanceTransaction
from app.resources.cash_balances.operations import return_cash
from app.resources.charges.tables import Charge
from app.resources.customers.tables import Customer
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.payment_methods.operations import behavior_of
from app.resources.refunds.operations.asking import ask_for_account, bring_cash_back, refund_cash
from app.resources.refunds.operations.sharing import plan_reversal, return_fee, send_back
from app.resources.refunds.tables import Refund
from app.resources.topups.tables import Topup

EXPIRED = "expired_uncaptured_charge"
"""The reason of the refund of an authorisation that was not captured in time."""


_WAITING = Prepared(entity(Refund).where(
    Refund.account_id == bindparam("account_id"), Refund.test_clock_id.is_(None), Refund.due_at.is_not(None),
    Refund.status == "pending", Refund.balance_transaction_id.is_(None), Refund.charge_id.is_not(None)))


def create_refund(ctx: Context, values: Mapping[str, Any]) -> Refund:
    """The refund that the parameters of POST /v1/refunds ask for. Raises InvalidRequest where it cannot be."""
    if values.get("origin") is not None:
        return refund_cash(ctx, values)
    for name in ("currency", "customer"):
        if name in values:
            # Our choice: the words.
            raise InvalidRequest(f"You can only specify `{name}` if `origin` is `customer_balance`.", param=name)
    charge = _charge(ctx, values)
    flags: dict[str, Any] = {name: values.get(name, False) for name in ("refund_application_fee", "reverse_transfer")}
    _check_flags(charge, **flags)
    columns: dict[str, Any] = {
        "instructions_email": values.get("instructions_email"), "metadata_": merged({}, values.get("metadata", {}))}
    if charge.source_transfer_id is not None:
        return _return_payment(ctx, charge, values.get("amount"), reason=values.get("reason"),
                               refund_application_fee=flags["refund_application_fee"], **columns)
    return refund_charge(ctx, charge, amount=values.get("amount"), reason=values.get("reason"), **flags, **columns)


def refund_charge(ctx: Context, charge: Charge, *, amount: int | None = None, reason: str | None = None,
                  param: str = "amount", refund_application_fee: bool = False, reverse_transfer: bool = False,
                  **columns: Any) -> Refund:
    """Give back `amount` of the charge, or all that is left of it; `columns` are further ones of the refund.

    With the two flags the same part of what it was sent on as, and of the fee, comes and goes back too. Where the balance
    does not cover it, it waits. Emits charge.refunded, with the flags transfer.reversed and application_fee.refunded, and
    charge.refund.updated where the sandbox lets no time pass before the customer's bank answers. Raises InvalidRequest for a
    charge that failed, is disputed or refunded already, and for more than is left; `param` is what the amount is called
    there.
    """
    amount = _amount(ctx, charge, amount, param)
    if not charge.captured:
        _check_release(charge, amount, param)
    refund = _note(ctx, charge, amount, reason=reason, **columns)
    if not charge.captured:
        charge.capture_before = None
        emit(ctx, "charge.refunded", charge)
        return refund
    reversal = plan_reversal(ctx, refund, charge) if reverse_transfer else None
    _give(ctx, refund, charge, coming=0 if reversal is None else reversal.amount)
    emit(ctx, "charge.refunded", charge)
    if reversal is not None:
        reversal.make(ctx, refund, refund_application_fee=refund_application_fee)
    elif refund_application_fee:
        return_fee(ctx, refund, charge)
    _return_to_cash(ctx, refund, charge)
    if refund.settles_at == ctx.now:
        settle_refund(ctx, refund)
    return refund


def settle_refund(ctx: Context, refund: Refund) -> None:
    """What was in doubt of a refund is not any more: a bank has answered, there is money, or its customer has waited too long.

    Emits charge.refund.updated, then what cash does that has come back. One that is still not covered waits for the next day
    on which money becomes available.
    """
    charge = _origin(ctx, refund)
    if not ctx.session.lock(refund) or refund.settles_at is None:
        return
    if refund.status == "requires_action":
        _give_up(ctx, refund, charge, "failed")
        return
    with tracked(ctx, refund, "charge.refund.updated"):
        if charge is not None and refund.balance_transaction_id is None:
            _give(ctx, refund, charge)
        elif charge is None or refund.status == "pending":
            refund.status, refund.settles_at = "succeeded", None
        else:
            _take_back(ctx, refund, charge, "failed", "expired_or_canceled_card")
    if charge is not None:
        _return_to_cash(ctx, refund, charge)


def money_came(ctx: Context, topup: Topup) -> None:
    """Let refunds that the balance did not cover be looked at again at once."""
    for refund in ctx.session.rows(Refund, _WAITING, account_id=ctx.account_id):
        refund.settles_at = ctx.now


def _amount(ctx: Context, charge: Charge, amount: int | None, param: str) -> int:
    """What goes back of the charge, where `amount` of it can, or all that is left."""
    if not charge.paid:
        # Our choice: the words.
        raise InvalidRequest(f"Charge {charge.id} did not succeed, so that it cannot be refunded.", param="charge")
    if charge.disputed and not _is_refundable(ctx, charge):
        raise InvalidRequest(f"Charge {charge.id} has been charged back; cannot issue a refund.", code="charge_disputed")
    left = charge.amount - charge.amount_refunded
    if not left:
        raise InvalidRequest(f"Charge {charge.id} has already been refunded.", code="charge_already_refunded")
    amount = left if amount is None else amount
    if amount > left:
        whole = amount > charge.amount
        most = f"charge amount ({format_amount(charge.amount, charge.currency)})" if whole else (
            f"unrefunded amount on charge ({format_amount(left, charge.currency)})")
        raise InvalidRequest(f"Refund amount ({format_amount(amount, charge.currency)}) is greater than {most}",
                             param=param)
    return amount


def _give(ctx: Context, refund: Refund, charge: Charge, *, coming: int = 0) -> None:
    """Let the money go, where the balance covers it with what is `coming`, and note what the card does with it."""
    taken = _taken(ctx, charge)
    if not _is_covered(ctx, taken, refund.amount - coming):
        # Our choice: it is tried when money becomes available, which is at midnight, or has come from a bank.
        refund.status, refund.settles_at = "pending", (ctx.now // DAY + 1) * DAY
        return
    # While the money of the charge is pending, what goes back is pending too.
    [given] = post(ctx, refund_posting(ctx.account_id, refund.amount, charge.currency, refund=refund.id,
                                       description=charge.description, available_on=taken.available_on,
                                       source_type=taken.source_type, payee=_payee(refund, charge, taken)))
    refund.balance_transaction_id = given.id
    if _was_cash(charge):
        refund.status, refund.settles_at = "succeeded", None
        if refund.instructions_email is not None:
            ask_for_account(ctx, refund, refund.instructions_email)
        return
    behavior = behavior_of(ctx, charge.payment_method_id)
    refund.status = "pending" if behavior == "refund:pending" else "succeeded"
    refund.settles_at = ctx.now + ctx.choices.refund_settles_after_s if behavior.startswith("refund:") else None


def _is_covered(ctx: Context, taken: BalanceTransaction, amount: int) -> bool:
    """Whether the balance has what goes back. Our choice: how far it may go below zero, which is a setting."""
    if taken.available_on > ctx.now:
        return True
    available, _ = hold_funds(ctx).get((taken.currency, taken.source_type), (0, 0))
    return available - amount >= -ctx.choices.refund_overdraft


def _take_back(ctx: Context, refund: Refund, charge: Charge, status: str, reason: str | None) -> None:
    """The customer does not take the money, so that it counts as given back no more."""
    taken = _taken(ctx, charge)
    [back] = post(ctx, refund_failure_posting(
        ctx.account_id, refund.amount, charge.currency, refund=refund.id, description=charge.description,
        available_on=taken.available_on, source_type=taken.source_type, payee=_payee(refund, charge, taken)))
    refund.failure_balance_transaction_id = back.id
    # Our choice: which of the reasons, and that the charge has no event of its own: that of the refund tells of it.
    refund.failure_reason, refund.status, refund.settles_at = reason, status, None
    charge.amount_refunded -= refund.amount


def _origin(ctx: Context, refund: Refund) -> Charge | None:
    """The charge of which it goes back, held; None where it is cash, whose customer is."""
    if refund.charge_id is not None:
        return ctx.find(Charge, refund.charge_id)
    ctx.find(Customer, refund.customer_id or "", deleted_too=True)
    return None


def _was_cash(charge: Charge) -> bool:
    """Whether it was paid by bank transfer.

    Our choice: what goes back of it is the customer's cash again, or, where `instructions_email` says how they are to be
    asked for their account, goes to that. Stripe offers both, and has no parameter that tells them apart.
    """
    return (charge.payment_method_details or {}).get("type") == "customer_balance"


def _payee(refund: Refund, charge: Charge, taken: BalanceTransaction) -> str:
    if taken.type == "charge":
        return CARD_NETWORKS
    return CUSTOMER_CASH if _was_cash(charge) and refund.instructions_email is None else BANKS


def _return_to_cash(ctx: Context, refund: Refund, charge: Charge) -> None:
    """Let the customer have what has gone back to their cash, and pay with it what else waits for them."""
    if _was_cash(charge) and refund.instructions_email is None and refund.status == "succeeded":
        customer = ctx.find(Customer, charge.customer_id or "", deleted_too=True)
        return_cash(ctx, customer, refund.amount, refund.currency, refund_id=refund.id)


def _give_up(ctx: Context, refund: Refund, charge: Charge | None, status: str) -> None:
    """The customer is not asked any more where the money is to go: it comes back to where it was.

    Emits charge.refund.updated, then what cash does that has come back.
    """
    reason = "unknown" if status == "failed" else None
    with tracked(ctx, refund, "charge.refund.updated"):
        refund.next_action = None
        if charge is not None:
            _take_back(ctx, refund, charge, status, reason)
        else:
            refund.failure_reason, refund.status, refund.settles_at = reason, status, None
    if charge is None:
        bring_cash_back(ctx, refund)


def _taken(ctx: Context, charge: Charge) -> BalanceTransaction:
    taken = ctx.get(BalanceTransaction, charge.balance_transaction_id)
    assert taken is not None, "a charge that was captured is on the balance"
    return taken


def _is_refundable(ctx: Context, charge: Charge) -> bool:
    """Whether no dispute of the charge forbids a refund: one that is won and one that only asks do not."""
    ctx.session.load([charge], "disputes")
    disputes: list[Any] = charge.disputes
    return all(dispute.is_charge_refundable for dispute in disputes)


def note_release(ctx: Context, charge: Charge, amount: int, *, reason: str | None) -> Refund:
    """The refund of what was held and is not taken. The caller moves what money there is to be moved."""
    return _note(ctx, charge, amount, reason=reason)


def released_of(ctx: Context, charge: Charge) -> list[Refund]:
    """The refunds of a charge, newest first."""
    ctx.session.load([charge], "refunds")
    refunds: list[Refund] = charge.__dict__["refunds"]
    return refunds


def _note(ctx: Context, charge: Charge, amount: int, *, reason: str | None, **columns: Any) -> Refund:
    before = released_of(ctx, charge)
    # What was paid otherwise than by card has ids of its own, and so has what goes back of it.
    prefix = Refund.other_prefix if charge.id.startswith(Charge.other_prefix or "") else None
    refund = ctx.add(Refund(
        id=ctx.ids.new(prefix or Refund.id_prefix, Refund.id_length, Refund.id_lead),
        amount=amount, charge_id=charge.id, currency=charge.currency, payment_intent_id=charge.payment_intent_id,
        reason=reason, status="succeeded", test_clock_id=charge.test_clock_id, **columns))
    charge.amount_refunded += amount
    charge.__dict__["refunds"] = [refund, *before]
    return refund


def _check_release(charge: Charge, amount: int, param: str) -> None:
    """What is only held can be given back by whoever holds it, as a whole. Our choice: the words."""
    if charge.payment_intent_id is not None:
        raise InvalidRequest(f"Charge {charge.id} has not been captured. Cancel its PaymentIntent "
                             f"({charge.payment_intent_id}) to release the funds.", param="charge")
    if amount < charge.amount:
        raise InvalidRequest("You cannot refund a part of a charge that has not been captured. Capture it for a smaller "
                             "amount instead.", param=param)


def update_refund(ctx: Context, refund: Refund, values: Mapping[str, Any]) -> Refund:
    """Change the metadata. Emits charge.refund.updated."""
    with tracked(ctx, refund, "charge.refund.updated"):
        if "metadata" in values:
            refund.metadata_ = merged(refund.metadata_, values["metadata"])
    return refund


def held_refund(ctx: Context, id: str) -> Refund:
    """The refund with this id; what it goes back of is held before it. Raises 404 where there is none."""
    refund = ctx.get(Refund, id)
    if refund is not None:
        _origin(ctx, refund)
    return ctx.find(Refund, id)


def cancel_refund(ctx: Context, refund: Refund) -> Refund:
    """Cancel a refund that waits for its customer. Emits charge.refund.updated. Raises InvalidRequest for all others."""
    return _end(ctx, refund, "cancel", "canceled", "canceled")


def expire_refund(ctx: Context, refund: Refund) -> Refund:
    """Let the time run out in which a customer could have answered: it has failed. As `cancel_refund` otherwise."""
    return _end(ctx, refund, "expire", "expired", "failed")


def _end(ctx: Context, refund: Refund, verb: str, done: str, status: str) -> Refund:
    charge = _origin(ctx, refund)
    if refund.status != "requires_action":
        # Our choice: the words.
        raise InvalidRequest(f"You cannot {verb} this refund because it has a status of {refund.status}. Only a refund with "
                             f"the status requires_action may be {done}.")
    _give_up(ctx, refund, charge, status)
    return refund


def _charge(ctx: Context, values: Mapping[str, Any]) -> Charge:
    """The charge that is named, or the one by which the payment intent that is named was paid."""
    if "payment_intent" not in values:
        if "charge" not in values:
            # Our choice: the words.
            raise InvalidRequest("One of the following params should be provided for this request: payment_intent or "
                                 "charge.", code="parameter_missing")
        return ctx.find(Charge, values["charge"], param="charge")
    intent = ctx.find(PaymentIntent, values["payment_intent"], param="payment_intent")
    ctx.session.load([intent], "charges")
    paid: Any = next((charge for charge in intent.charges if charge.paid), None)  # type: ignore[attr-defined]
    if paid is None or values.get("charge", paid.id) != paid.id:
        # Our choice: the words, also for a charge that is named beside an intent which it did not pay.
        raise InvalidRequest(f"This PaymentIntent ({intent.id}) does not have a successful charge to refund.",
                             param="payment_intent")
    return ctx.find(Charge, paid.id, param="payment_intent")


def _check_flags(charge: Charge, *, refund_application_fee: bool, reverse_transfer: bool) -> None:
    """Our choice: the words of these refusals."""
    if refund_application_fee and charge.application_fee_id is None:
        raise InvalidRequest(f"The application fee of charge {charge.id} cannot be refunded, because it has none.",
                             param="refund_application_fee")
    if reverse_transfer and charge.transfer_id is None:
        raise InvalidRequest(f"The transfer of charge {charge.id} cannot be reversed, because it has none.",
                             param="reverse_transfer")
    if refund_application_fee and charge.transfer_id is not None and not reverse_transfer:
        raise InvalidRequest("To refund the application fee of a destination charge, its transfer has to be reversed too. Pass "
                             "`reverse_transfer` as well.", param="refund_application_fee")


def _return_payment(ctx: Context, payment: Charge, amount: int | None, *, reason: str | None, refund_application_fee: bool,
                    **columns: Any) -> Refund:
    """What a transfer has brought goes back to where it came from. Emits charge.refunded, and transfer.reversed there."""
    amount = _amount(ctx, payment, amount, "amount")
    refund = send_back(ctx, payment, amount, refund_application_fee=refund_application_fee)
    refund.reason = reason
    for name, value in columns.items():
        setattr(refund, name, value)
    emit(ctx, "charge.refunded", payment)
    return refund
