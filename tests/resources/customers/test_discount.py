"""Discounts on customers: given, replaced, taken away, and what they take off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.api import Api
from tests.support.clock import Clock, amounts
from tests.support.reference import conforms


def off(jenny: Clock, percent: int, **terms: Any) -> str:
    return str(jenny.api.post("/v1/coupons", percent_off=percent, **{"duration": "forever"} | terms)["id"])


def taken(invoice: dict[str, Any]) -> list[int]:
    return [each["amount"] for each in invoice["total_discount_amounts"]]


def test_a_customer_is_made_with_a_coupon(api: Api) -> None:
    coupon = api.post("/v1/coupons", amount_off=500, currency="eur", duration="repeating", duration_in_months=3)
    customer = api.post("/v1/customers", coupon=coupon["id"])
    discount = customer["discount"]
    conforms(discount)
    assert (discount["customer"], discount["subscription"], discount["invoice"]) == (customer["id"], None, None)
    assert (discount["coupon"]["id"], discount["coupon"]["times_redeemed"]) == (coupon["id"], 1)
    # An amount off fixes the currency.
    assert customer["currency"] == "eur"
    created, given = api.events()[-2:]
    assert (created["type"], created["data"]["object"]) == ("customer.created", customer)
    assert (given["type"], given["data"]["object"]) == ("customer.discount.created", discount)
    assert api.get(f"/v1/customers/{customer['id']}/discount") == discount


def test_another_coupon_replaces_the_discount(api: Api) -> None:
    for id in ("A", "B"):
        api.post("/v1/coupons", id=id, percent_off=10)
    customer = api.post("/v1/customers", coupon="A")
    path = f"/v1/customers/{customer['id']}"
    before = len(api.events())
    assert api.post(path, coupon="A") == customer
    assert len(api.events()) == before
    changed = api.post(path, coupon="B")
    assert changed["discount"]["coupon"]["id"] == "B"
    ended, given, updated = api.events()[before:]
    assert (ended["type"], ended["data"]["object"]["id"]) == ("customer.discount.deleted", customer["discount"]["id"])
    assert (given["type"], given["data"]["object"]) == ("customer.discount.created", changed["discount"])
    assert (updated["type"], updated["data"]["object"]) == ("customer.updated", changed)
    assert updated["data"]["previous_attributes"]["discount"]["id"] == customer["discount"]["id"]
    assert api.post(path, coupon="")["discount"] is None
    assert api.event_types()[before + 3:] == ["customer.discount.deleted", "customer.updated"]
    answer = api.refused("POST", path, coupon="NONE")
    assert (answer.status, answer.error["param"], answer.error["message"]) == (400, "coupon", "No such coupon: 'NONE'")
    answer = api.refused("POST", path, coupon="A", promotion_code="promo_x")
    assert answer.error["message"] == "You may only specify one of these parameters: coupon, promotion_code."


def test_a_discount_is_taken_away(api: Api) -> None:
    api.post("/v1/coupons", id="A", percent_off=10)
    customer = api.post("/v1/customers", coupon="A")
    path = f"/v1/customers/{customer['id']}/discount"
    stub = api.delete(path)
    assert stub == {name: value for name, value in customer["discount"].items() if name != "end"} | {"deleted": True}
    assert api.event_types()[-2:] == ["customer.discount.deleted", "customer.updated"]
    assert api.get(f"/v1/customers/{customer['id']}")["discount"] is None
    for method in ("GET", "DELETE"):
        answer = api.refused(method, path)
        assert (answer.status, answer.error["code"], answer.error["message"]) == (
            404, "resource_missing", f"No active discount for customer: {customer['id']}")


def test_a_deleted_customers_discount_ends(api: Api) -> None:
    api.post("/v1/coupons", id="A", percent_off=10)
    customer = api.post("/v1/customers", coupon="A")["id"]
    api.delete(f"/v1/customers/{customer}")
    assert api.event_types()[-2:] == ["customer.deleted", "customer.discount.deleted"]


def test_it_is_on_every_invoice_but_a_subscriptions_own_comes_first(clock: Callable[..., Clock]) -> None:
    jenny = clock("2022-08-01")
    jenny.api.post(f"/v1/customers/{jenny.customer}", coupon=off(jenny, 20))
    price, other = jenny.price(1000), jenny.price(3000)
    plain = jenny.subscribe(price)
    own = jenny.subscribe(other, coupon=off(jenny, 50))
    # 1000 - 20 %, 3000 - 50 %
    assert [jenny.latest_invoice(each)["total"] for each in (plain, own)] == [800, 1500]
    assert jenny.latest_invoice(plain)["discount"]["subscription"] is None
    assert plain["discount"] is None
    assert [jenny.upcoming(subscription=each["id"])["total"] for each in (plain, own)] == [800, 1500]
    jenny.api.post("/v1/invoiceitems", customer=jenny.customer, amount=200, currency="usd")
    loose = {"customer": jenny.customer, "pending_invoice_items_behavior": "include"}
    inherited = jenny.api.post("/v1/invoices", **loose)
    assert (inherited["total"], taken(inherited)) == (160, [40])
    assert jenny.api.post(f"/v1/invoices/{inherited['id']}", discounts="")["total"] == 200
    assert jenny.api.post("/v1/invoices", discounts="", customer=jenny.customer)["discounts"] == []
    # The discount of the subscription that an invoice is made for replaces the customer's, too.
    jenny.api.post("/v1/invoiceitems", customer=jenny.customer, subscription=own["id"], amount=100, currency="usd")
    assert taken(jenny.api.post("/v1/invoices", subscription=own["id"], **loose)) == [50]
    # Without its own the subscription has the customer's from the next invoice on.
    stub = jenny.api.delete(f"/v1/subscriptions/{own['id']}/discount")
    assert (stub["deleted"], stub["subscription"]) == (True, own["id"])
    jenny.advance(months=1)
    assert sorted(each["total"] for each in jenny.invoices(created=jenny.now)) == [800, 2400]


def test_once_and_repeating_on_a_customer(clock: Callable[..., Clock]) -> None:
    jenny = clock("2022-08-01")
    price = jenny.price(1000)
    jenny.api.post(f"/v1/customers/{jenny.customer}", coupon=off(jenny, 10, duration="once"))
    jenny.new_events()
    subscription = jenny.subscribe(price)
    assert jenny.latest_invoice(subscription)["total"] == 900
    # Used up by the first invoice, which goes on showing it.
    assert "customer.discount.deleted" in jenny.new_events()
    assert jenny.latest_invoice(subscription)["discount"]["coupon"]["percent_off"] == 10
    assert jenny.customer_now()["discount"] is None
    assert jenny.upcoming(subscription=subscription["id"])["total"] == 1000
    jenny.api.post(f"/v1/customers/{jenny.customer}", coupon=off(jenny, 20, duration="repeating", duration_in_months=2))
    assert jenny.customer_now()["discount"]["end"] == 1_664_582_400  # 2022-10-01
    jenny.advance(months=3)
    # September is discounted; October's invoice is made as the discount ends, after it.
    assert [invoice["total"] for invoice in jenny.invoices()] == [900, 800, 1000, 1000]
    assert jenny.customer_now()["discount"] is None


def test_prorations_use_the_customers_discount(clock: Callable[..., Clock]) -> None:
    jenny = clock("2022-08-01")
    jenny.api.post(f"/v1/customers/{jenny.customer}", coupon=off(jenny, 50))
    subscription = jenny.subscribe(jenny.price(1000))
    jenny.advance("2022-08-16 12:00")
    item = subscription["items"]["data"][0]["id"]
    jenny.update(subscription, items=[{"id": item, "price": jenny.price(2000)}])
    credit, debit = jenny.pending()
    # Half of 500, half of 1000.
    assert [credit["amount"], debit["amount"]] == [-250, 500]
    assert credit["description"] == "Unused time on Gold (with 50.0% off) after 16 Aug 2022"
    assert amounts(jenny.upcoming(subscription=subscription["id"])) == [-250, 500, 2000]
    # -250 + 500 + 2000 - 1000
    assert jenny.upcoming(subscription=subscription["id"])["total"] == 1250
    jenny.advance("2022-09-01")
    assert jenny.invoices()[-1]["total"] == 1250


def test_a_customers_subscriptions_and_their_discounts_have_paths_of_their_own(clock: Callable[..., Clock]) -> None:
    jenny = clock("2022-08-01")
    path = f"/v1/customers/{jenny.customer}/subscriptions"
    made = jenny.api.post(path, items=[{"price": jenny.price(1000)}], coupon=off(jenny, 10))
    one = f"{path}/{made['id']}"
    page = jenny.api.get(path)
    assert (page["url"], page["data"]) == (path, [made])
    assert jenny.api.get(one) == made
    assert jenny.api.post(one, metadata={"a": "1"})["metadata"] == {"a": "1"}
    assert jenny.api.get(f"{one}/discount") == made["discount"]
    assert jenny.api.delete(f"{one}/discount")["deleted"] is True
    for method, of in (("GET", f"{one}/discount"), ("DELETE", f"{one}/discount"),
                       ("DELETE", f"/v1/subscriptions/{made['id']}/discount")):
        answer = jenny.refused(method, of)
        assert (answer.status, answer.error["message"]) == (
            404, f"No active discount for subscription {made['id']} on customer {jenny.customer}")
    bob = jenny.api.post("/v1/customers")["id"]
    answer = jenny.refused("GET", f"/v1/customers/{bob}/subscriptions/{made['id']}")
    assert (answer.status, answer.error["message"]) == (404, f"No such subscription: '{made['id']}'")
    answer = jenny.refused("POST", path, customer=bob, items=[{"price": "price_x"}])
    assert answer.error["message"] == "Received unknown parameter: customer"
    assert jenny.api.delete(one)["status"] == "canceled"
    assert jenny.api.get(path)["data"] == []


def test_previews_of_a_customers_discount(clock: Callable[..., Clock]) -> None:
    jenny = clock("2022-08-01")
    half, fifth = off(jenny, 50), off(jenny, 20)
    jenny.api.post("/v1/invoiceitems", customer=jenny.customer, amount=200, currency="usd")
    # Without a subscription the coupon is tried on the customer.
    assert taken(jenny.upcoming(customer=jenny.customer, coupon=half)) == [100]
    jenny.api.post(f"/v1/customers/{jenny.customer}", coupon=fifth)
    assert taken(jenny.upcoming(customer=jenny.customer)) == [40]
    assert taken(jenny.upcoming(customer=jenny.customer, discounts="")) == []
    assert taken(jenny.upcoming(customer=jenny.customer, discounts=[{"coupon": half}])) == [100]
    price = jenny.price(1000)
    made = jenny.upcoming(customer=jenny.customer, subscription_items=[{"price": price}])
    # 200 and 1000 less a fifth; with a coupon of its own less half.
    assert made["total"] == 960
    assert jenny.upcoming(customer=jenny.customer, subscription_items=[{"price": price}], coupon=half)["total"] == 600
    own = jenny.subscribe(price, coupon=half)
    assert jenny.upcoming(customer=jenny.customer, coupon=fifth)["total"] == 500
    assert jenny.upcoming(subscription=own["id"], coupon=fifth)["total"] == 800
    assert jenny.customer_now()["discount"]["coupon"]["id"] == fifth
