"""Webhook endpoints as they are managed; what they receive is in tests/events."""

from __future__ import annotations

from typing import Any

import pytest

from app.db.roots import Account
from app.db.session import entity
from app.events.catalog import EVENT_TYPES
from app.events.tables import WebhookEndpoint
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.reference import conforms
from tests.support.wall import NEW_YEAR, Wall

URL = "https://example.com/hook"


def test_an_endpoint_is_created_with_a_secret_that_is_never_shown_again(api: Api, wall: Wall) -> None:
    created = api.post("/v1/webhook_endpoints", url=URL, enabled_events=["charge.failed", "charge.succeeded"])
    assert created == {
        "id": created["id"], "object": "webhook_endpoint", "api_version": None, "application": None,
        "created": NEW_YEAR, "description": None,
        "enabled_events": ["charge.failed", "charge.succeeded"], "livemode": False, "metadata": {},
        "secret": created["secret"], "status": "enabled", "url": URL,
    }
    assert list(created)[:3] == ["id", "object", "api_version"] and list(created)[2:] == sorted(list(created)[2:])
    assert created["id"].startswith("we_1") and len(created["id"]) == 27
    assert created["secret"].startswith("whsec_") and len(created["secret"]) == 38
    conforms(created)
    shown = {name: value for name, value in created.items() if name != "secret"}
    assert api.get(f"/v1/webhook_endpoints/{created['id']}") == shown
    assert api.get("/v1/webhook_endpoints") == {
        "object": "list", "data": [shown], "has_more": False, "url": "/v1/webhook_endpoints"}
    assert api.post(f"/v1/webhook_endpoints/{created['id']}") == shown


def test_an_idempotent_replay_shows_the_secret_as_the_first_answer_did(api: Api) -> None:
    params = {"url": URL, "enabled_events": ["*"]}
    first, second = (api.call("POST", "/v1/webhook_endpoints", params, {"Idempotency-Key": "once"}) for _ in range(2))
    assert first.body == second.body
    assert len(api.get("/v1/webhook_endpoints")["data"]) == 1


def test_all_parameters_of_the_creation(api: Api, server: Server) -> None:
    created = api.post("/v1/webhook_endpoints", url="http://localhost:4242/webhook?x=1", enabled_events=["*"],
                       api_version="2020-08-27", connect=True, description="For staging", metadata={"team": "billing"})
    assert {name: created[name] for name in ("api_version", "description", "enabled_events", "metadata", "url")} == {
        "api_version": "2020-08-27", "description": "For staging", "enabled_events": ["*"],
        "metadata": {"team": "billing"}, "url": "http://localhost:4242/webhook?x=1"}
    with server.database.reading() as session:
        [row] = session.rows(WebhookEndpoint, entity(WebhookEndpoint).where(WebhookEndpoint.id == created["id"]))
    assert row.connect is True


def test_all_parameters_of_the_update(api: Api) -> None:
    created = api.post("/v1/webhook_endpoints", url=URL, enabled_events=["*"], metadata={"a": "1", "b": "2"})
    path = f"/v1/webhook_endpoints/{created['id']}"
    updated = api.post(path, url="https://example.com/other", enabled_events=["invoice.paid"], description="Other",
                       metadata={"a": "", "c": "3"}, disabled=True)
    del created["secret"]
    assert updated == created | {
        "url": "https://example.com/other", "enabled_events": ["invoice.paid"], "description": "Other",
        "metadata": {"b": "2", "c": "3"}, "status": "disabled"}
    assert api.post(path, description="Third")["status"] == "disabled"
    assert api.post(path, disabled=False, metadata="") == updated | {
        "description": "Third", "metadata": {}, "status": "enabled"}


def test_a_deleted_endpoint_is_gone(api: Api) -> None:
    created = api.post("/v1/webhook_endpoints", url=URL, enabled_events=["*"])
    path = f"/v1/webhook_endpoints/{created['id']}"
    assert api.delete(path) == {"id": created["id"], "object": "webhook_endpoint", "deleted": True}
    assert api.refused("GET", path).status == 404
    assert api.refused("DELETE", path).status == 404
    assert api.get("/v1/webhook_endpoints")["data"] == []


def test_endpoints_are_listed_newest_first_in_pages(api: Api) -> None:
    ids = [api.post("/v1/webhook_endpoints", url=URL, enabled_events=["*"])["id"] for _ in range(3)]
    page = api.get("/v1/webhook_endpoints", limit=2)
    assert [each["id"] for each in page["data"]] == [ids[2], ids[1]] and page["has_more"]
    rest = api.get("/v1/webhook_endpoints", limit=2, starting_after=ids[1])
    assert [each["id"] for each in rest["data"]] == [ids[0]] and not rest["has_more"]


def test_managing_endpoints_emits_nothing(api: Api) -> None:
    created = api.post("/v1/webhook_endpoints", url=URL, enabled_events=["*"])
    api.post(f"/v1/webhook_endpoints/{created['id']}", description="x")
    api.delete(f"/v1/webhook_endpoints/{created['id']}")
    assert api.events() == []


def test_another_sandbox_cannot_see_the_endpoint(api: Api, server: Server) -> None:
    created = api.post("/v1/webhook_endpoints", url=URL, enabled_events=["*"])
    other = Api(server)
    for method in ("GET", "POST", "DELETE"):
        assert other.refused(method, f"/v1/webhook_endpoints/{created['id']}").status == 404
    assert other.get("/v1/webhook_endpoints")["data"] == []


def test_the_seventeenth_endpoint_is_refused(api: Api) -> None:
    ids = [api.post("/v1/webhook_endpoints", url=URL, enabled_events=["*"])["id"] for _ in range(16)]
    answer = api.refused("POST", "/v1/webhook_endpoints", url=URL, enabled_events=["*"])
    assert (answer.status, answer.error["message"], answer.error["type"]) == (
        400, "You have reached the maximum of 16 test webhook endpoints.", "invalid_request_error")
    api.delete(f"/v1/webhook_endpoints/{ids[0]}")
    api.post("/v1/webhook_endpoints", url=URL, enabled_events=["*"])


def test_a_sandbox_without_limits_takes_more_endpoints(api: Api, server: Server) -> None:
    created = api.post("/v1/webhook_endpoints", url=URL, enabled_events=["*"])
    with server.database.writing() as session:
        [endpoint] = session.rows(WebhookEndpoint, entity(WebhookEndpoint).where(WebhookEndpoint.id == created["id"]))
        account = session.get(Account, endpoint.account_id)
        assert account is not None
        account.choices = {"limits": "off"}
    for _ in range(16):
        api.post("/v1/webhook_endpoints", url=URL, enabled_events=["*"])


ENUM = f"must be one of {', '.join(('*', *EVENT_TYPES[:-1]))}, or {EVENT_TYPES[-1]}"


@pytest.mark.parametrize(("params", "error"), [
    pytest.param({"enabled_events": ["*"]}, {
        "code": "parameter_missing", "message": "Missing required param: url.", "param": "url"}, id="no_url"),
    pytest.param({"url": URL}, {
        "code": "parameter_missing", "message": "Missing required param: enabled_events.", "param": "enabled_events"},
        id="no_events"),
    pytest.param({"url": URL, "enabled_events": ["*", "invoice.payed"]}, {
        "message": f"Invalid enabled_events[1]: {ENUM}", "param": "enabled_events[1]"}, id="unknown_event"),
    pytest.param({"url": URL, "enabled_events": ["invoice.*"]}, {
        "message": f"Invalid enabled_events[0]: {ENUM}", "param": "enabled_events[0]"}, id="no_wildcards"),
    pytest.param({"url": URL, "enabled_events": "*"}, {
        "message": "Invalid array", "param": "enabled_events"}, id="events_are_no_list"),
    pytest.param({"url": "example.com/hook", "enabled_events": ["*"]}, {
        "code": "url_invalid", "message": "Invalid URL: An explicit scheme (such as https) must be provided.",
        "param": "url"}, id="no_scheme"),
    pytest.param({"url": "ftp://example.com/hook", "enabled_events": ["*"]}, {
        "code": "url_invalid", "message": "Invalid URL: An explicit scheme (such as https) must be provided.",
        "param": "url"}, id="other_scheme"),
    pytest.param({"url": "https://", "enabled_events": ["*"]}, {
        "code": "url_invalid", "message": "Not a valid URL", "param": "url"}, id="no_host"),
    pytest.param({"url": "https://example.com:99999/", "enabled_events": ["*"]}, {
        "code": "url_invalid", "message": "Not a valid URL", "param": "url"}, id="no_such_port"),
    pytest.param({"url": "https://[::1/", "enabled_events": ["*"]}, {
        "code": "url_invalid", "message": "Not a valid URL", "param": "url"}, id="broken_address"),
    pytest.param({"url": "https://example.com/a b", "enabled_events": ["*"]}, {
        "code": "url_invalid", "message": "Not a valid URL", "param": "url"}, id="space"),
    pytest.param({"url": "https://example.com/\n", "enabled_events": ["*"]}, {
        "code": "url_invalid", "message": "Not a valid URL", "param": "url"}, id="line_break"),
    pytest.param({"url": URL, "enabled_events": ["*"], "connect": "perhaps"}, {
        "message": "Invalid boolean: perhaps", "param": "connect"}, id="connect"),
    pytest.param({"url": URL, "enabled_events": ["*"], "disabled": True}, {
        "code": "parameter_unknown", "message": "Received unknown parameter: disabled", "param": "disabled"},
        id="disabled_at_creation"),
    pytest.param({"url": URL, "enabled_events": ["*"], "expand": ["secret"]}, {
        "message": "This property cannot be expanded (secret)."}, id="expand"),
])
def test_refused_creations(api: Api, params: dict[str, Any], error: dict[str, Any]) -> None:
    answer = api.refused("POST", "/v1/webhook_endpoints", **params)
    told = {name: value for name, value in answer.error.items() if name not in ("doc_url", "request_log_url", "type")}
    assert (answer.status, told, answer.error["type"]) == (400, error, "invalid_request_error")
    assert api.get("/v1/webhook_endpoints")["data"] == []


def test_an_unknown_version_is_refused(api: Api) -> None:
    answer = api.refused("POST", "/v1/webhook_endpoints", url=URL, enabled_events=["*"], api_version="2022-11-15")
    assert answer.error["param"] == "api_version"
    assert answer.error["message"].startswith("Invalid api_version: must be one of 2011-01-01, 2011-06-21, ")
    assert answer.error["message"].endswith(", 2020-08-27, or 2022-08-01")


@pytest.mark.parametrize(("params", "error"), [
    pytest.param({"connect": True}, {
        "code": "parameter_unknown", "message": "Received unknown parameter: connect", "param": "connect"},
        id="connect"),
    pytest.param({"url": "nowhere"}, {
        "code": "url_invalid", "message": "Invalid URL: An explicit scheme (such as https) must be provided.",
        "param": "url"}, id="url"),
    pytest.param({"disabled": "yes"}, {"message": "Invalid boolean: yes", "param": "disabled"}, id="disabled"),
    pytest.param({"enabled_events": ["nope"]}, {
        "message": f"Invalid enabled_events[0]: {ENUM}", "param": "enabled_events[0]"}, id="events"),
])
def test_refused_updates(api: Api, params: dict[str, Any], error: dict[str, Any]) -> None:
    created = api.post("/v1/webhook_endpoints", url=URL, enabled_events=["*"])
    del created["secret"]
    answer = api.refused("POST", f"/v1/webhook_endpoints/{created['id']}", **params)
    told = {name: value for name, value in answer.error.items() if name not in ("doc_url", "request_log_url", "type")}
    assert (answer.status, told) == (400, error)
    assert api.get(f"/v1/webhook_endpoints/{created['id']}") == created


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_endpoint_is_a_404(api: Api, method: str) -> None:
    answer = api.refused(method, "/v1/webhook_endpoints/we_x")
    assert (answer.status, answer.error["code"], answer.error["param"], answer.error["message"]) == (
        404, "resource_missing", "webhook_endpoint", "No such webhook endpoint: 'we_x'")
