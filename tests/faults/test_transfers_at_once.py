"""Many who want the same money between accounts at once: the last cent goes, comes back and is refunded once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.config import Config
from app.control.doctor import examine
from app.db.database import Database
from app.factory import create_app
from app.wire.endpoint import Server
from tests.faults.test_races import RIVALS, at_once, statuses
from tests.support.api import Api
from tests.support.connected import connected
from tests.support.marketplace import charge, id_of, send_on
from tests.support.money import available, fund


@pytest.fixture
def server(migrated: Callable[[Path], str], tmp_path: Path) -> Iterator[Server]:
    config, url = Config(embedded_worker=False, request_log=False), migrated(tmp_path)
    server: Server = create_app(config, Database(url)).extensions["billyard"]
    yield server
    server.database.close()


def test_the_last_cent_is_transferred_once(api: Api, server: Server) -> None:
    fund(api, 1000)
    account = connected(api)
    asked = {"amount": 300, "currency": "usd", "destination": id_of(account)}
    answers = at_once(api, *[("POST", "/v1/transfers", asked)] * RIVALS)
    assert statuses(answers) == {200: 3, 400: RIVALS - 3}
    assert {answer.error["code"] for answer in answers if answer.status == 400} == {"balance_insufficient"}
    assert (available(api), available(account)) == (100, 900)
    assert examine(server.database) == []


def test_a_charge_is_transferred_once(api: Api, server: Server) -> None:
    account, taken = connected(api), charge(api, 1000)
    asked = {"amount": 300, "currency": "usd", "destination": id_of(account), "source_transaction": taken["id"]}
    answers = at_once(api, *[("POST", "/v1/transfers", asked)] * RIVALS)
    assert statuses(answers) == {200: 3, 400: RIVALS - 3}
    assert {answer.error["param"] for answer in answers if answer.status == 400} == {"amount"}
    assert examine(server.database) == []


def test_a_transfer_comes_back_once(api: Api, server: Server) -> None:
    fund(api, 1000)
    account = connected(api)
    sent = api.post("/v1/transfers", amount=1000, currency="usd", destination=id_of(account))
    answers = at_once(api, *[("POST", f"/v1/transfers/{sent['id']}/reversals", {"amount": 300})] * RIVALS)
    assert statuses(answers) == {200: 3, 400: RIVALS - 3}
    assert api.get(f"/v1/transfers/{sent['id']}")["amount_reversed"] == 900
    assert statuses(at_once(api, *[("POST", f"/v1/transfers/{sent['id']}/reversals", {})] * RIVALS)) == {
        200: 1, 400: RIVALS - 1}
    assert (available(api), available(account)) == (1000, 0)
    assert examine(server.database) == []


def test_what_an_account_has_comes_back_of_one_transfer(api: Api, server: Server) -> None:
    """Two transfers of 500, of which the account has paid out the half: one of them can be reversed."""
    fund(api, 1000)
    account = connected(api)
    sent = [api.post("/v1/transfers", amount=500, currency="usd", destination=id_of(account))["id"] for _ in range(2)]
    account.post("/v1/payouts", amount=500, currency="usd")
    answers = at_once(api, *[("POST", f"/v1/transfers/{id}/reversals", {}) for id in sent])
    assert statuses(answers) == {200: 1, 400: 1}
    assert (available(api), available(account)) == (500, 0)
    assert examine(server.database) == []


def test_a_fee_goes_back_once(api: Api, server: Server) -> None:
    account = connected(api)
    fee = send_on(api, account, amount=10_000, fee=1000)["application_fee"]
    path = f"/v1/application_fees/{fee}/refunds"
    answers = at_once(api, *[("POST", path, {"amount": 300})] * RIVALS)
    assert statuses(answers) == {200: 3, 400: RIVALS - 3}
    assert statuses(at_once(api, *[("POST", path, {})] * RIVALS)) == {200: 1, 400: RIVALS - 1}
    now = api.get(f"/v1/application_fees/{fee}")
    assert (now["amount_refunded"], now["refunded"]) == (1000, True)
    assert examine(server.database) == []


def test_what_sellers_lack_is_set_aside_once(api: Api, server: Server) -> None:
    """Charges of 10000 and 1000 each, of which all go back: each has cost its fee."""
    account = connected(api)
    amounts = [10_000, 1000] * (RIVALS // 2)
    charges = [charge(account, amount)["id"] for amount in amounts]
    as_account = {"Stripe-Account": id_of(account)}
    answers = at_once(api, *[("POST", "/v1/refunds", {"charge": id}) for id in charges], headers=as_account)
    assert statuses(answers) == {200: RIVALS}
    lost = (320 + 59) * RIVALS // 2
    assert api.get("/v1/balance")["connect_reserved"] == [{"amount": lost, "currency": "usd"}]
    assert available(api) == -lost
    # Each of these makes good for 164 after its fee of 36.
    asked = {"amount": 200, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    assert statuses(at_once(api, *[("POST", "/v1/payment_intents", asked)] * RIVALS, headers=as_account)) == {200: RIVALS}
    assert api.get("/v1/balance")["connect_reserved"] == [{"amount": lost - 164 * RIVALS, "currency": "usd"}]
    assert examine(server.database) == []
