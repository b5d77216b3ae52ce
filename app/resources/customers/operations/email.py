"""Where a customer is written to."""

from __future__ import annotations

from app.errors import InvalidRequest
from app.resources.customers.tables import Customer


def check_email(customer: Customer, *, param: str | None = None) -> None:
    """Raises when invoices cannot be sent to the customer, who has no address."""
    if not customer.email:
        raise InvalidRequest("Missing email. In order to create invoices that are sent to the customer, the customer must "
                             "have a valid email.", param=param)
