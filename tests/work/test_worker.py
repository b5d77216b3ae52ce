"""The worker: what is due is done, what fails is tried again, and nothing keeps it awake."""

from __future__ import annotations

import logging
import threading

import pytest

from app.db.database import Database
from app.wire.endpoint import Server
from app.work.worker import Worker
from tests.support.wall import NEW_YEAR, Wall


class Source:
    """Does one thing at each of the moments, and notes them."""

    def __init__(self, *moments: int) -> None:
        self.moments = list(moments)
        self.done: list[int] = []
        self.failures = 0
        self.ran = threading.Event()
        self.stopped = False

    def next_due(self, database: Database) -> int | None:
        return self.moments[0] if self.moments else None

    def run(self, database: Database) -> bool:
        if self.failures:
            self.failures -= 1
            raise OSError("the disk is full")
        self.done.append(self.moments.pop(0))
        self.ran.set()
        return True

    def stop(self, database: Database) -> None:
        self.stopped = True


@pytest.fixture
def worker(server: Server) -> Worker:
    return Worker(server.database)


def test_everything_due_is_done_and_nothing_else(worker: Worker, wall: Wall) -> None:
    first, second = Source(NEW_YEAR - 1, NEW_YEAR, NEW_YEAR + 1), Source(NEW_YEAR - 5)
    worker.add(first)
    worker.add(second)
    assert worker.run_due()
    assert (first.done, second.done) == ([NEW_YEAR - 1, NEW_YEAR], [NEW_YEAR - 5])
    assert not worker.run_due()
    wall.advance(1)
    assert worker.run_due()
    assert first.moments == []


def test_the_sources_take_turns(worker: Worker, wall: Wall) -> None:
    order: list[str] = []

    class Noting(Source):
        def run(self, database: Database) -> bool:
            order.append(type(self).__name__)
            return super().run(database)

    class Other(Noting):
        pass

    worker.add(Noting(0, 0))
    worker.add(Other(0, 0))
    worker.run_due()
    assert order == ["Noting", "Other", "Noting", "Other"]


def test_without_the_thread_a_failure_is_raised(worker: Worker, wall: Wall) -> None:
    source = Source(NEW_YEAR)
    source.failures = 1
    worker.add(source)
    with pytest.raises(OSError, match="the disk is full"):
        worker.run_due()


def test_the_thread_does_what_is_due_when_it_is_woken_and_stops_its_sources(worker: Worker, wall: Wall) -> None:
    source = Source()
    worker.add(source)
    worker.start()
    source.moments = [NEW_YEAR, NEW_YEAR]
    worker.wake()
    assert source.ran.wait(10)
    worker.stop()
    assert source.done == [NEW_YEAR, NEW_YEAR]
    assert source.stopped


def test_a_source_that_fails_is_logged_and_tried_again_while_the_others_go_on(
        worker: Worker, wall: Wall, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.work.worker.BACK_OFF_MAX_S", 0.01)
    failing, working = Source(NEW_YEAR), Source(NEW_YEAR)
    failing.failures = 2
    worker.add(failing)
    worker.add(working)
    with caplog.at_level(logging.ERROR):
        worker.start()
        assert working.ran.wait(10)
        assert failing.ran.wait(10)
        worker.stop()
    assert failing.done == working.done == [NEW_YEAR]
    assert [record.getMessage() for record in caplog.records] == [
        "Source failed, 1 in a row; it is tried again in 0.01 s",
        "Source failed, 2 in a row; it is tried again in 0.01 s",
    ]


def test_a_source_that_is_due_but_gets_nothing_done_does_not_keep_the_thread_busy(worker: Worker, wall: Wall) -> None:
    looked = 0

    class Stalled(Source):
        def next_due(self, database: Database) -> int | None:
            nonlocal looked
            looked += 1
            if looked == 3:
                self.ran.set()
            return NEW_YEAR

        def run(self, database: Database) -> bool:
            return False

    source = Stalled()
    worker.add(source)
    assert not worker.run_due()
    worker.start()
    assert source.ran.wait(10)
    worker.stop()
    assert looked < 10


def test_the_threads_connection_is_closed_with_it(
        worker: Worker, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    closed_in: list[str] = []
    close_thread = server.database.close_thread

    def closing() -> None:
        closed_in.append(threading.current_thread().name)
        close_thread()

    monkeypatch.setattr(server.database, "close_thread", closing)
    worker.start()
    worker.stop()
    assert closed_in == ["worker"]
