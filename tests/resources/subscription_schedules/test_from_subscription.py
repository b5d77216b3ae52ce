"""Schedules around a subscription that runs already."""

from __future__ import annotations

from typing import Any

import pytest

from tests.resources.subscription_schedules.conftest import DAY, FEB_1, JAN_1, MAR_1, Stage
from tests.support.reference import conforms


def subscribe(stage: Stage, **values: Any) -> dict[str, Any]:
    values = {"items": [{"price": stage.price(), "quantity": 2}]} | values
    return stage.api.post("/v1/subscriptions", customer=stage.customer, **values)


def adopt(stage: Stage, subscription: dict[str, Any]) -> dict[str, Any]:
    schedule = stage.api.post("/v1/subscription_schedules", from_subscription=subscription["id"])
    conforms(schedule)
    return schedule


def refusal(stage: Stage, subscription: dict[str, Any], **values: Any) -> dict[str, Any]:
    values["from_subscription"] = subscription["id"]
    error: dict[str, Any] = stage.api.refused("POST", "/v1/subscription_schedules", **values).error
    return error


def test_the_current_period_becomes_the_only_phase(stage: Stage) -> None:
    coupon = stage.api.post("/v1/coupons", percent_off=25, duration="forever")["id"]
    rate = stage.api.post("/v1/tax_rates", display_name="VAT", percentage=10, inclusive=False)
    price = stage.price()
    subscription = subscribe(
        stage, items=[{"price": price, "quantity": 2, "tax_rates": [rate["id"]]}], coupon=coupon,
        default_tax_rates=[rate["id"]], collection_method="send_invoice", days_until_due=14, metadata={"k": "v"},
        default_payment_method=stage.card)
    stage.new_events()
    schedule = adopt(stage, subscription)

    assert (schedule["status"], schedule["end_behavior"], schedule["metadata"]) == ("active", "release", {})
    assert schedule["subscription"] == subscription["id"]
    assert schedule["current_phase"] == {"start_date": JAN_1, "end_date": FEB_1}
    assert schedule["phases"] == [{
        "add_invoice_items": [], "application_fee_percent": None, "billing_cycle_anchor": None,
        "billing_thresholds": None, "collection_method": None, "coupon": coupon, "currency": "usd",
        "default_payment_method": None, "default_tax_rates": [rate], "end_date": FEB_1, "invoice_settings": None,
        "items": [{"billing_thresholds": None, "plan": price, "price": price, "quantity": 2, "tax_rates": [rate]}],
        "metadata": {}, "proration_behavior": "create_prorations", "start_date": JAN_1, "transfer_data": None,
        "trial_end": None,
    }]
    assert schedule["default_settings"] == {
        "application_fee_percent": None, "automatic_tax": {"enabled": False}, "billing_cycle_anchor": "automatic",
        "billing_thresholds": None, "collection_method": "send_invoice", "default_payment_method": stage.card,
        "invoice_settings": {"days_until_due": 14}, "transfer_data": None,
    }
    assert stage.subscription(schedule)["schedule"] == schedule["id"]
    assert stage.new_events() == ["subscription_schedule.created", "customer.subscription.updated"]


def test_it_ends_with_the_period_and_lets_the_subscription_go_on(stage: Stage) -> None:
    schedule = adopt(stage, subscribe(stage))
    stage.advance(FEB_1)

    ended = stage.retrieve(schedule)
    assert (ended["status"], ended["completed_at"]) == ("completed", FEB_1)
    assert stage.subscription(ended)["current_period_end"] == MAR_1


def test_a_trial_is_copied(stage: Stage) -> None:
    subscription = subscribe(stage, trial_end=JAN_1 + 10 * DAY)
    schedule = adopt(stage, subscription)

    assert schedule["phases"][0]["trial_end"] == schedule["phases"][0]["end_date"] == JAN_1 + 10 * DAY


@pytest.mark.parametrize(("values", "end"), [
    ({"cancel_at_period_end": True}, FEB_1), ({"cancel_at": MAR_1}, MAR_1)])
def test_a_subscription_that_is_to_end_still_does(stage: Stage, values: dict[str, Any], end: int) -> None:
    subscription = subscribe(stage)
    stage.api.post(f"/v1/subscriptions/{subscription['id']}", **values)
    schedule = adopt(stage, subscription)

    assert (schedule["end_behavior"], schedule["current_phase"]["end_date"]) == ("cancel", end)
    stage.advance(end)
    assert stage.retrieve(schedule)["status"] == "completed"
    assert stage.subscription(schedule)["ended_at"] == end


def test_releasing_it_before_its_end_lifts_the_cancellation(stage: Stage) -> None:
    subscription = subscribe(stage)
    stage.api.post(f"/v1/subscriptions/{subscription['id']}", cancel_at_period_end=True)
    schedule = stage.update(adopt(stage, subscription), end_behavior="release")

    subscription = stage.subscription(schedule)
    assert (subscription["cancel_at_period_end"], subscription["cancel_at"]) == (False, None)


@pytest.mark.parametrize("name", ["customer", "default_settings", "end_behavior", "metadata", "phases", "start_date"])
def test_nothing_else_can_be_set(stage: Stage, name: str) -> None:
    subscription = subscribe(stage)
    value = {"customer": stage.customer, "default_settings": {"collection_method": "charge_automatically"},
             "end_behavior": "release", "metadata": {"k": "v"}, "phases": [{"items": [{"price": "price_x"}]}],
             "start_date": "now"}[name]

    error = refusal(stage, subscription, **{name: value})
    assert error["message"] == f"You cannot set `{name}` if `from_subscription` is set."


def test_a_scheduled_subscription_cannot_be_scheduled_again(stage: Stage) -> None:
    subscription = subscribe(stage)
    schedule = adopt(stage, subscription)

    assert refusal(stage, subscription)["message"] == (
        f"You cannot migrate a subscription that is already attached to a schedule: `{schedule['id']}`.")


def test_a_canceled_subscription_cannot_be_scheduled(stage: Stage) -> None:
    subscription = subscribe(stage)
    stage.api.delete(f"/v1/subscriptions/{subscription['id']}")

    assert refusal(stage, subscription)["message"] == (
        "You cannot migrate a subscription that is currently in the `canceled` status.")


def test_an_unknown_subscription_is_refused(stage: Stage) -> None:
    error = refusal(stage, {"id": "sub_x"})

    assert (error["message"], error["param"]) == ("No such subscription: 'sub_x'", "from_subscription")
