"""Bank transfers from customers: they pay what waits for them, of invoices and without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.bank_transfers import Waiting, shares_of
from app.resources.cash_balances.operations import cash_of, set_cash_aside
from app.resources.cash_balances.tables import CashMovement
from app.resources.customers.tables import Customer
from app.resources.intents import waits_for_transfer
from app.resources.invoices.operations.paying import conclude_attempt
from app.resources.invoices.tables import Invoice
from app.resources.payment_intents.operations import amount_to_apply, attempt_otherwise, fund_partly, missing_of
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.payment_methods.operations import make_payment_method
from app.resources.payment_methods.tables import PaymentMethod

_UNPAID = Prepared(entity(PaymentIntent).where(
    PaymentIntent.account_id == bindparam("account_id"), PaymentIntent.customer_id == bindparam("customer_id"),
    PaymentIntent.currency == bindparam("currency"),
    (PaymentIntent.status == "requires_action") | (PaymentIntent.status == "requires_payment_method"),
).order_by(PaymentIntent.created, PaymentIntent.seq))


def cash_came(ctx: Context, movement: CashMovement) -> None:
    """Let what a customer has sent, or got back, pay what waits for it, unless it waits to be applied by hand.

    Emits what the payments emit, and payment_intent.partially_funded for the one that gets only a part of what it needs.
    """
    customer = ctx.find(Customer, movement.customer_id, deleted_too=True)
    if customer.cash_reconciliation_mode == "manual":
        return
    waiting = [intent for intent in ctx.session.rows(PaymentIntent, _UNPAID, account_id=ctx.account_id,
                                                     customer_id=customer.id, currency=movement.currency)
               if _waits(ctx, intent)]
    shares = shares_of(cash_of(customer, movement.currency), [_shown(ctx, intent) for intent in waiting], movement.reference)
    for place, amount in shares:
        apply_cash(ctx, waiting[place], amount)


def apply_customer_balance(ctx: Context, intent: PaymentIntent, values: Mapping[str, Any]) -> None:
    """Pay an intent, or a part of it, with what its customer has sent. Raises InvalidRequest where it cannot be.

    Emits what a payment emits, or payment_intent.partially_funded.
    """
    apply_cash(ctx, intent, amount_to_apply(ctx, intent, values))


def apply_cash(ctx: Context, intent: PaymentIntent, amount: int) -> None:
    """Take `amount` of what the intent's customer has sent for it; the payment is made when that is all that it needs."""
    invoice = None if intent.invoice_id is None else ctx.find(Invoice, intent.invoice_id)
    intent = ctx.find(PaymentIntent, intent.id)
    customer = ctx.find(Customer, intent.customer_id or "", deleted_too=True)
    if waits_for_transfer(intent) and amount < missing_of(intent):
        fund_partly(ctx, intent, customer, amount)
        return
    set_cash_aside(ctx, customer, intent, amount)
    method = ctx.get(PaymentMethod, intent.payment_method_id)
    if method is None or method.type != "customer_balance":
        method = make_payment_method(ctx, {"type": "customer_balance"})
    ctx.session.load([intent], "charges")
    charge = attempt_otherwise(ctx, intent, method, authenticated=False, can_wait=False)
    if invoice is not None:
        conclude_attempt(ctx, invoice, intent, charge)


def _waits(ctx: Context, intent: PaymentIntent) -> bool:
    """Whether a transfer is to pay the intent: its customer was told so, or an open invoice lets them pay by transfer."""
    if waits_for_transfer(intent):
        return True
    if intent.invoice_id is None or intent.status != "requires_payment_method":
        return False
    invoice = ctx.get(Invoice, intent.invoice_id)
    return "customer_balance" in intent.payment_method_types and invoice is not None and invoice.status == "open"


def _shown(ctx: Context, intent: PaymentIntent) -> Waiting:
    invoice = ctx.get(Invoice, intent.invoice_id)
    return Waiting(missing_of(intent), invoice is not None, None if invoice is None else invoice.number)
