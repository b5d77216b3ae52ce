from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.tiers import PriceTerms, Tier, amount_of
from app.domain.usage import Reading, Running, aggregate, merge, record

MODES = ["sum", "max", "last_during_period", "last_ever"]
GRADUATED = (
    Tier(5, Decimal(500), Decimal(1000)),
    Tier(10, Decimal(400), Decimal(2000)),
    Tier(None, Decimal(300), Decimal(3000)),
)


@pytest.mark.parametrize(
    ("records", "readings"),
    [
        pytest.param([(5, "increment", 4), (5, "increment", 8)], [(5, 12)], id="increments_add_up"),
        pytest.param([(5, "increment", 4), (5, "set", 8)], [(5, 8)], id="set_overwrites_its_timestamp"),
        pytest.param([(5, "set", 8), (5, "increment", 4)], [(5, 12)], id="increment_after_set"),
        pytest.param([(5, "set", 8), (5, "set", 0)], [(5, 0)], id="set_to_zero_stays_a_reading"),
        pytest.param([(5, "increment", 4), (6, "set", 8)], [(5, 4), (6, 8)], id="set_leaves_other_timestamps"),
        pytest.param([(9, "increment", 1), (5, "increment", 2)], [(5, 2), (9, 1)], id="time_order"),
        pytest.param([], [], id="no_records"),
    ],
)
def test_records_of_one_timestamp_merge(records: list[tuple[int, str, int]], readings: list[tuple[int, int]]) -> None:
    assert merge(records) == [Reading(*reading) for reading in readings]


@pytest.mark.parametrize(
    ("mode", "quantities", "carried", "billed"),
    [
        pytest.param("sum", [4, 8], 0, 12, id="sum"),
        pytest.param("sum", [], 7, 0, id="sum_of_nothing"),
        pytest.param("max", [4, 9, 8], 0, 9, id="max"),
        pytest.param("max", [], 7, 0, id="max_of_nothing"),
        pytest.param("last_during_period", [9, 8], 7, 8, id="last_during_period"),
        pytest.param("last_during_period", [], 7, 0, id="last_during_an_empty_period"),
        pytest.param("last_ever", [9, 8], 7, 8, id="last_ever"),
        pytest.param("last_ever", [], 7, 7, id="last_ever_is_carried"),
        pytest.param("last_ever", [0], 7, 0, id="last_ever_zero_is_a_value"),
    ],
)
def test_aggregation(mode: str, quantities: list[int], carried: int, billed: int) -> None:
    readings = [Reading(timestamp, quantity) for timestamp, quantity in enumerate(quantities)]
    assert aggregate(mode, readings, carried) == billed


@pytest.mark.parametrize(("quantities", "amount"), [([4, 8], 11100), ([], 1000)])
def test_metered_usage_is_priced_by_graduated_tiers(quantities: list[int], amount: int) -> None:
    readings = merge((100, "increment", quantity) for quantity in quantities)
    assert amount_of(PriceTerms("tiered", None, GRADUATED, "graduated"), aggregate("sum", readings)) == amount


def test_unknown_modes_are_errors() -> None:
    with pytest.raises(ValueError, match="median"):
        aggregate("median", [])
    with pytest.raises(ValueError, match="median"):
        record("median", Running(0, None), 1, 0, 1)


@pytest.mark.parametrize(
    ("mode", "running", "change", "expected"),
    [
        pytest.param("sum", Running(5, 10), (11, 0, 3), Running(8, 11), id="sum_adds"),
        pytest.param("sum", Running(5, 10), (10, 5, 2), Running(2, 10), id="sum_follows_a_set"),
        pytest.param("max", Running(5, 10), (9, 0, 8), Running(8, 10), id="max_rises_at_an_earlier_time"),
        pytest.param("max", Running(5, 10), (11, 0, 3), Running(5, 11), id="max_stays"),
        pytest.param("max", Running(5, 10), (10, 5, 2), None, id="max_lowered_by_a_set"),
        pytest.param("max", Running(5, 10), (10, 4, 2), Running(5, 10), id="a_smaller_reading_lowered"),
        pytest.param("last_during_period", Running(5, 10), (10, 5, 6), Running(6, 10), id="last_changes_at_its_time"),
        pytest.param(
            "last_during_period", Running(5, 10), (9, 0, 6), Running(5, 10), id="an_earlier_reading_is_not_last"
        ),
        pytest.param("last_ever", Running(7, None), (1, 0, 0), Running(0, 1), id="carried_value_replaced"),
    ],
)
def test_a_running_quantity(
    mode: str, running: Running, change: tuple[int, int, int], expected: Running | None
) -> None:
    assert record(mode, running, *change) == expected


records = st.tuples(st.integers(1, 6), st.sampled_from(["increment", "set"]), st.integers(0, 9))


@given(st.sampled_from(MODES), st.lists(records, max_size=25), st.integers(0, 9))
def test_the_running_quantity_is_the_aggregate(mode: str, arrived: list[tuple[int, str, int]], carried: int) -> None:
    running = Running(carried if mode == "last_ever" else 0, None)
    stored: dict[int, int] = {}
    for count, (timestamp, action, quantity) in enumerate(arrived, start=1):
        before = stored.get(timestamp, 0)
        stored[timestamp] = after = quantity + before if action == "increment" else quantity
        readings = merge(arrived[:count])
        derived = Running(aggregate(mode, readings, carried), readings[-1].timestamp)
        running = record(mode, running, timestamp, before, after) or derived
        assert running == derived
