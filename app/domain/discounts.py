"""What coupons take off the lines of an invoice.

The rule: discounts apply in list order, each to what the ones before it left, and never take a line below zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.domain.money import allocate, percent_of

DiscountAmount = tuple[str, int]
"""A discount's id and what it takes off, in minor units."""


@dataclass(frozen=True, slots=True)
class Discount:
    """A coupon at work: either `percent_off` or `amount_off` (minor units), on all `products` (None) or on some."""

    id: str
    percent_off: Decimal | None = None
    amount_off: int | None = None
    products: frozenset[str] | None = None

    def covers(self, discountable: bool, product_id: str | None) -> bool:
        """Whether a line of this product takes part in the discount."""
        return discountable and (self.products is None or product_id in self.products)


def apply(lines: Sequence[tuple[int, bool, str | None]], discounts: Sequence[Discount]) -> list[list[DiscountAmount]]:
    """For each line (amount, discountable, product id) what every discount takes off it, in the discounts' order.

    A percentage is rounded per line; an amount off is shared by the lines it covers in proportion to what is left of
    them. Each line lists every discount: with 0 where it does not cover the line, or where nothing is left.
    """
    left = [amount for amount, _, _ in lines]
    taken: list[list[DiscountAmount]] = [[] for _ in lines]
    for discount in discounts:
        bases = [
            remaining if remaining > 0 and discount.covers(discountable, product_id) else 0
            for remaining, (_, discountable, product_id) in zip(left, lines, strict=True)
        ]
        for index, amount in enumerate(_amounts_off(discount, bases)):
            taken[index].append((discount.id, amount))
            left[index] -= amount
    return taken


def discounted(amount: int, product_id: str | None, discounts: Sequence[Discount]) -> int:
    """`amount` of one item with the discounts in force taken off, in minor units: the base of its prorations.

    An `amount_off` is subtracted in full from the item, however many items share it on the invoice.
    """
    if not discounts:
        return amount
    [taken] = apply([(amount, True, product_id)], discounts)
    return amount - sum(off for _, off in taken)


def _amounts_off(discount: Discount, bases: list[int]) -> list[int]:
    if discount.percent_off is not None:
        return [percent_of(base, discount.percent_off) for base in bases]
    assert discount.amount_off is not None, "a discount has a percentage or an amount"
    return allocate(min(discount.amount_off, sum(bases)), bases)
