"""A customer, mostly on a test clock, who is subscribed to a metered price: what the tests of usage begin with."""

from __future__ import annotations

from typing import Any

from tests.support.api import Answer, Api

JAN_1 = 1_640_995_200
"""2022-01-01 00:00:00 UTC: where the clock stands when the subscription starts."""
JAN_15 = JAN_1 + 14 * 86_400
FEB_1 = JAN_1 + 31 * 86_400
FEB_15 = FEB_1 + 14 * 86_400
MAR_1 = FEB_1 + 28 * 86_400
APR_1 = MAR_1 + 31 * 86_400

GRADUATED = {
    "billing_scheme": "tiered",
    "tiers_mode": "graduated",
    "tiers": [
        {"up_to": 5, "unit_amount": 500, "flat_amount": 1000},
        {"up_to": 10, "unit_amount": 400, "flat_amount": 2000},
        {"up_to": "inf", "unit_amount": 300, "flat_amount": 3000},
    ],
}


class Metered:
    """One monthly metered item at 2 cents a unit, invoiced by e-mail so that nothing depends on a card."""

    def __init__(self, api: Api, *, aggregate_usage: str | None = None, price: dict[str, Any] | None = None,
                 on_clock: bool = True, **subscription: Any) -> None:
        self.api = api
        self.clock = api.post("/v1/test_helpers/test_clocks", frozen_time=JAN_1)["id"] if on_clock else None
        self.customer = api.post("/v1/customers", test_clock=self.clock, email="jenny@example.com")["id"]
        self.price = metered_price(api, aggregate_usage=aggregate_usage, **(price or {}))
        created = api.post("/v1/subscriptions", customer=self.customer, collection_method="send_invoice",
                           days_until_due=30, **{"items": [{"price": self.price}]} | subscription)
        self.subscription: str = created["id"]
        self.items: list[str] = [item["id"] for item in created["items"]["data"]]
        self.item = self.items[0]

    @property
    def records_path(self) -> str:
        return f"/v1/subscription_items/{self.item}/usage_records"

    @property
    def summaries_path(self) -> str:
        return f"/v1/subscription_items/{self.item}/usage_record_summaries"

    def record(self, quantity: int, timestamp: int | None = None, action: str | None = None) -> dict[str, Any]:
        """Report usage; without a timestamp it is the clock's present time."""
        return self.api.post(self.records_path, quantity=quantity, timestamp=timestamp, action=action)

    def refused(self, quantity: int, timestamp: int | None = None, action: str | None = None) -> Answer:
        """Report usage that must be refused."""
        return self.api.refused("POST", self.records_path, quantity=quantity, timestamp=timestamp, action=action)

    def summaries(self) -> list[dict[str, Any]]:
        """All summaries, the open one first."""
        return self.api.get(self.summaries_path, limit=100)["data"]

    def totals(self) -> list[int]:
        """The usage of all periods, the open one first."""
        return [summary["total_usage"] for summary in self.summaries()]

    def advance(self, to: int) -> None:
        """Let the clock come to `to`."""
        self.api.post(f"/v1/test_helpers/test_clocks/{self.clock}/advance", frozen_time=to)
        self.api.server.worker.run_due()
        clock = self.api.get(f"/v1/test_helpers/test_clocks/{self.clock}")
        assert (clock["status"], clock["frozen_time"]) == ("ready", to)

    def latest_invoice(self) -> dict[str, Any]:
        """The subscription's latest invoice."""
        return self.api.get(f"/v1/subscriptions/{self.subscription}", expand=["latest_invoice"])["latest_invoice"]

    def billed(self) -> list[tuple[int, int, int, int]]:
        """Quantity, amount and period of the item's lines on the latest invoice."""
        return [(line["quantity"], line["amount"], line["period"]["start"], line["period"]["end"])
                for line in self.latest_invoice()["lines"]["data"] if line["subscription_item"] == self.item]


def metered_price(api: Api, *, aggregate_usage: str | None = None, **price: Any) -> str:
    """A monthly metered price in US dollars, at 2 cents a unit unless `price` has tiers."""
    recurring = {"interval": "month", "usage_type": "metered", "aggregate_usage": aggregate_usage}
    product = api.post("/v1/products", name="Calls")["id"]
    unit_amount = None if "tiers" in price else 2
    created = api.post("/v1/prices", currency="usd", product=product, recurring=recurring,
                       **{"unit_amount": unit_amount} | price)
    return created["id"]
