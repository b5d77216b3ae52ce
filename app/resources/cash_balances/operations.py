"""What happens to cash balances: money comes, and pays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.domain.bank_transfers import COUNTRIES, CURRENCIES, EU_COUNTRIES, address_of, shown_cash_balance
from app.errors import InvalidRequest
from app.events.emit import announce
from app.resources.cash_balances.tables import CashMovement
from app.resources.customers.tables import Customer


def cash_of(customer: Customer, currency: str) -> int:
    """What the customer has sent and not paid with, in minor units."""
    return int((customer.cash or {}).get(currency, 0))


def add_cash(ctx: Context, customer: Customer, amount: int, currency: str, *, reference: str | None = None) -> None:
    """The customer has sent money. Emits cash_balance.funds_available. The caller holds the customer."""
    _move(ctx, customer, amount, currency, reference=reference)
    announce(ctx, "cash_balance.funds_available",
             shown_cash_balance(customer.id, customer.cash, customer.cash_reconciliation_mode))


def take_cash(ctx: Context, customer: Customer, amount: int, currency: str, *, payment_intent_id: str) -> None:
    """Pay with what there is. The caller has seen that it is enough, and holds the customer."""
    assert cash_of(customer, currency) >= amount, "nobody pays with more than there is"
    _move(ctx, customer, -amount, currency, payment_intent_id=payment_intent_id)


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


def _move(ctx: Context, customer: Customer, amount: int, currency: str, **columns: Any) -> None:
    ctx.add(CashMovement(amount=amount, currency=currency, customer_id=customer.id, test_clock_id=customer.test_clock_id,
                         **columns))
    left = {**(customer.cash or {}), currency: cash_of(customer, currency) + amount}
    customer.cash = {name: value for name, value in left.items() if value} or None
