"""Which status an object may move to, as data. A status without moves is final."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_Moves = Mapping[str, frozenset[str]]


def _moves(**table: str) -> _Moves:
    return {old: frozenset(new.split()) for old, new in table.items()}


MOVES: Final[Mapping[str, _Moves]] = {
    "subscription": _moves(
        # Our choice: canceling before the first payment may end in either final status; the caller decides.
        incomplete="active incomplete_expired canceled",
        incomplete_expired="",
        trialing="active past_due unpaid canceled",
        active="trialing past_due unpaid canceled",
        past_due="active trialing unpaid canceled",
        unpaid="active trialing canceled",
        canceled="",
    ),
    "invoice": _moves(
        draft="open paid",
        open="paid void uncollectible",
        uncollectible="paid void",
        paid="",
        void="",
    ),
    "subscription_schedule": _moves(
        not_started="active released canceled",
        active="completed released canceled",
        completed="",
        released="",
        canceled="",
    ),
    "quote": _moves(
        draft="open canceled",
        open="accepted canceled",
        accepted="",
        canceled="",
    ),
    "test_clock": _moves(
        ready="advancing",
        advancing="ready internal_failure",
        internal_failure="",
    ),
    "payment_intent": _moves(
        requires_payment_method="requires_confirmation requires_action processing requires_capture succeeded canceled",
        requires_confirmation="requires_payment_method requires_action processing requires_capture succeeded canceled",
        requires_action="requires_payment_method requires_confirmation processing requires_capture succeeded canceled",
        processing="requires_payment_method requires_capture succeeded canceled",
        requires_capture="succeeded canceled",
        succeeded="",
        canceled="",
    ),
    "setup_intent": _moves(
        requires_payment_method="requires_confirmation requires_action processing succeeded canceled",
        requires_confirmation="requires_payment_method requires_action processing succeeded canceled",
        requires_action="requires_payment_method requires_confirmation processing succeeded canceled",
        processing="requires_payment_method succeeded",
        succeeded="",
        canceled="",
    ),
}
"""Object → status → the statuses it may move to. A deleted draft invoice leaves the table; it is no status."""


def may_move(kind: str, old: str, new: str) -> bool:
    """Whether an object of this `kind` may go from status `old` to `new`; staying as it is counts as no move."""
    return new in MOVES[kind][old]
