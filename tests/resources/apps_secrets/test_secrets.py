"""Secrets of apps: by name and scope, until they expire, and readable for whoever asks for the payload alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.config import Config
from app.control.doctor import examine
from app.db.database import Database
from app.factory import create_app
from app.wire.endpoint import Server
from tests.support.api import Answer, Api
from tests.support.connected import connected
from tests.support.rows import everything, row_counts
from tests.support.wall import NEW_YEAR, Wall

SECRETS, FIND, DELETE = "/v1/apps/secrets", "/v1/apps/secrets/find", "/v1/apps/secrets/delete"
ACCOUNT, JENNY, CARLA = {"type": "account"}, {"type": "user", "user": "usr_jenny"}, {"type": "user", "user": "usr_carla"}
IN_2123 = 4_828_204_800
"""2123-01-01 00:00:00 UTC, a hundred years after the tests' new year."""


def keep(api: Api, name: str, payload: str = "hush", scope: dict[str, str] = ACCOUNT, **values: Any) -> dict[str, Any]:
    return api.post(SECRETS, name=name, payload=payload, scope=scope, **values)


def payload_of(api: Api, name: str, scope: dict[str, str] = ACCOUNT) -> str:
    return str(api.get(FIND, name=name, scope=scope, expand=["payload"])["payload"])


def missing(answer: Answer, name: str) -> None:
    assert (answer.status, answer.error["type"], answer.error["code"], answer.error["param"], answer.error["message"]) == (
        404, "invalid_request_error", "resource_missing", "name", f"No such secret: '{name}'")


def test_a_secret_is_shown_without_its_payload(api: Api, wall: Wall) -> None:
    made = keep(api, "api-key", "open sesame")
    assert made == {"id": made["id"], "object": "apps.secret", "created": NEW_YEAR, "expires_at": None,
                    "livemode": False, "name": "api-key", "scope": {"type": "account"}}
    assert made["id"].startswith("appsecret_")
    assert api.get(FIND, name="api-key", scope=ACCOUNT) == made
    assert api.get(SECRETS, scope=ACCOUNT) == {
        "object": "list", "url": "/v1/apps/secrets", "has_more": False, "data": [made]}
    assert api.events() == []


def test_the_payload_is_expanded(api: Api) -> None:
    text = "sésame\n" + "🔑" * 4_993
    made = keep(api, "api-key", text, expand=["payload"])
    assert made["payload"] == text
    assert api.get(FIND, name="api-key", scope=ACCOUNT, expand=["payload"]) == made
    assert api.get(SECRETS, scope=ACCOUNT, expand=["data.payload"])["data"] == [made]
    gone = api.post(DELETE, name="api-key", scope=ACCOUNT, expand=["payload"])
    assert gone == made | {"deleted": True}


def test_setting_a_name_again_replaces_payload_and_expiry(api: Api, wall: Wall) -> None:
    made = keep(api, "api-key", "first", expires_at=NEW_YEAR + 60)
    wall.advance(10)
    again = keep(api, "api-key", "second")
    assert again == made | {"expires_at": None}
    assert payload_of(api, "api-key") == "second"
    assert len(api.get(SECRETS, scope=ACCOUNT)["data"]) == 1


def test_each_scope_has_names_of_its_own(api: Api) -> None:
    for payload, scope in (("of all", ACCOUNT), ("jenny's", JENNY), ("carla's", CARLA)):
        assert keep(api, "token", payload, scope)["scope"] == scope
    assert [payload_of(api, "token", scope) for scope in (ACCOUNT, JENNY, CARLA)] == ["of all", "jenny's", "carla's"]
    assert [len(api.get(SECRETS, scope=scope)["data"]) for scope in (ACCOUNT, JENNY, CARLA)] == [1, 1, 1]
    assert api.post(DELETE, name="token", scope=JENNY)["scope"] == JENNY
    missing(api.refused("GET", FIND, name="token", scope=JENNY), "token")
    assert payload_of(api, "token", CARLA) == "carla's"
    assert examine(api.server.database, account=api.key) == []


def test_deleting_shows_the_secret_a_last_time(api: Api) -> None:
    made = keep(api, "api-key")
    assert api.post(DELETE, name="api-key", scope=ACCOUNT) == made | {"deleted": True}
    before = row_counts(api.server)
    for method, path in (("GET", FIND), ("POST", DELETE)):
        missing(api.refused(method, path, name="api-key", scope=ACCOUNT), "api-key")
    assert row_counts(api.server) == before
    assert api.get(SECRETS, scope=ACCOUNT)["data"] == []
    assert keep(api, "api-key")["id"] != made["id"]


def test_lists_have_the_newest_first_and_cursors(api: Api) -> None:
    ids = [keep(api, f"secret {number}")["id"] for number in range(5)][::-1]
    keep(api, "another", scope=JENNY)
    first = api.get(SECRETS, scope=ACCOUNT, limit=2)
    assert ([secret["id"] for secret in first["data"]], first["has_more"]) == (ids[:2], True)
    second = api.get(SECRETS, scope=ACCOUNT, limit=3, starting_after=ids[1])
    assert ([secret["id"] for secret in second["data"]], second["has_more"]) == (ids[2:], False)
    back = api.get(SECRETS, scope=ACCOUNT, ending_before=ids[2])
    assert [secret["id"] for secret in back["data"]] == ids[:2]
    answer = api.refused("GET", SECRETS, scope=ACCOUNT, starting_after="appsecret_x")
    assert (answer.status, answer.error["param"], answer.error["message"]) == (
        400, "starting_after", "No such secret: 'appsecret_x'")


def test_a_secret_is_gone_when_it_expires(fresh_server: Server, wall: Wall) -> None:
    api = Api(fresh_server)
    keep(api, "short", expires_at=NEW_YEAR + 60)
    keep(api, "replaced", "old", expires_at=NEW_YEAR + 60)
    keep(api, "long", expires_at=IN_2123)
    wall.advance(59)
    fresh_server.worker.run_due()
    assert payload_of(api, "short") == "hush"
    wall.advance(1)
    # Reading moves nothing: the rows are still there, and nobody is shown them.
    missing(api.refused("GET", FIND, name="short", scope=ACCOUNT), "short")
    missing(api.refused("POST", DELETE, name="short", scope=ACCOUNT), "short")
    assert [secret["name"] for secret in api.get(SECRETS, scope=ACCOUNT)["data"]] == ["long"]
    assert row_counts(fresh_server)["apps_secrets"] == 3
    new = keep(api, "replaced", "new")
    assert (new["created"], payload_of(api, "replaced")) == (NEW_YEAR + 60, "new")
    fresh_server.worker.run_due()
    assert row_counts(fresh_server)["apps_secrets"] == 2
    assert examine(fresh_server.database) == []
    assert api.events() == []


def test_a_scope_holds_ten_secrets_unless_limits_are_off(api: Api, wall: Wall) -> None:
    for number in range(10):
        keep(api, f"secret {number}", scope=JENNY, **({"expires_at": NEW_YEAR + 60} if number == 3 else {}))
    answer = api.refused("POST", SECRETS, name="eleventh", payload="hush", scope=JENNY)
    assert (answer.status, answer.error["type"], answer.error["param"], answer.error["message"]) == (
        400, "invalid_request_error", "scope", "You have reached the limit of 10 secrets for this scope.")
    keep(api, "secret 9", "replaced", scope=JENNY)
    keep(api, "elsewhere", scope=CARLA)
    wall.advance(60)
    # What has expired takes no room any more.
    keep(api, "eleventh", scope=JENNY)
    assert api.refused("POST", SECRETS, name="twelfth", payload="hush", scope=JENNY).status == 400
    api.post("/_sim/settings", limits="off")
    keep(api, "twelfth", scope=JENNY)
    assert len(api.get(SECRETS, scope=JENNY, limit=100)["data"]) == 11


@pytest.mark.parametrize(("change", "param", "message"), [
    ({"name": None}, "name", "Missing required param: name."),
    ({"payload": None}, "payload", "Missing required param: payload."),
    ({"scope": None}, "scope", "Missing required param: scope."),
    ({"scope": {"user": "usr_jenny"}}, "scope[type]", "Missing required param: scope[type]."),
    ({"scope": {"type": "app"}}, "scope[type]", "Invalid scope[type]: must be one of account or user"),
    ({"scope": {"type": "user"}}, "scope[user]", "Missing required param: scope[user]."),
    ({"scope": ACCOUNT | {"user": "usr_jenny"}}, "scope[user]",
     "You may only specify a user for a scope of the type user."),
    ({"expires_at": NEW_YEAR}, "expires_at", "expires_at must be in the future."),
    ({"expires_at": IN_2123 + 1}, "expires_at", "expires_at must be at most 100 years in the future."),
    ({"payload": "p" * 5_001}, "payload", "Invalid string: pppp...pppp; must be at most 5000 characters"),
    ({"name": "n" * 5_001}, "name", "Invalid string: nnnn...nnnn; must be at most 5000 characters"),
])
def test_what_is_not_kept(api: Api, wall: Wall, change: dict[str, Any], param: str, message: str) -> None:
    before = row_counts(api.server)
    answer = api.refused("POST", SECRETS, **({"name": "api-key", "payload": "hush", "scope": ACCOUNT} | change))
    assert (answer.status, answer.error["type"], answer.error["param"], answer.error["message"]) == (
        400, "invalid_request_error", param, message)
    assert api.get(SECRETS, scope=ACCOUNT)["data"] == []
    assert row_counts(api.server)["apps_secrets"] == before["apps_secrets"]


@pytest.mark.parametrize(("method", "path"), [("GET", SECRETS), ("GET", FIND), ("POST", DELETE)])
def test_every_endpoint_asks_for_a_whole_scope(api: Api, method: str, path: str) -> None:
    name = {} if path == SECRETS else {"name": "api-key"}
    for scope, param in ((None, "scope"), ({"user": "usr_x"}, "scope[type]"), ({"type": "user"}, "scope[user]")):
        answer = api.refused(method, path, scope=scope, **name)
        assert (answer.status, answer.error["code"], answer.error["param"]) == (400, "parameter_missing", param)


def test_the_longest_name_finds_its_secret(api: Api) -> None:
    name = "".join(chr(0x4E00 + number) for number in range(5_000))
    keep(api, name, scope={"type": "user", "user": "u" * 255})
    assert payload_of(api, name, {"type": "user", "user": "u" * 255}) == "hush"


def test_a_connected_account_has_secrets_of_its_own(api: Api) -> None:
    account, sibling = connected(api), connected(api)
    keep(api, "api-key", "the platform's")
    missing(account.refused("GET", FIND, name="api-key", scope=ACCOUNT), "api-key")
    keep(account, "api-key", "the account's")
    missing(sibling.refused("POST", DELETE, name="api-key", scope=ACCOUNT), "api-key")
    assert [payload_of(each, "api-key") for each in (api, account)] == ["the platform's", "the account's"]
    account.post(DELETE, name="api-key", scope=ACCOUNT)
    assert payload_of(api, "api-key") == "the platform's"


PAYLOAD = "whisper-it-7f3a91"


def _answered(server: Server, key: str = "sk_test_secretkeeper") -> tuple[Api, list[Answer]]:
    """A secret that is kept, read and deleted, with idempotency keys wherever one is heeded."""
    api = Api(server, key)
    values = {"name": "api-key", "payload": PAYLOAD, "scope": ACCOUNT, "expand": ["payload"]}
    return api, [
        api.call("POST", SECRETS, values, {"Idempotency-Key": "keep"}),
        api.call("POST", SECRETS, values, {"Idempotency-Key": "keep"}),
        api.call("POST", DELETE, {name: values[name] for name in ("name", "scope", "expand")}, {"Idempotency-Key": "forget"}),
        api.call("POST", SECRETS, values | {"scope": {"type": "user"}}, {"Idempotency-Key": "refused"}),
        api.call("POST", SECRETS, values | {"payloads": "x"}),
        api.call("POST", SECRETS, values),
    ]


def test_nobody_reads_it_in_the_database(migrated: Callable[[Path], str], tmp_path: Path) -> None:
    config = Config(database_url=migrated(tmp_path), embedded_worker=False, secret_key="k" * 32)
    server: Server = create_app(config).extensions["billyard"]
    api, (kept, again, gone, refused, unknown, _) = _answered(server)
    assert kept.body["payload"] == PAYLOAD == gone.body["payload"]
    # A repetition is answered from what was kept of the first answer.
    assert (again.body, again.headers["Idempotent-Replayed"]) == (kept.body, "true")
    changed = api.call("POST", SECRETS, {"name": "api-key", "payload": "other", "scope": ACCOUNT, "expand": ["payload"]},
                       {"Idempotency-Key": "keep"})
    assert (changed.status, changed.error["type"]) == (400, "idempotency_error")
    for answer in (refused, unknown, changed):
        assert answer.status == 400 and PAYLOAD not in str(answer.body)
    server.recorder.stop()
    rows = everything(server)
    assert "/v1/apps/secrets" in rows and "[redacted]" in rows and "gAAAA" in rows
    assert PAYLOAD not in rows
    server.database.close()
    if server.database.is_sqlite:
        # Nor in what has been deleted, nor in the log of the file.
        assert not [file.name for file in tmp_path.iterdir() if PAYLOAD.encode() in file.read_bytes()]
        assert not (tmp_path / "billyard.db.key").exists()


def test_without_a_key_in_the_settings_one_is_kept_beside_the_database(
        migrated: Callable[[Path], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    url = migrated(tmp_path)
    config = Config(database_url=url, embedded_worker=False, request_log=False)

    def opened(**changes: Any) -> Api:
        server: Server = create_app(replace(config, **changes)).extensions["billyard"]
        return Api(server, "sk_test_secretkeeper")

    api = opened()
    file = tmp_path / ("billyard.db.key" if api.server.database.is_sqlite else "var/billyard.key")
    api.get("/v1/account")
    assert not file.exists()
    keep(api, "api-key", PAYLOAD)
    assert (file.stat().st_mode & 0o777, len(file.read_text().strip())) == (0o600, 43)
    assert [each.name for each in file.parent.iterdir() if each.name.startswith(f"{file.name}.")] == []
    # Another process reads the same file.
    other = opened()
    assert payload_of(other, "api-key") == PAYLOAD
    # With another key the secret is there, and cannot be read.
    stranger = opened(secret_key="another key, which is long enough")
    assert stranger.get(FIND, name="api-key", scope=ACCOUNT)["name"] == "api-key"
    answer = stranger.call("GET", FIND, {"name": "api-key", "scope": ACCOUNT, "expand": ["payload"]})
    assert (answer.status, answer.error["type"], answer.error["message"]) == (
        500, "api_error", "This was encrypted with another key than this server has. "
                          "BILLYARD_SECRET_KEY must stay what it was.")
    for each in (api, other, stranger):
        each.server.database.close()


def test_nothing_is_kept_where_there_is_no_key(migrated: Callable[[Path], str], tmp_path: Path,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "var").touch()
    database = Database(migrated(tmp_path))
    if database.is_sqlite:
        database.seal = Database(f"sqlite:///{tmp_path}/var/billyard.db").seal
    server: Server = create_app(Config(database_url="sqlite:///unused.db", embedded_worker=False, request_log=False),
                                database).extensions["billyard"]
    answer = Api(server).call("POST", SECRETS, {"name": "api-key", "payload": PAYLOAD, "scope": ACCOUNT})
    assert (answer.status, answer.error["type"], answer.error["message"]) == (
        500, "api_error", "This server cannot keep secrets: BILLYARD_SECRET_KEY is not set, and no file for a key can "
                          "be written.")
    assert row_counts(server)["apps_secrets"] == 0
    database.close()
