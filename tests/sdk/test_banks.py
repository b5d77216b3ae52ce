"""Top-ups and payouts as the unmodified SDK sees them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import stripe

from tests.faults.test_many_at_once import KEY, Client
from tests.support.live import live_server


def test_money_comes_and_goes_through_the_sdk(
    migrated: Callable[[Path], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with live_server(migrated(tmp_path)) as base_url:
        for name, value in (("api_key", KEY), ("api_base", base_url), ("default_http_client", None)):
            monkeypatch.setattr(stripe, name, value)
        control = Client(base_url)
        # Nothing moves by itself while this test looks.
        control.call("POST", "/_sim/settings", topup_settles_after_s="3600", payout_settles_after_s="3600")
        topup = stripe.Topup.create(amount=2000, currency="usd", description="Top-up for Jenny Rosen",
                                    statement_descriptor="Top-up")
        assert (topup.status, topup.source.ach_debit.last4, topup.balance_transaction) == ("pending", "6789", None)
        assert stripe.Topup.modify(topup.id, metadata={"order_id": "6735"}).metadata.order_id == "6735"
        other = stripe.Topup.create(amount=300, currency="usd", source="btok_us_verified_noAccount")
        assert stripe.Topup.cancel(other.id).status == "canceled"
        assert [each.id for each in stripe.Topup.list(limit=3).auto_paging_iter()] == [other.id, topup.id]
        control.call("POST", f"/_sim/topups/{topup.id}/settle")
        come = stripe.Topup.retrieve(topup.id, expand=["balance_transaction"])
        assert (come.status, come.balance_transaction.net, stripe.Balance.retrieve().available[0].amount) == (
            "succeeded", 2000, 2000)
        payout = stripe.Payout.create(amount=1500, currency="usd", expand=["destination"])
        assert (payout.status, payout.destination.bank_name) == ("pending", "STRIPE TEST BANK")
        with pytest.raises(stripe.error.InvalidRequestError, match="Your card balance is too low") as refused:
            stripe.Payout.create(amount=501, currency="usd")
        assert refused.value.code == "balance_insufficient"
        payout.metadata = {"run": "8"}
        assert payout.save().metadata.run == "8"
        assert payout.cancel().status == "canceled"
        with pytest.raises(stripe.error.InvalidRequestError, match="cannot be reversed"):
            payout.reverse()
        assert [each.type for each in stripe.BalanceTransaction.list(source=payout.id)] == ["payout_cancel", "payout"]
        assert [each.id for each in stripe.Payout.list(status="canceled")] == [payout.id]
