"""A marketplace and its three sellers over the first quarter of 2023, from onboarding to the last payout, to the cent.

The fee of a card payment is 2.9 % + 30, which the platform pays where the charge is its own, and the seller where it is
theirs. All are in the United States: what is paid in becomes available on the second business day.
"""

from __future__ import annotations

from typing import Any

import pytest

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import at
from tests.support.connected import acting_for, connected
from tests.support.money import available, pending
from tests.support.pages import Visitor, onboard
from tests.support.wall import Wall

MONDAY = at("2023-01-02 10:00")


@pytest.fixture(autouse=True)
def monday(wall: Wall) -> Wall:
    wall.now = MONDAY
    return wall


def until(api: Api, wall: Wall, day: str, time: str = "10:00") -> None:
    """Let time pass, and everything be done that falls due."""
    wall.now = at(f"{day} {time}")
    while api.server.worker.run_due():
        pass


def paid_with(api: Api, card: str, amount: int, **values: Any) -> dict[str, Any]:
    """A charge that has succeeded."""
    intent = api.post("/v1/payment_intents", amount=amount, currency="usd", payment_method=card, confirm=True, **values)
    assert intent["status"] == "succeeded"
    return dict(intent["charges"]["data"][0])


def paid(api: Api, amount: int, **values: Any) -> dict[str, Any]:
    return paid_with(api, "pm_card_visa", amount, **values)


def payouts(api: Api) -> list[tuple[int, str]]:
    """Amount and status of what was paid out, oldest first."""
    return [(payout["amount"], payout["status"]) for payout in api.get("/v1/payouts", limit=100)["data"][::-1]]


def balances(*clients: Api) -> list[tuple[int, int]]:
    """What each account has that is available and that is pending."""
    return [(available(client), pending(client)) for client in clients]


def seller(api: Api, visitor: Visitor, type: str, business_type: str) -> Api:
    """An account whose holder has answered everything on the page that an account link opens."""
    account = api.post("/v1/accounts", type=type, country="US", business_type=business_type,
                       capabilities={"card_payments": {"requested": True}, "transfers": {"requested": True}})
    assert (account["charges_enabled"], account["payouts_enabled"]) == (False, False)
    link = api.post("/v1/account_links", account=account["id"], type="account_onboarding",
                    refresh_url="https://example.com/again", return_url="https://example.com/done")
    onboard(visitor, link["url"])
    account = api.get(f"/v1/accounts/{account['id']}")
    assert (account["charges_enabled"], account["payouts_enabled"], account["details_submitted"]) == (True, True, True)
    return acting_for(api, account["id"])


def test_a_quarter_of_a_marketplace(api: Api, server: Server, wall: Wall) -> None:
    visitor = Visitor(server)
    cues = connected(api, settings={"payouts": {"schedule": {"interval": "manual"}}})
    chalk = seller(api, visitor, "express", "individual")
    tables = seller(api, visitor, "custom", "company")
    fridays = {"interval": "weekly", "weekly_anchor": "friday"}
    api.post(f"/v1/accounts/{tables.account}", settings={"payouts": {"schedule": fridays}})

    # 2 January, a Monday. 10000 - 320 come and 10000 go, of which 500 come back.
    first = paid(api, 10_000, transfer_data={"destination": cues.account}, application_fee_amount=500)
    # 20000 - 610 - 1000 are the seller's own.
    direct = paid(chalk, 20_000, application_fee_amount=1000)
    # 30000 - 900, shared by hand.
    order = paid(api, 30_000, transfer_group="ORDER_1")
    shares = [api.post("/v1/transfers", amount=amount, currency="usd", destination=to.account, source_transaction=order["id"])
              for to, amount in ((tables, 15_000), (cues, 5000))]
    assert balances(api, cues, chalk, tables) == [(0, 10_280), (0, 14_500), (0, 18_390), (0, 15_000)]

    # On Wednesday it is available, and paid out to who is paid daily; to who is paid on Fridays, then.
    until(api, wall, "2023-01-04")
    assert balances(api, cues, chalk, tables) == [(10_280, 0), (14_500, 0), (0, 0), (15_000, 0)]
    until(api, wall, "2023-01-06")
    assert (payouts(chalk), payouts(tables), payouts(cues)) == ([(18_390, "paid")], [(15_000, "paid")], [])

    # A quarter of the first charge is given back, and with it a quarter of what was sent on and of the fee.
    until(api, wall, "2023-01-10")
    api.post("/v1/refunds", charge=first["id"], amount=2500, reverse_transfer=True, refund_application_fee=True)
    assert balances(api, cues) == [(10_155, 0), (12_125, 0)]

    # What has been paid out cannot be fetched back; what is still there can.
    refused = api.refused("POST", f"/v1/transfers/{shares[0]['id']}/reversals", amount=4000)
    assert (refused.status, refused.error["code"]) == (400, "balance_insufficient")
    api.post(f"/v1/transfers/{shares[1]['id']}/reversals", amount=2000)
    assert balances(api, cues, tables) == [(12_155, 0), (10_125, 0), (0, 0)]

    # A part of a fee goes back, and on to the bank the day after.
    until(api, wall, "2023-01-16")
    api.post(f"/v1/application_fees/{direct['application_fee']}/refunds", amount=200)
    assert balances(api, chalk) == [(11_955, 0), (200, 0)]

    # 5000 - 175 - 250 come, and 5000 go with the fee: the processing is what the seller has lost.
    until(api, wall, "2023-01-17")
    returned = paid(chalk, 5000, application_fee_amount=250)
    chalk.post("/v1/refunds", charge=returned["id"], refund_application_fee=True)
    assert payouts(chalk) == [(18_390, "paid"), (200, "paid")]
    # The platform sets that aside until then.
    assert [sum(both) for both in balances(api, chalk)] == [11_955 - 175, -175]
    # 1000 - 59 make good for it on the 24th, and the rest is paid out.
    until(api, wall, "2023-01-20")
    paid(chalk, 1000)
    until(api, wall, "2023-01-24")
    assert (balances(api, chalk), payouts(chalk)[2:]) == ([(11_955, 0), (0, 0)], [(766, "paid")])

    # A buyer disputes what was sent on: the platform stands for it, and wins.
    until(api, wall, "2023-01-25")
    disputed = paid_with(api, "pm_card_createDispute", 8000, transfer_data={"destination": tables.account},
                         application_fee_amount=400)
    until(api, wall, "2023-01-25", "10:01")
    [dispute] = api.get("/v1/disputes", charge=disputed["id"])["data"]
    # 8000 - 262 - 8000 + 400 came, 8000 and 1500 went.
    assert [sum(both) for both in balances(api, tables)] == [11_955 + 138 - 9500, 7600]
    api.post(f"/v1/disputes/{dispute['id']}", evidence={"uncategorized_text": "winning_evidence"}, submit=True)
    until(api, wall, "2023-01-27")
    assert balances(api, tables) == [(12_093, 0), (0, 0)]
    assert payouts(tables)[1:] == [(7600, "paid")]

    # A subscription on the wall clock, of which the platform keeps a tenth: 2000 - 88 - 2000 + 200, twice until the end.
    until(api, wall, "2023-02-01")
    customer = api.post("/v1/customers", payment_method="pm_card_visa",
                        invoice_settings={"default_payment_method": "pm_card_visa"})["id"]
    price = api.post("/v1/prices", currency="usd", unit_amount=2000, recurring={"interval": "month"},
                     product_data={"name": "Chalk of the month"})
    api.post("/v1/subscriptions", customer=customer, items=[{"price": price["id"]}], application_fee_percent=10,
             transfer_data={"destination": cues.account})
    for day in ("2023-02-28", "2023-03-01", "2023-03-15"):
        until(api, wall, day)
    assert balances(api, cues) == [(12_317, 0), (13_725, 0)]
    cues.post("/v1/payouts", amount=13_000, currency="usd")
    assert cues.refused("POST", "/v1/payouts", amount=726, currency="usd").error["code"] == "balance_insufficient"

    # A bank account is closed; the money comes back, and goes to another one.
    until(api, wall, "2023-03-20")
    api.post(f"/v1/accounts/{tables.account}", external_account="btok_us_verified_accountClosed")
    paid(tables, 2000)
    until(api, wall, "2023-03-24")
    until(api, wall, "2023-03-27")
    assert payouts(tables)[2:] == [(1912, "failed")]
    [bank] = api.get(f"/v1/accounts/{tables.account}")["external_accounts"]["data"]
    assert bank["status"] == "errored"
    assert balances(tables) == [(1912, 0)]
    api.post(f"/v1/accounts/{tables.account}", external_account="btok_us_verified")
    until(api, wall, "2023-03-31")

    assert payouts(tables)[2:] == [(1912, "failed"), (1912, "paid")]
    assert payouts(cues) == [(13_000, "paid")]
    assert balances(api, cues, chalk, tables) == [(12_317, 0), (725, 0), (0, 0), (0, 0)]
    # What buyers paid is with the networks, the buyers who were given it back, the banks of the sellers, or here.
    came, processing, went_back = 80_000, 320 + 610 + 900 + 175 + 59 + 262 + 2 * 88 + 88, 2500 + 5000
    to_banks = sum(amount for client in (cues, chalk, tables) for amount, status in payouts(client) if status == "paid")
    assert came - processing - went_back - to_banks == 12_317 + 725
    assert examine(server.database, account=api.key) == []
