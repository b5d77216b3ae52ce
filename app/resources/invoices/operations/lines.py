"""Lines to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.resources.invoices.tables import InvoiceItem
from app.resources.prices.tables import Price


@dataclass(slots=True)
class LineDraft:
    """A line to be: `amount` in minor units of the invoice's currency before discounts and taxes, `start` and `end` of its
    period.
    """

    amount: int
    description: str | None
    start: int
    end: int
    price: Price | None
    quantity: int | None
    subscription_id: str | None = None
    subscription_item_id: str | None = None
    item: InvoiceItem | None = None
    """The invoice item that it shows; None for a line of the subscription itself."""
    discountable: bool = True
    proration: bool = False
    proration_details: dict[str, Any] | None = None
    tax_rates: list[str] = field(default_factory=list)
    discounts: list[str] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reached:
    """The thresholds of a subscription that were reached: `amount_gte` in minor units, `usage_gte` by subscription item."""

    amount_gte: int | None
    usage_gte: dict[str, int]


def item_lines(items: list[InvoiceItem]) -> list[LineDraft]:
    """The lines that show the items."""
    return [
        LineDraft(amount=item.amount, description=item.description, start=item.period_start, end=item.period_end,
                  price=item.price, quantity=item.quantity, subscription_id=item.subscription_id,
                  subscription_item_id=item.subscription_item_id, item=item, discountable=item.discountable,
                  proration=item.proration, proration_details=item.proration_details, tax_rates=item.tax_rates,
                  discounts=item.discounts, metadata=item.metadata_)
        for item in items
    ]
