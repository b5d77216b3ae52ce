"""Years under coupons, taxes and other currencies."""

from __future__ import annotations

from typing import Any

from tests.scenarios.world import World, at, text
from tests.support.api import Api


def rate(api: Api, percentage: str, **values: Any) -> str:
    made = api.post("/v1/tax_rates", **{"display_name": "VAT", "percentage": percentage, "inclusive": False} | values)
    return str(made["id"])


def test_a_coupon_that_runs_out(api: Api) -> None:
    world = World(api, "2022-01-31")
    api.post("/v1/coupons", id="QUARTER", percent_off=25, duration="repeating", duration_in_months=3)
    subscription = world.subscribe(world.price(unit_amount=3333), coupon="QUARTER")
    assert subscription["discount"]["end"] == at("2022-04-30")
    world.advance("2022-06-01")
    # 25 % of 33.33 is 8.33. The discount is over at the very second at which April's invoice is made.
    assert world.bills() == text("""
        2022-01-31 25.00 paid
        2022-02-28 25.00 paid
        2022-03-31 25.00 paid
        2022-04-30 33.33 paid
        2022-05-31 33.33 paid
    """)
    assert world.story("customer.discount.created", "customer.discount.deleted") == text("""
        2022-01-31 customer.discount.created
        2022-04-30 customer.discount.deleted
    """)
    assert world.now(subscription)["discount"] is None


def test_an_amount_off_is_shared_by_the_lines(api: Api) -> None:
    world = World(api, "2022-01-01")
    gold, silver = world.price("Gold", unit_amount=1000), world.price("Silver", unit_amount=2000)
    product = api.get(f"/v1/prices/{gold}")["product"]
    api.post("/v1/coupons", id="ALL", amount_off=500, currency="usd", duration="forever")
    api.post("/v1/coupons", id="GOLD", amount_off=1500, currency="usd", duration="once",
             applies_to={"products": [product]})
    subscription = world.subscribe(gold, silver, coupon="ALL")
    world.advance("2022-02-01 02:00")
    world.change(subscription, coupon="GOLD")
    world.advance("2022-04-01 02:00")
    # 5.00 over 10.00 and 20.00: 1.66 rounded down, and the rest. 15.00 off Gold alone takes no more than its 10.00, once.
    assert [
        ([sum(off["amount"] for off in line["discount_amounts"]) for line in invoice["lines"]["data"]], invoice["total"])
        for invoice in world.invoices()
    ] == [([166, 334], 2500), ([166, 334], 2500), ([1000, 0], 2000), ([0, 0], 3000)]


def test_a_discounted_and_taxed_upgrade(api: Api) -> None:
    world = World(api, 1_755_842_800)
    api.post("/v1/coupons", id="HALF", percent_off=50, duration="forever")
    subscription = world.subscribe(
        world.price("Small", unit_amount=5000), coupon="HALF", default_tax_rates=[rate(api, "20")]
    )
    world.advance(1_756_447_600)
    world.change(subscription, price=world.price("Large", unit_amount=20_000))
    world.advance(1_758_521_200 + 3600)
    # 24 of 31 days were left, at half price: -25.00 and +100.00 of it. The renewal's line alone is discounted again.
    renewal = world.invoices()[-1]
    assert [line["amount"] for line in renewal["lines"]["data"]] == [-1935, 7742, 20_000]
    assert [line["tax_amounts"][0]["amount"] for line in renewal["lines"]["data"]] == [-387, 1548, 2000]
    assert (renewal["subtotal"], renewal["total_discount_amounts"][0]["amount"], renewal["tax"], renewal["total"]) == (
        25_807, 10_000, 3161, 18_968)  # fmt: skip
    assert (renewal["status"], renewal["amount_paid"]) == ("paid", 18_968)


def test_taxes_inside_and_on_top_and_a_new_rate_in_the_middle_of_the_year(api: Api) -> None:
    world = World(api, "2022-01-01")
    inside, on_top = rate(api, "20", inclusive=True), rate(api, "5")
    subscription = world.subscribe(world.price(unit_amount=1200), default_tax_rates=[inside, on_top])
    world.advance("2022-07-01")
    world.change(subscription, default_tax_rates=[rate(api, "21", inclusive=True), on_top])
    world.advance("2022-12-31")
    invoices = world.invoices()
    # 20 % inside 12.00 is 2.00, and 5 % of 12.00 on top 0.60; 21 % inside is 2.08. July's draft was made before the change.
    assert [(each["subtotal"], each["tax"], each["total"], each["total_excluding_tax"]) for each in invoices] == (
        7 * [(1200, 260, 1260, 1000)] + 5 * [(1200, 268, 1260, 992)]
    )


def test_a_currency_without_decimals(api: Api) -> None:
    world = World(api, "2022-01-01")
    api.post("/v1/coupons", id="THIRD", percent_off="33.3", duration="forever")
    seats = world.price("Seat", unit_amount=1000, currency="jpy")
    subscription = world.subscribe(
        items=[{"price": seats, "quantity": 3}], coupon="THIRD", default_tax_rates=[rate(api, "10")]
    )
    world.advance("2022-04-16")
    world.change(subscription, quantity=2)
    world.advance("2022-06-02")
    # 33.3 % of ¥3,000 is ¥999, and 10 % of ¥2,001 is ¥200. Half of April was left: ¥2,001 and ¥1,334 by halves are 1000.5
    # and 667, away from zero -1,001 and 667; taxes of -100 and 67 on them; May's two seats: 2,000 - 666 + 133.
    assert [invoice["total"] for invoice in world.invoices()] == [
        2201, 2201, 2201, 2201, -1001 - 100 + 667 + 67 + 2000 - 666 + 133, 1467]  # fmt: skip
    assert world.invoices()[4]["lines"]["data"][2]["description"] == "2 × Seat (at ¥1,000 / month)"


def test_a_currency_with_three_decimals_and_prices_below_its_smallest_unit(api: Api) -> None:
    world = World(api, "2022-01-01")
    call = world.price("Call", unit_amount=None, unit_amount_decimal="1.0005", currency="kwd",
                       recurring={"usage_type": "metered"})
    subscription = world.subscribe(call)
    item = subscription["items"]["data"][0]["id"]
    for month, calls in ((1, 1000), (2, 3000), (3, 999)):
        world.advance(f"2022-0{month}-15")
        api.post(f"/v1/subscription_items/{item}/usage_records", quantity=calls)
    world.advance("2022-04-01 02:00")
    # 1000 * 1.0005 = 1000.5, away from zero 1001; 3000 * 1.0005 = 3001.5 → 3002; 999 * 1.0005 = 999.4995 → 999.
    assert [invoice["total"] for invoice in world.invoices()] == [0, 1001, 3002, 999]


def test_credit_is_used_up_before_the_card(api: Api) -> None:
    world = World(api, "2022-01-01", balance=-5000)
    world.subscribe(world.price(unit_amount=2000))
    world.advance("2022-05-01 02:00")
    assert [(each["starting_balance"], each["amount_due"], each["ending_balance"]) for each in world.invoices()] == [
        (-5000, 0, -3000), (-3000, 0, -1000), (-1000, 1000, 0), (0, 2000, 0), (0, 2000, 0)]  # fmt: skip
    assert api.get(f"/v1/customers/{world.customer['id']}")["balance"] == 0


def test_too_little_to_charge_waits_on_the_balance(api: Api) -> None:
    world = World(api, "2022-01-01")
    world.subscribe(world.price(unit_amount=30))
    world.advance("2022-04-01 02:00")
    # 0.30 is below the dollar's least charge of 0.50: it is owed, and charged with the next month's.
    assert [
        (each["total"], each["starting_balance"], each["amount_due"], each["ending_balance"], each["status"])
        for each in world.invoices()
    ] == [(30, 0, 0, 30, "paid"), (30, 30, 60, 0, "paid"), (30, 0, 0, 30, "paid"), (30, 30, 60, 0, "paid")]
