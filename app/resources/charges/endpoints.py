"""The routes of charges."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from sqlalchemy import case, null

from app.context import Context
from app.db.text import json_text
from app.resources.charges import operations
from app.resources.charges.params import ChargeCapture, ChargeCreate, ChargeList, ChargeUpdate
from app.resources.charges.tables import Charge
from app.resources.payment_intents.operations import capture_by_charge
from app.wire.endpoint import endpoint
from app.wire.pagination import IS_NULL, Page, list_page
from app.wire.params import RetrieveParams
from app.wire.search import Flag, Numeric, Searchable, SearchPage, SearchParams, Token, search_page

blueprint = Blueprint("charges", __name__)

_SEARCHABLE = Searchable(Charge, "charges", {
    "amount": Numeric(Charge.amount),
    "currency": Token(Charge.currency, case="lower"),
    "customer": Token(Charge.customer_id, case="exact"),
    "disputed": Flag(Charge.disputed),
    **{f"payment_method_details.card.{fact}": Token(json_text(Charge.payment_method_details, "card", fact))
       for fact in ("brand", "exp_month", "exp_year", "fingerprint", "last4")},
    # Stripe tells all from part by this field: null finds what was not refunded.
    "refunded": Token(case((Charge.amount_refunded == 0, null()), (Charge.amount_refunded == Charge.amount, "true"),
                           else_="false"), case="lower"),
    "status": Token(Charge.status, case="lower"),
}, narrowing=("customer",))


@blueprint.post("/v1/charges")
@endpoint(ChargeCreate)
def create_charge(ctx: Context, params: dict[str, Any]) -> Charge:
    """POST /v1/charges, with a card, a customer, or a connected account that is debited."""
    return operations.create_charge(ctx, params)


@blueprint.get("/v1/charges")
@endpoint(ChargeList)
def list_charges(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/charges: those of test clocks are listed only by customer or payment intent."""
    if "transfer_group" in params:
        operations.check_group(ctx, params["transfer_group"])
    narrowed = "customer" in params or "payment_intent" in params
    filters = {
        "created": (Charge.created, params.get("created")),
        "customer": (Charge.customer_id, params.get("customer")),
        "payment_intent": (Charge.payment_intent_id, params.get("payment_intent")),
        "test_clock": (Charge.test_clock_id, None if narrowed else IS_NULL),
        "transfer_group": (Charge.transfer_group, params.get("transfer_group")),
    }
    return list_page(ctx, Charge, params, "/v1/charges", filters=filters)


@blueprint.get(_SEARCHABLE.url)
@endpoint(SearchParams)
def search_charges(ctx: Context, params: dict[str, Any]) -> SearchPage:
    """GET /v1/charges/search"""
    return search_page(ctx, _SEARCHABLE, params)


@blueprint.get("/v1/charges/<id>")
@endpoint(RetrieveParams)
def retrieve_charge(ctx: Context, params: dict[str, Any], id: str) -> Charge:
    """GET /v1/charges/:charge"""
    return ctx.find(Charge, id)


@blueprint.post("/v1/charges/<id>")
@endpoint(ChargeUpdate)
def update_charge(ctx: Context, params: dict[str, Any], id: str) -> Charge:
    """POST /v1/charges/:charge"""
    charge = ctx.find(Charge, id)
    operations.update_charge(ctx, charge, params)
    return charge


@blueprint.post("/v1/charges/<id>/capture")
@endpoint(ChargeCapture)
def capture_charge(ctx: Context, params: dict[str, Any], id: str) -> Charge:
    """POST /v1/charges/:charge/capture: also settles the payment intent that the charge belongs to."""
    return capture_by_charge(ctx, id, params)
