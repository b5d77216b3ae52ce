"""`billyard keys`: made, listed without their secret, revoked."""

from __future__ import annotations

import json

from app.config import Config
from app.db.database import Database
from app.factory import create_app
from tests.cli.conftest import Run
from tests.support.api import Api


def status_of(database_url: str, key: str) -> int:
    config = Config(database_url=database_url, embedded_worker=False, request_log=False, open_sandboxes=False)
    database = Database(database_url)
    server = create_app(config, database).extensions["billyard"]
    status = Api(server, key).call("GET", "/v1/customers").status
    database.close()
    return status


def test_a_made_key_opens_an_account_until_it_is_revoked(run: Run, database_url: str) -> None:
    made = json.loads(run("keys", "create", "--json").stdout)
    assert made["key"].startswith("sk_test_") and len(made["key"]) == 40
    assert made["account"].startswith("acct_1")
    assert status_of(database_url, made["key"]) == 200
    revoked = run("keys", "revoke", made["key"])
    assert (revoked.exit_code, revoked.stdout) == (0, f"{made['hint']} is revoked.\n")
    assert status_of(database_url, made["key"]) == 401


def test_a_chosen_key_of_a_named_account(run: Run, database_url: str) -> None:
    first = json.loads(run("keys", "create", "sk_test_first0123456789", "--json").stdout)
    second = json.loads(run("keys", "create", "rk_test_second0123456789", "--account", "sk_test_first0123456789",
                            "--json").stdout)
    assert (first["kind"], second["kind"], second["account"]) == ("sk", "rk", first["account"])
    third = run("keys", "create", "--kind", "pk", "--account", first["account"])
    text, account = third.stdout.split()
    assert (text[:8], account) == ("pk_test_", first["account"])
    listed = json.loads(run("keys", "list", "--account", first["account"], "--json").stdout)
    assert sorted(key["kind"] for key in listed) == ["pk", "rk", "sk"]


def test_the_list_shows_no_secret(run: Run) -> None:
    run("keys", "create", "sk_test_first0123456789")
    listed = run("keys", "list")
    heading, line = listed.stdout.splitlines()
    assert heading.split() == ["id", "kind", "hint", "account", "created", "revoked", "at"]
    assert line.split()[1:3] == ["sk", "sk_test_fir********6789"]
    assert "first0123456789" not in listed.stdout
    revoked = run("keys", "revoke", line.split()[0])
    assert revoked.exit_code == 0


def test_keys_that_cannot_be_made_or_ended(run: Run) -> None:
    run("keys", "create", "sk_test_first0123456789")
    for arguments, message in [
        (("create", "sk_test_first0123456789"), "This key exists already."),
        (("create", "sk_live_0123456789"),
         "This is no test key: a key has the form sk_test_…, rk_test_… or pk_test_…."),
        (("create", "--account", "acct_none"), "There is no account acct_none."),
        (("create", "--account", "sk_test_none"), "No account has this key."),
        (("revoke", "sk_test_none"), "There is no such key."),
        (("revoke", "000000000000"), "There is no such key."),
    ]:
        refused = run("keys", *arguments)
        assert (refused.exit_code, refused.stderr) == (1, f"Error: {message}\n")
    run("keys", "revoke", "sk_test_first0123456789")
    again = run("keys", "revoke", "sk_test_first0123456789")
    assert (again.exit_code, again.stderr) == (1, "Error: This key is revoked already.\n")
