"""The worker as part of a serving process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.config import Config
from app.factory import create_app
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.receiver import Receiver


def test_a_serving_process_delivers_by_itself_and_ends_what_it_has_begun(
        migrated: Callable[[Path], str], tmp_path: Path) -> None:
    url = migrated(tmp_path)
    server: Server = create_app(Config(database_url=url, request_log=False)).extensions["billyard"]
    api = Api(server)
    with Receiver() as receiver:
        api.post("/v1/webhook_endpoints", url=receiver.url, enabled_events=["*"])
        api.post("/v1/customers")
        receiver.wait_for(1)
        server.worker.stop()
    assert [event["pending_webhooks"] for event in api.events()] == [0]
    server.database.close()


def test_what_was_owed_when_the_process_ended_is_sent_by_the_next(
        migrated: Callable[[Path], str], tmp_path: Path) -> None:
    url = migrated(tmp_path)
    idle = Config(database_url=url, request_log=False, embedded_worker=False)
    first: Server = create_app(idle).extensions["billyard"]
    api = Api(first)
    with Receiver() as receiver:
        api.post("/v1/webhook_endpoints", url=receiver.url, enabled_events=["*"])
        api.post("/v1/customers")
        first.database.close()
        second: Server = create_app(Config(database_url=url, request_log=False)).extensions["billyard"]
        receiver.wait_for(1)
        second.worker.stop()
        second.database.close()
    assert receiver.types == ["customer.created"]
