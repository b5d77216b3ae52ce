"""The engine: an advance that is killed is finished as if nothing had happened, on one worker or on many."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.config import Config
from app.db.database import Database
from app.db.roots import TestClock
from app.db.session import entity
from app.events.tables import Event
from app.factory import build_engine, create_app
from app.resources.invoices.tables import Invoice
from app.resources.usage_records.tables import UsageRecordSummary
from app.wire.endpoint import Server
from tests.support.api import Api

JAN_1_2022, JAN_1_2023 = 1_640_995_200, 1_672_531_200
CUSTOMERS = 40


def sandbox(url: str) -> tuple[Server, Api, str]:
    """A clock with forty customers on licensed and metered monthly prices, on its way through a year."""
    config = Config(database_url=url, embedded_worker=False, request_log=False)
    server: Server = create_app(config, Database(url)).extensions["billyard"]
    api = Api(server)
    api.post("/_sim/settings", limits="off")
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=JAN_1_2022)
    prices = [
        api.post(
            "/v1/prices",
            currency="usd",
            unit_amount=1000,
            product_data={"name": "Gold"},
            recurring={"interval": "month"},
        ),
        api.post(
            "/v1/prices",
            currency="usd",
            unit_amount=5,
            product_data={"name": "Calls"},
            recurring={"interval": "month", "usage_type": "metered"},
        ),
    ]
    for number in range(CUSTOMERS):
        customer = api.post(
            "/v1/customers",
            name=f"Customer {number}",
            test_clock=clock["id"],
            payment_method="pm_card_visa",
            invoice_settings={"default_payment_method": "pm_card_visa"},
        )
        subscription = api.post(
            "/v1/subscriptions",
            customer=customer["id"],
            items=[{"price": prices[0]["id"], "quantity": number + 1}, {"price": prices[1]["id"]}],
        )
        api.post(f"/v1/subscription_items/{subscription['items']['data'][1]['id']}/usage_records", quantity=number)
    api.post(f"/v1/test_helpers/test_clocks/{clock['id']}/advance", frozen_time=JAN_1_2023)
    return server, api, clock["id"]


def outcome(server: Server) -> dict[str, list[tuple[object, ...]]]:
    """Everything the year left behind, but for ids: invoices, usage summaries, and how often each event happened."""
    invoices = select(
        Invoice.customer_snapshot,
        Invoice.number,
        Invoice.status,
        Invoice.total,
        Invoice.period_start,
        Invoice.period_end,
        Invoice.created,
        Invoice.paid_at,
    )
    summaries = select(
        UsageRecordSummary.period_start, UsageRecordSummary.total_usage, UsageRecordSummary.closed, func.count()
    ).group_by(UsageRecordSummary.period_start, UsageRecordSummary.total_usage, UsageRecordSummary.closed)
    events = (
        select(Event.type, Event.created, func.count())
        .where(Event.created < 1_700_000_000)
        .group_by(Event.type, Event.created)
    )
    with server.database.reading() as session:
        return {
            "invoices": sorted((str(row[0]), str(row[1])[-5:], *row[2:]) for row in session.values(invoices)),
            "summaries": sorted(tuple(row) for row in session.values(summaries)),
            "events": sorted(tuple(row) for row in session.values(events)),
        }


def count_invoices(server: Server) -> int:
    with server.database.reading() as session:
        return int(session.scalar(select(func.count()).select_from(Invoice)))


def worker(url: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "app.cli", "worker", "--database", url],
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Poll without a clock of the test's own: the process either gets there or ends."""
    patience = threading.Event()
    for _ in range(6000):
        if condition():
            return
        assert process.poll() is None, "the worker ended by itself"
        patience.wait(0.01)
    raise AssertionError("the worker did not get there")


def ready(server: Server, clock_id: str) -> bool:
    with server.database.reading() as session:
        return bool(session.scalar(select(TestClock.status).where(TestClock.id == clock_id)) == "ready")


@pytest.fixture(scope="module")
def uninterrupted(migrated: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    server, _api, _clock = sandbox(migrated(tmp_path_factory.mktemp("uninterrupted")))
    server.worker.run_due()
    found = outcome(server)
    server.database.close()
    return found


def test_a_year_bills_every_period_once(uninterrupted: dict[str, list[tuple[object, ...]]]) -> None:
    # A first invoice and twelve renewals for each customer; the last renewal, on the day of arrival, is still a draft.
    assert len(uninterrupted["invoices"]) == CUSTOMERS * 13
    assert sum(row[2] == "paid" for row in uninterrupted["invoices"]) == CUSTOMERS * 12
    # Customer n has n + 1 units of 10.00 and, in January only, n calls of 0.05.
    in_february = sorted(
        row[3] for row in uninterrupted["invoices"] if row[4] == JAN_1_2022 and row[5] == 1_643_673_600
    )
    assert in_february == [1000 * (n + 1) + 5 * n for n in range(CUSTOMERS)]


def test_garbage_is_looked_for_after_a_batch_and_not_inside_it(migrated: Callable[[Path], str], tmp_path: Path) -> None:
    server, _api, clock = sandbox(migrated(tmp_path))
    with server.database.reading() as session:
        account_id = session.scalar(select(TestClock.account_id).where(TestClock.id == clock))
    engine, collections = build_engine(server.config, server.database), list[int]()

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            collections.append(info["generation"])

    gc.callbacks.append(note)
    try:
        assert engine.advance(server.database, account_id, clock)
    finally:
        gc.callbacks.remove(note)
    assert len(collections) <= 1 and gc.isenabled()
    assert count_invoices(server) > 2 * CUSTOMERS
    server.database.close()


def test_an_advance_that_was_killed_is_finished_with_the_same_invoices(
    migrated: Callable[[Path], str], tmp_path: Path, uninterrupted: dict[str, object]
) -> None:
    url = migrated(tmp_path)
    server, _api, clock_id = sandbox(url)
    for enough in (CUSTOMERS + 30, CUSTOMERS * 5):
        process = worker(url)
        try:
            wait_until(lambda enough=enough: count_invoices(server) >= enough, process)  # type: ignore[misc]
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert not ready(server, clock_id), "the kill came too late to interrupt anything"
    process = worker(url)
    try:
        wait_until(lambda: ready(server, clock_id), process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
    assert outcome(server) == uninterrupted
    server.database.close()


def test_two_workers_share_an_advance(
    migrated: Callable[[Path], str], tmp_path: Path, uninterrupted: dict[str, object]
) -> None:
    url = migrated(tmp_path)
    server, _api, clock_id = sandbox(url)
    processes = [worker(url), worker(url)]
    try:
        wait_until(lambda: ready(server, clock_id), processes[0])
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
            process.wait()
    assert outcome(server) == uninterrupted
    server.database.close()


def test_in_one_step_or_in_many_the_year_is_the_same(
    migrated: Callable[[Path], str], tmp_path: Path, uninterrupted: dict[str, object]
) -> None:
    server, api, clock_id = sandbox(migrated(tmp_path))
    with server.database.writing() as session:
        # The same clock, sent to a nearer place first: nothing was moved yet.
        clock = session.first(TestClock, entity(TestClock).where(TestClock.id == clock_id))
        assert clock is not None
        clock.target_time = JAN_1_2022 + 40 * 86_400
    server.worker.run_due()
    for target in (JAN_1_2022 + 41 * 86_400, JAN_1_2022 + 200 * 86_400, JAN_1_2023):
        api.post(f"/v1/test_helpers/test_clocks/{clock_id}/advance", frozen_time=target)
        server.worker.run_due()
    found, expected = outcome(server), dict(uninterrupted)
    for name in ("invoices", "summaries"):
        assert found[name] == expected[name]
    assert without_clock_events(found["events"]) == without_clock_events(expected["events"])  # type: ignore[arg-type]
    server.database.close()


def without_clock_events(events: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [event for event in events if not str(event[0]).startswith("test_helpers.")]
