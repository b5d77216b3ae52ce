"""Invoices that callers make, and what may be done with them in each state."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.clock import CHARGED, COLLECTED, DECLINED, DRAFTED, FINALIZED, HOUR, Clock, amounts, at
from tests.support.reference import conforms

StartClock = Callable[..., Clock]
BAD = "pm_card_chargeCustomerFail"


@pytest.fixture
def time(clock: StartClock) -> Clock:
    return clock("2022-09-01")


def item(time: Clock, amount: int = 1000, **values: Any) -> dict[str, Any]:
    made = time.api.post("/v1/invoiceitems", customer=time.customer, amount=amount, currency="usd", **values)
    conforms(made)
    return made


def create(time: Clock, **values: Any) -> dict[str, Any]:
    made = time.api.post("/v1/invoices", customer=time.customer, **values)
    conforms(made)
    return made


def of_items(time: Clock, *totals: int, **values: Any) -> dict[str, Any]:
    """A draft with an item of each amount."""
    for amount in totals:
        item(time, amount)
    made = create(time, pending_invoice_items_behavior="include", **values)
    time.new_events()
    return made


def do(time: Clock, action: str, invoice: dict[str, Any], **values: Any) -> dict[str, Any]:
    done = time.api.post(f"/v1/invoices/{invoice['id']}{action and '/' + action}", **values)
    conforms(done)
    return done


def opened(time: Clock, *totals: int, **values: Any) -> dict[str, Any]:
    invoice = do(time, "finalize", of_items(time, *(totals or (1000,)), **values))
    time.new_events()
    return invoice


def refusal(time: Clock, action: str, invoice: dict[str, Any], **values: Any) -> dict[str, Any]:
    answer = time.refused("POST", f"/v1/invoices/{invoice['id']}{action and '/' + action}", **values)
    assert answer.status == 400
    return answer.error


# Created

def test_a_new_invoice_is_an_empty_draft(time: Clock) -> None:
    item(time)
    time.new_events()
    invoice = create(time)
    time.new_events(expect=["invoice.created"])
    assert (invoice["status"], invoice["billing_reason"], invoice["currency"], amounts(invoice)) == (
        "draft", "manual", "usd", [])
    assert (invoice["auto_advance"], invoice["next_payment_attempt"]) == (True, time.now + HOUR)
    assert (invoice["period_start"], invoice["period_end"], invoice["number"]) == (time.now, time.now, None)
    assert set(invoice["status_transitions"].values()) == {None}
    assert len(time.pending()) == 1


def test_an_invoice_takes_what_waits(time: Clock) -> None:
    first, second = item(time, 1000, description="First"), item(time, 2000, description="Second")
    time.new_events()
    invoice = create(time, pending_invoice_items_behavior="include")
    time.new_events(expect=["invoiceitem.updated", "invoiceitem.updated", "invoice.created"])
    assert [(line["description"], line["invoice_item"], line["type"]) for line in invoice["lines"]["data"]] == [
        ("Second", second["id"], "invoiceitem"), ("First", first["id"], "invoiceitem")]
    assert (invoice["subtotal"], invoice["total"], invoice["amount_due"]) == (3000, 3000, 3000)
    assert time.api.get(f"/v1/invoiceitems/{first['id']}")["invoice"] == invoice["id"]
    assert time.pending() == []


def test_the_items_of_a_subscription_wait_for_it(time: Clock) -> None:
    subscription = time.subscribe(time.price())
    item(time, 700, subscription=subscription["id"])
    item(time, 300)
    assert amounts(create(time, pending_invoice_items_behavior="include")) == [300]
    mine = create(time, pending_invoice_items_behavior="include", subscription=subscription["id"])
    assert (amounts(mine), mine["subscription"], mine["billing_reason"]) == ([700], subscription["id"], "manual")
    assert time.retrieve(subscription)["latest_invoice"] == subscription["latest_invoice"]


def test_there_must_be_something_to_invoice_where_the_caller_says_so(time: Clock) -> None:
    refused = time.refused("POST", "/v1/invoices", customer=time.customer,
                           pending_invoice_items_behavior="include_and_require")
    assert (refused.status, refused.error["message"], refused.error["code"]) == (
        400, "Nothing to invoice for customer", "invoice_no_customer_line_items")
    item(time)
    assert amounts(create(time, pending_invoice_items_behavior="include_and_require")) == [1000]


@pytest.mark.parametrize(("values", "param", "message"), [
    ({"customer": "cus_none"}, "customer", "No such customer: 'cus_none'"),
    ({"subscription": "sub_none"}, "subscription", "No such subscription: 'sub_none'"),
    ({"collection_method": "send_invoice"}, "days_until_due", "Missing required param: days_until_due."),
    ({"days_until_due": 3}, "days_until_due",
     "You can only set `days_until_due` if `collection_method` is `send_invoice`."),
    ({"collection_method": "send_invoice", "due_date": 1661990400}, "due_date",
     "Invalid timestamp: must be an integer Unix timestamp in the future"),
    ({"collection_method": "send_invoice", "due_date": 1671990400, "days_until_due": 3}, None,
     "You may only specify one of these parameters: days_until_due, due_date."),
    ({"default_tax_rates": ["txr_none"]}, "default_tax_rates[0]", "No such tax rate: 'txr_none'"),
    ({"discounts": [{"coupon": "NONE"}]}, "discounts[0][coupon]", "No such coupon: 'NONE'"),
    ({"discounts": [{"discount": "di_none"}]}, "discounts[0][discount]", "No such discount: 'di_none'"),
    ({"description": "x" * 1501}, "description", "Invalid string: xxxx...xxxx; must be at most 1500 characters"),
    ({"statement_descriptor": "x" * 23}, "statement_descriptor",
     "Invalid string: xxxx...xxxx; must be at most 22 characters"),
    ({"from_invoice": "in_1"}, "from_invoice", "Received unknown parameter: from_invoice"),
])
def test_invoices_that_cannot_be(time: Clock, values: dict[str, Any], param: str | None, message: str) -> None:
    refused = time.refused("POST", "/v1/invoices", **{"customer": time.customer} | values)
    assert (refused.status, refused.error.get("param"), refused.error["message"]) == (400, param, message)
    assert time.invoices() == []


def test_an_invoice_that_is_sent_has_a_due_date(time: Clock) -> None:
    days = create(time, collection_method="send_invoice", days_until_due=10)
    assert (days["due_date"], days["next_payment_attempt"]) == (at("2022-09-11"), None)
    date = create(time, collection_method="send_invoice", due_date=at("2022-09-05"))
    assert date["due_date"] == at("2022-09-05")


def test_a_customer_without_an_email_is_sent_nothing(clock: StartClock) -> None:
    time = clock("2022-09-01", email=None)
    refused = time.refused("POST", "/v1/invoices", customer=time.customer, collection_method="send_invoice",
                           days_until_due=3)
    assert refused.error["message"] == (
        "Missing email. In order to create invoices that are sent to the customer, the customer must have a valid email.")


def test_what_nobody_can_be_sent_stays_a_draft(clock: StartClock) -> None:
    time = clock("2022-09-01")
    subscription = time.subscribe(time.price(1000), collection_method="send_invoice", days_until_due=5)
    time.api.post(f"/v1/customers/{time.customer}", email="")
    time.advance("2022-09-02", expect=["invoice.updated", "invoice.finalization_failed"])
    updated = time.api.events(type="invoice.updated")[-1]
    [failed] = time.api.events(type="invoice.finalization_failed")
    error = {"type": "invalid_request_error", "message": "Missing email. In order to create invoices that are sent to the "
                                                         "customer, the customer must have a valid email."}
    assert updated["data"]["previous_attributes"] == {"auto_advance": True, "last_finalization_error": None}
    assert (failed["data"]["object"], failed["request"]["id"]) == (updated["data"]["object"], None)
    draft = time.latest_invoice(subscription)
    assert (draft["status"], draft["auto_advance"], draft["last_finalization_error"]) == ("draft", False, error)
    refused = time.refused("POST", f"/v1/invoices/{draft['id']}/send")
    assert (refused.status, refused.error["message"]) == (400, error["message"])
    # With an address, it takes its course from when it is let go.
    time.api.post(f"/v1/customers/{time.customer}", email="jenny@example.com")
    time.api.post(f"/v1/invoices/{draft['id']}", auto_advance=True)
    time.advance("2022-09-02 01:00", expect=[*FINALIZED, "payment_intent.created", "invoice.sent"])
    sent = time.retrieve(draft)
    assert (sent["status"], sent["last_finalization_error"]) == ("open", None)


def test_a_customers_settings_are_the_defaults(clock: StartClock) -> None:
    time = clock("2022-09-01")
    fields = [{"name": "PO", "value": "7"}]
    time.api.post(f"/v1/customers/{time.customer}", invoice_settings={"footer": "Thanks", "custom_fields": fields})
    assert (create(time)["footer"], create(time)["custom_fields"]) == ("Thanks", fields)
    assert create(time, footer="Bye")["footer"] == "Bye"


def test_what_is_only_shown_is_kept(time: Clock) -> None:
    settings = {"payment_method_types": ["card"], "payment_method_options": {"card": {"request_three_d_secure": "any"}}}
    invoice = create(time, description="For you", metadata={"a": "1"}, statement_descriptor="BILLS",
                     payment_settings=settings, rendering_options={"amount_tax_display": "exclude_tax"})
    assert invoice["payment_settings"] == {"default_mandate": None} | settings
    assert invoice["rendering_options"] == {"amount_tax_display": "exclude_tax"}
    assert (invoice["description"], invoice["metadata"], invoice["statement_descriptor"]) == (
        "For you", {"a": "1"}, "BILLS")


def test_a_draft_follows_its_customer_until_it_is_finalised(time: Clock) -> None:
    draft = of_items(time, 1000)
    time.api.post(f"/v1/customers/{time.customer}", name="Ada", balance=-300)
    shown = time.retrieve(draft)
    assert (shown["customer_name"], shown["starting_balance"], shown["ending_balance"], shown["amount_due"]) == (
        "Ada", -300, None, 700)
    final = do(time, "finalize", draft)
    time.api.post(f"/v1/customers/{time.customer}", name="Grace", balance=-100)
    shown = time.retrieve(final)
    assert (shown["customer_name"], shown["starting_balance"], shown["ending_balance"], shown["amount_due"]) == (
        "Ada", -300, 0, 700)


# Discounts and taxes

def test_once_coupons_go_from_the_item_to_the_end(time: Clock) -> None:
    for id in ("HALF", "FIVER"):
        terms = {"percent_off": 50} if id == "HALF" else {"amount_off": 500, "currency": "usd"}
        time.api.post("/v1/coupons", id=id, duration="once", **terms)
    item(time, 3000)
    time.new_events(expect=["customer.updated", "invoiceitem.created"])
    draft = create(time, pending_invoice_items_behavior="include", discounts=[{"coupon": "HALF"}, {"coupon": "FIVER"}])
    time.new_events(expect=[
        "invoiceitem.updated", "customer.discount.created", "customer.discount.created", "invoice.created"])
    assert (draft["subtotal"], draft["total"], draft["discount"], len(draft["discounts"])) == (3000, 1000, None, 2)
    assert [each["amount"] for each in draft["total_discount_amounts"]] == [1500, 500]

    final = do(time, "finalize", draft)
    time.new_events(expect=["customer.discount.deleted", "customer.discount.deleted", *FINALIZED,
                            "payment_intent.created"])
    assert (final["discounts"], final["total"]) == (draft["discounts"], 1000)
    again = time.api.get(f"/v1/invoices/{draft['id']}", expand=["discounts"])
    assert [each["coupon"]["id"] for each in again["discounts"]] == ["HALF", "FIVER"]


def test_a_single_discount_is_shown_whole(time: Clock) -> None:
    coupon = time.api.post("/v1/coupons", percent_off=10, duration="forever")["id"]
    invoice = create(time, discounts=[{"coupon": coupon}])
    assert (invoice["discount"]["coupon"]["id"], invoice["discount"]["invoice"]) == (coupon, invoice["id"])
    assert invoice["discounts"] == [invoice["discount"]["id"]]


def test_a_subscriptions_invoice_inherits_its_discount(time: Clock) -> None:
    coupon = time.api.post("/v1/coupons", percent_off=10, duration="forever")["id"]
    subscription = time.subscribe(time.price(), coupon=coupon)
    inherited = create(time, subscription=subscription["id"])
    assert inherited["discounts"] == [subscription["discount"]["id"]]
    assert create(time, subscription=subscription["id"], discounts="")["discounts"] == []


def test_the_discounts_of_a_draft_are_replaced(time: Clock) -> None:
    for id, percent in (("TEN", 10), ("HALF", 50)):
        time.api.post("/v1/coupons", id=id, percent_off=percent, duration="forever")
    draft = of_items(time, 1000, discounts=[{"coupon": "TEN"}])
    kept = draft["discounts"][0]
    changed = do(time, "", draft, discounts=[{"discount": kept}, {"coupon": "HALF"}])
    time.new_events(expect=["customer.discount.created", "invoice.updated"])
    assert (changed["discounts"][0], changed["total"]) == (kept, 450)
    changed = do(time, "", draft, discounts="")
    time.new_events(expect=["customer.discount.deleted", "customer.discount.deleted", "invoice.updated"])
    assert (changed["discounts"], changed["total"]) == ([], 1000)


def test_taxes_of_items_come_before_those_of_the_invoice(time: Clock) -> None:
    vat, gst = (time.api.post("/v1/tax_rates", display_name=name, percentage=percent, inclusive=False)["id"]
                for name, percent in (("VAT", 20), ("GST", 10)))
    item(time, 1000, tax_rates=[gst])
    item(time, 3000)
    invoice = create(time, pending_invoice_items_behavior="include", default_tax_rates=[vat])
    assert (invoice["tax"], invoice["total"]) == (700, 4700)
    assert {each["tax_rate"]: each["amount"] for each in invoice["total_tax_amounts"]} == {vat: 600, gst: 100}
    exempt = time.api.post(f"/v1/customers/{time.customer}", tax_exempt="exempt")
    assert exempt["tax_exempt"] == "exempt"
    final = do(time, "finalize", invoice)
    assert (final["tax"], final["total"]) == (0, 4000)


# Changed

def test_everything_of_a_draft_can_be_changed(time: Clock) -> None:
    rate = time.api.post("/v1/tax_rates", display_name="VAT", percentage=20, inclusive=False)["id"]
    draft = of_items(time, 1000)
    changed = do(time, "", draft, collection_method="send_invoice", days_until_due=7, default_tax_rates=[rate],
                 description="New", footer="Foot", metadata={"k": "v"}, custom_fields=[{"name": "a", "value": "b"}])
    time.new_events(expect=["invoice.updated"])
    assert (changed["collection_method"], changed["due_date"], changed["next_payment_attempt"]) == (
        "send_invoice", at("2022-09-08"), None)
    assert (changed["total"], changed["description"], changed["footer"]) == (1200, "New", "Foot")
    changed = do(time, "", draft, collection_method="charge_automatically", default_tax_rates="", custom_fields="")
    assert (changed["due_date"], changed["next_payment_attempt"], changed["total"], changed["custom_fields"]) == (
        None, time.now + HOUR, 1000, None)


def test_a_draft_can_be_told_to_wait(time: Clock) -> None:
    draft = of_items(time, 1000)
    waiting = do(time, "", draft, auto_advance=False)
    assert (waiting["auto_advance"], waiting["next_payment_attempt"]) == (False, None)
    time.advance("2022-10-01", expect=[])
    going = do(time, "", draft, auto_advance=True)
    assert going["next_payment_attempt"] == time.now + HOUR
    time.advance(hours=1, expect=COLLECTED)


@pytest.mark.parametrize("values", [
    {"collection_method": "send_invoice", "days_until_due": 3}, {"default_tax_rates": ""}, {"discounts": ""},
    {"days_until_due": 3}, {"due_date": 1693526400}, {"automatic_tax": {"enabled": False}}])
def test_money_is_fixed_once_an_invoice_is_finalised(time: Clock, values: dict[str, Any]) -> None:
    refused = refusal(time, "", opened(time), **values)
    assert (refused["code"], refused["message"]) == (
        "invoice_not_editable", "Finalized invoices can't be updated in this way")


def test_words_can_be_changed_for_ever(time: Clock) -> None:
    invoice = opened(time)
    changed = do(time, "", invoice, description="New", footer="Foot", metadata={"k": "v"}, auto_advance=False)
    assert (changed["description"], changed["auto_advance"], changed["next_payment_attempt"]) == ("New", False, None)
    do(time, "pay", invoice)
    assert do(time, "", invoice, metadata={"k": ""})["metadata"] == {}
    assert refusal(time, "", invoice, auto_advance=True)["code"] == "invoice_not_editable"


# Deleted

def test_a_deleted_draft_lets_its_items_wait_again(time: Clock) -> None:
    draft = of_items(time, 1000)
    assert time.api.delete(f"/v1/invoices/{draft['id']}") == {"id": draft["id"], "object": "invoice", "deleted": True}
    time.new_events(expect=["invoice.deleted", "invoiceitem.updated"])
    assert time.refused("GET", f"/v1/invoices/{draft['id']}").error["message"] == f"No such invoice: '{draft['id']}'"
    assert amounts(create(time, pending_invoice_items_behavior="include")) == [1000]


def test_the_discounts_of_what_is_deleted_end_with_it(time: Clock) -> None:
    coupon = time.api.post("/v1/coupons", percent_off=10, duration="forever")["id"]
    subscription = time.subscribe(time.price(), coupon=coupon)
    kept = {"discount": subscription["discount"]["id"]}
    made = item(time, 1000, discounts=[{"coupon": coupon}, kept])
    draft = create(time, pending_invoice_items_behavior="include", discounts=[{"coupon": coupon}, kept])
    time.new_events()
    time.api.delete(f"/v1/invoices/{draft['id']}")
    time.new_events(expect=["invoice.deleted", "customer.discount.deleted", "invoiceitem.updated"])
    time.api.delete(f"/v1/invoiceitems/{made['id']}")
    time.new_events(expect=["invoiceitem.deleted", "customer.discount.deleted"])
    assert time.retrieve(subscription)["discount"]["id"] == kept["discount"]


def test_only_drafts_are_deleted(time: Clock) -> None:
    refused = time.refused("DELETE", f"/v1/invoices/{opened(time)['id']}")
    assert (refused.status, refused.error["message"]) == (400, "You can only delete draft invoices.")
    subscription = time.subscribe(time.price())
    time.advance("2022-10-01")
    refused = time.refused("DELETE", f"/v1/invoices/{time.latest_invoice(subscription)['id']}")
    assert refused.status == 400


# Finalised

def test_finalising_by_hand(time: Clock) -> None:
    draft = of_items(time, 1000)
    final = do(time, "finalize", draft)
    time.new_events(expect=[*FINALIZED, "payment_intent.created"])
    assert (final["status"], final["status_transitions"]["finalized_at"], final["attempted"]) == ("open", time.now, False)
    assert final["number"].endswith("-0001") and final["hosted_invoice_url"] and final["invoice_pdf"]
    assert final["next_payment_attempt"] == time.now + HOUR
    time.advance(hours=1, expect=CHARGED[1:])
    assert time.retrieve(final)["status"] == "paid"


def test_finalising_without_going_on(time: Clock) -> None:
    final = do(time, "finalize", of_items(time, 1000), auto_advance=False)
    assert (final["auto_advance"], final["next_payment_attempt"]) == (False, None)
    time.new_events()
    time.advance("2022-10-01", expect=[])


def test_an_invoice_is_finalised_once(time: Clock) -> None:
    refused = refusal(time, "finalize", opened(time))
    assert (refused["code"], refused["message"]) == (
        "invoice_not_editable", "This invoice is already finalized, you can't re-finalize a non-draft invoice.")


def test_an_invoice_of_nothing_is_paid_at_once(time: Clock) -> None:
    final = do(time, "finalize", create(time))
    assert (final["status"], final["payment_intent"], final["attempt_count"]) == ("paid", None, 0)


def test_a_draft_finalises_itself(time: Clock) -> None:
    of_items(time, 1000)
    time.advance("2022-09-01 00:59:59", expect=[])
    time.advance("2022-09-01 01:00", expect=COLLECTED)


# Paid

def test_paying_a_draft(time: Clock) -> None:
    paid = do(time, "pay", of_items(time, 1000))
    time.new_events(expect=COLLECTED)
    assert (paid["status"], paid["amount_paid"], paid["amount_remaining"], paid["attempt_count"]) == (
        "paid", 1000, 0, 1)
    assert refusal(time, "pay", paid)["message"] == "Invoice is already paid"


def test_the_statement_of_the_card_says_what_the_invoice_says(time: Clock) -> None:
    paid = time.api.post(f"/v1/invoices/{of_items(time, 1000, statement_descriptor='BILLS')['id']}/pay",
                         expand=["payment_intent", "charge"])
    assert (paid["payment_intent"]["statement_descriptor"], paid["charge"]["statement_descriptor"]) == ("BILLS", "BILLS")


def test_paying_out_of_band(time: Clock) -> None:
    paid = do(time, "pay", opened(time), paid_out_of_band=True)
    time.new_events(expect=["invoice.updated", "invoice.paid", "invoice.payment_succeeded", "payment_intent.canceled"])
    assert (paid["paid"], paid["paid_out_of_band"], paid["charge"], paid["attempt_count"]) == (True, True, None, 0)


def test_a_declined_card(clock: StartClock) -> None:
    time = clock("2022-09-01", card=BAD)
    invoice = opened(time)
    answer = time.api.call("POST", f"/v1/invoices/{invoice['id']}/pay")
    assert (answer.status, answer.error["type"], answer.error["code"], answer.error["decline_code"]) == (
        402, "card_error", "card_declined", "generic_decline")
    failed = time.retrieve(invoice)
    assert (failed["status"], failed["attempt_count"], failed["attempted"]) == ("open", 1, True)
    assert answer.error["charge"] == failed["charge"]
    assert answer.error["payment_intent"]["id"] == failed["payment_intent"]
    time.new_events(expect=[*DECLINED, "customer.updated"])
    assert time.api.call("POST", f"/v1/invoices/{invoice['id']}/pay").status == 402
    assert time.retrieve(invoice)["attempt_count"] == 1
    time.new_events(expect=["payment_intent.payment_failed", "charge.failed", "invoice.payment_failed", "invoice.updated"])

    method = time.api.post("/v1/payment_methods/pm_card_visa/attach", customer=time.customer)["id"]
    time.new_events()
    assert do(time, "pay", invoice, payment_method=method)["status"] == "paid"
    time.new_events(expect=[
        "charge.succeeded", "payment_intent.succeeded", "invoice.updated", "customer.updated", "invoice.paid",
        "invoice.payment_succeeded"])


def test_a_payment_that_has_to_be_authenticated(clock: StartClock) -> None:
    time = clock("2022-09-01", card="pm_card_threeDSecure2Required")
    invoice = opened(time)
    answer = time.api.call("POST", f"/v1/invoices/{invoice['id']}/pay")
    assert (answer.status, answer.error["code"], answer.error["payment_intent"]["status"]) == (
        402, "invoice_payment_intent_requires_action", "requires_action")


def test_a_customer_without_a_payment_method(clock: StartClock) -> None:
    time = clock("2022-09-01", card=None)
    assert refusal(time, "pay", opened(time))["code"] == "resource_missing"


def test_a_payment_method_of_the_invoice_comes_first(clock: StartClock) -> None:
    time = clock("2022-09-01", card=BAD)
    method = time.api.post("/v1/payment_methods/pm_card_visa/attach", customer=time.customer)["id"]
    invoice = of_items(time, 1000, default_payment_method=method)
    assert do(time, "pay", invoice)["status"] == "paid"
    refused = refusal(time, "", of_items(time, 1000), default_payment_method="pm_none")
    assert refused["param"] == "default_payment_method"


def test_a_manual_invoice_is_retried_as_any_other(clock: StartClock) -> None:
    time = clock("2022-09-01", card=BAD)
    invoice = of_items(time, 1000)
    time.advance("2022-09-16 01:00")
    failed = time.retrieve(invoice)
    assert (failed["status"], failed["attempt_count"], failed["next_payment_attempt"]) == ("open", 4, None)


# Sent

def test_sending(time: Clock) -> None:
    draft = of_items(time, 1000, collection_method="send_invoice", days_until_due=3)
    sent = do(time, "send", draft)
    time.new_events(expect=[*FINALIZED, "payment_intent.created", "invoice.sent"])
    assert sent["status"] == "open"
    do(time, "send", draft)
    time.new_events(expect=["invoice.sent"])


def test_what_is_charged_is_not_sent(time: Clock) -> None:
    refusal(time, "send", opened(time))


# Void and uncollectible

def test_voiding(time: Clock) -> None:
    time.api.post(f"/v1/customers/{time.customer}", balance=-300)
    invoice = opened(time)
    assert (invoice["amount_due"], time.customer_now()["balance"]) == (700, 0)
    void = do(time, "void", invoice)
    time.new_events(expect=["invoice.updated", "invoice.voided", "customer.updated", "payment_intent.canceled"])
    assert (void["status"], void["status_transitions"]["voided_at"], time.customer_now()["balance"]) == (
        "void", time.now, -300)
    assert time.api.get(f"/v1/payment_intents/{invoice['payment_intent']}")["status"] == "canceled"
    for action in ("pay", "void", "mark_uncollectible"):
        refusal(time, action, void)


def test_giving_up_and_being_paid_after_all(time: Clock) -> None:
    invoice = do(time, "mark_uncollectible", opened(time))
    time.new_events(expect=["invoice.updated", "invoice.marked_uncollectible"])
    assert (invoice["status"], invoice["status_transitions"]["marked_uncollectible_at"]) == ("uncollectible", time.now)
    time.advance("2022-10-01", expect=[])
    assert do(time, "pay", invoice)["status"] == "paid"


def test_what_was_given_up_can_be_voided(time: Clock) -> None:
    assert do(time, "void", do(time, "mark_uncollectible", opened(time)))["status"] == "void"


@pytest.mark.parametrize("paid", [True, False])
def test_drafts_and_paid_invoices_are_not_voided(time: Clock, paid: bool) -> None:
    invoice = of_items(time, 1000)
    if paid:
        do(time, "pay", invoice)
    assert refusal(time, "void", invoice)["message"].startswith("You can only void open or uncollectible invoices")


# Read

def test_lists(time: Clock) -> None:
    subscription = time.subscribe(time.price())
    time.advance("2022-09-02")
    sent = create(time, collection_method="send_invoice", days_until_due=3)
    charged = create(time)

    def found(**filters: Any) -> list[str]:
        return [each["id"] for each in time.api.get("/v1/invoices", customer=time.customer, **filters)["data"]]

    first = subscription["latest_invoice"]
    assert found() == [charged["id"], sent["id"], first]
    assert found(status="paid") == [first]
    assert found(status="draft", collection_method="send_invoice") == [sent["id"]]
    assert found(due_date={"lte": at("2022-09-05")}) == [sent["id"]]
    assert found(created=time.now) == [charged["id"], sent["id"]]
    assert [each["id"] for each in time.api.get("/v1/invoices", subscription=subscription["id"])["data"]] == [first]
    assert time.api.get("/v1/invoices")["data"] == []


def test_lines_are_read_page_by_page_in_their_own_order(time: Clock) -> None:
    invoice = of_items(time, *range(1, 13))
    shown = invoice["lines"]
    assert (len(shown["data"]), shown["has_more"], shown["url"]) == (10, True, f"/v1/invoices/{invoice['id']}/lines")
    path = f"/v1/invoices/{invoice['id']}/lines"
    page = time.api.get(path, limit=5)
    conforms(page)
    assert ([line["amount"] for line in page["data"]], page["has_more"]) == ([12, 11, 10, 9, 8], True)
    rest = time.api.get(path, starting_after=page["data"][-1]["id"])
    assert ([line["amount"] for line in rest["data"]], rest["has_more"]) == ([7, 6, 5, 4, 3, 2, 1], False)
    before = time.api.get(path, limit=2, ending_before=rest["data"][0]["id"])
    assert ([line["amount"] for line in before["data"]], before["has_more"]) == ([9, 8], True)
    assert time.refused("GET", path, starting_after="il_none").error["param"] == "starting_after"


def test_an_unknown_invoice(api: Api) -> None:
    refused = api.refused("GET", "/v1/invoices/in_none")
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        404, "invoice", "No such invoice: 'in_none'")


def test_off_the_clock_invoices_are_listed(api: Api) -> None:
    customer = api.post("/v1/customers")["id"]
    invoice = api.post("/v1/invoices", customer=customer)
    assert (invoice["test_clock"], invoice["currency"]) == (None, "usd")
    assert [each["id"] for each in api.get("/v1/invoices")["data"]] == [invoice["id"]]


def test_renewals_go_on_beside(time: Clock) -> None:
    subscription = time.subscribe(time.price())
    item(time, 250)
    time.advance("2022-10-01", expect=["invoice.upcoming", "invoiceitem.updated", *DRAFTED])
    assert amounts(time.latest_invoice(subscription)) == [250, 1000]


def test_what_totals_name_can_be_shown_inline(time: Clock) -> None:
    coupon = time.api.post("/v1/coupons", percent_off=10, duration="forever")["id"]
    rate = time.api.post("/v1/tax_rates", display_name="VAT", percentage=20, inclusive=False)
    subscription = time.subscribe(time.price(), coupon=coupon, default_tax_rates=[rate["id"]])
    paths = ["total_tax_amounts.tax_rate", "total_discount_amounts.discount", "lines.data.tax_amounts.tax_rate",
             "lines.data.discount_amounts.discount", "lines.data.discounts", "discounts"]
    shown = time.api.get("/v1/invoices", customer=time.customer,
                         expand=[f"data.{path}" for path in paths if path.count(".") < 3])["data"][0]
    assert shown["total_tax_amounts"] == [{"amount": 180, "inclusive": False, "tax_rate": rate}]
    assert shown["total_discount_amounts"][0]["discount"]["coupon"]["id"] == coupon
    invoice = time.api.get(f"/v1/invoices/{subscription['latest_invoice']}", expand=paths)
    conforms(invoice)
    line = invoice["lines"]["data"][0]
    assert (line["tax_amounts"][0]["tax_rate"], line["discount_amounts"][0]["discount"]["coupon"]["id"]) == (rate, coupon)
    assert time.api.get("/v1/invoices", customer=time.customer, expand=["data.total_tax_amounts"])["data"][0][
        "total_tax_amounts"] == [{"amount": 180, "inclusive": False, "tax_rate": rate["id"]}]
