"""The routes of payment intents."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.payment_intents.params import PaymentIntentList, PaymentIntentRetrieve
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
@endpoint(PaymentIntentRetrieve)
def retrieve_payment_intent(ctx: Context, params: dict[str, Any], id: str) -> PaymentIntent:
    """GET /v1/payment_intents/:intent: a secret key needs no `client_secret`."""
    return ctx.find(PaymentIntent, id)
