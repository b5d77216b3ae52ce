"""What credit notes take back of a line."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.domain.crediting import amount_of_units, credit_of
from app.domain.invoicing import ComputedLine, add_up

CHAIR = ComputedLine(1000, (("di_1", 100),), (("txr_1", 171, False), ("txr_2", 50, True)), 950)


def test_a_part_of_a_line_has_that_part_of_its_discounts_and_taxes() -> None:
    # A third: 33.3 of 100, 56.94 of 171, 16.65 of 50, which is inside.
    assert credit_of(CHAIR, 333) == ComputedLine(333, (("di_1", 33),), (("txr_1", 57, False), ("txr_2", 17, True)), 316)


def test_all_of_a_line_is_the_line() -> None:
    assert credit_of(CHAIR, 1000) == CHAIR


def test_a_credit_is_credited_with_its_sign() -> None:
    credit = ComputedLine(-600, (("di_1", 0),), (("txr_1", -120, False),), -600)
    half = credit_of(credit, -300)
    assert half == ComputedLine(-300, (("di_1", 0),), (("txr_1", -60, False),), -300)
    assert credit_of(credit, -300, [half]) == half


def test_the_totals_of_a_credit_note() -> None:
    totals = add_up([CHAIR, ComputedLine(500, (("di_1", 7),), (), 500)])
    assert (totals.subtotal, totals.subtotal_excluding_tax) == (1500, 1450)
    # 1500 less 107, and 171 on top; less both taxes.
    assert (totals.total, totals.total_excluding_tax, totals.tax) == (1564, 1343, 221)
    assert totals.total_discount_amounts == (("di_1", 107),)


@given(amount=st.integers(1, 10_000), sign=st.sampled_from((1, -1)), off=st.integers(0, 10_000), tax=st.integers(0, 3_000),
       cuts=st.lists(st.integers(1, 9_999), max_size=6))
def test_however_a_line_is_credited_it_is_credited_whole(amount: int, sign: int, off: int, tax: int,
                                                         cuts: list[int]) -> None:
    line = ComputedLine(sign * amount, (("di_1", sign * off),), (("txr_1", sign * tax, True),), sign * (amount - tax))
    bounds = [0, *sorted({cut for cut in cuts if cut < amount}), amount]
    credited: list[ComputedLine] = []
    for start, end in pairwise(bounds):
        credited.append(credit_of(line, sign * (end - start), credited))
        assert all(sign * part >= 0 for _, part in credited[-1].discount_amounts)
    assert sum(each.amount for each in credited) == line.amount
    assert sum(each.amount_excluding_tax for each in credited) == line.amount_excluding_tax
    assert sum(each.discount_amounts[0][1] for each in credited) == sign * off
    assert sum(each.tax_amounts[0][1] for each in credited) == sign * tax


@given(amount=st.integers(0, 10_000), parts=st.lists(st.integers(1, 50), min_size=1, max_size=8))
def test_units_add_up(amount: int, parts: list[int]) -> None:
    quantity, before, total = sum(parts), 0, 0
    for units in parts:
        total += amount_of_units(amount, units, quantity, before)
        before += units
    assert total == amount
