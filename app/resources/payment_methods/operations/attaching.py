"""Payment methods come to a customer, change there, and leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.cards import checked, last_month, refusal_of
from app.domain.metadata import merged
from app.domain.older_cards import older_change
from app.errors import CardError, InvalidRequest
from app.events.emit import Snapshot, emit, previous_attributes, tracked
from app.render.view import VIEWS
from app.resources.customers.operations import update_customer
from app.resources.customers.tables import Customer
from app.resources.external_accounts.tables import BankAccount
from app.resources.payment_methods.operations.making import (
    card_error,
    changed_details,
    changed_expiry,
    magic_method,
    method_of_token,
    unsaved_card,
)
from app.resources.payment_methods.tables import CustomerCard, PaymentMethod
from app.resources.spending_tokens import give_back_token, spend_token

DETACHED = "detached"
_CARDS = Prepared(entity(CustomerCard).where(
    CustomerCard.account_id == bindparam("account_id"), CustomerCard.customer_id == bindparam("customer_id"),
    CustomerCard.id.startswith(CustomerCard.id_prefix, autoescape=True)))
_BANK_ACCOUNTS = Prepared(entity(BankAccount).where(
    BankAccount.account_id == bindparam("account_id"), BankAccount.customer_id == bindparam("customer_id"),
    BankAccount.deleted.is_(False)))
_UPDATABLE = ("card", "link", "us_bank_account")


def take_payment_method(ctx: Context, id: str, *, param: str | None = None) -> PaymentMethod:
    """The payment method as it can be attached: the stored one, or for a magic name a new one that is not stored yet.

    Raises InvalidRequest when it is attached already or was detached, and CardError when its card is refused.
    """
    magic = magic_method(ctx, id)
    return _attachable(ctx.find(PaymentMethod, id, param=param) if magic is None
                       else _with_id(ctx, magic, PaymentMethod.id_prefix))


def take_source(ctx: Context, given: str | Mapping[str, Any], *, param: str) -> PaymentMethod:
    """The card that a token stands for, `tok_visa` or one that was made, or that the older parameters describe, as a source
    that a customer can be given.

    Raises as `take_payment_method` does.
    """
    if isinstance(given, str):
        method = method_of_token(ctx, given, param=param)
    else:
        method = unsaved_card(ctx, given)
    method = _with_id(ctx, method, CustomerCard.id_prefix)
    try:
        return _attachable(method)
    except CardError:
        if isinstance(given, str):
            # A card that is refused has used nothing, though what it is refused by is committed.
            give_back_token(ctx, given)
        raise


def _attachable(method: PaymentMethod) -> PaymentMethod:
    if method.customer_id is not None:
        raise InvalidRequest("The payment method you provided has already been attached to a customer.")
    if method.behavior == DETACHED or method.used:
        raise InvalidRequest("This PaymentMethod was previously used without being attached to a Customer or was "
                             "detached from a Customer, and may not be used again.")
    reason = None if method.card is None else refusal_of(
        checked(method.card, method.billing_details["address"], method.behavior), method.behavior, charging=False)
    if reason is not None:
        # Stripe blames no parameter by name here (connect behaviour reference, 9.2).
        raise card_error(reason, param="")
    return method


def attach_payment_method(ctx: Context, method: PaymentMethod, customer: Customer) -> PaymentMethod:
    """Let the customer pay with it. `method` comes from `take_payment_method` or `take_source`.

    Emits payment_method.attached, and customer.source.created before that for a source.
    """
    if method.card is not None:
        method.card = checked(method.card, method.billing_details["address"], method.behavior)
    method.customer_id, method.test_clock_id = customer.id, customer.test_clock_id
    if method.account_id is None:
        ctx.add(method)
    if method.is_source:
        _note_expiry(ctx, method)
        # Our choice: a card that came as a source is a payment method too, and whatever happens to it is told of both.
        emit(ctx, "customer.source.created", method, snapshot=Snapshot(VIEWS[CustomerCard].render(method)))
    emit(ctx, "payment_method.attached", method)
    return method


def keep_for_customer(ctx: Context, method: PaymentMethod, customer_id: str) -> None:
    """Attach a payment method that has just been used with success to the customer who is to use it again."""
    customer = ctx.get(Customer, customer_id)
    if method.customer_id is None and customer is not None and not customer.deleted:
        attach_payment_method(ctx, method, customer)


def update_payment_method(ctx: Context, method: PaymentMethod, values: Mapping[str, Any]) -> PaymentMethod:
    """Change billing details, expiry and metadata of a customer's payment method."""
    if method.customer_id is None:
        raise InvalidRequest("You must save this PaymentMethod to a customer before you can update it.")
    with _told(ctx, method):
        if "billing_details" in values:
            method.billing_details = changed_details(method.billing_details, values["billing_details"])
        for name in _UPDATABLE:
            if name in values and name != method.type:
                raise InvalidRequest(f"You passed {name}, but the payment method is of type {method.type}.", param=name)
        if "us_bank_account" in values:
            method.details = {**(method.details or {}), **values["us_bank_account"]}
        if "card" in values:
            method.card = changed_expiry(ctx, method.card or {}, values["card"])
            if method.is_source:
                _note_expiry(ctx, method)
        if "metadata" in values:
            method.metadata_ = merged(method.metadata_, values["metadata"])
    return method


def update_source_card(ctx: Context, method: PaymentMethod, values: Mapping[str, Any]) -> PaymentMethod:
    """The same for a source, by the older parameters."""
    expiry = {name: values[name] for name in ("exp_month", "exp_year") if name in values}
    change: dict[str, Any] = {"card": expiry} if expiry else {}
    change |= {"metadata": values["metadata"]} if "metadata" in values else {}
    return update_payment_method(ctx, method, change | {"billing_details": older_change(values)})


def prove_code(ctx: Context, method: PaymentMethod, token: str, *, param: str) -> None:
    """Check the card's security code once more, which a token of type `cvc_update` stands for.

    Emits as `update_payment_method` does. Raises InvalidRequest for what is no card, and for a token that cannot be used.
    """
    if method.card is None:
        # Our choice: the words.
        raise InvalidRequest(f"A payment method of type {method.type} has no security code.", param=param)
    spend_token(ctx, token, "cvc_update", param=param)
    sent = {**method.card, "checks": {**method.card["checks"], "cvc_check": "unchecked"}}
    card = checked(sent, method.billing_details["address"], method.behavior)
    if method.customer_id is None:
        method.card = card
        return
    with _told(ctx, method):
        method.card = card


def detach_payment_method(ctx: Context, method: PaymentMethod) -> PaymentMethod:
    """Take it from its customer, for good: it cannot be used again.

    Emits payment_method.detached, customer.source.deleted before that for a source, and customer.updated where it was a
    default: another source takes the place of a default one.
    """
    if method.customer_id is None:
        raise InvalidRequest("The payment method you provided is not attached to a customer so detachment is "
                             "impossible.")
    customer = ctx.get(Customer, method.customer_id)
    assert customer is not None, "the foreign key holds"
    if method.is_source:
        emit(ctx, "customer.source.deleted", method, snapshot=Snapshot(VIEWS[CustomerCard].render(method)))
    method.customer_id, method.behavior, method.expiring_at = None, DETACHED, None
    method.__dict__.pop("customer", None)
    emit(ctx, "payment_method.detached", method, previous={"customer": customer.id})
    forgotten: dict[str, Any] = {}
    if customer.default_payment_method_id == method.id:
        forgotten["invoice_settings"] = {"default_payment_method": None}
    if customer.default_source_id == method.id:
        forgotten["default_source"] = next((source.id for source in newest_first(ctx, customer.id)), None)
    if forgotten:
        update_customer(ctx, customer, forgotten)
    return method


def tell_expiring(ctx: Context, method: PaymentMethod) -> None:
    """The last month of a source has begun. Emits customer.source.expiring."""
    method.expiring_at = None
    emit(ctx, "customer.source.expiring", method, snapshot=Snapshot(VIEWS[CustomerCard].render(method)))


def newest_first(ctx: Context, customer_id: str) -> list[CustomerCard | BankAccount]:
    """The customer's sources of all kinds."""
    asked = {"account_id": ctx.account_id, "customer_id": customer_id}
    found: list[CustomerCard | BankAccount] = [
        *ctx.session.rows(CustomerCard, _CARDS, **asked), *ctx.session.rows(BankAccount, _BANK_ACCOUNTS, **asked)]
    return sorted(found, key=lambda source: (source.created, source.seq), reverse=True)


def _note_expiry(ctx: Context, method: PaymentMethod) -> None:
    card = method.card or {}
    begins = last_month(card["exp_month"], card["exp_year"])
    # Our choice: of one that comes in its last month nobody is told.
    method.expiring_at = begins if begins > ctx.now else None


@contextmanager
def _told(ctx: Context, method: PaymentMethod) -> Iterator[None]:
    """Emit payment_method.updated where the block changes it, and customer.source.updated where it is a source as well."""
    view = VIEWS[CustomerCard]
    before = view.render(method) if method.is_source else None
    with tracked(ctx, method, "payment_method.updated"):
        yield
    if before is not None and (after := view.render(method)) != before:
        emit(ctx, "customer.source.updated", method, previous=previous_attributes(before, after), snapshot=Snapshot(after))


def _with_id(ctx: Context, method: PaymentMethod, prefix: str) -> PaymentMethod:
    method.id = ctx.ids.new(prefix, PaymentMethod.id_length, PaymentMethod.id_lead)
    return method
