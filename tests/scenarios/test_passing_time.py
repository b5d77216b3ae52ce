"""What a sandbox lives through when its wall clock is set forward: all of it, each at its own moment."""

from __future__ import annotations

from typing import Any

import pytest

from app.control.doctor import examine
from tests.support.api import Api
from tests.support.clock import COLLECTED, DAY, DRAFTED, HOUR, at
from tests.support.connected import connected, passing
from tests.support.marketplace import charge, id_of
from tests.support.money import available, pending
from tests.support.onboarding import Onboarding
from tests.support.pages import Visitor
from tests.support.wall import Wall

WEDNESDAY = at("2022-08-03 10:00")


@pytest.fixture(autouse=True)
def wednesday(wall: Wall) -> Wall:
    wall.now = WEDNESDAY
    return wall


def subscribe(api: Api, **params: Any) -> dict[str, Any]:
    """A subscription for 10.00 a month on the wall clock, which a card pays for."""
    price = api.post("/v1/prices", currency="usd", unit_amount=1000, recurring={"interval": "month"},
                     product_data={"name": "Gold"})["id"]
    customer = api.post("/v1/customers", payment_method="pm_card_visa",
                        invoice_settings={"default_payment_method": "pm_card_visa"})["id"]
    return api.post("/v1/subscriptions", customer=customer, items=[{"price": price}], **params)


def told(api: Api, since: int) -> list[tuple[str, int]]:
    """Type and moment of each event after so many, without the balance's."""
    return [(event["type"], event["created"]) for event in api.events()[since:] if event["type"] != "balance.available"]


def test_a_subscription_renews_each_month(api: Api) -> None:
    subscription = subscribe(api)
    seen = len(api.events())
    assert api.post("/_sim/time", now=at("2022-11-03 12:00"))["now"] == at("2022-11-03 12:00")
    renewals = [at(f"2022-{month} 10:00") for month in ("09-03", "10-03", "11-03")]
    assert told(api, seen) == [
        (type, moment) for start in renewals for type, moment in (
            ("invoice.upcoming", start - 7 * DAY),
            *((type, start) for type in DRAFTED), *((type, start + HOUR) for type in COLLECTED))]
    invoices = api.get("/v1/invoices", subscription=subscription["id"])["data"][::-1]
    ends = [*renewals, at("2022-12-03 10:00")]
    assert [(invoice["created"], invoice["status"], invoice["amount_paid"], invoice["status_transitions"]["paid_at"],
             invoice["lines"]["data"][0]["period"]) for invoice in invoices[1:]] == [
        (start, "paid", 1000, start + HOUR, {"start": start, "end": end})
        for start, end in zip(renewals, ends[1:], strict=True)]
    assert [invoice["created"] for invoice in invoices] == [WEDNESDAY, *renewals]
    now = api.get(f"/v1/subscriptions/{subscription['id']}")
    assert (now["current_period_start"], now["current_period_end"]) == (ends[-2], ends[-1])
    # Four times 10.00 less 0.59: what was paid in August, September and October has become available.
    assert (available(api), pending(api)) == (3 * 941, 941)
    assert examine(api.server.database, account=api.key) == []


def test_in_one_step_as_in_many(api: Api, server: Any) -> None:
    """The same subscription in two sandboxes, of which one is set forward day by day."""
    once, daily = api, Api(server)
    seen = []
    for each in (once, daily):
        subscribe(each, trial_period_days=3)
        seen.append(len(each.events()))
    once.post("/_sim/time", advance=50 * DAY)
    for _ in range(50):
        daily.post("/_sim/time", advance=DAY)
    assert told(once, seen[0]) == told(daily, seen[1]) != []
    assert once.get("/v1/balance") == daily.get("/v1/balance")
    assert examine(server.database, account=daily.key) == []


def test_the_server_that_stood_still_makes_up_for_it_in_the_same_order(api: Api, server: Any, wall: Wall) -> None:
    moved, aged = api, Api(server)
    seen = []
    for each in (moved, aged):
        subscribe(each)
        each.post("/_sim/settings", payout_interval="daily")
        seen.append(len(each.events()))
    moved.post("/_sim/time", advance=100 * DAY)
    wall.advance(100 * DAY)
    while server.worker.run_due():
        pass
    until = WEDNESDAY + 100 * DAY
    assert [each for each in told(moved, seen[0]) if each[1] <= until] == told(aged, seen[1])
    assert [payout["amount"] for payout in aged.get("/v1/payouts")["data"]] == [941] * 4


@pytest.mark.parametrize(("schedule", "days"), [
    ({"interval": "daily"}, ["2022-08-05", "2022-08-09"]),
    ({"interval": "weekly", "weekly_anchor": "monday"}, ["2022-08-08", "2022-08-15"]),
])
def test_a_connected_account_is_paid_out(api: Api, schedule: dict[str, Any], days: list[str]) -> None:
    """From a Wednesday two business days are Friday, from a Friday they are Tuesday."""
    seller = connected(api, settings={"payouts": {"schedule": schedule}})
    charge(seller, 1000)
    api.post("/_sim/time", now=at("2022-08-05 12:00"))
    charge(seller, 2000)
    assert (available(seller) + pending(seller)) == (1912 if schedule["interval"] == "daily" else 2853)
    api.post("/_sim/time", now=at("2022-08-17 10:00"))
    payouts = seller.get("/v1/payouts")["data"][::-1]
    assert [(payout["amount"], payout["created"], payout["status"], payout["automatic"]) for payout in payouts] == [
        (amount, at(day), "paid", True) for amount, day in zip((941, 1912), days, strict=True)]
    assert available(seller) == pending(seller) == 0
    paid = [(event["data"]["object"]["amount"], event["created"]) for event in seller.events(type="payout.paid")]
    # Pending for two seconds, and in transit for two more.
    assert paid == [(amount, at(day) + 4) for amount, day in zip((941, 1912), days, strict=True)]
    assert examine(api.server.database, account=api.key) == []
    assert examine(api.server.database, account=id_of(seller)) == []


def test_a_deadline_of_an_account_passes(api: Api) -> None:
    account = Onboarding(api, **passing(individual=passing()["individual"] | {"id_number": None}))
    account.client.post("/v1/charges", amount=1000, currency="usd", source="tok_visa_triggerNextRequirements")
    deadline = account.now["requirements"]["current_deadline"]
    assert deadline == WEDNESDAY + 14 * DAY
    api.post("/_sim/time", now=deadline - 1)
    assert (account.now["charges_enabled"], account.now["requirements"]["past_due"]) == (True, [])
    seen = len(account.client.events())
    api.post("/_sim/time", advance=1)
    assert (account.now["charges_enabled"], account.now["requirements"]["past_due"]) == (False, ["individual.id_number"])
    assert account.now["requirements"]["disabled_reason"] == "requirements.past_due"
    assert {event["created"] for event in account.client.events()[seen:]} == {deadline}


def test_an_account_link_expires(api: Api, server: Any) -> None:
    account = api.post("/v1/accounts", type="express", country="US")["id"]
    urls = {"refresh_url": "https://example.com/again", "return_url": "https://example.com/back"}
    link = api.post("/v1/account_links", account=account, type="account_onboarding", **urls)
    assert (link["created"], link["expires_at"]) == (WEDNESDAY, WEDNESDAY + 300)
    api.post("/_sim/time", advance=300)
    late = Visitor(server).open(link["url"])
    assert (late.status, late.headers["Location"]) == (303, urls["refresh_url"])
    fresh = api.post("/v1/account_links", account=account, type="account_onboarding", **urls)
    assert (fresh["created"], fresh["expires_at"]) == (WEDNESDAY + 300, WEDNESDAY + 600)
    assert Visitor(server).open(fresh["url"]).headers["Location"] != urls["refresh_url"]


def test_a_page_does_nothing_while_the_clock_is_on_its_way(api: Api, server: Any) -> None:
    account = api.post("/v1/accounts", type="express", country="US")["id"]
    link = api.post("/v1/account_links", account=account, type="account_onboarding",
                    refresh_url="https://example.com/again", return_url="https://example.com/back")
    api.post("/_sim/time", advance=60, wait=0)
    assert Visitor(server).open(link["url"]).status == 429
    server.worker.run_due()
    assert Visitor(server).open(link["url"]).status == 303
