"""`GET|POST /_sim/time`: the wall clock of a sandbox, which can be set forward."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.config import Config
from app.control.doctor import examine
from app.db.database import Database
from app.factory import create_app
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import DAY, Clock
from tests.support.connected import connected
from tests.support.marketplace import charge
from tests.support.money import available, pending
from tests.support.rows import row_counts
from tests.support.wall import NEW_YEAR, Wall

TEN_YEARS = 316_224_000
UNDERWAY = "The clock of this sandbox is being set forward - cannot perform modifications until it has arrived."


@pytest.fixture(autouse=True)
def new_year(wall: Wall) -> Wall:
    """A Sunday."""
    return wall


def shown(now: int, offset: int, target: int | None = None) -> dict[str, Any]:
    return {"object": "time", "now": now, "offset": offset, "status": "ready" if target is None else "advancing",
            "target_offset": target}


def test_a_sandbox_begins_at_the_worlds_time(api: Api, wall: Wall) -> None:
    assert api.get("/_sim/time") == shown(NEW_YEAR, 0)
    wall.advance(5)
    assert api.get("/_sim/time") == shown(NEW_YEAR + 5, 0)


def test_it_is_set_forward_by_seconds_or_to_a_moment_and_goes_on_from_there(api: Api, wall: Wall) -> None:
    assert api.post("/_sim/time", advance=DAY) == shown(NEW_YEAR + DAY, DAY)
    wall.advance(10)
    assert api.get("/_sim/time") == shown(NEW_YEAR + DAY + 10, DAY)
    assert api.post("/_sim/time", now=NEW_YEAR + 3 * DAY) == shown(NEW_YEAR + 3 * DAY, 3 * DAY - 10)
    assert api.get("/_sim/time") == shown(NEW_YEAR + 3 * DAY, 3 * DAY - 10)
    assert api.post("/_sim/time", advance=1) == shown(NEW_YEAR + 3 * DAY + 1, 3 * DAY - 9)
    customer = api.post("/v1/customers")
    assert customer["created"] == api.events()[-1]["created"] == NEW_YEAR + 3 * DAY + 1
    assert examine(api.server.database, account=api.key) == []


def test_it_emits_nothing_by_itself(api: Api) -> None:
    api.post("/_sim/time", advance=DAY)
    assert api.events() == []


def test_the_accounts_of_a_sandbox_share_its_clock(api: Api) -> None:
    account = connected(api)
    assert account.post("/_sim/time", advance=DAY) == shown(NEW_YEAR + DAY, DAY)
    assert api.get("/_sim/time") == account.get("/_sim/time") == shown(NEW_YEAR + DAY, DAY)
    assert {client.post("/v1/customers")["created"] for client in (api, account)} == {NEW_YEAR + DAY}


@pytest.mark.parametrize(("params", "message", "param"), [
    ({}, "You must provide exactly one of these parameters: advance, now.", None),
    ({"advance": 1, "now": NEW_YEAR + 99 * DAY}, "You must provide exactly one of these parameters: advance, now.", None),
    ({"advance": 0}, "This value must be greater than or equal to 1.", "advance"),
    ({"advance": -DAY}, "This value must be greater than or equal to 1.", "advance"),
    ({"advance": "1 month"}, "Invalid integer: 1 month", "advance"),
    ({"now": NEW_YEAR + DAY}, f"now must be greater than the present time of the sandbox, {NEW_YEAR + DAY}: its clock is never "
     "set back.", "now"),
    ({"now": "tomorrow"}, "Invalid timestamp: must be an integer", "now"),
    ({"advance": TEN_YEARS - DAY + 1}, "The clock of a sandbox can be at most ten years ahead of the world's: "
     f"{TEN_YEARS - DAY} seconds more.", "advance"),
    ({"now": NEW_YEAR + TEN_YEARS + 1}, "The clock of a sandbox can be at most ten years ahead of the world's: "
     f"{TEN_YEARS - DAY} seconds more.", "now"),
    ({"advance": 1, "wait": 61}, "This value must be less than or equal to 60.", "wait"),
    ({"advance": 1, "frozen_time": 1}, "Received unknown parameter: frozen_time", "frozen_time"),
])
def test_what_makes_no_sense_is_refused_and_moves_nothing(api: Api, params: dict[str, Any], message: str,
                                                          param: str | None) -> None:
    api.post("/_sim/time", advance=DAY)
    rows = row_counts(api.server)
    answer = api.refused("POST", "/_sim/time", **params)
    assert (answer.status, answer.error["message"], answer.error.get("param")) == (400, message, param)
    assert (api.get("/_sim/time"), row_counts(api.server)) == (shown(NEW_YEAR + DAY, DAY), rows)


def test_ten_years_ahead_is_as_far_as_it_goes(api: Api) -> None:
    assert api.post("/_sim/time", advance=TEN_YEARS) == shown(NEW_YEAR + TEN_YEARS, TEN_YEARS)


def test_a_repetition_with_the_same_key_does_not_move_it_again(api: Api, wall: Wall) -> None:
    sent = ("POST", "/_sim/time", {"advance": DAY}, {"Idempotency-Key": "a day"})
    first = api.call(*sent)
    wall.advance(7)
    again = api.call(*sent)
    assert (first.body, again.body, again.headers["Idempotent-Replayed"]) == (shown(NEW_YEAR + DAY, DAY), first.body, "true")
    assert api.get("/_sim/time") == shown(NEW_YEAR + DAY + 7, DAY)


# What is due meanwhile


def test_money_of_a_charge_becomes_available(api: Api) -> None:
    """What is taken on a Sunday counts as Friday's, so that it is there on Tuesday."""
    paid = charge(api, 1000)
    transaction = api.get("/v1/balance_transactions", source=paid["id"])["data"][0]
    assert (transaction["available_on"], transaction["status"]) == (NEW_YEAR + 2 * DAY, "pending")
    api.post("/_sim/time", now=NEW_YEAR + 2 * DAY - 1)
    assert (available(api), pending(api)) == (0, 941)
    api.post("/_sim/time", advance=3 * DAY)
    assert (available(api), pending(api)) == (941, 0)
    event = api.events()[-1]
    assert (event["type"], event["created"]) == ("balance.available", NEW_YEAR + 2 * DAY)
    assert api.get(f"/v1/balance_transactions/{transaction['id']}")["status"] == "available"
    assert examine(api.server.database, account=api.key) == []


def test_no_other_sandbox_is_moved(api: Api, server: Server) -> None:
    other = Api(server)
    for each in (api, other):
        charge(each, 1000)
    before = other.events()
    api.post("/_sim/time", advance=30 * DAY)
    server.worker.run_due()
    assert (available(api), available(other), other.events()) == (941, 0, before)
    assert other.get("/_sim/time") == shown(NEW_YEAR, 0)


def test_test_clocks_stay_where_they_are(api: Api) -> None:
    """Neither are they moved nor does their life end sooner, which is a matter of the real world."""
    time = Clock(api, "2022-01-01")
    subscription = time.subscribe(time.price(1000))
    time.new_events()
    before = api.get(f"/v1/test_helpers/test_clocks/{time.id}")
    api.post("/_sim/time", advance=400 * DAY)
    api.server.worker.run_due()
    assert api.get(f"/v1/test_helpers/test_clocks/{time.id}") == before
    assert time.retrieve(subscription) == subscription
    assert time.new_events(expect=[]) == []
    time.advance(months=1, hours=2)
    assert [invoice["created"] for invoice in time.invoices()] == [1_640_995_200, 1_643_673_600]


# Until it has arrived


def test_who_does_not_wait_is_told_that_it_is_on_its_way(api: Api, wall: Wall) -> None:
    charge(api, 1000)
    assert api.post("/_sim/time", advance=30 * DAY, wait=0) == shown(NEW_YEAR, 0, 30 * DAY)
    wall.advance(1)
    assert api.get("/_sim/time") == shown(NEW_YEAR + 1, 0, 30 * DAY)
    api.server.worker.run_due()
    assert api.get("/_sim/time") == shown(NEW_YEAR + 30 * DAY + 1, 30 * DAY)
    assert available(api) == 941


def test_nothing_is_changed_in_a_sandbox_whose_clock_is_on_its_way(api: Api, server: Server) -> None:
    account = connected(api)
    api.post("/_sim/time", advance=DAY, wait=0)
    rows = row_counts(server)
    for refused in (api.call("POST", "/v1/customers"), account.call("POST", "/v1/customers"),
                    api.call("POST", "/_sim/time", {"advance": 1}), api.call("POST", "/_sim/settings", {"fee_fixed": 1})):
        assert (refused.status, refused.error["code"], refused.error["message"]) == (429, "rate_limit", UNDERWAY)
    assert row_counts(server) == rows
    assert Api(server).post("/v1/customers")["created"] == NEW_YEAR
    server.worker.run_due()
    assert api.post("/v1/customers")["created"] == account.post("/v1/customers")["created"] == NEW_YEAR + DAY


def test_a_repetition_waits_for_what_the_first_did_not(api: Api) -> None:
    charge(api, 1000)
    idempotency = {"Idempotency-Key": "a month"}
    first = api.call("POST", "/_sim/time", {"advance": 30 * DAY, "wait": 0}, idempotency)
    assert first.body["status"] == "advancing"
    refused = api.call("POST", "/_sim/time", {"advance": 30 * DAY}, idempotency)
    assert (refused.status, refused.error["type"]) == (400, "idempotency_error")
    api.server.worker.run_due()
    again = api.call("POST", "/_sim/time", {"advance": 30 * DAY, "wait": 0}, idempotency)
    assert again.body == shown(NEW_YEAR + 30 * DAY, 30 * DAY)


# In several processes


@pytest.fixture
def start(migrated: Callable[[Path], str], tmp_path: Path) -> Iterator[Callable[[], Server]]:
    """Starts servers over one database of their own."""
    url, servers = migrated(tmp_path), list[Server]()

    def begin() -> Server:
        config = Config(database_url=url, embedded_worker=False, request_log=False)
        servers.append(create_app(config, Database(url)).extensions["billyard"])
        return servers[-1]

    yield begin
    for server in servers:
        server.database.close()


def test_it_is_kept_over_a_restart(start: Callable[[], Server], wall: Wall) -> None:
    before = Api(start())
    charge(before, 1000)
    before.post("/_sim/time", advance=DAY)
    before.post("/_sim/time", advance=30 * DAY, wait=0)
    before.server.database.close()
    wall.advance(60)
    after = Api(start(), before.key)
    assert after.get("/_sim/time") == shown(NEW_YEAR + DAY + 60, DAY, 31 * DAY)
    after.server.worker.run_due()
    assert after.get("/_sim/time") == shown(NEW_YEAR + 31 * DAY + 60, 31 * DAY)
    assert available(after) == 941
    # What falls due later does so at the sandbox's own time.
    again = charge(after, 1000)
    assert again["created"] == NEW_YEAR + 31 * DAY + 60
    wall.advance(3 * DAY)
    after.server.worker.run_due()
    assert available(after) == 1882
    assert examine(after.server.database) == []


def test_another_process_writes_at_the_new_time_at_once(start: Callable[[], Server]) -> None:
    here, there = Api(start()), Api(start())
    there.key = here.key
    there.post("/v1/customers")
    here.post("/_sim/time", advance=DAY)
    assert there.post("/v1/customers")["created"] == NEW_YEAR + DAY
    assert there.get("/_sim/time") == shown(NEW_YEAR + DAY, DAY)
    there.post("/_sim/time", advance=DAY, wait=0)
    assert here.call("POST", "/v1/customers").status == 429
    here.server.worker.run_due()
    assert there.post("/v1/customers")["created"] == NEW_YEAR + 2 * DAY
