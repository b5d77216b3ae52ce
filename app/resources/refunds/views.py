"""What a refund looks like."""

from __future__ import annotations

from app.render import view_of
from app.render.fields import Attr, Const, Ref
from app.render.view import View
from app.resources.refunds.tables import Refund


@view_of(Refund)
class RefundView(View):
    id = Attr()
    object = Const("refund")
    amount = Attr()
    balance_transaction = Ref()
    charge = Ref()
    created = Attr()
    currency = Attr()
    failure_balance_transaction = Ref(omit_null=True)
    failure_reason = Attr(omit_null=True)
    instructions_email = Attr(omit_null=True)
    metadata = Attr("metadata_")
    next_action = Attr(omit_null=True)
    payment_intent = Ref()
    reason = Attr()
    # Our choice: receipts are neither sent nor shown.
    receipt_number = Const(None)
    source_transfer_reversal = Ref()
    status = Attr()
    transfer_reversal = Ref()
