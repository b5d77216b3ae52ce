"""What comes back with a refund from other accounts that had a part in the payment."""

from __future__ import annotations

from dataclasses import dataclass

from app.context import Context
from app.domain.money import share_of
from app.errors import InvalidRequest
from app.resources.application_fees.operations import refund_share_of_fee
from app.resources.application_fees.tables import ApplicationFee
from app.resources.charges.tables import Charge
from app.resources.refunds.tables import Refund
from app.resources.transfers.operations import reverse_transfer
from app.resources.transfers.tables import Transfer, TransferReversal


@dataclass(frozen=True, slots=True)
class Reversal:
    """The `amount` of a transfer that comes back with a refund, which names it from the beginning by its `id`."""

    transfer: Transfer
    amount: int
    id: str

    def make(self, ctx: Context, refund: Refund, *, refund_application_fee: bool) -> None:
        """Fetch it back. Emits transfer.reversed, and application_fee.refunded where the fee is to go back with it."""
        reverse_transfer(ctx, self.transfer, self.amount, id=self.id, source_refund=refund,
                         refund_application_fee=refund_application_fee)


def plan_reversal(ctx: Context, refund: Refund, charge: Charge) -> Reversal | None:
    """What of the transfer of a destination charge falls on the refund; the one that completes the charge takes what is left.

    Null where that is less than half a minor unit. Raises InvalidRequest where all of it has come back before.
    """
    transfer = ctx.get(Transfer, charge.transfer_id)
    assert transfer is not None, "a destination charge was sent on"
    ctx.session.lock(transfer)
    left = transfer.amount - transfer.amount_reversed
    part = min(share_of(transfer.amount, refund.amount, charge.amount_captured), left)
    amount = left if charge.amount_refunded == charge.amount else part
    if left and not amount:
        return None
    id = ctx.ids.new(TransferReversal.id_prefix, TransferReversal.id_length, TransferReversal.id_lead)
    if left:
        refund.platform_id, refund.transfer_reversal_id = ctx.account_id, id
    return Reversal(transfer, amount, id)


def return_fee(ctx: Context, refund: Refund, charge: Charge) -> None:
    """Let the platform give back of its fee what falls on the refund of a charge. Emits application_fee.refunded there."""
    assert charge.platform_id is not None, "a fee is some platform's"
    platform = ctx.acting_as_id(charge.platform_id)
    fee = platform.get(ApplicationFee, charge.application_fee_id)
    assert fee is not None, "the charge names it"
    refund_share_of_fee(platform, fee, refund.amount, charge.amount_captured, last=charge.amount_refunded == charge.amount)


def send_back(ctx: Context, payment: Charge, amount: int, *, refund_application_fee: bool) -> Refund:
    """The refund of a payment as which a transfer has arrived: that is reversed. Emits transfer.reversed on its side.

    Raises InvalidRequest where there is no transfer any more, or no money to send back.
    """
    assert payment.platform_id is not None, "a transfer has come from some account"
    there = ctx.acting_as_id(payment.platform_id)
    transfer = there.get(Transfer, payment.source_transfer_id)
    if transfer is None:
        # Our choice: the words.
        raise InvalidRequest(f"Charge {payment.id} came by a transfer that went with a test clock, and cannot be refunded.",
                             param="charge")
    reversal = reverse_transfer(there, transfer, amount, refund_application_fee=refund_application_fee)
    refund = ctx.get(Refund, reversal.destination_payment_refund_id)
    assert refund is not None, "a reversal is a refund of the payment"
    return refund
