"""A customer with a card on a test clock, and what their schedules are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.reference import conforms

JAN_1, FEB_1, MAR_1, APR_1 = 1577836800, 1580515200, 1583020800, 1585699200
"""2020, the first seconds of the months."""
JAN_1_2021 = 1609459200
DAY, HOUR = 86_400, 3_600


class Stage:
    """A sandbox in which a schedule plays: a product, a customer with a card, both at New Year 2020 on a clock."""

    def __init__(self, api: Api, server: Server, frozen_time: int = JAN_1) -> None:
        self.api, self.server = api, server
        self.clock = api.post("/v1/test_helpers/test_clocks", frozen_time=frozen_time)["id"]
        self.product = api.post("/v1/products", name="Gold")["id"]
        self.customer = api.post("/v1/customers", test_clock=self.clock, email="ada@example.com")["id"]
        self.card = api.post("/v1/payment_methods/pm_card_visa/attach", customer=self.customer)["id"]
        api.post(f"/v1/customers/{self.customer}", invoice_settings={"default_payment_method": self.card})
        self._seen: set[str] = set()
        self.new_events()

    def price(self, unit_amount: int = 1000, interval: str | None = "month", **values: Any) -> str:
        """A price of the product; one-time without an interval."""
        if interval is not None:
            values["recurring"] = {"interval": interval} | dict(values.get("recurring", {}))
        price: str = self.api.post("/v1/prices", product=self.product, currency=values.pop("currency", "usd"),
                                   **({} if "tiers" in values else {"unit_amount": unit_amount}), **values)["id"]
        return price

    def schedule(self, *phases: Mapping[str, Any], **values: Any) -> dict[str, Any]:
        """A schedule of the customer, held against the reference."""
        values = {"customer": self.customer, "phases": list(phases), "end_behavior": "release"} | values
        schedule = self.api.post("/v1/subscription_schedules", **values)
        conforms(schedule)
        return schedule

    def retrieve(self, schedule: Mapping[str, Any]) -> dict[str, Any]:
        schedule = self.api.get(f"/v1/subscription_schedules/{schedule['id']}")
        conforms(schedule)
        return schedule

    def update(self, schedule: Mapping[str, Any], **values: Any) -> dict[str, Any]:
        schedule = self.api.post(f"/v1/subscription_schedules/{schedule['id']}", **values)
        conforms(schedule)
        return schedule

    def refused(self, **values: Any) -> dict[str, Any]:
        """The error of a creation that must be refused; the customer is the stage's unless another is given."""
        values = {"customer": self.customer} | values
        return self.api.refused("POST", "/v1/subscription_schedules", **values).error

    def subscription(self, schedule: Mapping[str, Any]) -> dict[str, Any]:
        id = schedule["subscription"] or schedule["released_subscription"]
        subscription: dict[str, Any] = self.api.get(f"/v1/subscriptions/{id}")
        return subscription

    def advance(self, to: int) -> None:
        """Turn the clock, and wait until it has arrived."""
        self.api.post(f"/v1/test_helpers/test_clocks/{self.clock}/advance", frozen_time=to)
        while True:
            self.server.worker.run_due()
            clock = self.api.get(f"/v1/test_helpers/test_clocks/{self.clock}")
            assert clock["status"] != "internal_failure"
            if clock["status"] == "ready":
                return

    def new_events(self) -> list[str]:
        """The types of the events since the last call, oldest first, without those of the clock and the catalogue."""
        fresh = [event for event in self.api.events() if event["id"] not in self._seen]
        self._seen |= {event["id"] for event in fresh}
        return [event["type"] for event in fresh if not event["type"].startswith(("test_helpers.", "price.", "plan."))]


@pytest.fixture
def stage(api: Api, server: Server) -> Stage:
    return Stage(api, server)
