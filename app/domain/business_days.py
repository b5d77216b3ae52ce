"""Banks' days: from Monday to Friday, without holidays."""

from __future__ import annotations

from typing import Final

_DAY: Final = 86_400
_FRIDAY: Final = 4


def business_day_after(moment: int, days: int) -> int:
    """Midnight UTC `days` business days after the day of `moment`: two from Thursday, or from Saturday, are Monday, Tuesday."""
    day = moment // _DAY
    # The epoch was a Thursday. What happens at a weekend counts as if it were Friday's.
    weekday = (day + 3) % 7
    friday_or_before = min(weekday, _FRIDAY)
    return (day - (weekday - friday_or_before) + days + 2 * ((friday_or_before + days) // 5)) * _DAY
