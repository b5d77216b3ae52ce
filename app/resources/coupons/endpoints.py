"""The routes of coupons and promotion codes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.coupons import operations
from app.resources.coupons.params import (
    CouponCreate,
    CouponDelete,
    CouponList,
    CouponUpdate,
    PromotionCodeCreate,
    PromotionCodeList,
    PromotionCodeUpdate,
)
from app.resources.coupons.tables import Coupon, PromotionCode
from app.wire.endpoint import endpoint
from app.wire.pagination import IS_NULL, Page, list_page
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


@blueprint.post("/v1/promotion_codes")
@endpoint(PromotionCodeCreate)
def create_promotion_code(ctx: Context, params: dict[str, Any]) -> PromotionCode:
    """POST /v1/promotion_codes"""
    return operations.create_promotion_code(ctx, params)


@blueprint.get("/v1/promotion_codes")
@endpoint(PromotionCodeList)
def list_promotion_codes(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/promotion_codes: codes for a customer on a test clock are listed only by `customer`."""
    code = params.get("code")
    filters = {
        "active": (PromotionCode.active, params.get("active")),
        "code": (PromotionCode.code_key, None if code is None else code.upper()),
        "coupon": (PromotionCode.coupon_id, params.get("coupon")),
        "created": (PromotionCode.created, params.get("created")),
        "customer": (PromotionCode.for_customer_id, params.get("customer")),
        "test_clock": (PromotionCode.test_clock_id, None if "customer" in params else IS_NULL),
    }
    return list_page(ctx, PromotionCode, params, "/v1/promotion_codes", filters=filters)


@blueprint.get("/v1/promotion_codes/<id>")
@endpoint(RetrieveParams)
def retrieve_promotion_code(ctx: Context, params: dict[str, Any], id: str) -> PromotionCode:
    """GET /v1/promotion_codes/:promotion_code"""
    return ctx.find(PromotionCode, id)


@blueprint.post("/v1/promotion_codes/<id>")
@endpoint(PromotionCodeUpdate)
def update_promotion_code(ctx: Context, params: dict[str, Any], id: str) -> PromotionCode:
    """POST /v1/promotion_codes/:promotion_code"""
    return operations.update_promotion_code(ctx, ctx.find(PromotionCode, id), params)
