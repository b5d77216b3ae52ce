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


def test_a_customer_says_where_a_refund_goes_at_the_terminal(run: Run, sandbox: Api) -> None:
    customer = sandbox.post("/v1/customers", email="jenny@example.com")["id"]
    sandbox.post(f"/v1/test_helpers/customers/{customer}/fund_cash_balance", amount=900, currency="eur")
    refund = sandbox.post("/v1/refunds", customer=customer, amount=900, currency="eur", origin="customer_balance")["id"]
    sandbox.post("/_sim/settings", refund_settles_after_s=60)
    assert run("refund", refund, "settle").stdout == f"refund {refund} is pending\n"
    assert run("refund", refund, "settle").stdout == f"refund {refund} is succeeded\n"
    assert run("refund", refund, "settle").output == "Error: A refund that is succeeded has been settled.\n"
    assert json.loads(run("doctor", "--json").stdout) == []


def test_bank_accounts_are_kept_at_the_terminal(run: Run, sandbox: Api) -> None:
    account = sandbox.get("/v1/account")["id"]
    numbers = {"account_number": "000111111116", "country": "US", "currency": "usd", "routing_number": "110000000"}
    given = [each for name, value in numbers.items() for each in ("-d", f"external_account[{name}]={value}")]
    added = json.loads(run("bank_account", "add", "--account", sandbox.key, *given, "-d", "default_for_currency=true",
                           "--json").stdout)
    assert (added["object"], added["last4"], added["account"], added["default_for_currency"]) == (
        "bank_account", "1116", account, True)
    sandbox.post("/v1/topups", amount=900, currency="usd", source="btok_us_verified")
    sandbox.post(f"/_sim/topups/{sandbox.get('/v1/topups')['data'][0]['id']}/settle")
    payout = sandbox.post("/v1/payouts", amount=900, currency="usd")["id"]
    assert run("payout", payout, "settle").stdout == f"payout {payout} is failed\n"
    assert run("bank_account", "update", added["id"]).stdout == f"bank_account {added['id']} is new\n"
    by_token = run("bank_account", "add", "--account", account, "-d", "external_account=btok_us_verified")
    assert by_token.stdout.endswith(" ends in 6789\n")
    assert json.loads(run("doctor", "--json").stdout) == []


def test_a_bank_answers_for_a_debit_at_the_terminal(run: Run, sandbox: Api) -> None:
    def debit() -> str:
        intent = sandbox.post(
            "/v1/payment_intents", amount=900, currency="usd", payment_method="pm_usBankAccount_processing", confirm=True,
            payment_method_types=["us_bank_account"], mandate_data={"customer_acceptance": {"type": "offline"}})
        return str(intent["charges"]["data"][0]["id"])

    paid, refused = debit(), debit()
    assert run("charge", paid, "settle").stdout == f"charge {paid} is succeeded\n"
    failed = json.loads(run("charge", refused, "fail", "-d", "failure_code=account_closed", "--json").stdout)
    assert (failed["status"], failed["failure_code"]) == ("failed", "account_closed")
    again = run("charge", paid, "settle")
    assert (again.exit_code, again.output) == (1, f"Error: Charge {paid} is succeeded: no bank has to answer for it.\n")
    assert sandbox.event_types()[-4:] == ["charge.succeeded", "payment_intent.succeeded", "charge.failed",
                                          "payment_intent.payment_failed"]
    assert json.loads(run("doctor", "--json").stdout) == []


@pytest.mark.parametrize(("arguments", "code", "message"), [
    (("topup", "tu_none", "settle"), 1, "There is no topup tu_none."),
    (("payout", "po_none", "fail"), 1, "There is no payout po_none."),
    (("payout", "po_none", "cancel"), 2, "cancel is not one of fail, settle"),
    (("bank_account", "update", "ba_none"), 1, "There is no bank_account ba_none."),
    (("bank_account", "add", "--account", "acct_none", "-d", "external_account=btok_us"), 1, "There is no account acct_none."),
])
def test_what_banks_cannot_do(run: Run, arguments: tuple[str, ...], code: int, message: str) -> None:
    answered = run(*arguments)
    assert answered.exit_code == code and message in answered.output
