"""Values that say who does business, in the form in which they are kept: accounts and persons have them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.context import Context
from app.domain.phones import international
from app.errors import InvalidRequest

_COUNTRY: Final = re.compile("[A-Za-z]{2}")


def check_country_code(code: str, *, param: str) -> None:
    """Raises InvalidRequest for what is no code of a country."""
    if not _COUNTRY.fullmatch(code):
        raise InvalidRequest(
            f"Country '{code}' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', 'EG', or "
            "'GB'. A full list of country codes is available at "
            "https://en.wikipedia.org/wiki/ISO_3166-1_alpha-2#Officially_assigned_code_elements", param=param)


def check_address(address: Mapping[str, Any], *, param: str) -> None:
    """Raises InvalidRequest for an address in no country."""
    if "country" in address:
        check_country_code(address["country"], param=f"{param}[country]")


def check_named_by_token(ctx: Context, values: Mapping[str, Any], names: Iterable[str]) -> None:
    """Raises InvalidRequest where a platform in France says one of these things itself: there a token has to."""
    given = next((name for name in names if values.get(name) is not None), None)
    if given is not None and ctx.platform.country == "FR":
        # Our choice: the words.
        raise InvalidRequest(f"Platforms in France have to send `{given}` in an account token or a person token.", param=given)


def kept_phone(number: str, country: str, *, param: str) -> str:
    """The number in E.164. Raises InvalidRequest for what is no phone number."""
    kept = international(number, country)
    if kept is None:
        # Our choice: the words.
        raise InvalidRequest(f'"{number}" is not a valid phone number', param=param)
    return kept
