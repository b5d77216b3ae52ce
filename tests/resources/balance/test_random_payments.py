"""Payments of every kind in any order, as a machine of states: after each step the rows agree and the books are balanced.

`pytest --hypothesis-profile=long` runs it for many minutes.
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
from tests.support.pages import Visitor
from tests.support.wall import Wall

INTENTS = "/v1/payment_intents"
CARDS = ["pm_card_visa", "pm_card_bypassPending", "pm_card_chargeDeclined", "pm_card_createDispute",
         "pm_card_createDisputeInquiry", "pm_card_createMultipleDisputes", "pm_card_createIssuerFraudRecord",
         "pm_card_riskLevelElevated", "pm_card_authenticationRequired", "pm_card_pendingRefund", "pm_card_refundFail"]
ACCOUNTS = ["pm_usBankAccount_success", "pm_usBankAccount_noAccount", "pm_usBankAccount_dispute", "pm_usBankAccount_processing",
            "pm_usBankAccount_failMicrodeposits"]
TOKENS = ["tok_visa", "tok_bypassPending", "tok_chargeDeclined", "tok_createDispute", "tok_refundFail"]
BANKS = ["btok_us_verified", "btok_us_verified_noAccount"]
ENDED = {"won", "lost", "warning_closed", "charge_refunded"}
WAITS = {"requires_payment_method", "requires_confirmation", "requires_action", "requires_capture"}
"""Statuses in which an intent may stay as long as it likes."""

amounts, places, percents = st.integers(50, 40_000), st.integers(0, 40), st.integers(1, 130)


class Payments(RuleBasedStateMachine):
    """One sandbox, what has been made in it, and the wall clock."""

    def __init__(self, server: Server, wall: Wall) -> None:
        super().__init__()
        self.api, self.wall = Api(server), wall
        wall.now = at("2022-08-03 10:00")
        self.customer = self.api.post("/v1/customers", email="jenny@example.com")["id"]
        self.intents: list[str] = []
        self.charges: list[str] = []
        self.topups: list[str] = []
        self.transfers: list[str] = []

    def call(self, path: str, **values: Any) -> Answer:
        """A call that succeeds or is refused, and never fails."""
        answer = self.api.call("POST", path, values)
        assert answer.status in (200, 400, 402), f"{path} {values}: {answer.status} {answer.body}"
        return answer

    def note(self, intent: dict[str, Any]) -> None:
        self.charges += [charge["id"] for charge in intent["charges"]["data"] if charge["id"] not in self.charges]

    # Intents

    @rule(amount=amounts, method=st.sampled_from(CARDS + ACCOUNTS), manual=st.booleans(), confirm=st.booleans(),
          kept=st.booleans())
    def make_intent(self, amount: int, method: str, manual: bool, confirm: bool, kept: bool) -> None:
        by_bank = method in ACCOUNTS
        values: dict[str, Any] = {
            "amount": amount, "currency": "usd", "payment_method": method, "confirm": confirm,
            "payment_method_types": ["card", "us_bank_account", "card_present"],
            "capture_method": "manual" if manual and not by_bank else "automatic",
            "payment_method_options": {"card_present": {"request_incremental_authorization_support": True}}}
        if kept:
            values |= {"customer": self.customer, "setup_future_usage": "off_session"}
        if by_bank and confirm:
            values["mandate_data"] = {"customer_acceptance": {"type": "offline"}}
        answer = self.call(INTENTS, **values)
        intent = answer.body if answer.status == 200 else answer.error.get("payment_intent")
        if intent is not None:
            self.intents.append(intent["id"])
            self.note(intent)

    @precondition(lambda self: self.intents)
    @rule(place=places, act=st.sampled_from(["confirm", "cancel", "capture", "approve", "deny", "verify"]), percent=percents)
    def act_on_intent(self, place: int, act: str, percent: int) -> None:
        intent = self.api.get(f"{INTENTS}/{self.intents[place % len(self.intents)]}")
        path = f"{INTENTS}/{intent['id']}"
        if act in ("approve", "deny"):
            self.answer(intent, "complete" if act == "approve" else "fail")
        elif act == "capture":
            self.call(f"{path}/capture", amount_to_capture=max(intent["amount"] * percent // 100, 1))
        elif act == "verify":
            self.call(f"{path}/verify_microdeposits", amounts=[32, 45])
        elif act == "confirm":
            self.call(f"{path}/confirm", mandate_data={"customer_acceptance": {"type": "offline"}},
                      **({} if intent["payment_method"] else {"payment_method": "pm_card_visa"}))
        else:
            self.call(f"{path}/cancel")
        self.note(self.api.get(path))

    def answer(self, intent: dict[str, Any], choice: str) -> None:
        """What the holder of a card says on the page of its bank."""
        action = intent["next_action"] or {}
        url = (action.get("use_stripe_sdk") or {}).get("stripe_js")
        if url is not None:
            visitor = Visitor(self.api.server)
            assert visitor.open(url, "POST", visitor.open(url).fields | {"answer": choice}).status == 303

    @precondition(lambda self: self.intents)
    @rule(place=places, more=st.integers(1, 500))
    def increment(self, place: int, more: int) -> None:
        intent = self.api.get(f"{INTENTS}/{self.intents[place % len(self.intents)]}")
        self.call(f"{INTENTS}/{intent['id']}/increment_authorization", amount=intent["amount"] + more)

    # Charges, and what becomes of them

    @rule(amount=amounts, source=st.sampled_from(TOKENS), capture=st.booleans())
    def charge(self, amount: int, source: str, capture: bool) -> None:
        answer = self.call("/v1/charges", amount=amount, currency="usd", source=source, capture=capture)
        self.charges.append(answer.body["id"] if answer.status == 200 else answer.error["charge"])

    @precondition(lambda self: self.charges)
    @rule(place=places, percent=percents)
    def capture_charge(self, place: int, percent: int) -> None:
        charge = self.some_charge(place)
        self.call(f"/v1/charges/{charge['id']}/capture", amount=max(charge["amount"] * percent // 100, 1))

    @precondition(lambda self: self.charges)
    @rule(place=places, percent=percents, reason=st.sampled_from([None, "fraudulent", "duplicate"]))
    def refund(self, place: int, percent: int, reason: str | None) -> None:
        charge = self.some_charge(place)
        self.call("/v1/refunds", charge=charge["id"], amount=max(charge["amount"] * percent // 100, 1), reason=reason)

    @precondition(lambda self: self.charges)
    @rule(place=places, deed=st.sampled_from(["dispute", "early_fraud_warning", "review"]))
    def report(self, place: int, deed: str) -> None:
        self.call(f"/_sim/charges/{self.some_charge(place)['id']}/{deed}")

    @rule(place=places, answer=st.sampled_from(["winning_evidence", "losing_evidence", "something", "close"]))
    def defend(self, place: int, answer: str) -> None:
        disputes = self.api.get("/v1/disputes", limit=100)["data"]
        if disputes:
            path = f"/v1/disputes/{disputes[place % len(disputes)]['id']}"
            if answer == "close":
                self.call(f"{path}/close")
            else:
                self.call(path, evidence={"uncategorized_text": answer}, submit=True)

    def some_charge(self, place: int) -> dict[str, Any]:
        return self.api.get(f"/v1/charges/{self.charges[place % len(self.charges)]}")

    # Cash of customers

    @rule(amount=amounts, kept=st.booleans())
    def wait_for_cash(self, amount: int, kept: bool) -> None:
        """An intent that a transfer is to pay; in a currency of its own, so that the balance in dollars stays as it was."""
        self.intents.append(self.api.post(
            INTENTS, amount=amount, currency="gbp", customer=self.customer, confirm=kept,
            payment_method_data={"type": "customer_balance"}, payment_method_types=["customer_balance", "card"],
            payment_method_options={"customer_balance": {"funding_type": "bank_transfer"}})["id"])
        self.transfers.append(self.intents[-1])

    @rule(amount=amounts)
    def send_cash(self, amount: int) -> None:
        self.api.post(f"/v1/test_helpers/customers/{self.customer}/fund_cash_balance", amount=amount, currency="gbp")

    @rule(mode=st.sampled_from(["automatic", "manual"]))
    def reconcile(self, mode: str) -> None:
        self.api.post(f"/v1/customers/{self.customer}/cash_balance", settings={"reconciliation_mode": mode})

    @precondition(lambda self: self.transfers)
    @rule(place=places, percent=percents, act=st.sampled_from(["apply", "amount", "refund", "refund by email"]))
    def act_on_transfer(self, place: int, percent: int, act: str) -> None:
        intent = self.api.get(f"{INTENTS}/{self.transfers[place % len(self.transfers)]}")
        path, amount = f"{INTENTS}/{intent['id']}", max(intent["amount"] * percent // 100, 50)
        if act == "apply":
            self.call(f"{path}/apply_customer_balance", amount=amount)
        elif act == "amount":
            self.call(path, amount=amount)
        else:
            self.call("/v1/refunds", payment_intent=intent["id"], amount=amount,
                      **({"instructions_email": "jenny@example.com"} if act == "refund by email" else {}))

    @rule(percent=percents)
    def send_cash_back(self, percent: int) -> None:
        cash = (self.api.get(f"/v1/customers/{self.customer}/cash_balance")["available"] or {}).get("gbp", 0)
        answer = self.call("/v1/refunds", origin="customer_balance", customer=self.customer, currency="gbp",
                           amount=max(cash * percent // 100, 1))
        assert (answer.status == 200) == (0 < cash >= max(cash * percent // 100, 1))

    @rule(place=places, act=st.sampled_from(["cancel", "expire", "settle"]))
    def act_on_refund(self, place: int, act: str) -> None:
        refunds = self.api.get("/v1/refunds", limit=100)["data"]
        if refunds:
            prefix = {"cancel": "/v1", "expire": "/v1/test_helpers", "settle": "/_sim"}[act]
            self.call(f"{prefix}/refunds/{refunds[place % len(refunds)]['id']}/{act}")

    # Banks

    @rule(amount=amounts, source=st.sampled_from(BANKS))
    def top_up(self, amount: int, source: str) -> None:
        self.topups.append(self.api.post("/v1/topups", amount=amount, currency="usd", source=source)["id"])

    @precondition(lambda self: self.topups)
    @rule(place=places, act=st.sampled_from(["cancel", "settle", "fail"]))
    def act_on_topup(self, place: int, act: str) -> None:
        self.call(f"/{'v1' if act == 'cancel' else '_sim'}/topups/{self.topups[place % len(self.topups)]}/{act}")

    @rule(percent=percents, kind=st.sampled_from(["card", "bank_account"]), method=st.sampled_from(["standard", "instant"]))
    def pay_out(self, percent: int, kind: str, method: str) -> None:
        available = self.api.get("/v1/balance")["available"][0]["source_types"].get(kind, 0)
        amount = max(available * percent // 100, 1)
        answer = self.call("/v1/payouts", amount=amount, currency="usd", method=method, source_type=kind)
        assert answer.status == 400 or amount <= available

    @rule(place=places, act=st.sampled_from(["cancel", "settle", "fail"]))
    def act_on_payout(self, place: int, act: str) -> None:
        payouts = self.api.get("/v1/payouts", limit=100)["data"]
        if payouts:
            self.call(f"/{'v1' if act == 'cancel' else '_sim'}/payouts/{payouts[place % len(payouts)]['id']}/{act}")

    @rule(seconds=st.sampled_from([1, 2, HOUR, DAY, 3 * DAY, 8 * DAY]))
    def wait(self, seconds: int) -> None:
        self.wall.advance(seconds)
        self.api.server.worker.run_due()

    # What must hold

    @invariant()
    def the_rows_agree(self) -> None:
        assert examine(self.api.server.database, account=self.api.key) == []

    def teardown(self) -> None:
        """Long afterwards nothing is under way any more, and the balance is what the objects come to."""
        for _ in range(3):
            self.wait(130 * DAY)
        self.the_rows_agree()
        balance = self.api.get("/v1/balance")
        assert {entry["amount"] for entry in balance["pending"]} == {0}
        [dollars] = [entry["amount"] for entry in balance["available"] if entry["currency"] == "usd"]
        assert dollars == self.owned()
        statuses = {self.api.get(f"{INTENTS}/{id}")["status"] for id in self.intents}
        # An account of the test world never answers.
        assert statuses <= WAITS - {"requires_capture"} | {"succeeded", "canceled", "processing"}
        assert {dispute["status"] for dispute in self.api.get("/v1/disputes", limit=100)["data"]} <= ENDED | {"under_review"}

    def owned(self) -> int:
        """What the account has of dollars, from what its objects say and from no balance transaction but the fees of charges."""
        total = 0
        for id in self.charges:
            charge = self.api.get(f"/v1/charges/{id}", expand=["balance_transaction", "refunds"])
            if charge["currency"] != "usd":
                continue
            if charge["balance_transaction"] is not None:
                total -= charge["balance_transaction"]["fee"]
            if charge["paid"] and charge["captured"]:
                total += charge["amount_captured"]
                given = sum(refund["amount"] for refund in charge["refunds"]["data"]
                            if refund["balance_transaction"] and refund["status"] != "failed")
                total -= given - (charge["amount"] - charge["amount_captured"])
        for dispute in self.api.get("/v1/disputes", limit=100)["data"]:
            if dispute["currency"] == "usd" and dispute["status"] in ("lost", "needs_response", "under_review"):
                total -= dispute["amount"] + 1500
        for topup in self.api.get("/v1/topups", limit=100, status="succeeded")["data"]:
            total += topup["amount"]
        for payout in self.api.get("/v1/payouts", limit=100)["data"]:
            total -= payout["amount"] if payout["status"] in ("pending", "in_transit", "paid") else 0
        return total


def test_the_books_are_balanced_whatever_is_paid(server: Server, wall: Wall) -> None:
    long = settings.get_current_profile_name() == "long"
    run_state_machine_as_test(lambda: Payments(server, wall), settings=settings(
        max_examples=400 if long else 5, stateful_step_count=60 if long else 20, deadline=None, derandomize=not long,
        suppress_health_check=list(HealthCheck)))
