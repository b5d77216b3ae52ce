"""Payments with connected accounts as the unmodified SDK makes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import stripe

from tests.faults.test_many_at_once import KEY
from tests.support.connected import passing
from tests.support.live import live_server


def test_money_is_shared_through_the_sdk(
    migrated: Callable[[Path], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with live_server(migrated(tmp_path)) as base_url:
        for name, value in (("api_key", KEY), ("api_base", base_url), ("default_http_client", None)):
            monkeypatch.setattr(stripe, name, value)
        seller = stripe.Account.create(**passing())
        sent = stripe.PaymentIntent.create(
            amount=10_000, currency="usd", payment_method="pm_card_visa", confirm=True, application_fee_amount=500,
            transfer_data={"destination": seller.id}, expand=["charges.data.transfer", "charges.data.application_fee"])
        [charge] = sent.charges.data
        assert (charge.transfer.amount, charge.transfer.destination, charge.application_fee.amount) == (10_000, seller.id, 500)
        direct = stripe.PaymentIntent.create(amount=2000, currency="usd", payment_method="pm_card_visa", confirm=True,
                                             application_fee_amount=123, stripe_account=seller.id)
        assert [fee.amount for fee in stripe.ApplicationFee.list().auto_paging_iter()] == [123, 500]
        [there] = direct.charges.data
        assert stripe.Charge.retrieve(there.id, stripe_account=seller.id).application_fee_amount == 123
        with pytest.raises(stripe.error.InvalidRequestError, match="No such charge"):
            stripe.Charge.retrieve(there.id)
        with pytest.raises(stripe.error.PermissionError) as refused:
            stripe.Charge.retrieve(there.id, stripe_account="acct_none")
        assert refused.value.json_body["error"]["code"] == "account_invalid"
        refund = stripe.Refund.create(charge=charge.id, amount=2500, reverse_transfer=True, refund_application_fee=True)
        reversal = stripe.Transfer.retrieve_reversal(charge.transfer.id, refund.transfer_reversal)
        assert (reversal.amount, reversal.source_refund) == (2500, refund.id)
        assert stripe.ApplicationFee.retrieve(charge.application_fee.id).amount_refunded == 125
        stripe.Refund.create(charge=there.id, refund_application_fee=True, stripe_account=seller.id)
        # 10000 - 320 - 10000 + 500 - 2500 + 2500 - 125 of the first, and nothing of the other.
        assert stripe.Balance.retrieve().pending[0].amount == 55
        # 9500 - 2500 + 125, less the 88 that the processing of 2000 has cost.
        assert stripe.Balance.retrieve(stripe_account=seller.id).pending[0].amount == 7125 - 88
        held = stripe.Charge.create(amount=1000, currency="usd", source="tok_visa", capture=False, destination=seller.id)
        held = held.capture(amount=600, application_fee_amount=60, expand=["transfer"])
        assert (held.amount_captured, held.transfer.amount, held.application_fee_amount) == (600, 600, 60)
        price = stripe.Price.create(currency="usd", unit_amount=1000, recurring={"interval": "month"},
                                    product_data={"name": "Gold"}, stripe_account=seller.id)
        customer = stripe.Customer.create(payment_method="pm_card_visa", stripe_account=seller.id,
                                          invoice_settings={"default_payment_method": "pm_card_visa"})
        subscription = stripe.Subscription.create(
            customer=customer.id, items=[{"price": price.id}], application_fee_percent=10, stripe_account=seller.id,
            expand=["latest_invoice.charge"])
        assert (subscription.status, subscription.latest_invoice.charge.application_fee_amount) == ("active", 100)
        events = stripe.Event.list(type="charge.succeeded", stripe_account=seller.id)
        assert {event.account for event in events.auto_paging_iter()} == {seller.id}
