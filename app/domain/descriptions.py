"""The sentences on invoice lines and invoice items, in the API's wording."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from app.domain.currencies import format_amount
from app.domain.money import decimal_string
from app.domain.periods import Interval

# `strftime("%b")` would follow the machine's language.
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def date_text(at: int) -> str:
    """The day of a moment in UTC: `29 Aug 2025`, `05 Aug 2025`."""
    return _day_text(at // 86_400)


def interval_text(interval: Interval) -> str:
    """How often, as it follows a price: `month`, `every 3 months`."""
    return interval.unit if interval.count == 1 else f"every {interval.count} {interval.unit}s"


def subscription_line_text(
    product: str, quantity: int, unit_amount: Decimal | int | None, currency: str, interval: Interval
) -> str:
    """A line for a period of a subscription item: `2 × Gold (at $10.00 / month)`.

    `unit_amount` is in minor units; None stands for tiers.
    """
    text = f"{quantity} × {product}"
    if unit_amount is None:
        # Our choice: one line carries the sum of all tiers, so that no single price can be named.
        return text
    return f"{text} (at {format_amount(unit_amount, currency)} / {interval_text(interval)})"


def trial_text(product: str) -> str:
    """The line of a trial."""
    return f"Trial period for {product}"


def unused_time_text(product: str, at: int, quantity: int = 1, off: str | None = None) -> str:
    """The credit of a proration at `at`; `off` is the discount in force, as `off_text` words it."""
    return f"Unused time on {_prorated(product, at, quantity, off)}"


def remaining_time_text(product: str, at: int, quantity: int = 1, off: str | None = None) -> str:
    """The debit of a proration at `at`; `off` is the discount in force, as `off_text` words it."""
    return f"Remaining time on {_prorated(product, at, quantity, off)}"


def off_text(percent_off: Decimal | None, amount_off: int | None, currency: str) -> str:
    """What a coupon takes off: `50.0% off`, `12.25% off`, `$5.00 off`."""
    if percent_off is None:
        assert amount_off is not None, "a coupon has a percentage or an amount"
        return f"{format_amount(amount_off, currency)} off"
    text = decimal_string(percent_off)
    return f"{text}% off" if "." in text else f"{text}.0% off"


def _prorated(product: str, at: int, quantity: int, off: str | None) -> str:
    several = f"{quantity} × " if quantity > 1 else ""
    discount = f" (with {off})" if off else ""
    return f"{several}{product}{discount} after {date_text(at)}"


@lru_cache(maxsize=4096)
def _day_text(days: int) -> str:
    day = datetime.fromtimestamp(days * 86_400, UTC)
    return f"{day.day:02} {_MONTHS[day.month - 1]} {day.year}"
