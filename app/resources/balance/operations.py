"""What changes balances: the only writer of the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, case, delete, func, select, true

from app.context import Context
from app.db.roots import Account, TestClock
from app.db.session import Prepared, entity
from app.domain import payout_schedules
from app.domain.fees import available_on, processing_fee
from app.domain.ledger import (
    CONNECT_RESERVE,
    OTHER_CLOCKS,
    PROCESSING,
    Entry,
    Posting,
    collection_posting,
    reserve_posting,
)
from app.domain.payout_schedules import Schedule
from app.events.emit import announce
from app.resources.balance.tables import BalanceTransaction, ConnectReserve, Funds, ReserveTransaction
from app.resources.external_accounts.tables import BankAccount, Card

_PROCESSING_ALONE = 1
"""How many fees an entry has that is not worth a list of them."""

# A moment of the wall clock has come when it is not after now, one on a test clock when that has passed it.
_HAS_COME = Funds.available_on <= func.coalesce(TestClock.frozen_time, bindparam("now"))
_HELD = Prepared(
    select(Funds.currency, Funds.source_type, func.sum(case((_HAS_COME, Funds.amount), else_=0)), func.sum(Funds.amount))
    .outerjoin(TestClock, (TestClock.account_id == Funds.account_id) & (TestClock.id == Funds.test_clock_id))
    .where(Funds.account_id == bindparam("account_id"), Funds.holder == "").group_by(Funds.currency, Funds.source_type))
_EXTERNAL_ACCOUNTS: tuple[type[BankAccount], type[Card]] = (BankAccount, Card)
_DEFAULTS = {kind: Prepared(entity(kind).where(
    kind.account_id == bindparam("account_id"), kind.default_for_currency == true(), kind.status == "new"))
    for kind in _EXTERNAL_ACCOUNTS}
_CONNECTED = Prepared(select(Account.id).where(Account.platform_id == bindparam("platform_id")).limit(1))
_ON_WALL = Prepared(select(func.sum(Funds.amount)).where(
    Funds.account_id == bindparam("account_id"), Funds.holder == "", Funds.currency == bindparam("currency"),
    Funds.test_clock_id.is_(None)))
_SET_ASIDE = Prepared(select(Funds.currency, func.sum(Funds.amount)).where(
    Funds.account_id == bindparam("account_id"), Funds.holder == CONNECT_RESERVE).group_by(Funds.currency))
_TAKE = Prepared(delete(Funds).where(Funds.account_id == bindparam("account_id"), Funds.id == bindparam("id"))
                 .returning(Funds.amount))


def post(ctx: Context, posting: Posting) -> list[BalanceTransaction]:
    """Write a movement of money: a balance transaction for each of its entries, in their order, and everybody's funds.

    The totals are added to at the end of the transaction, so that payments of one account hardly wait for each other.
    """
    transactions, crossing = [], 0
    for entry in posting.entries:
        there = ctx if entry.account == ctx.account_id else replace(ctx, account_id=entry.account, test_clock_id=None)
        transactions.append(_write(there, entry, posting.currency))
        _add(there, entry.net, posting.currency, entry.source_type, available_on=_pending_until(ctx, entry))
        crossing += 0 if there is ctx else entry.net
        _review_reserve_later(there, posting.currency, entry.net)
    for holder, amount in posting.outside:
        _add(ctx, amount, posting.currency, "", holder=holder)
    if ctx.test_clock_id is not None and crossing:
        # A test clock is its own account's: what leaves it for others is on the wall clock from then on, and stays if it goes.
        _add(ctx, crossing, posting.currency, "", holder=OTHER_CLOCKS)
        _add(replace(ctx, test_clock_id=None), -crossing, posting.currency, "", holder=OTHER_CLOCKS)
    return transactions


def fee_of_charge(ctx: Context, amount: int) -> int:
    """What the processing of a charge costs here, in minor units of its currency."""
    return processing_fee(amount, _percent(ctx.choices.fee_percent), ctx.choices.fee_fixed)


def funds_held(ctx: Context) -> dict[tuple[str, str], tuple[int, int]]:
    """The account's balance: what is available and what is pending, by currency and kind of funds, in minor units."""
    if ctx.session.writing:
        ctx.session.write_totals()
    return {
        (currency, source_type): (int(available), int(amount) - int(available))
        for currency, source_type, available, amount in ctx.session.values(_HELD, account_id=ctx.account_id, now=ctx.now)}


def hold_funds(ctx: Context) -> dict[tuple[str, str], tuple[int, int]]:
    """`funds_held`, for who takes some of them: others who want to, wait until this transaction ends."""
    _hold(ctx)
    return funds_held(ctx)


def show_balance(ctx: Context) -> dict[str, Any]:
    """The `balance` object, with an entry for the account's own currency at the least."""
    by_currency: dict[str, dict[str, tuple[int, int]]] = {ctx.account.default_currency: {}}
    for (currency, source_type), amounts in sorted(funds_held(ctx).items()):
        by_currency.setdefault(currency, {})[source_type] = amounts
    shown: dict[str, list[dict[str, Any]]] = {"available": [], "pending": []}
    for currency, kinds in by_currency.items():
        for index, entries in enumerate(shown.values()):
            source_types = {kind: amounts[index] for kind, amounts in (kinds or {"card": (0, 0)}).items()}
            entries.append({"amount": sum(source_types.values()), "currency": currency, "source_types": source_types})
    sometimes = {"connect_reserved": _reserved(ctx, shown["available"]), "instant_available": _instantly(ctx, shown["available"])}
    return {"object": "balance", "available": shown["available"],
            **{name: entries for name, entries in sometimes.items() if entries},
            "livemode": False, "pending": shown["pending"]}


def release(ctx: Context, funds: Funds) -> None:
    """The day has come on which these funds become available. Emits balance.available where the account gains by it."""
    # Totals are written before the end of the transaction here: who waited in a circle otherwise, waits for this first.
    _hold(ctx)
    # Other transactions may have added to them since they were read.
    ctx.session.write_totals()
    amount = sum(row[0] for row in ctx.session.values(_TAKE, account_id=funds.account_id, id=funds.id))
    funds.__dict__["released"] = True
    _add(ctx, amount, funds.currency, funds.source_type)
    if amount > 0:
        announce(ctx, "balance.available", show_balance(ctx))


def note_availability(ctx: Context, transactions: Iterable[BalanceTransaction]) -> None:
    """Let the view say `available` for transactions of the wall clock whose day has come."""
    for transaction in transactions:
        transaction.__dict__["available"] = transaction.available_on <= ctx.now


def settles_at(ctx: Context) -> int:
    """When the money of a payment that the account in view takes now becomes available to it."""
    account = ctx.account
    if account.platform_id is None:
        return available_on(ctx.now)
    return payout_schedules.available_on(ctx.now, account.country, schedule_of_account(account).delay_days)


def schedule_of_account(account: Account) -> Schedule:
    """When a connected account is paid out, by its country and what was chosen for it."""
    chosen = (account.settings or {}).get("payouts", {}).get("schedule", {})
    return payout_schedules.schedule_of(account.country, chosen)


def _hold(ctx: Context) -> None:
    ctx.session.hold_name(f"funds of {ctx.account_id}")


def _reserved(ctx: Context, available: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a platform with connected accounts has set aside for them, in the currencies that it holds."""
    if not ctx.session.values(_CONNECTED, platform_id=ctx.account_id):
        return []
    amounts = dict(ctx.session.values(_SET_ASIDE, account_id=ctx.account_id))
    return [{"amount": int(amounts.get(entry["currency"], 0)), "currency": entry["currency"]} for entry in available]


def collect(ctx: Context, reserve: ConnectReserve) -> None:
    """The connected account has been negative for too long: its platform pays, and what was set aside for that is released."""
    ctx.session.hold_name(_reserve_name(reserve.connected_account_id, reserve.currency))
    # It may have recovered since it was read.
    ctx.session.lock(reserve)
    if reserve.amount:
        post(ctx, collection_posting(ctx.account_id, reserve.connected_account_id, reserve.amount, reserve.currency))
        reserve.negative_since = None


def _reserve_name(account_id: str, currency: str) -> str:
    return f"reserve for {account_id} {currency}"


def _review_reserve_later(ctx: Context, currency: str, net: int) -> None:
    """See at the end of the transaction whether the account that has moved by `net` leaves its platform something to stand for.

    In between it may be below zero for a moment only: a refund comes with the refund of its fee.
    """
    account = ctx.account
    # Standard accounts stand for themselves. Our choice: funds on a test clock do not count, they go with it.
    if account.platform_id is None or account.type == "standard" or ctx.test_clock_id is not None:
        return
    name, there = _reserve_name(account.id, currency), ctx.acting_as_id(account.platform_id)
    takes = ctx.session.memo[name] = net < 0 or ctx.session.memo.get(name, False)
    ctx.session.settle_later(name, lambda: _review_reserve(there, account.id, currency, takes=takes))


def _review_reserve(ctx: Context, connected: str, currency: str, *, takes: bool) -> None:
    """Set aside what the connected account lacks in the currency, no more and no less; its reserve's name is held.

    Our choice: an account is negative when what is available and what is pending together are, since what is on its way makes
    good for the rest. One that is rejected or deleted meanwhile owes what it owes, until the platform pays.
    """
    id = f"{connected}/{currency}"
    reserve = ctx.get(ConnectReserve, id)
    if reserve is not None:
        ctx.session.lock(reserve)
    held = reserve.amount if reserve is not None else 0
    if not held and not takes:
        return
    lacking = max(-_on_wall(ctx, connected, currency), 0)
    if lacking == held:
        return
    if reserve is None:
        reserve = ctx.add(ConnectReserve(id=id, amount=0, connected_account_id=connected, currency=currency))
    change = ctx.add(ReserveTransaction(amount=held - lacking, currency=currency, reserve_id=id))
    post(ctx, reserve_posting(ctx.account_id, lacking - held, currency, reserve_transaction=change.id))
    reserve.amount = lacking
    reserve.negative_since = (reserve.negative_since or ctx.now) if lacking else None


def _on_wall(ctx: Context, account_id: str, currency: str) -> int:
    """What the account has on the wall clock, this transaction included. Nothing is written, which would hold its totals."""
    added: int = sum(total["amount"] for total in ctx.session.unwritten(Funds, account_id)
                if (total["holder"], total["currency"], total["test_clock_id"]) == ("", currency, None))
    return int(ctx.session.scalar(_ON_WALL, account_id=account_id, currency=currency) or 0) + added


def _instantly(ctx: Context, available: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What of the available can be paid out instantly: that in currencies whose default external account takes it.

    Our choice: nothing of what is pending, so that a balance never becomes negative by a payout.
    """
    currencies = {row.currency for kind in _EXTERNAL_ACCOUNTS
                  for row in ctx.session.rows(kind, _DEFAULTS[kind], account_id=ctx.account_id) if row.takes_instant_payouts}
    shown = []
    for entry in available:
        if entry["currency"] in currencies:
            source_types = {kind: max(amount, 0) for kind, amount in entry["source_types"].items()}
            shown.append({"amount": sum(source_types.values()), "currency": entry["currency"], "source_types": source_types})
    return shown


def _write(ctx: Context, entry: Entry, currency: str) -> BalanceTransaction:
    details = None
    if len(entry.fees) > _PROCESSING_ALONE or any(fee.description != PROCESSING for fee in entry.fees):
        details = [{"amount": fee.amount, "application": fee.application, "currency": currency,
                    "description": fee.description, "type": fee.type} for fee in entry.fees]
    return ctx.add(BalanceTransaction(
        amount=entry.amount, available_on=_pending_until(ctx, entry) or ctx.now, currency=currency,
        description=entry.description, fee=entry.fee, fee_details=details, net=entry.net,
        reporting_category=entry.reporting_category, source_id=entry.source, source_type=entry.source_type, type=entry.type))


def _pending_until(ctx: Context, entry: Entry) -> int:
    """When the entry becomes available; 0 where it is now."""
    return entry.available_on if entry.available_on is not None and entry.available_on > ctx.now else 0


def _add(ctx: Context, amount: int, currency: str, source_type: str, *, holder: str = "", available_on: int = 0) -> None:
    clock = ctx.test_clock_id
    ctx.session.add_to(
        Funds, ctx.account_id, f"{holder}/{currency}/{source_type}/{available_on}/{clock or ''}", amount,
        lambda: {"seq": ctx.ids.seq(), "holder": holder, "currency": currency, "source_type": source_type,
                 "available_on": available_on, "test_clock_id": clock})


_percent = lru_cache(maxsize=64)(Decimal)
