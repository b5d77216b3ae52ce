"""Credit notes: before and after payment, by amount and by lines."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.clock import Clock
from tests.support.reference import conforms

StartClock = Callable[..., Clock]
Invoice = dict[str, Any]


@pytest.fixture
def time(clock: StartClock) -> Clock:
    return clock("2022-09-01")


def drafted(time: Clock, *items: dict[str, Any], **values: Any) -> Invoice:
    """A draft of these items, in the order of its lines."""
    for item in reversed(items):
        time.api.post("/v1/invoiceitems", customer=time.customer, **{"currency": "usd"} | item)
    return time.api.post("/v1/invoices", customer=time.customer, pending_invoice_items_behavior="include", **values)


def opened(time: Clock, *items: dict[str, Any], **values: Any) -> Invoice:
    invoice = time.api.post(f"/v1/invoices/{drafted(time, *items, **values)['id']}/finalize")
    time.new_events()
    return invoice


def paid(time: Clock, *items: dict[str, Any], **values: Any) -> Invoice:
    invoice = time.api.post(f"/v1/invoices/{drafted(time, *items, **values)['id']}/pay")
    time.new_events()
    return invoice


def credit(time: Clock, invoice: Invoice, **values: Any) -> dict[str, Any]:
    """Issue a credit note that its preview agrees with."""
    happened = time.api.event_types()
    preview = time.api.get("/v1/credit_notes/preview", invoice=invoice["id"], **values)
    lines = time.api.get("/v1/credit_notes/preview/lines", invoice=invoice["id"], **values)["data"]
    assert lines == preview["lines"]["data"]
    assert time.api.event_types() == happened, "a preview emitted an event"
    note = time.api.post("/v1/credit_notes", invoice=invoice["id"], **values)
    conforms(note)
    own = {"id", "refund", "customer_balance_transaction", "pdf", "lines"}
    assert {name: preview[name] for name in preview.keys() - own} == {name: note[name] for name in note.keys() - own}
    assert [line | {"id": ""} for line in preview["lines"]["data"]] == [
        line | {"id": ""} for line in note["lines"]["data"]]
    return note


def refusal(time: Clock, invoice: Invoice, /, **values: Any) -> dict[str, Any]:
    refused = time.refused("POST", "/v1/credit_notes", **{"invoice": invoice["id"]} | values)
    previewed = time.refused("GET", "/v1/credit_notes/preview", **{"invoice": invoice["id"]} | values)
    assert (refused.status, previewed.error["message"]) == (400, refused.error["message"])
    assert time.api.get("/v1/credit_notes", customer=time.customer)["data"] == []
    return refused.error


def amounts(invoice: Invoice) -> tuple[Any, ...]:
    """Status, due, paid, remaining, and what was credited before and after payment."""
    return tuple(invoice[name] for name in (
        "status", "amount_due", "amount_paid", "amount_remaining", "pre_payment_credit_notes_amount",
        "post_payment_credit_notes_amount"))


# Before payment

def test_an_open_invoice_owes_less(time: Clock) -> None:
    invoice = opened(time, {"amount": 1000, "description": "Chair"})
    note = credit(time, invoice, amount=300, reason="order_change", memo="A leg is missing", metadata={"a": "1"})
    time.new_events(expect=["credit_note.created", "invoice.updated"])
    line = note["lines"]["data"][0]
    assert note == {
        "id": note["id"], "object": "credit_note", "amount": 300, "created": time.now, "currency": "usd",
        "customer": time.customer, "customer_balance_transaction": None, "discount_amount": 0, "discount_amounts": [],
        "invoice": invoice["id"],
        "lines": {"object": "list", "data": [line], "has_more": False, "url": f"/v1/credit_notes/{note['id']}/lines"},
        "livemode": False, "memo": "A leg is missing", "metadata": {"a": "1"}, "number": f"{invoice['number']}-CN-01",
        "out_of_band_amount": None, "pdf": note["pdf"], "reason": "order_change", "refund": None, "status": "issued",
        "subtotal": 300, "subtotal_excluding_tax": 300, "tax_amounts": [], "total": 300, "total_excluding_tax": 300,
        "type": "pre_payment", "voided_at": None}
    assert line == {
        "id": line["id"], "object": "credit_note_line_item", "amount": 300, "amount_excluding_tax": 300,
        "description": None, "discount_amount": 0, "discount_amounts": [], "livemode": False, "quantity": 1,
        "tax_amounts": [], "tax_rates": [], "type": "custom_line_item", "unit_amount": 300,
        "unit_amount_decimal": "300", "unit_amount_excluding_tax": "300"}
    assert amounts(time.retrieve(invoice)) == ("open", 700, 0, 700, 300, 0)
    assert time.api.events()[-1]["data"]["previous_attributes"] == {
        "amount_due": 1000, "amount_remaining": 1000, "pre_payment_credit_notes_amount": 0}
    paid = time.api.post(f"/v1/invoices/{invoice['id']}/pay", expand=["charge"])
    assert (paid["charge"]["amount"], paid["amount_paid"]) == (700, 700)


def test_an_open_invoice_with_nothing_left_is_paid(clock: StartClock) -> None:
    time = clock("2022-09-01", card="pm_card_chargeCustomerFail")
    subscription = time.api.post("/v1/subscriptions", customer=time.customer, items=[{"price": time.price(1000)}],
                                 trial_end=time.now + 86_400)
    time.advance(days=2)
    invoice = time.latest_invoice(subscription)
    assert (invoice["status"], time.retrieve(subscription)["status"]) == ("open", "past_due")
    assert time.customer_now()["delinquent"] is True
    line = invoice["lines"]["data"][0]["id"]
    credit(time, invoice, lines=[{"type": "invoice_line_item", "invoice_line_item": line, "quantity": 1}])
    time.new_events(expect=[
        "credit_note.created", "invoice.updated", "customer.updated", "invoice.paid", "invoice.payment_succeeded",
        "customer.subscription.updated", "payment_intent.canceled"])
    now = time.retrieve(invoice)
    assert amounts(now) == ("paid", 0, 0, 0, 1000, 0)
    assert (now["status_transitions"]["paid_at"], now["next_payment_attempt"], now["auto_advance"]) == (
        time.now, None, False)
    assert (time.retrieve(subscription)["status"], time.customer_now()["delinquent"]) == ("active", False)
    intent = time.api.get(f"/v1/payment_intents/{now['payment_intent']}")
    assert (intent["status"], intent["cancellation_reason"]) == ("canceled", "void_invoice")


def test_what_the_balance_paid_is_not_credited_before_payment(time: Clock) -> None:
    time.api.post(f"/v1/customers/{time.customer}", balance=-800)
    invoice = opened(time, {"amount": 2500})
    assert amounts(invoice)[:4] == ("open", 1700, 0, 1700)
    assert refusal(time, invoice, amount=1701)["message"] == (
        "The credit note amount ($17.01) must be greater than zero, and no more than what is left to credit of the invoice "
        "($17.00).")
    credit(time, invoice, amount=700)
    assert amounts(time.api.post(f"/v1/invoices/{invoice['id']}/pay")) == ("paid", 1000, 1000, 0, 700, 0)
    # 2500 less the 700 of the first note.
    note = credit(time, invoice, amount=1800, refund_amount=1000, credit_amount=800)
    assert (note["number"], time.customer_now()["balance"]) == (f"{invoice['number']}-CN-02", -800)


def test_a_debt_of_before_is_not_credited(time: Clock) -> None:
    time.api.post(f"/v1/customers/{time.customer}", balance=500)
    invoice = opened(time, {"amount": 300})
    assert amounts(invoice)[:2] == ("open", 800)
    assert refusal(time, invoice, amount=301)["param"] == "amount"
    credit(time, invoice, amount=300)
    assert amounts(time.retrieve(invoice)) == ("open", 500, 0, 500, 300, 0)


@pytest.mark.parametrize("name", ["credit_amount", "refund_amount", "out_of_band_amount"])
def test_nothing_is_given_back_before_payment(time: Clock, name: str) -> None:
    error = refusal(time, opened(time, {"amount": 1000}), amount=300, **{name: 300})
    assert (error["param"], error["message"]) == (
        name, f"You can only specify `{name}` for a paid invoice. Nothing has been paid yet.")


# After payment

def test_a_paid_invoice_is_refunded(time: Clock) -> None:
    invoice = paid(time, {"amount": 1000})
    note = credit(time, invoice, amount=400, refund_amount=400, reason="product_unsatisfactory")
    time.new_events(expect=["charge.refunded", "credit_note.created", "invoice.updated"])
    assert (note["type"], note["out_of_band_amount"]) == ("post_payment", None)
    refund = time.api.get(f"/v1/refunds/{note['refund']}")
    assert (refund["amount"], refund["charge"], refund["reason"]) == (400, invoice["charge"], "requested_by_customer")
    assert time.api.get(f"/v1/charges/{invoice['charge']}")["amount_refunded"] == 400
    assert amounts(time.retrieve(invoice)) == ("paid", 1000, 1000, 0, 0, 400)
    seen = time.api.get(f"/v1/credit_notes/{note['id']}", expand=["invoice", "refund", "customer"])
    assert (seen["invoice"]["id"], seen["refund"], seen["customer"]["id"]) == (invoice["id"], refund, time.customer)


def test_a_paid_invoice_becomes_credit(time: Clock) -> None:
    invoice = paid(time, {"amount": 1000})
    note = credit(time, invoice, amount=1000, refund_amount=500, credit_amount=300, out_of_band_amount=200)
    time.new_events(expect=["charge.refunded", "credit_note.created", "invoice.updated", "customer.updated"])
    assert (note["out_of_band_amount"], time.customer_now()["balance"]) == (200, -300)
    transaction = time.api.get(
        f"/v1/customers/{time.customer}/balance_transactions/{note['customer_balance_transaction']}", expand=["credit_note"])
    assert (transaction["amount"], transaction["type"], transaction["ending_balance"], transaction["invoice"]) == (
        -300, "credit_note", -300, invoice["id"])
    assert transaction["credit_note"] == note
    following = opened(time, {"amount": 700})
    assert (following["starting_balance"], following["amount_due"]) == (-300, 400)
    refused = time.refused("POST", "/v1/credit_notes", invoice=invoice["id"], amount=1, credit_amount=1)
    assert "($0.00)" in refused.error["message"]


def test_an_existing_refund_is_linked(time: Clock) -> None:
    invoice = paid(time, {"amount": 1000})
    refund = time.api.post("/v1/refunds", charge=invoice["charge"], amount=250)["id"]
    time.new_events()
    note = credit(time, invoice, amount=250, refund=refund)
    time.new_events(expect=["credit_note.created", "invoice.updated"])
    assert note["refund"] == refund
    refused = time.refused("POST", "/v1/credit_notes", invoice=invoice["id"], amount=250, refund=refund)
    assert (refused.error["param"], refused.error["message"]) == (
        "refund", f"The refund {refund} is not of this invoice's charge, or belongs to another credit note.")
    refused = time.refused("POST", "/v1/credit_notes", invoice=invoice["id"], amount=250, refund=refund, refund_amount=1)
    assert refused.error["message"] == "You may only specify one of these parameters: refund, refund_amount."


@pytest.mark.parametrize(("values", "param", "message"), [
    ({"amount": 400}, None, "The sum of credit amount, refund amount and out of band amount ($0.00) must equal the credit "
                            "note amount ($4.00)."),
    ({"amount": 400, "refund_amount": 300, "credit_amount": 200}, None,
     "The sum of credit amount, refund amount and out of band amount ($5.00) must equal the credit note amount ($4.00)."),
    ({"amount": 1001, "refund_amount": 1001}, "amount",
     "The credit note amount ($10.01) must be greater than zero, and no more than what is left to credit of the invoice "
     "($10.00)."),
    ({"amount": 400, "refund": "re_none"}, "refund", "No such refund: 're_none'"),
    ({}, None, "You must specify either `amount` or `lines` when creating a credit note."),
    ({"amount": 400, "lines": [{"type": "custom_line_item", "unit_amount": 1}]}, None,
     "You may only specify one of these parameters: amount, lines."),
    ({"invoice": "in_none", "amount": 1}, "invoice", "No such invoice: 'in_none'"),
    ({"amount": 0}, "amount", "This value must be greater than or equal to 1."),
    ({"amount": 1, "reason": "whim"}, "reason",
     "Invalid reason: must be one of duplicate, fraudulent, order_change, or product_unsatisfactory"),
    ({"lines": [{"unit_amount": 1}]}, "lines[0][type]", "Missing required param: lines[0][type]."),
    ({"lines": [{"type": "custom_line_item"}]}, "lines[0][unit_amount]", "Missing required param: lines[0][unit_amount]."),
    ({"lines": [{"type": "custom_line_item", "unit_amount": 1, "amount": 5}]}, "lines[0][amount]",
     "You can only specify `lines[0][amount]` if `lines[0][type]` is `invoice_line_item`."),
    ({"lines": [{"type": "custom_line_item", "unit_amount": 1, "unit_amount_decimal": "1.5"}]}, "lines[0]",
     "You may only specify one of these parameters: lines[0][unit_amount], lines[0][unit_amount_decimal]."),
    ({"lines": [{"type": "custom_line_item", "unit_amount": 1, "tax_rates": ["txr_none"]}]}, "lines[0][tax_rates][0]",
     "No such tax rate: 'txr_none'"),
    ({"lines": [{"type": "custom_line_item", "unit_amount": -5}]}, "lines",
     "The credit note amount (-$0.05) must be greater than zero, and no more than what is left to credit of the invoice "
     "($10.00)."),
    ({"lines": [{"type": "invoice_line_item"}]}, "lines[0][invoice_line_item]",
     "Missing required param: lines[0][invoice_line_item]."),
    ({"lines": [{"type": "invoice_line_item", "invoice_line_item": "il_none"}]}, "lines[0][invoice_line_item]",
     "No such invoice line item: 'il_none'"),
    ({"lines": [{"type": "invoice_line_item", "invoice_line_item": "$line", "description": "No"}]},
     "lines[0][description]", "You can only specify `lines[0][description]` if `lines[0][type]` is `custom_line_item`."),
    ({"lines": [{"type": "invoice_line_item", "invoice_line_item": "$line", "amount": 1, "quantity": 1}]}, "lines[0]",
     "You may only specify one of these parameters: lines[0][amount], lines[0][quantity]."),
    ({"lines": [{"type": "invoice_line_item", "invoice_line_item": "$line", "quantity": 2}]}, "lines[0][quantity]",
     "The invoice line item $line has 1 units left to credit, and not 2."),
    ({"lines": [{"type": "invoice_line_item", "invoice_line_item": "$line", "amount": 1001}]}, "lines[0]",
     "The amount to credit ($10.01) is greater than what is left of the invoice line item $line ($10.00)."),
    ({"lines": [{"type": "invoice_line_item", "invoice_line_item": "$line", "amount": -1}]}, "lines[0]",
     "The amount to credit (-$0.01) is greater than what is left of the invoice line item $line ($10.00)."),
])
def test_credit_notes_that_cannot_be(time: Clock, values: dict[str, Any], param: str | None, message: str) -> None:
    invoice = paid(time, {"amount": 1000})
    line = invoice["lines"]["data"][0]["id"]
    for element in values.get("lines", []):
        if element.get("invoice_line_item") == "$line":
            values = values | {"lines": [element | {"invoice_line_item": line}]}
    error = refusal(time, invoice, **values)
    assert (error.get("param"), error["message"]) == (param, message.replace("$line", line))


def test_only_open_and_paid_invoices_are_credited(time: Clock) -> None:
    draft = drafted(time, {"amount": 1000})
    error = refusal(time, draft, amount=1)
    assert (error["param"], error["message"]) == (
        "invoice", "Credit notes can only be issued for open or paid invoices. This invoice is draft.")
    time.api.post(f"/v1/invoices/{draft['id']}/finalize")
    for action, status in (("mark_uncollectible", "uncollectible"), ("void", "void")):
        time.api.post(f"/v1/invoices/{draft['id']}/{action}")
        assert refusal(time, draft, amount=1)["message"].endswith(f"This invoice is {status}.")


def test_what_was_paid_elsewhere_cannot_be_refunded(time: Clock) -> None:
    invoice = opened(time, {"amount": 1000})
    time.api.post(f"/v1/invoices/{invoice['id']}/pay", paid_out_of_band=True)
    error = refusal(time, invoice, amount=1000, refund_amount=1000)
    assert (error["param"], error["message"]) == (
        "refund_amount", "This invoice was not paid by a charge, so that nothing can be refunded.")
    time.new_events()
    assert credit(time, invoice, amount=1000, out_of_band_amount=1000)["out_of_band_amount"] == 1000


def test_a_deleted_customer_is_given_money_and_no_credit(time: Clock) -> None:
    invoice = paid(time, {"amount": 1000})
    time.api.delete(f"/v1/customers/{time.customer}")
    error = refusal(time, invoice, amount=300, credit_amount=300)
    assert (error["param"], error["message"]) == (
        "credit_amount", f"The customer {time.customer} was deleted, so that nothing can be credited to them.")
    assert credit(time, invoice, amount=300, refund_amount=300)["status"] == "issued"


# Lines

def test_lines_are_credited_with_their_discounts_and_taxes(time: Clock) -> None:
    """Lines 1000 and 2000, 500 off (166 and 334), 8.875 % on top of 834 (74) and 20 % inside 1666 (278)."""
    on_top = time.api.post("/v1/tax_rates", display_name="Sales tax", percentage="8.875", inclusive=False)["id"]
    inside = time.api.post("/v1/tax_rates", display_name="VAT", percentage=20, inclusive=True)["id"]
    coupon = time.api.post("/v1/coupons", amount_off=500, currency="usd", duration="once")["id"]
    invoice = paid(time, {"amount": 1000, "tax_rates": [on_top], "description": "Chair"},
                   {"unit_amount": 1000, "quantity": 2, "tax_rates": [inside]}, discounts=[{"coupon": coupon}])
    assert (invoice["subtotal"], invoice["tax"], invoice["total"]) == (3000, 74 + 278, 3000 - 500 + 74)
    first, second = (line["id"] for line in invoice["lines"]["data"])
    discount = invoice["discounts"][0]
    note = credit(time, invoice, refund_amount=891, lines=[
        # Of the first line a third: 55 of 166, and 25 of 74 (24.67).
        {"type": "invoice_line_item", "invoice_line_item": first, "amount": 333},
        {"type": "custom_line_item", "unit_amount_decimal": "196.0004", "quantity": 3, "description": "Sorry"}])
    one, custom = note["lines"]["data"]
    assert (one["amount"], one["discount_amount"], one["amount_excluding_tax"], one["quantity"], one["description"]) == (
        333, 55, 333, None, "Chair")
    assert one["discount_amounts"] == [{"amount": 55, "discount": discount}]
    assert one["tax_amounts"] == [{"amount": 25, "inclusive": False, "tax_rate": on_top}]
    assert ([rate["id"] for rate in one["tax_rates"]], one["invoice_line_item"]) == ([on_top], first)
    assert (custom["amount"], custom["quantity"], custom["unit_amount"], custom["unit_amount_decimal"]) == (
        588, 3, None, "196.0004")
    assert (note["subtotal"], note["discount_amount"], note["total_excluding_tax"], note["total"]) == (
        921, 55, 866, 891)
    # Of the second line one of two units: 1000, 167 of 334, and 139 of 278, which is inside.
    rest = credit(time, invoice, refund_amount=833, lines=[
        {"type": "invoice_line_item", "invoice_line_item": second, "quantity": 1}])
    [half] = rest["lines"]["data"]
    assert (half["amount"], half["amount_excluding_tax"], half["unit_amount"], half["unit_amount_excluding_tax"]) == (
        1000, 861, 1000, "861")
    assert half["tax_amounts"] == [{"amount": 139, "inclusive": True, "tax_rate": inside}]
    assert (rest["subtotal"], rest["subtotal_excluding_tax"], rest["discount_amount"]) == (1000, 861, 167)
    assert (rest["total"], rest["total_excluding_tax"]) == (833, 694)
    assert rest["tax_amounts"] == half["tax_amounts"]


def test_a_line_is_credited_to_the_last_cent(time: Clock) -> None:
    """1000 for three units, 10 % off (100), 19 % on 900 (171): the units are 333, 334 and 333 with what hangs on them."""
    vat = time.api.post("/v1/tax_rates", display_name="VAT", percentage=19, inclusive=False)["id"]
    coupon = time.api.post("/v1/coupons", percent_off=10, duration="once")["id"]
    invoice = paid(time, {"unit_amount_decimal": "333.333333333333", "quantity": 3, "tax_rates": [vat]},
                   discounts=[{"coupon": coupon}])
    line = invoice["lines"]["data"][0]
    assert (line["amount"], invoice["tax"], invoice["total"]) == (1000, 171, 1071)
    one = {"type": "invoice_line_item", "invoice_line_item": line["id"], "quantity": 1}
    notes = [credit(time, invoice, lines=[one], credit_amount=total) for total in (357, 357, 357)]
    shown = [(note["subtotal"], note["discount_amount"], note["tax_amounts"][0]["amount"]) for note in notes]
    # A third of 100 is 33, two are 67; a third of 171 is 57 (333 of 1000: 56.94), two are 114 (667: 114.06).
    assert shown == [(333, 33, 57), (334, 34, 57), (333, 33, 57)]
    assert time.customer_now()["balance"] == -1071
    refused = time.refused("POST", "/v1/credit_notes", invoice=invoice["id"], lines=[one], credit_amount=1)
    assert refused.error["message"] == f"The invoice line item {line['id']} has 0 units left to credit, and not 1."


def test_the_rest_of_every_line_closes_the_invoice(time: Clock) -> None:
    """Also of a line that is a credit itself, and of one that costs nothing."""
    invoice = opened(time, {"amount": -300}, {"amount": 1000}, {"amount": 0})
    lines = [{"type": "invoice_line_item", "invoice_line_item": line["id"]} for line in invoice["lines"]["data"]]
    note = credit(time, invoice, lines=lines)
    assert ([line["amount"] for line in note["lines"]["data"]], note["total"]) == ([-300, 1000, 0], 700)
    assert amounts(time.retrieve(invoice)) == ("paid", 0, 0, 0, 700, 0)


def test_what_an_item_lost_by_its_own_coupon_is_not_credited(time: Clock) -> None:
    """1000 with 10 % off of its own is 900 on the invoice, and 5 % off the invoice is 45."""
    own = time.api.post("/v1/coupons", percent_off=10, duration="forever")["id"]
    shared = time.api.post("/v1/coupons", percent_off=5, duration="forever")["id"]
    invoice = paid(time, {"amount": 1000, "discounts": [{"coupon": own}]}, discounts=[{"coupon": shared}])
    assert (invoice["subtotal"], invoice["total"]) == (900, 855)
    note = credit(time, invoice, refund_amount=855, lines=[
        {"type": "invoice_line_item", "invoice_line_item": invoice["lines"]["data"][0]["id"], "quantity": 1}])
    assert (note["subtotal"], note["discount_amounts"], note["total"]) == (
        900, [{"amount": 45, "discount": invoice["discounts"][0]}], 855)


def test_the_exempt_pay_no_tax_on_custom_lines(clock: StartClock) -> None:
    time = clock("2022-09-01", tax_exempt="reverse")
    vat = time.api.post("/v1/tax_rates", display_name="VAT", percentage=19, inclusive=False)["id"]
    invoice = opened(time, {"amount": 1000})
    note = credit(time, invoice, lines=[{"type": "custom_line_item", "unit_amount": 100, "tax_rates": [vat]}])
    assert (note["total"], note["tax_amounts"]) == (100, [{"amount": 0, "inclusive": False, "tax_rate": vat}])


def test_lines_are_read_page_by_page(time: Clock) -> None:
    invoice = opened(time, {"amount": 1000})
    lines = [{"type": "custom_line_item", "unit_amount": unit, "description": str(unit)} for unit in range(1, 13)]
    note = credit(time, invoice, lines=lines)
    assert ([line["unit_amount"] for line in note["lines"]["data"]], note["lines"]["has_more"]) == (
        list(range(1, 11)), True)
    path = f"/v1/credit_notes/{note['id']}/lines"
    page = time.api.get(path, starting_after=note["lines"]["data"][-1]["id"])
    assert ([line["unit_amount"] for line in page["data"]], page["has_more"], page["url"]) == ([11, 12], False, path)
    assert [line["unit_amount"] for line in time.api.get(path, limit=2, ending_before=page["data"][0]["id"])["data"]] == [
        9, 10]
    asked = {"invoice": invoice["id"], "lines": lines}
    preview = time.api.get("/v1/credit_notes/preview/lines", limit=11, **asked)
    rest = time.api.get("/v1/credit_notes/preview/lines", starting_after=preview["data"][-1]["id"], **asked)
    assert ([line["unit_amount"] for line in rest["data"]], rest["url"]) == ([12], "/v1/credit_notes/preview/lines")


# What follows

def test_memo_and_metadata_change(time: Clock) -> None:
    note = credit(time, opened(time, {"amount": 1000}), amount=100, memo="First", metadata={"a": "1"})
    time.new_events()
    path = f"/v1/credit_notes/{note['id']}"
    changed = time.api.post(path, memo="Second", metadata={"b": "2"})
    assert changed == note | {"memo": "Second", "metadata": {"a": "1", "b": "2"}}
    assert time.api.post(path) == time.api.get(path) == changed
    time.new_events(expect=["credit_note.updated"])
    assert time.api.events()[-1]["data"]["previous_attributes"] == {"memo": "First", "metadata": {"b": None}}
    assert time.refused("POST", path, reason="duplicate").error["message"] == "Received unknown parameter: reason"


def test_a_credit_note_on_an_open_invoice_is_voided(time: Clock) -> None:
    invoice = opened(time, {"amount": 1000})
    first, second = credit(time, invoice, amount=300), credit(time, invoice, amount=200)
    time.new_events()
    void = time.api.post(f"/v1/credit_notes/{first['id']}/void")
    time.new_events(expect=["credit_note.voided", "invoice.updated"])
    assert void == first | {"status": "void", "voided_at": time.now}
    assert amounts(time.retrieve(invoice)) == ("open", 800, 0, 800, 200, 0)
    assert time.api.get(f"/v1/payment_intents/{invoice['payment_intent']}")["amount"] == 800
    refused = time.refused("POST", f"/v1/credit_notes/{first['id']}/void")
    assert (refused.status, refused.error["message"]) == (400, "This credit note is already void.")
    # What was voided can be credited again, under a number of its own.
    assert credit(time, invoice, amount=800)["number"] == f"{invoice['number']}-CN-03"
    assert amounts(time.retrieve(invoice)) == ("paid", 0, 0, 0, 1000, 0)
    refused = time.refused("POST", f"/v1/credit_notes/{second['id']}/void")
    assert refused.error["message"] == ("You can only void a credit note that was issued before payment while its invoice is "
                                        "open. The invoice is paid.")


def test_credit_is_taken_back_while_it_is_unspent(time: Clock) -> None:
    invoice = paid(time, {"amount": 1000})
    note = credit(time, invoice, amount=300, credit_amount=300)
    time.new_events()
    time.api.post(f"/v1/credit_notes/{note['id']}/void")
    time.new_events(expect=["credit_note.voided", "invoice.updated", "customer.updated"])
    assert (time.customer_now()["balance"], amounts(time.retrieve(invoice))) == (0, ("paid", 1000, 1000, 0, 0, 0))
    kinds = time.api.get(f"/v1/customers/{time.customer}/balance_transactions")["data"]
    assert [(each["amount"], each["type"], each["credit_note"]) for each in kinds] == [
        (300, "credit_note", note["id"]), (-300, "credit_note", note["id"])]
    spent = credit(time, invoice, amount=300, credit_amount=300)
    opened(time, {"amount": 100})
    refused = time.refused("POST", f"/v1/credit_notes/{spent['id']}/void")
    assert refused.error["message"] == "You cannot void this credit note, because the customer has used the credit."
    returned = credit(time, invoice, amount=300, refund_amount=100, out_of_band_amount=200)
    refused = time.refused("POST", f"/v1/credit_notes/{returned['id']}/void")
    assert refused.error["message"] == "You cannot void a credit note that was refunded or given back out of band."


def test_credit_notes_are_listed_by_customer_and_invoice(time: Clock) -> None:
    first, second = opened(time, {"amount": 1000}), opened(time, {"amount": 1000})
    one, two, three = (credit(time, invoice, amount=100)["id"] for invoice in (first, second, first))

    def listed(**filters: Any) -> list[str]:
        page = time.api.get("/v1/credit_notes", **filters)
        conforms(page)
        return [note["id"] for note in page["data"]]

    assert listed(customer=time.customer) == [three, two, one]
    assert listed(invoice=first["id"]) == [three, one]
    assert listed(invoice=first["id"], customer="cus_other") == []
    assert listed(customer=time.customer, limit=1, starting_after=three) == [two]
    assert listed() == [], "they live on a test clock"
    refused = time.refused("GET", "/v1/credit_notes/cn_none")
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        404, "id", "No such credit_note: 'cn_none'")


def test_yen_have_no_cents(time: Clock) -> None:
    invoice = opened(time, {"amount": 5000, "currency": "jpy"})
    assert refusal(time, invoice, amount=5001)["message"].endswith("(¥5,000).")
    assert credit(time, invoice, lines=[{"type": "custom_line_item", "unit_amount_decimal": "0.5", "quantity": 7}])[
        "total"] == 4
