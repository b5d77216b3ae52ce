"""A platform and the accounts connected to it: what is on their balances, and what moved it."""

from __future__ import annotations

from typing import Any

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.reference import conforms


def id_of(account: Api) -> str:
    return str(account.get("/v1/account")["id"])


def pending(api: Api) -> int:
    return sum(entry["amount"] for entry in api.get("/v1/balance")["pending"])


def total(api: Api) -> int:
    """What an account has, available or pending, in its currencies together."""
    balance = api.get("/v1/balance")
    return sum(entry["amount"] for entries in (balance["available"], balance["pending"]) for entry in entries)


def charge(api: Api, amount: int, *, card: str = "pm_card_visa", **values: Any) -> dict[str, Any]:
    """The charge of a payment by card."""
    intent = api.post("/v1/payment_intents", amount=amount, currency="usd", payment_method=card, confirm=True, **values)
    return dict(intent["charges"]["data"][0])


def moves(api: Api, source: str) -> list[dict[str, Any]]:
    """What moved on the balance for an object, newest first."""
    page = api.get("/v1/balance_transactions", source=source)
    conforms(page)
    return list(page["data"])


def new_types(api: Api, since: int) -> list[str]:
    return api.event_types()[since:]


def healthy(server: Server, *clients: Api) -> None:
    """The doctor finds nothing in the books of these accounts."""
    found = [examine(server.database, account=id_of(client)) for client in clients]
    assert found == [[]] * len(clients), found


def money_types(account: Api) -> list[str]:
    """The types of a connected account's events, oldest first, without those of its onboarding."""
    onboarding = ("account.", "capability.", "person.")
    return [type for type in account.event_types() if not type.startswith(onboarding)]


def send_on(api: Api, account: Api, *, amount: int = 10_000, fee: int = 500, card: str = "pm_card_visa") -> dict[str, Any]:
    """The charge of a payment that is sent on to the account, less a fee."""
    return charge(api, amount, card=card, application_fee_amount=fee, transfer_data={"destination": id_of(account)})
