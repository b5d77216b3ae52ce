"""What documents say of a price."""

from __future__ import annotations

from decimal import Decimal

from app.domain.currencies import format_amount
from app.resources.prices.tables import Price


def unit_price_text(price: Price, currency: str) -> str:
    """What one unit costs in the currency; empty where no single amount says it: for tiers and packages."""
    if price.billing_scheme == "tiered" or price.transform_quantity:
        return ""
    unit = price.option_in(currency)["unit_amount_decimal"]
    return "" if unit is None else format_amount(Decimal(unit), currency)
