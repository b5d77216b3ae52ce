"""Claims and records: nothing is lost when a worker dies, and nothing is sent by two at once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, update

from app.db.database import Database
from app.db.session import entity
from app.domain.choices import Choices
from app.events import outbox
from app.events.outbox import Claim, Result
from app.events.tables import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from app.wire.endpoint import Server
from app.work.deliveries import Deliveries
from tests.support.api import Api
from tests.support.receiver import Receiver
from tests.support.wall import NEW_YEAR, Wall

LEASE_S = 10 + 30
"""The default timeout and the margin on it."""


@pytest.fixture
def endpoint(api: Api, receiver: Receiver) -> dict[str, Any]:
    """Hears of everything."""
    return api.post("/v1/webhook_endpoints", url=receiver.url, enabled_events=["*"])


def claim(server: Server, now: int, limit: int = 10, per_endpoint: int = 10) -> list[Claim]:
    with server.database.writing() as session:
        return outbox.claim(session, now, Choices(), limit=limit, per_endpoint=per_endpoint)


def record(server: Server, result: Result, now: int) -> None:
    with server.database.writing() as session:
        outbox.record(session, [result], now)


def only_delivery(server: Server) -> WebhookDelivery:
    with server.database.reading() as session:
        [delivery] = session.rows(WebhookDelivery, entity(WebhookDelivery))
        return delivery


def pending(api: Api) -> list[int]:
    return [event["pending_webhooks"] for event in api.events()]


def test_what_a_dead_worker_had_claimed_is_sent_when_its_lease_ends(
        api: Api, server: Server, endpoint: dict[str, Any], receiver: Receiver, wall: Wall) -> None:
    api.post("/v1/customers")
    assert len(claim(server, NEW_YEAR)) == 1  # and this worker never comes back
    wall.advance(LEASE_S - 1)
    assert not server.worker.run_due()
    wall.advance(1)
    assert server.worker.run_due()
    assert receiver.types == ["customer.created"]
    assert pending(api) == [0]
    assert only_delivery(server).attempt_count == 2


def test_what_a_dead_worker_had_sent_but_not_recorded_is_sent_again(
        api: Api, server: Server, endpoint: dict[str, Any], receiver: Receiver, wall: Wall) -> None:
    api.post("/v1/customers")
    dying = Deliveries(Choices(), hosts="loopback")
    assert dying.run(server.database)
    assert len(receiver.received) == 1
    assert pending(api) == [1]
    wall.advance(LEASE_S)
    server.worker.run_due()
    assert len(receiver.received) == 2
    assert pending(api) == [0]


def test_results_that_could_not_be_recorded_are_recorded_later(
        api: Api, server: Server, endpoint: dict[str, Any], receiver: Receiver) -> None:
    api.post("/v1/customers")
    deliveries = Deliveries(Choices(), hosts="loopback")
    deliveries.run(server.database)

    class Broken(Database):
        def writing(self) -> Any:
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        deliveries.run(Broken("sqlite:///unused.db"))
    assert deliveries.next_due(server.database) == 0
    assert deliveries.run(server.database)
    assert len(receiver.received) == 1
    assert pending(api) == [0]


def test_two_workers_never_have_the_same_delivery(api: Api, server: Server, endpoint: dict[str, Any]) -> None:
    for _ in range(5):
        api.post("/v1/customers")
    first, second, third = claim(server, NEW_YEAR, limit=3), claim(server, NEW_YEAR, limit=3), claim(server, NEW_YEAR)
    assert (len(first), len(second), third) == (3, 2, [])
    assert len({each.delivery_id for each in first + second}) == 5


def test_the_next_due_moment_is_that_of_the_lease_while_an_attempt_is_under_way(
        api: Api, server: Server, endpoint: dict[str, Any]) -> None:
    deliveries = Deliveries(Choices(), hosts="loopback")
    assert deliveries.next_due(server.database) is None
    api.post("/v1/customers")
    assert deliveries.next_due(server.database) == 0
    claim(server, NEW_YEAR)
    assert deliveries.next_due(server.database) == NEW_YEAR + LEASE_S


def test_a_success_counts_once_however_many_workers_report_it(
        api: Api, server: Server, endpoint: dict[str, Any], wall: Wall) -> None:
    api.post("/v1/customers")
    [slow] = claim(server, NEW_YEAR)
    [quick] = claim(server, NEW_YEAR + LEASE_S)
    record(server, Result(quick, NEW_YEAR + LEASE_S, 5, 200), NEW_YEAR + LEASE_S)
    record(server, Result(slow, NEW_YEAR, 45_000, 200), NEW_YEAR + LEASE_S)
    assert pending(api) == [0]
    assert (slow.number, quick.number) == (1, 2)


def test_a_failure_after_the_lease_does_not_touch_the_attempt_of_another(
        api: Api, server: Server, endpoint: dict[str, Any]) -> None:
    api.post("/v1/customers")
    [slow] = claim(server, NEW_YEAR)
    claim(server, NEW_YEAR + LEASE_S)
    record(server, Result(slow, NEW_YEAR, 45_000, 500), NEW_YEAR + LEASE_S)
    assert only_delivery(server).next_attempt_at == NEW_YEAR + 2 * LEASE_S


def test_an_attempt_under_way_when_its_endpoint_is_disabled_counts_if_it_succeeds(
        api: Api, server: Server, endpoint: dict[str, Any]) -> None:
    for _ in range(2):
        api.post("/v1/customers")
    good, bad = claim(server, NEW_YEAR)
    api.post(f"/v1/webhook_endpoints/{endpoint['id']}", disabled=True)
    record(server, Result(good, NEW_YEAR, 5, 200), NEW_YEAR)
    record(server, Result(bad, NEW_YEAR, 5, 500), NEW_YEAR)
    assert pending(api) == [0, 1]
    assert claim(server, NEW_YEAR + 86_400) == []


def test_an_attempt_under_way_when_its_endpoint_is_deleted_leaves_nothing_behind(
        api: Api, server: Server, endpoint: dict[str, Any]) -> None:
    api.post("/v1/customers")
    [orphan] = claim(server, NEW_YEAR)
    api.delete(f"/v1/webhook_endpoints/{endpoint['id']}")
    record(server, Result(orphan, NEW_YEAR, 5, 200), NEW_YEAR)
    with server.database.reading() as session:
        assert session.rows(WebhookAttempt, entity(WebhookAttempt)) == []
    assert pending(api) == [0]


def test_a_delivery_that_was_written_while_its_endpoint_was_deleted_is_dropped(
        api: Api, server: Server, endpoint: dict[str, Any]) -> None:
    api.post("/v1/customers")
    with server.database.writing() as session:
        session.execute(delete(WebhookEndpoint))
    assert claim(server, NEW_YEAR) == []
    with server.database.reading() as session:
        assert session.rows(WebhookDelivery, entity(WebhookDelivery)) == []
    assert pending(api) == [0]


def test_a_delivery_that_was_written_while_its_endpoint_was_disabled_is_canceled(
        api: Api, server: Server, endpoint: dict[str, Any]) -> None:
    api.post("/v1/customers")
    with server.database.writing() as session:
        session.execute(update(WebhookEndpoint).values(status="disabled"))
    assert claim(server, NEW_YEAR) == []
    delivery = only_delivery(server)
    assert (delivery.status, delivery.next_attempt_at, delivery.attempt_count) == ("canceled", None, 0)
    assert pending(api) == [1]


def test_an_endpoint_with_enough_attempts_under_way_is_passed_over(
        api: Api, server: Server, endpoint: dict[str, Any], receiver: Receiver) -> None:
    for _ in range(3):
        api.post("/v1/customers")
    other = api.post("/v1/webhook_endpoints", url=receiver.url, enabled_events=["customer.updated"])
    customer = api.get("/v1/customers")["data"][0]["id"]
    api.post(f"/v1/customers/{customer}", email="jenny@example.com")
    with server.database.writing() as session:
        claims = outbox.claim(session, NEW_YEAR, Choices(), limit=10, per_endpoint=2)
    assert [(each.endpoint_id, each.event.type) for each in claims] == [
        (endpoint["id"], "customer.created"), (endpoint["id"], "customer.created"), (other["id"], "customer.updated")]
    with server.database.reading() as session:
        assert outbox.next_due(session, [endpoint["id"]]) == NEW_YEAR + LEASE_S
        assert outbox.next_due(session) == 0
