"""Whatever is done to a subscription: previews come true, and it does not matter in how many turns the clock got there."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import DAY, Clock, at, billed

BEHAVIORS = st.sampled_from(["create_prorations", "always_invoice", "none"])
STEPS = st.lists(st.tuples(st.integers(0, 25), st.one_of(
    st.tuples(st.just("quantity"), st.integers(0, 4), BEHAVIORS),
    st.tuples(st.just("price"), st.sampled_from(["cheap", "dear", "free", "week", "year"]), BEHAVIORS),
    st.tuples(st.just("extra"), st.booleans(), BEHAVIORS),
    st.tuples(st.just("coupon"), st.sampled_from(["half", "once", "two_months", ""]), st.none()),
    st.tuples(st.just("customer_coupon"), st.sampled_from(["half", "once", "two_months", ""]), st.none()),
    st.tuples(st.just("cancel_at_period_end"), st.booleans(), st.none()),
    st.tuples(st.just("cancel_at"), st.integers(0, 70), BEHAVIORS),
    st.tuples(st.just("trial_end"), st.integers(0, 20), BEHAVIORS),
    st.tuples(st.just("anchor"), st.none(), BEHAVIORS),
    st.tuples(st.just("use"), st.integers(1, 50), st.none()),
    st.tuples(st.just("item"), st.integers(-3000, 3000), st.none()),
    st.tuples(st.just("card"), st.sampled_from(["pm_card_visa", "pm_card_chargeCustomerFail"]), st.none()),
    st.tuples(st.just("taxed"), st.booleans(), st.none()),
    st.tuples(st.just("pause"), st.sampled_from(["keep_as_draft", "mark_uncollectible", "void", ""]), st.none()),
    st.tuples(st.just("pause_for"), st.integers(1, 50), st.none()),
    st.tuples(st.just("threshold"), st.sampled_from([50, 120, 600, None]), st.booleans()),
    st.tuples(st.just("usage_threshold"), st.sampled_from([5, 40, None]), st.none()),
    st.tuples(st.just("between"), st.sampled_from(["day", "week", "month", ""]), st.none()),
    st.tuples(st.just("pending"), st.integers(1, 9), st.booleans()),
    st.tuples(st.just("pay"), st.none(), st.none()),
    st.tuples(st.just("send"), st.sampled_from([0, 3, 20]), st.none()),
)), min_size=1, max_size=7)


class History:
    """A subscription to one licensed and one metered price, and what happens to it.

    With `option` all prices and coupons are in dollars, and have the currency of the history as an option.
    """

    def __init__(self, api: Api, start: int, trial_days: int, *, currency: str = "usd", option: bool = False) -> None:
        self.time, self.currency, self.option = Clock(api, start), currency, option
        self.prices = {
            "cheap": self.price(1000), "dear": self.price(3333), "free": self.price(0), "week": self.price(700, "week"),
            "year": self.price(30000, "year"), "extra": self.price(250, product="Extra"),
            "usage": self.price(7, product="Usage", recurring={"usage_type": "metered"})}
        once = {"amount_off": 400, "currency": currency}
        if option:
            once = {"amount_off": 8, "currency": "usd", "currency_options": {currency: {"amount_off": 400}}}
        for id, terms in (("half", {"percent_off": 50, "duration": "forever"}), ("once", once),
                          ("two_months", {"percent_off": 25, "duration": "repeating", "duration_in_months": 2})):
            api.post("/v1/coupons", id=id, **terms)
        self.rate = api.post("/v1/tax_rates", display_name="VAT", percentage="19.5", inclusive=False)["id"]
        self.subscription = self.time.subscribe(
            self.prices["cheap"], self.prices["usage"], trial_period_days=trial_days or None, currency=currency)

    def price(self, unit_amount: int, interval: str = "month", **values: Any) -> str:
        if self.option:
            options = {self.currency: {"unit_amount": unit_amount}}
            # What it costs in dollars must make no difference to anything.
            return self.time.price(unit_amount % 13 + 1, interval, currency_options=options, **values)
        return self.time.price(unit_amount, interval, currency=self.currency, **values)

    def step(self, verb: str, value: Any, behavior: Any) -> None:
        """Do it, if it is allowed as things stand."""
        items = {item["price"]["id"]: item["id"] for item in self.now()["items"]["data"]}
        metered = items.get(self.prices["usage"])
        licensed = next((id for price, id in items.items() if price not in (self.prices["usage"], self.prices["extra"])), None)
        values: dict[str, Any] = {"proration_behavior": behavior} if isinstance(behavior, str) else {}
        match verb:
            case "quantity":
                values["items"] = [{"id": licensed, "quantity": value}]
            case "price":
                values["items"] = [{"id": licensed, "price": self.prices[value]}]
                values["items"] += [{"id": id, "deleted": True, "clear_usage": id == metered or None}
                                    for id in items.values() if id != licensed and value in ("week", "year")]
            case "extra":
                old = items.get(self.prices["extra"])
                values["items"] = [{"price": self.prices["extra"]} if value else {"id": old, "deleted": True}]
            case "cancel_at" | "trial_end":
                values[verb] = self.time.now + value * DAY if value else {"cancel_at": "", "trial_end": "now"}[verb]
            case "anchor":
                values["billing_cycle_anchor"] = "now"
            case "taxed":
                values["default_tax_rates"] = [self.rate] if value else ""
            case "use":
                self.ask(f"/v1/subscription_items/{metered}/usage_records", quantity=value)
                return
            case "item":
                self.ask("/v1/invoiceitems", customer=self.time.customer, amount=value, currency=self.currency)
                return
            case "pause":
                values["pause_collection"] = {"behavior": value} if value else ""
            case "pause_for":
                values["pause_collection"] = {"behavior": "void", "resumes_at": self.time.now + value * DAY}
            case "threshold":
                values["billing_thresholds"] = "" if value is None else {
                    "amount_gte": value, "reset_billing_cycle_anchor": behavior}
            case "usage_threshold":
                values["items"] = [{"id": metered, "billing_thresholds": {"usage_gte": value} if value else ""}]
            case "between":
                values["pending_invoice_item_interval"] = {"interval": value} if value else ""
            case "pending":
                values |= {"items": [{"id": licensed, "quantity": value}], "payment_behavior": "pending_if_incomplete",
                           "proration_behavior": "always_invoice"}
                if behavior:
                    values["billing_cycle_anchor"] = "now"
            case "pay":
                self.ask(f"/v1/invoices/{self.now()['latest_invoice']}/pay")
                return
            case "send":
                values["collection_method"] = "send_invoice" if value else "charge_automatically"
                if value:
                    values["days_until_due"] = value
            case "customer_coupon":
                self.ask(f"/v1/customers/{self.time.customer}", coupon=value)
                return
            case "card":
                card = self.time.api.post(f"/v1/payment_methods/{value}/attach", customer=self.time.customer)["id"]
                self.ask(f"/v1/customers/{self.time.customer}", invoice_settings={"default_payment_method": card})
                return
            case _:
                values[verb] = value
        self.ask(f"/v1/subscriptions/{self.subscription['id']}", **values)

    def ask(self, path: str, **values: Any) -> None:
        answer = self.time.api.call("POST", path, values)
        assert answer.status in (200, 400, 402, 404), answer.body

    def now(self) -> dict[str, Any]:
        return self.time.api.get(f"/v1/subscriptions/{self.subscription['id']}")

    def advance_stopping(self, to: int) -> None:
        """Stop where the next invoice is made, and see that its preview was right."""
        while (preview := self.preview()) is not None and preview["created"] <= to:
            self.time.turn(preview["created"])
            if self.now()["status"] in ("canceled", "incomplete_expired") and self.latest()["created"] != preview["created"]:
                break
            made = self.latest()
            assert (billed(made), made["total"], made["created"]) == (billed(preview), preview["total"], preview["created"])
        if to > self.time.now:
            self.time.turn(to)

    def preview(self) -> dict[str, Any] | None:
        answer = self.time.api.call("GET", "/v1/invoices/upcoming", {"subscription": self.subscription["id"]})
        assert answer.status in (200, 404), answer.body
        return answer.body if answer.status == 200 else None

    def latest(self) -> dict[str, Any]:
        shown = self.time.api.get(f"/v1/subscriptions/{self.subscription['id']}", expand=["latest_invoice"])
        return dict(shown["latest_invoice"])

    def outcome(self) -> Any:
        """All that matters, without ids."""
        now, customer = self.now(), self.time.customer_now()
        waiting = now["pending_update"]
        names = ("status", "current_period_start", "current_period_end", "billing_cycle_anchor", "cancel_at", "canceled_at",
                 "cancel_at_period_end", "ended_at", "trial_start", "trial_end", "next_pending_invoice_item_invoice",
                 "pause_collection")
        return (
            [(invoice["created"], invoice["status"], invoice["total"], invoice["amount_due"], invoice["attempt_count"],
              invoice["next_payment_attempt"], invoice["status_transitions"], billed(invoice))
             for invoice in self.time.invoices()],
            [(each["amount"], each["period"]) for each in self.time.pending()],
            {name: now[name] for name in names}, customer["balance"], customer["delinquent"],
            waiting and {name: waiting[name] for name in ("billing_cycle_anchor", "expires_at")},
            [(self.named(item["price"]["id"]), item.get("quantity")) for item in now["items"]["data"]])

    def words(self) -> list[Any]:
        """What the lines of the invoices say that follows from their currency."""
        return [(line["description"], line["currency"], line["unit_amount_excluding_tax"])
                for invoice in self.time.invoices() for line in invoice["lines"]["data"]]

    def named(self, price: str) -> str:
        return next(name for name, id in self.prices.items() if id == price)


@settings(max_examples=10, derandomize=True, deadline=None, database=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["2022-01-31 12:00", "2024-02-29", "2022-08-01"]), st.sampled_from([0, 0, 10]), STEPS)
def test_a_subscriptions_history(server: Server, start: str, trial_days: int, steps: list[Any]) -> None:
    play(server, History(Api(server), at(start), trial_days), History(Api(server), at(start), trial_days), steps)


@settings(max_examples=8, derandomize=True, deadline=None, database=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["2022-01-31 12:00", "2024-02-29"]), st.sampled_from(["eur", "jpy", "kwd"]), st.sampled_from([0, 10]),
       STEPS)
def test_a_history_in_a_currency_option(server: Server, start: str, currency: str, trial_days: int, steps: list[Any]) -> None:
    """What is billed in an option is what a price in that currency bills."""
    own, option = (History(Api(server), at(start), trial_days, currency=currency, option=each) for each in (False, True))
    play(server, own, option, steps)
    assert {line["price"]["currency"] for invoice in option.time.invoices() for line in invoice["lines"]["data"]
            if line["price"] is not None and line["type"] == "subscription"} <= {"usd"}
    assert own.words() == option.words()


def play(server: Server, at_once: History, stopping: History, steps: list[Any]) -> None:
    """Do the same to both; the clock of one stops at each invoice on its way."""
    for days, (verb, value, behavior) in [*steps, (70, ("use", 1, None))]:
        target = at_once.time.now + days * DAY
        if days:
            at_once.time.turn(target)
            stopping.advance_stopping(target)
        for history in (at_once, stopping):
            history.step(verb, value, behavior)
    assert at_once.outcome() == stopping.outcome()
    for history in (at_once, stopping):
        assert examine(server.database, account=history.time.api.key) == []
