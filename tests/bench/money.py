"""Many processes on one account's money: how much they move in a second, and that nothing of it is lost."""

from __future__ import annotations

from app.control.doctor import examine
from tests.bench.worlds import KEY, World
from tests.support.rush import Rush, rush

PROCESSES = 8


def move_money(world: World, rounds: int) -> Rush:
    """Eight processes charge, refund and pay out, each so many times.

    Raises AssertionError for an answer that is a failure of the server's, and for books that do not add up.
    """
    seen = rush(world.server.base_url, KEY, processes=PROCESSES, rounds=rounds)
    assert {*seen.statuses} <= {200, 400, 429} and {*seen.refusals} <= {"balance_insufficient"}, seen
    assert seen.done["charge"] == seen.done["refund"] == PROCESSES * rounds, seen
    problems = examine(world.database)
    assert not problems, problems[:10]
    return seen
