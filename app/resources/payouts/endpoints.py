"""The routes of payouts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.payouts import operations
from app.resources.payouts.params import PayoutCreate, PayoutList, PayoutReverse, PayoutUpdate
from app.resources.payouts.tables import Payout
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("payouts", __name__)


@blueprint.post("/v1/payouts")
@endpoint(PayoutCreate)
def create_payout(ctx: Context, params: dict[str, Any]) -> Payout:
    """POST /v1/payouts"""
    return operations.create_payout(ctx, params)


@blueprint.get("/v1/payouts")
@endpoint(PayoutList)
def list_payouts(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/payouts"""
    columns = {"arrival_date": Payout.arrival_date, "created": Payout.created, "destination": Payout.destination_id,
               "status": Payout.status}
    filters = {name: (column, params.get(name)) for name, column in columns.items()}
    return list_page(ctx, Payout, params, "/v1/payouts", filters=filters)


@blueprint.get("/v1/payouts/<id>")
@endpoint(RetrieveParams)
def retrieve_payout(ctx: Context, params: dict[str, Any], id: str) -> Payout:
    """GET /v1/payouts/:id"""
    return ctx.find(Payout, id)


@blueprint.post("/v1/payouts/<id>")
@endpoint(PayoutUpdate)
def update_payout(ctx: Context, params: dict[str, Any], id: str) -> Payout:
    """POST /v1/payouts/:id"""
    return operations.update_payout(ctx, ctx.find(Payout, id), params)


@blueprint.post("/v1/payouts/<id>/cancel")
@endpoint(RetrieveParams)
def cancel_payout(ctx: Context, params: dict[str, Any], id: str) -> Payout:
    """POST /v1/payouts/:id/cancel"""
    return operations.cancel_payout(ctx, ctx.find(Payout, id))


@blueprint.post("/v1/payouts/<id>/reverse")
@endpoint(PayoutReverse)
def reverse_payout(ctx: Context, params: dict[str, Any], id: str) -> Payout:
    """POST /v1/payouts/:id/reverse: answers the payout that fetches the money back."""
    return operations.reverse_payout(ctx, ctx.find(Payout, id), params)
