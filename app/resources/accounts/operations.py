"""Who the accounts connected to a platform are."""

from __future__ import annotations

from app.context import Context
from app.db.roots import Account
from app.errors import no_such


def connected_account(ctx: Context, id: str, *, param: str, called: str = "account") -> Account:
    """The account of this platform that a parameter names; `called` is what it is to the parameter, for the error."""
    account = ctx.session.get(Account, id)
    if account is None or account.platform_id != ctx.account_id:
        raise no_such(called, id, param=param, status=400)
    return account
