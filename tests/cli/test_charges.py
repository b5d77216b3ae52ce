"""`billyard charge`: what a customer's bank does, from a terminal."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Run
from tests.control.world import World


@pytest.fixture
def charge(world: World) -> str:
    """A charge that succeeded, and of which nothing was said so far."""
    invoices = world.api.get("/v1/invoices", status="paid", limit=100,
                             customer=world.api.get("/v1/customers", test_clock=world.clock, limit=100)["data"][-1]["id"])
    return str(invoices["data"][0]["charge"])


def test_an_issuer_warns_at_the_terminal(run: Run, world: World, charge: str) -> None:
    warned = run("charge", charge, "early_fraud_warning", "-d", "fraud_type=misc", "--account", world.api.key, "--json")
    made = json.loads(warned.stdout)
    assert (made["object"], made["charge"], made["fraud_type"]) == ("radar.early_fraud_warning", charge, "misc")
    assert world.api.get("/v1/radar/early_fraud_warnings", charge=charge)["data"] == [made]
    [told] = [event for event in world.api.events() if event["data"]["object"].get("id") == made["id"]]
    assert (told["type"], told["data"], told["request"]) == (
        "radar.early_fraud_warning.created", {"object": made}, {"id": None, "idempotency_key": None})
    clock = world.api.get(f"/v1/test_helpers/test_clocks/{world.clock}")
    assert made["created"] == clock["frozen_time"]
    again = run("charge", charge, "early_fraud_warning")
    assert again.stdout.split()[0] == "radar.early_fraud_warning"
    assert json.loads(run("doctor", "--json").stdout) == []


def test_a_review_is_opened_at_the_terminal(run: Run, world: World, charge: str) -> None:
    made = json.loads(run("charge", charge, "review", "--json").stdout)
    assert (made["object"], made["opened_reason"]) == ("review", "manual")
    assert world.api.get(f"/v1/charges/{charge}")["review"] == made["id"]
    again = run("charge", charge, "review")
    assert (again.exit_code, again.output) == (1, f"Error: Charge {charge} is in review already.\n")


def test_a_bank_disputes_at_the_terminal(run: Run, world: World, charge: str) -> None:
    made = json.loads(run("charge", charge, "dispute", "-d", "amount=100", "-d", "reason=duplicate", "--json").stdout)
    assert (made["amount"], made["reason"], made["balance_transactions"][0]["net"]) == (100, "duplicate", -1600)
    assert world.api.get("/v1/disputes", charge=charge)["data"] == [made]
    assert json.loads(run("doctor", "--json").stdout) == []


@pytest.mark.parametrize(("arguments", "code", "message"), [
    (("ch_none", "early_fraud_warning"), 1, "There is no charge ch_none."),
    (("$charge", "early_fraud_warning", "-d", "fraud_type=theft"), 1, "Invalid fraud_type: must be one of card_never_received"),
    (("$charge", "early_fraud_warning", "-d", "amount=1"), 1, "Received unknown parameter: amount"),
    (("$charge", "early_fraud_warning", "-d", "misc"), 2, "Give --data as NAME=VALUE."),
    (("$charge", "robbery"), 2, "robbery is not one of early_fraud_warning, dispute, fail, review, settle"),
])
def test_what_cannot_happen_to_a_charge(run: Run, world: World, charge: str, arguments: tuple[str, ...], code: int,
                                        message: str) -> None:
    before = world.api.event_types()
    answered = run("charge", *(charge if each == "$charge" else each for each in arguments))
    assert answered.exit_code == code and message in answered.output
    assert world.api.event_types() == before
