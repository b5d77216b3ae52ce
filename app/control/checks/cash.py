"""What must hold of the cash that customers have sent: it is somewhere, until it has paid something or gone back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from app.control.checks import Books, Problem
from app.domain.ledger import CUSTOMER_CASH
from app.resources.balance.tables import Funds
from app.resources.cash_balances.tables import CashMovement
from app.resources.customers.tables import Customer
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.refunds.tables import Refund


def cash_balances_are_sums_of_movements(books: Books) -> Iterator[Problem]:
    """what a customer has sent and not paid with is what their movements come to, and never less than nothing"""
    total = func.sum(CashMovement.amount)
    statement = select(CashMovement.account_id, CashMovement.customer_id, CashMovement.currency, total).where(
        books.of(CashMovement)).group_by(CashMovement.account_id, CashMovement.customer_id, CashMovement.currency)
    moved: dict[tuple[str, str], dict[str, int]] = {}
    for account_id, customer_id, currency, amount in books.values(statement):
        if amount:
            moved.setdefault((account_id, customer_id), {})[currency] = int(amount)
    # What a deleted customer had sent may have gone with the test clock.
    for row in books.rows(Customer, Customer.deleted.is_(False), or_(Customer.cash.is_not(None), Customer.id.in_(
            [id for _, id in moved]))):
        found = moved.get((row.account_id, row.id), {})
        if (row.cash or {}) != found or min(found.values(), default=0) < 0:
            yield Problem(row.account_id, "customer", row.id, f"cash is {row.cash}, and the movements come to {found}")


def intents_have_what_was_set_aside_for_them(books: Books) -> Iterator[Problem]:
    """what was set aside for an intent is what its customer's movements come to: less than it asks for, or all once it is paid"""
    def query() -> Any:
        owner = CashMovement.account_id, CashMovement.payment_intent_id
        moved = select(*owner, (-func.sum(CashMovement.amount)).label("amount")).where(
            books.of(CashMovement), CashMovement.payment_intent_id.is_not(None)).group_by(*owner).subquery()
        aside, total = func.coalesce(PaymentIntent.cash_applied, 0), func.coalesce(moved.c.amount, 0)
        paid, waits = PaymentIntent.status == "succeeded", PaymentIntent.status == "requires_action"
        odd = or_(aside != total, and_(aside > 0, ~or_(and_(paid, aside == PaymentIntent.amount),
                                                       and_(waits, aside < PaymentIntent.amount))))
        shown = PaymentIntent.account_id, PaymentIntent.id, PaymentIntent.status, PaymentIntent.amount
        return select(*shown, aside, total).outerjoin(
            moved, (moved.c.account_id == PaymentIntent.account_id) & (moved.c.payment_intent_id == PaymentIntent.id)).where(
            books.of(PaymentIntent), or_(PaymentIntent.cash_applied.is_not(None), moved.c.amount != 0), odd)

    for account_id, id, status, amount, applied, come_to in books.values(query):
        yield Problem(account_id, "payment_intent", id, f"is {status}, {applied} of {amount} is set aside for it, and the "
                                                        f"movements come to {come_to}")


def cash_is_held_until_it_pays(books: Books) -> Iterator[Problem]:
    """what is held of customers' money is what they have sent and not paid with, set aside or not"""
    keys = ("account_id", "currency", "test_clock_id")

    def sums(table: type[Funds | CashMovement | PaymentIntent], amount: object, *where: object) -> dict[tuple[str, ...], int]:
        columns = [getattr(table, key) for key in keys]
        statement = select(*columns, func.sum(amount)).where(books.of(table), *where).group_by(*columns)  # type: ignore[arg-type]
        return {tuple(key): int(total) for *key, total in books.values(statement)}

    held = sums(Funds, Funds.amount, Funds.holder == CUSTOMER_CASH)
    free = sums(CashMovement, CashMovement.amount)
    aside = sums(PaymentIntent, PaymentIntent.cash_applied, PaymentIntent.cash_applied.is_not(None),
                 PaymentIntent.status != "succeeded")
    for key in sorted({*held, *free, *aside}, key=str):
        there, owed = held.get(key, 0), free.get(key, 0) + aside.get(key, 0)
        if there != owed:
            yield Problem(key[0], "balance", key[1], f"{there} of customers' cash is held, and theirs is {owed}")


def refunds_have_moved_the_cash(books: Books) -> Iterator[Problem]:
    """cash that is refunded has left, and come back if that failed; what came of a payment is what was refunded of it"""
    def query() -> Any:
        owner = CashMovement.account_id, CashMovement.refund_id
        moved = select(*owner, func.sum(CashMovement.amount).label("amount")).where(
            books.of(CashMovement), CashMovement.refund_id.is_not(None)).group_by(*owner).subquery()
        is_cash, is_back = Refund.charge_id.is_(None), Refund.status.in_(("canceled", "failed"))
        came = moved.c.amount.is_not(None) & Refund.instructions_email.is_(None) & (Refund.status == "succeeded")
        found = func.coalesce(moved.c.amount, 0)
        expected = case((is_cash & ~is_back, -Refund.amount), (is_cash, 0), (came, Refund.amount), else_=0)
        return select(Refund.account_id, Refund.id, found, expected).outerjoin(
            moved, (moved.c.account_id == Refund.account_id) & (moved.c.refund_id == Refund.id)).where(
            books.of(Refund), found != expected)

    for account_id, id, amount, owed in books.values(query):
        yield Problem(account_id, Refund.object_name, id, f"has moved {amount} of its customer's cash, and not {owed}")
