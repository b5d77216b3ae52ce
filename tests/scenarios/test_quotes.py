"""A year that began with a quote."""

from __future__ import annotations

from tests.scenarios.world import World, at, text, when
from tests.support.api import Api


def test_a_quote_becomes_a_schedule_and_bills_for_a_year_what_it_said(api: Api) -> None:
    world = World(api, "2023-11-20 09:00", email="jenny@example.com")
    api.post("/_sim/settings", dunning_end="past_due")
    seats, setup = world.price("Seats", unit_amount=1999), api.post(
        "/v1/prices", currency="usd", unit_amount=25_000, product_data={"name": "Setup"})["id"]
    vat = api.post("/v1/tax_rates", display_name="VAT", inclusive=False, percentage=19)["id"]
    third = api.post("/v1/coupons", percent_off="33.33", duration="forever")["id"]
    quote = api.post(
        "/v1/quotes", customer=world.customer["id"], line_items=[{"price": seats, "quantity": 7}, {"price": setup}],
        default_tax_rates=[vat], discounts=[{"coupon": third}], collection_method="send_invoice",
        invoice_settings={"days_until_due": 20},
        subscription_data={"effective_date": at("2023-12-31 12:00"), "trial_period_days": 31})
    # Seats: 139.93, a third off is 46.638669, 46.64; 93.29 left, and 19 % of that are 17.7251, 17.73: 111.02 a month.
    # Setup: 250.00 less 83.325, rounded 83.33; 166.67 and 31.6673, 31.67 of tax: 198.34, due at once, beside the trial.
    recurring, upfront = quote["computed"]["recurring"], quote["computed"]["upfront"]
    assert (recurring["amount_subtotal"], recurring["total_details"]["amount_discount"],
            recurring["total_details"]["amount_tax"], recurring["amount_total"]) == (13993, 4664, 1773, 11102)
    assert (upfront["amount_subtotal"], upfront["amount_total"], quote["amount_total"]) == (25000, 19834, 11102 + 19834)

    world.advance("2023-12-01")
    api.post(f"/v1/quotes/{quote['id']}/finalize")
    quote = api.post(f"/v1/quotes/{quote['id']}/accept")
    assert (quote["status"], quote["subscription"], quote["invoice"]) == ("accepted", None, None)
    schedule = api.get(f"/v1/subscription_schedules/{quote['subscription_schedule']}")
    # The one phase is the trial and the first paid month; after it the subscription is released, and goes on.
    assert (schedule["status"], schedule["end_behavior"]) == ("not_started", "release")
    assert [(when(phase["start_date"]), when(phase["trial_end"]), when(phase["end_date"]), phase["coupon"])
            for phase in schedule["phases"]] == [("2023-12-31 12:00", "2024-01-31 12:00", "2024-02-29 12:00", third)]
    # A price that is archived meanwhile was agreed upon.
    api.post(f"/v1/prices/{seats}", active=False)

    world.advance("2024-12-31 13:00")
    # Sent an hour after each is made, due after twenty days, and nobody pays; billing stays on the last day of the month.
    assert world.bills() == text("""
        2023-12-31 12:00 198.34 open
        2024-01-31 12:00 111.02 open
        2024-02-29 12:00 111.02 open
        2024-03-31 12:00 111.02 open
        2024-04-30 12:00 111.02 open
        2024-05-31 12:00 111.02 open
        2024-06-30 12:00 111.02 open
        2024-07-31 12:00 111.02 open
        2024-08-31 12:00 111.02 open
        2024-09-30 12:00 111.02 open
        2024-10-31 12:00 111.02 open
        2024-11-30 12:00 111.02 open
        2024-12-31 12:00 111.02 open
    """)
    schedule = api.get(f"/v1/subscription_schedules/{schedule['id']}")
    assert (schedule["status"], when(schedule["completed_at"])) == ("completed", "2024-02-29 12:00")
    subscription = api.get(f"/v1/subscriptions/{schedule['released_subscription']}")
    assert (subscription["status"], subscription["days_until_due"], subscription["default_tax_rates"][0]["id"]) == (
        "past_due", 20, vat)
    assert [line["amount"] for line in world.invoices()[0]["lines"]["data"]] == [25000, 0]
    assert world.story("quote.created", "quote.finalized", "quote.accepted", "quote.canceled",
                       "subscription_schedule.created", "subscription_schedule.completed") == text("""
        2023-11-20 09:00 quote.created
        2023-12-01 quote.finalized
        2023-12-01 subscription_schedule.created
        2023-12-01 quote.accepted
        2024-02-29 12:00 subscription_schedule.completed
    """)
