"""What must hold of the ledger: balances are sums of what happened to them, and nothing comes from nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from sqlalchemy import case, func, select

from app.control.checks import Books, Problem
from app.db.roots import Account
from app.domain.ledger import CONNECT_RESERVE
from app.resources.balance.tables import BalanceTransaction, ConnectReserve, Funds, ReserveTransaction


def balances_are_sums_of_their_transactions(books: Books) -> Iterator[Problem]:
    """what an account has, in each currency and on each clock, is what its balance transactions come to"""
    keys = ("account_id", "currency", "source_type", "test_clock_id")
    held = _sums(books, Funds, [getattr(Funds, key) for key in keys], Funds.amount, Funds.holder == "")
    moved = _sums(books, BalanceTransaction, [getattr(BalanceTransaction, key) for key in keys], BalanceTransaction.net)
    for key in sorted({*held, *moved}, key=str):
        if held.get(key, 0) != moved.get(key, 0):
            account_id, currency, source_type, _ = key
            yield Problem(account_id, "balance", currency,
                          f"{source_type} funds are {held.get(key, 0)}, and the transactions come to {moved.get(key, 0)}")


def pending_funds_are_sums_of_pending_transactions(books: Books) -> Iterator[Problem]:
    """what becomes available on a day is what the transactions of that day come to, or the last of them where some are gone

    What crosses from a test clock to the wall clock may come to a day that has passed there, and be released at once.
    """
    def query() -> Any:
        moved = select(
            BalanceTransaction.account_id, BalanceTransaction.currency, BalanceTransaction.source_type,
            BalanceTransaction.test_clock_id, BalanceTransaction.available_on, func.sum(BalanceTransaction.net).label("net"),
        ).where(books.of(BalanceTransaction), BalanceTransaction.available_on > BalanceTransaction.created).group_by(
            BalanceTransaction.account_id, BalanceTransaction.currency, BalanceTransaction.source_type,
            BalanceTransaction.test_clock_id, BalanceTransaction.available_on).subquery()
        same = ((moved.c.account_id == Funds.account_id) & (moved.c.currency == Funds.currency)
                & (moved.c.source_type == Funds.source_type) & (moved.c.available_on == Funds.available_on)
                & (func.coalesce(moved.c.test_clock_id, "") == func.coalesce(Funds.test_clock_id, "")))
        return select(Funds.account_id, Funds.currency, Funds.available_on, Funds.amount, moved.c.net, Funds.source_type,
                      Funds.test_clock_id).outerjoin(
            moved, same).where(books.of(Funds), Funds.available_on > 0, Funds.amount != func.coalesce(moved.c.net, 0))

    for account_id, currency, available_on, amount, net, source_type, clock_id in books.values(query):
        day = select(BalanceTransaction.net).where(
            BalanceTransaction.account_id == account_id, BalanceTransaction.currency == currency,
            BalanceTransaction.source_type == source_type, BalanceTransaction.available_on == available_on,
            BalanceTransaction.available_on > BalanceTransaction.created, BalanceTransaction.test_clock_id.is_(None))
        latest = accumulate(each for (each,) in books.values(day.order_by(BalanceTransaction.seq.desc())))
        if clock_id is None and amount in latest:
            continue
        yield Problem(account_id, "balance", currency,
                      f"{amount} become available at {available_on}, and the transactions of that day come to {net}")


def the_books_sum_to_zero(books: Books) -> Iterator[Problem]:
    """what all accounts of a sandbox and the world outside have of a currency is nothing, on each clock"""
    def query() -> Any:
        sandbox = case((Account.platform_id.is_(None), Account.id), else_=Account.platform_id)
        total = func.sum(Funds.amount)
        # Clocks belong to one account, and money does not move from one clock to another.
        mine = sandbox.is_not(None) if books.account is None else sandbox == books.account
        return select(sandbox, Funds.currency, total).join(Account, Account.id == Funds.account_id).where(
            mine).group_by(sandbox, Funds.currency, Funds.test_clock_id).having(total != 0)

    for account_id, currency, amount in books.values(query):
        yield Problem(account_id, "balance", currency, f"the books are {amount} off balance")


def balance_transactions_add_up(books: Books) -> Iterator[Problem]:
    """net = amount - fee"""
    def query() -> Any:
        return select(BalanceTransaction.account_id, BalanceTransaction.id, BalanceTransaction.net).where(
            books.of(BalanceTransaction), BalanceTransaction.net != BalanceTransaction.amount - BalanceTransaction.fee)

    for account_id, id, net in books.values(query):
        yield Problem(account_id, "balance_transaction", id, f"net is {net}, and not amount - fee")


def reserves_are_what_connected_accounts_lack(books: Books) -> Iterator[Problem]:
    """a platform has set aside by how much each connected account that does not stand for itself is below zero, since it is"""
    account = Account.id == Funds.account_id
    held = _sums(books, Funds, [Account.platform_id, Funds.account_id, Funds.currency], Funds.amount, account, Funds.holder == "",
                 Funds.test_clock_id.is_(None), Account.platform_id.is_not(None), Account.type != "standard")
    lacking = {key: -amount for key, amount in held.items() if amount < 0}
    reserve = ConnectReserve
    statement = select(reserve.account_id, reserve.connected_account_id, reserve.currency, reserve.amount, reserve.negative_since)
    # They are its platform's rows, also where the account alone is examined.
    for *key, amount, since in books.values(statement.join(
            Account, Account.id == reserve.connected_account_id).where(books.of(Account))):
        account_id, connected, currency = key
        expected = lacking.pop(tuple(key), 0)
        if amount != expected or (amount > 0) != (since is not None):
            yield Problem(account_id, reserve.object_name, connected,
                          f"{amount} {currency} are set aside since {since}, and it lacks {expected}")
    for (account_id, connected, currency), amount in lacking.items():
        yield Problem(account_id, reserve.object_name, connected, f"nothing is set aside, and it lacks {amount} {currency}")


def reserves_are_on_the_balance(books: Books) -> Iterator[Problem]:
    """a reserve is what its transactions come to, each of which is on the balance, and all together are what is set aside"""
    change, moved, reserve = ReserveTransaction, BalanceTransaction, ConnectReserve
    same = (moved.account_id == change.account_id) & (moved.source_id == change.id)
    statement = select(change.account_id, change.id, change.amount, moved.net).outerjoin(moved, same).where(
        books.of(change), func.coalesce(moved.net, 0) != change.amount)
    for account_id, id, amount, net in books.values(statement):
        yield Problem(account_id, change.object_name, id, f"is {amount}, and {net} on the balance")
    kept = _sums(books, reserve, [reserve.account_id, reserve.id], reserve.amount)
    changes = _sums(books, change, [change.account_id, change.reserve_id], -change.amount)
    for account_id, id in sorted({*kept, *changes}):
        amount, come_to = kept.get((account_id, id), 0), changes.get((account_id, id), 0)
        if amount != come_to:
            yield Problem(account_id, reserve.object_name, id, f"is {amount}, and its transactions come to {come_to}")
    outside = _sums(books, Funds, [Funds.account_id, Funds.currency], Funds.amount, Funds.holder == CONNECT_RESERVE)
    inside = _sums(books, reserve, [reserve.account_id, reserve.currency], reserve.amount)
    for account_id, currency in sorted({*outside, *inside}):
        there, amount = outside.get((account_id, currency), 0), inside.get((account_id, currency), 0)
        if there != amount:
            yield Problem(account_id, "balance", currency, f"{there} are set aside, and the reserves come to {amount}")


def _sums(books: Books, table: object, keys: list[object], amount: object, *where: object) -> dict[tuple[str, ...], int]:
    statement = select(*keys, func.sum(amount)).where(books.of(table), *where).group_by(*keys)  # type: ignore[call-overload]
    return {tuple(key): int(total) for *key, total in books.values(statement)}
