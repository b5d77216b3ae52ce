"""Charges as callers ask for them by themselves, the way it was done before there were payment intents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.domain.cards import DECLINES, checked, must_authenticate, refusal_of
from app.domain.metadata import merged
from app.domain.shipping import shipping_document
from app.errors import CardError, InvalidRequest
from app.events.emit import emit, tracked
from app.resources.accounts.operations import connected_account
from app.resources.charges.operations.charging import charge_card
from app.resources.charges.operations.checking import check_chargeable, check_texts
from app.resources.charges.operations.connecting import refusal_of_sharing, sharing_columns
from app.resources.charges.operations.debiting import charge_bank_account
from app.resources.charges.operations.sharing import announce_fee, announce_transfer
from app.resources.charges.tables import Charge
from app.resources.customers.tables import Customer
from app.resources.external_accounts.tables import BankAccount
from app.resources.payment_methods.operations import older_card, refusal_of_account, source_for
from app.resources.payment_methods.tables import PaymentMethod
from app.resources.transfers.operations import debit_account

_PLAIN = ("description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix", "transfer_group")


def create_charge(ctx: Context, values: Mapping[str, Any]) -> Charge:
    """The charge that the parameters of POST /v1/charges ask for. Emits charge.succeeded, for a bank account charge.pending.

    Raises CardError for a decline, after which the failed charge stays on record with its charge.failed.
    """
    check_chargeable(values["amount"], values["currency"])
    check_texts(values)
    shared = sharing_columns(ctx, values, amount=values["amount"], currency=values["currency"], of_intent=False)
    if (values.get("source") or "").startswith("acct_"):
        return _debit_account(ctx, values)
    refusal = refusal_of_sharing(ctx, Charge(**shared))
    if refusal is not None:
        raise refusal
    customer = ctx.find(Customer, values["customer"], param="customer") if "customer" in values else None
    method = _method(ctx, values, customer)
    if isinstance(method, BankAccount):
        return _debit_bank_account(ctx, values, method, shared)
    if method.customer_id is None:
        method.card = checked(method.card or {}, method.billing_details["address"], method.behavior)
    asks = must_authenticate(method.behavior, off_session=True, set_up=method.set_up)
    reason = "authentication_required" if asks else refusal_of(method.card or {}, method.behavior, charging=True)
    charge = charge_card(
        ctx, method, amount=values["amount"], currency=values["currency"], reason=reason,
        capture=values.get("capture", True), customer_id=None if customer is None else customer.id,
        metadata_=merged({}, values.get("metadata", {})), radar_options=values.get("radar_options"),
        shipping=shipping_document(values.get("shipping")), **_plain(values), **shared)
    if reason is not None:
        emit(ctx, "charge.failed", charge)
        decline = DECLINES[reason]
        raise CardError(decline.message, code=decline.code, decline_code=decline.decline_code, param=decline.param,
                        charge=charge.id)
    method.used = True
    emit(ctx, "charge.succeeded", charge)
    announce_transfer(ctx, charge)
    announce_fee(ctx, charge)
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


def set_for_capture(ctx: Context, charge: Charge, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a capture changes of the charge besides taking its amount, whose event tells of it.

    What it changes of who has a part in it comes back. Raises InvalidRequest where that cannot be.
    """
    check_texts(values)
    # A fee or a transfer that was asked for with the charge is cut down to what is captured; only a new one is measured.
    named = {name: value for name, value in values.items() if name != "amount"}
    shared = sharing_columns(ctx, named, amount=values.get("amount", charge.amount), currency=charge.currency, present=charge,
                             of_intent=False)
    for name, value in shared.items():
        setattr(charge, name, value)
    for name in _PLAIN:
        if name in values:
            setattr(charge, name, values[name])
    return shared


def _debit_account(ctx: Context, values: Mapping[str, Any]) -> Charge:
    """Money that is fetched from a connected account. Raises InvalidRequest where that has less, or must not be debited."""
    account = connected_account(ctx, values["source"], param="source", called="destination")
    # Our choice: the words of these refusals, and that the account has to have the money.
    for name in ("customer", "destination", "transfer_data", "on_behalf_of", "application_fee", "application_fee_amount"):
        if values.get(name) is not None:
            raise InvalidRequest(f"You cannot specify `{name}` for the debit of a connected account.", param=name)
    if not values.get("capture", True):
        raise InvalidRequest("The debit of a connected account is captured at once.", param="capture")
    charge = debit_account(ctx, account, values["amount"], values["currency"], metadata_=merged({}, values.get("metadata", {})),
                           shipping=shipping_document(values.get("shipping")), **_plain(values))
    emit(ctx, "charge.succeeded", charge)
    return charge


def _debit_bank_account(ctx: Context, values: Mapping[str, Any], account: BankAccount, shared: Mapping[str, Any]) -> Charge:
    refusal = refusal_of_account(account, currency=values["currency"], param="source")
    if refusal is not None:
        raise refusal
    if not values.get("capture", True):
        # Our choice: the words.
        raise InvalidRequest("The debit of a bank account cannot be captured later.", param="capture")
    return charge_bank_account(
        ctx, account, amount=values["amount"], currency=values["currency"], customer_id=account.customer_id,
        metadata_=merged({}, values.get("metadata", {})), radar_options=values.get("radar_options"),
        shipping=shipping_document(values.get("shipping")), **_plain(values), **shared)


def _method(ctx: Context, values: Mapping[str, Any], customer: Customer | None) -> PaymentMethod | BankAccount:
    """What is to be charged: a new card, a source of the customer's, or the customer's default."""
    card, source = values.get("card"), values.get("source")
    if isinstance(card, str):
        card, source = None, card
    if card is not None:
        return older_card(ctx, card)
    if source is not None:
        return source_for(ctx, source, customer_id=None if customer is None else customer.id)
    if customer is None:
        raise InvalidRequest("Must provide source or customer.", code="parameter_missing")
    default = customer.default_source_id or ""
    if default.startswith(BankAccount.id_prefix):
        return source_for(ctx, default, customer_id=customer.id)
    method = ctx.get(PaymentMethod, default)
    if method is None:
        raise CardError("Cannot charge a customer that has no active card", code="missing", param="card")
    return method
