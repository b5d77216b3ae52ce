"""What happens to login links: how they are made."""

from __future__ import annotations

from app.context import Context
from app.errors import InvalidRequest
from app.resources.accounts.operations import find_connected
from app.resources.login_links.tables import LoginLink
from app.resources.single_use import LIFE_SECONDS


def create_login_link(ctx: Context, account_id: str) -> LoginLink:
    """A way to the page of an Express account. Raises InvalidRequest for any other, and before it has been onboarded."""
    account = find_connected(ctx, account_id)
    if account.type != "express":
        raise InvalidRequest(f"Cannot create an edit link for the account {account_id}, which is not an Express account.")
    if not account.details_submitted:
        raise InvalidRequest("Cannot create a login link for an account that has not completed onboarding.")
    owner = ctx.acting_as(account)
    link = owner.add(LoginLink(expires_at=ctx.now + LIFE_SECONDS, url=""))
    link.url = owner.page_url("express", link)
    return link
