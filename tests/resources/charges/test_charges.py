"""Charges by themselves, as they were made before there were payment intents."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.api import Api
from tests.support.clock import Clock

URL = "/v1/charges"


def charge(api: Api, amount: int = 2000, **values: Any) -> dict[str, Any]:
    return api.post(URL, amount=amount, currency="usd", **values)


def happened(api: Api) -> list[str]:
    return [each for each in api.event_types() if each.startswith("charge.")]


def test_a_token_is_charged(api: Api) -> None:
    made = charge(
        api,
        source="tok_visa",
        description="Boots",
        metadata={"order": "1"},
        receipt_email="jenny@example.com",
        transfer_group="G",
        statement_descriptor="BOOTS 7",
        radar_options={"session": "rse_1"},
        shipping={"name": "Jenny", "address": {"line1": "1 Main St"}},
    )
    assert (
        made.items()
        >= {
            "amount": 2000,
            "amount_captured": 2000,
            "captured": True,
            "customer": None,
            "description": "Boots",
            "paid": True,
            "payment_intent": None,
            "status": "succeeded",
            "metadata": {"order": "1"},
            "transfer_group": "G",
            "receipt_email": "jenny@example.com",
            "radar_options": {"session": "rse_1"},
            "statement_descriptor": "BOOTS 7",
        }.items()
    )
    assert made["shipping"]["address"]["line1"] == "1 Main St"
    assert api.get(f"/v1/balance_transactions/{made['balance_transaction']}")["net"] == 2000 - 88
    assert happened(api) == ["charge.succeeded"]
    assert [each["id"] for each in api.get(URL, transfer_group="G")["data"]] == [made["id"]]
    assert api.get(URL, transfer_group="H")["data"] == []
    refunded = api.post(f"{URL}/{made['id']}/refund", amount=500)
    assert (refunded["amount_refunded"], len(api.get(f"{URL}/{made['id']}/refunds")["data"])) == (500, 1)


def test_cards_come_in_several_ways(api: Api) -> None:
    numbers = {
        "number": "4242424242424242",
        "exp_month": 12,
        "exp_year": 2034,
        "cvc": "123",
        "address_zip": "94103",
        "name": "Jenny",
    }
    by_number = charge(api, card=numbers)
    assert by_number["payment_method_details"]["card"]["checks"]["address_postal_code_check"] == "pass"
    assert by_number["billing_details"]["name"] == "Jenny"
    assert charge(api, card="tok_mastercard")["payment_method_details"]["card"]["brand"] == "mastercard"
    customer = api.post("/v1/customers", source="tok_amex")
    default = charge(api, customer=customer["id"])
    assert (default["customer"], default["payment_method"]) == (customer["id"], customer["default_source"])
    second = api.post("/v1/payment_methods/pm_card_jcb/attach", customer=customer["id"])["id"]
    assert charge(api, customer=customer["id"], source=second)["payment_method_details"]["card"]["brand"] == "jcb"
    for values, status, message, code, param in (
        ({}, 400, "Must provide source or customer.", "parameter_missing", None),
        (
            {"customer": api.post("/v1/customers")["id"]},
            402,
            "Cannot charge a customer that has no active card",
            "missing",
            "card",
        ),
        ({"source": "tok_x"}, 400, "No such token: 'tok_x'", "resource_missing", "source"),
        ({"source": second}, 400, f"No such source: '{second}'", "resource_missing", "source"),
        ({"source": "acct_x"}, 400, "No such destination: 'acct_x'", "resource_missing", "source"),
        (
            {"source": "tok_visa", "destination": "acct_x"},
            400,
            "No such destination: 'acct_x'",
            "resource_missing",
            "destination",
        ),
        (
            {"source": "tok_visa", "destination": {"account": "acct_x"}},
            400,
            "No such destination: 'acct_x'",
            "resource_missing",
            "destination",
        ),
        (
            {"source": "tok_visa", "application_fee": 5},
            400,
            "Can only apply an application_fee when the request is made on behalf "
            "of another account (using an OAuth key, the Stripe-Account header, or the destination parameter).",
            None,
            "application_fee",
        ),
    ):
        refused = api.refused("POST", URL, amount=2000, currency="usd", **values)
        assert (refused.status, refused.error["message"], refused.error.get("code"), refused.error.get("param")) == (
            status,
            message,
            code,
            param,
        )
    small = api.refused("POST", URL, amount=49, currency="usd", source="tok_visa")
    assert small.error["code"] == "amount_too_small"


@pytest.mark.parametrize(
    ("token", "code", "decline_code"),
    [
        ("tok_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("tok_authenticationRequired", "authentication_required", "authentication_required"),
    ],
)
def test_a_decline_leaves_its_charge(api: Api, token: str, code: str, decline_code: str) -> None:
    answer = api.call("POST", URL, {"amount": 2000, "currency": "usd", "source": token})
    assert (answer.status, answer.error["code"], answer.error["decline_code"]) == (402, code, decline_code)
    failed = api.get(f"{URL}/{answer.error['charge']}")
    assert (failed["status"], failed["failure_code"], failed["paid"]) == ("failed", code, False)
    assert happened(api) == ["charge.failed"]
    refused = api.refused("POST", f"{URL}/{failed['id']}/capture")
    assert (refused.status, refused.error["param"]) == (400, "charge")


def test_a_charge_is_held_and_captured(api: Api) -> None:
    held = charge(api, source="tok_visa", capture=False)
    path = f"{URL}/{held['id']}"
    assert (held["captured"], held["balance_transaction"]) == (False, None)
    assert api.refused("POST", f"{path}/capture", amount=2001).error["message"] == (
        "You cannot capture a charge for an amount greater than it already has."
    )
    partly = api.refused("POST", "/v1/refunds", charge=held["id"], amount=500)
    assert partly.error["param"] == "amount"
    final = api.post(
        f"{path}/capture",
        amount=1500,
        statement_descriptor="AFTERWARDS",
        receipt_email="a@b.example",
        transfer_group="T",
    )
    assert (
        final.items()
        >= {
            "captured": True,
            "amount_captured": 1500,
            "amount_refunded": 500,
            "refunded": False,
            "statement_descriptor": "AFTERWARDS",
            "receipt_email": "a@b.example",
            "transfer_group": "T",
        }.items()
    )
    assert happened(api) == ["charge.succeeded", "charge.captured"]
    again = api.refused("POST", f"{path}/capture")
    assert (again.error["code"], again.error["message"]) == (
        "charge_already_captured",
        f"Charge {held['id']} has already been captured.",
    )
    released = charge(api, source="tok_visa", capture=False)
    refund = api.post("/v1/refunds", charge=released["id"])
    assert (refund["amount"], refund["balance_transaction"], api.get(f"{URL}/{released['id']}")["refunded"]) == (
        2000,
        None,
        True,
    )
    assert api.refused("POST", f"{URL}/{released['id']}/capture").error["code"] == "charge_already_refunded"


def test_capturing_the_charge_of_an_intent_settles_that(api: Api) -> None:
    intent = api.post(
        "/v1/payment_intents",
        amount=2000,
        currency="usd",
        payment_method="pm_card_visa",
        confirm=True,
        capture_method="manual",
    )
    api.post(f"{URL}/{intent['charges']['data'][0]['id']}/capture", amount=1200)
    final = api.get(f"/v1/payment_intents/{intent['id']}")
    assert (final["status"], final["amount_received"], final["amount_capturable"]) == ("succeeded", 1200, 0)
    assert (
        happened(api) == ["charge.succeeded", "charge.captured"] and api.event_types()[-1] == "payment_intent.succeeded"
    )


def test_a_charge_is_updated(api: Api) -> None:
    made = charge(api, source="tok_visa", metadata={"a": "1"})
    path, customer = f"{URL}/{made['id']}", api.post("/v1/customers")["id"]
    changed = api.post(
        path,
        description="Boots",
        fraud_details={"user_report": "fraudulent"},
        metadata={"a": "", "b": "2"},
        customer=customer,
        receipt_email="a@b.example",
        transfer_group="T",
        shipping={"name": "Jenny", "address": {"city": "Oslo"}},
    )
    assert (
        changed.items()
        >= {
            "description": "Boots",
            "fraud_details": {"user_report": "fraudulent"},
            "metadata": {"b": "2"},
            "customer": customer,
            "receipt_email": "a@b.example",
            "transfer_group": "T",
        }.items()
    )
    event = api.events()[-1]
    assert event["type"] == "charge.updated"
    assert event["data"]["previous_attributes"] == {
        "customer": None,
        "description": None,
        "fraud_details": {"user_report": None},
        "metadata": {"a": "1", "b": None},
        "receipt_email": None,
        "shipping": None,
        "transfer_group": None,
    }
    other = api.post("/v1/customers")["id"]
    assert api.refused("POST", path, customer=other).error["param"] == "customer"
    assert api.post(path, fraud_details={"user_report": ""})["fraud_details"] == {}
    assert api.post(path, fraud_details={"user_report": "safe"})["fraud_details"] == {"user_report": "safe"}


def test_a_charge_that_nobody_captures_lapses(api: Api) -> None:
    time = Clock(api, "2022-09-01")
    api.post(f"/v1/customers/{time.customer}", source="tok_visa")
    held = charge(api, customer=time.customer, capture=False)
    time.new_events()
    assert time.advance(days=8) == ["charge.expired"]
    assert api.get(f"{URL}/{held['id']}")["refunded"] is True
    assert api.refused("POST", f"{URL}/{held['id']}/capture").error["code"] == "charge_expired_for_capture"
