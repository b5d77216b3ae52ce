"""What time does to funds: they become available."""

from __future__ import annotations

from app.clock.ticker import Ticker
from app.resources.balance import operations
from app.resources.balance.tables import Funds


def _available_on(funds: Funds) -> int | None:
    return None if not funds.available_on or funds.__dict__.get("released") else funds.available_on


AVAILABLE = Ticker("balance.available", Funds, due=_available_on, fire=operations.release)
