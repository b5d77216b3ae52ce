"""The routes of refunds, which older clients reach under their charge."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.charges.tables import Charge
from app.resources.refunds import operations
from app.resources.refunds.params import ChargeRefund, ChargeRefundCreate, RefundCreate, RefundList, RefundUpdate
from app.resources.refunds.tables import Refund
from app.wire.endpoint import endpoint
from app.wire.pagination import IS_NULL, Page, list_page
from app.wire.params import ListParams, RetrieveParams

blueprint = Blueprint("refunds", __name__)


@blueprint.post("/v1/refunds")
@endpoint(RefundCreate)
def create_refund(ctx: Context, params: dict[str, Any]) -> Refund:
    """POST /v1/refunds"""
    return operations.create_refund(ctx, params)


@blueprint.get("/v1/refunds")
@endpoint(RefundList)
def list_refunds(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/refunds: those on test clocks are listed only by charge or payment intent."""
    return _page(ctx, params, "/v1/refunds")


@blueprint.get("/v1/refunds/<id>")
@endpoint(RetrieveParams)
def retrieve_refund(ctx: Context, params: dict[str, Any], id: str) -> Refund:
    """GET /v1/refunds/:id"""
    return ctx.find(Refund, id)


@blueprint.post("/v1/refunds/<id>")
@endpoint(RefundUpdate)
def update_refund(ctx: Context, params: dict[str, Any], id: str) -> Refund:
    """POST /v1/refunds/:id"""
    return operations.update_refund(ctx, ctx.find(Refund, id), params)


@blueprint.post("/v1/refunds/<id>/cancel")
@endpoint(RetrieveParams)
def cancel_refund(ctx: Context, params: dict[str, Any], id: str) -> Refund:
    """POST /v1/refunds/:id/cancel: only a refund that waits for its customer can be canceled."""
    return operations.cancel_refund(ctx, operations.held_refund(ctx, id))


@blueprint.post("/v1/test_helpers/refunds/<id>/expire")
@endpoint(RetrieveParams)
def expire_refund(ctx: Context, params: dict[str, Any], id: str) -> Refund:
    """POST /v1/test_helpers/refunds/:refund/expire: as if its customer had not answered in time."""
    return operations.expire_refund(ctx, operations.held_refund(ctx, id))


@blueprint.post("/v1/charges/<id>/refund")
@endpoint(ChargeRefund)
def refund_charge(ctx: Context, params: dict[str, Any], id: str) -> Charge:
    """POST /v1/charges/:id/refund: answers the charge."""
    charge = ctx.find(Charge, id)
    operations.create_refund(ctx, params | {"charge": id})
    return charge


@blueprint.post("/v1/charges/<id>/refunds")
@endpoint(ChargeRefundCreate)
def create_charge_refund(ctx: Context, params: dict[str, Any], id: str) -> Refund:
    """POST /v1/charges/:id/refunds"""
    ctx.find(Charge, id)
    return operations.create_refund(ctx, params | {"charge": id})


@blueprint.get("/v1/charges/<id>/refunds")
@endpoint(ListParams)
def list_charge_refunds(ctx: Context, params: dict[str, Any], id: str) -> Page:
    """GET /v1/charges/:id/refunds"""
    ctx.find(Charge, id)
    return _page(ctx, params | {"charge": id}, f"/v1/charges/{id}/refunds")


@blueprint.get("/v1/charges/<id>/refunds/<refund>")
@endpoint(RetrieveParams)
def retrieve_charge_refund(ctx: Context, params: dict[str, Any], id: str, refund: str) -> Refund:
    """GET /v1/charges/:id/refunds/:refund"""
    return _of_charge(ctx, id, refund)


@blueprint.post("/v1/charges/<id>/refunds/<refund>")
@endpoint(RefundUpdate)
def update_charge_refund(ctx: Context, params: dict[str, Any], id: str, refund: str) -> Refund:
    """POST /v1/charges/:id/refunds/:refund"""
    return operations.update_refund(ctx, _of_charge(ctx, id, refund), params)


def _of_charge(ctx: Context, charge_id: str, id: str) -> Refund:
    ctx.find(Charge, charge_id)
    return ctx.find_under(Refund, id, "charge_id", charge_id)


def _page(ctx: Context, params: dict[str, Any], url: str) -> Page:
    narrowed = "charge" in params or "payment_intent" in params
    filters = {
        "charge": (Refund.charge_id, params.get("charge")),
        "created": (Refund.created, params.get("created")),
        "payment_intent": (Refund.payment_intent_id, params.get("payment_intent")),
        "test_clock": (Refund.test_clock_id, None if narrowed else IS_NULL),
    }
    return list_page(ctx, Refund, params, url, filters=filters)
