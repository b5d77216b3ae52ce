"""Refunds of which it turns out later whether they have arrived, and those that there is no money for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import Clock, at
from tests.support.money import available, fund
from tests.support.wall import NEW_YEAR, Wall, events_after

StartClock = Callable[..., Clock]


@pytest.fixture(autouse=True)
def books(api: Api, server: Server, wall: Wall) -> Any:
    """Each test ends with books that agree."""
    yield
    assert examine(server.database, account=api.key) == []


def charged(api: Api, card: str, amount: int = 10_000, **values: Any) -> str:
    intent = api.post("/v1/payment_intents", amount=amount, currency="usd", payment_method=card, confirm=True, **values)
    return str(intent["charges"]["data"][0]["id"])


def pending(api: Api) -> int:
    return sum(entry["amount"] for entry in api.get("/v1/balance")["pending"])


def moved(api: Api, id: str) -> list[tuple[Any, ...]]:
    """What the balance says of an object, oldest first."""
    rows = api.get("/v1/balance_transactions", source=id)["data"][::-1]
    return [(row["type"], row["reporting_category"], row["amount"], row["fee"], row["description"]) for row in rows]


def test_a_pending_refund_succeeds_a_second_later(api: Api, wall: Wall) -> None:
    charge = charged(api, "pm_card_pendingRefund", description="Boots")
    before = len(api.events())
    made = api.post("/v1/refunds", charge=charge, amount=4000)
    assert (made["status"], made["balance_transaction"] is None) == ("pending", False)
    assert [event["type"] for event in api.events()[before:]] == ["charge.refunded"]
    # The money has gone already: what is open is whether it has arrived.
    assert moved(api, made["id"]) == [("refund", "refund", -4000, 0, "REFUND FOR CHARGE (Boots)")]
    assert api.get(f"/v1/charges/{charge}")["amount_refunded"] == 4000
    [event] = events_after(api, wall, 1)
    assert (event["type"], event["created"], event["data"]["previous_attributes"]) == (
        "charge.refund.updated", NEW_YEAR + 1, {"status": "pending"})
    assert event["data"]["object"] == made | {"status": "succeeded"} == api.get(f"/v1/refunds/{made['id']}")
    assert events_after(api, wall, 86_400) == []


def test_a_refund_that_fails_gives_the_money_back(api: Api, wall: Wall) -> None:
    charge = charged(api, "pm_card_refundFail", description="Boots")
    assert (available(api), pending(api)) == (0, 9680)
    made = api.post("/v1/refunds", charge=charge)
    assert (made["status"], "failure_reason" in made, pending(api)) == ("succeeded", False, -320)
    assert api.get(f"/v1/charges/{charge}")["refunded"] is True
    [event] = events_after(api, wall, 1)
    failed = api.get(f"/v1/refunds/{made['id']}", expand=["failure_balance_transaction"])
    back = failed.pop("failure_balance_transaction")
    assert event["type"] == "charge.refund.updated"
    assert event["data"]["previous_attributes"] == {
        "failure_balance_transaction": None, "failure_reason": None, "status": "succeeded"}
    assert event["data"]["object"] == failed | {"failure_balance_transaction": back["id"]}
    assert (failed["status"], failed["failure_reason"]) == ("failed", "expired_or_canceled_card")
    assert moved(api, made["id"]) == [
        ("refund", "refund", -10_000, 0, "REFUND FOR CHARGE (Boots)"),
        ("refund_failure", "refund_failure", 10_000, 0, "REFUND FAILURE (Boots)")]
    # The charge's own money is pending until Tuesday, and so is what comes back.
    assert (back["status"], back["available_on"], back["source"]) == ("pending", at("2023-01-03"), made["id"])
    assert (available(api), pending(api)) == (0, 9680)
    seen = api.get(f"/v1/charges/{charge}")
    assert (seen["amount_refunded"], seen["refunded"], [each["status"] for each in seen["refunds"]["data"]]) == (
        0, False, ["failed"])
    again = api.post("/v1/refunds", charge=charge)
    assert (again["amount"], again["status"]) == (10_000, "succeeded")


def test_only_the_part_that_failed_comes_back(api: Api, wall: Wall) -> None:
    charge = charged(api, "pm_card_refundFail")
    first = api.post("/v1/refunds", charge=charge, amount=2500)["id"]
    events_after(api, wall, 1)
    api.post("/_sim/settings", refund_settles_after_s=3600)
    api.post("/v1/refunds", charge=charge, amount=1000)
    assert api.get(f"/v1/charges/{charge}")["amount_refunded"] == 1000
    refused = api.refused("POST", "/v1/refunds", charge=charge, amount=9001)
    assert refused.error["message"] == "Refund amount ($90.01) is greater than unrefunded amount on charge ($90.00)"
    assert api.get(f"/v1/refunds/{first}")["status"] == "failed"


def test_a_sandbox_without_delays_answers_with_what_became_of_it(api: Api) -> None:
    api.post("/_sim/settings", refund_settles_after_s=0)
    for card, status in (("pm_card_pendingRefund", "succeeded"), ("pm_card_refundFail", "failed")):
        charge = charged(api, card)
        before = len(api.events())
        assert api.post("/v1/refunds", charge=charge)["status"] == status
        assert [event["type"] for event in api.events()[before:]] == ["charge.refunded", "charge.refund.updated"]


def test_time_on_a_test_clock_settles_refunds_too(clock: StartClock) -> None:
    time = clock("2022-09-01")
    paid = {card: charged(time.api, card, customer=time.customer) for card in ("pm_card_pendingRefund", "pm_card_refundFail")}
    for charge in paid.values():
        time.api.post("/v1/refunds", charge=charge, amount=100)
    time.advance(hours=1, expect=["charge.refund.updated", "charge.refund.updated"])
    assert {event["created"] for event in time.api.events(type="charge.refund.updated")} == {at("2022-09-01") + 1}
    assert [time.api.get(f"/v1/charges/{charge}")["amount_refunded"] for charge in paid.values()] == [100, 0]


def test_a_failed_refund_leaves_something_to_be_refunded_before_a_dispute(api: Api, wall: Wall) -> None:
    charge = charged(api, "pm_card_refundFail")
    warning = api.post(f"/_sim/charges/{charge}/early_fraud_warning")["id"]
    api.post("/v1/refunds", charge=charge)
    assert api.get(f"/v1/radar/early_fraud_warnings/{warning}")["actionable"] is False
    events = events_after(api, wall, 1)
    assert [event["type"] for event in events] == ["charge.refund.updated", "radar.early_fraud_warning.updated"]
    assert api.get(f"/v1/radar/early_fraud_warnings/{warning}")["actionable"] is True


def test_a_refund_that_is_not_covered_waits_for_a_top_up(api: Api, wall: Wall) -> None:
    api.post("/_sim/settings", refund_overdraft=500)
    charge = charged(api, "pm_card_bypassPending")
    assert available(api) == 9680
    # 9680 - 10000 is 320 below zero, and 500 are allowed: as soon as some of it is paid out, it is too much.
    api.post("/v1/payouts", amount=200, currency="usd")
    before = len(api.events())
    made = api.post("/v1/refunds", charge=charge)
    assert (made["status"], made["balance_transaction"]) == ("pending", None)
    assert [event["type"] for event in api.events()[before:]] == ["charge.refunded"]
    assert (available(api), moved(api, made["id"])) == (9480, [])
    assert api.get(f"/v1/charges/{charge}")["refunded"] is True
    assert api.refused("POST", "/v1/refunds", charge=charge).error["code"] == "charge_already_refunded"
    events_after(api, wall, 60)
    # 9480 + 19 - 10000 is 501 below zero.
    fund(api, 19)
    assert events_after(api, wall, 60) == []
    fund(api, 1)
    [event] = events_after(api, wall, 0)
    done = api.get(f"/v1/refunds/{made['id']}")
    assert (event["type"], event["data"]["object"]) == ("charge.refund.updated", done)
    assert event["data"]["previous_attributes"] == {"balance_transaction": None, "status": "pending"}
    assert (done["status"], available(api)) == ("succeeded", -500)
    assert moved(api, made["id"]) == [("refund", "refund", -10_000, 0, "REFUND FOR CHARGE")]


def test_a_refund_that_waits_goes_when_charges_become_available(api: Api, wall: Wall) -> None:
    api.post("/_sim/settings", refund_overdraft=0)
    charge = charged(api, "pm_card_bypassPending")
    api.post("/v1/payouts", amount=9680, currency="usd")
    made = api.post("/v1/refunds", charge=charge, amount=5000)["id"]
    # New Year 2023 is a Sunday, so that what comes in now is there on Tuesday.
    charged(api, "pm_card_visa", 6000)
    events_after(api, wall, 86_400)
    assert api.get(f"/v1/refunds/{made}")["status"] == "pending"
    events_after(api, wall, 86_400)
    assert (api.get(f"/v1/refunds/{made}")["status"], available(api)) == ("succeeded", 6000 - 204 - 5000)


def test_what_waits_on_a_test_clock_goes_with_the_day_of_its_money(clock: StartClock) -> None:
    time = clock("2022-09-01")
    time.api.post("/_sim/settings", refund_overdraft=0)
    charge = charged(time.api, "pm_card_bypassPending", customer=time.customer)
    time.api.post("/v1/refunds", charge=charge, amount=9000)
    second = time.api.post("/v1/refunds", charge=charge, amount=1000)
    assert second["status"] == "pending"
    charged(time.api, "pm_card_visa", 2000, customer=time.customer)
    time.advance("2022-09-10", expect=["charge.refund.updated"])
    # Thursday's money is there on Monday; the refund was looked at again each midnight.
    assert time.api.events(type="charge.refund.updated")[0]["created"] == at("2022-09-05")


def test_money_that_is_pending_goes_back_whatever_is_available(api: Api) -> None:
    api.post("/_sim/settings", refund_overdraft=0)
    assert api.post("/v1/refunds", charge=charged(api, "pm_card_visa"))["status"] == "succeeded"
    assert (available(api), pending(api)) == (0, -320)


def test_a_card_that_pends_pends_also_after_it_waited(api: Api, wall: Wall) -> None:
    charge = charged(api, "pm_card_pendingRefund")
    # Sunday's money is there on Tuesday, and then paid out.
    events_after(api, wall, 2 * 86_400)
    api.post("/_sim/settings", refund_overdraft=0)
    api.post("/v1/payouts", amount=9680, currency="usd")
    made = api.post("/v1/refunds", charge=charge, amount=100)["id"]
    fund(api, 100)
    first = events_after(api, wall, 0)[0]["data"]
    assert (list(first["previous_attributes"]), first["object"]["status"]) == (["balance_transaction"], "pending")
    assert events_after(api, wall, 1)[0]["data"]["previous_attributes"] == {"status": "pending"}
    assert api.get(f"/v1/refunds/{made}")["status"] == "succeeded"
