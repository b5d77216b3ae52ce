"""Banks and providers that ask on a page of their own: the page, what is said there, and what becomes of the payment."""

from __future__ import annotations

from typing import Any

import pytest

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.pages.test_three_d_secure import answer
from tests.support.api import Api
from tests.support.pages import Visitor

URL = "/v1/payment_intents"
BACK = "https://shop.example/done"


@pytest.fixture
def visitor(api: Api) -> Visitor:
    return Visitor(api.server)


def pay(api: Api, type: str, currency: str = "eur", **values: Any) -> dict[str, Any]:
    data = {"type": type} | values.pop("data", {})
    return api.post(URL, amount=5000, currency=currency, payment_method_types=[type], payment_method_data=data, confirm=True,
                    return_url=BACK, **values)


@pytest.mark.parametrize(("type", "currency", "data", "shown"), [
    ("ideal", "eur", {"ideal": {"bank": "ing"}}, {"bank": "ing", "bic": "INGBNL2A", "verified_name": None}),
    ("bancontact", "eur", {}, {"bank_name": None, "preferred_language": None}),
    ("giropay", "eur", {}, {"bank_code": None}),
    ("eps", "eur", {"eps": {"bank": "erste_bank_und_sparkassen"}}, {"bank": "erste_bank_und_sparkassen"}),
    ("p24", "pln", {"p24": {"bank": "ing"}}, {"bank": "ing", "reference": None}),
    ("klarna", "usd", {}, {"payment_method_category": "pay_later"}),
    ("affirm", "usd", {}, {}),
    ("afterpay_clearpay", "usd", {}, {"reference": None}),
    ("grabpay", "sgd", {}, {"transaction_id": None}),
    ("wechat_pay", "usd", {}, {"transaction_id": None}),
    ("blik", "pln", {}, {}),
])
def test_whoever_approves_on_the_page_has_paid(api: Api, server: Server, visitor: Visitor, type: str, currency: str,
                                               data: dict[str, Any], shown: dict[str, Any]) -> None:
    intent = pay(api, type, currency, data=data)
    account = api.get("/v1/account")["id"]
    url = f"http://127.0.0.1:12111/3d_secure/{account}/{intent['client_secret']}"
    assert (intent["status"], intent["charges"]["data"]) == ("requires_action", [])
    assert intent["next_action"] == {"type": "redirect_to_url", "redirect_to_url": {"return_url": BACK, "url": url}}
    page = visitor.open(url)
    assert "Authorize test payment Fail test payment" in page.text and type.replace("_", " ") in page.text
    sent = answer(visitor, url, "complete")
    assert sent.status == 303 and "redirect_status=succeeded" in sent.headers["Location"]
    paid = api.get(f"{URL}/{intent['id']}")
    [charge] = paid["charges"]["data"]
    assert (paid["status"], charge["status"], charge["id"][:3]) == ("succeeded", "succeeded", "py_")
    assert shown.items() <= charge["payment_method_details"][type].items()
    assert api.event_types() == ["payment_intent.created", "payment_intent.requires_action", "charge.succeeded",
                                 "payment_intent.succeeded"]
    row = api.get(f"/v1/balance_transactions/{charge['balance_transaction']}")
    # 2.9 % of 50.00, and 0.30.
    assert (row["type"], row["amount"], row["fee"]) == ("payment", 5000, 175)
    assert visitor.open(charge["receipt_url"]).status == 200
    assert examine(server.database, account=api.key) == []


def test_whoever_does_not_approve_has_not_paid(api: Api, visitor: Visitor) -> None:
    intent = pay(api, "ideal")
    sent = answer(visitor, intent["next_action"]["redirect_to_url"]["url"], "fail")
    assert "redirect_status=failed" in sent.headers["Location"]
    failed = api.get(f"{URL}/{intent['id']}")
    assert (failed["status"], failed["last_payment_error"]["code"], failed["charges"]["data"]) == (
        "requires_payment_method", "payment_intent_authentication_failure", [])
    assert api.get("/v1/balance_transactions")["data"] == []


def test_who_pays_later_can_be_captured_later(api: Api, visitor: Visitor) -> None:
    intent = pay(api, "klarna", "usd", capture_method="manual")
    answer(visitor, intent["next_action"]["redirect_to_url"]["url"], "complete")
    held = api.get(f"{URL}/{intent['id']}")
    assert (held["status"], held["amount_capturable"]) == ("requires_capture", 5000)
    taken = api.post(f"{URL}/{intent['id']}/capture", amount_to_capture=3000)
    assert (taken["status"], taken["amount_received"]) == ("succeeded", 3000)
    assert api.get("/v1/balance")["pending"][0]["amount"] == 3000 - 117


def test_sofort_is_approved_now_and_paid_later(api: Api, visitor: Visitor) -> None:
    intent = pay(api, "sofort", data={"sofort": {"country": "DE"}})
    answer(visitor, intent["next_action"]["redirect_to_url"]["url"], "complete")
    assert api.get(f"{URL}/{intent['id']}")["status"] == "processing"


def test_deposits_are_named_on_the_page(api: Api, visitor: Visitor) -> None:
    data = {"us_bank_account": {"account_number": "000123456789", "routing_number": "110000000"}}
    for choice, status in (("complete", "processing"), ("fail", "requires_payment_method")):
        intent = pay(api, "us_bank_account", "usd", data=data, mandate_data={"customer_acceptance": {"type": "offline"}})
        url = intent["next_action"]["verify_with_microdeposits"]["hosted_verification_url"]
        assert "us bank account •••• 6789" in visitor.open(url).text
        answer(visitor, url, choice)
        assert api.get(f"{URL}/{intent['id']}")["status"] == status


@pytest.mark.parametrize(("type", "currency", "data", "action"), [
    ("boleto", "brl", {"boleto": {"tax_id": "00000000000191"}}, "boleto_display_details"),
    ("oxxo", "mxn", {}, "oxxo_display_details"),
    ("konbini", "jpy", {}, "konbini_display_details"),
    ("alipay", "usd", {}, "alipay_handle_redirect"),
])
def test_vouchers_are_paid_on_the_page(api: Api, visitor: Visitor, type: str, currency: str, data: dict[str, Any],
                                       action: str) -> None:
    intent = pay(api, type, currency, data=data)
    assert intent["next_action"]["type"] == action
    shown = intent["next_action"][action]
    answer(visitor, shown.get("hosted_voucher_url") or shown["url"], "complete")
    assert api.get(f"{URL}/{intent['id']}")["status"] == "succeeded"


def test_nobody_can_be_sent_to_a_page_off_session(api: Api) -> None:
    refused = api.call("POST", URL, {"amount": 5000, "currency": "eur", "payment_method_types": ["ideal"], "confirm": True,
                                     "payment_method_data": {"type": "ideal"}, "off_session": True})
    assert (refused.status, refused.error["code"]) == (402, "payment_intent_authentication_failure")
    assert refused.error["payment_intent"]["status"] == "requires_payment_method"
    assert api.event_types() == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]


def test_ideal_is_set_up_on_the_page(api: Api, visitor: Visitor) -> None:
    intent = api.post("/v1/setup_intents", payment_method_types=["ideal"], payment_method_data={"type": "ideal"}, confirm=True,
                      return_url=BACK)
    assert (intent["status"], intent["next_action"]["type"]) == ("requires_action", "redirect_to_url")
    answer(visitor, intent["next_action"]["redirect_to_url"]["url"], "complete")
    assert api.get(f"/v1/setup_intents/{intent['id']}")["status"] == "succeeded"
