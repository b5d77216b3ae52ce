"""What the processing of a charge costs, and when its money becomes available."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from app.domain.business_days import business_day_after
from app.domain.money import percent_of

SETTLING_DAYS: Final = 2
"""Business days after which the money of a charge is available."""


DEBIT_SETTLING_DAYS: Final = 4
"""The same of what a bank is asked for, which answers in days. Our choice, as long as an ACH debit usually takes."""


def processing_fee(amount: int, percent: Decimal, fixed: int) -> int:
    """The fee of a charge in minor units: 1099 at 2.9 % + 30 is 62."""
    return percent_of(amount, percent) + fixed


def available_on(created: int, days: int = SETTLING_DAYS) -> int:
    """Midnight UTC two business days after the day of `created`: from Thursday to Monday, from Saturday to Tuesday."""
    return business_day_after(created, days)
