"""Whatever is charged, refunded, brought in and paid out, in any order and on any days: the books are balanced at each step."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.control.checks import Books, balances, banking
from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import DAY, at
from tests.support.wall import Wall

CHECKS = (
    balances.balance_transactions_add_up, balances.balances_are_sums_of_their_transactions,
    balances.pending_funds_are_sums_of_pending_transactions, balances.the_books_sum_to_zero,
    banking.automatic_payouts_are_what_they_pay_out, banking.payouts_are_on_the_balance,
    banking.topups_are_on_the_balance_when_they_have_come)

_AMOUNT = st.integers(100, 50_000)
_ANY = st.integers(0, 50)
_STEPS = st.lists(st.one_of(
    st.tuples(st.just("charge"), _AMOUNT, st.sampled_from(["pm_card_visa", "pm_card_bypassPending"])),
    st.tuples(st.just("refund"), _ANY, st.integers(1, 100)),
    st.tuples(st.just("topup"), _AMOUNT, st.sampled_from(["btok_us_verified", "btok_us_verified_noAccount"])),
    st.tuples(st.just("topup_action"), _ANY, st.sampled_from(["cancel", "settle", "fail"])),
    st.tuples(st.just("payout"), st.integers(1, 120), st.sampled_from(["standard", "instant"])),
    st.tuples(st.just("payout_action"), _ANY, st.sampled_from(["cancel", "settle", "fail"])),
    st.tuples(st.just("wait"), st.integers(1, 5 * DAY), st.just("")),
    st.tuples(st.just("schedule"), _ANY, st.sampled_from(["manual", "daily", "weekly"])),
), min_size=8, max_size=25)


class Bookkeeper:
    """Makes one step after another, and sums up by itself what the account must have."""

    def __init__(self, api: Api, wall: Wall) -> None:
        self.api, self.wall = api, wall
        self.charges: list[tuple[str, int]] = []
        self.topups: list[str] = []
        self.earned = 0
        """What charges and refunds come to."""

    def make(self, step: tuple[str, Any, Any]) -> None:
        name, first, second = step
        getattr(self, name)(first, second)

    def charge(self, amount: int, card: str) -> None:
        intent = self.api.post("/v1/payment_intents", amount=amount, currency="usd", payment_method=card, confirm=True)
        self.charges.append((intent["charges"]["data"][0]["id"], amount))
        # 2.9 %, a half rounded up, and 0.30.
        self.earned += amount - (amount * 29 + 500) // 1000 - 30

    def refund(self, place: int, percent: int) -> None:
        if self.charges:
            charge, amount = self.charges[place % len(self.charges)]
            answer = self.api.call("POST", "/v1/refunds", {"charge": charge, "amount": max(amount * percent // 100, 1)})
            assert answer.status in (200, 400), answer.body
            self.earned -= answer.body["amount"] if answer.status == 200 else 0

    def topup(self, amount: int, source: str) -> None:
        self.topups.append(self.api.post("/v1/topups", amount=amount, currency="usd", source=source)["id"])

    def topup_action(self, place: int, action: str) -> None:
        self._act("topups", self.topups, place, action)

    def payout(self, percent: int, method: str) -> None:
        available = self.api.get("/v1/balance")["available"][0]["amount"]
        amount = max(available * percent // 100, 1)
        answer = self.api.call("POST", "/v1/payouts", {"amount": amount, "currency": "usd", "method": method})
        if answer.status != 200:
            assert answer.error["code"] in ("balance_insufficient", "bank_account_unusable")
            assert amount > available or answer.error["code"] == "bank_account_unusable"
        else:
            assert amount <= available
            assert self.api.get("/v1/balance")["available"][0]["amount"] == available - amount

    def payout_action(self, place: int, action: str) -> None:
        self._act("payouts", [payout["id"] for payout in self.api.get("/v1/payouts", limit=100)["data"]], place, action)

    def wait(self, seconds: int, _: str) -> None:
        self.wall.advance(seconds)
        self.api.server.worker.run_due()

    def schedule(self, _: int, interval: str) -> None:
        self.api.post("/_sim/settings", payout_interval=interval)
        for each in self.api.get("/v1/account")["external_accounts"]["data"]:
            self.api.post(f"/_sim/bank_accounts/{each['id']}")

    def _act(self, objects: str, ids: list[str], place: int, action: str) -> None:
        if ids:
            root = "/v1" if action == "cancel" else "/_sim"
            answer = self.api.call("POST", f"{root}/{objects}/{ids[place % len(ids)]}/{action}")
            assert answer.status in (200, 400), answer.body

    def must_have(self) -> int:
        come = sum(each["amount"] for each in self.api.get("/v1/topups", status="succeeded", limit=100)["data"])
        left = sum(each["amount"] for each in self.api.get("/v1/payouts", limit=100)["data"]
                   if each["status"] in ("pending", "in_transit", "paid"))
        return self.earned + come - left


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_the_books_are_balanced_after_each_step(server: Server, wall: Wall, steps: list[tuple[str, Any, Any]]) -> None:
    wall.now = at("2022-08-03 10:00")
    api = Api(server)
    account = api.get("/v1/account")["id"]
    books = Bookkeeper(api, wall)
    for step in steps:
        books.make(step)
        with server.database.reading() as session:
            examined = Books(session, account)
            assert [problem for check in CHECKS for problem in check(examined)] == [], step
        balance = api.get("/v1/balance")
        assert balance["available"][0]["amount"] + balance["pending"][0]["amount"] == books.must_have(), step
    assert examine(server.database, account=api.key) == []
    # A month later nothing is under way or pending.
    books.wait(31 * DAY, "")
    assert api.get("/v1/balance")["pending"] == [{"amount": 0, "currency": "usd", "source_types": {"card": 0}}]
    assert api.get("/v1/topups", status="pending")["data"] == api.get("/v1/payouts", status="in_transit")["data"] == []
    assert examine(server.database, account=api.key) == []
