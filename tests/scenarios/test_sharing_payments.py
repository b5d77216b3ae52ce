"""Payments that several accounts have to do with: what each of them has of it in the end, to the cent, and who hears of it.

The fee is 2.9 % + 30, so that 10000 cost 320.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.api import Api
from tests.support.connected import connected
from tests.support.marketplace import charge as charged
from tests.support.marketplace import id_of, total
from tests.support.wall import NEW_YEAR, Wall, events_after

pytestmark = pytest.mark.usefixtures("wall")

URL = "/v1/payment_intents"
TUESDAY = NEW_YEAR + 2 * 86_400
"""New Year 2023 is a Sunday, so that what is paid then is available on Tuesday."""


def rows(api: Api) -> list[tuple[str, int, int]]:
    """What has happened to the balance, oldest first: type, amount and fee."""
    return [(row["type"], row["amount"], row["fee"]) for row in api.get("/v1/balance_transactions", limit=100)["data"][::-1]]


def types(api: Api, since: int = 0) -> list[str]:
    return [event["type"] for event in api.events()[since:]]


def sent_on(api: Api, seller: Api, amount: int = 10_000, **values: Any) -> dict[str, Any]:
    """A destination charge."""
    return charged(api, amount, transfer_data={"destination": id_of(seller)} | values.pop("transfer_data", {}), **values)


def test_a_direct_charge_is_the_sellers_and_the_platform_earns_a_fee(api: Api, seller: Api) -> None:
    before, there = len(api.events()), len(seller.events())
    charge = charged(seller, 10_000, application_fee_amount=500)
    application = f"ca_{id_of(api).removeprefix('acct_')}"
    [taken] = seller.get("/v1/balance_transactions")["data"]
    assert (taken["amount"], taken["fee"], taken["net"]) == (10_000, 820, 9180)
    assert sorted((fee["type"], fee["amount"], fee["application"], fee["description"]) for fee in taken["fee_details"]) == [
        ("application_fee", 500, application, "Billyard sandbox application fee"),
        ("stripe_fee", 320, None, "Stripe processing fees")]
    assert (rows(api), total(api), total(seller)) == ([("application_fee", 500, 0)], 500, 9180)
    fee = api.get(f"/v1/application_fees/{charge['application_fee']}")
    assert (fee["account"], fee["application"], fee["charge"], fee["originating_transaction"], fee["amount"]) == (
        id_of(seller), application, charge["id"], None, 500)
    [earned] = api.get("/v1/balance_transactions", source=fee["id"])["data"]
    assert (earned["id"], earned["reporting_category"], earned["available_on"], earned["status"]) == (
        fee["balance_transaction"], "platform_earning", TUESDAY, "pending")
    assert (charge["application"], charge["application_fee_amount"], charge["transfer_data"], charge["on_behalf_of"]) == (
        application, 500, None, None)
    assert "transfer" not in charge
    intent = seller.get(f"{URL}/{charge['payment_intent']}")
    assert (intent["application"], intent["application_fee_amount"]) == (application, 500)
    assert types(seller, there) == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
    assert types(api, before) == ["application_fee.created"]
    assert {event["account"] for event in seller.events()} == {id_of(seller)}
    assert seller.get(f"/v1/charges/{charge['id']}", expand=["application_fee"])["application_fee"]["id"] == fee["id"]


def test_a_destination_charge_is_sent_on_whole_and_the_fee_comes_back(api: Api, seller: Api) -> None:
    before = len(api.events())
    charge = sent_on(api, seller, application_fee_amount=500)
    account = id_of(seller)
    assert rows(api) == [("charge", 10_000, 320), ("transfer", -10_000, 0), ("application_fee", 500, 0)]
    assert rows(seller) == [("payment", 10_000, 500)]
    assert (total(api), total(seller)) == (180, 9500)
    group = f"group_{charge['payment_intent']}"
    assert (charge["transfer_data"], charge["transfer_group"], charge["application"], charge["application_fee_amount"]) == (
        {"amount": None, "destination": account}, group, None, 500)
    transfer = api.get(f"/v1/transfers/{charge['transfer']}")
    assert (transfer["amount"], transfer["source_transaction"], transfer["destination"], transfer["transfer_group"]) == (
        10_000, charge["id"], account, group)
    payment = seller.get(f"/v1/charges/{transfer['destination_payment']}")
    assert payment["id"].startswith("py_")
    assert (payment["source_transfer"], payment["application_fee"], payment["transfer_group"], payment["application"]) == (
        transfer["id"], charge["application_fee"], None, f"ca_{id_of(api).removeprefix('acct_')}")
    assert payment["payment_method_details"] == {"stripe_account": {}, "type": "stripe_account"}
    # The published schema has neither, and nor do these.
    assert {"destination", "source"} & (charge.keys() | payment.keys()) == set()
    fee = api.get(f"/v1/application_fees/{charge['application_fee']}")
    assert (fee["charge"], fee["originating_transaction"], fee["account"]) == (payment["id"], charge["id"], account)
    assert {row["available_on"] for side in (api, seller) for row in side.get("/v1/balance_transactions")["data"]} == {TUESDAY}
    intent = api.get(f"{URL}/{charge['payment_intent']}")
    assert (intent["transfer_data"], intent["transfer_group"], intent["application_fee_amount"]) == (
        {"destination": account}, group, 500)
    assert types(api, before) == ["payment_intent.created", "charge.succeeded", "transfer.created",
                                  "payment_intent.succeeded", "application_fee.created"]
    [told] = api.events(type="charge.succeeded")
    assert told["data"]["object"] == charge == api.get(f"/v1/charges/{charge['id']}")


def test_a_part_of_a_destination_charge_is_sent_on(api: Api, seller: Api) -> None:
    charge = sent_on(api, seller, transfer_data={"amount": 9500})
    assert rows(api) == [("charge", 10_000, 320), ("transfer", -9500, 0)]
    assert rows(seller) == [("payment", 9500, 0)]
    assert (total(api), total(seller), charge["application_fee"]) == (180, 9500, None)
    assert charge["transfer_data"] == {"amount": 9500, "destination": id_of(seller)}
    intent = api.get(f"{URL}/{charge['payment_intent']}")
    assert intent["transfer_data"] == {"amount": 9500, "destination": id_of(seller)}


def test_one_charge_is_shared_by_separate_transfers(api: Api, seller: Api) -> None:
    other = connected(api)
    charge = charged(api, 10_000, transfer_group="ORDER_7")
    for client, amount in ((seller, 7000), (other, 2000)):
        api.post("/v1/transfers", amount=amount, currency="usd", destination=id_of(client),
                 source_transaction=charge["id"])
    assert (total(api), total(seller), total(other)) == (680, 7000, 2000)
    assert {transfer["transfer_group"] for transfer in api.get("/v1/transfers")["data"]} == {"ORDER_7"}
    too_much = api.refused("POST", "/v1/transfers", amount=1001, currency="usd", destination=id_of(seller),
                           source_transaction=charge["id"])
    assert too_much.error["message"] == "The transfer amount exceeds the amount remaining on the source charge"


def test_a_full_refund_fetches_everything_back_but_stripes_fee(api: Api, seller: Api) -> None:
    charge = sent_on(api, seller, application_fee_amount=500)
    before = len(api.events())
    refund = api.post("/v1/refunds", charge=charge["id"], reverse_transfer=True, refund_application_fee=True)
    assert rows(api)[3:] == [("refund", -10_000, 0), ("transfer_refund", 10_000, 0), ("application_fee_refund", -500, 0)]
    assert rows(seller)[1:] == [("payment_refund", -10_000, 0), ("adjustment", 500, 0)]
    assert (total(api), total(seller)) == (-320, 0)
    reversal = api.get(f"/v1/transfers/{charge['transfer']}/reversals/{refund['transfer_reversal']}")
    assert (reversal["amount"], reversal["source_refund"]) == (10_000, refund["id"])
    back = seller.get(f"/v1/refunds/{reversal['destination_payment_refund']}")
    assert back["id"].startswith("pyr_")
    assert (back["source_transfer_reversal"], back["transfer_reversal"]) == (reversal["id"], reversal["id"])
    transfer, fee = api.get(f"/v1/transfers/{charge['transfer']}"), api.get(f"/v1/application_fees/{charge['application_fee']}")
    assert (transfer["reversed"], fee["refunded"], api.get(f"/v1/charges/{charge['id']}")["refunded"]) == (True, True, True)
    assert types(api, before) == ["charge.refunded", "transfer.reversed", "application_fee.refunded"]
    [told] = api.events(type="charge.refunded")
    assert told["data"]["object"]["refunds"]["data"] == [refund] == [api.get(f"/v1/refunds/{refund['id']}")]


def test_a_partial_refund_fetches_the_same_part_back(api: Api, seller: Api) -> None:
    charge = sent_on(api, seller, application_fee_amount=500)
    api.post("/v1/refunds", charge=charge["id"], amount=2500, reverse_transfer=True, refund_application_fee=True)
    assert rows(api)[3:] == [("refund", -2500, 0), ("transfer_refund", 2500, 0), ("application_fee_refund", -125, 0)]
    assert rows(seller)[1:] == [("payment_refund", -2500, 0), ("adjustment", 125, 0)]
    # 55 + 7125 are the 7500 that are left, less the 320 of Stripe's.
    assert (total(api), total(seller)) == (55, 7125)


def test_parts_are_rounded_and_the_last_one_takes_the_rest(api: Api, seller: Api) -> None:
    charge = sent_on(api, seller, amount=1200, transfer_data={"amount": 880})
    for amount, back in ((500, 367), (500, 367), (200, 146)):
        refund = api.post("/v1/refunds", charge=charge["id"], amount=amount, reverse_transfer=True)
        reversal = api.get(f"/v1/transfers/{charge['transfer']}/reversals/{refund['transfer_reversal']}")
        assert reversal["amount"] == back
    assert (total(api), total(seller)) == (-65, 0)


def test_the_fee_goes_back_in_the_same_parts(api: Api, seller: Api) -> None:
    charge = charged(seller, 30_000, application_fee_amount=3000)
    for amount, back in ((10_000, 1000), (20_000, 2000)):
        seller.post("/v1/refunds", charge=charge["id"], amount=amount, refund_application_fee=True)
        assert [row for row in rows(api) if row[0] == "application_fee_refund"][-1] == ("application_fee_refund", -back, 0)
    # What the processing has cost the seller, the platform sets aside.
    assert (rows(api)[-1], total(api), total(seller)) == (("reserve_transaction", -900, 0), -900, -900)


def test_a_refund_without_the_flags_is_the_platforms_loss(api: Api, seller: Api) -> None:
    charge = sent_on(api, seller, application_fee_amount=500)
    refund = api.post("/v1/refunds", payment_intent=charge["payment_intent"])
    assert (refund["transfer_reversal"], total(api), total(seller)) == (None, -9820, 9500)


@pytest.mark.parametrize(("flag", "sellers", "platforms"), [(True, -320, 0 - 320), (False, -820, 500 - 820)])
def test_the_refund_of_a_direct_charge_is_the_sellers(api: Api, seller: Api, flag: bool, sellers: int,
                                                      platforms: int) -> None:
    charge = charged(seller, 10_000, application_fee_amount=500)
    before, there = len(api.events()), len(seller.events())
    seller.post("/v1/refunds", charge=charge["id"], refund_application_fee=flag)
    assert (total(seller), total(api)) == (sellers, platforms)
    assert types(seller, there) == ["charge.refunded"]
    assert types(api, before) == ["application_fee.refunded"] * flag


def test_a_dispute_of_a_destination_charge_is_the_platforms(api: Api, seller: Api, wall: Wall) -> None:
    charge = sent_on(api, seller, application_fee_amount=500)
    dispute = api.post(f"/_sim/charges/{charge['id']}/dispute")
    assert rows(api)[3:] == [("adjustment", -10_000, 1500)]
    assert (total(api), total(seller)) == (180 - 11_500, 9500)
    api.post(f"/v1/transfers/{charge['transfer']}/reversals", refund_application_fee=True)
    assert (total(api), total(seller)) == (180 - 11_500 + 10_000 - 500, 0)
    api.post(f"/v1/disputes/{dispute['id']}", evidence={"uncategorized_text": "winning_evidence"})
    events_after(api, wall, 1)
    assert rows(api)[-1] == ("adjustment", 10_000, -1500)
    assert total(api) == 180 + 10_000 - 500


def test_a_dispute_of_a_direct_charge_is_the_sellers(api: Api, seller: Api, wall: Wall) -> None:
    charge = charged(seller, 10_000, application_fee_amount=500)
    dispute = seller.post(f"/_sim/charges/{charge['id']}/dispute")
    assert (rows(seller)[1:], total(seller), total(api)) == ([("adjustment", -10_000, 1500)], 9180 - 11_500, 500 - 2320)
    seller.post(f"/v1/disputes/{dispute['id']}/close")
    assert total(seller) == 9180 - 11_500


def test_what_a_top_up_has_brought_can_be_transferred(api: Api, seller: Api, wall: Wall) -> None:
    api.post("/v1/topups", amount=2000, currency="usd", source="btok_us_verified")
    assert (rows(api), total(api)) == ([], 0)
    events_after(api, wall, 2)
    assert (rows(api), total(api)) == ([("topup", 2000, 0)], 2000)
    api.post("/v1/transfers", amount=2000, currency="usd", destination=id_of(seller))
    assert (total(api), total(seller)) == (0, 2000)
