"""The end of a period: what was used is billed, and the next period begins."""

from __future__ import annotations

from collections.abc import Callable

from app.context import Context
from app.domain.periods import Period, next_boundary, period_containing
from app.domain.proration import amount_between
from app.domain.tiers import amount_of
from app.events.emit import tracked
from app.resources.invoices import operations as invoices
from app.resources.invoices.operations import LineDraft
from app.resources.invoices.tables import Invoice
from app.resources.prices.operations import interval_of, terms_of
from app.resources.subscriptions.operations.drafting import draft_subscription_invoice
from app.resources.subscriptions.operations.starting import plan_notices
from app.resources.subscriptions.operations.terms import is_metered, period_line, trial_line
from app.resources.subscriptions.tables import Subscription, SubscriptionItem
from app.resources.usage_records import operations as usage
from app.resources.usage_records.tables import UsageRecordSummary


def renew(ctx: Context, subscription: Subscription, change: Callable[[], None] | None = None) -> Invoice:
    """Close the period that ends now and invoice the next one.

    `change` is applied in between (a schedule's phase): the old period's usage is billed at what was in force, and the new
    period's items are what `change` left. Emits invoice.created, then customer.subscription.updated.
    """
    with tracked(ctx, subscription, "customer.subscription.updated"):
        old = (subscription.current_period_start, subscription.current_period_end)
        trialing = subscription.status == "trialing"
        closed, usage_lines = close_usage(ctx, subscription, free=trialing)
        if trialing:
            subscription.status = "active"
        if change is not None:
            change()
        begin_period(ctx, subscription)
        items = invoices.sweep(ctx, subscription.customer_id, subscription.id)
        lines = invoices.item_lines(items) + _interleaved(subscription, usage_lines, period_lines(subscription))
        invoice = draft_subscription_invoice(ctx, subscription, lines, reason="subscription_cycle", period=old,
                                             auto_advance=True)
        subscription.latest_invoice_id = invoice.id
        for summary in closed:
            summary.invoice_id = invoice.id
    return invoice


def begin_period(ctx: Context, subscription: Subscription) -> None:
    """The period from now to the next boundary of the anchor, the trial's end, or the date of the cancellation."""
    subscription.current_period_start = ctx.now
    interval = interval_of(subscription.items[0].price)
    end = (subscription.trial_end if subscription.status == "trialing"
           else next_boundary(subscription.billing_cycle_anchor, interval, ctx.now))
    assert end is not None
    if subscription.cancel_at_period_end:
        subscription.cancel_at = end
    elif subscription.cancel_at is not None and ctx.now < subscription.cancel_at < end:
        end = subscription.cancel_at
    subscription.current_period_end = end
    for item in subscription.items:
        if is_metered(item.price):
            usage.resize_open_period(ctx, item, start=ctx.now, end=end)
    plan_notices(ctx, subscription)


def close_usage(ctx: Context, subscription: Subscription, *, final: bool = False,
                free: bool = False) -> tuple[list[UsageRecordSummary], list[LineDraft]]:
    """Close the open summary of each metered item; the summaries, and their lines for the period that has ended.

    Unless it is the `final` one, each gets a summary for the period that begins, whose bounds `begin_period` sets. What is
    used in a trial is `free`: it stands on no invoice.
    """
    closed, lines = [], []
    end = subscription.current_period_end
    for item in subscription.items:
        if is_metered(item.price):
            summary = usage.close_period(ctx, item) if final else usage.roll_period(ctx, item, start=ctx.now, end=ctx.now)
            closed.append(summary)
            lines.append(usage_line(subscription, item, summary, end))
    return ([], []) if free else (closed, lines)


def usage_line(subscription: Subscription, item: SubscriptionItem, summary: UsageRecordSummary, end: int) -> LineDraft:
    """The line of what a metered item has used up to `end` and no invoice has taken yet."""
    quantity, amount = usage.unbilled(summary, item.price, subscription.currency)
    start = subscription.current_period_start if summary.billed_until is None else summary.billed_until
    return period_line(subscription, item, start, end, quantity=quantity, amount=amount)


def period_lines(subscription: Subscription) -> list[LineDraft]:
    """The lines of the licensed items for the current period, of nothing in a trial."""
    start, end = subscription.current_period_start, subscription.current_period_end
    if subscription.status == "trialing":
        return [trial_line(subscription, item, start, end) for item in subscription.items if not is_metered(item.price)]
    return licensed_lines(subscription, start, end)


def licensed_lines(subscription: Subscription, start: int, end: int) -> list[LineDraft]:
    """The lines of the licensed items for a period.

    One that is cut is billed pro rata: by a cancel date, or by an anchor that is not where a trial ended.
    """
    anchor, interval = subscription.billing_cycle_anchor, interval_of(subscription.items[0].price)
    cut = period_containing(anchor, interval, start) != Period(start, end)
    lines = []
    for item in subscription.items:
        if not is_metered(item.price):
            amount = None
            if cut:
                whole = amount_of(terms_of(item.price, subscription.currency), item.quantity or 0)
                amount = amount_between(whole, anchor, interval, start, end)
            lines.append(period_line(subscription, item, start, end, amount=amount))
    return lines


def _interleaved(subscription: Subscription, usage_lines: list[LineDraft], licensed: list[LineDraft]) -> list[LineDraft]:
    """Subscription lines in item order: an item's usage stands where the item does; a removed item's comes first."""
    if not usage_lines:
        return licensed
    order = {item.id: index for index, item in enumerate(subscription.items)}
    lines = usage_lines + licensed
    return sorted(lines, key=lambda line: order.get(line.subscription_item_id or "", -1))


def ends_with_period(subscription: Subscription) -> bool:
    """Whether the current period is to be the last one."""
    return subscription.cancel_at_period_end or subscription.cancel_at == subscription.current_period_end


def preview_renewal(ctx: Context, subscription: Subscription) -> Invoice:
    """A draft as the next renewal would make it, which is not stored."""
    ctx.session.load([subscription], "items.price.product")
    at = ctx.at(subscription.current_period_end)
    start, end = subscription.current_period_start, subscription.current_period_end
    following = next_boundary(subscription.billing_cycle_anchor, interval_of(subscription.items[0].price), end)
    if subscription.cancel_at is not None:
        following = min(following, subscription.cancel_at)
    usage_lines: list[LineDraft] = []
    if subscription.status != "trialing":
        usage_lines = [usage_line(subscription, item, usage.current_summary(ctx, item), end)
                       for item in subscription.items if is_metered(item.price)]
    lines = _interleaved(subscription, usage_lines, licensed_lines(subscription, end, following))
    items = invoices.sweep(ctx, subscription.customer_id, subscription.id)
    return draft_subscription_invoice(at, subscription, invoices.item_lines(items) + lines, reason="subscription_cycle",
                                      period=(start, end), auto_advance=True, preview=True)
