"""Setup intents, their attempts, and mandates, over HTTP and on the page of 3D Secure."""

from __future__ import annotations

from typing import Any

import pytest

from app.wire.auth import add_key
from tests.support.api import Answer, Api
from tests.support.pages import Page, Visitor
from tests.support.reference import conforms

URL = "/v1/setup_intents"
ONLINE = {"customer_acceptance": {"type": "online", "accepted_at": 1_700_000_000,
                                  "online": {"ip_address": "10.0.0.1", "user_agent": "curl"}}}  # fmt: skip
UNEXPECTED = "setup_intent_unexpected_state"


def create(api: Api, **values: Any) -> dict[str, Any]:
    return api.post(URL, **values)


def happened(api: Api) -> list[str]:
    return [each for each in api.event_types() if each.startswith(("setup_intent.", "payment_method.", "mandate."))]


def attempts(api: Api, intent: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("/v1/setup_attempts", setup_intent=intent["id"])["data"]
    return found


def answer(api: Api, intent: dict[str, Any], choice: str) -> Page:
    action = intent["next_action"]
    url = action["redirect_to_url"]["url"] if action["type"] == "redirect_to_url" else action["use_stripe_sdk"]["stripe_js"]
    visitor = Visitor(api.server)
    page = visitor.open(url)
    assert "that it may be charged later" in page.text and "$" not in page.text
    return visitor.open(url, "POST", page.fields | {"answer": choice})


def is_refused(answer: Answer, message: str, code: str | None = None, param: str | None = None) -> None:
    assert (answer.status, answer.error["type"]) == (400, "invalid_request_error"), answer.body
    assert (answer.error["message"], answer.error.get("code"), answer.error.get("param")) == (message, code, param)


def test_a_card_is_set_up_for_its_customer(api: Api) -> None:
    customer = api.post("/v1/customers")["id"]
    intent = create(api, customer=customer, description="Gym", metadata={"a": "1"}, flow_directions=["inbound"])
    assert intent == {
        "id": intent["id"], "object": "setup_intent", "application": None, "cancellation_reason": None,
        "client_secret": intent["client_secret"], "created": intent["created"], "customer": customer, "description": "Gym",
        "flow_directions": ["inbound"], "last_setup_error": None, "latest_attempt": None, "livemode": False, "mandate": None,
        "metadata": {"a": "1"}, "next_action": None, "on_behalf_of": None, "payment_method": None,
        "payment_method_options": {"card": {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"], "single_use_mandate": None, "status": "requires_payment_method",
        "usage": "off_session"}  # fmt: skip
    assert intent["id"].startswith("seti_1") and intent["client_secret"].startswith(f"{intent['id']}_secret_")
    path = f"{URL}/{intent['id']}"
    missing = api.refused("POST", f"{path}/confirm")
    assert (missing.error["code"], "missing a payment method" in missing.error["message"]) == (UNEXPECTED, True)
    named = api.post(path, payment_method="pm_card_visa", metadata={"a": "", "b": "2"})
    assert (named["status"], named["metadata"]) == ("requires_confirmation", {"b": "2"})
    final = api.post(f"{path}/confirm")
    assert (final["status"], final["payment_method"]) == ("succeeded", named["payment_method"])
    assert api.get(f"/v1/payment_methods/{final['payment_method']}")["customer"] == customer
    assert happened(api) == ["setup_intent.created", "payment_method.attached", "setup_intent.succeeded"]
    [attempt] = attempts(api, intent)
    assert attempt == {
        "id": final["latest_attempt"], "object": "setup_attempt", "application": None, "created": attempt["created"],
        "customer": customer, "flow_directions": ["inbound"], "livemode": False, "on_behalf_of": None,
        "payment_method": final["payment_method"],
        "payment_method_details": {"card": {"three_d_secure": None}, "type": "card"}, "setup_error": None,
        "setup_intent": intent["id"], "status": "succeeded", "usage": "off_session"}  # fmt: skip
    conforms(attempt)
    for filters in ({"customer": customer}, {"payment_method": final["payment_method"]}, {}):
        assert api.get(URL, **filters)["data"] == [final]
    assert api.get(URL, attach_to_self=True)["data"] == [] == api.get(URL, created={"lt": 1})["data"]
    expanded = api.get(path, expand=["latest_attempt", "payment_method", "customer"])
    assert (expanded["latest_attempt"]["id"], expanded["customer"]["id"]) == (attempt["id"], customer)
    is_refused(
        api.refused("POST", f"{path}/cancel"),
        "You cannot cancel this SetupIntent because it has a status of succeeded. Only a SetupIntent with one of the following "
        "statuses may be canceled: `requires_payment_method`, `requires_confirmation`, or `requires_action`.",
        UNEXPECTED,
    )
    is_refused(
        api.refused("POST", f"{path}/confirm"),
        "You cannot confirm this SetupIntent because it has a status of succeeded.", UNEXPECTED)  # fmt: skip
    assert api.refused("POST", path, payment_method="pm_card_visa").error["code"] == UNEXPECTED
    assert api.post(path, description="Pool")["description"] == "Pool"


@pytest.mark.parametrize(("card", "code", "decline_code"), [
    ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
    ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
    ("pm_card_cvcCheckFail", "incorrect_cvc", None)])  # fmt: skip
def test_a_decline_is_answered_and_kept(api: Api, card: str, code: str, decline_code: str | None) -> None:
    declined = api.call("POST", URL, {"payment_method": card, "confirm": True})
    assert (declined.status, declined.error["code"], declined.error.get("decline_code")) == (402, code, decline_code)
    intent = api.get(f"{URL}/{declined.error['setup_intent']['id']}")
    assert declined.error["setup_intent"] == intent and "payment_intent" not in declined.error
    assert (intent["status"], intent["payment_method"], intent["last_setup_error"]["code"]) == (
        "requires_payment_method", None, code)  # fmt: skip
    [attempt] = attempts(api, intent)
    assert (attempt["status"], attempt["setup_error"]) == ("failed", intent["last_setup_error"])
    assert happened(api) == ["setup_intent.created", "setup_intent.setup_failed"]
    final = api.post(f"{URL}/{intent['id']}/confirm", payment_method="pm_card_chargeCustomerFail")
    assert (final["status"], final["last_setup_error"]) == ("succeeded", None)
    assert [each["status"] for each in attempts(api, intent)] == ["succeeded", "failed"]


def test_the_holder_is_asked_and_not_again_when_it_is_charged(api: Api) -> None:
    customer = api.post("/v1/customers")["id"]
    card = "pm_card_authenticationRequiredOnSetup"
    intent = create(api, customer=customer, payment_method=card, confirm=True, return_url="https://shop.example/back")
    assert (intent["status"], intent["next_action"]["type"]) == ("requires_action", "redirect_to_url")
    assert attempts(api, intent)[0]["status"] == "requires_action"
    location = answer(api, intent, "complete").headers["Location"]
    assert location == (f"https://shop.example/back?setup_intent={intent['id']}&setup_intent_client_secret="
                        f"{intent['client_secret']}&redirect_status=succeeded")  # fmt: skip
    final = api.get(f"{URL}/{intent['id']}")
    assert (final["status"], final["next_action"]) == ("succeeded", None)
    secure = attempts(api, intent)[0]["payment_method_details"]["card"]["three_d_secure"]
    assert (secure["result"], secure["authentication_flow"]) == ("authenticated", "challenge")
    assert happened(api) == ["setup_intent.created", "setup_intent.requires_action", "payment_method.attached",
                             "setup_intent.succeeded"]  # fmt: skip
    paid = api.post("/v1/payment_intents", amount=2000, currency="usd", customer=customer, off_session=True, confirm=True,
                    payment_method=final["payment_method"])  # fmt: skip
    assert paid["status"] == "succeeded"


def test_the_holder_fails_or_is_no_longer_asked(api: Api) -> None:
    card = "pm_card_authenticationRequired"
    failed = create(api, payment_method=card, confirm=True)
    answer(api, failed, "fail")
    final = api.get(f"{URL}/{failed['id']}")
    assert (final["status"], final["payment_method"], final["last_setup_error"]["code"]) == (
        "requires_payment_method", None, "setup_intent_authentication_failure")  # fmt: skip
    assert attempts(api, failed)[0]["payment_method_details"]["card"]["three_d_secure"]["result"] == "failed"
    assert happened(api)[-1] == "setup_intent.setup_failed"
    canceled = create(api, payment_method=card, confirm=True)
    over = api.post(f"{URL}/{canceled['id']}/cancel", cancellation_reason="abandoned")
    assert (over["status"], over["cancellation_reason"], over["next_action"]) == ("canceled", "abandoned", None)
    assert attempts(api, canceled)[0]["status"] == "abandoned" and happened(api)[-1] == "setup_intent.canceled"
    other = create(api, payment_method=card, confirm=True)
    assert api.post(f"{URL}/{other['id']}", payment_method="pm_card_visa")["status"] == "requires_confirmation"
    assert api.post(f"{URL}/{other['id']}/confirm")["status"] == "succeeded"
    assert [each["status"] for each in attempts(api, other)] == ["succeeded", "abandoned"]


def test_mandates_say_what_was_agreed(api: Api) -> None:
    intent = create(api, payment_method="pm_card_visa", confirm=True, mandate_data=ONLINE)
    mandate = api.get(f"/v1/mandates/{intent['mandate']}")
    assert mandate == {
        "id": mandate["id"], "object": "mandate", "customer_acceptance": {
            "accepted_at": 1_700_000_000, "online": {"ip_address": "10.0.0.1", "user_agent": "curl"}, "type": "online"},
        "livemode": False, "multi_use": {}, "payment_method": intent["payment_method"],
        "payment_method_details": {"card": {}, "type": "card"}, "status": "active", "type": "multi_use"}  # fmt: skip
    once = create(api, payment_method="pm_card_visa", confirm=True, single_use={"amount": 500, "currency": "usd"},
                  mandate_data={"customer_acceptance": {"type": "offline"}})  # fmt: skip
    single = api.get(f"/v1/mandates/{once['single_use_mandate']}")
    assert (once["mandate"], single["single_use"], single["type"]) == (None, {"amount": 500, "currency": "usd"}, "single_use")
    assert single["customer_acceptance"]["offline"] == {} and "multi_use" not in single
    half = api.refused("POST", URL, confirm=True, payment_method="pm_card_visa",
                       mandate_data={"customer_acceptance": {"type": "online"}})  # fmt: skip
    assert half.error["param"] == "mandate_data[customer_acceptance][online]"
    unknown = api.refused("GET", "/v1/mandates/mandate_x")
    assert (unknown.status, unknown.error["message"]) == (404, "No such mandate: 'mandate_x'")


def test_payments_name_their_mandate(api: Api) -> None:
    customer = api.post("/v1/customers")["id"]
    base = {"amount": 2000, "currency": "usd", "customer": customer, "confirm": True}
    first = api.post("/v1/payment_intents", **base, payment_method="pm_card_visa", setup_future_usage="off_session",
                     mandate_data=ONLINE)  # fmt: skip
    made = first["charges"]["data"][0]["payment_method_details"]["card"]["mandate"]
    assert api.get(f"/v1/mandates/{made}")["type"] == "multi_use"
    again = api.post("/v1/payment_intents", **base, payment_method=first["payment_method"], mandate=made, off_session=True)
    assert again["charges"]["data"][0]["payment_method_details"]["card"]["mandate"] == made
    wrong = api.refused("POST", "/v1/payment_intents", **base, payment_method="pm_card_visa", mandate=made)
    assert (wrong.status, wrong.error["param"]) == (400, "mandate")
    once = api.post("/v1/payment_intents", **base, payment_method="pm_card_visa", mandate_data=ONLINE)
    mandate = api.get(f"/v1/mandates/{once['charges']['data'][0]['payment_method_details']['card']['mandate']}")
    assert mandate["single_use"] == {"amount": 2000, "currency": "usd"}


def test_what_cannot_be_asked_for(api: Api) -> None:
    customer = api.post("/v1/customers")["id"]
    attached = api.post("/v1/payment_methods/pm_card_visa/attach", customer=customer)["id"]
    for values, message, code, param in (
        ({"mandate_data": ONLINE}, "You can only specify `mandate_data` when `confirm` is true.", None, "mandate_data"),
        ({"customer": "cus_x"}, "No such customer: 'cus_x'", "resource_missing", "customer"),
        ({"on_behalf_of": "acct_x"}, "No such destination: 'acct_x'", "resource_missing", "on_behalf_of"),
        ({"customer": customer, "attach_to_self": True},
         "You may only specify one of these parameters: attach_to_self, customer.", None, None),
        ({"payment_method": attached},
         f"The payment method `{attached}` belongs to the Customer `{customer}`. Please include the Customer in the "
         "`customer` parameter on the SetupIntent.", None, "payment_method"),
    ):  # fmt: skip
        is_refused(api.refused("POST", URL, **values), message, code, param)
    unknown = api.refused("GET", f"{URL}/seti_x")
    assert (unknown.status, unknown.error["message"], unknown.error["param"]) == (404, "No such setupintent: 'seti_x'", "intent")
    assert api.refused("GET", "/v1/setup_attempts").error["code"] == "parameter_missing"
    intent = create(api, attach_to_self=True)
    assert intent["attach_to_self"] is True and api.get(URL, attach_to_self=True)["data"] == [intent]
    assert api.refused("POST", f"{URL}/{intent['id']}/verify_microdeposits", amounts=[32, 45]).error["code"] == UNEXPECTED


def test_a_publishable_key_needs_the_secret(api: Api) -> None:
    account = api.get("/v1/account")["id"]
    intent = create(api, metadata={"a": "1"})
    with api.server.database.writing() as session:
        add_key(session, account, "pk_test_" + account[5:])
    browser = Api(api.server, "pk_test_" + account[5:])
    path = f"{URL}/{intent['id']}"
    assert browser.call("GET", path).error["param"] == "client_secret"
    assert browser.call("GET", path, {"client_secret": "x"}).error["code"] == "setup_intent_invalid_parameter"
    final = browser.post(f"{path}/confirm", client_secret=intent["client_secret"], payment_method="pm_card_visa")
    assert final["status"] == "succeeded" and not {"metadata", "customer"} & final.keys()
    assert browser.call("POST", f"{path}/cancel").error["code"] == "secret_key_required"
