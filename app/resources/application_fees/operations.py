"""What happens to application fees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.db.roots import Account
from app.domain.applications import application_of
from app.domain.currencies import format_amount
from app.domain.ledger import Earning, fee_refund_posting
from app.domain.metadata import merged
from app.domain.money import share_of
from app.errors import InvalidRequest
from app.events.emit import emit, tracked
from app.resources.application_fees.tables import ApplicationFee, ApplicationFeeRefund
from app.resources.balance.operations import post
from app.resources.balance.tables import BalanceTransaction
from app.resources.charges.tables import Charge


def plan_application_fee(ctx: Context, account: Account, amount: int) -> Earning:
    """What the posting of a payment of the connected account must know of the fee of `amount` that is taken of it.

    `ctx` is the platform's. `take_application_fee` must follow.
    """
    application = application_of(ctx.account_id)
    id = ctx.ids.new(ApplicationFee.id_prefix, ApplicationFee.id_length, ApplicationFee.id_lead)
    return Earning(
        ctx.account_id, id, amount, application, f"{_name_of(ctx.account)} application fee",
        f"Application fee from application {_name_of(ctx.account)} for {_name_of(account)} ({account.id})")


def take_application_fee(ctx: Context, earning: Earning, earned: BalanceTransaction, charge: Charge, *,
                         originating: Charge | None = None) -> ApplicationFee:
    """The fee of a payment whose posting had this `earning`, by which the platform has `earned` it.

    `charge` is the connected account's, `originating` the platform's where that was transferred. The caller emits
    application_fee.created, because it knows what comes before.
    """
    fee = ctx.add(ApplicationFee(
        id=earning.application_fee, amount=earning.amount, amount_refunded=0, balance_transaction_id=earned.id,
        charge_id=charge.id, charged_account_id=charge.account_id, currency=charge.currency,
        originating_transaction_id=None if originating is None else originating.id))
    for taken in (charge, originating):
        if taken is not None:
            taken.platform_id, taken.application_fee_id, taken.application_fee_amount = ctx.account_id, fee.id, fee.amount
    fee.__dict__["refunds"] = []
    return fee


def refund_application_fee(ctx: Context, fee: ApplicationFee, amount: int | None = None, *,
                           metadata: Mapping[str, str] | None = None) -> ApplicationFeeRefund:
    """Give `amount` of the fee back to the account that it was taken of, or all that is left of it. `ctx` is the platform's.

    Emits application_fee.refunded. Raises InvalidRequest where nothing is left, and for more than is.
    """
    ctx.session.lock(fee)
    left = fee.amount - fee.amount_refunded
    if amount is None and not left:
        raise InvalidRequest(f"Application fee {fee.id} has already been refunded.")
    amount = left if amount is None else amount
    if amount > left:
        raise InvalidRequest(f"Refund amount ({format_amount(amount, fee.currency)}) is greater than unrefunded amount on fee "
                             f"({format_amount(left, fee.currency)})", param="amount")
    earned = ctx.get(BalanceTransaction, fee.balance_transaction_id)
    assert earned is not None, "a fee is on the balance"
    id = ctx.ids.new(ApplicationFeeRefund.id_prefix, ApplicationFeeRefund.id_length, ApplicationFeeRefund.id_lead)
    # While the fee is pending, what goes back of it is pending too.
    [given, _] = post(ctx, fee_refund_posting(
        fee.account_id, fee.charged_account_id, amount, fee.currency, application_fee=fee.id, fee_refund=id,
        available_on=earned.available_on))
    ctx.session.load([fee], "refunds")
    refund = ctx.add(ApplicationFeeRefund(
        id=id, amount=amount, balance_transaction_id=given.id, currency=fee.currency, fee_id=fee.id,
        metadata_=merged({}, metadata or {})))
    fee.amount_refunded += amount
    fee.__dict__["refunds"] = [refund, *fee.refunds]
    emit(ctx, "application_fee.refunded", fee)
    return refund


def refund_share_of_fee(ctx: Context, fee: ApplicationFee, part: int, whole: int, *,
                        last: bool) -> ApplicationFeeRefund | None:
    """Give back of the fee what falls on `part` of the `whole` that it was taken of, or what is left with the `last` part.

    Null where that is nothing, because all of it was given back before, or the share is less than half a minor unit.
    """
    ctx.session.lock(fee)
    left = fee.amount - fee.amount_refunded
    amount = left if last else min(share_of(fee.amount, part, whole), left)
    return refund_application_fee(ctx, fee, amount) if amount else None


def update_application_fee_refund(ctx: Context, refund: ApplicationFeeRefund,
                                  values: Mapping[str, Any]) -> ApplicationFeeRefund:
    """Change the metadata. Emits application_fee.refund.updated."""
    with tracked(ctx, refund, "application_fee.refund.updated"):
        if "metadata" in values:
            refund.metadata_ = merged(refund.metadata_, values["metadata"])
    return refund


def _name_of(account: Account) -> str:
    # Our choice: an account without a name is called by its address, or by its id.
    return account.display_name or (account.business_profile or {}).get("name") or account.email or account.id
