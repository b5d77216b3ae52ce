"""How a subscription begins: its items, its first period, its first invoice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select

from app.context import Context
from app.db.session import Prepared
from app.domain.descriptions import remaining_time_text
from app.domain.periods import Interval, period_containing
from app.domain.proration import amount_between
from app.domain.tiers import amount_of
from app.errors import CardError, InvalidRequest
from app.events.emit import emit
from app.resources.coupons.operations import replace_discount
from app.resources.customers.tables import Customer
from app.resources.invoices import operations as invoices
from app.resources.invoices.operations import LineDraft, settle_currency
from app.resources.invoices.tables import Invoice
from app.resources.prices.operations import terms_of
from app.resources.subscriptions.operations.drafting import draft_subscription_invoice, remember_payment_method
from app.resources.subscriptions.operations.pending_items import plan_item_invoice
from app.resources.subscriptions.operations.setting_up import ask_for_payment_method
from app.resources.subscriptions.operations.terms import (
    ItemSpec,
    Terms,
    check_items,
    is_metered,
    off_words,
    period_line,
    state_of,
    subscription_discounts,
    trial_line,
)
from app.resources.subscriptions.tables import Subscription, SubscriptionItem
from app.resources.usage_records import operations as usage

DAY = 86_400

SUBSCRIPTIONS_MAX = {"documented": 500, "strict": 3}
"""Active or scheduled subscriptions of a customer, by the sandbox's `limits`; `strict` counts on test clocks only."""

_GOING_ON = Prepared(select(func.count()).where(
    Subscription.account_id == bindparam("account_id"), Subscription.customer_id == bindparam("customer_id"),
    Subscription.status != "canceled", Subscription.status != "incomplete_expired"))


def start_subscription(
    ctx: Context, customer: Customer, specs: Sequence[ItemSpec], terms: Terms, *, currency: str, start_date: int | None = None,
    anchor: int | None = None, trial_end: int | None = None, proration_behavior: str = "create_prorations",
    metadata: Mapping[str, str] | None = None, schedule_id: str | None = None, first_invoice: str = "draft",
    add_items: Sequence[Mapping[str, Any]] = (), payment_behavior: str = "allow_incomplete", param: str = "items",
    cancel_at: int | None = None, cancel_at_period_end: bool = False, off_session: bool = False,
    settings: Mapping[str, Any] | None = None, quote_id: str | None = None,
) -> Subscription:
    """A subscription with its items and its first invoice, billed in `currency`.

    `start_date` before now is billed back; an `anchor` other than now makes a first partial period, and so does a
    `cancel_at` that comes before the next boundary. `first_invoice` says how the invoice goes on: `draft` (a schedule's:
    it finalises itself later, and the subscription is active at once) or `finalize` (now, and what becomes of the payment
    decides about the status). `add_items` are the arguments of further one-time items on it, `settings` further columns.
    `quote_id` is the quote whose acceptance this is. Emits customer.subscription.created: before the events of a draft,
    after those of an invoice that is finalised.
    """
    interval = check_items(specs, currency, param=param)
    settle_currency(ctx, customer, currency)
    now = ctx.now
    trialing = trial_end is not None and trial_end > now
    anchor = trial_end if trialing and anchor is None else now if anchor is None else anchor
    assert anchor is not None
    end = trial_end if trialing else period_containing(anchor, interval, now).end if anchor <= now else anchor
    assert end is not None
    if cancel_at is not None:
        end = min(end, cancel_at)
    elif cancel_at_period_end:
        cancel_at = end
    subscription = Subscription(
        application_fee_percent=terms.application_fee_percent, automatic_tax_enabled=terms.automatic_tax_enabled,
        billing_cycle_anchor=anchor, billing_thresholds=terms.billing_thresholds, cancel_at=cancel_at,
        cancel_at_period_end=cancel_at_period_end, canceled_at=None if cancel_at is None else now,
        collection_method=terms.collection_method, currency=currency, current_period_end=end, current_period_start=now,
        customer_id=customer.id, days_until_due=terms.days_until_due,
        default_payment_method_id=terms.default_payment_method_id, default_tax_rates=terms.default_tax_rates,
        description=terms.description, schedule_id=schedule_id, start_date=min(start_date or now, now),
        status="trialing" if trialing else "active", transfer_data=terms.transfer_data,
        trial_end=trial_end if trialing else None, trial_start=now if trialing else None, metadata_=dict(metadata or {}))
    ctx.add(subscription)
    subscription.__dict__.update({"customer": customer, "items": [], **(settings or {})})
    for spec in specs:
        add_item(ctx, subscription, spec)
    subscription.discount_id = replace_discount(
        ctx, None, terms.redemption, customer_id=customer.id, subscription_id=subscription.id,
        start=subscription.start_date, currency=currency)
    plan_notices(ctx, subscription)
    for values in add_items:
        invoices.add_pending_item(ctx, customer.id, subscription_id=subscription.id, **values)
    if proration_behavior != "none" and subscription.start_date < now:
        _bill_back(ctx, subscription, interval)
    lines = _first_lines(subscription, interval, proration_behavior)
    items = invoices.sweep(ctx, customer.id, subscription.id)
    if first_invoice == "draft":
        if lines or items:
            subscription.latest_invoice_id = ctx.ids.new(Invoice.id_prefix, Invoice.id_length, Invoice.id_lead)
        _announce(ctx, subscription)
    if lines or items:
        draft = first_invoice == "draft"
        invoice = _first_invoice(ctx, subscription, lines, items, keep_draft=draft, quote_id=quote_id)
        if first_invoice == "finalize" and subscription.collection_method == "charge_automatically":
            _collect_first(ctx, subscription, invoice, payment_behavior, off_session=off_session)
        # Only now: a subscription without a latest invoice is one that nobody has heard of, see `standing`.
        subscription.latest_invoice_id = invoice.id
    if first_invoice == "finalize":
        _announce(ctx, subscription)
    return subscription


def _announce(ctx: Context, subscription: Subscription) -> None:
    """Emits customer.subscription.created, and customer.subscription.trial_will_end where that is soon."""
    emit(ctx, "customer.subscription.created", subscription)
    if subscription.trial_notice_at is not None and subscription.trial_notice_at <= ctx.now:
        subscription.trial_notice_at = None
        emit(ctx, "customer.subscription.trial_will_end", subscription)


def check_count(ctx: Context, customer: Customer, *, waiting: int = 0) -> None:
    """Raises when the customer has all the subscriptions that are allowed, `waiting` ones of schedules included."""
    maximum = SUBSCRIPTIONS_MAX.get(ctx.choices.limits)
    if maximum is None:
        return
    if ctx.choices.limits == "strict" and ctx.test_clock_id is None:
        maximum = SUBSCRIPTIONS_MAX["documented"]
    if waiting + ctx.session.scalar(_GOING_ON, account_id=ctx.account_id, customer_id=customer.id) >= maximum:
        # Our choice: the words.
        raise InvalidRequest(f"Customer {customer.id} already has the maximum of {maximum} active or scheduled "
                             "subscriptions.", code="customer_max_subscriptions")


def add_item(ctx: Context, subscription: Subscription, spec: ItemSpec) -> SubscriptionItem:
    """One more item, and the summary that its usage will gather in."""
    item = ctx.add(SubscriptionItem(
        id=spec.new_id, billing_thresholds=spec.billing_thresholds, price_id=spec.price.id, quantity=spec.quantity,
        subscription_id=subscription.id, tax_rates=spec.tax_rates, changed_at=ctx.now, metadata_=dict(spec.metadata or {})))
    ctx.session.load([spec.price], "product")
    item.__dict__["price"] = spec.price
    subscription.items.append(item)
    if is_metered(spec.price):
        usage.open_summary(ctx, item, start=subscription.current_period_start, end=subscription.current_period_end)
    return item


def plan_notices(ctx: Context, subscription: Subscription) -> None:
    """What is to come in the period that has just begun: the end of the trial, the next renewal, an invoice before it."""
    plan_renewal_notice(ctx, subscription)
    plan_item_invoice(subscription, ctx.now)
    if subscription.status == "trialing":
        assert subscription.trial_end is not None
        subscription.trial_notice_at = max(subscription.trial_end - ctx.choices.trial_will_end_lead_days * DAY, ctx.now)


def plan_renewal_notice(ctx: Context, subscription: Subscription) -> None:
    """When to announce the next renewal."""
    lead = ctx.choices.invoice_upcoming_lead_days * DAY
    length = subscription.current_period_end - subscription.current_period_start
    # Our choice: no notice where the lead is as long as the period, because it would come before the period itself.
    subscription.upcoming_notice_at = subscription.current_period_end - lead if lead < length else None


def _bill_back(ctx: Context, subscription: Subscription, interval: Interval) -> None:
    """The time before now of a backdated start, as pending prorations for the first invoice."""
    discounts = subscription_discounts(ctx, subscription)
    for item in subscription.items:
        if is_metered(item.price):
            continue
        quantity = item.quantity or 0
        amount = amount_between(state_of(item, subscription.currency, discounts).amount, subscription.start_date, interval,
                                subscription.start_date, ctx.now)
        text = remaining_time_text(item.price.product.name, subscription.start_date, quantity,
                                   off_words(discounts, subscription.currency))
        invoices.add_pending_item(
            ctx, subscription.customer_id, amount=amount, currency=subscription.currency, description=text, price=item.price,
            quantity=quantity, start=subscription.start_date, end=ctx.now, proration=True, discountable=False,
            subscription_id=subscription.id, subscription_item_id=item.id, tax_rates=item.tax_rates)


def _first_lines(subscription: Subscription, interval: Interval, proration_behavior: str) -> list[LineDraft]:
    start, end = subscription.current_period_start, subscription.current_period_end
    if subscription.status == "trialing":
        licensed = [item for item in subscription.items if not is_metered(item.price)]
        # Our choice: where all is metered, each has a line of nothing, so that there is an invoice.
        return [trial_line(subscription, item, start, end) for item in licensed or subscription.items]
    if subscription.billing_cycle_anchor > start and proration_behavior == "none":
        # Stripe: free until the anchor, and no invoice at all until then (behaviour reference, 3.4).
        return []
    partial = subscription.billing_cycle_anchor != start or subscription.cancel_at == end
    lines = []
    for item in subscription.items:
        if is_metered(item.price):
            lines.append(period_line(subscription, item, start, end, quantity=0, amount=0))
        elif partial:
            whole = amount_of(terms_of(item.price, subscription.currency), item.quantity or 0)
            amount = amount_between(whole, subscription.billing_cycle_anchor, interval, start, end)
            lines.append(period_line(subscription, item, start, end, amount=amount))
        else:
            lines.append(period_line(subscription, item, start, end))
    return lines


def _first_invoice(ctx: Context, subscription: Subscription, lines: list[LineDraft], items: list[Any], *,
                   keep_draft: bool, quote_id: str | None) -> Invoice:
    return draft_subscription_invoice(
        ctx, subscription, invoices.item_lines(items) + lines,
        reason="subscription_create" if quote_id is None else "quote_accept", period=(ctx.now, ctx.now),
        auto_advance=keep_draft or subscription.collection_method == "send_invoice",
        id=subscription.latest_invoice_id, quote_id=quote_id)


def _collect_first(ctx: Context, subscription: Subscription, invoice: Invoice, payment_behavior: str, *,
                   off_session: bool) -> None:
    """Finalise and charge the first invoice inside the request; what comes of it is the subscription's status."""
    if invoice.amount_due > 0 and payment_behavior != "default_incomplete":
        method = invoices.payment_method_of(ctx, invoice)
        if method is None and ctx.choices.missing_payment_method == "refuse":
            raise invoices.no_payment_method()
    # Until the money is there the subscription is incomplete; a settlement of nothing makes it active at once.
    status = subscription.status
    if invoice.amount_due > 0:
        subscription.status, subscription.expires_at = "incomplete", ctx.now + ctx.choices.incomplete_expires_after_s
        subscription.upcoming_notice_at = None
    invoices.finalize_invoice(ctx, invoice, fresh=True)
    if invoice.status == "open" and payment_behavior != "default_incomplete":
        declined: CardError | None = invoices.collect(ctx, invoice, automatic=False, off_session=off_session)
        if declined is not None and payment_behavior == "error_if_incomplete":
            raise Refused(declined)
    if invoice.status == "paid" or invoices.awaits_bank(ctx, invoice):
        subscription.status, subscription.expires_at = status, None
        remember_payment_method(ctx, subscription, invoice)
        ask_for_payment_method(ctx, subscription, invoice)
        plan_notices(ctx, subscription)


class Refused(CardError):
    """A decline after which nothing is kept: `payment_behavior=error_if_incomplete`."""

    commits = False

    def __init__(self, declined: CardError) -> None:
        message, code = declined.message, declined.code
        if code == "invoice_payment_intent_requires_action":
            message = (
                "Payment for this subscription requires additional user action before it can be completed successfully. "
                "Payment can be completed using the PaymentIntent associated with `subscription.latest_invoice`. "
                "Additional information is available here: "
                "https://stripe.com/docs/billing/subscriptions/overview#requires-action")
            code = "subscription_payment_intent_requires_action"
        super().__init__(message, code=code, decline_code=declined.decline_code, param=declined.param,
                         payment_method=declined.payment_method, extra=declined.extra)
