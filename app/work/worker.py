"""The worker: one thread that does what is due, and sleeps until something is.

Nothing is kept here that is not in the rows: whatever the thread has not done when the process dies, it or another
process finds again. So any number of workers may run over one database, in any number of processes.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from app.clock.now import seconds_until, stopwatch, wall_seconds
from app.db.database import Database

log = logging.getLogger("billyard.work")

SWEEP_S = 1.0
"""How long the worker sleeps at most, because nobody wakes it for what another process has written."""
REST_PER_LOOK = 50
"""A thousand writes a second are not a thousand reasons to look around: resting takes so many times as long as looking
did, within these bounds."""
REST_MIN_S, REST_MAX_S = 0.005, 0.05
STALLED_S = 0.02
"""How long the worker leaves alone what is due but cannot be had, because another worker is at it."""
BACK_OFF_MAX_S = 60.0


class WorkSource(Protocol):
    """A kind of work. Its methods are called from one thread at a time."""

    def next_due(self, database: Database) -> int | None:
        """The wall time at which there is next something to do, in the past if there is now; None for nothing."""

    def run(self, database: Database) -> bool:
        """Do a part of what is due, in short transactions of its own; whether anything was done."""

    def stop(self, database: Database) -> None:
        """Bring what is under way to its end: the worker stops."""


class Worker:
    """Runs its sources, in the order in which they were added, one part of each at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sources: list[_Guarded] = []
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, source: WorkSource) -> None:
        """Take care of this, too. Not while the thread runs."""
        assert self._thread is None, "a worker's sources are added before it starts"
        self._sources.append(_Guarded(source))

    def start(self) -> None:
        """Work in a thread of this process from now on."""
        assert self._thread is None, "a worker is started once"
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, once what it has begun is done."""
        self._stopping.set()
        self._awake.set()
        if self._thread is not None:
            self._thread.join()

    def wake(self) -> None:
        """Have a look soon: rows were written. Called after every write, and so nearly free."""
        if not self._awake.is_set():
            self._awake.set()

    def run_due(self) -> bool:
        """Do everything that is due now, in the caller's thread; whether there was anything. What goes wrong is raised.

        For processes in which the worker's thread was not started.
        """
        worked = False
        while self._sweep(_Guarded.run_if_due):
            worked = True
        return worked

    def _sweep(self, look: Callable[[_Guarded, Database], bool]) -> bool:
        worked = False
        for source in self._sources:
            worked |= look(source, self._database)
        return worked

    def _work(self) -> None:
        try:
            while not self._stopping.is_set():
                looked_at = stopwatch()
                self._awake.clear()
                if not self._sweep(_Guarded.attempt):
                    rested = looked_at + _rest(stopwatch() - looked_at)
                    self._awake.wait(min([SWEEP_S, *(source.pause() for source in self._sources)]))
                    self._stopping.wait(max(0.0, rested - stopwatch()))
        finally:
            for source in self._sources:
                source.stop(self._database)
            self._database.close_thread()


def _rest(look: float) -> float:
    """From the start of a look around that took `look` seconds and found nothing, to that of the next."""
    return min(max(REST_MIN_S, look * REST_PER_LOOK), REST_MAX_S)


class _Guarded:
    """A source whose failures stop neither the others nor the thread: it rests longer after each, and tries again."""

    def __init__(self, source: WorkSource) -> None:
        self._source = source
        self._due: int | None = None
        self._failures = 0
        self._rests_until = 0.0

    def run_if_due(self, database: Database) -> bool:
        """Do a part if there is one; whether anything was done."""
        self._due = self._source.next_due(database)
        return self._due is not None and self._due <= wall_seconds() and self._source.run(database)

    def attempt(self, database: Database) -> bool:
        """The same, for the thread: a failure is logged, and the source rests."""
        if stopwatch() < self._rests_until:
            return False
        try:
            worked = self.run_if_due(database)
        except Exception:
            self._failures += 1
            rest = min(2.0 ** (self._failures - 1), BACK_OFF_MAX_S)
            self._rests_until = stopwatch() + rest
            log.exception("%s failed, %s in a row; it is tried again in %s s",
                          type(self._source).__name__, self._failures, rest)
            return False
        self._failures = 0
        return worked

    def pause(self) -> float:
        """Seconds for which the source needs no attention, as far as it knows."""
        resting = self._rests_until - stopwatch()
        if resting > 0:
            return resting
        return SWEEP_S if self._due is None else max(seconds_until(self._due), STALLED_S)

    def stop(self, database: Database) -> None:
        try:
            self._source.stop(database)
        except Exception:
            log.exception("%s did not stop well", type(self._source).__name__)
