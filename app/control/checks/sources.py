"""What must hold of the cards and bank accounts that customers pay from and that accounts are paid out to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, case, exists, func, or_, select, union_all

from app.control.checks import Books, Problem
from app.resources.customers.tables import Customer
from app.resources.external_accounts.tables import BankAccount, Card
from app.resources.payment_methods.tables import PaymentMethod

_OWN: dict[Any, Any] = {BankAccount: BankAccount.customer_id.is_(None), Card: Card.id.is_not(None)}
"""Which rows are those of accounts."""


def one_external_account_of_a_currency_is_the_default(books: Books) -> Iterator[Problem]:
    """of the bank accounts and cards of an account in a currency, one is the default"""
    def query() -> Any:
        own = union_all(*(select(kind.account_id, kind.currency, kind.default_for_currency.label("is_default")).where(
            books.of(kind), is_own, kind.deleted.is_(False)) for kind, is_own in _OWN.items())).subquery()
        number = func.sum(case((own.c.is_default, 1), else_=0))
        return select(own.c.account_id, own.c.currency, number).group_by(own.c.account_id, own.c.currency).having(number != 1)

    for account_id, currency, defaults in books.values(query):
        yield Problem(account_id, "account", account_id, f"has {defaults} default external accounts for {currency}")


def external_accounts_are_in_a_state(books: Books) -> Iterator[Problem]:
    """new or errored, a customer's verified or verification_failed in its place; no default is deleted or a customer's"""
    for kind, is_own in _OWN.items():
        usual = and_(is_own, kind.status.in_(("errored", "new")), or_(kind.deleted.is_(False), ~kind.default_for_currency))
        of_customer = and_(~is_own, kind.status.in_(("new", "verification_failed", "verified")), ~kind.default_for_currency)
        statement = select(kind.account_id, kind.id, kind.status, kind.default_for_currency).where(
            books.of(kind), ~or_(usual, of_customer))
        for account_id, id, status, is_default in books.values(statement):
            yield Problem(account_id, kind.object_name, id, f"is {status}, and default_for_currency is {bool(is_default)}")


def default_sources_are_the_customers_own(books: Books) -> Iterator[Problem]:
    """a customer's default_source is a payment method or bank account of theirs"""
    def query() -> Any:
        theirs = [exists().where(table.account_id == Customer.account_id, table.id == Customer.default_source_id,
                                 table.customer_id == Customer.id, *there)
                  for table, there in ((PaymentMethod, ()), (BankAccount, (BankAccount.deleted.is_(False),)))]
        return select(Customer.account_id, Customer.id, Customer.default_source_id).where(
            books.of(Customer), Customer.default_source_id.is_not(None), Customer.deleted.is_(False), ~or_(*theirs))

    for account_id, id, named in books.values(query):
        yield Problem(account_id, Customer.object_name, id, f"default_source is {named}, which is not theirs")
