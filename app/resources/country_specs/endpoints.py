"""The routes of country specs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.domain.country_specs import CountrySpec, country_spec, country_specs
from app.errors import no_such
from app.render.view import VIEWS
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, page_of
from app.wire.params import ListParams, RetrieveParams

blueprint = Blueprint("country_specs", __name__)


@blueprint.get("/v1/country_specs")
@endpoint(ListParams)
def list_country_specs(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/country_specs"""
    return page_of(ctx, CountrySpec, country_specs(), params, "/v1/country_specs")


@blueprint.get("/v1/country_specs/<id>")
@endpoint(RetrieveParams)
def retrieve_country_spec(ctx: Context, params: dict[str, Any], id: str) -> dict[str, Any]:
    """GET /v1/country_specs/:country"""
    spec = country_spec(id)
    if spec is None:
        raise no_such(CountrySpec.missing_name, id, param=CountrySpec.path_param)
    return VIEWS[CountrySpec].make(spec)
