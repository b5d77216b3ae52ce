"""What a connected account has of its platform's payment methods: nothing but copies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.errors import InvalidRequest, missing_parameter
from app.resources.payment_methods.operations.attaching import DETACHED
from app.resources.payment_methods.tables import PaymentMethod

_COPIED = ("behavior", "billing_details", "card", "details", "set_up", "type")


def copy_payment_method(ctx: Context, values: Mapping[str, Any]) -> PaymentMethod:
    """A copy, for the connected account that is acted for, of the platform's `payment_method`: of its `customer`, or nobody's.

    One that nobody has is good for nothing more then. Raises InvalidRequest where there is nothing to copy, or nobody to
    copy it for.
    """
    platform_id = ctx.account.platform_id
    if platform_id is None:
        # Our choice: the words of these refusals.
        raise InvalidRequest("A payment method can only be copied to a connected account, by a request with its "
                             "Stripe-Account header.", param="payment_method" if "payment_method" in values else "customer")
    if "payment_method" not in values:
        raise missing_parameter("payment_method")
    method = ctx.acting_as_id(platform_id).find(PaymentMethod, values["payment_method"], param="payment_method")
    if method.customer_id != values.get("customer"):
        raise InvalidRequest("The customer must be the one that the payment method is attached to.", param="customer")
    if method.customer_id is None and (method.used or method.behavior == DETACHED):
        raise InvalidRequest("This PaymentMethod was previously used without being attached to a Customer or was detached from "
                             "a Customer, and may not be used again.", param="payment_method")
    method.used = True
    return ctx.add(PaymentMethod(used=False, **{name: method.__dict__[name] for name in _COPIED}))


def find_own(ctx: Context, id: str, *, param: str) -> PaymentMethod:
    """The account's own payment method. Raises InvalidRequest where there is none, or only one of the platform's."""
    platform_id = ctx.account.platform_id
    if platform_id is not None and ctx.get(PaymentMethod, id) is None and (
            ctx.acting_as_id(platform_id).get(PaymentMethod, id) is not None):
        raise InvalidRequest(
            f"No such PaymentMethod: '{id}'; OAuth key or Stripe-Account header was used but API request was provided with a "
            "platform-owned payment method ID. Please ensure that the provided payment method matches the specified account.",
            code="resource_missing", param=param)
    return ctx.find(PaymentMethod, id, param=param)
