"""What a charge that was taken brings others: the account that it is sent on to, and the platform that earns by it."""

from __future__ import annotations

from collections.abc import Sequence

from app.context import Context
from app.db.roots import Account
from app.domain.ledger import Earning
from app.events.emit import emit
from app.resources.application_fees.operations import (
    plan_application_fee,
    refund_application_fee,
    take_application_fee,
)
from app.resources.application_fees.tables import ApplicationFee
from app.resources.balance.tables import BalanceTransaction
from app.resources.charges.tables import Charge
from app.resources.transfers.operations import transfer_charge
from app.resources.transfers.tables import Transfer


def plan_earning(ctx: Context, charge: Charge, amount: int) -> Earning | None:
    """What the posting of a direct charge, of which `amount` is taken, must know of the platform's fee; None where there is none.

    `note_earning` must follow.
    """
    platform, fee = ctx.account.platform_id, _fee_of(charge, amount)
    return plan_application_fee(ctx.acting_as_id(platform), ctx.account, fee) if platform is not None and fee else None


def note_earning(ctx: Context, earning: Earning | None, earned: Sequence[BalanceTransaction], charge: Charge) -> None:
    """The posting was made, by which the platform has `earned` its fee of a direct charge."""
    if earning is not None:
        take_application_fee(ctx.acting_as_id(earning.platform), earning, earned[0], charge)


def send_on(ctx: Context, charge: Charge, amount: int) -> None:
    """Transfer the `amount` that was taken by a destination charge, or the part that is to be; the fee comes back out of it."""
    account = None if charge.transfer_destination_id is None else ctx.session.get(Account, charge.transfer_destination_id)
    # Our choice: where less was captured than the part, all of it is.
    part = amount if charge.transfer_amount is None else min(charge.transfer_amount, amount)
    if account is not None and part:
        transfer_charge(ctx, charge, account, part, fee_amount=_fee_of(charge, amount))


def take_back_earning(ctx: Context, charge: Charge) -> None:
    """A direct charge has failed after all: the platform gives its fee back. Emits application_fee.refunded there."""
    fee = _earned_by(ctx, charge)
    if fee is not None:
        refund_application_fee(ctx.acting_as_id(fee.account_id), fee)


def announce_transfer(ctx: Context, charge: Charge) -> None:
    """Tell of the transfer that has sent the charge on, where there is one. Emits transfer.created."""
    transfer = ctx.get(Transfer, charge.transfer_id)
    if transfer is not None:
        emit(ctx, "transfer.created", transfer)


def announce_fee(ctx: Context, charge: Charge) -> None:
    """Tell the platform what it has earned by the charge, where it has. Emits application_fee.created there."""
    fee = _earned_by(ctx, charge)
    if fee is not None:
        emit(ctx.acting_as_id(fee.account_id), "application_fee.created", fee)


def _fee_of(charge: Charge, amount: int) -> int:
    """No more than what was taken."""
    return min(charge.application_fee_amount or 0, amount)


def _earned_by(ctx: Context, charge: Charge) -> ApplicationFee | None:
    if charge.application_fee_id is None or charge.platform_id is None:
        return None
    return ctx.acting_as_id(charge.platform_id).get(ApplicationFee, charge.application_fee_id)
