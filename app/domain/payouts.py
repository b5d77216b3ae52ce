"""When automatic payouts are made."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from app.domain.periods import Interval, add_intervals

_DAY: Final = 86_400
_EPOCH: Final = date(1970, 1, 1)
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def next_run(moment: int, interval: str, *, weekly_anchor: str, monthly_anchor: int) -> int | None:
    """The first midnight UTC after `moment` at which payouts are made; None where `interval` is `manual`.

    `daily` is each day, `weekly` each `weekly_anchor`, `monthly` each month's `monthly_anchor`-th day, or its last one.
    """
    if interval == "manual":
        return None
    day = _EPOCH + timedelta(days=moment // _DAY + 1)
    if interval == "weekly":
        day += timedelta(days=(WEEKDAYS.index(weekly_anchor) - day.weekday()) % 7)
    if interval == "monthly":
        first = (day.replace(day=1) - _EPOCH).days * _DAY
        for months in (0, 1):
            start = add_intervals(first, Interval("month"), months)
            last = add_intervals(start, Interval("month")) - _DAY
            run = min(start + (monthly_anchor - 1) * _DAY, last)
            if run > moment:
                return run
    return (day - _EPOCH).days * _DAY
