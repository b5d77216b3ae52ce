"""What happens to quotes: they are made, changed, finalised, and accepted, canceled or left to expire."""

from app.resources.quotes.operations.accepting import accept_quote
from app.resources.quotes.operations.asking import create_quote, update_quote
from app.resources.quotes.operations.moving import cancel_quote, customer_deleted, expire_quote, finalize_quote

__all__ = [
    "accept_quote",
    "cancel_quote",
    "create_quote",
    "customer_deleted",
    "expire_quote",
    "finalize_quote",
    "update_quote",
]
