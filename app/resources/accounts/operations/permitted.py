"""What a platform may do to which type of account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from app.db.roots import Account
from app.errors import PermissionDenied, no_permission

_ALWAYS: Final[Mapping[str, frozenset[str]]] = {
    "express": frozenset({"business_profile", "capabilities", "metadata", "requested_capabilities", "settings"}),
    "standard": frozenset({"metadata"}),
}
"""What can be changed of accounts that are not the platform's own."""
_BEFORE_ONBOARDING: Final = frozenset({
    "account_token", "bank_account", "business_type", "company", "default_currency", "documents", "email", "external_account",
    "individual", "tos_acceptance"})
"""What can be filled in as well, as long as the holder of the account has not been asked for it."""


def check_permitted(account: Account, names: Iterable[str]) -> None:
    """Raises PermissionDenied where one of the named parameters is not for the platform to change on the account."""
    if account.type == "custom":
        return
    permitted = _ALWAYS[account.type or "standard"]
    if account.onboarding_started_at is None:
        permitted |= _BEFORE_ONBOARDING
    refused = [f"'{name}'" for name in names if name not in permitted]
    if refused:
        what = "parameter" if len(refused) == 1 else "parameters"
        raise no_permission(f"the {what} {','.join(refused)}", account.id)


def check_has_capabilities(account: Account) -> None:
    """Raises PermissionDenied for a Standard account, whose holder alone deals with its capabilities."""
    if account.type == "standard":
        raise refused_endpoint(account)


def refused_endpoint(account: Account) -> PermissionDenied:
    """The error for an endpoint that is not for the platform to call on the account."""
    return no_permission("this endpoint", account.id)
