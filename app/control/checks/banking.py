"""What must hold of money that comes from banks and goes to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import String, case, cast, func, select
from sqlalchemy.orm import aliased

from app.control.checks import Books, Problem
from app.resources.balance.tables import BalanceTransaction
from app.resources.payouts.tables import Payout
from app.resources.topups.tables import Topup


def topups_are_on_the_balance_when_they_have_come(books: Books) -> Iterator[Problem]:
    """one that succeeded has one balance transaction of its amount, a reversed one its reverse too, and others none"""
    amount = cast(Topup.amount, String)
    expected = case((Topup.status == "succeeded", "topup " + amount),
                    (Topup.status == "reversed", "topup " + amount + ", topup_reversal -" + amount), else_="")
    yield from _moved(books, Topup, expected, "tu_")


def payouts_are_on_the_balance(books: Books) -> Iterator[Problem]:
    """each has left by one balance transaction of its amount, and came back by another if it was canceled or has failed"""
    left, back = "payout " + cast(-Payout.amount, String), cast(Payout.amount, String)
    expected = case((Payout.status == "canceled", left + ", payout_cancel " + back),
                    (Payout.status == "failed", left + ", payout_failure " + back), else_=left)
    yield from _moved(books, Payout, expected, "po_")


def automatic_payouts_are_what_they_pay_out(books: Books) -> Iterator[Problem]:
    """what an automatic payout has paid out, and its own balance transaction, sum to nothing; one by hand lists nothing"""
    def query() -> Any:
        listed = select(BalanceTransaction.account_id, BalanceTransaction.payout_id, func.count().label("number"),
                        func.sum(BalanceTransaction.net).label("net")).where(
            books.of(BalanceTransaction), BalanceTransaction.payout_id.is_not(None)).group_by(
            BalanceTransaction.account_id, BalanceTransaction.payout_id).subquery()
        return select(Payout.account_id, Payout.id, listed.c.net, Payout.automatic).outerjoin(
            listed, (listed.c.account_id == Payout.account_id) & (listed.c.payout_id == Payout.id)).where(
            books.of(Payout), (Payout.automatic != listed.c.number.is_not(None)) | (listed.c.net != 0))

    for account_id, id, net, automatic in books.values(query):
        yield Problem(account_id, "payout", id, f"automatic is {bool(automatic)}, and what it lists comes to {net}")


def payouts_and_their_reversals_name_each_other(books: Books) -> Iterator[Problem]:
    """reversed_by ⇔ original_payout, for the same amount the other way"""
    other: Any = aliased(Payout)
    for mine, theirs in ((Payout.reversed_by_id, other.original_payout_id), (Payout.original_payout_id, other.reversed_by_id)):
        statement = select(Payout.account_id, Payout.id, mine).outerjoin(
            other, (other.account_id == Payout.account_id) & (other.id == mine) & (theirs == Payout.id)
            & (other.amount == -Payout.amount)).where(books.of(Payout), mine.is_not(None), other.id.is_(None))
        for account_id, id, named in books.values(statement):
            yield Problem(account_id, "payout", id, f"names {named}, which does not name it for the same amount")


def _moved(books: Books, table: Any, expected: Any, prefix: str) -> Iterator[Problem]:
    """Hold what the balance transactions of each row say, in the order of their types, against what they must."""
    lines = select(BalanceTransaction.account_id, BalanceTransaction.source_id,
                   BalanceTransaction.type + " " + cast(BalanceTransaction.net, String)).where(
        books.of(BalanceTransaction), BalanceTransaction.source_id.startswith(prefix)).order_by(
        BalanceTransaction.account_id, BalanceTransaction.source_id, BalanceTransaction.type)
    moved: dict[tuple[str, str], str] = {}
    for account_id, id, line in books.values(lines):
        moved[account_id, id] = f"{moved[account_id, id]}, {line}" if (account_id, id) in moved else line
    rows = {(account_id, id): words for account_id, id, words in books.values(
        select(table.account_id, table.id, func.coalesce(expected, "")).where(books.of(table)))}
    for account_id, id in sorted({*moved, *rows}):
        if moved.get((account_id, id), "") != rows.get((account_id, id), ""):
            yield Problem(account_id, table.object_name, id,
                          f"the balance says {moved.get((account_id, id)) or 'nothing'!r}, and should say "
                          f"{rows.get((account_id, id)) or 'nothing'!r}")
