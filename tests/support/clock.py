"""A customer on a test clock, and the events that each turn of the clock must cause, in their exact order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from app.domain.periods import Interval, add_intervals
from tests.support.api import Answer, Api
from tests.support.reference import conforms

DAY, HOUR = 86_400, 3_600

DRAFTED = ["invoice.created", "customer.subscription.updated"]
"""A renewal."""
CHARGED = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "invoice.updated", "invoice.paid",
           "invoice.payment_succeeded"]
"""What follows invoice.finalized where a card pays."""
FINALIZED = ["invoice.updated", "invoice.finalized"]
"""A draft that was made before. One that has just been made has no invoice.updated."""
COLLECTED = FINALIZED + CHARGED
"""An hour after a draft was made."""
DECLINED = ["payment_intent.payment_failed", "charge.failed", "invoice.payment_failed", "invoice.updated"]

_OF_THE_ACCOUNT = ("balance.", "product.", "price.", "plan.", "coupon.", "tax_rate.", "test_helpers.")


def at(text: str) -> int:
    """Unix seconds of `2022-01-31` or `2022-01-31 12:00`, in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


class Clock:
    """A test clock with one customer on it, who pays by `card` (None: by none)."""

    def __init__(self, api: Api, start: str | int, *, card: str | None = "pm_card_visa", **customer: Any) -> None:
        self.api = api
        api.post("/_sim/settings", limits="off")
        self.now = at(start) if isinstance(start, str) else start
        self.id = api.post("/v1/test_helpers/test_clocks", frozen_time=self.now)["id"]
        method = {} if card is None else {
            "payment_method": card, "invoice_settings": {"default_payment_method": card}}
        self.customer: str = api.post(
            "/v1/customers", test_clock=self.id, **{"email": "jenny@example.com"} | method | customer)["id"]
        self._seen: set[str] = set()
        self.new_events()

    # What is billed

    def price(self, unit_amount: int | None = 1000, interval: str | None = "month", *, product: str = "Gold",
              currency: str = "usd", **values: Any) -> str:
        """The id of a price; one-time without an interval."""
        if interval is not None:
            values["recurring"] = {"interval": interval} | values.get("recurring", {})
        price = self.api.post("/v1/prices", currency=currency, unit_amount=unit_amount,
                              **{"product_data": {"name": product}} | values)
        return str(price["id"])

    def subscribe(self, *prices: str, **values: Any) -> dict[str, Any]:
        """A subscription of the customer's to the prices."""
        items = {"items": [{"price": price} for price in prices]} if prices else {}
        subscription = self.api.post("/v1/subscriptions", customer=self.customer, **items | values)
        conforms(subscription)
        return subscription

    def update(self, subscription: dict[str, Any], **values: Any) -> dict[str, Any]:
        changed = self.api.post(f"/v1/subscriptions/{subscription['id']}", **values)
        conforms(changed)
        return changed

    # Time

    def advance(self, to: str | int | None = None, *, months: int = 0, days: int = 0, hours: int = 0,
                expect: Sequence[str] | None = None) -> list[str]:
        """Turn the clock to a moment, or by months, days and hours; the types of the events that this caused.

        `expect` are the types that they must be.
        """
        if to is None:
            target = add_intervals(self.now, Interval("month"), months) + days * DAY + hours * HOUR
        else:
            target = at(to) if isinstance(to, str) else to
        self.new_events()
        self.turn(target)
        types = self.new_events()
        assert expect is None or types == list(expect), types
        return types

    def turn(self, to: int) -> None:
        """Turn the clock to a moment, whatever happens."""
        self.api.post(f"/v1/test_helpers/test_clocks/{self.id}/advance", frozen_time=to)
        self.api.server.worker.run_due()
        clock = self.api.get(f"/v1/test_helpers/test_clocks/{self.id}")
        assert (clock["status"], clock["frozen_time"]) == ("ready", to)
        self.now = to

    # What happened

    def new_events(self, *, expect: Sequence[str] | None = None) -> list[str]:
        """The types of the events since the last look, oldest first, without the account's, its catalogue's and the clock's."""
        fresh = [event for event in self.api.events() if event["id"] not in self._seen]
        self._seen |= {event["id"] for event in fresh}
        types = [event["type"] for event in fresh if not event["type"].startswith(_OF_THE_ACCOUNT)]
        assert expect is None or types == list(expect), types
        return types

    def invoices(self, **filters: Any) -> list[dict[str, Any]]:
        """The customer's invoices, oldest first, each held against the reference."""
        page = self.api.get("/v1/invoices", customer=self.customer, limit=100, **filters)
        conforms(page)
        return list(page["data"][::-1])

    def latest_invoice(self, subscription: dict[str, Any]) -> dict[str, Any]:
        found = self.api.get(f"/v1/subscriptions/{subscription['id']}", expand=["latest_invoice"])["latest_invoice"]
        conforms(found)
        return dict(found)

    def retrieve(self, shown: dict[str, Any]) -> dict[str, Any]:
        """The subscription or invoice as it is now."""
        found = self.api.get(f"/v1/{shown['object']}s/{shown['id']}")
        conforms(found)
        return found

    def customer_now(self) -> dict[str, Any]:
        found = self.api.get(f"/v1/customers/{self.customer}")
        conforms(found)
        return found

    def pending(self) -> list[dict[str, Any]]:
        """The items that wait for an invoice, oldest first."""
        page = self.api.get("/v1/invoiceitems", customer=self.customer, pending=True, limit=100)
        conforms(page)
        return list(page["data"][::-1])

    def upcoming(self, **values: Any) -> dict[str, Any]:
        """The preview of the next invoice, which must leave no trace."""
        before = self.api.event_types()
        preview = self.api.get("/v1/invoices/upcoming", **values)
        conforms(preview)
        assert self.api.event_types() == before, "a preview emitted an event"
        return preview

    def refused(self, method: str, path: str, **values: Any) -> Answer:
        return self.api.refused(method, path, **values)


def amounts(invoice: dict[str, Any]) -> list[int]:
    """The amounts of the invoice's lines in their order."""
    return [line["amount"] for line in invoice["lines"]["data"]]


def billed(invoice: dict[str, Any]) -> list[tuple[int, int, int]]:
    """Amount and period of the invoice's lines in their order."""
    return [(line["amount"], line["period"]["start"], line["period"]["end"]) for line in invoice["lines"]["data"]]
