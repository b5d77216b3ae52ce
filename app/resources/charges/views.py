"""What a charge looks like."""

from __future__ import annotations

from typing import Any

from app.domain.applications import shown_application
from app.render import view_of
from app.render.fields import Attr, Const, Derived, Hash, Ref, Sublist
from app.render.view import View
from app.resources.charges.tables import Charge


def _fraud_details(row: Any) -> dict[str, str]:
    """What was reported; a refund for fraud tells it too."""
    if row.user_report is not None:
        return {"user_report": row.user_report}
    return {"user_report": "fraudulent"} if any(refund.reason == "fraudulent" for refund in row.refunds) else {}


@view_of(Charge)
class ChargeView(View):
    id = Attr()
    object = Const("charge")
    amount = Attr()
    amount_captured = Attr()
    amount_refunded = Attr()
    application = Attr(expand=shown_application)
    application_fee = Ref()
    application_fee_amount = Attr()
    balance_transaction = Ref()
    billing_details = Attr()
    calculated_statement_descriptor = Attr("statement_descriptor")
    captured = Attr()
    created = Attr()
    currency = Attr()
    customer = Ref()
    description = Attr()
    # Left out where there is none: the published schema does not have it, but older clients read it.
    dispute = Ref(omit_null=True)
    disputed = Attr()
    failure_balance_transaction = Ref()
    failure_code = Attr()
    failure_message = Attr()
    fraud_details = Derived(_fraud_details, needs="refunds")
    invoice = Ref()
    livemode = Const(False)
    metadata = Attr("metadata_")
    on_behalf_of = Ref()
    outcome = Attr()
    paid = Attr()
    payment_intent = Ref()
    payment_method = Attr("payment_method_id")
    payment_method_details = Attr()
    radar_options = Attr(omit_null=True)
    receipt_email = Attr()
    # Our choice: no receipt is sent by mail, which is what numbers it.
    receipt_number = Const(None)
    receipt_url = Attr()
    refunded = Derived(lambda row: row.amount_refunded == row.amount)
    refunds = Sublist("/v1/charges/{id}/refunds", limit=10)
    review = Ref()
    shipping = Attr()
    source_transfer = Ref()
    statement_descriptor = Attr()
    statement_descriptor_suffix = Attr()
    status = Attr()
    transfer = Ref(omit_null=True)
    transfer_data = Hash(
        amount=Attr("transfer_amount"), destination=Ref("transfer_destination", column="transfer_destination_id"),
        unless=lambda row: row.transfer_destination_id is None)
    transfer_group = Attr()
