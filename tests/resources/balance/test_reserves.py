"""What a platform sets aside for a connected account that is below zero, to the cent.

The fee is 2.9 % + 30: 10000 cost 320, so that a direct charge of it that is refunded whole leaves the seller with -320.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.clock import Clock
from tests.support.connected import connected
from tests.support.marketplace import charge, healthy, id_of, new_types, total
from tests.support.money import available, fund
from tests.support.reference import conforms
from tests.support.wall import Wall, events_after

pytestmark = pytest.mark.usefixtures("wall")

DAY = 86_400
NOTHING: list[tuple[str, int]] = []


def rows(api: Api, since: int = 0) -> list[tuple[str, int]]:
    """What has happened to the balance, oldest first: type and amount."""
    return [(row["type"], row["amount"]) for row in api.get("/v1/balance_transactions", limit=100)["data"][::-1]][since:]


def set_aside(api: Api) -> dict[str, int]:
    balance = api.get("/v1/balance")
    conforms(balance)
    return {entry["currency"]: entry["amount"] for entry in balance["connect_reserved"]}


def fall_behind(seller: Api) -> None:
    """Lose the 320 that the processing of a charge has cost which was then given back."""
    seller.post("/v1/refunds", charge=charge(seller, 10_000)["id"])


def test_what_a_seller_lacks_is_set_aside(api: Api, seller: Api) -> None:
    taken = charge(seller, 10_000, application_fee_amount=500)
    before, there = len(api.events()), len(seller.events())
    seller.post("/v1/refunds", charge=taken["id"], refund_application_fee=True)
    # Between the refund and that of the fee it was -820; what counts is how the transaction ends.
    assert rows(api) == [("application_fee", 500), ("application_fee_refund", -500), ("reserve_transaction", -320)]
    assert rows(seller) == [("charge", 10_000), ("refund", -10_000), ("adjustment", 500)]
    assert (total(api), available(api), set_aside(api), total(seller)) == (-320, -320, {"usd": 320}, -320)
    assert "connect_reserved" not in seller.get("/v1/balance")
    assert (new_types(api, before), new_types(seller, there)) == (["application_fee.refunded"], ["charge.refunded"])


def test_a_reserve_transaction(api: Api, seller: Api, wall: Wall) -> None:
    fall_behind(seller)
    [row] = api.get("/v1/balance_transactions", type="reserve_transaction")["data"]
    conforms(row)
    assert row["source"].startswith("rsv_")
    assert row == {
        "id": row["id"], "object": "balance_transaction", "amount": -320, "available_on": wall.now, "created": wall.now,
        "currency": "usd", "description": None, "exchange_rate": None, "fee": 0, "fee_details": [], "net": -320,
        "reporting_category": "connect_reserved_funds", "source": row["source"], "status": "available",
        "type": "reserve_transaction"}  # fmt: skip
    expanded = api.get(f"/v1/balance_transactions/{row['id']}", expand=["source"])["source"]
    assert expanded == {"id": row["source"], "object": "reserve_transaction", "amount": -320, "currency": "usd",
                        "description": None}


def test_it_is_released_as_the_seller_recovers(api: Api, seller: Api) -> None:
    fall_behind(seller)
    charge(seller, 200)  # 164 after a fee of 36
    assert (rows(api), set_aside(api)) == ([("reserve_transaction", -320), ("reserve_transaction", 164)], {"usd": 156})
    charge(seller, 1000)  # 941 after a fee of 59
    assert (rows(api, 2), set_aside(api)) == ([("reserve_transaction", 156)], {"usd": 0})
    charge(seller, 1000)
    assert (rows(api, 3), total(seller), total(api)) == (NOTHING, -320 + 164 + 941 + 941, 0)
    # What a refund of a charge of 2000 costs, 58 + 30, it has now.
    seller.post("/v1/refunds", charge=charge(seller, 2000)["id"])
    assert (rows(api, 3), total(seller)) == (NOTHING, 1726 - 88)


def test_money_on_its_way_counts_and_funds_of_a_sellers_test_clock_do_not(
    api: Api, seller: Api, clock: Callable[..., Clock],
) -> None:  # fmt: skip
    charge(seller, 1000)
    # 941 are pending.
    fall_behind(seller)
    assert (total(seller), set_aside(api), rows(api)) == (621, {"usd": 0}, NOTHING)
    timed = seller.post("/v1/test_helpers/test_clocks", frozen_time=1_672_531_200)["id"]
    customer = seller.post("/v1/customers", test_clock=timed, payment_method="pm_card_visa")["id"]
    method = seller.get("/v1/payment_methods", customer=customer, type="card")["data"][0]["id"]
    on_clock = charge(seller, 10_000, customer=customer, card=method)
    seller.post("/v1/refunds", charge=on_clock["id"])
    seller.post("/v1/refunds", charge=charge(seller, 10_000)["id"])
    assert (total(seller), rows(api)) == (621 - 320 - 320, NOTHING)
    seller.delete(f"/v1/test_helpers/test_clocks/{timed}")
    assert (total(seller), rows(api)) == (301, NOTHING)


def test_each_currency_and_each_seller_by_itself(api: Api, seller: Api) -> None:
    other = connected(api, "express")
    fund(seller, 5000, "gbp")
    fall_behind(seller)
    fall_behind(other)
    assert (rows(api), set_aside(api)) == ([("reserve_transaction", -320)] * 2, {"usd": 640})
    charge(other, 1000)
    assert (rows(api, 2), set_aside(api)) == ([("reserve_transaction", 320)], {"usd": 320})


def test_standard_accounts_stand_for_themselves(api: Api) -> None:
    standard = connected(api, "standard")
    fall_behind(standard)
    assert (total(standard), rows(api), set_aside(api)) == (-320, NOTHING, {"usd": 0})
    healthy(api.server, api, standard)


def test_what_is_set_aside_cannot_be_spent(api: Api, seller: Api) -> None:
    fund(api, 1000)
    fall_behind(seller)
    before = len(api.events())
    for url, values in (("/v1/payouts", {}), ("/v1/transfers", {"destination": id_of(connected(api))})):
        before = len(api.events())
        refused = api.refused("POST", url, amount=681, currency="usd", **values)
        assert (refused.status, refused.error["code"]) == (400, "balance_insufficient")
    assert (rows(api), len(api.events())) == ([("topup", 1000), ("reserve_transaction", -320)], before)
    api.post("/v1/payouts", amount=680, currency="usd")
    assert (available(api), set_aside(api)) == (0, {"usd": 320})


def test_the_platform_pays_after_180_days(api: Api, seller: Api, wall: Wall) -> None:
    fall_behind(seller)
    events_after(api, wall, 100 * DAY)
    charge(seller, 200)
    # It has recovered in part, and been negative all the time.
    assert events_after(api, wall, 80 * DAY - 1) == []
    assert (rows(api, 1), rows(seller, 2)) == ([("reserve_transaction", 164)], [("charge", 200)])
    before = len(seller.events())
    assert events_after(api, wall, 1) == []
    assert (rows(api, 2), rows(seller, 3)) == (
        [("connect_collection_transfer", -156), ("reserve_transaction", 156)], [("connect_collection_transfer", 156)])
    assert new_types(seller, before) == []
    assert (total(api), total(seller), set_aside(api)) == (-156, 0, {"usd": 0})
    for client in (api, seller):
        [row] = client.get("/v1/balance_transactions", type="connect_collection_transfer")["data"]
        conforms(row)
        assert (row["reporting_category"], row["source"], row["fee"], row["status"]) == (
            "connect_collection_transfer", None, 0, "available")
    events_after(api, wall, 200 * DAY)
    assert (len(rows(api)), len(rows(seller))) == (4, 4)


def test_the_days_begin_anew_when_it_was_not_negative_in_between(api: Api, seller: Api, wall: Wall) -> None:
    fall_behind(seller)
    wall.advance(100 * DAY)
    made_good = charge(seller, 1000)
    wall.advance(10 * DAY)
    seller.post("/v1/refunds", charge=made_good["id"])
    # -320 + 941 - 1000
    assert (rows(api), set_aside(api)) == (
        [("reserve_transaction", -320), ("reserve_transaction", 320), ("reserve_transaction", -379)], {"usd": 379})
    events_after(api, wall, 180 * DAY - 1)
    assert rows(api, 3) == NOTHING
    events_after(api, wall, 1)
    assert rows(api, 3) == [("connect_collection_transfer", -379), ("reserve_transaction", 379)]


@pytest.mark.parametrize("end", ["deleted", "rejected"])
def test_who_leaves_owing_is_paid_for_in_the_end(api: Api, wall: Wall, end: str) -> None:
    account = connected(api)
    fall_behind(account)
    if end == "deleted":
        api.delete(f"/v1/accounts/{id_of(account)}")
    else:
        api.post(f"/v1/accounts/{id_of(account)}/reject", reason="fraud")
    assert (rows(api), set_aside(api)) == (
        [("reserve_transaction", -320)], {"usd": 320})
    events_after(api, wall, 180 * DAY)
    assert (rows(api, 1), total(api)) == ([("connect_collection_transfer", -320), ("reserve_transaction", 320)], -320)
    healthy(api.server, api)


def test_a_dispute_of_a_direct_charge_is_stood_for(api: Api, seller: Api, wall: Wall) -> None:
    dispute = seller.post(f"/_sim/charges/{charge(seller, 10_000)['id']}/dispute")
    # 9680 - 10000 - 1500
    assert (total(seller), rows(api)) == (-1820, [("reserve_transaction", -1820)])
    seller.post(f"/v1/disputes/{dispute['id']}", evidence={"uncategorized_text": "winning_evidence"})
    events_after(api, wall, 1)
    assert (total(seller), rows(api, 1), set_aside(api)) == (9680, [("reserve_transaction", 1820)], {"usd": 0})


def test_a_request_that_is_refused_sets_nothing_aside(api: Api, seller: Api) -> None:
    taken: dict[str, Any] = charge(seller, 10_000)
    assert seller.refused("POST", "/v1/refunds", charge=taken["id"], amount=10_001).status == 400
    assert (rows(api), set_aside(api)) == (NOTHING, {"usd": 0})
