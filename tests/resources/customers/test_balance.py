"""The customer's balance: every change of it has its transaction, and the transactions sum to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.clock import FINALIZED, Clock
from tests.support.wall import NEW_YEAR, Wall

MINUTE = 60


def transactions(api: Api, customer: str) -> list[dict[str, Any]]:
    """Oldest first."""
    page = api.get(f"/v1/customers/{customer}/balance_transactions", limit=100)
    assert page["url"] == f"/v1/customers/{customer}/balance_transactions"
    return list(page["data"][::-1])


def moves(api: Api, customer: str) -> list[tuple[str, int, int]]:
    """Type, amount and ending balance, oldest first."""
    return [(each["type"], each["amount"], each["ending_balance"]) for each in transactions(api, customer)]


def test_an_adjustment_by_hand(api: Api, wall: Wall) -> None:
    customer = api.post("/v1/customers")["id"]
    path = f"/v1/customers/{customer}/balance_transactions"
    credit = api.post(path, amount=-500, currency="EUR", description="A gift", metadata={"by": "jenny"})
    assert credit == {
        "id": credit["id"], "object": "customer_balance_transaction", "amount": -500, "created": NEW_YEAR,
        "credit_note": None, "currency": "eur", "customer": customer, "description": "A gift", "ending_balance": -500,
        "invoice": None, "livemode": False, "metadata": {"by": "jenny"}, "type": "adjustment",
    }
    assert credit["id"].startswith("cbtxn_1") and len(credit["id"]) == 30
    created, event = api.events()
    assert created["type"] == "customer.created"
    assert (event["type"], event["data"]["previous_attributes"]) == ("customer.updated", {"balance": 0, "currency": None})
    assert (event["data"]["object"]["balance"], event["data"]["object"]["currency"]) == (-500, "eur")
    wall.advance(MINUTE)
    debt = api.post(path, amount=1500, currency="eur")
    assert (debt["ending_balance"], debt["description"], debt["metadata"]) == (1000, None, {})
    assert api.get(f"/v1/customers/{customer}")["balance"] == 1000
    assert transactions(api, customer) == [credit, debt]
    assert api.get(f"{path}/{credit['id']}", expand=["customer"])["customer"]["id"] == customer
    page = api.get(path, limit=1, starting_after=debt["id"])
    assert (page["data"], page["has_more"]) == ([credit], False)


def test_only_description_and_metadata_change_and_nobody_is_told(api: Api) -> None:
    customer = api.post("/v1/customers")["id"]
    path = f"/v1/customers/{customer}/balance_transactions"
    credit = api.post(path, amount=-500, currency="usd", metadata={"a": "1", "b": "2"})
    before = api.event_types()
    changed = api.post(f"{path}/{credit['id']}", description="A gift", metadata={"a": "", "c": "3"})
    assert changed == credit | {"description": "A gift", "metadata": {"b": "2", "c": "3"}}
    assert api.post(f"{path}/{credit['id']}", metadata="")["metadata"] == {}
    assert api.event_types() == before
    answer = api.refused("POST", f"{path}/{credit['id']}", amount=1)
    assert answer.error["message"] == "Received unknown parameter: amount"


@pytest.mark.parametrize(("params", "message", "code", "param"), [
    ({"currency": "usd"}, "Missing required param: amount.", "parameter_missing", "amount"),
    ({"amount": 1}, "Missing required param: currency.", "parameter_missing", "currency"),
    ({"amount": 1, "currency": "eur"},
     "You cannot combine currencies on a single customer. This customer has had a subscription, coupon, or invoice item "
     "with currency usd", None, "currency"),
    ({"amount": 1, "currency": "usd", "description": "x" * 351},
     "Invalid string: xxxx...xxxx; must be at most 350 characters", None, "description"),
    ({"amount": "1.5", "currency": "usd"}, "Invalid integer: 1.5", "parameter_invalid_integer", "amount"),
])
def test_what_is_refused(api: Api, params: dict[str, Any], message: str, code: str | None, param: str) -> None:
    customer = api.post("/v1/customers")["id"]
    path = f"/v1/customers/{customer}/balance_transactions"
    api.post(path, amount=100, currency="usd")
    answer = api.refused("POST", path, **params)
    assert (answer.status, answer.error["message"]) == (400, message)
    assert (answer.error.get("code"), answer.error["param"]) == (code, param)
    assert moves(api, customer) == [("adjustment", 100, 100)]


def test_anothers_transaction_is_not_found(api: Api) -> None:
    mine, other = api.post("/v1/customers")["id"], api.post("/v1/customers")["id"]
    credit = api.post(f"/v1/customers/{mine}/balance_transactions", amount=-500, currency="usd")
    for customer, id in ((other, credit["id"]), (mine, "cbtxn_x")):
        answer = api.refused("GET", f"/v1/customers/{customer}/balance_transactions/{id}")
        assert (answer.status, answer.error["param"]) == (404, "transaction")
        assert answer.error["message"] == f"No such customer balance transaction: '{id}'"
    answer = api.refused("GET", "/v1/customers/cus_x/balance_transactions")
    assert (answer.status, answer.error["message"]) == (404, "No such customer: 'cus_x'")


def test_setting_the_balance_adjusts_it_by_the_difference(api: Api) -> None:
    customer = api.post("/v1/customers", balance=-300)
    assert (customer["balance"], customer["currency"]) == (-300, None)
    assert api.event_types() == ["customer.created"]
    assert api.post(f"/v1/customers/{customer['id']}", balance=200)["balance"] == 200
    assert api.events()[-1]["data"]["previous_attributes"] == {"balance": -300}
    api.post(f"/v1/customers/{customer['id']}", balance=200)
    assert moves(api, customer["id"]) == [("adjustment", -300, -300), ("adjustment", 500, 200)]
    # The account's currency, where the customer has none yet.
    assert {each["currency"] for each in transactions(api, customer["id"])} == {"usd"}


def test_an_invoice_uses_the_balance_and_gives_it_back(clock: Callable[..., Clock]) -> None:
    jenny = clock("2022-08-01", balance=-800)
    jenny.api.post("/v1/invoiceitems", customer=jenny.customer, amount=2500, currency="usd")
    draft = jenny.api.post("/v1/invoices", customer=jenny.customer, pending_invoice_items_behavior="include")
    jenny.new_events()
    invoice = jenny.api.post(f"/v1/invoices/{draft['id']}/finalize")
    # 2500 - 800
    assert (invoice["amount_due"], invoice["starting_balance"], invoice["ending_balance"]) == (1700, -800, 0)
    jenny.new_events(expect=["customer.updated", *FINALIZED, "payment_intent.created"])
    jenny.api.post(f"/v1/invoices/{draft['id']}/void")
    assert moves(jenny.api, jenny.customer) == [
        ("adjustment", -800, -800), ("applied_to_invoice", 800, 0), ("unapplied_from_invoice", -800, -800)]
    applied = transactions(jenny.api, jenny.customer)[1]
    assert (applied["invoice"], applied["currency"], applied["created"]) == (draft["id"], "usd", jenny.now)
    path = f"/v1/customers/{jenny.customer}/balance_transactions/{applied['id']}"
    assert jenny.api.get(path, expand=["invoice"])["invoice"]["status"] == "void"
    assert jenny.customer_now()["balance"] == -800


def test_too_little_to_be_charged_becomes_debt(clock: Callable[..., Clock]) -> None:
    jenny = clock("2022-08-01", balance=-10)
    for amount in (40, 25):
        jenny.api.post("/v1/invoiceitems", customer=jenny.customer, amount=amount, currency="usd")
        draft = jenny.api.post("/v1/invoices", customer=jenny.customer, pending_invoice_items_behavior="include")
        jenny.api.post(f"/v1/invoices/{draft['id']}/finalize")
    # 40 - 10 = 30 is below the 50 that can be charged; with the next 25 it is 55, and charged.
    assert moves(jenny.api, jenny.customer) == [
        ("adjustment", -10, -10), ("applied_to_invoice", 10, 0), ("invoice_too_small", 30, 30),
        ("applied_to_invoice", -30, 0)]
    first, second = jenny.invoices()
    assert (first["status"], first["amount_due"], first["ending_balance"]) == ("paid", 0, 30)
    assert (second["status"], second["amount_due"], second["starting_balance"]) == ("open", 55, 30)


def test_a_negative_invoice_becomes_credit(clock: Callable[..., Clock]) -> None:
    jenny = clock("2022-08-01")
    jenny.api.post("/v1/invoiceitems", customer=jenny.customer, amount=-334, currency="usd")
    jenny.api.post("/v1/invoices", customer=jenny.customer, pending_invoice_items_behavior="include")
    jenny.advance(hours=1)
    assert moves(jenny.api, jenny.customer) == [("applied_to_invoice", -334, -334)]
