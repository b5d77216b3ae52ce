"""What must hold of money that comes from banks and goes to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import String, case, cast, func, select

from app.control.checks import Books, Problem
from app.resources.balance.tables import BalanceTransaction
from app.resources.topups.tables import Topup


def topups_are_on_the_balance_when_they_have_come(books: Books) -> Iterator[Problem]:
    """one that succeeded has one balance transaction of its amount, a reversed one its reverse too, and others none"""
    amount = cast(Topup.amount, String)
    expected = case((Topup.status == "succeeded", "topup " + amount),
                    (Topup.status == "reversed", "topup " + amount + ", topup_reversal -" + amount), else_="")
    yield from _moved(books, Topup, expected, "tu_")


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
