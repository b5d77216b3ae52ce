"""What a quantity costs at a price: per unit, by package, or by volume and graduated tiers.

The rule: everything is added up exactly and rounded once, so that the one line of an invoice carries the total.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from typing import Final

from app.domain.money import round_half_away

# 100 digits hold every product of a quantity and a 12-place decimal; should one ever not fit, that is an error rather
# than a silent rounding.
_EXACT: Final = Context(prec=100, traps=[Inexact])


@dataclass(frozen=True, slots=True)
class Tier:
    """Units up to and including `up_to` (None: without end) at `unit_amount` each, and `flat_amount` once."""

    up_to: int | None
    unit_amount: Decimal
    flat_amount: Decimal


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """The part of a price that decides amounts, all in minor units.

    `billing_scheme` is `per_unit` or `tiered`; `tiers` are in rising order and `tiers_mode` is `graduated` or
    `volume`; `divide_by` and `transform_round` (`up` or `down`) are those of `transform_quantity`.
    """

    billing_scheme: str
    unit_amount: Decimal | None
    tiers: tuple[Tier, ...] = ()
    tiers_mode: str | None = None
    divide_by: int | None = None
    transform_round: str | None = None


def amount_of(terms: PriceTerms, quantity: int) -> int:
    """The amount in minor units of `quantity` units (none negative) at these terms."""
    if terms.billing_scheme == "tiered":
        if terms.tiers_mode == "volume":
            return _volume(terms.tiers, quantity)
        return _graduated(terms.tiers, quantity)
    assert terms.unit_amount is not None, "a price per unit has a unit amount"
    if terms.divide_by is not None:
        quantity = _packages(quantity, terms.divide_by, terms.transform_round)
    return round_half_away(_EXACT.multiply(terms.unit_amount, quantity))


def _packages(quantity: int, divide_by: int, transform_round: str | None) -> int:
    return -(-quantity // divide_by) if transform_round == "up" else quantity // divide_by


def _volume(tiers: tuple[Tier, ...], quantity: int) -> int:
    for tier in tiers:
        if tier.up_to is None or quantity <= tier.up_to:
            return round_half_away(_EXACT.fma(tier.unit_amount, quantity, tier.flat_amount))
    raise ValueError(f"no tier reaches {quantity}")


def _graduated(tiers: tuple[Tier, ...], quantity: int) -> int:
    total = Decimal(0)
    below = 0
    for tier in tiers:
        last = tier.up_to is None or quantity <= tier.up_to
        upper = quantity if tier.up_to is None or last else tier.up_to
        total = _EXACT.add(_EXACT.fma(tier.unit_amount, upper - below, total), tier.flat_amount)
        # The first tier counts as reached by a quantity of 0, whose flat amount is then due.
        if last:
            return round_half_away(total)
        below = upper
    raise ValueError(f"no tier reaches {quantity}")
