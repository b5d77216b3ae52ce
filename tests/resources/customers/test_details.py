"""What else a customer has: cash balance settings, a place to be taxed, sources, and what is included on demand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.api import Api
from tests.support.clock import Clock


def test_the_settings_of_the_cash_balance(api: Api) -> None:
    customer = api.post("/v1/customers", cash_balance={"settings": {"reconciliation_mode": "manual"}},
                        expand=["cash_balance"])
    path = f"/v1/customers/{customer['id']}/cash_balance"
    shown = {"object": "cash_balance", "available": None, "customer": customer["id"], "livemode": False,
             "settings": {"reconciliation_mode": "manual"}}
    assert customer["cash_balance"] == shown == api.get(path)
    automatic = shown | {"settings": {"reconciliation_mode": "automatic"}}
    assert api.post(path, settings={"reconciliation_mode": "automatic"}) == automatic == api.get(path)
    assert api.post(path) == automatic
    assert api.get(f"/v1/customers/{api.post('/v1/customers')['id']}/cash_balance")["settings"] == {
        "reconciliation_mode": "automatic"}
    answer = api.refused("POST", path, settings={"reconciliation_mode": "never"})
    assert answer.error["message"] == "Invalid settings[reconciliation_mode]: must be one of automatic or manual"
    assert api.event_types() == ["customer.created", "customer.created"]


def test_where_a_customer_would_be_taxed(api: Api) -> None:
    customer = api.post("/v1/customers", tax={"ip_address": "10.0.0.1"}, expand=["tax"])
    assert customer["tax"] == {"automatic_tax": "unrecognized_location", "ip_address": "10.0.0.1", "location": None}
    path = f"/v1/customers/{customer['id']}"
    billed = api.post(path, address={"country": "US", "state": "CA"}, tax={"ip_address": ""}, expand=["tax"])
    assert billed["tax"] == {"automatic_tax": "not_collecting", "ip_address": None,
                             "location": {"country": "US", "source": "billing_address", "state": "CA"}}
    shipped = api.post(path, shipping={"name": "Jenny", "address": {"country": "DE"}}, expand=["tax"])
    assert shipped["tax"]["location"] == {"country": "DE", "source": "shipping_destination", "state": None}


def test_what_is_included_only_on_demand(clock: Callable[..., Clock]) -> None:
    jenny = clock("2022-08-01", balance=-300)
    gone, kept = jenny.subscribe(jenny.price(1000)), jenny.subscribe(jenny.price(2000))
    jenny.api.delete(f"/v1/subscriptions/{gone['id']}")
    names = ["cash_balance", "invoice_credit_balance", "sources", "subscriptions", "tax", "tax_ids"]
    plain = jenny.customer_now()
    assert plain.keys().isdisjoint(names)
    full = jenny.api.get(f"/v1/customers/{jenny.customer}", expand=names)
    assert full["subscriptions"] == {"object": "list", "data": [jenny.retrieve(kept)], "has_more": False,
                                     "url": f"/v1/customers/{jenny.customer}/subscriptions"}
    assert full["sources"] == {"object": "list", "data": [], "has_more": False,
                               "url": f"/v1/customers/{jenny.customer}/sources"}
    [listed] = jenny.api.get("/v1/customers", test_clock=jenny.id, expand=["data.subscriptions"])["data"]
    assert [each["id"] for each in listed["subscriptions"]["data"]] == [kept["id"]]
    # The balance paid for a part of the first invoice; credit is positive here.
    assert full["invoice_credit_balance"] == {}
    jenny.api.post(f"/v1/customers/{jenny.customer}", balance=-50)
    shown = jenny.api.get(f"/v1/customers/{jenny.customer}", expand=["invoice_credit_balance"])
    assert shown["invoice_credit_balance"] == {"usd": 50}


@pytest.mark.parametrize("exemption", ["exempt", "reverse", "none"])
def test_exempt_customers_are_not_taxed(clock: Callable[..., Clock], exemption: str) -> None:
    jenny = clock("2022-08-01", tax_exempt=exemption)
    rate = jenny.api.post("/v1/tax_rates", display_name="VAT", percentage=20, inclusive=False)["id"]
    invoice = jenny.latest_invoice(jenny.subscribe(jenny.price(1000), default_tax_rates=[rate]))
    assert invoice["customer_tax_exempt"] == exemption
    assert (invoice["total"], invoice["tax"]) == ((1200, 200) if exemption == "none" else (1000, 0))


def test_a_source_is_a_card_that_is_charged_by_default(clock: Callable[..., Clock]) -> None:
    jenny = clock("2022-08-01", card=None, source="tok_visa")
    [card] = jenny.api.get(f"/v1/customers/{jenny.customer}/payment_methods")["data"]
    assert card["card"]["brand"] == "visa"
    assert jenny.customer_now()["default_source"] == card["id"]
    subscription = jenny.subscribe(jenny.price(1000))
    assert (subscription["status"], jenny.latest_invoice(subscription)["paid"]) == ("active", True)
    path = f"/v1/customers/{jenny.customer}"
    jcb = jenny.api.post(f"{path}/sources", source="tok_jp")
    assert jenny.api.post(path, default_source=jcb["id"])["default_source"] == jcb["id"]
    assert jenny.api.post(path, default_card=card["id"])["default_source"] == card["id"]
    # A new default takes the place of the former one.
    changed = jenny.api.post(path, source="tok_mastercard")
    assert jenny.api.get(f"{path}/sources", expand=["data.customer"])["data"][0]["id"] == changed["default_source"]
    assert [each["id"] for each in jenny.api.get(f"{path}/sources")["data"]] == [changed["default_source"], jcb["id"]]
    numbers = {"number": "378282246310005", "exp_month": 12, "exp_year": 2034, "cvc": "1234", "name": "Jenny",
               "address_zip": "94107", "metadata": {"a": "1"}}
    amex = jenny.api.post(path, card=numbers)["default_source"]
    shown = jenny.api.get(f"/v1/payment_methods/{amex}")
    assert (shown["card"]["brand"], shown["billing_details"]["name"], shown["metadata"]) == ("amex", "Jenny", {"a": "1"})
    assert shown["billing_details"]["address"]["postal_code"] == "94107"
    jenny.api.post(f"/v1/payment_methods/{amex}/detach")
    assert jenny.customer_now()["default_source"] == jcb["id"]
    assert jenny.api.post(path, card="tok_visa")["default_source"] != jcb["id"]


def test_sources_that_cannot_be_had(api: Api) -> None:
    customer = api.post("/v1/customers")["id"]
    path = f"/v1/customers/{customer}"
    account = {"account_number": "000123456789", "country": "US"}
    for values, message, param in (
            ({"source": "tok_x"}, "No such token: 'tok_x'", "source"),
            ({"card": "tok_x"}, "No such token: 'tok_x'", "card"),
            ({"default_source": "card_x"}, "No such source: 'card_x'", "default_source"),
            ({"default_source": "pm_x"}, "No such PaymentMethod: 'pm_x'", "default_source"),
            ({"default_bank_account": "ba_x"}, "No such source: 'ba_x'", "default_bank_account"),
            ({"default_alipay_account": "aliacc_x"}, "No such source: 'aliacc_x'", "default_alipay_account"),
            ({"bank_account": account}, "Missing required param: bank_account[routing_number].", "bank_account[routing_number]"),
            ({"source": {"number": "4242424242424242"}}, "Missing required param: source[object].", "source[object]"),
            ({"card": {"exp_month": 1, "exp_year": 2034}}, "Missing required param: card[number].", "card[number]")):
        answer = api.refused("POST", path, **values)
        assert (answer.status, answer.error["message"], answer.error["param"]) == (400, message, param)
    answer = api.refused("POST", path, card={"number": "4000000000000002", "exp_month": 1, "exp_year": 2034})
    assert (answer.status, answer.error["code"]) == (402, "card_declined")
    answer = api.refused("POST", "/v1/customers", source="tok_chargeDeclined")
    assert (answer.status, answer.error["code"]) == (402, "card_declined")
    assert api.get(f"{path}/payment_methods")["data"] == []
    assert len(api.get("/v1/customers")["data"]) == 1
