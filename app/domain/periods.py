"""Billing intervals and the periods they cut from an anchor.

The rule: the k-th boundary is computed from the anchor, never from the boundary before it. A monthly anchor on the
31st so meets 28 February and comes back to 31 March.
"""

from __future__ import annotations

from calendar import isleap
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

_DAY: Final = 86_400
_EPOCH: Final = date(1970, 1, 1).toordinal()
_SECONDS: Final = {"day": _DAY, "week": 7 * _DAY}
_MONTHS: Final = {"month": 1, "year": 12}
_MONTH_LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MOST_IN_A_YEAR: Final = {"day": 365, "week": 52, "month": 12, "year": 1}


@dataclass(frozen=True, slots=True)
class Interval:
    """`count` times a `unit` of `day`, `week`, `month` or `year`."""

    unit: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Period:
    """The seconds from `start` up to, not including, `end`."""

    start: int
    end: int


def add_intervals(at: int, interval: Interval, times: int = 1) -> int:
    """The moment `times` intervals after `at` (before it, when negative).

    Months and years are those of the calendar in UTC: the time of day is kept, and a day that the month lacks becomes
    its last one. Raises ValueError outside the years 1 to 9999.
    """
    count = interval.count * times
    seconds = _SECONDS.get(interval.unit)
    if seconds is not None:
        return at + count * seconds
    return _add_months(at, count * _MONTHS[interval.unit])


def boundary(anchor: int, interval: Interval, k: int) -> int:
    """The `k`-th boundary counted from the anchor; the anchor itself is number 0."""
    return add_intervals(anchor, interval, k)


@lru_cache(maxsize=4096)
@lru_cache(maxsize=4096)
def period_containing(anchor: int, interval: Interval, at: int) -> Period:
    """The anchored period with `start <= at < end`, also when it lies before the anchor."""
    seconds = _SECONDS.get(interval.unit)
    if seconds is not None:
        step = interval.count * seconds
        start = at - (at - anchor) % step
        return Period(start, start + step)
    step = interval.count * _MONTHS[interval.unit]
    months = (_month_number(at) - _month_number(anchor)) // step * step
    start = _add_months(anchor, months)
    if start <= at:
        return Period(start, _add_months(anchor, months + step))
    return Period(_add_months(anchor, months - step), start)


def next_boundary(anchor: int, interval: Interval, after: int) -> int:
    """The first boundary strictly after `after`."""
    return period_containing(anchor, interval, after).end


def within_a_year(interval: Interval) -> bool:
    """Whether a price may recur at this interval: at most 365 days, 52 weeks, 12 months or 1 year."""
    return 1 <= interval.count <= _MOST_IN_A_YEAR[interval.unit]


def _add_months(at: int, months: int) -> int:
    days, time_of_day = divmod(at, _DAY)
    day = date.fromordinal(_EPOCH + days)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = 29 if month == 1 and isleap(year) else _MONTH_LENGTHS[month]
    clamped = date(year, month + 1, min(day.day, last))
    return (clamped.toordinal() - _EPOCH) * _DAY + time_of_day


def _month_number(at: int) -> int:
    day = date.fromordinal(_EPOCH + at // _DAY)
    return day.year * 12 + day.month
