"""What a payment intent looks like."""

from __future__ import annotations

from typing import Any

from app.domain.applications import shown_application
from app.render import view_of
from app.render.fields import Attr, Const, Derived, Hash, Ref, Sublist
from app.render.view import View
from app.resources.payment_intents.tables import PaymentIntent
from app.resources.payment_views import shown_options

_CARD_OPTIONS = {"installments": None, "mandate_options": None, "network": None, "request_three_d_secure": "automatic"}
_PLAIN_OPTIONS = {"card": _CARD_OPTIONS}


def _payment_method_options(row: PaymentIntent) -> dict[str, Any]:
    if not row.payment_method_options and row.payment_method_types == ["card"]:
        return _PLAIN_OPTIONS
    return shown_options(row.payment_method_options, row.payment_method_types, _CARD_OPTIONS)


@view_of(PaymentIntent)
class PaymentIntentView(View):
    id = Attr()
    object = Const("payment_intent")
    amount = Attr()
    amount_capturable = Attr()
    amount_details = Const({"tip": {}})
    amount_received = Attr()
    application = Attr(expand=shown_application)
    application_fee_amount = Attr()
    automatic_payment_methods = Attr()
    canceled_at = Attr()
    cancellation_reason = Attr()
    capture_method = Attr()
    charges = Sublist("/v1/charges?payment_intent={id}", limit=10)
    client_secret = Attr()
    confirmation_method = Attr()
    created = Attr()
    currency = Attr()
    customer = Ref()
    description = Attr()
    invoice = Ref()
    last_payment_error = Attr()
    livemode = Const(False)
    metadata = Attr("metadata_")
    next_action = Attr()
    on_behalf_of = Ref()
    payment_method = Ref()
    payment_method_options = Derived(_payment_method_options)
    payment_method_types = Attr()
    processing = Const(None)
    receipt_email = Attr()
    review = Ref()
    setup_future_usage = Attr()
    shipping = Attr()
    statement_descriptor = Attr()
    statement_descriptor_suffix = Attr()
    status = Attr()
    transfer_data = Hash(
        amount=Attr("transfer_amount", omit_null=True),
        destination=Ref("transfer_destination", column="transfer_destination_id"),
        unless=lambda row: row.transfer_destination_id is None)
    transfer_group = Attr()
