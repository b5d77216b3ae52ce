"""The routes of payment intents."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.errors import InvalidRequest
from app.resources.client_secrets import find_by_secret, shown_to
from app.resources.invoices import operations as invoices
from app.resources.payment_intents import operations
from app.resources.payment_intents.params import (
    PaymentIntentApplyBalance,
    PaymentIntentCancel,
    PaymentIntentCapture,
    PaymentIntentConfirm,
    PaymentIntentCreate,
    PaymentIntentIncrement,
    PaymentIntentList,
    PaymentIntentRetrieve,
    PaymentIntentUpdate,
    PaymentIntentVerify,
)
from app.resources.payment_intents.tables import PaymentIntent
from app.wire.endpoint import endpoint
from app.wire.pagination import IS_NULL, Page, list_page
from app.wire.search import Numeric, Searchable, SearchPage, SearchParams, Token, search_page

blueprint = Blueprint("payment_intents", __name__)

_SEARCHABLE = Searchable(PaymentIntent, "payment_intents", {
    "amount": Numeric(PaymentIntent.amount),
    "currency": Token(PaymentIntent.currency, case="lower"),
    "customer": Token(PaymentIntent.customer_id, case="exact"),
    "status": Token(PaymentIntent.status, case="lower"),
}, narrowing=("customer",))

_ONLY_CONFIRMING = ("error_on_requires_action", "mandate", "mandate_data", "off_session", "return_url")
"""What may be sent with a creation only when that confirms too."""

_PUBLISHABLE = (
    "id", "object", "amount", "amount_details", "automatic_payment_methods", "canceled_at", "cancellation_reason",
    "capture_method", "client_secret", "confirmation_method", "created", "currency", "description", "last_payment_error",
    "livemode", "next_action", "payment_method", "payment_method_types", "processing", "receipt_email",
    "setup_future_usage", "shipping", "status",
)  # fmt: skip
"""What a browser gets to see of an intent."""


@blueprint.post("/v1/payment_intents")
@endpoint(PaymentIntentCreate)
def create_payment_intent(ctx: Context, params: dict[str, Any]) -> PaymentIntent:
    """POST /v1/payment_intents"""
    confirm = params.get("confirm", False)
    for name in _ONLY_CONFIRMING if not confirm else ():
        if name in params:
            # Our choice: the words.
            raise InvalidRequest(f"You can only specify `{name}` when `confirm` is true.", param=name)
    intent = operations.create_intent(ctx, params)
    if confirm:
        # Of the options those are kept that last; a security code is for this confirmation alone.
        again = (*_ONLY_CONFIRMING, "payment_method_options", "use_stripe_sdk")
        named = {name: value for name, value in params.items() if name in again}
        operations.confirm_intent(ctx, intent, named)
    return intent


@blueprint.get("/v1/payment_intents")
@endpoint(PaymentIntentList)
def list_payment_intents(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/payment_intents: those of test clocks are listed only by customer."""
    filters = {
        "created": (PaymentIntent.created, params.get("created")),
        "customer": (PaymentIntent.customer_id, params.get("customer")),
        "test_clock": (PaymentIntent.test_clock_id, None if "customer" in params else IS_NULL),
    }
    return list_page(ctx, PaymentIntent, params, "/v1/payment_intents", filters=filters)


@blueprint.get(_SEARCHABLE.url)
@endpoint(SearchParams)
def search_payment_intents(ctx: Context, params: dict[str, Any]) -> SearchPage:
    """GET /v1/payment_intents/search"""
    return search_page(ctx, _SEARCHABLE, params)


@blueprint.get("/v1/payment_intents/<id>")
@endpoint(PaymentIntentRetrieve, publishable=True)
def retrieve_payment_intent(ctx: Context, params: dict[str, Any], id: str) -> PaymentIntent | dict[str, Any]:
    """GET /v1/payment_intents/:intent: only a publishable key needs the `client_secret`."""
    return shown_to(ctx, find_by_secret(ctx, PaymentIntent, id, params), _PUBLISHABLE)


@blueprint.post("/v1/payment_intents/<id>")
@endpoint(PaymentIntentUpdate)
def update_payment_intent(ctx: Context, params: dict[str, Any], id: str) -> PaymentIntent:
    """POST /v1/payment_intents/:intent"""
    intent = ctx.find(PaymentIntent, id)
    operations.update_intent(ctx, intent, params)
    return intent


@blueprint.post("/v1/payment_intents/<id>/confirm")
@endpoint(PaymentIntentConfirm, publishable=True)
def confirm_payment_intent(ctx: Context, params: dict[str, Any], id: str) -> PaymentIntent | dict[str, Any]:
    """POST /v1/payment_intents/:intent/confirm: by a publishable key with the `client_secret`."""
    intent = find_by_secret(ctx, PaymentIntent, id, params)
    if intent.invoice_id is None:
        operations.confirm_intent(ctx, intent, params)
    else:
        invoices.confirm_invoice_payment(ctx, intent, params)
    return shown_to(ctx, intent, _PUBLISHABLE)


@blueprint.post("/v1/payment_intents/<id>/cancel")
@endpoint(PaymentIntentCancel)
def cancel_payment_intent(ctx: Context, params: dict[str, Any], id: str) -> PaymentIntent:
    """POST /v1/payment_intents/:intent/cancel"""
    intent = ctx.find(PaymentIntent, id)
    operations.cancel_by_request(ctx, intent, params.get("cancellation_reason"))
    return intent


@blueprint.post("/v1/payment_intents/<id>/capture")
@endpoint(PaymentIntentCapture)
def capture_payment_intent(ctx: Context, params: dict[str, Any], id: str) -> PaymentIntent:
    """POST /v1/payment_intents/:intent/capture"""
    intent = ctx.find(PaymentIntent, id)
    operations.capture_intent(ctx, intent, params)
    return intent


@blueprint.post("/v1/payment_intents/<id>/increment_authorization")
@endpoint(PaymentIntentIncrement)
def increment_authorization(ctx: Context, params: dict[str, Any], id: str) -> PaymentIntent:
    """POST /v1/payment_intents/:intent/increment_authorization"""
    intent = ctx.find(PaymentIntent, id)
    operations.increment_authorization(ctx, intent, params)
    return intent


@blueprint.post("/v1/payment_intents/<id>/apply_customer_balance")
@endpoint(PaymentIntentApplyBalance)
def apply_customer_balance(ctx: Context, params: dict[str, Any], id: str) -> PaymentIntent:
    """POST /v1/payment_intents/:intent/apply_customer_balance"""
    intent = ctx.find(PaymentIntent, id)
    invoices.apply_customer_balance(ctx, intent, params)
    return intent


@blueprint.post("/v1/payment_intents/<id>/verify_microdeposits")
@endpoint(PaymentIntentVerify, publishable=True)
def verify_microdeposits(ctx: Context, params: dict[str, Any], id: str) -> PaymentIntent | dict[str, Any]:
    """POST /v1/payment_intents/:intent/verify_microdeposits"""
    intent = find_by_secret(ctx, PaymentIntent, id, params)
    invoices.verify_payment(ctx, intent, params)
    return shown_to(ctx, intent, _PUBLISHABLE)
