"""What the banks of the simulated world do when an operator says so: the money of top-ups comes, or does not."""

from __future__ import annotations

from app.context import Context
from app.errors import InvalidRequest
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
