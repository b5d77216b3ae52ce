"""The worked examples of the behaviour reference, through the API."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.clock import CHARGED, COLLECTED, DRAFTED, Clock, amounts, at, billed

StartClock = Callable[..., Clock]

TIERS = [
    {"up_to": 5, "unit_amount": 500, "flat_amount": 1000},
    {"up_to": 10, "unit_amount": 400, "flat_amount": 2000},
    {"up_to": 15, "unit_amount": 300, "flat_amount": 3000},
    {"up_to": 20, "unit_amount": 200, "flat_amount": 4000},
    {"up_to": "inf", "unit_amount": 100, "flat_amount": 5000},
]


def item_of(subscription: dict[str, Any], index: int = 0) -> str:
    return str(subscription["items"]["data"][index]["id"])


def test_1_an_upgrade_at_half_time(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    item, dearer = item_of(subscription), time.price(2000)
    time.advance("2022-08-16 12:00", expect=[])
    time.update(subscription, items=[{"id": item, "price": dearer}])

    time.new_events(expect=["invoiceitem.created", "invoiceitem.created", "customer.subscription.updated"])
    assert [(each["amount"], each["invoice"], each["proration"]) for each in time.pending()] == [
        (-500, None, True), (1000, None, True)]

    time.advance("2022-09-01", expect=["invoice.upcoming", "invoiceitem.updated", "invoiceitem.updated", *DRAFTED])
    renewal = time.latest_invoice(subscription)
    assert billed(renewal) == [
        (-500, at("2022-08-16 12:00"), at("2022-09-01")), (1000, at("2022-08-16 12:00"), at("2022-09-01")),
        (2000, at("2022-09-01"), at("2022-10-01"))]
    assert (renewal["total"], renewal["status"], renewal["billing_reason"]) == (2500, "draft", "subscription_cycle")
    assert (renewal["created"], renewal["period_start"], renewal["period_end"]) == (
        1661990400, 1659312000, 1661990400)

    time.advance(1661994000, expect=COLLECTED)
    paid = time.retrieve(renewal)
    assert (paid["status"], paid["amount_paid"], paid["status_transitions"]["paid_at"]) == ("paid", 2500, 1661994000)


def test_2_a_quantity_from_one_to_three(clock: StartClock) -> None:
    time = clock(1659522030)
    subscription = time.subscribe(time.price(1500))
    assert subscription["current_period_end"] == 1662200430
    time.advance(1660964645)
    time.update(subscription, items=[{"id": item_of(subscription), "quantity": 3}])

    credit, debit = time.pending()
    assert (credit["amount"], credit["quantity"], debit["amount"], debit["quantity"]) == (-692, 1, 2076, 3)
    assert (credit["description"], debit["description"]) == (
        "Unused time on Gold after 20 Aug 2022", "Remaining time on 3 × Gold after 20 Aug 2022")
    assert debit["period"] == {"start": 1660964645, "end": 1662200430}
    assert (debit["unit_amount"], debit["unit_amount_decimal"]) == (692, "692")


def test_3_a_discounted_and_taxed_renewal(clock: StartClock) -> None:
    time = clock(1755842800)
    coupon = time.api.post("/v1/coupons", percent_off=50, duration="forever")["id"]
    rate = time.api.post("/v1/tax_rates", display_name="VAT", percentage=20, inclusive=False)["id"]
    subscription = time.subscribe(time.price(5000), coupon=coupon, default_tax_rates=[rate])
    first = time.latest_invoice(subscription)
    assert (first["subtotal"], first["tax"], first["total"]) == (5000, 500, 3000)

    time.advance(1756447600)
    dearer = time.price(20000)
    time.update(subscription, items=[{"id": item_of(subscription), "price": dearer}])
    assert [(each["amount"], each["description"]) for each in time.pending()] == [
        (-1935, "Unused time on Gold (with 50.0% off) after 29 Aug 2025"),
        (7742, "Remaining time on Gold (with 50.0% off) after 29 Aug 2025")]

    time.advance(1758521200)
    renewal = time.latest_invoice(subscription)
    lines = renewal["lines"]["data"]
    assert amounts(renewal) == [-1935, 7742, 20000]
    assert [line["discount_amounts"][0]["amount"] for line in lines] == [0, 0, 10000]
    assert [line["tax_amounts"][0]["amount"] for line in lines] == [-387, 1548, 2000]
    assert (renewal["subtotal"], renewal["tax"], renewal["total"]) == (25807, 3161, 18968)
    assert renewal["total_excluding_tax"] == 15807
    assert [each["amount"] for each in renewal["total_discount_amounts"]] == [10000]
    assert renewal["total_tax_amounts"] == [{"amount": 3161, "inclusive": False, "tax_rate": rate}]
    assert (renewal["period_start"], renewal["period_end"], renewal["created"]) == (1755842800, 1758521200, 1758521200)
    assert lines[2]["period"] == {"start": 1758521200, "end": 1761113200}


def test_4_a_downgrade_after_an_unprorated_upgrade(clock: StartClock) -> None:
    time = clock("2022-04-01")
    cheap, dear = time.price(1000), time.price(2000)
    subscription = time.subscribe(cheap)
    item = item_of(subscription)
    time.advance("2022-04-11")
    time.update(subscription, items=[{"id": item, "price": dear}], proration_behavior="none")
    time.new_events(expect=["customer.subscription.updated"])
    assert time.pending() == []

    time.advance("2022-04-21")
    changed = time.update(subscription, items=[{"id": item, "price": cheap}], proration_behavior="always_invoice")
    invoice = time.latest_invoice(changed)
    assert amounts(invoice) == [-667, 333]
    assert (invoice["total"], invoice["amount_due"], invoice["ending_balance"], invoice["status"]) == (-334, 0, -334, "paid")
    assert (invoice["billing_reason"], invoice["auto_advance"], invoice["payment_intent"]) == (
        "subscription_update", False, None)
    assert time.customer_now()["balance"] == -334
    time.new_events(expect=[
        "invoiceitem.created", "invoiceitem.created", "invoiceitem.updated", "invoiceitem.updated", "invoice.created",
        "customer.updated", "invoice.finalized", "invoice.updated", "invoice.paid", "invoice.payment_succeeded",
        "customer.subscription.updated"])


def test_5_another_interval(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    yearly = time.price(10000, "year")
    time.advance("2022-08-11")
    changed = time.update(subscription, items=[{"id": item_of(subscription), "price": yearly}])

    invoice = time.latest_invoice(changed)
    assert billed(invoice) == [(-677, 1660176000, 1661990400), (10000, 1660176000, 1691712000)]
    assert (invoice["total"], invoice["status"], invoice["billing_reason"]) == (9323, "paid", "subscription_update")
    assert (changed["billing_cycle_anchor"], changed["current_period_start"], changed["current_period_end"]) == (
        1660176000, 1660176000, 1691712000)
    time.new_events(expect=[
        "invoiceitem.created", "invoiceitem.updated", "invoice.created", "invoice.finalized", *CHARGED,
        "customer.subscription.updated"])


def test_6_a_new_anchor(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(3000))
    time.advance(1661061600)
    changed = time.update(subscription, billing_cycle_anchor="now")

    invoice = time.latest_invoice(changed)
    assert billed(invoice) == [(-1040, 1661061600, 1661990400), (3000, 1661061600, 1663740000)]
    assert invoice["total"] == 1960
    assert (changed["current_period_start"], changed["current_period_end"]) == (1661061600, 1663740000)


def test_7_a_first_partial_period(clock: StartClock) -> None:
    time = clock("2022-08-15")
    subscription = time.subscribe(time.price(3000), billing_cycle_anchor=at("2022-09-01"))
    invoice = time.latest_invoice(subscription)
    assert billed(invoice) == [(1645, at("2022-08-15"), at("2022-09-01"))]
    assert invoice["status"] == "paid"
    assert subscription["current_period_end"] == subscription["billing_cycle_anchor"] == at("2022-09-01")
    time.advance("2022-09-01")
    assert billed(time.latest_invoice(subscription)) == [(3000, at("2022-09-01"), at("2022-10-01"))]


def test_7_a_first_partial_period_for_free(clock: StartClock) -> None:
    time = clock("2022-08-15")
    subscription = time.subscribe(
        time.price(3000), billing_cycle_anchor=at("2022-09-01"), proration_behavior="none")
    assert (subscription["status"], subscription["latest_invoice"]) == ("active", None)
    time.advance("2022-09-01")
    assert [billed(invoice) for invoice in time.invoices()] == [[(3000, at("2022-09-01"), at("2022-10-01"))]]


def test_8_the_end_of_the_month(clock: StartClock) -> None:
    time = clock(1643630400)
    time.subscribe(time.price())
    time.advance(1656590400)
    assert [invoice["created"] for invoice in time.invoices()] == [
        1643630400, 1646049600, 1648728000, 1651320000, 1653998400, 1656590400]


def test_9_a_coupon_over_several_lines(clock: StartClock) -> None:
    time = clock("2022-09-01")
    coupon = time.api.post("/v1/coupons", amount_off=500, currency="usd", duration="forever")["id"]
    subscription = time.subscribe(time.price(1000), time.price(2000, product="Silver"), coupon=coupon)
    invoice = time.latest_invoice(subscription)
    assert [line["discount_amounts"][0]["amount"] for line in invoice["lines"]["data"]] == [166, 334]
    assert (invoice["subtotal"], invoice["total"]) == (3000, 2500)

    time.advance("2022-09-16")
    time.api.delete(f"/v1/subscription_items/{item_of(subscription)}")
    assert [(each["amount"], each["description"]) for each in time.pending()] == [
        (-250, "Unused time on Gold (with $5.00 off) after 16 Sep 2022")]


@pytest.mark.parametrize(("total", "balance", "due", "ending"), [(2500, -800, 1700, 0), (300, 500, 800, 0), (30, 0, 0, 30)])
def test_10_a_balance(clock: StartClock, total: int, balance: int, due: int, ending: int) -> None:
    time = clock("2022-08-01", balance=balance)
    subscription = time.subscribe(time.price(total))
    invoice = time.latest_invoice(subscription)
    assert (invoice["total"], invoice["starting_balance"], invoice["amount_due"]) == (total, balance, due)
    assert (invoice["ending_balance"], invoice["status"], invoice["amount_paid"]) == (ending, "paid", due)
    assert (invoice["payment_intent"] is None) == (due == 0)
    assert time.customer_now()["balance"] == ending


def test_13_a_trial(clock: StartClock) -> None:
    time = clock("2022-01-01")
    subscription = time.subscribe(time.price(5000), trial_period_days=7)
    assert (subscription["status"], subscription["trial_end"]) == ("trialing", at("2022-01-08"))
    first = time.latest_invoice(subscription)
    assert billed(first) == [(0, at("2022-01-01"), at("2022-01-08"))]
    assert first["lines"]["data"][0]["description"] == "Trial period for Gold"
    assert (first["status"], first["attempted"], first["attempt_count"]) == ("paid", True, 0)

    time.advance("2022-01-05", expect=["customer.subscription.trial_will_end"])
    time.advance("2022-01-08", expect=DRAFTED)
    begun = time.retrieve(subscription)
    assert (begun["status"], begun["current_period_end"]) == ("active", at("2022-02-08"))
    assert (begun["trial_start"], begun["trial_end"]) == (at("2022-01-01"), at("2022-01-08"))
    draft = time.latest_invoice(subscription)
    assert (draft["status"], draft["total"], draft["billing_reason"]) == ("draft", 5000, "subscription_cycle")
    time.advance(hours=1, expect=COLLECTED)
    assert time.retrieve(draft)["status"] == "paid"


def test_14_graduated_usage(clock: StartClock) -> None:
    time = clock("2022-01-01")
    price = time.price(None, billing_scheme="tiered", tiers=TIERS, tiers_mode="graduated", recurring={"usage_type": "metered"})
    subscription = time.subscribe(price)
    assert amounts(time.latest_invoice(subscription)) == [0]
    records = f"/v1/subscription_items/{item_of(subscription)}/usage_records"
    time.api.post(records, quantity=4)
    time.advance("2022-01-10")
    time.api.post(records, quantity=8, action="increment")

    time.advance("2022-02-01")
    renewal = time.latest_invoice(subscription)
    assert billed(renewal) == [(11100, at("2022-01-01"), at("2022-02-01"))]
    assert renewal["lines"]["data"][0]["quantity"] == 12
    time.advance("2022-03-01")
    assert billed(time.latest_invoice(subscription)) == [(1000, at("2022-02-01"), at("2022-03-01"))]


def test_15_a_schedule_is_canceled(clock: StartClock) -> None:
    time = clock("2022-09-01")
    schedule = time.api.post("/v1/subscription_schedules", customer=time.customer, start_date="now",
                             phases=[{"items": [{"price": time.price(3000)}], "iterations": 3}])
    time.advance("2022-09-16")
    time.api.post(f"/v1/subscription_schedules/{schedule['id']}/cancel")
    subscription = time.api.get(f"/v1/subscriptions/{schedule['subscription']}")
    final = time.latest_invoice(subscription)
    assert (amounts(final), final["total"], final["status"]) == ([-1500], -1500, "paid")
    assert (subscription["status"], time.customer_now()["balance"]) == ("canceled", -1500)


@pytest.mark.parametrize(("amount", "percentage", "inclusive", "tax", "total"), [
    (999, 8.875, False, 89, 1088), (1200, 20, True, 200, 1200), (1999, 19, True, 319, 1999)])
def test_16_tax(clock: StartClock, amount: int, percentage: float, inclusive: bool, tax: int, total: int) -> None:
    time = clock("2022-08-01")
    rate = time.api.post("/v1/tax_rates", display_name="VAT", percentage=percentage, inclusive=inclusive)["id"]
    subscription = time.subscribe(items=[{"price": time.price(amount), "tax_rates": [rate]}])
    invoice = time.latest_invoice(subscription)
    assert (invoice["subtotal"], invoice["tax"], invoice["total"]) == (amount, tax, total)
    assert invoice["total_excluding_tax"] == total - tax
    assert invoice["lines"]["data"][0]["tax_amounts"] == [{"amount": tax, "inclusive": inclusive, "tax_rate": rate}]
    assert invoice["lines"]["data"][0]["amount_excluding_tax"] == (amount - tax if inclusive else amount)
