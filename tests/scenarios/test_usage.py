"""Years of metered prices: usage that comes and goes, tiers, and what is left of it at the end."""

from __future__ import annotations

from tests.scenarios.world import World, text
from tests.support.api import Api

TIERS = [
    {"up_to": 5, "unit_amount": 500, "flat_amount": 1000},
    {"up_to": 10, "unit_amount": 400, "flat_amount": 2000},
    {"up_to": 15, "unit_amount": 300, "flat_amount": 3000},
    {"up_to": 20, "unit_amount": 200, "flat_amount": 4000},
    {"up_to": "inf", "unit_amount": 100, "flat_amount": 5000},
]
USED = [0, 1, 5, 6, 10, 12, 15, 20, 25, 0, 3, 30]
"""In each month of the year."""
VOLUME = [1000, 1500, 3500, 4400, 6000, 6600, 7500, 8000, 7500, 1000, 2500, 8000]
"""All units at the price of the tier that their number reaches, and its flat amount: 6 * 4.00 + 20.00 = 44.00."""
GRADUATED = [1000, 1500, 3500, 5900, 7500, 11_100, 12_000, 17_000, 22_500, 1000, 2500, 23_000]
"""Each unit at its own tier's price, and the flat amounts of all tiers reached: 35.00 + 4.00 + 20.00 = 59.00."""


def tiered(world: World, mode: str) -> str:
    return world.price(mode, billing_scheme="tiered", tiers_mode=mode, tiers=TIERS, recurring={"usage_type": "metered"})


def test_a_year_of_usage_in_tiers(api: Api) -> None:
    world = World(api, "2022-01-01")
    subscription = world.subscribe(tiered(world, "volume"), tiered(world, "graduated"))
    items = [item["id"] for item in subscription["items"]["data"]]
    for month, quantity in enumerate(USED, 1):
        world.advance(f"2022-{month:02}-11")
        for item in items:
            # In two reports, of which the second adds to the first.
            api.post(f"/v1/subscription_items/{item}/usage_records", quantity=quantity // 2)
            api.post(f"/v1/subscription_items/{item}/usage_records", quantity=quantity - quantity // 2)
    world.advance("2023-01-01 01:00")
    first, *billed = world.invoices()
    assert (first["total"], [line["quantity"] for line in first["lines"]["data"]]) == (0, [0, 0])
    assert [[line["amount"] for line in invoice["lines"]["data"]] for invoice in billed] == [
        [volume, graduated] for volume, graduated in zip(VOLUME, GRADUATED, strict=True)
    ]
    assert {invoice["status"] for invoice in billed} == {"paid"}
    summaries = api.get(f"/v1/subscription_items/{items[0]}/usage_record_summaries", limit=100)["data"]
    assert [summary["total_usage"] for summary in reversed(summaries)] == [*USED, 0]
    assert [summary["invoice"] for summary in reversed(summaries)] == [*(invoice["id"] for invoice in billed), None]


def test_seats_in_advance_and_usage_in_arrears_until_they_leave(api: Api) -> None:
    world = World(api, "2022-01-01")
    seat, call = world.price("Seat", unit_amount=2000), world.price("Call", unit_amount=7, recurring={"usage_type": "metered"})
    subscription = world.subscribe(items=[{"price": seat, "quantity": 2}, {"price": call}])
    calls = subscription["items"]["data"][1]["id"]
    for month, quantity in ((1, 100), (2, 250), (3, 40)):
        world.advance(f"2022-0{month}-20")
        api.post(f"/v1/subscription_items/{calls}/usage_records", quantity=quantity)
    world.change(subscription, cancel_at_period_end=True)
    world.advance("2022-12-31")
    # Two seats are 40.00; usage of 7.00, 17.50 and 2.80 follows, the last of it on a bill of its own at the end.
    assert world.bills() == text("""
        2022-01-01 40.00 paid
        2022-02-01 47.00 paid
        2022-03-01 57.50 paid
        2022-04-01 2.80 paid
    """)


def test_a_price_that_changes_while_usage_runs(api: Api) -> None:
    world = World(api, "2022-01-01")
    metered = {"usage_type": "metered"}
    subscription = world.subscribe(world.price("Old", unit_amount=10, recurring=metered))
    item = subscription["items"]["data"][0]["id"]
    api.post(f"/v1/subscription_items/{item}/usage_records", quantity=30)
    world.advance("2022-01-16")
    world.change(subscription, price=world.price("New", unit_amount=20, recurring=metered))
    api.post(f"/v1/subscription_items/{item}/usage_records", quantity=12)
    world.advance("2022-03-01 02:00")
    # All usage of the month at the price in force at its end: 42 * 0.20.
    assert [invoice["total"] for invoice in world.invoices()] == [0, 840, 0]


def test_storage_that_is_measured_not_added_up(api: Api) -> None:
    world = World(api, "2022-01-01")
    names = ("max", "last_during_period", "last_ever")
    subscription = world.subscribe(*(
        world.price(name, unit_amount=10, recurring={"usage_type": "metered", "aggregate_usage": name}) for name in names))
    items = [item["id"] for item in subscription["items"]["data"]]
    for day, gigabytes in (("01-05", 40), ("01-20", 90), ("01-25", 70), ("03-10", 20), ("04-10", 15), ("04-30", 60)):
        world.advance(f"2022-{day}")
        for item in items:
            api.post(f"/v1/subscription_items/{item}/usage_records", quantity=gigabytes, action="set")
    world.advance("2022-06-01 02:00")
    # January, nothing in February, March, April, nothing in May: the last ever goes on where nothing was measured.
    assert [[line["quantity"] for line in invoice["lines"]["data"]] for invoice in world.invoices()[1:]] == [
        [90, 70, 70], [0, 0, 70], [20, 20, 20], [60, 60, 60], [0, 0, 60]]  # fmt: skip
