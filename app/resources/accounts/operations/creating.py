"""How accounts come to be connected to a platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.db.roots import Account
from app.domain.country_specs import default_currency, is_available
from app.errors import InvalidRequest
from app.resources.accounts.operations.changing import apply, requested_in
from app.resources.accounts.operations.finding import check_platform
from app.resources.accounts.operations.reviewing import deriving
from app.resources.legal_values import check_country_code
from app.resources.payouts.operations import plan_payouts


def create_account(ctx: Context, values: Mapping[str, Any]) -> Account:
    """Connect a new account, by the parameters of POST /v1/accounts. Raises InvalidRequest."""
    check_platform(ctx)
    country = _country(values.get("country") or ctx.account.country)
    if values["type"] == "custom" and not any(requested_in(values).values()):
        # Our choice: the words after the first sentence.
        raise InvalidRequest("You must request at least one capability when creating a custom account. Pass "
                             "capabilities[card_payments][requested]=true, for example.", param="capabilities")
    if "ownership_declaration" in values.get("company", {}):
        # Our choice: the words.
        raise InvalidRequest("An ownership declaration can only be made for an account that is there, or by a token.",
                             code="ownership_declaration_not_allowed", param="company[ownership_declaration]")
    account = ctx.session.add(Account(
        id=ctx.ids.new("acct_", 16, "1"), platform_id=ctx.account_id, seq=ctx.ids.seq(), created=ctx.now, country=country,
        default_currency=default_currency(country), choices={}, metadata_={}, type=values["type"], business_profile={},
        company={}, unshown={}, settings={}, tos_acceptance={}, deleted=False))
    with deriving(ctx, account):
        apply(ctx, account, values)
    plan_payouts(ctx.acting_as(account))
    return account


def _country(code: str) -> str:
    """The country in capital letters. Raises InvalidRequest where it is none, or one without connected accounts."""
    check_country_code(code, param="country")
    if not is_available(code.upper()):
        raise InvalidRequest(f"'{code.upper()}' is not supported", code="country_unsupported", param="country")
    return code.upper()
