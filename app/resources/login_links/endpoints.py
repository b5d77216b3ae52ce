"""The route of login links."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.login_links import operations
from app.resources.login_links.tables import LoginLink
from app.wire.endpoint import endpoint
from app.wire.params import RetrieveParams

blueprint = Blueprint("login_links", __name__)


@blueprint.post("/v1/accounts/<id>/login_links")
@endpoint(RetrieveParams)
def create_login_link(ctx: Context, params: dict[str, Any], id: str) -> LoginLink:
    """POST /v1/accounts/:id/login_links"""
    return operations.create_login_link(ctx, id)
