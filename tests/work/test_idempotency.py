"""Idempotency keys are forgotten some time after their day."""

from __future__ import annotations

import pytest

from app.db.session import entity
from app.wire.endpoint import Server
from app.wire.tables import IdempotencyKey
from app.work.idempotency import ExpiredKeys
from tests.support.api import Api
from tests.support.wall import NEW_YEAR, Wall

DAY = 86_400


@pytest.fixture
def server(fresh_server: Server, wall: Wall) -> Server:
    return fresh_server


def keys(server: Server) -> list[str]:
    with server.database.reading() as session:
        return sorted(row.key for row in session.rows(IdempotencyKey, entity(IdempotencyKey)))


def use(api: Api, key: str) -> str:
    answer = api.call("POST", "/v1/customers", headers={"Idempotency-Key": key})
    return answer.body["id"]


def test_keys_older_than_a_day_are_deleted_in_batches(
        api: Api, server: Server, wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("a", "b"):
        use(api, key)
    wall.advance(601)
    use(api, "c")
    source = ExpiredKeys()
    assert source.next_due(server.database) == NEW_YEAR + DAY + 600
    wall.now = NEW_YEAR + DAY + 599
    assert not server.worker.run_due()
    wall.advance(1)
    assert server.worker.run_due()
    assert keys(server) == ["c"]
    wall.now = NEW_YEAR + 601 + DAY + 600
    assert server.worker.run_due()
    assert source.next_due(server.database) is None


def test_no_key_is_deleted_within_its_day(api: Api, server: Server, wall: Wall) -> None:
    first = use(api, "a")
    wall.advance(DAY - 1)
    server.worker.run_due()
    assert use(api, "a") == first
    wall.advance(1)
    assert use(api, "a") != first
