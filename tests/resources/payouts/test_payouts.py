"""Payouts: money that leaves for a bank account, arrives there, comes back, or is called off."""

from __future__ import annotations

from typing import Any

import pytest

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import DAY, at
from tests.support.connected import connected
from tests.support.money import available, fund
from tests.support.reference import conforms
from tests.support.wall import Wall

FRIDAY = at("2022-08-05 10:00")


@pytest.fixture(autouse=True)
def friday(wall: Wall) -> Wall:
    wall.now = FRIDAY
    return wall


def bank(api: Api, number: str, **values: Any) -> dict[str, Any]:
    """A further bank account in the United States."""
    given = {"account_number": number, "routing_number": "110000000", "country": "US", "currency": "usd"}
    shown = api.post("/_sim/bank_accounts", external_account=given, **values)
    conforms(shown)
    return shown


def types(api: Api) -> list[str]:
    return [type for type in api.event_types() if not type.startswith("topup.")]


def test_a_payout_leaves_at_once_and_arrives_in_time(api: Api, server: Server, wall: Wall) -> None:
    fund(api, 9000)
    own = api.get("/v1/account")["external_accounts"]["data"][0]
    payout = api.post("/v1/payouts", amount=7000, currency="usd", description="August", statement_descriptor="AUG",
                      metadata={"run": "8"})
    assert payout == {
        "id": payout["id"], "object": "payout", "amount": 7000,
        # Monday.
        "arrival_date": at("2022-08-08"),
        "automatic": False, "balance_transaction": payout["balance_transaction"], "created": FRIDAY, "currency": "usd",
        "description": "August", "destination": own["id"], "failure_balance_transaction": None, "failure_code": None,
        "failure_message": None, "livemode": False, "metadata": {"run": "8"}, "method": "standard",
        "original_payout": None, "reversed_by": None, "source_type": "card", "statement_descriptor": "AUG",
        "status": "pending", "type": "bank_account"}
    assert available(api) == 2000
    [moved] = api.get("/v1/balance_transactions", source=payout["id"], expand=["data.source"])["data"]
    assert moved == {
        "id": payout["balance_transaction"], "object": "balance_transaction", "amount": -7000, "available_on": FRIDAY,
        "created": FRIDAY, "currency": "usd", "description": "August", "exchange_rate": None, "fee": 0, "fee_details": [],
        "net": -7000, "reporting_category": "payout", "source": payout, "status": "available", "type": "payout"}
    wall.now += 2
    server.worker.run_due()
    assert api.get(f"/v1/payouts/{payout['id']}") == payout | {"status": "in_transit"}
    wall.now += 2
    server.worker.run_due()
    paid = api.get(f"/v1/payouts/{payout['id']}", expand=["destination"])
    assert paid == payout | {"status": "paid", "destination": own}
    wall.now += 30 * DAY
    server.worker.run_due()
    told = [event for event in api.events() if event["type"].startswith("payout.")]
    assert [(event["type"], event["created"], event["data"].get("previous_attributes")) for event in told] == [
        ("payout.created", FRIDAY, None), ("payout.updated", FRIDAY + 2, {"status": "pending"}),
        ("payout.paid", FRIDAY + 4, None)]
    assert examine(server.database, account=api.key) == []


@pytest.mark.parametrize(("number", "code", "message"), [
    ("000111111116", "no_account", "The bank account could not be located."),
    ("000111111113", "account_closed", "The bank account has been closed."),
    ("000222222227", "insufficient_funds", "Your account has insufficient funds to cover the transfer."),
    ("000333333335", "debit_not_authorized", "Debit transactions are not approved on your bank account."),
    ("000444444440", "invalid_currency", "The bank was unable to process this transfer because of its currency."),
])
def test_a_failing_bank_account_sends_the_money_back(api: Api, server: Server, wall: Wall, number: str, code: str,
                                                     message: str) -> None:
    fund(api, 9000)
    failing = bank(api, number)["id"]
    payout = api.post("/v1/payouts", amount=9000, currency="usd", destination=failing)
    assert available(api) == 0
    for _ in range(2):
        wall.now += 2
        server.worker.run_due()
    failed = api.get(f"/v1/payouts/{payout['id']}", expand=["failure_balance_transaction", "destination"])
    back = failed["failure_balance_transaction"]
    assert failed == payout | {"status": "failed", "failure_code": code, "failure_message": message,
                               "failure_balance_transaction": back, "destination": failed["destination"]}
    assert (back["type"], back["net"], back["reporting_category"], back["description"], back["source"]) == (
        "payout_failure", 9000, "payout_reversal", "REFUND FOR PAYOUT (STRIPE PAYOUT)", payout["id"])
    assert (available(api), failed["destination"]["status"]) == (9000, "errored")
    assert types(api)[1:] == ["payout.created", "payout.updated", "payout.failed", "account.external_account.updated"]
    assert api.events()[-1]["data"]["previous_attributes"] == {"status": "new"}
    # Nothing goes there until somebody has looked after it.
    refused = api.refused("POST", "/v1/payouts", amount=100, currency="usd", destination=failing)
    assert (refused.status, refused.error["code"], refused.error["param"]) == (400, "bank_account_unusable", "destination")
    assert api.post(f"/_sim/bank_accounts/{failing}")["status"] == "new"
    api.post("/v1/payouts", amount=100, currency="usd", destination=failing)
    assert examine(server.database, account=api.key) == []


@pytest.mark.parametrize(("change", "param", "code", "message"), [
    ({"amount": 9001}, None, "balance_insufficient",
     "You have insufficient funds in your Stripe account for this transfer. Your card balance is too low.  You can use the "
     "/v1/balance endpoint to view your Stripe balance (for more details, see stripe.com/docs/api#balance)."),
    ({"source_type": "bank_account"}, None, "balance_insufficient",
     "You have insufficient funds in your Stripe account for this transfer. Your bank account balance is too low.  You can "
     "use the /v1/balance endpoint to view your Stripe balance (for more details, see stripe.com/docs/api#balance)."),
    ({"currency": "eur"}, None, None, "Sorry, you don't have any external accounts in that currency (eur)"),
    ({"destination": "ba_gone"}, "destination", "resource_missing", "No such external account: 'ba_gone'"),
    ({"amount": 0}, "amount", "parameter_invalid_integer", "This value must be greater than or equal to 1."),
    ({"amount": None}, "amount", "parameter_missing", "Missing required param: amount."),
    ({"method": "slow"}, "method", None, "Invalid method: must be one of instant or standard"),
    ({"statement_descriptor": "x" * 23}, "statement_descriptor", None,
     "Invalid string: xxxx...xxxx; must be at most 22 characters"),
])
def test_what_cannot_be_is_refused(api: Api, server: Server, change: dict[str, Any], param: str | None, code: str | None,
                                   message: str) -> None:
    fund(api, 9000)
    refused = api.refused("POST", "/v1/payouts", **{"amount": 100, "currency": "usd"} | change)
    assert (refused.status, refused.error.get("param"), refused.error.get("code"), refused.error["message"]) == (
        400, param, code, message)
    assert (api.get("/v1/payouts")["data"], available(api)) == ([], 9000)
    # What is there to the last cent can go.
    assert api.post("/v1/payouts", amount=9000, currency="usd")["amount"] == 9000
    assert available(api) == 0


def test_what_is_pending_cannot_be_paid_out(api: Api, server: Server, wall: Wall) -> None:
    card = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    customer = api.post("/v1/customers", **card)["id"]
    api.post("/v1/invoiceitems", customer=customer, amount=10_000, currency="usd")
    invoice = api.post("/v1/invoices", customer=customer, pending_invoice_items_behavior="include")["id"]
    api.post(f"/v1/invoices/{invoice}/pay")
    assert api.refused("POST", "/v1/payouts", amount=1, currency="usd").error["code"] == "balance_insufficient"
    # From Friday to Tuesday; 2.9 % and 0.30 stay with Stripe.
    wall.now = at("2022-08-09")
    assert api.get("/v1/balance")["instant_available"] == [
        {"amount": 9680, "currency": "usd", "source_types": {"card": 9680}}]
    api.post("/v1/payouts", amount=9680, currency="usd")
    server.worker.run_due()
    assert (available(api), examine(server.database, account=api.key)) == (0, [])


def test_instant_payouts_go_where_they_can(api: Api, server: Server) -> None:
    fund(api, 2_000_000)
    payout = api.post("/v1/payouts", amount=999_900, currency="usd", method="instant")
    assert (payout["method"], payout["arrival_date"]) == ("instant", FRIDAY)
    refused = api.refused("POST", "/v1/payouts", amount=999_901, currency="usd", method="instant")
    assert (refused.status, refused.error["message"]) == (
        400, "Instant Payouts to bank accounts are only supported for amounts less than or equal to $9999")
    slow = bank(api, "000888888883")
    assert (slow["available_payout_methods"], slow["default_for_currency"]) == (["standard"], False)
    refused = api.refused("POST", "/v1/payouts", amount=100, currency="usd", method="instant", destination=slow["id"])
    assert (refused.status, refused.error["code"]) == (400, "instant_payouts_unsupported")
    assert api.post("/v1/payouts", amount=100, currency="usd", destination=slow["id"])["destination"] == slow["id"]
    api.post(f"/_sim/bank_accounts/{slow['id']}", default_for_currency=True)
    assert "instant_available" not in api.get("/v1/balance")
    assert api.refused("POST", "/v1/payouts", amount=100, currency="usd", method="instant").status == 400


def test_only_a_pending_payout_is_canceled(api: Api, server: Server, wall: Wall) -> None:
    fund(api, 9000)
    payout = api.post("/v1/payouts", amount=4000, currency="usd", description="August")
    canceled = api.post(f"/v1/payouts/{payout['id']}/cancel", expand=["failure_balance_transaction"])
    back = canceled["failure_balance_transaction"]
    assert canceled == payout | {"status": "canceled", "failure_balance_transaction": back}
    assert (back["type"], back["net"], back["reporting_category"], back["description"]) == (
        "payout_cancel", 4000, "payout_reversal", "REFUND FOR PAYOUT (August)")
    assert available(api) == 9000
    late = api.post("/v1/payouts", amount=4000, currency="usd")["id"]
    wall.now += 2
    server.worker.run_due()
    for id in (payout["id"], late):
        refused = api.refused("POST", f"/v1/payouts/{id}/cancel")
        assert (refused.status, refused.error["message"]) == (
            400, f"Payout {id} cannot be canceled because it has already been paid out")
    assert types(api) == ["payout.created", "payout.canceled", "payout.created", "payout.updated"]
    refused = api.refused("POST", "/v1/payouts/po_gone/cancel")
    assert (refused.status, refused.error["param"], refused.error["message"]) == (404, "payout", "No such payout: 'po_gone'")
    assert examine(server.database, account=api.key) == []


def test_without_a_delay_a_payout_is_paid_at_once(api: Api, server: Server) -> None:
    api.post("/_sim/settings", payout_settles_after_s=0, topup_settles_after_s=0)
    fund_at_once = api.post("/v1/topups", amount=900, currency="usd")
    assert fund_at_once["status"] == "succeeded"
    assert api.post("/v1/payouts", amount=900, currency="usd")["status"] == "paid"
    assert types(api) == ["payout.created", "payout.updated", "payout.paid"]
    assert (available(api), examine(server.database, account=api.key)) == (0, [])


def test_metadata_changes_and_nothing_else(api: Api) -> None:
    fund(api, 900)
    payout = api.post("/v1/payouts", amount=900, currency="usd", metadata={"a": "1"})
    changed = api.post(f"/v1/payouts/{payout['id']}", metadata={"a": "", "b": "2"})
    assert changed == payout | {"metadata": {"b": "2"}}
    assert api.events()[-1]["data"]["previous_attributes"] == {"metadata": {"a": "1", "b": None}}
    assert api.refused("POST", f"/v1/payouts/{payout['id']}", amount=1).error["code"] == "parameter_unknown"


def test_lists_are_narrowed(api: Api, server: Server, wall: Wall) -> None:
    fund(api, 9000)
    other = bank(api, "000888888883")["id"]
    first = api.post("/v1/payouts", amount=500, currency="usd")["id"]
    for _ in range(2):
        wall.now += 2
        server.worker.run_due()
    second = api.post("/v1/payouts", amount=900, currency="usd", destination=other)["id"]
    third = api.post("/v1/payouts", amount=700, currency="usd", method="instant")["id"]

    def ids(**filters: Any) -> list[str]:
        page = api.get("/v1/payouts", **filters)
        assert page["url"] == "/v1/payouts"
        return [payout["id"] for payout in page["data"]]

    assert ids() == [third, second, first]
    assert (ids(status="paid"), ids(status="pending"), ids(status="nothing")) == ([first], [third, second], [])
    assert (ids(destination=other), ids(arrival_date={"lte": wall.now}), ids(created=FRIDAY)) == ([second], [third], [first])
    assert (ids(limit=1), ids(starting_after=second), ids(ending_before=second)) == ([third], [first], [third])


def test_an_operator_says_what_the_bank_does(api: Api, server: Server) -> None:
    fund(api, 900)
    paid = api.post("/v1/payouts", amount=400, currency="usd")["id"]
    assert api.post(f"/_sim/payouts/{paid}/settle")["status"] == "paid"
    assert api.refused("POST", f"/_sim/payouts/{paid}/settle").status == 400
    # The bank may find out late.
    failed = api.post(f"/_sim/payouts/{paid}/fail", failure_code="account_frozen")
    assert (failed["status"], failed["failure_code"], available(api)) == ("failed", "account_frozen", 900)
    assert api.refused("POST", f"/_sim/payouts/{paid}/fail").status == 400
    assert types(api) == ["payout.created", "payout.updated", "payout.paid", "payout.failed",
                          "account.external_account.updated"]
    assert examine(server.database, account=api.key) == []


def test_another_sandbox_sees_nothing(api: Api, server: Server) -> None:
    fund(api, 900)
    payout = api.post("/v1/payouts", amount=400, currency="usd")
    other = Api(server)
    assert [other.refused(method, f"/v1/payouts/{payout['id']}{action}").status
            for method, action in (("GET", ""), ("POST", ""), ("POST", "/cancel"), ("POST", "/reverse"))] == [404] * 4
    fund(other, 900)
    assert other.refused("POST", "/v1/payouts", amount=1, currency="usd", destination=payout["destination"]).status == 400
    assert other.get("/v1/payouts")["data"] == []


# Of connected accounts


def test_a_payout_of_a_connected_account_is_fetched_back(api: Api, server: Server, wall: Wall) -> None:
    seller = connected(api)
    fund(seller, 5000)
    payout = seller.post("/v1/payouts", amount=5000, currency="usd")
    refused = seller.refused("POST", f"/v1/payouts/{payout['id']}/reverse")
    assert refused.error["message"] == f"Payout {payout['id']} cannot be reversed: it is pending."
    seller.post(f"/_sim/payouts/{payout['id']}/settle")
    back = seller.post(f"/v1/payouts/{payout['id']}/reverse", metadata={"why": "wrong"})
    assert (back["amount"], back["original_payout"], back["status"], back["metadata"], back["reversed_by"]) == (
        -5000, payout["id"], "pending", {"why": "wrong"}, None)
    assert seller.get(f"/v1/payouts/{payout['id']}", expand=["reversed_by"])["reversed_by"] == back
    [moved] = seller.get("/v1/balance_transactions", source=back["id"])["data"]
    assert (moved["type"], moved["net"], available(seller)) == ("payout", 5000, 5000)
    wall.now += 2
    server.worker.run_due()
    assert types(seller)[-6:] == ["payout.created", "payout.updated", "payout.paid", "payout.updated", "payout.created",
                                  "payout.paid"]
    for id, reason in ((payout["id"], f"it has been already, by {back['id']}"), (back["id"], "it reverses another one")):
        refused = seller.refused("POST", f"/v1/payouts/{id}/reverse")
        assert (refused.status, refused.error["message"]) == (400, f"Payout {id} cannot be reversed: {reason}.")
    late = seller.post("/v1/payouts", amount=1000, currency="usd")
    instant = seller.post("/v1/payouts", amount=1000, currency="usd", method="instant")
    wall.now = late["arrival_date"] + 90 * DAY + 1
    server.worker.run_due()
    for id, reason in ((late["id"], "it arrived more than 90 days ago"), (instant["id"], "it was instant")):
        refused = seller.refused("POST", f"/v1/payouts/{id}/reverse")
        assert refused.error["message"] == f"Payout {id} cannot be reversed: {reason}."
    assert examine(server.database, account=api.key) == []


def test_a_platform_does_not_fetch_back(api: Api) -> None:
    fund(api, 5000)
    payout = api.post("/v1/payouts", amount=5000, currency="usd")["id"]
    api.post(f"/_sim/payouts/{payout}/settle")
    refused = api.refused("POST", f"/v1/payouts/{payout}/reverse")
    assert (refused.status, refused.error["message"]) == (
        400, f"Payout {payout} cannot be reversed: only payouts of connected accounts to US bank accounts can be.")


# By themselves


def test_all_that_is_available_is_paid_out_each_day(api: Api, server: Server, wall: Wall) -> None:
    fund(api, 9000)
    by_hand = api.post("/v1/payouts", amount=2000, currency="usd")["id"]
    api.post("/_sim/settings", payout_interval="daily")
    assert api.get("/v1/account")["settings"]["payouts"]["schedule"] == {"delay_days": 2, "interval": "daily"}
    wall.now = at("2022-08-05 23:59:59")
    server.worker.run_due()
    assert available(api) == 7000
    wall.now = at("2022-08-06")
    server.worker.run_due()
    [payout] = api.get("/v1/payouts", limit=1)["data"]
    assert (payout["amount"], payout["automatic"], payout["description"], payout["created"], payout["arrival_date"]) == (
        7000, True, "STRIPE PAYOUT", at("2022-08-06"), at("2022-08-08"))
    assert available(api) == 0
    listed = api.get("/v1/balance_transactions", payout=payout["id"])["data"]
    assert [(row["type"], row["net"]) for row in listed] == [("payout", -7000), ("payout", -2000), ("topup", 9000)]
    assert api.get("/v1/balance_transactions", payout=by_hand)["data"] == []
    assert api.refused("POST", f"/v1/payouts/{payout['id']}/cancel").status == 400
    # Nothing is there on the next days, then a charge's money is.
    fund(api, 300)
    wall.now = at("2022-08-08")
    server.worker.run_due()
    assert [payout["amount"] for payout in api.get("/v1/payouts")["data"]] == [300, 7000, 2000]
    api.post("/_sim/settings", payout_interval="manual")
    fund(api, 500)
    wall.now = at("2022-09-08")
    server.worker.run_due()
    assert available(api) == 500
    assert examine(server.database, account=api.key) == []


def test_weekly_and_monthly_payouts_have_their_days(api: Api, server: Server, wall: Wall) -> None:
    api.post("/_sim/settings", payout_interval="weekly", payout_weekly_anchor="wednesday")
    schedule = api.get("/v1/account")["settings"]["payouts"]["schedule"]
    assert schedule == {"delay_days": 2, "interval": "weekly", "weekly_anchor": "wednesday"}
    fund(api, 100)
    wall.now = at("2022-08-31")
    server.worker.run_due()
    api.post("/_sim/settings", payout_interval="monthly", payout_monthly_anchor=31)
    fund(api, 200)
    wall.now = at("2022-10-01")
    server.worker.run_due()
    assert [(payout["amount"], payout["created"]) for payout in api.get("/v1/payouts")["data"]] == [
        (200, at("2022-09-30")), (100, at("2022-08-10"))]
    assert api.get("/v1/account")["settings"]["payouts"]["schedule"] == {
        "delay_days": 2, "interval": "monthly", "monthly_anchor": 31}
    assert api.refused("POST", "/_sim/settings", payout_monthly_anchor=32).status == 400


def test_what_comes_back_is_paid_out_again_once_the_bank_account_is_put_right(api: Api, server: Server, wall: Wall) -> None:
    failing = bank(api, "000111111116", default_for_currency=True)["id"]
    api.post("/_sim/settings", payout_interval="daily")
    fund(api, 800)
    for day in (6, 7, 8):
        wall.now = at(f"2022-08-0{day} 00:00:10")
        server.worker.run_due()
    [failed] = api.get("/v1/payouts")["data"]
    assert (failed["status"], available(api)) == ("failed", 800)
    own = next(each for each in api.get("/v1/account")["external_accounts"]["data"] if each["id"] != failing)["id"]
    api.post(f"/_sim/bank_accounts/{own}", default_for_currency=True)
    wall.now = at("2022-08-09")
    server.worker.run_due()
    again = api.get("/v1/payouts")["data"][0]
    assert (again["amount"], again["destination"]) == (800, own)
    assert [(row["type"], row["net"]) for row in api.get("/v1/balance_transactions", payout=again["id"])["data"]] == [
        ("payout", -800), ("payout_failure", 800)]
    assert examine(server.database, account=api.key) == []
