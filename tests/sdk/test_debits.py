"""Bank debits and bank transfers as the unmodified SDK sees them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import stripe

from tests.faults.test_many_at_once import KEY, Client
from tests.support.live import live_server

ACCEPTED = {"customer_acceptance": {"type": "offline"}}


def test_banks_pay_through_the_sdk(
    migrated: Callable[[Path], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with live_server(migrated(tmp_path)) as base_url:
        for name, value in (("api_key", KEY), ("api_base", base_url), ("default_http_client", None)):
            monkeypatch.setattr(stripe, name, value)
        control = Client(base_url)
        # Banks answer when they are told to.
        control.call("POST", "/_sim/settings", bank_debit_settles_after_s="3600")
        customer = stripe.Customer.create(email="jenny@example.com")
        account = {"account_number": "000123456789", "routing_number": "110000000", "account_holder_type": "individual"}
        set_up = stripe.SetupIntent.create(
            customer=customer.id, payment_method_types=["us_bank_account"], confirm=True, mandate_data=ACCEPTED,
            payment_method_data={"type": "us_bank_account", "us_bank_account": account,
                                 "billing_details": {"name": "Jenny Rosen"}})
        assert set_up.next_action.type == "verify_with_microdeposits"
        assert set_up.verify_microdeposits(amounts=[32, 45]).status == "succeeded"
        assert stripe.Mandate.retrieve(set_up.mandate).payment_method_details.type == "us_bank_account"
        terms = {"amount": 2000, "currency": "usd", "customer": customer.id, "payment_method": set_up.payment_method,
                 "payment_method_types": ["us_bank_account"], "confirm": True, "off_session": True}
        paid, canceled = stripe.PaymentIntent.create(**terms), stripe.PaymentIntent.create(**terms)
        assert [paid.status, canceled.status] == ["processing", "processing"]
        assert canceled.cancel().status == "canceled"
        control.call("POST", f"/_sim/charges/{paid.charges.data[0].id}/settle")
        charge = stripe.PaymentIntent.retrieve(paid.id).charges.data[0]
        assert (charge.status, charge.payment_method_details.us_bank_account.last4) == ("succeeded", "6789")
        refund = stripe.Refund.create(charge=charge.id, amount=500, expand=["balance_transaction"])
        assert (refund.status, refund.balance_transaction.type) == ("succeeded", "payment_refund")
        told = stripe.Customer.create_funding_instructions(
            customer.id, funding_type="bank_transfer", currency="eur",
            bank_transfer={"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "DE"}})
        assert told.bank_transfer.financial_addresses[0].iban.country == "DE"
        cash = stripe.Customer.TestHelpers.fund_cash_balance(customer.id, amount=900, currency="eur")
        assert cash.available.eur == 900
        _pay_in_parts(customer.id)
        assert control.call("GET", "/_sim/doctor")[1]["problems"] == []


def _pay_in_parts(customer: str) -> None:
    """What a customer has sent before is a part of what they owe; the rest comes, and some of it goes back."""
    intent = stripe.PaymentIntent.create(
        amount=2500, currency="eur", customer=customer, confirm=True, payment_method_types=["customer_balance"],
        payment_method_data={"type": "customer_balance"}, payment_method_options={"customer_balance": {
            "funding_type": "bank_transfer",
            "bank_transfer": {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "DE"}}}})
    told = intent.next_action.display_bank_transfer_instructions
    assert (intent.status, told.amount_remaining, told.financial_addresses[0].type) == ("requires_action", 1600, "iban")
    [event] = stripe.Event.list(type="payment_intent.partially_funded").data
    assert event.data.object.id == intent.id
    stripe.Customer.TestHelpers.fund_cash_balance(customer, amount=2000, currency="eur")
    assert stripe.PaymentIntent.retrieve(intent.id).status == "succeeded"
    assert stripe.Customer.retrieve_cash_balance(customer).available.eur == 400
    refund = stripe.Refund.create(payment_intent=intent.id, amount=1000)
    assert (refund.status, stripe.Customer.retrieve_cash_balance(customer).available.eur) == ("succeeded", 1400)
    returned = stripe.Refund.create(origin="customer_balance", customer=customer, amount=1400, currency="eur")
    assert (returned.status, returned.next_action.type) == ("requires_action", "display_details")
    assert returned.cancel().status == "canceled"
    assert stripe.Customer.retrieve_cash_balance(customer).available.eur == 1400
    manual = stripe.Customer.modify_cash_balance(customer, settings={"reconciliation_mode": "manual"})
    assert manual.settings.reconciliation_mode == "manual"
