"""Every published magic name of a card, as a payment method and as a token, and what paying with it comes to."""

from __future__ import annotations

from typing import Any

import pytest

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api

BRANDS = """
visa visa credit US 4242 · visa_debit visa debit US 5556 · mastercard mastercard credit US 4444
mastercard_debit mastercard debit US 8210 · mastercard_prepaid mastercard prepaid US 5100 · amex amex credit US 0005
discover discover credit US 1117 · diners diners credit US 0004 · jcb jcb credit JP 0505 · unionpay unionpay credit CN 0005
us visa credit US 4242 · ca visa credit CA 0000 · mx visa credit MX 8001 · br visa credit BR 0002 · ar visa credit AR 0021
gb visa credit GB 0000 · de visa credit DE 0016 · fr visa credit FR 0003 · es visa credit ES 0007 · it visa credit IT 0008
nl visa credit NL 0002 · be visa credit BE 0004 · at visa credit AT 0008 · ie visa credit IE 0005 · pt visa credit PT 0007
pl visa credit PL 0005 · se visa credit SE 0008 · no visa credit NO 0007 · dk visa credit DK 0001 · fi visa credit FI 0001
ch visa credit CH 0009 · au visa credit AU 0006 · nz visa credit NZ 0008 · jp visa credit JP 0003 · sg visa credit SG 0003
hk visa credit HK 0004 · in visa credit IN 0008 · my visa credit MY 0002 · th visa credit TH 0003 · cn visa credit CN 0002
ae visa credit AE 0001 · amex_threeDSecureNotSupported amex credit US 0005
"""
SUCCEEDING = [tuple(entry.split()) for line in BRANDS.strip().splitlines() for entry in line.split("·")]

ONCE_SUCCEEDED = """
bypassPending 0077 · bypassPendingInternational 0278 · createDispute 0259 · createDisputeProductNotReceived 2685
createDisputeInquiry 1976 · createMultipleDisputes 0079 · createIssuerFraudRecord 5423 · pendingRefund 7726
refundFail 5126 · avsLine1Fail 0028 · avsFail 0010 · avsUnchecked 0044 · avsZipFail 0036 · threeDSecureOptional 3055
threeDSecureOptionalProcessingError 3097
"""
FOLLOWED = [tuple(entry.split()) for line in ONCE_SUCCEEDED.strip().splitlines() for entry in line.split("·")]

DECLINED, GENERIC = "Your card was declined.", "generic_decline"
AUTHENTICATE = ("authentication_required", "authentication_required",
                "Your card was declined. This transaction requires authentication.", None)
REFUSED: dict[str, tuple[str, str | None, str, str | None]] = {
    "chargeDeclined": ("card_declined", GENERIC, DECLINED, None),
    "chargeDeclinedInsufficientFunds": ("card_declined", "insufficient_funds", "Your card has insufficient funds.", None),
    "chargeDeclinedLostCard": ("card_declined", "lost_card", DECLINED, None),
    "chargeDeclinedStolenCard": ("card_declined", "stolen_card", DECLINED, None),
    "chargeDeclinedVelocityLimitExceeded": (
        "card_declined", "card_velocity_exceeded", "Your card was declined for making repeated attempts too frequently or "
        "exceeding its amount limit.", None),
    "chargeDeclinedExpiredCard": ("expired_card", None, "Your card has expired.", "exp_month"),
    "chargeDeclinedIncorrectCvc": ("incorrect_cvc", None, "Your card's security code is incorrect.", "cvc"),
    "chargeDeclinedProcessingError": (
        "processing_error", None, "An error occurred while processing your card. Try again in a little bit.", None),
    "chargeCustomerFail": ("card_declined", GENERIC, DECLINED, None),
    "radarBlock": ("card_declined", "fraudulent", DECLINED, None),
    "riskLevelHighest": ("card_declined", "fraudulent", DECLINED, None),
    "cvcCheckFail": ("incorrect_cvc", None, "Your card's security code is incorrect.", "cvc"),
    "threeDSecureRequiredProcessingError": ("card_declined", GENERIC, DECLINED, None),
}
ALSO_VISA = ("chargeDeclined", "chargeDeclinedInsufficientFunds", "chargeDeclinedLostCard", "chargeDeclinedStolenCard",
             "chargeDeclinedVelocityLimitExceeded")
REFUSALS = [*REFUSED.items(), *((f"visa_{name}", REFUSED[name]) for name in ALSO_VISA)]
ATTACHED_ALL_THE_SAME = ("chargeCustomerFail", "threeDSecureRequiredProcessingError")

WAITING = ("authenticationRequired", "authenticationRequiredOnSetup", "threeDSecure2Required",
           "authenticationRequiredChargeDeclinedInsufficientFunds", "threeDSecureRequiredChargeDeclined")


def paid(api: Api, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was charged by an intent, and what was charged by itself."""
    intent = api.post("/v1/payment_intents", amount=1000, currency="usd", payment_method=f"pm_card_{name}", confirm=True)
    assert intent["status"] == "succeeded"
    [of_intent] = intent["charges"]["data"]
    return of_intent, api.post("/v1/charges", amount=1000, currency="usd", source=f"tok_{name}")


def refused_by(answer: Any) -> tuple[Any, ...]:
    error = answer.error
    return answer.status, error["type"], (error["code"], error.get("decline_code"), error["message"], error.get("param"))


def test_cards_that_succeed_are_of_their_brand_and_country(api: Api, server: Server) -> None:
    fingerprints: dict[tuple[str, ...], str] = {}
    for name, *facts in SUCCEEDING:
        for charge in paid(api, name):
            card = charge["payment_method_details"]["card"]
            assert [card["brand"], card["funding"], card["country"], card["last4"]] == facts, name
            assert fingerprints.setdefault(tuple(facts), card["fingerprint"]) == card["fingerprint"], name
            assert charge["outcome"] == {
                "network_status": "approved_by_network", "reason": None, "risk_level": "normal", "risk_score": 20,
                "seller_message": "Payment complete.", "type": "authorized"}
    assert len(set(fingerprints.values())) == len(fingerprints)
    assert examine(server.database, account=api.key) == []


def test_cards_that_are_followed_by_something_succeed_at_first(api: Api, server: Server) -> None:
    for name, last4 in FOLLOWED:
        for charge in paid(api, name):
            assert (charge["payment_method_details"]["card"]["last4"], charge["outcome"]["type"]) == (last4, "authorized"), name
    assert examine(server.database, account=api.key) == []


@pytest.mark.parametrize(("name", "refusal"), REFUSALS, ids=[name for name, _ in REFUSALS])
def test_cards_that_are_declined(api: Api, name: str, refusal: tuple[str, str | None, str, str | None]) -> None:
    payment = {"amount": 1000, "currency": "usd"}
    by_intent = api.call("POST", "/v1/payment_intents", payment | {"payment_method": f"pm_card_{name}", "confirm": True})
    by_itself = api.call("POST", "/v1/charges", payment | {"source": f"tok_{name}"})
    for answer in (by_intent, by_itself):
        assert refused_by(answer) == (402, "card_error", refusal)
        charge = api.get(f"/v1/charges/{answer.error['charge']}")
        assert (charge["status"], charge["paid"], charge["captured"], charge["balance_transaction"]) == (
            "failed", False, False, None)
        assert (charge["failure_code"], charge["failure_message"]) == (refusal[0], refusal[2])
        assert charge["outcome"]["type"] == ("blocked" if refusal[1] == "fraudulent" else "issuer_declined")
    assert by_intent.error["payment_intent"]["status"] == "requires_payment_method"
    assert by_intent.error["payment_intent"]["last_payment_error"]["code"] == refusal[0]
    customer = api.post("/v1/customers")["id"]
    attached = api.call("POST", f"/v1/payment_methods/pm_card_{name}/attach", {"customer": customer})
    if name in ATTACHED_ALL_THE_SAME:
        assert (attached.status, attached.body["customer"]) == (200, customer)
    else:
        assert refused_by(attached) == (402, "card_error", (*refusal[:3], ""))


@pytest.mark.parametrize("name", WAITING)
def test_cards_that_wait_for_their_holder(api: Api, name: str) -> None:
    payment = {"amount": 1000, "currency": "usd"}
    intent = api.post("/v1/payment_intents", **payment, payment_method=f"pm_card_{name}", confirm=True)
    assert (intent["status"], intent["next_action"]["type"]) == ("requires_action", "use_stripe_sdk")
    assert refused_by(api.call("POST", "/v1/charges", payment | {"source": f"tok_{name}"})) == (402, "card_error", AUTHENTICATE)


def test_a_card_that_is_only_asked_for_on_session(api: Api) -> None:
    name = "authenticationRequiredSetupForOffSession"
    intent = api.post("/v1/payment_intents", amount=1000, currency="usd", payment_method=f"pm_card_{name}", confirm=True)
    assert intent["status"] == "requires_action"
    assert api.post("/v1/charges", amount=1000, currency="usd", source=f"tok_{name}")["paid"] is True


def test_a_card_of_elevated_risk_is_looked_at(api: Api) -> None:
    for charge in paid(api, "riskLevelElevated"):
        assert (charge["outcome"]["risk_level"], charge["outcome"]["type"]) == ("elevated", "manual_review")
        assert api.get(f"/v1/reviews/{charge['review']}")["open"] is True
