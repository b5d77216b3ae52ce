"""The one currency in which a customer is billed."""

from __future__ import annotations

from app.context import Context
from app.errors import InvalidRequest
from app.events.emit import tracked
from app.resources.customers.tables import Customer


def check_currency(customer: Customer, currency: str, *, param: str | None = None) -> None:
    """Raises when the customer was billed in another currency before."""
    if customer.currency is not None and customer.currency != currency:
        raise InvalidRequest("You cannot combine currencies on a single customer. This customer has had a subscription, "
                             f"coupon, or invoice item with currency {customer.currency}", param=param)


def settle_currency(ctx: Context, customer: Customer, currency: str) -> None:
    """The first thing that bills a customer fixes their currency: customer.updated. Raises for another one later."""
    check_currency(customer, currency)
    if customer.currency is None:
        with tracked(ctx, customer, "customer.updated"):
            customer.currency = currency
