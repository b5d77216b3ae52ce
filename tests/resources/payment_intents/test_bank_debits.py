"""Debits of bank accounts: asked for now, answered later; the accounts of the test world, deposits, mandates."""

from __future__ import annotations

from typing import Any

import pytest

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import DAY, Clock, at
from tests.support.rows import row_counts
from tests.support.wall import Wall

URL = "/v1/payment_intents"
ACCEPTED = {"customer_acceptance": {"type": "offline"}}
ACCOUNT = {"type": "us_bank_account", "us_bank_account": {"account_number": "000123456789", "routing_number": "110000000"}}


def debit(api: Api, account: str = "pm_usBankAccount_success", **values: Any) -> dict[str, Any]:
    return api.post(URL, **{
        "amount": 10000, "currency": "usd", "payment_method": account, "payment_method_types": ["us_bank_account"],
        "confirm": True, "mandate_data": ACCEPTED} | values)


def wait(api: Api, wall: Wall, seconds: int = 2) -> None:
    wall.advance(seconds)
    api.server.worker.run_due()


def money(api: Api, **filters: Any) -> list[tuple[str, str, int, int]]:
    """Type, category, amount and fee of what happened on the balance, oldest first."""
    rows = api.get("/v1/balance_transactions", limit=100, **filters)["data"][::-1]
    return [(row["type"], row["reporting_category"], row["amount"], row["fee"]) for row in rows]


@pytest.fixture
def wednesday(wall: Wall) -> Wall:
    wall.now = at("2023-01-04 09:00")
    return wall


def test_a_bank_is_asked_and_answers_later(api: Api, server: Server, wednesday: Wall) -> None:
    intent = debit(api)
    assert (intent["status"], intent["amount_received"], intent["next_action"]) == ("processing", 0, None)
    [charge] = intent["charges"]["data"]
    assert charge["id"].startswith("py_")
    assert (charge["status"], charge["paid"], charge["captured"], charge["failure_code"]) == ("pending", False, False, None)
    assert charge["payment_method_details"] == {"type": "us_bank_account", "us_bank_account": {
        "account_holder_type": "individual", "account_type": "checking", "bank_name": "STRIPE TEST BANK",
        "fingerprint": charge["payment_method_details"]["us_bank_account"]["fingerprint"], "last4": "6789",
        "routing_number": "110000000"}}
    assert api.event_types() == ["payment_intent.created", "charge.pending", "payment_intent.processing"]
    # On the balance from the beginning, as funds of banks, and available after four business days: on Tuesday.
    row = api.get(f"/v1/balance_transactions/{charge['balance_transaction']}", expand=["source"])
    assert (row["type"], row["amount"], row["fee"], row["net"], row["status"], row["description"], row["source"]["id"]) == (
        "payment", 10000, 320, 9680, "pending", None, charge["id"])
    assert row["available_on"] == at("2023-01-10")
    assert api.get("/v1/balance")["pending"] == [{"amount": 9680, "currency": "usd", "source_types": {"bank_account": 9680}}]

    wait(api, wednesday, 1)
    assert api.get(f"{URL}/{intent['id']}")["status"] == "processing"
    wait(api, wednesday, 1)
    paid = api.get(f"{URL}/{intent['id']}")
    assert (paid["status"], paid["amount_received"]) == ("succeeded", 10000)
    [charge] = paid["charges"]["data"]
    assert (charge["status"], charge["paid"], charge["captured"], charge["amount_captured"]) == ("succeeded", True, True, 10000)
    assert api.event_types()[3:] == ["charge.succeeded", "payment_intent.succeeded"]
    wait(api, wednesday, 7 * DAY)
    assert api.get("/v1/balance")["available"] == [
        {"amount": 9680, "currency": "usd", "source_types": {"bank_account": 9680}}]

    refund = api.post("/v1/refunds", payment_intent=intent["id"], amount=2500)
    assert refund["id"].startswith("pyr_") and refund["charge"] == charge["id"]
    row = api.get(f"/v1/balance_transactions/{refund['balance_transaction']}")
    assert (row["type"], row["reporting_category"], row["net"], row["description"], row["source"]) == (
        "payment_refund", "refund", -2500, "REFUND FOR PAYMENT", refund["id"])
    assert api.get("/v1/balance")["available"][0]["source_types"] == {"bank_account": 7180}
    assert examine(server.database, account=api.key) == []


@pytest.mark.parametrize(("name", "code", "message"), [
    ("accountClosed", "account_closed", "The customer's bank account has been closed."),
    ("noAccount", "no_account", "The customer's bank account could not be located."),
    ("insufficientFunds", "insufficient_funds", "The customer's account has insufficient funds to cover this payment."),
    ("debitNotAuthorized", "debit_not_authorized", "The customer has notified their bank that this payment was unauthorized."),
    ("invalidCurrency", "invalid_currency",
     "The customer's bank was unable to process this payment because of its currency."),
])
def test_a_bank_refuses_later(api: Api, server: Server, wednesday: Wall, name: str, code: str, message: str) -> None:
    id = debit(api, f"pm_usBankAccount_{name}")["id"]
    wait(api, wednesday)
    intent = api.get(f"{URL}/{id}")
    assert (intent["status"], intent["payment_method"]) == ("requires_payment_method", None)
    error, [charge] = intent["last_payment_error"], intent["charges"]["data"]
    assert (error["code"], error["message"], error["charge"], error["payment_method"]["type"]) == (
        code, message, charge["id"], "us_bank_account")
    assert (charge["status"], charge["paid"], charge["failure_code"], charge["failure_message"]) == (
        "failed", False, code, message)
    assert charge["outcome"]["type"] == "issuer_declined"
    assert api.event_types() == ["payment_intent.created", "charge.pending", "payment_intent.processing", "charge.failed",
                                 "payment_intent.payment_failed"]
    # The fee stays paid, and nothing else.
    assert money(api) == [("payment", "charge", 10000, 320), ("payment_failure_refund", "charge_failure", -10000, 0)]
    back = api.get(f"/v1/balance_transactions/{charge['failure_balance_transaction']}")
    assert (back["net"], back["available_on"], back["source"]) == (-10000, at("2023-01-10"), charge["id"])
    assert api.get("/v1/balance")["pending"][0]["amount"] == -320
    refused = api.refused("POST", "/v1/refunds", charge=charge["id"])
    assert (refused.status, refused.error["param"]) == (400, "charge")
    assert examine(server.database, account=api.key) == []


def test_no_delay_answers_in_the_call(api: Api) -> None:
    api.post("/_sim/settings", bank_debit_settles_after_s=0)
    assert debit(api)["status"] == "succeeded"
    declined = api.call("POST", URL, {
        "amount": 10000, "currency": "usd", "payment_method": "pm_usBankAccount_noAccount", "confirm": True,
        "payment_method_types": ["us_bank_account"], "mandate_data": ACCEPTED})
    assert (declined.status, declined.error["code"], declined.error["payment_intent"]["status"]) == (
        402, "no_account", "requires_payment_method")
    assert api.event_types()[-5:] == ["payment_intent.created", "charge.pending", "payment_intent.processing", "charge.failed",
                                      "payment_intent.payment_failed"]


def test_a_bank_that_never_answers_can_be_told_to_forget_it(api: Api, server: Server, wednesday: Wall) -> None:
    silent, asked = debit(api, "pm_usBankAccount_processing"), debit(api)
    assert money(api) == [("payment", "charge", 10000, 320)]
    for intent in (silent, asked):
        canceled = api.post(f"{URL}/{intent['id']}/cancel", cancellation_reason="abandoned")
        [charge] = canceled["charges"]["data"]
        assert (canceled["status"], charge["status"], charge["failure_code"], charge["refunded"]) == (
            "canceled", "failed", "payment_intent_canceled", False)
        assert api.event_types()[-2:] == ["payment_intent.canceled", "charge.failed"]
    assert money(api) == [("payment", "charge", 10000, 320), ("payment_failure_refund", "charge_failure", -10000, 0)]
    before = api.event_types()
    wait(api, wednesday, 3)
    assert api.event_types() == before
    assert examine(server.database, account=api.key) == []


def test_while_a_bank_is_asked_nothing_else_is(api: Api) -> None:
    intent = debit(api, "pm_usBankAccount_processing")
    path, unexpected = f"{URL}/{intent['id']}", "payment_intent_unexpected_state"
    confirm = api.refused("POST", f"{path}/confirm")
    assert (confirm.status, confirm.error["code"], confirm.error["message"]) == (
        400, unexpected, "You cannot confirm this PaymentIntent because it has a status of processing.")
    assert api.refused("POST", f"{path}/capture").error["code"] == unexpected
    assert api.refused("POST", path, amount=5).error["code"] == unexpected
    refund = api.refused("POST", "/v1/refunds", payment_intent=intent["id"])
    assert (refund.status, refund.error["message"]) == (
        400, f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")


def test_a_debit_is_disputed(api: Api, wednesday: Wall) -> None:
    id = debit(api, "pm_usBankAccount_dispute")["id"]
    wait(api, wednesday, 2)
    wait(api, wednesday, 1)
    [dispute] = api.get("/v1/disputes", payment_intent=id)["data"]
    assert (dispute["reason"], dispute["amount"], dispute["status"]) == ("debit_not_authorized", 10000, "needs_response")
    assert dispute["payment_method_details"] == {"type": "us_bank_account", "us_bank_account": {}}
    # What had come goes from where it had come to, with the fees of 3.20 and 15.00 beside.
    [available], [pending] = (api.get("/v1/balance")[name] for name in ("available", "pending"))
    assert (available["source_types"], pending["source_types"]) == ({"bank_account": -11500}, {"bank_account": 9680})
    api.post(f"/v1/disputes/{dispute['id']}", evidence={"uncategorized_text": "winning_evidence"})
    wait(api, wednesday, 1)
    assert api.get("/v1/balance")["available"][0]["source_types"] == {"bank_account": 0}


def test_what_is_not_permitted_is_not_debited(api: Api) -> None:
    api.get("/v1/account")
    before = row_counts(api.server)
    refused = api.refused("POST", URL, amount=10000, currency="usd", confirm=True, payment_method="pm_usBankAccount_success",
                          payment_method_types=["us_bank_account"])
    assert (refused.status, refused.error["code"]) == (400, "payment_intent_mandate_invalid")
    assert refused.error["message"].startswith("This PaymentIntent requires a mandate, but no existing mandate was found.")
    assert row_counts(api.server) == before
    currency = api.refused("POST", URL, amount=10000, currency="eur", confirm=True, mandate_data=ACCEPTED,
                           payment_method="pm_usBankAccount_success", payment_method_types=["us_bank_account"])
    assert (currency.error["param"], currency.error["message"]) == (
        "currency",
        "The currency provided (eur) is invalid. Payments with us_bank_account support the following currencies: usd.")
    manual = api.refused("POST", URL, amount=10000, currency="usd", confirm=True, mandate_data=ACCEPTED,
                         payment_method="pm_usBankAccount_success", payment_method_types=["us_bank_account"],
                         capture_method="manual")
    assert (manual.status, manual.error["param"]) == (400, "capture_method")


def test_a_permission_is_for_once_or_for_good(api: Api, wednesday: Wall) -> None:
    customer = api.post("/v1/customers")["id"]
    method = api.post("/v1/payment_methods/pm_usBankAccount_success/attach", customer=customer)["id"]
    debit(api, method, customer=customer)
    later = {"amount": 500, "currency": "usd", "customer": customer, "off_session": True, "confirm": True,
             "payment_method_types": ["us_bank_account"]}
    refused = api.refused("POST", URL, payment_method=method, **later)
    assert refused.error["code"] == "payment_intent_mandate_invalid"
    kept = debit(api, customer=customer, setup_future_usage="off_session")
    method = kept["payment_method"]
    assert api.get(f"/v1/payment_methods/{method}")["customer"] == customer
    wait(api, wednesday)
    assert api.post(URL, payment_method=method, **later)["status"] == "processing"


@pytest.mark.parametrize(("type", "currency", "account", "fails"), [
    ("sepa_debit", "eur", {"iban": "DE89370400440532013000"}, None),
    ("sepa_debit", "eur", {"iban": "AT86 1904 3002 3547 3202"}, "generic_decline"),
    ("bacs_debit", "gbp", {"account_number": "00012345", "sort_code": "108800"}, None),
    ("bacs_debit", "gbp", {"account_number": "22222227", "sort_code": "108800"}, "insufficient_funds"),
    ("au_becs_debit", "aud", {"account_number": "000123456", "bsb_number": "000000"}, None),
    ("au_becs_debit", "aud", {"account_number": "111111113", "bsb_number": "000000"}, "account_closed"),
])
def test_banks_of_other_countries(api: Api, wednesday: Wall, type: str, currency: str, account: dict[str, str],
                                  fails: str | None) -> None:
    data = {"type": type, type: account, "billing_details": {"name": "Jenny Rosen", "email": "jenny@example.com"}}
    intent = api.post(URL, amount=2000, currency=currency, payment_method_types=[type], payment_method_data=data, confirm=True,
                      mandate_data=ACCEPTED)
    assert intent["status"] == "processing"
    [charge] = intent["charges"]["data"]
    details = charge["payment_method_details"][type]
    assert details["last4"] == (account.get("iban") or account["account_number"]).replace(" ", "")[-4:]
    mandate = api.get(f"/v1/mandates/{details['mandate']}")
    assert (mandate["type"], mandate["status"], mandate["payment_method_details"]["type"]) == ("single_use", "active", type)
    assert api.get("/v1/balance")["pending"][-1]["source_types"].keys() == {"card"}
    wait(api, wednesday)
    ended = api.get(f"{URL}/{intent['id']}")
    assert ended["status"] == ("succeeded" if fails is None else "requires_payment_method")
    assert ended["charges"]["data"][0]["failure_code"] == fails


# Deposits


def unverified(api: Api, number: str = "000123456789", **values: Any) -> dict[str, Any]:
    data = {"type": "us_bank_account", "us_bank_account": {"account_number": number, "routing_number": "110000000"}}
    return debit(api, payment_method=None, payment_method_data=data, **values)


def test_an_account_is_verified_by_deposits(api: Api, wednesday: Wall) -> None:
    for named in ({"amounts": [32, 45]}, {"amounts": [45, 32]}, {"descriptor_code": "SM11AA"}):
        intent = unverified(api)
        assert (intent["status"], intent["charges"]["data"]) == ("requires_action", [])
        account = api.get("/v1/account")["id"]
        assert intent["next_action"] == {"type": "verify_with_microdeposits", "verify_with_microdeposits": {
            "arrival_date": at("2023-01-06"), "microdeposit_type": "descriptor_code",
            "hosted_verification_url": f"http://127.0.0.1:12111/3d_secure/{account}/{intent['client_secret']}"}}
        assert api.event_types()[-2:] == ["payment_intent.created", "payment_intent.requires_action"]
        verified = api.post(f"{URL}/{intent['id']}/verify_microdeposits", **named)
        assert (verified["status"], verified["next_action"]) == ("processing", None)
        assert api.event_types()[-2:] == ["charge.pending", "payment_intent.processing"]


@pytest.mark.parametrize(("number", "named", "code"), [
    ("000123456789", {"amounts": [10, 11]}, "payment_method_microdeposit_verification_attempts_exceeded"),
    ("000123456789", {"descriptor_code": "SM33CC"}, "payment_method_microdeposit_verification_attempts_exceeded"),
    ("000123456789", {"amounts": [40, 41]}, "payment_method_microdeposit_verification_timeout"),
    ("000123456789", {"descriptor_code": "SM44DD"}, "payment_method_microdeposit_verification_timeout"),
    ("000666666661", {"amounts": [32, 45]}, "payment_method_microdeposit_failed"),
])
def test_an_account_stays_unverified(api: Api, number: str, named: dict[str, Any], code: str) -> None:
    intent = unverified(api, number)
    ended = api.post(f"{URL}/{intent['id']}/verify_microdeposits", **named)
    assert (ended["status"], ended["last_payment_error"]["code"], ended["charges"]["data"]) == (
        "requires_payment_method", code, [])
    assert api.event_types()[-1] == "payment_intent.payment_failed"


@pytest.mark.parametrize(("named", "code", "param"), [
    ({"amounts": [1, 2]}, "payment_method_microdeposit_verification_amounts_mismatch", "amounts"),
    ({"amounts": [32]}, "payment_method_microdeposit_verification_amounts_invalid", "amounts"),
    ({"descriptor_code": "SM99ZZ"}, "payment_method_microdeposit_verification_descriptor_code_mismatch", "descriptor_code"),
    ({}, "parameter_missing", "amounts"),
    ({"amounts": [32, 45], "descriptor_code": "SM11AA"}, "parameter_missing", "amounts"),
])
def test_wrong_deposits_can_be_named_again(api: Api, named: dict[str, Any], code: str, param: str) -> None:
    intent = unverified(api)
    before = row_counts(api.server)
    refused = api.refused("POST", f"{URL}/{intent['id']}/verify_microdeposits", **named)
    assert (refused.status, refused.error["code"], refused.error["param"]) == (400, code, param)
    assert row_counts(api.server) == before
    assert api.get(f"{URL}/{intent['id']}")["status"] == "requires_action"


def test_an_account_is_set_up(api: Api) -> None:
    customer = api.post("/v1/customers")["id"]
    given = {"customer": customer, "payment_method_types": ["us_bank_account"], "confirm": True}
    refused = api.refused("POST", "/v1/setup_intents", payment_method="pm_usBankAccount_success", **given)
    assert (refused.status, refused.error["code"]) == (400, "setup_intent_mandate_invalid")
    at_once = api.post("/v1/setup_intents", payment_method="pm_usBankAccount_success", mandate_data=ACCEPTED, **given)
    assert at_once["status"] == "succeeded"
    mandate = api.get(f"/v1/mandates/{at_once['mandate']}")
    assert (mandate["type"], mandate["payment_method_details"]) == (
        "multi_use", {"type": "us_bank_account", "us_bank_account": {}})
    waits = api.post("/v1/setup_intents", payment_method_data=ACCOUNT, mandate_data=ACCEPTED, **given)
    assert (waits["status"], waits["next_action"]["type"]) == ("requires_action", "verify_with_microdeposits")
    ready = api.post(f"/v1/setup_intents/{waits['id']}/verify_microdeposits", amounts=[32, 45])
    assert (ready["status"], ready["next_action"]) == ("succeeded", None)
    [attempt] = api.get("/v1/setup_attempts", setup_intent=waits["id"])["data"]
    assert (attempt["status"], attempt["payment_method_details"]) == (
        "succeeded", {"type": "us_bank_account", "us_bank_account": {}})
    paid = api.post(URL, amount=700, currency="usd", customer=customer, payment_method=ready["payment_method"], confirm=True,
                    off_session=True, payment_method_types=["us_bank_account"])
    assert paid["status"] == "processing"
    failed = api.post("/v1/setup_intents", payment_method_data=ACCOUNT, mandate_data=ACCEPTED, **given)
    failed = api.post(f"/v1/setup_intents/{failed['id']}/verify_microdeposits", descriptor_code="SM33CC")
    assert (failed["status"], failed["last_setup_error"]["code"]) == (
        "requires_payment_method", "payment_method_microdeposit_verification_attempts_exceeded")


# Invoices


def bank_customer(clock: Clock, account: str = "pm_usBankAccount_success") -> None:
    clock.api.post(f"/v1/customers/{clock.customer}",
                   invoice_settings={"default_payment_method": clock.api.post(
                       f"/v1/payment_methods/{account}/attach", customer=clock.customer)["id"]})
    clock.new_events()


def test_a_subscription_is_active_while_its_bank_is_asked(clock: Any) -> None:
    january: Clock = clock("2023-01-01", card=None)
    bank_customer(january)
    subscription = january.subscribe(january.price(1000))
    assert subscription["status"] == "active"
    invoice = january.latest_invoice(subscription)
    assert (invoice["status"], invoice["paid"], invoice["attempted"], invoice["attempt_count"],
            invoice["next_payment_attempt"]) == ("open", False, True, 1, None)
    types = january.new_events()
    assert "invoice.payment_failed" not in types and "invoice.paid" not in types
    assert types[-1] == "customer.subscription.created"
    # Banks answer when the clock has arrived, whatever fell due on the way.
    answered = ["charge.succeeded", "payment_intent.succeeded", "invoice.updated", "invoice.paid",
                "invoice.payment_succeeded"]
    january.advance(days=1, expect=answered)
    assert january.retrieve(invoice)["status"] == "paid"
    types = january.advance(months=2)
    assert [each for each in types if each in ("payment_intent.processing", "payment_intent.succeeded")] == [
        "payment_intent.processing", "payment_intent.processing", "payment_intent.succeeded", "payment_intent.succeeded"]
    assert [invoice["status"] for invoice in january.invoices()] == ["paid", "paid", "paid"]


def test_a_bank_that_refuses_is_a_failed_payment(clock: Any) -> None:
    january: Clock = clock("2023-01-01", card=None)
    bank_customer(january, "pm_usBankAccount_insufficientFunds")
    subscription = january.subscribe(january.price(1000))
    assert subscription["status"] == "active"
    january.advance(days=1)
    invoice = january.latest_invoice(subscription)
    assert (invoice["status"], invoice["attempt_count"]) == ("open", 1)
    assert january.retrieve(subscription)["status"] == "past_due"
    assert january.customer_now()["delinquent"] is True
    # Another means of payment can still pay it.
    january.api.post("/v1/payment_methods/pm_card_visa/attach", customer=january.customer)
    paid = january.api.post(f"/v1/invoices/{invoice['id']}/pay", payment_method="pm_card_visa")
    assert (paid["status"], january.retrieve(subscription)["status"]) == ("paid", "active")


def test_nothing_is_credited_while_a_bank_is_asked(clock: Any) -> None:
    january: Clock = clock("2023-01-01", card=None)
    bank_customer(january)
    january.api.post("/v1/invoiceitems", customer=january.customer, amount=700, currency="usd")
    invoice = january.api.post("/v1/invoices", customer=january.customer, pending_invoice_items_behavior="include")["id"]
    january.api.post(f"/v1/invoices/{invoice}/pay")
    refused = january.refused("POST", "/v1/credit_notes", invoice=invoice, amount=200)
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        400, "invoice", "A payment of this invoice is processing. Wait until it has succeeded or failed.")
    january.advance(days=1)
    note = january.api.post("/v1/credit_notes", invoice=invoice, amount=200, refund_amount=200)
    assert (note["type"], note["refund"][:4]) == ("post_payment", "pyr_")


def test_an_invoice_that_is_voided_asks_its_bank_no_more(clock: Any) -> None:
    january: Clock = clock("2023-01-01", card=None)
    bank_customer(january)
    january.api.post("/v1/invoiceitems", customer=january.customer, amount=700, currency="usd")
    invoice = january.api.post("/v1/invoices", customer=january.customer, pending_invoice_items_behavior="include")["id"]
    assert january.api.post(f"/v1/invoices/{invoice}/pay")["status"] == "open"
    again = january.refused("POST", f"/v1/invoices/{invoice}/pay")
    assert (again.status, again.error["code"]) == (400, "payment_intent_unexpected_state")
    january.new_events()
    january.api.post(f"/v1/invoices/{invoice}/void")
    january.new_events(expect=["invoice.updated", "invoice.voided", "payment_intent.canceled", "charge.failed"])
    january.advance(days=1, expect=[])
    [charge] = january.api.get("/v1/charges", customer=january.customer)["data"]
    assert [amount for _, _, amount, _ in money(january.api, source=charge["id"])] == [700, -700]


def test_an_operator_answers_for_the_bank(api: Api) -> None:
    paid, refused = (debit(api, "pm_usBankAccount_processing")["charges"]["data"][0]["id"] for _ in range(2))
    assert api.post(f"/_sim/charges/{paid}/settle")["status"] == "succeeded"
    assert api.post(f"/_sim/charges/{refused}/fail")["failure_code"] == "generic_decline"
    again = api.refused("POST", f"/_sim/charges/{refused}/settle")
    assert (again.status, again.error["message"]) == (400, f"Charge {refused} is failed: no bank has to answer for it.")
