"""Charges as callers ask for them by themselves, the way it was done before there were payment intents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.domain.cards import DECLINES, checked, must_authenticate, refusal_of
from app.domain.metadata import merged
from app.domain.shipping import shipping_document
from app.errors import CardError, InvalidRequest, no_such
from app.events.emit import emit, tracked
from app.resources.charges.operations.charging import charge_card
from app.resources.charges.operations.checking import check_chargeable, check_texts
from app.resources.charges.operations.connecting import check_connected
from app.resources.charges.tables import Charge
from app.resources.customers.tables import Customer
from app.resources.payment_methods.operations import older_card, source_for
from app.resources.payment_methods.tables import PaymentMethod

_PLAIN = ("description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix", "transfer_group")


def create_charge(ctx: Context, values: Mapping[str, Any]) -> Charge:
    """The charge that the parameters of POST /v1/charges ask for. Emits charge.succeeded.

    Raises CardError for a decline, after which the failed charge stays on record with its charge.failed.
    """
    check_connected(values, of_intent=False)
    check_chargeable(values["amount"], values["currency"])
    check_texts(values)
    customer = ctx.find(Customer, values["customer"], param="customer") if "customer" in values else None
    method = _method(ctx, values, customer)
    if method.customer_id is None:
        method.card = checked(method.card or {}, method.billing_details["address"], method.behavior)
    asks = must_authenticate(method.behavior, off_session=True, set_up=method.set_up)
    reason = "authentication_required" if asks else refusal_of(method.card or {}, method.behavior, charging=True)
    charge = charge_card(
        ctx, method, amount=values["amount"], currency=values["currency"], reason=reason,
        capture=values.get("capture", True), customer_id=None if customer is None else customer.id,
        metadata_=merged({}, values.get("metadata", {})), radar_options=values.get("radar_options"),
        shipping=shipping_document(values.get("shipping")), **_plain(values))
    if reason is not None:
        emit(ctx, "charge.failed", charge)
        decline = DECLINES[reason]
        raise CardError(decline.message, code=decline.code, decline_code=decline.decline_code, param=decline.param,
                        charge=charge.id)
    method.used = True
    emit(ctx, "charge.succeeded", charge)
    return charge


def update_charge(ctx: Context, charge: Charge, values: Mapping[str, Any]) -> None:
    """Change what is named. Emits charge.updated. Raises InvalidRequest for a customer in place of another."""
    check_texts(values)
    with tracked(ctx, charge, "charge.updated"):
        if "customer" in values:
            if charge.customer_id not in (None, values["customer"]):
                # Our choice: the words.
                raise InvalidRequest("You cannot change the customer of a charge once it is set.", param="customer")
            charge.customer_id = ctx.find(Customer, values["customer"], param="customer").id
        for name in _PLAIN:
            if name in values:
                setattr(charge, name, values[name])
        if "shipping" in values:
            charge.shipping = shipping_document(values["shipping"])
        if "fraud_details" in values:
            charge.user_report = values["fraud_details"]["user_report"]
        if "metadata" in values:
            charge.metadata_ = merged(charge.metadata_, values["metadata"])


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values.get(name) for name in _PLAIN}


def set_for_capture(charge: Charge, values: Mapping[str, Any]) -> None:
    """What a capture changes of the charge besides taking its amount, whose event tells of it."""
    check_connected(values, of_intent=False)
    check_texts(values)
    for name in _PLAIN:
        if name in values:
            setattr(charge, name, values[name])


def _method(ctx: Context, values: Mapping[str, Any], customer: Customer | None) -> PaymentMethod:
    """The card to be charged: a new one, one of the customer's, or the customer's default."""
    card, source = values.get("card"), values.get("source")
    if isinstance(card, str):
        card, source = None, card
    if card is not None:
        return older_card(ctx, card)
    if source is not None and source.startswith("acct_"):
        raise no_such("destination", source, param="source", status=400)
    if source is not None:
        return source_for(ctx, source, customer_id=None if customer is None else customer.id)
    if customer is None:
        raise InvalidRequest("Must provide source or customer.", code="parameter_missing")
    method = ctx.get(PaymentMethod, customer.default_source_id)
    if method is None:
        raise CardError("Cannot charge a customer that has no active card", code="missing", param="card")
    return method
