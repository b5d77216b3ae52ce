"""What must hold of what is said about charges that may be fraudulent."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from app.control.checks import Books, Problem
from app.resources.charges.tables import Charge
from app.resources.early_fraud_warnings.tables import EarlyFraudWarning


def warnings_call_for_a_refund_that_helps(books: Books) -> Iterator[Problem]:
    """actionable ⇔ the charge is neither disputed nor refunded in full"""
    table = EarlyFraudWarning
    helps = Charge.disputed.is_(False) & (Charge.amount_refunded < Charge.amount)
    statement = select(table.account_id, table.id, table.actionable, Charge.id).join(
        Charge, (Charge.account_id == table.account_id) & (Charge.id == table.charge_id)).where(
        books.of(table), table.actionable != helps)
    for account_id, id, actionable, charge in books.values(statement):
        yield Problem(account_id, table.object_name, id, f"actionable is {actionable}, which {charge} belies")
