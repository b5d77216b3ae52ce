"""POST /v1/subscription_schedules/:id"""

from __future__ import annotations

from typing import Any

import pytest

from tests.resources.subscription_schedules.conftest import APR_1, DAY, FEB_1, JAN_1, MAR_1, Stage
from tests.support.connected import connected

JAN_16_NOON = JAN_1 + 31 * DAY // 2


def phase(price: str, quantity: int = 1, **values: Any) -> dict[str, Any]:
    return {"items": [{"price": price, "quantity": quantity}]} | values


def windows(schedule: dict[str, Any]) -> list[tuple[int, int]]:
    return [(each["start_date"], each["end_date"]) for each in schedule["phases"]]


def refusal(stage: Stage, schedule: dict[str, Any], **values: Any) -> dict[str, Any]:
    error: dict[str, Any] = stage.api.refused("POST", f"/v1/subscription_schedules/{schedule['id']}", **values).error
    return error


def test_plain_settings_change_by_themselves(stage: Stage) -> None:
    schedule = stage.schedule(phase(stage.price()), metadata={"a": 1, "b": 2})
    stage.new_events()
    settings = {"application_fee_percent": 5, "transfer_data": {"destination": connected(stage.api).account}}
    schedule = stage.update(schedule, metadata={"a": "", "c": 3}, default_settings=settings)

    assert schedule["metadata"] == {"b": "2", "c": "3"}
    assert schedule["default_settings"]["application_fee_percent"] == 5
    assert schedule["default_settings"]["collection_method"] == "charge_automatically"
    assert stage.subscription(schedule)["application_fee_percent"] == 5
    assert stage.new_events() == ["subscription_schedule.updated", "customer.subscription.updated"]
    assert stage.update(schedule, metadata="")["metadata"] == {}
    assert stage.new_events() == ["subscription_schedule.updated"]


def test_an_update_that_changes_nothing_says_nothing(stage: Stage) -> None:
    price = stage.price()
    schedule = stage.schedule(phase(price, iterations=1))
    stage.new_events()
    stage.update(schedule, end_behavior="release", phases=[phase(price, start_date=JAN_1, iterations=1)])

    assert stage.new_events() == []


def test_a_quantity_changed_in_the_running_phase_is_prorated(stage: Stage) -> None:
    price = stage.price()
    schedule = stage.schedule(phase(price, iterations=2))
    stage.advance(JAN_16_NOON)
    stage.new_events()
    stage.update(schedule, phases=[phase(price, 2, start_date=JAN_1, iterations=2)])

    assert stage.new_events() == ["subscription_schedule.updated", "invoiceitem.created", "invoiceitem.created",
                                  "customer.subscription.updated"]
    assert stage.subscription(schedule)["quantity"] == 2
    amounts = [event["data"]["object"]["amount"] for event in stage.api.events(type="invoiceitem.created")]
    assert amounts == [-500, 1000]


@pytest.mark.parametrize(("behavior", "events"), [
    ("none", ["subscription_schedule.updated", "customer.subscription.updated"]),
    ("always_invoice", [
        "subscription_schedule.updated", "invoiceitem.created", "invoiceitem.created", "invoiceitem.updated",
        "invoiceitem.updated", "invoice.created", "invoice.finalized"]),
])
def test_the_update_says_how_it_prorates(stage: Stage, behavior: str, events: list[str]) -> None:
    price = stage.price()
    schedule = stage.schedule(phase(price, iterations=2))
    stage.advance(JAN_16_NOON)
    stage.new_events()
    stage.update(schedule, proration_behavior=behavior, phases=[phase(price, 2, start_date=JAN_1, iterations=2)])

    assert stage.new_events()[:len(events)] == events


def test_phases_replace_the_current_and_the_future_ones(stage: Stage) -> None:
    one, two, three = stage.price(100), stage.price(200), stage.price(300)
    schedule = stage.schedule(phase(one), phase(one, iterations=2, metadata={"k": "v"}), phase(two))
    stage.advance(FEB_1)
    schedule = stage.update(schedule, phases=[
        phase(one, start_date=FEB_1, end_date=APR_1), phase(three, iterations=1), phase(two, iterations=1)])

    assert windows(schedule) == [(JAN_1, FEB_1), (FEB_1, APR_1), (APR_1, APR_1 + 30 * DAY),
                                 (APR_1 + 30 * DAY, APR_1 + 61 * DAY)]
    assert [each["items"][0]["price"] for each in schedule["phases"]] == [one, one, three, two]
    # What is not sent again is reset.
    assert schedule["phases"][1]["metadata"] == {}


def test_past_phases_may_be_sent_again(stage: Stage) -> None:
    price = stage.price()
    schedule = stage.schedule(phase(price), phase(price), phase(price))
    stage.advance(MAR_1)
    sent = [phase(price, start_date=start, end_date=end) for start, end in windows(schedule)]
    for skipped in (0, 1, 2):
        assert windows(stage.update(schedule, phases=sent[skipped:])) == windows(schedule)

    sent[2]["items"][0]["quantity"] = 7
    assert stage.update(schedule, phases=sent)["phases"][2]["items"][0]["quantity"] == 7


def test_the_current_phase_can_end_now_and_the_next_one_begin(stage: Stage) -> None:
    one, two = stage.price(1000), stage.price(2000)
    schedule = stage.schedule(phase(one, iterations=2))
    stage.advance(JAN_16_NOON)
    stage.new_events()
    schedule = stage.update(schedule, phases=[phase(one, start_date=JAN_1, end_date="now"),
                                              phase(two, start_date="now", end_date=MAR_1)])

    assert windows(schedule) == [(JAN_1, JAN_16_NOON), (JAN_16_NOON, MAR_1)]
    assert schedule["current_phase"] == {"start_date": JAN_16_NOON, "end_date": MAR_1}
    assert stage.subscription(schedule)["plan"]["id"] == two
    assert stage.new_events() == ["subscription_schedule.updated", "invoiceitem.created", "invoiceitem.created",
                                  "customer.subscription.updated", "subscription_schedule.updated"]


def test_the_last_phase_can_end_now(stage: Stage) -> None:
    price = stage.price()
    schedule = stage.schedule(phase(price, iterations=2))
    stage.advance(JAN_16_NOON)
    schedule = stage.update(schedule, phases=[phase(price, start_date=JAN_1, end_date="now")])

    assert (schedule["status"], schedule["completed_at"]) == ("completed", JAN_16_NOON)


def test_a_phase_lasts_until_the_start_that_the_next_one_claims(stage: Stage) -> None:
    price = stage.price()
    schedule = stage.schedule(phase(price))
    schedule = stage.update(schedule, phases=[phase(price), phase(price, start_date=MAR_1)])

    assert windows(schedule) == [(JAN_1, MAR_1), (MAR_1, APR_1)]


def test_a_schedule_that_has_not_started_can_be_moved(stage: Stage) -> None:
    price = stage.price()
    schedule = stage.schedule(phase(price), start_date=MAR_1)
    schedule = stage.update(schedule, phases=[phase(price, 4, start_date=FEB_1, iterations=1)])
    assert (schedule["status"], windows(schedule)) == ("not_started", [(FEB_1, MAR_1)])

    stage.new_events()
    schedule = stage.update(schedule, phases=[phase(price, start_date="now", iterations=1)])
    assert (schedule["status"], windows(schedule)) == ("active", [(JAN_1, FEB_1)])
    assert stage.new_events() == ["subscription_schedule.updated", "customer.subscription.created", "invoice.created",
                                  "subscription_schedule.updated"]


def test_the_trial_of_the_current_phase_can_end_now(stage: Stage) -> None:
    price = stage.price()
    schedule = stage.schedule(phase(price, iterations=2, trial_end=FEB_1))
    stage.advance(JAN_16_NOON)
    schedule = stage.update(schedule, phases=[phase(price, start_date=JAN_1, end_date=MAR_1, trial_end="now")])

    assert schedule["phases"][0]["trial_end"] is None
    subscription = stage.subscription(schedule)
    assert (subscription["status"], subscription["billing_cycle_anchor"]) == ("active", JAN_16_NOON)


def test_end_behavior_sets_and_removes_the_cancel_date(stage: Stage) -> None:
    price = stage.price()
    schedule = stage.schedule(phase(price, iterations=2))
    stage.update(schedule, end_behavior="cancel")
    assert stage.subscription(schedule)["cancel_at"] == MAR_1
    stage.update(schedule, phases=[phase(price, start_date=JAN_1, iterations=2), phase(price)])
    assert stage.subscription(schedule)["cancel_at"] is None
    stage.update(schedule, phases=[phase(price, start_date=JAN_1, iterations=3)])
    assert stage.subscription(schedule)["cancel_at"] == APR_1
    stage.update(schedule, end_behavior="release")

    subscription = stage.subscription(schedule)
    assert (subscription["cancel_at"], subscription["canceled_at"]) == (None, None)


def test_one_time_items_are_billed_once(stage: Stage) -> None:
    price, setup = stage.price(), stage.price(500, interval=None)
    extra = {"price": setup}
    schedule = stage.schedule(phase(price, iterations=2, add_invoice_items=[extra]))
    stage.update(schedule, phases=[phase(price, start_date=JAN_1, iterations=2, add_invoice_items=[extra])])
    assert len(stage.api.events(type="invoiceitem.created")) == 1
    stage.update(schedule, phases=[phase(price, start_date=JAN_1, iterations=2, add_invoice_items=[extra, extra])])

    assert len(stage.api.events(type="invoiceitem.created")) == 2


def test_a_coupon_that_was_used_up_is_not_given_again(stage: Stage) -> None:
    coupon = stage.api.post("/v1/coupons", percent_off=50, duration="once")["id"]
    price = stage.price()
    schedule = stage.schedule(phase(price, iterations=3, coupon=coupon))
    stage.advance(JAN_16_NOON)
    stage.update(schedule, phases=[phase(price, start_date=JAN_1, iterations=2, coupon=coupon)])
    stage.advance(FEB_1)

    assert [event["data"]["object"]["total"] for event in stage.api.events(type="invoice.created")] == [500, 1000]


def test_what_the_schedule_names_already_may_be_archived_meanwhile(stage: Stage) -> None:
    price = stage.price()
    coupon = stage.api.post("/v1/coupons", percent_off=50, duration="forever", max_redemptions=1)["id"]
    schedule = stage.schedule(phase(price, coupon=coupon))
    stage.api.post(f"/v1/prices/{price}", active=False)
    sent = phase(price, start_date=JAN_1, iterations=2, coupon=coupon)
    assert windows(stage.update(schedule, phases=[sent])) == [(JAN_1, MAR_1)]

    other = stage.price()
    stage.api.post(f"/v1/prices/{other}", active=False)
    error = refusal(stage, schedule, phases=[sent | {"items": [{"price": other}]}])
    assert error["message"] == "The price specified is inactive. This field only accepts active prices."


def test_the_end_is_announced_anew_when_it_moves(stage: Stage) -> None:
    price = stage.price()
    schedule = stage.schedule(phase(price))
    stage.advance(FEB_1 - 7 * DAY)
    stage.update(schedule, phases=[phase(price, start_date=JAN_1, iterations=2)])
    stage.advance(FEB_1)
    stage.update(schedule, phases=[phase(price, start_date=JAN_1, end_date=FEB_1 + 5 * DAY)])

    notices = [event["created"] for event in stage.api.events(type="subscription_schedule.expiring")]
    assert notices == [FEB_1 - 7 * DAY, FEB_1]


@pytest.mark.parametrize(("sent", "message", "param"), [
    pytest.param([{}], "The subscription schedule update is missing at least one phase with a `start_date` to anchor "
                 "end dates to.", "phases", id="no_start"),
    pytest.param([{"start_date": JAN_1 + 1}], "You can not modify the start date of the current phase.",
                 "phases[0][start_date]", id="other_start"),
    pytest.param([{"start_date": "now"}], "You can not modify the start date of the current phase.",
                 "phases[0][start_date]", id="start_now"),
    pytest.param([{"start_date": JAN_1, "end_date": JAN_16_NOON - 1}],
                 "You can only adjust the end date to a future date for the current phase.", "phases[0][end_date]",
                 id="end_in_the_past"),
    pytest.param([{"start_date": JAN_1, "end_date": JAN_1}], "The end date of a phase must be after its start date.",
                 "phases[0][end_date]", id="end_at_the_start"),
    pytest.param([{"start_date": JAN_1, "end_date": MAR_1}, {"start_date": MAR_1 + 1}],
                 "The start date of a phase must be the end date of the phase before it: there is a gap.",
                 "phases[1][start_date]", id="gap"),
    pytest.param([{"start_date": JAN_1, "end_date": MAR_1}, {"start_date": FEB_1}],
                 "The start date of a phase must be the end date of the phase before it: they overlap.",
                 "phases[1][start_date]", id="overlap"),
    pytest.param([{"start_date": JAN_1, "trial_end": "later"}], "Invalid timestamp: must be an integer",
                 "phases[0][trial_end]", id="trial_in_words"),
])
def test_phases_that_cannot_follow_are_refused(stage: Stage, sent: list[dict[str, Any]], message: str,
                                               param: str) -> None:
    price = stage.price()
    schedule = stage.schedule(phase(price, iterations=2))
    stage.advance(JAN_16_NOON)

    error = refusal(stage, schedule, phases=[phase(price, **values) for values in sent])
    assert (error["message"], error["param"]) == (message, param)
    assert stage.retrieve(schedule)["phases"] == schedule["phases"]


def test_a_start_that_has_passed_is_refused(stage: Stage) -> None:
    price = stage.price()
    schedule = stage.schedule(phase(price), start_date=FEB_1)

    error = refusal(stage, schedule, phases=[phase(price, start_date=JAN_1 - 1)])
    assert error["message"] == "Invalid timestamp: must be an integer Unix timestamp in the future"
    assert error["param"] == "phases[0][start_date]"


def test_past_phases_do_not_count_among_the_ten(stage: Stage) -> None:
    price = stage.price(interval="day")
    stage.api.post("/_sim/settings", limits="off")
    schedule = stage.schedule(*[phase(price)] * 10)
    stage.advance(JAN_1 + DAY)
    stage.api.post("/_sim/settings", limits="documented")
    sent = [phase(price, start_date=JAN_1 + DAY, iterations=1)] + [phase(price)] * 9
    assert len(stage.update(schedule, phases=sent)["phases"]) == 11

    error = refusal(stage, schedule, phases=[*sent, phase(price)])
    assert error["message"] == "Array phases exceeded maximum 10 allowed elements."


@pytest.mark.parametrize("name", ["customer", "start_date", "from_subscription"])
def test_what_is_fixed_is_an_unknown_parameter(stage: Stage, name: str) -> None:
    error = refusal(stage, stage.schedule(phase(stage.price())), **{name: "x"})

    assert (error["message"], error["code"]) == (f"Received unknown parameter: {name}", "parameter_unknown")


def test_default_settings_must_fit_the_phases(stage: Stage) -> None:
    schedule = stage.schedule(phase(stage.price()))

    error = refusal(stage, schedule, default_settings={"collection_method": "send_invoice"})
    assert error["param"] == "phases[0][invoice_settings][days_until_due]"
