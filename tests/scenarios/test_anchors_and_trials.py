"""Years whose periods are not calendar months from the first day on: trials, ends of months, leap days, weeks, quarters."""

from __future__ import annotations

from itertools import pairwise

from tests.scenarios.world import World, at, text, when
from tests.support.api import Api


def test_a_trial_that_converts(api: Api) -> None:
    world = World(api, "2022-01-01")
    subscription = world.subscribe(world.price(unit_amount=2000), trial_period_days=14)
    assert (subscription["status"], subscription["trial_end"]) == ("trialing", at("2022-01-15"))
    world.advance("2022-04-01")
    assert world.bills() == text("""
        2022-01-01 0.00 paid
        2022-01-15 20.00 paid
        2022-02-15 20.00 paid
        2022-03-15 20.00 paid
    """)
    assert world.story("customer.subscription.trial_will_end", "customer.subscription.updated") == text("""
        2022-01-12 customer.subscription.trial_will_end
        2022-01-15 customer.subscription.updated
        2022-02-15 customer.subscription.updated
        2022-03-15 customer.subscription.updated
    """)
    assert world.now(subscription)["status"] == "active"


def test_a_trial_that_ends_early_because_they_like_it(api: Api) -> None:
    world = World(api, "2022-01-01")
    subscription = world.subscribe(world.price(unit_amount=2000), trial_period_days=30)
    world.advance("2022-01-08")
    world.change(subscription, trial_end="now")
    world.advance("2022-03-09")
    assert world.bills() == text("""
        2022-01-01 0.00 paid
        2022-01-08 20.00 paid
        2022-02-08 20.00 paid
        2022-03-08 20.00 paid
    """)


def test_a_leap_day_comes_back_every_four_years(api: Api) -> None:
    world = World(api, "2024-02-29")
    world.subscribe(world.price(unit_amount=36_500, recurring={"interval": "year"}))
    world.advance("2028-03-01")
    assert world.bills() == text("""
        2024-02-29 365.00 paid
        2025-02-28 365.00 paid
        2026-02-28 365.00 paid
        2027-02-28 365.00 paid
        2028-02-29 365.00 paid
    """)


def test_the_last_day_of_each_month(api: Api) -> None:
    world = World(api, "2022-01-31 12:00")
    world.subscribe(world.price(unit_amount=1000))
    world.advance("2023-01-31 12:00")
    assert [when(invoice["created"]).removesuffix(" 12:00") for invoice in world.invoices()] == [
        "2022-01-31", "2022-02-28", "2022-03-31", "2022-04-30", "2022-05-31", "2022-06-30", "2022-07-31",
        "2022-08-31", "2022-09-30", "2022-10-31", "2022-11-30", "2022-12-31", "2023-01-31",
    ]  # fmt: skip


def test_a_year_of_weeks(api: Api) -> None:
    world = World(api, "2022-01-03")
    world.subscribe(world.price(unit_amount=999, recurring={"interval": "week"}))
    world.advance("2023-01-01")
    invoices = world.invoices()
    # The 52 Mondays of 2022, the last of them on 26 December.
    assert (len(invoices), when(invoices[-1]["created"])) == (52, "2022-12-26")
    assert sum(invoice["amount_paid"] for invoice in invoices) == 52 * 999
    assert [int(invoice["number"].split("-")[1]) for invoice in invoices] == list(range(1, 53))
    assert {after["created"] - before["created"] for before, after in pairwise(invoices)} == {
        7 * 86_400
    }


def test_packages_by_the_quarter(api: Api) -> None:
    world = World(api, "2022-01-01")
    # Packs of ten, a started one counts whole: 25 are three packs, 31 are four.
    packs = world.price(
        "Pack", unit_amount=1500, transform_quantity={"divide_by": 10, "round": "up"}, recurring={"interval_count": 3}
    )
    subscription = world.subscribe(items=[{"price": packs, "quantity": 25}])
    world.advance("2022-08-16")
    world.change(subscription, quantity=31)
    world.advance("2023-01-01")
    # 46 of the quarter's 92 days were left: 22.50 back, 30.00 anew.
    assert world.bills() == text("""
        2022-01-01 45.00 paid
        2022-04-01 45.00 paid
        2022-07-01 45.00 paid
        2022-10-01 67.50 paid
        2023-01-01 60.00 draft
    """)


def test_a_first_partial_month_and_a_start_in_the_past(api: Api) -> None:
    world = World(api, "2022-08-15")
    price = world.price(unit_amount=3000)
    # 17 of 31 days: 30.00 * 17/31 = 16.45.
    world.subscribe(price, billing_cycle_anchor=at("2022-09-01"))
    # 14 days of August in arrears, 31.00 * 14/31 = 14.00, and a month from today on.
    world.subscribe(world.price("Late", unit_amount=3100), backdate_start_date=at("2022-08-01"))
    world.advance("2022-10-20")
    assert world.bills() == text("""
        2022-08-15 16.45 paid
        2022-08-15 45.00 paid
        2022-09-01 30.00 paid
        2022-09-15 31.00 paid
        2022-10-01 30.00 paid
        2022-10-15 31.00 paid
    """)


def test_an_anchor_that_is_set_anew(api: Api) -> None:
    world = World(api, "2022-08-01")
    subscription = world.subscribe(world.price(unit_amount=3000))
    world.advance("2022-08-21 06:00")
    world.change(subscription, billing_cycle_anchor="now")
    world.advance("2022-11-01")
    # 10.75 of 31 days come back: 30.00 * 928800/2678400 = 10.40.
    assert world.bills() == text("""
        2022-08-01 30.00 paid
        2022-08-21 06:00 19.60 paid
        2022-09-21 06:00 30.00 paid
        2022-10-21 06:00 30.00 paid
    """)
