"""What transfers and their reversals look like."""

from __future__ import annotations

from app.render import view_of
from app.render.fields import Attr, Const, Derived, Ref, Sublist
from app.render.view import View
from app.resources.transfers.tables import Transfer, TransferReversal


@view_of(Transfer)
class TransferView(View):
    id = Attr()
    object = Const("transfer")
    amount = Attr()
    amount_reversed = Attr()
    balance_transaction = Ref()
    created = Attr()
    currency = Attr()
    description = Attr()
    destination = Ref()
    destination_payment = Ref()
    livemode = Const(False)
    metadata = Attr("metadata_")
    reversals = Sublist("/v1/transfers/{id}/reversals", limit=10)
    reversed = Derived(lambda row: row.amount_reversed == row.amount)
    source_transaction = Ref()
    source_type = Attr()
    transfer_group = Attr()


@view_of(TransferReversal)
class TransferReversalView(View):
    id = Attr()
    object = Const("transfer_reversal")
    amount = Attr()
    balance_transaction = Ref()
    created = Attr()
    currency = Attr()
    destination_payment_refund = Ref()
    metadata = Attr("metadata_")
    source_refund = Ref()
    transfer = Ref()
