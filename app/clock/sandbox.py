"""The wall clock of a sandbox: that of the world, set forward by the seconds that its platform's row keeps."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, or_, select

from app.context import Context
from app.db.base import TimeDriven
from app.db.roots import Account
from app.db.session import Prepared
from app.errors import RateLimited

SET_FORWARD = Prepared(select(Account.id, Account.time_offset, Account.time_target).where(Account.time_offset.is_not(None)))
"""The platforms whose wall clocks were ever set forward, with where they stand and where they are going."""

_IN_SANDBOX = or_(Account.id == bindparam("platform_id"), Account.platform_id == bindparam("platform_id"))


def on_sandbox_time(ctx: Context) -> Context:
    """The context, made at the world's time, at that of its sandbox.

    Raises 429 for transactions that write while the sandbox's clock is being set forward.
    """
    platform = ctx.platform
    if ctx.session.writing and ctx.session.kept:
        refuse_while_set_forward(platform)
    ctx.now += platform.time_offset or 0
    return ctx


def refuse_while_set_forward(platform: Account) -> None:
    """Raises 429 for a change in a sandbox whose clock is on its way."""
    if platform.time_target is not None:
        # Our choice: as on a test clock, because what is done now would come between what is due before it.
        raise RateLimited("The clock of this sandbox is being set forward - cannot perform modifications until it has arrived.")


def first_moment(table: type[TimeDriven]) -> Prepared:
    """When the first of a sandbox's rows of the table is due that live on its wall clock; `platform_id` names the sandbox."""
    return Prepared(select(func.min(_first_of_account(table))).where(_IN_SANDBOX))


def accounts_due(table: type[TimeDriven]) -> Prepared:
    """The accounts of a sandbox with such a row that is due until a moment."""
    return Prepared(select(Account.id).where(_IN_SANDBOX, _first_of_account(table) <= bindparam("until")))


def _first_of_account(table: type[TimeDriven]) -> Any:
    # A minimum by account, because neither database turns that into a join that reads the rows of other sandboxes.
    columns: Any = table
    return select(func.min(columns.due_at)).where(
        columns.account_id == Account.id, columns.test_clock_id.is_(None), columns.due_at.is_not(None)).scalar_subquery()
