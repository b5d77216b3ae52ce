"""What the banks of the simulated world do when an operator says so: money comes and arrives, or does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.errors import InvalidRequest
from app.resources.external_accounts import operations as external_accounts
from app.resources.external_accounts.operations import ExternalAccount
from app.resources.payouts import operations as payouts
from app.resources.payouts.tables import Payout
from app.resources.refunds import operations as refunds
from app.resources.refunds.tables import Refund
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


def settle_refund(ctx: Context, refund: Refund, values: Mapping[str, Any]) -> Refund:
    """The customer says where their bank account is, as they were asked to by email; or what is on its way arrives now.

    Raises InvalidRequest where nothing is awaited of a customer or a bank.
    """
    if refund.status not in ("pending", "requires_action"):
        raise InvalidRequest(f"A refund that is {refund.status} has been settled.")
    if refund.status == "requires_action":
        refunds.name_account(ctx, refund)
        if refund.settles_at != ctx.now:
            return refund
    refunds.settle_refund(ctx, refund)
    return refund


def add_bank_account(ctx: Context, values: Mapping[str, Any]) -> ExternalAccount:
    """A further bank account or card of the sandbox's own. Raises as `add_external_account` does."""
    return external_accounts.add_external_account(
        ctx, values["external_account"], param="external_account", asking=ctx,
        default=values.get("default_for_currency", False), metadata=values.get("metadata"))


def update_bank_account(ctx: Context, bank_account: ExternalAccount, values: Mapping[str, Any]) -> ExternalAccount:
    """Change what is named; without anything one that is errored is put right."""
    return external_accounts.update_external_account(ctx, bank_account, values)


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
