"""What payments of any kind may be asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from app.domain.currencies import MAXIMUM_CHARGE, format_amount, minimum_charge
from app.errors import InvalidRequest

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_FORBIDDEN_SCHEMES = frozenset({"blob", "data", "file", "javascript", "vbscript"})


def check_chargeable(amount: int, currency: str) -> None:
    """Raises InvalidRequest for an amount that is too little or too much for one charge."""
    least = minimum_charge(currency)
    if amount < least:
        raise InvalidRequest(f"Amount must be at least {format_amount(least, currency)} {currency}", code="amount_too_small",
                             param="amount")
    if amount > MAXIMUM_CHARGE:
        # Our choice: the words, after those for too little.
        raise InvalidRequest(f"Amount must be no more than {format_amount(MAXIMUM_CHARGE, currency)} {currency}",
                             code="amount_too_large", param="amount")


def check_texts(values: Mapping[str, Any]) -> None:
    """Raises InvalidRequest for an address or a statement descriptor among the parameters that cannot be one."""
    email, url = values.get("receipt_email"), values.get("return_url")
    if email is not None and not _EMAIL.fullmatch(email):
        raise InvalidRequest(f"Invalid email address: {email}", code="email_invalid", param="receipt_email")
    if url is not None and not _is_url(url):
        raise InvalidRequest("Not a valid URL", code="url_invalid", param="return_url")
    for name, shortest in (("statement_descriptor", 5), ("statement_descriptor_suffix", 1)):
        text = values.get(name)
        if text is None:
            continue
        # Our choice: the words; the rules are those of the card networks.
        if set("<>\\'\"*") & set(text):
            raise InvalidRequest(f"The {name} must not contain any of the characters < > \\ ' \" *.", param=name)
        if len(text) < shortest or not any(character.isalpha() for character in text):
            raise InvalidRequest(f"The {name} must have at least {shortest} characters, and one letter among them.", param=name)


def _is_url(url: str) -> bool:
    """Whether a browser can be sent there: to a site, or to an app by a scheme of its own."""
    if not (url.isascii() and url.isprintable()) or " " in url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme in ("http", "https"):
        return _HOST.fullmatch(parts.netloc) is not None
    return _SCHEME.fullmatch(parts.scheme) is not None and parts.scheme not in _FORBIDDEN_SCHEMES
