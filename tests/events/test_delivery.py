"""What a receiver of webhooks sees, and what the sandbox keeps of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import stripe

from app.db.roots import Account
from app.db.session import entity
from app.domain.choices import Choices
from app.events import outbox
from app.events.delivery import Sender, is_loopback, signature_header
from app.events.tables import WebhookAttempt, WebhookDelivery
from app.wire.endpoint import Server
from app.work.deliveries import Deliveries
from app.work.worker import Worker
from tests.support.api import Api
from tests.support.receiver import Receiver
from tests.support.wall import NEW_YEAR, Wall


def listen(api: Api, url: str, *types: str, **params: Any) -> dict[str, Any]:
    return api.post("/v1/webhook_endpoints", url=url, enabled_events=types or ("*",), **params)


def deliveries(server: Server) -> list[WebhookDelivery]:
    with server.database.reading() as session:
        return session.rows(WebhookDelivery, entity(WebhookDelivery).order_by(WebhookDelivery.seq))


def attempts(server: Server) -> list[tuple[int, int, int | None, str | None]]:
    statement = entity(WebhookAttempt).order_by(WebhookAttempt.delivery_id, WebhookAttempt.number)
    with server.database.reading() as session:
        return [(row.number, row.attempted_at, row.http_status, row.error)
                for row in session.rows(WebhookAttempt, statement)]


def choose(server: Server, **choices: Any) -> None:
    """Settle the choices of the only sandbox there is."""
    with server.database.writing() as session:
        [account] = session.rows(Account, entity(Account))
        account.choices = choices


def test_the_sdk_accepts_the_signature_and_sees_the_event_that_the_api_shows(
        api: Api, server: Server, receiver: Receiver, wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stripe.webhook.time", wall)
    endpoint = listen(api, receiver.url)
    customer = api.post("/v1/customers", email="jenny@example.com")
    [shown] = api.events()
    assert receiver.received == []
    assert server.worker.run_due()
    [received] = receiver.received
    event = stripe.Webhook.construct_event(received.body, received.headers["Stripe-Signature"], endpoint["secret"])
    assert event.type == "customer.created"
    assert event.data.object.to_dict_recursive() == customer
    assert received.event == shown
    assert shown["pending_webhooks"] == 1
    with pytest.raises(stripe.error.SignatureVerificationError):
        stripe.Webhook.construct_event(received.body, received.headers["Stripe-Signature"], "whsec_other")
    wall.advance(301)
    with pytest.raises(stripe.error.SignatureVerificationError, match="outside the tolerance"):
        stripe.Webhook.construct_event(received.body, received.headers["Stripe-Signature"], endpoint["secret"])


def test_the_signature_is_that_of_the_moment_and_the_body() -> None:
    # echo -n '1672531200.{}' | openssl dgst -sha256 -hmac whsec_test
    assert signature_header("whsec_test", NEW_YEAR, b"{}") == (
        "t=1672531200,v1=b1d9f18c402aa4945343a420ce634245fe3c3647fdc2e30e4907137d09907586")


def test_the_body_is_what_the_api_answers_byte_for_byte(api: Api, server: Server, receiver: Receiver) -> None:
    listen(api, receiver.url)
    api.post("/v1/customers", description="ünïcode")
    [event] = api.events()
    answer = server.flask.test_client().get(f"/v1/events/{event['id']}", headers={"Authorization": f"Bearer {api.key}"})
    server.worker.run_due()
    assert receiver.received[0].body == answer.data
    assert answer.data.startswith(b'{\n  "id": "evt_')


def test_the_headers_are_those_of_stripe(api: Api, server: Server, receiver: Receiver) -> None:
    listen(api, receiver.url)
    api.post("/v1/customers")
    server.worker.run_due()
    headers = receiver.received[0].headers
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["User-Agent"] == "Stripe/1.0 (+https://stripe.com/docs/webhooks)"
    assert headers["Stripe-Signature"].startswith(f"t={NEW_YEAR},v1=")


def test_a_failed_delivery_is_tried_again_after_one_and_then_five_seconds(
        api: Api, server: Server, receiver: Receiver, wall: Wall) -> None:
    receiver.answer_next(500, 404)
    listen(api, receiver.url)
    api.post("/v1/customers")
    server.worker.run_due()
    assert len(receiver.received) == 1
    assert not server.worker.run_due()
    wall.advance(1)
    server.worker.run_due()
    assert len(receiver.received) == 2
    wall.advance(4)
    assert not server.worker.run_due()
    assert [event["pending_webhooks"] for event in api.events()] == [1]
    wall.advance(1)
    server.worker.run_due()
    assert attempts(server) == [
        (1, NEW_YEAR, 500, None),
        (2, NEW_YEAR + 1, 404, None),
        (3, NEW_YEAR + 6, 200, None),
    ]
    assert [event["pending_webhooks"] for event in api.events()] == [0]
    assert [received.headers["Stripe-Signature"].partition(",")[0] for received in receiver.received] == [
        "t=1672531200", "t=1672531201", "t=1672531206"]
    assert not server.worker.run_due()


def test_after_the_last_retry_the_delivery_has_failed_and_stays_pending_on_the_event(
        api: Api, server: Server, receiver: Receiver, wall: Wall) -> None:
    receiver.answer_next(*[503] * 20)
    listen(api, receiver.url)
    api.post("/v1/customers")
    choose(server, webhook_retry_s=[2, 2])
    for _ in range(6):
        server.worker.run_due()
        wall.advance(2)
    assert [number for number, *_ in attempts(server)] == [1, 2, 3]
    [delivery] = deliveries(server)
    assert (delivery.status, delivery.attempt_count, delivery.next_attempt_at) == ("failed", 3, None)
    assert [event["pending_webhooks"] for event in api.events()] == [1]
    assert [event["id"] for event in api.events(delivery_success="false")] == [delivery.event_id]
    assert api.events(delivery_success="true") == []


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_a_success(api: Api, server: Server, receiver: Receiver, status: int) -> None:
    receiver.answer_next(status)
    listen(api, receiver.url)
    api.post("/v1/customers")
    server.worker.run_due()
    assert deliveries(server)[0].status == "succeeded"


@pytest.mark.parametrize("status", [301, 302, 307, 400, 410, 500])
def test_redirects_and_errors_are_failures(api: Api, server: Server, receiver: Receiver, status: int) -> None:
    receiver.answer_next(status)
    listen(api, receiver.url)
    api.post("/v1/customers")
    server.worker.run_due()
    assert len(receiver.received) == 1, "a redirect was followed"
    assert deliveries(server)[0].status == "pending"
    assert attempts(server) == [(1, NEW_YEAR, status, None)]


def test_nobody_listening_is_a_failure_with_a_reason(api: Api, server: Server) -> None:
    with Receiver() as closed:
        listen(api, closed.url)
    api.post("/v1/customers")
    server.worker.run_due()
    [(_, _, status, error)] = attempts(server)
    assert status is None
    assert error is not None and "Connection refused" in error


def test_a_receiver_that_does_not_answer_in_time_is_a_failure(
        api: Api, server: Server, receiver: Receiver) -> None:
    receiver.answer_next(None)
    listen(api, receiver.url)
    api.post("/v1/customers")
    with server.database.writing() as session:
        [claim] = outbox.claim(session, NEW_YEAR, Choices(webhook_timeout_s=7), limit=1, per_endpoint=1)
    assert (claim.timeout_s, claim.lease_until) == (7, NEW_YEAR + 7 + 30)
    assert Sender().send(replace(claim, timeout_s=0.05), NEW_YEAR) == (None, "No answer within 0.05 s.")


def test_other_hosts_are_not_called_where_only_this_machine_is_allowed(api: Api, server: Server) -> None:
    listen(api, "https://hooks.example.com/stripe")
    api.post("/v1/customers")
    server.worker.run_due()
    assert attempts(server) == [(
        1, NEW_YEAR, None,
        "Not sent: https://hooks.example.com/stripe is not on this machine, and BILLYARD_WEBHOOK_HOSTS=loopback allows "
        "no other.")]


@pytest.mark.parametrize(("url", "allowed"), [
    ("http://127.0.0.1:1/", True), ("http://127.8.8.8/", True), ("http://[::1]:1/", True), ("http://localhost/", True),
    ("http://app.localhost:3000/x", True), ("http://10.0.0.1/", False), ("http://0.0.0.0/", False),
    ("http://127.0.0.1.example.com/", False), ("http://localhost.example.com/", False),
    ("http://127.0.0.1@example.com/", False),
])
def test_which_hosts_are_this_machine(url: str, allowed: bool) -> None:
    assert is_loopback(url) is allowed


def test_an_endpoint_hears_only_what_it_listens_to(api: Api, server: Server, receiver: Receiver) -> None:
    listen(api, receiver.url, "customer.updated")
    customer = api.post("/v1/customers")
    api.post(f"/v1/customers/{customer['id']}", email="jenny@example.com")
    server.worker.run_due()
    assert receiver.types == ["customer.updated"]
    assert [event["pending_webhooks"] for event in api.events()] == [0, 0]


def test_deliveries_are_sent_in_the_order_of_their_events(api: Api, server: Server, receiver: Receiver) -> None:
    listen(api, receiver.url)
    customers = [api.post("/v1/customers")["id"] for _ in range(40)]
    server.worker.run_due()
    assert [received.event["data"]["object"]["id"] for received in receiver.received] == customers


def test_each_endpoint_is_counted_until_it_has_answered(
        api: Api, server: Server, receiver: Receiver, wall: Wall) -> None:
    listen(api, receiver.url)
    with Receiver(500) as second:
        listen(api, second.url)
        api.post("/v1/customers")
        assert [event["pending_webhooks"] for event in api.events()] == [2]
        server.worker.run_due()
        assert [event["pending_webhooks"] for event in api.events()] == [1]
        wall.advance(1)
        server.worker.run_due()
    assert [event["pending_webhooks"] for event in api.events()] == [0]
    assert (len(receiver.received), len(second.received)) == (1, 2)


def test_a_sandbox_hears_nothing_of_another(api: Api, server: Server, receiver: Receiver) -> None:
    listen(api, receiver.url)
    Api(server).post("/v1/customers")
    assert not server.worker.run_due()
    assert receiver.received == []


def test_a_refused_request_sends_nothing(api: Api, server: Server, receiver: Receiver) -> None:
    listen(api, receiver.url)
    api.refused("POST", "/v1/customers", tax_exempt="maybe")
    assert not server.worker.run_due()


def test_disabling_an_endpoint_stops_what_is_owed_to_it(
        api: Api, server: Server, receiver: Receiver, wall: Wall) -> None:
    receiver.answer_next(500)
    endpoint = listen(api, receiver.url)
    api.post("/v1/customers")
    server.worker.run_due()
    api.post(f"/v1/webhook_endpoints/{endpoint['id']}", disabled=True)
    api.post("/v1/customers")
    wall.advance(86_400)
    assert not server.worker.run_due()
    assert len(receiver.received) == 1
    assert [row.status for row in deliveries(server)] == ["canceled"]
    assert [event["pending_webhooks"] for event in api.events()] == [1, 0]
    api.post(f"/v1/webhook_endpoints/{endpoint['id']}", disabled=False)
    assert not server.worker.run_due()
    api.post("/v1/customers")
    server.worker.run_due()
    assert len(receiver.received) == 2


def test_deleting_an_endpoint_takes_what_is_owed_to_it_along(
        api: Api, server: Server, receiver: Receiver, wall: Wall) -> None:
    receiver.answer_next(200, 500)
    endpoint = listen(api, receiver.url)
    for _ in range(2):
        api.post("/v1/customers")
    server.worker.run_due()
    assert [event["pending_webhooks"] for event in api.events()] == [0, 1]
    api.delete(f"/v1/webhook_endpoints/{endpoint['id']}")
    assert [event["pending_webhooks"] for event in api.events()] == [0, 0]
    assert deliveries(server) == []
    assert attempts(server) == []
    wall.advance(86_400)
    assert not server.worker.run_due()
    assert len(receiver.received) == 2


def test_the_events_of_connected_accounts_go_to_the_endpoints_that_ask_for_them(
        api: Api, server: Server, receiver: Receiver) -> None:
    listen(api, receiver.url, connect=True)
    with Receiver() as own:
        listen(api, own.url)
        api.post("/v1/customers", email="own@example.com")
        connected = connect(server)
        answer = api.call("POST", "/v1/customers", {"email": "theirs@example.com"}, {"Stripe-Account": connected})
        assert answer.status == 200
        server.worker.run_due()
    assert [received.event["data"]["object"]["email"] for received in own.received] == ["own@example.com"]
    assert "account" not in own.received[0].event
    [received] = receiver.received
    assert received.event["account"] == connected
    assert list(received.event)[:3] == ["id", "object", "account"]
    assert [event["data"]["object"]["email"] for event in api.events()] == ["own@example.com"]
    theirs = api.call("GET", "/v1/events", headers={"Stripe-Account": connected})
    assert [(event["account"], event["pending_webhooks"]) for event in theirs.body["data"]] == [(connected, 0)]


def connect(server: Server) -> str:
    """An account connected to the only platform there is."""
    with server.database.writing() as session:
        [platform] = session.rows(Account, entity(Account))
        session.add(Account(id="acct_1connected", platform_id=platform.id, created=NEW_YEAR, country="US",
                            default_currency="usd", choices={}, metadata_={}))
    return "acct_1connected"


@pytest.fixture
def threaded(server: Server) -> Iterator[Worker]:
    """A worker with threads, as a serving process has it."""
    worker = Worker(server.database)
    worker.add(Deliveries(server.default_choices, hosts="loopback", senders=4, on_result=worker.wake))
    server.wake = worker.wake
    worker.start()
    yield worker
    worker.stop()


def test_a_write_wakes_the_worker(api: Api, threaded: Worker, receiver: Receiver) -> None:
    listen(api, receiver.url)
    for _ in range(20):
        api.post("/v1/customers")
    receiver.wait_for(20)
    threaded.stop()
    assert [event["pending_webhooks"] for event in api.events()] == [0] * 20


def test_an_endpoint_that_hangs_does_not_hold_up_the_others(api: Api, threaded: Worker, receiver: Receiver) -> None:
    with Receiver(*[None] * 10) as hanging:
        listen(api, hanging.url)
        listen(api, receiver.url)
        for _ in range(10):
            api.post("/v1/customers")
        receiver.wait_for(10)
        assert len(hanging.received) == 1


def test_two_workers_send_each_event_once(
        api: Api, server: Server, threaded: Worker, receiver: Receiver, wall: Wall) -> None:
    other = Worker(server.database)
    other.add(Deliveries(server.default_choices, hosts="loopback", senders=4, on_result=other.wake))
    other.start()
    listen(api, receiver.url)
    for _ in range(30):
        api.post("/v1/customers")
        other.wake()
    receiver.wait_for(30)
    threaded.stop()
    other.stop()
    assert len(receiver.received) == len({received.event["id"] for received in receiver.received}) == 30
    assert [event["pending_webhooks"] for event in api.events()] == [0] * 30


def test_a_connection_is_used_again(api: Api, server: Server, receiver: Receiver) -> None:
    listen(api, receiver.url)
    for _ in range(5):
        api.post("/v1/customers")
    server.worker.run_due()
    assert len(receiver.received) == 5
    assert receiver.connections == 1
