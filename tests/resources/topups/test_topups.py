"""Top-ups: money from the bank, which comes, fails, is called off, or is taken back."""

from __future__ import annotations

from typing import Any

import pytest

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import at
from tests.support.wall import Wall

THURSDAY = at("2022-08-04 10:00")


def available(api: Api) -> int:
    return int(api.get("/v1/balance")["available"][0]["amount"])


@pytest.fixture(autouse=True)
def thursday(wall: Wall) -> Wall:
    wall.now = THURSDAY
    return wall


def test_a_topup_is_pending_and_then_there(api: Api, server: Server, wall: Wall) -> None:
    topup = api.post("/v1/topups", amount=2000, currency="USD", description="Top-up for Jenny Rosen",
                     statement_descriptor="Top-up", metadata={"order_id": "6735"}, transfer_group="group_7")
    source = topup["source"]
    assert topup == {
        "id": topup["id"], "object": "topup", "amount": 2000, "balance_transaction": None, "created": THURSDAY,
        "currency": "usd", "description": "Top-up for Jenny Rosen",
        # Friday, and Monday to Thursday.
        "expected_availability_date": at("2022-08-11"),
        "failure_code": None, "failure_message": None, "livemode": False, "metadata": {"order_id": "6735"},
        "source": source, "statement_descriptor": "Top-up", "status": "pending", "transfer_group": "group_7"}
    assert topup["id"].startswith("tu_1") and source["id"].startswith("src_1")
    assert source["client_secret"].startswith("src_client_secret_")
    assert source == {
        "id": source["id"], "object": "source",
        "ach_debit": {"bank_name": "STRIPE TEST BANK", "country": "US", "fingerprint": source["ach_debit"]["fingerprint"],
                      "last4": "6789", "routing_number": "110000000", "type": "individual"},
        "amount": None, "client_secret": source["client_secret"], "created": THURSDAY, "currency": "usd",
        "flow": "code_verification", "livemode": False, "metadata": {},
        "owner": {"address": None, "email": None, "name": "Jenny Rosen", "phone": None, "verified_address": None,
                  "verified_email": None, "verified_name": None, "verified_phone": None},
        "redaction": None, "statement_descriptor": None, "status": "pending", "type": "ach_debit", "usage": "reusable"}
    wall.now = THURSDAY + 1
    server.worker.run_due()
    assert (available(api), api.get("/v1/balance_transactions")["data"]) == (0, [])
    wall.now = THURSDAY + 2
    server.worker.run_due()
    come = api.get(f"/v1/topups/{topup['id']}")
    assert come == topup | {"status": "succeeded", "balance_transaction": come["balance_transaction"]}
    [moved] = api.get("/v1/balance_transactions", source=topup["id"], expand=["data.source"])["data"]
    assert moved == {
        "id": come["balance_transaction"], "object": "balance_transaction", "amount": 2000, "available_on": THURSDAY + 2,
        "created": THURSDAY + 2, "currency": "usd", "description": "Top-up for Jenny Rosen", "exchange_rate": None,
        "fee": 0, "fee_details": [], "net": 2000, "reporting_category": "topup", "source": come, "status": "available",
        "type": "topup"}
    assert available(api) == 2000
    assert [(event["type"], event["created"]) for event in api.events()] == [
        ("topup.created", THURSDAY), ("topup.succeeded", THURSDAY + 2)]
    assert api.events()[-1]["data"] == {"object": come}
    assert api.get(f"/v1/topups/{topup['id']}", expand=["balance_transaction"])["balance_transaction"]["net"] == 2000
    assert examine(server.database, account=api.key) == []


@pytest.mark.parametrize(("source", "code", "message"), [
    ("btok_us_verified_noAccount", "no_account", "The bank account could not be located."),
    ("btok_us_verified_accountClosed", "account_closed", "The bank account has been closed."),
    ("btok_us_verified_insufficientFunds", "insufficient_funds",
     "Your account has insufficient funds to cover the transfer."),
    ("btok_us_verified_debitNotAuthorized", "debit_not_authorized",
     "Debit transactions are not approved on your bank account."),
    ("btok_us_verified_invalidCurrency", "invalid_currency",
     "The bank was unable to process this transfer because of its currency."),
])
def test_a_failing_bank_account_brings_nothing(api: Api, server: Server, wall: Wall, source: str, code: str,
                                               message: str) -> None:
    topup = api.post("/v1/topups", amount=500, currency="usd", source=source)
    assert (topup["status"], topup["failure_code"]) == ("pending", None)
    wall.now += 2
    server.worker.run_due()
    failed = api.get(f"/v1/topups/{topup['id']}")
    assert failed == topup | {"status": "failed", "failure_code": code, "failure_message": message}
    assert api.event_types() == ["topup.created", "topup.failed"]
    assert (available(api), examine(server.database, account=api.key)) == (0, [])


def test_a_source_is_a_test_bank_account_or_one_that_was_used(api: Api) -> None:
    first = api.post("/v1/topups", amount=500, currency="usd", source="btok_us_verified_noAccount")
    again = api.post("/v1/topups", amount=700, currency="usd", source=first["source"]["id"])
    assert again["source"] == first["source"]
    assert api.post("/v1/topups", amount=700, currency="gbp", source="btok_gb_gbp")["source"]["ach_debit"]["last4"] == "2345"
    refused = api.refused("POST", "/v1/topups", amount=500, currency="usd", source="btok_made_up")
    assert (refused.status, refused.error["code"], refused.error["param"], refused.error["message"]) == (
        400, "resource_missing", "source", "No such source: 'btok_made_up'")
    refused = api.refused("POST", "/v1/topups", amount=500, currency="eur", source="btok_us_verified")
    assert (refused.status, refused.error["param"]) == (400, "currency")
    refused = api.refused("POST", "/v1/topups", amount=500, currency="eur")
    assert (refused.status, refused.error["message"]) == (
        400, "Sorry, you don't have any external accounts in that currency (eur)")


@pytest.mark.parametrize(("change", "param", "code", "message"), [
    ({"amount": 0}, "amount", "parameter_invalid_integer", "This value must be greater than or equal to 1."),
    ({"amount": "abc"}, "amount", "parameter_invalid_integer", "Invalid integer: abc"),
    ({"amount": None}, "amount", "parameter_missing", "Missing required param: amount."),
    ({"currency": None}, "currency", "parameter_missing", "Missing required param: currency."),
    ({"statement_descriptor": "123 456"}, "statement_descriptor", None,
     "The statement descriptor must contain at least one letter."),
    ({"statement_descriptor": "x" * 16}, "statement_descriptor", None,
     "Invalid string: xxxx...xxxx; must be at most 15 characters"),
    ({"xyz": "1"}, "xyz", "parameter_unknown", "Received unknown parameter: xyz"),
])
def test_what_is_wrong_is_refused(api: Api, change: dict[str, Any], param: str, code: str | None, message: str) -> None:
    refused = api.refused("POST", "/v1/topups", **{"amount": 500, "currency": "usd"} | change)
    assert (refused.status, refused.error["param"], refused.error.get("code"), refused.error["message"]) == (
        400, param, code, message)
    assert api.get("/v1/topups")["data"] == []


def test_only_a_pending_topup_is_canceled(api: Api, server: Server, wall: Wall) -> None:
    topup = api.post("/v1/topups", amount=500, currency="usd")
    assert api.post(f"/v1/topups/{topup['id']}/cancel") == topup | {"status": "canceled"}
    wall.now += 2
    server.worker.run_due()
    assert api.get(f"/v1/topups/{topup['id']}")["status"] == "canceled"
    refused = api.refused("POST", f"/v1/topups/{topup['id']}/cancel")
    assert (refused.status, refused.error["message"]) == (400, "You cannot cancel a top-up that is not pending.")
    assert api.event_types() == ["topup.created", "topup.canceled"]
    refused = api.refused("POST", "/v1/topups/tu_gone/cancel")
    assert (refused.status, refused.error["message"], refused.error["param"]) == (404, "No such topup: 'tu_gone'", "topup")
    assert examine(server.database, account=api.key) == []


def test_without_a_delay_it_is_there_at_once(api: Api, server: Server) -> None:
    api.post("/_sim/settings", topup_settles_after_s=0)
    assert api.post("/v1/topups", amount=500, currency="usd")["status"] == "succeeded"
    assert api.post("/v1/topups", amount=500, currency="usd", source="btok_us_verified_noAccount")["status"] == "failed"
    assert api.event_types() == ["topup.created", "topup.succeeded", "topup.created", "topup.failed"]
    assert (available(api), examine(server.database, account=api.key)) == (500, [])


def test_description_and_metadata_change_and_nothing_else(api: Api, server: Server) -> None:
    topup = api.post("/v1/topups", amount=500, currency="usd", metadata={"a": "1", "b": "2"})
    changed = api.post(f"/v1/topups/{topup['id']}", description="New", metadata={"a": "", "c": "3"})
    assert changed == topup | {"description": "New", "metadata": {"b": "2", "c": "3"}}
    assert api.post(f"/v1/topups/{topup['id']}", metadata="")["metadata"] == {}
    refused = api.refused("POST", f"/v1/topups/{topup['id']}", amount=1)
    assert refused.error["message"] == "Received unknown parameter: amount"
    # Stripe has no event for it.
    assert api.event_types() == ["topup.created"]
    assert examine(server.database, account=api.key) == []


def test_lists_are_narrowed(api: Api, server: Server, wall: Wall) -> None:
    small = api.post("/v1/topups", amount=500, currency="usd")["id"]
    wall.now += 2
    server.worker.run_due()
    large = api.post("/v1/topups", amount=900, currency="usd")["id"]
    gone = api.post("/v1/topups", amount=700, currency="usd")["id"]
    api.post(f"/v1/topups/{gone}/cancel")

    def ids(**filters: Any) -> list[str]:
        page = api.get("/v1/topups", **filters)
        assert page["url"] == "/v1/topups"
        return [topup["id"] for topup in page["data"]]

    assert ids() == [gone, large, small]
    assert (ids(status="succeeded"), ids(status="pending"), ids(status="canceled"), ids(status="failed")) == (
        [small], [large], [gone], [])
    assert (ids(amount=900), ids(amount={"gt": 500}), ids(amount={"gte": 500, "lt": 900})) == (
        [large], [gone, large], [gone, small])
    assert (ids(created={"lt": wall.now}), ids(created=wall.now)) == ([small], [gone, large])
    assert (ids(limit=1), ids(starting_after=large), ids(ending_before=large)) == ([gone], [small], [gone])
    refused = api.refused("GET", "/v1/topups", status="reversed")
    assert refused.error["message"] == "Invalid status: must be one of canceled, failed, pending, or succeeded"


def test_an_operator_says_what_the_bank_does(api: Api, server: Server) -> None:
    settled = api.post("/v1/topups", amount=500, currency="usd")["id"]
    assert api.post(f"/_sim/topups/{settled}/settle")["status"] == "succeeded"
    refused = api.refused("POST", f"/_sim/topups/{settled}/settle")
    assert refused.error["message"] == "A top-up that is succeeded has been settled."
    failed = api.post("/v1/topups", amount=300, currency="usd")["id"]
    shown = api.post(f"/_sim/topups/{failed}/fail", failure_code="account_closed")
    assert (shown["status"], shown["failure_code"]) == ("failed", "account_closed")
    assert available(api) == 500
    # A bank may take back what has come.
    taken = api.post(f"/_sim/topups/{settled}/fail")
    assert (taken["status"], taken["failure_code"], taken["failure_message"]) == (
        "reversed", "could_not_process", "The bank could not process this payout.")
    assert [(row["type"], row["net"], row["reporting_category"])
            for row in api.get("/v1/balance_transactions", source=settled)["data"]] == [
        ("topup_reversal", -500, "topup_reversal"), ("topup", 500, "topup")]
    assert api.refused("POST", f"/_sim/topups/{settled}/fail").status == 400
    assert available(api) == 0
    assert api.event_types() == ["topup.created", "topup.succeeded", "topup.created", "topup.failed", "topup.reversed"]
    assert examine(server.database, account=api.key) == []


def test_another_sandbox_sees_nothing(api: Api, server: Server) -> None:
    topup = api.post("/v1/topups", amount=500, currency="usd")["id"]
    other = Api(server)
    assert [other.refused(method, f"/v1/topups/{topup}{action}").status
            for method, action in (("GET", ""), ("POST", ""), ("POST", "/cancel"))] == [404, 404, 404]
    assert other.get("/v1/topups")["data"] == []
