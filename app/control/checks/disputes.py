"""What must hold of disputes and the money that they move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import case, func, or_, select

from app.control.checks import Books, Problem
from app.domain.disputes import WITHDRAWN
from app.resources.balance.tables import BalanceTransaction
from app.resources.charges.tables import Charge
from app.resources.disputes.tables import Dispute


def disputes_have_moved_their_money(books: Books) -> Iterator[Problem]:
    """an open or lost dispute has taken its amount; a won one has given it back with the fee; others moved nothing"""
    def query() -> Any:
        table = BalanceTransaction
        moved = select(table.account_id, table.source_id, func.sum(table.amount).label("amount"),
                       func.sum(table.fee).label("fee"), func.count().label("number")).where(
            books.of(table), table.type == "adjustment").group_by(table.account_id, table.source_id).subquery()
        amount, number = func.coalesce(moved.c.amount, 0), func.coalesce(moved.c.number, 0)
        withdrawn = Dispute.status.in_(WITHDRAWN)
        owed = case((withdrawn, -Dispute.amount), else_=0)
        times = case((withdrawn, 1), (Dispute.status == "won", 2), else_=0)
        return select(Dispute.account_id, Dispute.id, Dispute.status, amount, number).outerjoin(
            moved, (moved.c.account_id == Dispute.account_id) & (moved.c.source_id == Dispute.id)).where(
            books.of(Dispute), or_(amount != owed, number != times,
                                   (Dispute.status == "won") & (func.coalesce(moved.c.fee, 0) != 0)))

    for account_id, id, status, total, transactions in books.values(query):
        yield Problem(account_id, "dispute", id, f"is {status}, and its {transactions} balance transactions sum to {total}")


def charges_know_their_disputes(books: Books) -> Iterator[Problem]:
    """disputed ⇔ there are disputes, of which one is named; refunds and withdrawals are no more than the charge"""
    def query() -> Any:
        taken = func.sum(case((Dispute.status.in_(WITHDRAWN), Dispute.amount), else_=0))
        disputes = select(Dispute.account_id, Dispute.charge_id, taken.label("taken"), func.max(Dispute.id).label("id")).where(
            books.of(Dispute)).group_by(Dispute.account_id, Dispute.charge_id).subquery()
        named = select(Dispute.account_id, Dispute.id, Dispute.charge_id).subquery()
        return select(Charge.account_id, Charge.id, Charge.disputed, Charge.dispute_id, disputes.c.taken).outerjoin(
            disputes, (disputes.c.account_id == Charge.account_id) & (disputes.c.charge_id == Charge.id)).outerjoin(
            named, (named.c.account_id == Charge.account_id) & (named.c.id == Charge.dispute_id)
            & (named.c.charge_id == Charge.id)).where(
            books.of(Charge), or_(Charge.disputed != disputes.c.id.is_not(None), Charge.disputed != named.c.id.is_not(None),
                                  Charge.amount_refunded + disputes.c.taken > Charge.amount))

    for account_id, id, disputed, named_id, amount in books.values(query):
        yield Problem(account_id, "charge", id, f"disputed is {disputed}, dispute {named_id}, and {amount} were withdrawn")
