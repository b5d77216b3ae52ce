"""Capabilities of connected accounts, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from app.control.doctor import examine
from tests.support.api import Api
from tests.support.connected import connected, passing
from tests.support.wall import Wall

BOTH = {"card_payments": {"requested": True}, "transfers": {"requested": True}}


def bare(api: Api, type: str = "custom", **params: Any) -> str:
    """An account of which nothing is known yet."""
    return str(api.post("/v1/accounts", type=type, **{"capabilities": BOTH, **params})["id"])


def test_a_capability_is_shown_with_what_it_needs(api: Api) -> None:
    account = bare(api)
    capability = api.get(f"/v1/accounts/{account}/capabilities/card_payments")
    assert (capability["id"], capability["account"], capability["requested"], capability["status"]) == (
        "card_payments", account, True, "inactive")
    assert "tos_acceptance.date" in capability["requirements"]["currently_due"]
    assert capability["requested_at"] == api.get(f"/v1/accounts/{account}")["created"]
    expanded = api.get(f"/v1/accounts/{account}/capabilities/card_payments", expand=["account"])
    assert expanded["account"] == api.get(f"/v1/accounts/{account}")


def test_one_that_was_never_requested_is_shown_too(api: Api) -> None:
    account = bare(api)
    capability = api.get(f"/v1/accounts/{account}/capabilities/ideal_payments")
    assert (capability["requested"], capability["requested_at"], capability["status"]) == (False, None, "unrequested")
    assert capability["requirements"]["currently_due"] != []
    listed = api.get(f"/v1/accounts/{account}/capabilities")
    assert sorted(each["id"] for each in listed["data"]) == ["card_payments", "transfers"]


def test_the_newest_is_listed_first(api: Api, wall: Wall) -> None:
    account = bare(api)
    wall.advance(60)
    api.post(f"/v1/accounts/{account}/capabilities/ideal_payments", requested=True)
    listed = api.get(f"/v1/accounts/{account}/capabilities")
    assert (listed["data"][0]["id"], listed["has_more"], listed["url"]) == (
        "ideal_payments", False, f"/v1/accounts/{account}/capabilities")
    assert listed["data"][0]["requested_at"] == wall.now


def test_asking_for_one_is_told(api: Api) -> None:
    account = connected(api)
    before = len(account.events())
    capability = api.post(f"/v1/accounts/{account.account}/capabilities/ideal_payments", requested=True)
    assert (capability["status"], capability["requested"]) == ("active", True)
    updated, changed = account.events()[before:]
    assert (updated["type"], updated["data"]["previous_attributes"]) == (
        "account.updated", {"capabilities": {"ideal_payments": None}})
    assert (changed["type"], changed["data"]["object"]) == ("capability.updated", capability)
    told = changed["data"]["previous_attributes"]
    assert (told["requested"], told["requested_at"], told["status"]) == (False, None, "unrequested")
    assert {updated["account"], changed["account"]} == {account.account}
    # Asking again changes nothing, and is not told.
    assert api.post(f"/v1/accounts/{account.account}/capabilities/ideal_payments", requested=True) == capability
    assert len(account.events()) == before + 2
    assert api.events() == []
    assert examine(api.server.database, account=api.key) == []


def test_a_custom_account_can_give_one_up(api: Api) -> None:
    account = connected(api)
    given_up = api.post(f"/v1/accounts/{account.account}/capabilities/card_payments", requested=False)
    assert (given_up["requested"], given_up["status"]) == (False, "unrequested")
    assert given_up["requested_at"] is not None
    shown = api.get(f"/v1/accounts/{account.account}")
    assert shown["capabilities"] == {"transfers": "active"} and shown["charges_enabled"]
    again = api.post(f"/v1/accounts/{account.account}", capabilities={"card_payments": {"requested": True}})
    assert again["capabilities"] == {"card_payments": "active", "transfers": "active"}
    assert examine(api.server.database, account=api.key) == []


def test_an_express_account_keeps_what_was_asked_for(api: Api) -> None:
    account = connected(api, "express")
    answer = api.refused("POST", f"/v1/accounts/{account.account}/capabilities/card_payments", requested=False)
    assert (answer.status, answer.error["param"], answer.error["message"]) == (
        400, "requested", "The card_payments capability cannot be unrequested.")
    answer = api.refused("POST", f"/v1/accounts/{account.account}", capabilities={"transfers": {"requested": False}})
    assert (answer.status, answer.error["param"], answer.error["message"]) == (
        400, "capabilities[transfers][requested]", "The transfers capability cannot be unrequested.")


def test_those_of_a_standard_account_are_its_own_business(api: Api) -> None:
    account = bare(api, "standard", capabilities={})
    for method, path in (("GET", ""), ("GET", "/transfers"), ("POST", "/transfers")):
        answer = api.refused(method, f"/v1/accounts/{account}/capabilities{path}")
        assert (answer.status, answer.error["code"], answer.error["message"]) == (403, "oauth_not_supported", (
            f"This application does not have the required permissions for this endpoint on account '{account}'."))


@pytest.mark.parametrize(("country", "name", "offered"), [
    ("US", "affirm_payments", True), ("DE", "affirm_payments", False), ("MX", "oxxo_payments", True),
    ("US", "oxxo_payments", False), ("GB", "bacs_debit_payments", True), ("US", "treasury", True),
    ("DE", "tax_reporting_us_1099_k", False), ("AR", "card_payments", False), ("AR", "transfers", True),
])  # fmt: skip
def test_not_every_country_has_every_capability(api: Api, country: str, name: str, offered: bool) -> None:
    account = bare(api, country=country, capabilities={"transfers": {"requested": True}})
    path = f"/v1/accounts/{account}/capabilities/{name}"
    if offered:
        assert api.post(path, requested=True)["requested"] is True
    else:
        answer = api.refused("POST", path, requested=True)
        assert (answer.status, answer.error["param"], answer.error["message"]) == (
            400, "requested", f"The `{name}` capability is not available in country {country}")


def test_a_name_that_none_has_is_not_found(api: Api) -> None:
    account = bare(api)
    for method in ("GET", "POST"):
        answer = api.refused(method, f"/v1/accounts/{account}/capabilities/flying")
        assert (answer.status, answer.error["code"], answer.error["message"]) == (
            404, "resource_missing", "No such capability: 'flying'")


def test_recipients_take_no_payments(api: Api) -> None:
    account = api.post("/v1/accounts", **passing(
        capabilities={"transfers": {"requested": True}}, tos_acceptance={"service_agreement": "recipient"}))["id"]
    answer = api.refused("POST", f"/v1/accounts/{account}/capabilities/card_payments", requested=True)
    assert (answer.status, answer.error["param"], answer.error["message"]) == (400, "requested", (
        "Accounts under the recipient service agreement cannot request the `card_payments` capability."))
