from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from app.context import Context
from app.errors import CardError, InvalidRequest
from app.resources.customers.tables import Customer
from app.resources.payment_intents.operations import attempt_payment, cancel_intent, card_error_of, create_for_invoice
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.payment_methods.tables import PaymentMethod
from tests.resources.payment_intents.conftest import MONDAY
from tests.support.api import Api
from tests.support.pages import Visitor
from tests.support.reference import conforms

Acting = Callable[[], AbstractContextManager[Context]]


class Shop:
    """A customer with one card, and an intent of 1099 to be paid with it."""

    def __init__(self, api: Api, acting: Acting, card: str, test_clock: str | None = None) -> None:
        self.api, self.acting = api, acting
        self.customer = api.post("/v1/customers", payment_method=card, test_clock=test_clock)["id"]
        self.method = api.get("/v1/payment_methods", customer=self.customer)["data"][0]["id"]
        with acting() as ctx:
            self.intent = create_for_invoice(
                ctx, customer=ctx.find(Customer, self.customer), invoice_id="in_1", amount=1099, currency="usd",
                description="Subscription creation", payment_method_id=self.method, metadata={"order": "1"}).id

    def attempt(self, *, off_session: bool = True) -> CardError:
        """One attempt; the error that a caller would be answered if it failed."""
        with self.acting() as ctx:
            intent = ctx.find(PaymentIntent, self.intent)
            charge = attempt_payment(ctx, intent, ctx.find(PaymentMethod, self.method), off_session=off_session)
            return card_error_of(intent, charge) if intent.status != "succeeded" else CardError("none")

    def seen(self) -> dict[str, Any]:
        return self.api.get(f"/v1/payment_intents/{self.intent}")

    def charges(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.api.get("/v1/charges", customer=self.customer)["data"]
        return found

    def events(self) -> list[str]:
        """What happened to the intent and its charges."""
        return [each for each in self.api.event_types() if each.startswith(("payment_intent.", "charge."))]


@pytest.fixture
def open_shop(api: Api, acting: Acting) -> Callable[[str], Shop]:
    return lambda card: Shop(api, acting, card)


def test_an_intent_waits_for_its_attempt(open_shop: Callable[[str], Shop]) -> None:
    shop = open_shop("pm_card_visa")
    intent = shop.seen()
    assert intent["id"].startswith("pi_3") and len(intent["id"]) == 27
    assert intent["client_secret"].startswith(f"{intent['id']}_secret_")
    assert len(intent["client_secret"]) == len(intent["id"]) + 8 + 25
    assert (intent["amount"], intent["amount_received"], intent["created"]) == (1099, 0, MONDAY)
    assert (intent["status"], intent["payment_method"]) == ("requires_confirmation", shop.method)
    assert (intent["invoice"], intent["metadata"]) == ("in_1", {"order": "1"})
    assert intent["charges"] == {
        "object": "list", "data": [], "has_more": False, "url": f"/v1/charges?payment_intent={intent['id']}"}
    conforms(intent)
    assert shop.events() == ["payment_intent.created"]


def test_a_good_card_pays(open_shop: Callable[[str], Shop]) -> None:
    shop = open_shop("pm_card_visa")
    shop.attempt()
    intent = shop.seen()
    assert (intent["status"], intent["amount_received"], intent["last_payment_error"]) == ("succeeded", 1099, None)
    conforms(intent)
    [charge] = shop.charges()
    assert intent["charges"]["data"] == [charge]
    assert charge["id"].startswith("ch_3") and len(charge["id"]) == 27
    assert charge == {
        "id": charge["id"], "object": "charge", "amount": 1099, "amount_captured": 1099, "amount_refunded": 0,
        "application": None, "application_fee": None, "application_fee_amount": None,
        "balance_transaction": charge["balance_transaction"],
        "billing_details": {
            "address": {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None,
                        "state": None},
            "email": None, "name": None, "phone": None},
        "calculated_statement_descriptor": None, "captured": True, "created": MONDAY, "currency": "usd",
        "customer": shop.customer, "description": "Subscription creation", "disputed": False,
        "failure_balance_transaction": None, "failure_code": None, "failure_message": None, "fraud_details": {},
        "invoice": "in_1", "livemode": False, "metadata": {"order": "1"}, "on_behalf_of": None,
        "outcome": {
            "network_status": "approved_by_network", "reason": None, "risk_level": "normal", "risk_score": 20,
            "seller_message": "Payment complete.", "type": "authorized"},
        "paid": True, "payment_intent": intent["id"], "payment_method": shop.method,
        "payment_method_details": {"card": {
            "brand": "visa", "checks": {"address_line1_check": None, "address_postal_code_check": None,
                                        "cvc_check": "pass"},
            "country": "US", "exp_month": 12, "exp_year": 2034,
            "fingerprint": charge["payment_method_details"]["card"]["fingerprint"], "funding": "credit",
            "installments": None, "last4": "4242", "mandate": None, "network": "visa", "three_d_secure": None,
            "wallet": None}, "type": "card"},
        "receipt_email": None, "receipt_number": None, "receipt_url": charge["receipt_url"], "refunded": False,
        "refunds": {"object": "list", "data": [], "has_more": False, "url": f"/v1/charges/{charge['id']}/refunds"},
        "review": None, "shipping": None, "source_transfer": None, "statement_descriptor": None,
        "statement_descriptor_suffix": None, "status": "succeeded", "transfer_data": None, "transfer_group": None,
    }
    conforms(charge)
    assert shop.events() == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
    receipt = Visitor(shop.api.server).open(charge["receipt_url"])
    assert "Subscription creation $10.99 Amount paid $10.99" in receipt.text and "Visa •••• 4242" in receipt.text


def test_a_charge_reaches_the_balance_less_its_fee(api: Api, open_shop: Callable[[str], Shop]) -> None:
    shop = open_shop("pm_card_visa")
    shop.attempt()
    [charge] = shop.charges()
    transaction = api.get(f"/v1/balance_transactions/{charge['balance_transaction']}")
    assert transaction == {
        "id": transaction["id"], "object": "balance_transaction", "amount": 1099,
        # Two business days later, at midnight: Wednesday 2022-08-17.
        "available_on": 1_660_694_400,
        "created": MONDAY, "currency": "usd", "description": "Subscription creation", "exchange_rate": None, "fee": 62,
        "fee_details": [{"amount": 62, "application": None, "currency": "usd", "description": "Stripe processing fees",
                         "type": "stripe_fee"}],
        "net": 1037, "reporting_category": "charge", "source": charge["id"], "status": "available", "type": "charge",
    }
    assert transaction["id"].startswith("txn_1") and len(transaction["id"]) == 28
    conforms(transaction)
    assert api.get("/v1/balance_transactions")["data"] == [transaction]
    assert api.get("/v1/balance_transactions", source=charge["id"], type="charge", currency="usd")["data"] == [
        transaction]
    assert api.get("/v1/balance/history", type="refund")["data"] == []
    expanded = api.get(f"/v1/charges/{charge['id']}", expand=["balance_transaction", "payment_intent", "customer"])
    assert expanded["balance_transaction"]["net"] == 1037
    assert expanded["payment_intent"]["charges"]["data"] == [charge]
    assert expanded["customer"]["id"] == shop.customer
    source = api.get("/v1/balance_transactions", expand=["data.source"])["data"][0]["source"]
    assert source == charge


def test_a_bypassing_card_pays_out_at_once(api: Api, open_shop: Callable[[str], Shop]) -> None:
    shop = open_shop("pm_card_bypassPending")
    shop.attempt()
    [transaction] = api.get("/v1/balance_transactions")["data"]
    assert (transaction["available_on"], transaction["status"]) == (MONDAY, "available")


def test_a_decline_is_a_fact(api: Api, open_shop: Callable[[str], Shop]) -> None:
    shop = open_shop("pm_card_chargeCustomerFail")
    error = shop.attempt()
    [charge] = shop.charges()
    assert (charge["status"], charge["paid"], charge["captured"], charge["amount_captured"]) == (
        "failed", False, False, 0)
    assert (charge["failure_code"], charge["failure_message"], charge["balance_transaction"]) == (
        "card_declined", "Your card was declined.", None)
    assert charge["outcome"] == {
        "network_status": "declined_by_network", "reason": "generic_decline", "risk_level": "normal", "risk_score": 20,
        "seller_message": "The bank did not return any further details with this decline.", "type": "issuer_declined"}
    conforms(charge)
    intent = shop.seen()
    assert (intent["status"], intent["payment_method"], intent["amount_received"]) == (
        "requires_payment_method", None, 0)
    failure = intent["last_payment_error"]
    assert (failure["charge"], failure["code"], failure["decline_code"], failure["message"], failure["type"]) == (
        charge["id"], "card_declined", "generic_decline", "Your card was declined.", "card_error")
    assert failure["doc_url"] == "https://stripe.com/docs/error-codes/card-declined"
    assert failure["payment_method"] == api.get(f"/v1/payment_methods/{shop.method}")
    conforms(intent)
    assert shop.events() == ["payment_intent.created", "payment_intent.payment_failed", "charge.failed"]
    assert (error.status, error.code, error.decline_code, error.charge) == (
        402, "card_declined", "generic_decline", charge["id"])
    assert error.payment_intent == intent
    assert error.payment_method == failure["payment_method"]
    assert api.get("/v1/balance_transactions")["data"] == []


def test_a_second_attempt_may_succeed(api: Api, open_shop: Callable[[str], Shop]) -> None:
    shop = open_shop("pm_card_chargeCustomerFail")
    shop.attempt()
    shop.method = api.post("/v1/payment_methods/pm_card_visa/attach", customer=shop.customer)["id"]
    shop.attempt()
    intent = shop.seen()
    assert (intent["status"], intent["payment_method"], intent["last_payment_error"]) == (
        "succeeded", shop.method, None)
    assert [charge["status"] for charge in intent["charges"]["data"]] == ["succeeded", "failed"]
    assert api.get("/v1/charges", payment_intent=intent["id"])["data"] == intent["charges"]["data"]


def test_a_card_that_wants_authentication_waits(open_shop: Callable[[str], Shop]) -> None:
    shop = open_shop("pm_card_authenticationRequired")
    error = shop.attempt()
    intent = shop.seen()
    assert (intent["status"], intent["next_action"]["type"]) == ("requires_action", "use_stripe_sdk")
    assert intent["payment_method"] == shop.method
    conforms(intent)
    assert shop.charges() == []
    assert shop.events() == ["payment_intent.created", "payment_intent.requires_action"]
    assert (error.code, error.decline_code, error.charge) == (
        "authentication_required", "authentication_required", None)
    assert error.payment_intent == intent


def test_some_cards_ask_only_when_the_customer_is_there(open_shop: Callable[[str], Shop]) -> None:
    shop = open_shop("pm_card_authenticationRequiredSetupForOffSession")
    shop.attempt(off_session=False)
    assert shop.seen()["status"] == "requires_action"
    shop.attempt(off_session=True)
    intent = shop.seen()
    assert (intent["status"], intent["next_action"]) == ("succeeded", None)


def test_an_elevated_risk_is_told(open_shop: Callable[[str], Shop]) -> None:
    shop = open_shop("pm_card_riskLevelElevated")
    shop.attempt()
    assert shop.charges()[0]["outcome"]["risk_level"] == "elevated"


def test_an_intent_is_canceled_once(acting: Acting, open_shop: Callable[[str], Shop]) -> None:
    shop = open_shop("pm_card_visa")
    with acting() as ctx:
        cancel_intent(ctx, ctx.find(PaymentIntent, shop.intent), "void_invoice")
    intent = shop.seen()
    assert (intent["status"], intent["canceled_at"], intent["cancellation_reason"]) == (
        "canceled", MONDAY, "void_invoice")
    conforms(intent)
    assert shop.events() == ["payment_intent.created", "payment_intent.canceled"]
    with acting() as ctx, pytest.raises(InvalidRequest) as refused:
        cancel_intent(ctx, ctx.find(PaymentIntent, shop.intent), "void_invoice")
    assert refused.value.code == "payment_intent_unexpected_state"
    with pytest.raises(InvalidRequest):
        shop.attempt()


def test_intents_are_listed_by_customer(api: Api, open_shop: Callable[[str], Shop]) -> None:
    shop = open_shop("pm_card_visa")
    other = open_shop("pm_card_visa")
    assert [each["id"] for each in api.get("/v1/payment_intents")["data"]] == [other.intent, shop.intent]
    assert api.get("/v1/payment_intents", customer=shop.customer)["data"] == [shop.seen()]
    assert api.get("/v1/payment_intents", created={"gt": MONDAY})["data"] == []


def test_unknown_payments(api: Api) -> None:
    for path, message, param in (
            ("/v1/payment_intents/pi_x", "No such payment_intent: 'pi_x'", "intent"),
            ("/v1/charges/ch_x", "No such charge: 'ch_x'", "charge"),
            ("/v1/balance_transactions/txn_x", "No such balance_transaction: 'txn_x'", "id")):
        refused = api.refused("GET", path)
        assert (refused.status, refused.error["message"], refused.error["param"]) == (404, message, param)


def test_money_of_a_test_clock_is_pending_by_its_time(api: Api, acting: Acting) -> None:
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=MONDAY)
    shop = Shop(api, acting, "pm_card_visa", clock["id"])
    shop.attempt()
    [charge] = shop.charges()
    transaction = api.get(f"/v1/balance_transactions/{charge['balance_transaction']}")
    assert (transaction["status"], transaction["created"], transaction["net"]) == ("pending", MONDAY, 1037)
    for path in ("balance_transactions", "charges", "payment_intents"):
        assert api.get(f"/v1/{path}")["data"] == []
    assert [each["id"] for each in api.get("/v1/payment_intents", customer=shop.customer)["data"]] == [shop.intent]
