"""The request log: a row for every answer, and nothing in it that must not be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from app.config import Config
from app.db.database import Database
from app.db.session import entity
from app.factory import create_app
from app.wire import request_log
from app.wire.endpoint import Server
from app.wire.request_log import redacted
from app.wire.tables import RequestLog
from tests.support.api import Api
from tests.support.rows import everything
from tests.support.wall import NEW_YEAR, Wall


@pytest.fixture
def server(migrated: Callable[[Path], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    # The tests say when lines are written.
    monkeypatch.setattr(request_log, "FLUSH_SECONDS", 3_600)
    url = migrated(tmp_path)
    server: Server = create_app(Config(database_url=url, embedded_worker=False), Database(url)).extensions["billyard"]
    yield server
    server.recorder.stop()
    server.database.close()


def lines(server: Server) -> list[RequestLog]:
    server.recorder.flush()
    with server.database.reading() as session:
        return session.rows(RequestLog, entity(RequestLog).order_by(RequestLog.seq))


def test_every_answer_leaves_a_line(api: Api, server: Server, wall: Wall) -> None:
    own = api.get("/v1/account")["id"]
    wall.advance(5)
    made = api.call("POST", "/v1/customers", {"email": "jenny@example.com", "metadata": {"a": "1"}},
                    {"Idempotency-Key": "once"})
    replay = api.call("POST", "/v1/customers", {"email": "jenny@example.com", "metadata": {"a": "1"}},
                      {"Idempotency-Key": "once"})
    missing = api.call("GET", "/v1/customers/cus_x", {"expand": ["a"]})
    nowhere = api.call("PUT", "/v1/customers")
    nobody = api.call("DELETE", "/v1/customers/cus_é", headers={"Authorization": ""})
    first, *rest = lines(server)
    assert (first.method, first.path, first.status, first.account_id, first.created, first.params) == (
        "GET", "/v1/account", 200, own, NEW_YEAR, None)
    asked = [(line.id, line.account_id, line.method, line.path, line.status, line.idempotency_key, line.params)
             for line in rest]
    body = '{"email":"jenny@example.com","metadata":{"a":"1"}}'
    assert asked == [
        (made.headers["Request-Id"], own, "POST", "/v1/customers", 200, "once", body),
        (replay.headers["Request-Id"], own, "POST", "/v1/customers", 200, "once", body),
        (missing.headers["Request-Id"], own, "GET", "/v1/customers/cus_x", 404, None, '{"expand":{"0":"a"}}'),
        (nowhere.headers["Request-Id"], own, "PUT", "/v1/customers", 404, None, None),
        (nobody.headers["Request-Id"], None, "DELETE", "/v1/customers/cus_é", 401, None, None),
    ]
    assert all(line.created == NEW_YEAR + 5 and 0 < line.duration_us < 10_000_000 for line in rest)


def test_a_connected_call_is_the_accounts(api: Api, server: Server) -> None:
    own = api.get("/v1/account")["id"]
    api.call("GET", "/v1/account", headers={"Stripe-Account": own})
    assert [line.account_id for line in lines(server)] == [own, own]


@pytest.mark.parametrize(("sent", "kept"), [
    ({"card": {"number": "4242424242424242", "cvc": "123", "exp_year": "2030"}},
     {"card": {"number": "[redacted]", "cvc": "[redacted]", "exp_year": "2030"}}),
    ({"card": {"token": "tok_visa"}}, {"card": {"token": "[redacted]"}}),
    ({"bank_account": {"account_number": "000123456789", "routing_number": "110000000", "country": "US"}},
     {"bank_account": {"account_number": "[redacted]", "routing_number": "[redacted]", "country": "US"}}),
    ({"sepa_debit": {"iban": "AT611904300234573201"}}, {"sepa_debit": {"iban": "[redacted]"}}),
    ({"individual": {"id_number": "000000000", "ssn_last_4": "0000", "first_name": "Jenny"}},
     {"individual": {"id_number": "[redacted]", "ssn_last_4": "[redacted]", "first_name": "Jenny"}}),
    ({"company": {"tax_id": {"deep": ["000000000"]}}}, {"company": {"tax_id": "[redacted]"}}),
    ({"name": "my-secret", "payload": "hush"}, {"name": "my-secret", "payload": "[redacted]"}),
    ({"client_secret": "pi_1_secret_2", "Password": "x"}, {"client_secret": "[redacted]", "Password": "[redacted]"}),
    ({"number": ""}, {"number": ""}),
    ({"description": "my card is 4242 4242-4242 4242, ok?"}, {"description": "my card is [redacted], ok?"}),
    ({"crad": ["4000056655665556"]}, {"crad": ["[redacted]"]}),
    ({"note": "sk_test_abc and whsec_Zz9"}, {"note": "[redacted] and [redacted]"}),
    ({"4242424242424242": {"x": "1"}}, {"[redacted]": {"x": "1"}}),
    ({"amount": "123456789012", "created": {"gte": "1672531200"}, "phone": "+1 555 0100"},
     {"amount": "123456789012", "created": {"gte": "1672531200"}, "phone": "+1 555 0100"}),
])
def test_secrets_are_taken_out(sent: object, kept: object) -> None:
    assert redacted(sent) == kept


def test_no_card_and_no_key_gets_into_the_database(api: Api, server: Server) -> None:
    secrets = {"number": "4000056655665556", "cvc": "9173", "live": "sk_live_51HdSecretSecret",
               "iban": "AT321904300235473204"}
    api.post("/v1/payment_methods", type="card", card={
        "number": secrets["number"], "cvc": secrets["cvc"], "exp_month": 12, "exp_year": 2030})
    api.call("POST", "/v1/payment_methods", {
        "card": {"nubmer": secrets["number"]}, "sepa_debit": {"iban": secrets["iban"]}})
    api.call("GET", f"/v1/customers/{secrets['live']}", {"key": secrets["live"]},
             {"Authorization": f"Bearer {secrets['live']}"})
    assert len(lines(server)) == 3
    stored = everything(server)
    assert [name for name, secret in secrets.items() if secret in stored] == []
    assert api.key not in stored


@pytest.mark.parametrize(("params", "message", "param"), [
    ({"source": "4000056655665556"}, "No such source: '************5556'", "source"),
    ({"source": "4000 0566-5566 5556"}, "No such source: '************5556'", "source"),
    ({"4000056655665556": "x"}, "Received unknown parameter: ************5556", "************5556"),
    ({"source": "4000056655665557"}, "No such source: '4000056655665557'", "source"),
])
def test_a_card_sent_in_the_wrong_place_is_not_repeated_to_be_kept(
        api: Api, server: Server, params: dict[str, str], message: str, param: str) -> None:
    answer = api.call("POST", "/v1/charges", {"amount": 1000, "currency": "usd"} | params, {"Idempotency-Key": "once"})
    assert (answer.status, answer.error["message"], answer.error["param"]) == (400, message, param)
    assert "4000056655665556" not in everything(server)


def test_a_line_is_never_too_much_for_the_database(api: Api, server: Server) -> None:
    api.call("GET", "/v1/customers/%00")
    api.call("X" * 300, "/v1/customers")
    api.call("GET", "/v1/customers/" + "x" * 10_000)
    api.call("POST", "/v1/customers", body=b"name=" + b"x" * 100_000)
    api.call("POST", "/v1/customers", body=b"name=" + b"x" * 2_000_000)
    api.call("GET", "/v1/customers", headers={"Idempotency-Key": "x" * 1_000})
    found = lines(server)
    assert [line.path[13:20] for line in found] == ["/\ufffd", "", "/xxxxxx", "", "", ""]
    assert found[1].method == "X" * 32
    assert orjson.loads(found[3].params or "") == {"left_out": "100011 characters"}
    assert found[4].params is None


def test_lines_that_cannot_be_written_are_written_later(
        api: Api, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_log, "BUFFER_LINES", 3)
    for _ in range(3):
        api.get("/v1/customers")
    with monkeypatch.context() as broken:
        broken.setattr(Database, "writing", _fail)
        with pytest.raises(OSError):
            server.recorder.flush()
    api.get("/v1/account")
    assert [line.path for line in lines(server)] == ["/v1/customers", "/v1/customers", "/v1/customers", "/v1/account"]
    for _ in range(5):
        api.get("/v1/customers")
    with monkeypatch.context() as broken:
        broken.setattr(Database, "writing", _fail)
        with pytest.raises(OSError):
            server.recorder.flush()
    assert len(lines(server)) == 4 + 3


def _fail(*_: object) -> None:
    raise OSError("no space left on device")


def test_the_log_can_be_switched_off(api: Api, shared_server: Server) -> None:
    Api(shared_server).get("/v1/account")
    assert lines(shared_server) == []
