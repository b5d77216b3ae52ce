"""POST /v1/subscription_schedules with a customer and phases."""

from __future__ import annotations

from typing import Any

import pytest

from tests.resources.subscription_schedules.conftest import DAY, FEB_1, HOUR, JAN_1, JAN_1_2021, MAR_1, Stage
from tests.support.connected import connected
from tests.support.reference import conforms


def test_a_schedule_that_starts_now_starts_its_subscription_with_a_draft(stage: Stage) -> None:
    schedule = stage.schedule({"items": [{"price": stage.price()}]}, start_date="now")

    assert schedule["status"] == "active"
    assert schedule["created"] == JAN_1
    assert schedule["current_phase"] == {"start_date": JAN_1, "end_date": FEB_1}
    assert schedule["test_clock"] == stage.clock
    subscription = stage.subscription(schedule)
    assert subscription["status"] == "active"
    assert subscription["schedule"] == schedule["id"]
    assert subscription["start_date"] == subscription["created"] == subscription["billing_cycle_anchor"] == JAN_1
    invoice = subscription_invoice(stage, schedule)
    assert (invoice["status"], invoice["auto_advance"], invoice["total"]) == ("draft", True, 1000)
    assert invoice["billing_reason"] == "subscription_create"
    assert invoice["next_payment_attempt"] == JAN_1 + HOUR
    assert stage.new_events() == ["customer.updated", "customer.subscription.created", "invoice.created",
                                  "subscription_schedule.created"]
    (told,) = stage.api.events(type="customer.subscription.created")
    assert told["data"]["object"]["latest_invoice"] == invoice["id"]


def test_phases_are_shown_with_their_defaults(stage: Stage) -> None:
    price = stage.price()
    schedule = stage.schedule({"items": [{"price": price}]})

    assert schedule["phases"] == [{
        "add_invoice_items": [], "application_fee_percent": None, "billing_cycle_anchor": None,
        "billing_thresholds": None, "collection_method": None, "coupon": None, "currency": "usd",
        "default_payment_method": None, "default_tax_rates": [], "end_date": FEB_1, "invoice_settings": None,
        "items": [{"billing_thresholds": None, "plan": price, "price": price, "quantity": 1, "tax_rates": []}],
        "metadata": {}, "proration_behavior": "create_prorations", "start_date": JAN_1, "transfer_data": None,
        "trial_end": None,
    }]
    assert schedule["default_settings"] == {
        "application_fee_percent": None, "automatic_tax": {"enabled": False}, "billing_cycle_anchor": "automatic",
        "billing_thresholds": None, "collection_method": "charge_automatically", "default_payment_method": None,
        "invoice_settings": None, "transfer_data": None,
    }


def test_a_schedule_that_starts_later_has_no_subscription_yet(stage: Stage) -> None:
    schedule = stage.schedule({"items": [{"price": stage.price()}]}, start_date=FEB_1, metadata={"order": 7})

    assert schedule["status"] == "not_started"
    assert schedule["subscription"] is None
    assert schedule["current_phase"] is None
    assert schedule["metadata"] == {"order": "7"}
    assert [(phase["start_date"], phase["end_date"]) for phase in schedule["phases"]] == [(FEB_1, MAR_1)]
    assert stage.new_events() == ["customer.updated", "subscription_schedule.created"]
    assert stage.api.get("/v1/subscriptions", customer=stage.customer)["data"] == []


@pytest.mark.parametrize(("start", "intervals", "phases", "windows"), [
    pytest.param(JAN_1, ["month", "month"], [{"iterations": 1}, {"iterations": 11}],
                 [(JAN_1, FEB_1), (FEB_1, JAN_1_2021)], id="one_month_then_eleven"),
    pytest.param(1660122035, ["year"], [{"iterations": 1}], [(1660122035, 1691658035)], id="one_year"),
    pytest.param(1660122035, ["month"], [{"iterations": 12}], [(1660122035, 1691658035)], id="twelve_months"),
    pytest.param(1693440000, ["month", "month"], [{"iterations": 6}, {"iterations": 6}],
                 [(1693440000, 1709164800), (1709164800, 1724889600)], id="aug31_clamps_to_feb29"),
    pytest.param(JAN_1, ["month", "day"], [{"end_date": JAN_1 + 1}, {}],
                 [(JAN_1, JAN_1 + 1), (JAN_1 + 1, JAN_1 + 1 + DAY)], id="end_date_then_one_iteration"),
])
def test_iterations_are_counted_from_the_start_of_the_phase(
        stage: Stage, start: int, intervals: list[str], phases: list[dict[str, Any]], windows: list[Any]) -> None:
    for phase, interval in zip(phases, intervals, strict=True):
        phase["items"] = [{"price": stage.price(interval=interval)}]
    schedule = stage.schedule(*phases, start_date=start)

    assert [(phase["start_date"], phase["end_date"]) for phase in schedule["phases"]] == windows


def test_a_phase_wins_over_the_default_settings(stage: Stage) -> None:
    item, transfer = {"price": stage.price()}, {"amount_percent": None, "destination": connected(stage.api).account}
    schedule = stage.schedule(
        {"items": [item], "collection_method": "charge_automatically", "application_fee_percent": "2.25",
         "billing_thresholds": {"amount_gte": 9000}, "automatic_tax": {"enabled": "false"}},
        {"items": [item]},
        default_settings={"collection_method": "send_invoice", "invoice_settings": {"days_until_due": 10},
                          "application_fee_percent": "10.5", "automatic_tax": {"enabled": True},
                          "transfer_data": {"destination": transfer["destination"]},
                          "billing_cycle_anchor": "phase_start", "default_payment_method": stage.card,
                          "billing_thresholds": {"amount_gte": 5000, "reset_billing_cycle_anchor": True}})

    assert schedule["default_settings"] == {
        "application_fee_percent": 10.5, "automatic_tax": {"enabled": True}, "billing_cycle_anchor": "phase_start",
        "billing_thresholds": {"amount_gte": 5000, "reset_billing_cycle_anchor": True},
        "collection_method": "send_invoice", "default_payment_method": stage.card,
        "invoice_settings": {"days_until_due": 10}, "transfer_data": transfer,
    }
    assert schedule["phases"][0]["application_fee_percent"] == 2.25
    assert schedule["phases"][0]["automatic_tax"] == {"enabled": False}
    assert "automatic_tax" not in schedule["phases"][1]
    first = stage.subscription(schedule)
    assert (first["collection_method"], first["days_until_due"]) == ("charge_automatically", None)
    assert (first["application_fee_percent"], first["default_payment_method"]) == (2.25, stage.card)
    assert first["billing_thresholds"] == {"amount_gte": 9000, "reset_billing_cycle_anchor": None}
    assert first["automatic_tax"] == {"enabled": False}

    stage.advance(FEB_1)
    second = stage.subscription(schedule)
    assert (second["collection_method"], second["days_until_due"]) == ("send_invoice", 10)
    assert (second["application_fee_percent"], second["automatic_tax"]) == (10.5, {"enabled": True})
    assert second["billing_thresholds"] == {"amount_gte": 5000, "reset_billing_cycle_anchor": True}


def test_one_time_items_go_on_the_first_invoice_of_their_phase(stage: Stage) -> None:
    setup = stage.price(500, interval=None)
    schedule = stage.schedule(
        {"items": [{"price": stage.price()}], "add_invoice_items": [{"price": setup, "quantity": 3}, {"price": setup}]})

    assert schedule["phases"][0]["add_invoice_items"] == [
        {"price": setup, "quantity": 3, "tax_rates": []}, {"price": setup, "quantity": 1, "tax_rates": []}]
    lines = subscription_invoice(stage, schedule)["lines"]["data"]
    assert [(line["amount"], line["quantity"], line["type"]) for line in lines] == [
        (500, 1, "invoiceitem"), (1500, 3, "invoiceitem"), (1000, 1, "subscription")]


def test_price_data_makes_prices(stage: Stage) -> None:
    schedule = stage.schedule({
        "items": [{"quantity": 2, "price_data": {"currency": "usd", "product": stage.product, "unit_amount": 700,
                                                 "recurring": {"interval": "week", "interval_count": 2}}}],
        "add_invoice_items": [{"price_data": {"currency": "usd", "product": stage.product, "unit_amount": 99}}]})

    phase = schedule["phases"][0]
    assert phase["end_date"] == JAN_1 + 14 * DAY
    assert stage.api.get(f"/v1/prices/{phase['items'][0]['price']}")["active"] is False
    assert subscription_invoice(stage, schedule)["total"] == 2 * 700 + 99


def test_a_metered_item_has_no_quantity(stage: Stage) -> None:
    metered = stage.price(recurring={"usage_type": "metered"})
    schedule = stage.schedule({"items": [{"price": metered}]})

    assert "quantity" not in schedule["phases"][0]["items"][0]
    assert subscription_invoice(stage, schedule)["total"] == 0


def test_a_coupon_and_tax_rates_come_with_the_phase(stage: Stage) -> None:
    coupon = stage.api.post("/v1/coupons", percent_off=50, duration="forever")["id"]
    rate = stage.api.post("/v1/tax_rates", display_name="VAT", percentage=20, inclusive=False)
    schedule = stage.schedule({"items": [{"price": stage.price(), "tax_rates": [rate["id"]]}], "coupon": coupon,
                               "default_tax_rates": [rate["id"]]})

    phase = schedule["phases"][0]
    assert phase["coupon"] == coupon
    assert phase["default_tax_rates"] == phase["items"][0]["tax_rates"] == [rate]
    assert stage.subscription(schedule)["discount"]["coupon"]["id"] == coupon
    assert subscription_invoice(stage, schedule)["total"] == 600


def test_a_trial_phase_bills_nothing(stage: Stage) -> None:
    schedule = stage.schedule({"items": [{"price": stage.price()}], "trial": True, "end_date": JAN_1 + 10 * DAY})

    assert schedule["phases"][0]["trial_end"] == JAN_1 + 10 * DAY
    subscription = stage.subscription(schedule)
    assert (subscription["status"], subscription["trial_end"]) == ("trialing", JAN_1 + 10 * DAY)
    assert subscription_invoice(stage, schedule)["total"] == 0


def test_a_backdated_schedule_bills_the_past_once_more(stage: Stage) -> None:
    december = JAN_1 - 31 * DAY
    schedule = stage.schedule({"items": [{"price": stage.price()}], "iterations": 3}, start_date=december)

    assert schedule["current_phase"] == {"start_date": december, "end_date": MAR_1}
    subscription = stage.subscription(schedule)
    assert (subscription["start_date"], subscription["billing_cycle_anchor"]) == (december, JAN_1)
    lines = subscription_invoice(stage, schedule)["lines"]["data"]
    assert [(line["amount"], line["period"]["start"], line["proration"]) for line in lines] == [
        (1000, december, True), (1000, JAN_1, False)]
    assert stage.new_events() == [
        "customer.updated", "invoiceitem.created", "customer.subscription.created", "invoiceitem.updated",
        "invoice.created", "subscription_schedule.created"]


def test_a_backdated_schedule_anchored_to_its_phase_bills_the_rest_of_a_period(stage: Stage) -> None:
    start = JAN_1 - 15 * DAY  # December 17: 15 of 31 days are over, 16 are left
    schedule = stage.schedule({"items": [{"price": stage.price(3100)}], "iterations": 3,
                               "billing_cycle_anchor": "phase_start"}, start_date=start)

    subscription = stage.subscription(schedule)
    assert subscription["billing_cycle_anchor"] == start
    assert subscription["current_period_end"] == start + 31 * DAY
    assert [line["amount"] for line in subscription_invoice(stage, schedule)["lines"]["data"]] == [1500, 1600]


def test_a_schedule_whose_phases_have_passed_completes_at_once(stage: Stage) -> None:
    schedule = stage.schedule({"items": [{"price": stage.price()}]}, start_date=JAN_1 - 40 * DAY)

    assert (schedule["status"], schedule["completed_at"], schedule["current_phase"]) == ("completed", JAN_1, None)
    assert stage.subscription(schedule)["status"] == "active"


def test_what_a_schedule_points_to_can_be_expanded(stage: Stage) -> None:
    coupon = stage.api.post("/v1/coupons", percent_off=10, duration="forever")["id"]
    setup = stage.price(500, interval=None)
    schedule = stage.schedule(
        {"items": [{"price": stage.price()}], "coupon": coupon, "default_payment_method": stage.card,
         "add_invoice_items": [{"price": setup}]},
        default_settings={"default_payment_method": stage.card})
    expanded = stage.api.get(f"/v1/subscription_schedules/{schedule['id']}", expand=[
        "application", "customer", "subscription.latest_invoice", "test_clock", "phases.coupon",
        "default_settings.default_payment_method", "phases.items.price.product", "phases.default_payment_method",
        "phases.add_invoice_items.price"])

    # A subscription has fields for older clients that the reference does not list.
    conforms(expanded | {"subscription": None})
    assert expanded["application"] is None
    assert expanded["customer"]["id"] == stage.customer
    assert expanded["subscription"]["latest_invoice"]["object"] == "invoice"
    assert expanded["test_clock"]["frozen_time"] == JAN_1
    assert expanded["default_settings"]["default_payment_method"]["id"] == stage.card
    phase = expanded["phases"][0]
    assert (phase["coupon"]["percent_off"], phase["default_payment_method"]["id"]) == (10, stage.card)
    assert phase["items"][0]["price"]["product"]["name"] == "Gold"
    assert phase["add_invoice_items"][0]["price"]["id"] == setup


def test_an_archived_price_does_not_stop_what_is_scheduled(stage: Stage) -> None:
    price = stage.price()
    schedule = stage.schedule({"items": [{"price": price}]}, start_date=FEB_1)
    stage.api.post(f"/v1/prices/{price}", active=False)
    stage.advance(FEB_1)

    assert stage.retrieve(schedule)["status"] == "active"


def test_a_customer_has_a_limit_of_subscriptions_and_schedules(stage: Stage) -> None:
    stage.api.post("/_sim/settings", limits="strict")
    phase = {"items": [{"price": stage.price()}]}
    stage.schedule(phase)
    stage.schedule(phase, start_date=FEB_1)
    stage.schedule(phase)

    error = stage.refused(phases=[phase], start_date=FEB_1)
    assert error["code"] == "customer_max_subscriptions"


def subscription_invoice(stage: Stage, schedule: dict[str, Any]) -> dict[str, Any]:
    """The latest invoice of the schedule's subscription."""
    id = schedule["subscription"] or schedule["released_subscription"]
    invoice: dict[str, Any] = stage.api.get(f"/v1/subscriptions/{id}", expand=["latest_invoice"])["latest_invoice"]
    return invoice
