"""What happens to cash balances: money comes, is set aside for a payment, and goes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.domain.bank_transfers import COUNTRIES, CURRENCIES, EU_COUNTRIES, address_of, shown_cash_balance
from app.domain.ledger import cash_posting
from app.errors import InvalidRequest
from app.events.emit import announce, react
from app.resources.balance.operations import post
from app.resources.cash_balances.tables import CashMovement
from app.resources.customers.tables import Customer


def cash_of(customer: Customer, currency: str) -> int:
    """What the customer has sent and not paid with, in minor units."""
    return int((customer.cash or {}).get(currency, 0))


def receive_cash(ctx: Context, customer: Customer, amount: int, currency: str, *, reference: str | None = None) -> None:
    """The customer has sent money, which pays what waits for it.

    Emits what that emits, and cash_balance.funds_available where something is left. The caller holds the customer.
    """
    post(ctx, cash_posting(amount, currency))
    _use(ctx, customer, _move(ctx, customer, amount, currency, reference=reference))


def return_cash(ctx: Context, customer: Customer, amount: int, currency: str, **columns: Any) -> None:
    """What had been paid, or was on its way to the customer's bank, is their cash again: `columns` say what it was.

    Emits as `receive_cash` does. The caller holds the customer, and has posted the movement where it is one of balances.
    """
    _use(ctx, customer, _move(ctx, customer, amount, currency, **columns))


def send_cash(ctx: Context, customer: Customer, amount: int, currency: str, *, refund_id: str) -> None:
    """The customer's bank gets what they have not paid with. Raises InvalidRequest where it is less; they are held."""
    if cash_of(customer, currency) < amount:
        # Our choice: the words.
        raise InvalidRequest("The customer's cash balance holds less than the amount to refund.", param="amount",
                             code="balance_insufficient")
    post(ctx, cash_posting(-amount, currency))
    _move(ctx, customer, -amount, currency, refund_id=refund_id)


def set_cash_aside(ctx: Context, customer: Customer, intent: Any, amount: int) -> None:
    """Let `amount` be for the payment intent. The caller has seen that it is there, and holds the customer."""
    assert cash_of(customer, intent.currency) >= amount, "nobody pays with more than there is"
    if amount:
        _move(ctx, customer, -amount, intent.currency, payment_intent_id=intent.id)
        intent.cash_applied = (intent.cash_applied or 0) + amount


def release_cash(ctx: Context, intent: Any) -> None:
    """The payment intent does not wait for money any more: what was set aside for it is its customer's again.

    Emits as `receive_cash` does.
    """
    amount, intent.cash_applied = intent.cash_applied, None
    if amount:
        intent.next_action = None
        customer = ctx.find(Customer, intent.customer_id, deleted_too=True)
        return_cash(ctx, customer, amount, intent.currency, payment_intent_id=intent.id)


def instruct(customer: Customer, values: Mapping[str, Any]) -> dict[str, Any]:
    """The `funding_instructions` of a customer: where they send money. Raises InvalidRequest for what does not fit together."""
    transfer = values["bank_transfer"]
    type, currency = transfer["type"], values["currency"]
    # Our choice: the words of these refusals.
    if CURRENCIES[type] != currency:
        raise InvalidRequest(f"Transfers of the type {type} are made in {CURRENCIES[type]}, and not in {currency}.",
                             param="currency")
    country = transfer_country(transfer, param="bank_transfer")
    return {"object": "funding_instructions", "currency": currency, "funding_type": "bank_transfer", "livemode": False,
            "bank_transfer": {"country": country, "financial_addresses": [address_of(customer.id, type, country)],
                              "type": type}}


def transfer_country(transfer: Mapping[str, Any], *, param: str) -> str:
    """Where the account is that a transfer goes to. Raises InvalidRequest for a country without accounts in euro."""
    if transfer["type"] in COUNTRIES:
        return COUNTRIES[transfer["type"]]
    country = str((transfer.get("eu_bank_transfer") or {}).get("country", "")).upper()
    if country not in EU_COUNTRIES:
        raise InvalidRequest(f"Invalid country: must be one of {', '.join(EU_COUNTRIES)}",
                             param=f"{param}[eu_bank_transfer][country]")
    return country


def _use(ctx: Context, customer: Customer, movement: CashMovement) -> None:
    """Let what has come pay, and tell of what is left."""
    react(ctx, "cash_balance.funds_available", movement)
    if cash_of(customer, movement.currency):
        announce(ctx, "cash_balance.funds_available",
                 shown_cash_balance(customer.id, customer.cash, customer.cash_reconciliation_mode))


def _move(ctx: Context, customer: Customer, amount: int, currency: str, **columns: Any) -> CashMovement:
    left = {**(customer.cash or {}), currency: cash_of(customer, currency) + amount}
    customer.cash = {name: value for name, value in left.items() if value} or None
    return ctx.add(CashMovement(amount=amount, currency=currency, customer_id=customer.id,
                                test_clock_id=customer.test_clock_id, **columns))
