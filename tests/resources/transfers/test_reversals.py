"""Reversals: what comes back of a transfer, in parts, to the last cent and not beyond."""

from __future__ import annotations

from typing import Any

import pytest

from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import at
from tests.support.connected import connected
from tests.support.marketplace import charge, healthy, id_of, money_types, moves, new_types, pending
from tests.support.money import available, fund
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


@pytest.fixture
def sent(api: Api, account: Api) -> dict[str, Any]:
    """A transfer of 70.00, all that the platform has."""
    fund(api, 7000)
    return api.post("/v1/transfers", amount=7000, currency="usd", destination=id_of(account), description="Order 95")


def reverse(api: Api, transfer: dict[str, Any], **values: Any) -> dict[str, Any]:
    return api.post(f"/v1/transfers/{transfer['id']}/reversals", **values)


def test_a_part_comes_back(api: Api, server: Server, account: Api, sent: dict[str, Any]) -> None:
    told = len(api.event_types())
    back = reverse(api, sent, amount=3000, description="Half of it", metadata={"why": "damaged"})
    assert back == {
        "id": back["id"], "object": "transfer_reversal", "amount": 3000, "balance_transaction": back["balance_transaction"],
        "created": WEDNESDAY, "currency": "usd", "destination_payment_refund": back["destination_payment_refund"],
        "metadata": {"why": "damaged"}, "source_refund": None, "transfer": sent["id"]}
    assert (back["id"][:4], back["destination_payment_refund"][:4]) == ("trr_", "pyr_")
    assert (available(api), available(account)) == (3000, 4000)
    now = sent | {"amount_reversed": 3000, "reversals": sent["reversals"] | {"data": [back]}}
    assert api.get(f"/v1/transfers/{sent['id']}") == now
    assert new_types(api, told) == ["transfer.reversed"]
    assert api.events()[-1]["data"]["object"] == now
    came, _ = moves(api, sent["id"])
    assert came == {
        "id": back["balance_transaction"], "object": "balance_transaction", "amount": 3000, "available_on": WEDNESDAY,
        "created": WEDNESDAY, "currency": "usd", "description": "REFUND FOR TRANSFER (Order 95)", "exchange_rate": None,
        "fee": 0, "fee_details": [], "net": 3000, "reporting_category": "transfer_reversal", "source": sent["id"],
        "status": "available", "type": "transfer_refund"}
    [gone] = moves(account, back["destination_payment_refund"])
    assert gone == came | {
        "id": gone["id"], "amount": -3000, "description": "REFUND FOR PAYMENT", "net": -3000, "reporting_category": "refund",
        "source": back["destination_payment_refund"], "type": "payment_refund"}
    refund = account.get(f"/v1/refunds/{back['destination_payment_refund']}")
    assert refund == {
        "id": refund["id"], "object": "refund", "amount": 3000, "balance_transaction": gone["id"],
        "charge": sent["destination_payment"], "created": WEDNESDAY, "currency": "usd", "metadata": {}, "payment_intent": None,
        "reason": None, "receipt_number": None, "source_transfer_reversal": back["id"], "status": "succeeded",
        "transfer_reversal": back["id"]}
    payment = account.get(f"/v1/charges/{sent['destination_payment']}")
    assert (payment["amount_refunded"], payment["refunded"], payment["refunds"]["data"]) == (3000, False, [refund])
    assert money_types(account) == []
    whole = api.get(f"/v1/transfers/{sent['id']}/reversals/{back['id']}", expand=[
        "balance_transaction", "destination_payment_refund.transfer_reversal", "transfer"])
    assert whole == back | {"balance_transaction": came, "destination_payment_refund": refund | {"transfer_reversal": back},
                            "transfer": now}
    healthy(server, api, account)


def test_what_is_left_comes_back_and_no_more(api: Api, server: Server, account: Api, sent: dict[str, Any]) -> None:
    assert [reverse(api, sent, amount=amount)["amount"] for amount in (3000, 1, 999)] == [3000, 1, 999]
    refused = api.refused("POST", f"/v1/transfers/{sent['id']}/reversals", amount=3001)
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        400, "amount", "Transfer reversal amount ($30.01) is greater than unreversed amount on transfer ($30.00)")
    assert reverse(api, sent)["amount"] == 3000
    now = api.get(f"/v1/transfers/{sent['id']}")
    assert (now["amount_reversed"], now["reversed"], available(api), available(account)) == (7000, True, 7000, 0)
    assert account.get(f"/v1/charges/{sent['destination_payment']}")["refunded"] is True
    for asked in ({}, {"amount": 1}):
        refused = api.refused("POST", f"/v1/transfers/{sent['id']}/reversals", **asked)
        assert (refused.status, refused.error.get("param"), refused.error["message"]) == (
            400, None, f"The transfer {sent['id']} is already fully reversed.")
    healthy(server, api, account)


def test_an_account_that_has_paid_it_out_cannot_give_it_back(api: Api, server: Server, account: Api,
                                                             sent: dict[str, Any]) -> None:
    account.post("/v1/payouts", amount=6500, currency="usd")
    refused = api.refused("POST", f"/v1/transfers/{sent['id']}/reversals", amount=501)
    assert (refused.status, refused.error["code"], refused.error["message"]) == (
        400, "balance_insufficient",
        f"The account {id_of(account)} has insufficient available funds to reverse $5.01 of transfer {sent['id']}.")
    assert (available(api), available(account)) == (0, 500)
    assert account.get("/v1/refunds")["data"] == []
    assert reverse(api, sent, amount=500)["amount"] == 500
    healthy(server, api, account)


def test_what_is_still_pending_comes_back_on_the_same_day(api: Api, server: Server, account: Api, wall: Wall) -> None:
    taken = charge(api, 10_000)
    sent = api.post("/v1/transfers", amount=7000, currency="usd", destination=id_of(account), source_transaction=taken["id"])
    wall.now += 3600
    back = reverse(api, sent, amount=3000)
    assert [(available(each), pending(each)) for each in (api, account)] == [(0, 5680), (0, 4000)]
    friday = at("2022-08-05")
    came, gone = moves(api, sent["id"])[0], moves(account, back["destination_payment_refund"])[0]
    assert [(row["created"], row["available_on"], row["status"]) for row in (came, gone)] == [
        (WEDNESDAY + 3600, friday, "pending")] * 2
    wall.now = friday + 60
    server.worker.run_due()
    assert [(available(each), pending(each)) for each in (api, account)] == [(5680, 0), (4000, 0)]
    # From then on it takes what is there.
    account.post("/v1/payouts", amount=4000, currency="usd")
    assert api.refused("POST", f"/v1/transfers/{sent['id']}/reversals").error["code"] == "balance_insufficient"
    healthy(server, api, account)


def test_the_newest_ten_are_shown_and_all_are_listed(api: Api, account: Api, sent: dict[str, Any]) -> None:
    ids = [reverse(api, sent, amount=100)["id"] for _ in range(11)][::-1]
    shown = api.get(f"/v1/transfers/{sent['id']}")["reversals"]
    url = f"/v1/transfers/{sent['id']}/reversals"
    assert ([each["id"] for each in shown["data"]], shown["has_more"], shown["url"]) == (ids[:10], True, url)

    def found(**paging: Any) -> list[str]:
        page = api.get(url, **paging)
        assert page["url"] == url
        return [each["id"] for each in page["data"]]

    assert (found(limit=100), found(limit=2), found(starting_after=ids[8]), found(ending_before=ids[1])) == (
        ids, ids[:2], ids[9:], ids[:1])
    # Those of another transfer are not among them.
    fund(api, 100)
    other = api.post("/v1/transfers", amount=100, currency="usd", destination=id_of(account))
    assert api.get(f"/v1/transfers/{other['id']}/reversals")["data"] == []
    refused = api.refused("GET", f"/v1/transfers/{other['id']}/reversals/{ids[0]}")
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        404, "id", f"No such transfer reversal: '{ids[0]}'")


def test_metadata_and_description_change(api: Api, server: Server, account: Api, sent: dict[str, Any]) -> None:
    back = reverse(api, sent, amount=100, metadata={"a": "1"})
    told = api.event_types()
    path = f"/v1/transfers/{sent['id']}/reversals/{back['id']}"
    changed = api.post(path, metadata={"a": "", "b": "2"}, description="Seen")
    assert changed == back | {"metadata": {"b": "2"}} == api.get(path)
    assert api.event_types() == told
    assert api.refused("POST", path, amount=5).error["code"] == "parameter_unknown"
    healthy(server, api, account)


@pytest.mark.parametrize(("asked", "param", "code", "message"), [
    ({"amount": 0}, "amount", "parameter_invalid_integer", "This value must be greater than or equal to 1."),
    ({"amount": "all"}, "amount", "parameter_invalid_integer", "Invalid integer: all"),
    ({"refund_application_fee": "maybe"}, "refund_application_fee", None, "Invalid boolean: maybe"),
    ({"reason": "duplicate"}, "reason", "parameter_unknown", "Received unknown parameter: reason"),
])
def test_what_cannot_be_is_refused(api: Api, account: Api, sent: dict[str, Any], asked: dict[str, Any], param: str,
                                   code: str | None, message: str) -> None:
    refused = api.refused("POST", f"/v1/transfers/{sent['id']}/reversals", **asked)
    assert (refused.status, refused.error["param"], refused.error.get("code"), refused.error["message"]) == (
        400, param, code, message)
    assert (available(api), available(account)) == (0, 7000)


def test_there_is_no_fee_to_refund_without_one(api: Api, account: Api, sent: dict[str, Any]) -> None:
    refused = api.refused("POST", f"/v1/transfers/{sent['id']}/reversals", refund_application_fee=True)
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        400, "refund_application_fee",
        f"The application fee of transfer {sent['id']} cannot be refunded, because it has none.")
    assert (available(api), available(account)) == (0, 7000)
