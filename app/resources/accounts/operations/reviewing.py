"""What is due of an account, what it may do by what is known of it, and who hears when that changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.context import Context
from app.db.roots import Account
from app.domain.capabilities import nothing_due
from app.events.emit import emit, previous_attributes, tracked
from app.render import present
from app.resources.capabilities.tables import Capability


def review(ctx: Context, account: Account) -> None:
    """Derive anew what is due of the account and what it may do, after something that counts for it has changed.

    Emits account.updated and capability.updated, of the connected account, where they look different afterwards.
    """
    with reviewing(ctx, account):
        pass


def reviewed(ctx: Context, _row: object) -> None:
    """Something that hangs on the account in view has changed, as an event tells. Platforms are not reviewed."""
    account = ctx.account
    if account.platform_id is not None and ("reviewing", account.id) not in ctx.session.memo:
        review(ctx, account)


@contextmanager
def reviewing(ctx: Context, account: Account) -> Iterator[None]:
    """Change the account inside, and derive then what `review` does: one account.updated tells of both."""
    there = ctx.acting_as(account)
    before = {row.id: present(ctx.session, row) for row in _capabilities(there, account)}
    with tracked(there, account, "account.updated"), deriving(ctx, account):
        yield
    for row in _capabilities(there, account):
        shown = present(ctx.session, row)
        # A capability is told of when it is first asked for, too.
        old = before.get(row.id) or shown | {"requested": False, "requested_at": None, "status": "unrequested"}
        if old != shown:
            emit(there, "capability.updated", row, previous=previous_attributes(old, shown))


@contextmanager
def deriving(ctx: Context, account: Account) -> Iterator[None]:
    """Change the account inside, and derive then what follows, but tell nobody: for one that is only being made."""
    under_way = "reviewing", account.id
    ctx.session.memo[under_way] = True
    yield
    del ctx.session.memo[under_way]
    _derive(ctx.acting_as(account), account)


def _derive(ctx: Context, account: Account) -> None:
    """Set what follows from what is known of the account: on its row, and on its capabilities. Nobody is told."""
    for relation in ("bank_accounts", "capabilities"):
        # They may have changed since they were read.
        account.__dict__.pop(relation, None)
    requirements = nothing_due()
    if account.rejected_reason is not None:
        requirements["disabled_reason"] = f"rejected.{account.rejected_reason}"
    capabilities = _capabilities(ctx, account)
    for capability in capabilities:
        if not capability.requested:
            capability.status = "unrequested"
        else:
            capability.status = "active" if account.rejected_reason is None else "inactive"
    account.requirements = requirements
    account.charges_enabled = any(row.status == "active" for row in capabilities)
    account.payouts_enabled = account.charges_enabled
    account.details_submitted = account.type == "custom" or account.onboarding_finished_at is not None


def _capabilities(ctx: Context, account: Account) -> list[Capability]:
    ctx.session.load([account], "capabilities")
    capabilities: list[Capability] = account.__dict__["capabilities"]
    return capabilities
