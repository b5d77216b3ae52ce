from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.discounts import Discount, apply, discounted

Line = tuple[int, bool, str | None]
GOLD = (1000, True, "prod_gold")
BASIC = (2000, True, "prod_basic")
HALF = Discount("half", percent_off=Decimal(50))
FIVE_OFF = Discount("five", amount_off=500)


@pytest.mark.parametrize(
    ("lines", "discounts", "taken"),
    [
        pytest.param([GOLD, BASIC], [FIVE_OFF], [[("five", 166)], [("five", 334)]], id="published_split"),
        pytest.param(
            [(-1935, False, None), (7742, False, None), (20000, True, None)],
            [HALF],
            [[("half", 0)], [("half", 0)], [("half", 10000)]],
            id="prorations_are_listed_with_0",
        ),
        pytest.param([(-500, True, None)], [HALF], [[("half", 0)]], id="credits_are_never_discounted"),
        pytest.param([GOLD], [Discount("big", amount_off=9000)], [[("big", 1000)]], id="never_below_zero"),
        pytest.param([GOLD], [HALF, FIVE_OFF], [[("half", 500), ("five", 500)]], id="on_the_running_remainder"),
        pytest.param([GOLD], [FIVE_OFF, HALF], [[("five", 500), ("half", 250)]], id="order_matters"),
        pytest.param(
            [GOLD],
            [Discount("all", Decimal(100)), FIVE_OFF],
            [[("all", 1000), ("five", 0)]],
            id="nothing_left_for_the_second",
        ),
        pytest.param(
            [GOLD, BASIC],
            [Discount("gold", amount_off=500, products=frozenset({"prod_gold"}))],
            [[("gold", 500)], [("gold", 0)]],
            id="only_its_products",
        ),
        pytest.param(
            [(333, True, None)], [Discount("third", Decimal("33.33"))], [[("third", 111)]], id="rounded_per_line"
        ),
        pytest.param([], [HALF], [], id="no_lines"),
        pytest.param([GOLD], [], [[]], id="no_discounts"),
    ],
)
def test_what_discounts_take_off_each_line(
    lines: list[Line], discounts: list[Discount], taken: list[list[tuple[str, int]]]
) -> None:
    assert apply(lines, discounts) == taken


@pytest.mark.parametrize(
    ("amount", "discounts", "left"),
    [
        pytest.param(5000, [HALF], 2500, id="percent"),
        pytest.param(1000, [FIVE_OFF], 500, id="amount_off_in_full"),
        pytest.param(300, [FIVE_OFF], 0, id="not_below_zero"),
        pytest.param(300, [], 300, id="none"),
    ],
)
def test_the_base_of_a_proration_is_discounted(amount: int, discounts: list[Discount], left: int) -> None:
    assert discounted(amount, "prod_gold", discounts) == left


lines = st.lists(st.tuples(st.integers(-(10**6), 10**6), st.booleans(), st.sampled_from(["a", "b"])), max_size=6)
products = st.none() | st.just(frozenset("a"))
discounts = st.lists(
    st.builds(Discount, st.just("p"), st.decimals("0.01", 100, places=2), st.none(), products)
    | st.builds(Discount, st.just("a"), st.none(), st.integers(1, 10**6), products),
    max_size=4,
)


@given(lines, discounts)
def test_discounts_are_listed_everywhere_and_leave_no_line_below_zero(
    items: list[Line], coupons: list[Discount]
) -> None:
    for (amount, discountable, _), taken in zip(items, apply(items, coupons), strict=True):
        assert [discount_id for discount_id, _ in taken] == [coupon.id for coupon in coupons]
        assert all(off >= 0 for _, off in taken)
        assert sum(off for _, off in taken) <= (max(0, amount) if discountable else 0)
