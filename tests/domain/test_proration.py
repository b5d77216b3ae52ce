from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.periods import Interval, Period, add_intervals, boundary
from app.domain.proration import ItemState, ProrationLine, amount_between, prorate

AUGUST = Period(1659312000, 1661990400)
MONTH = Interval("month")


def item(price: str, amount: int, quantity: int | None = 1, *, id: str = "si_1", metered: bool = False) -> ItemState:
    return ItemState(id, price, quantity, amount, metered)


def amounts(lines: list[ProrationLine]) -> list[int]:
    return [line.amount for line in lines]


@pytest.mark.parametrize(
    ("before", "after", "period", "at", "expected"),
    [
        pytest.param(
            [item("basic", 1000)], [item("gold", 2000)], AUGUST, 1660651200, [-500, 1000], id="upgrade_at_half_time"
        ),
        pytest.param(
            [item("basic", 1500)],
            [item("basic", 4500, 3)],
            Period(1659522030, 1662200430),
            1660964645,
            [-692, 2076],
            id="quantity_1_to_3",
        ),
        pytest.param(
            [item("basic", 2500)],
            [item("gold", 10000)],
            Period(1755842800, 1758521200),
            1756447600,
            [-1935, 7742],
            id="half_price_coupon_in_force",
        ),
        pytest.param(
            [item("gold", 2000)],
            [item("basic", 1000)],
            Period(1648771200, 1651363200),
            1650499200,
            [-667, 333],
            id="downgrade_credits_the_present_price",
        ),
        pytest.param([item("basic", 1000)], [], AUGUST, 1660176000, [-677], id="interval_change_credits_21_of_31_days"),
        pytest.param([item("basic", 500)], [], AUGUST, 1660651200, [-250], id="removing_an_item_with_its_coupon_share"),
        pytest.param([item("basic", 3000)], [], AUGUST, 1660651200, [-1500], id="cancel_at_half_time"),
        pytest.param([], [item("gold", 2000)], AUGUST, 1660651200, [1000], id="adding_an_item"),
        pytest.param(
            [item("free", 0)],
            [item("gold", 2000)],
            AUGUST,
            1660651200,
            [0, 1000],
            id="a_zero_line_of_a_changed_item_stays",
        ),
        pytest.param(
            [item("basic", 1000)], [item("gold", 2000)], AUGUST, AUGUST.start, [-1000, 2000], id="at_the_start_in_full"
        ),
        pytest.param(
            [item("basic", 1000)], [item("gold", 2000)], AUGUST, AUGUST.end, [0, 0], id="at_the_end_for_nothing"
        ),
        pytest.param(
            [item("basic", 1000)],
            [item("usage", 0, None, metered=True)],
            AUGUST,
            1660651200,
            [-500],
            id="licensed_to_metered_only_credits",
        ),
        pytest.param(
            [item("usage", 0, None, metered=True)],
            [item("usage_gold", 0, None, metered=True)],
            AUGUST,
            1660651200,
            [],
            id="metered_never_prorates",
        ),
        pytest.param(
            [item("basic", 1000, None)], [item("basic", 1000, 1)], AUGUST, 1660651200, [], id="no_quantity_is_one"
        ),
        pytest.param(
            [item("basic", 1000)], [item("basic", 500)], AUGUST, 1660651200, [], id="a_coupon_alone_does_not_prorate"
        ),
    ],
)
def test_a_change_credits_the_old_and_debits_the_new(
    before: list[ItemState], after: list[ItemState], period: Period, at: int, expected: list[int]
) -> None:
    assert amounts(prorate(before, after, period, at)) == expected


def test_an_anchor_reset_credits_unchanged_items() -> None:
    lines = prorate([item("basic", 3000)], [], AUGUST, 1661061600, keep_unchanged=False)
    assert lines == [ProrationLine("si_1", "basic", 1, -1040, Period(1661061600, AUGUST.end), credit=True)]


def test_lines_come_in_item_order_credit_before_debit() -> None:
    before = [item("a", 1000, id="si_1"), item("b", 1000, id="si_2"), item("c", 1000, id="si_3")]
    after = [item("d", 400, id="si_4"), item("c2", 600, 2, id="si_3"), item("b", 1000, id="si_2")]
    lines = prorate(before, after, AUGUST, 1660651200)
    assert [(line.item, line.price, line.quantity, line.amount, line.credit) for line in lines] == [
        ("si_1", "a", 1, -500, True),
        ("si_3", "c", 1, -500, True),
        ("si_3", "c2", 2, 300, False),
        ("si_4", "d", 1, 200, False),
    ]
    assert {line.period for line in lines} == {Period(1660651200, AUGUST.end)}


states = st.builds(
    ItemState,
    st.sampled_from(["si_1", "si_2", "si_3"]),
    st.sampled_from(["basic", "gold"]),
    st.integers(0, 3),
    st.integers(0, 10**8),
    st.booleans(),
)
subscriptions = st.lists(states, max_size=3, unique_by=lambda state: state.item)
times = st.integers(AUGUST.start, AUGUST.end)


@given(subscriptions, times)
def test_nothing_is_due_when_nothing_changed(items: list[ItemState], at: int) -> None:
    assert prorate(items, [replace(state) for state in items], AUGUST, at) == []
    assert sum(amounts(prorate(items, items, AUGUST, at, keep_unchanged=False))) == 0


@given(subscriptions, subscriptions, times)
def test_changing_there_and_back_at_one_moment_cancels_out(
    before: list[ItemState], after: list[ItemState], at: int
) -> None:
    there, back = prorate(before, after, AUGUST, at), prorate(after, before, AUGUST, at)
    assert sum(amounts(there)) + sum(amounts(back)) == 0


@given(st.integers(0, 10**8), times)
def test_using_and_returning_a_period_adds_up_to_its_price(amount: int, at: int) -> None:
    [credit] = prorate([item("basic", amount)], [], AUGUST, at)
    used = amount_between(amount, AUGUST.start, MONTH, AUGUST.start, at)
    assert abs(used - credit.amount - amount) <= 1


@pytest.mark.parametrize(
    ("amount", "anchor", "interval", "start", "end", "expected"),
    [
        pytest.param(3000, 1661990400, MONTH, 1660521600, 1661990400, 1645, id="first_partial_period_17_of_31_days"),
        pytest.param(12000, 1640995200, Interval("year"), 1640995200, 1656763200, 6000, id="year_canceled_half_way"),
        pytest.param(3000, 1661990400, MONTH, 1659312000, 1661990400, 3000, id="a_whole_period"),
        pytest.param(
            3000, 1661990400, MONTH, 1655251200, 1661990400, 7600, id="backdated_16_of_30_days_and_two_months"
        ),
        pytest.param(3000, 1661990400, MONTH, 1661990400, 1661990400, 0, id="no_time"),
    ],
)
def test_the_price_of_any_span(
    amount: int, anchor: int, interval: Interval, start: int, end: int, expected: int
) -> None:
    assert amount_between(amount, anchor, interval, start, end) == expected


@given(st.integers(0, 10**7), st.integers(0, 2 * 10**9), st.integers(1, 24))
def test_whole_periods_cost_a_multiple(amount: int, anchor: int, count: int) -> None:
    assert amount_between(amount, anchor, MONTH, anchor, boundary(anchor, MONTH, count)) == amount * count


def test_the_anchor_moves_a_month_from_the_reset() -> None:
    assert add_intervals(1661061600, MONTH) == 1663740000
    assert add_intervals(1660176000, Interval("year")) == 1691712000
