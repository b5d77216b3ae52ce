from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.descriptions import (
    date_text,
    off_text,
    remaining_time_text,
    subscription_line_text,
    trial_text,
    unused_time_text,
)
from app.domain.periods import Interval

AUG_29_2025 = 1756447600


@pytest.mark.parametrize(
    ("at", "text"),
    [
        pytest.param(AUG_29_2025, "29 Aug 2025", id="day"),
        pytest.param(1754352000, "05 Aug 2025", id="two_digits"),
        pytest.param(1767225599, "31 Dec 2025", id="last_second_of_a_year"),
        pytest.param(-1, "31 Dec 1969", id="before_the_epoch"),
    ],
)
def test_dates_are_utc_days(at: int, text: str) -> None:
    assert date_text(at) == text


@pytest.mark.parametrize(
    ("quantity", "unit_amount", "interval", "text"),
    [
        pytest.param(2, 1000, Interval("month"), "2 × Gold (at $10.00 / month)", id="monthly"),
        pytest.param(1, Decimal(1000), Interval("month", 3), "1 × Gold (at $10.00 / every 3 months)", id="quarterly"),
        pytest.param(1, 120000, Interval("year"), "1 × Gold (at $1,200.00 / year)", id="yearly"),
        pytest.param(100, Decimal("0.15"), Interval("day"), "100 × Gold (at $0.0015 / day)", id="fraction_of_a_cent"),
        pytest.param(0, 1000, Interval("week", 2), "0 × Gold (at $10.00 / every 2 weeks)", id="no_units"),
        pytest.param(12, None, Interval("month"), "12 × Gold", id="tiers"),
    ],
)
def test_a_subscription_line(quantity: int, unit_amount: Decimal | int | None, interval: Interval, text: str) -> None:
    assert subscription_line_text("Gold", quantity, unit_amount, "usd", interval) == text


def test_proration_lines() -> None:
    assert unused_time_text("Gold", AUG_29_2025) == "Unused time on Gold after 29 Aug 2025"
    assert remaining_time_text("Gold", AUG_29_2025, 3) == "Remaining time on 3 × Gold after 29 Aug 2025"
    half = off_text(Decimal(50), None, "usd")
    assert unused_time_text("Gold", AUG_29_2025, 1, half) == "Unused time on Gold (with 50.0% off) after 29 Aug 2025"


@pytest.mark.parametrize(
    ("percent_off", "amount_off", "text"),
    [
        pytest.param(Decimal("50"), None, "50.0% off", id="whole_percent"),
        pytest.param(Decimal("12.50"), None, "12.5% off", id="half_percent"),
        pytest.param(Decimal("33.33"), None, "33.33% off", id="two_places"),
        pytest.param(None, 500, "$5.00 off", id="amount"),
    ],
)
def test_what_a_coupon_takes_off(percent_off: Decimal | None, amount_off: int | None, text: str) -> None:
    assert off_text(percent_off, amount_off, "usd") == text


def test_a_trial() -> None:
    assert trial_text("Gold") == "Trial period for Gold"
