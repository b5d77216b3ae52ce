"""The routes of disputes, which older clients reach under their charge."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.errors import InvalidRequest
from app.resources.charges.tables import Charge
from app.resources.disputes import operations
from app.resources.disputes.params import DisputeList, DisputeUpdate
from app.resources.disputes.tables import Dispute
from app.wire.endpoint import endpoint
from app.wire.pagination import IS_NULL, Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("disputes", __name__)


@blueprint.get("/v1/disputes")
@endpoint(DisputeList)
def list_disputes(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/disputes: those on test clocks are listed only by charge or payment intent."""
    narrowed = "charge" in params or "payment_intent" in params
    filters = {
        "charge": (Dispute.charge_id, params.get("charge")),
        "created": (Dispute.created, params.get("created")),
        "payment_intent": (Dispute.payment_intent_id, params.get("payment_intent")),
        "test_clock": (Dispute.test_clock_id, None if narrowed else IS_NULL),
    }
    return list_page(ctx, Dispute, params, "/v1/disputes", filters=filters)


@blueprint.get("/v1/disputes/<id>")
@endpoint(RetrieveParams)
def retrieve_dispute(ctx: Context, params: dict[str, Any], id: str) -> Dispute:
    """GET /v1/disputes/:dispute"""
    return ctx.find(Dispute, id)


@blueprint.post("/v1/disputes/<id>")
@endpoint(DisputeUpdate)
def update_dispute(ctx: Context, params: dict[str, Any], id: str) -> Dispute:
    """POST /v1/disputes/:dispute"""
    return operations.update_dispute(ctx, ctx.find(Dispute, id), params)


@blueprint.post("/v1/disputes/<id>/close")
@endpoint(RetrieveParams)
def close_dispute(ctx: Context, params: dict[str, Any], id: str) -> Dispute:
    """POST /v1/disputes/:dispute/close"""
    return operations.close_dispute(ctx, ctx.find(Dispute, id))


@blueprint.get("/v1/charges/<id>/dispute")
@endpoint(RetrieveParams)
def retrieve_charge_dispute(ctx: Context, params: dict[str, Any], id: str) -> Dispute:
    """GET /v1/charges/:charge/dispute: of several the newest, here and in the two routes below."""
    return _of_charge(ctx, id)


@blueprint.post("/v1/charges/<id>/dispute")
@endpoint(DisputeUpdate)
def update_charge_dispute(ctx: Context, params: dict[str, Any], id: str) -> Dispute:
    """POST /v1/charges/:charge/dispute"""
    return operations.update_dispute(ctx, _of_charge(ctx, id), params)


@blueprint.post("/v1/charges/<id>/dispute/close")
@endpoint(RetrieveParams)
def close_charge_dispute(ctx: Context, params: dict[str, Any], id: str) -> Dispute:
    """POST /v1/charges/:charge/dispute/close"""
    return operations.close_dispute(ctx, _of_charge(ctx, id))


def _of_charge(ctx: Context, charge_id: str) -> Dispute:
    charge = ctx.find(Charge, charge_id)
    if charge.dispute_id is None:
        # Our choice: the words.
        raise InvalidRequest(f"No dispute for charge: '{charge_id}'", status=404, code="resource_missing",
                             param=Charge.path_param)
    return ctx.find(Dispute, charge.dispute_id)
