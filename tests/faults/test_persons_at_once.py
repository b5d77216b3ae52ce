"""Many changes of one account and its persons at once: none is lost, and what follows is what follows from all of them."""

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
from tests.support.connected import INDIVIDUAL, passing
from tests.support.onboarding import Onboarding


@pytest.fixture
def server(migrated: Callable[[Path], str], tmp_path: Path) -> Iterator[Server]:
    config, url = Config(embedded_worker=False, request_log=False), migrated(tmp_path)
    server: Server = create_app(config, Database(url)).extensions["billyard"]
    yield server
    server.database.close()


def test_many_would_represent_a_company(api: Api, server: Server) -> None:
    account = Onboarding(api, business_type="company")
    path = f"/v1/accounts/{account.id}/persons"
    answers = at_once(api, *[("POST", path, {"relationship": {"representative": True}})] * RIVALS)
    assert statuses(answers) == {200: RIVALS}
    assert len(api.get(path, limit=100)["data"]) == RIVALS
    assert len(api.get(path, relationship={"representative": True})["data"]) == 1
    assert examine(server.database) == []


def test_an_individual_is_one_person_whoever_says_it_first(api: Api, server: Server) -> None:
    account = Onboarding(api, business_type="individual")
    answers = at_once(api, *[("POST", f"/v1/accounts/{account.id}", {"individual": {"first_name": f"Jenny {number}"}})
                             for number in range(RIVALS)])
    assert statuses(answers) == {200: RIVALS}
    assert len(api.get(f"/v1/accounts/{account.id}/persons")["data"]) == 1
    assert examine(server.database) == []


def test_everything_is_said_at_once(api: Api, server: Server) -> None:
    account = Onboarding(api, business_type="individual")
    said = passing()
    path = f"/v1/accounts/{account.id}"
    calls = [("POST", path, {name: said[name]}) for name in ("business_profile", "tos_acceptance", "external_account")]
    calls += [("POST", path, {"individual": {name: value}}) for name, value in INDIVIDUAL.items()]
    answers = at_once(api, *calls)
    assert statuses(answers) == {200: len(calls)}
    assert account.may == (True, True, True, "active", None)
    assert examine(server.database) == []


def test_a_person_token_is_used_once(api: Api) -> None:
    account = Onboarding(api, business_type="company")
    token = api.post("/v1/tokens", person={"first_name": "Jane"})["id"]
    answers = at_once(api, *[("POST", f"/v1/accounts/{account.id}/persons", {"person_token": token})] * RIVALS)
    assert statuses(answers) == {200: 1, 400: RIVALS - 1}
    assert {answer.error["code"] for answer in answers if answer.status == 400} == {"token_already_used"}
    assert len(api.get(f"/v1/accounts/{account.id}/persons")["data"]) == 1
