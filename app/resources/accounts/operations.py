"""Who the accounts connected to a platform are."""

from __future__ import annotations

from sqlalchemy import bindparam

from app.context import Context
from app.db.roots import Account
from app.db.session import Prepared, entity
from app.errors import no_such
from app.resources.external_accounts.tables import BankAccount

_SHOWN = 10
_NEWEST = Prepared(entity(BankAccount).where(BankAccount.account_id == bindparam("account_id")).order_by(
    BankAccount.created.desc(), BankAccount.seq.desc()).limit(_SHOWN + 1))


def with_bank_accounts(ctx: Context) -> Account:
    """One's own account, to be shown with its newest bank accounts."""
    account = ctx.account
    account.__dict__["bank_accounts"] = ctx.session.rows(BankAccount, _NEWEST, account_id=account.id)
    return account


def connected_account(ctx: Context, id: str, *, param: str, called: str = "account") -> Account:
    """The account of this platform that a parameter names; `called` is what it is to the parameter, for the error."""
    account = ctx.session.get(Account, id)
    if account is None or account.platform_id != ctx.account_id:
        raise no_such(called, id, param=param, status=400)
    return account
