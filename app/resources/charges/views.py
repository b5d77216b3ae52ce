"""What a charge looks like."""

from __future__ import annotations

from typing import Any

from app.domain.applications import application_of, shown_application
from app.render import view_of
from app.render.fields import Attr, Const, Derived, Ref, Sublist
from app.render.view import View
from app.resources.charges.tables import Charge


def _fraud_details(row: Any) -> dict[str, str]:
    """What was reported; a refund for fraud tells it too."""
    if row.user_report is not None:
        return {"user_report": row.user_report}
    return {"user_report": "fraudulent"} if any(refund.reason == "fraudulent" for refund in row.refunds) else {}


def _application(row: Any) -> str | None:
    """The platform's application, of a payment that it made or brought about on a connected account."""
    return None if row.platform_id in (None, row.account_id) else application_of(row.platform_id)


@view_of(Charge)
class ChargeView(View):
    id = Attr()
    object = Const("charge")
    amount = Attr()
    amount_captured = Attr()
    amount_refunded = Attr()
    application = Derived(_application, expand=shown_application)
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
    on_behalf_of = Const(None)
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
    transfer_data = Const(None)
    transfer_group = Attr()
