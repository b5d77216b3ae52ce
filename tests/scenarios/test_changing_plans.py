"""Years in which a subscription changes: its price, its quantity, its interval, its end."""

from __future__ import annotations

from tests.scenarios.world import World, at, text
from tests.support.api import Api


def test_an_upgrade_in_the_middle_of_a_month(api: Api) -> None:
    world = World(api, "2022-01-01")
    subscription = world.subscribe(world.price("Basic", unit_amount=1000))
    world.advance("2022-03-16 12:00")
    world.change(subscription, price=world.price("Pro", unit_amount=2500), quantity=1)
    world.advance("2022-12-31")
    # Half of March was left: 5.00 back and 12.50 anew come before April's 25.00.
    assert world.bills() == text("""
        2022-01-01 10.00 paid
        2022-02-01 10.00 paid
        2022-03-01 10.00 paid
        2022-04-01 32.50 paid
        2022-05-01 25.00 paid
        2022-06-01 25.00 paid
        2022-07-01 25.00 paid
        2022-08-01 25.00 paid
        2022-09-01 25.00 paid
        2022-10-01 25.00 paid
        2022-11-01 25.00 paid
        2022-12-01 25.00 paid
    """)
    assert [(line["amount"], line["description"]) for line in world.invoices()[3]["lines"]["data"]] == [
        (-500, "Unused time on Basic after 16 Mar 2022"),
        (1250, "Remaining time on Pro after 16 Mar 2022"),
        (2500, "1 × Pro (at $25.00 / month)"),
    ]


def test_a_downgrade_that_is_invoiced_at_once_is_lived_on(api: Api) -> None:
    world = World(api, "2022-05-01")
    subscription = world.subscribe(world.price("Pro", unit_amount=5000))
    world.advance("2022-06-16")
    world.change(subscription, price=world.price("Basic", unit_amount=1000), proration_behavior="always_invoice")
    assert api.get(f"/v1/customers/{world.customer['id']}")["balance"] == -2000
    world.advance("2022-10-02")
    # Fifteen of June's thirty days: 25.00 back, 5.00 anew. The credit of 20.00 pays for July and August.
    assert [
        (invoice["total"], invoice["starting_balance"], invoice["amount_due"], invoice["ending_balance"])
        for invoice in world.invoices()
    ] == [
        (5000, 0, 5000, 0),
        (5000, 0, 5000, 0),
        (-2000, 0, 0, -2000),
        (1000, -2000, 0, -1000),
        (1000, -1000, 0, 0),
        (1000, 0, 1000, 0),
        (1000, 0, 1000, 0),
    ]


def test_from_a_month_to_a_year(api: Api) -> None:
    world = World(api, "2022-07-01")
    subscription = world.subscribe(world.price("Monthly", unit_amount=1000))
    world.advance("2022-08-11")
    changed = world.change(
        subscription, price=world.price("Yearly", unit_amount=10_000, recurring={"interval": "year"})
    )
    assert (changed["billing_cycle_anchor"], changed["current_period_end"]) == (at("2022-08-11"), at("2023-08-11"))
    world.advance("2024-08-12")
    # 21 of August's 31 days come back: 10.00 * 21/31 = 6.77.
    assert world.bills() == text("""
        2022-07-01 10.00 paid
        2022-08-01 10.00 paid
        2022-08-11 93.23 paid
        2023-08-11 100.00 paid
        2024-08-11 100.00 paid
    """)


def test_seats_that_change_every_week(api: Api) -> None:
    world = World(api, "2022-01-01")
    # 260.40 a month is a whole number of cents a day in every month: 9.30 with 28 days, 8.68 with 30, 8.40 with 31.
    subscription = world.subscribe(world.price("Seat", unit_amount=26_040))
    for day, seats in (
        ("2022-01-08", 2), ("2022-01-15", 4), ("2022-01-22", 3), ("2022-01-29", 5),
        ("2022-02-05", 6), ("2022-02-12", 2), ("2022-02-19", 1), ("2022-02-26", 0),
        ("2022-03-05", 3), ("2022-03-12", 4), ("2022-03-19", 8), ("2022-03-26", 7),
        ("2022-04-02", 6), ("2022-04-09", 6), ("2022-04-16", 1), ("2022-04-23", 2),
    ):  # fmt: skip
        world.advance(day)
        world.change(subscription, quantity=seats)
    world.advance("2022-06-02")
    # January had 24, 17, 10 and 3 days left at its changes of +1, +2, -1 and +2: 24 + 34 - 10 + 6 = 54 days at 8.40.
    # February 24, 17, 10, 3 at +1, -4, -1, -1: 24 - 68 - 10 - 3 = -57 days at 9.30.
    # March 27, 20, 13, 6 at +3, +1, +4, -1: 81 + 20 + 52 - 6 = 147 days at 8.40.
    # April 29, 22, 15, 8 at -1, 0, -5, +1: -29 - 75 + 8 = -96 days at 8.68.
    assert [invoice["total"] for invoice in world.invoices()] == [
        26_040,
        54 * 840 + 5 * 26_040,
        -57 * 930 + 0 * 26_040,
        147 * 840 + 7 * 26_040,
        -96 * 868 + 2 * 26_040,
        2 * 26_040,
    ]
    # What February was owed back, 530.10, was kept as credit and taken off April's bill.
    april = world.invoices()[3]
    assert (april["starting_balance"], april["amount_due"], april["ending_balance"]) == (-53_010, 252_750, 0)


def test_a_year_that_is_cut_where_the_subscription_is_to_end(api: Api) -> None:
    world = World(api, "2022-01-01")
    subscription = world.subscribe(world.price("Yearly", unit_amount=12_000, recurring={"interval": "year"}))
    world.advance("2022-03-01")
    # Half of 2023, which has 365 days.
    world.change(subscription, cancel_at=at("2023-07-02 12:00"))
    world.advance("2024-06-01")
    assert world.bills() == text("""
        2022-01-01 120.00 paid
        2023-01-01 60.00 paid
    """)
    ended = world.now(subscription)
    assert (ended["status"], ended["canceled_at"], ended["ended_at"]) == (
        "canceled",
        at("2022-03-01"),
        at("2023-07-02 12:00"),
    )


def test_leaving_in_the_middle_with_the_unused_time_paid_back(api: Api) -> None:
    world = World(api, "2022-01-01")
    price = world.price(unit_amount=3000)
    subscription = world.subscribe(price)
    world.advance("2022-04-16")
    api.delete(f"/v1/subscriptions/{subscription['id']}", prorate=True, invoice_now=True)
    assert world.now(subscription)["status"] == "canceled"
    world.advance("2022-06-01")
    # Half of April comes back as credit, and is used up when they return.
    assert world.bills().splitlines()[-1] == "2022-04-16 -15.00 paid"
    world.subscribe(price)
    back = world.invoices()[-1]
    assert (back["total"], back["starting_balance"], back["amount_due"]) == (3000, -1500, 1500)
    world.advance("2022-12-31")
    assert len(world.invoices()) == 4 + 1 + 7


def test_free_for_a_while_then_paid(api: Api) -> None:
    world = World(api, "2022-01-01")
    subscription = world.subscribe(world.price("Free", unit_amount=0))
    world.advance("2022-03-11")
    # From all free to paid: a new anchor, and an invoice at once.
    changed = world.change(subscription, price=world.price("Paid", unit_amount=4900))
    assert (changed["billing_cycle_anchor"], changed["current_period_end"]) == (at("2022-03-11"), at("2022-04-11"))
    world.advance("2022-06-01")
    assert world.bills() == text("""
        2022-01-01 0.00 paid
        2022-02-01 0.00 paid
        2022-03-01 0.00 paid
        2022-03-11 49.00 paid
        2022-04-11 49.00 paid
        2022-05-11 49.00 paid
    """)
