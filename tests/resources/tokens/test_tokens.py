"""Tokens: what a browser makes of a card or a bank account, and a server uses once."""

from __future__ import annotations

from typing import Any

import pytest

from app.wire.auth import add_key
from tests.support.api import Api
from tests.support.reference import conforms
from tests.support.rows import everything, row_counts

CARD = {"number": "5555555555554444", "exp_month": 8, "exp_year": 2060, "cvc": "314"}
BANK = {"country": "US", "currency": "usd", "routing_number": "110000000", "account_number": "000111111116",
        "account_holder_name": "Jane Austen", "account_holder_type": "individual"}


def refused(api: Api, path: str, **params: Any) -> tuple[int, str | None, str | None, str]:
    """What a call is refused with; that it left nothing is checked as well."""
    # The sandbox may be opened by this very call.
    api.get("/v1/account")
    before = row_counts(api.server)
    answer = api.refused("POST", path, **params)
    assert row_counts(api.server) == before
    return answer.status, answer.error.get("code"), answer.error.get("param"), answer.error["message"]


def used_twice(token: dict[str, Any], param: str) -> tuple[int, str, str, str]:
    return 400, "token_already_used", param, f"You cannot use a Stripe token more than once: {token['id']}."


def test_a_card_by_its_number(api: Api) -> None:
    token = api.post("/v1/tokens", card=CARD | {
        "name": "Jenny", "address_line1": "1 Main St", "address_zip": "94111", "address_country": "US", "currency": "usd"})
    assert token["id"].startswith("tok_1") and token["card"]["id"].startswith("card_1")
    fingerprint = api.post("/v1/payment_methods", type="card", card=CARD)["card"]["fingerprint"]
    assert token == {
        "id": token["id"], "object": "token",
        "card": {
            "id": token["card"]["id"], "object": "card", "address_city": None, "address_country": "US",
            "address_line1": "1 Main St", "address_line1_check": "unchecked", "address_line2": None, "address_state": None,
            "address_zip": "94111", "address_zip_check": "unchecked", "brand": "MasterCard", "country": "US",
            "currency": "usd", "cvc_check": "unchecked", "dynamic_last4": None, "exp_month": 8, "exp_year": 2060,
            "fingerprint": fingerprint, "funding": "credit", "last4": "4444", "metadata": {}, "name": "Jenny",
            "tokenization_method": None},
        "client_ip": "127.0.0.1", "created": token["created"], "livemode": False, "type": "card", "used": False}
    conforms(token)
    assert api.get(f"/v1/tokens/{token['id']}") == token
    bare = api.post("/v1/tokens", card={"number": "378282246310005", "exp_month": 1, "exp_year": 61})["card"]
    assert (bare["brand"], bare["exp_year"], bare["cvc_check"], bare["address_line1_check"]) == (
        "American Express", 2061, None, None)
    assert "currency" not in bare
    # No event tells of tokens.
    assert api.event_types() == []


def test_a_token_pays_once_wherever_a_magic_name_does(api: Api) -> None:
    def token(**card: Any) -> dict[str, Any]:
        return api.post("/v1/tokens", card=CARD | card)

    charged = token(name="Jenny")
    charge = api.post("/v1/charges", amount=1000, currency="usd", source=charged["id"])
    assert (charge["paid"], charge["payment_method_details"]["card"]["last4"], charge["billing_details"]["name"]) == (
        True, "4444", "Jenny")
    assert api.get(f"/v1/tokens/{charged['id']}") == charged | {"used": True}
    assert refused(api, "/v1/charges", amount=1000, currency="usd", source=charged["id"]) == used_twice(charged, "source")
    assert refused(api, "/v1/customers", source=charged["id"]) == used_twice(charged, "source")
    as_card = token()
    assert api.post("/v1/charges", amount=1000, currency="usd", card=as_card["id"])["paid"]

    first = token()
    customer = api.post("/v1/customers", source=first["id"])
    method = api.get(f"/v1/payment_methods/{customer['default_source']}")
    assert (method["customer"], method["card"]["last4"], method["card"]["checks"]["cvc_check"]) == (
        customer["id"], "4444", "pass")
    second = token(number="4242424242424242")
    changed = api.post(f"/v1/customers/{customer['id']}", source=second["id"])
    assert changed["default_source"] != customer["default_source"]
    assert refused(api, f"/v1/customers/{customer['id']}", source=second["id"]) == used_twice(second, "source")
    third = token()
    assert api.post(f"/v1/customers/{customer['id']}", card=third["id"])["default_source"] != changed["default_source"]

    made = token(address_zip="94111")
    method = api.post("/v1/payment_methods", type="card", card={"token": made["id"]}, billing_details={"email": "j@x.org"})
    assert (method["billing_details"]["address"]["postal_code"], method["billing_details"]["email"]) == ("94111", "j@x.org")
    conforms(method)
    assert refused(api, "/v1/payment_methods", type="card", card={"token": made["id"]}) == used_twice(made, "card[token]")
    inside = token()
    intent = api.post("/v1/payment_intents", amount=1000, currency="usd", confirm=True,
                      payment_method_data={"type": "card", "card": {"token": inside["id"]}})
    assert intent["status"] == "succeeded"
    assert refused(api, "/v1/payment_intents", amount=1000, currency="usd", payment_method_data={
        "type": "card", "card": {"token": inside["id"]}})[1] == "token_already_used"


def test_a_card_keeps_what_its_number_causes(api: Api) -> None:
    declining = api.post("/v1/tokens", card=CARD | {"number": "4000000000000002"})
    assert refused(api, "/v1/customers", source=declining["id"]) == (402, "card_declined", "", "Your card was declined.")
    # What was refused has used nothing.
    assert api.get(f"/v1/tokens/{declining['id']}")["used"] is False
    # A charge that is declined stays, and so does what it used.
    answer = api.call("POST", "/v1/charges", {"amount": 1000, "currency": "usd", "source": declining["id"]})
    assert (answer.status, answer.error["code"]) == (402, "card_declined")
    assert api.get(f"/v1/tokens/{declining['id']}")["used"] is True


def test_a_card_of_a_customer(api: Api) -> None:
    customer = api.post("/v1/customers", source="tok_visa")
    other = api.post("/v1/customers", payment_method="pm_card_mastercard")
    (card,) = api.get("/v1/payment_methods", customer=other["id"], type="card")["data"]
    default = api.post("/v1/tokens", customer=customer["id"])
    assert (default["card"]["brand"], default["card"]["last4"], default["card"]["cvc_check"]) == ("Visa", "4242", "pass")
    named = api.post("/v1/tokens", customer=other["id"], card=card["id"])
    assert (named["card"]["last4"], named["card"]["fingerprint"]) == ("4444", card["card"]["fingerprint"])
    conforms(named)
    assert api.post("/v1/charges", amount=1000, currency="usd", source=named["id"])["customer"] is None
    assert refused(api, "/v1/tokens", customer=customer["id"], card=card["id"]) == (
        400, "resource_missing", "card", f"No such card: '{card['id']}'")
    assert refused(api, "/v1/tokens", customer="cus_x") == (
        400, "resource_missing", "customer", "No such customer: 'cus_x'")
    assert refused(api, "/v1/tokens", customer=other["id"]) == (
        400, "parameter_missing", "card", f"Customer {other['id']} has no card to make a token of.")
    assert refused(api, "/v1/tokens", customer=customer["id"], card=CARD) == (
        400, None, "card", "With a `customer` the card must be the id of one of their cards.")
    assert refused(api, "/v1/tokens", card=card["id"]) == (
        400, "parameter_missing", "customer", "A card that is named by its id needs the `customer` whose card it is.")


def test_a_bank_account_becomes_an_external_account_once(api: Api) -> None:
    token = api.post("/v1/tokens", bank_account=BANK)
    shown = token["bank_account"]
    assert token["id"].startswith("btok_1") and shown["id"].startswith("ba_1")
    assert token == {
        "id": token["id"], "object": "token",
        "bank_account": {
            "id": shown["id"], "object": "bank_account", "account_holder_name": "Jane Austen",
            "account_holder_type": "individual", "account_type": None, "bank_name": "STRIPE TEST BANK", "country": "US",
            "currency": "usd", "fingerprint": shown["fingerprint"], "last4": "1116", "routing_number": "110000000",
            "status": "new"},
        "client_ip": "127.0.0.1", "created": token["created"], "livemode": False, "type": "bank_account", "used": False}
    conforms(token)
    path = "/_sim/bank_accounts"
    added = api.post(path, external_account=token["id"])
    assert {name: added[name] for name in ("last4", "fingerprint", "account_holder_name", "routing_number")} == {
        name: shown[name] for name in ("last4", "fingerprint", "account_holder_name", "routing_number")}
    assert refused(api, path, external_account=token["id"]) == used_twice(token, "external_account")
    pii = api.post("/v1/tokens", pii={"id_number": "1"})
    for wrong in (pii["id"], "btok_x"):
        assert refused(api, path, external_account=wrong) == (
            400, "resource_missing", "external_account", f"No such token: '{wrong}'")
    assert refused(api, "/v1/payment_methods", type="card", card={"token": token["id"]}) == (
        400, "resource_missing", "card[token]", f"No such token: '{token['id']}'")
    assert refused(api, "/v1/tokens", bank_account=BANK | {"account_number": "12345678"}) == (
        400, "account_number_invalid", "bank_account[account_number]",
        "You must use a test bank account number in test mode. Try 000123456789 or see more options at "
        "https://stripe.com/docs/connect/testing#account-numbers.")
    assert refused(api, "/v1/tokens", bank_account={"country": "US", "account_number": "000123456789"}) == (
        400, "parameter_missing", "bank_account[routing_number]", "Missing required param: bank_account[routing_number].")


def test_numbers_and_codes_are_not_kept(api: Api) -> None:
    pii = api.post("/v1/tokens", pii={"id_number": "987654321"})
    code = api.post("/v1/tokens", cvc_update={"cvc": "7316"})
    assert (pii["id"][:5], code["id"][:8]) == ("pii_1", "cvctok_1")
    for token, type in ((pii, "pii"), (code, "cvc_update")):
        conforms(token)
        assert token == {"id": token["id"], "object": "token", "client_ip": "127.0.0.1", "created": token["created"],
                         "livemode": False, "type": type, "used": False}
        assert api.get(f"/v1/tokens/{token['id']}") == token
    api.post("/v1/tokens", card=CARD | {"cvc": "8259"})
    api.post("/v1/tokens", bank_account=BANK)
    api.server.recorder.flush()
    kept = everything(api.server)
    # Short codes stand inside longer numbers of others, so they are looked for as whole values.
    for secret in ("987654321", "'7316'", '"7316"', "'8259'", '"8259"', CARD["number"], BANK["account_number"]):
        assert str(secret) not in kept


@pytest.mark.parametrize(("params", "status", "code", "param", "message"), [
    ({}, 400, "parameter_missing", "card",
     "You must supply a card, customer, bank account, PII data or CVC update to create a token."),
    ({"card": CARD, "pii": {"id_number": "1"}}, 400, None, None,
     "You may only specify one of these parameters: card, pii."),
    ({"customer": "cus_x", "pii": {"id_number": "1"}}, 400, None, "customer",
     "A `customer` can only be given for a token of one of their cards."),
    ({"card": {"exp_month": 8, "exp_year": 2060}}, 400, "parameter_missing", "card[number]",
     "Missing required param: card[number]."),
    ({"card": CARD | {"number": "4242424242424241"}}, 402, "incorrect_number", "number", "Your card number is incorrect."),
    ({"card": CARD | {"number": "4242"}}, 402, "invalid_number", "number",
     "The card number is not a valid credit card number."),
    ({"card": CARD | {"exp_month": 13}}, 402, "invalid_expiry_month", "exp_month",
     "Your card's expiration month is invalid."),
    ({"card": CARD | {"exp_year": 1999}}, 402, "invalid_expiry_year", "exp_year", "Your card's expiration year is invalid."),
    ({"card": CARD | {"cvc": "99"}}, 402, "invalid_cvc", "cvc", "Your card's security code is invalid."),
    ({"cvc_update": {"cvc": "99"}}, 402, "invalid_cvc", "cvc", "Your card's security code is invalid."),
    ({"card": CARD, "foo": "1"}, 400, "parameter_unknown", "foo", "Received unknown parameter: foo"),
])
def test_what_cannot_be_a_token(api: Api, params: dict[str, Any], status: int, code: str | None, param: str | None,
                                message: str) -> None:
    assert refused(api, "/v1/tokens", **params) == (status, code, param, message)


def test_what_is_no_token(api: Api) -> None:
    for id in ("tok_x", "tok_visa"):
        error = api.refused("GET", f"/v1/tokens/{id}").error
        assert (error["code"], error["param"], error["message"]) == ("resource_missing", "token", f"No such token: '{id}'")
    pii = api.post("/v1/tokens", pii={"id_number": "1"})
    for path, params, param in (
            ("/v1/charges", {"amount": 1000, "currency": "usd", "source": "tok_x"}, "source"),
            ("/v1/customers", {"source": "tok_x"}, "source"),
            ("/v1/customers", {"source": pii["id"]}, "source"),
            ("/v1/payment_methods", {"type": "card", "card": {"token": pii["id"]}}, "card[token]")):
        wrong = params.get("source") or pii["id"]
        assert refused(api, path, **params) == (400, "resource_missing", param, f"No such token: '{wrong}'")


def test_a_browser_makes_tokens_but_of_no_customer(api: Api) -> None:
    account, customer = api.get("/v1/account")["id"], api.post("/v1/customers", source="tok_visa")
    with api.server.database.writing() as session:
        add_key(session, account, "pk_test_" + account[5:])
    browser = Api(api.server, "pk_test_" + account[5:])
    token = browser.post("/v1/tokens", card=CARD)
    assert browser.get(f"/v1/tokens/{token['id']}") == api.get(f"/v1/tokens/{token['id']}") == token
    refusal = browser.call("POST", "/v1/tokens", {"customer": customer["id"]})
    assert (refusal.status, refusal.error["code"]) == (401, "secret_key_required")
    assert api.post("/v1/charges", amount=1000, currency="usd", source=token["id"])["paid"]
    # Another sandbox has no such token.
    other = Api(api.server, "sk_test_another_sandbox")
    assert other.refused("POST", "/v1/charges", amount=1000, currency="usd", source=token["id"]).error["message"] == (
        f"No such token: '{token['id']}'")
