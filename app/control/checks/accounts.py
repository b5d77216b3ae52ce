"""What must hold of the accounts that are connected to a platform."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.control.checks import Books, Problem
from app.db.roots import Account
from app.db.session import entity
from app.resources.balance.operations import schedule_of_account
from app.resources.capabilities.tables import Capability
from app.resources.payouts.tables import PayoutSchedule


def accounts_are_connected_to_platforms(books: Books) -> Iterator[Problem]:
    """a connected account has a type, and what it is connected to is a platform, not another one like it"""
    platform: Any = aliased(Account)
    statement = select(Account.id, Account.platform_id, Account.type).join(platform, platform.id == Account.platform_id).where(
        books.of(Account), platform.platform_id.is_not(None) | Account.type.is_(None))
    for id, platform_id, type in books.values(statement):
        yield Problem(id, "account", id, f"is connected to {platform_id} as {type}")


def capabilities_are_what_accounts_may_do(books: Books) -> Iterator[Problem]:
    """one is unrequested ⇔ it is not requested; charges are enabled ⇒ one is active; an account that was rejected has none"""
    statement = select(Capability.account_id, Capability.id, Capability.requested, Capability.status).where(
        books.of(Capability), Capability.requested == (Capability.status == "unrequested"))
    for account_id, id, requested, status in books.values(statement):
        yield Problem(account_id, "capability", id, f"is {status}, and requested is {bool(requested)}")
    active = select(Capability.account_id, func.count().label("number")).where(
        books.of(Capability), Capability.status == "active").group_by(Capability.account_id).subquery()
    number = func.coalesce(active.c.number, 0)
    flags = select(Account.id, Account.rejected_reason, number).outerjoin(active, active.c.account_id == Account.id).where(
        books.of(Account), (Account.charges_enabled & (number == 0)) | (Account.rejected_reason.is_not(None) & (number > 0)))
    for id, reason, count in books.values(flags):
        yield Problem(id, "account", id, f"has {count} active capabilities, and was rejected for {reason}")


def requirements_are_in_order(books: Books) -> Iterator[Problem]:
    """past_due ⊆ currently_due ⊆ eventually_due, each in the order of the alphabet and naming nothing twice"""
    for account in books.session.rows(Account, entity(Account).where(books.of(Account), Account.platform_id.is_not(None))):
        due = account.requirements or {}
        lists = [due.get(name, []) for name in ("past_due", "currently_due", "eventually_due")]
        nested = all(set(less) <= set(more) for less, more in pairwise(lists))
        if not due or not nested or any(names != sorted(set(names)) for names in lists):
            yield Problem(account.id, "account", account.id, f"requires {lists}")


def accounts_are_paid_out_as_they_chose(books: Books) -> Iterator[Problem]:
    """a connected account has a next automatic payout ⇔ it is there and does not want them by hand"""
    planned = dict(books.values(select(PayoutSchedule.account_id, PayoutSchedule.runs_at).where(books.of(PayoutSchedule))))
    for account in books.session.rows(Account, entity(Account).where(books.of(Account), Account.platform_id.is_not(None))):
        wants = not account.deleted and schedule_of_account(account).interval != "manual"
        if (planned.get(account.id) is not None) != wants:
            yield Problem(account.id, "account", account.id, f"is paid out next at {planned.get(account.id)}")
