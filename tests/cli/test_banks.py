"""`billyard topup` and `billyard payout`: what banks do, from a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.cli.conftest import Run, serve
from tests.support.api import Api
from tests.support.money import available


@pytest.fixture
def sandbox(database_url: str) -> Iterator[Api]:
    server = serve(database_url)
    yield Api(server)
    server.database.close()


def test_banks_answer_at_the_terminal(run: Run, sandbox: Api) -> None:
    topup = sandbox.post("/v1/topups", amount=900, currency="usd")["id"]
    settled = json.loads(run("topup", topup, "settle", "--account", sandbox.key, "--json").stdout)
    assert settled == sandbox.get(f"/v1/topups/{topup}")
    assert (settled["status"], available(sandbox)) == ("succeeded", 900)
    again = run("topup", topup, "settle")
    assert (again.exit_code, again.output) == (1, "Error: A top-up that is succeeded has been settled.\n")
    payout = sandbox.post("/v1/payouts", amount=900, currency="usd")["id"]
    assert run("payout", payout, "settle").stdout == f"payout {payout} is paid\n"
    failed = json.loads(run("payout", payout, "fail", "-d", "failure_code=account_closed", "--json").stdout)
    assert (failed["status"], failed["failure_code"], available(sandbox)) == ("failed", "account_closed", 900)
    assert run("topup", topup, "fail").stdout == f"topup {topup} is reversed\n"
    assert available(sandbox) == 0
    assert sandbox.event_types() == [
        "topup.created", "topup.succeeded", "payout.created", "payout.updated", "payout.paid", "payout.failed",
        "account.external_account.updated", "topup.reversed"]
    assert json.loads(run("doctor", "--json").stdout) == []


@pytest.mark.parametrize(("arguments", "code", "message"), [
    (("topup", "tu_none", "settle"), 1, "There is no topup tu_none."),
    (("payout", "po_none", "fail"), 1, "There is no payout po_none."),
    (("payout", "po_none", "cancel"), 2, "cancel is not one of fail, settle"),
])
def test_what_banks_cannot_do(run: Run, arguments: tuple[str, ...], code: int, message: str) -> None:
    answered = run(*arguments)
    assert answered.exit_code == code and message in answered.output
