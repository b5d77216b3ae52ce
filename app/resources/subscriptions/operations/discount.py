"""A subscription's discount is taken away."""

from __future__ import annotations

from typing import Any

from app.context import Context
from app.events.emit import tracked
from app.resources.coupons.operations import active_discount, deleted_discount, end_discount, no_discount
from app.resources.coupons.tables import Discount
from app.resources.subscriptions.tables import Subscription


def own_discount(ctx: Context, subscription: Subscription) -> Discount:
    """The discount in force that is the subscription's own. Raises 404 where there is none."""
    discount = active_discount(ctx, subscription.discount_id)
    if discount is None:
        raise no_discount(f"subscription {subscription.id} on customer {subscription.customer_id}")
    return discount


def remove_discount(ctx: Context, subscription: Subscription) -> dict[str, Any]:
    """End the subscription's own discount; what is left of it. The customer's, if any, counts from now on.

    Emits customer.discount.deleted and customer.subscription.updated. Raises 404 where there is none.
    """
    discount = own_discount(ctx, subscription)
    with tracked(ctx, subscription, "customer.subscription.updated"):
        end_discount(ctx, discount)
    return deleted_discount(ctx, discount)
