"""What the parameters of POST /v1/accounts and POST /v1/accounts/:id change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.db.roots import Account
from app.domain.metadata import merged
from app.resources.accounts.operations.reviewing import reviewing
from app.resources.capabilities.operations import request_capability
from app.resources.external_accounts.operations import replace_external_account
from app.resources.persons.operations import write_individual

_PLAIN = ("business_type", "email")
_DOCUMENTS = ("business_profile", "tos_acceptance")


def update_account(ctx: Context, account: Account, values: Mapping[str, Any]) -> Account:
    """Change the account. Emits account.updated and what else follows, of the connected account."""
    with reviewing(ctx, account):
        apply(ctx, account, values)
    return account


def apply(ctx: Context, account: Account, values: Mapping[str, Any]) -> None:
    """Note what the parameters say about the account; what follows from it is for a review to say."""
    for name in _PLAIN:
        if name in values:
            setattr(account, name, values[name])
    for name in _DOCUMENTS:
        if name in values:
            setattr(account, name, (getattr(account, name) or {}) | values[name])
    if "metadata" in values:
        account.metadata_ = merged(account.metadata_, values["metadata"])
    for name, requested in requested_in(values).items():
        request_capability(ctx, account, name, requested=requested)
    for name in ("bank_account", "external_account"):
        if name in values:
            replace_external_account(ctx.acting_as(account), values[name], param=name, asking=ctx)
    if "individual" in values:
        write_individual(ctx, account, values["individual"])


def requested_in(values: Mapping[str, Any]) -> dict[str, bool]:
    """The capabilities that are asked for, or no more asked for, in either of the two ways."""
    asked = dict.fromkeys(values.get("requested_capabilities") or (), True)
    return asked | {name: sent["requested"] for name, sent in (values.get("capabilities") or {}).items()
                    if "requested" in sent}
