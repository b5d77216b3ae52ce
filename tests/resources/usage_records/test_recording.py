"""POST /v1/subscription_items/:id/usage_records"""

from __future__ import annotations

from typing import Any

import pytest

from tests.resources.usage_records.metered import FEB_1, JAN_1, JAN_15, MAR_1, Metered, metered_price
from tests.support.api import Answer, Api
from tests.support.reference import conforms
from tests.support.wall import Wall

TOO_EARLY = ("Cannot create the usage record with this timestamp because timestamps must be after the subscription's "
             "last invoice period (or current period start time).")
IN_THE_FUTURE = "Cannot create the usage record with this timestamp because timestamps must not be in the future."


def refusal(answer: Answer) -> tuple[int, str, str | None, str | None]:
    """Status, message, param and code."""
    error = answer.error
    assert error["type"] == "invalid_request_error"
    return answer.status, error["message"], error.get("param"), error.get("code")


def test_a_usage_record_has_the_fields_of_the_reference(api: Api) -> None:
    metered = Metered(api)
    record = metered.record(100)
    assert record["id"].startswith("mbur_1") and len(record["id"]) == 29
    assert list(record.items()) == [
        ("id", record["id"]), ("object", "usage_record"), ("livemode", False), ("quantity", 100),
        ("subscription_item", metered.item), ("timestamp", JAN_1)]
    conforms(record)


def test_the_timestamp_is_now_on_the_clock_of_the_subscription(api: Api) -> None:
    metered = Metered(api)
    metered.advance(JAN_15)
    assert metered.record(1)["timestamp"] == JAN_15
    assert api.post(metered.records_path, quantity=1, timestamp="now")["timestamp"] == JAN_15
    assert metered.record(1, JAN_1 + 7)["timestamp"] == JAN_1 + 7
    assert metered.totals() == [3]


@pytest.mark.parametrize(("records", "total"), [
    pytest.param([(0, None, 4), (0, None, 8)], 12, id="increment_is_the_default_and_adds"),
    pytest.param([(0, "increment", 4), (5, "increment", 8)], 12, id="timestamps_sum"),
    pytest.param([(5, "increment", 4), (5, "set", 8)], 8, id="set_overwrites_its_timestamp"),
    pytest.param([(0, "increment", 4), (5, "set", 8)], 12, id="set_leaves_other_timestamps"),
    pytest.param([(5, "set", 8), (5, "increment", 4)], 12, id="increment_adds_to_what_was_set"),
    pytest.param([(5, "increment", 8), (5, "set", 0)], 0, id="set_to_nothing"),
    pytest.param([(5, "increment", 1), (5, "increment", 2), (9, "increment", 40), (5, "set", 7)], 47,
                 id="set_overwrites_all_records_of_an_earlier_timestamp"),
    pytest.param([(5, "set", 7), (5, "set", 3), (9, "set", 1), (5, "increment", 2)], 6,
                 id="increment_adds_to_the_last_set_of_an_earlier_timestamp"),
    pytest.param([(0, None, 0)], 0, id="zero_is_a_quantity"),
])
def test_records_of_one_timestamp_add_up_or_overwrite(api: Api, records: list[tuple[int, str | None, int]],
                                                      total: int) -> None:
    metered = Metered(api)
    metered.advance(JAN_1 + 60)
    for offset, action, quantity in records:
        assert metered.record(quantity, JAN_1 + offset, action)["quantity"] == quantity
    assert metered.totals() == [total]


@pytest.mark.parametrize(("aggregate_usage", "totals"), [
    pytest.param(None, [4, 13, 19, 26], id="sum_is_the_default"),
    pytest.param("sum", [4, 13, 19, 26], id="sum"),
    pytest.param("max", [4, 9, 9, 9], id="max"),
    pytest.param("last_during_period", [4, 9, 9, 7], id="last_during_period"),
    pytest.param("last_ever", [4, 9, 9, 7], id="last_ever"),
])
def test_the_total_follows_aggregate_usage(api: Api, aggregate_usage: str | None, totals: list[int]) -> None:
    metered = Metered(api, aggregate_usage=aggregate_usage)
    metered.advance(JAN_1 + 60)
    seen = []
    # The third arrives late: the most recent record is the one with the latest timestamp, not the last to come.
    for offset, quantity in ((1, 4), (20, 9), (10, 6), (30, 7)):
        metered.record(quantity, JAN_1 + offset)
        seen += metered.totals()
    assert seen == totals


def test_the_maximum_falls_when_a_set_lowers_it(api: Api) -> None:
    metered = Metered(api, aggregate_usage="max")
    metered.advance(JAN_1 + 60)
    metered.record(5, JAN_1 + 1)
    metered.record(4, JAN_1 + 2)
    metered.record(5, JAN_1 + 2)
    assert metered.totals() == [9]
    metered.record(3, JAN_1 + 2, "set")
    assert metered.totals() == [5]
    metered.record(3, JAN_1 + 2)
    assert metered.totals() == [6]


@pytest.mark.parametrize(("params", "message", "param", "code"), [
    ({}, "Missing required param: quantity.", "quantity", "parameter_missing"),
    ({"quantity": -1}, "This value must be greater than or equal to 0.", "quantity", "parameter_invalid_integer"),
    ({"quantity": "1.5"}, "Invalid integer: 1.5", "quantity", "parameter_invalid_integer"),
    ({"quantity": 2**63}, f"Invalid integer: {2**63}", "quantity", "parameter_invalid_integer"),
    ({"quantity": 1, "action": "add"}, "Invalid action: must be one of increment or set", "action", None),
    ({"quantity": 1, "timestamp": "today"}, "Invalid timestamp: must be an integer", "timestamp", None),
    ({"quantity": 1, "time": 5}, "Received unknown parameter: time", "time",
     "parameter_unknown"),
])
def test_wrong_parameters_are_refused(api: Api, params: dict[str, Any], message: str, param: str,
                                      code: str | None) -> None:
    metered = Metered(api)
    assert refusal(api.refused("POST", metered.records_path, **params)) == (400, message, param, code)
    assert metered.totals() == [0]


def test_the_usage_of_a_period_has_an_upper_limit(api: Api) -> None:
    metered = Metered(api)
    # At 2 a unit the period may cost 10 to the 15th; a single record can hold no more than 64 bits either.
    metered.record(499_999_999_999_999)
    status, message, param, code = refusal(metered.refused(2))
    assert (status, param, code) == (400, "quantity", None)
    assert message.startswith("Invalid quantity: 500000000000001 of price price_") and message.endswith(" cost too much.")
    metered.record(1)
    assert metered.totals() == [500_000_000_000_000]


def test_usage_at_the_very_start_of_the_period_is_accepted_and_before_it_refused(api: Api) -> None:
    metered = Metered(api)
    metered.record(3, JAN_1)
    assert refusal(metered.refused(1, JAN_1 - 1)) == (400, TOO_EARLY, "timestamp", None)
    assert metered.totals() == [3]


def test_usage_may_be_five_minutes_ahead(api: Api) -> None:
    metered = Metered(api)
    metered.record(3, JAN_1 + 300)
    assert refusal(metered.refused(1, JAN_1 + 301)) == (400, IN_THE_FUTURE, "timestamp", None)
    assert metered.totals() == [3]


def test_the_tolerances_are_settings(api: Api) -> None:
    api.post("/_sim/settings", usage_future_tolerance_s=0, usage_grace_s=10)
    metered = Metered(api)
    assert refusal(metered.refused(1, JAN_1 + 1)) == (400, IN_THE_FUTURE, "timestamp", None)
    metered.advance(FEB_1 + 10)
    assert refusal(metered.refused(1, FEB_1 - 11)) == (400, TOO_EARLY, "timestamp", None)
    metered.record(1, FEB_1 - 10)
    assert metered.totals() == [0, 1]


def test_usage_stamped_at_the_boundary_or_after_it_belongs_to_the_new_period(api: Api) -> None:
    metered = Metered(api)
    metered.advance(FEB_1 - 100)
    metered.record(1, FEB_1 - 1)
    metered.record(20, FEB_1)
    metered.record(300, FEB_1 + 200)
    assert metered.totals() == [1]
    metered.advance(FEB_1)
    assert metered.totals() == [320, 1]
    assert metered.billed() == [(1, 2, JAN_1, FEB_1)]
    metered.record(4000)
    assert metered.totals() == [4320, 1]


def test_usage_is_taken_though_the_worker_has_not_come_to_the_renewal_yet(api: Api, wall: Wall) -> None:
    metered = Metered(api, on_clock=False)
    metered.record(1)
    wall.advance(31 * 86_400)
    metered.record(20)
    assert metered.totals() == [1]
    api.server.worker.run_due()
    assert metered.totals() == [20, 1]


def test_set_overwrites_what_waits_for_the_new_period(api: Api) -> None:
    metered = Metered(api, aggregate_usage="max")
    metered.advance(FEB_1 - 100)
    for quantity, timestamp, action in ((9, FEB_1, "increment"), (4, FEB_1, "set"), (1, FEB_1, "increment"),
                                        (3, FEB_1 + 5, "increment")):
        metered.record(quantity, timestamp, action)
    metered.advance(FEB_1 + 60)
    assert metered.totals() == [5, 0]
    metered.record(2, FEB_1, "set")
    assert metered.totals() == [3, 0]


def test_late_usage_joins_the_draft_of_the_period_before(api: Api) -> None:
    metered = Metered(api)
    metered.record(10)
    metered.advance(FEB_1 + 300)
    metered.record(5, FEB_1 - 300)
    assert metered.totals() == [0, 15]
    assert metered.billed() == [(15, 30, JAN_1, FEB_1)]
    invoice = metered.latest_invoice()
    # Nothing will be due, because 0.30 is less than can be charged.
    assert (invoice["status"], invoice["subtotal"], invoice["total"], invoice["amount_due"]) == ("draft", 30, 30, 0)
    metered.record(1, FEB_1 - 300, "set")
    assert metered.totals() == [0, 11]
    assert metered.billed() == [(11, 22, JAN_1, FEB_1)]
    assert refusal(metered.refused(1, FEB_1 - 301)) == (400, TOO_EARLY, "timestamp", None)


def test_late_usage_joins_the_current_period_once_the_invoice_is_final(api: Api) -> None:
    api.post("/_sim/settings", finalize_after_s=60)
    metered = Metered(api)
    metered.record(10)
    metered.advance(FEB_1 + 60)
    assert metered.latest_invoice()["status"] == "paid"
    metered.record(5, FEB_1 - 1)
    metered.record(2)
    assert metered.totals() == [7, 10]
    metered.advance(MAR_1)
    assert metered.billed() == [(7, 14, FEB_1, MAR_1)]


def test_the_grace_ends_after_five_minutes(api: Api) -> None:
    metered = Metered(api)
    metered.advance(FEB_1 + 301)
    assert refusal(metered.refused(1, FEB_1 - 1)) == (400, TOO_EARLY, "timestamp", None)
    assert metered.totals() == [0, 0]


@pytest.mark.parametrize("aggregate_usage", ["max", "last_during_period", "last_ever"])
def test_there_is_no_grace_for_other_aggregations_than_sum(api: Api, aggregate_usage: str) -> None:
    metered = Metered(api, aggregate_usage=aggregate_usage)
    metered.advance(FEB_1)
    assert refusal(metered.refused(1, FEB_1 - 1)) == (400, TOO_EARLY, "timestamp", None)


def test_usage_in_a_trial_is_taken_and_billed_nothing(api: Api) -> None:
    metered = Metered(api, trial_end=JAN_15)
    metered.record(10)
    metered.advance(JAN_15)
    metered.record(5, JAN_15 - 1)
    assert metered.totals() == [0, 15]
    assert metered.latest_invoice()["total"] == 0
    metered.record(3)
    metered.advance(JAN_15 + 31 * 86_400)
    assert metered.totals() == [0, 3, 15]
    assert metered.billed() == [(3, 6, JAN_15, JAN_15 + 31 * 86_400)]


def test_only_increment_goes_with_billing_thresholds(api: Api) -> None:
    metered = Metered(api, billing_thresholds={"amount_gte": 100_000})
    assert refusal(metered.refused(1, action="set")) == (
        400, "Invalid action: must be increment, because the subscription has billing thresholds.", "action", None)
    metered.record(7, action="increment")
    assert metered.totals() == [7]


def test_a_canceled_subscription_takes_no_usage(api: Api) -> None:
    metered = Metered(api)
    api.delete(f"/v1/subscriptions/{metered.subscription}")
    assert refusal(metered.refused(1)) == (
        400, "Cannot create the usage record because the subscription has been canceled.", None, None)


def test_a_licensed_price_takes_no_usage(api: Api) -> None:
    product = api.post("/v1/products", name="Seat")["id"]
    seat = api.post("/v1/prices", currency="usd", product=product, unit_amount=500, recurring={"interval": "month"})
    metered = Metered(api, items=[{"price": seat["id"]}, {"price": metered_price(api)}])
    metered.item, counted = metered.items
    assert refusal(metered.refused(1)) == (
        400, f"Cannot create a usage record for `{metered.item}` because its price is not metered "
             "(usage_type=licensed).", None, None)
    metered.item = counted
    metered.record(1)
    assert metered.totals() == [1]


def test_an_unknown_item_is_not_found(api: Api) -> None:
    unknown = (404, "No such subscription item: 'si_x'", "subscription_item", "resource_missing")
    assert refusal(api.refused("POST", "/v1/subscription_items/si_x/usage_records", quantity=1)) == unknown
    assert refusal(api.refused("GET", "/v1/subscription_items/si_x/usage_record_summaries")) == unknown


def test_another_sandbox_does_not_see_the_item(api: Api) -> None:
    metered = Metered(api)
    answer = Api(api.server).refused("POST", metered.records_path, quantity=1)
    assert refusal(answer) == (404, f"No such subscription item: '{metered.item}'", "subscription_item", "resource_missing")


def test_usage_emits_no_events(api: Api) -> None:
    metered = Metered(api)
    before = api.event_types()
    metered.record(1)
    assert api.event_types() == before


def test_a_repeated_request_counts_once(api: Api) -> None:
    metered = Metered(api)
    answers = [api.call("POST", metered.records_path, {"quantity": 5}, headers={"Idempotency-Key": "usage-1"})
               for _ in range(2)]
    assert answers[0].body == answers[1].body and answers[1].headers["Idempotent-Replayed"] == "true"
    assert metered.totals() == [5]


def test_nothing_is_recorded_while_the_clock_advances(api: Api) -> None:
    metered = Metered(api)
    api.post(f"/v1/test_helpers/test_clocks/{metered.clock}/advance", frozen_time=JAN_15)
    assert refusal(metered.refused(1)) == (
        429, f"Test clock advancement underway - cannot perform modifications: {metered.clock}", None, "rate_limit")
    assert metered.totals() == [0]
