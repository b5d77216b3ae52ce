"""Bank accounts and debit cards that connected accounts are paid out to."""

from __future__ import annotations

from typing import Any

import pytest

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.connected import acting_for, connected, passing
from tests.support.money import fund
from tests.support.reference import conforms

BANK = {"object": "bank_account", "account_number": "000123456789", "routing_number": "110000000", "country": "US"}
DEBIT = {"object": "card", "number": "4000056655665556", "exp_month": 8, "exp_year": 2034, "cvc": "314", "currency": "usd",
         "name": "Jane", "address_zip": "94107"}
STANDING = ("You cannot delete the default external account for your default currency. Please make another external account the "
            "default using the `default_for_currency` param, and then delete this one.")


@pytest.fixture
def seller(api: Api) -> Api:
    """Acts for a connected account in the US, whose bank account is the default for dollars."""
    return connected(api)


def path(seller: Api, id: str = "", name: str = "external_accounts") -> str:
    return f"/v1/accounts/{seller.account}/{name}" + (f"/{id}" if id else "")


def new_events(seller: Api, before: int) -> list[str]:
    return [event["type"] for event in seller.events()[before:]]


def test_a_bank_account_is_added_by_a_hash(api: Api, server: Server, seller: Api) -> None:
    before = len(seller.events())
    added = api.post(path(seller), external_account=BANK | {"account_holder_name": "Jane", "account_holder_type": "company",
                                                            "account_type": "savings"}, metadata={"a": "1"})
    conforms(added)
    assert added == {
        "id": added["id"], "object": "bank_account", "account": seller.account, "account_holder_name": "Jane",
        "account_holder_type": "company", "account_type": "savings", "available_payout_methods": ["standard", "instant"],
        "bank_name": "STRIPE TEST BANK", "country": "US", "currency": "usd", "default_for_currency": False,
        "fingerprint": added["fingerprint"], "last4": "6789", "metadata": {"a": "1"}, "routing_number": "110000000",
        "status": "new"}
    [created] = seller.events()[before:]
    assert (created["type"], created["account"], created["data"]["object"]) == (
        "account.external_account.created", seller.account, added)
    assert api.get(path(seller, added["id"])) == added
    assert api.get(path(seller, added["id"], "bank_accounts"), expand=["account"])["account"]["id"] == seller.account
    assert examine(server.database, account=api.key) == []


def test_the_first_one_is_what_the_account_was_waiting_for(api: Api, server: Server) -> None:
    account = api.post("/v1/accounts", **{name: value for name, value in passing().items() if name != "external_account"})
    assert (account["requirements"]["currently_due"], account["payouts_enabled"]) == (["external_account"], False)
    seller = acting_for(api, account["id"])
    before = len(seller.events())
    added = api.post(path(seller), external_account="tok_visa_debit")
    assert added["default_for_currency"] is True
    now = api.get(f"/v1/accounts/{account['id']}")
    assert (now["requirements"]["currently_due"], now["payouts_enabled"]) == ([], True)
    told = new_events(seller, before)
    assert told[:2] == ["account.external_account.created", "account.updated"]
    assert set(told[2:]) <= {"capability.updated", "person.updated"}
    previous = seller.events()[before + 1]["data"]["previous_attributes"]
    assert (previous["payouts_enabled"], previous["requirements"]["currently_due"]) == (False, ["external_account"])
    assert examine(server.database, account=api.key) == []


def test_a_debit_card_is_added_by_a_token(api: Api, server: Server, seller: Api) -> None:
    card = api.post(path(seller), external_account="tok_visa_debit", default_for_currency=True)
    conforms(card)
    assert card == {
        "id": card["id"], "object": "card", "account": seller.account, "address_city": None, "address_country": None,
        "address_line1": None, "address_line1_check": None, "address_line2": None, "address_state": None, "address_zip": None,
        "address_zip_check": None, "available_payout_methods": ["standard", "instant"], "brand": "Visa", "country": "US",
        "currency": "usd", "cvc_check": "pass", "default_for_currency": True, "dynamic_last4": None, "exp_month": 12,
        "exp_year": 2034, "fingerprint": card["fingerprint"], "funding": "debit", "last4": "5556", "metadata": {}, "name": None,
        "status": "new", "tokenization_method": None}
    [first, second] = api.get(path(seller))["data"]
    assert (first, second["default_for_currency"]) == (card, False)
    assert api.get(f"/v1/accounts/{seller.account}")["external_accounts"]["data"] == [first, second]
    assert api.get(path(seller, card["id"]), expand=["account"])["account"]["object"] == "account"
    assert examine(server.database, account=api.key) == []


def test_cards_by_number_and_by_tokens_of_ones_own(api: Api, seller: Api) -> None:
    by_number = api.post(path(seller), external_account=DEBIT)
    assert (by_number["last4"], by_number["name"], by_number["address_zip"], by_number["address_zip_check"]) == (
        "5556", "Jane", "94107", "pass")
    card = {name: value for name, value in DEBIT.items() if name != "object"}
    token = api.post("/v1/tokens", card=card)
    assert api.post(path(seller), external_account=token["id"])["fingerprint"] == by_number["fingerprint"]
    again = api.refused("POST", path(seller), external_account=token["id"])
    assert (again.error["code"], again.error["param"]) == ("token_already_used", "external_account")
    # The account's own tokens serve too.
    own = seller.post("/v1/tokens", card=card)
    assert seller.post(path(seller), external_account=own["id"])["currency"] == "usd"
    bank = api.post("/v1/tokens", bank_account={name: value for name, value in BANK.items() if name != "object"})
    assert api.post(path(seller), bank_account=bank["id"])["object"] == "bank_account"
    assert api.post(path(seller, name="bank_accounts"), external_account="btok_us")["object"] == "bank_account"


@pytest.mark.parametrize(("given", "status", "code", "param", "message"), [
    (None, 400, "parameter_missing", "external_account", "Missing required param: external_account."),
    ({"object": "card", "number": "4000056655665556", "exp_month": 8, "exp_year": 2034}, 400, None, "external_account",
     "You must provide a card that has the 'currency' field set when adding a card to a Stripe account."),
    ({"object": "card", "exp_month": 8, "exp_year": 2034}, 400, "parameter_missing", "external_account[number]",
     "Missing required param: external_account[number]."),
    (DEBIT | {"number": "4000056655665557"}, 402, "incorrect_number", "number", "Your card number is incorrect."),
    (DEBIT | {"exp_month": 13}, 402, "invalid_expiry_month", "exp_month", "Your card's expiration month is invalid."),
    ("tok_visa", 400, "invalid_card_type", "external_account", "This card doesn't appear to be a debit card."),
    ("tok_mastercard_prepaid", 400, "invalid_card_type", "external_account", "This card doesn't appear to be a debit card."),
    ("tok_x", 400, "resource_missing", "external_account", "No such token: 'tok_x'"),
    (BANK | {"account_number": "000123456780"}, 400, "account_number_invalid", "external_account[account_number]",
     "You must use a test bank account number in test mode. Try 000123456789 or see more options at "
     "https://stripe.com/docs/connect/testing#account-numbers."),
    (BANK | {"routing_number": "12345"}, 400, "routing_number_invalid", "external_account[routing_number]",
     "Invalid routing number for US."),
    ("btok_gb_gbp", 400, None, "external_account", "The currency gbp is not supported for the external accounts of an account in "
                                                   "US. Supported currencies: usd."),
    (BANK | {"country": "CA", "routing_number": "11000-000", "currency": "usd"}, 400, None, "external_account",
     "An account in US cannot be paid out in usd to a bank in CA."),
])
def test_what_cannot_be_paid_out_to_is_refused(api: Api, seller: Api, given: Any, status: int, code: str | None, param: str,
                                               message: str) -> None:
    before = len(seller.events())
    refused = api.refused("POST", path(seller), **({} if given is None else {"external_account": given}))
    assert (refused.status, refused.error.get("code"), refused.error["param"], refused.error["message"]) == (
        status, code, param, message)
    assert (len(api.get(path(seller))["data"]), new_events(seller, before)) == (1, [])


def test_a_card_token_without_a_currency_is_refused_and_not_used(api: Api, seller: Api) -> None:
    token = api.post("/v1/tokens", card={name: DEBIT[name] for name in ("number", "exp_month", "exp_year")})
    error = api.refused("POST", path(seller), external_account=token["id"]).error
    assert error["message"] == ("You must provide a card that has the 'currency' field set when adding a card to a Stripe "
                                "account.")
    assert api.get(f"/v1/tokens/{token['id']}")["used"] is False


@pytest.mark.parametrize(("country", "token", "currency"), [
    ("DE", "btok_de", "eur"), ("FR", "btok_fr", "eur"), ("GB", "btok_gb_gbp", "gbp"), ("CA", "btok_ca", "cad"),
    ("AU", "btok_au", "aud"), ("SG", "btok_sg", "sgd"), ("HK", "btok_hk", "hkd"), ("JP", "btok_jp", "jpy"),
    ("NZ", "btok_nz", "nzd"), ("MX", "btok_mx", "mxn"), ("CH", "btok_ch", "chf"), ("AE", "btok_ae", "aed")])
def test_each_country_has_a_test_account(api: Api, country: str, token: str, currency: str) -> None:
    account = api.post("/v1/accounts", type="custom", country=country, external_account=token,
                       capabilities={"card_payments": {"requested": True}, "transfers": {"requested": True}})
    [bank] = account["external_accounts"]["data"]
    assert (bank["country"], bank["currency"], bank["default_for_currency"]) == (country, currency, True)


def test_a_default_is_one_of_both_kinds(api: Api, server: Server, seller: Api) -> None:
    [bank] = api.get(path(seller))["data"]
    card = api.post(path(seller), external_account=DEBIT | {"default_for_currency": True})
    assert (card["default_for_currency"], api.get(path(seller, bank["id"]))["default_for_currency"]) == (True, False)
    before = len(seller.events())
    assert api.post(path(seller, bank["id"]), default_for_currency=True)["default_for_currency"] is True
    assert api.get(path(seller, card["id"]))["default_for_currency"] is False
    told = [(event["data"]["object"]["id"], event["data"]["previous_attributes"]) for event in seller.events()[before:]
            if event["type"] == "account.external_account.updated"]
    assert told == [(card["id"], {"default_for_currency": True}), (bank["id"], {"default_for_currency": False})]
    # That a default is none any more is not for it to say.
    assert api.post(path(seller, bank["id"]), default_for_currency=False)["default_for_currency"] is True
    euro = connected(api, country="DE", external_account="btok_de")
    second = api.post(path(euro), external_account=BANK | {
        "country": "GB", "account_number": "00012345", "routing_number": "108800", "currency": "gbp"})
    assert [(each["currency"], each["default_for_currency"]) for each in api.get(path(euro))["data"]] == [
        ("gbp", True), ("eur", True)]
    assert api.delete(path(euro, second["id"])) == {"id": second["id"], "object": "bank_account", "deleted": True}
    assert examine(server.database, account=api.key) == []


def test_a_default_is_deleted_only_when_it_is_none_any_more(api: Api, server: Server, seller: Api) -> None:
    [bank] = api.get(path(seller))["data"]
    alone = api.refused("DELETE", path(seller, bank["id"]))
    assert (alone.status, alone.error["message"]) == (400, STANDING)
    card = api.post(path(seller), external_account="tok_visa_debit")
    assert api.refused("DELETE", path(seller, bank["id"])).error["message"] == STANDING
    api.post(path(seller, card["id"]), default_for_currency=True)
    before = len(seller.events())
    assert api.delete(path(seller, bank["id"])) == {"id": bank["id"], "object": "bank_account", "deleted": True}
    [deleted] = seller.events()[before:]
    assert (deleted["type"], deleted["data"]["object"]["id"]) == ("account.external_account.deleted", bank["id"])
    assert [each["id"] for each in api.get(path(seller))["data"]] == [card["id"]]
    for method in ("GET", "POST", "DELETE"):
        gone = api.refused(method, path(seller, bank["id"]))
        assert (gone.status, gone.error["message"], gone.error["param"]) == (
            404, f"No such external account: '{bank['id']}'", "id")
    assert examine(server.database, account=api.key) == []


def test_what_can_be_changed(api: Api, seller: Api) -> None:
    [bank] = api.get(path(seller))["data"]
    card = api.post(path(seller), external_account="tok_mastercard_debit")
    changed = api.post(path(seller, card["id"]), name="Jane", address_city="Bath", address_line1="1 Main St", exp_month=3,
                       exp_year=2040, metadata={"order_id": "6735"})
    assert changed == card | {"name": "Jane", "address_city": "Bath", "address_line1": "1 Main St",
                              "address_line1_check": "unchecked", "exp_month": 3, "exp_year": 2040,
                              "metadata": {"order_id": "6735"}}
    assert changed["brand"] == "MasterCard"
    other = api.post(path(seller, bank["id"]), account_holder_name="June", account_holder_type="company",
                     account_type="checking", metadata={"order_id": "6735"})
    assert other == bank | {"account_holder_name": "June", "account_holder_type": "company", "account_type": "checking",
                            "metadata": {"order_id": "6735"}}
    assert api.post(path(seller, bank["id"]), account_holder_type="")["account_holder_type"] is None
    for id, params, status, code in ((card["id"], {"account_holder_name": "x"}, 400, "parameter_unknown"),
                                     (bank["id"], {"exp_year": 2040}, 400, "parameter_unknown"),
                                     (card["id"], {"exp_year": 2001}, 402, "invalid_expiry_year")):
        refused = api.refused("POST", path(seller, id), **params)
        assert (refused.status, refused.error["code"], refused.error["param"]) == (status, code, next(iter(params)))


def test_lists_have_pages_and_kinds(api: Api, seller: Api) -> None:
    [bank] = api.get(path(seller))["data"]
    added = [api.post(path(seller), external_account=token)["id"] for token in ("tok_visa_debit", "btok_us") * 6]
    newest = [*reversed(added), bank["id"]]
    first = api.get(path(seller))
    assert ([each["id"] for each in first["data"]], first["has_more"], first["url"]) == (newest[:10], True, path(seller))
    rest = api.get(path(seller), starting_after=newest[9])
    assert ([each["id"] for each in rest["data"]], rest["has_more"]) == (newest[10:], False)
    assert [each["id"] for each in api.get(path(seller), ending_before=newest[2])["data"]] == newest[:2]
    cards = api.get(path(seller), object="card", limit=3)
    assert cards["has_more"] is True
    assert [each["id"] for each in cards["data"]] == [id for id in newest if id.startswith("card_")][:3]
    assert {each["object"] for each in api.get(path(seller), object="bank_account")["data"]} == {"bank_account"}
    wrong = api.refused("GET", path(seller), object="x").error
    assert (wrong["param"], wrong["message"]) == ("object", "Invalid object: must be one of bank_account or card")
    embedded = api.get(f"/v1/accounts/{seller.account}")["external_accounts"]
    assert embedded == first


def test_others_neither_see_nor_change_them(api: Api, seller: Api) -> None:
    [bank] = api.get(path(seller))["data"]
    other, stranger = connected(api), Api(api.server)
    for method, where in (("GET", path(seller)), ("POST", path(seller)), ("GET", path(seller, bank["id"])),
                          ("POST", path(seller, bank["id"])), ("DELETE", path(seller, bank["id"]))):
        for client in (stranger, other):
            refused = client.refused(method, where)
            assert (refused.status, refused.error["code"]) == (403, "account_invalid")
    assert api.refused("GET", path(other, bank["id"])).status == 404
    source = seller.post("/v1/customers", source="btok_us")["default_source"]
    assert api.refused("GET", path(seller, source)).status == 404


@pytest.mark.parametrize("type", ["express", "standard"])
def test_a_platform_fills_them_in_only_before_onboarding(api: Api, type: str) -> None:
    account = api.post("/v1/accounts", type=type)["id"]
    url = f"/v1/accounts/{account}/external_accounts"
    api.post(url, external_account="btok_us_verified")
    api.post("/v1/account_links", account=account, type="account_onboarding", refresh_url="https://example.com/a",
             return_url="https://example.com/b")
    for method in ("GET", "POST"):
        refused = api.refused(method, url)
        assert (refused.status, refused.error["code"], refused.error["message"]) == (
            403, "oauth_not_supported",
            f"This application does not have the required permissions for this endpoint on account '{account}'.")


def test_an_account_update_replaces_the_default(api: Api, server: Server, seller: Api) -> None:
    [former] = api.get(path(seller))["data"]
    other = api.post(path(seller), external_account="tok_visa_debit")
    before = len(seller.events())
    account = api.post(f"/v1/accounts/{seller.account}", external_account="btok_us")
    newest, card = account["external_accounts"]["data"]
    assert (newest["default_for_currency"], card["id"]) == (True, other["id"])
    assert former["id"] not in (newest["id"], card["id"])
    told = new_events(seller, before)
    assert [type for type in told if type.startswith("account.external_account")] == [
        "account.external_account.updated", "account.external_account.created", "account.external_account.deleted"]
    by_number = api.post(f"/v1/accounts/{seller.account}", external_account=DEBIT)
    assert by_number["external_accounts"]["data"][0]["object"] == "card"
    assert examine(server.database, account=api.key) == []


def test_a_card_is_paid_out_to_at_once(api: Api, server: Server, seller: Api) -> None:
    fund(seller, 5_000_000)
    card = api.post(path(seller), external_account="tok_visa_debit")["id"]
    payout = seller.post("/v1/payouts", amount=2_000_000, currency="usd", method="instant", destination=card,
                         expand=["destination"])
    assert (payout["type"], payout["method"], payout["destination"]["id"], payout["arrival_date"]) == (
        "card", "instant", card, payout["created"])
    [bank] = [each["id"] for each in api.get(path(seller), object="bank_account")["data"]]
    refused = seller.refused("POST", "/v1/payouts", amount=1_000_000, currency="usd", method="instant", destination=bank)
    assert refused.error["message"] == (
        "Instant Payouts to bank accounts are only supported for amounts less than or equal to $9999")
    slow = api.post(path(seller), external_account="tok_visa_debit_us_instantPayoutUnsupported")
    assert slow["available_payout_methods"] == ["standard"]
    refused = seller.refused("POST", "/v1/payouts", amount=100, currency="usd", method="instant", destination=slow["id"])
    assert (refused.error["code"], refused.error["param"]) == ("instant_payouts_unsupported", "method")
    assert examine(server.database, account=api.key) == []


def test_a_card_that_fails_is_errored_until_it_is_updated(api: Api, server: Server, seller: Api) -> None:
    fund(seller, 10_000)
    card = api.post(path(seller), external_account="tok_visa_debit_us_transferFail")["id"]
    paid = {"amount": 100, "currency": "usd", "destination": card}
    payout = seller.post("/v1/payouts", **paid)["id"]
    seller.post(f"/_sim/payouts/{payout}/settle")
    failed = seller.get(f"/v1/payouts/{payout}")
    assert (failed["status"], failed["failure_code"], failed["type"]) == ("failed", "could_not_process", "card")
    assert api.get(path(seller, card))["status"] == "errored"
    refused = seller.refused("POST", "/v1/payouts", **paid)
    assert (refused.error["code"], refused.error["param"]) == ("bank_account_unusable", "destination")
    # Without any change it can be paid out to again.
    assert api.post(path(seller, card))["status"] == "new"
    seller.post("/v1/payouts", **paid)
    assert examine(server.database, account=api.key) == []


def test_payouts_remember_what_was_deleted(api: Api, server: Server, seller: Api) -> None:
    fund(seller, 10_000)
    card = api.post(path(seller), external_account="tok_visa_debit")["id"]
    payout = seller.post("/v1/payouts", amount=100, currency="usd", destination=card)["id"]
    api.delete(path(seller, card))
    shown = seller.get(f"/v1/payouts/{payout}", expand=["destination"])
    assert shown["destination"] == {"id": card, "object": "card", "deleted": True}
    gone = seller.refused("POST", "/v1/payouts", amount=100, currency="usd", destination=card)
    assert (gone.status, gone.error["param"]) == (400, "destination")
    assert examine(server.database, account=api.key) == []


def test_a_connected_account_may_act_for_itself(api: Api, seller: Api) -> None:
    itself = acting_for(api, seller.account or "")
    card = itself.post(path(seller), external_account="tok_visa_debit")
    assert itself.get(path(seller))["data"][0] == card
    refused = api.refused("GET", f"/v1/accounts/{api.get('/v1/account')['id']}/external_accounts")
    assert refused.error["message"] == "You must have a client application set in order to make this request."
