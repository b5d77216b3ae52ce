"""Rivals for one payment: it is made, taken or given up once, whoever is faster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.config import Config
from app.control.doctor import examine
from app.db.database import Database
from app.factory import create_app
from app.wire.endpoint import Server
from tests.faults.test_races import RIVALS, at_once, statuses
from tests.support.api import Api

URL = "/v1/payment_intents"


@pytest.fixture
def server(migrated: Callable[[Path], str], tmp_path: Path) -> Iterator[Server]:
    config = Config(embedded_worker=False, request_log=False)
    server: Server = create_app(config, Database(migrated(tmp_path))).extensions["billyard"]
    yield server
    server.database.close()


def held(api: Api) -> tuple[str, str]:
    """The paths of an intent that waits to be captured, and of its charge."""
    intent = api.post(URL, amount=2000, currency="usd", payment_method="pm_card_visa", confirm=True, capture_method="manual")
    return f"{URL}/{intent['id']}", f"/v1/charges/{intent['charges']['data'][0]['id']}"


def test_what_is_held_is_taken_or_released_once(api: Api, server: Server) -> None:
    for rivals in (("capture", "capture"), ("capture", "cancel"), ("cancel", "cancel")):
        intent, charge = held(api)
        calls: list[tuple[str, str, dict[str, Any]]] = [("POST", f"{intent}/{rival}", {}) for rival in rivals] * (RIVALS // 4)
        calls += [("POST", f"{charge}/capture", {})] * (RIVALS // 4) if "capture" in rivals else []
        answers = at_once(api, *calls)
        assert statuses(answers) == {200: 1, 400: len(calls) - 1}, [answer.body for answer in answers]
        final, taken = api.get(intent), api.get(charge)
        assert (final["status"] == "succeeded", final["status"] == "canceled") == (taken["captured"], taken["refunded"])
        rows = api.get("/v1/balance_transactions", source=taken["id"])["data"]
        assert [row["amount"] for row in rows] == [2000] * taken["captured"]
    assert examine(server.database) == []


def test_a_debit_is_answered_or_called_off_once(api: Api, server: Server) -> None:
    debit = {"amount": 2000, "currency": "usd", "payment_method": "pm_usBankAccount_success", "confirm": True,
             "payment_method_types": ["us_bank_account"], "mandate_data": {"customer_acceptance": {"type": "offline"}}}
    for deed in ("settle", "fail"):
        intent = api.post(URL, **debit)
        charge = intent["charges"]["data"][0]["id"]
        answers = at_once(api, *[("POST", f"/_sim/charges/{charge}/{deed}", {}),
                                 ("POST", f"{URL}/{intent['id']}/cancel", {})] * (RIVALS // 2))
        final, taken = api.get(f"{URL}/{intent['id']}"), api.get(f"/v1/charges/{charge}")
        assert statuses(answers)[500] == 0
        rows = [row["amount"] for row in api.get("/v1/balance_transactions", source=charge)["data"]]
        assert (final["status"], taken["status"], rows) in (
            ("succeeded", "succeeded", [2000]), ("canceled", "failed", [-2000, 2000]))
    assert examine(server.database) == []


def test_a_payment_is_confirmed_once(api: Api, server: Server) -> None:
    intent = api.post(URL, amount=2000, currency="usd", payment_method="pm_card_visa")
    answers = at_once(api, *[("POST", f"{URL}/{intent['id']}/confirm", {})] * RIVALS)
    assert statuses(answers) == {200: 1, 400: RIVALS - 1}
    assert len(api.get("/v1/charges", payment_intent=intent["id"])["data"]) == 1
    assert examine(server.database) == []


def test_a_card_without_a_customer_pays_once(api: Api, server: Server) -> None:
    card = api.post("/v1/payment_methods", type="card", card={"token": "tok_visa"})["id"]
    intents = [api.post(URL, amount=2000, currency="usd", payment_method=card)["id"] for _ in range(RIVALS)]
    answers = at_once(api, *[("POST", f"{URL}/{intent}/confirm", {}) for intent in intents])
    assert statuses(answers) == {200: 1, 400: RIVALS - 1}
    assert len(api.get("/v1/charges")["data"]) == 1
    assert examine(server.database) == []


def test_what_is_refunded_is_not_withdrawn_by_a_dispute_as_well(api: Api, server: Server) -> None:
    for amount in (2000, 1200):
        intent = api.post(URL, amount=2000, currency="usd", payment_method="pm_card_visa", confirm=True)
        charge = intent["charges"]["data"][0]["id"]
        half = RIVALS // 2
        answers = at_once(api, *[("POST", "/v1/refunds", {"charge": charge, "amount": amount})] * half,
                          *[("POST", f"/_sim/charges/{charge}/dispute", {"amount": amount})] * half)
        moved = [answer.body for answer in answers if answer.status == 200]
        taken = [each for each in moved if each.get("status") != "charge_refunded"]
        assert len(taken) == 1, moved
        # After a refund of all a dispute still comes, and takes nothing.
        assert {each["status"] for each in moved} <= {"succeeded", "needs_response", "charge_refunded"}
        types = {row["type"] for each in moved for row in api.get("/v1/balance_transactions", source=each["id"])["data"]}
        assert types in ({"refund"}, {"adjustment"})
    assert examine(server.database) == []


def test_a_refund_that_fails_is_given_back_once(api: Api, server: Server) -> None:
    api.post("/_sim/settings", refund_settles_after_s=0)
    intent = api.post(URL, amount=2000, currency="usd", payment_method="pm_card_refundFail", confirm=True)
    answers = at_once(api, *[("POST", "/v1/refunds", {"payment_intent": intent["id"]})] * RIVALS)
    assert statuses(answers) == {200: RIVALS}, "each fails before the next begins"
    charge = api.get(f"/v1/charges/{intent['charges']['data'][0]['id']}")
    assert (charge["amount_refunded"], {refund["status"] for refund in charge["refunds"]["data"]}) == (0, {"failed"})
    assert examine(server.database) == []
