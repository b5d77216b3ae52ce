"""Whatever is done to a schedule, previews come true, and it does not matter in how many turns the clock got there."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.resources.subscription_schedules.conftest import DAY, HOUR, Stage
from tests.resources.subscription_schedules.test_random_schedules import PHASES, Play
from tests.support.api import Api
from tests.support.clock import billed

BEHAVIORS = st.sampled_from(["none", "create_prorations", "always_invoice"])
DIRECT = st.one_of(
    st.fixed_dictionaries({"coupon": st.sampled_from(["half", ""])}),
    st.fixed_dictionaries({"trial_end": st.sampled_from(["now", 3 * DAY, 40 * DAY]), "proration_behavior": BEHAVIORS}),
    st.fixed_dictionaries({"billing_cycle_anchor": st.just("now"), "proration_behavior": BEHAVIORS}),
    st.fixed_dictionaries({"add_invoice_items": st.just("extra")}),
    st.fixed_dictionaries({"collection_method": st.just("send_invoice"), "days_until_due": st.just(2)}))
STEPS = st.lists(st.one_of(
    st.tuples(st.just("turn"), st.sampled_from([1, 5, 24, 7 * 24, 20 * 24, 31 * 24])),
    st.tuples(st.just("replace"), PHASES), st.tuples(st.just("skip"), BEHAVIORS), st.tuples(st.just("edit"), st.integers(1, 9)),
    st.tuples(st.just("direct"), DIRECT), st.tuples(st.just("item"), st.sampled_from([-4000, 50, 700])),
    st.tuples(st.just("end_behavior"), st.sampled_from(["cancel", "release"])),
    st.tuples(st.just("end"), st.sampled_from(["cancel", "release"])), st.tuples(st.just("use"), st.integers(1, 5))),
    max_size=9)
OF_SCHEDULE = ("status", "canceled_at", "completed_at", "released_at", "current_phase", "end_behavior")
OF_SUBSCRIPTION = ("status", "current_period_start", "current_period_end", "billing_cycle_anchor", "cancel_at", "canceled_at",
                   "ended_at", "trial_start", "trial_end", "start_date")


class Foreseen(Play):
    """A schedule, and what is invoiced: `stopping` has its clock stop wherever the next invoice is made."""

    def __init__(self, server: Server, *drawn: Any, stopping: bool) -> None:
        super().__init__(Stage(Api(server), server), *drawn)
        self.api, self.stopping = self.stage.api, stopping

    def step(self, verb: str, value: Any) -> None:
        status, id = self.schedule["status"], self.schedule["id"]
        if verb == "turn":
            self.turn(self.now + value * HOUR)
        elif verb == "item":
            self.api.post("/v1/invoiceitems", customer=self.stage.customer, amount=value, currency="usd")
        elif verb == "end_behavior" and status in ("not_started", "active"):
            self.ask(f"/v1/subscription_schedules/{id}", end_behavior=value)
        elif verb == "skip" and status == "active":
            self.skip(value)
        elif verb == "direct" and status == "active":
            self.ask(f"/v1/subscriptions/{self.schedule['subscription']}", **self.named(value))
        elif verb not in ("end_behavior", "skip", "direct"):
            super().step(verb, value)
        self.schedule = self.stage.retrieve(self.schedule)

    def named(self, value: dict[str, Any]) -> dict[str, Any]:
        """The parameters of a direct edit, with what is only known here."""
        sent = dict(value)
        if isinstance(sent.get("trial_end"), int):
            sent["trial_end"] += self.now
        if "add_invoice_items" in sent:
            sent["add_invoice_items"] = [{"price": self.prices["extra"]}]
        return sent

    def skip(self, proration_behavior: str) -> None:
        """End the current phase now, and go on with a month of another price."""
        phase = next(each for each in self.schedule["phases"]
                     if each["start_date"] == self.schedule["current_phase"]["start_date"])
        items = [{name: item[name] for name in ("price", "quantity") if name in item} for item in phase["items"]]
        self.ask(f"/v1/subscription_schedules/{self.schedule['id']}", proration_behavior=proration_behavior, phases=[
            {"start_date": phase["start_date"], "end_date": "now", "items": items},
            {"start_date": "now", "items": [{"price": self.prices["month"]}], "iterations": 1,
             "proration_behavior": proration_behavior}])

    def ask(self, path: str, **values: Any) -> None:
        """Do it, if it is allowed as things stand."""
        answer = self.api.call("POST", path, values)
        assert answer.status in (200, 400), answer.body

    def turn(self, to: int) -> None:
        while self.stopping and (preview := self.preview()) is not None and preview["created"] <= to:
            known = {invoice["id"] for invoice in self.invoices()}
            if preview["created"] > self.now:
                self.stage.advance(preview["created"])
            self.now, self.schedule = preview["created"], self.stage.retrieve(self.schedule)
            made = [invoice for invoice in self.invoices() if invoice["id"] not in known]
            assert made, "an invoice was foreseen, and none was made"
            assert (billed(made[-1]), made[-1]["total"], made[-1]["created"]) == (
                billed(preview), preview["total"], preview["created"])
        if to > self.now:
            self.stage.advance(to)
            self.now = to

    def preview(self) -> dict[str, Any] | None:
        """The next invoice, asked for by the schedule and by its subscription alike."""
        schedule = self.schedule
        subscription = schedule["subscription"] or schedule["released_subscription"]
        asked = [{"subscription": subscription}] if subscription else []
        if schedule["status"] in ("not_started", "active"):
            asked.append({"schedule": schedule["id"]})
        answers = [self.api.call("GET", "/v1/invoices/upcoming", which) for which in asked]
        assert {answer.status for answer in answers} in ({200}, {404}, set()), [answer.body for answer in answers]
        assert all(billed(answer.body) == billed(answers[0].body) for answer in answers if answer.status == 200)
        return answers[0].body if answers and answers[0].status == 200 else None

    def invoices(self) -> list[dict[str, Any]]:
        return self.api.get("/v1/invoices", customer=self.stage.customer, limit=100)["data"][::-1]

    def outcome(self) -> Any:
        """All that matters, without ids."""
        schedule = self.schedule
        started = schedule["subscription"] or schedule["released_subscription"]
        subscription = self.stage.subscription(schedule) if started else {}
        pending = self.api.get("/v1/invoiceitems", customer=self.stage.customer, pending=True, limit=100)["data"]
        return (
            [(invoice["created"], invoice["status"], invoice["total"], invoice["amount_due"], billed(invoice))
             for invoice in self.invoices()],
            [(item["amount"], item["period"]) for item in pending], {name: schedule[name] for name in OF_SCHEDULE},
            {name: subscription.get(name) for name in OF_SUBSCRIPTION},
            [(phase["start_date"], phase["end_date"], phase["trial_end"]) for phase in schedule["phases"]])


@settings(max_examples=10, derandomize=True, deadline=None, database=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PHASES, st.sampled_from(["cancel", "release"]), st.sampled_from([0, 0, -10, 5]), STEPS)
def test_a_schedules_history(server: Server, phases: list[dict[str, Any]], end_behavior: str, start_days: int,
                             steps: list[tuple[str, Any]]) -> None:
    drawn = (phases, "release" if start_days < 0 else end_behavior, start_days)
    at_once, stopping = (Foreseen(server, *drawn, stopping=stopping) for stopping in (False, True))
    for verb, value in [*steps, ("turn", 45 * 24)]:
        for history in (at_once, stopping):
            history.step(verb, value)
    assert at_once.outcome() == stopping.outcome()
    for history in (at_once, stopping):
        assert examine(server.database, account=history.api.key) == []
