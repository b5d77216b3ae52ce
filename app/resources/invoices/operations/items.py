"""Invoice items: what waits for the next invoice, and how it gets onto one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, Session, entity
from app.domain.money import per_unit, unit_amounts
from app.events.emit import emit, tracked
from app.resources.coupons.tables import Coupon, Discount
from app.resources.customers.operations import settle_currency
from app.resources.customers.tables import Customer
from app.resources.invoices.operations.discounts import redeem
from app.resources.invoices.tables import InvoiceItem
from app.resources.prices.tables import Price
from app.resources.subscriptions.tables import Subscription

ITEMS_MAX = 250
"""How many items one invoice takes."""

_PENDING = Prepared(entity(InvoiceItem).where(
    InvoiceItem.account_id == bindparam("account_id"), InvoiceItem.customer_id == bindparam("customer_id"),
    InvoiceItem.invoice_id.is_(None)).order_by(InvoiceItem.seq))


def pending_items(ctx: Context, customer_id: str) -> list[InvoiceItem]:
    """The customer's items without an invoice, oldest first; read once in a transaction and kept current here."""
    key = ("pending items", ctx.account_id, customer_id)
    items: list[InvoiceItem] | None = ctx.session.memo.get(key)
    if items is None:
        items = ctx.session.memo[key] = ctx.session.rows(
            InvoiceItem, _PENDING, account_id=ctx.account_id, customer_id=customer_id)
        ctx.session.load(items, "price")
    return items


def preload_pending_items(session: Session, customers: list[Customer]) -> None:
    """Read the pending items of many customers of one or more accounts in one statement each."""
    by_account: dict[str, list[str]] = {}
    for customer in customers:
        by_account.setdefault(customer.account_id, []).append(customer.id)
        session.memo["pending items", customer.account_id, customer.id] = []
    for account_id, ids in by_account.items():
        items = session.rows(InvoiceItem, entity(InvoiceItem).where(
            InvoiceItem.account_id == account_id, InvoiceItem.customer_id.in_(ids),
            InvoiceItem.invoice_id.is_(None)).order_by(InvoiceItem.seq))
        session.load(items, "price")
        for item in items:
            session.memo["pending items", account_id, item.customer_id].append(item)


def add_pending_item(ctx: Context, customer_id: str, *, amount: int, currency: str, description: str | None,
                     price: Price | None = None, quantity: int = 1, start: int | None = None, end: int | None = None,
                     coupons: Sequence[Coupon | Discount] = (), **values: Any) -> InvoiceItem:
    """An item for the customer's next invoice, or the draft that `invoice_id` in `values` names.

    `coupons` are redeemed for it; `values` are further columns. Emits customer.updated where it fixes the customer's
    currency, customer.discount.created for each coupon, and invoiceitem.created.
    """
    pending = pending_items(ctx, customer_id)
    customer = ctx.get(Customer, customer_id)
    assert customer is not None, "an item is made for a customer"
    settle_currency(ctx, customer, currency)
    # A price's unit amount is meant per unit; what was prorated is not what the price says.
    unit = unit_columns(amount, quantity, None if values.get("proration") else price, currency)
    item = InvoiceItem(**{
        "discountable": amount >= 0, "discounts": [], "proration": False,
        "proration_details": {"credited_items": None}, "tax_rates": []} | unit | values | {
        "amount": amount, "currency": currency, "customer_id": customer_id, "date": ctx.now, "description": description,
        "period_start": ctx.now if start is None else start, "period_end": ctx.now if end is None else end,
        "price_id": None if price is None else price.id, "quantity": quantity})
    ctx.add(item)
    item.__dict__["price"] = price
    if coupons:
        item.discounts = redeem(ctx, coupons, customer_id=customer_id, currency=currency, invoice_item_id=item.id)
    if item.invoice_id is None:
        pending.append(item)
    emit(ctx, "invoiceitem.created", item)
    return item


def unit_columns(amount: int, quantity: int, price: Price | None, currency: str) -> dict[str, Any]:
    """`unit_amount`, null for a fraction, and `unit_amount_decimal` of an item: its price's, else its amount's share."""
    option = None if price is None else price.option_in(currency)
    if option is not None and option["unit_amount_decimal"] is not None:
        return {name: option[name] for name in ("unit_amount", "unit_amount_decimal")}
    whole, exact = unit_amounts(per_unit(amount, quantity or 1))
    return {"unit_amount": whole, "unit_amount_decimal": exact}


def sweep(ctx: Context, customer_id: str, subscription_id: str | None, *, only_own: bool = False,
          prorations_only: bool = False) -> list[InvoiceItem]:
    """The pending items that the next invoice of the subscription takes: its own, those of none, and those that outlived theirs.

    In the order of the lines: prorations as they were made, then the others, newest first; the oldest, where there are
    more than one invoice takes. They stay pending until `put_on` names their invoice.
    """
    taken = [item for item in pending_items(ctx, customer_id)
             if item.subscription_id == subscription_id or (not only_own and _of_customer(ctx, item))][:ITEMS_MAX]
    prorations = [item for item in taken if item.proration]
    others = [] if prorations_only else [item for item in reversed(taken) if not item.proration]
    return prorations + others


def _of_customer(ctx: Context, item: InvoiceItem) -> bool:
    """Whether any next invoice of the customer takes it: no subscription that still runs has it to itself."""
    subscription = ctx.get(Subscription, item.subscription_id)
    return subscription is None or subscription.ended_at is not None


def put_on(ctx: Context, items: list[InvoiceItem], invoice_id: str) -> None:
    """The items stand on this invoice from now on. Emits invoiceitem.updated for each."""
    for item in items:
        pending_items(ctx, item.customer_id).remove(item)
        with tracked(ctx, item, "invoiceitem.updated"):
            item.invoice_id = invoice_id


def take_off(ctx: Context, items: list[InvoiceItem]) -> None:
    """The items wait again, because their draft is deleted. Emits invoiceitem.updated for each."""
    for item in items:
        pending = pending_items(ctx, item.customer_id)
        with tracked(ctx, item, "invoiceitem.updated"):
            item.invoice_id = None
        pending.append(item)
        pending.sort(key=lambda each: each.seq)


def drop_pending_items(ctx: Context, customer_id: str) -> None:
    """Forget all that waits for the customer's next invoice, to try what that would be without. Emits nothing."""
    assert not ctx.session.kept, "only a trial may lose what somebody made"
    pending = pending_items(ctx, customer_id)
    for item in pending:
        ctx.session.delete(item)
    pending.clear()


def drop_prorations(ctx: Context, customer_id: str, subscription_id: str) -> None:
    """A plain cancellation forgets the subscription's pending prorations. Emits invoiceitem.deleted for each."""
    for item in sweep(ctx, customer_id, subscription_id, only_own=True, prorations_only=True):
        pending_items(ctx, customer_id).remove(item)
        emit(ctx, "invoiceitem.deleted", item)
        ctx.session.delete(item)
