"""What payments of any kind may be asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.domain.currencies import MAXIMUM_CHARGE, format_amount, minimum_charge
from app.domain.statement_descriptors import problem_of
from app.domain.urls import is_url
from app.errors import InvalidRequest

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


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
    if url is not None and not is_url(url):
        raise InvalidRequest("Not a valid URL", code="url_invalid", param="return_url")
    for name, shortest in (("statement_descriptor", 5), ("statement_descriptor_suffix", 1)):
        text = values.get(name)
        problem = None if text is None else problem_of(name, text, shortest=shortest)
        if problem is not None:
            raise InvalidRequest(problem, param=name)
