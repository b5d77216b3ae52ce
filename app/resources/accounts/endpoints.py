"""The routes of accounts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.db.roots import Account
from app.errors import PermissionDenied
from app.resources.accounts.operations import with_bank_accounts
from app.wire.endpoint import endpoint
from app.wire.params import RetrieveParams

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/v1/account")
@endpoint(RetrieveParams)
def retrieve_own_account(ctx: Context, params: dict[str, Any]) -> Account:
    """GET /v1/account: the account behind the key, always the same one."""
    return with_bank_accounts(ctx)


@blueprint.get("/v1/accounts/<id>")
@endpoint(RetrieveParams)
def retrieve_account(ctx: Context, params: dict[str, Any], id: str) -> Account:
    """GET /v1/accounts/:id: one's own. Not simulated yet: connected accounts."""
    if id != ctx.account_id:
        raise PermissionDenied(
            f"The provided key does not have access to account '{id}' (or that account does not exist). Application access "
            "may have been revoked.",
            code="account_invalid",
        )
    return with_bank_accounts(ctx)
