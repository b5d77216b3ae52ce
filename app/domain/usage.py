"""From usage records to the quantity that a metered price bills for a period.

The rule: records of one timestamp merge into one reading, in order of arrival; the aggregation looks at readings only.
A running form keeps a period's quantity up to date record by record and agrees with the aggregation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """The `quantity` that is stored for exactly this `timestamp`."""

    timestamp: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Running:
    """A period's billed quantity so far, and the time of its latest reading (None: no reading yet).

    A period starts at `Running(0, None)`; for `last_ever`, at the value that the periods before it left.
    """

    total: int
    last_timestamp: int | None


def merge(records: Iterable[tuple[int, str, int]]) -> list[Reading]:
    """Readings in time order from records (timestamp, action, quantity) in order of arrival.

    `increment` adds to what its timestamp has; `set` replaces it, and leaves other timestamps alone.
    """
    quantities: dict[int, int] = {}
    for timestamp, action, quantity in records:
        if action == "increment":
            quantity += quantities.get(timestamp, 0)
        quantities[timestamp] = quantity
    return [Reading(timestamp, quantities[timestamp]) for timestamp in sorted(quantities)]


def aggregate(mode: str, readings: Iterable[Reading], carried: int = 0) -> int:
    """The quantity to bill for a period's readings, given in time order.

    `mode` is the price's `aggregate_usage`: `sum`, `max`, `last_during_period` or `last_ever`; `carried` is the last
    value of the periods before, which `last_ever` falls back to. Raises ValueError for another mode.
    """
    if mode == "sum":
        return sum(reading.quantity for reading in readings)
    if mode == "max":
        return max((reading.quantity for reading in readings), default=0)
    if mode in ("last_during_period", "last_ever"):
        last = carried if mode == "last_ever" else 0
        for reading in readings:
            last = reading.quantity
        return last
    raise ValueError(f"no such aggregation: {mode}")


def record(mode: str, running: Running, timestamp: int, quantity_before: int, quantity_after: int) -> Running | None:
    """`running` after the reading at `timestamp` went from `quantity_before` (0: there was none) to `quantity_after`.

    None when the readings must be aggregated again: a `set` lowered the reading that may have been the maximum.
    Raises ValueError for another mode than those of `aggregate`.
    """
    latest = running.last_timestamp is None or timestamp >= running.last_timestamp
    total = running.total
    if mode == "sum":
        total += quantity_after - quantity_before
    elif mode == "max":
        if quantity_after < quantity_before == total:
            return None
        total = max(total, quantity_after)
    elif mode in ("last_during_period", "last_ever"):
        total = quantity_after if latest else total
    else:
        raise ValueError(f"no such aggregation: {mode}")
    return Running(total, timestamp if latest else running.last_timestamp)
