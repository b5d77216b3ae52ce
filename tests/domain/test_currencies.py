from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.currencies import MINIMUM_CHARGE, SUPPORTED, THREE_DECIMAL, ZERO_DECIMAL, exponent, format_amount
from app.domain.currencies import minimum_charge as minimum


def test_us_dollars_lead_the_alphabet_of_currencies() -> None:
    assert SUPPORTED[:3] == ("usd", "aed", "afn")
    assert list(SUPPORTED[1:]) == sorted(set(SUPPORTED) - {"usd"})


def test_special_currencies_are_supported_ones() -> None:
    assert set(SUPPORTED) >= ZERO_DECIMAL | THREE_DECIMAL | set(MINIMUM_CHARGE)
    assert len(ZERO_DECIMAL) == 16
    assert not ZERO_DECIMAL & THREE_DECIMAL


@pytest.mark.parametrize(("currency", "places"), [("usd", 2), ("jpy", 0), ("xpf", 0), ("kwd", 3), ("huf", 2)])
def test_exponent(currency: str, places: int) -> None:
    assert exponent(currency) == places


@pytest.mark.parametrize(
    ("currency", "amount"), [("usd", 50), ("gbp", 30), ("mxn", 1000), ("huf", 17500), ("jpy", 50), ("zmw", 50)]
)
def test_minimum_charge(currency: str, amount: int) -> None:
    assert minimum(currency) == amount


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        pytest.param(1000, "usd", "$10.00", id="dollars"),
        pytest.param(500, "eur", "€5.00", id="euros"),
        pytest.param(500, "jpy", "¥500", id="yen_have_no_cents"),
        pytest.param(-500, "usd", "-$5.00", id="the_sign_comes_first"),
        pytest.param(1000, "chf", "10.00 CHF", id="no_symbol"),
        pytest.param(-1000, "chf", "-10.00 CHF", id="negative_without_symbol"),
        pytest.param(5, "usd", "$0.05", id="cents"),
        pytest.param(0, "usd", "$0.00", id="nothing"),
        pytest.param(123456789, "usd", "$1,234,567.89", id="thousands"),
        pytest.param(1234, "kwd", "1.234 KWD", id="three_decimals"),
        pytest.param(Decimal("0.15"), "usd", "$0.0015", id="fraction_of_a_cent"),
        pytest.param(Decimal("1000.0"), "usd", "$10.00", id="decimal_without_fraction"),
        pytest.param(Decimal("0.5"), "jpy", "¥0.5", id="fraction_of_a_yen"),
    ],
)
def test_format_amount(amount: int | Decimal, currency: str, text: str) -> None:
    assert format_amount(amount, currency) == text
