"""A database that fails under a request: one 500 at most, rows that are whole, and a call that can be repeated."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

import app.db.database
from app.config import Config
from app.control import sandbox_time
from app.db.database import Database
from app.factory import create_app
from app.resources.customers.operations import changing as customers
from app.resources.invoices.operations import drafting
from app.wire.endpoint import Server
from app.wire.idempotency import Attempt
from tests.support.api import Answer, Api
from tests.support.clock import Clock, at
from tests.support.rows import row_counts

KEY = {"Idempotency-Key": "again"}


def serve(url: str) -> Server:
    server: Server = create_app(
        Config(database_url=url, embedded_worker=False, request_log=False), Database(url)).extensions["billyard"]
    return server


@pytest.fixture
def server(migrated: Callable[[Path], str], tmp_path: Path) -> Iterator[Server]:
    server = serve(migrated(tmp_path))
    yield server
    server.database.close()


@pytest.fixture
def sqlite(server: Server) -> Server:
    if not server.database.is_sqlite:
        pytest.skip("for SQLite")
    return server


@pytest.fixture
def postgres(server: Server) -> Server:
    if server.database.is_sqlite:
        pytest.skip("for PostgreSQL")
    return server


def driver_of(server: Server) -> Any:
    """This thread's connection, as the driver knows it."""
    return server.database._connection().connection.dbapi_connection


def break_connection(server: Server) -> None:
    """What a restart of the database or a torn cable does to this thread's connection."""
    if server.database.is_sqlite:
        driver_of(server).close()
        return
    with server.database.engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": driver_of(server).info.backend_pid})


def is_fault(answer: Answer) -> bool:
    error = answer.error
    return (answer.status, error["type"], error["message"]) == (500, "api_error", "An error occurred on our end.")


@pytest.mark.parametrize("place", [(customers, "emit"), (Attempt, "remember")], ids=["at_work", "before_the_commit"])
def test_a_connection_lost_in_a_call_is_one_500_and_nothing_is_written(
        server: Server, place: tuple[Any, str], monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api(server)
    api.get("/v1/account")
    before = row_counts(server)
    owner, name = place
    original = getattr(owner, name)

    def lose_connection(*args: Any, **values: Any) -> Any:
        break_connection(server)
        return original(*args, **values)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, lose_connection)
        assert is_fault(api.call("POST", "/v1/customers", {"name": "Jenny"}, KEY))
    assert row_counts(server) == before
    again = api.call("POST", "/v1/customers", {"name": "Jenny"}, KEY)
    assert (again.status, again.body["name"]) == (200, "Jenny")
    assert "Idempotent-Replayed" not in again.headers
    assert api.event_types() == ["customer.created"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_connection_lost_between_two_calls_is_not_noticed(server: Server, method: str) -> None:
    api = Api(server)
    customer = api.post("/v1/customers", name="Jenny")["id"]
    break_connection(server)
    assert api.call(method, f"/v1/customers/{customer}").body["name"] == "Jenny"


def test_a_commit_whose_confirmation_was_lost_is_found_by_its_key(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api(postgres)
    api.get("/v1/account")
    driver = driver_of(postgres)
    execute = driver.execute

    def lose_confirmation(statement: str, *args: Any) -> Any:
        done = execute(statement, *args)
        if statement == "COMMIT":
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        return done

    with monkeypatch.context() as patch:
        patch.setattr(driver, "execute", lose_confirmation)
        assert is_fault(api.call("POST", "/v1/customers", headers=KEY))
    again = api.call("POST", "/v1/customers", headers=KEY)
    assert (again.status, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert [each["id"] for each in api.get("/v1/customers")["data"]] == [again.body["id"]]


def test_a_commit_is_on_the_disk_before_it_is_answered_and_others_write_meanwhile(
        sqlite: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api(sqlite)
    api.get("/v1/account")
    sync = os.fdatasync
    seen = []

    def look_around(file: int) -> None:
        with open(f"{sqlite.database.url.database}-writer") as turn, closing(
                sqlite3.connect(str(sqlite.database.url.database), timeout=0)) as other:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
            seen.append(other.execute("SELECT name FROM customers").fetchall())
        sync(file)

    monkeypatch.setattr(os, "fdatasync", look_around)
    api.post("/v1/customers", name="Jenny")
    assert seen == [[("Jenny",)]]
    api.get("/v1/customers")
    assert api.call("POST", "/v1/customers", {"name": ["Jenny"]}).status == 400
    assert len(seen) == 1


def test_a_commit_that_cannot_be_synced_is_found_by_its_key(sqlite: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api(sqlite)
    api.get("/v1/account")

    def fail(file: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", fail)
        assert is_fault(api.call("POST", "/v1/customers", headers=KEY))
    again = api.call("POST", "/v1/customers", headers=KEY)
    assert (again.status, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert [each["id"] for each in api.get("/v1/customers")["data"]] == [again.body["id"]]


def advancing(server: Server) -> Api:
    """A sandbox whose clock is to go over three months of a subscription."""
    api = Api(server)
    clock = Clock(api, "2022-08-01")
    clock.subscribe(clock.price())
    api.post(f"/v1/test_helpers/test_clocks/{clock.id}/advance", frozen_time=at("2022-11-01"))
    return api


def has_arrived(api: Api) -> bool:
    """Whether the clock went on as if nothing had happened, once what the database had was over."""
    (clock,) = api.get("/v1/test_helpers/test_clocks")["data"]
    assert clock["status"] == "advancing"
    api.server.worker.run_due()
    (clock,) = api.get("/v1/test_helpers/test_clocks")["data"]
    (customer,) = api.get("/v1/customers", test_clock=clock["id"])["data"]
    invoices = api.get("/v1/invoices", customer=customer["id"])["data"]
    return (clock["status"], [invoice["status"] for invoice in invoices]) == ("ready", ["draft", "paid", "paid", "paid"])


def test_a_connection_lost_in_an_advance_only_delays_it(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    api = advancing(postgres)
    original = drafting.emit

    def lose_connection(*args: Any, **values: Any) -> Any:
        break_connection(postgres)
        return original(*args, **values)

    with monkeypatch.context() as patch, pytest.raises(psycopg.OperationalError):
        patch.setattr(drafting, "emit", lose_connection)
        postgres.worker.run_due()
    assert has_arrived(api)


def test_a_full_disk_only_delays_an_advance(sqlite: Server) -> None:
    api = advancing(sqlite)
    fill(sqlite)
    with pytest.raises(sqlite3.OperationalError):
        sqlite.worker.run_due()
    make_room(sqlite)
    assert has_arrived(api)


def test_an_advance_waits_for_the_disk_when_its_clock_arrives(sqlite: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    api = advancing(sqlite)
    sync = os.fdatasync
    seen = []

    def look_around(file: int) -> None:
        with closing(sqlite3.connect(str(sqlite.database.url.database))) as other:
            seen.append(other.execute("SELECT status FROM test_clocks").fetchone())
        sync(file)

    monkeypatch.setattr(os, "fdatasync", look_around)
    assert has_arrived(api)
    assert seen == [("ready",)]


def subscribed(server: Server) -> Api:
    """A sandbox with a monthly subscription on the wall clock, which a card pays for."""
    api = Api(server)
    price = api.post("/v1/prices", currency="usd", unit_amount=1000, recurring={"interval": "month"},
                     product_data={"name": "Gold"})["id"]
    customer = api.post("/v1/customers", payment_method="pm_card_visa",
                        invoice_settings={"default_payment_method": "pm_card_visa"})["id"]
    api.post("/v1/subscriptions", customer=customer, items=[{"price": price}])
    return api


def test_a_full_disk_only_delays_a_sandbox_that_is_set_forward(sqlite: Server) -> None:
    api = subscribed(sqlite)
    api.post("/_sim/time", advance=95 * 86_400, wait=0)
    fill(sqlite)
    with pytest.raises(sqlite3.OperationalError):
        sqlite.worker.run_due()
    make_room(sqlite)
    assert api.get("/_sim/time")["status"] == "advancing"
    sqlite.worker.run_due()
    assert api.get("/_sim/time")["status"] == "ready"
    assert [invoice["status"] for invoice in api.get("/v1/invoices")["data"]] == ["paid"] * 4


def test_a_request_that_cannot_see_a_sandbox_arrive_is_repeated(sqlite: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    api = subscribed(sqlite)
    sent = ("POST", "/_sim/time", {"advance": 95 * 86_400, "wait": 1}, KEY)
    with monkeypatch.context() as patch:
        # The disk is full from when the request itself is committed.
        patch.setattr(sandbox_time, "_has_arrived", lambda *_: fill(sqlite))
        assert is_fault(api.call(*sent))
    make_room(sqlite)
    again = api.call(*sent)
    assert (again.status, again.body["status"], again.body["offset"]) == (200, "ready", 95 * 86_400)
    assert [invoice["status"] for invoice in api.get("/v1/invoices")["data"]] == ["paid"] * 4


def test_without_a_database_every_answer_is_a_500_in_the_envelope(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/nowhere/billyard.db", "postgresql://nobody@127.0.0.1:1/nothing"):
        server = serve(url)
        api = Api(server)
        for method, path in (("GET", "/v1/customers"), ("POST", "/v1/customers"), ("GET", "/v1/nope"), ("PUT", "/v1/account")):
            assert is_fault(api.call(method, path))
        assert api.call("GET", "/_sim/health").status == 503
        server.database.close()


# A full disk


def fill(server: Server) -> None:
    """Let the database grow no further: the pages that it has are full."""
    driver = driver_of(server)
    driver.execute(f"PRAGMA max_page_count = {driver.execute('PRAGMA page_count').fetchone()[0]}")


def make_room(server: Server) -> None:
    driver_of(server).execute("PRAGMA max_page_count = 1073741823")


LONG = {"description": "x" * 5_000, "metadata": {f"key {number}": "y" * 500 for number in range(50)}}


def test_a_full_disk_is_a_500_that_writes_nothing_and_can_be_repeated(sqlite: Server) -> None:
    api = Api(sqlite)
    customer = api.post("/v1/customers", name="Before")
    fill(sqlite)
    before = row_counts(sqlite)
    assert is_fault(api.call("POST", "/v1/customers", LONG, KEY))
    assert is_fault(api.call("POST", f"/v1/customers/{customer['id']}", LONG))
    assert row_counts(sqlite) == before
    assert api.get(f"/v1/customers/{customer['id']}") == customer
    make_room(sqlite)
    again = api.call("POST", "/v1/customers", LONG, KEY)
    assert (again.status, again.body["metadata"]) == (200, LONG["metadata"])
    assert "Idempotent-Replayed" not in again.headers
    assert driver_of(sqlite).execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_full_disk_changes_no_refusal(sqlite: Server) -> None:
    api = Api(sqlite)
    api.get("/v1/account")
    fill(sqlite)
    answers = [api.call("POST", "/v1/customers/cus_x", {"name": "x" * 250}, {"Idempotency-Key": f"{n:0250}"}) for n in range(20)]
    assert {answer.status for answer in answers} == {404}


def test_an_account_cannot_be_opened_on_a_full_disk(sqlite: Server) -> None:
    Api(sqlite).get("/v1/account")
    fill(sqlite)
    statuses = [Api(sqlite).call("GET", "/v1/customers").status for _ in range(40)]
    assert set(statuses) == {200, 500}
    assert row_counts(sqlite)["accounts"] == row_counts(sqlite)["api_keys"] == 1 + statuses.count(200)
    make_room(sqlite)
    assert Api(sqlite).call("GET", "/v1/customers").status == 200


# A file that somebody else holds


def test_a_file_that_a_stranger_writes_to_is_waited_for_and_then_refused(
        migrated: Callable[[Path], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = migrated(tmp_path)
    if not url.startswith("sqlite"):
        pytest.skip("for SQLite")
    monkeypatch.setattr(app.db.database, "BUSY_TIMEOUT_MS", 20)
    server = serve(url)
    api = Api(server)
    api.get("/v1/account")
    stranger = sqlite3.connect(tmp_path / "billyard.db", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    answer = api.call("POST", "/v1/customers", headers=KEY)
    assert (answer.status, answer.error["code"], answer.headers["Stripe-Should-Retry"]) == (429, "lock_timeout", "true")
    assert api.get("/v1/customers")["data"] == []
    stranger.execute("ROLLBACK")
    stranger.close()
    assert api.call("POST", "/v1/customers", headers=KEY).status == 200
    server.database.close()
