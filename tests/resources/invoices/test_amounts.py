"""What invoices come to, worked out by hand: discounts and taxes in their order, currencies, and what cannot be charged."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.clock import Clock, amounts

StartClock = Callable[..., Clock]
Invoice = dict[str, Any]


@pytest.fixture
def time(clock: StartClock) -> Clock:
    return clock("2022-09-01")


def draft(time: Clock, *items: dict[str, Any], **values: Any) -> Invoice:
    """A draft of these items, in the order of its lines."""
    for item in reversed(items):
        priced = {} if "price_data" in item or "price" in item else {"currency": "usd"}
        time.api.post("/v1/invoiceitems", customer=time.customer, **priced | item)
    return time.api.post("/v1/invoices", customer=time.customer, pending_invoice_items_behavior="include", **values)


def do(time: Clock, action: str, invoice: Invoice, **values: Any) -> Invoice:
    return time.api.post(f"/v1/invoices/{invoice['id']}/{action}", **values)


def coupon(time: Clock, **terms: Any) -> str:
    return str(time.api.post("/v1/coupons", **{"duration": "forever"} | terms)["id"])


def rate(time: Clock, percentage: str, *, inclusive: bool) -> str:
    return str(time.api.post("/v1/tax_rates", display_name="Tax", percentage=percentage, inclusive=inclusive)["id"])


def taken(invoice: Invoice, name: str, key: str) -> list[list[tuple[str, int]]]:
    """Of each line, what the discounts or taxes named by `key` amount to."""
    return [[(each[key], each["amount"]) for each in line[name]] for line in invoice["lines"]["data"]]


def test_discounts_of_items_come_first_and_each_takes_of_what_is_left(time: Clock) -> None:
    """Line 1: 2000 less 25 % of its own is 1500. Line 2: 999. Off both 10 % (150 and 99.9), then 500 of 1350 and 899.

    500 × 1350 / 2249 is 300.13, so 300 and the rest of 200: 1050 and 699 are left.
    """
    own, tenth = coupon(time, percent_off=25), coupon(time, percent_off=10)
    fiver = coupon(time, amount_off=500, currency="usd")
    invoice = draft(time, {"amount": 2000, "discounts": [{"coupon": own}]}, {"amount": 999},
                    discounts=[{"coupon": tenth}, {"coupon": fiver}])
    first, second = invoice["discounts"]
    [of_item] = invoice["lines"]["data"][0]["discounts"]
    assert amounts(invoice) == [1500, 999]
    assert taken(invoice, "discount_amounts", "discount") == [
        [(of_item, 500), (first, 150), (second, 300)], [(first, 100), (second, 200)]]
    assert (invoice["subtotal"], invoice["total"]) == (2499, 1749)
    assert {each["discount"]: each["amount"] for each in invoice["total_discount_amounts"]} == {
        of_item: 500, first: 250, second: 500}


def test_inclusive_and_exclusive_taxes_start_from_one_base(time: Clock) -> None:
    """1999 less 10 % (200) is 1799. Inside it 19 % and 1 %: 1799 × 19/120 = 284.84 and 14.99. On top 8.875 %: 159.66."""
    most, least = rate(time, "19", inclusive=True), rate(time, "1", inclusive=True)
    top = rate(time, "8.875", inclusive=False)
    invoice = draft(time, {"amount": 1999, "tax_rates": [most, least, top]},
                    discounts=[{"coupon": coupon(time, percent_off=10)}])
    [line] = invoice["lines"]["data"]
    assert taken(invoice, "tax_amounts", "tax_rate") == [[(most, 285), (least, 15), (top, 160)]]
    assert (line["amount"], line["amount_excluding_tax"], line["unit_amount_excluding_tax"]) == (1999, 1699, "1699")
    assert (invoice["subtotal"], invoice["subtotal_excluding_tax"]) == (1999, 1699)
    # 1999 - 200 + 160 on top; less all taxes, 460.
    assert (invoice["tax"], invoice["total"], invoice["total_excluding_tax"]) == (460, 1959, 1499)


def test_a_coupon_for_some_products_is_shared_by_their_lines_alone(time: Clock) -> None:
    """700 off the lines of 1000 and 333 of the product: 700 × 1000 / 1333 is 525.13, and 175 are left for the last."""
    gold, plain = (time.api.post("/v1/products", name=name)["id"] for name in ("Gold", "Plain"))
    some = coupon(time, amount_off=700, currency="usd", applies_to={"products": [gold]})
    invoice = draft(time, *(
        {"price_data": {"currency": "usd", "product": product, "unit_amount": amount}}
        for product, amount in ((gold, 1000), (plain, 5000), (gold, 333))), {"amount": 50}, discounts=[{"coupon": some}])
    assert [[amount for _, amount in line] for line in taken(invoice, "discount_amounts", "discount")] == [
        [525], [0], [175], [0]]
    assert invoice["total"] == 6383 - 700


def test_a_coupon_takes_no_more_than_there_is(time: Clock) -> None:
    invoice = draft(time, {"amount": 300}, {"amount": -100}, {"amount": 200, "discountable": False},
                    discounts=[{"coupon": coupon(time, amount_off=1000, currency="usd")}])
    assert [[amount for _, amount in line] for line in taken(invoice, "discount_amounts", "discount")] == [[300], [0], [0]]
    assert (invoice["subtotal"], invoice["total"]) == (400, 100)


def test_one_discount_can_be_on_an_item_and_on_its_invoice(time: Clock) -> None:
    """10 % off 1000 is 900, which is the item's amount, and 10 % off that is 810."""
    subscription = time.subscribe(time.price(), coupon=coupon(time, percent_off=10))
    discount = [{"discount": subscription["discount"]["id"]}]
    invoice = draft(time, {"amount": 1000, "discounts": discount}, discounts=discount)
    assert (invoice["subtotal"], invoice["total"], [each["amount"] for each in invoice["total_discount_amounts"]]) == (
        900, 810, [190])


def test_a_credit_has_negative_taxes(time: Clock) -> None:
    """A worked example of the reference: -1935, 7742 and 20000 at 20 % are -387, 1548 and 4000."""
    vat = rate(time, "20", inclusive=False)
    invoice = draft(time, {"amount": -1935}, {"amount": 7742}, {"amount": 20000}, default_tax_rates=[vat])
    assert [[amount for _, amount in line] for line in taken(invoice, "tax_amounts", "tax_rate")] == [[-387], [1548], [4000]]
    assert (invoice["tax"], invoice["total"], invoice["total_excluding_tax"]) == (5161, 30968, 25807)


@pytest.mark.parametrize(("currency", "unit", "quantity", "amount", "shown"), [
    # Yen have no smaller unit, and dinars a thousandth.
    ("jpy", "0.5", 101, 51, None), ("jpy", "1234.4", 1, 1234, None), ("kwd", "1234.5", 3, 3704, None),
    ("kwd", "1500", 2, 3000, 1500), ("usd", "0.000000000001", 500_000_000_000, 1, None),
    ("usd", "12.345678901234", 1_000_000, 12_345_679, None), ("usd", "-0.5", 3, -2, None),
])
def test_units_have_twelve_places_and_lines_none(time: Clock, currency: str, unit: str, quantity: int, amount: int,
                                                 shown: int | None) -> None:
    invoice = draft(time, {"currency": currency, "unit_amount_decimal": unit, "quantity": quantity})
    item = time.api.get(f"/v1/invoiceitems/{invoice['lines']['data'][0]['invoice_item']}")
    assert (item["unit_amount"], item["unit_amount_decimal"], item["amount"]) == (shown, unit, amount)
    assert (invoice["currency"], invoice["total"]) == (currency, amount)


def test_a_subscription_in_dinars_is_told_in_thousandths(time: Clock) -> None:
    subscription = time.subscribe(time.price(12345, currency="kwd"))
    invoice = time.latest_invoice(subscription)
    assert (invoice["total"], invoice["currency"], invoice["lines"]["data"][0]["description"]) == (
        12345, "kwd", "1 × Gold (at 12.345 KWD / month)")


@pytest.mark.parametrize("collection", [{}, {"collection_method": "send_invoice", "days_until_due": 3}])
def test_what_is_too_little_for_a_charge_is_due_later(time: Clock, collection: dict[str, Any]) -> None:
    invoice = do(time, "finalize", draft(time, {"amount": 49}, **collection))
    assert (invoice["status"], invoice["amount_due"], invoice["amount_paid"], invoice["ending_balance"]) == ("paid", 0, 0, 49)
    assert (invoice["payment_intent"], invoice["attempt_count"], time.customer_now()["balance"]) == (None, 0, 49)
    following = do(time, "finalize", draft(time, {"amount": 1}, **collection))
    assert (following["status"], following["amount_due"], following["ending_balance"]) == ("open", 50, 0)


def test_what_is_too_much_for_a_charge_is_due_later(time: Clock) -> None:
    first = draft(time, {"amount": 100_000_500})
    assert time.retrieve(first)["amount_due"] == 99_999_999
    time.new_events()
    invoice = do(time, "finalize", first)
    time.new_events(expect=["customer.updated", "invoice.updated", "invoice.finalized", "payment_intent.created"])
    assert (invoice["total"], invoice["amount_due"], invoice["ending_balance"]) == (100_000_500, 99_999_999, 501)
    [left] = time.api.get(f"/v1/customers/{time.customer}/balance_transactions")["data"]
    assert (left["type"], left["amount"], left["invoice"]) == ("invoice_too_large", 501, invoice["id"])
    assert do(time, "void", invoice)["status"] == "void"
    assert time.customer_now()["balance"] == 0
    again = do(time, "pay", draft(time, {"amount": 100_000_500}))
    assert (again["amount_paid"], time.customer_now()["balance"]) == (99_999_999, 501)
    assert do(time, "pay", draft(time, {"amount": 99}))["amount_paid"] == 600


def test_credit_pays_first_and_debt_is_collected(time: Clock) -> None:
    """The reference's examples: 2500 with a credit of 800, -334 with nothing, 300 with a debt of 500."""
    path = f"/v1/customers/{time.customer}"
    for amount, balance, due, ending in ((2500, -800, 1700, 0), (-334, 0, 0, -334), (300, 500, 800, 0)):
        time.api.post(path, balance=balance)
        invoice = do(time, "finalize", draft(time, {"amount": amount}))
        assert (invoice["starting_balance"], invoice["amount_due"], invoice["ending_balance"]) == (balance, due, ending)
        assert (invoice["status"], time.customer_now()["balance"]) == ("open" if due else "paid", ending)


# Who can do what when

def test_a_void_invoice_is_not_sent(time: Clock) -> None:
    invoice = do(time, "finalize", draft(time, {"amount": 1000}, collection_method="send_invoice", days_until_due=3))
    do(time, "void", invoice)
    refused = time.refused("POST", f"/v1/invoices/{invoice['id']}/send")
    assert refused.error["message"] == "This invoice can no longer be sent because it has been voided."


def test_what_was_given_up_is_paid_out_of_band(time: Clock) -> None:
    invoice = do(time, "mark_uncollectible", do(time, "finalize", draft(time, {"amount": 1000})))
    given_up = invoice["status_transitions"]["marked_uncollectible_at"]
    time.advance(days=1)
    paid = do(time, "pay", invoice, paid_out_of_band=True)
    assert (paid["status"], paid["amount_paid"], paid["status_transitions"]) == ("paid", 1000, {
        "finalized_at": given_up, "marked_uncollectible_at": given_up, "paid_at": time.now, "voided_at": None})
    for action, message in (("mark_uncollectible", "You can only mark open invoices as uncollectible."),
                            ("pay", "Invoice is already paid")):
        assert time.refused("POST", f"/v1/invoices/{invoice['id']}/{action}").error["message"] == message


def test_numbers_go_up_by_customer_and_are_given_once(time: Clock) -> None:
    time.api.post(f"/v1/customers/{time.customer}", invoice_prefix="ROCKET", next_invoice_sequence=9998)
    invoices = [draft(time, {"amount": 1000}) for _ in range(3)]
    numbers = [do(time, "finalize", invoice)["number"] for invoice in reversed(invoices)]
    assert numbers == ["ROCKET-9998", "ROCKET-9999", "ROCKET-10000"]
    do(time, "void", invoices[0])
    assert time.customer_now()["next_invoice_sequence"] == 10001
    assert do(time, "finalize", draft(time, {"amount": 1000}))["number"] == "ROCKET-10001"
