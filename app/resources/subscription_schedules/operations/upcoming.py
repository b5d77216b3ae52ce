"""What would be invoiced next: the operations that would do it run in a transaction that is rolled back.

It stands here because a schedule is the last that can have a say in what its subscription bills.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.errors import InvalidRequest, no_such
from app.events.emit import announce, emit
from app.render import load_for_rendering, render
from app.resources.coupons.operations import discount_in_force
from app.resources.customers.operations import check_tax_id, create_customer, update_customer
from app.resources.customers.tables import Customer
from app.resources.invoiceitems.operations import create_item, update_item
from app.resources.invoices import operations as invoices
from app.resources.invoices.tables import Invoice, InvoiceItem
from app.resources.subscription_schedules.operations.boundaries import boundary_at, cross_boundary
from app.resources.subscription_schedules.tables import SubscriptionSchedule
from app.resources.subscriptions.operations import (
    cancel_subscription,
    collecting_invoices,
    create_subscription,
    end_at_date,
    ends_with_period,
    invoice_pending_items,
    plan_item_invoice,
    preview_renewal,
    renew,
    update_subscription,
)
from app.resources.subscriptions.tables import Subscription

_UPDATES = ("billing_cycle_anchor", "cancel_at", "cancel_at_period_end", "default_tax_rates", "items",
            "proration_behavior", "proration_date", "trial_end", "trial_from_plan")
"""The parameters of a subscription's update that a preview takes, there with `subscription_` before them."""

_STARTED = "_started_by_preview"
"""Marks a subscription that there is only because its schedule was started for the preview."""

_OF_CUSTOMER = Prepared(entity(Subscription).where(
    Subscription.account_id == bindparam("account_id"), Subscription.customer_id == bindparam("customer_id"),
    Subscription.ended_at.is_(None)).order_by(Subscription.current_period_end, Subscription.seq))


def preview_upcoming(ctx: Context, values: Mapping[str, Any]) -> Invoice:
    """The next invoice of a subscription, a customer, or a change, as the parameters of GET /v1/invoices/upcoming say.

    Everything really happens in the transaction, up to the draft: `ctx` must be one that keeps nothing. Raises 404
    `invoice_upcoming_none` where there is nothing to bill.
    """
    assert not ctx.session.kept, "a preview leaves no traces"
    subscription, customer = _whose(ctx, values)
    if values.get("currency"):
        invoices.check_currency(customer, values["currency"], param="currency")
    update = {name: values[f"subscription_{name}"] for name in _UPDATES if f"subscription_{name}" in values}
    update |= {name: values[name] for name in ("automatic_tax", "coupon") if name in values}
    if subscription is None and "proration_date" in update:
        raise InvalidRequest("Cannot specify proration date without specifying a subscription",
                             param="subscription_proration_date")
    starts = subscription is None and bool(update.get("items"))
    if subscription is None and not starts:
        if "coupon" in update:
            # Stripe: a coupon is for the subscription that is named or made, else for the customer.
            update_customer(ctx, customer, {"coupon": update.pop("coupon")})
        subscription = _next_subscription(ctx, customer)
    _apply_items(ctx, customer, subscription, values)
    with _renamed():
        if starts:
            draft = _start(ctx, customer, update, values)
        elif subscription is not None:
            draft = _change(ctx, subscription, update, cancel_now=values.get("subscription_cancel_now", False))
        else:
            draft = _loose_items(ctx, customer)
    if draft is None:
        raise InvalidRequest(f"No upcoming invoices for customer: {customer.id}", status=404, code="invoice_upcoming_none")
    if "discounts" in values:
        found = invoices.find_discounts(ctx, values["discounts"], customer_id=customer.id)
        draft.discounts = invoices.redeem(ctx, found, customer_id=customer.id, currency=draft.currency,
                                          invoice_id=draft.id)
        invoices.retotal(ctx, draft, draft.customer)
    preview = invoices.as_preview(ctx, draft)
    if subscription is not None and update and any(line.proration for line in preview.lines):
        preview.subscription_proration_date = update.get("proration_date", ctx.now)
    _forget_what_was_made_up(preview, values, subscription)
    return preview


def announce_upcoming(ctx: Context, subscription: Subscription) -> None:
    """Send invoice.upcoming with what GET /v1/invoices/upcoming shows now. Not for a subscription that is ending."""
    subscription.upcoming_notice_at = None
    if ends_with_period(subscription):
        return
    if subscription.schedule_id is None and subscription.next_pending_invoice_item_invoice is None:
        # Nothing comes before the renewal, which is foreseen without trying it, many times faster.
        emit(ctx, "invoice.upcoming", invoices.as_preview(ctx, preview_renewal(ctx, subscription)))
        return
    with ctx.session.trying() as session:
        there = replace(ctx, session=session)
        tried = there.get(Subscription, subscription.id)
        assert tried is not None, "what time moves is written"
        draft = _next(there, tried)
        if draft is None:
            return
        preview = invoices.as_preview(there, draft)
        load_for_rendering(session, [preview])
        shown = render(preview)
    announce(ctx, "invoice.upcoming", shown)


def _forget_what_was_made_up(preview: Invoice, values: Mapping[str, Any], subscription: Subscription | None) -> None:
    """A customer or a subscription that was made for the preview has an id that nobody could retrieve."""
    if {"customer", "schedule", "subscription"}.isdisjoint(values):
        preview.__dict__["customer_id"] = None
    if subscription is None or _STARTED in subscription.__dict__:
        for row in (preview, *preview.lines):
            row.__dict__.update({"subscription_id": None, "subscription": None})


def _whose(ctx: Context, values: Mapping[str, Any]) -> tuple[Subscription | None, Customer]:
    """The subscription, unless that of a customer is to be found or made, and the customer."""
    subscription = None
    if "schedule" in values:
        if "subscription" in values:
            raise InvalidRequest("You may only specify one of these parameters: schedule, subscription.")
        subscription = _of_schedule(ctx, ctx.find(SubscriptionSchedule, values["schedule"], param="schedule"))
    elif "subscription" in values:
        subscription = ctx.find(Subscription, values["subscription"], param="subscription")
    details = values.get("customer_details")
    for index, tax_id in enumerate((details or {}).get("tax_ids", ())):
        check_tax_id(tax_id["type"], tax_id["value"], param=f"customer_details[tax_ids][{index}][value]")
    if subscription is None:
        if "customer" not in values and details is None:
            raise InvalidRequest("Missing required param: customer if subscription is not provided",
                                 code="parameter_missing", param="customer")
        if "customer" not in values:
            return None, _with_tax_ids(create_customer(ctx, details or {}), details)
        customer = ctx.find(Customer, values["customer"], param="customer")
    else:
        ctx.session.load([subscription], "customer")
        customer = subscription.customer
        if values.get("customer", customer.id) != customer.id:
            name = "schedule" if "schedule" in values else "subscription"
            raise no_such(name, values[name], param=name, status=400)
    if details:
        update_customer(ctx, customer, details)
    return subscription, _with_tax_ids(customer, details)


def _with_tax_ids(customer: Customer, details: Mapping[str, Any] | None) -> Customer:
    """The customer, whose invoices show the tax ids of the preview in place of their own."""
    if details and "tax_ids" in details:
        customer.tax_id_values = details["tax_ids"]
    return customer


def _of_schedule(ctx: Context, schedule: SubscriptionSchedule) -> Subscription | None:
    """The schedule's subscription, as it will be when it has started."""
    if schedule.status == "not_started":
        cross_boundary(_then(ctx, schedule.starts_at), schedule)
        subscription = ctx.get(Subscription, schedule.subscription_id)
        assert subscription is not None, "a schedule that has started has a subscription"
        subscription.__dict__[_STARTED] = True
        return subscription
    subscription = ctx.get(Subscription, schedule.subscription_id)
    if subscription is None:
        raise InvalidRequest(f"No upcoming invoices for customer: {schedule.customer_id}", status=404,
                             code="invoice_upcoming_none")
    return subscription


def _next_subscription(ctx: Context, customer: Customer) -> Subscription | None:
    """The subscription of the customer that will be invoiced first."""
    of_customer = ctx.session.rows(Subscription, _OF_CUSTOMER, account_id=ctx.account_id, customer_id=customer.id)
    between = [subscription for subscription in of_customer
               if _bills_between(ctx, subscription, of_customer[0].current_period_end)]
    if between:
        return min(between, key=lambda subscription: subscription.next_pending_invoice_item_invoice or 0)
    return next((subscription for subscription in of_customer if not ends_with_period(subscription)),
                of_customer[0] if of_customer else None)


def _apply_items(ctx: Context, customer: Customer, subscription: Subscription | None, values: Mapping[str, Any]) -> None:
    """Add the items of `invoice_items`, and change those that are named by `invoiceitem`."""
    for index, element in enumerate(values.get("invoice_items", ())):
        path = f"invoice_items[{index}]"
        if "invoiceitem" in element:
            item = ctx.get(InvoiceItem, element["invoiceitem"])
            if item is None or item.customer_id != customer.id:
                raise no_such(InvoiceItem.object_name, element["invoiceitem"], param=f"{path}[invoiceitem]", status=400)
            update_item(ctx, item, element, param=path)
            continue
        of: dict[str, Any] = {"customer": customer.id}
        if subscription is not None:
            of["subscription"] = subscription.id
            if "price" not in element and "price_data" not in element:
                of["currency"] = subscription.currency
        elif values.get("currency") and "price_data" not in element:
            of["currency"] = values["currency"]
        create_item(ctx, of | element, param=path)


def _start(ctx: Context, customer: Customer, update: Mapping[str, Any], values: Mapping[str, Any]) -> Invoice | None:
    """The first invoice of a subscription that would be created."""
    start = values.get("subscription_start_date")
    at = ctx if start is None or start <= ctx.now else ctx.at(start)
    create = {name: value for name, value in update.items() if value not in ("now", "unchanged") or name == "trial_end"}
    if start is not None and start < ctx.now:
        create["backdate_start_date"] = start
    if values.get("currency"):
        create["currency"] = values["currency"]
    subscription = create_subscription(at, {"customer": customer.id} | create, keep_draft=True)
    invoice = ctx.get(Invoice, subscription.latest_invoice_id)
    return _next(at, subscription) if invoice is None else invoice


def _change(ctx: Context, subscription: Subscription, update: Mapping[str, Any], *, cancel_now: bool) -> Invoice | None:
    """The invoice that a change would make at once, else the next one after it."""
    before = None if _STARTED in subscription.__dict__ else subscription.latest_invoice_id
    if subscription.status in ("canceled", "incomplete_expired"):
        return None
    if cancel_now:
        cancel_subscription(ctx, subscription, invoice_now=True, keep_draft=True,
                            prorate=update.get("proration_behavior") != "none")
    elif update:
        update_subscription(ctx, subscription, update, keep_draft=True)
    if subscription.latest_invoice_id != before:
        return ctx.get(Invoice, subscription.latest_invoice_id)
    return None if cancel_now else _next(ctx, subscription)


def _next(ctx: Context, subscription: Subscription) -> Invoice | None:
    """What time brings: a phase that bills, a renewal, or the last invoice if there is anything on it."""
    before = subscription.latest_invoice_id
    for draft in collecting_invoices(ctx, subscription):
        if draft.status == "draft":
            # It will be finalised by then, and takes what is good for one invoice only.
            invoices.use_up(ctx, draft)
    while subscription.latest_invoice_id == before and subscription.ended_at is None:
        end = subscription.current_period_end
        schedule = ctx.get(SubscriptionSchedule, subscription.schedule_id)
        boundary = None if schedule is None else boundary_at(schedule)
        ctx.session.load([subscription], "items.price.product")
        if _bills_between(ctx, subscription, min(end, boundary or end)):
            assert subscription.next_pending_invoice_item_invoice is not None
            invoice_pending_items(_then(ctx, subscription.next_pending_invoice_item_invoice), subscription)
        elif schedule is not None and boundary is not None and boundary <= end:
            plan_item_invoice(subscription, boundary - 1)
            cross_boundary(_then(ctx, boundary), schedule, keep_draft=True)
        elif ends_with_period(subscription):
            end_at_date(_then(ctx, end), subscription, keep_draft=True)
        else:
            renew(_then(ctx, end), subscription)
    return None if subscription.latest_invoice_id == before else ctx.get(Invoice, subscription.latest_invoice_id)


def _bills_between(ctx: Context, subscription: Subscription, end: int) -> bool:
    """Whether items that wait now are invoiced before anything else happens, at `end`."""
    at = subscription.next_pending_invoice_item_invoice
    return at is not None and at < end and bool(invoices.sweep(ctx, subscription.customer_id, subscription.id))


def _then(ctx: Context, at: int) -> Context:
    """The moment at which time, and no caller, will be at work."""
    return replace(ctx, now=max(at, ctx.now), ticking=True)


def _loose_items(ctx: Context, customer: Customer) -> Invoice | None:
    """Our choice: items that wait while the customer has no subscription are shown as an invoice of now."""
    items = invoices.sweep(ctx, customer.id, None)
    if not items:
        return None
    discount = discount_in_force(ctx, customer)
    return invoices.draft_invoice(ctx, customer, invoices.item_lines(items), reason="manual", currency=items[0].currency,
                                  period=(ctx.now, ctx.now), coupons=[] if discount is None else [discount])


@contextmanager
def _renamed() -> Iterator[None]:
    """What is refused is named as the preview calls it: `items[0][price]` is `subscription_items[0][price]` there."""
    try:
        yield
    except InvalidRequest as refusal:
        if refusal.param is not None and refusal.param.startswith(_UPDATES):
            refusal.param = f"subscription_{refusal.param}"
        raise
