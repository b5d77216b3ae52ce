"""How connected accounts are paid out: what they begin with, by their country, and when money counts as theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.domain.business_days import business_day_after

DELAY_DAYS_MAX: Final = 31
"""Our choice: as long as money can be held back."""

_DAY: Final = 86_400
_COUNT_BUSINESS_DAYS: Final = frozenset({"AE", "AU", "IN", "JP", "MY", "NZ", "TH", "US"})
_DAILY_ALONE: Final = frozenset({"BR", "IN"})


@dataclass(frozen=True, slots=True)
class Schedule:
    """When what is available is paid out by itself, and how many days it takes to become available."""

    interval: str
    """`daily`, `weekly`, `monthly`, or `manual` for never."""
    delay_days: int
    weekly_anchor: str = "monday"
    monthly_anchor: int = 1

    def as_shown(self) -> dict[str, Any]:
        """The `schedule` hash of an account, which has the anchor of its interval alone."""
        shown: dict[str, Any] = {"delay_days": self.delay_days, "interval": self.interval}
        if self.interval == "monthly":
            shown["monthly_anchor"] = self.monthly_anchor
        if self.interval == "weekly":
            shown["weekly_anchor"] = self.weekly_anchor
        return shown


def schedule_of(country: str, chosen: Mapping[str, Any]) -> Schedule:
    """The schedule of an account in the country: what was chosen, and the country's defaults for the rest."""
    usual = {"interval": "weekly", "weekly_anchor": "friday"} if country == "JP" else {"interval": "daily"}
    return Schedule(**{"delay_days": minimum_delay(country), **usual, **chosen})


def minimum_delay(country: str) -> int:
    """The fewest days that an account in the country can have, which are also those that it begins with."""
    return 2 if country == "US" else 7


def intervals_of(country: str) -> tuple[str, ...]:
    """The intervals that an account in the country may choose."""
    return ("daily",) if country in _DAILY_ALONE else ("daily", "manual", "monthly", "weekly")


def available_on(created: int, country: str, delay_days: int) -> int:
    """Midnight UTC of the day on which money that came at `created` is available: so many business days later, or days of
    the calendar, as they are counted in the country."""
    if country in _COUNT_BUSINESS_DAYS:
        return business_day_after(created, delay_days)
    return (created // _DAY + delay_days) * _DAY
