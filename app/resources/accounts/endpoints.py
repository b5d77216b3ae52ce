"""The routes of accounts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.db.roots import Account
from app.resources.accounts import operations
from app.resources.accounts.params import AccountCreate, AccountList, AccountReject, AccountUpdate
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/v1/account")
@endpoint(RetrieveParams)
def retrieve_own_account(ctx: Context, params: dict[str, Any]) -> Account:
    """GET /v1/account: the account behind the key, or the connected one that the header names."""
    return ctx.account


@blueprint.post("/v1/account")
@endpoint(AccountUpdate)
def update_own_account(ctx: Context, params: dict[str, Any]) -> Account:
    """POST /v1/account: the connected account that the header names."""
    return operations.update_account(ctx, ctx.account, params)


@blueprint.delete("/v1/account")
@endpoint(RetrieveParams)
def delete_own_account(ctx: Context, params: dict[str, Any]) -> Account:
    """DELETE /v1/account: the connected account that the header names."""
    return operations.delete_account(ctx, ctx.account)


@blueprint.post("/v1/accounts")
@endpoint(AccountCreate)
def create_account(ctx: Context, params: dict[str, Any]) -> Account:
    """POST /v1/accounts"""
    return operations.create_account(ctx, params)


@blueprint.get("/v1/accounts")
@endpoint(AccountList)
def list_accounts(ctx: Context, params: dict[str, Any]) -> Page:
    """GET /v1/accounts: those connected to the platform and not deleted; a connected account has none."""
    return list_page(ctx, Account, params, "/v1/accounts", filters={"created": (Account.created, params.get("created"))},
                     owner=Account.platform_id, where=("not deleted", Account.deleted.is_not(True)))


@blueprint.get("/v1/accounts/<id>")
@endpoint(RetrieveParams)
def retrieve_account(ctx: Context, params: dict[str, Any], id: str) -> Account:
    """GET /v1/accounts/:id: a connected account, or one's own."""
    return ctx.account if id == ctx.account_id else operations.find_connected(ctx, id)


@blueprint.post("/v1/accounts/<id>")
@endpoint(AccountUpdate)
def update_account(ctx: Context, params: dict[str, Any], id: str) -> Account:
    """POST /v1/accounts/:id"""
    return operations.update_account(ctx, operations.find_connected(ctx, id), params)


@blueprint.delete("/v1/accounts/<id>")
@endpoint(RetrieveParams)
def delete_account(ctx: Context, params: dict[str, Any], id: str) -> Account:
    """DELETE /v1/accounts/:id: a test account can be deleted at any time, whatever its type and its balance."""
    return operations.delete_account(ctx, operations.find_connected(ctx, id))


@blueprint.post("/v1/accounts/<id>/reject")
@endpoint(AccountReject)
def reject_account(ctx: Context, params: dict[str, Any], id: str) -> Account:
    """POST /v1/accounts/:id/reject"""
    return operations.reject_account(ctx, operations.find_connected(ctx, id), params["reason"])
