"""Payouts of connected accounts: by the platform with the header, by themselves, and back."""

from __future__ import annotations

from typing import Any

import pytest

from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import DAY, at
from tests.support.connected import connected
from tests.support.marketplace import charge, healthy, id_of, money_types, moves, pending
from tests.support.money import available, fund
from tests.support.wall import Wall

WEDNESDAY = at("2022-08-03 10:00")


@pytest.fixture(autouse=True)
def wednesday(wall: Wall) -> Wall:
    wall.now = WEDNESDAY
    return wall


def seller(api: Api, amount: int, **params: Any) -> Api:
    """A connected account that has been sent an amount, and is not paid out by itself unless `settings` say so."""
    account = connected(api, **params)
    fund(api, amount)
    api.post("/v1/transfers", amount=amount, currency="usd", destination=id_of(account))
    return account


def test_what_an_account_has_is_paid_out_for_it(api: Api, server: Server, wall: Wall) -> None:
    account = seller(api, 9500)
    [own] = account.get("/v1/account")["external_accounts"]["data"]
    payout = account.post("/v1/payouts", amount=9000, currency="usd")
    assert (payout["destination"], payout["status"], payout["automatic"], payout["description"]) == (
        own["id"], "pending", False, None)
    assert (available(account), available(api)) == (500, 0)
    [left] = moves(account, payout["id"])
    assert (left["type"], left["net"], left["description"], left["available_on"], left["status"]) == (
        "payout", -9000, "STRIPE PAYOUT", WEDNESDAY, "available")
    for status in ("in_transit", "paid"):
        wall.now += 2
        server.worker.run_due()
        assert account.get(f"/v1/payouts/{payout['id']}")["status"] == status
    assert money_types(account) == ["payout.created", "payout.updated", "payout.paid"]
    told = account.events(type="payout.paid")[0]
    assert (told["account"], [event for event in api.events() if event["type"].startswith("payout.")]) == (id_of(account), [])
    # It is the account's, and none of the platform's.
    assert api.refused("GET", f"/v1/payouts/{payout['id']}").status == 404
    assert api.get("/v1/payouts")["data"] == []
    healthy(server, api, account)


def test_what_it_has_not_is_not_paid_out(api: Api, server: Server) -> None:
    account = seller(api, 9000)
    fund(api, 50_000)
    [platforms] = api.get("/v1/account")["external_accounts"]["data"]
    for asked, code, param in (({"amount": 9001}, "balance_insufficient", None),
                               ({"amount": 1, "destination": platforms["id"]}, "resource_missing", "destination"),
                               ({"amount": 1, "currency": "eur"}, None, None)):
        refused = account.refused("POST", "/v1/payouts", **{"currency": "usd"} | asked)
        assert (refused.status, refused.error.get("code"), refused.error.get("param")) == (400, code, param)
    # What is still pending is not paid out either.
    taken = charge(api, 10_000)
    api.post("/v1/transfers", currency="usd", destination=id_of(account), source_transaction=taken["id"])
    assert account.refused("POST", "/v1/payouts", amount=9001, currency="usd").error["code"] == "balance_insufficient"
    assert account.post("/v1/payouts", amount=9000, currency="usd")["amount"] == 9000
    assert (available(account), pending(account)) == (0, 10_000)
    healthy(server, api, account)


def test_an_account_that_is_not_enabled_is_not_paid_out(api: Api) -> None:
    account = seller(api, 500)
    api.post(f"/v1/accounts/{id_of(account)}/reject", reason="fraud")
    refused = account.refused("POST", "/v1/payouts", amount=100, currency="usd")
    assert (refused.status, refused.error["code"], refused.error["message"]) == (
        400, "payouts_not_allowed",
        "Cannot create payouts; this account needs further information before it can be paid out.")
    assert available(account) == 500


def test_a_standard_account_is_not_paid_out_by_others(api: Api) -> None:
    standard = connected(api, "standard")
    refused = standard.refused("POST", "/v1/payouts", amount=100, currency="usd")
    assert (refused.status, refused.error["code"]) == (400, "not_allowed_on_standard_account")


def test_a_payout_that_fails_comes_back_to_the_account(api: Api, server: Server, wall: Wall) -> None:
    account = seller(api, 9000, external_account="btok_us_verified_noAccount")
    payout = account.post("/v1/payouts", amount=9000, currency="usd")
    for _ in range(2):
        wall.now += 2
        server.worker.run_due()
    failed = account.get(f"/v1/payouts/{payout['id']}", expand=["failure_balance_transaction", "destination"])
    assert (failed["status"], failed["failure_code"], failed["failure_balance_transaction"]["net"]) == (
        "failed", "no_account", 9000)
    assert (failed["destination"]["status"], available(account), available(api)) == ("errored", 9000, 0)
    assert money_types(account) == ["payout.created", "payout.updated", "payout.failed"]
    assert [event["type"] for event in account.events()][-2:] == ["payout.failed", "account.external_account.updated"]
    assert account.refused("POST", "/v1/payouts", amount=1, currency="usd").error["code"] == "bank_account_unusable"
    healthy(server, api, account)


def test_an_account_is_paid_out_by_itself_each_day(api: Api, server: Server, wall: Wall) -> None:
    # Nothing is chosen of its schedule.
    account = connected(api, settings={})
    taken = charge(api, 10_000)
    sent = api.post("/v1/transfers", amount=7000, currency="usd", destination=id_of(account), source_transaction=taken["id"])
    api.post(f"/v1/transfers/{sent['id']}/reversals", amount=1000)
    # What becomes available on Friday is paid out then, all of it at once.
    wall.now = at("2022-08-05") - 1
    server.worker.run_due()
    assert account.get("/v1/payouts")["data"] == []
    wall.now = at("2022-08-05") + 10
    server.worker.run_due()
    [payout] = account.get("/v1/payouts")["data"]
    assert (payout["amount"], payout["automatic"], payout["description"], payout["created"]) == (
        6000, True, "STRIPE PAYOUT", at("2022-08-05"))
    assert sorted(row["net"] for row in account.get("/v1/balance_transactions", payout=payout["id"])["data"]) == [
        -6000, -1000, 7000]
    assert (available(account), pending(account), api.get("/v1/payouts")["data"]) == (0, 0, [])
    refused = account.refused("POST", f"/v1/payouts/{payout['id']}/cancel")
    assert (refused.status, account.get(f"/v1/payouts/{payout['id']}")["status"]) == (400, "paid")
    healthy(server, api, account)


def test_a_payout_is_fetched_back_once(api: Api, server: Server, wall: Wall) -> None:
    account = seller(api, 5000)
    payout = account.post("/v1/payouts", amount=5000, currency="usd")
    account.post(f"/_sim/payouts/{payout['id']}/settle")
    back = account.post(f"/v1/payouts/{payout['id']}/reverse")
    assert (back["amount"], back["original_payout"], available(account)) == (-5000, payout["id"], 5000)
    wall.now += DAY
    server.worker.run_due()
    assert account.refused("POST", f"/v1/payouts/{payout['id']}/reverse").status == 400
    assert money_types(account) == ["payout.created", "payout.updated", "payout.paid", "payout.updated", "payout.created",
                                    "payout.paid"]
    # With the money there again the transfer can be reversed.
    [sent] = api.get("/v1/transfers")["data"]
    api.post(f"/v1/transfers/{sent['id']}/reversals")
    assert (available(account), available(api)) == (0, 5000)
    healthy(server, api, account)
