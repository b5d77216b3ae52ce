"""Payments with what customers have sent by bank transfer: at once where it is enough, else piece by piece."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.domain.bank_transfers import CURRENCIES
from app.errors import InvalidRequest
from app.events.emit import emit
from app.resources.cash_balances.operations import cash_of, set_cash_aside, transfer_country
from app.resources.customers.tables import Customer
from app.resources.intents import told_to_send, transfer_action, waits_for_transfer
from app.resources.payment_intents.operations.outcomes import await_customer, option
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.payment_methods.tables import PaymentMethod

_TRANSFERS = {currency: type for type, currency in CURRENCIES.items()}


def missing_of(intent: PaymentIntent) -> int:
    """What of the intent's amount has not been set aside yet, in minor units."""
    return intent.amount - (intent.cash_applied or 0)


def pays_with_cash(ctx: Context, intent: PaymentIntent, method: PaymentMethod) -> bool:
    """Whether all that the intent asks for is set aside, after this; else the customer is told where to send the rest.

    Where their cash is reconciled automatically it is taken, the intent of an invoice whole or not at all. Emits
    payment_intent.requires_action, and payment_intent.partially_funded where some is taken, if something is missing.
    """
    # Our choice: the words of these refusals.
    if intent.customer_id is None:
        raise InvalidRequest("You must provide a customer to pay with a customer balance.", code="parameter_missing",
                             param="customer")
    customer = ctx.find(Customer, intent.customer_id, deleted_too=True)
    there = min(cash_of(customer, intent.currency), missing_of(intent))
    if customer.cash_reconciliation_mode != "manual" and not (intent.invoice_id is not None and there < missing_of(intent)):
        set_cash_aside(ctx, customer, intent, there)
    if not missing_of(intent):
        return True
    if option(intent, "funding_type", method.type) != "bank_transfer":
        raise InvalidRequest("The customer's cash balance holds less than the amount to pay, and no funding_type says how "
                             "the rest is to come.", code="balance_insufficient",
                             param="payment_method_options[customer_balance][funding_type]")
    transfer = option(intent, "bank_transfer", method.type) or {"type": _TRANSFERS[intent.currency]}
    if CURRENCIES[transfer["type"]] != intent.currency:
        raise InvalidRequest(
            f"Transfers of the type {transfer['type']} are made in {CURRENCIES[transfer['type']]}, and not in {intent.currency}.",
            param="payment_method_options[customer_balance][bank_transfer][type]")
    country = transfer_country(transfer, param="payment_method_options[customer_balance][bank_transfer]")
    told = told_to_send(intent) or intent.amount
    await_customer(ctx, intent, method, transfer_action(
        ctx, intent.client_secret, customer=customer.id, amount=missing_of(intent), currency=intent.currency,
        type=transfer["type"], country=country))
    if missing_of(intent) != told:
        emit(ctx, "payment_intent.partially_funded", intent)
    return False


def fund_partly(ctx: Context, intent: PaymentIntent, customer: Customer, amount: int) -> None:
    """Set `amount` aside for an intent that waits for more. Emits payment_intent.partially_funded. The customer is held."""
    set_cash_aside(ctx, customer, intent, amount)
    ask_for_rest(intent)
    emit(ctx, "payment_intent.partially_funded", intent)


def ask_for_rest(intent: PaymentIntent) -> None:
    """Let an intent that waits for a transfer say what is missing now."""
    if waits_for_transfer(intent):
        action: dict[str, Any] = intent.next_action or {}
        intent.next_action = action | {action["type"]: action[action["type"]] | {"amount_remaining": missing_of(intent)}}


def amount_to_apply(ctx: Context, intent: PaymentIntent, values: Mapping[str, Any]) -> int:
    """How much of what the customer has sent POST …/apply_customer_balance asks to take, in minor units.

    All that is missing where nothing is named, or for the intent of an invoice, which is not paid in parts. Raises
    InvalidRequest where the intent cannot be paid so, or the customer has sent less.
    """
    if intent.status not in ("requires_payment_method", "requires_action"):
        # Our choice: the words of these refusals.
        raise InvalidRequest(
            f"You cannot apply a customer balance to this PaymentIntent because it has a status of {intent.status}.",
            code="payment_intent_unexpected_state")
    if "customer_balance" not in intent.payment_method_types:
        raise InvalidRequest("You can only apply a customer balance to a PaymentIntent that has customer_balance in its "
                             "payment_method_types.", code="payment_intent_incompatible_payment_method")
    currency, missing = values.get("currency", intent.currency), missing_of(intent)
    if currency != intent.currency:
        raise InvalidRequest(f"The currency of the PaymentIntent is {intent.currency}, and not {currency}.", param="currency")
    amount: int = values.get("amount", missing)
    if amount > missing:
        raise InvalidRequest("The amount to apply is greater than what remains to be paid of the PaymentIntent.",
                             param="amount")
    amount = amount if intent.invoice_id is None else missing
    customer = None if intent.customer_id is None else ctx.find(Customer, intent.customer_id, deleted_too=True)
    if customer is None or cash_of(customer, currency) < amount:
        raise InvalidRequest("The customer's cash balance holds less than the amount to apply.", code="balance_insufficient",
                             param="amount")
    return amount
