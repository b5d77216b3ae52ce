"""From lines to the totals of an invoice, and from a total to what is due.

The rule: discounts and taxes are computed and rounded per line; every total is a sum of rounded lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from app.domain.currencies import MAXIMUM_CHARGE, minimum_charge
from app.domain.discounts import Discount, DiscountAmount, apply
from app.domain.taxes import TaxAmount, TaxRate, taxes_on


class DraftLine(NamedTuple):
    """What a line brings to the totals: its amount in minor units, and what may be done to it.

    `discounts` are its own (those of an invoice item); the invoice's come after them.
    """

    amount: int
    discountable: bool = True
    product_id: str | None = None
    tax_rates: tuple[TaxRate, ...] = ()
    discounts: tuple[Discount, ...] = ()


class ComputedLine(NamedTuple):
    """A line as the invoice shows it. `amount` is less the line's own discounts, not less those of the invoice.

    `discount_amounts` lists both, the line's own first; `amount_excluding_tax` is `amount` less the taxes inside it.
    """

    amount: int
    discount_amounts: tuple[DiscountAmount, ...] = ()
    tax_amounts: tuple[TaxAmount, ...] = ()
    amount_excluding_tax: int = 0


class InvoiceTotals(NamedTuple):
    """The totals of an invoice in minor units, under the names of its fields.

    `tax` is None when no rate applies to any line. `total_discount_amounts` lists every discount, the lines' own
    included, which `subtotal` has already lost.
    """

    lines: tuple[ComputedLine, ...]
    subtotal: int
    total: int
    tax: int | None
    total_excluding_tax: int
    subtotal_excluding_tax: int
    total_discount_amounts: tuple[DiscountAmount, ...] = ()
    total_tax_amounts: tuple[TaxAmount, ...] = ()


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a total meets the customer's balance at finalization, in minor units.

    `ending_balance` is the customer's balance afterwards (negative: credit). `too_small` is what was due but is too
    little to be charged, `too_large` what is more than can be charged at once; they are already in `ending_balance`, as
    debt for the next invoice.
    """

    amount_due: int
    ending_balance: int
    too_small: int = 0
    too_large: int = 0


def compute(lines: Sequence[DraftLine], discounts: Sequence[Discount] = (), exempt: bool = False) -> InvoiceTotals:
    """The totals of `lines` under the invoice's `discounts`; `exempt` is the customer's exemption from tax."""
    if not discounts and not any(line.tax_rates or line.discounts for line in lines):
        return _plain(lines)
    own = [apply([(line.amount, line.discountable, line.product_id)], line.discounts)[0] for line in lines]
    amounts = [line.amount - _sum(taken) for line, taken in zip(lines, own, strict=True)]
    shared = apply(
        [(amount, line.discountable, line.product_id) for line, amount in zip(lines, amounts, strict=True)], discounts
    )
    computed = []
    for line, amount, own_taken, taken in zip(lines, amounts, own, shared, strict=True):
        taxes = tuple(taxes_on(amount - _sum(taken), line.tax_rates, exempt)) if line.tax_rates else ()
        included = sum(tax for _, tax, inclusive in taxes if inclusive)
        computed.append(ComputedLine(amount, (*own_taken, *taken), taxes, amount - included))
    discounted = sum(_sum(taken) for taken in shared)
    return _added_up(computed, discounted, _discount_totals(own, shared, discounts))


@lru_cache(maxsize=256)
def settle(total: int, balance: int, currency: str) -> Settlement:
    """What is due of `total` for a customer with `balance` (negative: credit), and the balance that this leaves.

    What is due is at least the currency's minimum charge and at most the maximum, however it is collected: what is below
    and above is left on the balance.
    """
    owed = total + balance
    if owed <= 0:
        return Settlement(amount_due=0, ending_balance=owed)
    if owed < minimum_charge(currency):
        return Settlement(amount_due=0, ending_balance=owed, too_small=owed)
    # Our choice: as much as one charge can take is due now; the reference names the kind of transaction alone.
    rest = max(0, owed - MAXIMUM_CHARGE)
    return Settlement(amount_due=owed - rest, ending_balance=rest, too_large=rest)


def add_up(lines: Sequence[ComputedLine]) -> InvoiceTotals:
    """The totals of lines whose `discount_amounts` their amounts have not lost yet: those of a credit note."""
    taken = [list(line.discount_amounts) for line in lines]
    return _added_up(list(lines), sum(map(_sum, taken)), _discount_totals([], taken, ()))


def _plain(lines: Sequence[DraftLine]) -> InvoiceTotals:
    computed = tuple([ComputedLine(line.amount, (), (), line.amount) for line in lines])
    subtotal = sum([line.amount for line in lines])
    return InvoiceTotals(computed, subtotal, subtotal, None, subtotal, subtotal)


def _added_up(
    lines: list[ComputedLine], discounted: int, total_discount_amounts: tuple[DiscountAmount, ...]
) -> InvoiceTotals:
    subtotal = sum(line.amount for line in lines)
    taxes: dict[tuple[str, bool], int] = {}
    for line in lines:
        for rate, tax, inclusive in line.tax_amounts:
            taxes[rate, inclusive] = taxes.get((rate, inclusive), 0) + tax
    included = sum(tax for (_, inclusive), tax in taxes.items() if inclusive)
    tax = sum(taxes.values())
    total = subtotal - discounted + tax - included
    return InvoiceTotals(
        lines=tuple(lines),
        subtotal=subtotal,
        total=total,
        tax=tax if taxes else None,
        total_excluding_tax=total - tax,
        subtotal_excluding_tax=subtotal - included,
        total_discount_amounts=total_discount_amounts,
        total_tax_amounts=tuple((rate, tax, inclusive) for (rate, inclusive), tax in taxes.items()),
    )


def _discount_totals(
    own: list[list[DiscountAmount]], shared: list[list[DiscountAmount]], discounts: Sequence[Discount]
) -> tuple[DiscountAmount, ...]:
    totals: dict[str, int] = {}
    for taken in (*own, *shared, [(discount.id, 0) for discount in discounts]):
        for discount_id, amount in taken:
            totals[discount_id] = totals.get(discount_id, 0) + amount
    return tuple(totals.items())


def _sum(taken: list[DiscountAmount]) -> int:
    return sum(amount for _, amount in taken)
