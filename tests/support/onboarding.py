"""A connected account on its way, looked at as its platform does: what is due, what it may do, and what was heard of it."""

from __future__ import annotations

from typing import Any

from tests.support.api import Api
from tests.support.connected import acting_for

CAPABILITIES = {"card_payments": {"requested": True}, "transfers": {"requested": True}}
TERMS = {"date": 1_609_798_905, "ip": "8.8.8.8"}


class Onboarding:
    """One new account, and what has happened to it since the last look."""

    def __init__(self, platform: Api, **params: Any) -> None:
        self.platform = platform
        account = platform.post("/v1/accounts", **{"type": "custom", "country": "US", "capabilities": CAPABILITIES, **params})
        self.id = account["id"]
        self.client = acting_for(platform, self.id)
        self._seen: set[str] = set()

    def update(self, **params: Any) -> dict[str, Any]:
        return self.platform.post(f"/v1/accounts/{self.id}", **params)

    def person(self, **params: Any) -> dict[str, Any]:
        return self.platform.post(f"/v1/accounts/{self.id}/persons", **params)

    @property
    def now(self) -> dict[str, Any]:
        return self.platform.get(f"/v1/accounts/{self.id}")

    @property
    def due(self) -> list[str]:
        """What is due by now, which on a new account is past due as well."""
        shown = self.now["requirements"]
        assert shown["past_due"] == shown["currently_due"] and shown["current_deadline"] is None
        return list(shown["currently_due"])

    @property
    def may(self) -> tuple[Any, ...]:
        """Details, charges, payouts, both capabilities, and why not all of it."""
        shown = self.now
        [status] = set(shown["capabilities"].values())
        return (shown["details_submitted"], shown["charges_enabled"], shown["payouts_enabled"], status,
                shown["requirements"]["disabled_reason"])

    def news(self) -> list[dict[str, Any]]:
        """The events of the account since the last look, oldest first."""
        fresh = [event for event in self.client.events() if event["id"] not in self._seen]
        self._seen |= {event["id"] for event in fresh}
        assert all(event["account"] == self.id for event in fresh)
        return fresh

    def heard(self) -> list[str]:
        """Their types."""
        return [event["type"] for event in self.news()]
