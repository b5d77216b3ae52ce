"""What happens to prices, and what the slices that bill ask of them."""

from app.resources.prices.operations.asking import (
    check_amount,
    find_default_price,
    find_price,
    has_prices,
    interval_of,
    terms_of,
)
from app.resources.prices.operations.changing import (
    create_plan,
    create_price,
    delete_plan,
    price_from_data,
    update_price,
)
from app.resources.prices.operations.currencies import (
    billed_currency,
    check_offered,
    offers,
)

__all__ = [
    "billed_currency",
    "check_amount",
    "check_offered",
    "create_plan",
    "create_price",
    "delete_plan",
    "find_default_price",
    "find_price",
    "has_prices",
    "interval_of",
    "offers",
    "price_from_data",
    "terms_of",
    "update_price",
]
