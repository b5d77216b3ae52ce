"""Quotes made, changed, listed, finalised and canceled, by callers and by time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.control.doctor import examine
from tests.support.api import Api
from tests.support.clock import DAY, Clock, at
from tests.support.connected import connected
from tests.support.reference import conforms
from tests.support.rows import row_counts
from tests.support.wall import NEW_YEAR, Wall

MakeClock = Callable[..., Clock]
MONTH = 30 * DAY


@pytest.fixture
def prices(api: Api) -> dict[str, str]:
    """A monthly, a yearly, a one-time and a foreign price, and one that customers set themselves."""
    gold = {"product_data": {"name": "Gold"}}
    terms: dict[str, dict[str, Any]] = {
        "month": {"currency": "usd", "unit_amount": 1000, "recurring": {"interval": "month"}},
        "year": {"currency": "usd", "unit_amount": 9000, "recurring": {"interval": "year"}},
        "once": {"currency": "usd", "unit_amount": 500},
        "euro": {"currency": "eur", "unit_amount": 500},
        "free": {"currency": "usd", "custom_unit_amount": {"enabled": True}},
        "usage": {"currency": "usd", "unit_amount": 5, "recurring": {"interval": "month", "usage_type": "metered"}},
    }
    return {name: api.post("/v1/prices", **gold, **values)["id"] for name, values in terms.items()}


def customer(api: Api, **values: Any) -> str:
    return str(api.post("/v1/customers", **{"email": "jenny@example.com"} | values)["id"])


def test_a_quote_shows_all_that_it_was_made_with(api: Api, prices: dict[str, str], wall: Wall) -> None:
    rate = api.post("/v1/tax_rates", display_name="VAT", inclusive=False, percentage=20)["id"]
    own_rate = api.post("/v1/tax_rates", display_name="Reduced", inclusive=True, percentage=10)["id"]
    coupon = api.post("/v1/coupons", percent_off=50, duration="repeating", duration_in_months=3)["id"]
    gold = api.post("/v1/products", name="Silver")["id"]
    seller = connected(api).account
    quote = api.post(
        "/v1/quotes", customer=customer(api), header="Offer", footer="Thank you", description="For a year",
        transfer_data={"destination": seller},
        application_fee_percent="1.25", automatic_tax={"enabled": True}, collection_method="send_invoice",
        invoice_settings={"days_until_due": 30}, default_tax_rates=[rate], discounts=[{"coupon": coupon}],
        expires_at=NEW_YEAR + DAY, metadata={"deal": "7"}, subscription_data={"effective_date": NEW_YEAR + 2 * DAY,
                                                                              "trial_period_days": 14},
        line_items=[
            {"price": prices["month"], "quantity": 3},
            {"price_data": {"currency": "usd", "product": gold, "unit_amount_decimal": "99.5",
                            "recurring": {"interval": "month", "interval_count": 1}, "tax_behavior": "exclusive"},
             "quantity": 3, "tax_rates": [own_rate]},
            {"price_data": {"currency": "usd", "product": gold, "unit_amount": 250}}])
    assert quote["id"].startswith("qt_1")
    expected = {
        "object": "quote", "application_fee_amount": None, "application_fee_percent": 1.25,
        "automatic_tax": {"enabled": True, "status": "complete"}, "collection_method": "send_invoice",
        "created": NEW_YEAR, "currency": "usd", "default_tax_rates": [rate], "description": "For a year",
        "expires_at": NEW_YEAR + DAY, "footer": "Thank you", "from_quote": None, "header": "Offer", "invoice": None,
        "invoice_settings": {"days_until_due": 30}, "livemode": False, "metadata": {"deal": "7"}, "number": None,
        "on_behalf_of": None, "status": "draft", "subscription": None,
        "status_transitions": {"accepted_at": None, "canceled_at": None, "finalized_at": None},
        "subscription_data": {"effective_date": NEW_YEAR + 2 * DAY, "trial_period_days": 14},
        "subscription_schedule": None, "test_clock": None,
        "transfer_data": {"amount": None, "amount_percent": None, "destination": seller},
        # 3000 at half price with 20 % on top: 1500, 1800. 3 * 99.5 = 298.5, rounded 299, half of it 149.5, rounded 150, leaves
        # 149 with 10 % inside: 13.5, rounded 14. 250 at half price with 20 % on top: 125, 150.
        "amount_subtotal": 3549, "amount_total": 1800 + 149 + 150,
        "total_details": {"amount_discount": 1775, "amount_shipping": 0, "amount_tax": 300 + 14 + 25},
        "computed": {
            # A coupon that ends is none of the definite terms: 3000 + 600, and 299 with 27.18 inside.
            "recurring": {"amount_subtotal": 3299, "amount_total": 3899, "interval": "month", "interval_count": 1,
                          "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 627}},
            "upfront": {"amount_subtotal": 250, "amount_total": 150,
                        "total_details": {"amount_discount": 125, "amount_shipping": 0, "amount_tax": 25}}},
    }
    assert {name: quote[name] for name in expected} == expected
    assert api.get(f"/v1/quotes/{quote['id']}") == quote
    (event,) = [event for event in api.events() if event["type"].startswith("quote.")]
    assert (event["type"], event["data"]["object"]) == ("quote.created", quote)

    # The breakdown tells which discount and which tax rate, whole.
    shown = api.get(f"/v1/quotes/{quote['id']}", expand=[
        "total_details.breakdown", "computed.recurring.total_details.breakdown", "discounts", "customer", "line_items"])
    conforms(shown)
    discount = shown["discounts"][0]
    assert (discount["object"], discount["coupon"]["id"], discount["customer"], discount["end"]) == (
        "discount", coupon, quote["customer"], None)
    breakdown = shown["total_details"]["breakdown"]
    assert breakdown["discounts"] == [{"amount": 1775, "discount": discount}]
    assert [(each["amount"], each["rate"]["id"]) for each in breakdown["taxes"]] == [(325, rate), (14, own_rate)]
    recurring = shown["computed"]["recurring"]["total_details"]["breakdown"]
    assert (recurring["discounts"], [each["amount"] for each in recurring["taxes"]]) == ([], [600, 27])
    assert [(item["object"], item["id"][:4], item["quantity"]) for item in shown["line_items"]["data"]] == [
        ("item", "li_1", 3), ("item", "li_1", 3), ("item", "li_1", 1)]
    assert "discounts" not in shown["line_items"]["data"][0]
    first = api.get(f"/v1/quotes/{quote['id']}/line_items", limit=1, expand=["data.discounts", "data.taxes"])
    conforms(first)
    assert first["has_more"] is True
    assert first["data"][0]["discounts"] == [{"amount": 1500, "discount": discount}]
    assert [(each["amount"], each["rate"]["id"]) for each in first["data"][0]["taxes"]] == [(300, rate)]


def test_a_draft_changes_and_is_computed_anew(api: Api, prices: dict[str, str]) -> None:
    quote = api.post("/v1/quotes", line_items=[{"price": prices["month"]}, {"price": prices["once"]}])
    assert (quote["customer"], quote["amount_total"]) == (None, 1500)
    path = f"/v1/quotes/{quote['id']}"
    gold = api.get(f"{path}/line_items")["data"][0]
    before = api.event_types()
    # One changes, one is gone because it is not named, and one is new.
    quote = api.post(path, line_items=[{"price": prices["usage"]}, {"id": gold["id"], "quantity": 4}], header="Offer",
                     metadata={"a": "1"})
    lines = api.get(f"{path}/line_items")["data"]
    assert [(line["price"]["id"], line["quantity"]) for line in lines] == [(prices["usage"], None), (prices["month"], 4)]
    assert (lines[1]["id"], quote["amount_total"], quote["header"]) == (gold["id"], 4000, "Offer")
    # What is not named stays; a price that changes keeps the quantity.
    coupon = api.post("/v1/coupons", amount_off=700, currency="usd")["id"]
    quote = api.post(path, discounts=[{"coupon": coupon}], line_items=[{"id": gold["id"], "price": prices["once"]}])
    assert (quote["amount_subtotal"], quote["amount_total"], quote["computed"]["recurring"]) == (2000, 1300, None)
    kept = quote["discounts"]
    quote = api.post(path, discounts=[{"discount": kept[0]}], metadata={"b": "2"})
    assert (quote["discounts"], quote["metadata"]) == (kept, {"a": "1", "b": "2"})
    quote = api.post(path, discounts="", application_fee_amount="", metadata="", on_behalf_of="", transfer_data="",
                     subscription_data={"trial_period_days": 5})
    assert (quote["discounts"], quote["amount_total"], quote["application_fee_amount"], quote["metadata"]) == (
        [], 2000, None, {})
    quote = api.post(path, customer=customer(api), collection_method="send_invoice", invoice_settings={"days_until_due": 3})
    assert quote["invoice_settings"]["days_until_due"] == 3
    quote = api.post(path, collection_method="charge_automatically", subscription_data={"trial_period_days": ""})
    assert (quote["invoice_settings"], quote["subscription_data"]["trial_period_days"]) == ({"days_until_due": None}, None)
    # There is no event for the change of a quote.
    assert [type for type in api.event_types()[len(before):] if type.startswith("quote.")] == []
    assert examine(api.server.database, account=api.key) == []


def test_a_quote_without_line_items_comes_to_nothing(api: Api) -> None:
    quote = api.post("/v1/quotes")
    assert (quote["amount_total"], quote["currency"], quote["computed"]["recurring"]) == (0, None, None)
    assert quote["computed"]["upfront"]["amount_total"] == 0
    for end in ("line_items", "computed_upfront_line_items"):
        page = api.get(f"/v1/quotes/{quote['id']}/{end}")
        assert page == {"object": "list", "data": [], "has_more": False, "url": f"/v1/quotes/{quote['id']}/{end}"}


def test_finalising_numbers_and_opens_it(api: Api, prices: dict[str, str], wall: Wall) -> None:
    payer = api.post("/v1/customers", email="jenny@example.com", invoice_prefix="ACME")["id"]
    first, second = (api.post("/v1/quotes", customer=payer, line_items=[{"price": prices["month"]}]) for _ in range(2))
    assert first["expires_at"] == NEW_YEAR + MONTH
    wall.advance(60)
    first = api.post(f"/v1/quotes/{first['id']}/finalize", expires_at=NEW_YEAR + DAY)
    assert (first["status"], first["number"], first["expires_at"]) == ("open", "QT-ACME-0001-1", NEW_YEAR + DAY)
    assert first["status_transitions"] == {"accepted_at": None, "canceled_at": None, "finalized_at": NEW_YEAR + 60}
    second = api.post(f"/v1/quotes/{second['id']}/finalize")
    assert second["number"] == "QT-ACME-0002-1"
    # Metadata changes in every status, and nothing else.
    assert api.post(f"/v1/quotes/{second['id']}", metadata={"a": "1"})["metadata"] == {"a": "1"}
    canceled = api.post(f"/v1/quotes/{second['id']}/cancel")
    assert (canceled["status"], canceled["status_transitions"]["canceled_at"]) == ("canceled", NEW_YEAR + 60)
    assert [event["type"] for event in api.events() if event["type"].startswith("quote.")] == [
        "quote.created", "quote.created", "quote.finalized", "quote.finalized", "quote.canceled"]


def test_a_revision_takes_the_place_of_what_it_revises(api: Api, prices: dict[str, str]) -> None:
    payer = api.post("/v1/customers", email="jenny@example.com", invoice_prefix="ACME")["id"]
    coupon = api.post("/v1/coupons", percent_off=10, duration="forever")["id"]
    first = api.post("/v1/quotes", customer=payer, line_items=[{"price": prices["month"]}, {"price": prices["once"]}],
                     discounts=[{"coupon": coupon}], header="Offer", metadata={"deal": "7"})
    api.post(f"/v1/quotes/{first['id']}/finalize")
    revision = api.post("/v1/quotes", from_quote={"quote": first["id"], "is_revision": True})
    assert revision["from_quote"] == {"is_revision": True, "quote": first["id"]}
    same = ("amount_subtotal", "amount_total", "computed", "customer", "currency", "header", "metadata", "total_details")
    assert {name: revision[name] for name in same} == {name: first[name] for name in same}
    assert (revision["status"], revision["number"], revision["discounts"] == first["discounts"]) == ("draft", None, False)
    # Both are on offer until the revision is out.
    assert api.get(f"/v1/quotes/{first['id']}")["status"] == "open"
    revision = api.post(f"/v1/quotes/{revision['id']}/finalize", expand=["from_quote.quote"])
    assert (revision["number"], revision["from_quote"]["quote"]["status"]) == ("QT-ACME-0001-2", "canceled")
    again = api.post("/v1/quotes", from_quote={"quote": first["id"], "is_revision": True})
    assert api.post(f"/v1/quotes/{again['id']}/finalize")["number"] == "QT-ACME-0001-3"
    # The one before is not what this one revises.
    assert api.get(f"/v1/quotes/{revision['id']}")["status"] == "open"
    # A copy that is no revision is a quote of its own.
    copy = api.post("/v1/quotes", from_quote={"quote": revision["id"]})
    assert copy["from_quote"] == {"is_revision": False, "quote": revision["id"]}
    assert api.post(f"/v1/quotes/{copy['id']}/finalize")["number"] == "QT-ACME-0002-1"
    assert examine(api.server.database, account=api.key) == []


def test_what_nobody_accepts_in_time_is_canceled(clock: MakeClock, api: Api) -> None:
    # Far ahead of the wall clock, so that all that lives there would be due.
    c = clock("2082-08-01")
    line = {"line_items": [{"price": c.price(1000)}]}
    loose = api.post("/v1/quotes", test_clock=c.id, **line)
    owned = api.post("/v1/quotes", customer=c.customer, expires_at=at("2082-08-10"), **line)
    elsewhere = api.post("/v1/quotes", **line)
    coupon = api.post("/v1/coupons", percent_off=10, redeem_by=elsewhere["expires_at"])["id"]
    assert (loose["test_clock"], owned["test_clock"], loose["created"]) == (c.id, c.id, c.now)
    api.post(f"/v1/quotes/{owned['id']}/finalize")
    c.advance("2082-08-10", expect=["quote.canceled"])
    (event,) = [event for event in api.events() if event["type"] == "quote.canceled"]
    assert (event["data"]["object"]["id"], event["created"], event["request"]["id"]) == (
        owned["id"], at("2082-08-10"), None)
    # One without a customer moves with its clock too, and what else has no customer stays on the clock of its own.
    c.advance("2082-08-31", expect=["quote.canceled"])
    assert api.get(f"/v1/coupons/{coupon}")["valid"] is True
    assert [api.get(f"/v1/quotes/{quote['id']}")["status"] for quote in (loose, owned, elsewhere)] == [
        "canceled", "canceled", "draft"]
    refused = api.refused("POST", f"/v1/quotes/{loose['id']}/cancel")
    assert (refused.status, refused.error["message"]) == (
        400, "You cannot cancel a quote that is currently in the `canceled` status. It must be in `draft, open` status to "
             "be canceled.")


def test_quotes_expire_on_the_wall_clock(api: Api, prices: dict[str, str], wall: Wall) -> None:
    line = {"line_items": [{"price": prices["month"]}]}
    loose = api.post("/v1/quotes", **line)
    owned = api.post("/v1/quotes", customer=customer(api), **line)
    for quote in (loose, owned):
        api.post(f"/v1/quotes/{quote['id']}", metadata={"a": "1"})
    wall.advance(MONTH - 1)
    api.server.worker.run_due()
    assert api.get(f"/v1/quotes/{loose['id']}")["status"] == "draft"
    wall.advance(1)
    api.post(f"/v1/quotes/{owned['id']}/finalize", expires_at=NEW_YEAR + MONTH + DAY)
    api.server.worker.run_due()
    assert [api.get(f"/v1/quotes/{quote['id']}")["status"] for quote in (loose, owned)] == ["canceled", "open"]
    wall.advance(DAY)
    # It has expired, though no tick has come to it yet.
    refused = api.refused("POST", f"/v1/quotes/{owned['id']}/accept")
    assert refused.error["message"] == "This quote has expired and can no longer be accepted."
    api.server.worker.run_due()
    assert api.get(f"/v1/quotes/{owned['id']}")["status"] == "canceled"


def test_quotes_go_with_their_customer_and_their_clock(clock: MakeClock, api: Api) -> None:
    c = clock("2022-08-01")
    coupon = api.post("/v1/coupons", percent_off=10)["id"]
    line = {"line_items": [{"price": c.price(1000)}], "discounts": [{"coupon": coupon}]}
    draft, open_one = (api.post("/v1/quotes", customer=c.customer, **line) for _ in range(2))
    loose = api.post("/v1/quotes", test_clock=c.id, **line)
    api.post(f"/v1/quotes/{open_one['id']}/finalize")
    c.new_events()
    api.delete(f"/v1/customers/{c.customer}")
    assert c.new_events() == ["customer.deleted", "quote.canceled", "quote.canceled"]
    assert api.get(f"/v1/quotes/{draft['id']}")["status"] == "canceled"
    before = row_counts(api.server)
    api.delete(f"/v1/test_helpers/test_clocks/{c.id}")
    assert [api.call("GET", f"/v1/quotes/{quote['id']}").status for quote in (draft, open_one, loose)] == [404] * 3
    after = row_counts(api.server)
    assert {name: after[name] - before[name] for name in ("quotes", "quote_discounts", "quote_line_items")} == {
        "quotes": -3, "quote_discounts": -3, "quote_line_items": -6}


def test_lists_hide_what_is_on_clocks(clock: MakeClock, api: Api) -> None:
    c = clock("2022-08-01")
    loose = [api.post("/v1/quotes")["id"] for _ in range(3)]
    api.post(f"/v1/quotes/{loose[1]}/cancel")
    on_clock = [api.post("/v1/quotes", test_clock=c.id)["id"], api.post("/v1/quotes", customer=c.customer)["id"]]

    def listed(**filters: Any) -> list[str]:
        return [quote["id"] for quote in api.get("/v1/quotes", **filters)["data"]]

    assert listed() == loose[::-1]
    assert listed(status="canceled") == [loose[1]]
    assert listed(test_clock=c.id) == on_clock[::-1]
    assert listed(customer=c.customer) == [on_clock[1]]
    assert listed(customer=c.customer, status="open") == []
    assert listed(limit=1, starting_after=loose[2]) == [loose[1]]
    assert listed(ending_before=loose[1]) == [loose[2]]
    assert api.get("/v1/quotes", customer="cus_nobody")["data"] == []


def test_a_clock_takes_ten_quotes_without_a_customer_where_limits_are_strict(api: Api) -> None:
    api.post("/_sim/settings", limits="strict")
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=at("2022-08-01"))["id"]
    quotes = [api.post("/v1/quotes", test_clock=clock)["id"] for _ in range(10)]
    message = f"Test clock {clock} already has the maximum of 10 quotes without a customer."
    for values in ({"test_clock": clock}, {"from_quote": {"quote": quotes[0]}}):
        refused = api.refused("POST", "/v1/quotes", **values)
        assert (refused.status, refused.error["message"], refused.error["param"]) == (400, message, "test_clock")
    # A customer makes room.
    api.post(f"/v1/quotes/{quotes[0]}", customer=customer(api, test_clock=clock))
    api.post("/v1/quotes", test_clock=clock)


def test_many_line_items_are_read_page_by_page(api: Api, prices: dict[str, str]) -> None:
    quote = api.post("/v1/quotes", line_items=[{"price": prices["once"], "quantity": n + 1} for n in range(12)],
                     expand=["line_items", "computed.upfront.line_items"])
    for shown, end in ((quote["line_items"], "line_items"),
                       (quote["computed"]["upfront"]["line_items"], "computed_upfront_line_items")):
        assert (len(shown["data"]), shown["has_more"], shown["url"]) == (10, True, f"/v1/quotes/{quote['id']}/{end}")
        rest = api.get(shown["url"], starting_after=shown["data"][-1]["id"])
        assert [item["quantity"] for item in shown["data"] + rest["data"]] == list(range(1, 13))
        before = api.get(shown["url"], ending_before=rest["data"][0]["id"], limit=2)
        assert [item["quantity"] for item in before["data"]] == [9, 10]
