"""Refunds of payments that connected accounts had a part in."""

from __future__ import annotations

from tests.support.api import Api
from tests.support.marketplace import charge, id_of, send_on
from tests.support.money import available


def test_what_cannot_come_back(api: Api, seller: Api) -> None:
    sent, plain, direct = send_on(api, seller), charge(api, 1000), charge(seller, 1000, application_fee_amount=10)
    alone = api.refused("POST", "/v1/refunds", charge=sent["id"], refund_application_fee=True).error
    assert (alone["param"], alone["message"]) == (
        "refund_application_fee", "To refund the application fee of a destination charge, its transfer has to be reversed too. "
                                  "Pass `reverse_transfer` as well.")
    for client, of, flag in ((api, plain, "reverse_transfer"), (api, plain, "refund_application_fee"),
                             (seller, direct, "reverse_transfer")):
        error = client.refused("POST", "/v1/refunds", charge=of["id"], **{flag: True}).error
        assert (error["param"], error["message"].endswith("because it has none.")) == (flag, True)
    api.post(f"/v1/transfers/{sent['transfer']}/reversals")
    again = api.refused("POST", "/v1/refunds", charge=sent["id"], reverse_transfer=True).error
    assert again["message"] == f"The transfer {sent['transfer']} is already fully reversed."
    assert api.get(f"/v1/charges/{sent['id']}")["amount_refunded"] == 0


def test_what_has_come_back_before_is_not_fetched_twice(api: Api, seller: Api) -> None:
    sent = send_on(api, seller, card="pm_card_bypassPending")
    api.post(f"/v1/transfers/{sent['transfer']}/reversals", amount=4000)
    api.post(f"/v1/application_fees/{sent['application_fee']}/refunds", amount=450)
    half = api.post("/v1/refunds", charge=sent["id"], amount=5000, reverse_transfer=True, refund_application_fee=True)
    reversal = api.get(f"/v1/transfers/{sent['transfer']}/reversals/{half['transfer_reversal']}")
    fee = api.get(f"/v1/application_fees/{sent['application_fee']}")
    # Half of the transfer is 5000; half of the fee is 250, of which 50 are left.
    assert (reversal["amount"], fee["amount_refunded"], fee["refunded"]) == (5000, 500, True)
    rest = api.post("/v1/refunds", charge=sent["id"], reverse_transfer=True, refund_application_fee=True)
    reversal = api.get(f"/v1/transfers/{sent['transfer']}/reversals/{rest['transfer_reversal']}")
    assert (reversal["amount"], available(seller), available(api)) == (1000, 0, -320)


def test_an_account_far_below_zero_gives_nothing_back(api: Api, seller: Api) -> None:
    sent = send_on(api, seller, card="pm_card_bypassPending")
    seller.post("/v1/payouts", amount=9500, currency="usd")
    api.post("/_sim/settings", refund_overdraft=500)
    error = api.refused("POST", "/v1/refunds", charge=sent["id"], amount=501, reverse_transfer=True).error
    assert (error["code"], error["message"]) == (
        "balance_insufficient", f"The account {id_of(seller)} has insufficient available funds to reverse $5.01 of transfer "
                                f"{sent['transfer']}.")
    api.post("/v1/refunds", charge=sent["id"], amount=500, reverse_transfer=True)
    # 180 - 500 + 500, less what is set aside for the seller.
    assert (available(seller), available(api)) == (-500, 180 - 500)


def test_a_part_that_is_too_small_fetches_nothing_back(api: Api, seller: Api) -> None:
    sent = charge(api, 1000, transfer_data={"destination": id_of(seller), "amount": 100})
    refund = api.post("/v1/refunds", charge=sent["id"], amount=4, reverse_transfer=True)
    # A tenth of 4 is nothing, and that of 5 half a cent, which is rounded up.
    assert refund["transfer_reversal"] is None
    refund = api.post("/v1/refunds", charge=sent["id"], amount=5, reverse_transfer=True)
    assert api.get(f"/v1/transfers/{sent['transfer']}/reversals/{refund['transfer_reversal']}")["amount"] == 1


def test_the_seller_sends_a_payment_back(api: Api, seller: Api) -> None:
    sent = send_on(api, seller)
    payment = api.get(f"/v1/transfers/{sent['transfer']}")["destination_payment"]
    before, there = len(api.events()), len(seller.events())
    refund = seller.post("/v1/refunds", charge=payment, amount=2000, reason="duplicate", metadata={"a": "1"},
                         refund_application_fee=True)
    assert (refund["id"][:4], refund["amount"], refund["reason"], refund["metadata"]) == ("pyr_", 2000, "duplicate", {"a": "1"})
    assert seller.event_types()[there:] == ["charge.refunded"]
    assert api.event_types()[before:] == ["transfer.reversed", "application_fee.refunded"]
    assert api.get(f"/v1/transfers/{sent['transfer']}")["amount_reversed"] == 2000
    assert seller.get(f"/v1/charges/{payment}")["amount_refunded"] == 2000
    too_much = seller.refused("POST", "/v1/refunds", charge=payment, amount=8001).error
    assert too_much["message"] == "Refund amount ($80.01) is greater than unrefunded amount on charge ($80.00)"


def test_a_refund_that_fails_leaves_the_reversal_as_it_is(api: Api, seller: Api) -> None:
    api.post("/_sim/settings", refund_settles_after_s=0)
    sent = send_on(api, seller, card="pm_card_refundFail")
    refund = api.post("/v1/refunds", charge=sent["id"], reverse_transfer=True, refund_application_fee=True)
    assert (refund["status"], api.get(f"/v1/transfers/{sent['transfer']}")["reversed"]) == ("failed", True)
    assert api.event_types()[-4:] == ["charge.refunded", "transfer.reversed", "application_fee.refunded", "charge.refund.updated"]


def test_what_comes_back_covers_the_refund(api: Api, seller: Api) -> None:
    sent = send_on(api, seller, card="pm_card_bypassPending")
    api.post("/_sim/settings", refund_overdraft=0)
    assert api.post("/v1/refunds", charge=sent["id"], amount=5000)["status"] == "pending"
    assert api.post("/v1/refunds", charge=sent["id"], amount=100, reverse_transfer=True)["status"] == "succeeded"
