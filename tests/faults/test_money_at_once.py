"""Many movements of one account's money at once: nothing is lost, nothing is paid out twice, nobody gets a 500."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app.config import Config
from app.control.doctor import examine
from app.db.database import Database
from app.factory import create_app
from app.wire.endpoint import Server
from tests.faults.test_many_at_once import Client
from tests.faults.test_many_at_once import at_once as many
from tests.faults.test_races import RIVALS, at_once, statuses
from tests.support.api import Api
from tests.support.live import live_server
from tests.support.money import available, fund
from tests.support.wall import Wall


@pytest.fixture
def server(migrated: Callable[[Path], str], tmp_path: Path) -> Iterator[Server]:
    config, url = Config(embedded_worker=False, request_log=False), migrated(tmp_path)
    server: Server = create_app(config, Database(url)).extensions["billyard"]
    yield server
    server.database.close()


def test_the_last_cent_leaves_once(api: Api, server: Server) -> None:
    fund(api, 1000)
    answers = at_once(api, *[("POST", "/v1/payouts", {"amount": 300, "currency": "usd"})] * RIVALS)
    assert statuses(answers) == {200: 3, 400: RIVALS - 3}
    assert {answer.error["code"] for answer in answers if answer.status == 400} == {"balance_insufficient"}
    assert available(api) == 100
    [answer] = [each for each in at_once(
        api, *[("POST", "/v1/payouts", {"amount": 100, "currency": "usd"})] * 2) if each.status == 200]
    assert (answer.body["amount"], available(api)) == (100, 0)
    assert examine(server.database) == []


def test_who_calls_off_and_the_bank_do_not_both_win(api: Api, server: Server, wall: Wall) -> None:
    fund(api, RIVALS * 100)
    topups = [api.post("/v1/topups", amount=10, currency="usd")["id"] for _ in range(RIVALS)]
    payouts = [api.post("/v1/payouts", amount=100, currency="usd")["id"] for _ in range(RIVALS)]
    wall.advance(2)
    stop = threading.Event()

    def bank() -> None:
        while not stop.is_set():
            server.worker.run_due()

    with ThreadPoolExecutor(1) as threads:
        banking = threads.submit(bank)
        try:
            at_once(api, *[("POST", f"/v1/topups/{id}/cancel", {}) for id in topups])
            at_once(api, *[("POST", f"/v1/payouts/{id}/cancel", {}) for id in payouts])
        finally:
            stop.set()
        banking.result()
    wall.advance(2)
    server.worker.run_due()
    come = [api.get(f"/v1/topups/{id}")["status"] for id in topups]
    left = [api.get(f"/v1/payouts/{id}")["status"] for id in payouts]
    assert {*come} <= {"succeeded", "canceled"} and {*left} <= {"paid", "canceled"}
    assert available(api) == 10 * come.count("succeeded") + 100 * left.count("canceled")
    assert examine(server.database) == []


def test_the_books_of_a_busy_account_are_balanced(migrated: Callable[[Path], str], tmp_path: Path) -> None:
    url = migrated(tmp_path)
    with live_server(url, workers=2) as base_url:
        client = Client(base_url)
        client.call("POST", "/_sim/settings", topup_settles_after_s="0", payout_settles_after_s="0")

        def move(number: int) -> tuple[int, int]:
            """Whether it was done, and by how much the balance has changed."""
            match number % 4:
                case 0:
                    status, body = client.call("POST", "/v1/payouts", amount="700", currency="usd")
                    return status, -700 if status == 200 else 0
                case 1:
                    status, body = client.call("POST", "/v1/topups", amount="400", currency="usd")
                    return status, 400 if status == 200 else 0
                case _:
                    status, body = client.call("POST", "/v1/payment_intents", amount="1000", currency="usd", confirm="true",
                                               payment_method="pm_card_bypassPending")
                    if status != 200:
                        return status, 0
                    return _refund(client, body) if number % 4 == 3 else (200, 941)

        moved = many(160, move)
        _, balance = client.call("GET", "/v1/balance")
    assert {status for status, _ in moved} <= {200, 400, 429}
    done = [status for status, _ in moved].count(200)
    assert done > 120
    assert balance["available"][0]["amount"] == sum(amount for _, amount in moved) >= 0
    database = Database(url)
    assert examine(database) == []
    database.close()


def _refund(client: Client, intent: dict[str, Any]) -> tuple[int, int]:
    """Half of what was charged goes back, of 10.00 less a fee of 0.59."""
    status, _ = client.call("POST", "/v1/refunds", payment_intent=intent["id"], amount="500")
    return status, 941 - 500 if status == 200 else 941
