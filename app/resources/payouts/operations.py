"""What happens to payouts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, func, select, update

from app.context import Context
from app.db.session import Prepared
from app.domain.banks import FAILURES, failure_of
from app.domain.business_days import business_day_after
from app.domain.choices import DAY
from app.domain.ledger import payout_posting
from app.domain.metadata import merged
from app.domain.payouts import next_run
from app.errors import InvalidRequest
from app.events.emit import emit, tracked
from app.resources.acting import check_moves_its_money
from app.resources.balance.operations import hold_funds, post, schedule_of_account
from app.resources.balance.tables import BalanceTransaction, Funds
from app.resources.external_accounts.operations import (
    ExternalAccount,
    default_external_account,
    disable_external_account,
    external_account_for,
    find_external_account,
    paid_out_to,
)
from app.resources.external_accounts.tables import BankAccount
from app.resources.payouts.tables import Payout, PayoutSchedule

_UNDER_WAY = ("pending", "in_transit")
_INSTANT_MOST_USD = 9999_00
_REVERSIBLE_DAYS = 90
_SCHEDULE_ID = "schedule"
"""Of an account's only one."""

# Our choice: what was earned on test clocks is paid out by hand, because it comes and goes with them.
_HELD = Prepared(select(Funds.currency, Funds.source_type).where(
    Funds.account_id == bindparam("account_id"), Funds.holder == "", Funds.test_clock_id.is_(None),
    Funds.available_on <= bindparam("now")).group_by(Funds.currency, Funds.source_type).having(
    func.sum(Funds.amount) > 0).order_by(Funds.currency, Funds.source_type))
_NOT_PAID_OUT = update(BalanceTransaction).where(
    BalanceTransaction.account_id == bindparam("of_account"), BalanceTransaction.payout_id.is_(None),
    BalanceTransaction.test_clock_id.is_(None), BalanceTransaction.currency == bindparam("in_currency"),
    BalanceTransaction.source_type == bindparam("from_source_type"), BalanceTransaction.available_on <= bindparam("now"))
_TAKE = Prepared(_NOT_PAID_OUT.values(payout_id=bindparam("payout")).returning(BalanceTransaction.net))
_LEAVE = Prepared(update(BalanceTransaction).where(
    BalanceTransaction.account_id == bindparam("of_account"), BalanceTransaction.payout_id == bindparam("payout")).values(
    payout_id=None))


def create_payout(ctx: Context, values: Mapping[str, Any]) -> Payout:
    """Pay out what the parameters of POST /v1/payouts say.

    Emits payout.created, and what follows from it where the sandbox's delay is 0. Raises InvalidRequest for a destination
    that takes no such payout, for more than is available, and on an account that is not paid out.
    """
    check_moves_its_money(ctx)
    if not _pays_out(ctx):
        # Our choice: the words after the semicolon.
        raise InvalidRequest("Cannot create payouts; this account needs further information before it can be paid out.",
                             code="payouts_not_allowed")
    amount, currency, source_type = values["amount"], values["currency"], values["source_type"]
    destination = _destination(ctx, values.get("destination"), currency)
    # Our choice: an instant payout costs nothing, since the reference names no fee.
    if values["method"] == "instant":
        _check_instant(destination, amount)
    available, _ = hold_funds(ctx).get((currency, source_type), (0, 0))
    if amount > available:
        raise InvalidRequest(
            f"You have insufficient funds in your Stripe account for this transfer. Your {source_type.replace('_', ' ')} "
            "balance is too low.  You can use the /v1/balance endpoint to view your Stripe balance (for more details, see "
            "stripe.com/docs/api#balance).", code="balance_insufficient")
    return _begin(ctx, amount, currency, destination, source_type=source_type, description=values.get("description"),
                  method=values["method"], statement_descriptor=values.get("statement_descriptor"),
                  metadata_=merged({}, values.get("metadata") or {}))


def update_payout(ctx: Context, payout: Payout, values: Mapping[str, Any]) -> Payout:
    """Change the metadata. Emits payout.updated."""
    with tracked(ctx, payout, "payout.updated"):
        if "metadata" in values:
            payout.metadata_ = merged(payout.metadata_, values["metadata"])
    return payout


def cancel_payout(ctx: Context, payout: Payout) -> Payout:
    """Call a pending manual payout off; its money comes back. Emits payout.canceled. Raises InvalidRequest for others."""
    if payout.automatic:
        # Our choice: the words.
        raise InvalidRequest(f"Payout {payout.id} cannot be canceled because it was made automatically")
    if payout.status != "pending":
        raise InvalidRequest(f"Payout {payout.id} cannot be canceled because it has already been paid out")
    _give_back(ctx, payout, "payout_cancel")
    payout.status = "canceled"
    emit(ctx, "payout.canceled", payout)
    return payout


def reverse_payout(ctx: Context, payout: Payout, values: Mapping[str, Any]) -> Payout:
    """Fetch the money of a payout back from the bank of a connected account; the payout that does it.

    Emits payout.updated of the first and payout.created of the second. Raises InvalidRequest where that cannot be.
    """
    _check_reversible(ctx, payout)
    id = ctx.ids.new(Payout.id_prefix, Payout.id_length, Payout.id_lead)
    with tracked(ctx, payout, "payout.updated"):
        payout.reversed_by_id = id
    destination = paid_out_to(ctx, payout.destination_id)
    return _begin(ctx, -payout.amount, payout.currency, destination, id=id, original_payout_id=payout.id,
                  source_type=payout.source_type, method="standard", metadata_=merged({}, values.get("metadata") or {}))


def move_payout(ctx: Context, payout: Payout) -> None:
    """The payout comes a step further: pending, in transit, and then paid, or failed where what it goes to is one that fails.

    What is fetched back is never in transit. Emits payout.updated, payout.paid or payout.failed. One that was called off
    meanwhile stays as it is.
    """
    ctx.session.lock(payout)
    if payout.status == "pending" and payout.original_payout_id is None:
        with tracked(ctx, payout, "payout.updated"):
            payout.status, payout.moves_at = "in_transit", ctx.now + ctx.choices.payout_settles_after_s
    elif payout.status in _UNDER_WAY:
        reason = failure_of(paid_out_to(ctx, payout.destination_id).behavior)
        if reason is not None:
            fail_payout(ctx, payout, reason)
        else:
            payout.status = "paid"
            emit(ctx, "payout.paid", payout)


def fail_payout(ctx: Context, payout: Payout, reason: str) -> None:
    """The bank sends the money back for `reason`, a key of `domain.banks.FAILURES`, also after it seemed to be paid.

    Emits payout.failed, and account.external_account.updated because nothing more is paid out there. Raises
    InvalidRequest where there is no money to send back.
    """
    if payout.status not in (*_UNDER_WAY, "paid"):
        # Our choice: the words; only an operator can ask for it.
        raise InvalidRequest(f"A payout that is {payout.status} cannot fail.")
    _give_back(ctx, payout, "payout_failure")
    payout.failure_code, payout.failure_message, payout.status = reason, FAILURES[reason], "failed"
    emit(ctx, "payout.failed", payout)
    disable_external_account(ctx, paid_out_to(ctx, payout.destination_id))


def settle_payout(ctx: Context, payout: Payout) -> None:
    """Everything that would come of the payout in time happens now."""
    while payout.status in _UNDER_WAY:
        move_payout(ctx, payout)


def plan_payouts(ctx: Context) -> None:
    """The settings that say so have changed: note when the next automatic payouts of the account are made, if at all."""
    ctx.session.hold_name(f"payout schedule of {ctx.account_id}")
    schedule, runs_at = ctx.get(PayoutSchedule, _SCHEDULE_ID), _next_run(ctx)
    if schedule is not None:
        ctx.session.lock(schedule)
        schedule.runs_at = runs_at
    elif runs_at is not None:
        ctx.add(PayoutSchedule(id=_SCHEDULE_ID, runs_at=runs_at))


def run_schedule(ctx: Context, schedule: PayoutSchedule) -> None:
    """Pay out all that is available, a payout for each currency and kind of funds that has a bank account or card to go to."""
    hold_funds(ctx)
    for currency, source_type in [] if not _pays_out(ctx) else ctx.session.values(_HELD, account_id=ctx.account_id, now=ctx.now):
        destination = default_external_account(ctx, currency)
        if destination is not None and destination.status == "new":
            _pay_out_everything(ctx, currency, source_type, destination)
    schedule.runs_at = _next_run(ctx)


def _pay_out_everything(ctx: Context, currency: str, source_type: str, destination: ExternalAccount) -> None:
    """One payout of all balance transactions that none has paid out, payouts by hand among them: they come to what is there."""
    id = ctx.ids.new(Payout.id_prefix, Payout.id_length, Payout.id_lead)
    taken = ctx.session.values(_TAKE, of_account=ctx.account_id, in_currency=currency, from_source_type=source_type,
                               now=ctx.now, payout=id)
    amount = sum(net for (net,) in taken)
    if amount <= 0:
        ctx.session.execute(_LEAVE, of_account=ctx.account_id, payout=id)
        return
    _begin(ctx, amount, currency, destination, id=id, automatic=True, source_type=source_type, method="standard",
           description="STRIPE PAYOUT")


def _begin(ctx: Context, amount: int, currency: str, destination: ExternalAccount, *, method: str, source_type: str,
           id: str | None = None, automatic: bool = False, **columns: Any) -> Payout:
    id = id or ctx.ids.new(Payout.id_prefix, Payout.id_length, Payout.id_lead)
    [moved] = post(ctx, payout_posting(ctx.account_id, amount, currency, payout=id, description=columns.get("description"),
                                       source_type=source_type))
    if automatic:
        moved.payout_id = id
    payout = ctx.add(Payout(
        id=id, amount=amount, arrival_date=ctx.now if method == "instant" else business_day_after(ctx.now, 1),
        automatic=automatic, balance_transaction_id=moved.id, currency=currency, destination_id=destination.id,
        method=method, moves_at=ctx.now + ctx.choices.payout_settles_after_s, source_type=source_type, status="pending",
        **columns))
    emit(ctx, "payout.created", payout)
    if payout.moves_at == ctx.now:
        settle_payout(ctx, payout)
    return payout


def _destination(ctx: Context, id: str | None, currency: str) -> ExternalAccount:
    """The bank account or card that is named, or the default one. Our choice: the words of both refusals."""
    found = external_account_for(ctx, currency) if id is None else find_external_account(ctx, id, param="destination")
    if found.currency != currency:
        raise InvalidRequest(f"The currency of the payout ({currency}) must be that of its destination ({found.currency}).",
                             param="currency")
    if found.status != "new":
        raise InvalidRequest(f"A payout to {found.id} has failed before. It has to be updated before it is paid out to again.",
                             code="bank_account_unusable", param="destination")
    return found


def _check_instant(destination: ExternalAccount, amount: int) -> None:
    if not destination.takes_instant_payouts:
        # Our choice: the words.
        raise InvalidRequest(f"Instant Payouts to {destination.id} are not supported.", code="instant_payouts_unsupported",
                             param="method")
    if isinstance(destination, BankAccount) and destination.currency == "usd" and amount > _INSTANT_MOST_USD:
        raise InvalidRequest("Instant Payouts to bank accounts are only supported for amounts less than or equal to $9999",
                             param="amount")


def _check_reversible(ctx: Context, payout: Payout) -> None:
    """Our choice: the words, where the API only says which payouts can be reversed."""
    destination = paid_out_to(ctx, payout.destination_id)
    reason = None
    if ctx.account.platform_id is None or not isinstance(destination, BankAccount) or destination.country != "US":
        reason = "only payouts of connected accounts to US bank accounts can be"
    elif payout.reversed_by_id is not None:
        reason = f"it has been already, by {payout.reversed_by_id}"
    elif payout.original_payout_id is not None:
        reason = "it reverses another one"
    elif payout.status not in ("in_transit", "paid"):
        reason = f"it is {payout.status}"
    elif payout.method == "instant":
        reason = "it was instant"
    elif ctx.now > payout.arrival_date + _REVERSIBLE_DAYS * DAY:
        reason = f"it arrived more than {_REVERSIBLE_DAYS} days ago"
    if reason is not None:
        raise InvalidRequest(f"Payout {payout.id} cannot be reversed: {reason}.")


def _give_back(ctx: Context, payout: Payout, type: str) -> None:
    [back] = post(ctx, payout_posting(ctx.account_id, payout.amount, payout.currency, payout=payout.id,
                                      description=payout.description, source_type=payout.source_type, back=type))
    payout.failure_balance_transaction_id = back.id


def _pays_out(ctx: Context) -> bool:
    """Whether the account in view may be paid out: of those that are connected only who has been verified."""
    return ctx.account.platform_id is None or bool(ctx.account.payouts_enabled)


def _next_run(ctx: Context) -> int | None:
    """When the account is next paid out by itself: a platform as the sandbox's settings say, others as their own do."""
    account = ctx.account
    if account.deleted:
        return None
    if account.platform_id is not None:
        own = schedule_of_account(account)
        return next_run(ctx.now, own.interval, weekly_anchor=own.weekly_anchor, monthly_anchor=own.monthly_anchor)
    choices = ctx.choices
    return next_run(ctx.now, choices.payout_interval, weekly_anchor=choices.payout_weekly_anchor,
                    monthly_anchor=choices.payout_monthly_anchor)
