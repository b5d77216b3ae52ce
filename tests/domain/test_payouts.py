"""On which days automatic payouts are made, and how banks count days."""

from __future__ import annotations

import pytest

from app.domain.business_days import business_day_after
from app.domain.payouts import next_run
from tests.support.clock import at


@pytest.mark.parametrize(("moment", "interval", "weekly", "monthly", "expected"), [
    ("2022-08-03 10:00", "daily", "monday", 1, "2022-08-04"),
    # At midnight itself the run of this day is over.
    ("2022-08-03", "daily", "monday", 1, "2022-08-04"),
    ("2022-08-03 23:59:59", "daily", "monday", 1, "2022-08-04"),
    # 2022-08-03 is a Wednesday.
    ("2022-08-03 10:00", "weekly", "thursday", 1, "2022-08-04"),
    ("2022-08-03 10:00", "weekly", "wednesday", 1, "2022-08-10"),
    ("2022-08-03 10:00", "weekly", "tuesday", 1, "2022-08-09"),
    ("2022-12-28", "weekly", "sunday", 1, "2023-01-01"),
    ("2022-08-03 10:00", "monthly", "monday", 4, "2022-08-04"),
    ("2022-08-03 10:00", "monthly", "monday", 3, "2022-09-03"),
    ("2022-01-31", "monthly", "monday", 31, "2022-02-28"),
    ("2024-02-28 23:00", "monthly", "monday", 30, "2024-02-29"),
    ("2022-02-28", "monthly", "monday", 31, "2022-03-31"),
    ("2022-12-31", "monthly", "monday", 1, "2023-01-01"),
    ("2022-12-31", "monthly", "monday", 31, "2023-01-31"),
    ("2022-11-30 12:00", "monthly", "monday", 1, "2022-12-01"),
])
def test_the_next_run(moment: str, interval: str, weekly: str, monthly: int, expected: str) -> None:
    assert next_run(at(moment), interval, weekly_anchor=weekly, monthly_anchor=monthly) == at(expected)


def test_nothing_runs_by_hand() -> None:
    assert next_run(at("2022-08-03"), "manual", weekly_anchor="monday", monthly_anchor=1) is None


@pytest.mark.parametrize(("moment", "days", "expected"), [
    # Friday, Saturday and Sunday count from Friday; 2022-08-05 is one.
    ("2022-08-05 10:00", 1, "2022-08-08"), ("2022-08-06", 1, "2022-08-08"), ("2022-08-07 23:59:59", 1, "2022-08-08"),
    ("2022-08-08", 1, "2022-08-09"), ("2022-08-04", 1, "2022-08-05"), ("2022-08-04", 2, "2022-08-08"),
    ("2022-08-08", 5, "2022-08-15"), ("2022-08-05", 5, "2022-08-12"), ("2022-08-06", 5, "2022-08-12"),
    ("2022-08-05", 10, "2022-08-19"),
])
def test_business_days(moment: str, days: int, expected: str) -> None:
    assert business_day_after(at(moment), days) == at(expected)
