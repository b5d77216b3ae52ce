"""Test clocks over HTTP: their fields, how far they go, and what their deletion takes along."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from app.db.base import Base
from app.resources.prices.tables import Price
from tests.support.api import Api
from tests.support.reference import conforms
from tests.support.wall import Wall

JAN_1_2020 = 1_577_836_800
MONTH = {"interval": "month"}
CLOCKS = "/v1/test_helpers/test_clocks"


def subscribe(api: Api, clock: dict[str, object], **recurring: object) -> tuple[str, str]:
    """A customer on the clock with a licensed subscription; their ids."""
    customer = api.post(
        "/v1/customers",
        test_clock=clock["id"],
        payment_method="pm_card_visa",
        invoice_settings={"default_payment_method": "pm_card_visa"},
    )
    price = api.post(
        "/v1/prices", currency="usd", unit_amount=1000, recurring=recurring or MONTH, product_data={"name": "Gold"}
    )
    subscription = api.post("/v1/subscriptions", customer=customer["id"], items=[{"price": price["id"]}])
    return customer["id"], subscription["id"]


def test_a_clock_is_created_retrieved_and_listed_newest_first(api: Api, wall: Wall) -> None:
    wall.now = 1_659_518_858
    clock = api.post(CLOCKS, frozen_time=JAN_1_2020, name="Year one")
    conforms(clock)
    assert clock == {
        "id": clock["id"],
        "object": "test_helpers.test_clock",
        "created": 1_659_518_858,
        "deletes_after": 1_659_518_858 + 30 * 86_400,
        "frozen_time": JAN_1_2020,
        "livemode": False,
        "name": "Year one",
        "status": "ready",
    }
    assert clock["id"].startswith("clock_1") and len(clock["id"]) == 30
    assert api.get(f"{CLOCKS}/{clock['id']}") == clock
    second = api.post(CLOCKS, frozen_time=JAN_1_2020)
    assert second["name"] is None
    listed = api.get(CLOCKS)
    assert listed == {"object": "list", "data": [second, clock], "has_more": False, "url": CLOCKS}
    assert api.event_types() == ["test_helpers.test_clock.created"] * 2
    assert [event["created"] for event in api.events()] == [JAN_1_2020] * 2


@pytest.mark.parametrize(
    ("params", "code", "message", "param"),
    [
        pytest.param({}, "parameter_missing", "Missing required param: frozen_time.", "frozen_time", id="no_time"),
        pytest.param(
            {"frozen_time": "soon"}, None, "Invalid timestamp: must be an integer", "frozen_time", id="no_number"
        ),
        pytest.param(
            {"frozen_time": JAN_1_2020, "name": "x" * 301},
            None,
            "Invalid string: xxxx...xxxx; must be at most 300 characters",
            "name",
            id="long_name",
        ),
        pytest.param(
            {"frozen_time": JAN_1_2020, "status": "ready"},
            "parameter_unknown",
            "Received unknown parameter: status",
            "status",
            id="unknown",
        ),
    ],
)
def test_a_clock_with_wrong_parameters_is_refused(
    api: Api, params: dict[str, object], code: str, message: str, param: str
) -> None:
    answer = api.refused("POST", CLOCKS, **params)
    assert (
        answer.status,
        answer.error["type"],
        answer.error.get("code"),
        answer.error["message"],
        answer.error["param"],
    ) == (400, "invalid_request_error", code, message, param)
    assert api.get(CLOCKS)["data"] == []


def test_an_advance_answers_at_once_and_arrives_behind(api: Api) -> None:
    clock = api.post(CLOCKS, frozen_time=JAN_1_2020)
    advancing = api.post(f"{CLOCKS}/{clock['id']}/advance", frozen_time=JAN_1_2020 + 60)
    assert advancing == clock | {"status": "advancing"}
    api.server.worker.run_due()
    assert api.get(f"{CLOCKS}/{clock['id']}") == clock | {"frozen_time": JAN_1_2020 + 60}
    events = api.events()
    assert [
        (event["type"].removeprefix("test_helpers.test_clock."), event["created"], event["request"]["id"] is None)
        for event in events
    ] == [("created", JAN_1_2020, False), ("advancing", JAN_1_2020, False), ("ready", JAN_1_2020 + 60, True)]
    assert events[1]["data"]["object"] == advancing


def test_while_it_advances_nothing_on_the_clock_can_be_changed(api: Api) -> None:
    clock = api.post(CLOCKS, frozen_time=JAN_1_2020)
    customer, subscription = subscribe(api, clock)
    api.post(f"{CLOCKS}/{clock['id']}/advance", frozen_time=JAN_1_2020 + 60)
    for method, path, params in (
        ("POST", f"{CLOCKS}/{clock['id']}/advance", {"frozen_time": JAN_1_2020 + 120}),
        ("DELETE", f"{CLOCKS}/{clock['id']}", {}),
        ("POST", f"/v1/customers/{customer}", {"name": "Jenny"}),
        ("POST", f"/v1/subscriptions/{subscription}", {"metadata": {"a": "b"}}),
        ("POST", "/v1/customers", {"test_clock": clock["id"]}),
    ):
        answer = api.refused(method, path, **params)
        assert (answer.status, answer.error["type"], answer.error["code"], answer.error["message"]) == (
            429,
            "invalid_request_error",
            "rate_limit",
            f"Test clock advancement underway - cannot perform modifications: {clock['id']}",
        )
    assert api.get(f"/v1/customers/{customer}")["id"] == customer
    api.server.worker.run_due()
    assert api.post(f"/v1/customers/{customer}", name="Jenny")["name"] == "Jenny"


def test_a_clock_does_not_go_back_or_stand(api: Api) -> None:
    clock = api.post(CLOCKS, frozen_time=JAN_1_2020)
    for target in (JAN_1_2020, JAN_1_2020 - 1):
        answer = api.refused("POST", f"{CLOCKS}/{clock['id']}/advance", frozen_time=target)
        assert (answer.status, answer.error["param"], answer.error["message"]) == (
            400,
            "frozen_time",
            "frozen_time must be greater than the current frozen time of the test clock.",
        )


def test_an_empty_clock_goes_two_years_at_a_time(api: Api) -> None:
    clock = api.post(CLOCKS, frozen_time=JAN_1_2020)
    answer = api.refused("POST", f"{CLOCKS}/{clock['id']}/advance", frozen_time=1_640_995_201)
    assert (
        answer.status == 400
        and "You can only advance it up to 1640995200 (2022-01-01 00:00:00 UTC)." in answer.error["message"]
    )
    assert api.post(f"{CLOCKS}/{clock['id']}/advance", frozen_time=1_640_995_200)["status"] == "advancing"


@pytest.mark.parametrize(
    ("frozen", "latest"),
    [
        pytest.param(1_732_320_000, 1_737_590_400, id="2024_11_23"),
        pytest.param(1_762_590_427, 1_767_860_827, id="2025_11_08"),
    ],
)
def test_with_a_monthly_subscription_it_goes_two_months(api: Api, frozen: int, latest: int) -> None:
    clock = api.post(CLOCKS, frozen_time=frozen)
    subscribe(api, clock)
    answer = api.refused("POST", f"{CLOCKS}/{clock['id']}/advance", frozen_time=latest + 1)
    assert answer.status == 400 and f"You can only advance it up to {latest} (" in answer.error["message"]
    assert api.post(f"{CLOCKS}/{clock['id']}/advance", frozen_time=latest)["status"] == "advancing"


def test_the_whole_sentence_about_two_intervals(api: Api) -> None:
    clock = api.post(CLOCKS, frozen_time=1_732_320_000)
    subscribe(api, clock, interval="year")
    subscribe(api, clock)
    answer = api.refused("POST", f"{CLOCKS}/{clock['id']}/advance", frozen_time=1_737_590_401)
    assert answer.error["message"] == (
        "The frozen time of this clock is 1732320000 (2024-11-23 00:00:00 UTC). You can only advance it up to 1737590400 "
        "(2025-01-23 00:00:00 UTC). You can only advance a test clock up to two intervals from the current frozen time at a "
        "time, based on the shortest subscription interval in the test clock. For example, if a test clock has a monthly and "
        "yearly subscription, you may only advance up to two months at a time. If the test clock has no subscriptions or "
        "subscription schedules, you can advance up to 2 years from the current frozen time."
    )


def test_a_sandbox_may_lift_the_limit(api: Api) -> None:
    api.post("/_sim/settings", limits="off")
    clock = api.post(CLOCKS, frozen_time=JAN_1_2020)
    _, subscription = subscribe(api, clock)
    api.post(f"{CLOCKS}/{clock['id']}/advance", frozen_time=1_893_456_000)
    api.server.worker.run_due()
    # Ten years of months: the first invoice, 119 renewals that were paid, and one on the last day that is still a draft.
    newest, before = api.get("/v1/invoices", subscription=subscription, limit=2)["data"]
    assert (newest["number"], newest["period_end"], newest["status"]) == (None, 1_893_456_000, "draft")
    assert (before["number"][-4:], before["period_end"], before["status"]) == ("0120", 1_890_777_600, "paid")


def test_a_deleted_clock_takes_everything_on_it_along(api: Api) -> None:
    clock = api.post(CLOCKS, frozen_time=JAN_1_2020)
    customer, subscription = subscribe(api, clock)
    elsewhere = api.post("/v1/customers", name="On the wall clock")
    invoice = api.get(f"/v1/subscriptions/{subscription}")["latest_invoice"]
    note = api.post("/v1/credit_notes", invoice=invoice, refund_amount=3, credit_amount=2, lines=[
        {"type": "custom_line_item", "unit_amount": 5}])
    assert api.delete(f"{CLOCKS}/{clock['id']}") == {
        "id": clock["id"],
        "object": "test_helpers.test_clock",
        "deleted": True,
    }
    assert api.get(f"/v1/customers/{customer}") == {"id": customer, "object": "customer", "deleted": True}
    for path in (f"{CLOCKS}/{clock['id']}", f"/v1/subscriptions/{subscription}", f"/v1/invoices/{invoice}",
                 f"/v1/credit_notes/{note['id']}", f"/v1/refunds/{note['refund']}"):
        assert api.call("GET", path).status == 404
    assert api.call("GET", f"{CLOCKS}/{clock['id']}").error["param"] == "test_clock"
    assert api.get("/v1/customers")["data"] == [elsewhere]
    assert len(api.events(type="test_helpers.test_clock.deleted")) == 1


def test_rows_without_a_clock_of_their_own_go_with_what_they_hang_on() -> None:
    tables = Base.metadata.sorted_tables
    on_clocks = {table.name for table in tables if {"test_clock_id", "customer_id"} & set(table.c.keys())}
    left_behind = {
        table.name for table in tables if table.name not in on_clocks
        and any(key.referred_table.name in on_clocks for key in table.foreign_key_constraints)
        and not any(key.ondelete == "CASCADE" for key in table.foreign_key_constraints)}
    assert left_behind == set()


def test_a_clock_is_deleted_when_its_time_to_live_is_over(api: Api, wall: Wall) -> None:
    api.post("/_sim/settings", clock_deletes_after_s=3600)
    clock = api.post(CLOCKS, frozen_time=JAN_1_2020)
    assert clock["deletes_after"] == clock["created"] + 3600
    wall.now = clock["deletes_after"] - 1
    api.server.worker.run_due()
    assert api.get(f"{CLOCKS}/{clock['id']}")["status"] == "ready"
    wall.now = clock["deletes_after"]
    api.server.worker.run_due()
    assert api.call("GET", f"{CLOCKS}/{clock['id']}").status == 404


def test_clocks_do_not_disturb_each_other_nor_the_wall_clock(api: Api) -> None:
    one, two = api.post(CLOCKS, frozen_time=JAN_1_2020), api.post(CLOCKS, frozen_time=JAN_1_2020)
    _, moved = subscribe(api, one)
    _, still = subscribe(api, two)
    api.post(f"{CLOCKS}/{one['id']}/advance", frozen_time=JAN_1_2020 + 32 * 86_400)
    api.server.worker.run_due()
    assert api.get(f"/v1/subscriptions/{moved}")["current_period_start"] == 1_580_515_200
    assert api.get(f"/v1/subscriptions/{still}")["current_period_start"] == JAN_1_2020
    assert api.get(f"{CLOCKS}/{two['id']}")["frozen_time"] == JAN_1_2020


def test_a_failed_advance_keeps_its_reason_and_refuses_further_ones(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = api.post(CLOCKS, frozen_time=JAN_1_2020)
    _, subscription = subscribe(api, clock)
    before = api.get(f"/v1/subscriptions/{subscription}")
    # The price of a running subscription cannot be broken over HTTP, so the row is.
    price = before["items"]["data"][0]["price"]["id"]
    with api.server.database.writing() as session:
        session.execute(update(Price).where(Price.id == price).values(unit_amount_decimal="broken"))
    api.post(f"{CLOCKS}/{clock['id']}/advance", frozen_time=JAN_1_2020 + 32 * 86_400)
    api.server.worker.run_due()
    failed = api.get(f"{CLOCKS}/{clock['id']}")
    assert (failed["status"], failed["frozen_time"]) == ("internal_failure", JAN_1_2020)
    assert [event["data"]["object"] for event in api.events(type="test_helpers.test_clock.internal_failure")] == [
        failed
    ]
    assert api.get(f"/v1/subscriptions/{subscription}")["current_period_start"] == before["current_period_start"]
    answer = api.refused("POST", f"{CLOCKS}/{clock['id']}/advance", frozen_time=JAN_1_2020 + 33 * 86_400)
    assert answer.status == 400
