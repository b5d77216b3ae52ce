"""What happens to account links: how they are made, and how their pages are opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.context import Context
from app.db.roots import Account
from app.domain.urls import is_url
from app.errors import InvalidRequest
from app.resources.account_links.tables import AccountLink
from app.resources.accounts.operations import find_connected, reviewing
from app.resources.single_use import LIFE_SECONDS

_LETTERS: Final[Mapping[str | None, str]] = {"custom": "c", "express": "e", "standard": "s"}
"""By what the path of a link tells the type of account (behaviour reference, 5)."""


def create_account_link(ctx: Context, values: Mapping[str, Any]) -> AccountLink:
    """A way to the onboarding of a connected account. From here on the owner of any but a Custom account fills in who they are.

    Raises PermissionDenied for an account that is not connected, and InvalidRequest for what its type does not have.
    """
    account = find_connected(ctx, values["account"])
    if values["type"] == "account_update" and account.type != "custom":
        raise InvalidRequest('Invalid type: must be one of ["account_onboarding"]', param="type")
    if "collect" in values and account.type == "standard":
        # Our choice: the words. The seed has `collect` for Custom and Express accounts only.
        raise InvalidRequest("You cannot set `collect` for a Standard account.", param="collect")
    for name in ("refresh_url", "return_url"):
        if not is_url(values[name]):
            raise InvalidRequest("Not a valid URL", code="url_invalid", param=name)
    owner = ctx.acting_as(account)
    if account.onboarding_started_at is None:
        # The account looks different to its platform from here on, but nothing of it has changed: no event tells of it.
        account.onboarding_started_at = ctx.now
    link = owner.add(AccountLink(
        collect=values.get("collect") or "currently_due", expires_at=ctx.now + LIFE_SECONDS, refresh_url=values["refresh_url"],
        return_url=values["return_url"], type=values["type"], url=""))
    link.url = owner.page_url(f"setup/{_LETTERS[account.type]}", link)
    return link


def finish_onboarding(ctx: Context, account: Account) -> None:
    """The holder of the account has come to the end of the hosted form. Emits what a review of the account emits."""
    with reviewing(ctx, account):
        if account.onboarding_finished_at is None:
            account.onboarding_finished_at = ctx.now
