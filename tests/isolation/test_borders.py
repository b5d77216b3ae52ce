"""Across the border of a sandbox or of a connected account nothing is seen, and nothing is done, at any route there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.control.keys import create_key
from tests.faults.test_fuzz import ROUTES, schema_of
from tests.isolation.world import Side, World, build_world
from tests.support.api import Answer, Api
from tests.support.rows import everything

WITH_ID = [route for route in ROUTES if "<" in route.rule]
LISTS = [route for route in ROUTES if route.method == "GET" and "<" not in route.rule]
CREATES = [route for route in ROUTES if route.method == "POST" and "<" not in route.rule]

PUBLIC = {"/v1/country_specs/<id>", "/v1/tax_codes/<id>"}
"""What Stripe defines is the same for everybody."""

PLATFORMS_OWN = ("/v1/application_fees", "/v1/transfers")
"""What a connected account has none of."""

NAMED = ("fee_", "fr_", "tr_", "trr_")
"""A payment names the transfer that it has come by and the fee that its platform has taken, and what came back of either."""

CLONED = ("POST /v1/payment_methods", "payment_method")
"""Where an account is given a copy of its platform's payment method."""

# Who calls, and whose objects they name.
BORDERS = [
    ("stranger", "platform"),
    ("stranger", "account"),
    ("platform", "stranger"),
    ("platform", "account"),
    ("account", "platform"),
    ("account", "sibling"),
    ("account", "stranger"),
]


@pytest.fixture(scope="module")
def world(migrated: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("isolation")
    world = build_world(migrated(folder), folder)
    yield world
    world.server.database.close()


@pytest.fixture(params=BORDERS, ids=lambda border: f"{border[0]} at {border[1]}")
def border(world: World, request: pytest.FixtureRequest) -> Iterator[tuple[Side, Side]]:
    """Who calls, and who must not be seen nor touched by it."""
    caller, owner = (getattr(world, name) for name in request.param)
    before = everything(world.server)
    yield caller, owner
    assert everything(world.server) == before, "something was written"


def is_denied(answer: Answer) -> bool:
    """Whether the answer says that there is no such object, or no access to the account."""
    if not isinstance(answer.body, dict) or "error" not in answer.body:
        return False
    # Items of subscriptions are missed in other words, without a code.
    return answer.status == 404 or (answer.status, answer.error.get("code")) in (
        (400, "resource_missing"), (403, "account_invalid"))


def tells_of(answer: Answer, ids: frozenset[str]) -> list[str]:
    """Which of the ids an answer contains; what a refusal repeats of the question does not count."""
    if answer.status >= 400:
        return []
    text = orjson.dumps(answer.body).decode()
    return [id for id in ids if f'"{id}"' in text or f"/{id}" in text]


def is_ones_own(caller: Side, owner: Side, path: str) -> bool:
    """Whether the path leads to an account that the caller acts for, or is the platform of."""
    if not path.startswith(("/v1/accounts/", "/v1/account_links")):
        return False
    return caller.api.account in path if caller.api.account else caller.api.key == owner.api.key


def test_every_route_with_an_id_was_tried_by_the_owner(world: World) -> None:
    for side in (world.platform, world.account, world.stranger):
        untried = [str(route) for route in WITH_ID if route not in side.paths and route.rule not in PUBLIC
                   and not (side.api.account and route.rule.startswith(PLATFORMS_OWN))]
        assert not untried, f"{side.name}: {untried}"


def test_what_is_on_the_other_side_is_not_there(border: tuple[Side, Side]) -> None:
    caller, owner = border
    leaks = []
    for route, path in owner.paths.items():
        if is_ones_own(caller, owner, path):
            continue
        for side in (caller, owner):
            answer = caller.api.call(route.method, path, side.parameters(route))
            if not is_denied(answer):
                leaks.append(f"{route}: {path} {answer.status} {answer.body}")
    assert not leaks, "\n".join(leaks)


def test_an_object_is_not_found_below_another_account(border: tuple[Side, Side]) -> None:
    """`/v1/customers/<mine>/tax_ids/<theirs>`"""
    caller, owner = border
    leaks = []
    for route, path in owner.paths.items():
        mine = caller.paths.get(route)
        if route.rule.count("<") < 2 or mine is None:
            continue
        inner = path.rpartition("/")[2] if route.rule.endswith(">") else path.split("/")[-2]
        if inner not in owner.ids:
            continue
        crossed = "/".join(inner if own == mine_inner else own
                           for own in mine.split("/")
                           for mine_inner in [mine.split("/")[path.split("/").index(inner)]])
        if crossed == path:
            # A platform has the accounts' external accounts where they have them themselves.
            continue
        answer = caller.api.call(route.method, crossed, caller.parameters(route))
        if not is_denied(answer):
            leaks.append(f"{route}: {crossed} {answer.status} {answer.body}")
    assert not leaks, "\n".join(leaks)


def test_lists_and_searches_have_nothing_of_the_other_side(border: tuple[Side, Side]) -> None:
    caller, owner = border
    leaks = []
    # A fee names the charge that it was taken from.
    fees = [] if caller.api.account else caller.api.get("/v1/application_fees")["data"]
    charged = {fee["charge"] for fee in fees}
    for route in LISTS:
        if is_ones_own(caller, owner, f"{route.rule}/"):
            continue
        queries: list[dict[str, Any]] = [caller.parameters(route) | {"limit": 100}]
        for name in schema_of(caller.api.server, route).load_fields:
            kind = owner.pool.kind_of(name)
            for id in owner.pool.ids(kind)[:3] if kind is not None else ():
                if id in owner.ids and not (kind == "account" and is_ones_own(caller, owner, "/v1/accounts/")):
                    queries.append(caller.parameters(route) | {name: id})
        for query in queries:
            if "limit" in query and "limit" not in schema_of(caller.api.server, route).load_fields:
                del query["limit"]
            answer = caller.api.call("GET", route.rule, query)
            seen = [id for id in tells_of(answer, owner.ids - caller.ids - charged) if not id.startswith(NAMED)]
            if seen:
                leaks.append(f"{route}: {query} tells of {seen}")
    assert not leaks, "\n".join(leaks)


def test_nothing_is_made_of_what_is_on_the_other_side(border: tuple[Side, Side]) -> None:
    caller, owner = border
    leaks = []
    for route in CREATES:
        fields = schema_of(caller.api.server, route).load_fields
        for name, kind in ((name, owner.pool.kind_of(name)) for name in fields):
            theirs = [id for id in owner.pool.ids(kind) if id in owner.ids] if kind is not None else []
            # A group is a text of the caller's.
            if kind == "account" or name == "transfer_group" or not theirs:
                continue
            if (str(route), name) == CLONED and caller.api.key == owner.api.key and not owner.api.account:
                continue
            if type(fields[name]).__name__ not in ("Text", "HashOrText"):
                continue
            answer = caller.api.call("POST", route.rule, caller.parameters(route) | {name: theirs[0]})
            if answer.status < 400 or tells_of(answer, owner.ids - caller.ids):
                leaks.append(f"{route}: {name}={theirs[0]} {answer.status} {answer.body}")
    assert not leaks, "\n".join(leaks)


def test_a_restricted_key_reaches_no_further(world: World) -> None:
    key = create_key(world.server.database, world.server.config, kind="rk", account=world.stranger.api.key)["key"]
    caller = replace(world.stranger, api=Api(world.server, key))
    before = everything(world.server)
    for owner in (world.platform, world.account):
        leaks = [str(route) for route, path in owner.paths.items()
                 if not is_denied(caller.api.call(route.method, path, caller.parameters(route)))]
        assert leaks == []
    assert everything(world.server) == before
    assert caller.api.get("/v1/customers") == world.stranger.api.get("/v1/customers")


def test_a_publishable_key_opens_what_browsers_need_and_only_with_its_secret(world: World) -> None:
    keys = [create_key(world.server.database, world.server.config, kind="pk", account=side.api.key)["key"]
            for side in (world.platform, world.stranger)]
    own, foreign = (Api(world.server, key) for key in keys)
    before = everything(world.server)
    open_routes = set()
    for route in ROUTES:
        path = world.platform.paths.get(route, route.rule)
        if str(route) in ("POST /v1/files", "POST /v1/payment_methods", "POST /v1/tokens"):
            # Whoever pays or shows a document does so in a browser, and needs nothing but the key for it.
            open_routes.add(str(route))
            continue
        answer = own.call(route.method, path, world.platform.parameters(route))
        if answer.status == 401:
            assert answer.error["code"] == "secret_key_required", str(route)
            continue
        open_routes.add(str(route))
        # The id of a token is known to nobody but who made it.
        assert answer.status >= 400 or route.rule == "/v1/tokens/<id>", str(route)
        shown = world.platform.api.get("/".join(path.split("/")[:4]))
        secret = {"client_secret": shown["client_secret"]} if "client_secret" in shown else {}
        answer = foreign.call(route.method, path, world.platform.parameters(route) | secret)
        assert is_denied(answer), (str(route), answer.body)
    assert open_routes == {
        "GET /v1/payment_intents/<id>", "POST /v1/payment_intents/<id>/confirm",
        "POST /v1/payment_intents/<id>/verify_microdeposits", "GET /v1/setup_intents/<id>",
        "POST /v1/setup_intents/<id>/confirm", "POST /v1/setup_intents/<id>/verify_microdeposits", "POST /v1/tokens",
        "GET /v1/tokens/<id>", "POST /v1/files", "POST /v1/payment_methods"}
    assert everything(world.server) == before


def test_a_header_opens_the_accounts_of_ones_own_platform_alone(world: World) -> None:
    intruder = Api(world.server, world.stranger.api.key, account=world.account.api.account)
    before = everything(world.server)
    for route in ROUTES:
        path = world.account.paths.get(route, route.rule)
        answer = intruder.call(route.method, path, world.account.parameters(route))
        assert (answer.status, answer.error["code"]) == (403, "account_invalid"), str(route)
        assert world.stranger.api.key not in answer.error["message"]
    assert everything(world.server) == before
