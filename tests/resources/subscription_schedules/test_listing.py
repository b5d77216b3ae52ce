"""GET /v1/subscription_schedules"""

from __future__ import annotations

from typing import Any

import pytest

from tests.resources.subscription_schedules.conftest import DAY, FEB_1, JAN_1, Stage
from tests.support.api import Api
from tests.support.reference import conforms


@pytest.fixture
def schedules(stage: Stage) -> dict[str, str]:
    """One schedule of each status, made in this order; the ids by status."""
    phase = {"items": [{"price": stage.price(interval="day")}]}
    ids = {}
    ids["completed"] = stage.schedule(phase)["id"]
    stage.advance(JAN_1 + DAY)
    for status, verb in (("canceled", "cancel"), ("released", "release")):
        ids[status] = stage.schedule(phase, start_date=FEB_1)["id"]
        stage.api.post(f"/v1/subscription_schedules/{ids[status]}/{verb}")
    ids["active"] = stage.schedule(phase)["id"]
    ids["not_started"] = stage.schedule(phase, start_date=FEB_1)["id"]
    return ids


def listed(stage: Stage, **filters: Any) -> list[str]:
    page = stage.api.get("/v1/subscription_schedules", customer=stage.customer, **filters)
    conforms(page)
    assert page["url"] == "/v1/subscription_schedules"
    return [schedule["id"] for schedule in page["data"]]


def test_a_customers_schedules_are_listed_newest_first(stage: Stage, schedules: dict[str, str]) -> None:
    newest_first = [schedules[status] for status in ("not_started", "active", "released", "canceled", "completed")]
    assert listed(stage) == newest_first
    assert listed(stage, limit=2) == newest_first[:2]
    assert listed(stage, limit=2, starting_after=newest_first[1]) == newest_first[2:4]
    assert listed(stage, ending_before=newest_first[2]) == newest_first[:2]


@pytest.mark.parametrize(("filters", "statuses"), [
    ({"scheduled": True}, ["not_started"]),
    ({"scheduled": False}, ["not_started", "active", "released", "canceled", "completed"]),
    ({"completed_at": JAN_1 + DAY}, ["completed"]),
    ({"completed_at": {"gt": JAN_1 + DAY}}, []),
    ({"canceled_at": {"gte": JAN_1}}, ["canceled"]),
    ({"released_at": {"lte": JAN_1 + DAY}}, ["released"]),
    ({"created": JAN_1}, ["completed"]),
])
def test_lists_are_filtered(stage: Stage, schedules: dict[str, str], filters: dict[str, Any],
                            statuses: list[str]) -> None:
    assert listed(stage, **filters) == [schedules[status] for status in statuses]


@pytest.mark.parametrize("name", ["canceled_at", "completed_at", "released_at"])
def test_scheduled_excludes_the_moments_of_an_end(api: Api, name: str) -> None:
    error = api.refused("GET", "/v1/subscription_schedules", scheduled=True, **{name: JAN_1}).error

    assert error["message"] == f"You may only specify one of these parameters: {name}, scheduled."


def test_schedules_on_a_clock_are_hidden_without_a_customer(stage: Stage, schedules: dict[str, str]) -> None:
    customer = stage.api.post("/v1/customers")["id"]
    mine = stage.schedule({"items": [{"price": stage.price()}]}, customer=customer, start_date=2_000_000_000)

    assert [each["id"] for each in stage.api.get("/v1/subscription_schedules")["data"]] == [mine["id"]]


def test_an_unknown_customer_has_none(api: Api) -> None:
    assert api.get("/v1/subscription_schedules", customer="cus_x")["data"] == []


def test_a_listed_schedule_can_be_expanded(stage: Stage, schedules: dict[str, str]) -> None:
    page = stage.api.get("/v1/subscription_schedules", customer=stage.customer,
                         expand=["data.customer", "data.phases.items.price"])

    assert {each["customer"]["id"] for each in page["data"]} == {stage.customer}
    assert {each["phases"][0]["items"][0]["price"]["object"] for each in page["data"]} == {"price"}
