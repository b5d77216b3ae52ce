"""What a balance transaction looks like."""

from __future__ import annotations

from typing import Any

from app.domain.ledger import PROCESSING
from app.render import view_of
from app.render.fields import Attr, Const, Derived, RefAmong
from app.render.view import View
from app.resources.application_fees.tables import ApplicationFee, ApplicationFeeRefund
from app.resources.balance.tables import BalanceTransaction, ReserveTransaction
from app.resources.charges.tables import Charge
from app.resources.disputes.tables import Dispute
from app.resources.payouts.tables import Payout
from app.resources.refunds.tables import Refund
from app.resources.topups.tables import Topup
from app.resources.transfers.tables import Transfer


def _status(row: BalanceTransaction) -> str:
    """On a test clock its time decides; otherwise what `note_availability` noted, since a view asks no clock."""
    if row.test_clock is not None:
        return "available" if row.available_on <= row.test_clock.frozen_time else "pending"
    return "available" if row.__dict__.get("available", row.available_on <= row.created) else "pending"


def _fee_details(row: BalanceTransaction) -> list[dict[str, Any]]:
    if row.fee_details is not None:
        return row.fee_details
    if not row.fee:
        return []
    return [{"amount": row.fee, "application": None, "currency": row.currency, "description": PROCESSING,
             "type": "stripe_fee"}]


@view_of(BalanceTransaction)
class BalanceTransactionView(View):
    id = Attr()
    object = Const("balance_transaction")
    amount = Attr()
    available_on = Attr()
    created = Attr()
    currency = Attr()
    description = Attr()
    exchange_rate = Const(None)
    fee = Attr()
    fee_details = Derived(_fee_details)
    net = Attr()
    reporting_category = Attr()
    source = RefAmong(ApplicationFee, ApplicationFeeRefund, Charge, Dispute, Payout, Refund, ReserveTransaction, Topup, Transfer)
    status = Derived(_status, needs="test_clock")
    type = Attr()


@view_of(ReserveTransaction)
class ReserveTransactionView(View):
    """Seen only as the expanded source of a balance transaction."""

    id = Attr()
    object = Const("reserve_transaction")
    amount = Attr()
    currency = Attr()
    description = Const(None)
