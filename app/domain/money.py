"""Exact money: amounts are integers in minor units, and every rounding of the project goes through this module.

The rule: round once, at the line, to the nearest unit, halves away from zero — for negative amounts too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

AMOUNT_MAX = 10**15
"""No line costs more minor units than this, so that the sums of an invoice's lines fit into 64 bits."""

_PLAIN_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


def round_half_away(value: Decimal | Fraction) -> int:
    """The whole number nearest to `value`; an exact half goes away from zero (2.5 → 3, -2.5 → -3)."""
    return _nearest(*value.as_integer_ratio())


def percent_of(amount: int, percent: Decimal) -> int:
    """`percent` % of `amount`, in minor units: 20000 at 12.5 is 2500."""
    numerator, denominator = percent.as_integer_ratio()
    return _nearest(amount * numerator, denominator * 100)


def share_of(amount: int, numerator: int, denominator: int) -> int:
    """`amount` × `numerator` / `denominator`, in minor units; the denominator is positive.

    Made for proration: the numerator is the seconds left, the denominator the seconds of the whole period.
    """
    return _nearest(amount * numerator, denominator)


def per_unit(amount: int, quantity: int) -> Decimal:
    """`amount` / `quantity` (at least 1) in minor units, to the twelve decimal places that the API gives."""
    return Decimal(f"{share_of(amount, 10**12, quantity)}e-12")


def unit_amounts(unit: Decimal) -> tuple[int | None, str]:
    """`unit_amount`, None for a fraction, and `unit_amount_decimal` as the API shows what one unit costs."""
    return int(unit) if unit == unit.to_integral_value() else None, decimal_string(unit)


def allocate(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` split over lines in proportion to their `weights` (none negative), adding up to `amount` exactly.

    Every share is rounded towards zero and the last line takes what remains: 500 over 1000 and 2000 is 166 and 334,
    as the API does for `amount_off`. (Giving the odd units to the largest fractions would answer 167 and 333.)
    A line without weight gets nothing, unless no line has any.
    """
    total = sum(weights)
    if not total:
        if not weights and amount:
            raise ValueError(f"no line to give {amount} to")
        return [0] * (len(weights) - 1) + [amount] if weights else []
    size = abs(amount)
    shares = [size * weight // total for weight in weights]
    left = size - sum(shares)
    # Our choice: where the amount fits into the lines, the remainder must not push the last line below zero (a
    # discount of 2000 over 1000, 1000 and 1); what finds no room there goes to the line before it.
    for index in reversed(range(len(weights))):
        if not left:
            break
        room = left if size > total and weights[index] else max(0, weights[index] - shares[index])
        shares[index] += min(room, left)
        left -= min(room, left)
    return shares if amount >= 0 else [-share for share in shares]


def parse_decimal(text: str) -> Decimal:
    """The number that `text` writes in plain notation; ValueError for exponents, NaN, infinity and anything else."""
    if not _PLAIN_DECIMAL.fullmatch(text):
        raise ValueError(f"not a decimal: {text!r}")
    return Decimal(text)


def decimal_string(value: Decimal) -> str:
    """`value` as the API writes decimals: `1000`, `12.345`; no exponent, no trailing zeros, no minus zero."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _nearest(numerator: int, denominator: int) -> int:
    if denominator == 1:
        return numerator
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((denominator - 2 * numerator) // (2 * denominator))
