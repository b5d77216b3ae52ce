"""The routes of the bank accounts and cards that connected accounts are paid out to, under both of their names."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.errors import missing_parameter
from app.resources.accounts.operations import find_connected
from app.resources.external_accounts import operations
from app.resources.external_accounts.operations import ExternalAccount
from app.resources.external_accounts.params import (
    ExternalAccountCreate,
    ExternalAccountDelete,
    ExternalAccountList,
    ExternalAccountUpdate,
)
from app.resources.external_accounts.tables import BankAccount
from app.resources.persons.operations import check_access
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, page_of
from app.wire.params import RetrieveParams, only_one

blueprint = Blueprint("external_accounts", __name__)


@blueprint.post("/v1/accounts/<account>/external_accounts")
@blueprint.post("/v1/accounts/<account>/bank_accounts")
@endpoint(ExternalAccountCreate)
def create_external_account(ctx: Context, params: dict[str, Any], account: str) -> ExternalAccount:
    """POST /v1/accounts/:account/external_accounts: a bank account or a debit card, by a token or a hash."""
    there = _account(ctx, account)
    only_one(params, "bank_account", "external_account")
    name = "bank_account" if "bank_account" in params else "external_account"
    if name not in params:
        raise missing_parameter(name)
    hash = params[name] if isinstance(params[name], dict) else {}
    return operations.add_external_account(
        there, params[name], param=name, asking=ctx, metadata=params.get("metadata"),
        default=params.get("default_for_currency", hash.get("default_for_currency", False)))


@blueprint.get("/v1/accounts/<account>/external_accounts")
@blueprint.get("/v1/accounts/<account>/bank_accounts")
@endpoint(ExternalAccountList)
def list_external_accounts(ctx: Context, params: dict[str, Any], account: str) -> Page:
    """GET /v1/accounts/:account/external_accounts: of both kinds, or of one `object`."""
    there, kind = _account(ctx, account), params.get("object")
    found = [row for row in operations.newest_external_accounts(there) if kind in (None, row.object_name)]
    return page_of(there, BankAccount, found, params, f"/v1/accounts/{account}/external_accounts")


@blueprint.get("/v1/accounts/<account>/external_accounts/<id>")
@blueprint.get("/v1/accounts/<account>/bank_accounts/<id>")
@endpoint(RetrieveParams)
def retrieve_external_account(ctx: Context, params: dict[str, Any], account: str, id: str) -> ExternalAccount:
    """GET /v1/accounts/:account/external_accounts/:id"""
    return operations.find_external_account(_account(ctx, account), id)


@blueprint.post("/v1/accounts/<account>/external_accounts/<id>")
@blueprint.post("/v1/accounts/<account>/bank_accounts/<id>")
@endpoint(ExternalAccountUpdate)
def update_external_account(ctx: Context, params: dict[str, Any], account: str, id: str) -> ExternalAccount:
    """POST /v1/accounts/:account/external_accounts/:id: without any parameter one that is errored is put right."""
    there = _account(ctx, account)
    return operations.update_external_account(there, operations.find_external_account(there, id), params)


@blueprint.delete("/v1/accounts/<account>/external_accounts/<id>")
@blueprint.delete("/v1/accounts/<account>/bank_accounts/<id>")
@endpoint(ExternalAccountDelete)
def delete_external_account(ctx: Context, params: dict[str, Any], account: str, id: str) -> dict[str, Any]:
    """DELETE /v1/accounts/:account/external_accounts/:id"""
    there = _account(ctx, account)
    return operations.delete_external_account(there, operations.find_external_account(there, id))


def _account(ctx: Context, id: str) -> Context:
    """The context of the account in the path, whose external accounts the caller may see and change."""
    account = find_connected(ctx, id)
    check_access(account)
    return ctx.acting_as(account)
