"""A schedule on a clock: it starts, goes from phase to phase, and comes to its end."""

from __future__ import annotations

from typing import Any

import pytest

from app.wire.endpoint import Server
from tests.resources.subscription_schedules.conftest import APR_1, DAY, FEB_1, HOUR, JAN_1, MAR_1, Stage
from tests.support.api import Api
from tests.support.wall import NEW_YEAR, Wall

JAN_16_NOON = JAN_1 + 31 * DAY // 2
MAY_1 = APR_1 + 30 * DAY


def bills(stage: Stage) -> list[tuple[int, str, list[int]]]:
    """When each invoice was drafted, why, and the amounts of its lines, oldest first."""
    return [(event["created"], event["data"]["object"]["billing_reason"],
             [line["amount"] for line in event["data"]["object"]["lines"]["data"]])
            for event in stage.api.events(type="invoice.created")]


def phase(price: str, quantity: int = 1, **values: Any) -> dict[str, Any]:
    return {"items": [{"price": price, "quantity": quantity}]} | values


def test_a_year_in_two_phases(stage: Stage) -> None:
    """Worked example: from 2020-01-01, one month of one seat, eleven of two; released on 2021-01-01."""
    price = stage.price()
    schedule = stage.schedule(phase(price, 1, iterations=1), phase(price, 2, iterations=11))
    stage.advance(FEB_1)
    assert stage.retrieve(schedule)["current_phase"] == {"start_date": FEB_1, "end_date": 1609459200}
    for month in (MAR_1, APR_1, MAY_1, 1590969600, 1593561600, 1596240000, 1598918400, 1601510400, 1604188800,
                  1606780800, 1609459200):
        stage.advance(month)

    amounts = [lines for _, _, lines in bills(stage)]
    assert amounts == [[1000]] + [[2000]] * 11 + [[2000]]
    ended = stage.retrieve(schedule)
    assert (ended["status"], ended["completed_at"], ended["released_at"]) == ("completed", 1609459200, None)
    assert (ended["subscription"], ended["released_subscription"]) == (None, schedule["subscription"])
    assert ended["current_phase"] is None
    subscription = stage.subscription(ended)
    assert (subscription["status"], subscription["schedule"]) == ("active", None)
    notices = [event["created"] for event in stage.api.events(type="subscription_schedule.expiring")]
    assert notices == [1609459200 - 7 * DAY]


def test_a_boundary_at_a_period_end_is_the_renewal(stage: Stage) -> None:
    price = stage.price()
    schedule = stage.schedule(phase(price, 1, iterations=1), phase(price, 2, iterations=1))
    item = stage.subscription(schedule)["items"]["data"][0]["id"]
    stage.advance(FEB_1 - 1)
    stage.new_events()
    stage.advance(FEB_1)

    assert stage.new_events() == ["invoice.created", "customer.subscription.updated", "subscription_schedule.updated"]
    subscription = stage.subscription(schedule)
    assert [(one["id"], one["quantity"]) for one in subscription["items"]["data"]] == [(item, 2)]
    assert (subscription["current_period_start"], subscription["current_period_end"]) == (FEB_1, MAR_1)


def test_a_boundary_inside_a_period_prorates(stage: Stage) -> None:
    schedule = stage.schedule(phase(stage.price(1000), end_date=JAN_16_NOON), phase(stage.price(2000), iterations=1))
    stage.advance(JAN_16_NOON)
    assert stage.new_events()[-4:] == ["invoiceitem.created", "invoiceitem.created", "customer.subscription.updated",
                                       "subscription_schedule.updated"]
    stage.advance(FEB_1)

    assert bills(stage) == [(JAN_1, "subscription_create", [1000]), (FEB_1, "subscription_cycle", [-500, 1000, 2000])]
    assert stage.subscription(schedule)["billing_cycle_anchor"] == JAN_1


@pytest.mark.parametrize(("behavior", "drafts"), [
    ("none", [(JAN_1, "subscription_create", [1000]), (FEB_1, "subscription_cycle", [2000])]),
    ("always_invoice", [(JAN_1, "subscription_create", [1000]), (JAN_16_NOON, "subscription_update", [-500, 1000]),
                        (FEB_1, "subscription_cycle", [2000])]),
])
def test_the_new_phase_says_how_it_prorates(stage: Stage, behavior: str, drafts: list[Any]) -> None:
    stage.schedule(phase(stage.price(1000), end_date=JAN_16_NOON, proration_behavior="create_prorations"),
                   phase(stage.price(2000), iterations=1, proration_behavior=behavior))
    stage.advance(FEB_1)

    assert bills(stage) == drafts


def test_invoices_that_a_boundary_causes_stay_drafts_for_an_hour(stage: Stage) -> None:
    stage.schedule(phase(stage.price(1000), end_date=JAN_16_NOON),
                   phase(stage.price(2000), iterations=1, proration_behavior="always_invoice"))
    stage.advance(JAN_16_NOON)
    assert stage.new_events().count("invoice.finalized") == 1
    stage.advance(JAN_16_NOON + HOUR)

    assert "invoice.finalized" in stage.new_events()


def test_phase_start_moves_the_anchor_and_bills_at_once(stage: Stage) -> None:
    schedule = stage.schedule(phase(stage.price(1000), end_date=JAN_16_NOON),
                              phase(stage.price(2000), iterations=1, billing_cycle_anchor="phase_start"))
    stage.advance(JAN_16_NOON)

    assert bills(stage)[1:] == [(JAN_16_NOON, "subscription_update", [-500, 2000])]
    subscription = stage.subscription(schedule)
    assert subscription["billing_cycle_anchor"] == subscription["current_period_start"] == JAN_16_NOON
    assert subscription["current_period_end"] == JAN_16_NOON + 31 * DAY


def test_another_interval_moves_the_anchor(stage: Stage) -> None:
    schedule = stage.schedule(phase(stage.price(1000), end_date=JAN_16_NOON),
                              phase(stage.price(12000, interval="year"), iterations=1, proration_behavior="none"))
    stage.advance(JAN_16_NOON)

    assert bills(stage)[1:] == [(JAN_16_NOON, "subscription_update", [12000])]
    assert stage.subscription(schedule)["current_period_end"] == JAN_16_NOON + 366 * DAY


def test_another_interval_at_a_period_end_begins_a_period_of_it(stage: Stage) -> None:
    schedule = stage.schedule(phase(stage.price(1000), iterations=1),
                              phase(stage.price(300, interval="week"), iterations=4))
    stage.api.post("/_sim/settings", limits="off")
    stage.advance(FEB_1)

    assert bills(stage)[1:] == [(FEB_1, "subscription_cycle", [300])]
    subscription = stage.subscription(schedule)
    assert (subscription["billing_cycle_anchor"], subscription["current_period_end"]) == (FEB_1, FEB_1 + 7 * DAY)


def test_a_trial_between_paid_phases(stage: Stage) -> None:
    price = stage.price()
    schedule = stage.schedule(phase(price), phase(price, iterations=2, trial=True), phase(price))
    stage.advance(FEB_1)
    subscription = stage.subscription(schedule)
    assert subscription["status"] == "trialing"
    assert (subscription["trial_start"], subscription["trial_end"]) == (FEB_1, APR_1)
    assert (subscription["current_period_start"], subscription["current_period_end"]) == (FEB_1, APR_1)
    stage.advance(MAR_1)
    stage.advance(APR_1)

    assert bills(stage) == [(JAN_1, "subscription_create", [1000]), (FEB_1, "subscription_cycle", [0]),
                            (APR_1, "subscription_cycle", [1000])]
    assert stage.subscription(schedule)["status"] == "active"


def test_usage_of_the_old_phase_is_billed_at_its_price(stage: Stage) -> None:
    old = stage.price(10, recurring={"usage_type": "metered"})
    new = stage.price(99, recurring={"usage_type": "metered"})
    schedule = stage.schedule({"items": [{"price": old}]}, {"items": [{"price": new}]})
    item = stage.subscription(schedule)["items"]["data"][0]["id"]
    stage.api.post(f"/v1/subscription_items/{item}/usage_records", quantity=7, timestamp=JAN_1)
    stage.advance(FEB_1)

    assert bills(stage)[1:] == [(FEB_1, "subscription_cycle", [70])]


def test_a_phase_merges_its_metadata_and_brings_its_items(stage: Stage) -> None:
    price, setup = stage.price(), stage.price(500, interval=None)
    schedule = stage.schedule(
        phase(price, iterations=1, metadata={"plan": "start", "seat": "1", "none": ""}),
        phase(price, iterations=1, metadata={"plan": "grow", "seat": ""}, add_invoice_items=[{"price": setup}]))
    assert stage.subscription(schedule)["metadata"] == {"plan": "start", "seat": "1"}
    assert schedule["phases"][1]["metadata"] == {"plan": "grow", "seat": ""}
    stage.api.post(f"/v1/subscriptions/{schedule['subscription']}", metadata={"mine": "1"})
    stage.advance(FEB_1)

    assert stage.subscription(schedule)["metadata"] == {"plan": "grow", "mine": "1"}
    assert bills(stage)[1:] == [(FEB_1, "subscription_cycle", [500, 1000])]


def test_items_are_matched_by_price(stage: Stage) -> None:
    kept, dropped, added = stage.price(100), stage.price(200), stage.price(300)
    schedule = stage.schedule({"items": [{"price": dropped}, {"price": kept}], "iterations": 1},
                              {"items": [{"price": added}, {"price": kept, "quantity": 2}], "iterations": 1})
    ids = {item["price"]["id"]: item["id"] for item in stage.subscription(schedule)["items"]["data"]}
    stage.advance(FEB_1)

    items = {item["price"]["id"]: (item["id"], item["quantity"])
             for item in stage.subscription(schedule)["items"]["data"]}
    assert items[kept] == (ids[kept], 2)
    assert items.keys() == {kept, added}


def test_a_phase_without_a_coupon_ends_the_discount(stage: Stage) -> None:
    half = stage.api.post("/v1/coupons", percent_off=50, duration="forever")["id"]
    tenth = stage.api.post("/v1/coupons", percent_off=10, duration="forever")["id"]
    price = stage.price()
    schedule = stage.schedule(phase(price, coupon=half), phase(price, coupon=half), phase(price, coupon=tenth),
                              phase(price))
    for month in (FEB_1, MAR_1, APR_1):
        stage.advance(month)

    totals = [event["data"]["object"]["total"] for event in stage.api.events(type="invoice.created")]
    assert totals == [500, 500, 900, 1000]
    assert stage.subscription(schedule)["discount"] is None


def test_a_coupon_that_is_gone_when_its_phase_begins_is_left_out(stage: Stage) -> None:
    coupon = stage.api.post("/v1/coupons", percent_off=50, duration="forever")["id"]
    price = stage.price()
    stage.schedule(phase(price), phase(price, coupon=coupon))
    stage.api.delete(f"/v1/coupons/{coupon}")
    stage.advance(FEB_1)

    assert bills(stage)[1:] == [(FEB_1, "subscription_cycle", [1000])]


def test_a_schedule_starts_when_its_time_comes(stage: Stage) -> None:
    schedule = stage.schedule(phase(stage.price()), start_date=FEB_1)
    stage.new_events()
    stage.advance(FEB_1)

    started = stage.retrieve(schedule)
    assert (started["status"], started["current_phase"]) == ("active", {"start_date": FEB_1, "end_date": MAR_1})
    subscription = stage.subscription(started)
    assert subscription["created"] == subscription["start_date"] == FEB_1
    assert bills(stage) == [(FEB_1, "subscription_create", [1000])]
    assert stage.new_events() == ["customer.subscription.created", "invoice.created", "subscription_schedule.updated"]
    updated = stage.api.events(type="subscription_schedule.updated")[-1]
    assert updated["request"] == {"id": None, "idempotency_key": None}


def test_a_schedule_that_cancels_sets_the_date_in_its_last_phase(stage: Stage) -> None:
    price = stage.price()
    schedule = stage.schedule(phase(price), phase(price), end_behavior="cancel")
    assert stage.subscription(schedule)["cancel_at"] is None
    stage.advance(FEB_1)
    last = stage.subscription(schedule)
    assert (last["cancel_at"], last["canceled_at"], last["cancel_at_period_end"]) == (MAR_1, FEB_1, False)
    stage.new_events()
    stage.advance(MAR_1)

    assert stage.new_events()[-2:] == ["customer.subscription.deleted", "subscription_schedule.completed"]
    ended = stage.retrieve(schedule)
    assert (ended["status"], ended["completed_at"], ended["subscription"]) == ("completed", MAR_1, last["id"])
    subscription = stage.subscription(ended)
    assert (subscription["status"], subscription["ended_at"], subscription["canceled_at"]) == ("canceled", MAR_1, FEB_1)
    assert subscription["schedule"] is None
    assert len(bills(stage)) == 2


def test_a_last_phase_that_ends_inside_a_period_is_billed_pro_rata(stage: Stage) -> None:
    """29 days of February 2020: the second phase takes the first 14.5 of them."""
    price = stage.price(3000)
    half = FEB_1 + 29 * DAY // 2
    schedule = stage.schedule(phase(price), phase(price, end_date=half), end_behavior="cancel")
    stage.advance(FEB_1)
    stage.advance(half)

    assert bills(stage) == [(JAN_1, "subscription_create", [3000]), (FEB_1, "subscription_cycle", [1500])]
    assert stage.subscription(stage.retrieve(schedule))["ended_at"] == half


def test_a_single_phase_that_ends_inside_the_first_period_is_billed_pro_rata(stage: Stage) -> None:
    schedule = stage.schedule(phase(stage.price(), end_date=JAN_16_NOON), end_behavior="cancel")
    assert stage.subscription(schedule)["current_period_end"] == JAN_16_NOON

    stage.advance(FEB_1)
    assert bills(stage) == [(JAN_1, "subscription_create", [500])]


def test_the_end_brings_a_final_invoice_of_usage(stage: Stage) -> None:
    metered = stage.price(10, recurring={"usage_type": "metered"})
    schedule = stage.schedule({"items": [{"price": metered}]}, end_behavior="cancel")
    item = stage.subscription(schedule)["items"]["data"][0]["id"]
    stage.api.post(f"/v1/subscription_items/{item}/usage_records", quantity=30, timestamp=JAN_1)
    stage.advance(FEB_1)

    assert [lines for _, _, lines in bills(stage)][1:] == [[300]]
    assert stage.subscription(schedule)["status"] == "canceled"


def test_a_released_subscription_renews_by_itself_at_the_same_second(stage: Stage) -> None:
    stage.schedule(phase(stage.price()))
    stage.advance(FEB_1)

    assert stage.new_events()[-4:] == ["subscription_schedule.completed", "customer.subscription.updated",
                                       "invoice.created", "customer.subscription.updated"]


def test_a_sandbox_can_have_ended_schedules_released(stage: Stage) -> None:
    stage.api.post("/_sim/settings", completed_schedule_status="released")
    schedule = stage.schedule(phase(stage.price()))
    stage.advance(FEB_1)

    ended = stage.retrieve(schedule)
    assert (ended["status"], ended["released_at"], ended["completed_at"]) == ("released", FEB_1, None)
    assert "subscription_schedule.released" in stage.new_events()


def test_without_a_clock_the_wall_clock_moves_a_schedule(fresh_server: Server, wall: Wall) -> None:
    stage = Stage(Api(fresh_server), fresh_server)
    customer = stage.api.post("/v1/customers", payment_method="pm_card_visa",
                              invoice_settings={"default_payment_method": "pm_card_visa"})["id"]
    price = stage.price(interval="day")
    schedule = stage.schedule(phase(price), phase(price, 2), customer=customer, start_date=NEW_YEAR + DAY)
    seen = []
    for _ in range(4):
        wall.advance(DAY)
        fresh_server.worker.run_due()
        moved = stage.retrieve(schedule)
        seen.append((moved["status"], moved["current_phase"] and moved["current_phase"]["start_date"]))

    assert seen == [("active", NEW_YEAR + DAY), ("active", NEW_YEAR + 2 * DAY)] + [("completed", None)] * 2
    assert [lines for _, _, lines in bills(stage)] == [[1000], [2000], [2000], [2000]]


def test_a_short_schedule_is_announced_to_expire_at_its_start(stage: Stage) -> None:
    stage.schedule(phase(stage.price(interval="day"), iterations=3))

    assert stage.new_events()[-2:] == ["subscription_schedule.created", "subscription_schedule.expiring"]


def test_one_long_advance_and_many_short_ones_end_alike(stage: Stage) -> None:
    other = Stage(stage.api, stage.server)
    schedules = []
    for each in (stage, other):
        price = each.price()
        schedules.append(each.schedule(phase(price), phase(price, 2, end_date=MAR_1 - DAY), phase(price, 3)))
    stage.advance(MAR_1)
    for day in range(1, 61):
        other.advance(JAN_1 + day * DAY)

    assert stage.retrieve(schedules[0])["current_phase"] == stage.retrieve(schedules[1])["current_phase"]
    assert _told(stage) == _told(other)


def _told(stage: Stage) -> list[tuple[int, str]]:
    """What happened to the customer's subscriptions, schedules and invoices, and when."""
    return [(event["created"], event["type"]) for event in stage.api.events()
            if event["data"]["object"].get("customer") == stage.customer]


def test_a_metered_phase_can_come_and_go_within_one_advance(stage: Stage) -> None:
    stage.api.post("/_sim/settings", limits="off")
    metered = stage.price(10, recurring={"usage_type": "metered"})
    schedule = stage.schedule(
        {"items": [{"price": stage.price()}], "iterations": 1},
        {"items": [{"price": metered}], "iterations": 1},
        {"items": [{"price": stage.price(700, "week")}], "iterations": 1})
    stage.advance(JAN_1 + 2 * HOUR)
    stage.advance(MAR_1)

    assert stage.retrieve(schedule)["current_phase"] == {"start_date": MAR_1, "end_date": MAR_1 + 7 * DAY}
    assert bills(stage) == [(JAN_1, "subscription_create", [1000]), (FEB_1, "subscription_cycle", []),
                            (MAR_1, "subscription_cycle", [0, 700])]
