"""Clients in processes of their own on one account: the books are balanced afterwards, and nobody gets a 500."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.control.doctor import examine
from app.db.database import Database
from tests.faults.test_many_at_once import KEY, Client
from tests.support.live import live_server
from tests.support.rush import rush

PROCESSES, ROUNDS = 4, 12
"""`make bench ARGS="--only money"` has eight, and two hundred."""


def test_processes_that_move_one_account_s_money_lose_none(migrated: Callable[[Path], str], tmp_path: Path) -> None:
    url = migrated(tmp_path)
    with live_server(url, workers=2) as base_url:
        client = Client(base_url)
        client.call("POST", "/_sim/settings", payout_settles_after_s="0")
        seen = rush(base_url, KEY, processes=PROCESSES, rounds=ROUNDS)
        _, balance = client.call("GET", "/v1/balance")
    assert {*seen.statuses} <= {200, 400, 429}, seen
    assert {*seen.refusals} <= {"balance_insufficient"}, seen
    assert seen.done["charge"] == seen.done["refund"] == PROCESSES * ROUNDS, seen
    # It may be below zero, because refunds of what was paid out in the meantime overdraw it.
    assert balance["available"][0]["amount"] == seen.balance
    database = Database(url)
    assert examine(database) == []
    database.close()
