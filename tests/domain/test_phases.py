from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.periods import Interval
from app.domain.phases import (
    ItemMatch,
    PhaseLength,
    PhaseRefused,
    PhaseWindow,
    lay_out,
    match_items,
    next_boundary,
    phase_at,
)

MONTH = Interval("month")
JAN_1_2020, FEB_1_2020, JAN_1_2021 = 1577836800, 1580515200, 1609459200
YEAR_2020 = [PhaseWindow(JAN_1_2020, FEB_1_2020), PhaseWindow(FEB_1_2020, JAN_1_2021)]


@pytest.mark.parametrize(
    ("start", "lengths", "windows"),
    [
        pytest.param(
            JAN_1_2020,
            [PhaseLength(MONTH, iterations=1), PhaseLength(MONTH, iterations=11)],
            [(JAN_1_2020, FEB_1_2020), (FEB_1_2020, JAN_1_2021)],
            id="one_month_then_eleven",
        ),
        pytest.param(1660122035, [PhaseLength(Interval("year"), 1)], [(1660122035, 1691658035)], id="a_year"),
        pytest.param(1660122035, [PhaseLength(MONTH, 12)], [(1660122035, 1691658035)], id="twelve_months"),
        pytest.param(
            JAN_1_2020, [PhaseLength(MONTH)], [(JAN_1_2020, FEB_1_2020)], id="neither_length_is_one_iteration"
        ),
        pytest.param(
            JAN_1_2020,
            [PhaseLength(Interval("month", 3), 4)],
            [(JAN_1_2020, JAN_1_2021)],
            id="interval_count_multiplies",
        ),
        pytest.param(
            JAN_1_2020,
            [PhaseLength(MONTH, end_date=1577836801), PhaseLength(Interval("day"), 2, start_date=1577836801)],
            [(JAN_1_2020, 1577836801), (1577836801, 1578009601)],
            id="end_date_then_the_chain_goes_on",
        ),
        pytest.param(
            1693440000,
            [PhaseLength(MONTH, 6), PhaseLength(MONTH, 6)],
            [(1693440000, 1709164800), (1709164800, 1724889600)],
            id="aug31_clamps_to_feb29_and_chains_from_there",
        ),
        pytest.param(JAN_1_2020, [], [], id="no_phases"),
    ],
)
def test_phases_follow_each_other(start: int, lengths: list[PhaseLength], windows: list[tuple[int, int]]) -> None:
    assert lay_out(start, lengths) == [PhaseWindow(*window) for window in windows]


@pytest.mark.parametrize(
    ("lengths", "index", "reason"),
    [
        pytest.param([PhaseLength(MONTH, 1, FEB_1_2020)], 0, "both_lengths", id="both_lengths"),
        pytest.param([PhaseLength(MONTH, end_date=JAN_1_2020)], 0, "end_not_after_start", id="end_at_the_start"),
        pytest.param(
            [PhaseLength(MONTH), PhaseLength(MONTH, end_date=FEB_1_2020 - 1)],
            1,
            "end_not_after_start",
            id="end_before_start",
        ),
        pytest.param([PhaseLength(MONTH, iterations=0)], 0, "end_not_after_start", id="no_iterations"),
        pytest.param([PhaseLength(MONTH), PhaseLength(MONTH, start_date=FEB_1_2020 + 1)], 1, "gap", id="gap"),
        pytest.param([PhaseLength(MONTH), PhaseLength(MONTH, start_date=FEB_1_2020 - 1)], 1, "overlap", id="overlap"),
        pytest.param([PhaseLength(MONTH)] * 11, 10, "too_many", id="too_many"),
    ],
)
def test_lengths_that_make_no_timeline_are_refused(lengths: list[PhaseLength], index: int, reason: str) -> None:
    with pytest.raises(PhaseRefused) as refused:
        lay_out(JAN_1_2020, lengths, maximum=10)
    assert (refused.value.index, refused.value.reason) == (index, reason)


@pytest.mark.parametrize(
    ("at", "index", "boundary"),
    [
        pytest.param(JAN_1_2020 - 1, None, JAN_1_2020, id="before"),
        pytest.param(JAN_1_2020, 0, FEB_1_2020, id="at_the_start"),
        pytest.param(FEB_1_2020 - 1, 0, FEB_1_2020, id="last_second_of_the_first"),
        pytest.param(FEB_1_2020, 1, JAN_1_2021, id="boundary_opens_the_second"),
        pytest.param(JAN_1_2021, None, None, id="over"),
    ],
)
def test_the_phase_of_a_moment_and_the_boundary_after_it(at: int, index: int | None, boundary: int | None) -> None:
    assert phase_at(YEAR_2020, at) == index
    assert next_boundary(YEAR_2020, at) == boundary


lengths = st.lists(
    st.builds(
        PhaseLength,
        st.builds(Interval, st.sampled_from(["day", "week", "month", "year"]), st.integers(1, 6)),
        st.none() | st.integers(1, 12),
    ),
    min_size=1,
    max_size=10,
)


@given(st.integers(0, 2 * 10**9), lengths)
def test_a_timeline_has_no_gap_and_no_overlap(start: int, phases: list[PhaseLength]) -> None:
    windows = lay_out(start, phases)
    assert windows[0].start == start
    assert all(one.end == other.start for one, other in pairwise(windows))
    for index, window in enumerate(windows):
        assert phase_at(windows, window.start) == phase_at(windows, window.end - 1) == index
        assert next_boundary(windows, window.start) == window.end


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        pytest.param([("si_1", "a")], ["a"], ItemMatch({0: "si_1"}), id="same_price_keeps_its_item"),
        pytest.param([("si_1", "a")], ["b"], ItemMatch({}, ["si_1"], [0]), id="other_price_replaces"),
        pytest.param(
            [("si_1", "a"), ("si_2", "b")],
            ["c", "b", "d"],
            ItemMatch({1: "si_2"}, ["si_1"], [0, 2]),
            id="order_does_not_matter",
        ),
        pytest.param(
            [("si_1", "a"), ("si_2", "a")],
            ["a", "a", "a"],
            ItemMatch({0: "si_1", 1: "si_2"}, [], [2]),
            id="equal_prices_in_order",
        ),
        pytest.param([], [], ItemMatch(), id="nothing"),
    ],
)
def test_items_are_matched_by_price(old: list[tuple[str, str]], new: list[str], match: ItemMatch) -> None:
    assert match_items(old, new) == match
