"""Schedules that are canceled or released, and what becomes of one whose subscription or customer is gone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.resources.subscription_schedules.conftest import DAY, FEB_1, HOUR, JAN_1, MAR_1, Stage
from tests.support.reference import conforms

JAN_16_NOON = JAN_1 + 31 * DAY // 2


def act(stage: Stage, schedule: dict[str, Any], verb: str, **values: Any) -> dict[str, Any]:
    answer = stage.api.post(f"/v1/subscription_schedules/{schedule['id']}/{verb}", **values)
    conforms(answer)
    return answer


def monthly(stage: Stage, unit_amount: int = 3000, **values: Any) -> dict[str, Any]:
    return {"items": [{"price": stage.price(unit_amount)}], "iterations": 2} | values


def balance(stage: Stage) -> int:
    return int(stage.api.get(f"/v1/customers/{stage.customer}")["balance"])


def test_canceling_credits_the_unused_time_on_a_final_invoice(stage: Stage) -> None:
    """Worked example: 3000 a month, half of the period left: −1500, and a balance of −1500."""
    schedule = stage.schedule(monthly(stage))
    stage.advance(JAN_16_NOON)
    stage.new_events()
    canceled = act(stage, schedule, "cancel")

    assert (canceled["status"], canceled["canceled_at"], canceled["current_phase"]) == ("canceled", JAN_16_NOON, None)
    assert canceled["subscription"] == schedule["subscription"]
    subscription = stage.subscription(canceled)
    assert (subscription["status"], subscription["ended_at"]) == ("canceled", JAN_16_NOON)
    assert subscription["schedule"] is None
    final = stage.api.events(type="invoice.created")[-1]["data"]["object"]
    assert [line["amount"] for line in final["lines"]["data"]] == [-1500]
    assert balance(stage) == -1500
    events = stage.new_events()
    assert events[:3] == ["invoiceitem.created", "invoiceitem.updated", "invoice.created"]
    assert events[-2:] == ["customer.subscription.deleted", "subscription_schedule.canceled"]


@pytest.mark.parametrize(("values", "left"), [
    ({"prorate": False}, 0), ({"invoice_now": False}, 0), ({"invoice_now": False, "prorate": False}, 0)])
def test_canceling_can_leave_out_credit_and_invoice(stage: Stage, values: dict[str, Any], left: int) -> None:
    schedule = stage.schedule(monthly(stage))
    stage.advance(JAN_16_NOON)
    act(stage, schedule, "cancel", **values)

    assert len(stage.api.events(type="invoice.created")) == 1
    assert balance(stage) == left


def test_canceling_bills_what_was_used(stage: Stage) -> None:
    metered = stage.price(10, recurring={"usage_type": "metered"})
    schedule = stage.schedule({"items": [{"price": metered}]})
    item = stage.subscription(schedule)["items"]["data"][0]["id"]
    stage.api.post(f"/v1/subscription_items/{item}/usage_records", quantity=12, timestamp=JAN_1)
    act(stage, schedule, "cancel")

    assert stage.api.events(type="invoice.created")[-1]["data"]["object"]["total"] == 120


def test_canceling_stops_older_drafts(stage: Stage) -> None:
    schedule = stage.schedule(monthly(stage))
    draft = stage.subscription(schedule)["latest_invoice"]
    stage.new_events()
    act(stage, schedule, "cancel", prorate=False)

    # As recorded: the draft is told of last.
    assert stage.new_events() == [
        "customer.subscription.deleted", "subscription_schedule.canceled", "invoice.updated"]
    updated = stage.api.events(type="invoice.updated")[-1]["data"]
    assert (updated["object"]["id"], updated["object"]["auto_advance"]) == (draft, False)


def test_canceling_before_the_start_leaves_nothing(stage: Stage) -> None:
    schedule = stage.schedule(monthly(stage), start_date=FEB_1)
    stage.new_events()
    canceled = act(stage, schedule, "cancel")

    assert (canceled["status"], canceled["canceled_at"], canceled["subscription"]) == ("canceled", JAN_1, None)
    assert stage.new_events() == ["subscription_schedule.canceled"]
    stage.advance(MAR_1)
    assert stage.new_events() == []


def test_releasing_leaves_the_subscription_running(stage: Stage) -> None:
    schedule = stage.schedule(monthly(stage), end_behavior="cancel")
    assert stage.subscription(schedule)["cancel_at"] == MAR_1
    stage.new_events()
    released = act(stage, schedule, "release")

    assert (released["status"], released["released_at"], released["subscription"]) == ("released", JAN_1, None)
    assert released["released_subscription"] == schedule["subscription"]
    assert released["current_phase"] is None
    subscription = stage.subscription(released)
    assert (subscription["status"], subscription["schedule"]) == ("active", None)
    assert (subscription["cancel_at"], subscription["canceled_at"]) == (None, None)
    assert stage.new_events() == ["subscription_schedule.updated", "customer.subscription.updated",
                                  "subscription_schedule.released"]
    stage.advance(FEB_1)
    stage.advance(MAR_1)
    assert len(stage.api.events(type="invoice.created")) == 3


def test_releasing_can_preserve_the_cancel_date(stage: Stage) -> None:
    schedule = stage.schedule(monthly(stage), end_behavior="cancel")
    released = act(stage, schedule, "release", preserve_cancel_date=True)

    assert stage.subscription(released)["cancel_at"] == MAR_1
    stage.advance(MAR_1)
    assert stage.subscription(released)["status"] == "canceled"
    assert stage.retrieve(released)["status"] == "released"


def test_releasing_before_the_start_releases_nothing(stage: Stage) -> None:
    schedule = stage.schedule(monthly(stage), start_date=FEB_1)
    released = act(stage, schedule, "release")

    assert (released["status"], released["released_subscription"]) == ("released", None)


@pytest.mark.parametrize(("path", "verb", "participle"), [
    ("", "update", "updated"), ("/cancel", "cancel", "canceled"), ("/release", "release", "released")])
@pytest.mark.parametrize("status", ["canceled", "released", "completed"])
def test_what_is_over_stays_so(stage: Stage, status: str, path: str, verb: str, participle: str) -> None:
    schedule = stage.schedule(monthly(stage))
    if status == "completed":
        stage.advance(MAR_1)
    else:
        act(stage, schedule, {"canceled": "cancel", "released": "release"}[status])

    error = stage.api.refused("POST", f"/v1/subscription_schedules/{schedule['id']}{path}").error
    assert error["message"] == (
        f"You cannot {verb} a subscription schedule that is currently in the `{status}` status. It must be in "
        f"`not_started, active` status to be {participle}.")


def test_a_schedule_dies_with_its_subscription(stage: Stage) -> None:
    schedule = stage.schedule(monthly(stage))
    stage.new_events()
    stage.api.delete(f"/v1/subscriptions/{schedule['subscription']}")

    canceled = stage.retrieve(schedule)
    assert (canceled["status"], canceled["canceled_at"]) == ("canceled", JAN_1)
    assert canceled["subscription"] == schedule["subscription"]
    assert stage.subscription(canceled)["schedule"] is None
    assert [type for type in stage.new_events() if type != "invoice.updated"] == [
        "customer.subscription.deleted", "subscription_schedule.canceled"]


def test_dunning_aborts_the_schedule(stage: Stage) -> None:
    declining = stage.api.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", customer=stage.customer)["id"]
    schedule = stage.schedule(monthly(stage, iterations=6), default_settings={"default_payment_method": declining})
    stage.advance(JAN_1 + HOUR + 15 * DAY)

    aborted = stage.retrieve(schedule)
    assert (aborted["status"], aborted["canceled_at"]) == ("canceled", JAN_1 + HOUR + 15 * DAY)
    events = stage.new_events()
    assert "subscription_schedule.aborted" in events
    assert "subscription_schedule.canceled" not in events


def test_a_deleted_customer_has_no_schedule_to_start(stage: Stage) -> None:
    schedule = stage.schedule(monthly(stage), start_date=FEB_1)
    stage.api.delete(f"/v1/customers/{stage.customer}")

    assert stage.retrieve(schedule)["status"] == "canceled"
