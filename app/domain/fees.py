"""What the processing of a charge costs, and when its money becomes available."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from app.domain.business_days import business_day_after
from app.domain.money import percent_of

SETTLING_DAYS: Final = 2
"""Business days after which the money of a charge is available."""


def processing_fee(amount: int, percent: Decimal, fixed: int) -> int:
    """The fee of a charge in minor units: 1099 at 2.9 % + 30 is 62."""
    return percent_of(amount, percent) + fixed


def available_on(created: int) -> int:
    """Midnight UTC two business days after the day of `created`: from Thursday to Monday, from Saturday to Tuesday."""
    return business_day_after(created, SETTLING_DAYS)
