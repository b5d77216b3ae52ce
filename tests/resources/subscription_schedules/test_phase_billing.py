"""What a phase says of how its subscription bills is what the subscription does."""

from __future__ import annotations

from typing import Any

from tests.resources.subscription_schedules.conftest import DAY, FEB_1, HOUR, JAN_1, MAR_1, Stage

METERED = {"usage_type": "metered"}


def use(stage: Stage, schedule: dict[str, Any], quantity: int) -> None:
    item = stage.subscription(schedule)["items"]["data"][0]["id"]
    stage.api.post(f"/v1/subscription_items/{item}/usage_records", quantity=quantity)


def latest(stage: Stage, schedule: dict[str, Any]) -> dict[str, Any]:
    id = stage.subscription(schedule)["latest_invoice"]
    return stage.api.get(f"/v1/invoices/{id}")


def test_a_threshold_holds_for_its_phase(stage: Stage) -> None:
    items = [{"price": stage.price(10, recurring=METERED)}]
    schedule = stage.schedule({"items": items, "iterations": 1, "billing_thresholds": {"amount_gte": 500}},
                              {"items": items, "iterations": 2})
    use(stage, schedule, 60)
    early = latest(stage, schedule)
    assert (early["billing_reason"], early["status"], early["total"]) == ("subscription_threshold", "draft", 600)
    use(stage, schedule, 10)
    stage.advance(FEB_1)
    renewal = latest(stage, schedule)
    assert (renewal["billing_reason"], renewal["total"]) == ("subscription_cycle", 100)
    assert stage.subscription(schedule)["billing_thresholds"] is None
    use(stage, schedule, 900)
    assert latest(stage, schedule)["id"] == renewal["id"]


def test_what_a_phase_charges_can_reach_a_threshold(stage: Stage) -> None:
    # After ten of 31 days the price rises by 3100: 2100 are left, more than the 2000 of the new phase's threshold.
    cheap, dear = stage.price(1), stage.price(3101)
    schedule = stage.schedule(
        {"items": [{"price": cheap}], "end_date": JAN_1 + 10 * DAY},
        {"items": [{"price": dear}], "iterations": 1, "billing_thresholds": {"amount_gte": 2000}})
    stage.advance(JAN_1 + 10 * DAY)
    reached = latest(stage, schedule)
    assert ([line["amount"] for line in reached["lines"]["data"]], reached["billing_reason"]) == (
        [-1, 2101], "subscription_threshold")


def test_a_phase_that_sends_its_invoices(stage: Stage) -> None:
    items = [{"price": stage.price(1000)}]
    schedule = stage.schedule({"items": items, "iterations": 1}, {
        "items": items, "iterations": 1, "collection_method": "send_invoice", "invoice_settings": {"days_until_due": 5}})
    stage.advance(FEB_1 + HOUR)
    sent = latest(stage, schedule)
    assert (sent["collection_method"], sent["status"], sent["due_date"]) == ("send_invoice", "open", FEB_1 + 5 * DAY)
    stage.advance(FEB_1 + 5 * DAY)
    assert stage.subscription(schedule)["status"] == "past_due"


def test_a_pause_goes_on_through_the_phases(stage: Stage) -> None:
    items = [{"price": stage.price(1000)}]
    schedule = stage.schedule({"items": items, "iterations": 1}, {"items": items, "iterations": 2})
    id = schedule["subscription"]
    stage.api.post(f"/v1/subscriptions/{id}", pause_collection={"behavior": "keep_as_draft", "resumes_at": MAR_1},
                   payment_settings={"payment_method_types": ["card"]})
    stage.advance(FEB_1 + HOUR)
    assert (latest(stage, schedule)["status"], latest(stage, schedule)["auto_advance"]) == ("draft", False)
    stage.advance(MAR_1 + HOUR)
    assert latest(stage, schedule)["status"] == "paid"
    assert stage.subscription(schedule)["payment_settings"]["payment_method_types"] == ["card"]


def test_an_edit_that_waits_for_its_payment_splits_the_phase_when_it_is_paid(stage: Stage) -> None:
    schedule = stage.schedule({"items": [{"price": stage.price(3100)}], "iterations": 3})
    bad = stage.api.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", customer=stage.customer)["id"]
    stage.api.post(f"/v1/customers/{stage.customer}", invoice_settings={"default_payment_method": bad})
    stage.advance(JAN_1 + 10 * DAY)
    item = stage.subscription(schedule)["items"]["data"][0]["id"]
    stage.api.post(f"/v1/subscription_items/{item}", quantity=2, proration_behavior="always_invoice",
                   payment_behavior="pending_if_incomplete")
    assert len(stage.retrieve(schedule)["phases"]) == 1
    invoice = latest(stage, schedule)
    assert invoice["total"] == 2100
    stage.advance(JAN_1 + 10 * DAY + HOUR)
    stage.api.post(f"/v1/invoices/{invoice['id']}/pay", payment_method=stage.card)
    first, second = stage.retrieve(schedule)["phases"]
    assert (first["end_date"], first["items"][0]["quantity"], second["items"][0]["quantity"]) == (
        JAN_1 + 10 * DAY + HOUR, 1, 2)
