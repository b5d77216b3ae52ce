"""A sandbox that is set forward on a live server: the worker, several processes, and the SDK that verifies what is delivered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import stripe
import urllib3

from tests.support.live import live_server
from tests.support.receiver import Receiver

KEY = "sk_test_a_sandbox_that_is_ahead"
DAY = 86_400


@pytest.fixture
def sdk(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The SDK with its own key, without the connections of an earlier server."""
    monkeypatch.setattr(stripe, "api_key", KEY)
    monkeypatch.setattr(stripe, "default_http_client", None)
    monkeypatch.setattr(stripe.api_requestor, "_default_http_client", None, raising=False)
    return stripe


def control(base_url: str, method: str, **fields: Any) -> dict[str, Any]:
    reply = urllib3.request(method, f"{base_url}/_sim/time?{urlencode(fields)}", timeout=60,
                            headers={"Authorization": f"Bearer {KEY}"})
    shown: dict[str, Any] = reply.json()
    assert reply.status == 200, shown
    return shown


def test_a_month_passes_on_a_live_server(migrated: Callable[[Path], str], tmp_path: Path, sdk: Any,
                                         monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver() as receiver, live_server(migrated(tmp_path), workers=2, BILLYARD_WEBHOOK_HOSTS="loopback") as base_url:
        monkeypatch.setattr(stripe, "api_base", base_url)
        hook = sdk.WebhookEndpoint.create(url=receiver.url, enabled_events=["invoice.paid"])
        customer = sdk.Customer.create(payment_method="pm_card_visa",
                                       invoice_settings={"default_payment_method": "pm_card_visa"})
        price = sdk.Price.create(currency="usd", unit_amount=1000, recurring={"interval": "week"}, product_data={"name": "Gold"})
        subscription = sdk.Subscription.create(customer=customer.id, items=[{"price": price.id}])
        moved = control(base_url, "POST", advance=30 * DAY)
        assert (moved["status"], moved["offset"]) == ("ready", 30 * DAY)
        paid = sdk.Event.list(type="invoice.paid").data[::-1]
        weeks = [subscription.created + week * 7 * DAY for week in range(5)]
        assert [event.created for event in paid] == [weeks[0], *(week + 3_600 for week in weeks[1:])]
        # Signed with the world's time, which is what the SDK holds it against.
        receiver.wait_for(5)
        for received in receiver.received:
            sdk.Webhook.construct_event(received.body.decode(), received.headers["Stripe-Signature"], hook.secret)
        assert sorted(event["id"] for event in (each.event for each in receiver.received)) == sorted(event.id for event in paid)
        assert sdk.Customer.create().created >= subscription.created + 30 * DAY


def test_the_worker_alone_brings_it_there(migrated: Callable[[Path], str], tmp_path: Path, sdk: Any,
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    with live_server(migrated(tmp_path)) as base_url:
        monkeypatch.setattr(stripe, "api_base", base_url)
        sdk.Charge.create(amount=1000, currency="usd", source="tok_visa")
        assert control(base_url, "POST", advance=30 * DAY, wait=0)["target_offset"] == 30 * DAY
        patience = threading.Event()
        while control(base_url, "GET")["status"] == "advancing":
            patience.wait(0.02)
        assert control(base_url, "GET")["offset"] == 30 * DAY
        assert sdk.Balance.retrieve().available[0].amount == 941
