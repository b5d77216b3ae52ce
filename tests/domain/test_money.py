from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import allocate, decimal_string, parse_decimal, percent_of, round_half_away, share_of

amounts = st.integers(min_value=-(10**12), max_value=10**12)
decimals = st.decimals(min_value=-(10**9), max_value=10**9, places=12)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        pytest.param(Decimal("2.5"), 3, id="half_goes_up"),
        pytest.param(Decimal("-2.5"), -3, id="negative_half_goes_down"),
        pytest.param(Decimal("0.5"), 1, id="no_bankers_rounding_at_zero"),
        pytest.param(Decimal("1234.5"), 1235, id="no_bankers_rounding_at_even"),
        pytest.param(Decimal("2.4999999999999999999999999999999"), 2, id="just_below_half"),
        pytest.param(Decimal("-0.4"), 0, id="small_negative"),
        pytest.param(Decimal("1E+3"), 1000, id="exponent"),
        pytest.param(Fraction(2000, 3), 667, id="two_thirds"),
        pytest.param(Fraction(-1, 2), -1, id="negative_fraction_half"),
    ],
)
def test_rounding_goes_to_the_nearest_and_halves_away_from_zero(value: Decimal | Fraction, rounded: int) -> None:
    assert round_half_away(value) == rounded


@given(decimals)
def test_rounding_agrees_with_the_decimal_module(value: Decimal) -> None:
    assert round_half_away(value) == int(value.to_integral_value(ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("amount", "percent", "expected"),
    [
        pytest.param(20000, "50", 10000, id="half"),
        pytest.param(999, "8.875", 89, id="88.66"),
        pytest.param(-1935, "20", -387, id="credit"),
        pytest.param(7742, "20", 1548, id="1548.4"),
        pytest.param(10, "5", 1, id="exact_half"),
        pytest.param(-10, "5", -1, id="exact_negative_half"),
        pytest.param(333, "100", 333, id="all"),
        pytest.param(1000, "33.33", 333, id="333.3"),
    ],
)
def test_percent_of(amount: int, percent: str, expected: int) -> None:
    assert percent_of(amount, Decimal(percent)) == expected


@pytest.mark.parametrize(
    ("amount", "numerator", "denominator", "expected"),
    [
        pytest.param(2500, 24, 31, 1935, id="1935.48"),
        pytest.param(10000, 24, 31, 7742, id="7741.94"),
        pytest.param(2000, 1, 3, 667, id="666.67"),
        pytest.param(1000, 1, 3, 333, id="333.33"),
        pytest.param(5, 1, 2, 3, id="half"),
        pytest.param(-5, 1, 2, -3, id="negative_half"),
        pytest.param(700, 31, 31, 700, id="whole"),
        pytest.param(700, 0, 31, 0, id="nothing_left"),
    ],
)
def test_share_of(amount: int, numerator: int, denominator: int, expected: int) -> None:
    assert share_of(amount, numerator, denominator) == expected


@given(amounts, st.integers(0, 10**8), st.integers(1, 10**8))
def test_a_share_is_symmetric_around_zero(amount: int, numerator: int, denominator: int) -> None:
    assert share_of(-amount, numerator, denominator) == -share_of(amount, numerator, denominator)


@pytest.mark.parametrize(
    ("amount", "weights", "shares"),
    [
        pytest.param(500, [1000, 2000], [166, 334], id="published_coupon_split"),
        pytest.param(500, [2000, 1000], [333, 167], id="the_last_line_takes_the_remainder"),
        pytest.param(100, [1, 1, 1], [33, 33, 34], id="thirds"),
        pytest.param(-100, [1, 1, 1], [-33, -33, -34], id="negative"),
        pytest.param(3000, [1000, 2000], [1000, 2000], id="all_of_it"),
        pytest.param(2000, [1000, 1000, 1], [999, 1000, 1], id="the_last_line_is_never_exceeded"),
        pytest.param(10, [3, 3, 0], [5, 5, 0], id="a_line_without_weight_gets_nothing"),
        pytest.param(11, [3, 3, 0], [5, 6, 0], id="nor_the_remainder"),
        pytest.param(7, [0, 0], [0, 7], id="no_weights_at_all"),
        pytest.param(0, [], [], id="nothing_over_nothing"),
    ],
)
def test_allocate(amount: int, weights: list[int], shares: list[int]) -> None:
    assert allocate(amount, weights) == shares


def test_allocating_something_to_no_line_is_an_error() -> None:
    with pytest.raises(ValueError, match="no line"):
        allocate(1, [])


@given(amounts, st.lists(st.integers(0, 10**8), min_size=1, max_size=20))
def test_shares_add_up_to_the_amount(amount: int, weights: list[int]) -> None:
    shares = allocate(amount, weights)
    assert sum(shares) == amount
    assert all(share * amount >= 0 for share in shares)


@given(st.data(), st.lists(st.integers(0, 10**8), min_size=1, max_size=20))
def test_no_share_exceeds_its_line_when_the_amount_fits(data: st.DataObject, weights: list[int]) -> None:
    amount = data.draw(st.integers(0, sum(weights)))
    assert all(share <= weight for share, weight in zip(allocate(amount, weights), weights, strict=True))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("1000", "1000", id="whole"),
        pytest.param("1000.000", "1000", id="trailing_zeros_and_point"),
        pytest.param("12.3450", "12.345", id="fraction"),
        pytest.param("0.000000000001", "0.000000000001", id="twelve_places"),
        pytest.param("-0.50", "-0.5", id="negative"),
        pytest.param("-0.0", "0", id="no_minus_zero"),
        pytest.param("+.5", "0.5", id="bare_point"),
    ],
)
def test_decimals_are_written_plainly(text: str, written: str) -> None:
    assert decimal_string(parse_decimal(text)) == written


def test_an_exponent_is_written_out() -> None:
    assert decimal_string(Decimal("1E+3")) == "1000"


@pytest.mark.parametrize("text", ["", "abc", "1e3", "NaN", "Infinity", "1_000", " 1", "1,5", ".", "١"])
def test_other_notations_are_no_decimals(text: str) -> None:
    with pytest.raises(ValueError, match="not a decimal"):
        parse_decimal(text)
