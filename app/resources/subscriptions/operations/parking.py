"""Changes that are made only once they are paid for: `payment_behavior=pending_if_incomplete`.

The change is tried in a transaction inside the request's, payment included. Where nothing remains to be paid it is made
like any other. Else all that stays is its invoice, and the change is written down to be made when that is paid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.context import Context
from app.events.emit import emit, tracked
from app.render import load_for_rendering, render
from app.resources.invoices import operations as invoices
from app.resources.invoices.operations import LineDraft
from app.resources.invoices.tables import Invoice, InvoiceItem, InvoiceLine
from app.resources.prices.tables import Price
from app.resources.subscriptions.operations.changing import Change, apply_change
from app.resources.subscriptions.operations.drafting import draft_subscription_invoice
from app.resources.subscriptions.operations.pending_updates import drop_pending_update
from app.resources.subscriptions.operations.terms import ItemSpec, is_metered
from app.resources.subscriptions.tables import Subscription, SubscriptionItem

Perform = Callable[[Context, Subscription, Change], None]


def park_unless_paid(ctx: Context, subscription: Subscription, change: Change, perform: Perform, *,
                     trial_from_plan: bool | None) -> bool:
    """Park the change that `perform` makes where its invoice is not paid at once; whether it was parked."""
    for spec in change.items or ():
        if spec.id is None:
            spec.new_id = ctx.ids.new(SubscriptionItem.id_prefix, SubscriptionItem.id_length, SubscriptionItem.id_lead)
    waiting = {item.id: item for item in invoices.pending_items(ctx, subscription.customer_id)}
    with ctx.session.attempt() as session:
        there = replace(ctx, session=session)
        tried = there.get(Subscription, subscription.id)
        assert tried is not None, "the subscription is in the database"
        perform(there, tried, replace(change, payment_behavior="allow_incomplete"))
        invoice = there.get(Invoice, tried.latest_invoice_id)
        if tried.latest_invoice_id == subscription.latest_invoice_id or invoice is None or invoice.status != "open":
            return False
        session.flush()
        load_for_rendering(session, [*tried.items])
        shown = {
            "billing_cycle_anchor": _changed(tried, subscription, "billing_cycle_anchor"),
            "expires_at": min(ctx.now + ctx.choices.pending_update_expires_after_s, subscription.current_period_end),
            "subscription_items": None if change.items is None else [render(item) for item in tried.items],
            "trial_end": _changed(tried, subscription, "trial_end"), "trial_from_plan": trial_from_plan}
        items = {line.id: there.get(InvoiceItem, line.invoice_item_id) for line in invoice.lines}
    with tracked(ctx, subscription, "customer.subscription.updated"):
        # Our choice: it replaces what waited before, and waits no longer than until the period ends that it was meant for.
        drop_pending_update(ctx, subscription)
        lines = [_line(ctx, line, items[line.id], waiting) for line in invoice.lines if not _is_usage(ctx, line)]
        _invoice(ctx, subscription, change, lines, period=(invoice.period_start, invoice.period_end), shown=shown)
    return True


def _changed(tried: Subscription, subscription: Subscription, name: str) -> Any:
    wanted = getattr(tried, name)
    return None if wanted == getattr(subscription, name) else wanted


def _is_usage(ctx: Context, line: InvoiceLine) -> bool:
    price = ctx.get(Price, line.price_id)
    return line.invoice_item_id is None and price is not None and is_metered(price)


def _line(ctx: Context, line: InvoiceLine, item: InvoiceItem | None, waiting: dict[str, InvoiceItem]) -> LineDraft:
    """The line of the invoice that was tried, with an item of its own where that was new."""
    price = ctx.get(Price, line.price_id)
    if item is None:
        return LineDraft(
            amount=line.amount, description=line.description, start=line.period_start, end=line.period_end, price=price,
            quantity=line.quantity, subscription_id=line.subscription_id, subscription_item_id=line.subscription_item_id,
            tax_rates=line.tax_rates, metadata=line.metadata_)
    made = waiting.get(item.id) or invoices.add_pending_item(
        ctx, item.customer_id, amount=item.amount, currency=item.currency, description=item.description, price=price,
        quantity=item.quantity, start=item.period_start, end=item.period_end, proration=item.proration,
        discountable=item.discountable, proration_details=item.proration_details, subscription_id=item.subscription_id,
        subscription_item_id=item.subscription_item_id, tax_rates=item.tax_rates, metadata_=item.metadata_)
    return invoices.item_lines([made])[0]


def _invoice(ctx: Context, subscription: Subscription, change: Change, lines: list[LineDraft], *, period: tuple[int, int],
             shown: dict[str, Any]) -> None:
    """Ask for the payment, and park the change; where nothing is to be paid after all, make it."""
    invoice = draft_subscription_invoice(ctx, subscription, lines, reason="subscription_update", period=period,
                                         auto_advance=False)
    subscription.pending_update = shown
    subscription.parked_change = {"at": ctx.now, "invoice": invoice.id, **_written(change)}
    subscription.latest_invoice_id = invoice.id
    invoices.finalize_invoice(ctx, invoice, fresh=True)
    if invoice.status == "open":
        invoices.collect(ctx, invoice, automatic=False, off_session=change.off_session)


def apply_pending_update(ctx: Context, subscription: Subscription) -> None:
    """The invoice of what waits was paid. Emits customer.subscription.updated, then …pending_update_applied.

    The change is dated back to the moment at which it was asked for, because the invoice bills it from then on.
    """
    parked = subscription.parked_change
    assert parked is not None, "something waits"
    with tracked(ctx, subscription, "customer.subscription.updated"):
        subscription.pending_update = subscription.parked_change = None
        ctx.session.load([subscription], "items")
        present = {item.id for item in subscription.items}
        change = Change(
            items=None if parked["items"] is None else [_spec(ctx, values, present) for values in parked["items"]],
            reset_anchor=parked["reset_anchor"], trial_end=parked["trial_end"], invoiced=True)
        apply_change(ctx.at(parked["at"]), subscription, change, announce=False)
    emit(ctx, "customer.subscription.pending_update_applied", subscription)


def _written(change: Change) -> dict[str, Any]:
    """The change as a document."""
    items = None if change.items is None else [
        {"billing_thresholds": spec.billing_thresholds, "id": spec.id or spec.new_id, "metadata": spec.metadata,
         "price": spec.price.id, "quantity": spec.quantity, "tax_rates": spec.tax_rates} for spec in change.items]
    return {"items": items, "reset_anchor": change.reset_anchor, "trial_end": change.trial_end}


def _spec(ctx: Context, values: dict[str, Any], present: set[str]) -> ItemSpec:
    price = ctx.get(Price, values["price"])
    assert price is not None, "prices are not deleted"
    is_there = values["id"] in present
    return ItemSpec(price=price, quantity=values["quantity"], tax_rates=values["tax_rates"],
                    billing_thresholds=values["billing_thresholds"], metadata=values["metadata"],
                    id=values["id"] if is_there else None, new_id=None if is_there else values["id"])
