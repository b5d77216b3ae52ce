"""The wall clock. No other module asks for the time; they are given it as `ctx.now`."""

from __future__ import annotations

import time


def wall_seconds() -> int:
    """Unix seconds of the real world."""
    return int(time.time())


def seconds_until(moment: int) -> float:
    """How long it takes the wall clock to reach this unix second, to the fraction; negative when it has passed."""
    return moment - time.time()


def stopwatch() -> float:
    """Seconds that only differences make sense of: for durations in the request log."""
    return time.perf_counter()
