"""How accounts come to be connected to a platform."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from app.context import Context
from app.db.roots import Account
from app.domain.country_specs import bank_account_currencies, default_currency, is_available
from app.errors import InvalidRequest
from app.resources.accounts.operations.changing import apply, requested_in
from app.resources.accounts.operations.finding import check_platform
from app.resources.accounts.operations.reviewing import deriving

_COUNTRY: Final = re.compile("[A-Za-z]{2}")


def create_account(ctx: Context, values: Mapping[str, Any]) -> Account:
    """Connect a new account, by the parameters of POST /v1/accounts. Raises InvalidRequest."""
    check_platform(ctx)
    country = check_country(values.get("country") or ctx.account.country, param="country")
    if values["type"] == "custom" and not any(requested_in(values).values()):
        # Our choice: the words after the first sentence.
        raise InvalidRequest("You must request at least one capability when creating a custom account. Pass "
                             "capabilities[card_payments][requested]=true, for example.", param="capabilities")
    currency = values.get("default_currency") or default_currency(country)
    if currency not in bank_account_currencies(country):
        # Our choice: the words.
        raise InvalidRequest(f"The currency {currency} cannot be paid out to bank accounts in {country}.",
                             param="default_currency")
    account = ctx.session.add(Account(
        id=ctx.ids.new("acct_", 16, "1"), platform_id=ctx.account_id, seq=ctx.ids.seq(), created=ctx.now, country=country,
        default_currency=currency, choices={}, metadata_={}, type=values["type"], business_profile={}, company={},
        unshown={}, settings={}, tos_acceptance={}, deleted=False))
    with deriving(ctx, account):
        apply(ctx, account, values)
    return account


def check_country(code: str, *, param: str) -> str:
    """The country in capital letters. Raises InvalidRequest where it is none, or one without connected accounts."""
    if not _COUNTRY.fullmatch(code):
        raise InvalidRequest(
            f"Country '{code}' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', 'EG', or "
            "'GB'. A full list of country codes is available at "
            "https://en.wikipedia.org/wiki/ISO_3166-1_alpha-2#Officially_assigned_code_elements", param=param)
    if not is_available(code.upper()):
        raise InvalidRequest(f"'{code.upper()}' is not supported", code="country_unsupported", param=param)
    return code.upper()
