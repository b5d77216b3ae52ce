"""What a credit note takes back of the lines of an invoice.

The rule: what was credited of a line so far, discounts and taxes included, is always the share of the line that its
amount is. So the last cent of an amount, of a discount and of a tax is credited together, however small the steps.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.invoicing import ComputedLine
from app.domain.money import share_of


def credit_of(line: ComputedLine, amount: int, before: Sequence[ComputedLine] = ()) -> ComputedLine:
    """What crediting `amount` of a line takes back after what was credited `before`.

    `line.discount_amounts` are those of the invoice alone, which `line.amount` has not lost. All amounts have the sign of
    the line's, and no more is credited than it has: the caller sees to both.
    """
    done = amount + sum(each.amount for each in before)
    assert 0 < abs(done) <= abs(line.amount) and amount * line.amount > 0, "a credit lies inside its line"

    def credited(whole: int, index: int, kind: str) -> int:
        so_far: int = sum(getattr(each, kind)[index][1] for each in before)
        return share_of(whole, abs(done), abs(line.amount)) - so_far

    discounts = tuple(
        (id, credited(off, index, "discount_amounts")) for index, (id, off) in enumerate(line.discount_amounts))
    taxes = tuple((rate, credited(tax, index, "tax_amounts"), inclusive)
                  for index, (rate, tax, inclusive) in enumerate(line.tax_amounts))
    return ComputedLine(amount, discounts, taxes, amount - sum(tax for _, tax, inclusive in taxes if inclusive))


def amount_of_units(amount: int, units: int, quantity: int, before: int = 0) -> int:
    """What `units` of a line over `quantity` (all positive) cost that bills `amount`, after `before` units of it."""
    return share_of(amount, before + units, quantity) - share_of(amount, before, quantity)
