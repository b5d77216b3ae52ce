"""The routes of mandates."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.mandates.tables import Mandate
from app.wire.endpoint import endpoint
from app.wire.params import RetrieveParams

blueprint = Blueprint("mandates", __name__)


@blueprint.get("/v1/mandates/<id>")
@endpoint(RetrieveParams)
def retrieve_mandate(ctx: Context, params: dict[str, Any], id: str) -> Mandate:
    """GET /v1/mandates/:mandate"""
    return ctx.find(Mandate, id)
