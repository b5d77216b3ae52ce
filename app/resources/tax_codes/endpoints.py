"""The routes of tax codes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.domain.tax_codes import TAX_CODES, TaxCode
from app.errors import no_such
from app.resources.tax_codes.views import shown_tax_code
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, page_of
from app.wire.params import ListParams, RetrieveParams

blueprint = Blueprint("tax_codes", __name__)


@blueprint.get("/v1/tax_codes")
@endpoint(ListParams)
def list_tax_codes(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/tax_codes"""
    return page_of(ctx, TaxCode, list(TAX_CODES.values()), params, "/v1/tax_codes")


@blueprint.get("/v1/tax_codes/<id>")
@endpoint(RetrieveParams)
def retrieve_tax_code(ctx: Context, params: dict[str, Any], id: str) -> dict[str, Any]:
    """GET /v1/tax_codes/:id"""
    if id not in TAX_CODES:
        raise no_such(TaxCode.missing_name, id, param="id")
    return shown_tax_code(TAX_CODES[id])
