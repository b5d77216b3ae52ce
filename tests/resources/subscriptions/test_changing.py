"""What a change of a running subscription bills, and what it does not."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.clock import Clock, amounts, at, billed

StartClock = Callable[..., Clock]

CHANGED = ["customer.subscription.updated"]


def item_of(subscription: dict[str, Any], index: int = 0) -> str:
    return str(subscription["items"]["data"][index]["id"])


def test_adding_an_item(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(1000))
    silver = time.price(3000, product="Silver")
    time.advance("2022-09-16")
    item = time.api.post("/v1/subscription_items", subscription=subscription["id"], price=silver, quantity=2)
    time.new_events(expect=["invoiceitem.created", *CHANGED])
    assert (item["quantity"], item["created"]) == (2, time.now)
    pending = time.pending()
    assert [(each["amount"], each["description"], each["subscription_item"]) for each in pending] == [
        (3000, "Remaining time on 2 × Silver after 16 Sep 2022", item["id"])]
    time.advance("2022-10-01")
    assert amounts(time.latest_invoice(subscription)) == [3000, 1000, 6000]


def test_removing_an_item(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(1000), time.price(3000, product="Silver"))
    time.advance("2022-09-16")
    removed = item_of(subscription, 1)
    assert time.api.delete(f"/v1/subscription_items/{removed}") == {
        "id": removed, "object": "subscription_item", "deleted": True}
    time.new_events(expect=["invoiceitem.created", *CHANGED])
    assert [each["amount"] for each in time.pending()] == [-1500]
    credited = time.pending()[0]
    assert credited["subscription_item"] == removed
    time.advance("2022-10-01")
    renewal = time.latest_invoice(subscription)
    assert amounts(renewal) == [-1500, 1000]
    details = renewal["lines"]["data"][0]["proration_details"]
    first = time.invoices()[0]
    assert details == {"credited_items": {
        "invoice": first["id"], "invoice_line_items": [first["lines"]["data"][1]["id"]]}}


def test_changing_a_quantity_tells_of_two_items(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(1000))
    time.advance("2022-09-16")
    time.api.post(f"/v1/subscription_items/{item_of(subscription)}", quantity=2)
    time.new_events(expect=["invoiceitem.created", "invoiceitem.created", *CHANGED])


@pytest.mark.parametrize("values", [
    {"metadata": {"order": "7"}}, {"description": "All you can eat"}, {"cancel_at_period_end": True}])
def test_what_does_not_prorate(clock: StartClock, values: dict[str, Any]) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(1000))
    time.advance("2022-09-16")
    time.update(subscription, **values)
    time.new_events(expect=CHANGED)
    assert time.pending() == []


def test_a_coupon_alone_neither_prorates_nor_starts_a_new_period(clock: StartClock) -> None:
    time = clock("2022-09-01")
    coupon = time.api.post("/v1/coupons", percent_off=100, duration="forever")["id"]
    subscription = time.subscribe(time.price(1000), coupon=coupon)
    time.advance("2022-09-16")
    changed = time.update(subscription, coupon="")
    assert (changed["discount"], changed["billing_cycle_anchor"], time.pending()) == (None, at("2022-09-01"), [])
    time.new_events(expect=["customer.discount.deleted", *CHANGED])
    time.advance("2022-10-01")
    assert time.latest_invoice(subscription)["total"] == 1000


def test_nothing_changes_without_a_change(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(1000))
    time.new_events()
    time.update(subscription, items=[{"id": item_of(subscription), "quantity": 1}])
    time.new_events(expect=[])


def test_from_free_to_paid_starts_a_period_at_once(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(0))
    time.advance("2022-09-16")
    changed = time.update(subscription, items=[{"id": item_of(subscription), "price": time.price(1000)}])
    invoice = time.latest_invoice(changed)
    assert billed(invoice) == [(0, time.now, at("2022-10-01")), (1000, time.now, at("2022-10-16"))]
    assert (changed["billing_cycle_anchor"], invoice["status"]) == (time.now, "paid")


def test_from_none_to_some_of_a_paid_price_prorates(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(items=[{"price": time.price(1000), "quantity": 0}])
    assert time.latest_invoice(subscription)["total"] == 0
    time.advance("2022-09-16")
    time.update(subscription, items=[{"id": item_of(subscription), "quantity": 2}])
    assert [each["amount"] for each in time.pending()] == [0, 1000]
    assert time.retrieve(subscription)["billing_cycle_anchor"] == at("2022-09-01")


def test_another_price_without_a_quantity_is_one_of_it(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(items=[{"price": time.price(1000), "quantity": 5}])
    changed = time.update(subscription, items=[{"id": item_of(subscription), "price": time.price(2000)}])
    assert changed["items"]["data"][0]["quantity"] == 1
    assert item_of(changed) == item_of(subscription)


def test_items_that_are_not_named_stay(clock: StartClock) -> None:
    time = clock("2022-09-01")
    first, second, third = (time.price(1000, product=name) for name in ("A", "B", "C"))
    subscription = time.subscribe(first, second)
    changed = time.update(subscription, items=[{"price": third}])
    assert [item["price"]["id"] for item in changed["items"]["data"]] == [first, second, third]


def test_a_proration_date(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000))
    time.advance("2022-09-16")
    time.update(subscription, items=[{"id": item_of(subscription), "price": time.price(6000)}],
                proration_date=at("2022-09-11"))
    assert [(each["amount"], each["period"]["start"]) for each in time.pending()] == [
        (-2000, at("2022-09-11")), (4000, at("2022-09-11"))]


@pytest.mark.parametrize("moment", ["2022-08-31 23:59:59", "2022-10-01 00:00:01", "2022-09-10"])
def test_a_proration_date_outside_of_the_period_or_before_the_last_change(clock: StartClock, moment: str) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(3000))
    item = item_of(subscription)
    time.advance("2022-09-11")
    time.update(subscription, items=[{"id": item, "quantity": 2}])
    refused = time.refused("POST", f"/v1/subscriptions/{subscription['id']}", items=[{"id": item, "quantity": 3}],
                           proration_date=at(moment))
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        400, "proration_date", "Cannot specify proration date outside of current subscription period")


def test_add_invoice_items_wait_for_the_next_invoice(clock: StartClock) -> None:
    time = clock("2022-09-01")
    setup = time.price(700, None, product="Setup")
    subscription = time.subscribe(time.price(1000), add_invoice_items=[{"price": setup, "quantity": 2}])
    first = time.latest_invoice(subscription)
    assert [(line["amount"], line["type"], line["description"]) for line in first["lines"]["data"]] == [
        (1400, "invoiceitem", "Setup"), (1000, "subscription", "1 × Gold (at $10.00 / month)")]
    time.update(subscription, add_invoice_items=[{"price": setup}])
    assert [(each["amount"], each["subscription"]) for each in time.pending()] == [(700, subscription["id"])]
    time.advance("2022-10-01")
    assert amounts(time.latest_invoice(subscription)) == [700, 1000]


def test_an_added_item_in_another_currency_is_refused(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(1000))
    refused = time.refused("POST", f"/v1/subscriptions/{subscription['id']}",
                           add_invoice_items=[{"price": time.price(700, None, currency="eur")}])
    assert (refused.error["message"], refused.error["param"]) == (
        "The price specified only supports `eur`. This doesn't match the expected currency: `usd`.",
        "add_invoice_items[0][price]")


@pytest.mark.parametrize(("items", "message"), [
    ([], "Missing required param: items."),
    (["month", "year"], "Currency and interval fields must match across all plans on this subscription. Found mismatch "
                        "in interval field."),
])
def test_items_that_do_not_go_together(clock: StartClock, items: list[str], message: str) -> None:
    time = clock("2022-09-01")
    refused = time.refused("POST", "/v1/subscriptions", customer=time.customer,
                           items=[{"price": time.price(1000, interval)} for interval in items])
    assert (refused.status, refused.error["message"]) == (400, message)


def test_a_price_is_used_once(clock: StartClock) -> None:
    time = clock("2022-09-01")
    price = time.price(1000)
    refused = time.refused("POST", "/v1/subscriptions", customer=time.customer, items=[{"price": price}] * 2)
    assert refused.error["message"] == f"Cannot add multiple subscription items with the same plan: {price}"


def test_the_last_item_stays(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(1000))
    refused = time.refused("DELETE", f"/v1/subscription_items/{item_of(subscription)}")
    assert (refused.status, refused.error["message"]) == (400, "A subscription must have at least one active plan.")


def test_an_item_of_another_subscription(clock: StartClock) -> None:
    time = clock("2022-09-01")
    mine, other = time.subscribe(time.price(1000)), time.subscribe(time.price(1000))
    refused = time.refused("POST", f"/v1/subscriptions/{mine['id']}", items=[{"id": item_of(other), "quantity": 2}])
    assert refused.error["message"] == f"No subscription item with this ID ({item_of(other)}) on the subscription."
    assert time.refused("GET", "/v1/subscription_items/si_none").error["message"] == (
        "Invalid subscription_item id: si_none")


def test_sent_invoices_need_an_email_and_days(clock: StartClock) -> None:
    time = clock("2022-09-01", email=None)
    refused = time.refused("POST", "/v1/subscriptions", customer=time.customer, items=[{"price": time.price()}],
                           collection_method="send_invoice", days_until_due=3)
    assert refused.error["message"] == (
        "Missing email. In order to create invoices that are sent to the customer, the customer must have a valid email.")
    refused = time.refused("POST", "/v1/subscriptions", customer=time.customer, items=[{"price": time.price()}],
                           collection_method="send_invoice")
    assert (refused.error["code"], refused.error["param"]) == ("parameter_missing", "days_until_due")


def test_a_once_coupon_is_used_up_by_the_first_invoice(clock: StartClock) -> None:
    time = clock("2022-09-01")
    coupon = time.api.post("/v1/coupons", percent_off=25, duration="once")["id"]
    subscription = time.subscribe(time.price(1000), coupon=coupon)
    assert subscription["discount"] is None
    invoice = time.latest_invoice(subscription)
    assert (invoice["total"], invoice["discount"]["coupon"]["id"], len(invoice["discounts"])) == (750, coupon, 1)
    events = time.new_events()
    assert events[:5] == ["customer.updated", "customer.discount.created", "invoice.created",
                          "customer.discount.deleted", "invoice.finalized"]
    time.advance("2022-10-01 01:00")
    assert time.latest_invoice(subscription)["total"] == 1000


def test_a_coupon_that_ends_before_an_invoice_is_finalised_still_applies(clock: StartClock) -> None:
    time = clock("2022-09-01")
    coupon = time.api.post("/v1/coupons", percent_off=25, duration="repeating", duration_in_months=1)["id"]
    subscription = time.subscribe(time.price(1000))
    time.advance("2022-09-01 00:30")
    time.update(subscription, coupon=coupon)
    time.advance("2022-10-01")
    draft = time.latest_invoice(subscription)
    assert draft["total"] == 750
    time.advance("2022-10-01 01:00")
    assert time.retrieve(draft)["amount_paid"] == 750


def test_a_cancelled_subscription_keeps_only_its_metadata_open(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(1000))
    time.api.delete(f"/v1/subscriptions/{subscription['id']}")
    time.advance("2022-11-15")
    assert time.update(subscription, metadata={"left": "yes"})["metadata"] == {"left": "yes"}
    refused = time.refused("POST", f"/v1/subscriptions/{subscription['id']}", description="x")
    assert (refused.status, refused.error["message"]) == (400, "A canceled subscription can only update its metadata.")
