"""How a running subscription changes: one code path for callers and for the phases of a schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.descriptions import remaining_time_text, unused_time_text
from app.domain.metadata import merged
from app.domain.periods import Interval, Period
from app.domain.proration import ItemState, ProrationLine, prorate
from app.domain.tiers import amount_of
from app.errors import CardError, InvalidRequest
from app.events.emit import tracked
from app.resources.coupons.operations import active_discount, replace_discount
from app.resources.invoices import operations as invoices
from app.resources.invoices.tables import Invoice, InvoiceLine
from app.resources.prices.operations import interval_of, terms_of
from app.resources.prices.tables import Price
from app.resources.subscriptions.operations.drafting import draft_subscription_invoice
from app.resources.subscriptions.operations.pausing import keeps_drafts
from app.resources.subscriptions.operations.pending_updates import drop_pending_update
from app.resources.subscriptions.operations.renewing import begin_period, close_usage, period_lines
from app.resources.subscriptions.operations.starting import Refused, add_item
from app.resources.subscriptions.operations.terms import (
    PRORATING,
    ItemSpec,
    Terms,
    check_items,
    is_metered,
    off_words,
    state_of,
    subscription_discounts,
    whole_period,
)
from app.resources.subscriptions.tables import Subscription, SubscriptionItem
from app.resources.usage_records import operations as usage

_BILLED_LINE = Prepared(entity(InvoiceLine).where(
    InvoiceLine.account_id == bindparam("account_id"), InvoiceLine.subscription_item_id == bindparam("item_id"),
    InvoiceLine.period_start == bindparam("start"), InvoiceLine.type == bindparam("line_type"),
).order_by(InvoiceLine.seq.desc()).limit(1))


@dataclass(slots=True)
class Change:
    """What is to become of a subscription; None leaves a part as it is.

    `items` is the complete list of what the items are to be; `settings` are columns that no schedule sets. `trial_end` is a
    time, None for no trial, or `keep`. `reset_anchor` starts a new period now. `at_period_end`: a renewal is under way, so
    nothing prorates. `draft_invoice`: an invoice that the change causes stays a draft for its delay. `bill_removed_usage`:
    usage of a metered item that goes is billed as a pending item, instead of being lost. `reached` are the thresholds that
    made it necessary: then the invoice is theirs. `invoiced`: a paid invoice has billed it all.
    """

    items: Sequence[ItemSpec] | None = None
    terms: Terms | None = None
    proration_behavior: str = "create_prorations"
    proration_date: int | None = None
    reset_anchor: bool = False
    at_period_end: bool = False
    trial_end: int | Literal["keep"] | None = "keep"
    metadata: Mapping[str, str | None] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    draft_invoice: bool = False
    bill_removed_usage: bool = False
    payment_behavior: str = "allow_incomplete"
    off_session: bool = False
    reached: invoices.Reached | None = None
    invoiced: bool = False
    param: str = "items"


def apply_change(ctx: Context, subscription: Subscription, change: Change, *, announce: bool = True) -> None:
    """Change the subscription, with what follows for its money: prorations, a new period, an invoice.

    Emits the events of the invoice items and invoices, then customer.subscription.updated, unless `announce` is false or
    a renewal is under way: then the caller emits it. Raises for items that do not go together, and for a proration date
    outside the period.
    """
    ctx.session.load([subscription], "customer")
    ctx.session.load([subscription], "items.price.product")
    if change.at_period_end or not announce:
        _change(ctx, subscription, change)
        return
    with tracked(ctx, subscription, "customer.subscription.updated"):
        _change(ctx, subscription, change)


def _change(ctx: Context, subscription: Subscription, change: Change) -> None:
    before = _Before.of(ctx, subscription)
    if change.items is not None or change.reset_anchor or change.trial_end != "keep":
        # What waits for its payment was meant for things as they were.
        drop_pending_update(ctx, subscription)
    if change.terms is not None:
        apply_terms(ctx, subscription, change.terms)
    for name, value in change.settings.items():
        setattr(subscription, name, value)
    if change.metadata is not None:
        # A phase's metadata must not stop the clock that enters it.
        subscription.metadata_ = merged(subscription.metadata_, change.metadata, limited=not ctx.ticking)
    if change.items is not None:
        _replace_items(ctx, subscription, change)
    trial_changed = _apply_trial(ctx, subscription, change)
    starts_over = (change.reset_anchor or interval_of(subscription.items[0].price) != before.interval or trial_changed
                   or (subscription.status != "trialing" and before.free and not _is_free(subscription)))
    if change.at_period_end:
        if starts_over and not trial_changed:
            subscription.billing_cycle_anchor = ctx.now
    elif change.invoiced:
        if starts_over:
            _begin_invoiced_period(ctx, subscription, before)
    elif starts_over:
        _start_over(ctx, subscription, change, before)
    else:
        _prorate_rest(ctx, subscription, change, before)


@dataclass(frozen=True, slots=True)
class _Before:
    """A subscription as it was when a change began. `whole` is how long its full period lasts, in seconds."""

    states: list[ItemState]
    rows: dict[str, SubscriptionItem]
    interval: Interval
    period: Period
    whole: int
    status: str
    free: bool
    changed_at: int

    @classmethod
    def of(cls, ctx: Context, subscription: Subscription) -> _Before:
        discounts = subscription_discounts(ctx, subscription)
        return cls(
            states=[state_of(item, subscription.currency, discounts) for item in subscription.items],
            rows={item.id: item for item in subscription.items}, interval=interval_of(subscription.items[0].price),
            period=Period(subscription.current_period_start, subscription.current_period_end),
            whole=whole_period(subscription), status=subscription.status, free=_is_free(subscription),
            changed_at=max(item.changed_at for item in subscription.items))


def _is_free(subscription: Subscription) -> bool:
    """Whether none of its prices costs anything, whatever a coupon takes off."""
    return all(not is_metered(item.price)
               and amount_of(terms_of(item.price, subscription.currency), item.quantity or 1) == 0
               for item in subscription.items)


def apply_terms(ctx: Context, subscription: Subscription, terms: Terms) -> None:
    """Set all that is not an item. Another coupon replaces the discount; none removes it."""
    subscription.collection_method = terms.collection_method
    subscription.days_until_due = terms.days_until_due
    subscription.default_payment_method_id = terms.default_payment_method_id
    subscription.default_tax_rates = terms.default_tax_rates
    subscription.application_fee_percent = terms.application_fee_percent
    subscription.billing_thresholds = terms.billing_thresholds
    subscription.transfer_data = terms.transfer_data
    subscription.description = terms.description
    subscription.automatic_tax_enabled = terms.automatic_tax_enabled
    subscription.discount_id = replace_discount(
        ctx, subscription.discount_id, terms.redemption, customer_id=subscription.customer_id,
        subscription_id=subscription.id, start=ctx.now, currency=subscription.currency)


def terms_in_force(ctx: Context, subscription: Subscription) -> Terms:
    """The subscription's present terms, to change some of them."""
    discount = active_discount(ctx, subscription.discount_id) if subscription.discount_id is not None else None
    return Terms(
        collection_method=subscription.collection_method, days_until_due=subscription.days_until_due,
        default_payment_method_id=subscription.default_payment_method_id, default_tax_rates=subscription.default_tax_rates,
        application_fee_percent=subscription.application_fee_percent, billing_thresholds=subscription.billing_thresholds,
        transfer_data=subscription.transfer_data, description=subscription.description,
        automatic_tax_enabled=subscription.automatic_tax_enabled, coupon_id=None if discount is None else discount.coupon_id,
        promotion_code_id=None if discount is None else discount.promotion_code_id)


def items_in_force(subscription: Subscription) -> list[ItemSpec]:
    """The subscription's present items, to change some of them."""
    return [ItemSpec(price=item.price, quantity=item.quantity, tax_rates=item.tax_rates,
                     billing_thresholds=item.billing_thresholds, metadata=item.metadata_, id=item.id)
            for item in subscription.items]


def _replace_items(ctx: Context, subscription: Subscription, change: Change) -> None:
    assert change.items is not None
    check_items(change.items, subscription.currency, param=change.param)
    kept = {spec.id for spec in change.items if spec.id is not None}
    for item in list(subscription.items):
        if item.id not in kept:
            _remove_item(ctx, subscription, item, bill_usage=change.bill_removed_usage)
    items = {item.id: item for item in subscription.items}
    for spec in change.items:
        if spec.id is None:
            add_item(ctx, subscription, spec)
        else:
            _change_item(ctx, subscription, items[spec.id], spec, bill_usage=change.bill_removed_usage)


def _change_item(ctx: Context, subscription: Subscription, item: SubscriptionItem, spec: ItemSpec, *, bill_usage: bool) -> None:
    old = item.price
    if spec.price.id != old.id or spec.quantity != item.quantity:
        item.changed_at = ctx.now
    if is_metered(old) and not is_metered(spec.price):
        _settle_usage(ctx, subscription, item, bill_usage=bill_usage)
    item.price_id, item.quantity = spec.price.id, spec.quantity
    ctx.session.load([spec.price], "product")
    item.__dict__["price"] = spec.price
    item.tax_rates, item.billing_thresholds = spec.tax_rates, spec.billing_thresholds
    if spec.metadata is not None:
        item.metadata_ = spec.metadata
    if is_metered(spec.price) and not is_metered(old):
        usage.open_summary(ctx, item, start=subscription.current_period_start, end=subscription.current_period_end)
    elif is_metered(spec.price) and spec.price.recurring_aggregate_usage != old.recurring_aggregate_usage:
        usage.reaggregate(ctx, item)


def _remove_item(ctx: Context, subscription: Subscription, item: SubscriptionItem, *, bill_usage: bool) -> None:
    if is_metered(item.price):
        _settle_usage(ctx, subscription, item, bill_usage=bill_usage)
    subscription.items.remove(item)
    # One that was added in this transaction may have closed periods by now: they go with it, by their foreign key.
    ctx.session.flush()
    ctx.session.delete(item)


def _settle_usage(ctx: Context, subscription: Subscription, item: SubscriptionItem, *, bill_usage: bool) -> None:
    """What is open of an item's usage when the item goes."""
    if bill_usage and usage.has_open_usage(ctx, item):
        # Our choice: usage under a price that a phase takes away inside a period is billed on the next invoice, because
        # it was consumed; Stripe does not say what becomes of it.
        quantity, amount = usage.unbilled(usage.current_summary(ctx, item), item.price, subscription.currency)
        invoices.add_pending_item(
            ctx, subscription.customer_id, amount=amount, currency=subscription.currency,
            description=f"{quantity} × {item.price.product.name}", price=item.price, quantity=quantity,
            start=subscription.current_period_start, end=ctx.now, subscription_id=subscription.id,
            subscription_item_id=item.id, tax_rates=item.tax_rates)
    usage.discard_usage(ctx, item)


def _apply_trial(ctx: Context, subscription: Subscription, change: Change) -> bool:
    """Start, move or end the trial; whether that begins a new period."""
    wanted = change.trial_end
    if wanted == "keep" or wanted == subscription.trial_end:
        return False
    if wanted is not None and wanted > ctx.now:
        if subscription.status != "trialing":
            subscription.trial_start = ctx.now
        subscription.trial_end = subscription.billing_cycle_anchor = wanted
        subscription.status = "trialing"
        return True
    if subscription.status == "trialing":
        subscription.status, subscription.trial_end = "active", ctx.now
        subscription.trial_notice_at = None
        subscription.billing_cycle_anchor = ctx.now
        return True
    return False


def _start_over(ctx: Context, subscription: Subscription, change: Change, before: _Before) -> None:
    """A new period from now: credit the old one's rest, bill its usage, and invoice the new one at once."""
    period = before.period
    at = ctx.now if change.proration_date is None else change.proration_date
    _check_proration_date(change, before)
    if change.proration_behavior != "none" and before.status in PRORATING and period.start <= at < period.end:
        lines = prorate(before.states, [], period, at, whole=before.whole)
        add_prorations(ctx, subscription, lines, before.rows)
    closed, usage_lines = close_usage(ctx, subscription, free=before.status == "trialing")
    for line in usage_lines:
        line.end = ctx.now
    if subscription.status != "trialing":
        subscription.billing_cycle_anchor = ctx.now
    begin_period(ctx, subscription)
    billed_usage = [line for line in usage_lines if line.quantity or line.amount]
    _invoice_change(ctx, subscription, change, billed_usage + period_lines(subscription), (period.start, ctx.now))
    for summary in closed:
        summary.invoice_id = subscription.latest_invoice_id


def _begin_invoiced_period(ctx: Context, subscription: Subscription, before: _Before) -> None:
    """The new period that was paid for before it began.

    Our choice: what was used until then goes on into it. The invoice did not bill it, because nobody knew whether the old
    period would end.
    """
    if subscription.status != "trialing":
        subscription.billing_cycle_anchor = ctx.now
    begin_period(ctx, subscription)
    for item in subscription.items:
        if is_metered(item.price):
            usage.resize_open_period(ctx, item, start=before.period.start, end=subscription.current_period_end)


def _prorate_rest(ctx: Context, subscription: Subscription, change: Change, before: _Before) -> None:
    """Credits and debits for the rest of the period, pending or invoiced now."""
    _check_proration_date(change, before)
    if change.proration_behavior == "none" or subscription.status not in PRORATING:
        return
    period = before.period
    at = min(max(ctx.now, period.start), period.end) if change.proration_date is None else change.proration_date
    discounts = subscription_discounts(ctx, subscription)
    after = [state_of(item, subscription.currency, discounts) for item in subscription.items]
    lines = prorate(before.states, after, period, at, whole=before.whole)
    add_prorations(ctx, subscription, lines, before.rows | {item.id: item for item in subscription.items})
    if change.proration_behavior == "always_invoice" and lines:
        _invoice_change(ctx, subscription, change, [], (period.start, ctx.now))


def _check_proration_date(change: Change, before: _Before) -> None:
    at = change.proration_date
    if at is not None and not max(before.period.start, before.changed_at) <= at <= before.period.end:
        raise InvalidRequest("Cannot specify proration date outside of current subscription period",
                             param="proration_date")


def add_prorations(ctx: Context, subscription: Subscription, lines: Sequence[ProrationLine],
                   rows: Mapping[str, SubscriptionItem]) -> None:
    """Pending items for the credits and debits. Emits invoiceitem.created for each."""
    text = off_words(subscription_discounts(ctx, subscription), subscription.currency)
    for line in lines:
        price = ctx.get(Price, line.price)
        assert price is not None
        ctx.session.load([price], "product")
        item = rows[line.item]
        words = unused_time_text if line.credit else remaining_time_text
        invoices.add_pending_item(
            ctx, subscription.customer_id, amount=line.amount, currency=subscription.currency,
            description=words(price.product.name, line.period.start, line.quantity, text), price=price,
            quantity=line.quantity, start=line.period.start, end=line.period.end, proration=True, discountable=False,
            subscription_id=subscription.id, subscription_item_id=item.id, tax_rates=item.tax_rates,
            proration_details={"credited_items": _credited(ctx, subscription, item) if line.credit else None})


def _credited(ctx: Context, subscription: Subscription, item: SubscriptionItem) -> dict[str, object] | None:
    line = ctx.session.first(InvoiceLine, _BILLED_LINE, account_id=ctx.account_id, item_id=item.id,
                             start=subscription.current_period_start, line_type="subscription")
    return None if line is None else {"invoice": line.invoice_id, "invoice_line_items": [line.id]}


def _invoice_change(ctx: Context, subscription: Subscription, change: Change, lines: list[invoices.LineDraft],
                    period: tuple[int, int]) -> None:
    """The invoice of a change: finalised and collected at once, or a draft where a schedule made it."""
    items = invoices.sweep(ctx, subscription.customer_id, subscription.id, only_own=change.reached is None)
    draft = change.draft_invoice or change.reached is not None or subscription.collection_method == "send_invoice"
    reason = "subscription_update" if change.reached is None else "subscription_threshold"
    invoice = draft_subscription_invoice(ctx, subscription, invoices.item_lines(items) + lines, reason=reason, period=period,
                                         auto_advance=draft, reached=change.reached)
    if not draft and not keeps_drafts(subscription):
        _collect(ctx, subscription, change, invoice)
    # Only now: what becomes of the payment is part of the change, and nothing for `standing` to tell of.
    subscription.latest_invoice_id = invoice.id


def _collect(ctx: Context, subscription: Subscription, change: Change, invoice: Invoice) -> None:
    invoices.finalize_invoice(ctx, invoice, fresh=True)
    if invoice.status == "open" and change.payment_behavior != "default_incomplete":
        declined: CardError | None = invoices.collect(ctx, invoice, automatic=False, off_session=change.off_session)
        if change.payment_behavior == "error_if_incomplete" and invoice.status == "open":
            raise invoices.no_payment_method() if declined is None else Refused(declined)
    if invoice.status == "open" and subscription.status == "active":
        subscription.status = "past_due"
    elif invoice.status == "paid" and subscription.status == "past_due":
        subscription.status = "active"


def interval_in_force(subscription: Subscription) -> Interval:
    """How often the subscription renews."""
    return interval_of(subscription.items[0].price)
