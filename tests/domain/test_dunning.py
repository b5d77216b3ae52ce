from __future__ import annotations

import pytest

from app.domain.dunning import next_attempt

FAILED_AT = 1661994000
DAY = 86_400


@pytest.mark.parametrize(
    ("attempt_count", "expected"),
    [
        pytest.param(1, FAILED_AT + 3 * DAY, id="first_retry"),
        pytest.param(2, FAILED_AT + 5 * DAY, id="second_retry"),
        pytest.param(3, FAILED_AT + 7 * DAY, id="third_retry"),
        pytest.param(4, None, id="no_retry_left"),
    ],
)
def test_each_retry_counts_from_the_failure_before_it(attempt_count: int, expected: int | None) -> None:
    assert next_attempt((3, 5, 7), attempt_count, FAILED_AT) == expected


def test_without_retry_days_nothing_is_tried_again() -> None:
    assert next_attempt((), 1, FAILED_AT) is None
