"""A wall clock that tests set, in place of the one that `app.clock.now` reads."""

from __future__ import annotations

import time
from typing import Any

import pytest

import app.clock.now
from tests.support.api import Api

NEW_YEAR = 1_672_531_200
"""2023-01-01 00:00:00 UTC, where the clock starts."""


class Wall:
    """Stands still until it is moved. Durations are measured by the real stopwatch."""

    perf_counter = staticmethod(time.perf_counter)

    def __init__(self, monkeypatch: pytest.MonkeyPatch, now: float = NEW_YEAR) -> None:
        self.now = now
        # `wall_seconds` looks the module up each time, so that every importer of it sees this clock, and no other code.
        monkeypatch.setattr(app.clock.now, "time", self)

    def time(self) -> float:
        """What `time.time` is to the application."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


def events_after(api: Api, wall: Wall, seconds: int) -> list[dict[str, Any]]:
    """The events of what time does meanwhile, without those of the balance."""
    before = len(api.events())
    wall.advance(seconds)
    while api.server.worker.run_due():
        pass
    return [event for event in api.events()[before:] if event["type"] != "balance.available"]
