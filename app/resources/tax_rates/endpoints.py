"""The routes of tax rates."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.tax_rates import operations
from app.resources.tax_rates.params import TaxRateCreate, TaxRateList, TaxRateUpdate
from app.resources.tax_rates.tables import TaxRate
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("tax_rates", __name__)


@blueprint.post("/v1/tax_rates")
@endpoint(TaxRateCreate)
def create_tax_rate(ctx: Context, params: dict[str, Any]) -> TaxRate:
    """POST /v1/tax_rates"""
    return operations.create_tax_rate(ctx, params)


@blueprint.get("/v1/tax_rates")
@endpoint(TaxRateList)
def list_tax_rates(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/tax_rates"""
    filters = {
        "active": (TaxRate.active, params.get("active")),
        "created": (TaxRate.created, params.get("created")),
        "inclusive": (TaxRate.inclusive, params.get("inclusive")),
    }
    return list_page(ctx, TaxRate, params, "/v1/tax_rates", filters=filters)


@blueprint.get("/v1/tax_rates/<id>")
@endpoint(RetrieveParams)
def retrieve_tax_rate(ctx: Context, params: dict[str, Any], id: str) -> TaxRate:
    """GET /v1/tax_rates/:id"""
    return ctx.find(TaxRate, id)


@blueprint.post("/v1/tax_rates/<id>")
@endpoint(TaxRateUpdate)
def update_tax_rate(ctx: Context, params: dict[str, Any], id: str) -> TaxRate:
    """POST /v1/tax_rates/:id"""
    return operations.update_tax_rate(ctx, ctx.find(TaxRate, id), params)
