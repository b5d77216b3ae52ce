"""Prices that have several currencies: which one is billed, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.clock import Clock, amounts

StartClock = Callable[..., Clock]

GOLD = {"eur": {"unit_amount": 900}, "jpy": {"unit_amount": 1000}, "kwd": {"unit_amount": 3250}}
"""What costs $10.00 costs €9.00, ¥1,000 or 3.250 KWD."""
MISMATCH = "Currency and interval fields must match across all plans on this subscription. Found mismatch in currency field."
COMBINED = ("You cannot combine currencies on a single customer. This customer has had a subscription, coupon, or invoice item "
            "with currency {}")
ONLY = "The price specified only supports {}. This doesn't match the expected currency: `{}`."


def gold(time: Clock, interval: str | None = "month", **values: Any) -> str:
    return time.price(1000, interval, **{"currency_options": GOLD} | values)


def other_customer(time: Clock) -> str:
    return str(time.api.post("/v1/customers", test_clock=time.id, payment_method="pm_card_visa", email="b@example.com",
                             invoice_settings={"default_payment_method": "pm_card_visa"})["id"])


@pytest.mark.parametrize(("currency", "amount", "text"), [
    ("usd", 1000, "$10.00"), ("eur", 900, "€9.00"), ("jpy", 1000, "¥1,000"), ("kwd", 3250, "3.250 KWD")])
def test_a_subscription_is_billed_in_the_currency_it_asks_for(
        clock: StartClock, currency: str, amount: int, text: str) -> None:
    time = clock("2022-09-01")
    rate = time.api.post("/v1/tax_rates", display_name="VAT", percentage=10, inclusive=False)["id"]
    items = [{"price": gold(time), "quantity": 2}]
    preview = time.upcoming(customer=time.customer, currency=currency, subscription_items=items,
                            subscription_default_tax_rates=[rate])
    subscription = time.subscribe(items=items, currency=currency, default_tax_rates=[rate])
    invoice = time.latest_invoice(subscription)
    for shown in (preview, invoice):
        (line,) = shown["lines"]["data"]
        assert (shown["currency"], shown["subtotal"], shown["tax"], shown["total"]) == (
            currency, 2 * amount, amount // 5, 2 * amount + amount // 5)
        assert (line["currency"], line["amount"], line["unit_amount_excluding_tax"]) == (currency, 2 * amount, str(amount))
        assert line["description"] == f"2 × Gold (at {text} / month)"
        assert [line[name][amount_name] for name, amount_name in (("price", "unit_amount"), ("plan", "amount"))] == [1000, 1000]
        assert (line["price"]["currency"], line["plan"]["currency"]) == ("usd", "usd")
    assert (subscription["currency"], time.customer_now()["currency"]) == (currency, currency)
    upcoming = time.upcoming(subscription=subscription["id"])
    assert (upcoming["currency"], upcoming["subtotal"]) == (currency, 2 * amount)
    charged = time.api.get("/v1/charges", customer=time.customer)["data"]
    assert [(charge["currency"], charge["amount"]) for charge in charged] == [(currency, 2 * amount + amount // 5)]


def test_the_customers_currency_comes_before_the_prices_own(clock: StartClock) -> None:
    time = clock("2022-09-01")
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=100, currency="eur")
    subscription = time.subscribe(gold(time))
    assert (subscription["currency"], amounts(time.latest_invoice(subscription))) == ("eur", [100, 900])
    # Asked for or not, they stay with it.
    for values, message in (({"currency": "jpy"}, COMBINED.format("eur")), ({"currency": "gbp"}, ONLY.format(
            "`usd`, `eur`, `jpy`, `kwd`", "gbp"))):
        refused = time.refused("POST", "/v1/subscriptions", customer=time.customer, items=[{"price": gold(time)}], **values)
        assert (refused.status, refused.error["message"]) == (400, message)
    dollars = time.price(1000)
    refused = time.refused("POST", "/v1/subscriptions", customer=time.customer, items=[{"price": dollars}])
    assert (refused.status, refused.error["message"]) == (400, COMBINED.format("eur"))
    refused = time.refused("POST", "/v1/subscriptions", customer=time.customer, items=[{"price": dollars}], currency="eur")
    assert (refused.error["message"], refused.error["param"]) == (ONLY.format("`usd`", "eur"), "currency")
    new = {"customer_details": {"tax_exempt": "none"}, "subscription_items": [{"price": gold(time)}]}
    preview = time.upcoming(currency="eur", **new)
    assert (preview["currency"], amounts(preview)) == ("eur", [900])
    refused = time.refused("GET", "/v1/invoices/upcoming", currency="gbp", **new)
    assert (refused.error["message"], refused.error["param"]) == (ONLY.format("`usd`, `eur`, `jpy`, `kwd`", "gbp"), "currency")
    refused = time.refused("GET", "/v1/invoices/upcoming", subscription=subscription["id"],
                           subscription_items=[{"price": dollars}])
    assert (refused.error["message"], refused.error["param"]) == (ONLY.format("`usd`", "eur"), "subscription_items[0][price]")
    refused = time.refused("POST", f"/v1/subscriptions/{subscription['id']}", currency="jpy")
    assert refused.error["code"] == "parameter_unknown"


def test_items_share_the_first_prices_currency_unless_another_is_asked_for(clock: StartClock) -> None:
    time = clock("2022-09-01")
    euros = time.price(500, currency="eur", product="Extra", currency_options={"usd": {"unit_amount": 555}})
    yen = time.price(70, currency="jpy", product="Yen")
    both = {"customer": time.customer, "items": [{"price": gold(time)}, {"price": yen}]}
    refused = time.refused("POST", "/v1/subscriptions", **both)
    assert (refused.status, refused.error["message"], refused.error["param"]) == (400, MISMATCH, "items")
    subscription = time.subscribe(gold(time), euros)
    assert (subscription["currency"], amounts(time.latest_invoice(subscription))) == ("usd", [1000, 555])
    made = time.api.post("/v1/subscriptions", **both | {"customer": other_customer(time)}, currency="jpy",
                         expand=["latest_invoice"])
    assert (made["currency"], amounts(made["latest_invoice"])) == ("jpy", [1000, 70])


def test_what_is_added_later_has_the_subscriptions_currency(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(gold(time), currency="jpy")
    path, item = f"/v1/subscriptions/{subscription['id']}", subscription["items"]["data"][0]["id"]
    dollars, fee = time.price(700, product="Dollars"), time.price(300, None, product="Fee")
    for values, param in (({"items": [{"price": dollars}]}, "items[0][price]"),
                          ({"items": [{"id": item, "price": dollars}]}, "items[0][price]"),
                          ({"add_invoice_items": [{"price": fee}]}, "add_invoice_items[0][price]")):
        refused = time.refused("POST", path, **values)
        assert (refused.status, refused.error["message"], refused.error["param"]) == (400, ONLY.format("`usd`", "jpy"), param)
    refused = time.refused("POST", "/v1/subscription_items", subscription=subscription["id"], price=dollars)
    assert (refused.error["message"], refused.error["param"]) == (ONLY.format("`usd`", "jpy"), "price")
    # Half of the month is left: ¥500 come back, and ¥1,501 of ¥3,001 are due, rounded away from zero.
    time.advance("2022-09-16")
    dear = time.price(3000, product="Dear", currency_options={"jpy": {"unit_amount": 3001}})
    setup = time.price(2000, None, product="Setup", currency_options={"jpy": {"unit_amount": 2500}})
    changed = {"items": [{"id": item, "price": dear}], "proration_behavior": "always_invoice"}
    renamed = {f"subscription_{name}": value for name, value in changed.items()}
    preview = time.upcoming(subscription=subscription["id"], **renamed)
    assert amounts(preview) == [-500, 1501]
    time.update(subscription, **changed, add_invoice_items=[{"price": setup}])
    invoice = time.latest_invoice(subscription)
    assert (invoice["currency"], sorted(amounts(invoice))) == ("jpy", [-500, 1501, 2500])
    assert [line["description"] for line in invoice["lines"]["data"] if line["proration"]] == [
        "Unused time on Gold after 16 Sep 2022", "Remaining time on Dear after 16 Sep 2022"]


def test_thresholds_usage_and_pending_updates_count_in_the_billed_currency(clock: StartClock) -> None:
    time = clock("2022-09-01")
    usage = time.price(7, product="Usage", recurring={"usage_type": "metered"}, currency_options={"jpy": {"unit_amount": 100}})
    subscription = time.subscribe(gold(time), usage, currency="jpy", billing_thresholds={"amount_gte": 900})
    licensed, metered = [item["id"] for item in subscription["items"]["data"]]
    record = f"/v1/subscription_items/{metered}/usage_records"
    time.api.post(record, quantity=8)
    assert len(time.invoices()) == 1
    time.api.post(record, quantity=1)
    reached = time.latest_invoice(subscription)
    assert (reached["billing_reason"], reached["currency"], reached["total"]) == ("subscription_threshold", "jpy", 900)
    time.update(subscription, billing_thresholds="")
    # What waits for its payment is billed, and made, at the option's amount.
    bad = time.api.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", customer=time.customer)["id"]
    time.api.post(f"/v1/customers/{time.customer}", invoice_settings={"default_payment_method": bad})
    waiting = time.update(subscription, items=[{"id": licensed, "quantity": 3}], payment_behavior="pending_if_incomplete",
                          proration_behavior="always_invoice")
    invoice = time.latest_invoice(waiting)
    assert (waiting["pending_update"] is not None, amounts(invoice), invoice["currency"]) == (True, [-1000, 3000], "jpy")
    good = time.api.post("/v1/payment_methods/pm_card_visa/attach", customer=time.customer)["id"]
    assert time.api.post(f"/v1/invoices/{invoice['id']}/pay", payment_method=good)["status"] == "paid"
    time.api.post(f"/v1/customers/{time.customer}", invoice_settings={"default_payment_method": good})
    time.api.post(record, quantity=2)
    time.advance("2022-10-01 02:00")
    assert sorted(amounts(time.latest_invoice(subscription))) == [200, 3000]


def test_an_option_that_is_taken_away_is_billed_on_and_not_begun(clock: StartClock) -> None:
    time = clock("2022-09-01")
    price = gold(time)
    schedule = time.api.post("/v1/subscription_schedules", customer=time.customer, start_date="now", phases=[
        {"items": [{"price": price}], "currency": "eur", "iterations": 2}])
    time.api.post(f"/v1/prices/{price}", currency_options="")
    time.advance(months=1, hours=2)
    subscription = time.api.get(f"/v1/subscriptions/{schedule['subscription']}")
    assert amounts(time.latest_invoice(subscription)) == [900]
    item = subscription["items"]["data"][0]["id"]
    time.update(subscription, items=[{"id": item, "quantity": 2}], proration_behavior="none")
    path = f"/v1/subscription_schedules/{schedule['id']}"
    time.api.post(path, phases=[
        {"items": [{"price": price, "quantity": 3}], **time.api.get(path)["current_phase"]}], proration_behavior="none")
    assert time.upcoming(subscription=subscription["id"])["currency"] == "eur"
    refused = time.refused("POST", "/v1/subscriptions", customer=other_customer(time), items=[{"price": price}],
                           currency="eur")
    assert refused.error["message"] == ONLY.format("`usd`", "eur")
    # An option that comes back is what it says now, for everybody.
    time.api.post(f"/v1/prices/{price}", currency_options={"eur": {"unit_amount": 800}})
    time.advance("2022-11-01 02:00")
    assert amounts(time.latest_invoice(subscription)) == [2400]


def test_phases_are_in_a_currency_of_their_prices(clock: StartClock) -> None:
    time = clock("2022-09-01")
    price, setup = gold(time), gold(time, None)
    two = [{"items": [{"price": price}], "currency": "jpy", "iterations": 1, "add_invoice_items": [{"price": setup}]},
           {"items": [{"price": price, "quantity": 3}], "iterations": 1}]
    wrong = time.refused("POST", "/v1/subscription_schedules", customer=time.customer, start_date="now", phases=[
        {"items": [{"price": price}], "currency": "gbp", "iterations": 1}])
    assert (wrong.error["message"], wrong.error["param"]) == (
        ONLY.format("`usd`, `eur`, `jpy`, `kwd`", "gbp"), "phases[0][currency]")
    fee = time.price(300, None, product="Fee")
    wrong = time.refused("POST", "/v1/subscription_schedules", customer=time.customer, start_date="now", phases=[
        two[0] | {"add_invoice_items": [{"price": fee}]}])
    assert (wrong.error["message"], wrong.error["param"]) == (
        ONLY.format("`usd`", "jpy"), "phases[0][add_invoice_items][0][price]")
    schedule = time.api.post("/v1/subscription_schedules", customer=time.customer, start_date="now", phases=two)
    assert [phase["currency"] for phase in schedule["phases"]] == ["jpy", "jpy"]
    subscription = time.api.get(f"/v1/subscriptions/{schedule['subscription']}")
    assert (subscription["currency"], amounts(time.latest_invoice(subscription))) == ("jpy", [1000, 1000])
    assert amounts(time.upcoming(schedule=schedule["id"])) == [3000]
    time.advance("2022-10-01 02:00")
    assert amounts(time.latest_invoice(subscription)) == [3000]
    wrong = time.refused("POST", f"/v1/subscription_schedules/{schedule['id']}", phases=[
        {"items": [{"price": price}], "currency": "eur", "start_date": schedule["phases"][1]["start_date"], "iterations": 2}])
    assert wrong.error["message"] == COMBINED.format("jpy")


def test_invoice_items_take_a_price_in_a_currency(clock: StartClock) -> None:
    time = clock("2022-09-01")
    setup, dollars = gold(time, None), time.price(300, None, product="Fee")
    wrong = time.refused("POST", "/v1/invoiceitems", customer=time.customer, price=setup, currency="gbp")
    assert (wrong.error["message"], wrong.error["param"]) == (ONLY.format("`usd`, `eur`, `jpy`, `kwd`", "gbp"), "currency")
    item = time.api.post("/v1/invoiceitems", customer=time.customer, price=setup, currency="kwd", quantity=2)
    shown = ("currency", "amount", "unit_amount", "unit_amount_decimal")
    assert [item[name] for name in shown] == ["kwd", 6500, 3250, "3250"]
    assert (item["price"]["currency"], item["price"]["unit_amount"]) == ("usd", 1000)
    item = time.api.post(f"/v1/invoiceitems/{item['id']}", quantity=3)
    assert [item[name] for name in shown] == ["kwd", 9750, 3250, "3250"]
    wrong = time.refused("POST", f"/v1/invoiceitems/{item['id']}", price=dollars)
    assert (wrong.error["message"], wrong.error["param"]) == (ONLY.format("`usd`", "kwd"), "price")
    euros = time.price(300, None, product="Fee", currency_options={"eur": {"unit_amount": 200}})
    wrong = time.refused("POST", f"/v1/invoiceitems/{item['id']}", price=euros)
    assert (wrong.error["message"], wrong.error["param"]) == (ONLY.format("`usd`, `eur`", "kwd"), "price")
    # The customer's currency comes before the price's own, on a draft as well.
    draft = time.api.post("/v1/invoices", customer=time.customer, pending_invoice_items_behavior="include")
    time.api.post("/v1/invoiceitems", customer=time.customer, price=setup, invoice=draft["id"])
    invoice = time.retrieve(draft)
    assert (invoice["currency"], amounts(invoice)) == ("kwd", [3250, 9750])
    assert [line["unit_amount_excluding_tax"] for line in invoice["lines"]["data"]] == ["3250", "3250"]
    subscription = time.subscribe(gold(time))
    preview = time.upcoming(subscription=subscription["id"], invoice_items=[{"price": setup}])
    assert (preview["currency"], amounts(preview)) == ("kwd", [3250, 3250])
    stranger = time.upcoming(customer=other_customer(time), currency="eur", invoice_items=[{"price": setup}],
                             subscription_items=[{"price": gold(time)}])
    assert (stranger["currency"], amounts(stranger)) == ("eur", [900, 900])
    # Half of what the line came to is credited in its currency.
    final = time.api.post(f"/v1/invoices/{draft['id']}/finalize")
    note = time.api.post("/v1/credit_notes", invoice=final["id"], lines=[
        {"type": "invoice_line_item", "invoice_line_item": final["lines"]["data"][0]["id"], "amount": 1625}])
    assert (note["currency"], note["amount"]) == ("kwd", 1625)


def test_a_quote_is_in_its_customers_currency(clock: StartClock) -> None:
    time = clock("2022-09-01")
    lines = [{"price": gold(time), "quantity": 2}, {"price": gold(time, None)}]
    quote = time.api.post("/v1/quotes", test_clock=time.id, line_items=lines)
    assert (quote["currency"], quote["amount_total"]) == ("usd", 3000)
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=100, currency="jpy")
    quote = time.api.post(f"/v1/quotes/{quote['id']}", customer=time.customer)
    assert (quote["currency"], quote["amount_total"], quote["computed"]["recurring"]["amount_total"]) == ("jpy", 3000, 2000)
    quoted = time.api.get(f"/v1/quotes/{quote['id']}/line_items")["data"]
    assert [(line["currency"], line["amount_total"], line["price"]["unit_amount"]) for line in quoted] == [
        ("jpy", 2000, 1000), ("jpy", 1000, 1000)]
    later = time.api.post("/v1/quotes", customer=time.customer, line_items=lines,
                          subscription_data={"effective_date": time.now + 86_400})
    for made in (quote, later):
        time.api.post(f"/v1/quotes/{made['id']}/finalize")
        assert time.api.post(f"/v1/quotes/{made['id']}/accept")["status"] == "accepted"
    time.advance(days=2)
    assert {(invoice["currency"], tuple(sorted(amounts(invoice)))) for invoice in time.invoices()} == {
        ("jpy", (100, 1000, 2000)), ("jpy", (1000, 2000))}
    dollars = time.price(300, None, product="Fee")
    wrong = time.refused("POST", "/v1/quotes", customer=time.customer, line_items=[lines[0], {"price": dollars}])
    assert wrong.error["message"] == COMBINED.format("jpy")
    own = time.price(300, currency="eur", product="Euros")
    wrong = time.refused("POST", "/v1/quotes", customer=other_customer(time), line_items=[{"price": own}, {"price": dollars}])
    assert (wrong.error["message"], wrong.error["param"]) == (ONLY.format("`usd`", "eur"), "line_items[1][price]")


def test_a_promotion_codes_minimum_is_met_in_the_billed_currency(clock: StartClock) -> None:
    time = clock("2022-09-01")
    time.api.post("/v1/coupons", id="off", amount_off=100, currency="usd", duration="once",
                  currency_options={"jpy": {"amount_off": 120}})
    code = time.api.post("/v1/promotion_codes", coupon="off", restrictions={
        "minimum_amount": 100, "minimum_amount_currency": "usd", "currency_options": {"jpy": {"minimum_amount": 1500}}})["id"]
    price = gold(time)
    refused = time.refused("POST", "/v1/subscriptions", customer=time.customer, items=[{"price": price}], currency="jpy",
                           promotion_code=code)
    assert (refused.status, refused.error["param"]) == (400, "promotion_code")
    subscription = time.subscribe(items=[{"price": price, "quantity": 2}], currency="jpy", promotion_code=code)
    assert time.latest_invoice(subscription)["total"] == 1880


def test_a_price_without_an_amount_bills_nothing(clock: StartClock) -> None:
    time = clock("2022-09-01")
    chosen = time.price(None, None, custom_unit_amount={"enabled": True}, currency_options={"eur": {"unit_amount": 100}})
    for path, values, param in (
            ("/v1/invoiceitems", {"price": chosen}, "price"),
            ("/v1/subscriptions", {"items": [{"price": gold(time)}], "add_invoice_items": [{"price": chosen}]},
             "add_invoice_items[0][price]")):
        refused = time.refused("POST", path, customer=time.customer, **values)
        assert (refused.status, refused.error["message"], refused.error["param"]) == (
            400, "The price specified has a `custom_unit_amount`, which can only be chosen in a checkout.", param)
    partly = time.price(500, currency_options={"eur": {"custom_unit_amount": {"enabled": True}}, "jpy": {"unit_amount": 1}})
    refused = time.refused("POST", "/v1/subscriptions", customer=time.customer, items=[{"price": partly}], currency="eur")
    assert (refused.status, refused.error["message"]) == (400, ONLY.format("`usd`, `jpy`", "eur"))
