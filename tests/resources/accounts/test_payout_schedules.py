"""How connected accounts are paid out by themselves, and when their money counts as available."""

from __future__ import annotations

from typing import Any

import pytest

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import at
from tests.support.connected import connected
from tests.support.marketplace import charge, pending
from tests.support.money import available, fund
from tests.support.wall import Wall

WEDNESDAY = at("2022-08-03 10:00")


@pytest.fixture(autouse=True)
def wednesday(wall: Wall) -> Wall:
    wall.now = WEDNESDAY
    return wall


def seller(api: Api, schedule: dict[str, Any], **params: Any) -> Api:
    return connected(api, settings={"payouts": {"schedule": schedule}}, **params)


def payouts(account: Api) -> list[tuple[int, str, bool]]:
    """Amount, day and whether made by itself, newest first."""
    days = {at(f"2022-08-{day:02}"): f"08-{day:02}" for day in range(1, 32)}
    return [(payout["amount"], days[payout["created"] // 86_400 * 86_400], payout["automatic"])
            for payout in account.get("/v1/payouts")["data"]]


def pass_to(server: Server, wall: Wall, moment: str) -> None:
    wall.now = at(moment)
    while server.worker.run_due():
        pass


@pytest.mark.parametrize(("schedule", "before", "day"), [
    ({"interval": "daily"}, "2022-08-03 23:59", "08-04"),
    ({"interval": "weekly", "weekly_anchor": "monday"}, "2022-08-07 23:59", "08-08"),
    ({"interval": "monthly", "monthly_anchor": 31}, "2022-08-30 23:59", "08-31"),
])
def test_what_is_available_is_paid_out_on_the_day_that_was_chosen(
        api: Api, server: Server, wall: Wall, schedule: dict[str, Any], before: str, day: str) -> None:
    account, manual = seller(api, schedule), seller(api, {"interval": "manual"})
    for each in (account, manual):
        fund(each, 900)
    pass_to(server, wall, before)
    assert payouts(account) == []
    pass_to(server, wall, f"2022-{day} 00:01")
    assert (payouts(account), payouts(manual)) == ([(900, day, True)], [])
    assert (available(account), available(manual)) == (0, 900)
    assert examine(server.database, account=api.key) == []


def test_a_schedule_is_followed_from_when_it_is_chosen(api: Api, server: Server, wall: Wall) -> None:
    account = seller(api, {"interval": "manual"})
    fund(account, 900)
    pass_to(server, wall, "2022-08-05 12:00")
    assert payouts(account) == []
    account.post("/v1/account", settings={"payouts": {"schedule": {"interval": "daily"}}})
    pass_to(server, wall, "2022-08-06 00:01")
    assert payouts(account) == [(900, "08-06", True)]


def test_the_money_of_a_charge_is_available_after_the_delay_of_the_account(api: Api, server: Server, wall: Wall) -> None:
    """From a Wednesday two business days are Friday, ten are the Wednesday in two weeks."""
    usual, slow = seller(api, {"interval": "manual"}), seller(api, {"interval": "manual", "delay_days": 10})
    for account, day in ((usual, "2022-08-05"), (slow, "2022-08-17")):
        taken = account.get("/v1/balance_transactions", source=charge(account, 1000)["id"])["data"][0]
        assert (taken["net"], taken["available_on"], taken["status"]) == (941, at(day), "pending")
    pass_to(server, wall, "2022-08-16 23:59")
    assert (available(usual), pending(slow)) == (941, 941)
    pass_to(server, wall, "2022-08-17 00:01")
    assert available(slow) == 941


def test_an_account_that_is_not_enabled_is_not_paid_out(api: Api, server: Server, wall: Wall) -> None:
    account = seller(api, {"interval": "daily"})
    fund(account, 900)
    api.post(f"/v1/accounts/{account.account}/reject", reason="fraud")
    pass_to(server, wall, "2022-08-05 12:00")
    assert (payouts(account), available(account)) == ([], 900)
    answer = account.refused("POST", "/v1/payouts", amount=100, currency="usd")
    assert (answer.status, answer.error["code"], answer.error["message"]) == (
        400, "payouts_not_allowed", "Cannot create payouts; this account needs further information before it can be paid out.")


def test_settings_of_the_sandbox_are_its_platforms_alone(api: Api) -> None:
    account = seller(api, {"interval": "manual"})
    changed = account.post("/_sim/settings", payout_interval="weekly", fee_fixed=50)
    assert (changed["payout_interval"], api.get("/_sim/settings")["fee_fixed"]) == ("weekly", 50)
    assert account.get("/v1/account")["settings"]["payouts"]["schedule"]["interval"] == "manual"
    assert api.get("/v1/account")["settings"]["payouts"]["schedule"]["interval"] == "weekly"
    assert account.get("/v1/balance_transactions", source=charge(account, 1000)["id"])["data"][0]["fee"] == 79
    assert examine(api.server.database, account=api.key) == []
