"""The routes of coupons."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.coupons import operations
from app.resources.coupons.params import CouponCreate, CouponDelete, CouponList, CouponUpdate
from app.resources.coupons.tables import Coupon
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("coupons", __name__)


@blueprint.post("/v1/coupons")
@endpoint(CouponCreate)
def create_coupon(ctx: Context, params: dict[str, Any]) -> Coupon:
    """POST /v1/coupons"""
    return operations.create_coupon(ctx, params)


@blueprint.get("/v1/coupons")
@endpoint(CouponList)
def list_coupons(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/coupons"""
    filters = {"created": (Coupon.created, params.get("created")), "deleted": (Coupon.deleted, False)}
    return list_page(ctx, Coupon, params, "/v1/coupons", filters=filters)


@blueprint.get("/v1/coupons/<id>")
@endpoint(RetrieveParams)
def retrieve_coupon(ctx: Context, params: dict[str, Any], id: str) -> Coupon:
    """GET /v1/coupons/:id"""
    return ctx.find(Coupon, id)


@blueprint.post("/v1/coupons/<id>")
@endpoint(CouponUpdate)
def update_coupon(ctx: Context, params: dict[str, Any], id: str) -> Coupon:
    """POST /v1/coupons/:id"""
    return operations.update_coupon(ctx, ctx.find(Coupon, id), params)


@blueprint.delete("/v1/coupons/<id>")
@endpoint(CouponDelete)
def delete_coupon(ctx: Context, params: dict[str, Any], id: str) -> Coupon:
    """DELETE /v1/coupons/:id"""
    return operations.delete_coupon(ctx, ctx.find(Coupon, id))
