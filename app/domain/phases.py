"""The timeline of a subscription schedule: where its phases start and end, and which of its items live on.

The rule: phases are contiguous. Each starts at the second the one before it ends, and iterations are counted from the
phase's own start, so that a window may leave the billing anchor (31 August plus 6 months is 28 or 29 February).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.domain.periods import Interval, add_intervals

Reason = Literal["both_lengths", "end_not_after_start", "gap", "overlap", "too_many"]


@dataclass(frozen=True, slots=True)
class PhaseWindow:
    """The seconds from `start` up to, not including, `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PhaseLength:
    """How long a phase lasts: `iterations` of its prices' `interval`, or until `end_date`; neither is 1 iteration.

    `start_date` is the start that a caller claims for the phase, checked against the timeline.
    """

    interval: Interval
    iterations: int | None = None
    end_date: int | None = None
    start_date: int | None = None


@dataclass(frozen=True, slots=True)
class ItemMatch:
    """How the items of a subscription become those of a phase: which stay, which go, which are new.

    `kept` maps the index of a new item to the id it inherits, `removed` lists ids, `added` indices of new items.
    """

    kept: dict[int, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    added: list[int] = field(default_factory=list)


class PhaseRefused(Exception):
    """Lengths that make no timeline: the phase's `index` and the `reason`; whoever catches it words the error."""

    def __init__(self, index: int, reason: Reason) -> None:
        super().__init__(f"phase {index}: {reason}")
        self.index = index
        self.reason: Reason = reason


def lay_out(start: int, lengths: Sequence[PhaseLength], maximum: int | None = None) -> list[PhaseWindow]:
    """The windows of phases that follow each other from `start`.

    Raises PhaseRefused for the first phase that has two lengths, claims another start, or does not end after it
    starts, and for more than `maximum` phases (the index is then that of the first one too many).
    """
    if maximum is not None and len(lengths) > maximum:
        raise PhaseRefused(maximum, "too_many")
    windows = []
    for index, length in enumerate(lengths):
        if length.iterations is not None and length.end_date is not None:
            raise PhaseRefused(index, "both_lengths")
        if length.start_date is not None and length.start_date != start:
            raise PhaseRefused(index, "gap" if length.start_date > start else "overlap")
        end = length.end_date
        if end is None:
            end = add_intervals(start, length.interval, 1 if length.iterations is None else length.iterations)
        if end <= start:
            raise PhaseRefused(index, "end_not_after_start")
        windows.append(PhaseWindow(start, end))
        start = end
    return windows


def phase_at(windows: Sequence[PhaseWindow], at: int) -> int | None:
    """The index of the phase running at `at`; None before the first and from the end of the last."""
    for index, window in enumerate(windows):
        if window.start <= at < window.end:
            return index
    return None


def next_boundary(windows: Sequence[PhaseWindow], after: int) -> int | None:
    """The first start or end of a phase strictly after `after`; None when all is over."""
    for window in windows:
        if window.start > after:
            return window.start
        if window.end > after:
            return window.end
    return None


def match_items(old: Sequence[tuple[str, str]], new: Sequence[str]) -> ItemMatch:
    """Match a subscription's items, as (item id, price id), with the price ids of the phase that takes over.

    An item whose price appears in the new phase keeps its id, in order where a price appears twice; the other old
    items are removed and the other new ones added.
    """
    # Our choice: the documentation does not say which items keep their id when a phase replaces them; the price is
    # what both sides name.
    free: defaultdict[str, deque[str]] = defaultdict(deque)
    for item_id, price_id in old:
        free[price_id].append(item_id)
    match = ItemMatch()
    for index, price_id in enumerate(new):
        if free[price_id]:
            match.kept[index] = free[price_id].popleft()
        else:
            match.added.append(index)
    kept = set(match.kept.values())
    match.removed.extend(item_id for item_id, _ in old if item_id not in kept)
    return match
