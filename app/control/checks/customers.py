"""What must hold of every customer and of what they own (behaviour reference, 12: 2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from app.control.checks import Books, Problem
from app.domain.search import fold
from app.resources.customers.tables import Customer, CustomerBalanceTransaction, TaxId


def balances_are_sums_of_transactions(books: Books) -> Iterator[Problem]:
    """a customer's balance = Σ amounts of its transactions = ending_balance of the newest"""
    def query() -> Any:
        table = CustomerBalanceTransaction
        numbered = select(
            table.account_id, table.customer_id, table.ending_balance,
            func.sum(table.amount).over(partition_by=(table.account_id, table.customer_id)).label("sum"),
            func.row_number().over(partition_by=(table.account_id, table.customer_id),
                                   order_by=table.seq.desc()).label("place")).where(books.of(table)).subquery()
        newest = (numbered.c.account_id == Customer.account_id) & (numbered.c.customer_id == Customer.id) & (
            numbered.c.place == 1)
        # The transactions of a deleted customer may have gone with the test clock.
        return select(Customer.account_id, Customer.id, Customer.balance, func.coalesce(numbered.c.sum, 0),
                           func.coalesce(numbered.c.ending_balance, 0)).outerjoin(numbered, newest).where(
            books.of(Customer), Customer.deleted.is_(False))

    for account_id, id, balance, total, ending in books.values(query):
        if balance != total or balance != ending:
            yield Problem(account_id, "customer", id, f"balance is {balance}; the transactions sum to {total} and the "
                                                      f"newest ends with {ending}")


def emails_are_found_in_any_case(books: Books) -> Iterator[Problem]:
    """the folded email of a customer, which lists and searches go by, is that of its email"""
    def query() -> Any:
        return select(Customer.account_id, Customer.id, Customer.email, Customer.email_folded).where(
            books.of(Customer), func.coalesce(Customer.email, Customer.email_folded).is_not(None))

    for account_id, id, email, folded in books.values(query):
        if folded != (None if email is None else fold(email)):
            yield Problem(account_id, "customer", id, "email cannot be found by its folded form")


def customers_know_their_tax_ids(books: Books) -> Iterator[Problem]:
    """tax_id_values repeats the customer's tax ids, oldest first"""
    of_customers: dict[tuple[str, str], list[dict[str, str]]] = {}
    statement = select(TaxId.account_id, TaxId.customer_id, TaxId.type, TaxId.value).where(books.of(TaxId))
    for account_id, customer_id, type, value in books.values(statement.order_by(TaxId.seq)):
        of_customers.setdefault((account_id, customer_id), []).append({"type": type, "value": value})
    for row in books.rows(Customer, Customer.deleted.is_(False)):
        known, given = row.tax_id_values or [], of_customers.get((row.account_id, row.id), [])
        if known != given:
            yield Problem(row.account_id, "customer", row.id, f"shows the tax ids {known} on its invoices and has {given}")
