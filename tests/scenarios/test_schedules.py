"""Years in the life of a schedule, each compared with what a person worked out by hand."""

from __future__ import annotations

from tests.scenarios.world import World, at, text, when
from tests.support.api import Api


def test_phases_over_a_leap_year_keep_to_the_ends_of_months(api: Api) -> None:
    world = World(api, "2024-01-31 12:00")
    gold = world.price(unit_amount=1000)
    schedule = world.schedule(
        {"items": [{"price": gold}], "iterations": 1},
        {"items": [{"price": gold, "quantity": 2}], "iterations": 3},
        {"items": [{"price": gold, "quantity": 3}], "iterations": 2},
        end_behavior="cancel",
    )
    # Windows chain from each phase's own start: 31 January, 29 February, 29 May, 29 July.
    assert [(when(phase["start_date"]), when(phase["end_date"])) for phase in schedule["phases"]] == [
        ("2024-01-31 12:00", "2024-02-29 12:00"),
        ("2024-02-29 12:00", "2024-05-29 12:00"),
        ("2024-05-29 12:00", "2024-07-29 12:00"),
    ]
    world.advance("2024-12-31")
    # Billing stays on the anchor, the 31st: the phase that begins on 29 May finds two days of a period of 31 left, so that
    # the third unit costs 10.00 * 2/31 = 0.65 (20.00 * 2/31 = 1.29 back, 30.00 * 2/31 = 1.94 anew), on the next invoice.
    # The last period, from 30 June, is cut at 29 July, 29 of 31 days: 30.00 * 29/31 = 28.06.
    assert world.bills() == text("""
        2024-01-31 12:00 10.00 paid
        2024-02-29 12:00 20.00 paid
        2024-03-31 12:00 20.00 paid
        2024-04-30 12:00 20.00 paid
        2024-05-31 12:00 30.65 paid
        2024-06-30 12:00 28.06 paid
    """)
    ended = api.get(f"/v1/subscription_schedules/{schedule['id']}")
    assert (ended["status"], when(ended["completed_at"]), ended["current_phase"]) == (
        "completed",
        "2024-07-29 12:00",
        None,
    )
    subscription = api.get("/v1/subscriptions", customer=world.customer["id"], status="all")["data"][0]
    assert (subscription["status"], when(subscription["ended_at"])) == ("canceled", "2024-07-29 12:00")


def test_a_boundary_inside_a_period_prorates_to_the_second(api: Api) -> None:
    world = World(api, "2022-08-01")
    small, large = world.price("Small", unit_amount=1000), world.price("Large", unit_amount=2000)
    world.schedule(
        {"items": [{"price": small}], "end_date": at("2022-08-16 12:00")},
        {"items": [{"price": large}], "iterations": 2},
        end_behavior="release",
    )
    world.advance("2022-09-01 01:00")
    # Half of August is left when the phase changes: 5.00 back, 10.00 anew, and 20.00 for September.
    september = world.invoices()[-1]
    assert [(line["amount"], line["proration"], line["description"]) for line in september["lines"]["data"]] == [
        (-500, True, "Unused time on Small after 16 Aug 2022"),
        (1000, True, "Remaining time on Large after 16 Aug 2022"),
        (2000, False, "1 × Large (at $20.00 / month)"),
    ]
    assert (september["total"], september["status"], september["status_transitions"]["paid_at"]) == (
        2500,
        "paid",
        at("2022-09-01 01:00"),
    )


def test_a_card_that_fails_and_recovers(api: Api) -> None:
    world = World(api, "2022-01-01", card="pm_card_chargeCustomerFail")
    gold = world.price(unit_amount=1000)
    world.schedule({"items": [{"price": gold}], "iterations": 12})
    world.advance("2022-01-01 02:00")
    subscription = api.get("/v1/subscriptions", customer=world.customer["id"])["data"][0]
    assert subscription["status"] == "past_due"
    assert api.get(f"/v1/customers/{world.customer['id']}")["delinquent"] is True
    world.advance("2022-01-05")
    invoice = world.invoices()[0]
    # The attempt at finalisation and the one three days later failed; the next comes five days after that.
    assert (invoice["attempt_count"], when(invoice["next_payment_attempt"])) == (2, "2022-01-09 01:00")
    card = api.post("/v1/payment_methods/pm_card_visa/attach", customer=world.customer["id"])
    api.post(f"/v1/customers/{world.customer['id']}", invoice_settings={"default_payment_method": card["id"]})
    world.advance("2022-01-10")
    assert world.story(since="2022-01-06") == text("""
        2022-01-09 01:00 charge.succeeded
        2022-01-09 01:00 payment_intent.succeeded
        2022-01-09 01:00 invoice.updated
        2022-01-09 01:00 customer.updated
        2022-01-09 01:00 invoice.paid
        2022-01-09 01:00 invoice.payment_succeeded
        2022-01-09 01:00 customer.subscription.updated
    """)
    assert world.bills() == "2022-01-01 10.00 paid"
    assert api.get(f"/v1/subscriptions/{subscription['id']}")["status"] == "active"
    assert api.get(f"/v1/customers/{world.customer['id']}")["delinquent"] is False


def test_a_card_that_is_given_up_aborts_the_schedule(api: Api) -> None:
    world = World(api, "2022-01-01", card="pm_card_chargeCustomerFail")
    gold = world.price(unit_amount=1000)
    schedule = world.schedule({"items": [{"price": gold}], "iterations": 12})
    world.advance("2022-03-01")
    # One attempt at finalisation, then after 3, 5 and 7 days: 1, 4, 9 and 16 January.
    assert world.story(
        "invoice.payment_failed", "customer.subscription.deleted", "subscription_schedule.aborted"
    ) == text("""
        2022-01-01 01:00 invoice.payment_failed
        2022-01-04 01:00 invoice.payment_failed
        2022-01-09 01:00 invoice.payment_failed
        2022-01-16 01:00 invoice.payment_failed
        2022-01-16 01:00 customer.subscription.deleted
        2022-01-16 01:00 subscription_schedule.aborted
    """)
    assert world.bills() == "2022-01-01 10.00 open"
    assert world.invoices()[0]["next_payment_attempt"] is None
    ended = api.get(f"/v1/subscription_schedules/{schedule['id']}")
    assert (ended["status"], when(ended["canceled_at"])) == ("canceled", "2022-01-16 01:00")


def test_usage_in_tiers_follows_each_way_of_adding_up(api: Api) -> None:
    world = World(api, "2022-01-01")
    tiers = [
        {"up_to": 5, "unit_amount": 500, "flat_amount": 1000},
        {"up_to": 10, "unit_amount": 400, "flat_amount": 2000},
        {"up_to": "inf", "unit_amount": 300, "flat_amount": 3000},
    ]
    modes = ("sum", "max", "last_during_period", "last_ever")
    prices = [
        world.price(
            mode,
            billing_scheme="tiered",
            tiers_mode="graduated" if index % 2 == 0 else "volume",
            tiers=tiers,
            recurring={"usage_type": "metered", "aggregate_usage": mode},
        )
        for index, mode in enumerate(modes)
    ]
    schedule = world.schedule(
        {"items": [{"price": price} for price in prices], "iterations": 3}, expand=["subscription"]
    )
    items = [item["id"] for item in schedule["subscription"]["items"]["data"]]
    for item in items:
        for moment, quantity in (("2022-01-01", 4), ("2022-01-01 00:01", 8), ("2022-01-01 00:02", 1)):
            api.post(f"/v1/subscription_items/{item}/usage_records", quantity=quantity, timestamp=at(moment))
    world.advance("2022-03-01 02:00")
    february, march = world.invoices()[1:3]
    # January: sum 13 graduated = 5*500+1000 + 5*400+2000 + 3*300+3000 = 11400; max 8 by volume = 8*400+2000 = 5200; the last,
    # 1, graduated = 500+1000 = 1500; the last ever, 1, by volume = 1500.
    assert [(line["quantity"], line["amount"]) for line in february["lines"]["data"]] == [
        (13, 11_400),
        (8, 5200),
        (1, 1500),
        (1, 1500),
    ]
    # February without usage: the first tier's flat amount, but the last ever goes on.
    assert [(line["quantity"], line["amount"]) for line in march["lines"]["data"]] == [
        (0, 1000),
        (0, 1000),
        (0, 1000),
        (1, 1500),
    ]
    assert [february["total"], march["total"]] == [19_600, 4500]


def test_a_trial_a_setup_fee_and_a_coupon_in_their_phases(api: Api) -> None:
    world = World(api, "2022-01-01")
    gold = world.price(unit_amount=5000)
    product = api.get(f"/v1/prices/{gold}")["product"]
    fee = {"price_data": {"currency": "usd", "product": product, "unit_amount": 2500}}
    api.post("/v1/coupons", id="START", percent_off=20, duration="forever")
    world.schedule(
        {"items": [{"price": gold}], "iterations": 1, "trial": True},
        {"items": [{"price": gold}], "iterations": 3, "coupon": "START", "add_invoice_items": [fee]},
        {"items": [{"price": gold}], "iterations": 8},
        end_behavior="cancel",
    )
    world.advance("2023-02-01")
    # The fee is 25.00 and discounted like the plan: 20 % of 75.00 are 15.00. Without a coupon in its phase, it is gone.
    assert world.bills() == text("""
        2022-01-01 0.00 paid
        2022-02-01 60.00 paid
        2022-03-01 40.00 paid
        2022-04-01 40.00 paid
        2022-05-01 50.00 paid
        2022-06-01 50.00 paid
        2022-07-01 50.00 paid
        2022-08-01 50.00 paid
        2022-09-01 50.00 paid
        2022-10-01 50.00 paid
        2022-11-01 50.00 paid
        2022-12-01 50.00 paid
    """)


def test_a_schedule_that_is_rewritten_on_its_way_and_let_go(api: Api) -> None:
    world = World(api, "2022-01-01")
    basic, pro = world.price("Basic", unit_amount=1000), world.price("Pro", unit_amount=3000)
    schedule = world.schedule(
        {"items": [{"price": basic}], "iterations": 6}, {"items": [{"price": pro}], "iterations": 6}, end_behavior="cancel"
    )
    path = f"/v1/subscription_schedules/{schedule['id']}"
    world.advance("2022-03-16 12:00")
    # They want two of it now, for the half of March that is left, and the other plan two months sooner: in May.
    api.post(path, phases=[
        {"items": [{"price": basic, "quantity": 2}], "start_date": at("2022-01-01"), "end_date": at("2022-05-01")},
        {"items": [{"price": pro}], "iterations": 6},
    ])  # fmt: skip
    world.advance("2022-07-10")
    api.post(f"{path}/release")
    world.advance("2022-12-31")
    assert world.bills() == text("""
        2022-01-01 10.00 paid
        2022-02-01 10.00 paid
        2022-03-01 10.00 paid
        2022-04-01 25.00 paid
        2022-05-01 30.00 paid
        2022-06-01 30.00 paid
        2022-07-01 30.00 paid
        2022-08-01 30.00 paid
        2022-09-01 30.00 paid
        2022-10-01 30.00 paid
        2022-11-01 30.00 paid
        2022-12-01 30.00 paid
    """)
    released = api.get(path)
    assert (released["status"], when(released["released_at"])) == ("released", "2022-07-10")
    assert api.get(f"/v1/subscriptions/{released['released_subscription']}")["cancel_at"] is None


def test_a_schedule_that_begins_next_quarter_and_is_canceled_in_the_middle(api: Api) -> None:
    world = World(api, "2022-01-01")
    gold = world.price(unit_amount=3000)
    schedule = world.schedule({"items": [{"price": gold}], "iterations": 12}, start_date=at("2022-04-01"))
    assert (schedule["status"], schedule["subscription"]) == ("not_started", None)
    world.advance("2022-06-16")
    api.post(f"/v1/subscription_schedules/{schedule['id']}/cancel")
    world.advance("2022-09-01")
    # Half of June comes back, as credit.
    assert world.bills() == text("""
        2022-04-01 30.00 paid
        2022-05-01 30.00 paid
        2022-06-01 30.00 paid
        2022-06-16 -15.00 paid
    """)
    assert api.get(f"/v1/customers/{world.customer['id']}")["balance"] == -1500
