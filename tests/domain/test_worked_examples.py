"""Whole stories through several modules: what is prorated, what it adds up to, what is due, when the period ends."""

from __future__ import annotations

from decimal import Decimal

from app.domain.discounts import Discount, discounted
from app.domain.invoicing import DraftLine, Settlement, compute, settle
from app.domain.periods import Interval, Period, add_intervals, period_containing
from app.domain.proration import ItemState, prorate
from app.domain.taxes import TaxRate

AUGUST = Period(1659312000, 1661990400)
MONTH, YEAR = Interval("month"), Interval("year")


def item(price: str, amount: int) -> ItemState:
    return ItemState("si_1", price, 1, amount, metered=False)


def credits_and_debits(before: list[ItemState], after: list[ItemState], period: Period, at: int) -> list[DraftLine]:
    return [DraftLine(line.amount, discountable=False) for line in prorate(before, after, period, at)]


def test_an_upgrade_at_half_time_is_billed_with_the_renewal() -> None:
    lines = credits_and_debits([item("basic", 1000)], [item("gold", 2000)], AUGUST, 1660651200)
    assert compute([*lines, DraftLine(2000)]).total == 2500
    assert period_containing(AUGUST.start, MONTH, 1660651200) == AUGUST


def test_a_discounted_and_taxed_upgrade() -> None:
    period = Period(1755842800, 1758521200)
    half = Discount("half", percent_off=Decimal(50))
    vat = (TaxRate("vat", Decimal(20), inclusive=False),)
    before, after = (item(price, discounted(full, None, [half])) for price, full in (("basic", 5000), ("gold", 20000)))
    lines = [
        DraftLine(line.amount, discountable=False, tax_rates=vat)
        for line in prorate([before], [after], period, 1756447600)
    ]
    totals = compute([*lines, DraftLine(20000, tax_rates=vat)], [half])
    assert [line.amount for line in totals.lines] == [-1935, 7742, 20000]
    assert (totals.subtotal, totals.tax, totals.total) == (25807, 3161, 18968)
    assert period_containing(period.start, MONTH, period.end) == Period(1758521200, 1761113200)


def test_a_downgrade_leaves_credit() -> None:
    april = Period(1648771200, 1651363200)
    totals = compute(credits_and_debits([item("gold", 2000)], [item("basic", 1000)], april, 1650499200))
    assert settle(totals.total, 0, "usd") == Settlement(amount_due=0, ending_balance=-334, too_small=0)


def test_a_yearly_price_replaces_a_monthly_one_at_once() -> None:
    credit = credits_and_debits([item("monthly", 1000)], [], AUGUST, 1660176000)
    assert compute([*credit, DraftLine(10000)]).total == 9323
    assert add_intervals(1660176000, YEAR) == 1691712000


def test_an_anchor_reset_credits_the_rest_and_bills_a_full_period() -> None:
    credit = credits_and_debits([item("basic", 3000)], [], AUGUST, 1661061600)
    assert compute([*credit, DraftLine(3000)]).total == 1960
    assert add_intervals(1661061600, MONTH) == 1663740000


def test_a_trial_of_seven_days_moves_the_anchor() -> None:
    trial_end = add_intervals(1640995200, Interval("day"), 7)
    assert trial_end == 1641600000
    assert add_intervals(trial_end, Interval("day"), -3) == 1641340800
    assert add_intervals(trial_end, MONTH) == 1644278400


def test_canceling_at_half_time_turns_the_rest_into_credit() -> None:
    totals = compute(credits_and_debits([item("basic", 3000)], [], AUGUST, 1660651200))
    assert settle(totals.total, 0, "usd") == Settlement(amount_due=0, ending_balance=-1500, too_small=0)
