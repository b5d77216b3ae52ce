"""Invoices and subscriptions that are paid from a bank account of the older sources API: the bank answers days later."""

from __future__ import annotations

from typing import Any

import pytest

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import DAY, HOUR, at
from tests.support.wall import Wall

SUBSCRIPTIONS = "/v1/subscriptions"
GOOD, BAD, UNVERIFIED = "btok_us_verified", "btok_us_verified_noAccount", "btok_us"


@pytest.fixture
def slow(api: Api) -> Api:
    """A sandbox in which banks answer after a minute."""
    api.post("/_sim/settings", bank_debit_settles_after_s=60)
    return api


def begin(api: Api, token: str, **values: Any) -> tuple[str, dict[str, Any]]:
    """A customer with the bank account, and a subscription of theirs for 20.00 a month, its first invoice and charge inside."""
    customer = api.post("/v1/customers", source=token)["id"]
    price = api.post("/v1/prices", currency="usd", unit_amount=2000, recurring={"interval": "month"},
                     product_data={"name": "Gold"})["id"]
    return customer, api.post(SUBSCRIPTIONS, customer=customer, items=[{"price": price}],
                              expand=["latest_invoice.charge", "latest_invoice.payment_intent"], **values)


def invoice_of(api: Api, subscription: dict[str, Any]) -> dict[str, Any]:
    return api.get(f"/v1/invoices/{subscription['latest_invoice']['id']}", expand=["payment_intent", "charge"])


def test_a_bank_pays_for_a_subscription(slow: Api, server: Server, wall: Wall) -> None:
    customer, subscription = begin(slow, GOOD)
    invoice = subscription["latest_invoice"]
    account = slow.get(f"/v1/customers/{customer}")["default_source"]
    charge, intent = invoice["charge"], invoice["payment_intent"]
    # It is active while the bank thinks.
    assert (subscription["status"], invoice["status"], intent["status"], charge["status"]) == (
        "active", "open", "processing", "pending")
    assert (charge["id"][:3], charge["payment_method"], charge["payment_method_details"]["type"], intent["payment_method"]) == (
        "py_", account, "ach_debit", None)
    seen = len(slow.event_types())
    wall.advance(60)
    server.worker.run_due()
    assert slow.event_types()[seen:] == [
        "charge.succeeded", "payment_intent.succeeded", "invoice.updated", "invoice.paid", "invoice.payment_succeeded"]
    paid = invoice_of(slow, subscription)
    assert (paid["status"], paid["amount_paid"], paid["charge"]["id"], paid["payment_intent"]["status"]) == (
        "paid", 2000, charge["id"], "succeeded")
    row = slow.get(f"/v1/balance_transactions/{charge['balance_transaction']}")
    # 2.9 % of 20.00, and 0.30.
    assert (row["type"], row["amount"], row["fee"]) == ("payment", 2000, 88)
    assert examine(server.database, account=slow.key) == []


def test_a_bank_refuses_and_is_asked_again(slow: Api, server: Server, wall: Wall) -> None:
    wall.now = at("2022-08-03 10:00")
    customer, subscription = begin(slow, BAD, trial_end=wall.now + DAY)
    # The trial is over, and an hour later its invoice is collected.
    for seconds in (DAY, HOUR):
        wall.advance(seconds)
        server.worker.run_due()
    subscription = slow.get(f"{SUBSCRIPTIONS}/{subscription['id']}", expand=["latest_invoice"])
    assert (subscription["status"], invoice_of(slow, subscription)["payment_intent"]["status"]) == ("active", "processing")
    seen = len(slow.event_types())
    wall.advance(60)
    server.worker.run_due()
    invoice = invoice_of(slow, subscription)
    assert slow.event_types()[seen:] == [
        "payment_intent.payment_failed", "charge.failed", "invoice.payment_failed", "invoice.updated", "customer.updated",
        "customer.subscription.updated"]
    assert slow.get(f"{SUBSCRIPTIONS}/{subscription['id']}")["status"] == "past_due"
    error = invoice["payment_intent"]["last_payment_error"]
    assert (error["code"], error["source"]["object"], "payment_method" in error) == ("no_account", "bank_account", False)
    assert (invoice["status"], invoice["attempt_count"], invoice["charge"]["failure_code"]) == ("open", 1, "no_account")
    # Another account pays at the next attempt, which the schedule of retries makes.
    other = slow.post(f"/v1/customers/{customer}/sources", source=GOOD)["id"]
    slow.post(f"/v1/customers/{customer}", default_source=other)
    wall.now = invoice["next_payment_attempt"]
    server.worker.run_due()
    assert invoice_of(slow, subscription)["payment_intent"]["status"] == "processing"
    wall.advance(60)
    server.worker.run_due()
    assert invoice_of(slow, subscription)["status"] == "paid"
    assert slow.get(f"{SUBSCRIPTIONS}/{subscription['id']}")["status"] == "active"
    assert examine(server.database, account=slow.key) == []


@pytest.mark.parametrize(("token", "status", "standing"), [(GOOD, "paid", "active"), (BAD, "open", "past_due")])
def test_banks_answer_when_the_clock_has_arrived(api: Api, server: Server, token: str, status: str, standing: str) -> None:
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=at("2022-08-01"))["id"]
    customer = api.post("/v1/customers", test_clock=clock, source=token)["id"]
    price = api.post("/v1/prices", currency="usd", unit_amount=2000, recurring={"interval": "month"},
                     product_data={"name": "Gold"})["id"]
    subscription = api.post(SUBSCRIPTIONS, customer=customer, items=[{"price": price}], trial_end=at("2022-08-08"))["id"]
    api.post(f"/v1/test_helpers/test_clocks/{clock}/advance", frozen_time=at("2022-08-08") + 2 * HOUR)
    server.worker.run_due()
    now = api.get(f"{SUBSCRIPTIONS}/{subscription}", expand=["latest_invoice"])
    assert (now["latest_invoice"]["status"], now["status"]) == (status, standing)
    api.post(f"/v1/test_helpers/test_clocks/{clock}/advance", frozen_time=at("2022-08-08") + 2 * DAY)
    server.worker.run_due()
    assert examine(server.database, account=api.key) == []


def test_what_is_not_verified_pays_nothing(api: Api, server: Server) -> None:
    customer = api.post("/v1/customers", source=UNVERIFIED)["id"]
    api.post("/v1/invoiceitems", customer=customer, amount=1500, currency="usd")
    invoice = api.post("/v1/invoices", customer=customer, pending_invoice_items_behavior="include")["id"]
    api.post(f"/v1/invoices/{invoice}/finalize", auto_advance=False)
    refused = api.refused("POST", f"/v1/invoices/{invoice}/pay")
    assert (refused.status, refused.error["code"]) == (400, "bank_account_unverified")
    price = api.post("/v1/prices", currency="usd", unit_amount=2000, recurring={"interval": "month"},
                     product_data={"name": "Gold"})["id"]
    refused = api.refused("POST", SUBSCRIPTIONS, customer=customer, items=[{"price": price}])
    assert (refused.status, refused.error["code"]) == (400, "bank_account_unverified")
    assert api.get("/v1/charges", customer=customer)["data"] == []
    account = api.get(f"/v1/customers/{customer}")["default_source"]
    api.post(f"/v1/customers/{customer}/sources/{account}/verify", amounts=[32, 45])
    api.post("/_sim/settings", bank_debit_settles_after_s=0)
    paid = api.post(f"/v1/invoices/{invoice}/pay", source=account)
    assert (paid["status"], paid["amount_paid"]) == ("paid", 1500)
    assert examine(server.database, account=api.key) == []


def test_a_bank_account_pays_in_its_currency(api: Api) -> None:
    customer = api.post("/v1/customers", source=GOOD)["id"]
    api.post("/v1/invoiceitems", customer=customer, amount=1500, currency="eur")
    invoice = api.post("/v1/invoices", customer=customer, pending_invoice_items_behavior="include")["id"]
    api.post(f"/v1/invoices/{invoice}/finalize", auto_advance=False)
    refused = api.refused("POST", f"/v1/invoices/{invoice}/pay")
    assert (refused.status, refused.error["param"]) == (400, "currency")
