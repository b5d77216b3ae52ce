"""Many requests at once, over real sockets and several processes: nothing is lost, nothing is made twice, nobody gets a 500."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
import urllib3

from app.config import Config
from app.db.database import Database
from app.factory import create_app
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.live import live_server

KEY = "sk_test_many_requests_at_once"


class Client:
    """Posts forms to a live server from any number of threads."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._pool = urllib3.PoolManager(maxsize=16)

    def call(self, method: str, path: str, key: str | None = None, **fields: str) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/x-www-form-urlencoded"}
        if key is not None:
            headers["Idempotency-Key"] = key
        reply = self._pool.request(method, self.base_url + path, headers=headers, retries=False,
                                   body=urlencode(fields) if method == "POST" else None)
        return reply.status, orjson.loads(reply.data)


@pytest.fixture(scope="module")
def client(migrated: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with live_server(migrated(tmp_path_factory.mktemp("many")), workers=2) as base_url:
        yield Client(base_url)


def at_once(count: int, task: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(16) as threads:
        return list(threads.map(task, range(count)))


def test_fifty_creates_at_once_make_fifty_customers(client: Client) -> None:
    answers = at_once(50, lambda number: client.call("POST", "/v1/customers", name=f"Customer {number}"))
    assert {status for status, _ in answers} == {200}
    ids = {customer["id"] for _, customer in answers}
    assert len(ids) == 50
    _, first = client.call("GET", "/v1/customers?limit=100")
    assert ids <= {customer["id"] for customer in first["data"]}


def test_one_idempotency_key_makes_one_object(client: Client) -> None:
    answers = at_once(12, lambda _: client.call("POST", "/v1/customers", key="twins", name="Twin"))
    # Whoever comes while the first is still at work is told so, and the others get the first one's answer.
    assert {status for status, _ in answers} <= {200, 409}
    assert {body["error"]["code"] for status, body in answers if status == 409} <= {"idempotency_key_in_use"}
    made = {body["id"] for status, body in answers if status == 200}
    assert len(made) == 1
    _, page = client.call("GET", "/v1/customers?limit=100")
    assert sum(customer["name"] == "Twin" for customer in page["data"]) == 1


def test_updates_of_one_customer_lose_none_of_each_other(client: Client) -> None:
    _, customer = client.call("POST", "/v1/customers", name="Shared")
    path = f"/v1/customers/{customer['id']}"
    answers = at_once(30, lambda number: client.call("POST", path, **{f"metadata[key{number}]": str(number)}))
    assert {status for status, _ in answers} <= {200, 429}
    accepted = {f"key{number}": str(number) for number, (status, _) in enumerate(answers) if status == 200}
    _, found = client.call("GET", path)
    assert found["metadata"] == accepted
    assert len(accepted) >= 25


def test_an_unseen_key_opens_one_account_however_many_ask_first(client: Client) -> None:
    headers = {"Authorization": "Bearer sk_test_seen_by_nobody_yet"}
    pool = urllib3.PoolManager(maxsize=16)
    replies = at_once(16, lambda _: pool.request("GET", client.base_url + "/v1/account", headers=headers, retries=False))
    assert {reply.status for reply in replies} == {200}
    assert len({orjson.loads(reply.data)["id"] for reply in replies}) == 1


def test_a_scope_holds_ten_secrets_however_many_come_at_once(client: Client) -> None:
    scope = {"scope[type]": "user", "scope[user]": "usr_busy"}
    answers = at_once(24, lambda number: client.call(
        "POST", "/v1/apps/secrets", name=f"secret {number % 12}", payload=str(number), **scope))
    assert {status for status, _ in answers} == {200, 400}
    kept = {body["name"]: body["id"] for status, body in answers if status == 200}
    assert len(kept) == 10
    assert all(kept[body["name"]] == body["id"] for status, body in answers if status == 200), "one name, one secret"
    _, page = client.call("GET", f"/v1/apps/secrets?{urlencode(scope)}&limit=100")
    assert {secret["name"]: secret["id"] for secret in page["data"]} == kept


def own_server(url: str) -> Server:
    config = Config(database_url=url, embedded_worker=False, request_log=False)
    server: Server = create_app(config, Database(url)).extensions["billyard"]
    return server


def test_a_full_disk_is_a_500_and_leaves_the_rows_whole(migrated: Callable[[Path], str], tmp_path: Path) -> None:
    url = migrated(tmp_path)
    if not url.startswith("sqlite"):
        pytest.skip("PostgreSQL's disk cannot be filled from here")
    server = own_server(url)
    api = Api(server)
    customer = api.post("/v1/customers", name="Before")
    driver: Any = server.database._connection().connection.dbapi_connection
    pages = driver.execute("PRAGMA page_count").fetchone()[0]
    driver.execute(f"PRAGMA max_page_count = {pages}")
    refused = [api.call("POST", "/v1/customers", {"description": "x" * 4000}) for _ in range(20)]
    assert 500 in {answer.status for answer in refused}
    full = next(answer for answer in refused if answer.status == 500)
    assert full.error["type"] == "api_error"
    made = sum(answer.status == 200 for answer in refused)
    driver.execute("PRAGMA max_page_count = 1073741823")
    assert api.get(f"/v1/customers/{customer['id']}") == customer
    assert len(api.get("/v1/customers", limit=100)["data"]) == 1 + made
    assert len(api.events(type="customer.created")) == 1 + made
    assert api.post("/v1/customers", name="After")["name"] == "After"
    server.database.close()


def test_a_lost_connection_is_a_500_once(migrated: Callable[[Path], str], tmp_path: Path) -> None:
    server = own_server(migrated(tmp_path))
    api = Api(server)
    customer = api.post("/v1/customers", name="Before")
    driver: Any = server.database._connection().connection.dbapi_connection
    driver.close()
    assert api.call("POST", "/v1/customers", {"name": "Lost"}).status in (200, 500)
    assert api.get(f"/v1/customers/{customer['id']}") == customer
    assert api.post("/v1/customers", name="After")["name"] == "After"
    assert {row["name"] for row in api.get("/v1/customers")["data"]} - {"Lost"} == {"Before", "After"}
    server.database.close()
