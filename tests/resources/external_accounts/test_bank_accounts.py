"""Bank accounts: the one that each sandbox begins with, and further ones."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.reference import conforms

US = {"account_number": "000123456789", "routing_number": "110000000", "country": "US"}


def listed(api: Api) -> list[dict[str, Any]]:
    """Newest first."""
    return list(api.get("/v1/account")["external_accounts"]["data"])


def test_a_sandbox_begins_with_one(api: Api) -> None:
    account = api.get("/v1/account")
    [own] = account["external_accounts"]["data"]
    conforms(own)
    assert own == {
        "id": own["id"], "object": "bank_account", "account": account["id"], "account_holder_name": "Jenny Rosen",
        "account_holder_type": "individual", "account_type": None, "available_payout_methods": ["standard", "instant"],
        "bank_name": "STRIPE TEST BANK", "country": "US", "currency": "usd", "default_for_currency": True,
        "fingerprint": own["fingerprint"], "last4": "6789", "metadata": {}, "routing_number": "110000000", "status": "new"}
    assert own["id"].startswith("ba_1") and len(own["fingerprint"]) == 16
    assert api.event_types() == []


def test_one_of_the_currency_is_the_default(api: Api, server: Server) -> None:
    [own] = listed(api)
    second = api.post("/_sim/bank_accounts", external_account=US | {"account_holder_name": "Jane", "account_type": "savings"},
                      metadata={"a": "1"})
    conforms(second)
    assert (second["default_for_currency"], second["fingerprint"], second["account_type"], second["metadata"]) == (
        False, own["fingerprint"], "savings", {"a": "1"})
    third = api.post("/_sim/bank_accounts", external_account="btok_us_verified_noAccount", default_for_currency=True)
    assert [(each["id"], each["default_for_currency"]) for each in listed(api)] == [
        (third["id"], True), (second["id"], False), (own["id"], False)]
    pounds = api.post("/_sim/bank_accounts", external_account={
        "account_number": "00012345", "routing_number": "108800", "country": "GB", "currency": "gbp"})
    assert (pounds["default_for_currency"], pounds["last4"], pounds["routing_number"]) == (True, "2345", "108800")
    api.post(f"/_sim/bank_accounts/{second['id']}", default_for_currency=True, account_holder_name="June")
    assert [each["default_for_currency"] for each in listed(api)] == [True, False, True, False]
    # That a default is none any more is not for it to say.
    assert api.post(f"/_sim/bank_accounts/{second['id']}", default_for_currency=False)["default_for_currency"] is True
    assert api.event_types() == [
        "account.external_account.created", "account.external_account.updated", "account.external_account.created",
        "account.external_account.created", "account.external_account.updated", "account.external_account.updated"]
    assert examine(server.database, account=api.key) == []


@pytest.mark.parametrize(("number", "country", "routing_number", "currency"), [
    ("000123456789", "CA", "11000-000", "cad"), ("000123456", "AU", "110000", "aud"), ("000123456", "SG", "1100-000", "sgd"),
    ("000123456", "HK", "110-000", "hkd"), ("0001234", "JP", "1100000", "jpy"), ("1100000000000010", "NZ", None, "nzd"),
    ("000000001234567897", "MX", None, "mxn"), ("DE89370400440532013000", "DE", None, "eur"),
    ("FR1420041010050500013M02606", "FR", None, "eur"), ("CH9300762011623852957", "CH", None, "chf"),
    ("AE070331234567890123456", "AE", None, "aed"),
])
def test_other_countries_have_test_numbers_too(api: Api, number: str, country: str, routing_number: str | None,
                                               currency: str) -> None:
    given = {"account_number": number, "country": country, "routing_number": routing_number}
    shown = api.post("/_sim/bank_accounts", external_account=given)
    assert (shown["last4"], shown["country"], shown["currency"], shown["routing_number"]) == (
        number[-4:], country, currency, routing_number)


@pytest.mark.parametrize(("given", "param", "code", "message"), [
    (US | {"account_number": "000123456788"}, "external_account[account_number]", "account_number_invalid",
     "You must use a test bank account number in test mode. Try 000123456789 or see more options at "
     "https://stripe.com/docs/connect/testing#account-numbers."),
    (US | {"routing_number": None}, "external_account[routing_number]", "parameter_missing",
     "Missing required param: external_account[routing_number]."),
    ({"account_number": "000123456789"}, "external_account[country]", "parameter_missing",
     "Missing required param: external_account[country]."),
    ("btok_made_up", "external_account", "resource_missing", "No such token: 'btok_made_up'"),
])
def test_what_is_no_test_account_is_refused(api: Api, given: Any, param: str, code: str, message: str) -> None:
    refused = api.refused("POST", "/_sim/bank_accounts", external_account=given)
    assert (refused.status, refused.error["param"], refused.error["code"], refused.error["message"]) == (
        400, param, code, message)
    assert len(listed(api)) == 1


def test_no_number_is_kept(api: Api, server: Server) -> None:
    api.post("/_sim/bank_accounts", external_account=US | {"account_number": "000222222227"})
    with server.database.reading() as session:
        rows = session.connection.execute(text("SELECT * FROM bank_accounts")).all()
        events = session.connection.execute(text("SELECT data FROM events")).all()
    assert "2227" in str(rows) and "222222227" not in str(rows) + str(events)
