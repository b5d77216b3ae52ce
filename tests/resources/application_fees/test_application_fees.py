"""Application fees: what a platform earns by a payment of a connected account, and gives back to the last cent."""

from __future__ import annotations

from typing import Any

import pytest

from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import Clock, at
from tests.support.connected import connected
from tests.support.marketplace import charge, healthy, id_of, money_types, moves, new_types, pending, send_on
from tests.support.money import available
from tests.support.wall import Wall

WEDNESDAY = at("2022-08-03 10:00")


@pytest.fixture(autouse=True)
def wednesday(wall: Wall) -> Wall:
    wall.now = WEDNESDAY
    return wall


@pytest.fixture
def account(api: Api) -> Api:
    """A connected account."""
    return connected(api)


def test_a_fee_comes_back_out_of_what_is_sent_on(api: Api, server: Server, account: Api) -> None:
    """10000 less 320 and less 10000, and 500 more: 180. The account has the other 9500."""
    taken = send_on(api, account)
    assert ((available(api), pending(api)), (available(account), pending(account))) == ((0, 180), (0, 9500))
    sent = api.get(f"/v1/transfers/{taken['transfer']}")
    assert (sent["amount"], sent["source_transaction"], sent["transfer_group"], taken["transfer_group"]) == (
        10_000, taken["id"], f"group_{taken['payment_intent']}", f"group_{taken['payment_intent']}")
    [fee] = api.get("/v1/application_fees")["data"]
    application = "ca_" + id_of(api).removeprefix("acct_")
    assert fee == {
        "id": fee["id"], "object": "application_fee", "account": id_of(account), "amount": 500, "amount_refunded": 0,
        "application": application, "balance_transaction": fee["balance_transaction"], "charge": sent["destination_payment"],
        "created": WEDNESDAY, "currency": "usd", "livemode": False, "originating_transaction": taken["id"], "refunded": False,
        "refunds": {"object": "list", "data": [], "has_more": False, "url": f"/v1/application_fees/{fee['id']}/refunds"}}
    payment = account.get(f"/v1/charges/{sent['destination_payment']}", expand=["application_fee"])
    assert (payment["application_fee"], payment["application_fee_amount"], payment["application"]) == (fee, 500, application)
    assert (taken["application_fee"], taken["application_fee_amount"], taken["application"]) == (fee["id"], 500, None)
    friday = at("2022-08-05")
    [earned] = moves(api, fee["id"])
    assert earned == {
        "id": fee["balance_transaction"], "object": "balance_transaction", "amount": 500, "available_on": friday,
        "created": WEDNESDAY, "currency": "usd",
        "description": f"Application fee from application Billyard sandbox for jenny@example.com ({id_of(account)})",
        "exchange_rate": None, "fee": 0, "fee_details": [], "net": 500, "reporting_category": "platform_earning",
        "source": fee["id"], "status": "pending", "type": "application_fee"}
    [come] = moves(account, payment["id"])
    assert (come["amount"], come["fee"], come["net"], come["fee_details"]) == (10_000, 500, 9500, [
        {"amount": 500, "application": application, "currency": "usd", "description": "Billyard sandbox application fee",
         "type": "application_fee"}])
    assert api.get(f"/v1/application_fees/{fee['id']}", expand=["account", "application", "charge", "originating_transaction",
                                                                 "balance_transaction.source"])["charge"]["id"] == payment["id"]
    healthy(server, api, account)


def test_it_goes_back_in_parts_to_the_last_cent(api: Api, server: Server, account: Api) -> None:
    taken = send_on(api, account, card="pm_card_bypassPending")
    told, path = len(api.event_types()), f"/v1/application_fees/{taken['application_fee']}"
    back = api.post(f"{path}/refunds", amount=200, metadata={"order_id": "6735"})
    assert back == {
        "id": back["id"], "object": "fee_refund", "amount": 200, "balance_transaction": back["balance_transaction"],
        "created": WEDNESDAY, "currency": "usd", "fee": taken["application_fee"], "metadata": {"order_id": "6735"}}
    assert back["id"][:3] == "fr_"
    assert (available(api), available(account)) == (-20, 9700)
    given = moves(api, taken["application_fee"])[0]
    assert given == {
        "id": back["balance_transaction"], "object": "balance_transaction", "amount": -200, "available_on": WEDNESDAY,
        "created": WEDNESDAY, "currency": "usd", "description": "REFUND FOR APPLICATION FEE", "exchange_rate": None, "fee": 0,
        "fee_details": [], "net": -200, "reporting_category": "platform_earning_refund", "source": taken["application_fee"],
        "status": "available", "type": "application_fee_refund"}
    [got] = moves(account, back["id"])
    assert got == given | {"id": got["id"], "amount": 200, "description": "Application fee refund", "net": 200,
                           "reporting_category": "fee", "source": back["id"], "type": "adjustment"}
    refused = api.refused("POST", f"{path}/refunds", amount=301)
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        400, "amount", "Refund amount ($3.01) is greater than unrefunded amount on fee ($3.00)")
    # The older way answers the fee.
    fee = api.post(f"{path}/refund")
    assert (fee["object"], fee["amount_refunded"], fee["refunded"], [each["amount"] for each in fee["refunds"]["data"]]) == (
        "application_fee", 500, True, [300, 200])
    assert fee["refunds"]["data"][1] == back
    assert (available(api), available(account)) == (-320, 10_000)
    assert new_types(api, told) == ["application_fee.refunded"] * 2
    assert api.events()[-1]["data"]["object"] == fee == api.get(path)
    for action, asked, param, message in (
            ("refunds", {}, None, f"Application fee {fee['id']} has already been refunded."),
            ("refund", {}, None, f"Application fee {fee['id']} has already been refunded."),
            ("refunds", {"amount": 10}, "amount", "Refund amount ($0.10) is greater than unrefunded amount on fee ($0.00)")):
        refused = api.refused("POST", f"{path}/{action}", **asked)
        assert (refused.status, refused.error.get("param"), refused.error["message"]) == (400, param, message)
    healthy(server, api, account)


def test_a_fee_of_a_direct_charge_goes_back_to_who_was_charged(api: Api, server: Server, account: Api) -> None:
    """10000 less 320 and less 500; of those 200 come back."""
    taken = charge(account, 10_000, application_fee_amount=500)
    assert (pending(api), pending(account)) == (500, 9180)
    [fee] = api.get("/v1/application_fees", charge=taken["id"])["data"]
    assert (fee["charge"], fee["originating_transaction"], fee["account"]) == (taken["id"], None, id_of(account))
    back = api.post(f"/v1/application_fees/{fee['id']}/refunds", amount=200)
    assert (pending(api), pending(account)) == (300, 9380)
    assert [(row["type"], row["net"]) for row in moves(account, back["id"])] == [("adjustment", 200)]
    assert money_types(account) == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
    healthy(server, api, account)


def test_metadata_of_a_refund_changes(api: Api, server: Server, account: Api) -> None:
    fee = send_on(api, account)["application_fee"]
    path = f"/v1/application_fees/{fee}/refunds"
    back = api.post(path, amount=100, metadata={"a": "1"})
    told = len(api.event_types())
    changed = api.post(f"{path}/{back['id']}", metadata={"order_id": "6735"})
    assert changed == back | {"metadata": {"a": "1", "order_id": "6735"}} == api.get(f"{path}/{back['id']}")
    assert new_types(api, told) == ["application_fee.refund.updated"]
    assert api.events()[-1]["data"] == {"object": changed, "previous_attributes": {"metadata": {"order_id": None}}}
    assert api.refused("POST", f"{path}/{back['id']}", amount=1).error["code"] == "parameter_unknown"
    whole = api.get(f"{path}/{back['id']}", expand=["balance_transaction.source", "fee.refunds"])
    assert (whole["fee"]["id"], whole["balance_transaction"]["source"]["id"]) == (fee, fee)
    healthy(server, api, account)


def test_the_newest_ten_are_shown_and_all_are_listed(api: Api, account: Api) -> None:
    fee, other = (send_on(api, account)["application_fee"] for _ in range(2))
    url = f"/v1/application_fees/{fee}/refunds"
    ids = [api.post(url, amount=10)["id"] for _ in range(11)][::-1]
    shown = api.get(f"/v1/application_fees/{fee}")["refunds"]
    assert ([each["id"] for each in shown["data"]], shown["has_more"], shown["url"]) == (ids[:10], True, url)
    page = api.get(url, limit=3, starting_after=ids[0])
    assert ([each["id"] for each in page["data"]], page["has_more"], page["url"]) == (ids[1:4], True, url)
    assert api.get(f"/v1/application_fees/{other}/refunds")["data"] == []
    refused = api.refused("GET", f"/v1/application_fees/{other}/refunds/{ids[0]}")
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        404, "id", f"No such application fee refund: '{ids[0]}'")


def test_lists_are_narrowed(api: Api, account: Api, wall: Wall) -> None:
    first = send_on(api, account)
    wall.now += 60
    second = send_on(api, account)
    payment = api.get(f"/v1/transfers/{second['transfer']}")["destination_payment"]

    def found(**filters: Any) -> list[str]:
        page = api.get("/v1/application_fees", **filters)
        assert page["url"] == "/v1/application_fees"
        return [fee["id"] for fee in page["data"]]

    ids = [second["application_fee"], first["application_fee"]]
    assert (found(), found(created={"lte": WEDNESDAY}), found(limit=1)) == (ids, ids[1:], ids[:1])
    assert (found(charge=payment), found(charge=first["id"]), found(charge="ch_gone")) == (ids[:1], ids[1:], [])


def test_only_the_platform_sees_its_fees(api: Api, server: Server, account: Api) -> None:
    fee = send_on(api, account)["application_fee"]
    for client in (account, Api(server)):
        for method, path in (("GET", ""), ("POST", "/refund"), ("POST", "/refunds"), ("GET", "/refunds"),
                             ("GET", "/refunds/fr_1"), ("POST", "/refunds/fr_1")):
            refused = client.refused(method, f"/v1/application_fees/{fee}{path}")
            assert (refused.status, refused.error["code"], refused.error["param"], refused.error["message"]) == (
                404, "resource_missing", "id", f"No such application fee: '{fee}'")
    refused = account.refused("GET", "/v1/application_fees")
    assert (refused.status, refused.error["code"]) == (400, "platform_account_required")
    assert Api(server).get("/v1/application_fees")["data"] == []


def test_a_reversal_gives_the_fee_back_with_it(api: Api, server: Server, account: Api) -> None:
    """2500 of 10000 come back, and of the 500 that fall on them 125; then the rest of both."""
    taken = send_on(api, account)
    path, told = f"/v1/transfers/{taken['transfer']}/reversals", len(api.event_types())
    api.post(path, amount=2500, refund_application_fee=True)
    assert (pending(api), pending(account)) == (180 + 2500 - 125, 9500 - 2500 + 125)
    assert new_types(api, told) == ["transfer.reversed", "application_fee.refunded"]
    api.post(path, amount=7500, refund_application_fee=True)
    fee = api.get(f"/v1/application_fees/{taken['application_fee']}")
    assert (fee["amount_refunded"], [each["amount"] for each in fee["refunds"]["data"]]) == (500, [375, 125])
    assert (pending(api), pending(account)) == (9680, 0)
    friday = at("2022-08-05")
    assert {row["available_on"] for row in moves(api, fee["id"]) + moves(account, fee["refunds"]["data"][0]["id"])} == {friday}
    healthy(server, api, account)


def test_an_account_that_has_nothing_gives_back_what_a_destination_charge_brought(api: Api, server: Server,
                                                                                   account: Api) -> None:
    taken = send_on(api, account, card="pm_card_bypassPending")
    account.post("/v1/payouts", amount=9500, currency="usd")
    api.post(f"/v1/transfers/{taken['transfer']}/reversals")
    # 180 were left of it, and 10000 have come back, which are set aside for what the account lacks.
    assert (available(api), available(account)) == (180, -10_000)
    healthy(server, api, account)


def test_what_a_platform_earned_outlives_the_test_clock_of_the_account(api: Api, server: Server, account: Api) -> None:
    clock = account.post("/v1/test_helpers/test_clocks", frozen_time=WEDNESDAY)["id"]
    customer = account.post("/v1/customers", test_clock=clock, payment_method="pm_card_visa")["id"]
    [method] = account.get("/v1/payment_methods", customer=customer, type="card")["data"]
    taken = account.post("/v1/payment_intents", amount=10_000, currency="usd", customer=customer, payment_method=method["id"],
                         confirm=True, application_fee_amount=500)["charges"]["data"][0]
    assert (pending(api), pending(account)) == (500, 9180)
    healthy(server, api, account)
    account.delete(f"/v1/test_helpers/test_clocks/{clock}")
    assert (pending(api), pending(account)) == (500, 0)
    fee = api.get(f"/v1/application_fees/{taken['application_fee']}", expand=["charge"])
    assert (fee["amount"], fee["charge"]) == (500, None)
    # It can still be given back.
    api.post(f"/v1/application_fees/{fee['id']}/refunds", amount=100)
    assert (pending(api), pending(account)) == (400, 100)
    healthy(server, api, account)


def test_what_a_test_clock_sent_on_stays_where_it_went(api: Api, server: Server, account: Api) -> None:
    clock = Clock(api, "2022-08-03 10:00")
    clock.subscribe(clock.price(10_000), transfer_data={"destination": id_of(account)}, application_fee_percent=5)
    assert (pending(api), pending(account)) == (180, 9500)
    clock.advance(months=1, hours=2)
    assert (available(api) + pending(api), available(account) + pending(account)) == (360, 19_000)
    healthy(server, api, account)
    api.delete(f"/v1/test_helpers/test_clocks/{clock.id}")
    assert (available(api) + pending(api), available(account) + pending(account)) == (0, 19_000)
    assert (api.get("/v1/application_fees")["data"], api.get("/v1/transfers", destination=id_of(account))["data"]) == ([], [])
    [_, payment] = account.get("/v1/charges", expand=["data.source_transfer", "data.application_fee"])["data"]
    assert (payment["application_fee_amount"], payment["application_fee"], payment["source_transfer"]) == (500, None, None)
    healthy(server, api, account)
