from __future__ import annotations

from datetime import UTC, datetime

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from app.domain.periods import (
    Interval,
    Period,
    add_intervals,
    boundary,
    next_boundary,
    period_containing,
    within_a_year,
)

MONTH = Interval("month")
YEAR = Interval("year")
JAN_31_NOON = 1643630400
LEAP_DAY_2024 = 1709164800

moments = st.integers(min_value=0, max_value=4_000_000_000)
intervals = st.builds(Interval, st.sampled_from(["day", "week", "month", "year"]), st.integers(1, 12))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("start", "interval", "times", "expected"),
    [
        pytest.param("2022-01-31 12:00", MONTH, 1, "2022-02-28 12:00", id="jan31_clamps_to_feb28"),
        pytest.param("2024-01-31", MONTH, 1, "2024-02-29", id="jan31_clamps_to_leap_day"),
        pytest.param("2022-01-31", MONTH, 2, "2022-03-31", id="clamping_starts_from_the_first_day_again"),
        pytest.param("2022-03-31", MONTH, -1, "2022-02-28", id="backwards_clamps_too"),
        pytest.param("2022-09-01", MONTH, -1, "2022-08-01", id="backwards"),
        pytest.param("2022-11-30 23:59:59", Interval("month", 3), 1, "2023-02-28 23:59:59", id="quarter_over_new_year"),
        pytest.param("2024-02-29", YEAR, 1, "2025-02-28", id="leap_day_plus_a_year"),
        pytest.param("2024-02-29", YEAR, 4, "2028-02-29", id="leap_day_plus_four_years"),
        pytest.param("2022-12-25", Interval("day", 10), 1, "2023-01-04", id="days"),
        pytest.param("2022-12-25", Interval("week", 2), 2, "2023-01-22", id="weeks"),
        pytest.param("1969-12-31 23:00", MONTH, 2, "1970-02-28 23:00", id="before_the_epoch"),
        pytest.param("2022-05-05", MONTH, 0, "2022-05-05", id="no_times"),
    ],
)
def test_adding_intervals_follows_the_calendar(start: str, interval: Interval, times: int, expected: str) -> None:
    assert add_intervals(at(start), interval, times) == at(expected)


@given(moments, st.sampled_from(["day", "week", "month", "year"]), st.integers(1, 12), st.integers(-40, 40))
def test_adding_intervals_agrees_with_dateutil(start: int, unit: str, count: int, times: int) -> None:
    step = relativedelta(**{unit + "s": count * times})
    expected = int((datetime.fromtimestamp(start, UTC) + step).timestamp())
    assert add_intervals(start, Interval(unit, count), times) == expected


def test_a_month_end_anchor_returns_to_its_day() -> None:
    boundaries = [boundary(JAN_31_NOON, MONTH, k) for k in range(6)]
    assert boundaries == [1643630400, 1646049600, 1648728000, 1651320000, 1653998400, 1656590400]


def test_a_leap_day_anchor_meets_its_day_every_fourth_year() -> None:
    days = ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]
    assert [boundary(LEAP_DAY_2024, YEAR, k) for k in range(1, 5)] == [at(day) for day in days]


@pytest.mark.parametrize(
    ("moment", "period"),
    [
        pytest.param(JAN_31_NOON, Period(1643630400, 1646049600), id="at_the_anchor"),
        pytest.param(1646049599, Period(1643630400, 1646049600), id="a_second_before_the_boundary"),
        pytest.param(1646049600, Period(1646049600, 1648728000), id="the_boundary_opens_the_next"),
        pytest.param(JAN_31_NOON - 1, Period(at("2021-12-31 12:00"), 1643630400), id="before_the_anchor"),
        pytest.param(at("2022-02-28 11:59"), Period(1643630400, 1646049600), id="clamped_day_before_its_hour"),
    ],
)
def test_the_period_containing_a_moment(moment: int, period: Period) -> None:
    assert period_containing(JAN_31_NOON, MONTH, moment) == period


@given(moments, intervals, moments)
def test_periods_touch_and_equal_the_anchored_boundaries(anchor: int, interval: Interval, moment: int) -> None:
    period = period_containing(anchor, interval, moment)
    assert period.start <= moment < period.end
    assert period_containing(anchor, interval, period.end).start == period.end
    assert period_containing(anchor, interval, period.start - 1).end == period.start
    assert next_boundary(anchor, interval, moment) == period.end
    assert next_boundary(anchor, interval, period.start) == period.end
    if interval.unit in ("month", "year"):
        months = {"month": 1, "year": 12}[interval.unit] * interval.count
        first, start = datetime.fromtimestamp(anchor, UTC), datetime.fromtimestamp(period.start, UTC)
        k = ((start.year - first.year) * 12 + start.month - first.month) // months
    else:
        k = (period.start - anchor) // ({"day": 86400, "week": 604800}[interval.unit] * interval.count)
    assert period == Period(boundary(anchor, interval, k), boundary(anchor, interval, k + 1))


@pytest.mark.parametrize(
    ("frozen", "latest"),
    [
        pytest.param(1732320000, 1737590400, id="two_months_from_november"),
        pytest.param(1762590427, 1767860827, id="two_months_with_a_time_of_day"),
    ],
)
def test_a_clock_reaches_two_intervals_ahead(frozen: int, latest: int) -> None:
    assert add_intervals(frozen, MONTH, 2) == latest


def test_an_empty_clock_reaches_two_years_ahead() -> None:
    assert add_intervals(1577836800, YEAR, 2) == 1640995200


@pytest.mark.parametrize(
    ("interval", "allowed"),
    [
        pytest.param(Interval("day", 365), True, id="365_days"),
        pytest.param(Interval("day", 366), False, id="366_days"),
        pytest.param(Interval("week", 52), True, id="52_weeks"),
        pytest.param(Interval("week", 53), False, id="53_weeks"),
        pytest.param(Interval("month", 12), True, id="12_months"),
        pytest.param(Interval("month", 13), False, id="13_months"),
        pytest.param(Interval("year", 1), True, id="1_year"),
        pytest.param(Interval("year", 2), False, id="2_years"),
        pytest.param(Interval("month", 0), False, id="no_months"),
    ],
)
def test_a_price_recurs_within_a_year(interval: Interval, allowed: bool) -> None:
    assert within_a_year(interval) is allowed
