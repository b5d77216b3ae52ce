"""Account links and login links, as a platform makes them. What they open is tested with the pages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.api import Api
from tests.support.clock import at
from tests.support.wall import Wall

NOW = at("2022-08-04 10:00")
URLS = {"refresh_url": "https://example.com/reauth", "return_url": "https://example.com/return"}
CAPABILITIES = {"card_payments": {"requested": True}, "transfers": {"requested": True}}


@pytest.fixture(autouse=True)
def thursday(wall: Wall) -> Wall:
    wall.now = NOW
    return wall


def account(api: Api, type: str, **params: Any) -> str:
    made = api.post("/v1/accounts", type=type, country="US", capabilities=CAPABILITIES, **params)
    return str(made["id"])


@pytest.mark.parametrize(("type", "letter"), [("custom", "c"), ("express", "e"), ("standard", "s")])
def test_a_link_lives_for_five_minutes_and_tells_nothing_but_its_address(api: Api, type: str, letter: str) -> None:
    id = account(api, type)
    before = api.event_types()
    link = api.post("/v1/account_links", account=id, type="account_onboarding", **URLS)
    assert link == {"object": "account_link", "created": NOW, "expires_at": NOW + 300, "url": link["url"]}
    assert link["url"].startswith(f"http://127.0.0.1:12111/setup/{letter}/{id}/test_")
    assert api.event_types() == before


def test_two_links_of_one_account_differ(api: Api) -> None:
    id = account(api, "custom")
    links = [api.post("/v1/account_links", account=id, type=type, collect=collect, **URLS)["url"]
             for type in ("account_onboarding", "account_update") for collect in ("currently_due", "eventually_due")]
    assert len(set(links)) == 4


@pytest.mark.parametrize(("type", "params", "message", "param"), [
    ("express", {"type": "account_update"}, 'Invalid type: must be one of ["account_onboarding"]', "type"),
    ("standard", {"type": "account_update"}, 'Invalid type: must be one of ["account_onboarding"]', "type"),
    ("standard", {"collect": "eventually_due"}, "You cannot set `collect` for a Standard account.", "collect"),
    ("custom", {"type": "custom_account_update"}, "Invalid type: must be one of account_onboarding or account_update", "type"),
    ("custom", {"return_url": "example.com"}, "Not a valid URL", "return_url"),
    ("custom", {"refresh_url": "javascript:alert(1)"}, "Not a valid URL", "refresh_url"),
    ("custom", {"refresh_url": None}, "Missing required param: refresh_url.", "refresh_url"),
    ("custom", {"return_url": None}, "Missing required param: return_url.", "return_url"),
    ("custom", {"type": None}, "Missing required param: type.", "type"),
    ("custom", {"account": None}, "Missing required param: account.", "account"),
    ("custom", {"failure_url": "https://example.com"}, "Received unknown parameter: failure_url", "failure_url"),
])
def test_a_link_is_refused(api: Api, type: str, params: dict[str, Any], message: str, param: str) -> None:
    id = account(api, type)
    refused = api.refused("POST", "/v1/account_links", **{"account": id, "type": "account_onboarding", **URLS, **params})
    assert (refused.status, refused.error["type"], refused.error["param"]) == (400, "invalid_request_error", param)
    assert refused.error["message"] == message


def test_nobody_else_makes_links_of_an_account(api: Api) -> None:
    id = account(api, "express")
    for path in ("/v1/account_links", f"/v1/accounts/{id}/login_links"):
        params = {"account": id, "type": "account_onboarding", **URLS} if path.endswith("account_links") else {}
        refused = Api(api.server).refused("POST", path, **params)
        assert (refused.status, refused.error["code"]) == (403, "account_invalid")
        assert f"does not have access to account '{id}'" in refused.error["message"]


def test_a_platform_has_no_links_of_its_own(api: Api) -> None:
    own = api.get("/v1/account")["id"]
    refused = api.refused("POST", "/v1/account_links", account=own, type="account_onboarding", **URLS)
    assert (refused.status, refused.error["message"]) == (
        400, "You must have a client application set in order to make this request.")


@pytest.mark.parametrize(("type", "message"), [
    ("custom", "Cannot create an edit link for the account {id}, which is not an Express account."),
    ("standard", "Cannot create an edit link for the account {id}, which is not an Express account."),
    ("express", "Cannot create a login link for an account that has not completed onboarding."),
])
def test_a_login_link_is_for_express_accounts_that_are_on_board(api: Api, type: str, message: str) -> None:
    id = account(api, type)
    refused = api.refused("POST", f"/v1/accounts/{id}/login_links")
    assert (refused.status, refused.error["type"], refused.error["message"]) == (
        400, "invalid_request_error", message.format(id=id))
    assert "code" not in refused.error
