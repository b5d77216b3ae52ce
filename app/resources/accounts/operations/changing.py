"""What the parameters of POST /v1/accounts and POST /v1/accounts/:id change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.db.roots import Account
from app.domain.country_specs import bank_account_currencies
from app.domain.metadata import merged
from app.errors import InvalidRequest
from app.resources.accounts.operations.choosing import choose
from app.resources.accounts.operations.describing import describe
from app.resources.accounts.operations.permitted import check_permitted, refused_endpoint
from app.resources.accounts.operations.reviewing import reviewing
from app.resources.capabilities.operations import check_agreement, check_together, request_capability
from app.resources.external_accounts.operations import replace_external_account
from app.resources.legal_values import check_named_by_token
from app.resources.persons.operations import write_individual
from app.resources.spending_tokens import spend_token

_PERSONAL = ("company", "individual", "tos_acceptance")
_PLAIN = ("business_type", "default_currency", "email")


def update_account(ctx: Context, account: Account, values: Mapping[str, Any]) -> Account:
    """Change the account. Emits account.updated and what else follows, of the connected account.

    Raises PermissionDenied for what is not the platform's to change, and InvalidRequest.
    """
    if account.platform_id is None:
        # Our choice: a platform's own account is changed in the Dashboard alone, as the reference says of live platforms.
        raise refused_endpoint(account)
    check_permitted(account, values)
    return fill_in(ctx, account, values)


def fill_in(ctx: Context, account: Account, values: Mapping[str, Any]) -> Account:
    """`update_account` for the holder of the account, who may say everything of it."""
    with reviewing(ctx, account):
        apply(ctx, account, values)
    return account


def apply(ctx: Context, account: Account, values: Mapping[str, Any]) -> None:
    """Note what the parameters say about the account; what follows from it is for a review to say.

    An account token among them says it first. Raises InvalidRequest.
    """
    check_named_by_token(ctx, values, _PERSONAL)
    if values.get("account_token") is not None:
        token = spend_token(ctx, values["account_token"], "account", param="account_token")
        _apply(ctx, account, token.makes or {})
    _apply(ctx, account, values)


def _apply(ctx: Context, account: Account, values: Mapping[str, Any]) -> None:
    if values.get("default_currency"):
        _check_currency(values["default_currency"], account.country)
    if values.get("business_type") == "government_entity" and account.country != "US":
        # Our choice: the words. The seed has government entities in the United States only.
        raise InvalidRequest(f"Accounts in {account.country} cannot be those of a government entity.", param="business_type")
    for name in _PLAIN:
        if name in values:
            setattr(account, name, values[name])
    describe(ctx, account, values)
    if "settings" in values:
        choose(ctx, account, values["settings"])
    if "metadata" in values:
        account.metadata_ = merged(account.metadata_, values["metadata"])
    asked = requested_in(values)
    for name, requested in asked.items():
        request_capability(ctx, account, name, requested=requested, param=f"capabilities[{name}][requested]")
    if any(asked.values()):
        check_together(ctx, account, param="capabilities")
    if asked or "tos_acceptance" in values:
        check_agreement(ctx, account, param="capabilities")
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


def _check_currency(currency: str, country: str) -> None:
    if currency not in bank_account_currencies(country):
        # Our choice: the words.
        raise InvalidRequest(f"The currency {currency} cannot be paid out to bank accounts in {country}.",
                             param="default_currency")
