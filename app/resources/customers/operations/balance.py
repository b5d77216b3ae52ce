"""The customer's balance, and the row that each of its changes leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.domain.metadata import merged
from app.domain.money import AMOUNT_MAX
from app.errors import InvalidRequest
from app.events.emit import tracked
from app.resources.customers.operations.currency import check_currency
from app.resources.customers.tables import Customer, CustomerBalanceTransaction


def change_balance(ctx: Context, customer: Customer, amount: int, *, type: str, currency: str | None = None,
                   description: str | None = None, metadata: Mapping[str, str] | None = None,
                   invoice_id: str | None = None, credit_note_id: str | None = None) -> CustomerBalanceTransaction:
    """Add `amount` (minor units; negative: credit) to the customer's balance; runs inside a `tracked` change of theirs.

    The one place that sets a balance, so that it is always the sum of its transactions. Without a `currency` it is the
    customer's, or the account's where the customer has none yet.
    """
    customer.balance += amount
    return ctx.add(CustomerBalanceTransaction(
        amount=amount, credit_note_id=credit_note_id, currency=currency or customer.currency or ctx.account.default_currency,
        customer_id=customer.id, description=description, ending_balance=customer.balance, invoice_id=invoice_id,
        metadata_=dict(metadata or {}), test_clock_id=customer.test_clock_id, type=type))


def create_balance_transaction(ctx: Context, customer: Customer, values: Mapping[str, Any]) -> CustomerBalanceTransaction:
    """An adjustment by hand. It fixes the customer's currency, and must be in it. Emits customer.updated."""
    if abs(customer.balance + values["amount"]) > AMOUNT_MAX:
        # Our choice: the limit and the words; a balance has to stay a number that invoices can be added to.
        raise InvalidRequest(f"Invalid amount: the balance of customer {customer.id} would become too large.", param="amount")
    check_currency(customer, values["currency"], param="currency")
    with tracked(ctx, customer, "customer.updated"):
        customer.currency = values["currency"]
        return change_balance(
            ctx, customer, values["amount"], type="adjustment", currency=values["currency"],
            description=values.get("description"), metadata=merged({}, values.get("metadata", {})))


def update_balance_transaction(transaction: CustomerBalanceTransaction,
                               values: Mapping[str, Any]) -> CustomerBalanceTransaction:
    """Change description and metadata, the only things that ever change. There is no event for it."""
    if "description" in values:
        transaction.description = values["description"]
    if "metadata" in values:
        transaction.metadata_ = merged(transaction.metadata_, values["metadata"])
    return transaction
