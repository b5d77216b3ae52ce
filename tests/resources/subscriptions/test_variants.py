"""The same change asked for in different ways, and what each leaves behind."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.clock import CHARGED, DAY, DECLINED, Clock, amounts, at, billed

StartClock = Callable[..., Clock]
BAD = "pm_card_chargeCustomerFail"
METERED = {"usage_type": "metered"}


def pay_by(time: Clock, card: str) -> None:
    method = time.api.post(f"/v1/payment_methods/{card}/attach", customer=time.customer)["id"]
    time.api.post(f"/v1/customers/{time.customer}", invoice_settings={"default_payment_method": method})
    time.new_events()


# payment_behavior of an update

@pytest.mark.parametrize(("behavior", "attempts"), [("allow_incomplete", [*DECLINED, "customer.updated"]),
                                                    ("default_incomplete", [])])
def test_an_unpaid_update_is_made_all_the_same(clock: StartClock, behavior: str, attempts: list[str]) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    pay_by(time, BAD)
    changed = time.update(subscription, items=[{"id": subscription["items"]["data"][0]["id"], "quantity": 3}],
                          proration_behavior="always_invoice", payment_behavior=behavior)
    time.new_events(expect=["invoiceitem.created"] * 2 + ["invoiceitem.updated"] * 2 + [
        "invoice.created", "invoice.finalized", "payment_intent.created", *attempts, "customer.subscription.updated"])
    assert (changed["status"], changed["items"]["data"][0]["quantity"], changed["pending_update"]) == ("past_due", 3, None)
    invoice = time.api.get(f"/v1/invoices/{changed['latest_invoice']}", expand=["payment_intent"])
    assert (invoice["status"], invoice["auto_advance"], invoice["payment_intent"]["status"]) == (
        "open", False, "requires_payment_method")
    pay_by(time, "pm_card_visa")
    time.api.post(f"/v1/invoices/{invoice['id']}/pay")
    assert time.retrieve(subscription)["status"] == "active"


def test_items_that_must_be_paid_are_not_added(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    pay_by(time, BAD)
    item, extra = subscription["items"]["data"][0]["id"], time.price(500, product="Extra")
    for path, values in (("", {"subscription": subscription["id"], "price": extra}), (f"/{item}", {"quantity": 2})):
        refused = time.refused("POST", f"/v1/subscription_items{path}", payment_behavior="error_if_incomplete",
                               proration_behavior="always_invoice", **values)
        assert (refused.status, refused.error["code"], refused.error["type"]) == (402, "card_declined", "card_error")
    now = time.retrieve(subscription)
    assert (now["status"], [each["quantity"] for each in now["items"]["data"]]) == ("active", [1])
    assert (len(time.invoices()), time.pending()) == (1, [])


# A new anchor

@pytest.mark.parametrize(("behavior", "lines"), [
    ("create_prorations", [-2100, 3100]), ("always_invoice", [-2100, 3100]), ("none", [3100])])
def test_a_new_anchor_is_invoiced_at_once(clock: StartClock, behavior: str, lines: list[int]) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(3100))
    time.advance("2022-08-11")
    changed = time.update(subscription, billing_cycle_anchor="now", proration_behavior=behavior)
    invoice = time.latest_invoice(subscription)
    assert (amounts(invoice), invoice["billing_reason"], invoice["status"]) == (lines, "subscription_update", "paid")
    assert (changed["billing_cycle_anchor"], changed["current_period_end"]) == (at("2022-08-11"), at("2022-09-11"))
    # `unchanged` leaves it where it is.
    kept = time.update(subscription, billing_cycle_anchor="unchanged", proration_behavior=behavior,
                       items=[{"id": subscription["items"]["data"][0]["id"], "quantity": 1}])
    assert (kept["billing_cycle_anchor"], kept["latest_invoice"]) == (at("2022-08-11"), invoice["id"])


def test_another_interval_without_credit(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(3100))
    time.advance("2022-08-11")
    item = subscription["items"]["data"][0]["id"]
    time.update(subscription, items=[{"id": item, "price": time.price(700, "week")}], proration_behavior="none")
    assert billed(time.latest_invoice(subscription)) == [(700, at("2022-08-11"), at("2022-08-18"))]


# A start in the past, with an anchor

def test_a_backdated_start_with_an_anchor_to_come(clock: StartClock) -> None:
    time = clock("2022-08-11")
    time.api.post("/v1/coupons", id="half", percent_off=50, duration="repeating", duration_in_months=1)
    subscription = time.subscribe(time.price(3100), backdate_start_date=at("2022-08-01"), coupon="half",
                                  billing_cycle_anchor=at("2022-09-01"))
    # 10 of 31 days are billed back at half the price, and 21 of 31 days in advance.
    assert billed(time.latest_invoice(subscription)) == [
        (500, at("2022-08-01"), at("2022-08-11")), (2100, at("2022-08-11"), at("2022-09-01"))]
    assert time.latest_invoice(subscription)["total"] == 500 + 1050
    assert (subscription["start_date"], subscription["billing_cycle_anchor"], subscription["current_period_start"]) == (
        at("2022-08-01"), at("2022-09-01"), at("2022-08-11"))
    # The coupon's month began with the backdated start, and is over.
    time.advance("2022-09-01")
    assert time.latest_invoice(subscription)["total"] == 3100


# Trials

def test_a_price_brings_its_trial_to_a_running_subscription(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(3100))
    trying = time.api.post("/v1/plans", currency="usd", interval="month", amount=5000, product={"name": "Platinum"},
                           trial_period_days=10)["id"]
    item = subscription["items"]["data"][0]["id"]
    time.advance("2022-08-11")
    plain = time.upcoming(subscription=subscription["id"], subscription_items=[{"id": item, "price": trying}])
    assert amounts(plain) == [-2100, 3387, 5000]
    preview = time.upcoming(subscription=subscription["id"], subscription_items=[{"id": item, "price": trying}],
                            subscription_trial_from_plan=True)
    changed = time.update(subscription, items=[{"id": item, "price": trying}], trial_from_plan=True)
    assert (changed["status"], changed["trial_start"], changed["trial_end"]) == ("trialing", time.now, time.now + 10 * DAY)
    assert changed["current_period_end"] == changed["billing_cycle_anchor"] == time.now + 10 * DAY
    invoice = time.latest_invoice(subscription)
    assert amounts(invoice) == amounts(preview) == [-2100, 0]
    refused = time.refused("POST", f"/v1/subscriptions/{subscription['id']}", trial_from_plan=True, trial_end=time.now + DAY)
    assert refused.error["message"] == "You may only specify one of these parameters: trial_end, trial_from_plan."


# Ending at once, in all four combinations

@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize(("invoice_now", "prorate", "lines", "waiting"), [
    (False, False, None, [40]), (False, True, None, [60, -2100, 40]), (True, False, [60, 40, 70], []),
    (True, True, [60, -2100, 40, 70], [])])
def test_ending_at_once_in_four_ways(clock: StartClock, *, sent: bool, invoice_now: bool, prorate: bool,
                                     lines: list[int] | None, waiting: list[int]) -> None:
    time = clock("2022-08-01")
    collecting = {"collection_method": "send_invoice", "days_until_due": 5} if sent else {}
    subscription = time.subscribe(time.price(3100), time.price(10, recurring=METERED), **collecting)
    licensed, metered = (item["id"] for item in subscription["items"]["data"])
    time.advance("2022-08-11")
    time.api.post(f"/v1/subscription_items/{metered}/usage_records", quantity=7)
    # A proration that waits: an item of 100 × 21/31 = 67.74 that comes, and one of 10 less; and an item made by hand.
    extra = time.api.post("/v1/subscription_items", subscription=subscription["id"], price=time.price(89, product="Extra"))
    time.api.delete(f"/v1/subscription_items/{extra['id']}", proration_behavior="none")
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=40, currency="usd", subscription=subscription["id"])
    before = time.retrieve(subscription)["latest_invoice"]
    ended = time.api.delete(f"/v1/subscriptions/{subscription['id']}", invoice_now=invoice_now, prorate=prorate)
    assert (ended["status"], ended["ended_at"], ended["canceled_at"]) == ("canceled", time.now, time.now)
    assert [item["id"] for item in ended["items"]["data"]] == [licensed, metered]
    assert sorted(item["amount"] for item in time.pending()) == sorted(waiting)
    if lines is None:
        assert ended["latest_invoice"] == before
        return
    last = time.latest_invoice(ended)
    assert (sorted(amounts(last)), last["billing_reason"]) == (sorted(lines), "subscription_update")
    total = sum(lines)
    # What is negative goes to the balance; what is positive is charged, or asked for.
    assert (last["total"], last["amount_due"], time.customer_now()["balance"]) == (total, max(total, 0), min(total, 0))
    assert last["status"] == ("open" if sent and total > 0 else "paid")


def test_twenty_items_and_no_more(clock: StartClock) -> None:
    time = clock("2022-08-01")
    prices = [time.price(100 + number) for number in range(21)]
    subscription = time.subscribe(*prices[:20])
    time.new_events()
    assert (len(subscription["items"]["data"]), time.latest_invoice(subscription)["total"]) == (20, 2190)
    create = {"customer": time.customer, "items": [{"price": price} for price in prices]}
    for path, values in (("", create), (f"/{subscription['id']}", {"items": [{"price": prices[20]}]})):
        refused = time.refused("POST", f"/v1/subscriptions{path}", **values)
        assert "already has the maximum 20 items per subscription" in refused.error["message"]
    assert CHARGED[0] not in time.new_events()


@pytest.mark.parametrize(("values", "param"), [
    ({"billing_thresholds": {"amount_gte": 10**30}}, "billing_thresholds[amount_gte]"),
    ({"items": [{"billing_thresholds": {"usage_gte": 10**30}}]}, "items[0][billing_thresholds][usage_gte]"),
    ({"pending_invoice_item_interval": {"interval": "day", "interval_count": 10**30}},
     "pending_invoice_item_interval[interval_count]"),
    ({"payment_settings": {"payment_method_options": {"card": {"mandate_options": {"amount": 10**30}}}}},
     "payment_settings[payment_method_options][card][mandate_options][amount]"),
])
def test_numbers_beyond_all_bounds(clock: StartClock, values: dict[str, Any], param: str) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    refused = time.refused("POST", f"/v1/subscriptions/{subscription['id']}", **values)
    assert (refused.status, refused.error["param"]) == (400, param)
