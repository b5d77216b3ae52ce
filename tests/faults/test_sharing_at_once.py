"""Rivals for payments that a connected account has a part in: what goes back goes back once, on every side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.faults.test_races import RIVALS, at_once, serve, statuses
from tests.support.api import Api
from tests.support.connected import connected
from tests.support.marketplace import id_of, send_on, total

URL = "/v1/payment_intents"


@pytest.fixture
def server(migrated: Callable[[Path], str], tmp_path: Path) -> Iterator[Server]:
    server = serve(migrated(tmp_path))
    yield server
    assert examine(server.database) == []
    server.database.close()


def test_a_payment_is_fetched_back_once(api: Api, server: Server) -> None:
    account = connected(api)
    charge = send_on(api, account)
    flags: dict[str, Any] = {"charge": charge["id"], "amount": 3000, "reverse_transfer": True, "refund_application_fee": True}
    answers = at_once(api, *[("POST", "/v1/refunds", flags)] * RIVALS)
    assert statuses(answers) == {200: 3, 400: RIVALS - 3}, [answer.body for answer in answers]
    # 1000 and 50 of the fee are left.
    assert (total(api), total(account)) == (180 - 450, 950)


def test_refunds_and_reversals_share_one_transfer(api: Api, server: Server) -> None:
    account = connected(api)
    charge = send_on(api, account)
    flags: dict[str, Any] = {"charge": charge["id"], "amount": 2500, "reverse_transfer": True}
    half = RIVALS // 2
    answers = at_once(api, *[("POST", "/v1/refunds", flags)] * half,
                      *[("POST", f"/v1/transfers/{charge['transfer']}/reversals", {"amount": 2500})] * half)
    assert set(statuses(answers)) <= {200, 400}
    assert api.get(f"/v1/transfers/{charge['transfer']}")["amount_reversed"] == 10_000


def test_one_platform_earns_by_many_payments_at_once(api: Api, server: Server) -> None:
    accounts = [connected(api) for _ in range(2)]
    calls = [("POST", URL, {"amount": 1000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True,
                            "application_fee_amount": 100, "transfer_data": {"destination": id_of(account)}})
             for account in accounts for _ in range(RIVALS // 2)]
    assert statuses(at_once(api, *calls)) == {200: RIVALS}
    assert (total(api), [total(account) for account in accounts]) == (RIVALS * 41, [RIVALS // 2 * 900] * 2)


def test_what_is_held_is_sent_on_once(api: Api, server: Server) -> None:
    account = connected(api)
    held = api.post(URL, amount=1000, currency="usd", payment_method="pm_card_visa", confirm=True, capture_method="manual",
                    transfer_data={"destination": id_of(account)})
    answers = at_once(api, *[("POST", f"{URL}/{held['id']}/capture", {})] * RIVALS)
    assert statuses(answers) == {200: 1, 400: RIVALS - 1}
    assert (len(api.get("/v1/transfers", destination=id_of(account))["data"]), total(account)) == (1, 1000)
