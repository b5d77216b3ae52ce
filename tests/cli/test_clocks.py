"""`billyard clock`, `events` and `doctor` on a sandbox that has lived."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
from contextlib import suppress
from functools import partial

import pytest
from sqlalchemy import text

from app.control.clocks import parse_target
from app.control.doctor import CHECKS
from tests.cli.conftest import Run
from tests.control.world import APR_30, HOUR, World
from tests.support.live import ROOT

MAY_31 = 1_653_955_200


def test_clocks_are_listed_with_where_they_stand(run: Run, world: World) -> None:
    customers = len(world.api.get("/v1/customers", test_clock=world.clock, limit=100)["data"])
    (clock,) = json.loads(run("clock", "list", "--json").stdout)
    assert (clock["id"], clock["status"], clock["frozen_time"], clock["customers"], clock["failure"]) == (
        world.clock, "ready", APR_30 + HOUR, customers, None)
    line = run("clock", "list", "--account", world.api.key).stdout.splitlines()[1]
    assert line.split() == [world.clock, "ready", "2022-04-30", "01:00:00", "-", str(customers), "-", "-"]


def test_what_comes_next_is_told_with_its_moment_and_reason(run: Run, world: World) -> None:
    due = json.loads(run("clock", "next", world.clock, "--json").stdout)
    assert [entry["at"] for entry in due] == sorted(entry["at"] for entry in due)
    subscriptions = [entry for entry in due if entry["object"] == "subscription"]
    assert {(entry["at"], entry["reason"]) for entry in subscriptions} >= {(MAY_31, "subscriptions.renewal")}
    lines = run("clock", "next", world.clock, "--limit", "1").stdout.splitlines()
    assert len(lines) == 2 and lines[1].split()[2] == due[0]["reason"]


def test_a_clock_is_advanced_without_a_server(run: Run, world: World) -> None:
    advanced = run("clock", "advance", world.clock, "--by", "1 month")
    assert advanced.exit_code == 0, advanced.output
    *progress, last = advanced.stdout.splitlines()
    assert progress[0].endswith(" customers") and progress[-1].split()[0] == progress[-1].split()[2]
    assert last == f"{world.clock} stands at 2022-05-30 01:00:00."
    moved = json.loads(run("clock", "advance", world.clock, "--to", "2022-06-01", "--json").stdout)
    assert (moved["status"], moved["frozen_time"], moved["target_time"]) == ("ready", 1_654_041_600, None)
    assert json.loads(run("doctor", "--json").stdout) == []
    assert world.api.get(f"/v1/test_helpers/test_clocks/{world.clock}")["frozen_time"] == 1_654_041_600


def test_an_interrupted_advance_is_finished(run: Run, world: World) -> None:
    world.api.post(f"/v1/test_helpers/test_clocks/{world.clock}/advance", frozen_time=MAY_31)
    finished = run("clock", "advance", world.clock, "--json")
    assert json.loads(finished.stdout)["frozen_time"] == MAY_31


def test_a_terminal_sees_a_bar(world: World, database_url: str) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "app.cli", "clock", "advance", world.clock, "--by", "1 month"]
    environment = os.environ | {"DATABASE_URL": database_url, "TERM": "xterm"}
    done = subprocess.run(command, cwd=ROOT, stdout=theirs, env=environment, check=False)
    os.close(theirs)
    shown = ""
    # One read hands out four kilobytes at the most; on a busy machine the bar is drawn more often.
    with suppress(OSError):
        while part := os.read(ours, 100_000):
            shown += part.decode(errors="ignore")
    os.close(ours)
    assert done.returncode == 0
    assert "Advancing" in shown and "━" in shown and "stands at 2022-05-30 01:00:00." in shown


@pytest.mark.parametrize(("arguments", "code", "message"), [
    (("--to", "2022-01-01"), 1, "frozen_time must be greater than the current frozen time of the test clock."),
    (("--to", "soon"), 2, "Invalid isoformat string: 'soon'"),
    (("--by", "a while"), 2, "'a while' is not a number of hours, days, weeks, months or years"),
    (("--by", "1 day", "--to", "2023-01-01"), 2, "Give --to or --by, not both."),
    (("--account", "acct_other"), 1, "There is no account acct_other."),
])
def test_advances_that_make_no_sense(run: Run, world: World, arguments: tuple[str, ...], code: int,
                                     message: str) -> None:
    refused = run("clock", "advance", world.clock, *arguments)
    assert (refused.exit_code, refused.stderr.splitlines()[-1]) == (code, f"Error: {message}")


def test_a_clock_that_does_not_exist(run: Run) -> None:
    for command in ("advance", "next"):
        refused = run("clock", command, "clock_none")
        assert (refused.exit_code, refused.stderr) == (1, "Error: There is no clock clock_none.\n")


@pytest.mark.parametrize(("to", "by", "moment"), [
    ("1643673600", None, 1_643_673_600),
    ("2022-02-01", None, 1_643_673_600),
    ("2022-02-01T01:00:00+01:00", None, 1_643_673_600),
    ("2022-02-01T00:00:00Z", None, 1_643_673_600),
    (None, "1 month", 1_646_006_400),
    (None, "4 weeks", 1_646_006_400),
    (None, "28days", 1_646_006_400),
    (None, "2 Hours", 1_643_594_400),
    (None, "1 year", 1_675_123_200),
])
def test_a_target_is_a_moment_or_a_step_on_the_calendar(to: str | None, by: str | None, moment: int) -> None:
    jan_31_2022 = 1_643_587_200
    target = parse_target(to=to, by=by)
    assert target is not None and target(jan_31_2022) == moment


def test_events_are_shown_oldest_first(run: Run, world: World) -> None:
    shown = [json.loads(line) for line in run("events", "tail", "--limit", "1000", "--json", "--account",
                                                   world.api.key).stdout.splitlines()]
    assert {event["id"] for event in shown} == {event["id"] for event in world.api.events()}
    assert [event["seq"] for event in shown] == sorted(event["seq"] for event in shown)
    assert shown[0]["data"]["object"] == "test_helpers.test_clock"
    last = run("events", "tail", "--limit", "1", "--account", world.api.key).stdout
    assert last.split()[2:] == [shown[-1]["type"], shown[-1]["object"]]


def next_line(process: subprocess.Popen[str]) -> str:
    """The next line that a process prints, if it does so in good time."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], 30)
    assert ready, "nothing was printed"
    return process.stdout.readline()


def test_events_to_come_are_followed_until_ctrl_c(world: World, database_url: str) -> None:
    command = [sys.executable, "-m", "app.cli", "events", "tail", "--limit", "1", "--follow"]
    environment = os.environ | {"DATABASE_URL": database_url, "PYTHONUNBUFFERED": "1"}
    # What runs in the background of a shell hears no Ctrl-C, and what it starts does not either.
    hears = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment, preexec_fn=hears) as tail:
        assert next_line(tail)
        customer = world.api.post("/v1/customers")
        assert next_line(tail).split()[2:] == ["customer.created", customer["id"]]
        tail.send_signal(signal.SIGINT)
        assert tail.wait(timeout=20) == 0


def test_events_are_chosen_by_type(run: Run, world: World) -> None:
    chosen = run("events", "tail", "--type", "invoice.pa*", "--type", "charge.failed", "--limit", "1000").stdout
    assert {line.split()[2] for line in chosen.splitlines()} == {
        "invoice.paid", "invoice.payment_failed", "invoice.payment_succeeded", "charge.failed"}


def test_the_doctor_says_what_is_wrong_and_exits_1(run: Run, world: World) -> None:
    healthy = run("doctor")
    assert (healthy.exit_code, healthy.stdout) == (0, f"{len(CHECKS)} checks found no problem.\n")
    with world.server.database.writing() as session:
        damage = "UPDATE subscriptions SET latest_invoice_id = 'in_gone' WHERE status = 'canceled'"
        session.connection.execute(text(damage))
    ill = run("doctor", "--account", world.api.key)
    assert ill.exit_code == 1
    # What its last event shows is not what it names now, either.
    found = sorted(line.split()[:2] for line in ill.stdout.splitlines()[1:])
    account = world.api.get("/v1/account")["id"]
    assert found == [["newest_events_show_objects_as_they_are", account], ["pointers_lead_to_rows", account]]
    assert "latest_invoice_id names in_gone, which does not exist" in ill.stdout
