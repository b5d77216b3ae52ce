"""What payments of any kind may be asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from app.context import Context
from app.db.session import Prepared
from app.domain.currencies import MAXIMUM_CHARGE, format_amount, minimum_charge
from app.domain.statement_descriptors import problem_of
from app.domain.urls import is_url
from app.errors import InvalidRequest
from app.resources.charges.tables import Charge

_GROUP_MAX = 100
# Our choice: how many are too many; Stripe lists a group's charges up to that number.
_OF_GROUP = Prepared(select(Charge.id).where(
    Charge.account_id == bindparam("account_id"), Charge.transfer_group == bindparam("transfer_group")).limit(_GROUP_MAX + 1))

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


def check_group(ctx: Context, group: str) -> None:
    """Raises InvalidRequest for a transfer group of more charges than a list of them shows, where limits are in force."""
    if ctx.choices.limits == "off":
        return
    many = ctx.session.values(_OF_GROUP, account_id=ctx.account_id, transfer_group=group)
    if len(many) > _GROUP_MAX:
        raise InvalidRequest(f"Too many charges with transfer group: `{group}`", param="transfer_group")


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
