"""What the banks of the simulated world do when an operator says so: money comes and arrives, or does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.errors import InvalidRequest
from app.resources.external_accounts import operations as external_accounts
from app.resources.external_accounts.tables import BankAccount
from app.resources.payouts import operations as payouts
from app.resources.payouts.tables import Payout
from app.resources.topups import operations as topups
from app.resources.topups.tables import Topup


def settle_topup(ctx: Context, id: str) -> Topup:
    """The bank answers now, as it would have in time. Raises InvalidRequest where it has answered already."""
    topup = ctx.find(Topup, id)
    if topup.status != "pending":
        raise InvalidRequest(f"A top-up that is {topup.status} has been settled.")
    topups.settle_topup(ctx, topup)
    return topup


def fail_topup(ctx: Context, id: str, reason: str) -> Topup:
    """The bank refuses, or takes back what had come, for `reason`, a key of `domain.banks.FAILURES`. Raises InvalidRequest."""
    topup = ctx.find(Topup, id)
    topups.fail_topup(ctx, topup, reason)
    return topup


def settle_payout(ctx: Context, id: str) -> Payout:
    """What would come of the payout in time happens now. Raises InvalidRequest where it has happened already."""
    payout = ctx.find(Payout, id)
    if payout.status not in ("pending", "in_transit"):
        raise InvalidRequest(f"A payout that is {payout.status} has been settled.")
    payouts.settle_payout(ctx, payout)
    return payout


def fail_payout(ctx: Context, id: str, reason: str) -> Payout:
    """The bank sends the money back for `reason`, a key of `domain.banks.FAILURES`. Raises InvalidRequest."""
    payout = ctx.find(Payout, id)
    payouts.fail_payout(ctx, payout, reason)
    return payout


def add_bank_account(ctx: Context, values: Mapping[str, Any]) -> BankAccount:
    """A further bank account of one's own. Raises InvalidRequest for a number that is no test number."""
    return external_accounts.add_bank_account(ctx, values)


def update_bank_account(ctx: Context, id: str, values: Mapping[str, Any]) -> BankAccount:
    """Change one's own bank account, or put right one that a payout has failed to reach."""
    return external_accounts.update_bank_account(ctx, ctx.find(BankAccount, id), values)
