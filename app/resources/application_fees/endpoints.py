"""The routes of application fees and their refunds."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from sqlalchemy import bindparam, or_

from app.context import Context
from app.resources.accounts.operations import check_platform
from app.resources.application_fees import operations
from app.resources.application_fees.params import (
    ApplicationFeeList,
    ApplicationFeeRefundCreate,
    ApplicationFeeRefundUpdate,
    ApplicationFeeRefundWhole,
)
from app.resources.application_fees.tables import ApplicationFee, ApplicationFeeRefund
from app.wire.endpoint import endpoint
from app.wire.pagination import IS_NULL, Page, list_page
from app.wire.params import ListParams, RetrieveParams

blueprint = Blueprint("application_fees", __name__)

# Our choice: the platform's own charge finds its fee as well as the payment on the connected account does.
_OF_CHARGE = "charge", or_(ApplicationFee.charge_id == bindparam("of_charge"),
                           ApplicationFee.originating_transaction_id == bindparam("of_charge"))


@blueprint.get("/v1/application_fees")
@endpoint(ApplicationFeeList)
def list_application_fees(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/application_fees: those of test clocks are listed only by charge."""
    check_platform(ctx)
    charge = params.get("charge")
    filters = {"created": (ApplicationFee.created, params.get("created")),
               "test_clock": (ApplicationFee.test_clock_id, IS_NULL if charge is None else None)}
    return list_page(ctx, ApplicationFee, params, "/v1/application_fees", filters=filters,
                     where=None if charge is None else _OF_CHARGE, where_values={"of_charge": charge})


@blueprint.get("/v1/application_fees/<id>")
@endpoint(RetrieveParams)
def retrieve_application_fee(ctx: Context, params: dict[str, Any], id: str) -> ApplicationFee:
    """GET /v1/application_fees/:id"""
    return ctx.find(ApplicationFee, id)


@blueprint.post("/v1/application_fees/<id>/refund")
@endpoint(ApplicationFeeRefundWhole)
def refund_application_fee(ctx: Context, params: dict[str, Any], id: str) -> ApplicationFee:
    """POST /v1/application_fees/:id/refund: the older way, which answers the fee. `directive` changes nothing."""
    fee = ctx.find(ApplicationFee, id)
    operations.refund_application_fee(ctx, fee, params.get("amount"))
    return fee


@blueprint.post("/v1/application_fees/<id>/refunds")
@endpoint(ApplicationFeeRefundCreate)
def create_application_fee_refund(ctx: Context, params: dict[str, Any], id: str) -> ApplicationFeeRefund:
    """POST /v1/application_fees/:id/refunds"""
    return operations.refund_application_fee(ctx, ctx.find(ApplicationFee, id), **params)


@blueprint.get("/v1/application_fees/<id>/refunds")
@endpoint(ListParams)
def list_application_fee_refunds(ctx: Context, params: dict[str, Any], id: str) -> Page:
    """GET /v1/application_fees/:id/refunds"""
    fee = ctx.find(ApplicationFee, id)
    return list_page(ctx, ApplicationFeeRefund, params, f"/v1/application_fees/{id}/refunds",
                     filters={"fee": (ApplicationFeeRefund.fee_id, fee.id)})


@blueprint.get("/v1/application_fees/<id>/refunds/<refund>")
@endpoint(RetrieveParams)
def retrieve_application_fee_refund(ctx: Context, params: dict[str, Any], id: str, refund: str) -> ApplicationFeeRefund:
    """GET /v1/application_fees/:id/refunds/:id"""
    return _of_fee(ctx, id, refund)


@blueprint.post("/v1/application_fees/<id>/refunds/<refund>")
@endpoint(ApplicationFeeRefundUpdate)
def update_application_fee_refund(ctx: Context, params: dict[str, Any], id: str, refund: str) -> ApplicationFeeRefund:
    """POST /v1/application_fees/:id/refunds/:id"""
    return operations.update_application_fee_refund(ctx, _of_fee(ctx, id, refund), params)


def _of_fee(ctx: Context, fee_id: str, id: str) -> ApplicationFeeRefund:
    ctx.find(ApplicationFee, fee_id)
    return ctx.find_under(ApplicationFeeRefund, id, "fee_id", fee_id)
