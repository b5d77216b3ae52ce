"""Money that comes back from connected accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.domain.currencies import format_amount
from app.domain.ledger import reversal_posting
from app.domain.metadata import merged
from app.errors import InvalidRequest
from app.events.emit import emit
from app.resources.application_fees.operations import refund_share_of_fee
from app.resources.application_fees.tables import ApplicationFee
from app.resources.balance.operations import hold_funds, post
from app.resources.balance.tables import BalanceTransaction
from app.resources.charges.tables import Charge
from app.resources.refunds.tables import Refund
from app.resources.transfers.tables import Transfer, TransferReversal


def reverse_transfer(ctx: Context, transfer: Transfer, amount: int | None = None, *, refund_application_fee: bool = False,
                     description: str | None = None, metadata: Mapping[str, str] | None = None,
                     source_refund: Refund | None = None, id: str | None = None) -> TransferReversal:
    """Fetch `amount` of the transfer back, or all that is left of it. `ctx` is the platform's.

    `source_refund` is the refund of the platform's charge that asks for it, which may know the reversal's `id` already. With
    `refund_application_fee` the platform gives back what it earned by this part. Emits transfer.reversed, and
    application_fee.refunded where a fee goes back. Raises InvalidRequest for more than is left, and where the connected
    account does not have it.
    """
    ctx.session.lock(transfer)
    amount = _amount(transfer, amount)
    there = ctx.acting_as_id(transfer.destination_id)
    payment = there.get(Charge, transfer.destination_payment_id)
    assert payment is not None, "a transfer has arrived as a payment"
    there.session.lock(payment)
    come = there.get(BalanceTransaction, payment.balance_transaction_id)
    assert come is not None, "a payment is on the balance"
    fee = _fee(ctx, transfer, payment) if refund_application_fee else None
    _check_held(ctx, there, transfer, amount, come)
    id = id or ctx.ids.new(TransferReversal.id_prefix, TransferReversal.id_length, TransferReversal.id_lead)
    refund_id = ctx.ids.new("pyr_", Refund.id_length, "1")
    # While the money of the transfer is pending, what comes back is pending too.
    back, gone = post(ctx, reversal_posting(
        ctx.account_id, transfer.destination_id, amount, transfer.currency, transfer=transfer.id, refund=refund_id,
        description=transfer.description, payment_description=payment.description, source_type=transfer.source_type,
        available_on=come.available_on))
    ctx.session.load([transfer], "reversals")
    there.session.load([payment], "refunds")
    refund = there.add(Refund(
        id=refund_id, amount=amount, balance_transaction_id=gone.id, charge_id=payment.id, currency=transfer.currency,
        platform_id=ctx.account_id, source_transfer_reversal_id=id, status="succeeded", transfer_reversal_id=id))
    payment.amount_refunded += amount
    payment.__dict__["refunds"] = [refund, *payment.refunds]
    reversal = ctx.add(TransferReversal(
        id=id, amount=amount, balance_transaction_id=back.id, currency=transfer.currency, description=description,
        destination_id=transfer.destination_id, destination_payment_refund_id=refund_id,
        metadata_=merged({}, metadata or {}), source_refund_id=None if source_refund is None else source_refund.id,
        transfer_id=transfer.id))
    transfer.amount_reversed += amount
    transfer.__dict__["reversals"] = [reversal, *transfer.reversals]
    if source_refund is not None:
        source_refund.platform_id, source_refund.transfer_reversal_id = ctx.account_id, id
    emit(ctx, "transfer.reversed", transfer)
    if fee is not None:
        refund_share_of_fee(ctx, fee, amount, transfer.amount, last=transfer.amount_reversed == transfer.amount)
    return reversal


def update_transfer_reversal(reversal: TransferReversal, values: Mapping[str, Any]) -> TransferReversal:
    """Change metadata or description. Stripe has no event for it."""
    if "description" in values:
        reversal.description = values["description"]
    if "metadata" in values:
        reversal.metadata_ = merged(reversal.metadata_, values["metadata"])
    return reversal


def _amount(transfer: Transfer, amount: int | None) -> int:
    left = transfer.amount - transfer.amount_reversed
    if not left:
        raise InvalidRequest(f"The transfer {transfer.id} is already fully reversed.")
    if amount is not None and amount > left:
        raise InvalidRequest(
            f"Transfer reversal amount ({format_amount(amount, transfer.currency)}) is greater than unreversed amount on "
            f"transfer ({format_amount(left, transfer.currency)})", param="amount")
    return left if amount is None else amount


def _fee(ctx: Context, transfer: Transfer, payment: Charge) -> ApplicationFee:
    fee = ctx.get(ApplicationFee, payment.application_fee_id)
    if fee is None:
        # Our choice: the words, and that it is refused.
        raise InvalidRequest(f"The application fee of transfer {transfer.id} cannot be refunded, because it has none.",
                             param="refund_application_fee")
    return fee


def _check_held(ctx: Context, there: Context, transfer: Transfer, amount: int, come: BalanceTransaction) -> None:
    """What is still pending can be fetched back from an account without funds, and to a point what a destination charge has
    brought.
    """
    if come.available_on > ctx.now:
        return
    charge = ctx.get(Charge, transfer.source_transaction_id)
    # Our choice: how far a refund may take the other account below zero.
    overdraft = ctx.choices.refund_overdraft if charge is not None and charge.transfer_id == transfer.id else 0
    available, _ = hold_funds(there).get((transfer.currency, come.source_type), (0, 0))
    if amount > available + overdraft:
        # Our choice: the words.
        raise InvalidRequest(f"The account {transfer.destination_id} has insufficient available funds to reverse "
                             f"{format_amount(amount, transfer.currency)} of transfer {transfer.id}.",
                             code="balance_insufficient")
