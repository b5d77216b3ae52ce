from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.discounts import Discount
from app.domain.invoicing import ComputedLine, DraftLine, InvoiceTotals, Settlement, compute, settle
from app.domain.taxes import TaxRate, taxes_on

VAT = TaxRate("vat", Decimal(20), inclusive=False)
HALF = Discount("half", percent_off=Decimal(50))


@pytest.mark.parametrize(
    ("base", "rates", "amounts"),
    [
        pytest.param(999, [TaxRate("ny", Decimal("8.875"), False)], [("ny", 89, False)], id="exclusive_8.875"),
        pytest.param(1200, [TaxRate("uk", Decimal(20), True)], [("uk", 200, True)], id="inclusive_20"),
        pytest.param(1999, [TaxRate("de", Decimal(19), True)], [("de", 319, True)], id="inclusive_19"),
        pytest.param(-1935, [VAT], [("vat", -387, False)], id="negative_on_credits"),
        pytest.param(
            1300,
            [TaxRate("one", Decimal(20), True), TaxRate("two", Decimal(10), True)],
            [("one", 200, True), ("two", 100, True)],
            id="inclusive_rates_share_the_amount",
        ),
        pytest.param(
            1000,
            [VAT, TaxRate("city", Decimal(5), False)],
            [("vat", 200, False), ("city", 50, False)],
            id="no_compounding",
        ),
        pytest.param(1000, [], [], id="no_rates"),
    ],
)
def test_taxes(base: int, rates: list[TaxRate], amounts: list[tuple[str, int, bool]]) -> None:
    assert taxes_on(base, rates) == amounts


def test_an_exempt_customer_sees_the_rates_at_zero() -> None:
    assert taxes_on(1000, [VAT], exempt=True) == [("vat", 0, False)]
    assert compute([DraftLine(1000, tax_rates=(VAT,))], exempt=True).tax == 0


def test_plain_lines_add_up() -> None:
    assert compute([DraftLine(-500, False), DraftLine(1000, False), DraftLine(2000)]) == InvoiceTotals(
        lines=(ComputedLine(-500, (), (), -500), ComputedLine(1000, (), (), 1000), ComputedLine(2000, (), (), 2000)),
        subtotal=2500,
        total=2500,
        tax=None,
        total_excluding_tax=2500,
        subtotal_excluding_tax=2500,
    )


def test_a_discounted_and_taxed_renewal_after_an_upgrade() -> None:
    lines = [DraftLine(-1935, False, tax_rates=(VAT,)), DraftLine(7742, False, tax_rates=(VAT,))]
    assert compute([*lines, DraftLine(20000, tax_rates=(VAT,))], [HALF]) == InvoiceTotals(
        lines=(
            ComputedLine(-1935, (("half", 0),), (("vat", -387, False),), -1935),
            ComputedLine(7742, (("half", 0),), (("vat", 1548, False),), 7742),
            ComputedLine(20000, (("half", 10000),), (("vat", 2000, False),), 20000),
        ),
        subtotal=25807,
        total=18968,
        tax=3161,
        total_excluding_tax=15807,
        subtotal_excluding_tax=25807,
        total_discount_amounts=(("half", 10000),),
        total_tax_amounts=(("vat", 3161, False),),
    )


def test_an_amount_off_is_split_over_the_lines() -> None:
    totals = compute([DraftLine(1000), DraftLine(2000)], [Discount("five", amount_off=500)])
    assert [line.discount_amounts for line in totals.lines] == [(("five", 166),), (("five", 334),)]
    assert (totals.subtotal, totals.total, totals.tax) == (3000, 2500, None)
    assert totals.total_discount_amounts == (("five", 500),)


def test_a_lines_own_discounts_come_first_and_are_inside_the_subtotal() -> None:
    own = Discount("own", amount_off=200)
    totals = compute([DraftLine(1000, discounts=(own,), tax_rates=(VAT,)), DraftLine(600)], [HALF])
    assert totals.lines == (
        ComputedLine(800, (("own", 200), ("half", 400)), (("vat", 80, False),), 800),
        ComputedLine(600, (("half", 300),), (), 600),
    )
    assert totals.subtotal == 1400
    assert totals.total == 1400 - 700 + 80
    assert totals.total_discount_amounts == (("own", 200), ("half", 700))


def test_inclusive_tax_is_not_added_again() -> None:
    totals = compute([DraftLine(1200, tax_rates=(TaxRate("uk", Decimal(20), True),)), DraftLine(100, tax_rates=(VAT,))])
    assert totals.lines[0].amount_excluding_tax == 1000
    assert (totals.subtotal, totals.subtotal_excluding_tax) == (1300, 1100)
    assert (totals.total, totals.tax, totals.total_excluding_tax) == (1320, 220, 1100)
    assert totals.total_tax_amounts == (("uk", 200, True), ("vat", 20, False))


def test_an_empty_invoice_still_names_its_discounts() -> None:
    totals = compute([], [HALF])
    assert (totals.total, totals.tax, totals.total_discount_amounts) == (0, None, (("half", 0),))


@pytest.mark.parametrize(
    ("total", "balance", "settlement"),
    [
        pytest.param(2500, 0, Settlement(2500, 0, 0), id="no_balance"),
        pytest.param(2500, -800, Settlement(1700, 0, 0), id="credit_used_up"),
        pytest.param(2500, -3000, Settlement(0, -500, 0), id="credit_left"),
        pytest.param(-334, 0, Settlement(0, -334, 0), id="negative_total_becomes_credit"),
        pytest.param(300, 500, Settlement(800, 0, 0), id="debt_is_collected"),
        pytest.param(30, 0, Settlement(0, 30, 30), id="too_small_becomes_debt"),
        pytest.param(49, 0, Settlement(0, 49, 49), id="one_below_the_minimum"),
        pytest.param(50, 0, Settlement(50, 0, 0), id="the_minimum_is_charged"),
        pytest.param(30, 30, Settlement(60, 0, 0), id="old_debt_lifts_it_over_the_minimum"),
        pytest.param(0, 0, Settlement(0, 0, 0), id="nothing"),
        pytest.param(99_999_999, 0, Settlement(99_999_999, 0), id="the_maximum_is_charged"),
        pytest.param(99_999_999, 1, Settlement(99_999_999, 1, too_large=1), id="too_large_leaves_debt"),
    ],
)
def test_settling_a_total_with_the_balance(total: int, balance: int, settlement: Settlement) -> None:
    assert settle(total, balance, "usd") == settlement


def test_each_currency_has_a_minimum_of_its_own() -> None:
    assert settle(30, 0, "gbp") == Settlement(30, 0, 0)
