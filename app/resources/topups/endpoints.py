"""The routes of top-ups."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.topups import operations
from app.resources.topups.params import TopupCreate, TopupList, TopupUpdate
from app.resources.topups.tables import Topup
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("topups", __name__)


@blueprint.post("/v1/topups")
@endpoint(TopupCreate)
def create_topup(ctx: Context, params: dict[str, Any]) -> Topup:
    """POST /v1/topups"""
    return operations.create_topup(ctx, params)


@blueprint.get("/v1/topups")
@endpoint(TopupList)
def list_topups(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/topups"""
    filters = {"amount": (Topup.amount, params.get("amount")), "created": (Topup.created, params.get("created")),
               "status": (Topup.status, params.get("status"))}
    return list_page(ctx, Topup, params, "/v1/topups", filters=filters)


@blueprint.get("/v1/topups/<id>")
@endpoint(RetrieveParams)
def retrieve_topup(ctx: Context, params: dict[str, Any], id: str) -> Topup:
    """GET /v1/topups/:id"""
    return ctx.find(Topup, id)


@blueprint.post("/v1/topups/<id>")
@endpoint(TopupUpdate)
def update_topup(ctx: Context, params: dict[str, Any], id: str) -> Topup:
    """POST /v1/topups/:id"""
    return operations.update_topup(ctx.find(Topup, id), params)


@blueprint.post("/v1/topups/<id>/cancel")
@endpoint(RetrieveParams)
def cancel_topup(ctx: Context, params: dict[str, Any], id: str) -> Topup:
    """POST /v1/topups/:id/cancel"""
    return operations.cancel_topup(ctx, ctx.find(Topup, id))
