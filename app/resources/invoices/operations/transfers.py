"""Bank transfers from customers: they pay what waits for them, of invoices and without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.resources.cash_balances.operations import add_cash, cash_of
from app.resources.customers.tables import Customer
from app.resources.intents import waits_for_transfer
from app.resources.invoices.operations.paying import conclude_attempt
from app.resources.invoices.tables import Invoice
from app.resources.payment_intents.operations import attempt_otherwise, check_applicable
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.payment_methods.operations import make_payment_method
from app.resources.payment_methods.tables import PaymentMethod

_WAITING = Prepared(entity(PaymentIntent).where(
    PaymentIntent.account_id == bindparam("account_id"), PaymentIntent.customer_id == bindparam("customer_id"),
    PaymentIntent.currency == bindparam("currency"), PaymentIntent.status == "requires_action",
).order_by(PaymentIntent.created, PaymentIntent.seq))


def receive_transfer(ctx: Context, customer: Customer, amount: int, currency: str, *, reference: str | None = None) -> None:
    """Money comes from a customer, and pays what waits for it, oldest first, as far as it pays it whole.

    Where the customer's reconciliation mode is manual it waits to be applied. Emits cash_balance.funds_available, then what
    the payments emit.
    """
    add_cash(ctx, customer, amount, currency, reference=reference)
    if customer.cash_reconciliation_mode == "manual":
        return
    for intent in ctx.session.rows(PaymentIntent, _WAITING, account_id=ctx.account_id, customer_id=customer.id,
                                   currency=currency):
        if waits_for_transfer(intent) and intent.amount <= cash_of(customer, currency):
            _pay(ctx, intent)


def apply_customer_balance(ctx: Context, intent: PaymentIntent, values: Mapping[str, Any]) -> None:
    """Pay an intent with what its customer has sent. Emits what a payment emits. Raises InvalidRequest where it cannot be."""
    check_applicable(ctx, intent, values)
    _pay(ctx, intent)


def _pay(ctx: Context, intent: PaymentIntent) -> None:
    invoice = None if intent.invoice_id is None else ctx.find(Invoice, intent.invoice_id)
    intent = ctx.find(PaymentIntent, intent.id)
    method = ctx.get(PaymentMethod, intent.payment_method_id)
    if method is None or method.type != "customer_balance":
        method = make_payment_method(ctx, {"type": "customer_balance"})
    ctx.session.load([intent], "charges")
    charge = attempt_otherwise(ctx, intent, method, authenticated=False, can_wait=False)
    if invoice is not None:
        conclude_attempt(ctx, invoice, intent, charge)
