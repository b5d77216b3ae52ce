from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.fees import available_on, processing_fee


@pytest.mark.parametrize(("amount", "fee"), [(1000, 59), (1099, 62), (10_000, 320), (30_000, 900), (50, 31)])
def test_the_fee_is_a_percentage_and_a_fixed_amount(amount: int, fee: int) -> None:
    assert processing_fee(amount, Decimal("2.9"), 30) == fee


@pytest.mark.parametrize(("day", "available"), [
    ("2022-08-15", "2022-08-17"),  # Monday
    ("2022-08-16", "2022-08-18"),
    ("2022-08-17", "2022-08-19"),
    ("2022-08-18", "2022-08-22"),  # Thursday, over the weekend
    ("2022-08-19", "2022-08-23"),
    ("2022-08-20", "2022-08-23"),  # Saturday
    ("2022-08-21", "2022-08-23"),
])
def test_money_is_available_two_business_days_later(day: str, available: str) -> None:
    midnight = int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
    expected = int(datetime.fromisoformat(available).replace(tzinfo=UTC).timestamp())
    assert available_on(midnight) == expected
    assert available_on(midnight + 86_399) == expected
