"""Who the accounts connected to a platform are, and who may ask."""

from __future__ import annotations

from app.context import Context
from app.db.roots import Account
from app.errors import InvalidRequest, no_access, no_such


def find_connected(ctx: Context, id: str) -> Account:
    """The account of this platform with this id, of a path or a header; a connected account may name itself.

    It is held where this transaction writes. Raises 403 `account_invalid` for any other, and for a deleted one.
    """
    account = ctx.session.get(Account, id)
    if account is not None and account.platform_id is None and id == ctx.account_id:
        raise InvalidRequest("You must have a client application set in order to make this request.")
    if account is None or not _is_in_reach(ctx, account):
        raise no_access(ctx.key_hint, id)
    return account


def connected_account(ctx: Context, id: str, *, param: str, called: str = "account") -> Account:
    """The account of this platform that a parameter names; `called` is what it is to the parameter, for the error.

    Raises 400 `resource_missing` for any other, and for a deleted one.
    """
    account = ctx.session.get(Account, id)
    if account is None or account.platform_id != ctx.account_id or account.deleted:
        raise no_such(called, id, param=param, status=400)
    return account


def check_platform(ctx: Context) -> None:
    """Raises InvalidRequest `platform_account_required` for an account that is itself connected to a platform."""
    if ctx.account.platform_id is not None:
        # Our choice: the second sentence, which the behaviour reference leaves out.
        raise InvalidRequest("Only Stripe Connect platforms can work with other accounts. If you specified a client_id "
                             "parameter, make sure it's correct.", code="platform_account_required")


def _is_in_reach(ctx: Context, account: Account) -> bool:
    if account.platform_id is None or ctx.account_id not in (account.platform_id, account.id):
        return False
    if ctx.session.writing and ctx.session.kept:
        ctx.session.lock(account)
    return not account.deleted
