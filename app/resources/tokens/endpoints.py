"""The routes of tokens, which a browser may use as well."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.tokens import operations
from app.resources.tokens.params import TokenCreate
from app.resources.tokens.tables import Token
from app.wire.endpoint import endpoint
from app.wire.params import RetrieveParams, only_one

blueprint = Blueprint("tokens", __name__)


@blueprint.post("/v1/tokens")
@endpoint(TokenCreate, publishable=True)
def create_token(ctx: Context, params: dict[str, Any]) -> Token:
    """POST /v1/tokens"""
    only_one(params, *operations.KINDS)
    return operations.create_token(ctx, params)


@blueprint.get("/v1/tokens/<id>")
@endpoint(RetrieveParams, publishable=True)
def retrieve_token(ctx: Context, params: dict[str, Any], id: str) -> Token:
    """GET /v1/tokens/:token: a magic name such as `tok_visa` is none that can be looked at."""
    return ctx.find(Token, id)
