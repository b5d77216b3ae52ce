"""Events as they are read: their JSON, the filters, the refusals."""

from __future__ import annotations

from typing import Any

import pytest

from app.context import Context
from app.db.roots import Account
from app.db.session import Session, entity
from app.events.emit import emit
from app.resources.customers.tables import Customer
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.reference import conforms
from tests.support.wall import NEW_YEAR, Wall


@pytest.fixture
def story(api: Api, wall: Wall) -> dict[str, Any]:
    """A customer is made, an hour later a product, and another hour later the customer is changed."""
    customer = api.post("/v1/customers", name="Jenny")
    wall.advance(3_600)
    product = api.post("/v1/products", name="Gold")
    wall.advance(3_600)
    api.post(f"/v1/customers/{customer['id']}", name="Jenny Rosen")
    return {"customer": customer, "product": product}


def types(page: dict[str, Any]) -> list[str]:
    return [event["type"] for event in page["data"]]


def test_an_event_holds_the_object_as_it_was(api: Api, wall: Wall) -> None:
    customer = api.post("/v1/customers", name="Jenny", metadata={"tier": "gold"})
    [event] = api.get("/v1/events")["data"]
    assert event == {
        "id": event["id"], "object": "event", "api_version": "2022-08-01", "created": NEW_YEAR,
        "data": {"object": customer}, "livemode": False, "pending_webhooks": 0,
        "request": {"id": event["request"]["id"], "idempotency_key": None}, "type": "customer.created",
    }
    assert list(event) == [
        "id", "object", "api_version", "created", "data", "livemode", "pending_webhooks", "request", "type"]
    assert event["id"].startswith("evt_1") and len(event["id"]) == 28
    assert event["request"]["id"].startswith("req_")
    assert api.get(f"/v1/events/{event['id']}") == event
    api.post(f"/v1/customers/{customer['id']}", name="Other")
    assert api.get(f"/v1/events/{event['id']}") == event, "what happened later changed the snapshot"
    conforms(event)


def test_an_update_tells_the_old_values_of_what_changed(api: Api) -> None:
    customer = api.post("/v1/customers", name="Jenny", metadata={"tier": "gold", "since": "2020"})
    changed = api.post(f"/v1/customers/{customer['id']}", name="Jenny Rosen", metadata={"tier": "", "plan": "pro"})
    event = api.get("/v1/events", type="customer.updated")["data"][0]
    assert event["data"] == {
        "object": changed,
        "previous_attributes": {"metadata": {"plan": None, "tier": "gold"}, "name": "Jenny"},
    }
    conforms(event)


def test_the_idempotency_key_of_the_request_is_told(api: Api) -> None:
    answer = api.call("POST", "/v1/customers", headers={"Idempotency-Key": "key-1"})
    [event] = api.get("/v1/events")["data"]
    assert event["request"] == {"id": answer.headers["Request-Id"], "idempotency_key": "key-1"}


def test_what_time_did_has_no_request(api: Api, server: Server) -> None:
    customer = api.post("/v1/customers")
    with server.database.writing() as session:
        [row] = session.rows(Customer, entity(Customer).where(Customer.id == customer["id"]))
        emit(Context(session, server.database.ids, row.account_id, NEW_YEAR), "customer.updated", row)
    event = api.get("/v1/events", type="customer.updated")["data"][0]
    assert event["request"] == {"id": None, "idempotency_key": None}


def test_the_events_of_a_connected_account_are_its_own(api: Api, server: Server) -> None:
    customer = api.post("/v1/customers")
    with server.database.writing() as session:
        [row] = session.rows(Customer, entity(Customer).where(Customer.id == customer["id"]))
        connected = f"acct_{customer['id']}"
        session.add(Account(id=connected, platform_id=row.account_id, created=NEW_YEAR, country="US",
                            default_currency="usd", choices={}, metadata_={}))
    header = {"Stripe-Account": connected}
    api.call("POST", "/v1/customers", headers=header)
    [event] = api.call("GET", "/v1/events", headers=header).body["data"]
    assert event["account"] == connected
    conforms(event)
    assert api.call("GET", f"/v1/events/{event['id']}", headers=header).body == event
    assert api.refused("GET", f"/v1/events/{event['id']}").status == 404
    assert len(api.events()) == 1


@pytest.mark.parametrize(("filters", "expected"), [
    pytest.param({}, ["customer.updated", "product.created", "customer.created"], id="none"),
    pytest.param({"type": "customer.created"}, ["customer.created"], id="type"),
    pytest.param({"type": "customer.*"}, ["customer.updated", "customer.created"], id="wildcard_at_the_end"),
    pytest.param({"type": "*.created"}, ["product.created", "customer.created"], id="wildcard_at_the_start"),
    pytest.param({"type": "c*d"}, ["customer.updated", "customer.created"], id="wildcard_inside"),
    pytest.param({"type": "*"}, ["customer.updated", "product.created", "customer.created"], id="wildcard_alone"),
    pytest.param({"type": "invoice.*"}, [], id="wildcard_for_nothing_that_happened"),
    pytest.param({"type": "nonsense.*"}, [], id="wildcard_for_nothing_that_exists"),
    pytest.param({"type": "nonsense"}, [], id="unknown_type"),
    pytest.param({"type": "customer_created"}, [], id="underscore_is_no_wildcard"),
    pytest.param({"types": ["product.created", "customer.created", "product.created"]},
                 ["product.created", "customer.created"], id="types"),
    pytest.param({"types": ["product.*"]}, [], id="types_take_no_wildcard"),
    pytest.param({"created": NEW_YEAR + 3_600}, ["product.created"], id="created_at"),
    pytest.param({"created": {"gt": NEW_YEAR}}, ["customer.updated", "product.created"], id="created_after"),
    pytest.param({"created": {"gte": NEW_YEAR, "lt": NEW_YEAR + 7_200}, "type": "customer.*"}, ["customer.created"],
                 id="created_between_and_wildcard"),
    pytest.param({"delivery_success": True}, ["customer.updated", "product.created", "customer.created"],
                 id="delivered"),
    pytest.param({"delivery_success": False}, [], id="undelivered"),
])
def test_the_filters_of_the_list(api: Api, story: dict[str, Any], filters: dict[str, Any], expected: list[str]) -> None:
    assert types(api.get("/v1/events", **filters)) == expected


def test_delivery_success_tells_apart_what_some_endpoint_has_not_had(api: Api, story: dict[str, Any]) -> None:
    api.post("/v1/webhook_endpoints", url="http://127.0.0.1:1/", enabled_events=["product.created"])
    product = api.post("/v1/products", name="Silver")
    customer = api.post("/v1/customers")
    [waiting] = api.get("/v1/events", delivery_success=False)["data"]
    assert (waiting["data"]["object"]["id"], waiting["pending_webhooks"]) == (product["id"], 1)
    assert types(api.get("/v1/events", delivery_success=False, type="*.created")) == ["product.created"]
    delivered = api.get("/v1/events", delivery_success=True, type="*.created")
    assert [event["data"]["object"]["id"] for event in delivered["data"]] == [
        customer["id"], story["product"]["id"], story["customer"]["id"]]


def test_a_page_of_several_types_goes_on_where_the_last_one_ended(api: Api, wall: Wall) -> None:
    # All within one second: the order is that of insertion, across the types.
    for index in range(6):
        api.post("/v1/products" if index % 2 else "/v1/customers", name=f"number {index}")
    for filters in ({"type": "*.created"}, {"types": ["customer.created", "product.created"]}, {}):
        first = api.get("/v1/events", limit=4, **filters)
        second = api.get("/v1/events", limit=4, starting_after=first["data"][-1]["id"], **filters)
        names = [event["data"]["object"]["name"] for event in first["data"] + second["data"]]
        assert names == [f"number {index}" for index in reversed(range(6))]
        assert (first["has_more"], second["has_more"]) == (True, False)
        before = api.get("/v1/events", limit=2, ending_before=first["data"][3]["id"], **filters)
        assert before["data"] == first["data"][1:3]
        assert before["has_more"]


def test_expanding_data_of_the_list_changes_nothing(api: Api) -> None:
    api.post("/v1/customers")
    assert api.get("/v1/events", expand=["data"]) == api.get("/v1/events")


@pytest.mark.parametrize(("path", "params", "status", "error"), [
    pytest.param("/v1/events/evt_x", {}, 404, {
        "code": "resource_missing", "message": "No such event: 'evt_x'", "param": "id"}, id="unknown_id"),
    pytest.param("/v1/events", {"starting_after": "evt_x"}, 400, {
        "code": "resource_missing", "message": "No such event: 'evt_x'", "param": "starting_after"},
        id="unknown_cursor"),
    pytest.param("/v1/events", {"type": "a", "types": ["b"]}, 400, {
        "message": "You may only specify one of these parameters: type, types."}, id="type_and_types"),
    pytest.param("/v1/events", {"types": [f"type.{index}" for index in range(21)]}, 400, {
        "message": "Array types exceeded maximum 20 allowed elements.", "param": "types"}, id="too_many_types"),
    pytest.param("/v1/events", {"types": "customer.created"}, 400, {
        "message": "Invalid array", "param": "types"}, id="types_is_no_list"),
    pytest.param("/v1/events", {"delivery_success": "maybe"}, 400, {
        "message": "Invalid boolean: maybe", "param": "delivery_success"}, id="delivery_success"),
    pytest.param("/v1/events", {"created": "yesterday"}, 400, {
        "code": "parameter_invalid_integer", "message": "Invalid integer: yesterday", "param": "created"},
        id="created"),
    pytest.param("/v1/events", {"related_object": "cus_1"}, 400, {
        "code": "parameter_unknown", "message": "Received unknown parameter: related_object",
        "param": "related_object"}, id="unknown_parameter"),
    pytest.param("/v1/events", {"expand": ["data.type"]}, 400, {
        "message": "This property cannot be expanded (type)."}, id="not_expandable"),
])
def test_refusals(api: Api, path: str, params: dict[str, Any], status: int, error: dict[str, Any]) -> None:
    answer = api.refused("GET", path, **params)
    told = {name: value for name, value in answer.error.items() if name not in ("doc_url", "request_log_url", "type")}
    assert (answer.status, told, answer.error["type"]) == (status, error, "invalid_request_error")


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_events_are_only_read(api: Api, method: str) -> None:
    answer = api.call(method, "/v1/events")
    assert answer.status == 404
    assert answer.error["message"].startswith(f"Unrecognized request URL ({method}: /v1/events).")


def test_a_list_is_read_with_one_statement_however_long_it_is(
        api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        api.post("/v1/customers")
    statements: list[str] = []
    run = Session._run

    def recording(self: Session, sql: str, values: Any) -> Any:
        statements.append(sql)
        return run(self, sql, values)

    monkeypatch.setattr(Session, "_run", recording)
    assert len(api.get("/v1/events", type="*.created")["data"]) == 5
    assert len([sql for sql in statements if "FROM events" in sql]) == 1
