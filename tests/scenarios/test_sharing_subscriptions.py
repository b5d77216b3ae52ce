"""A year of subscriptions that connected accounts have a part in: what platform and seller have of it, to the cent.

The processing of 1000 costs 59, and of 2500, 103.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.support.api import Api
from tests.support.clock import Clock, at
from tests.support.marketplace import id_of, total

StartClock = Callable[..., Clock]
PAID_AND_SENT = ["payment_intent.created", "charge.succeeded", "transfer.created", "payment_intent.succeeded",
                 "application_fee.created", "invoice.updated", "invoice.paid", "invoice.payment_succeeded"]
"""What follows invoice.finalized where the payment is sent on and a fee comes back."""


def test_a_year_of_renewals_is_sent_on_less_a_tenth(clock: StartClock, api: Api, seller: Api) -> None:
    time = clock("2022-01-31")
    subscription = time.subscribe(time.price(1000), application_fee_percent=10, transfer_data={"destination": id_of(seller)})
    assert (subscription["application_fee_percent"], subscription["transfer_data"]) == (
        10, {"amount_percent": None, "destination": id_of(seller)})
    time.advance("2022-02-28 01:00")
    time.advance("2022-03-31")
    time.advance(hours=1, expect=["invoice.updated", "invoice.finalized", *PAID_AND_SENT])
    time.advance("2022-12-31 01:00")
    invoices = time.invoices()
    assert [(invoice["amount_paid"], invoice["application_fee_amount"], invoice["transfer_data"]) for invoice in invoices] == [
        (1000, 100, {"amount": None, "destination": id_of(seller)})] * 12
    # Each month 1000 - 59 came and 1000 went, and 100 came back; the seller got 900.
    assert (total(api), total(seller)) == (12 * 41, 12 * 900)
    charge = api.get(f"/v1/invoices/{invoices[-1]['id']}", expand=["charge", "payment_intent"])
    assert (charge["charge"]["application_fee_amount"], charge["payment_intent"]["transfer_data"]) == (
        100, {"destination": id_of(seller)})
    transfer = api.get(f"/v1/transfers/{charge['charge']['transfer']}")
    assert (transfer["created"], transfer["transfer_group"]) == (
        at("2022-12-31 01:00"), f"group_{charge['payment_intent']['id']}")
    assert len(seller.get("/v1/charges", limit=100)["data"]) == 12
    fee = api.get(f"/v1/application_fees/{charge['charge']['application_fee']}")
    assert (fee["amount"], fee["originating_transaction"]) == (100, charge["charge"]["id"])


def test_a_year_of_renewals_on_the_sellers_own_account(clock: StartClock, api: Api, seller: Api) -> None:
    api.post("/_sim/settings", limits="off")
    time = Clock(seller, "2022-01-31")
    subscription = time.subscribe(time.price(2500), application_fee_percent="12.5")
    application = f"ca_{id_of(api)[5:]}"
    assert (subscription["application"], subscription["application_fee_percent"]) == (application, 12.5)
    time.advance("2022-12-31 01:00")
    invoices = time.invoices()
    # 312.5, rounded up.
    assert [(each["amount_paid"], each["application_fee_amount"], each["application"]) for each in invoices] == [
        (2500, 313, application)] * 12
    assert (total(seller), total(api)) == (12 * (2500 - 103 - 313), 12 * 313)
    fees = api.get("/v1/application_fees", limit=100)["data"]
    assert [(fee["amount"], fee["account"]) for fee in fees] == [(313, id_of(seller))] * 12
    assert api.event_types().count("application_fee.created") == 12
    # All that it earns is the platform's at once, because it has no such clock: 2022 is over.
    assert api.get("/v1/balance")["pending"][0]["amount"] == 0


def test_a_percentage_is_sent_on_and_the_platform_keeps_the_rest(clock: StartClock, api: Api, seller: Api) -> None:
    time = clock("2022-01-31")
    time.subscribe(time.price(999), transfer_data={"destination": id_of(seller), "amount_percent": 80})
    time.advance("2022-03-31 01:00")
    # 80 % of 999 are 799.2; 999 cost 58.97, rounded 59 with the 30.
    fee = 59
    assert [invoice["transfer_data"]["amount"] for invoice in time.invoices()] == [799] * 3
    assert (total(api), total(seller)) == (3 * (999 - fee - 799), 3 * 799)


def test_an_invoice_is_shared_as_it_says(clock: StartClock, api: Api, seller: Api) -> None:
    time = clock("2022-01-31")
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=2500, currency="usd")
    invoice = api.post("/v1/invoices", customer=time.customer, pending_invoice_items_behavior="include",
                       application_fee_amount=500, transfer_data={"destination": id_of(seller)}, on_behalf_of=id_of(seller))
    time.new_events()
    paid = api.post(f"/v1/invoices/{invoice['id']}/pay", expand=["charge"])
    time.new_events(expect=["invoice.updated", "invoice.finalized", *PAID_AND_SENT])
    assert (paid["charge"]["on_behalf_of"], paid["charge"]["application_fee_amount"]) == (id_of(seller), 500)
    assert (total(api), total(seller)) == (2500 - 103 - 2500 + 500, 2000)
    note = api.post("/v1/credit_notes", invoice=invoice["id"], amount=500, refund_amount=500)
    # A credit note leaves the transfer where it is.
    assert api.get(f"/v1/refunds/{note['refund']}")["transfer_reversal"] is None
    assert (total(api), total(seller)) == (2500 - 103 - 2500 + 500 - 500, 2000)


def test_renewals_fail_while_the_seller_can_receive_nothing(clock: StartClock, api: Api, seller: Api) -> None:
    time = clock("2022-01-31")
    subscription = time.subscribe(time.price(1000), transfer_data={"destination": id_of(seller)})
    api.post(f"/v1/accounts/{id_of(seller)}", capabilities={"transfers": {"requested": False}})
    time.advance("2022-02-28")
    time.advance(hours=1, expect=["invoice.updated", "invoice.finalized", "payment_intent.created", "invoice.payment_failed",
                                  "invoice.updated", "customer.updated", "customer.subscription.updated"])
    invoice = time.latest_invoice(subscription)
    assert (invoice["status"], invoice["attempt_count"], invoice["charge"]) == ("open", 1, None)
    refused = time.refused("POST", f"/v1/invoices/{invoice['id']}/pay")
    assert (refused.status, refused.error["code"]) == (400, "insufficient_capabilities_for_transfer")
    refused = time.refused("POST", "/v1/subscriptions", customer=time.customer, items=[{"price": time.price(500)}],
                           transfer_data={"destination": id_of(seller)})
    assert refused.error["code"] == "insufficient_capabilities_for_transfer"
    api.post(f"/v1/accounts/{id_of(seller)}", capabilities={"transfers": {"requested": True}})
    time.advance(days=4)
    assert time.retrieve(invoice)["status"] == "paid"
    assert total(seller) == 2000


def test_a_fee_that_nobody_else_would_pay_is_refused(clock: StartClock, api: Api, seller: Api) -> None:
    time = clock("2022-01-31")
    price = time.price(1000)
    words = ("Can only apply an application_fee_percent when the request is made on behalf of another account (using an OAuth "
             "key, the Stripe-Account header, or `transfer_data[destination]`).")
    shared = {"application_fee_percent": 5, "transfer_data": {"destination": id_of(seller)}}
    subscription = time.subscribe(price, **shared)
    phase = {"items": [{"price": price}], "iterations": 2}
    for path, param, values in (
            ("/v1/subscriptions", "application_fee_percent", {"items": [{"price": price}], "application_fee_percent": 5}),
            (f"/v1/subscriptions/{subscription['id']}", "application_fee_percent", {"transfer_data": ""}),
            ("/v1/quotes", "application_fee_percent", {"line_items": [{"price": price}], "application_fee_percent": 5}),
            ("/v1/subscription_schedules", "phases[1][application_fee_percent]",
             {"start_date": "now", "phases": [phase | shared, phase | {"application_fee_percent": 5}]}),
            ("/v1/subscription_schedules", "default_settings[application_fee_percent]",
             {"start_date": "now", "phases": [phase], "default_settings": {"application_fee_percent": 5}})):
        named = {} if subscription["id"] in path else {"customer": time.customer}
        error = time.refused("POST", path, **named, **values).error
        assert (error["param"], error["message"]) == (param, words)


def test_a_quote_leads_to_shared_payments(clock: StartClock, api: Api, seller: Api) -> None:
    time = clock("2022-01-31")
    quote = api.post("/v1/quotes", customer=time.customer, line_items=[{"price": time.price(1000)}], application_fee_percent=10,
                     transfer_data={"destination": id_of(seller)})
    api.post(f"/v1/quotes/{quote['id']}/finalize")
    api.post(f"/v1/quotes/{quote['id']}/accept")
    time.advance("2022-02-28 01:00")
    assert [invoice["application_fee_amount"] for invoice in time.invoices()] == [100, 100]
    assert (total(api), total(seller)) == (2 * 41, 2 * 900)
    once = time.price(2500, None)
    quote = api.post("/v1/quotes", customer=time.customer, line_items=[{"price": once}], application_fee_amount=500,
                     transfer_data={"destination": id_of(seller)}, on_behalf_of=id_of(seller))
    api.post(f"/v1/quotes/{quote['id']}/finalize")
    invoice = api.post(f"/v1/quotes/{quote['id']}/accept")["invoice"]
    paid = api.post(f"/v1/invoices/{invoice}/pay", expand=["charge"])
    assert (paid["on_behalf_of"], paid["charge"]["application_fee_amount"]) == (id_of(seller), 500)
    assert total(seller) == 2 * 900 + 2000
