"""Sources of customers: cards, which are payment methods as well, and bank accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import Clock, at
from tests.support.reference import conforms
from tests.support.wall import Wall

BANK = {"account_number": "000123456789", "routing_number": "110000000", "country": "US", "currency": "usd",
        "account_holder_name": "Jane Austen", "account_holder_type": "individual"}
NUMBERS = {"number": "4000056655665556", "exp_month": 8, "exp_year": 2034, "cvc": "314", "name": "Jane",
           "address_line1": "1 Main St", "address_zip": "94107"}


@pytest.fixture
def url(api: Api) -> str:
    """The sources of a customer who has none."""
    return f"/v1/customers/{api.post('/v1/customers')['id']}/sources"


def customer_of(api: Api, url: str) -> dict[str, Any]:
    return api.get(url.removesuffix("/sources"))


def ids(api: Api, url: str, **params: Any) -> list[str]:
    return [each["id"] for each in api.get(url, **params)["data"]]


def test_a_card_comes_by_a_token(api: Api, server: Server, url: str) -> None:
    customer = customer_of(api, url)
    card = api.post(url, source="tok_mastercard", metadata={"a": "1"})
    conforms(card)
    assert card["id"].startswith("card_1")
    assert card == {
        "id": card["id"], "object": "card", "address_city": None, "address_country": None, "address_line1": None,
        "address_line1_check": None, "address_line2": None, "address_state": None, "address_zip": None,
        "address_zip_check": None, "brand": "MasterCard", "country": "US", "customer": customer["id"], "cvc_check": "pass",
        "dynamic_last4": None, "exp_month": 12, "exp_year": 2034, "fingerprint": card["fingerprint"], "funding": "credit",
        "last4": "4444", "metadata": {"a": "1"}, "name": None, "tokenization_method": None}
    assert customer_of(api, url)["default_source"] == card["id"]
    assert api.event_types() == [
        "customer.created", "customer.source.created", "payment_method.attached", "customer.updated"]
    created, attached, updated = api.events()[1:]
    assert created["data"]["object"] == card
    method = api.get(f"/v1/payment_methods/{card['id']}")
    assert attached["data"]["object"] == method
    assert (method["object"], method["card"]["brand"], method["customer"]) == ("payment_method", "mastercard", customer["id"])
    assert updated["data"]["previous_attributes"] == {"default_source": None}
    assert api.get(f"{url}/{card['id']}") == card
    assert api.get(f"{url}/{card['id']}", expand=["customer"])["customer"]["id"] == customer["id"]
    assert examine(server.database, account=api.key) == []


@pytest.mark.parametrize("given", [{"source": NUMBERS | {"object": "card"}}, {"card": NUMBERS}], ids=["source", "card"])
def test_a_card_comes_by_its_numbers(api: Api, url: str, given: dict[str, Any]) -> None:
    card = api.post(url, **given)
    assert {name: card[name] for name in (
        "brand", "funding", "last4", "exp_month", "exp_year", "name", "address_line1", "address_zip", "cvc_check",
        "address_line1_check", "address_zip_check")} == {
        "brand": "Visa", "funding": "debit", "last4": "5556", "exp_month": 8, "exp_year": 2034, "name": "Jane",
        "address_line1": "1 Main St", "address_zip": "94107", "cvc_check": "pass", "address_line1_check": "pass",
        "address_zip_check": "pass"}


@pytest.mark.parametrize("given", [
    {"source": BANK | {"object": "bank_account"}}, {"bank_account": BANK}, {"source": "btok_us"}])
def test_a_bank_account_comes_by_its_number_or_a_token(api: Api, server: Server, url: str, given: dict[str, Any]) -> None:
    added = api.post(url, **given)
    named = "source" not in given or isinstance(given["source"], dict)
    assert added == {
        "id": added["id"], "object": "bank_account", "account_holder_name": "Jane Austen" if named else None,
        "account_holder_type": "individual" if named else None, "account_type": None, "bank_name": "STRIPE TEST BANK",
        "country": "US", "currency": "usd", "customer": customer_of(api, url)["id"], "fingerprint": added["fingerprint"],
        "last4": "6789", "metadata": {}, "routing_number": "110000000", "status": "new"}
    assert api.event_types() == ["customer.created", "customer.source.created", "customer.updated"]
    assert api.events()[1]["data"]["object"] == added
    assert customer_of(api, url)["default_source"] == added["id"]
    # It is no account that money is paid out to.
    assert added["id"] not in [each["id"] for each in api.get("/v1/account")["external_accounts"]["data"]]
    refused = api.refused("POST", "/v1/payouts", amount=1, currency="usd", destination=added["id"])
    assert (refused.error["message"], refused.error["param"]) == (
        f"No such external account: '{added['id']}'", "destination")
    assert examine(server.database, account=api.key) == []


def test_tokens_that_were_made_are_used_up(api: Api, url: str) -> None:
    for token in (api.post("/v1/tokens", card=NUMBERS), api.post("/v1/tokens", bank_account=BANK)):
        shown = api.post(url, source=token["id"])
        assert shown["fingerprint"] == token[token["type"]]["fingerprint"]
        again = api.refused("POST", url, source=token["id"]).error
        assert (again["code"], again["message"]) == (
            "token_already_used", f"You cannot use a Stripe token more than once: {token['id']}.")


def test_the_first_is_the_default_and_the_newest_takes_its_place(api: Api, server: Server, url: str) -> None:
    first, second, third = (api.post(url, source=token)["id"] for token in ("tok_visa", "btok_us_verified", "tok_amex"))
    assert customer_of(api, url)["default_source"] == first
    assert ids(api, url) == [third, second, first]
    assert (ids(api, url, object="card"), ids(api, url, object="bank_account")) == ([third, first], [second])
    assert ids(api, url, object="source") == []
    page = api.get(url, limit=1, starting_after=third)
    assert ([each["id"] for each in page["data"]], page["has_more"], page["url"]) == ([second], True, url)
    assert ids(api, url, ending_before=first, limit=5) == [third, second]
    seen = len(api.events())
    assert api.delete(f"{url}/{first}") == {"id": first, "object": "card", "deleted": True}
    assert [event["type"] for event in api.events()[seen:]] == [
        "customer.source.deleted", "payment_method.detached", "customer.updated"]
    assert customer_of(api, url)["default_source"] == third
    seen = len(api.events())
    assert api.delete(f"{url}/{second}") == {"id": second, "object": "bank_account", "deleted": True}
    assert [event["type"] for event in api.events()[seen:]] == ["customer.source.deleted"]
    api.delete(f"{url}/{third}")
    assert (customer_of(api, url)["default_source"], ids(api, url)) == (None, [])
    for gone in (first, second):
        refused = api.refused("GET", f"{url}/{gone}")
        assert (refused.status, refused.error["code"], refused.error["message"], refused.error["param"]) == (
            404, "resource_missing", f"No such source: '{gone}'", "id")
    assert examine(server.database, account=api.key) == []


def test_sources_are_shown_in_their_customer(api: Api, url: str) -> None:
    card, bank_account = api.post(url, source="tok_visa"), api.post(url, source="btok_us")
    whole = api.get(url.removesuffix("/sources"), expand=["sources", "default_source"])
    assert whole["default_source"] == card
    assert whole["sources"] == {"object": "list", "data": [bank_account, card], "has_more": False, "url": url}
    assert "sources" not in customer_of(api, url)
    api.post(url.removesuffix("/sources"), default_source=bank_account["id"])
    again = api.get(url.removesuffix("/sources"), expand=["default_source"])
    assert again["default_source"] == bank_account
    method = api.post("/v1/payment_methods/pm_card_visa/attach", customer=whole["id"])
    other = api.post(url.removesuffix("/sources"), default_source=method["id"], expand=["default_source", "sources"])
    assert other["default_source"] == method
    assert len(other["sources"]["data"]) == 2


def test_a_customer_brings_a_source_along(api: Api, server: Server) -> None:
    customer = api.post("/v1/customers", source="tok_visa")
    assert api.event_types() == ["customer.created", "customer.source.created", "payment_method.attached"]
    path = f"/v1/customers/{customer['id']}"
    assert ids(api, f"{path}/sources") == [customer["default_source"]]
    with_bank = api.post("/v1/customers", source=BANK | {"object": "bank_account"}, expand=["default_source"])
    assert with_bank["default_source"]["last4"] == "6789"
    seen = len(api.events())
    changed = api.post(path, source="btok_us")
    assert ids(api, f"{path}/sources") == [changed["default_source"]]
    assert [event["type"] for event in api.events()[seen:]] == [
        "customer.source.created", "customer.updated", "customer.source.deleted", "payment_method.detached"]
    assert api.post(path, bank_account=BANK)["default_source"] != changed["default_source"]
    assert len(ids(api, f"{path}/sources")) == 1
    assert examine(server.database, account=api.key) == []


def test_what_of_a_card_can_be_changed(api: Api, server: Server, url: str) -> None:
    card = api.post(url, source="tok_visa", metadata={"a": "1", "b": "2"})
    seen = len(api.events())
    changed = api.post(f"{url}/{card['id']}", name="Jane", address_city="Bath", exp_month=9, exp_year=40,
                       metadata={"a": "", "c": "3"})
    assert changed == card | {"name": "Jane", "address_city": "Bath", "exp_month": 9, "exp_year": 2040,
                              "metadata": {"b": "2", "c": "3"}}
    of_method, of_source = api.events()[seen:]
    assert (of_method["type"], of_source["type"]) == ("payment_method.updated", "customer.source.updated")
    assert of_source["data"]["object"] == changed
    assert of_source["data"]["previous_attributes"] == {
        "address_city": None, "exp_month": 12, "exp_year": 2034, "metadata": {"a": "1", "c": None}, "name": None}
    # The payment method that it is as well can be changed as such.
    api.post(f"/v1/payment_methods/{card['id']}", billing_details={"name": "June"})
    assert api.get(f"{url}/{card['id']}")["name"] == "June"
    for params, status, code, param in (({"exp_month": 13}, 402, "invalid_expiry_month", "exp_month"),
                                        ({"exp_year": 2020}, 402, "invalid_expiry_year", "exp_year"),
                                        ({"account_holder_name": "x"}, 400, "parameter_unknown", "account_holder_name"),
                                        ({"owner": {"name": "x"}}, 400, "parameter_unknown", "owner")):
        refused = api.refused("POST", f"{url}/{card['id']}", **params)
        assert (refused.status, refused.error["code"], refused.error["param"]) == (status, code, param)
    assert examine(server.database, account=api.key) == []


def test_what_of_a_bank_account_can_be_changed(api: Api, url: str) -> None:
    added = api.post(url, source="btok_us")
    changed = api.post(f"{url}/{added['id']}", account_holder_name="Jane", account_holder_type="company", metadata={"a": "1"})
    assert changed == added | {"account_holder_name": "Jane", "account_holder_type": "company", "metadata": {"a": "1"}}
    assert api.events()[-1]["type"] == "customer.source.updated"
    assert api.events()[-1]["data"]["previous_attributes"] == {
        "account_holder_name": None, "account_holder_type": None, "metadata": {"a": None}}
    refused = api.refused("POST", f"{url}/{added['id']}", exp_month=3)
    assert (refused.error["code"], refused.error["param"]) == ("parameter_unknown", "exp_month")


def test_a_bank_account_is_verified_by_what_came_to_it(api: Api, server: Server, url: str) -> None:
    added = api.post(url, source="btok_us")
    path = f"{url}/{added['id']}/verify"
    assert api.refused("POST", path).error["message"] == "Missing required param: amounts."
    wrong = api.refused("POST", path, amounts=[32, 46])
    assert (wrong.status, wrong.error["type"], wrong.error["code"], wrong.error["param"], wrong.error["message"]) == (
        400, "invalid_request_error", "bank_account_verification_failed", "amounts",
        "The amounts provided do not match the amounts that were sent to the bank account. "
        "You have 9 verification attempts remaining.")
    assert api.post(path, amounts=[45, 32])["status"] == "verified"
    assert api.events()[-1]["data"]["previous_attributes"] == {"status": "new"}
    assert api.refused("POST", path, amounts=[32, 45]).error["message"] == "This bank account has already been verified."
    assert api.post(url, source="btok_us_verified")["status"] == "verified"
    card = api.post(url, source="tok_visa")
    assert api.refused("POST", f"{url}/{card['id']}/verify", amounts=[32, 45]).error["message"] == (
        "Only bank accounts can be verified.")
    assert examine(server.database, account=api.key) == []


@pytest.mark.parametrize(("amounts", "calls", "message"), [
    ([10, 11], 1, "The amounts provided do not match the amounts that were sent to the bank account. "
                  "You have 0 verification attempts remaining."),
    ([40, 41], 1, "The amounts were not named in time. Please delete the bank account and add it again."),
    ([1, 2], 10, "The amounts provided do not match the amounts that were sent to the bank account. "
                 "You have 0 verification attempts remaining."),
])
def test_a_verification_fails(api: Api, server: Server, url: str, amounts: list[int], calls: int, message: str) -> None:
    added = api.post(url, source="btok_us")
    path = f"{url}/{added['id']}"
    for _ in range(calls):
        answer = api.call("POST", f"{path}/verify", {"amounts": amounts})
    assert (answer.status, answer.error["code"], answer.error["message"]) == (
        400, "bank_account_verification_failed", message)
    assert api.get(path)["status"] == "verification_failed"
    assert [event["type"] for event in api.events()[3:]] == ["customer.source.updated"]
    assert api.refused("POST", f"{path}/verify", amounts=[32, 45]).error["code"] == "bank_account_verification_failed"
    assert examine(server.database, account=api.key) == []


def test_one_whose_amounts_never_come_cannot_be_verified(api: Api, url: str) -> None:
    added = api.post(url, bank_account=BANK | {"account_number": "000666666661"})
    assert api.call("POST", f"{url}/{added['id']}/verify", {"amounts": [32, 45]}).status == 400
    assert api.get(f"{url}/{added['id']}")["status"] == "new"


@pytest.mark.parametrize(("params", "status", "code", "param", "message"), [
    ({}, 400, "parameter_missing", "source", "Missing required param: source."),
    ({"source": "tok_x"}, 400, "resource_missing", "source", "No such token: 'tok_x'"),
    ({"source": "btok_x"}, 400, "resource_missing", "source", "No such token: 'btok_x'"),
    ({"source": "src_x"}, 400, "resource_missing", "source", "No such source: 'src_x'"),
    ({"alipay_account": "ali_x"}, 400, "resource_missing", "alipay_account", "No such token: 'ali_x'"),
    ({"source": "tok_visa", "card": "tok_visa"}, 400, None, None,
     "You may only specify one of these parameters: card, source."),
    ({"source": {"object": "card", "exp_month": 1, "exp_year": 2034}}, 400, "parameter_missing", "source[number]",
     "Missing required param: source[number]."),
    ({"source": {"object": "bank_account", "country": "US"}}, 400, "parameter_missing", "source[account_number]",
     "Missing required param: source[account_number]."),
    ({"bank_account": BANK | {"routing_number": "110000001"}}, 400, "routing_number_invalid", "bank_account[routing_number]",
     "Invalid routing number for US."),
    ({"source": "tok_chargeDeclined"}, 402, "card_declined", "", "Your card was declined."),
    ({"card": NUMBERS | {"number": "4242424242424241"}}, 402, "incorrect_number", "number", "Your card number is incorrect."),
])
def test_what_is_no_source(api: Api, url: str, params: dict[str, Any], status: int, code: str | None, param: str | None,
                           message: str) -> None:
    refused = api.refused("POST", url, **params)
    assert (refused.status, refused.error.get("code"), refused.error.get("param"), refused.error["message"]) == (
        status, code, param, message)
    assert ids(api, url) == []
    assert api.get(url.replace("/sources", "/payment_methods"))["data"] == []


def test_a_declined_token_of_ones_own_can_be_tried_again(api: Api, url: str) -> None:
    token = api.post("/v1/tokens", card=NUMBERS | {"number": "4000000000000002"})
    for _ in range(2):
        assert api.refused("POST", url, source=token["id"]).error["code"] == "card_declined"


def test_sources_of_others_are_not_found(api: Api, url: str) -> None:
    other = f"/v1/customers/{api.post('/v1/customers')['id']}/sources"
    for token in ("tok_visa", "btok_us"):
        id = api.post(other, source=token)["id"]
        for method, path in (("GET", ""), ("POST", ""), ("DELETE", ""), ("POST", "/verify")):
            refused = api.refused(method, f"{url}/{id}{path}")
            assert (refused.status, refused.error["message"]) == (404, f"No such source: '{id}'")
        error = api.refused("POST", url.removesuffix("/sources"), default_source=id).error
        assert (error["message"], error["param"]) == (f"No such source: '{id}'", "default_source")
        stranger = Api(api.server)
        assert stranger.refused("GET", f"{other}/{id}").error["message"].startswith("No such customer")


def test_a_card_source_pays(api: Api, server: Server, url: str) -> None:
    customer = customer_of(api, url)["id"]
    first, second = api.post(url, source="tok_visa")["id"], api.post(url, source="tok_amex")["id"]
    asked = {"amount": 1000, "currency": "usd", "customer": customer}
    assert api.post("/v1/charges", **asked)["payment_method"] == first
    assert api.post("/v1/charges", **asked, source=second)["payment_method"] == second
    intent = api.post("/v1/payment_intents", **asked, payment_method=second, confirm=True)
    assert (intent["status"], intent["payment_method"]) == ("succeeded", second)
    subscription = api.post("/v1/subscriptions", customer=customer, default_source=second, expand=["default_source"], items=[
        {"price_data": {"currency": "usd", "recurring": {"interval": "month"}, "unit_amount": 500,
                        "product": api.post("/v1/products", name="Gold")["id"]}}])
    assert (subscription["default_source"]["object"], subscription["default_source"]["id"]) == ("card", second)
    invoice = api.get(f"/v1/invoices/{subscription['latest_invoice']}", expand=["charge"])
    assert invoice["charge"]["payment_method"] == second
    assert examine(server.database, account=api.key) == []


def test_a_verified_bank_account_is_charged_and_answers_later(
        wall: Wall, api: Api, server: Server, url: str) -> None:
    wall.now = at("2023-01-04 09:00")
    customer = customer_of(api, url)["id"]
    account = api.post(url, source=api.post("/v1/tokens", bank_account=BANK)["id"])
    asked = {"amount": 10000, "currency": "usd", "customer": customer}
    error = api.refused("POST", "/v1/charges", **asked, source=account["id"]).error
    assert (error["code"], error["param"]) == ("bank_account_unverified", "source")
    error = api.refused("POST", "/v1/charges", **asked).error
    assert (error["code"], error["param"]) == ("bank_account_unverified", "source")
    api.post(f"{url}/{account['id']}/verify", amounts=[32, 45])
    before = len(api.event_types())
    charge = api.post("/v1/charges", **asked, description="Rent", metadata={"month": "1"})
    assert charge["id"].startswith("py_")
    assert (charge["status"], charge["paid"], charge["captured"], charge["payment_method"]) == (
        "pending", False, False, account["id"])
    assert (charge["description"], charge["metadata"], charge["customer"]) == ("Rent", {"month": "1"}, customer)
    assert charge["payment_method_details"] == {"type": "ach_debit", "ach_debit": {
        name: account[name] for name in ("account_holder_type", "bank_name", "country", "fingerprint", "last4",
                                         "routing_number")}}
    row = api.get(f"/v1/balance_transactions/{charge['balance_transaction']}")
    assert (row["type"], row["amount"], row["fee"], row["status"], row["available_on"]) == (
        "payment", 10000, 320, "pending", at("2023-01-10"))
    assert api.event_types()[before:] == ["charge.pending"]
    wall.advance(1)
    server.worker.run_due()
    assert api.get(f"/v1/charges/{charge['id']}")["status"] == "pending"
    wall.advance(1)
    server.worker.run_due()
    paid = api.get(f"/v1/charges/{charge['id']}")
    assert (paid["status"], paid["paid"], paid["captured"], paid["amount_captured"]) == ("succeeded", True, True, 10000)
    assert api.event_types()[before:] == ["charge.pending", "charge.succeeded"]
    refund = api.post("/v1/refunds", charge=charge["id"], amount=4000)
    assert (refund["id"].partition("_")[0], refund["status"]) == ("pyr", "succeeded")
    assert api.get("/v1/balance")["pending"] == [{"amount": 5680, "currency": "usd", "source_types": {"bank_account": 5680}}]
    assert examine(server.database, account=api.key) == []


@pytest.mark.parametrize(("name", "code", "message"), [
    ("noAccount", "no_account", "The customer's bank account could not be located."),
    ("accountClosed", "account_closed", "The customer's bank account has been closed."),
    ("insufficientFunds", "insufficient_funds", "The customer's account has insufficient funds to cover this payment."),
    ("debitNotAuthorized", "debit_not_authorized", "The customer has notified their bank that this payment was unauthorized."),
    ("invalidCurrency", "invalid_currency",
     "The customer's bank was unable to process this payment because of its currency."),
])
def test_banks_of_sources_refuse(api: Api, server: Server, url: str, name: str, code: str, message: str) -> None:
    api.post("/_sim/settings", bank_debit_settles_after_s=0)
    source = api.post(url, source=f"btok_us_verified_{name}")["id"]
    before = len(api.event_types())
    charge = api.post("/v1/charges", amount=10000, currency="usd", customer=customer_of(api, url)["id"], source=source)
    assert (charge["status"], charge["paid"], charge["failure_code"], charge["failure_message"]) == (
        "failed", False, code, message)
    assert api.event_types()[before:] == ["charge.pending", "charge.failed"]
    rows = api.get("/v1/balance_transactions")["data"]
    assert [(row["type"], row["amount"], row["fee"]) for row in rows] == [
        ("payment_failure_refund", -10000, 0), ("payment", 10000, 320)]
    assert charge["failure_balance_transaction"] == rows[0]["id"]
    assert examine(server.database, account=api.key) == []


def test_an_operator_lets_the_bank_of_a_source_answer(api: Api, server: Server, url: str) -> None:
    asked = {"amount": 10000, "currency": "usd", "customer": customer_of(api, url)["id"],
             "source": api.post(url, source="btok_us_verified")["id"]}
    settled, failed = (api.post("/v1/charges", **asked)["id"] for _ in range(2))
    assert api.post(f"/_sim/charges/{settled}/settle")["status"] == "succeeded"
    shown = api.post(f"/_sim/charges/{failed}/fail", failure_code="insufficient_funds")
    assert (shown["status"], shown["failure_code"]) == ("failed", "insufficient_funds")
    assert api.refused("POST", f"/_sim/charges/{failed}/settle").status == 400
    assert examine(server.database, account=api.key) == []


def test_what_a_bank_account_cannot_do(api: Api, url: str) -> None:
    asked = {"amount": 1000, "currency": "usd", "customer": customer_of(api, url)["id"],
             "source": api.post(url, source="btok_us_verified")["id"]}
    error = api.refused("POST", "/v1/charges", **asked | {"currency": "eur"}).error
    assert (error["param"], error["message"]) == (
        "currency", f"The bank account {asked['source']} is debited in usd, and not in eur.")
    error = api.refused("POST", "/v1/charges", **asked, capture=False).error
    assert (error["param"], error["message"]) == ("capture", "The debit of a bank account cannot be captured later.")
    error = api.refused("POST", "/v1/charges", **asked | {"customer": None}).error
    assert (error["param"], error["message"]) == ("source", f"No such source: '{asked['source']}'")
    draft = api.post("/v1/invoices", customer=asked["customer"], default_source=asked["source"], expand=["default_source"])
    assert draft["default_source"]["id"] == asked["source"]


def test_neither_numbers_nor_codes_are_kept(api: Api, server: Server, url: str) -> None:
    api.post(url, card=NUMBERS)
    api.post(url, bank_account=BANK)
    with server.database.reading() as session:
        rows = [session.connection.execute(text(statement)).all() for statement in (
            "SELECT * FROM payment_methods", "SELECT * FROM bank_accounts", "SELECT * FROM events")]
    for secret in (NUMBERS["number"], NUMBERS["cvc"], BANK["account_number"]):
        assert f"'{secret}'" not in str(rows) and f'"{secret}"' not in str(rows)


def test_sources_go_with_the_clock_of_their_customer(api: Api) -> None:
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=1_577_836_800)["id"]
    customer = api.post("/v1/customers", test_clock=clock, source="btok_us", expand=["default_source"])
    url = f"/v1/customers/{customer['id']}/sources"
    card = api.post(url, source="tok_visa")["id"]
    assert api.get(f"/v1/payment_methods/{card}")["created"] == 1_577_836_800
    assert api.post(url, source="btok_us")["id"] in ids(api, url)
    api.delete(f"/v1/test_helpers/test_clocks/{clock}")
    assert api.refused("GET", url).status == 404


def test_the_last_month_of_a_card_is_told(clock: Callable[..., Clock]) -> None:
    time = clock("2022-08-15", card=None)
    url = f"/v1/customers/{time.customer}/sources"
    first, moved, gone, late = (time.api.post(url, source=NUMBERS | {"object": "card", "exp_month": month, "exp_year": 2022})
                                for month in (10, 10, 10, 8))
    time.api.post(f"{url}/{moved['id']}", exp_month=12)
    time.api.delete(f"{url}/{gone['id']}")
    time.api.post("/v1/payment_methods/pm_card_visa/attach", customer=time.customer)
    time.advance("2022-09-30T23:59:59")
    assert [event for event in time.api.events() if event["type"] == "customer.source.expiring"] == []
    time.advance("2022-12-31")
    told = [(event["created"], event["data"]["object"]) for event in time.api.events()
            if event["type"] == "customer.source.expiring"]
    assert told == [(1_664_582_400, first), (1_669_852_800, moved | {"exp_month": 12})]
    assert late["id"] in ids(time.api, url)
