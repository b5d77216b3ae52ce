"""Security codes that are sent again for a card that is known, as tokens of type `cvc_update`."""

from __future__ import annotations

from typing import Any

import pytest

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api


def code(api: Api) -> str:
    token = api.post("/v1/tokens", cvc_update={"cvc": "123"})
    assert token["id"].startswith("cvctok_1")
    return str(token["id"])


def saved(api: Api, number: str) -> dict[str, Any]:
    """What pays with a customer's card whose code is not known."""
    customer = api.post("/v1/customers")["id"]
    card = api.post("/v1/payment_methods", type="card", card={"number": number, "exp_month": 8, "exp_year": 2034})["id"]
    attached = api.post(f"/v1/payment_methods/{card}/attach", customer=customer)
    assert attached["card"]["checks"]["cvc_check"] is None
    return {"amount": 1000, "currency": "usd", "customer": customer, "payment_method": card, "confirm": True}


def with_code(token: str) -> dict[str, Any]:
    return {"payment_method_options": {"card": {"cvc_token": token}}}


def test_a_code_is_checked_once(api: Api, server: Server) -> None:
    asked, token = saved(api, "4242424242424242"), code(api)
    intent = api.post("/v1/payment_intents", **asked, **with_code(token))
    [charge] = intent["charges"]["data"]
    assert charge["payment_method_details"]["card"]["checks"]["cvc_check"] == "pass"
    assert "cvc_token" not in (intent["payment_method_options"].get("card") or {})
    assert api.get(f"/v1/payment_methods/{asked['payment_method']}")["card"]["checks"]["cvc_check"] == "pass"
    [updated] = [event for event in api.events() if event["type"] == "payment_method.updated"]
    assert updated["data"]["previous_attributes"] == {"card": {"checks": {"cvc_check": None}}}
    assert api.get(f"/v1/tokens/{token}")["used"] is True
    error = api.refused("POST", "/v1/payment_intents", **asked, **with_code(token)).error
    assert (error["code"], error["param"]) == ("token_already_used", "payment_method_options[card][cvc_token]")
    assert examine(server.database, account=api.key) == []


def test_a_wrong_code_is_declined(api: Api, server: Server) -> None:
    asked = saved(api, "4000000000000101")
    assert api.post("/v1/payment_intents", **asked)["status"] == "succeeded"
    answer = api.call("POST", "/v1/payment_intents", asked | with_code(code(api)))
    assert (answer.status, answer.error["code"]) == (402, "incorrect_cvc")
    assert examine(server.database, account=api.key) == []


@pytest.mark.parametrize("token", ["cvctok_x", "tok_visa"])
def test_what_is_no_code(api: Api, token: str) -> None:
    error = api.refused("POST", "/v1/payment_intents", **saved(api, "4242424242424242"), **with_code(token)).error
    assert (error["code"], error["param"], error["message"]) == (
        "resource_missing", "payment_method_options[card][cvc_token]", f"No such token: '{token}'")
