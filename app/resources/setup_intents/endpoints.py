"""The routes of setup intents."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.errors import InvalidRequest
from app.resources.client_secrets import find_by_secret, shown_to
from app.resources.setup_intents import operations
from app.resources.setup_intents.params import (
    SetupIntentCancel,
    SetupIntentConfirm,
    SetupIntentCreate,
    SetupIntentList,
    SetupIntentRetrieve,
    SetupIntentUpdate,
    SetupIntentVerify,
)
from app.resources.setup_intents.tables import SetupIntent
from app.wire.endpoint import endpoint
from app.wire.pagination import IS_NULL, Page, list_page

blueprint = Blueprint("setup_intents", __name__)

_PUBLISHABLE = (
    "id", "object", "cancellation_reason", "client_secret", "created", "description", "last_setup_error", "livemode",
    "next_action", "payment_method", "payment_method_types", "status", "usage",
)  # fmt: skip
"""What a browser gets to see of an intent."""


@blueprint.post("/v1/setup_intents")
@endpoint(SetupIntentCreate)
def create_setup_intent(ctx: Context, params: dict[str, Any]) -> SetupIntent:
    """POST /v1/setup_intents"""
    confirm = params.get("confirm", False)
    for name in ("mandate_data", "return_url") if not confirm else ():
        if name in params:
            # Our choice: the words.
            raise InvalidRequest(f"You can only specify `{name}` when `confirm` is true.", param=name)
    intent = operations.create_setup_intent(ctx, params)
    if confirm:
        operations.confirm_setup_intent(ctx, intent, {name: params[name] for name in ("mandate_data",) if name in params})
    return intent


@blueprint.get("/v1/setup_intents")
@endpoint(SetupIntentList)
def list_setup_intents(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/setup_intents: those of test clocks are listed only by customer or payment method."""
    narrowed = "customer" in params or "payment_method" in params
    filters = {
        "attach_to_self": (SetupIntent.attach_to_self, params.get("attach_to_self")),
        "created": (SetupIntent.created, params.get("created")),
        "customer": (SetupIntent.customer_id, params.get("customer")),
        "payment_method": (SetupIntent.payment_method_id, params.get("payment_method")),
        "test_clock": (SetupIntent.test_clock_id, None if narrowed else IS_NULL),
    }
    return list_page(ctx, SetupIntent, params, "/v1/setup_intents", filters=filters)


@blueprint.get("/v1/setup_intents/<id>")
@endpoint(SetupIntentRetrieve, publishable=True)
def retrieve_setup_intent(ctx: Context, params: dict[str, Any], id: str) -> SetupIntent | dict[str, Any]:
    """GET /v1/setup_intents/:intent: only a publishable key needs the `client_secret`."""
    return shown_to(ctx, find_by_secret(ctx, SetupIntent, id, params), _PUBLISHABLE)


@blueprint.post("/v1/setup_intents/<id>")
@endpoint(SetupIntentUpdate)
def update_setup_intent(ctx: Context, params: dict[str, Any], id: str) -> SetupIntent:
    """POST /v1/setup_intents/:intent"""
    intent = ctx.find(SetupIntent, id)
    operations.update_setup_intent(ctx, intent, params)
    return intent


@blueprint.post("/v1/setup_intents/<id>/confirm")
@endpoint(SetupIntentConfirm, publishable=True)
def confirm_setup_intent(ctx: Context, params: dict[str, Any], id: str) -> SetupIntent | dict[str, Any]:
    """POST /v1/setup_intents/:intent/confirm: by a publishable key with the `client_secret`."""
    intent = find_by_secret(ctx, SetupIntent, id, params)
    operations.confirm_setup_intent(ctx, intent, params)
    return shown_to(ctx, intent, _PUBLISHABLE)


@blueprint.post("/v1/setup_intents/<id>/cancel")
@endpoint(SetupIntentCancel)
def cancel_setup_intent(ctx: Context, params: dict[str, Any], id: str) -> SetupIntent:
    """POST /v1/setup_intents/:intent/cancel"""
    intent = ctx.find(SetupIntent, id)
    operations.cancel_setup_intent(ctx, intent, params.get("cancellation_reason"))
    return intent


@blueprint.post("/v1/setup_intents/<id>/verify_microdeposits")
@endpoint(SetupIntentVerify, publishable=True)
def verify_microdeposits(ctx: Context, params: dict[str, Any], id: str) -> SetupIntent | dict[str, Any]:
    """POST /v1/setup_intents/:intent/verify_microdeposits"""
    intent = find_by_secret(ctx, SetupIntent, id, params)
    operations.verify_set_up(ctx, intent, params)
    return shown_to(ctx, intent, _PUBLISHABLE)
