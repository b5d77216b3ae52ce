"""`billyard time`: the wall clocks of sandboxes, set forward without a server."""

from __future__ import annotations

import json

from app.clock.now import wall_seconds
from tests.cli.conftest import Run, serve
from tests.support.api import Api
from tests.support.marketplace import charge
from tests.support.money import available

MONTH = 30 * 86_400


def test_a_sandbox_is_set_forward_without_a_server(run: Run, database_url: str) -> None:
    server = serve(database_url)
    api = Api(server)
    charge(api, 1000)
    account, before = api.get("/v1/account")["id"], wall_seconds()
    assert run("time", "show", "--json").stdout == "[]\n"
    moved = run("time", "advance", "--account", api.key, "--by", "30 days")
    assert moved.exit_code == 0, moved.output
    *progress, last = moved.stdout.splitlines()
    assert progress == ["0 of 1 customers and accounts"] or progress[-1] == "1 of 1 customers and accounts", progress
    assert last.startswith(f"{account} is at 20")
    assert available(api) == 941
    [shown] = json.loads(run("time", "show", "--json").stdout)
    assert shown == json.loads(run("time", "show", "--account", account, "--json").stdout)[0] | {"now": shown["now"]}
    assert shown["now"] >= before + MONTH
    assert {**shown, "now": 0} == {"account": account, "object": "time", "now": 0, "offset": MONTH, "status": "ready",
                                   "target_offset": None}
    assert json.loads(run("doctor", "--json").stdout) == []
    server.database.close()


def test_what_a_request_has_left_is_finished(run: Run, database_url: str) -> None:
    server = serve(database_url)
    api = Api(server)
    charge(api, 1000)
    api.post("/_sim/time", advance=MONTH, wait=0)
    refused = run("time", "advance", "--account", api.key, "--by", "1 day")
    assert (refused.exit_code, "is being set forward" in refused.stderr) == (1, True)
    finished = json.loads(run("time", "advance", "--account", api.key, "--json").stdout)
    assert (finished["status"], finished["offset"], available(api)) == ("ready", MONTH, 941)
    server.database.close()


def test_a_sandbox_is_never_set_back(run: Run, database_url: str) -> None:
    server = serve(database_url)
    api = Api(server)
    api.get("/v1/balance")
    refused = run("time", "advance", "--account", api.key, "--to", "2023-01-01")
    assert (refused.exit_code, "never set back" in refused.stderr) == (1, True)
    for options in (["--by", "a month"], ["--by", "1 day", "--to", "2050-01-01"]):
        assert run("time", "advance", "--account", api.key, *options).exit_code == 2
    [shown] = json.loads(run("time", "show", "--account", api.key, "--json").stdout)
    assert (shown["offset"], shown["status"]) == (0, "ready")
    server.database.close()
