"""The routes of capabilities."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.db.roots import Account
from app.resources.accounts.operations import check_has_capabilities, find_connected, previewed, reviewing
from app.resources.capabilities import operations
from app.resources.capabilities.params import CapabilityUpdate
from app.resources.capabilities.tables import Capability
from app.wire.endpoint import endpoint
from app.wire.pagination import Page
from app.wire.params import RetrieveParams

blueprint = Blueprint("capabilities", __name__)


@blueprint.get("/v1/accounts/<account>/capabilities")
@endpoint(RetrieveParams)
def list_capabilities(ctx: Context, params: dict[str, Any], account: str) -> Page:
    """GET /v1/accounts/:account/capabilities: those that have been requested once, newest first, all on one page."""
    found = operations.all_capabilities(ctx, _find_account(ctx, account))
    return Page(Capability, found, f"/v1/accounts/{account}/capabilities", has_more=False)


@blueprint.get("/v1/accounts/<account>/capabilities/<capability>")
@endpoint(RetrieveParams)
def retrieve_capability(ctx: Context, params: dict[str, Any], account: str, capability: str) -> Capability:
    """GET /v1/accounts/:account/capabilities/:capability: any, also one that was never requested."""
    found = _find_account(ctx, account)
    return previewed(ctx, found, operations.find_capability(ctx, found, capability))


@blueprint.post("/v1/accounts/<account>/capabilities/<capability>")
@endpoint(CapabilityUpdate)
def update_capability(ctx: Context, params: dict[str, Any], account: str, capability: str) -> Capability:
    """POST /v1/accounts/:account/capabilities/:capability"""
    found = _find_account(ctx, account)
    operations.check_name(capability)
    if "requested" in params:
        with reviewing(ctx, found):
            operations.request_capability(ctx, found, capability, requested=params["requested"], param="requested")
            operations.check_agreement(ctx, found, param="requested")
    return previewed(ctx, found, operations.find_capability(ctx, found, capability))


def _find_account(ctx: Context, id: str) -> Account:
    account = find_connected(ctx, id)
    check_has_capabilities(account)
    return account
