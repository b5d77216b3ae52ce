"""Manual tax rates on the base of one line: its amount less its share of all discounts.

The rule: every rate is rounded on its own. Exclusive rates all start from the same base and come on top; inclusive
rates are already inside the amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.domain.money import percent_of, share_of

TaxAmount = tuple[str, int, bool]
"""A tax rate's id, its amount in minor units (negative on a credit), and whether the price includes it."""


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A tax rate; `percentage` 20 is 20 %."""

    id: str
    percentage: Decimal
    inclusive: bool


def taxes_on(base: int, rates: Sequence[TaxRate], exempt: bool = False) -> list[TaxAmount]:
    """What each rate makes of `base`; 0 for a customer whose `tax_exempt` is `exempt` or `reverse`."""
    if exempt:
        return [(rate.id, 0, rate.inclusive) for rate in rates]
    # Of an amount that includes its taxes, a rate's part is its percentage over 100 plus all included percentages.
    gross, scale = sum((rate.percentage for rate in rates if rate.inclusive), Decimal(100)).as_integer_ratio()
    amounts = []
    for rate in rates:
        if rate.inclusive:
            numerator, denominator = rate.percentage.as_integer_ratio()
            amount = share_of(base, numerator * scale, denominator * gross)
        else:
            amount = percent_of(base, rate.percentage)
        amounts.append((rate.id, amount, rate.inclusive))
    return amounts
