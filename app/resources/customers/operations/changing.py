"""Customers are created, changed and deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, func, select

from app.context import Context
from app.db.roots import TestClock
from app.db.session import Prepared
from app.domain.metadata import merged
from app.domain.search import fold
from app.errors import InvalidRequest
from app.events.emit import emit, tracked
from app.resources.coupons.operations import (
    Redemption,
    active_discount,
    attach_discount,
    deleted_discount,
    end_discount,
    find_coupon,
    find_redemption,
    no_discount,
    replace_discount,
)
from app.resources.customers.operations.balance import change_balance
from app.resources.customers.operations.tax_ids import create_tax_id
from app.resources.customers.tables import Customer

CUSTOMERS_ON_CLOCK_MAX = 3
"""What Stripe allows in test mode; enforced where the sandbox's `limits` are `strict`."""

_ON_CLOCK = Prepared(
    select(func.count()).where(
        Customer.account_id == bindparam("account_id"), Customer.test_clock_id == bindparam("clock_id")
    )
)
_PLAIN = ("address", "description", "email", "name", "phone", "preferred_locales", "shipping")


def create_customer(ctx: Context, values: Mapping[str, Any]) -> Customer:
    """A new customer, on the test clock that `test_clock` names; `coupon` or `promotion_code` gives them a discount.

    Emits customer.created, then customer.discount.created. Raises for a clock that does not exist or is advancing, and for
    what cannot be redeemed.
    """
    if "test_clock" in values:
        clock = ctx.find(TestClock, values["test_clock"], param="test_clock")
        ctx.enter_clock(clock.id)
        _check_quota(ctx, clock)
    redemption = find_redemption(ctx, values, customer_id=None)
    customer = Customer(
        balance=0,
        deleted=False,
        delinquent=False,
        invoice_prefix=ctx.ids.upper(8),
        invoice_settings={},
        next_invoice_sequence=1,
        preferred_locales=[],
        tax_exempt="none",
    )
    _apply(customer, values)
    ctx.add(customer)
    _set_balance(ctx, customer, values)
    discount = None
    if redemption is not None:
        coupon = find_coupon(ctx, redemption.coupon_id, param="coupon")
        discount = attach_discount(ctx, coupon, customer_id=customer.id, start=ctx.now, announce=False,
                                   promotion_code_id=redemption.promotion_code_id)
        customer.discount_id = discount.id
    emit(ctx, "customer.created", customer)
    for index, tax_id in enumerate(values.get("tax_id_data", ())):
        create_tax_id(ctx, customer, tax_id, param=f"tax_id_data[{index}][value]")
    if discount is not None:
        emit(ctx, "customer.discount.created", discount)
    return customer


def update_customer(ctx: Context, customer: Customer, values: Mapping[str, Any]) -> Customer:
    """Change what is named in `values`; another `coupon` or `promotion_code` replaces the discount, `coupon` None ends it."""
    present = active_discount(ctx, customer.discount_id)
    redemption = find_redemption(
        ctx, values, customer_id=customer.id,
        present=None if present is None else Redemption(present.coupon_id, present.promotion_code_id))
    with tracked(ctx, customer, "customer.updated"):
        _apply(customer, values)
        _set_balance(ctx, customer, values)
        if redemption is not None or "coupon" in values:
            customer.discount_id = replace_discount(ctx, customer.discount_id, redemption, customer_id=customer.id,
                                                    start=ctx.now)
    return customer


def remove_discount(ctx: Context, customer: Customer) -> dict[str, Any]:
    """Take the customer's discount away; what is left of it. Raises 404 where there is none.

    Emits customer.discount.deleted and customer.updated.
    """
    discount = active_discount(ctx, customer.discount_id)
    if discount is None:
        raise no_discount(f"customer: {customer.id}")
    with tracked(ctx, customer, "customer.updated"):
        end_discount(ctx, discount)
    return deleted_discount(ctx, discount)


def delete_customer(ctx: Context, customer: Customer) -> dict[str, Any]:
    """Delete the customer; what they subscribe to is canceled, and their discount ends.

    Emits customer.deleted, after which others react, and customer.discount.deleted.

    The row stays, because invoices and payments name it, and answers as a stub.
    """
    emit(ctx, "customer.deleted", customer)
    customer.deleted = True
    discount = active_discount(ctx, customer.discount_id)
    if discount is not None:
        end_discount(ctx, discount)
    return {"id": customer.id, "object": Customer.object_name, "deleted": True}


def _check_quota(ctx: Context, clock: TestClock) -> None:
    if ctx.choices.limits != "strict":
        return
    if ctx.session.scalar(_ON_CLOCK, account_id=ctx.account_id, clock_id=clock.id) >= CUSTOMERS_ON_CLOCK_MAX:
        # Our choice: the wording; only the number is published.
        raise InvalidRequest(
            f"Test clock {clock.id} already has the maximum of {CUSTOMERS_ON_CLOCK_MAX} customers.", param="test_clock"
        )


def _set_balance(ctx: Context, customer: Customer, values: Mapping[str, Any]) -> None:
    """Setting a balance adjusts it by the difference (behaviour reference, 9.1)."""
    amount = values.get("balance", customer.balance) - customer.balance
    if amount:
        change_balance(ctx, customer, amount, type="adjustment")


def _apply(customer: Customer, values: Mapping[str, Any]) -> None:
    for name in _PLAIN:
        if name in values:
            setattr(customer, name, values[name])
    if "email" in values:
        customer.email_folded = None if customer.email is None else fold(customer.email)
    if "default_source" in values:
        customer.default_source_id = values["default_source"]
    mode = (values.get("cash_balance") or {}).get("settings", {}).get("reconciliation_mode")
    if mode is not None:
        customer.cash_reconciliation_mode = mode
    if "ip_address" in values.get("tax", {}):
        customer.tax_ip_address = values["tax"]["ip_address"]
    if "tax_exempt" in values:
        customer.tax_exempt = values["tax_exempt"] or "none"
    if "metadata" in values:
        customer.metadata_ = merged(customer.metadata_ or {}, values["metadata"])
    if "invoice_settings" in values:
        settings = dict(values["invoice_settings"])
        if "default_payment_method" in settings:
            customer.default_payment_method_id = settings.pop("default_payment_method")
        customer.invoice_settings = customer.invoice_settings | settings
    if "invoice_prefix" in values:
        prefix = values["invoice_prefix"]
        if not (3 <= len(prefix) <= 12 and prefix.isascii() and prefix.isalnum() and prefix == prefix.upper()):
            raise InvalidRequest(
                "The invoice prefix must be 3-12 uppercase letters or numbers.", param="invoice_prefix"
            )
        customer.invoice_prefix = prefix
    if "next_invoice_sequence" in values:
        if values["next_invoice_sequence"] < customer.next_invoice_sequence:
            raise InvalidRequest("The next invoice sequence can only be raised.", param="next_invoice_sequence")
        customer.next_invoice_sequence = values["next_invoice_sequence"]
