"""Thresholds: what has accrued is invoiced before its period ends, and not again at its end."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.clock import COLLECTED, DRAFTED, Clock, amounts, at, billed

StartClock = Callable[..., Clock]
METERED = {"usage_type": "metered"}
GRADUATED = {"billing_scheme": "tiered", "tiers_mode": "graduated", "recurring": METERED, "tiers": [
    {"up_to": 10, "unit_amount": 100, "flat_amount": 500}, {"up_to": "inf", "unit_amount": 20}]}


def use(time: Clock, subscription: dict[str, Any], quantity: int, item: int = 0) -> None:
    id = subscription["items"]["data"][item]["id"]
    time.api.post(f"/v1/subscription_items/{id}/usage_records", quantity=quantity)


def test_an_amount_is_reached_and_the_period_goes_on(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(7, recurring=METERED), time.price(1000), billing_thresholds={"amount_gte": 1000})
    assert subscription["billing_thresholds"] == {"amount_gte": 1000, "reset_billing_cycle_anchor": None}
    time.advance("2022-08-10")
    use(time, subscription, 142)
    time.new_events(expect=[])
    use(time, subscription, 1)
    time.new_events(expect=DRAFTED)
    early = time.latest_invoice(subscription)
    line = early["lines"]["data"][0]
    assert billed(early) == [(1001, at("2022-08-01"), at("2022-08-10"))]
    assert (early["billing_reason"], early["status"], early["auto_advance"], line["quantity"]) == (
        "subscription_threshold", "draft", True, 143)
    assert early["threshold_reason"] == {"amount_gte": 1000, "item_reasons": []}
    assert early["next_payment_attempt"] == at("2022-08-10 01:00")
    time.advance("2022-08-10 01:00", expect=COLLECTED)

    # From here on it counts anew: 100 × 7 are left for the renewal, whose preview knows.
    use(time, subscription, 100)
    time.new_events(expect=[])
    rest = [(700, at("2022-08-10"), at("2022-09-01")), (1000, at("2022-09-01"), at("2022-10-01"))]
    assert billed(time.upcoming(subscription=subscription["id"])) == rest
    time.advance("2022-09-01 01:00")
    renewal = time.latest_invoice(subscription)
    assert (billed(renewal), renewal["lines"]["data"][0]["quantity"]) == (rest, 100)
    assert "threshold_reason" not in renewal
    page = time.api.get(f"/v1/subscription_items/{line['subscription_item']}/usage_record_summaries")
    assert [(each["total_usage"], each["invoice"]) for each in page["data"]] == [(0, None), (243, renewal["id"])]


def test_tiers_go_on_where_the_early_invoice_left_off(clock: StartClock) -> None:
    time = clock("2022-08-01")
    price = time.price(None, **GRADUATED)
    subscription = time.subscribe(price, billing_thresholds={"amount_gte": 1200})
    # 500 + 8 × 100 = 1300; then 14 in all are 500 + 1000 + 4 × 20 = 1580, of which 280 are left.
    use(time, subscription, 8)
    assert amounts(time.latest_invoice(subscription)) == [1300]
    use(time, subscription, 6)
    time.advance("2022-09-01")
    renewal = time.latest_invoice(subscription)
    assert (amounts(renewal), renewal["lines"]["data"][0]["quantity"]) == ([280], 6)


def test_the_usage_of_an_item_is_reached(clock: StartClock) -> None:
    time = clock("2022-08-01")
    calls, bytes_ = time.price(3, recurring=METERED), time.price(1, product="Bytes", recurring=METERED)
    subscription = time.subscribe(items=[
        {"price": calls, "billing_thresholds": {"usage_gte": 50}}, {"price": bytes_, "billing_thresholds": {"usage_gte": 900}}])
    assert [item["billing_thresholds"] for item in subscription["items"]["data"]] == [{"usage_gte": 50}, {"usage_gte": 900}]
    time.new_events()
    use(time, subscription, 100, item=1)
    use(time, subscription, 49)
    time.new_events(expect=[])
    use(time, subscription, 2)
    time.new_events(expect=DRAFTED)
    early = time.latest_invoice(subscription)
    first, second = early["lines"]["data"]
    # Whatever else has accrued is billed with it.
    assert ((first["amount"], first["quantity"]), (second["amount"], second["quantity"])) == ((153, 51), (100, 100))
    assert early["threshold_reason"] == {
        "amount_gte": None, "item_reasons": [{"line_item_ids": [first["id"]], "usage_gte": 50}]}
    use(time, subscription, 49)
    time.new_events(expect=[])


def test_the_period_starts_over_where_that_is_asked_for(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(
        time.price(10, recurring=METERED), time.price(3100), billing_thresholds={
            "amount_gte": 1000, "reset_billing_cycle_anchor": True})
    time.advance("2022-08-11")
    use(time, subscription, 120)
    time.new_events(expect=["invoiceitem.created", "invoiceitem.updated", *DRAFTED])
    early = time.latest_invoice(subscription)
    # 21 of 31 days of what was paid for come back, and a whole period begins.
    assert billed(early) == [
        (-2100, at("2022-08-11"), at("2022-09-01")), (1200, at("2022-08-01"), at("2022-08-11")),
        (3100, at("2022-08-11"), at("2022-09-11"))]
    assert (early["billing_reason"], early["status"], early["threshold_reason"]) == (
        "subscription_threshold", "draft", {"amount_gte": 1000, "item_reasons": []})
    now = time.retrieve(subscription)
    assert (now["billing_cycle_anchor"], now["current_period_start"], now["current_period_end"]) == (
        at("2022-08-11"), at("2022-08-11"), at("2022-09-11"))
    use(time, subscription, 20)
    time.advance("2022-09-11")
    assert amounts(time.latest_invoice(subscription)) == [200, 3100]


def test_items_that_wait_accrue_too(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(10, recurring=METERED), billing_thresholds={"amount_gte": 1000})
    use(time, subscription, 60)
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=399, currency="usd")
    time.new_events()
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=1, currency="usd", subscription=subscription["id"])
    time.new_events(expect=["invoiceitem.created", "invoiceitem.updated", "invoiceitem.updated", *DRAFTED])
    assert amounts(time.latest_invoice(subscription)) == [1, 399, 600]
    # So does what an update leaves for the next invoice, and a threshold that is lowered below what there is.
    use(time, subscription, 60)
    time.new_events()
    time.update(subscription, billing_thresholds={"amount_gte": 600})
    assert time.new_events() == ["customer.subscription.updated", *DRAFTED]
    assert amounts(time.latest_invoice(subscription)) == [600]


def test_nothing_accrues_in_a_trial_and_late_usage_meets_the_rest(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(100, recurring=METERED), trial_end=at("2022-08-11"),
                                  billing_thresholds={"amount_gte": 500})
    use(time, subscription, 50)
    assert time.latest_invoice(subscription)["billing_reason"] == "subscription_create"
    time.advance("2022-08-12")
    use(time, subscription, 5)
    assert amounts(time.latest_invoice(subscription)) == [500]
    use(time, subscription, 1)
    time.advance("2022-09-11 00:01")
    # A minute into the new period, two units of the last minute of the old one arrive: 3 × 100 are left of it.
    item = subscription["items"]["data"][0]["id"]
    time.api.post(f"/v1/subscription_items/{item}/usage_records", quantity=2, timestamp=at("2022-09-11") - 30)
    renewal = time.latest_invoice(subscription)
    assert (amounts(renewal), renewal["lines"]["data"][0]["quantity"]) == ([300], 3)


def test_an_early_invoice_of_the_last_value_gives_back_what_falls(clock: StartClock) -> None:
    time = clock("2022-08-01")
    price = time.price(100, recurring=METERED | {"aggregate_usage": "last_during_period"})
    subscription = time.subscribe(price, billing_thresholds={"amount_gte": 1000})
    time.advance("2022-08-10")
    use(time, subscription, 10)
    assert amounts(time.latest_invoice(subscription)) == [1000]
    time.advance("2022-08-11")
    use(time, subscription, 4)
    time.advance("2022-09-01")
    assert amounts(time.latest_invoice(subscription)) == [-600]


@pytest.mark.parametrize(("values", "message", "param"), [
    ({"billing_thresholds": {"amount_gte": 49}}, "This value must be greater than or equal to 50.",
     "billing_thresholds[amount_gte]"),
    ({"items": [{"billing_thresholds": {"usage_gte": 5}}]},
     "`billing_thresholds[usage_gte]` can only be set where usage_type is `metered`.", "items[0][billing_thresholds]"),
])
def test_refused_thresholds(clock: StartClock, values: dict[str, Any], message: str, param: str) -> None:
    time = clock("2022-08-01")
    price = time.price(1000)
    subscription = time.subscribe(price)
    if "items" in values:
        values = {"items": [values["items"][0] | {"price": price}]}
    refused = time.refused("POST", "/v1/subscriptions", **{"customer": time.customer, "items": [{"price": price}]} | values)
    assert (refused.status, refused.error["message"], refused.error["param"]) == (400, message, param)
    if "items" in values:
        values = {"items": [values["items"][0] | {"id": subscription["items"]["data"][0]["id"]}]}
    refused = time.refused("POST", f"/v1/subscriptions/{subscription['id']}", **values)
    assert (refused.status, refused.error["message"], refused.error["param"]) == (400, message, param)
