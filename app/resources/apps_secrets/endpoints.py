"""The routes of apps' secrets."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.resources.apps_secrets import operations
from app.resources.apps_secrets.params import SecretFind, SecretList, SecretSet
from app.resources.apps_secrets.tables import AppsSecret
from app.wire.endpoint import endpoint
from app.wire.pagination import IS_NULL, Page, list_page

blueprint = Blueprint("apps_secrets", __name__)


@blueprint.post("/v1/apps/secrets")
@endpoint(SecretSet, sealed=True)
def set_secret(ctx: Context, params: dict[str, Any]) -> AppsSecret:
    """POST /v1/apps/secrets"""
    return operations.set_secret(ctx, params)


@blueprint.get("/v1/apps/secrets")
@endpoint(SecretList)
def list_secrets(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/apps/secrets"""
    user = operations.user_of(params["scope"])
    page = list_page(ctx, AppsSecret, params, "/v1/apps/secrets", where=("not expired", operations.NOT_EXPIRED),
                     where_values={"now": ctx.now},
                     filters={"user": (AppsSecret.scope_user, IS_NULL if user is None else user)})
    operations.readable(ctx, page.rows)
    return page


@blueprint.get("/v1/apps/secrets/find")
@endpoint(SecretFind)
def find_secret(ctx: Context, params: dict[str, Any]) -> AppsSecret:
    """GET /v1/apps/secrets/find"""
    return operations.find_secret(ctx, params["name"], params["scope"])


@blueprint.post("/v1/apps/secrets/delete")
@endpoint(SecretFind, sealed=True)
def delete_secret(ctx: Context, params: dict[str, Any]) -> AppsSecret:
    """POST /v1/apps/secrets/delete"""
    return operations.delete_secret(ctx, params["name"], params["scope"])
