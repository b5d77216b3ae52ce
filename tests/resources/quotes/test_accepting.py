"""What a quote says it comes to is what accepting it bills."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.clock import COLLECTED, DAY, HOUR, Clock, amounts, at, billed
from tests.support.reference import conforms

MakeClock = Callable[..., Clock]


def accepted(clock: Clock, quote: dict[str, Any]) -> dict[str, Any]:
    """The quote, finalised and accepted."""
    clock.api.post(f"/v1/quotes/{quote['id']}/finalize")
    clock.new_events()
    return clock.api.post(f"/v1/quotes/{quote['id']}/accept")


def quote_for(clock: Clock, *lines: dict[str, Any], **values: Any) -> dict[str, Any]:
    return clock.api.post("/v1/quotes", customer=clock.customer, line_items=list(lines), **values)


def totals(part: dict[str, Any]) -> tuple[int, int, int, int]:
    """Subtotal, discount, tax and total of a quote, or of a part of what it computes."""
    details = part["total_details"]
    return part["amount_subtotal"], details["amount_discount"], details["amount_tax"], part["amount_total"]


def invoice_totals(invoice: dict[str, Any]) -> tuple[int, int, int, int]:
    discount = sum(each["amount"] for each in invoice["total_discount_amounts"])
    return invoice["subtotal"], discount, invoice["tax"] or 0, invoice["total"]


def test_recurring_and_one_time_prices_become_a_subscription_that_bills_both(clock: MakeClock, api: Api) -> None:
    c = clock("2022-08-01")
    gold, setup = c.price(1000, product="Gold"), c.price(5000, None, product="Setup")
    rate = api.post("/v1/tax_rates", display_name="VAT", inclusive=False, percentage=20)["id"]
    coupon = api.post("/v1/coupons", percent_off=10, duration="once")["id"]
    quote = quote_for(c, {"price": gold, "quantity": 2}, {"price": setup}, default_tax_rates=[rate],
                      discounts=[{"coupon": coupon}])
    # 2000 + 5000, a tenth off each, 20 % of what is left on top: (1800 + 4500) * 1.2.
    assert totals(quote) == totals(quote["computed"]["upfront"]) == (7000, 700, 1260, 7560)
    # The coupon is used up by the first invoice, and the setup comes once: 2000 * 1.2 each month.
    recurring = quote["computed"]["recurring"]
    assert (*totals(recurring), recurring["interval"], recurring["interval_count"]) == (2000, 0, 400, 2400, "month", 1)
    assert api.get(f"/v1/coupons/{coupon}")["times_redeemed"] == 0
    assert c.new_events() == ["quote.created"]

    quote = accepted(c, quote)
    assert c.new_events() == [
        "customer.updated", "customer.discount.created", "invoiceitem.created", "customer.subscription.created",
        "invoiceitem.updated", "invoice.created", "quote.accepted"]
    subscription, invoice = (c.retrieve({"object": kind, "id": quote[kind]}) for kind in ("subscription", "invoice"))
    assert (subscription["status"], subscription["current_period_end"]) == ("active", at("2022-09-01"))
    assert subscription["latest_invoice"] == invoice["id"]
    assert (invoice["billing_reason"], invoice["status"], invoice["quote"]) == ("quote_accept", "draft", quote["id"])
    assert (invoice["auto_advance"], invoice["next_payment_attempt"]) == (True, c.now + HOUR)
    assert invoice_totals(invoice) == totals(quote["computed"]["upfront"])
    assert (quote["status"], quote["status_transitions"]["accepted_at"]) == ("accepted", c.now)
    assert api.get(f"/v1/coupons/{coupon}")["times_redeemed"] == 1
    # What is discounted and taxed, line by line, is what the quote lists for its first invoice.
    listed = api.get(f"/v1/quotes/{quote['id']}/computed_upfront_line_items")["data"]
    assert [(item["amount_subtotal"], item["price"]["id"], item["quantity"]) for item in listed] == [
        (line["amount"], line["price"]["id"], line["quantity"]) for line in invoice["lines"]["data"]] == [
        (5000, setup, 1), (2000, gold, 2)]

    c.advance(hours=1, expect=["customer.discount.deleted", *COLLECTED])
    c.advance("2022-09-01 01:00")
    assert [invoice_totals(invoice) for invoice in c.invoices()] == [totals(quote), totals(recurring)]


def test_one_time_prices_become_an_invoice(clock: MakeClock, api: Api) -> None:
    c = clock("2022-08-01")
    setup, training = c.price(5000, None, product="Setup"), c.price(333, None, product="Training")
    inclusive = api.post("/v1/tax_rates", display_name="VAT", inclusive=True, percentage=20)["id"]
    coupon = api.post("/v1/coupons", amount_off=500, currency="usd", duration="forever")["id"]
    quote = quote_for(c, {"price": setup}, {"price": training, "quantity": 3, "tax_rates": [inclusive]}, {"price": setup},
                      discounts=[{"coupon": coupon}], collection_method="send_invoice",
                      invoice_settings={"days_until_due": 14})
    # 500 over 5000, 999 and 5000: 227, 45 and the rest, 228; 954 include 159 of tax.
    assert totals(quote) == totals(quote["computed"]["upfront"]) == (10999, 500, 159, 10499)
    assert quote["computed"]["recurring"] is None
    lines = api.get(f"/v1/quotes/{quote['id']}/line_items")
    conforms(lines)
    assert [(line["amount_subtotal"], line["amount_discount"], line["amount_tax"], line["amount_total"], line["description"])
            for line in lines["data"]] == [
        (5000, 227, 0, 4773, "Setup"), (999, 45, 159, 954, "Training"), (5000, 228, 0, 4772, "Setup")]

    quote = accepted(c, quote)
    assert c.new_events() == [
        "customer.updated", "invoiceitem.created", "invoiceitem.created", "invoiceitem.created", "invoiceitem.updated",
        "invoiceitem.updated", "invoiceitem.updated", "customer.discount.created", "invoice.created", "quote.accepted"]
    assert (quote["subscription"], quote["subscription_schedule"]) == (None, None)
    invoice = api.get(f"/v1/invoices/{quote['invoice']}", expand=["quote"])
    assert (invoice["billing_reason"], invoice["status"], invoice["due_date"]) == ("quote_accept", "draft", c.now + 14 * DAY)
    assert invoice["quote"] == quote
    assert billed(invoice) == [(5000, c.now, c.now), (999, c.now, c.now), (5000, c.now, c.now)]
    assert invoice_totals(invoice) == totals(quote)

    # The draft can be deleted as any other one-off draft; the quote goes on naming it.
    api.delete(f"/v1/invoices/{invoice['id']}")
    gone = api.get(f"/v1/quotes/{quote['id']}", expand=["invoice"])
    assert gone["invoice"] == {"id": invoice["id"], "object": "invoice", "deleted": True}
    assert api.get(f"/v1/quotes/{quote['id']}")["invoice"] == invoice["id"]


def test_a_trial_bills_only_what_is_due_at_once(clock: MakeClock, api: Api) -> None:
    c = clock("2022-08-01")
    gold, setup = c.price(1000, product="Gold"), c.price(5000, None, product="Setup")
    quote = quote_for(c, {"price": gold, "quantity": 3}, {"price": setup}, subscription_data={"trial_period_days": 10})
    assert (totals(quote), totals(quote["computed"]["upfront"]), totals(quote["computed"]["recurring"])) == (
        (8000, 0, 0, 8000), (5000, 0, 0, 5000), (3000, 0, 0, 3000))
    upfront = api.get(f"/v1/quotes/{quote['id']}/computed_upfront_line_items")["data"]
    assert [(item["description"], item["amount_total"]) for item in upfront] == [("Setup", 5000), ("Gold", 0)]
    quote = accepted(c, quote)
    subscription = api.get(f"/v1/subscriptions/{quote['subscription']}")
    assert (subscription["status"], subscription["trial_end"]) == ("trialing", at("2022-08-11"))
    c.advance("2022-08-11 01:00")
    assert [amounts(invoice) for invoice in c.invoices()] == [[5000, 0], [3000]]


def test_what_waits_for_the_customer_is_no_part_of_the_quote(clock: MakeClock, api: Api) -> None:
    c = clock("2022-08-01")
    gold = c.price(1000)
    api.post("/v1/invoiceitems", customer=c.customer, amount=700, currency="usd", description="Support")
    coupon = api.post("/v1/coupons", amount_off=300, currency="usd", duration="once")["id"]
    quote = quote_for(c, {"price": gold}, discounts=[{"coupon": coupon}])
    assert totals(quote["computed"]["upfront"]) == (1000, 300, 0, 700)
    # It is still there, and goes on the first invoice beside what was quoted, as on that of any subscription.
    assert [item["description"] for item in c.pending()] == ["Support"]
    quote = accepted(c, quote)
    assert amounts(api.get(f"/v1/invoices/{quote['invoice']}")) == [700, 1000]


@pytest.mark.parametrize(("terms", "upfront", "recurring"), [
    # Volume: 7 units all in the second tier, 7 * 80 + 100.
    ({"billing_scheme": "tiered", "tiers_mode": "volume", "unit_amount": None,
      "tiers": [{"up_to": 5, "unit_amount": 100}, {"up_to": "inf", "unit_amount": 80, "flat_amount": 100}]},
     (660, 66, 0, 594), (660, 66, 0, 594)),
    # Packages of five, rounded up: 2 * 300.
    ({"unit_amount": 300, "transform_quantity": {"divide_by": 5, "round": "up"}}, (600, 60, 0, 540), (600, 60, 0, 540)),
    # 7 * 0.5 is 3.5 and rounds to 4; a tenth of 4 is 0.4 and rounds to 0.
    ({"unit_amount": None, "unit_amount_decimal": "0.5"}, (4, 0, 0, 4), (4, 0, 0, 4)),
])
def test_every_kind_of_price_is_quoted_as_it_is_billed(
    clock: MakeClock, api: Api, terms: dict[str, Any], upfront: tuple[int, ...], recurring: tuple[int, ...]) -> None:
    c = clock("2022-08-01")
    price = c.price(interval="month", **terms)
    coupon = api.post("/v1/coupons", percent_off=10, duration="forever")["id"]
    quote = quote_for(c, {"price": price, "quantity": 7}, discounts=[{"coupon": coupon}])
    assert (totals(quote["computed"]["upfront"]), totals(quote["computed"]["recurring"])) == (upfront, recurring)
    quote = accepted(c, quote)
    c.advance("2022-09-01 01:00")
    assert [invoice_totals(invoice) for invoice in c.invoices()] == [upfront, recurring]


def test_a_metered_price_is_quoted_without_usage(clock: MakeClock, api: Api) -> None:
    c = clock("2022-08-01")
    calls = c.price(None, "month", recurring={"usage_type": "metered"}, billing_scheme="tiered", tiers_mode="graduated",
                    tiers=[{"up_to": 10, "unit_amount": 5}, {"up_to": "inf", "unit_amount": 2}])
    quote = quote_for(c, {"price": calls})
    item = api.get(f"/v1/quotes/{quote['id']}/line_items")["data"][0]
    assert (item["quantity"], item["amount_total"], totals(quote)) == (None, 0, (0, 0, 0, 0))
    quote = accepted(c, quote)
    assert (amounts(api.get(f"/v1/invoices/{quote['invoice']}")), api.get(
        f"/v1/subscriptions/{quote['subscription']}")["status"]) == ([0], "active")


def test_acceptance_is_refused_where_the_offer_can_be_had_no_more(clock: MakeClock, api: Api) -> None:
    c = clock("2022-08-01")
    gold = c.price(1000)
    coupon = api.post("/v1/coupons", percent_off=10, duration="forever", max_redemptions=1)["id"]
    first, second = (quote_for(c, {"price": gold}, discounts=[{"coupon": coupon}]) for _ in range(2))
    for quote in (first, second):
        api.post(f"/v1/quotes/{quote['id']}/finalize")
    api.post(f"/v1/quotes/{first['id']}/accept")
    refused = api.refused("POST", f"/v1/quotes/{second['id']}/accept")
    assert (refused.status, refused.error["code"], refused.error["message"]) == (
        400, "coupon_expired", f"Coupon expired: {coupon}")
    assert api.get(f"/v1/quotes/{second['id']}")["status"] == "open"
    # A price that was archived since is still the one that was offered.
    third = quote_for(c, {"price": gold})
    api.post(f"/v1/prices/{gold}", active=False)
    assert accepted(c, third)["status"] == "accepted"


def test_a_coupon_that_was_deleted_is_not_the_new_one_of_its_id(clock: MakeClock, api: Api) -> None:
    c = clock("2022-08-01")
    gold = c.price(1000)
    deal = api.post("/v1/coupons", id="deal", percent_off=10, duration="forever")["id"]
    quote = quote_for(c, {"price": gold}, discounts=[{"coupon": deal}])
    api.post(f"/v1/quotes/{quote['id']}/finalize")
    api.delete(f"/v1/coupons/{deal}")
    api.post("/v1/coupons", id=deal, percent_off=90, duration="forever")
    assert api.refused("POST", f"/v1/quotes/{quote['id']}/accept").error["message"] == "Coupon expired: deal"
    (shown,) = api.get(f"/v1/quotes/{quote['id']}", expand=["discounts"])["discounts"]
    assert (shown["coupon"]["id"], shown["coupon"]["percent_off"], shown["coupon"]["valid"]) == ("deal", 10, False)


def test_an_effective_date_that_has_passed_is_ignored(clock: MakeClock, api: Api) -> None:
    c = clock("2022-08-01")
    gold = c.price(1000)
    first, second = (quote_for(c, {"price": gold}, subscription_data={"effective_date": at("2022-08-05")}) for _ in range(2))
    c.advance("2022-08-04")
    first = accepted(c, first)
    assert c.new_events() == ["customer.updated", "subscription_schedule.created", "quote.accepted"]
    schedule = api.get(f"/v1/subscription_schedules/{first['subscription_schedule']}")
    assert (first["subscription"], schedule["status"], schedule["phases"][0]["start_date"]) == (
        None, "not_started", at("2022-08-05"))
    c.advance("2022-08-06")
    second = accepted(c, second)
    assert (second["subscription_schedule"], api.get(f"/v1/subscriptions/{second['subscription']}")["start_date"]) == (
        None, at("2022-08-06"))
    assert second["subscription_data"]["effective_date"] == at("2022-08-05")


def test_a_discount_of_the_customer_counts_where_the_quote_has_none(clock: MakeClock, api: Api) -> None:
    coupon, once, better = (api.post("/v1/coupons", percent_off=percent, duration=duration)["id"]
                            for percent, duration in ((10, "forever"), (20, "once"), (50, "once")))
    c = clock("2022-08-01", coupon=coupon)
    gold, setup = c.price(1000), c.price(500, None)
    own = c.customer_now()["discount"]
    quote = quote_for(c, {"price": gold}, {"price": setup})
    assert (totals(quote["computed"]["upfront"]), totals(quote["computed"]["recurring"])) == (
        (1500, 150, 0, 1350), (1000, 100, 0, 900))
    shown = api.get(f"/v1/quotes/{quote['id']}", expand=["total_details.breakdown"])
    conforms(shown)
    assert shown["total_details"]["breakdown"]["discounts"] == [{"amount": 150, "discount": own}]
    quote = accepted(c, quote)
    assert invoice_totals(c.retrieve({"object": "invoice", "id": quote["invoice"]})) == (1500, 150, 0, 1350)
    # The quote's own comes first, and the customer's again once that is used up.
    quote = accepted(c, quote_for(c, {"price": gold}, discounts=[{"coupon": better}]))
    assert (totals(quote["computed"]["upfront"]), totals(quote["computed"]["recurring"])) == (
        (1000, 500, 0, 500), (1000, 100, 0, 900))
    assert invoice_totals(c.retrieve({"object": "invoice", "id": quote["invoice"]})) == (1000, 500, 0, 500)
    quote = accepted(c, quote_for(c, {"price": setup}))
    assert invoice_totals(c.retrieve({"object": "invoice", "id": quote["invoice"]})) == totals(quote) == (500, 50, 0, 450)
    # One of the customer's that ends is none of the definite terms.
    api.post(f"/v1/customers/{c.customer}", coupon=once)
    quote = quote_for(c, {"price": gold})
    assert (totals(quote["computed"]["upfront"]), totals(quote["computed"]["recurring"])) == (
        (1000, 200, 0, 800), (1000, 0, 0, 1000))


def test_a_customer_who_pays_no_tax_is_quoted_none(clock: MakeClock, api: Api) -> None:
    c = clock("2022-08-01", tax_exempt="exempt")
    rate = api.post("/v1/tax_rates", display_name="VAT", inclusive=False, percentage=20)["id"]
    quote = quote_for(c, {"price": c.price(1000)}, default_tax_rates=[rate])
    assert totals(quote) == (1000, 0, 0, 1000)
    # They pay it by the time at which the quote is finalised.
    api.post(f"/v1/customers/{c.customer}", tax_exempt="none")
    quote = accepted(c, quote)
    assert totals(quote["computed"]["upfront"]) == invoice_totals(api.get(f"/v1/invoices/{quote['invoice']}")) == (
        1000, 0, 200, 1200)
