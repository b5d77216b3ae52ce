"""The routes of transfers and their reversals."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.transfers import operations
from app.resources.transfers.params import (
    TransferCreate,
    TransferList,
    TransferReversalCreate,
    TransferReversalUpdate,
    TransferUpdate,
)
from app.resources.transfers.tables import Transfer, TransferReversal
from app.wire.endpoint import endpoint
from app.wire.pagination import IS_NULL, Page, list_page
from app.wire.params import ListParams, RetrieveParams

blueprint = Blueprint("transfers", __name__)


@blueprint.post("/v1/transfers")
@endpoint(TransferCreate)
def create_transfer(ctx: Context, params: dict[str, Any]) -> Transfer:
    """POST /v1/transfers"""
    return operations.create_transfer(ctx, params)


@blueprint.get("/v1/transfers")
@endpoint(TransferList)
def list_transfers(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/transfers: those of test clocks are listed only by destination or group."""
    narrowed = "destination" in params or "transfer_group" in params
    filters = {
        "created": (Transfer.created, params.get("created")),
        "destination": (Transfer.destination_id, params.get("destination")),
        "test_clock": (Transfer.test_clock_id, None if narrowed else IS_NULL),
        "transfer_group": (Transfer.transfer_group, params.get("transfer_group")),
    }
    return list_page(ctx, Transfer, params, "/v1/transfers", filters=filters)


@blueprint.get("/v1/transfers/<id>")
@endpoint(RetrieveParams)
def retrieve_transfer(ctx: Context, params: dict[str, Any], id: str) -> Transfer:
    """GET /v1/transfers/:id"""
    return ctx.find(Transfer, id)


@blueprint.post("/v1/transfers/<id>")
@endpoint(TransferUpdate)
def update_transfer(ctx: Context, params: dict[str, Any], id: str) -> Transfer:
    """POST /v1/transfers/:id"""
    return operations.update_transfer(ctx, ctx.find(Transfer, id), params)


@blueprint.post("/v1/transfers/<id>/reversals")
@endpoint(TransferReversalCreate)
def create_transfer_reversal(ctx: Context, params: dict[str, Any], id: str) -> TransferReversal:
    """POST /v1/transfers/:id/reversals"""
    return operations.reverse_transfer(ctx, ctx.find(Transfer, id), **params)


@blueprint.get("/v1/transfers/<id>/reversals")
@endpoint(ListParams)
def list_transfer_reversals(ctx: Context, params: dict[str, Any], id: str) -> Page:
    """GET /v1/transfers/:id/reversals"""
    transfer = ctx.find(Transfer, id)
    return list_page(ctx, TransferReversal, params, f"/v1/transfers/{id}/reversals",
                     filters={"transfer": (TransferReversal.transfer_id, transfer.id)})


@blueprint.get("/v1/transfers/<id>/reversals/<reversal>")
@endpoint(RetrieveParams)
def retrieve_transfer_reversal(ctx: Context, params: dict[str, Any], id: str, reversal: str) -> TransferReversal:
    """GET /v1/transfers/:id/reversals/:id"""
    return _of_transfer(ctx, id, reversal)


@blueprint.post("/v1/transfers/<id>/reversals/<reversal>")
@endpoint(TransferReversalUpdate)
def update_transfer_reversal(ctx: Context, params: dict[str, Any], id: str, reversal: str) -> TransferReversal:
    """POST /v1/transfers/:id/reversals/:id"""
    return operations.update_transfer_reversal(_of_transfer(ctx, id, reversal), params)


def _of_transfer(ctx: Context, transfer_id: str, id: str) -> TransferReversal:
    ctx.find(Transfer, transfer_id)
    return ctx.find_under(TransferReversal, id, "transfer_id", transfer_id)
