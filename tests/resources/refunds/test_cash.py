"""What goes back to customers who paid by bank transfer: to their cash, or to an account for which they are asked by email."""

from __future__ import annotations

from typing import Any

import pytest

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.resources.cash_balances.test_cash_balances import available, fund, owe, remaining
from tests.support.api import Api
from tests.support.clock import DAY
from tests.support.rows import row_counts
from tests.support.wall import Wall

EMAIL = "jenny@example.com"


@pytest.fixture
def customer(api: Api) -> str:
    return str(api.post("/v1/customers", email=EMAIL)["id"])


def send_back(api: Api, customer: str, amount: int, **values: Any) -> dict[str, Any]:
    return api.post("/v1/refunds", customer=customer, amount=amount, currency="eur", origin="customer_balance", **values)


def test_cash_goes_back_to_the_bank(api: Api, server: Server, wall: Wall, customer: str) -> None:
    api.post("/_sim/settings", refund_settles_after_s=60)
    fund(api, customer, 5000)
    seen = len(api.event_types())
    refund = send_back(api, customer, 1200, metadata={"order": "6735"}, reason="requested_by_customer")
    assert (refund["id"][:4], refund["status"], refund["charge"], refund["payment_intent"], refund["balance_transaction"]) == (
        "pyr_", "requires_action", None, None, None)
    assert (refund["instructions_email"], refund["reason"], refund["metadata"]) == (
        EMAIL, "requested_by_customer", {"order": "6735"})
    assert refund["next_action"] == {"type": "display_details", "display_details": {
        "email_sent": {"email_sent_at": wall.now, "email_sent_to": EMAIL}, "expires_at": wall.now + 45 * DAY}}
    assert (available(api, customer), api.event_types()[seen:]) == ({"eur": 3800}, [])
    path = f"/_sim/refunds/{refund['id']}/settle"
    named = api.post(path)
    assert (named["status"], "next_action" in named) == ("pending", False)
    wall.advance(60)
    server.worker.run_due()
    assert api.get(f"/v1/refunds/{refund['id']}")["status"] == "succeeded"
    assert api.event_types()[seen:] == ["charge.refund.updated", "charge.refund.updated"]
    over = api.refused("POST", path)
    assert over.error["message"] == "A refund that is succeeded has been settled."
    assert api.get("/v1/refunds")["data"][0]["id"] == refund["id"]
    # Money that was never an account's leaves no trace on its balance.
    assert api.get("/v1/balance_transactions")["data"] == []
    assert examine(server.database, account=api.key) == []


@pytest.mark.parametrize(("way", "status", "reason"), [
    ("cancel", "canceled", None), ("expire", "failed", "unknown"), ("time", "failed", "unknown")])
def test_cash_comes_back_from_who_does_not_answer(api: Api, server: Server, wall: Wall, customer: str, way: str, status: str,
                                                  reason: str | None) -> None:
    fund(api, customer, 2000)
    refund = send_back(api, customer, 2000, instructions_email="other@example.com")
    assert (refund["instructions_email"], available(api, customer)) == ("other@example.com", None)
    waiting = owe(api, customer, 1500)
    seen = len(api.event_types())
    if way == "time":
        wall.advance(45 * DAY)
        server.worker.run_due()
    else:
        api.post(f"/v1/{'test_helpers/' if way == 'expire' else ''}refunds/{refund['id']}/{way}")
    refund = api.get(f"/v1/refunds/{refund['id']}")
    assert (refund["status"], refund.get("failure_reason"), "next_action" in refund) == (status, reason, False)
    # What comes back pays what waits for it meanwhile.
    assert (remaining(api, waiting), available(api, customer)) == (("succeeded", None), {"eur": 500})
    assert api.event_types()[seen:] == ["charge.refund.updated", "charge.succeeded", "payment_intent.succeeded",
                                        "cash_balance.funds_available"]
    for verb in ("refunds/{}/cancel", "test_helpers/refunds/{}/expire"):
        refused = api.refused("POST", f"/v1/{verb.format(refund['id'])}")
        assert refused.error["message"].endswith(f"because it has a status of {status}. Only a refund with the status "
                                                 f"requires_action may be {'canceled' if 'cancel' in verb else 'expired'}.")
    assert examine(server.database, account=api.key) == []


@pytest.mark.parametrize(("change", "param", "code"), [
    ({"amount": 5001}, "amount", "balance_insufficient"),
    ({"currency": "gbp"}, "amount", "balance_insufficient"),
    ({"customer": None}, "customer", "parameter_missing"),
    ({"currency": None}, "currency", "parameter_missing"),
    ({"charge": "ch_1"}, "charge", None),
    ({"payment_intent": "pi_1"}, "payment_intent", None),
    ({"reverse_transfer": True}, "reverse_transfer", None),
])
def test_cash_that_cannot_go_back(api: Api, customer: str, change: dict[str, Any], param: str, code: str | None) -> None:
    fund(api, customer, 5000)
    before = row_counts(api.server)
    refused = api.refused("POST", "/v1/refunds", **(
        {"customer": customer, "amount": 100, "currency": "eur", "origin": "customer_balance"} | change))
    assert (refused.status, refused.error["param"], refused.error.get("code")) == (400, param, code)
    assert row_counts(api.server) == before


def test_who_cannot_be_asked_gets_nothing(api: Api) -> None:
    customer = api.post("/v1/customers")["id"]
    fund(api, customer, 5000)
    refused = api.refused("POST", "/v1/refunds", customer=customer, amount=100, currency="eur", origin="customer_balance")
    assert (refused.error["param"], refused.error["code"]) == ("instructions_email", "parameter_missing")
    assert available(api, customer) == {"eur": 5000}
    assert send_back(api, customer, 100, instructions_email=EMAIL)["status"] == "requires_action"


def test_a_payment_goes_back_to_the_cash_that_paid_it(api: Api, server: Server, customer: str) -> None:
    fund(api, customer, 3000)
    paid, waiting = owe(api, customer, 3000), owe(api, customer, 800)
    seen = len(api.event_types())
    refund = api.post("/v1/refunds", payment_intent=paid["id"], amount=1000)
    assert (refund["status"], refund["charge"]) == ("succeeded", paid["charges"]["data"][0]["id"])
    assert api.event_types()[seen:] == ["charge.refunded", "charge.succeeded", "payment_intent.succeeded",
                                        "cash_balance.funds_available"]
    assert (remaining(api, waiting), available(api, customer)) == (("succeeded", None), {"eur": 200})
    row = api.get(f"/v1/balance_transactions/{refund['balance_transaction']}")
    assert (row["type"], row["amount"], row["net"]) == ("payment_refund", -1000, -1000)
    # The two steps by which a customer gets the money itself.
    assert send_back(api, customer, 200)["status"] == "requires_action"
    assert examine(server.database, account=api.key) == []


@pytest.mark.parametrize("answered", [True, False])
def test_a_payment_goes_back_to_the_bank(api: Api, server: Server, customer: str, answered: bool) -> None:
    api.post("/_sim/settings", refund_settles_after_s=0)
    fund(api, customer, 3000)
    paid = owe(api, customer, 3000)
    charge = paid["charges"]["data"][0]["id"]
    seen, before = len(api.event_types()), api.get("/v1/balance")
    refund = api.post("/v1/refunds", charge=charge, instructions_email="other@example.com")
    assert (refund["status"], refund["next_action"]["display_details"]["email_sent"]["email_sent_to"]) == (
        "requires_action", "other@example.com")
    assert (api.get(f"/v1/charges/{charge}")["refunded"], available(api, customer)) == (True, None)
    if answered:
        assert api.post(f"/_sim/refunds/{refund['id']}/settle")["status"] == "succeeded"
        assert api.event_types()[seen:] == ["charge.refunded", "charge.refund.updated", "charge.refund.updated"]
    else:
        canceled = api.post(f"/v1/refunds/{refund['id']}/cancel", expand=["failure_balance_transaction"])
        back = canceled["failure_balance_transaction"]
        assert (canceled["status"], back["type"], back["amount"]) == ("canceled", "refund_failure", 3000)
        assert (api.get(f"/v1/charges/{charge}")["amount_refunded"], api.get("/v1/balance")) == (0, before)
        # As if nothing had happened: it can go back another way.
        assert api.post("/v1/refunds", charge=charge)["status"] == "succeeded"
        assert available(api, customer) == {"eur": 3000}
    assert examine(server.database, account=api.key) == []


def test_cash_on_a_test_clock(api: Api, server: Server) -> None:
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=1_659_312_000)["id"]
    customer = api.post("/v1/customers", test_clock=clock, email=EMAIL)["id"]
    fund(api, customer, 2000)
    refund = send_back(api, customer, 700)
    assert refund["created"] == 1_659_312_000
    api.post(f"/v1/test_helpers/test_clocks/{clock}/advance", frozen_time=1_659_312_000 + 45 * DAY)
    server.worker.run_due()
    assert (api.get(f"/v1/refunds/{refund['id']}")["status"], available(api, customer)) == ("failed", {"eur": 2000})
    send_back(api, customer, 700)
    api.delete(f"/v1/test_helpers/test_clocks/{clock}")
    assert api.refused("GET", f"/v1/refunds/{refund['id']}").status == 404
    assert examine(server.database, account=api.key) == []
