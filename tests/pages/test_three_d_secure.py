"""3D Secure: what waits for the customer, the page on which they answer, and what becomes of the payment."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.api import Api
from tests.support.clock import Clock
from tests.support.pages import Page, Visitor

URL = "/v1/payment_intents"
WAITS = ["payment_intent.created", "payment_intent.requires_action"]


@pytest.fixture
def visitor(api: Api) -> Visitor:
    return Visitor(api.server)


def waiting(api: Api, card: str = "pm_card_authenticationRequired", **values: Any) -> dict[str, Any]:
    intent = api.post(URL, amount=2000, currency="usd", payment_method=card, confirm=True, **values)
    assert intent["status"] == "requires_action"
    return intent


def page_of(intent: dict[str, Any]) -> str:
    action = intent["next_action"]
    url: str = (
        action["redirect_to_url"]["url"]
        if action["type"] == "redirect_to_url"
        else action["use_stripe_sdk"]["stripe_js"]
    )
    return url


def answer(visitor: Visitor, url: str, choice: str, **fields: str) -> Page:
    return visitor.open(url, "POST", visitor.open(url).fields | {"answer": choice} | fields)


def payments(api: Api) -> list[str]:
    return [each for each in api.event_types() if each.startswith(("payment_intent.", "charge.", "payment_method."))]


def test_a_customer_completes_it_and_goes_back(api: Api, visitor: Visitor) -> None:
    intent = waiting(api, return_url="https://shop.example/done?order=7")
    account = api.get("/v1/account")["id"]
    url = f"http://127.0.0.1:12111/3d_secure/{account}/{intent['client_secret']}"
    assert intent["next_action"] == {
        "type": "redirect_to_url",
        "redirect_to_url": {"return_url": "https://shop.example/done?order=7", "url": url},
    }
    assert payments(api) == WAITS and intent["charges"]["data"] == []
    page = visitor.open(url)
    assert page.status == 200 and page.title == "3D Secure for Billyard sandbox"
    assert "$20.00 with Visa •••• 3184" in page.text and "Complete authentication Fail authentication" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "form-action 'self' https://shop.example;" in policy and "script-src" not in policy
    sent = answer(visitor, url, "complete")
    target = urlsplit(sent.headers["Location"])
    assert (sent.status, target.netloc, target.path) == (303, "shop.example", "/done")
    assert parse_qs(target.query) == {
        "order": ["7"],
        "payment_intent": [intent["id"]],
        "payment_intent_client_secret": [intent["client_secret"]],
        "redirect_status": ["succeeded"],
    }
    final = api.get(f"{URL}/{intent['id']}")
    [charge] = final["charges"]["data"]
    assert (final["status"], final["next_action"], final["amount_received"]) == ("succeeded", None, 2000)
    assert charge["payment_method_details"]["card"]["three_d_secure"] == {
        "authentication_flow": "challenge",
        "result": "authenticated",
        "result_reason": None,
        "version": "2.1.0",
    }
    assert payments(api) == [*WAITS, "charge.succeeded", "payment_intent.succeeded"]
    # The form is good once.
    assert visitor.open(url, "POST", page.fields | {"answer": "complete"}).status == 409
    after = visitor.open(url)
    assert "The payment was made." in after.text and "Complete" not in after.text
    assert after.links["Go back"].startswith("https://shop.example/done?order=7&payment_intent=pi_")


def test_a_customer_fails_it(api: Api, visitor: Visitor) -> None:
    intent = waiting(api, return_url="shop-app://back")
    sent = answer(visitor, page_of(intent), "fail")
    assert (
        sent.headers["Location"].startswith("shop-app://back?") and "redirect_status=failed" in sent.headers["Location"]
    )
    final = api.get(f"{URL}/{intent['id']}")
    assert (final["status"], final["payment_method"], final["next_action"]) == ("requires_payment_method", None, None)
    error = final["last_payment_error"]
    assert (error["code"], error["type"], error["payment_method"]["id"]) == (
        "payment_intent_authentication_failure",
        "invalid_request_error",
        intent["payment_method"],
    )
    assert error["message"] == (
        "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to "
        "attempt to fulfill this PaymentIntent again."
    )
    assert payments(api) == [*WAITS, "payment_intent.payment_failed"]
    assert api.post(f"{URL}/{intent['id']}/confirm", payment_method="pm_card_visa")["status"] == "succeeded"


def test_a_card_may_be_declined_after_it(api: Api, visitor: Visitor) -> None:
    intent = waiting(api, "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds")
    assert answer(visitor, page_of(intent), "complete").headers["Location"] == intent["client_secret"]
    final = api.get(f"{URL}/{intent['id']}")
    assert (final["status"], final["last_payment_error"]["decline_code"]) == (
        "requires_payment_method",
        "insufficient_funds",
    )
    assert payments(api) == [*WAITS, "charge.failed", "payment_intent.payment_failed"]
    assert "The payment was not made." in visitor.open(page_of(intent)).text


def test_what_the_page_refuses(api: Api, visitor: Visitor) -> None:
    intent = waiting(api)
    url = page_of(intent)
    before = api.event_types()
    for broken in (url + "x", url[:-1], url.replace("pi_", "in_"), url.replace("acct_", "acct_x")):
        assert visitor.open(broken).status == visitor.open(broken, "POST", {"answer": "complete"}).status == 404
    assert answer(visitor, url, "complete", token="").status == 409
    assert answer(visitor, url, "perhaps").status == 400
    assert api.event_types() == before and api.get(f"{URL}/{intent['id']}") == intent


def test_nobody_waits_off_session(api: Api) -> None:
    for values in ({"off_session": True}, {"error_on_requires_action": True}):
        answer = api.call(
            "POST",
            URL,
            {"amount": 2000, "currency": "usd", "payment_method": "pm_card_authenticationRequired", "confirm": True}
            | values,
        )
        assert (answer.status, answer.error["code"], answer.error["decline_code"]) == (
            402,
            "authentication_required",
            "authentication_required",
        )
        assert answer.error["message"] == "Your card was declined. This transaction requires authentication."
        assert answer.error["payment_intent"]["status"] == "requires_payment_method"
    assert payments(api) == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"] * 2


def test_a_card_that_was_set_up_is_not_asked_again(api: Api, visitor: Visitor) -> None:
    customer = api.post("/v1/customers")["id"]
    intent = waiting(api, "pm_card_authenticationRequiredOnSetup", customer=customer, setup_future_usage="off_session")
    answer(visitor, page_of(intent), "complete")
    assert payments(api)[2:] == ["payment_method.attached", "charge.succeeded", "payment_intent.succeeded"]
    again = api.post(
        URL,
        amount=900,
        currency="usd",
        customer=customer,
        payment_method=intent["payment_method"],
        confirm=True,
        off_session=True,
    )
    assert again["status"] == "succeeded"


def test_a_shop_may_finish_the_payment_itself(api: Api, visitor: Visitor) -> None:
    intent = waiting(api, confirmation_method="manual", capture_method="manual")
    answer(visitor, page_of(intent), "complete")
    path = f"{URL}/{intent['id']}"
    seen = api.get(path)
    assert (seen["status"], seen["next_action"], payments(api)) == ("requires_confirmation", None, WAITS)
    final = api.post(f"{path}/confirm")
    assert (final["status"], final["amount_capturable"]) == ("requires_capture", 2000)


def test_some_cards_are_asked_only_where_that_is_requested(api: Api) -> None:
    values = {"amount": 2000, "currency": "usd", "confirm": True}
    asked = {"payment_method_options": {"card": {"request_three_d_secure": "any"}}}
    for card, plain, requested in (
        ("pm_card_threeDSecureOptional", "succeeded", "requires_action"),
        ("pm_card_visa", "succeeded", "succeeded"),
        ("pm_card_amex_threeDSecureNotSupported", "succeeded", "succeeded"),
    ):
        assert api.post(URL, payment_method=card, **values)["status"] == plain
        assert api.post(URL, payment_method=card, **values, **asked)["status"] == requested
    card = "pm_card_threeDSecureOptionalProcessingError"
    assert api.post(URL, payment_method=card, **values)["status"] == "succeeded"
    assert api.call("POST", URL, {"payment_method": card} | values | asked).error["code"] == "processing_error"


def test_the_invoice_of_an_intent_is_paid_by_it(api: Api, visitor: Visitor) -> None:
    time = Clock(api, "2022-09-01", card="pm_card_authenticationRequired")
    subscription = time.subscribe(time.price(1000))
    intent = api.get(f"/v1/invoices/{subscription['latest_invoice']}", expand=["payment_intent"])["payment_intent"]
    assert (subscription["status"], intent["status"]) == ("incomplete", "requires_action")
    time.new_events()
    answer(visitor, page_of(intent), "complete")
    assert api.get(f"/v1/subscriptions/{subscription['id']}")["status"] == "active"
    assert api.get(f"/v1/invoices/{intent['invoice']}")["status"] == "paid"
    assert time.new_events()[:3] == ["charge.succeeded", "payment_intent.succeeded", "invoice.updated"]


def test_an_invoice_stays_open_where_its_customer_fails(api: Api, visitor: Visitor) -> None:
    time = Clock(api, "2022-09-01", card="pm_card_authenticationRequired")
    subscription = time.subscribe(time.price(1000))
    intent = api.get(f"/v1/invoices/{subscription['latest_invoice']}", expand=["payment_intent"])["payment_intent"]
    time.new_events()
    answer(visitor, page_of(intent), "fail")
    assert api.get(f"/v1/invoices/{intent['invoice']}")["status"] == "open"
    assert time.new_events()[:2] == ["payment_intent.payment_failed", "invoice.payment_failed"]
    api.post(f"{URL}/{intent['id']}/confirm", payment_method="pm_card_visa")
    assert api.get(f"/v1/subscriptions/{subscription['id']}")["status"] == "active"
