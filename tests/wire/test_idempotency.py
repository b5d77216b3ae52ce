"""One key, one execution: replays, mismatches, keys in use, and what is not kept."""

from __future__ import annotations

import pytest

import app.wire.idempotency
from app.db.roots import Account
from app.db.session import entity
from app.wire.endpoint import Server
from app.wire.tables import IdempotencyKey
from tests.support.api import Answer, Api
from tests.support.rows import row_counts
from tests.support.wall import Wall

DAY = 86_400


def post(api: Api, key: str, path: str = "/v1/customers", headers: dict[str, str] | None = None,
         **params: object) -> Answer:
    return api.call("POST", path, params, {"Idempotency-Key": key} | (headers or {}))


def kept(server: Server, key: str) -> list[IdempotencyKey]:
    with server.database.reading() as session:
        return session.rows(IdempotencyKey, entity(IdempotencyKey).where(IdempotencyKey.key == key))


def test_a_repeated_call_gets_the_first_answer_and_does_nothing(api: Api) -> None:
    first = post(api, "twice", email="jenny@example.com", metadata={"b": "2", "a": "1"})
    before = row_counts(api.server)
    second = post(api, "twice", metadata={"a": "1", "b": "2"}, email="jenny@example.com")
    assert (second.status, second.body) == (200, first.body)
    assert row_counts(api.server) == before
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Original-Request"] == first.headers["Request-Id"] != second.headers["Request-Id"]
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"] == "twice"
    assert "Idempotent-Replayed" not in first.headers and "Original-Request" not in first.headers


def test_a_replay_is_the_first_answer_to_the_byte_whatever_happened_since(api: Api) -> None:
    client = api.server.flask.test_client()
    headers = {"Authorization": f"Bearer {api.key}", "Idempotency-Key": "bytes"}
    first = client.post("/v1/customers", headers=headers)
    api.post(f"/v1/customers/{first.json['id']}", name="changed")
    assert client.post("/v1/customers", headers=headers).data == first.data


def test_the_event_of_a_call_names_its_key(api: Api) -> None:
    answer = post(api, "named")
    (event,) = api.events()
    assert event["request"] == {"id": answer.headers["Request-Id"], "idempotency_key": "named"}


@pytest.mark.parametrize("change", [
    {"email": "other@example.com"}, {"email": None}, {"name": "x"}, {"expand": ["test_clock"]}])
def test_a_key_with_other_parameters_is_refused(api: Api, change: dict[str, object]) -> None:
    first = post(api, "other", email="jenny@example.com")
    before = row_counts(api.server)
    answer = post(api, "other", **({"email": "jenny@example.com"} | change))
    assert (answer.status, answer.error["type"], answer.error["message"]) == (
        400, "idempotency_error",
        "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a "
        "key other than 'other' if you meant to execute a different request.")
    assert "Idempotent-Replayed" not in answer.headers
    assert row_counts(api.server) == before
    assert post(api, "other", email="jenny@example.com").body == first.body


def test_a_key_on_another_path_is_refused(api: Api) -> None:
    customer = post(api, "path").body["id"]
    answer = post(api, "path", path=f"/v1/customers/{customer}")
    assert (answer.status, answer.error["type"], answer.error["message"]) == (
        400, "idempotency_error",
        "Keys for idempotent requests can only be used for the same endpoint they were first used for ('/v1/customers' "
        f"vs '/v1/customers/{customer}'). Try using a key other than 'path' if you meant to execute a different "
        "request.")


def test_keys_belong_to_an_account(api: Api) -> None:
    own = api.get("/v1/account")["id"]
    with api.server.database.writing() as session:
        connected = session.add(Account(
            id=f"acct_idem{own[5:]}", platform_id=own, created=1, country="US", default_currency="usd", choices={},
            metadata_={})).id
    stranger = Api(api.server)
    ids = {post(api, "shared").body["id"], post(stranger, "shared").body["id"],
           post(api, "shared", headers={"Stripe-Account": connected}).body["id"]}
    assert len(ids) == 3
    assert post(api, "shared", headers={"Stripe-Account": own}).body["id"] in ids


def test_a_key_ends_with_its_day(api: Api, wall: Wall) -> None:
    first = post(api, "day").body["id"]
    wall.advance(DAY - 1)
    assert post(api, "day").body["id"] == first
    wall.advance(1)
    again = post(api, "day", email="other@example.com")
    assert again.status == 200 and again.body["id"] != first
    assert "Idempotent-Replayed" not in again.headers
    wall.advance(DAY - 1)
    assert post(api, "day", email="other@example.com").body == again.body


@pytest.mark.parametrize(("method", "key", "statuses"), [
    ("GET", "only", [200, 200]), ("GET", "x" * 300, [200, 200]), ("DELETE", "only", [200, 404])])
def test_only_a_post_heeds_a_key(api: Api, method: str, key: str, statuses: list[int]) -> None:
    customer = post(api, "only").body["id"]
    answers = [api.call(method, f"/v1/customers/{customer}", headers={"Idempotency-Key": key}) for _ in range(2)]
    assert [answer.status for answer in answers] == statuses
    for answer in answers:
        assert "Idempotency-Key" not in answer.headers and "Idempotent-Replayed" not in answer.headers


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_of_no_use_is_refused(api: Api, key: str) -> None:
    api.get("/v1/account")
    before = row_counts(api.server)
    answer = post(api, key)
    assert (answer.status, answer.error["message"]) == (
        400, f"Idempotency keys have 1 to 255 ASCII characters, but this one has {len(key)}.")
    assert "Idempotency-Key" not in answer.headers
    assert row_counts(api.server) == before
    assert kept(api.server, key) == []


def test_a_key_is_any_text_of_up_to_255_characters(api: Api) -> None:
    for key in ("x" * 255, "'; DROP TABLE customers; --", "%s %(name)s ?", " inner space ".strip(), "0"):
        first = post(api, key)
        assert (first.status, first.headers["Idempotency-Key"]) == (200, key)
        assert post(api, key).body == first.body


# What is kept, and what is not


def test_a_refusal_of_the_endpoint_is_kept(api: Api) -> None:
    first = post(api, "missing", path="/v1/customers/cus_x", name="a")
    second = post(api, "missing", path="/v1/customers/cus_x", name="a")
    assert first.status == second.status == 404
    assert second.body == first.body
    assert second.headers["Original-Request"] == first.headers["Request-Id"]
    assert post(api, "missing", path="/v1/customers/cus_x", name="b").error["type"] == "idempotency_error"


def test_a_decline_is_kept_and_the_card_is_not_tried_again(api: Api) -> None:
    customer = api.post("/v1/customers")["id"]
    params = {"type": "card", "card": {"number": "4000000000000002", "exp_month": 12, "exp_year": 2030}}
    method = api.post("/v1/payment_methods", **params)["id"]
    path = f"/v1/payment_methods/{method}/attach"
    first = post(api, "decline", path=path, customer=customer)
    before = row_counts(api.server)
    second = post(api, "decline", path=path, customer=customer)
    assert (first.status, second.status) == (402, 402)
    assert second.body == first.body and second.headers["Idempotent-Replayed"] == "true"
    assert row_counts(api.server) == before


@pytest.mark.parametrize("params", [{"balance": "x"}, {"nonsense": "1"}, {"metadata": {"k" * 41: "v"}}])
def test_wrong_parameters_use_up_no_key(api: Api, params: dict[str, object]) -> None:
    for _ in range(2):
        answer = post(api, "params", **params)
        assert answer.status == 400 and "Idempotent-Replayed" not in answer.headers
    assert post(api, "params", name="right").body["name"] == "right"


def test_no_refusal_on_the_way_uses_up_a_key(api: Api) -> None:
    api.get("/v1/account")
    own = api.key
    for headers, status in (({"Authorization": ""}, 401), ({"Stripe-Account": "acct_x"}, 403),
                            ({"Stripe-Version": "x"}, 400), ({"Content-Type": "application/json"}, 400)):
        assert post(api, f"way {own}", headers=headers, name="a").status == status
    assert post(api, f"way {own}", path="/v1/nope").status == 404
    assert kept(api.server, f"way {own}") == []


def test_an_advancing_clock_uses_up_no_key(api: Api) -> None:
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=1_672_531_200)["id"]
    customer = api.post("/v1/customers", test_clock=clock)["id"]
    api.post(f"/v1/test_helpers/test_clocks/{clock}/advance", frozen_time=1_672_534_800)
    busy = post(api, "advancing", path=f"/v1/customers/{customer}", name="a")
    assert (busy.status, busy.error["code"]) == (429, "rate_limit")
    assert "Stripe-Should-Retry" not in busy.headers
    api.server.worker.run_due()
    assert post(api, "advancing", path=f"/v1/customers/{customer}", name="a").body["name"] == "a"


def test_a_bug_is_kept_as_stripe_keeps_it_and_leaves_nothing_behind(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.get("/v1/account")
    before = row_counts(api.server)
    with monkeypatch.context() as broken:
        broken.setattr("app.resources.customers.operations.changing.emit", _fail)
        first = post(api, "bug", name="a")
    assert (first.status, first.error["type"]) == (500, "api_error")
    assert first.error["message"] == "An error occurred on our end."
    assert row_counts(api.server) == before
    second = post(api, "bug", name="a")
    assert (second.status, second.body, second.headers["Idempotent-Replayed"]) == (500, first.body, "true")


def _fail(*_: object) -> None:
    raise ZeroDivisionError


def test_a_key_that_cannot_be_kept_changes_no_refusal(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.wire.idempotency.Attempt, "remember", _fail)
    answer = post(api, "unkept", path="/v1/customers/cus_x")
    assert (answer.status, answer.error["code"]) == (404, "resource_missing")


# Keys in use


def test_a_key_in_use_is_refused_and_can_be_used_afterwards(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.resources.customers import operations

    twins: list[Answer] = []
    create = operations.create_customer

    def create_while_the_twin_arrives(*args: object) -> object:
        if not twins:
            twins.append(post(Api(api.server, api.key), "busy"))
        return create(*args)  # type: ignore[arg-type]

    api.get("/v1/account")
    monkeypatch.setattr(operations, "create_customer", create_while_the_twin_arrives)
    first = post(api, "busy")
    (twin,) = twins
    assert (twin.status, twin.error["type"], twin.error["code"]) == (409, "idempotency_error", "idempotency_key_in_use")
    assert twin.error["message"] == (
        "There is currently another in-progress request using this Idempotent Key (that probably means you submitted "
        "twice, and the other request is still going through): busy. Please try again later.")
    assert post(api, "busy").body == first.body
    assert len(api.get("/v1/customers")["data"]) == 1
