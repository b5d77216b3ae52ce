from typing import Any

import pytest

from app.domain.method_details import METHOD_TYPES
from tests.support.api import Api
from tests.support.reference import conforms
from tests.support.rows import row_counts

CARD = {"number": "4242424242424242", "exp_month": 8, "exp_year": 2060, "cvc": "314"}


def test_a_card_is_reduced_to_what_may_be_kept(api: Api) -> None:
    method = api.post("/v1/payment_methods", type="card", card=CARD, metadata={"order": "6735"},
                      billing_details={"name": "Jenny", "address": {"line1": "1 Main St", "postal_code": "94111"}})
    assert method["id"].startswith("pm_1") and len(method["id"]) == 27
    assert method == {
        "id": method["id"], "object": "payment_method",
        "billing_details": {
            "address": {"city": None, "country": None, "line1": "1 Main St", "line2": None, "postal_code": "94111",
                        "state": None},
            "email": None, "name": "Jenny", "phone": None},
        "card": {
            "brand": "visa",
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "unchecked"},
            "country": "US", "exp_month": 8, "exp_year": 2060, "fingerprint": method["card"]["fingerprint"],
            "funding": "credit", "generated_from": None, "last4": "4242",
            "networks": {"available": ["visa"], "preferred": None}, "three_d_secure_usage": {"supported": True},
            "wallet": None},
        "created": method["created"], "customer": None, "livemode": False, "metadata": {"order": "6735"},
        "type": "card"}
    assert len(method["card"]["fingerprint"]) == 16
    conforms(method)
    assert api.get(f"/v1/payment_methods/{method['id']}") == method
    # A payment method belongs to nobody's history until it is attached.
    assert api.event_types() == []


@pytest.mark.parametrize(("number", "brand", "funding", "country"), [
    ("4000056655665556", "visa", "debit", "US"),
    ("5555 5555 5555 4444", "mastercard", "credit", "US"),
    ("5105-1051-0510-5100", "mastercard", "prepaid", "US"),
    ("378282246310005", "amex", "credit", "US"),
    ("4012888888881881", "visa", "credit", "US"),
    ("4000002760000016", "visa", "credit", "DE"),
])
def test_test_numbers_are_known(api: Api, number: str, brand: str, funding: str, country: str) -> None:
    card = api.post("/v1/payment_methods", type="card", card=CARD | {"number": number})["card"]
    assert (card["brand"], card["funding"], card["country"]) == (brand, funding, country)
    assert card["last4"] == number.replace(" ", "").replace("-", "")[-4:]


@pytest.mark.parametrize(("card", "code", "decline_code", "param", "message"), [
    ({"number": "4242424242424241"}, "incorrect_number", None, "number", "Your card number is incorrect."),
    ({"number": "4242"}, "invalid_number", None, "number", "The card number is not a valid credit card number."),
    ({"number": "4532015112830366"}, "card_declined", "test_mode_live_card", None,
     "Your card was declined. Your request was in test mode, but used a non test (live) card. For a list of valid test "
     "cards, visit: https://stripe.com/docs/testing."),
    ({"exp_month": 13}, "invalid_expiry_month", None, "exp_month", "Your card's expiration month is invalid."),
    ({"exp_year": 1999}, "invalid_expiry_year", None, "exp_year", "Your card's expiration year is invalid."),
    ({"exp_year": 2999}, "invalid_expiry_year", None, "exp_year", "Your card's expiration year is invalid."),
    ({"cvc": "99"}, "invalid_cvc", None, "cvc", "Your card's security code is invalid."),
])
def test_bad_card_data_is_refused(api: Api, card: dict[str, object], code: str, decline_code: str | None,
                                  param: str | None, message: str) -> None:
    refused = api.refused("POST", "/v1/payment_methods", type="card", card=CARD | card)
    error = refused.error
    assert (refused.status, error["type"], error["code"], error["message"]) == (402, "card_error", code, message)
    assert (error.get("decline_code"), error.get("param")) == (decline_code, param)


def test_a_two_digit_year_is_of_this_century(api: Api) -> None:
    assert api.post("/v1/payment_methods", type="card", card=CARD | {"exp_year": 60})["card"]["exp_year"] == 2060


def test_what_a_card_needs(api: Api) -> None:
    assert api.refused("POST", "/v1/payment_methods", type="card").error["message"] == "Missing required param: card."
    assert api.refused("POST", "/v1/payment_methods", type="card", card={"number": "4242424242424242"}).error[
        "message"] == "Missing required param: card[exp_month]."
    assert api.refused("POST", "/v1/payment_methods", card=CARD).error["message"] == "Missing required param: type."


def test_a_token_makes_a_card(api: Api) -> None:
    method = api.post("/v1/payment_methods", type="card", card={"token": "tok_mastercard"})
    assert (method["card"]["brand"], method["card"]["last4"]) == ("mastercard", "4444")
    error = api.refused("POST", "/v1/payment_methods", type="card", card={"token": "tok_x"}).error
    assert (error["message"], error["code"]) == ("No such token: 'tok_x'", "resource_missing")


def test_a_magic_name_is_retrieved_and_attached_as_a_copy(api: Api) -> None:
    customer = api.post("/v1/customers")
    shown = api.get("/v1/payment_methods/pm_card_visa")
    assert (shown["id"], shown["card"]["last4"], shown["customer"]) == ("pm_card_visa", "4242", None)
    conforms(shown)
    method = api.post("/v1/payment_methods/pm_card_visa/attach", customer=customer["id"])
    assert method["id"].startswith("pm_1") and method["customer"] == customer["id"]
    assert method["card"]["checks"]["cvc_check"] == "pass"
    assert api.get(f"/v1/payment_methods/{method['id']}") == method
    again = api.post("/v1/payment_methods/pm_card_visa/attach", customer=customer["id"])
    assert again["id"] != method["id"]
    assert again["card"]["fingerprint"] == method["card"]["fingerprint"]
    assert api.event_types() == ["customer.created", "payment_method.attached", "payment_method.attached"]


@pytest.mark.parametrize(("name", "code", "decline_code", "message"), [
    ("pm_card_chargeDeclined", "card_declined", "generic_decline", "Your card was declined."),
    ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline", "Your card was declined."),
    ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds",
     "Your card has insufficient funds."),
    ("pm_card_chargeDeclinedExpiredCard", "expired_card", None, "Your card has expired."),
    ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None, "Your card's security code is incorrect."),
    ("pm_card_radarBlock", "card_declined", "fraudulent", "Your card was declined."),
    ("pm_card_cvcCheckFail", "incorrect_cvc", None, "Your card's security code is incorrect."),
])
def test_a_declining_card_cannot_be_attached(api: Api, name: str, code: str, decline_code: str | None,
                                             message: str) -> None:
    customer = api.post("/v1/customers")
    refused = api.refused("POST", f"/v1/payment_methods/{name}/attach", customer=customer["id"])
    error = refused.error
    assert (refused.status, error["type"], error["code"], error["message"], error["param"]) == (
        402, "card_error", code, message, "")
    assert error.get("decline_code") == decline_code
    assert api.get("/v1/payment_methods", customer=customer["id"])["data"] == []


@pytest.mark.parametrize("name", ["pm_card_chargeCustomerFail", "pm_card_authenticationRequired",
                                  "pm_card_bypassPending", "pm_card_createDispute", "pm_card_gb", "pm_card_avsZipFail"])
def test_cards_that_only_misbehave_later_can_be_attached(api: Api, name: str) -> None:
    customer = api.post("/v1/customers")
    assert api.post(f"/v1/payment_methods/{name}/attach", customer=customer["id"])["customer"] == customer["id"]


def test_an_address_is_checked_when_the_card_is_attached(api: Api) -> None:
    customer = api.post("/v1/customers")
    address = {"line1": "1 Main St", "postal_code": "94111"}
    made = api.post("/v1/payment_methods", type="card", card=CARD | {"number": "4000000000000028"},
                    billing_details={"address": address})
    attached = api.post(f"/v1/payment_methods/{made['id']}/attach", customer=customer["id"])
    assert attached["card"]["checks"] == {
        "address_line1_check": "fail", "address_postal_code_check": "pass", "cvc_check": "pass"}
    wrong_zip = api.post("/v1/payment_methods", type="card", card=CARD | {"number": "4000000000000036"},
                         billing_details={"address": address})
    error = api.refused("POST", f"/v1/payment_methods/{wrong_zip['id']}/attach", customer=customer["id"]).error
    assert error["code"] == "incorrect_zip"


def test_a_payment_method_has_one_customer_and_one_life(api: Api) -> None:
    customer = api.post("/v1/customers")
    path = f"/v1/payment_methods/{api.post('/v1/payment_methods', type='card', card=CARD)['id']}"
    assert api.refused("POST", f"{path}/detach").error["message"] == (
        "The payment method you provided is not attached to a customer so detachment is impossible.")
    api.post(f"{path}/attach", customer=customer["id"])
    assert api.refused("POST", f"{path}/attach", customer=customer["id"]).error["message"] == (
        "The payment method you provided has already been attached to a customer.")
    assert api.post(f"{path}/detach")["customer"] is None
    event = api.events(type="payment_method.detached")[0]
    assert event["data"]["object"]["customer"] is None
    assert event["data"]["previous_attributes"] == {"customer": customer["id"]}
    assert api.refused("POST", f"{path}/attach", customer=customer["id"]).error["message"] == (
        "This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, "
        "and may not be used again.")


def test_detaching_the_default_leaves_the_customer_without(api: Api) -> None:
    customer = api.post("/v1/customers", payment_method="pm_card_visa",
                        invoice_settings={"default_payment_method": "pm_card_visa"})
    api.post(f"/v1/payment_methods/{customer['invoice_settings']['default_payment_method']}/detach")
    assert api.get(f"/v1/customers/{customer['id']}")["invoice_settings"]["default_payment_method"] is None
    assert api.event_types()[-2:] == ["payment_method.detached", "customer.updated"]


def test_an_update_merges_billing_details(api: Api) -> None:
    customer = api.post("/v1/customers")
    method = api.post("/v1/payment_methods/pm_card_visa/attach", customer=customer["id"])
    path = f"/v1/payment_methods/{method['id']}"
    api.post(path, billing_details={"name": "Jenny", "address": {"city": "Paris", "country": "FR"}})
    changed = api.post(path, billing_details={"email": "jenny@example.com", "address": {"country": ""}},
                       card={"exp_month": 5, "exp_year": 2061}, metadata={"a": "1"})
    assert changed["billing_details"] == {
        "address": {"city": "Paris", "country": None, "line1": None, "line2": None, "postal_code": None, "state": None},
        "email": "jenny@example.com", "name": "Jenny", "phone": None}
    assert (changed["card"]["exp_month"], changed["card"]["exp_year"], changed["metadata"]) == (5, 2061, {"a": "1"})
    event = api.events(type="payment_method.updated")[-1]
    assert event["data"]["previous_attributes"]["card"] == {"exp_month": 12, "exp_year": 2034}
    loose = api.post("/v1/payment_methods", type="card", card=CARD)
    assert api.refused("POST", f"/v1/payment_methods/{loose['id']}", metadata={"a": "1"}).error["message"] == (
        "You must save this PaymentMethod to a customer before you can update it.")


def test_payment_methods_are_listed_by_customer(api: Api) -> None:
    customer = api.post("/v1/customers")
    other = api.post("/v1/customers")
    visa = api.post("/v1/payment_methods/pm_card_visa/attach", customer=customer["id"])
    amex = api.post("/v1/payment_methods/pm_card_amex/attach", customer=customer["id"])
    api.post("/v1/payment_methods/pm_card_visa/attach", customer=other["id"])
    page = api.get("/v1/payment_methods", customer=customer["id"])
    assert (page["data"], page["url"]) == ([amex, visa], "/v1/payment_methods")
    assert api.get("/v1/payment_methods", customer=customer["id"], type="card")["data"] == [amex, visa]
    assert api.get("/v1/payment_methods", customer=customer["id"], type="sepa_debit")["data"] == []
    assert api.get("/v1/payment_methods", type="card")["data"] == []
    path = f"/v1/customers/{customer['id']}/payment_methods"
    page = api.get(path, limit=1)
    assert (page["data"], page["has_more"], page["url"]) == ([amex], True, path)
    assert api.get(f"{path}/{visa['id']}") == visa
    assert api.refused("GET", f"/v1/customers/{other['id']}/payment_methods/{visa['id']}").error["message"] == (
        f"No such PaymentMethod: '{visa['id']}'")
    assert api.refused("GET", "/v1/payment_methods", customer="cus_x").error["message"] == "No such customer: 'cus_x'"


def test_an_unknown_payment_method(api: Api) -> None:
    refused = api.refused("GET", "/v1/payment_methods/pm_card_unheard")
    assert (refused.status, refused.error["message"], refused.error["param"]) == (
        404, "No such PaymentMethod: 'pm_card_unheard'", "payment_method")


IBAN = "DE89370400440532013000"


@pytest.mark.parametrize(("type", "sent", "shown"), [
    ("acss_debit", {"account_number": "000123456789", "institution_number": "000", "transit_number": "11000"},
     {"bank_name": "STRIPE TEST BANK", "institution_number": "000", "last4": "6789", "transit_number": "11000"}),
    ("au_becs_debit", {"account_number": "000123456", "bsb_number": "000000"}, {"bsb_number": "000000", "last4": "3456"}),
    ("bacs_debit", {"account_number": "00012345", "sort_code": "108800"}, {"last4": "2345", "sort_code": "108800"}),
    ("boleto", {"tax_id": "000.000.000-00"}, {"tax_id": "000.000.000-00"}),
    ("ideal", {"bank": "ing"}, {"bank": "ing", "bic": "INGBNL2A"}),
    ("klarna", {"dob": {"day": 1, "month": 2, "year": 1990}}, {"dob": {"day": 1, "month": 2, "year": 1990}}),
    ("klarna", None, {"dob": None}),
    ("link", None, {"email": None}),
    ("alipay", None, {}),
    ("sepa_debit", {"iban": "DE89 3704 0044 0532 0130 00"},
     {"bank_code": "37040044", "branch_code": None, "country": "DE", "last4": "3000",
      "generated_from": {"charge": None, "setup_attempt": None}}),
    ("sofort", {"country": "AT"}, {"country": "AT"}),
    ("us_bank_account", {"account_number": "000123456789", "routing_number": "110000000", "account_holder_type": "company"},
     {"account_holder_type": "company", "account_type": "checking", "bank_name": "STRIPE TEST BANK",
      "financial_connections_account": None, "last4": "6789", "networks": {"preferred": "ach", "supported": ["ach"]},
      "routing_number": "110000000"}),
])
def test_another_type_is_made_shown_and_attached(api: Api, type: str, sent: dict[str, Any] | None,
                                                 shown: dict[str, Any]) -> None:
    values = {} if sent is None else {type: sent}
    method = api.post("/v1/payment_methods", type=type, billing_details={"name": "Jenny"}, **values,
                      radar_options={"session": "rse_1"})
    conforms(method)
    hash = dict(method[type])
    fingerprint = hash.pop("fingerprint", None)
    assert (hash, method["type"], method["radar_options"]) == (shown, type, {"session": "rse_1"})
    assert "card" not in method and len([name for name in METHOD_TYPES if name in method]) == 1
    again = api.post("/v1/payment_methods", type=type, **values)
    assert again[type].get("fingerprint") == fingerprint and (fingerprint is None) == ("last4" not in shown)
    customer = api.post("/v1/customers")
    attached = api.post(f"/v1/payment_methods/{method['id']}/attach", customer=customer["id"])
    assert attached == method | {"customer": customer["id"]}
    assert api.get("/v1/payment_methods", customer=customer["id"], type=type)["data"] == [attached]
    assert api.get("/v1/payment_methods", customer=customer["id"], type="card")["data"] == []
    assert api.post(f"/v1/payment_methods/{method['id']}/detach") == method
    assert api.event_types() == ["customer.created", "payment_method.attached", "payment_method.detached"]


@pytest.mark.parametrize(("params", "code", "param", "message"), [
    ({"type": "sepa_debit"}, "parameter_missing", "sepa_debit", "Missing required param: sepa_debit."),
    ({"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013001"}}, "invalid_bank_account_iban",
     "sepa_debit[iban]", "The IBAN you provided is invalid."),
    ({"type": "bacs_debit", "bacs_debit": {"account_number": "12"}}, "account_number_invalid",
     "bacs_debit[account_number]", "The account number you provided is invalid."),
    ({"type": "card", "card": CARD, "sepa_debit": {"iban": IBAN}}, None, "sepa_debit",
     "You passed sepa_debit, but the payment method is of type card."),
    ({"payment_method": "pm_card_visa", "customer": "cus_x"}, None, "payment_method",
     "A payment method can only be copied to a connected account, by a request with its Stripe-Account header."),
    ({"type": "card", "card": CARD, "customer": "cus_x"}, None, "customer",
     "A payment method can only be copied to a connected account, by a request with its Stripe-Account header."),
])
def test_what_cannot_be_made(api: Api, params: dict[str, Any], code: str | None, param: str, message: str) -> None:
    api.get("/v1/account")
    before = row_counts(api.server)
    refused = api.refused("POST", "/v1/payment_methods", **params)
    assert (refused.status, refused.error.get("code"), refused.error["param"], refused.error["message"]) == (
        400, code, param, message)
    assert row_counts(api.server) == before


def test_another_type_is_no_source(api: Api) -> None:
    customer = api.post("/v1/customers")
    id = api.post("/v1/payment_methods", type="sepa_debit", sepa_debit={"iban": IBAN})["id"]

    def refused(path: str, param: str, **params: Any) -> None:
        before = row_counts(api.server)
        answer = api.refused("POST", path, **params)
        assert (answer.status, answer.error["param"], answer.error["message"]) == (
            400, param, "The payment method type provided: sepa_debit is invalid. Nothing is paid with it here.")
        assert row_counts(api.server) == before

    api.post(f"/v1/payment_methods/{id}/attach", customer=customer["id"])
    refused(f"/v1/customers/{customer['id']}", "default_source", default_source=id)
    refused("/v1/charges", "source", amount=100, currency="eur", customer=customer["id"], source=id)


def test_an_update_is_of_its_type(api: Api) -> None:
    customer = api.post("/v1/customers")
    bank = {"account_number": "000123456789", "routing_number": "110000000"}
    id = api.post("/v1/payment_methods", type="us_bank_account", us_bank_account=bank)["id"]
    api.post(f"/v1/payment_methods/{id}/attach", customer=customer["id"])
    changed = api.post(f"/v1/payment_methods/{id}", us_bank_account={"account_holder_type": "company"})
    assert changed["us_bank_account"]["account_holder_type"] == "company"
    (event,) = api.events(type="payment_method.updated")
    assert event["data"]["previous_attributes"] == {"us_bank_account": {"account_holder_type": "individual"}}
    refused = api.refused("POST", f"/v1/payment_methods/{id}", card={"exp_month": 5, "exp_year": 2061})
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        400, "card", "You passed card, but the payment method is of type us_bank_account.")
