"""Where the periods of a subscription begin and end: anchors, backdating, trials."""

from collections.abc import Callable

import pytest

from tests.support.clock import CHARGED, COLLECTED, DRAFTED, Clock, amounts, at, billed

StartClock = Callable[..., Clock]


def test_an_anchor_can_be_no_later_than_the_next_natural_billing_date(clock: StartClock) -> None:
    time = clock("2022-08-15")
    refused = time.refused("POST", "/v1/subscriptions", customer=time.customer, items=[{"price": time.price()}],
                           billing_cycle_anchor=at("2022-09-15 00:00:01"))
    assert (refused.status, refused.error["param"]) == (400, "billing_cycle_anchor")
    assert refused.error["message"] == (
        f"billing_cycle_anchor cannot be later than next natural billing date ({at('2022-09-15')}) for plan.")


def test_a_change_in_a_first_partial_period_prorates_at_its_rate(clock: StartClock) -> None:
    time = clock("2022-08-15")
    subscription = time.subscribe(time.price(3100), billing_cycle_anchor=at("2022-09-01"))
    assert amounts(time.latest_invoice(subscription)) == [1700]
    time.advance("2022-08-27")
    time.update(subscription, items=[{"id": subscription["items"]["data"][0]["id"], "price": time.price(6200)}])
    # Five days at 100 and at 200 a day.
    assert [each["amount"] for each in time.pending()] == [-500, 1000]


def test_a_backdated_start_bills_the_time_before_as_well(clock: StartClock) -> None:
    time = clock("2022-08-16 12:00")
    subscription = time.subscribe(time.price(1000), backdate_start_date=at("2022-08-01"))
    assert (subscription["start_date"], subscription["billing_cycle_anchor"], subscription["current_period_end"]) == (
        at("2022-08-01"), time.now, at("2022-09-16 12:00"))
    invoice = time.latest_invoice(subscription)
    assert billed(invoice) == [(500, at("2022-08-01"), time.now), (1000, time.now, at("2022-09-16 12:00"))]
    assert [line["proration"] for line in invoice["lines"]["data"]] == [True, False]
    assert invoice["status"] == "paid"


def test_a_backdated_start_is_billed_at_the_discount(clock: StartClock) -> None:
    time = clock("2022-08-16 12:00")
    coupon = time.api.post("/v1/coupons", percent_off=50, duration="forever")["id"]
    subscription = time.subscribe(time.price(1000), backdate_start_date=at("2022-08-01"), coupon=coupon)
    invoice = time.latest_invoice(subscription)
    assert (amounts(invoice), invoice["total"]) == ([250, 1000], 750)
    assert invoice["lines"]["data"][0]["description"] == "Remaining time on Gold (with 50.0% off) after 01 Aug 2022"


def test_the_past_can_be_free(clock: StartClock) -> None:
    time = clock("2022-08-16 12:00")
    subscription = time.subscribe(
        time.price(1000), backdate_start_date=at("2022-08-01"), proration_behavior="none")
    assert amounts(time.latest_invoice(subscription)) == [1000]


def test_a_repeating_coupon_counts_from_a_backdated_start(clock: StartClock) -> None:
    time = clock("2022-08-16")
    coupon = time.api.post("/v1/coupons", percent_off=50, duration="repeating", duration_in_months=2)["id"]
    subscription = time.subscribe(time.price(1000), backdate_start_date=at("2022-08-01"), coupon=coupon,
                                  proration_behavior="none")
    assert (subscription["discount"]["start"], subscription["discount"]["end"]) == (at("2022-08-01"), at("2022-10-01"))
    time.advance("2022-10-16")
    assert [invoice["total"] for invoice in time.invoices()] == [500, 500, 1000]
    assert time.retrieve(subscription)["discount"] is None


def test_a_trial_shorter_than_three_days_announces_its_end_at_once(clock: StartClock) -> None:
    time = clock("2022-08-01")
    time.subscribe(time.price(1000), trial_end=at("2022-08-03"))
    assert time.new_events()[-2:] == ["customer.subscription.created", "customer.subscription.trial_will_end"]
    time.advance("2022-08-03", expect=DRAFTED)


def test_a_trial_can_come_from_the_price(clock: StartClock) -> None:
    time = clock("2022-08-01")
    price = time.api.post("/v1/plans", amount=1000, currency="usd", interval="month", trial_period_days=10,
                          product={"name": "Gold"})["id"]
    assert time.subscribe(price)["status"] == "active"
    subscription = time.subscribe(price, trial_from_plan=True)
    assert (subscription["status"], subscription["trial_end"]) == ("trialing", at("2022-08-11"))


@pytest.mark.parametrize(("values", "message"), [
    ({"trial_end": 1659312001, "trial_from_plan": True}, "You may only specify one of these parameters: trial_end, "
                                                          "trial_from_plan."),
    ({"trial_end": 1659312000}, "Invalid timestamp: must be an integer Unix timestamp in the future"),
])
def test_trials_that_cannot_be(clock: StartClock, values: dict[str, int], message: str) -> None:
    time = clock("2022-08-01")
    refused = time.refused("POST", "/v1/subscriptions", customer=time.customer, items=[{"price": time.price()}], **values)
    assert (refused.status, refused.error["message"]) == (400, message)


def test_trial_end_now_is_no_trial(clock: StartClock) -> None:
    time = clock("2022-08-01")
    assert time.subscribe(time.price(1000), trial_end="now")["status"] == "active"


def test_a_failed_payment_after_a_trial_is_past_due(clock: StartClock) -> None:
    time = clock("2022-08-01", card="pm_card_chargeCustomerFail")
    subscription = time.subscribe(time.price(1000), trial_period_days=7)
    time.advance("2022-08-08 01:00")
    assert time.retrieve(subscription)["status"] == "past_due"


def test_a_trial_with_an_anchor_bills_the_time_in_between_pro_rata(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(3100), trial_end=at("2022-08-11"), billing_cycle_anchor=at("2022-09-01"))
    assert subscription["current_period_end"] == at("2022-08-11")
    time.advance("2022-08-11")
    assert billed(time.latest_invoice(subscription)) == [(2100, at("2022-08-11"), at("2022-09-01"))]
    time.advance("2022-09-01")
    assert billed(time.latest_invoice(subscription)) == [(3100, at("2022-09-01"), at("2022-10-01"))]


def test_a_trial_added_to_a_running_subscription(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(3100))
    time.advance("2022-08-11")
    changed = time.update(subscription, trial_end=at("2022-08-31"))
    assert (changed["status"], changed["billing_cycle_anchor"], changed["trial_start"], changed["trial_end"]) == (
        "trialing", at("2022-08-31"), at("2022-08-11"), at("2022-08-31"))
    invoice = time.latest_invoice(changed)
    assert billed(invoice) == [(-2100, at("2022-08-11"), at("2022-09-01")), (0, at("2022-08-11"), at("2022-08-31"))]
    assert (invoice["status"], invoice["amount_due"], time.customer_now()["balance"]) == ("paid", 0, -2100)
    time.advance("2022-08-31 01:00")
    after = time.latest_invoice(subscription)
    assert (after["total"], after["amount_due"], after["status"]) == (3100, 1000, "paid")


def test_a_trial_added_without_credit(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(3100))
    time.advance("2022-08-11")
    changed = time.update(subscription, trial_end=at("2022-08-31"), proration_behavior="none")
    assert amounts(time.latest_invoice(changed)) == [0]


def test_a_trial_that_is_moved_credits_nothing(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(3100), trial_end=at("2022-08-11"))
    changed = time.update(subscription, trial_end=at("2022-08-21"))
    assert (changed["trial_end"], changed["current_period_end"], time.customer_now()["balance"]) == (
        at("2022-08-21"), at("2022-08-21"), 0)
    time.advance("2022-08-11", expect=[])


def test_a_trial_ended_now_bills_a_full_period(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000), trial_period_days=30)
    time.advance("2022-08-11")
    changed = time.update(subscription, trial_end="now")
    assert (changed["status"], changed["billing_cycle_anchor"], changed["trial_end"]) == ("active", time.now, time.now)
    invoice = time.latest_invoice(changed)
    assert billed(invoice) == [(1000, time.now, at("2022-09-11"))]
    assert invoice["status"] == "paid"
    time.new_events(expect=["invoice.created", "invoice.finalized", *CHARGED, "customer.subscription.updated"])


def test_nothing_prorates_in_a_trial(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000), trial_period_days=30)
    time.advance("2022-08-11")
    time.update(subscription, items=[{"id": subscription["items"]["data"][0]["id"], "price": time.price(2000)}],
                proration_behavior="always_invoice")
    assert (time.pending(), len(time.invoices())) == ([], 1)


def test_many_periods_in_one_turn_of_the_clock(clock: StartClock) -> None:
    time = clock("2022-01-31")
    time.subscribe(time.price(1000))
    one_month = ["invoice.upcoming", *DRAFTED, *COLLECTED]
    time.advance("2022-04-30 01:00", expect=one_month * 3)
    assert [(invoice["created"], invoice["status"]) for invoice in time.invoices()] == [
        (at("2022-01-31"), "paid"), (at("2022-02-28"), "paid"), (at("2022-03-31"), "paid"), (at("2022-04-30"), "paid")]


def test_invoice_upcoming_shows_the_renewal_without_an_id(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000))
    time.advance("2022-08-24 23:59:59", expect=[])
    time.advance("2022-08-25", expect=["invoice.upcoming"])
    shown = time.api.events(type="invoice.upcoming")[-1]["data"]["object"]
    assert "id" not in shown
    assert (shown["total"], shown["subscription"], shown["created"], shown["billing_reason"]) == (
        1000, subscription["id"], at("2022-09-01"), "upcoming")
    assert shown == time.upcoming(subscription=subscription["id"])


def test_weekly_subscriptions_are_not_announced(clock: StartClock) -> None:
    time = clock("2022-08-01")
    time.subscribe(time.price(1000, "week"))
    time.advance("2022-08-08", expect=DRAFTED)


def test_usage_in_a_trial_stands_on_no_invoice(clock: StartClock) -> None:
    time = clock("2022-08-01")
    subscription = time.subscribe(time.price(1000), time.price(5, recurring={"usage_type": "metered"}), trial_period_days=10)
    assert amounts(time.latest_invoice(subscription)) == [0]
    path = f"/v1/subscription_items/{subscription['items']['data'][1]['id']}"
    time.api.post(f"{path}/usage_records", quantity=40)
    time.advance("2022-08-11")
    assert amounts(time.latest_invoice(subscription)) == [1000]
    summaries = time.api.get(f"{path}/usage_record_summaries")["data"]
    assert [(each["total_usage"], each["invoice"]) for each in summaries] == [(0, None), (40, None)]


def test_what_many_pay_on_a_day_becomes_available_together(clock: StartClock) -> None:
    time = clock("2022-08-01")
    price = time.price(1000)
    for _ in range(3):
        customer = time.api.post("/v1/customers", test_clock=time.id, payment_method="pm_card_visa",
                                 invoice_settings={"default_payment_method": "pm_card_visa"})["id"]
        time.api.post("/v1/subscriptions", customer=customer, items=[{"price": price}])
    time.advance("2022-09-15")
    # The money of the three first payments, and that of the three renewals.
    assert len(time.api.events(type="balance.available")) == 2
