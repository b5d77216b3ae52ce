"""Invoice items that callers make, change and delete."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.clock import Clock, amounts, at
from tests.support.reference import conforms

StartClock = Callable[..., Clock]


@pytest.fixture
def time(clock: StartClock) -> Clock:
    return clock("2022-09-01")


def create(time: Clock, **values: Any) -> dict[str, Any]:
    made = time.api.post("/v1/invoiceitems", customer=time.customer, **values)
    conforms(made)
    return made


def change(time: Clock, item: dict[str, Any], **values: Any) -> dict[str, Any]:
    changed = time.api.post(f"/v1/invoiceitems/{item['id']}", **values)
    conforms(changed)
    return changed


def draft(time: Clock, **values: Any) -> dict[str, Any]:
    invoice = time.api.post("/v1/invoices", customer=time.customer, **values)
    time.new_events()
    return invoice


def test_an_amount(time: Clock) -> None:
    item = create(time, amount=1500, currency="usd", description="Work", metadata={"a": "1"})
    time.new_events(expect=["customer.updated", "invoiceitem.created"])
    assert (item["amount"], item["quantity"], item["unit_amount"], item["unit_amount_decimal"], item["price"]) == (
        1500, 1, 1500, "1500", None)
    assert (item["invoice"], item["proration"], item["discountable"], item["date"]) == (None, False, True, time.now)
    assert item["period"] == {"start": time.now, "end": time.now}
    assert (item["description"], item["metadata"], item["test_clock"]) == ("Work", {"a": "1"}, time.id)
    assert time.customer_now()["currency"] == "usd"


def test_a_price(time: Clock) -> None:
    price = time.price(250, None, product="Setup")
    item = create(time, price=price, quantity=4)
    assert (item["amount"], item["currency"], item["quantity"], item["description"], item["price"]["id"]) == (
        1000, "usd", 4, "Setup", price)
    assert (item["unit_amount"], item["unit_amount_decimal"]) == (250, "250")


def test_price_data(time: Clock) -> None:
    product = time.api.post("/v1/products", name="Hour")["id"]
    item = create(time, price_data={"currency": "usd", "product": product, "unit_amount": 900}, quantity=2)
    assert (item["amount"], item["price"]["active"], item["description"]) == (1800, False, "Hour")


def test_a_unit_amount(time: Clock) -> None:
    item = create(time, unit_amount=300, currency="usd", quantity=3)
    assert (item["amount"], item["unit_amount"], item["quantity"]) == (900, 300, 3)
    fraction = create(time, unit_amount_decimal="12.345", currency="usd", quantity=100)
    assert (fraction["amount"], fraction["unit_amount"], fraction["unit_amount_decimal"]) == (1235, None, "12.345")
    negative = create(time, unit_amount_decimal="-0.5", currency="usd", quantity=7)
    assert (negative["amount"], negative["discountable"]) == (-4, False)


def test_a_credit_is_not_discountable(time: Clock) -> None:
    coupon = time.api.post("/v1/coupons", percent_off=50, duration="forever")["id"]
    create(time, amount=3000, currency="usd")
    credit = create(time, amount=-1000, currency="usd")
    assert credit["discountable"] is False
    invoice = time.api.post("/v1/invoices", customer=time.customer, pending_invoice_items_behavior="include",
                            discounts=[{"coupon": coupon}])
    assert (invoice["subtotal"], invoice["total"]) == (2000, 500)


def test_a_period_of_its_own(time: Clock) -> None:
    period = {"start": at("2022-08-01"), "end": at("2022-09-01")}
    item = create(time, amount=1000, currency="usd", period=period)
    assert item["period"] == period
    invoice = time.api.post("/v1/invoices", customer=time.customer, pending_invoice_items_behavior="include")
    assert invoice["lines"]["data"][0]["period"] == period


def test_a_coupon_for_one_item(time: Clock) -> None:
    coupon = time.api.post("/v1/coupons", percent_off=50, duration="once")["id"]
    item = create(time, amount=2000, currency="usd", discounts=[{"coupon": coupon}])
    create(time, amount=1000, currency="usd")
    time.new_events()
    invoice = time.api.post("/v1/invoices", customer=time.customer, pending_invoice_items_behavior="include")
    assert (amounts(invoice), invoice["subtotal"], invoice["total"]) == ([1000, 1000], 2000, 2000)
    line = invoice["lines"]["data"][1]
    assert (line["discounts"], line["discount_amounts"]) == (
        item["discounts"], [{"amount": 1000, "discount": item["discounts"][0]}])
    final = time.api.post(f"/v1/invoices/{invoice['id']}/finalize")
    assert (amounts(final), final["total"]) == ([1000, 1000], 2000)
    assert "customer.discount.deleted" in time.new_events()


@pytest.mark.parametrize(("values", "param", "message"), [
    ({}, None, "You must specify either `amount`, `unit_amount`, `unit_amount_decimal`, `price` or `price_data` when "
               "creating an invoice item."),
    ({"amount": 5}, "currency", "Missing required param: currency."),
    ({"amount": 5, "unit_amount": 5, "currency": "usd"}, None,
     "You may only specify one of these parameters: amount, unit_amount."),
    ({"amount": 5, "quantity": 2, "currency": "usd"}, None,
     "You may only specify one of these parameters: amount, quantity."),
    ({"price": "price_none"}, "price", "No such price: 'price_none'"),
    ({"amount": 5, "currency": "usd", "invoice": "in_none"}, "invoice", "No such invoice: 'in_none'"),
    ({"amount": 5, "currency": "usd", "subscription": "sub_none"}, "subscription", "No such subscription: 'sub_none'"),
    ({"amount": 5, "currency": "usd", "period": {"start": 5, "end": 4}}, "period[end]",
     "The end of the period must not come before its start."),
    ({"amount": 5, "currency": "usd", "period": {"start": 5}}, "period[end]", "Missing required param: period[end]."),
    ({"unit_amount": 5, "currency": "usd", "quantity": -1}, "quantity",
     "This value must be greater than or equal to 0."),
    ({"amount": 5, "currency": "usd", "discounts": [{"coupon": "NONE"}]}, "discounts[0][coupon]",
     "No such coupon: 'NONE'"),
])
def test_items_that_cannot_be(time: Clock, values: dict[str, Any], param: str | None, message: str) -> None:
    refused = time.refused("POST", "/v1/invoiceitems", customer=time.customer, **values)
    assert (refused.status, refused.error.get("param"), refused.error["message"]) == (400, param, message)
    assert time.pending() == []


def test_recurring_prices_are_for_subscriptions(time: Clock) -> None:
    refused = time.refused("POST", "/v1/invoiceitems", customer=time.customer, price=time.price())
    assert refused.error["message"] == ("The price specified is set to `type=recurring` but this field only accepts "
                                        "prices with `type=one_time`")


def test_a_customer_has_one_currency(time: Clock) -> None:
    create(time, amount=5, currency="usd")
    refused = time.refused("POST", "/v1/invoiceitems", customer=time.customer, amount=5, currency="eur")
    assert refused.error["message"].startswith("You cannot combine currencies on a single customer.")


def test_an_item_of_another_customer(time: Clock) -> None:
    other = time.api.post("/v1/customers")["id"]
    invoice = draft(time)
    refused = time.refused("POST", "/v1/invoiceitems", customer=other, amount=5, currency="usd", invoice=invoice["id"])
    assert (refused.status, refused.error["param"]) == (400, "invoice")


# On a draft

def test_adding_to_a_draft(time: Clock) -> None:
    invoice = draft(time)
    create(time, amount=1000, currency="usd", invoice=invoice["id"], description="First")
    time.new_events(expect=["customer.updated", "invoiceitem.created", "invoice.updated"])
    second = create(time, amount=500, invoice=invoice["id"], description="Second")
    assert (second["invoice"], second["currency"]) == (invoice["id"], "usd")
    shown = time.retrieve(invoice)
    assert [line["description"] for line in shown["lines"]["data"]] == ["Second", "First"]
    assert (shown["total"], time.pending()) == (1500, [])


def test_adding_to_a_subscriptions_draft(time: Clock) -> None:
    subscription = time.subscribe(time.price())
    time.advance("2022-10-01")
    item = create(time, amount=500, currency="usd", invoice=time.latest_invoice(subscription)["id"])
    assert item["subscription"] == subscription["id"]
    assert amounts(time.latest_invoice(subscription)) == [500, 1000]
    time.advance(hours=1)
    assert time.latest_invoice(subscription)["amount_paid"] == 1500


def test_an_invoice_that_is_finalised_takes_no_more(time: Clock) -> None:
    invoice = draft(time)
    create(time, amount=1000, currency="usd", invoice=invoice["id"])
    time.api.post(f"/v1/invoices/{invoice['id']}/finalize")
    refused = time.refused("POST", "/v1/invoiceitems", customer=time.customer, amount=5, currency="usd",
                           invoice=invoice["id"])
    assert (refused.status, refused.error["message"]) == (400, "This invoice is no longer editable")


def test_an_invoice_takes_250_items(time: Clock) -> None:
    for _ in range(251):
        time.api.post("/v1/invoiceitems", customer=time.customer, amount=1, currency="usd")
    invoice = time.api.post("/v1/invoices", customer=time.customer, pending_invoice_items_behavior="include")
    assert (invoice["total"], len(time.pending())) == (250, 1)
    answer = time.api.call("POST", "/v1/invoiceitems", {"customer": time.customer, "amount": 5, "invoice": invoice["id"]})
    assert (answer.status, answer.error["param"]) == (400, "invoice")


# Changed and deleted

def test_changing_what_waits(time: Clock) -> None:
    item = create(time, amount=1000, currency="usd")
    time.new_events()
    changed = change(time, item, amount=700, description="Less", metadata={"a": "1"})
    time.new_events(expect=["invoiceitem.updated"])
    assert (changed["amount"], changed["unit_amount"], changed["description"], changed["metadata"]) == (
        700, 700, "Less", {"a": "1"})
    assert change(time, item, unit_amount=50, quantity=4)["amount"] == 200
    assert change(time, item, quantity=5)["amount"] == 250
    price = time.price(333, None)
    assert change(time, item, price=price, quantity=2)["amount"] == 666
    assert change(time, item, quantity=1)["price"]["id"] == price
    assert change(time, item, amount=-5)["discountable"] is False


def test_changing_an_item_of_a_draft(time: Clock) -> None:
    rate = time.api.post("/v1/tax_rates", display_name="VAT", percentage=20, inclusive=False)["id"]
    invoice = draft(time)
    item = create(time, amount=1000, currency="usd", invoice=invoice["id"])
    time.new_events()
    change(time, item, amount=2000, tax_rates=[rate], description="More")
    time.new_events(expect=["invoiceitem.updated", "invoice.updated"])
    shown = time.retrieve(invoice)
    assert (amounts(shown), shown["tax"], shown["total"]) == ([2000], 400, 2400)
    assert shown["lines"]["data"][0]["description"] == "More"


def test_the_discounts_of_an_item_of_a_draft(time: Clock) -> None:
    coupon = time.api.post("/v1/coupons", percent_off=25, duration="forever")["id"]
    invoice = draft(time)
    item = create(time, amount=1000, currency="usd", invoice=invoice["id"], discounts=[{"coupon": coupon}])
    assert time.retrieve(invoice)["total"] == 750
    change(time, item, quantity=2)
    assert time.retrieve(invoice)["total"] == 1500
    change(time, item, discounts="")
    assert (amounts(time.retrieve(invoice)), time.retrieve(invoice)["total"]) == ([2000], 2000)


def test_what_is_finalised_stays(time: Clock) -> None:
    invoice = draft(time)
    item = create(time, amount=1000, currency="usd", invoice=invoice["id"])
    time.api.post(f"/v1/invoices/{invoice['id']}/finalize")
    for method in ("POST", "DELETE"):
        refused = time.refused(method, f"/v1/invoiceitems/{item['id']}")
        assert (refused.status, refused.error["message"]) == (400, "This invoice is no longer editable")


def test_a_prorations_amount_stays(time: Clock) -> None:
    subscription = time.subscribe(time.price())
    time.advance("2022-09-16")
    time.update(subscription, items=[{"id": subscription["items"]["data"][0]["id"], "quantity": 2}])
    credit = time.pending()[0]
    assert change(time, credit, description="Other words")["description"] == "Other words"
    path = f"/v1/invoiceitems/{credit['id']}"
    assert time.refused("POST", path, amount=5).status == 400
    assert time.refused("POST", path, discountable=True).error["param"] == "discountable"


def test_deleting(time: Clock) -> None:
    invoice = draft(time)
    waiting = create(time, amount=1000, currency="usd")
    shown = [create(time, amount=amount, currency="usd", invoice=invoice["id"]) for amount in (100, 200, 300)]
    time.new_events()
    assert time.api.delete(f"/v1/invoiceitems/{waiting['id']}") == {
        "id": waiting["id"], "object": "invoiceitem", "deleted": True}
    time.new_events(expect=["invoiceitem.deleted"])
    time.api.delete(f"/v1/invoiceitems/{shown[1]['id']}")
    time.new_events(expect=["invoiceitem.deleted", "invoice.updated"])
    assert (amounts(time.retrieve(invoice)), time.pending()) == ([300, 100], [])
    refused = time.refused("GET", f"/v1/invoiceitems/{waiting['id']}")
    assert (refused.status, refused.error["message"]) == (404, f"No such invoiceitem: '{waiting['id']}'")


def test_lists(time: Clock) -> None:
    invoice = draft(time)
    shown = create(time, amount=1, currency="usd", invoice=invoice["id"])
    time.advance("2022-09-02")
    waiting = create(time, amount=2, currency="usd")

    def found(**filters: Any) -> list[str]:
        page = time.api.get("/v1/invoiceitems", **filters)
        conforms(page)
        return [each["id"] for each in page["data"]]

    assert found(customer=time.customer) == [waiting["id"], shown["id"]]
    assert found(customer=time.customer, pending=True) == [waiting["id"]]
    assert found(customer=time.customer, pending=False) == [shown["id"]]
    assert found(invoice=invoice["id"]) == [shown["id"]]
    assert found(customer=time.customer, created={"gte": time.now}) == [waiting["id"]]
    assert found() == []
