"""What time does to funds: they become available, and what a connected account owes for too long is collected."""

from __future__ import annotations

from app.clock.ticker import Ticker
from app.resources.balance import operations
from app.resources.balance.tables import ConnectReserve, Funds

_TERM_S = 180 * 86_400
"""How long a connected account may be negative."""


def _available_on(funds: Funds) -> int | None:
    return None if not funds.available_on or funds.__dict__.get("released") else funds.available_on


def _collected_at(reserve: ConnectReserve) -> int | None:
    return None if reserve.negative_since is None else reserve.negative_since + _TERM_S


AVAILABLE = Ticker("balance.available", Funds, due=_available_on, fire=operations.release)
COLLECTION = Ticker("balance.collection", ConnectReserve, due=_collected_at, fire=operations.collect)
