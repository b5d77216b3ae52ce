from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.tiers import PriceTerms, Tier, amount_of


def tiers(*rows: tuple[int | None, str, str]) -> tuple[Tier, ...]:
    return tuple(Tier(up_to, Decimal(unit), Decimal(flat)) for up_to, unit, flat in rows)


WITH_FLATS = tiers(
    (5, "500", "1000"), (10, "400", "2000"), (15, "300", "3000"), (20, "200", "4000"), (None, "100", "5000")
)
WITHOUT_FLATS = tiers((5, "700", "0"), (10, "650", "0"), (None, "600", "0"))


def table(mode: str, rows: tuple[Tier, ...], quantities: str, amounts: str) -> list[object]:
    flats = "flats" if rows is WITH_FLATS else "no_flats"
    return [
        pytest.param(mode, rows, int(quantity), int(amount), id=f"{mode}_{flats}_{quantity}")
        for quantity, amount in zip(quantities.split(), amounts.split(), strict=True)
    ]


@pytest.mark.parametrize(
    ("mode", "rows", "quantity", "amount"),
    [
        *table("graduated", WITH_FLATS, "0 1 5 6 10 12 15 20 25", "1000 1500 3500 5900 7500 11100 12000 17000 22500"),
        *table("volume", WITH_FLATS, "0 1 5 6 10 12 15 20 25", "1000 1500 3500 4400 6000 6600 7500 8000 7500"),
        *table("graduated", WITHOUT_FLATS, "0 1 5 6 20 25", "0 700 3500 4150 12750 15750"),
        *table("volume", WITHOUT_FLATS, "0 1 5 6 20 25", "0 700 3500 3900 12000 15000"),
    ],
)
def test_tiers(mode: str, rows: tuple[Tier, ...], quantity: int, amount: int) -> None:
    assert amount_of(PriceTerms("tiered", None, rows, mode), quantity) == amount


@pytest.mark.parametrize(
    ("quantity", "unit_amount", "amount"),
    [
        pytest.param(3, "1500", 4500, id="whole"),
        pytest.param(0, "1500", 0, id="no_units"),
        pytest.param(7, "0.5", 4, id="7_x_0.5"),
        pytest.param(100, "12.345", 1235, id="100_x_12.345"),
        pytest.param(1000, "0.0015", 2, id="1000_x_0.0015"),
        pytest.param(5, "0.333", 2, id="5_x_0.333"),
        pytest.param(10**18, "99999999.123456789012", 99999999123456789012000000, id="exact_beyond_28_digits"),
    ],
)
def test_a_price_per_unit_is_rounded_once_for_the_line(quantity: int, unit_amount: str, amount: int) -> None:
    assert amount_of(PriceTerms("per_unit", Decimal(unit_amount)), quantity) == amount


@pytest.mark.parametrize(
    ("quantity", "transform_round", "amount"),
    [
        pytest.param(0, "up", 0, id="none_up"),
        pytest.param(1, "up", 250, id="one_up"),
        pytest.param(10, "up", 250, id="a_full_package_up"),
        pytest.param(11, "up", 500, id="a_package_and_one_up"),
        pytest.param(9, "down", 0, id="nine_down"),
        pytest.param(10, "down", 250, id="a_full_package_down"),
        pytest.param(19, "down", 250, id="nearly_two_down"),
    ],
)
def test_packages(quantity: int, transform_round: str, amount: int) -> None:
    terms = PriceTerms("per_unit", Decimal(250), divide_by=10, transform_round=transform_round)
    assert amount_of(terms, quantity) == amount


def test_graduated_tiers_are_rounded_after_adding_up() -> None:
    rows = tiers((1, "0.4", "0"), (2, "0.4", "0"), (None, "0.4", "0"))
    assert amount_of(PriceTerms("tiered", None, rows, "graduated"), 3) == 1


@pytest.mark.parametrize("mode", ["graduated", "volume"])
def test_tiers_that_end_too_early_are_an_error(mode: str) -> None:
    with pytest.raises(ValueError, match="no tier reaches 6"):
        amount_of(PriceTerms("tiered", None, tiers((5, "1", "0")), mode), 6)


amounts = st.decimals(min_value=0, max_value=10_000, places=3)
bounds = st.lists(st.integers(1, 1000), unique=True, max_size=5).map(sorted)


@given(st.data(), bounds, st.integers(0, 1500), st.integers(0, 1500))
def test_graduated_amounts_are_never_negative_and_grow_with_the_quantity(
    data: st.DataObject, up_tos: list[int], one: int, other: int
) -> None:
    rows = tuple(Tier(up_to, data.draw(amounts), data.draw(amounts)) for up_to in [*up_tos, None])
    terms = PriceTerms("tiered", None, rows, "graduated")
    assert 0 <= amount_of(terms, min(one, other)) <= amount_of(terms, max(one, other))
