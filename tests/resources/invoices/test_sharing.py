"""Invoices that other accounts have a part in, and what is named by ids from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.clock import Clock
from tests.support.connected import connected

StartClock = Callable[..., Clock]

NO_ONE_TO_PAY = (
    "Can only apply an application_fee_amount when the Invoice is attempting a direct payment (using an OAuth key or "
    "Stripe-Account header) or destination payment (using `transfer_data[destination]`).")


@pytest.fixture
def time(clock: StartClock) -> Clock:
    return clock("2022-09-01")


def connect(api: Api) -> str:
    """The id of an account that is connected to the sandbox's."""
    return connected(api).account


def draft(time: Clock, amount: int = 1000, **values: Any) -> dict[str, Any]:
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=amount, currency="usd")
    return time.api.post("/v1/invoices", customer=time.customer, pending_invoice_items_behavior="include", **values)


def shared(invoice: dict[str, Any]) -> tuple[Any, ...]:
    return invoice["application_fee_amount"], invoice["transfer_data"], invoice["on_behalf_of"]


def test_an_invoice_is_on_behalf_of_another_account_and_pays_it(time: Clock) -> None:
    rocket = connect(time.api)
    made = draft(time, on_behalf_of=rocket, transfer_data={"destination": rocket, "amount": 700})
    assert shared(made) == (None, {"amount": 700, "destination": rocket}, rocket)
    path = f"/v1/invoices/{made['id']}"
    seen = time.api.get(path, expand=["on_behalf_of", "transfer_data.destination"])
    assert (seen["on_behalf_of"]["id"], seen["transfer_data"]["destination"]["object"]) == (rocket, "account")
    changed = time.api.post(path, transfer_data={"destination": rocket}, application_fee_amount=123)
    assert shared(changed) == (123, {"amount": None, "destination": rocket}, rocket)
    refused = time.refused("POST", path, transfer_data={"destination": rocket, "amount": 1})
    assert refused.error["message"] == (
        "You may only specify one of these parameters: application_fee_amount, transfer_data[amount].")
    assert time.refused("POST", path, transfer_data="").error["message"] == NO_ONE_TO_PAY
    assert shared(time.api.post(path, on_behalf_of=""))[2] is None
    final = time.api.post(f"{path}/finalize")
    for values in ({"application_fee_amount": 1}, {"transfer_data": ""}, {"on_behalf_of": rocket},
                   {"account_tax_ids": ["txi_1"]}):
        refused = time.refused("POST", path, **values)
        assert (refused.error["code"], refused.error["message"]) == (
            "invoice_not_editable", "Finalized invoices can't be updated in this way")
    assert time.api.get(path) == final


def test_no_more_is_shared_than_is_due(time: Clock) -> None:
    rocket = connect(time.api)
    time.api.post(f"/v1/customers/{time.customer}", balance=-400)
    fee = draft(time, application_fee_amount=700, transfer_data={"destination": rocket})
    assert time.api.post(f"/v1/invoices/{fee['id']}/finalize")["application_fee_amount"] == 600
    part = draft(time, transfer_data={"destination": rocket, "amount": 1001})
    assert time.api.post(f"/v1/invoices/{part['id']}/finalize")["transfer_data"]["amount"] == 1000


def test_a_connected_account_pays_a_fee_of_its_own_invoices(api: Api) -> None:
    headers = {"Stripe-Account": connect(api)}
    customer = api.call("POST", "/v1/customers", headers=headers).body["id"]
    made = api.call("POST", "/v1/invoices", {"customer": customer, "application_fee_amount": 50}, headers).body
    assert (made["application_fee_amount"], made["transfer_data"]) == (50, None)


@pytest.mark.parametrize(("base", "fees"), [("total", (95, 850)), ("subtotal", (100, 850))])
def test_a_percentage_of_a_subscriptions_invoices_is_the_fee(time: Clock, base: str, fees: tuple[int, int]) -> None:
    """1000 a month at 15 % off and 11.765 % tax on 850 (100) is 950; 10 % of it are 95, of the subtotal 100."""
    rocket = connect(time.api)
    time.api.post("/_sim/settings", application_fee_base=base)
    tax = time.api.post("/v1/tax_rates", display_name="Tax", percentage="11.765", inclusive=False)["id"]
    coupon = time.api.post("/v1/coupons", percent_off=15, duration="forever")["id"]
    subscription = time.subscribe(
        time.price(1000), coupon=coupon, default_tax_rates=[tax], application_fee_percent=10,
        transfer_data={"destination": rocket})
    first = time.latest_invoice(subscription)
    assert (first["total"], *shared(first)) == (950, fees[0], {"amount": None, "destination": rocket}, None)
    time.update(subscription, application_fee_percent=100)
    # The balance pays 100 of the 950, and nobody gets more than what is due.
    time.api.post(f"/v1/customers/{time.customer}", balance=-100)
    time.advance(months=1)
    renewal = time.latest_invoice(subscription)
    assert (renewal["status"], renewal["application_fee_amount"]) == ("draft", fees[1])
    changed = time.api.post(f"/v1/invoices/{renewal['id']}", application_fee_amount=7)
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=500, currency="usd", invoice=changed["id"])
    assert time.retrieve(renewal)["application_fee_amount"] == 7, "what a caller sets stays"


def test_a_percentage_of_a_subscriptions_invoices_is_transferred(time: Clock) -> None:
    rocket = connect(time.api)
    subscription = time.subscribe(time.price(999), transfer_data={"destination": rocket, "amount_percent": 33.33})
    # 332.9667
    assert time.latest_invoice(subscription)["transfer_data"] == {"amount": 333, "destination": rocket}


def test_tax_ids_of_the_account_are_shown(time: Clock) -> None:
    made = draft(time, account_tax_ids=["txi_1", "txi_2"])
    assert made["account_tax_ids"] == ["txi_1", "txi_2"]
    assert time.api.post(f"/v1/invoices/{made['id']}", account_tax_ids="")["account_tax_ids"] is None


def test_a_default_source_is_charged_after_the_default_payment_method(clock: StartClock) -> None:
    time = clock("2022-09-01", card=None)
    made = draft(time, default_source="pm_card_mastercard")
    source = time.api.get("/v1/payment_methods", customer=time.customer)["data"][0]["id"]
    assert made["default_source"] == source
    assert time.api.get(f"/v1/invoices/{made['id']}", expand=["default_source"])["default_source"]["id"] == source
    paid = time.api.post(f"/v1/invoices/{made['id']}/pay", expand=["charge"])
    assert paid["charge"]["payment_method_details"]["card"]["brand"] == "mastercard"
    both = draft(time, default_source="pm_card_mastercard", default_payment_method="pm_card_visa")
    paid = time.api.post(f"/v1/invoices/{both['id']}/pay", expand=["charge"])
    assert paid["charge"]["payment_method_details"]["card"]["brand"] == "visa"
    named = draft(time)
    paid = time.api.post(f"/v1/invoices/{named['id']}/pay", source=source, expand=["charge"])
    assert paid["charge"]["payment_method"] == source


@pytest.mark.parametrize(("action", "values", "param", "message"), [
    ("", {"on_behalf_of": "acct_none"}, "on_behalf_of", "No such account: 'acct_none'"),
    ("", {"transfer_data": {"destination": "acct_none"}}, "transfer_data[destination]", "No such destination: 'acct_none'"),
    ("", {"transfer_data": {"amount": 5}}, "transfer_data[destination]",
     "Missing required param: transfer_data[destination]."),
    ("", {"application_fee_amount": 5}, "application_fee_amount", NO_ONE_TO_PAY),
    ("", {"application_fee_amount": -1}, "application_fee_amount", "This value must be greater than or equal to 0."),
    ("", {"account_tax_ids": ["txi_1", "tax"]}, "account_tax_ids[1]", "No such tax_id: 'tax'"),
    ("", {"default_source": "src_none"}, "default_source", "No such source: 'src_none'"),
    ("", {"payment_settings": {"default_mandate": "mandate_none"}}, "payment_settings[default_mandate]",
     "No such mandate: 'mandate_none'"),
    ("/pay", {"mandate": "mandate_none"}, "mandate", "No such mandate: 'mandate_none'"),
    ("/pay", {"source": "src_none"}, "source", "No such PaymentMethod: 'src_none'"),
    ("/pay", {"source": "pm_card_visa", "payment_method": "pm_card_visa"}, None,
     "You may only specify one of these parameters: payment_method, source."),
])
def test_what_cannot_be_named(time: Clock, action: str, values: dict[str, Any], param: str | None, message: str) -> None:
    made = draft(time)
    refused = time.refused("POST", f"/v1/invoices/{made['id']}{action}", **values)
    assert (refused.status, refused.error.get("param"), refused.error["message"]) == (400, param, message)
    assert time.retrieve(made) == made
    if not action:
        refused = time.refused("POST", "/v1/invoices", customer=time.customer, **values)
        assert refused.error["message"] == message


def test_tax_ids_are_previewed(time: Clock) -> None:
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=1000, currency="usd")
    ids = [{"type": "eu_vat", "value": "DE123456789"}, {"type": "gb_vat", "value": "GB123456789"}]
    address = {"country": "DE"}
    preview = time.upcoming(customer=time.customer, customer_details={
        "tax_ids": ids, "tax": {"ip_address": "192.0.2.1"}, "address": address})
    assert (preview["customer_tax_ids"], preview["customer_address"]["country"], preview["customer_email"]) == (
        ids, "DE", "jenny@example.com")
    assert time.upcoming(customer=time.customer)["customer_tax_ids"] == []
    refused = time.refused("GET", "/v1/invoices/upcoming", customer_details={"tax_ids": [ids[0], ids[1] | {"value": "DE1"}]})
    assert (refused.error["param"], refused.error["code"]) == ("customer_details[tax_ids][1][value]", "tax_id_invalid")
    time.api.post(f"/v1/customers/{time.customer}/tax_ids", **ids[1])
    assert time.upcoming(customer=time.customer)["customer_tax_ids"] == [ids[1]]
    refused = time.refused("GET", "/v1/invoices/upcoming", customer=time.customer, customer_details={
        "tax_ids": [{"type": "eu_vat"}]})
    assert refused.error["message"] == "Missing required param: customer_details[tax_ids][0][value]."


def test_settings_of_konbini_are_taken(time: Clock) -> None:
    made = draft(time, payment_settings={"payment_method_options": {"konbini": {"a": "b"}}})
    assert made["payment_settings"]["payment_method_options"]["konbini"] is not None
