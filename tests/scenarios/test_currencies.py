"""A year in one of the currencies of prices that have several."""

from __future__ import annotations

from tests.scenarios.world import World
from tests.support.api import Api

USED = [5, 10, 20, 0, 30, 1, 0, 12, 0, 100, 0, 2]
"""Calls in each month of the year."""
CALLS = [40, 80, 160, 0, 210, 8, 0, 120, 0, 560, 0, 16]
"""The first ten calls at €0.08 each, all others at €0.05 and €0.30 once: 0.80 + 10 * 0.05 + 0.30 = 1.60."""


def test_a_year_in_euros_of_prices_in_dollars(api: Api) -> None:
    world = World(api, "2022-01-01")
    basic = world.price("Basic", unit_amount=1000, currency_options={"eur": {"unit_amount": 900}, "jpy": {"unit_amount": 1000}})
    pro = world.price("Pro", unit_amount=3000, currency_options={"eur": {"unit_amount": 2700}, "gbp": {"unit_amount": 2400}})
    call = world.price(
        "Call", billing_scheme="tiered", tiers_mode="graduated", recurring={"usage_type": "metered"},
        tiers=[{"up_to": "inf", "unit_amount": 77}],
        currency_options={"eur": {"tiers": [{"up_to": 10, "unit_amount": 8},
                                            {"up_to": "inf", "unit_amount": 5, "flat_amount": 30}]}})
    api.post("/v1/coupons", id="start", amount_off=500, currency="usd", duration="repeating", duration_in_months=3,
             currency_options={"eur": {"amount_off": 450}})
    subscription = world.subscribe(basic, call, currency="eur", coupon="start")
    calls = subscription["items"]["data"][1]["id"]
    for month, quantity in enumerate(USED, 1):
        world.advance(f"2022-{month:02}-16")
        if quantity:
            api.post(f"/v1/subscription_items/{calls}/usage_records", quantity=quantity)
        if month == 4:
            world.change(subscription, price=pro)
    world.advance("2023-01-01 01:00")
    invoices = world.invoices()
    # Half of April is left when Pro takes the place of Basic: 4.50 come back, and 13.50 are due.
    assert [[line["amount"] for line in invoice["lines"]["data"]] for invoice in invoices] == [
        [900, 0], [900, 40], [900, 80], [900, 160], [-450, 1350, 2700, 0],
        *([2700, amount] for amount in CALLS[4:])]
    # The coupon takes €4.50 off three times, until the first of April.
    assert [invoice["total"] for invoice in invoices] == [
        450, 490, 530, 1060, 3600, 2910, 2708, 2700, 2820, 2700, 3260, 2700, 2716]
    assert {(invoice["currency"], invoice["status"]) for invoice in invoices} == {("eur", "paid")}
    assert {line["currency"] for invoice in invoices for line in invoice["lines"]["data"]} == {"eur"}
    first = invoices[0]["lines"]["data"]
    assert [line["description"] for line in first] == ["1 × Basic (at €9.00 / month)", "0 × Call"]
    # The price is shown as it is; what was billed is on the line.
    assert [(line["price"]["currency"], line["price"]["unit_amount"]) for line in first] == [("usd", 1000), ("usd", None)]
    world.examine()
