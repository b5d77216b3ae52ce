"""Money that goes from account to account in any order, as a machine of states: after each step the books of all are balanced.

A platform and two accounts connected to it. `pytest --hypothesis-profile=long` runs it for many minutes, and lets the doctor
look at all three after each step, else at one of them in turn.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Answer, Api
from tests.support.clock import DAY, HOUR, at
from tests.support.connected import connected
from tests.support.money import available
from tests.support.wall import Wall

CARDS = ["pm_card_visa", "pm_card_visa", "pm_card_bypassPending", "pm_card_bypassPending", "pm_card_chargeDeclined",
         "pm_card_createDispute", "pm_card_pendingRefund", "pm_card_refundFail"]
CURRENCIES = ["usd", "usd", "usd", "eur", "jpy"]

amounts, places, percents = st.integers(50, 40_000), st.integers(0, 40), st.integers(1, 130)
sides, flags = st.integers(0, 2), st.booleans()


class Sharing(RuleBasedStateMachine):
    """One marketplace, whose platform comes first of `clients`, what it has made, and the wall clock."""

    def __init__(self, server: Server, wall: Wall, *, thorough: bool) -> None:
        super().__init__()
        self.thorough, self.steps = thorough, 0
        wall.now = at("2022-08-03 10:00")
        platform = Api(server)
        self.server, self.wall = server, wall
        self.clients = [platform, connected(platform), connected(platform)]
        self.charges: list[tuple[int, str]] = []
        """Whose they are, and their ids."""
        self.partly_shared: set[str] = set()
        """Charges of which something was given back, or fetched back, otherwise than by a refund with both flags."""

    @property
    def platform(self) -> Api:
        return self.clients[0]

    def call(self, side: int, path: str, **values: Any) -> Answer:
        """A call for one of the accounts that succeeds or is refused, and never fails."""
        answer = self.clients[side].call("POST", path, values)
        assert answer.status in (200, 400, 402), f"{path} {values}: {answer.status} {answer.body}"
        return answer

    def some_charge(self, place: int) -> tuple[int, dict[str, Any]]:
        side, id = self.charges[place % len(self.charges)]
        return side, self.clients[side].get(f"/v1/charges/{id}")

    def some_of(self, side: int, path: str, place: int) -> dict[str, Any] | None:
        found = self.clients[side].get(path, limit=100)["data"]
        return found[place % len(found)] if found else None

    # Payments

    @rule(amount=amounts, currency=st.sampled_from(CURRENCIES), card=st.sampled_from(CARDS), manual=flags,
          seller=st.integers(1, 2), way=st.sampled_from(["direct", "destination", "part", "on behalf", "separate"]),
          percent=st.integers(0, 100))
    def pay(self, amount: int, currency: str, card: str, manual: bool, seller: int, way: str, percent: int) -> None:
        values: dict[str, Any] = {
            "amount": amount, "currency": currency, "payment_method": card, "confirm": True,
            "capture_method": "manual" if manual else "automatic"}
        share, account = amount * percent // 100, self.clients[seller].account
        if way == "part":
            values["transfer_data"] = {"destination": account, "amount": share or None}
        elif way != "separate":
            values["application_fee_amount"] = share or None
            if way != "direct":
                values["transfer_data"] = {"destination": account}
            if way == "on behalf":
                values["on_behalf_of"] = account
        side = seller if way == "direct" else 0
        answer = self.call(side, "/v1/payment_intents", **values)
        assert (answer.status == 402) == (card == "pm_card_chargeDeclined"), answer.body
        intent = answer.body if answer.status == 200 else answer.error["payment_intent"]
        self.charges += [(side, charge["id"]) for charge in intent["charges"]["data"]]

    @rule(amount=amounts, seller=st.integers(1, 2))
    def debit(self, amount: int, seller: int) -> None:
        answer = self.call(0, "/v1/charges", amount=amount, currency="usd", source=self.clients[seller].account)
        if answer.status == 200:
            self.charges.append((0, answer.body["id"]))

    @precondition(lambda self: self.charges)
    @rule(place=places, percent=percents, fee=st.integers(0, 100))
    def capture(self, place: int, percent: int, fee: int) -> None:
        side, charge = self.some_charge(place)
        amount = max(charge["amount"] * percent // 100, 1)
        changed = amount * fee // 100 if charge["application_fee_amount"] and fee else None
        if charge["payment_intent"] is not None:
            self.call(side, f"/v1/payment_intents/{charge['payment_intent']}/capture", amount_to_capture=amount,
                      application_fee_amount=changed)

    # What comes back

    @precondition(lambda self: self.charges)
    @rule(place=places, percent=percents, reverse=flags, fee=flags)
    def refund(self, place: int, percent: int, reverse: bool, fee: bool) -> None:
        side, charge = self.some_charge(place)
        answer = self.call(side, "/v1/refunds", charge=charge["id"], amount=max(charge["amount"] * percent // 100, 1),
                           reverse_transfer=reverse and charge["transfer"] is not None,
                           refund_application_fee=fee and charge["application_fee"] is not None)
        if answer.status == 200 and not (reverse and fee):
            self.partly_shared.add(charge["id"])

    @rule(place=places, percent=percents, fee=flags)
    def reverse(self, place: int, percent: int, fee: bool) -> None:
        transfer = self.some_of(0, "/v1/transfers", place)
        if transfer is not None:
            self.call(0, f"/v1/transfers/{transfer['id']}/reversals", refund_application_fee=fee,
                      amount=max(transfer["amount"] * percent // 100, 1))
            self.partly_shared.add(transfer["source_transaction"])

    @rule(place=places, percent=percents)
    def refund_fee(self, place: int, percent: int) -> None:
        fee = self.some_of(0, "/v1/application_fees", place)
        if fee is not None:
            self.call(0, f"/v1/application_fees/{fee['id']}/refunds", amount=max(fee["amount"] * percent // 100, 1))
            self.partly_shared |= {fee["charge"], fee["originating_transaction"]}

    # What goes on

    @rule(percent=percents, seller=st.integers(1, 2), currency=st.sampled_from(CURRENCIES))
    def transfer(self, percent: int, seller: int, currency: str) -> None:
        held = available(self.platform, currency)
        amount = max(held * percent // 100, 1)
        answer = self.call(0, "/v1/transfers", amount=amount, currency=currency, destination=self.clients[seller].account)
        assert (answer.status == 200) == (amount <= held), answer.body

    @precondition(lambda self: self.charges)
    @rule(place=places, percent=percents, seller=st.integers(1, 2))
    def transfer_of_charge(self, place: int, percent: int, seller: int) -> None:
        side, charge = self.some_charge(place)
        if side == 0:
            self.call(0, "/v1/transfers", amount=max(charge["amount"] * percent // 100, 1), currency=charge["currency"],
                      destination=self.clients[seller].account, source_transaction=charge["id"])

    @rule(side=sides, percent=percents)
    def pay_out(self, side: int, percent: int) -> None:
        held = available(self.clients[side])
        amount = max(held * percent // 100, 1)
        answer = self.call(side, "/v1/payouts", amount=amount, currency="usd")
        assert answer.status == 400 or amount <= held

    @rule(side=sides, place=places, act=st.sampled_from(["cancel", "settle", "fail"]))
    def act_on_payout(self, side: int, place: int, act: str) -> None:
        payout = self.some_of(side, "/v1/payouts", place)
        if payout is not None:
            self.call(side, f"/{'v1' if act == 'cancel' else '_sim'}/payouts/{payout['id']}/{act}")

    @rule(amount=amounts)
    def top_up(self, amount: int) -> None:
        self.call(0, "/v1/topups", amount=amount, currency="usd", source="btok_us_verified")

    # Disputes

    @precondition(lambda self: self.charges)
    @rule(place=places)
    def dispute(self, place: int) -> None:
        side, charge = self.some_charge(place)
        self.call(side, f"/_sim/charges/{charge['id']}/dispute")

    @rule(side=sides, place=places, answer=st.sampled_from(["winning_evidence", "losing_evidence"]))
    def defend(self, side: int, place: int, answer: str) -> None:
        dispute = self.some_of(side, "/v1/disputes", place)
        if dispute is not None:
            self.call(side, f"/v1/disputes/{dispute['id']}", evidence={"uncategorized_text": answer}, submit=True)

    @rule(seconds=st.sampled_from([2, HOUR, DAY, 3 * DAY, 8 * DAY]))
    def wait(self, seconds: int) -> None:
        self.wall.advance(seconds)
        while self.server.worker.run_due():
            pass

    # What must hold

    @invariant()
    def the_rows_agree(self) -> None:
        self.steps += 1
        self.examine(self.clients if self.thorough else [self.clients[self.steps % 3]])

    def examine(self, clients: list[Api]) -> None:
        found = {client.account: examine(self.server.database, account=client.account or client.key) for client in clients}
        assert not any(found.values()), found

    @invariant()
    def money_only_comes_and_goes_by_what_says_so(self) -> None:
        assert sum(map(_held, self.clients)) == sum(map(_owned, self.clients))

    def teardown(self) -> None:
        """Long afterwards nothing is pending, and of what was given back whole nobody has kept a part."""
        self.wait(130 * DAY)
        self.examine(self.clients)
        self.money_only_comes_and_goes_by_what_says_so()
        assert {entry["amount"] for client in self.clients for entry in client.get("/v1/balance")["pending"]} == {0}
        for side, id in self.charges:
            charge = self.clients[side].get(f"/v1/charges/{id}", expand=["transfer", "refunds"])
            failed = any(refund["status"] == "failed" for refund in charge["refunds"]["data"])
            if not charge["refunded"] or id in self.partly_shared or failed or not charge["captured"]:
                continue
            if charge.get("transfer") is not None:
                assert charge["transfer"]["reversed"], charge
            if charge["application_fee"] is not None:
                assert self.platform.get(f"/v1/application_fees/{charge['application_fee']}")["refunded"], charge


def _held(api: Api) -> int:
    """What an account has in all currencies together, also set aside: nothing is ever exchanged."""
    balance = api.get("/v1/balance")
    return sum(entry["amount"] for state in ("available", "pending", "connect_reserved") for entry in balance.get(state, []))


def _owned(api: Api) -> int:
    """What has come to an account from without, less what has gone there; other accounts are within."""
    total = 0
    for charge in _all(api, "/v1/charges", expand=["data.balance_transaction"]):
        if charge["balance_transaction"] is not None and charge.get("source_transfer") is None:
            fees = charge["balance_transaction"]["fee_details"]
            # What was held and not taken is a refund, too.
            total += charge["amount"] - sum(fee["amount"] for fee in fees if fee["type"] == "stripe_fee")
    for refund in _all(api, "/v1/refunds"):
        if refund["balance_transaction"] and refund["status"] != "failed" and refund["source_transfer_reversal"] is None:
            total -= refund["amount"]
    for dispute in _all(api, "/v1/disputes"):
        total -= dispute["amount"] + 1500 if dispute["status"] in ("lost", "needs_response", "under_review") else 0
    for payout in _all(api, "/v1/payouts"):
        total -= payout["amount"] if payout["status"] in ("pending", "in_transit", "paid") else 0
    return total + sum(topup["amount"] for topup in _all(api, "/v1/topups", status="succeeded"))


def _all(api: Api, path: str, **values: Any) -> list[dict[str, Any]]:
    page = api.get(path, limit=100, **values)
    assert not page["has_more"]
    return list(page["data"])


def test_the_books_of_all_are_balanced_whatever_is_shared(server: Server, wall: Wall) -> None:
    long = settings.get_current_profile_name() == "long"
    run_state_machine_as_test(lambda: Sharing(server, wall, thorough=long), settings=settings(
        max_examples=400 if long else 2, stateful_step_count=60 if long else 12, deadline=None, derandomize=not long,
        suppress_health_check=list(HealthCheck)))
