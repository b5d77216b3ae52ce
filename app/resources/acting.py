"""What a platform may not do for the accounts connected to it."""

from __future__ import annotations

from app.context import Context
from app.errors import InvalidRequest


def check_moves_its_money(ctx: Context) -> None:
    """Raises InvalidRequest where a standard account is acted for: it moves its money itself."""
    account = ctx.account
    if account.platform_id is not None and account.type == "standard":
        # Our choice: the words.
        raise InvalidRequest("Transfers and payouts cannot be made for a Standard account.",
                             code="not_allowed_on_standard_account")
