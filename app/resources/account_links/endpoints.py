"""The route of account links."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.account_links import operations
from app.resources.account_links.params import AccountLinkCreate
from app.resources.account_links.tables import AccountLink
from app.wire.endpoint import endpoint

blueprint = Blueprint("account_links", __name__)


@blueprint.post("/v1/account_links")
@endpoint(AccountLinkCreate)
def create_account_link(ctx: Context, params: dict[str, Any]) -> AccountLink:
    """POST /v1/account_links"""
    return operations.create_account_link(ctx, params)
