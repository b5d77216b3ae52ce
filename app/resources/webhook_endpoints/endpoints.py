"""The routes of webhook endpoints."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.events.tables import WebhookEndpoint
from app.resources.webhook_endpoints import operations
from app.resources.webhook_endpoints.params import (
    WebhookEndpointCreate,
    WebhookEndpointDelete,
    WebhookEndpointList,
    WebhookEndpointUpdate,
)
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("webhook_endpoints", __name__)


@blueprint.post("/v1/webhook_endpoints")
@endpoint(WebhookEndpointCreate)
def create_webhook_endpoint(ctx: Context, params: dict[str, Any]) -> WebhookEndpoint:
    """POST /v1/webhook_endpoints: the only answer that holds the secret."""
    return operations.create_webhook_endpoint(ctx, params)


@blueprint.get("/v1/webhook_endpoints")
@endpoint(WebhookEndpointList)
def list_webhook_endpoints(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/webhook_endpoints"""
    return list_page(ctx, WebhookEndpoint, params, "/v1/webhook_endpoints")


@blueprint.get("/v1/webhook_endpoints/<webhook_endpoint>")
@endpoint(RetrieveParams)
def retrieve_webhook_endpoint(ctx: Context, params: dict[str, Any], webhook_endpoint: str) -> WebhookEndpoint:
    """GET /v1/webhook_endpoints/:id"""
    return ctx.find(WebhookEndpoint, webhook_endpoint)


@blueprint.post("/v1/webhook_endpoints/<webhook_endpoint>")
@endpoint(WebhookEndpointUpdate)
def update_webhook_endpoint(ctx: Context, params: dict[str, Any], webhook_endpoint: str) -> WebhookEndpoint:
    """POST /v1/webhook_endpoints/:id"""
    return operations.update_webhook_endpoint(ctx, ctx.find(WebhookEndpoint, webhook_endpoint), params)


@blueprint.delete("/v1/webhook_endpoints/<webhook_endpoint>")
@endpoint(WebhookEndpointDelete)
def delete_webhook_endpoint(ctx: Context, params: dict[str, Any], webhook_endpoint: str) -> dict[str, Any]:
    """DELETE /v1/webhook_endpoints/:id"""
    return operations.delete_webhook_endpoint(ctx, ctx.find(WebhookEndpoint, webhook_endpoint))
