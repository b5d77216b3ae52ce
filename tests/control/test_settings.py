"""`GET|POST /_sim/settings`: the choices of a sandbox."""

from dataclasses import asdict
from typing import Any

import orjson
import pytest

from app.domain.choices import ALLOWED, Choices
from app.wire.endpoint import Server
from tests.support.api import Api

DEFAULTS: dict[str, Any] = orjson.loads(orjson.dumps({"object": "settings"} | asdict(Choices())))


def test_a_new_sandbox_has_the_defaults(api: Api) -> None:
    assert api.get("/_sim/settings") == DEFAULTS


def test_a_change_is_kept_and_answered_with_all_the_others(api: Api) -> None:
    changed = api.post("/_sim/settings", limits="off", retry_days=[1, 2], finalize_after_s=0, clamp_list_limit=False,
                       fee_percent="1.5")
    assert changed == DEFAULTS | {"limits": "off", "retry_days": [1, 2], "finalize_after_s": 0,
                                  "clamp_list_limit": False, "fee_percent": "1.5"}
    assert api.get("/_sim/settings") == changed
    assert api.post("/_sim/settings", fee_fixed=25) == changed | {"fee_fixed": 25}


def test_an_empty_value_takes_a_choice_back_to_its_default(api: Api) -> None:
    api.post("/_sim/settings", limits="off", finalize_after_s=5)
    assert api.post("/_sim/settings", limits="") == DEFAULTS | {"finalize_after_s": 5}


def test_an_empty_list_is_a_choice(api: Api) -> None:
    assert api.post("/_sim/settings", retry_days="") == DEFAULTS | {"retry_days": []}


def test_a_sandbox_has_settings_of_its_own(api: Api, server: Server) -> None:
    api.post("/_sim/settings", limits="strict")
    assert Api(server).get("/_sim/settings")["limits"] == "documented"


@pytest.mark.parametrize(("params", "message", "param", "code"), [
    ({"limit": "off"}, "Received unknown parameter: limit. Did you mean limits?", "limit", "parameter_unknown"),
    ({"limits": "none"}, "Invalid limits: must be one of documented, off, or strict", "limits", None),
    ({"clamp_list_limit": "maybe"}, "Invalid boolean: maybe", "clamp_list_limit", None),
    ({"finalize_after_s": "1h"}, "Invalid integer: 1h", "finalize_after_s", "parameter_invalid_integer"),
    ({"finalize_after_s": -1}, "This value must be greater than or equal to 0.", "finalize_after_s",
     "parameter_invalid_integer"),
    ({"webhook_timeout_s": 0}, "This value must be greater than or equal to 1.", "webhook_timeout_s",
     "parameter_invalid_integer"),
    ({"retry_days": [3, "x"]}, "Invalid integer: x", "retry_days[1]", "parameter_invalid_integer"),
    ({"expiring_lead_days": 3_661}, "This value must be less than or equal to 3660.", "expiring_lead_days",
     "parameter_invalid_integer"),
    ({"fee_percent": "101"}, "This value must be less than or equal to 100.", "fee_percent", None),
])
def test_what_makes_no_sense_is_refused_and_changes_nothing(api: Api, params: dict[str, Any], message: str, param: str,
                                                            code: str | None) -> None:
    answer = api.call("POST", "/_sim/settings", {"search_lag_s": 9} | params)
    assert (answer.status, answer.error["message"], answer.error["param"], answer.error.get("code")) == (
        400, message, param, code)
    assert api.get("/_sim/settings") == DEFAULTS


@pytest.mark.parametrize(("name", "word"), [(name, word) for name, words in ALLOWED.items() for word in words])
def test_every_allowed_word_is_taken(api: Api, name: str, word: str) -> None:
    assert api.post("/_sim/settings", **{name: word})[name] == word


def test_settings_need_a_key(server: Server) -> None:
    assert server.flask.test_client().get("/_sim/settings").status_code == 401
