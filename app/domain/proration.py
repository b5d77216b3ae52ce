"""Credits and debits for a change inside a period, to the second.

The rule: a credit always comes from the item's present price, whether or not that was ever billed or paid, and each
line is rounded on its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.domain.money import round_half_away, share_of
from app.domain.periods import Interval, Period, period_containing


@dataclass(frozen=True, slots=True)
class ItemState:
    """One subscription item before or after a change.

    `amount` is what a full period of it costs in minor units, after the discount in force (see
    `discounts.discounted`); `quantity` None counts as 1.
    """

    item: str
    price: str
    quantity: int | None
    amount: int
    metered: bool


@dataclass(frozen=True, slots=True)
class ProrationLine:
    """A credit (`amount` at most 0) or a debit for `period`, the rest of the billing period, in minor units."""

    item: str
    price: str
    quantity: int
    amount: int
    period: Period
    credit: bool


def prorate(
    before: Sequence[ItemState], after: Sequence[ItemState], period: Period, at: int, keep_unchanged: bool = True,
    whole: int | None = None,
) -> list[ProrationLine]:
    """The lines for a change at `at` inside `period`: per licensed item a credit, then a debit, in item order.

    Items whose price and quantity stay the same are left alone; with `keep_unchanged=False` they are credited and
    debited too, as at an anchor reset. An empty `after` credits everything, an empty `before` debits everything.
    Metered items never prorate. A line of 0 is kept, since the item did change. `whole` is how many seconds a full
    period has, where `period` was cut.
    """
    assert period.start <= at <= period.end and period.start < period.end, "a change lies inside its period"
    rest = Period(at, period.end)
    left, whole = period.end - at, whole or period.end - period.start
    old_states = {state.item: state for state in before}
    new_states = {state.item: state for state in after}
    lines = []
    for item in old_states | new_states:
        old, new = old_states.get(item), new_states.get(item)
        if keep_unchanged and old is not None and new is not None and _same(old, new):
            continue
        if old is not None and not old.metered:
            amount = -share_of(old.amount, left, whole)
            lines.append(ProrationLine(item, old.price, _units(old), amount, rest, credit=True))
        if new is not None and not new.metered:
            amount = share_of(new.amount, left, whole)
            lines.append(ProrationLine(item, new.price, _units(new), amount, rest, credit=False))
    return lines


def amount_between(amount: int, anchor: int, interval: Interval, start: int, end: int) -> int:
    """What `start` to `end` costs where one period of the anchored calendar costs `amount`; in minor units.

    Whole periods count in full and cut ones by their seconds, rounded once. It prices a first partial period before a
    future anchor, a backdated span, and a period that a cancel date shortens.
    """
    whole, cut = 0, Fraction(0)
    while start < end:
        period = period_containing(anchor, interval, start)
        stop = min(end, period.end)
        if (start, stop) == (period.start, period.end):
            whole += 1
        else:
            cut += Fraction(stop - start, period.end - period.start)
        start = stop
    return round_half_away(amount * (whole + cut))


def _same(old: ItemState, new: ItemState) -> bool:
    # A difference in `amount` alone is a coupon's doing, and a coupon by itself does not prorate.
    return old.price == new.price and _units(old) == _units(new)


def _units(state: ItemState) -> int:
    return 1 if state.quantity is None else state.quantity
