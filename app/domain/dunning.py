"""When a failed payment of an invoice is tried again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_DAY: Final = 86_400


def next_attempt(retry_days: Sequence[int], attempt_count: int, failed_at: int) -> int | None:
    """When to try again after an attempt failed at `failed_at`; None when no attempt is left.

    `retry_days` are the days from each attempt to the next; `attempt_count` (at least 1) includes the failed one.
    """
    assert attempt_count >= 1, "an attempt that failed is counted"
    if attempt_count > len(retry_days):
        return None
    return failed_at + retry_days[attempt_count - 1] * _DAY
