"""A caller edits the subscription of a schedule: the schedule follows, and its next phase overwrites the edit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.resources.subscription_schedules.conftest import APR_1, DAY, FEB_1, JAN_1, MAR_1, Stage
from tests.support.connected import connected

JAN_16_NOON = JAN_1 + 31 * DAY // 2


@pytest.fixture
def schedule(stage: Stage) -> dict[str, Any]:
    """Two months and two months, and half of the first month gone."""
    price = stage.price()
    schedule = stage.schedule(
        {"items": [{"price": price}], "iterations": 2, "metadata": {"k": "v"}, "proration_behavior": "none"},
        {"items": [{"price": price, "quantity": 2}], "iterations": 2})
    stage.advance(JAN_16_NOON)
    stage.new_events()
    return schedule


def edit(stage: Stage, schedule: dict[str, Any], **values: Any) -> dict[str, Any]:
    """The schedule after an update of its subscription."""
    stage.api.post(f"/v1/subscriptions/{schedule['subscription']}", **values)
    return stage.retrieve(schedule)


def windows(schedule: dict[str, Any]) -> list[tuple[int, int]]:
    return [(each["start_date"], each["end_date"]) for each in schedule["phases"]]


SPLIT = [(JAN_1, JAN_16_NOON), (JAN_16_NOON, MAR_1), (MAR_1, MAR_1 + 61 * DAY)]
WHOLE = [(JAN_1, MAR_1), (MAR_1, MAR_1 + 61 * DAY)]


def test_another_quantity_splits_the_current_phase(stage: Stage, schedule: dict[str, Any]) -> None:
    item = stage.subscription(schedule)["items"]["data"][0]["id"]
    changed = edit(stage, schedule, items=[{"id": item, "quantity": 5}])

    assert windows(changed) == SPLIT
    assert changed["current_phase"] == {"start_date": JAN_16_NOON, "end_date": MAR_1}
    assert [each["items"][0]["quantity"] for each in changed["phases"]] == [1, 5, 2]
    rest = changed["phases"][1]
    assert (rest["metadata"], rest["proration_behavior"]) == ({"k": "v"}, "none")
    assert stage.new_events()[-2:] == ["customer.subscription.updated", "subscription_schedule.updated"]

    stage.advance(FEB_1)
    assert stage.subscription(schedule)["quantity"] == 5
    stage.advance(MAR_1)
    assert stage.subscription(schedule)["quantity"] == 2
    assert stage.retrieve(schedule)["current_phase"] == {"start_date": MAR_1, "end_date": MAR_1 + 61 * DAY}


def test_an_item_added_by_its_own_endpoint_splits_too(stage: Stage, schedule: dict[str, Any]) -> None:
    other = stage.price(300)
    stage.api.post("/v1/subscription_items", subscription=schedule["subscription"], price=other)
    changed = stage.retrieve(schedule)

    assert windows(changed) == SPLIT
    price = schedule["phases"][0]["items"][0]["price"]
    assert [item["price"] for item in changed["phases"][1]["items"]] == [price, other]


def test_a_coupon_splits(stage: Stage, schedule: dict[str, Any]) -> None:
    coupon = stage.api.post("/v1/coupons", percent_off=50, duration="forever")["id"]
    changed = edit(stage, schedule, coupon=coupon)
    assert [each["coupon"] for each in changed["phases"]] == [None, coupon, None]

    stage.advance(FEB_1)
    changed = edit(stage, schedule, coupon="")
    assert windows(changed) == [SPLIT[0], (JAN_16_NOON, FEB_1), (FEB_1, MAR_1), SPLIT[2]]
    assert [each["coupon"] for each in changed["phases"]] == [None, coupon, None, None]


def test_a_coupon_that_is_used_up_is_no_edit(stage: Stage) -> None:
    coupon = stage.api.post("/v1/coupons", percent_off=50, duration="once")["id"]
    schedule = stage.schedule({"items": [{"price": stage.price()}], "iterations": 2, "coupon": coupon})
    stage.advance(JAN_16_NOON)
    changed = edit(stage, schedule, metadata={"mine": "1"})

    assert (windows(changed), changed["phases"][0]["coupon"]) == ([(JAN_1, MAR_1)], coupon)


def test_tax_rates_and_the_fee_split(stage: Stage, schedule: dict[str, Any]) -> None:
    rate = stage.api.post("/v1/tax_rates", display_name="VAT", percentage=10, inclusive=False)
    changed = edit(stage, schedule, default_tax_rates=[rate["id"]])
    assert windows(changed) == SPLIT
    assert [each["default_tax_rates"] for each in changed["phases"]] == [[], [rate], []]

    stage.advance(FEB_1)
    changed = edit(stage, schedule, application_fee_percent="7.5",
                   transfer_data={"destination": connected(stage.api).account})
    assert len(changed["phases"]) == 4
    assert changed["default_settings"]["application_fee_percent"] == 7.5


def test_a_trial_splits(stage: Stage, schedule: dict[str, Any]) -> None:
    changed = edit(stage, schedule, trial_end=FEB_1 + DAY)

    assert windows(changed) == SPLIT
    assert [each["trial_end"] for each in changed["phases"]] == [None, FEB_1 + DAY, None]
    # The end of the trial is time's doing and no edit.
    stage.advance(FEB_1 + 2 * DAY)
    assert windows(stage.retrieve(schedule)) == SPLIT
    assert windows(edit(stage, schedule, metadata={"mine": "1"})) == SPLIT


def test_one_time_items_split_although_the_subscription_looks_the_same(stage: Stage, schedule: dict[str, Any]) -> None:
    extra, rate = stage.price(99, None), stage.api.post("/v1/tax_rates", display_name="VAT", percentage=10, inclusive=False)
    stage.new_events()
    changed = edit(stage, schedule, add_invoice_items=[{"price": extra, "quantity": 2, "tax_rates": [rate["id"]]}])

    assert windows(changed) == SPLIT
    shown = [{"price": extra, "quantity": 2, "tax_rates": [rate]}]
    assert [each["add_invoice_items"] for each in changed["phases"]] == [[], shown, []]
    assert stage.new_events() == ["invoiceitem.created", "subscription_schedule.updated"]

    # They are billed once, by the next invoice, also when an update of the schedule repeats the phase as it is shown.
    stage.update(schedule, phases=[{
        "start_date": JAN_16_NOON, "end_date": MAR_1, "items": [{"price": schedule["phases"][0]["items"][0]["price"]}],
        "add_invoice_items": [{"price": extra, "quantity": 2, "tax_rates": [rate["id"]]}]}])
    stage.advance(FEB_1)
    invoice = stage.api.get("/v1/invoices", subscription=schedule["subscription"])["data"][0]
    assert [(line["amount"], line["description"]) for line in invoice["lines"]["data"]] == [
        (198, "Gold"), (1000, "1 × Gold (at $10.00 / month)")]


def test_one_time_items_beside_another_change_split_once(stage: Stage, schedule: dict[str, Any]) -> None:
    item, extra = stage.subscription(schedule)["items"]["data"][0]["id"], stage.price(99, None)
    changed = edit(stage, schedule, items=[{"id": item, "quantity": 5}], add_invoice_items=[{"price": extra}])

    assert windows(changed) == SPLIT
    assert [item["price"] for item in changed["phases"][1]["add_invoice_items"]] == [extra]
    assert stage.new_events()[-2:] == ["customer.subscription.updated", "subscription_schedule.updated"]


@pytest.mark.parametrize(("values", "settings"), [
    ({"collection_method": "send_invoice", "days_until_due": 9},
     {"collection_method": "send_invoice", "invoice_settings": {"days_until_due": 9}}),
    ({"billing_thresholds": {"amount_gte": 9000, "reset_billing_cycle_anchor": False}},
     {"billing_thresholds": {"amount_gte": 9000, "reset_billing_cycle_anchor": False}}),
])
def test_what_default_settings_hold_goes_there(stage: Stage, schedule: dict[str, Any], values: dict[str, Any],
                                               settings: dict[str, Any]) -> None:
    changed = edit(stage, schedule, **values)

    assert windows(changed) == WHOLE
    assert changed["default_settings"] == schedule["default_settings"] | settings
    stage.advance(FEB_1)
    stage.advance(MAR_1)
    assert stage.subscription(schedule)["collection_method"] == changed["default_settings"]["collection_method"]


def test_the_payment_method_goes_to_the_default_settings(stage: Stage, schedule: dict[str, Any]) -> None:
    changed = edit(stage, schedule, default_payment_method=stage.card)

    assert (windows(changed), changed["default_settings"]["default_payment_method"]) == (WHOLE, stage.card)


@pytest.mark.parametrize("values", [{"metadata": {"mine": "1"}}, {"description": "Mine"}])
def test_other_edits_leave_the_schedule_alone(stage: Stage, schedule: dict[str, Any], values: dict[str, Any]) -> None:
    assert edit(stage, schedule, **values) == schedule
    assert stage.new_events() == ["customer.subscription.updated"]


def test_an_edit_in_the_first_second_of_a_phase_replaces_it(stage: Stage) -> None:
    extra = stage.price(99, None)
    schedule = stage.schedule(
        {"items": [{"price": stage.price()}], "iterations": 2, "add_invoice_items": [{"price": extra}]})
    item = stage.subscription(schedule)["items"]["data"][0]["id"]
    changed = edit(stage, schedule, items=[{"id": item, "quantity": 3}])

    assert windows(changed) == [(JAN_1, MAR_1)]
    assert changed["phases"][0]["items"][0]["quantity"] == 3
    assert [each["price"] for each in changed["phases"][0]["add_invoice_items"]] == [extra]


@pytest.mark.parametrize("values", [{"cancel_at": APR_1}, {"cancel_at_period_end": True}, {"cancel_at": ""}])
def test_the_end_is_the_schedules_to_set(stage: Stage, schedule: dict[str, Any], values: dict[str, Any]) -> None:
    error = stage.api.refused("POST", f"/v1/subscriptions/{schedule['subscription']}", **values).error

    assert error["message"] == (
        f"The subscription is managed by the subscription schedule `{schedule['id']}`, and updating any cancelation "
        "behavior directly is not allowed. Please update the schedule instead.")


def test_an_update_of_the_schedule_goes_on_from_the_split(stage: Stage, schedule: dict[str, Any]) -> None:
    item = stage.subscription(schedule)["items"]["data"][0]["id"]
    edit(stage, schedule, items=[{"id": item, "quantity": 5}])
    price = schedule["phases"][0]["items"][0]["price"]
    changed = stage.update(schedule, phases=[
        {"items": [{"price": price, "quantity": 4}], "start_date": JAN_16_NOON, "end_date": APR_1}])

    assert windows(changed) == [(JAN_1, JAN_16_NOON), (JAN_16_NOON, APR_1)]
    assert stage.subscription(schedule)["quantity"] == 4
