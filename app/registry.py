"""The composition root: which blueprints are served, what time does to rows, and what follows from which event.

Importing it imports every table, view and route, so `migrations/env.py` imports it too.
"""

from __future__ import annotations

from flask import Blueprint

from app.clock.ticker import Ticker
from app.resources.customers.endpoints import blueprint as customers

BLUEPRINTS: tuple[Blueprint, ...] = (
    customers,
)

TICKERS: tuple[Ticker, ...] = ()
"""In the order in which they run when they are due at the same second (behaviour reference, 7.3)."""
