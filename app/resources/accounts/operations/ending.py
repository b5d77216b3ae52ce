"""How accounts are rejected by their platform, and how they leave it."""

from __future__ import annotations

from sqlalchemy import null, update

from app.context import Context
from app.db.roots import Account
from app.db.session import DUE_MOMENTS
from app.errors import InvalidRequest
from app.events.emit import announce
from app.resources.accounts.operations.permitted import refused_endpoint
from app.resources.accounts.operations.reviewing import reviewing
from app.resources.payouts.operations import plan_payouts


def reject_account(ctx: Context, account: Account, reason: str) -> Account:
    """Flag the account, by `fraud`, `terms_of_service` or `other`: it may do nothing more, whatever is given later.

    Emits account.updated and capability.updated. Raises InvalidRequest for a Standard account.
    """
    if account.type == "standard":
        raise InvalidRequest("You cannot reject a Standard account.")
    with reviewing(ctx, account):
        account.rejected_reason = reason
    return account


def delete_account(ctx: Context, account: Account) -> Account:
    """Part with the account: nobody reaches it, or anything that it has, from here on, and time moves nothing of it.

    What it has done stays in the books, and with those whom it has dealt with. Emits account.application.deauthorized.
    """
    if account.platform_id is None:
        raise refused_endpoint(account)
    there = ctx.acting_as(account)
    announce(there, "account.application.deauthorized", {
        "id": there.application_id, "object": "application", "name": there.platform.display_name})
    account.deleted = True
    plan_payouts(there)
    ctx.session.flush()
    for table in DUE_MOMENTS:
        ctx.session.execute(update(table).where(table.account_id == account.id, table.due_at.is_not(None)).values(due_at=null()))
    return account
