"""Reviews: opened by a rule or a person, closed by whatever decides about the payment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.resources.early_fraud_warnings.test_early_fraud_warnings import charged
from tests.support.api import Api
from tests.support.clock import Clock
from tests.support.wall import NEW_YEAR, Wall

StartClock = Callable[..., Clock]
RISKY = "pm_card_riskLevelElevated"


@pytest.fixture(autouse=True)
def new_year(wall: Wall) -> Wall:
    return wall


def listed(api: Api, **filters: Any) -> list[str]:
    return [each["id"] for each in api.get("/v1/reviews", **filters)["data"]]


def test_a_rule_places_a_payment_of_elevated_risk_in_review(api: Api, server: Server) -> None:
    charge = charged(api, RISKY)
    assert charge["outcome"] == {
        "network_status": "approved_by_network", "reason": "elevated_risk_level", "risk_level": "elevated",
        "risk_score": 70, "type": "manual_review", "seller_message":
        "Stripe evaluated this payment as having elevated risk, and placed it in your manual review queue."}
    review = api.get(f"/v1/reviews/{charge['review']}")
    assert review == {
        "id": charge["review"], "object": "review", "billing_zip": None, "charge": charge["id"], "closed_reason": None,
        "created": NEW_YEAR, "ip_address": None, "ip_address_location": None, "livemode": False, "open": True,
        "opened_reason": "rule", "payment_intent": charge["payment_intent"], "reason": "rule", "session": None}
    assert review["id"].startswith("prv_1")
    assert api.get(f"/v1/payment_intents/{charge['payment_intent']}")["review"] == review["id"]
    events = {event["type"]: event["data"]["object"] for event in api.events()}
    assert events["charge.succeeded"]["review"] == events["payment_intent.succeeded"]["review"] == review["id"]
    types = list(events)
    assert types[types.index("charge.succeeded"):][:3] == ["charge.succeeded", "review.opened", "payment_intent.succeeded"]
    assert events["review.opened"] == review
    whole = api.get(f"/v1/reviews/{review['id']}", expand=["charge.review", "payment_intent.review"])
    assert whole["charge"]["review"] == whole["payment_intent"]["review"] == review
    assert listed(api) == [review["id"]]
    assert examine(server.database, account=api.key) == []


def test_the_rule_can_be_switched_off(api: Api) -> None:
    api.post("/_sim/settings", radar_reviews=False)
    charge = charged(api, RISKY)
    assert (charge["review"], charge["outcome"]["type"], charge["outcome"]["risk_level"]) == (None, "authorized", "elevated")
    assert (listed(api), "review.opened" in api.event_types()) == ([], False)


def test_a_review_is_approved_once(api: Api, server: Server, wall: Wall) -> None:
    charge = charged(api, RISKY)
    shown = api.get(f"/v1/charges/{charge['id']}")
    wall.advance(60)
    before = api.events()
    approved = api.post(f"/v1/reviews/{charge['review']}/approve")
    assert (approved["open"], approved["closed_reason"], approved["reason"], approved["opened_reason"]) == (
        False, "approved", "approved", "rule")
    [event] = api.events()[len(before):]
    assert (event["type"], event["created"], event["data"]) == ("review.closed", NEW_YEAR + 60, {"object": approved})
    assert api.get(f"/v1/charges/{charge['id']}") == shown, "the payment itself stays as it is"
    assert (listed(api), api.get(f"/v1/reviews/{charge['review']}")) == ([], approved)
    refused = api.refused("POST", f"/v1/reviews/{charge['review']}/approve")
    assert (refused.status, refused.error["message"]) == (400, "This review has already been closed")
    api.post("/v1/refunds", charge=charge["id"])
    assert api.event_types()[-1] == "charge.refunded"
    assert api.get(f"/v1/reviews/{charge['review']}") == approved
    assert examine(server.database, account=api.key) == []


@pytest.mark.parametrize(("reasons", "closed"), [
    ((None, "duplicate"), "refunded"), ((None, "fraudulent"), "refunded_as_fraud"),
    (("fraudulent", None), "refunded_as_fraud")])
def test_a_full_refund_closes_a_review(api: Api, server: Server, reasons: tuple[str | None, ...], closed: str) -> None:
    charge = charged(api, RISKY, amount=900)
    api.post("/v1/refunds", charge=charge["id"], amount=400, reason=reasons[0])
    assert api.get(f"/v1/reviews/{charge['review']}")["open"]
    api.post("/v1/refunds", charge=charge["id"], reason=reasons[1])
    review = api.get(f"/v1/reviews/{charge['review']}")
    assert (review["open"], review["closed_reason"], review["reason"]) == (False, closed, closed)
    assert [event["type"] for event in api.events()[-2:]] == ["charge.refunded", "review.closed"]
    assert api.events()[-1]["data"] == {"object": review}
    assert examine(server.database, account=api.key) == []


def test_somebody_asks_for_a_review(api: Api, clock: StartClock) -> None:
    time = clock("2022-09-01", address={"postal_code": "94107"})
    paid = time.latest_invoice(time.subscribe(time.price()))
    outcome = api.get(f"/v1/charges/{paid['charge']}")["outcome"]
    time.new_events()
    review = api.post(f"/_sim/charges/{paid['charge']}/review", expand=["charge"])
    time.new_events(expect=["review.opened", "charge.updated"])
    assert (review["opened_reason"], review["reason"], review["created"]) == ("manual", "manual", time.now)
    assert (review["charge"]["review"], review["charge"]["outcome"]) == (review["id"], outcome)
    updated = [event for event in api.events() if event["type"] == "charge.updated"]
    assert [event["data"]["previous_attributes"] for event in updated] == [{"review": None}]
    assert api.get(f"/v1/payment_intents/{paid['payment_intent']}")["review"] == review["id"]
    assert listed(api) == [review["id"]], "no filter could find it on its clock"
    refused = time.refused("POST", f"/_sim/charges/{paid['charge']}/review")
    assert refused.error["message"] == f"Charge {paid['charge']} is in review already."
    api.post(f"/v1/reviews/{review['id']}/approve")
    second = api.post(f"/_sim/charges/{paid['charge']}/review")
    assert api.get(f"/v1/charges/{paid['charge']}")["review"] == second["id"]
    assert listed(api) == [second["id"]]
    api.post("/v1/refunds", charge=paid["charge"])
    time.new_events(expect=["review.closed", "review.opened", "charge.updated", "charge.refunded", "review.closed"])
    refused = time.refused("POST", f"/_sim/charges/{paid['charge']}/review")
    assert refused.error["message"] == f"Charge {paid['charge']} has been refunded, so that there is nothing to review."


def test_what_failed_is_not_reviewed(api: Api, clock: StartClock) -> None:
    time = clock("2022-09-01", card="pm_card_chargeCustomerFail")
    time.subscribe(time.price(), payment_behavior="allow_incomplete")
    [charge] = api.get("/v1/charges", customer=time.customer)["data"]
    refused = api.refused("POST", f"/_sim/charges/{charge['id']}/review")
    assert refused.error["message"] == f"Charge {charge['id']} did not succeed, so that there is nothing to review."


def test_open_reviews_are_listed_newest_first(api: Api, wall: Wall) -> None:
    made = []
    for _ in range(4):
        made.append(charged(api, RISKY)["review"])
        wall.advance(10)
    api.post(f"/v1/reviews/{made[1]}/approve")
    one, _, three, four = made
    assert listed(api) == [four, three, one]
    assert listed(api, created={"gte": NEW_YEAR + 20}) == [four, three]
    assert listed(api, created=NEW_YEAR) == [one]
    assert listed(api, limit=1, starting_after=made[1]) == [one], "a cursor need not match"
    assert listed(api, ending_before=one) == [four, three]
    refused = api.refused("GET", "/v1/reviews", charge="ch_1")
    assert refused.error["message"] == "Received unknown parameter: charge"


def test_unknown_reviews(api: Api) -> None:
    for method, path in (("GET", "/v1/reviews/prv_none"), ("POST", "/v1/reviews/prv_none/approve")):
        refused = api.refused(method, path)
        assert (refused.status, refused.error["code"], refused.error["param"], refused.error["message"]) == (
            404, "resource_missing", "review", "No such review: 'prv_none'")


def test_a_report_of_fraud_makes_a_refund_one_for_fraud(api: Api) -> None:
    charge = charged(api, RISKY)
    api.post(f"/v1/charges/{charge['id']}", fraud_details={"user_report": "fraudulent"})
    assert api.get(f"/v1/reviews/{charge['review']}")["open"]
    api.post("/v1/refunds", charge=charge["id"])
    assert api.get(f"/v1/reviews/{charge['review']}")["closed_reason"] == "refunded_as_fraud"


def test_an_authorisation_is_captured_or_released_whatever_its_review(api: Api, server: Server, wall: Wall) -> None:
    held = [api.post("/v1/payment_intents", amount=500, currency="usd", payment_method=RISKY, confirm=True,
                     capture_method="manual") for _ in range(3)]
    reviews = [intent["charges"]["data"][0]["review"] for intent in held]
    assert [intent["review"] for intent in held] == reviews
    assert listed(api) == reviews[::-1]
    api.post(f"/v1/payment_intents/{held[0]['id']}/capture")
    api.post(f"/v1/payment_intents/{held[1]['id']}/cancel")
    wall.advance(7 * 86_400)
    server.worker.run_due()
    assert [api.get(f"/v1/reviews/{review}")["closed_reason"] for review in reviews] == [None, "refunded", "refunded"]
    assert listed(api) == reviews[:1]
    assert examine(server.database, account=api.key) == []
