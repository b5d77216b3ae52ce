"""What holds for every endpoint: keys, headers, bodies, routes, and the shape of a refusal."""

from __future__ import annotations

import io
import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.clock.now import wall_seconds
from app.config import Config
from app.control.keys import create_key, revoke_key
from app.db.database import Database
from app.db.roots import Account
from app.factory import create_app
from app.wire.endpoint import Server
from tests.support.api import Answer, Api
from tests.support.rows import everything, row_counts

NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth "
    "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we "
    "can help at https://support.stripe.com/."
)
SEE_DOCS = "Please see https://stripe.com/docs or we can help at https://support.stripe.com/."
NO_ID = (
    "If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure "
    "you passed a valid (non-empty) identifier in your code. "
)


def basic(key: str) -> str:
    return "Basic " + b64encode(f"{key}:".encode()).decode()


def refused(api: Api, method: str, path: str, headers: dict[str, str] | None = None,
            body: bytes | None = None) -> Answer:
    """A call that must be refused, write nothing and emit nothing."""
    api.get("/v1/account")
    before = row_counts(api.server)
    answer = api.call(method, path, headers=headers, body=body)
    assert answer.status >= 400
    assert row_counts(api.server) == before
    return answer


def told(answer: Answer) -> tuple[int, str, str | None, str | None]:
    error = answer.error
    return answer.status, error["message"], error.get("code"), error.get("param")


# Keys


@pytest.mark.parametrize("scheme", ["Bearer {}", "bearer {}", "BEARER   {}"])
def test_a_key_can_be_sent_as_bearer_token(api: Api, scheme: str) -> None:
    own = api.get("/v1/account")["id"]
    assert api.call("GET", "/v1/account", headers={"Authorization": scheme.format(api.key)}).body["id"] == own


def test_a_key_can_be_sent_as_user_name(api: Api) -> None:
    own = api.get("/v1/account")["id"]
    assert api.call("GET", "/v1/account", headers={"Authorization": basic(api.key)}).body["id"] == own
    with_password = "Basic " + b64encode(f"{api.key}:secret".encode()).decode()
    assert api.call("GET", "/v1/account", headers={"Authorization": with_password}).body["id"] == own


@pytest.mark.parametrize("authorization", [
    "", "Bearer", "Bearer ", "Basic", "Basic !!!", "Basic \xe9", basic(""), "Basic /w==", "Digest sk_test_1",
    "sk_test_notaschemeatall",
])
def test_a_call_without_a_key_is_told_how_to_send_one(api: Api, authorization: str) -> None:
    answer = refused(api, "GET", "/v1/customers", {"Authorization": authorization})
    assert told(answer) == (401, NO_KEY, None, None)
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Stripe"'
    assert answer.error["type"] == "invalid_request_error"


@pytest.mark.parametrize(("key", "shown"), [
    ("not_a_key", "not_a_ke****"),
    ("sk_test_", "sk_test_****"),
    ("sk_test-1234", "sk_test-****"),
    ("sk_test_a b_c-d_é_1234", "sk_test_a b*******1234"),
    ("rk_test_neverseen1234", "rk_test_nev******1234"),
    ("pk_test_neverseen1234", "pk_test_nev******1234"),
    ("sk_test_" + "x" * 300, "sk_test_xxx" + "*" * 293 + "xxxx"),
])
def test_a_key_that_opens_nothing_is_refused_and_starred(api: Api, key: str, shown: str) -> None:
    answer = refused(api, "GET", "/v1/customers", {"Authorization": basic(key)})
    assert told(answer) == (401, f"Invalid API Key provided: {shown}", None, None)
    assert key == "sk_test_" or key not in json.dumps(answer.body, ensure_ascii=False)


@pytest.mark.parametrize("prefix", ["sk", "rk", "pk"])
def test_a_live_key_is_refused_and_kept_nowhere(fresh_server: Server, prefix: str) -> None:
    api = Api(fresh_server)
    key = f"{prefix}_live_51HdSecretSecretSecret"
    answer = refused(api, "POST", "/v1/customers", {"Authorization": f"Bearer {key}"})
    assert told(answer)[:2] == (401, f"Invalid API Key provided: {prefix}_live_51H***************cret. Billyard has no "
                                     f"live mode: use a key that starts with {prefix}_test_.")
    assert "51HdSecret" not in everything(fresh_server)


def test_an_unseen_key_opens_its_own_empty_account(server: Server) -> None:
    first, second = Api(server), Api(server)
    first.post("/v1/customers", email="jenny@example.com")
    assert second.get("/v1/customers")["data"] == []
    assert first.get("/v1/account")["id"] != second.get("/v1/account")["id"]
    assert Api(server, first.key).get("/v1/account")["id"] == first.get("/v1/account")["id"]
    customer = first.get("/v1/customers")["data"][0]["id"]
    assert told(second.refused("GET", f"/v1/customers/{customer}")) == (
        404, f"No such customer: '{customer}'", "resource_missing", "id")


def test_keys_are_stored_as_digests(fresh_server: Server) -> None:
    api = Api(fresh_server, "sk_test_51HdNeverStoredAsText")
    api.post("/v1/customers", email="jenny@example.com")
    stored = everything(fresh_server)
    assert "NeverStored" not in stored
    assert "sk_test_51H**************Text" in stored


def test_a_setting_keeps_unseen_keys_out(migrated: Callable[[Path], str], tmp_path: Path) -> None:
    config = Config(database_url=migrated(tmp_path), open_sandboxes=False, embedded_worker=False, request_log=False)
    server: Server = create_app(config).extensions["billyard"]
    try:
        stranger = Api(server, "sk_test_strangerstranger")
        answer = stranger.call("GET", "/v1/customers")
        assert told(answer) == (401, "Invalid API Key provided: sk_test_str*********nger", None, None)
        assert row_counts(server)["accounts"] == 0
        made = create_key(server.database, config)
        assert Api(server, made["key"]).get("/v1/customers")["data"] == []
    finally:
        server.database.close()


def test_restricted_keys_work_and_publishable_ones_do_not(api: Api) -> None:
    own = api.get("/v1/account")["id"]
    for kind in ("rk", "pk"):
        made = create_key(api.server.database, api.server.config, kind=kind, account=own)
        answer = api.call("GET", "/v1/account", headers={"Authorization": f"Bearer {made['key']}"})
        if kind == "rk":
            assert answer.body["id"] == own
        else:
            assert (answer.status, answer.error["code"]) == (401, "secret_key_required")
            assert answer.error["doc_url"] == "https://stripe.com/docs/error-codes/secret-key-required"


def test_a_revoked_key_dies_within_a_second(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = 1_000.0
    monkeypatch.setattr("app.wire.auth.stopwatch", lambda: moment)
    made = create_key(api.server.database, api.server.config)
    holder = Api(api.server, made["key"])
    holder.get("/v1/customers")
    revoke_key(api.server.database, made["id"])
    moment += 0.99
    assert holder.call("GET", "/v1/customers").status == 200
    moment += 0.01
    answer = holder.call("GET", "/v1/customers")
    assert (answer.status, answer.error["message"][:25]) == (401, "Invalid API Key provided:")


# Stripe-Account


def test_the_own_account_may_be_named(api: Api) -> None:
    own = api.get("/v1/account")["id"]
    answer = api.call("POST", "/v1/customers", headers={"Stripe-Account": own})
    assert (answer.status, answer.headers["Stripe-Account"]) == (200, own)
    assert [each["id"] for each in api.get("/v1/customers")["data"]] == [answer.body["id"]]


def test_a_connected_account_has_rows_of_its_own(api: Api) -> None:
    platform = api.get("/v1/account")["id"]
    with api.server.database.writing() as session:
        connected = session.add(Account(
            id=f"acct_of{platform[5:]}", platform_id=platform, created=wall_seconds(), country="US",
            default_currency="usd", choices={}, metadata_={})).id
    answer = api.call("POST", "/v1/customers", headers={"Stripe-Account": connected})
    assert (answer.status, answer.headers["Stripe-Account"]) == (200, connected)
    assert api.get("/v1/customers")["data"] == []
    listed = api.call("GET", "/v1/customers", headers={"Stripe-Account": connected}).body["data"]
    assert [each["id"] for each in listed] == [answer.body["id"]]
    stranger = Api(api.server)
    assert stranger.call("GET", "/v1/customers", headers={"Stripe-Account": connected}).status == 403


@pytest.mark.parametrize("named", ["acct_unknown", "", "cus_123", "acct_' OR 1=1 --"])
def test_an_account_that_the_key_has_no_access_to_is_refused(api: Api, named: str) -> None:
    answer = refused(api, "POST", "/v1/customers", {"Stripe-Account": named})
    starred = api.key[:11] + "*" * (len(api.key) - 15) + api.key[-4:]
    assert told(answer) == (
        403, f"The provided key '{starred}' does not have access to account '{named}' (or that account does not exist)."
             " Application access may have been revoked.", "account_invalid", None)
    assert "Stripe-Account" not in answer.headers


# Stripe-Version


@pytest.mark.parametrize("version", [
    "2020-08-27", "2022-08-01", "2022-11-15", "2025-02-24.acacia", "2026-10-28.endive", "2011-01-01",
    "2022-08-01; orders_beta=v4", "2022-08-01;orders_beta=v4; server_side_confirmation_beta=v1",
])
def test_any_date_is_taken_as_version_and_echoed(api: Api, version: str) -> None:
    answer = api.call("GET", "/v1/account", headers={"Stripe-Version": version})
    assert (answer.status, answer.headers["Stripe-Version"]) == (200, version)


@pytest.mark.parametrize("version", ["", "latest", "2022-8-1", "2022-13-01", "2022-02-30", "20220801", "2022-08-01.",
                                     "2022-08-01.A", "2022-08-01T00:00", "0000-01-01"])
def test_what_is_no_date_is_no_version(api: Api, version: str) -> None:
    answer = refused(api, "POST", "/v1/customers", {"Stripe-Version": version})
    assert told(answer) == (400, f"Invalid Stripe API version: {version}", None, None)
    assert answer.headers["Stripe-Version"] == "2022-08-01"


# Every answer


def test_every_answer_has_its_request_id_and_json(api: Api) -> None:
    client = api.server.flask.test_client()
    seen = set()
    for path, headers in (("/v1/account", {"Authorization": basic(api.key)}), ("/v1/foo", {}), ("/v1/account", {})):
        reply = client.get(path, headers=headers)
        assert reply.headers["Content-Type"] == "application/json"
        assert re.fullmatch(r"req_[0-9A-Za-z]{14}", reply.headers["Request-Id"])
        assert reply.headers["Stripe-Version"] == "2022-08-01"
        assert reply.data.decode() == json.dumps(reply.json, indent=2, ensure_ascii=False) + "\n"
        seen.add(reply.headers["Request-Id"])
    assert len(seen) == 3


def test_a_refusal_has_the_members_of_the_envelope_in_order(api: Api) -> None:
    answer = api.refused("GET", "/v1/customers/cus_x")
    assert list(answer.body) == ["error"]
    assert list(answer.error.items()) == [
        ("code", "resource_missing"),
        ("doc_url", "https://stripe.com/docs/error-codes/resource-missing"),
        ("message", "No such customer: 'cus_x'"),
        ("param", "id"),
        ("request_log_url", f"https://dashboard.stripe.com/test/logs/{answer.headers['Request-Id']}"),
        ("type", "invalid_request_error"),
    ]


def test_problems_are_told_in_the_order_of_evaluation(api: Api) -> None:
    worst = {"Authorization": "", "Stripe-Account": "acct_x", "Stripe-Version": "x"}
    body = b"customer=cus_x&nonsense=1&items[0][bogus]=1&trial_end=x"
    own = {"Stripe-Account": api.get("/v1/account")["id"], "Stripe-Version": "2022-08-01"}
    assert refused(api, "POST", "/v1/nope", worst).status == 401
    worst["Authorization"] = f"Bearer {api.key}"
    assert refused(api, "POST", "/v1/nope", worst).status == 403
    assert told(refused(api, "POST", "/v1/nope", worst | own, body))[1].startswith("Unrecognized request URL")
    assert told(refused(api, "POST", "/v1/subscriptions", own, body)) == (
        400, "Received unknown parameters: nonsense, items[0][bogus]", "parameter_unknown", "nonsense")
    assert told(refused(api, "POST", "/v1/subscriptions", own, b"customer=cus_x&trial_end=x"))[3] == "trial_end"
    assert told(refused(api, "POST", "/v1/subscriptions", own, b"customer=cus_x&items[0][price]=price_x")) == (
        400, "No such customer: 'cus_x'", "resource_missing", "customer")


# Routes


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/v1/foo"), ("GET", "/v1"), ("POST", "/v2/core/accounts"), ("PUT", "/v1/customers"),
    ("PATCH", "/v1/customers/cus_1"), ("OPTIONS", "/v1/customers"), ("DELETE", "/v1/customers"),
    ("TRACE", "/v1/customers"), ("POST", "/v1/events"),
    ("HACK", "/v1/customers"), ("GET", "/V1/customers"), ("GET", "/v1/foo/../customers"),
])
def test_an_unknown_route_is_named(api: Api, method: str, path: str) -> None:
    answer = refused(api, method, path)
    assert told(answer) == (404, f"Unrecognized request URL ({method}: {path}). {SEE_DOCS}", None, None)
    assert answer.error["type"] == "invalid_request_error"


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/v1/customers/"), ("POST", "/v1/customers/"), ("DELETE", "/v1/customers/"),
    ("GET", "/v1/customers//payment_methods"), ("POST", "/v1/subscription_schedules//cancel"),
])
def test_an_empty_id_is_no_route_of_another_kind(api: Api, method: str, path: str) -> None:
    answer = refused(api, method, path)
    assert told(answer) == (404, f"Unrecognized request URL ({method}: {path}). {NO_ID}{SEE_DOCS}", None, None)


def test_head_is_a_get_without_its_body(api: Api) -> None:
    reply = api.server.flask.test_client().head("/v1/customers", headers={"Authorization": f"Bearer {api.key}"})
    assert (reply.status_code, reply.data) == (200, b"")
    assert reply.headers["Content-Length"] == str(len(
        b'{\n  "object": "list",\n  "data": [],\n  "has_more": false,\n  "url": "/v1/customers"\n}\n'))


def test_an_id_in_the_path_is_any_text(api: Api) -> None:
    for sent, meant in (("%C3%A9", "é"), ("%FF", "\ufffd"), ("a%20b", "a b"), ("..", ".."), ("%27;--", "';--")):
        assert told(refused(api, "GET", f"/v1/customers/{sent}"))[1] == f"No such customer: '{meant}'"
    assert told(refused(api, "DELETE", "/v1/customers/%C3%A9/x"))[1].startswith(
        "Unrecognized request URL (DELETE: /v1/customers/é/x).")
    assert told(refused(api, "GET", "/v1/customers/cus%00x"))[1] == "Invalid request: NUL characters are not accepted."
    assert refused(api, "POST", "/v1/customers/" + "x" * 5_000).status == 404


# Bodies


def test_a_post_needs_no_body_and_no_content_type(api: Api) -> None:
    environ: dict[str, Any] = {"Authorization": f"Bearer {api.key}"}
    assert api.server.flask.test_client().post("/v1/customers", headers=environ).status_code == 200


@pytest.mark.parametrize("content_type", [
    "application/json", "application/JSON; charset=utf-8", "multipart/form-data; boundary=x"])
def test_only_forms_are_read(api: Api, content_type: str) -> None:
    answer = refused(api, "POST", "/v1/customers", {"Content-Type": content_type}, b'{"email": "jenny@example.com"}')
    kind = content_type.partition(";")[0].lower()
    assert told(answer)[:2] == (400, "Your request body must be form-encoded (Content-Type: "
                                     f"application/x-www-form-urlencoded), not {kind}.")


def test_query_and_body_are_both_read_and_the_body_counts(api: Api) -> None:
    answer = api.call("POST", "/v1/customers?name=Query&email=query@example.com", body=b"name=Body&metadata[a]=1")
    assert {name: answer.body[name] for name in ("name", "email", "metadata")} == {
        "name": "Body", "email": "query@example.com", "metadata": {"a": "1"}}


def test_a_delete_reads_its_body_and_a_get_does_not(api: Api) -> None:
    customer = api.post("/v1/customers")["id"]
    client = api.server.flask.test_client()
    headers = {"Authorization": f"Bearer {api.key}", "Content-Type": "application/x-www-form-urlencoded"}
    reply = client.delete(f"/v1/customers/{customer}", headers=headers, data=b"nonsense=1")
    assert (reply.status_code, reply.json["error"]["message"]) == (400, "Received unknown parameter: nonsense")
    assert client.get(f"/v1/customers/{customer}", headers=headers, data=b"nonsense=1").status_code == 200


@pytest.mark.parametrize(("body", "message"), [
    (b"email=a%00b", "Invalid request: NUL characters are not accepted."),
    (b"email=a\0b", "Invalid request: NUL characters are not accepted."),
    (b"email=%ff", "Invalid request: parameters must be encoded in UTF-8."),
    (b"email=\xff\xfe", "Invalid request: parameters must be encoded in UTF-8."),
    (b"email=%ED%A0%80", "Invalid request: parameters must be encoded in UTF-8."),
    (b"email=%zz", "Invalid request: malformed percent-encoding: %zz"),
    (b"a" + b"[b]" * 10_000 + b"=1", "Parameters are nested too deeply: at most 12 levels are accepted."),
    (b"[" * 10_000 + b"=1", "Parameters are nested too deeply: at most 12 levels are accepted."),
    (b"&" * 2_000, "Request holds too many parameters: at most 2000 are accepted."),
    (b"metadata[a]=1&metadata=2", "Invalid request: 'metadata' is sent both as a value and as a hash or list."),
    (b"balance=" + b"9" * 5_000, "Invalid integer: " + "9" * 500 + "..."),
    (b"balance=9223372036854775808", "Invalid integer: 9223372036854775808"),
    (b"balance=-9223372036854775809", "Invalid integer: -9223372036854775809"),
    (b"balance=1e3", "Invalid integer: 1e3"),
    (b"balance[a]=1&balance[b]=x", 'Invalid integer: {"a":"1","b":"x"}'),
    (b"next_invoice_sequence=-1", "The next invoice sequence can only be raised."),
    (b"{}", "Received unknown parameter: {}"),
    (b"\xef\xbb\xbfemail=a", "Received unknown parameter: \ufeffemail. Did you mean email?"),
])
def test_a_hostile_body_is_refused_cleanly(api: Api, body: bytes, message: str) -> None:
    assert told(refused(api, "POST", "/v1/customers", body=body))[:2] == (400, message)


@pytest.mark.parametrize("query", [
    "email=%00", "email=%ff", "email=%zz", "a" + "[b]" * 1_000, "&" * 2_000, "{}=", "limit=" + "9" * 5_000, "limit=1.5",
    "created[gte]=x", "created=", "starting_after="])
def test_a_hostile_query_is_refused_cleanly(api: Api, query: str) -> None:
    assert refused(api, "GET", f"/v1/customers?{query}").status == 400


def test_a_body_may_be_as_long_as_the_limit_and_no_longer(api: Api) -> None:
    limit = api.server.form_limits.body_bytes
    exact = refused(api, "POST", "/v1/customers", body=b"name=" + b"x" * (limit - 5))
    assert told(exact)[:2] == (400, "Invalid string: xxxx...xxxx; must be at most 256 characters")
    for size in (limit + 1, 10_000_000):
        answer = refused(api, "POST", "/v1/customers", body=b"name=" + b"x" * (size - 5))
        assert told(answer)[:2] == (413, "Request body is too large: at most 1048576 bytes are accepted.")


class Wire:
    """A body as a server hands it out: whoever asks for more than there is would wait for ever."""

    def __init__(self, body: bytes, closed: bool = False) -> None:
        self._body, self._closed = io.BytesIO(body), closed
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        part = self._body.read(size)
        assert self._closed or (size >= 0 and len(part) == size), "the server would hang here"
        self.taken += len(part)
        return part


def sent(api: Api, body: Wire, **environ: Any) -> Answer:
    headers = {"Authorization": f"Bearer {api.key}"}
    reply = api.server.flask.test_client().post(
        "/v1/customers", headers=headers, environ_overrides={"wsgi.input": body} | environ)
    return Answer(reply.status_code, reply.json, reply.headers)


def test_exactly_one_body_is_read(api: Api) -> None:
    body = Wire(b"name=Jenny" + b"POST /v1/customers")
    assert sent(api, body, CONTENT_LENGTH="10").body["name"] == "Jenny"
    limit = api.server.form_limits.body_bytes
    endless = Wire(b"x" * (limit + 100))
    assert sent(api, endless, CONTENT_LENGTH=str(10 ** 12)).status == 413
    assert endless.taken == limit + 1
    assert sent(api, Wire(b"name=Jenny"), CONTENT_LENGTH="0").body["name"] is None


def test_a_body_that_broke_off_is_not_executed(api: Api) -> None:
    api.get("/v1/account")
    before = row_counts(api.server)
    answer = sent(api, Wire(b"balance=10", closed=True), CONTENT_LENGTH="11")
    assert told(answer)[:2] == (400, "Invalid request: the body ended before its Content-Length.")
    assert row_counts(api.server) == before


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", "\xb2", "9" * 5_000])
def test_a_length_that_is_none_is_refused(api: Api, length: str) -> None:
    assert sent(api, Wire(b"name=Jenny"), CONTENT_LENGTH=length).status == 400


def test_a_chunked_body_is_read_where_the_server_ends_it(api: Api) -> None:
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    terminated = sent(api, Wire(b"name=Jenny", closed=True), **chunked, **{"wsgi.input_terminated": True})
    assert terminated.body["name"] == "Jenny"
    assert sent(api, Wire(b"name=Jenny"), **chunked).body["name"] is None


def test_a_smaller_limit_can_be_set(migrated: Callable[[Path], str], tmp_path: Path) -> None:
    url = migrated(tmp_path)
    config = replace(Config(), database_url=url, body_limit_bytes=20, embedded_worker=False, request_log=False)
    server: Server = create_app(config, Database(url)).extensions["billyard"]
    try:
        api = Api(server)
        assert api.post("/v1/customers", name="x" * 15)["name"] == "x" * 15
        assert api.call("POST", "/v1/customers", {"name": "x" * 16}).status == 413
    finally:
        server.database.close()
