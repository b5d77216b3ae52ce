"""What must hold of what is said about charges that may be fraudulent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, not_, or_, select

from app.control.checks import Books, Problem
from app.domain.radar import comparable, fits
from app.resources.charges.tables import Charge
from app.resources.early_fraud_warnings.tables import EarlyFraudWarning
from app.resources.reviews.tables import Review
from app.resources.value_lists.tables import ValueList, ValueListItem


def warnings_call_for_a_refund_that_helps(books: Books) -> Iterator[Problem]:
    """actionable ⇔ the charge is neither disputed nor refunded in full"""
    table = EarlyFraudWarning
    helps = Charge.disputed.is_(False) & (Charge.amount_refunded < Charge.amount)
    statement = select(table.account_id, table.id, table.actionable, Charge.id).join(
        Charge, (Charge.account_id == table.account_id) & (Charge.id == table.charge_id)).where(
        books.of(table), table.actionable != helps)
    for account_id, id, actionable, charge in books.values(statement):
        yield Problem(account_id, table.object_name, id, f"actionable is {actionable}, which {charge} belies")


def open_reviews_have_something_to_decide(books: Books) -> Iterator[Problem]:
    """open ⇔ no closed_reason, and then the charge is neither disputed nor refunded in full, and names the review"""
    def query() -> Any:
        undecided = Charge.disputed.is_(False) & (Charge.amount_refunded < Charge.amount) & (Charge.review_id == Review.id)
        return select(Review.account_id, Review.id, Review.open, Review.closed_reason, Charge.id).join(
            Charge, (Charge.account_id == Review.account_id) & (Charge.id == Review.charge_id)).where(
            books.of(Review), or_(Review.open == Review.closed_reason.is_not(None), and_(Review.open, not_(undecided))))

    for account_id, id, is_open, reason, charge in books.values(query):
        yield Problem(account_id, Review.object_name, id, f"open is {is_open}, closed_reason {reason}, and {charge} is decided "
                                                          "or names another")


def values_are_compared_as_their_list_does(books: Books) -> Iterator[Problem]:
    """what an item is told from others by follows from its value and its list's type, which it fits"""
    types = {(row.account_id, row.id): row.item_type for row in books.rows(ValueList)}
    for row in books.rows(ValueListItem):
        item_type = types[row.account_id, row.value_list_id]
        if row.comparable != comparable(item_type, row.value) or not fits(item_type, row.value):
            yield Problem(row.account_id, ValueListItem.object_name, row.id,
                          f"{row.value!r} is kept as {row.comparable!r} in a list of {item_type}")
