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

__all__ = [
    "check_amount",
    "create_plan",
    "create_price",
    "delete_plan",
    "find_default_price",
    "find_price",
    "has_prices",
    "interval_of",
    "price_from_data",
    "terms_of",
    "update_price",
]
