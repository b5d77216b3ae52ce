"""GET /v1/subscription_items/:id/usage_record_summaries, and what its totals are billed at."""

from __future__ import annotations

import pytest

from tests.resources.usage_records.metered import (
    APR_1,
    FEB_1,
    FEB_15,
    GRADUATED,
    JAN_1,
    JAN_15,
    MAR_1,
    Metered,
    metered_price,
)
from tests.support.api import Api
from tests.support.reference import conforms


def test_the_open_period_comes_first_and_has_no_invoice(api: Api) -> None:
    metered = Metered(api)
    metered.record(10)
    metered.advance(FEB_1)
    metered.record(7)
    page = api.get(metered.summaries_path)
    opened, closed = page["data"]
    assert page == {
        "object": "list",
        "data": [
            {"id": opened["id"], "object": "usage_record_summary", "invoice": None, "livemode": False,
             "period": {"end": MAR_1, "start": FEB_1}, "subscription_item": metered.item, "total_usage": 7},
            {"id": closed["id"], "object": "usage_record_summary", "invoice": metered.latest_invoice()["id"],
             "livemode": False, "period": {"end": FEB_1, "start": JAN_1}, "subscription_item": metered.item,
             "total_usage": 10},
        ],
        "has_more": False,
        "url": metered.summaries_path,
    }
    assert list(opened) == ["id", "object", "invoice", "livemode", "period", "subscription_item", "total_usage"]
    assert opened["id"].startswith("sis_1") and len(opened["id"]) == 28
    conforms(page)


def test_ids_stay_while_usage_comes_in_and_when_the_period_closes(api: Api) -> None:
    metered = Metered(api)
    opened = metered.summaries()[0]["id"]
    metered.record(1)
    assert metered.summaries()[0]["id"] == opened
    metered.advance(FEB_1)
    assert [summary["id"] == opened for summary in metered.summaries()] == [False, True]


def test_a_period_without_usage_has_a_summary_too(api: Api) -> None:
    metered = Metered(api)
    metered.advance(FEB_1)
    metered.advance(MAR_1)
    summaries = metered.summaries()
    assert [(summary["period"], summary["total_usage"]) for summary in summaries] == [
        ({"end": APR_1, "start": MAR_1}, 0), ({"end": MAR_1, "start": FEB_1}, 0), ({"end": FEB_1, "start": JAN_1}, 0)]
    assert [summary["invoice"] is None for summary in summaries] == [True, False, False]


def test_the_list_is_paged(api: Api) -> None:
    metered = Metered(api)
    metered.advance(FEB_1)
    metered.advance(MAR_1)
    newest, middle, oldest = (summary["id"] for summary in metered.summaries())

    def page(**params: object) -> tuple[list[str], bool]:
        answer = api.get(metered.summaries_path, **params)
        return [summary["id"] for summary in answer["data"]], answer["has_more"]

    assert page(limit=2) == ([newest, middle], True)
    assert page(limit=2, starting_after=middle) == ([oldest], False)
    assert page(limit=1, ending_before=oldest) == ([middle], True)
    assert page(starting_after=oldest) == ([], False)
    answer = api.refused("GET", metered.summaries_path, starting_after="sis_x")
    assert (answer.status, answer.error["code"], answer.error["param"]) == (400, "resource_missing", "starting_after")


@pytest.mark.parametrize(("aggregate_usage", "totals"), [
    ("sum", [0, 2, 13]), ("max", [0, 2, 9]), ("last_during_period", [0, 2, 4]), ("last_ever", [2, 2, 4]),
])
def test_every_period_is_aggregated_and_billed_by_itself(api: Api, aggregate_usage: str, totals: list[int]) -> None:
    metered = Metered(api, aggregate_usage=aggregate_usage)
    metered.record(9)
    metered.advance(JAN_15)
    metered.record(4)
    metered.advance(FEB_1)
    assert metered.billed() == [(totals[2], totals[2] * 2, JAN_1, FEB_1)]
    metered.advance(FEB_15)
    metered.record(2)
    metered.advance(MAR_1)
    assert metered.billed() == [(totals[1], totals[1] * 2, FEB_1, MAR_1)]
    assert metered.totals() == totals
    metered.advance(APR_1)
    assert metered.billed() == [(totals[0], totals[0] * 2, MAR_1, APR_1)]


def test_the_last_value_ever_can_be_nothing(api: Api) -> None:
    metered = Metered(api, aggregate_usage="last_ever")
    metered.record(9)
    metered.advance(FEB_1)
    assert metered.totals() == [9, 9]
    metered.record(0)
    assert metered.totals() == [0, 9]
    metered.advance(MAR_1)
    assert metered.totals() == [0, 0, 9]


@pytest.mark.parametrize(("quantity", "amount"), [(12, 11_100), (6, 5_900), (0, 1_000)])
def test_tiers_price_the_aggregated_quantity(api: Api, quantity: int, amount: int) -> None:
    metered = Metered(api, price=GRADUATED)
    assert metered.latest_invoice()["total"] == 0
    for _ in range(2):
        metered.record(quantity // 2)
    metered.advance(FEB_1)
    assert metered.billed() == [(quantity, amount, JAN_1, FEB_1)]


def test_the_items_of_a_subscription_are_counted_apart(api: Api) -> None:
    metered = Metered(api, items=[{"price": metered_price(api)}, {"price": metered_price(api)}])
    first, second = metered.items
    for item, quantity in ((first, 3), (second, 50), (first, 4)):
        metered.item = item
        metered.record(quantity)
    assert metered.totals() == [7]
    metered.item = second
    assert metered.totals() == [50]


def test_several_periods_pass_in_one_advance(api: Api) -> None:
    metered = Metered(api, aggregate_usage="last_ever")
    metered.record(6)
    metered.advance(MAR_1)
    assert metered.totals() == [6, 6, 6]
    invoices = [summary["invoice"] for summary in metered.summaries()]
    assert invoices[0] is None and len(set(invoices)) == 3


def test_a_price_of_another_aggregation_counts_the_whole_period_its_way(api: Api) -> None:
    metered = Metered(api)
    metered.record(4)
    metered.advance(JAN_15)
    metered.record(9)
    assert metered.totals() == [13]
    api.post(f"/v1/subscription_items/{metered.item}", price=metered_price(api, aggregate_usage="max"))
    assert metered.totals() == [9]
    metered.advance(FEB_1)
    assert metered.billed() == [(9, 18, JAN_1, FEB_1)]


def test_a_licensed_item_has_no_summaries(api: Api) -> None:
    product = api.post("/v1/products", name="Seat")["id"]
    seat = api.post("/v1/prices", currency="usd", product=product, unit_amount=500, recurring={"interval": "month"})
    metered = Metered(api, items=[{"price": seat["id"]}])
    assert api.get(metered.summaries_path) == {
        "object": "list", "data": [], "has_more": False, "url": metered.summaries_path}


def test_summaries_outlive_the_subscription(api: Api) -> None:
    metered = Metered(api)
    metered.record(10)
    metered.advance(FEB_1)
    metered.record(7)
    before = metered.summaries()
    api.delete(f"/v1/subscriptions/{metered.subscription}")
    assert metered.summaries() == before


def test_usage_of_a_subscription_that_ends_with_its_period_is_billed_at_the_end(api: Api) -> None:
    metered = Metered(api, cancel_at_period_end=True)
    metered.record(10)
    metered.advance(FEB_1)
    assert metered.billed() == [(10, 20, JAN_1, FEB_1)]
    assert [(summary["total_usage"], summary["invoice"]) for summary in metered.summaries()] == [
        (10, metered.latest_invoice()["id"])]


def test_usage_is_billed_when_the_subscription_is_canceled_with_invoice_now(api: Api) -> None:
    metered = Metered(api)
    metered.record(10)
    metered.advance(JAN_15)
    api.delete(f"/v1/subscriptions/{metered.subscription}", invoice_now=True)
    assert metered.billed() == [(10, 20, JAN_1, JAN_15)]
    assert [(summary["total_usage"], summary["invoice"]) for summary in metered.summaries()] == [
        (10, metered.latest_invoice()["id"])]


def test_the_open_period_has_the_bounds_of_the_subscription(api: Api) -> None:
    metered = Metered(api)
    metered.record(10)
    opened = metered.summaries()[0]
    api.post(f"/v1/subscriptions/{metered.subscription}", cancel_at=JAN_15)
    assert metered.summaries() == [opened | {"period": {"end": JAN_15, "start": JAN_1}}]
    api.post(f"/v1/subscriptions/{metered.subscription}", cancel_at="")
    assert metered.summaries() == [opened]


def test_what_waited_counts_when_the_period_becomes_longer(api: Api) -> None:
    metered = Metered(api, cancel_at=JAN_15)
    metered.advance(JAN_15 - 100)
    metered.record(3)
    metered.record(4, JAN_15)
    assert metered.totals() == [3]
    api.post(f"/v1/subscriptions/{metered.subscription}", cancel_at="")
    assert metered.totals() == [7]


def test_a_new_anchor_closes_the_period_and_bills_it(api: Api) -> None:
    metered = Metered(api)
    metered.record(10)
    metered.advance(JAN_15)
    api.post(f"/v1/subscriptions/{metered.subscription}", billing_cycle_anchor="now")
    assert metered.billed() == [(10, 20, JAN_1, JAN_15)]
    metered.record(4)
    assert [(summary["period"], summary["total_usage"]) for summary in metered.summaries()] == [
        ({"end": FEB_15, "start": JAN_15}, 4), ({"end": JAN_15, "start": JAN_1}, 10)]


def test_an_item_that_becomes_licensed_loses_its_open_period(api: Api) -> None:
    metered = Metered(api)
    metered.record(10)
    metered.advance(FEB_1)
    metered.record(7)
    product = api.post("/v1/products", name="Seat")["id"]
    seat = api.post("/v1/prices", currency="usd", product=product, unit_amount=500, recurring={"interval": "month"})
    api.post(f"/v1/subscription_items/{metered.item}", price=seat["id"], proration_behavior="none")
    assert metered.totals() == [10]
    api.post(f"/v1/subscription_items/{metered.item}", price=metered.price, proration_behavior="none")
    assert metered.totals() == [0, 10]


def test_an_item_is_removed_with_its_usage_only_by_clear_usage(api: Api) -> None:
    metered = Metered(api, items=[{"price": metered_price(api)}, {"price": metered_price(api)}])
    metered.record(1)
    assert api.refused("DELETE", f"/v1/subscription_items/{metered.item}").status == 400
    assert metered.totals() == [1]
    api.delete(f"/v1/subscription_items/{metered.item}", clear_usage=True)
    answer = api.refused("GET", metered.summaries_path)
    assert (answer.status, answer.error["message"]) == (404, f"No such subscription item: '{metered.item}'")
