"""What the banks of the simulated world do when an operator says so: money comes and arrives, or does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.errors import InvalidRequest
from app.resources.payouts import operations as payouts
from app.resources.payouts.tables import Payout
from app.resources.topups import operations as topups
from app.resources.topups.tables import Topup


def settle_topup(ctx: Context, topup: Topup, values: Mapping[str, Any]) -> Topup:
    """The bank answers now, as it would have in time. Raises InvalidRequest where it has answered already."""
    if topup.status != "pending":
        raise InvalidRequest(f"A top-up that is {topup.status} has been settled.")
    topups.settle_topup(ctx, topup)
    return topup


def fail_topup(ctx: Context, topup: Topup, values: Mapping[str, Any]) -> Topup:
    """The bank refuses for a `failure_code`, or takes back what had come. Raises InvalidRequest where there is neither."""
    topups.fail_topup(ctx, topup, values["failure_code"])
    return topup


def settle_payout(ctx: Context, payout: Payout, values: Mapping[str, Any]) -> Payout:
    """What would come of the payout in time happens now. Raises InvalidRequest where it has happened already."""
    if payout.status not in ("pending", "in_transit"):
        raise InvalidRequest(f"A payout that is {payout.status} has been settled.")
    payouts.settle_payout(ctx, payout)
    return payout


def fail_payout(ctx: Context, payout: Payout, values: Mapping[str, Any]) -> Payout:
    """The bank sends the money back for a `failure_code`. Raises InvalidRequest where there is none to send back."""
    payouts.fail_payout(ctx, payout, values["failure_code"])
    return payout
