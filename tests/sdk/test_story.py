"""The main job, as a user does it: the unmodified SDK, a real server, a real receiver of webhooks, a restart in between."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.support.live import live_server
from tests.support.receiver import Receiver
from tests.support.reference import conforms

JAN_2022, FEB, MAR, MAY, JUL, SEP, NOV, JAN_2023, MAR_2023 = (
    1640995200,
    1643673600,
    1646092800,
    1651363200,
    1656633600,
    1661990400,
    1667260800,
    1672531200,
    1677628800,
)
HOUR = 3600


@pytest.fixture
def sdk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The SDK with its own key, without the connections of an earlier server."""
    monkeypatch.setattr(stripe, "api_key", "sk_test_the_story_of_a_year")
    monkeypatch.setattr(stripe, "max_network_retries", 2)
    monkeypatch.setattr(stripe, "default_http_client", None)
    monkeypatch.setattr(stripe.api_requestor, "_default_http_client", None, raising=False)
    yield stripe


def advance(clock_id: str, to: int) -> None:
    """Advance the clock and wait until it is there."""
    stripe.test_helpers.TestClock.advance(clock_id, frozen_time=to)
    patience = threading.Event()
    for _ in range(1000):
        clock = stripe.test_helpers.TestClock.retrieve(clock_id)
        if clock.status != "advancing":
            assert (clock.status, clock.frozen_time) == ("ready", to)
            return
        patience.wait(0.02)
    raise AssertionError("the clock did not arrive")


def test_a_schedule_lives_a_year_on_a_test_clock(
    migrated: Callable[[Path], str], tmp_path: Path, sdk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = migrated(tmp_path)
    with Receiver() as receiver:
        with live_server(url) as base_url:
            monkeypatch.setattr(stripe, "api_base", base_url)
            endpoint = stripe.WebhookEndpoint.create(url=receiver.url, enabled_events=["*"])
            clock_id, schedule_id, item_id = begin()
            live_through_the_year(clock_id, schedule_id, item_id)
            receiver.wait_for(len(all_events()), timeout=30)
        # Nothing was kept in the process that has ended.
        with live_server(url) as base_url:
            monkeypatch.setattr(stripe, "api_base", base_url)
            check_the_year(schedule_id, item_id)
            check_the_webhooks(receiver, endpoint.secret)


def begin() -> tuple[str, str, str]:
    """A customer on a clock, and a schedule of three phases with a licensed and a metered price."""
    clock = stripe.test_helpers.TestClock.create(frozen_time=JAN_2022, name="The story")
    customer = stripe.Customer.create(
        email="jenny@example.com",
        test_clock=clock.id,
        payment_method="pm_card_visa",
        invoice_settings={"default_payment_method": "pm_card_visa"},
    )
    product = stripe.Product.create(name="Gold")
    seats = stripe.Price.create(product=product.id, currency="usd", unit_amount=2000, recurring={"interval": "month"})
    calls = stripe.Price.create(
        product=product.id, currency="usd", unit_amount=5, recurring={"interval": "month", "usage_type": "metered"}
    )

    def phase(quantity: int, months: int) -> dict[str, Any]:
        return {"items": [{"price": seats.id, "quantity": quantity}, {"price": calls.id}], "iterations": months}

    schedule = stripe.SubscriptionSchedule.create(
        customer=customer.id,
        start_date="now",
        end_behavior="release",
        phases=[phase(1, 2), phase(3, 4), phase(2, 6)],
        expand=["subscription"],
    )
    assert schedule.status == "active"
    assert [(each.start_date, each.end_date) for each in schedule.phases] == [
        (JAN_2022, MAR),
        (MAR, JUL),
        (JUL, JAN_2023),
    ]
    item = next(each for each in schedule.subscription["items"].data if each.price.id == calls.id)
    return clock.id, schedule.id, item.id


def live_through_the_year(clock_id: str, schedule_id: str, item_id: str) -> None:
    """Report usage, and turn the clock two months at a time."""
    stripe.SubscriptionItem.create_usage_record(item_id, quantity=100)
    advance(clock_id, FEB + HOUR)
    stripe.SubscriptionItem.create_usage_record(item_id, quantity=40, timestamp=FEB + 60)
    stripe.SubscriptionItem.create_usage_record(item_id, quantity=20, timestamp=FEB + 120)
    for target in (MAR, MAY, JUL, SEP, NOV, JAN_2023, MAR_2023):
        advance(clock_id, target + HOUR)
        schedule = stripe.SubscriptionSchedule.retrieve(schedule_id)
        expected = {MAR: (MAR, JUL), MAY: (MAR, JUL), JUL: (JUL, JAN_2023), SEP: (JUL, JAN_2023), NOV: (JUL, JAN_2023)}
        phase = schedule.current_phase
        assert (None if phase is None else (phase.start_date, phase.end_date)) == expected.get(target)


def check_the_year(schedule_id: str, item_id: str) -> None:
    """What is there after the restart: the schedule is over, the subscription goes on, each month was billed once."""
    schedule = stripe.SubscriptionSchedule.retrieve(schedule_id)
    conforms(schedule.to_dict_recursive())
    assert (schedule.status, schedule.completed_at, schedule.subscription) == ("completed", JAN_2023, None)
    conforms(stripe.Subscription.retrieve(schedule.released_subscription).to_dict_recursive())
    subscription = stripe.Subscription.retrieve(
        schedule.released_subscription, expand=["latest_invoice.payment_intent"]
    )
    assert (subscription.status, subscription.schedule) == ("active", None)
    assert (subscription.current_period_start, subscription.current_period_end) == (MAR_2023, 1680307200)
    assert subscription.latest_invoice.payment_intent.status == "succeeded"
    invoices = list(stripe.Invoice.list(subscription=subscription.id, limit=5).auto_paging_iter())[::-1]
    # 20.00 a seat: one in January and February, three to June, two from July on; usage of 100 and of 60 calls at 0.05
    # on the invoices of February and March.
    assert [invoice.total for invoice in invoices] == [2000, 2500, 6300, 6000, 6000, 6000, *[4000] * 9]
    assert {invoice.status for invoice in invoices} == {"paid"}
    assert [invoice.number[-4:] for invoice in invoices] == [f"{number:04d}" for number in range(1, 16)]
    assert [invoice.created for invoice in invoices[:3]] == [JAN_2022, FEB, MAR]
    assert [invoice.status_transitions.paid_at for invoice in invoices[:3]] == [JAN_2022 + HOUR, FEB + HOUR, MAR + HOUR]
    query = f"subscription:'{subscription.id}' AND total>4000 AND -status:'open'"
    assert [found.total for found in stripe.Invoice.search(query=query, limit=2).auto_paging_iter()] == [6000, 6000, 6000, 6300]
    summaries = list(stripe.SubscriptionItem.list_usage_record_summaries(item_id, limit=100).auto_paging_iter())
    assert [summary.total_usage for summary in summaries[::-1]] == [100, 60, *[0] * 13]
    assert (summaries[0].invoice, summaries[-1].invoice) == (None, invoices[1].id)


def all_events() -> list[Any]:
    return list(stripe.Event.list(limit=100).auto_paging_iter())


def check_the_webhooks(receiver: Receiver, secret: str) -> None:
    """Every event came once, signed so that the SDK believes it."""
    # The endpoint hears nothing of what happened before it existed.
    assert sorted(receiver.types) == sorted(event.type for event in all_events())
    for received in receiver.received:
        event = stripe.Webhook.construct_event(received.body, received.headers["Stripe-Signature"], secret)
        assert event.api_version == "2022-08-01"
    assert {event.pending_webhooks for event in all_events()} == {0}
    assert receiver.types.count("invoice.paid") == 15
