"""Postings balance, or are not made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ledger import (
    Earning,
    Entry,
    Fee,
    Posting,
    charge_posting,
    fee_refund_posting,
    refund_posting,
    reversal_posting,
    transfer_posting,
)

AMOUNTS = st.integers(1, 99_999_999)


def test_a_charge_brings_its_amount_less_the_fee() -> None:
    posting = charge_posting("acct_1", 10_000, "usd", fee=320, charge="ch_1", description="Gold", available_on=86_400)
    [entry] = posting.entries
    assert (entry.account, entry.amount, entry.fee, entry.net, entry.available_on) == ("acct_1", 10_000, 320, 9680, 86_400)
    assert entry.fees == (Fee(320, "Stripe processing fees"),)
    assert posting.outside == (("card_networks", -10_000), ("stripe", 320))


def test_a_refund_leaves_the_fee_where_it_is() -> None:
    posting = refund_posting("acct_1", 2500, "usd", refund="re_1", description="Gold", available_on=None)
    [entry] = posting.entries
    assert (entry.amount, entry.fee, entry.net, entry.description) == (-2500, 0, -2500, "REFUND FOR CHARGE (Gold)")
    assert posting.outside == (("card_networks", 2500),)


def earning(amount: int) -> Earning:
    return Earning("acct_platform", "fee_1", amount, "ca_1", "Platform application fee", "Application fee from application")


def test_a_platform_earns_by_a_charge_of_another_account() -> None:
    posting = charge_posting("acct_1", 10_000, "usd", fee=320, charge="ch_1", description=None, available_on=86_400,
                             earning=earning(500))
    taken, earned = posting.entries
    assert (taken.amount, taken.fee, taken.net) == (10_000, 820, 9180)
    assert taken.fees[1] == Fee(500, "Platform application fee", "application_fee", "ca_1")
    assert (earned.account, earned.type, earned.net, earned.source, earned.available_on) == (
        "acct_platform", "application_fee", 500, "fee_1", 86_400)


def test_what_a_platform_earns_comes_back_out_of_what_it_transfers() -> None:
    posting = transfer_posting("acct_platform", "acct_1", 10_000, "usd", transfer="tr_1", payment="py_1", description="Order",
                               source_type="card", available_on=None, earning=earning(500))
    assert [(entry.account, entry.type, entry.net) for entry in posting.entries] == [
        ("acct_platform", "transfer", -10_000), ("acct_1", "payment", 9500), ("acct_platform", "application_fee", 500)]
    assert posting.outside == ()


@given(AMOUNTS, AMOUNTS)
def test_money_between_accounts_touches_nobody_else(amount: int, fee: int) -> None:
    ends = ("acct_platform", "acct_1", amount, "usd")
    for posting in (
        transfer_posting(*ends, transfer="tr_1", payment="py_1", description=None, source_type="card", available_on=None,
                         earning=earning(fee)),
        reversal_posting(*ends, transfer="tr_1", refund="pyr_1", description=None, payment_description=None,
                         source_type="card", available_on=None),
        fee_refund_posting(*ends, application_fee="fee_1", fee_refund="fr_1", available_on=None),
    ):
        assert (sum(entry.net for entry in posting.entries), posting.outside) == (0, ())


@given(AMOUNTS, st.integers(0, 5000), AMOUNTS)
def test_what_is_charged_and_refunded_sums_to_zero(amount: int, fee: int, refunded: int) -> None:
    for posting in (
        charge_posting("acct_1", amount, "usd", fee=fee, charge="ch_1", description=None, available_on=None),
        refund_posting("acct_1", refunded, "usd", refund="re_1", description=None, available_on=None),
    ):
        assert sum(entry.net for entry in posting.entries) + sum(amount for _, amount in posting.outside) == 0


def test_a_posting_that_does_not_balance_cannot_be_made() -> None:
    entry = Entry("acct_1", "charge", "charge", 1000, "ch_1", fees=(Fee(59, "Stripe processing fees"),))
    with pytest.raises(AssertionError, match="a posting in usd is 1 off balance"):
        Posting("usd", (entry,), (("card_networks", -1000), ("stripe", 60)))
