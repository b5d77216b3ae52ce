"""Whatever is done to a schedule, its phases, its subscription and its clock agree, and no step of time fails."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.wire.endpoint import Server
from tests.resources.subscription_schedules.conftest import DAY, JAN_1, Stage
from tests.support.api import Api
from tests.support.reference import conforms

PHASES = st.lists(st.fixed_dictionaries(
    {"price": st.sampled_from(["week", "month", "usage"]), "quantity": st.integers(0, 3)},
    optional={
        "iterations": st.integers(1, 2), "end_days": st.integers(1, 40), "trial": st.just(True),
        "billing_cycle_anchor": st.sampled_from(["automatic", "phase_start"]), "coupon": st.just("half"),
        "proration_behavior": st.sampled_from(["none", "create_prorations", "always_invoice"]),
        "add_invoice_items": st.just(True), "collection_method": st.just("send_invoice"),
        "billing_thresholds": st.fixed_dictionaries(
            {"amount_gte": st.sampled_from([50, 400]), "reset_billing_cycle_anchor": st.booleans()}),
    }), min_size=1, max_size=3)
STEPS = st.lists(st.one_of(
    st.tuples(st.just("advance"), st.integers(1, 20)), st.tuples(st.just("replace"), PHASES),
    st.tuples(st.just("edit"), st.integers(1, 9)), st.tuples(st.just("end"), st.sampled_from(["cancel", "release"])),
    st.tuples(st.just("use"), st.integers(1, 5)), st.tuples(st.just("park"), st.integers(1, 9)),
    st.tuples(st.just("card"), st.sampled_from(["pm_card_visa", "pm_card_chargeCustomerFail"])),
    st.tuples(st.just("set"), st.sampled_from([
        {"pause_collection": {"behavior": "void"}}, {"pause_collection": ""},
        {"pending_invoice_item_interval": {"interval": "day"}}]))), max_size=8)


class Play:
    """A schedule that random steps are done to."""

    def __init__(self, stage: Stage, phases: list[dict[str, Any]], end_behavior: str, start_days: int) -> None:
        self.stage, self.now = stage, JAN_1
        stage.api.post("/_sim/settings", limits="off")
        self.prices = {"week": stage.price(700, interval="week"), "month": stage.price(3000),
                       "usage": stage.price(10, recurring={"usage_type": "metered"}), "extra": stage.price(99, None)}
        stage.api.post("/v1/coupons", id="half", percent_off=50, duration="repeating", duration_in_months=1)
        start = JAN_1 + start_days * DAY
        self.schedule = stage.schedule(*self.phases(phases, start), start_date=start, end_behavior=end_behavior)

    def phases(self, drawn: list[dict[str, Any]], start: int) -> list[dict[str, Any]]:
        """The parameters; a length in days is counted from `start`, and only the first phase may have one."""
        sent = []
        for index, values in enumerate(drawn):
            values = dict(values)
            price, quantity = values.pop("price"), values.pop("quantity")
            values["items"] = [{"price": self.prices[price]} | ({} if price == "usage" else {"quantity": quantity})]
            end_days = values.pop("end_days", None)
            if end_days is not None and index == 0:
                values.pop("iterations", None)
                values["end_date"] = max(start, self.now) + end_days * DAY
            if "add_invoice_items" in values:
                values["add_invoice_items"] = [{"price": self.prices["extra"]}]
            if "collection_method" in values:
                values["invoice_settings"] = {"days_until_due": 3}
            sent.append(values)
        return sent

    def step(self, verb: str, value: Any) -> None:
        """Do one thing, where the schedule's status allows it."""
        status, id = self.schedule["status"], self.schedule["id"]
        if verb == "advance":
            self.now += value * DAY
            self.stage.advance(self.now)
        elif verb == "end" and status in ("not_started", "active"):
            self.stage.api.post(f"/v1/subscription_schedules/{id}/{value}")
        elif verb == "replace" and status in ("not_started", "active"):
            start = (self.schedule["current_phase"] or self.schedule["phases"][0])["start_date"]
            sent = self.phases(value, start)
            sent[0]["start_date"] = start
            if "end_date" not in sent[0]:
                sent[0].pop("iterations", None)
                sent[0]["end_date"] = max(start, self.now) + 5 * DAY
            self.stage.update(self.schedule, phases=sent)
        elif verb == "card":
            card = self.stage.api.post(f"/v1/payment_methods/{value}/attach", customer=self.stage.customer)["id"]
            self.stage.api.post(f"/v1/customers/{self.stage.customer}", invoice_settings={"default_payment_method": card})
        elif status == "active" and verb == "set":
            self.stage.api.post(f"/v1/subscriptions/{self.schedule['subscription']}", **value)
        elif status == "active":
            item = self.stage.subscription(self.schedule)["items"]["data"][0]
            if verb == "edit" and "quantity" in item:
                self.stage.api.post(f"/v1/subscription_items/{item['id']}", quantity=value)
            elif verb == "park" and "quantity" in item:
                self.stage.api.post(f"/v1/subscription_items/{item['id']}", quantity=value,
                                    proration_behavior="always_invoice", payment_behavior="pending_if_incomplete")
            elif verb == "use" and "quantity" not in item:
                self.stage.api.post(f"/v1/subscription_items/{item['id']}/usage_records", quantity=value)
        self.schedule = self.stage.retrieve(self.schedule)

    def check(self) -> None:
        """What holds of any schedule, at any time."""
        schedule = self.schedule
        conforms(schedule)
        phases = schedule["phases"]
        assert all(one["end_date"] == other["start_date"] for one, other in pairwise(phases))
        assert all(phase["start_date"] < phase["end_date"] for phase in phases)
        windows = [{"start_date": phase["start_date"], "end_date": phase["end_date"]} for phase in phases]
        active = schedule["status"] == "active"
        assert windows.count(schedule["current_phase"]) == active
        if active:
            subscription = self.stage.subscription(schedule)
            assert subscription["schedule"] == schedule["id"]
            assert schedule["current_phase"]["start_date"] <= self.now < schedule["current_phase"]["end_date"]
            assert self.now < subscription["current_period_end"]
            last = schedule["current_phase"]["end_date"] == phases[-1]["end_date"]
            ends = last and schedule["end_behavior"] == "cancel"
            assert subscription["cancel_at"] == (phases[-1]["end_date"] if ends else None)
        elif schedule["subscription"] or schedule["released_subscription"]:
            assert self.stage.subscription(schedule)["schedule"] is None


@settings(max_examples=40, derandomize=True, deadline=None, database=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PHASES, st.sampled_from(["cancel", "release"]), st.sampled_from([0, 0, -10, 5]), STEPS)
def test_schedules_and_subscriptions_agree(server: Server, phases: list[dict[str, Any]], end_behavior: str,
                                           start_days: int, steps: list[tuple[str, Any]]) -> None:
    stage = Stage(Api(server), server)
    play = Play(stage, phases, "release" if start_days < 0 else end_behavior, start_days)
    play.check()
    for verb, value in steps:
        play.step(verb, value)
        play.check()
