"""What application fees and their refunds look like."""

from __future__ import annotations

from app.domain.applications import application_of, shown_application
from app.render import view_of
from app.render.fields import Attr, Const, Derived, Ref, Sublist
from app.render.view import View
from app.resources.application_fees.tables import ApplicationFee, ApplicationFeeRefund


@view_of(ApplicationFee)
class ApplicationFeeView(View):
    id = Attr()
    object = Const("application_fee")
    account = Ref("charged_account", "charged_account_id")
    amount = Attr()
    amount_refunded = Attr()
    application = Derived(lambda row: application_of(row.account_id), expand=shown_application)
    balance_transaction = Ref()
    charge = Ref()
    created = Attr()
    currency = Attr()
    livemode = Const(False)
    originating_transaction = Ref()
    refunded = Derived(lambda row: row.amount_refunded == row.amount)
    refunds = Sublist("/v1/application_fees/{id}/refunds", limit=10)


@view_of(ApplicationFeeRefund)
class ApplicationFeeRefundView(View):
    id = Attr()
    object = Const("fee_refund")
    amount = Attr()
    balance_transaction = Ref()
    created = Attr()
    currency = Attr()
    fee = Ref()
    metadata = Attr("metadata_")
