"""A sandbox on a test clock, whose story can be told as text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.control.doctor import examine
from app.domain.periods import Interval, add_intervals
from tests.support.api import Api
from tests.support.clock import at

CLOCKS = "/v1/test_helpers/test_clocks"


def when(moment: int) -> str:
    """The moment as text, without the time of day at midnight."""
    text = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M")
    return text.removesuffix(" 00:00")


class World:
    """One customer on one clock, in a sandbox of its own without limits on advances."""

    def __init__(self, api: Api, start: str | int, card: str = "pm_card_visa", **customer: Any) -> None:
        self.api = api
        api.post("/_sim/settings", limits="off")
        self.clock = api.post(CLOCKS, frozen_time=_moment(start))
        self.customer = api.post(
            "/v1/customers",
            test_clock=self.clock["id"],
            payment_method=card,
            invoice_settings={"default_payment_method": card},
            **customer,
        )

    def price(self, name: str = "Gold", **values: Any) -> str:
        """The id of a recurring price: in dollars, monthly and licensed unless `values` say otherwise."""
        recurring = {"interval": "month"} | values.pop("recurring", {})
        made = self.api.post(
            "/v1/prices", **{"currency": "usd", "product_data": {"name": name}, "recurring": recurring} | values
        )
        return str(made["id"])

    def subscribe(self, *prices: str, **values: Any) -> dict[str, Any]:
        """A subscription of the customer's to these prices, or to the `items` in `values`."""
        items = {"items": [{"price": price} for price in prices]}
        return self.api.post("/v1/subscriptions", customer=self.customer["id"], **items | values)

    def change(self, subscription: dict[str, Any], **values: Any) -> dict[str, Any]:
        """The subscription after an update; `price` and `quantity` are those of its first item."""
        item = {name: values.pop(name) for name in ("price", "quantity") if name in values}
        items = {"items": [{"id": subscription["items"]["data"][0]["id"]} | item]} if item else {}
        return self.api.post(f"/v1/subscriptions/{subscription['id']}", **items | values)

    def now(self, subscription: dict[str, Any]) -> dict[str, Any]:
        """The subscription as it is."""
        return self.api.get(f"/v1/subscriptions/{subscription['id']}")

    def schedule(self, *phases: dict[str, Any], **values: Any) -> dict[str, Any]:
        """A schedule of the customer's that starts now unless `values` say otherwise."""
        return self.api.post(
            "/v1/subscription_schedules",
            customer=self.customer["id"],
            phases=list(phases),
            **{"start_date": "now"} | values,
        )

    def use_card(self, card: str) -> None:
        """The card that their invoices are paid with from now on: an attached one, or a new one by its test name."""
        if card.startswith("pm_card_"):
            card = self.api.post(f"/v1/payment_methods/{card}/attach", customer=self.customer["id"])["id"]
        self.api.post(f"/v1/customers/{self.customer['id']}", invoice_settings={"default_payment_method": card})

    def advance(self, to: str | int) -> None:
        """Turn the clock, and have the doctor look at what it left behind."""
        self.api.post(f"{CLOCKS}/{self.clock['id']}/advance", frozen_time=_moment(to))
        self.api.server.worker.run_due()
        clock = self.api.get(f"{CLOCKS}/{self.clock['id']}")
        assert (clock["status"], when(clock["frozen_time"])) == ("ready", when(_moment(to)))
        self.examine()

    def examine(self) -> None:
        """Nothing in the sandbox contradicts anything else."""
        assert examine(self.api.server.database, account=self.api.key) == []

    def invoices(self) -> list[dict[str, Any]]:
        """All invoices of the customer, oldest first."""
        return list(self.api.get("/v1/invoices", customer=self.customer["id"], limit=100)["data"][::-1])

    def bills(self) -> str:
        """Each invoice in a line: when it was made, what it comes to, what became of it."""
        return "\n".join(
            f"{when(invoice['created'])} {invoice['total'] / 100:.2f} {invoice['status']}"
            for invoice in self.invoices()
        )

    def story(self, *types: str, since: str = "1970-01-01") -> str:
        """The events of these types (all where none is named) since a moment, each in a line with its time."""
        lines = []
        for event in self.api.events():
            if event["created"] < at(since) or (types and event["type"] not in types):
                continue
            if not types and event["type"].startswith(("balance", "product", "price", "plan", "test_helpers")):
                continue
            lines.append(f"{when(event['created'])} {event['type']}")
        return "\n".join(lines)


def months_after(moment: int, count: int) -> int:
    """The same day some months later, or the month's last."""
    return add_intervals(moment, Interval("month"), count)


def text(story: str) -> str:
    """A story as it stands in a test, without its indentation."""
    return "\n".join(line.strip() for line in story.strip().splitlines())


def _moment(moment: str | int) -> int:
    return at(moment) if isinstance(moment, str) else moment
