"""The invoices of a subscription, with what it hands down to them."""

from __future__ import annotations

from typing import Any

from app.context import Context
from app.resources.coupons.operations import discount_in_force
from app.resources.invoices import operations as invoices
from app.resources.invoices.operations import LineDraft, Reached
from app.resources.invoices.tables import Invoice
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.subscriptions.operations.pausing import keeps_drafts, pause_behavior
from app.resources.subscriptions.tables import Subscription


def draft_subscription_invoice(ctx: Context, subscription: Subscription, lines: list[LineDraft], *, reason: str,
                               period: tuple[int, int], auto_advance: bool, reached: Reached | None = None,
                               preview: bool = False, id: str | None = None, quote_id: str | None = None) -> Invoice:
    """A draft of the subscription's. With `auto_advance` it goes on by itself, unless collection is paused or given up.

    `id` is one that was announced already.
    """
    ctx.session.load([subscription], "customer")
    values: dict[str, Any] = {} if id is None else {"id": id}
    discount = discount_in_force(ctx, subscription.customer, subscription.discount_id)
    if discount is not None:
        values["discounts"] = [discount.id]
    if subscription.default_tax_rates:
        values["default_tax_rates"] = subscription.default_tax_rates
    if subscription.description is not None:
        values["description"] = subscription.description
    if subscription.automatic_tax_enabled:
        values["automatic_tax_enabled"] = True
    if subscription.application_fee_percent is not None:
        values["application_fee_percent"] = subscription.application_fee_percent
    if subscription.transfer_data is not None:
        values["transfer_destination_id"] = subscription.transfer_data["destination"]
        percent = subscription.transfer_data["amount_percent"]
        values["transfer_percent"] = None if percent is None else f"{percent:g}"
    if subscription.payment_settings is not None:
        values["payment_settings"] = _payment_settings(subscription.payment_settings)
    if subscription.pause_collection is not None:
        values["pause_behavior"] = pause_behavior(subscription)
    if quote_id is not None:
        values["quote_id"] = quote_id
    invoice = invoices.draft_invoice(
        ctx, subscription.customer, lines, reason=reason, currency=subscription.currency, period=period,
        subscription_id=subscription.id, auto_advance=auto_advance and not keeps_drafts(subscription),
        collection_method=subscription.collection_method, days_until_due=subscription.days_until_due, values=values,
        reached=reached, preview=preview)
    invoice.__dict__["subscription"] = subscription
    return invoice


def _payment_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """What an invoice has of its subscription's payment settings: the mandate of a card is the subscription's alone."""
    options = settings.get("payment_method_options")
    if options is not None and options.get("card") is not None:
        options = options | {"card": {name: value for name, value in options["card"].items() if name != "mandate_options"}}
    return {"payment_method_options": options, "payment_method_types": settings.get("payment_method_types")}


def remember_payment_method(ctx: Context, subscription: Subscription, invoice: Invoice) -> None:
    """Make what paid the invoice the subscription's default, where its payment settings say `on_subscription`."""
    if (subscription.payment_settings or {}).get("save_default_payment_method") != "on_subscription":
        return
    intent = ctx.get(PaymentIntent, invoice.payment_intent_id)
    if intent is not None and intent.status == "succeeded" and intent.payment_method_id is not None:
        subscription.default_payment_method_id = intent.payment_method_id
        subscription.__dict__.pop("default_payment_method", None)
