"""The composition root: which blueprints are served, what time does to rows, and what follows from which event.

Importing it imports every table, view and route, so `migrations/env.py` imports it too.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil

from flask import Blueprint
from sqlalchemy.orm import configure_mappers

import app.resources

from app.clock.ticker import Ticker
from app.control.endpoints import blueprint as control
from app.resources.coupons.endpoints import blueprint as coupons
from app.resources.coupons.ticks import COUPON_EXPIRY, DISCOUNT_END
from app.resources.customers.endpoints import blueprint as customers
from app.resources.events.endpoints import blueprint as events
from app.resources.prices.endpoints import blueprint as prices
from app.resources.products.endpoints import blueprint as products
from app.resources.tax_rates.endpoints import blueprint as tax_rates
from app.resources.webhook_endpoints.endpoints import blueprint as webhook_endpoints

BLUEPRINTS: tuple[Blueprint, ...] = (
    control,
    coupons,
    customers,
    events,
    prices,
    products,
    tax_rates,
    webhook_endpoints,
)

TICKERS: tuple[Ticker, ...] = (
    COUPON_EXPIRY,
    DISCOUNT_END,
)
"""In the order in which they run when they are due at the same second (behaviour reference, 7.3)."""


def _import_tables_and_views() -> None:
    """Views reach a row by its table, not by import, so somebody must have imported them: every slice's are, by name."""
    for package in pkgutil.iter_modules(app.resources.__path__, "app.resources."):
        for name in ("tables", "views"):
            module = f"{package.name}.{name}"
            if importlib.util.find_spec(module) is not None:
                importlib.import_module(module)


_import_tables_and_views()
# All tables are known now; only a row whose table's relationships are resolved shows its attributes.
configure_mappers()
