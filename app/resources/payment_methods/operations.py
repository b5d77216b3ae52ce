"""What happens to payment methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.cards import (
    DECLINES,
    TestCard,
    card_document,
    checked,
    is_code,
    named_card,
    numbered_card,
    refusal_of,
    refused_data,
)
from app.domain.metadata import merged
from app.domain.method_details import METHOD_TYPES, NEEDED, method_details
from app.domain.ways_to_pay import WAYS, account_behavior, named_account
from app.errors import CardError, InvalidRequest, missing_parameter, no_such
from app.events.emit import emit, tracked
from app.resources.customers.operations import update_customer
from app.resources.customers.tables import Customer
from app.resources.payment_methods.tables import PaymentMethod
from app.resources.spending_tokens import give_back_token, spend_token

# Our choice: Stripe's magic cards expire a year from now; a fixed date keeps answers the same from day to day.
_MAGIC_EXPIRY = (12, 2034)

_DETACHED = "detached"
_UPDATABLE = ("card", "link", "us_bank_account")
_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
_NO_DETAILS = {"address": _NO_ADDRESS, "email": None, "name": None, "phone": None}

_OLDER_ADDRESS = {"city": "address_city", "country": "address_country", "line1": "address_line1", "line2": "address_line2",
                  "postal_code": "address_zip", "state": "address_state"}

_OF_CUSTOMER = Prepared(entity(PaymentMethod).where(
    PaymentMethod.account_id == bindparam("account_id"), PaymentMethod.customer_id == bindparam("customer_id")
).order_by(PaymentMethod.created.desc(), PaymentMethod.seq.desc()))


def behavior_of(ctx: Context, id: str | None) -> str:
    """What the payment method with this id causes, in the words of `domain.cards`; empty for plain success."""
    method = ctx.get(PaymentMethod, id)
    return (method.behavior if method is not None else None) or ""


def create_payment_method(ctx: Context, values: Mapping[str, Any]) -> PaymentMethod:
    """A payment method that no customer has yet, a card unless `values` name another type.

    Raises CardError for a number, expiry or code that cannot be, and InvalidRequest for what is no account and for the
    hash of another type.
    """
    return ctx.add(_new_method(ctx, values))


def _new_method(ctx: Context, values: Mapping[str, Any]) -> PaymentMethod:
    type = values.get("type", "card")
    for name in values:
        if name in METHOD_TYPES and name != type:
            # Our choice: the words of the refusal.
            raise InvalidRequest(f"You passed {name}, but the payment method is of type {type}.", param=name)
    data: Any = values.get(type)
    if data is None and (type == "card" or type in NEEDED):
        raise missing_parameter(type)
    if type != "card":
        method = _of_other_type(ctx, type, data or {})
    else:
        method = _from_token(ctx, data["token"], param="card[token]") if "token" in data else _from_number(ctx, data)
    method.radar_options = values.get("radar_options")
    method.billing_details = _details(method.billing_details, values.get("billing_details", {}))
    method.metadata_ = merged({}, values.get("metadata", {}))
    return method


def find_payment_method(ctx: Context, id: str, *, param: str | None = None) -> PaymentMethod:
    """The payment method with this id; for a magic name such as `pm_card_visa` one that is made up for the occasion."""
    method = _named(ctx, id)
    if method is None:
        return ctx.find(PaymentMethod, id, param=param)
    method.id, method.account_id, method.created, method.metadata_ = id, ctx.account_id, ctx.now, {}
    return method


def take_payment_method(ctx: Context, id: str, *, param: str | None = None) -> PaymentMethod:
    """The payment method as it can be attached: the stored one, or for a magic name a new one that is not stored yet.

    Raises InvalidRequest when it is attached already or was detached, and CardError when its card is refused.
    """
    named = _named(ctx, id)
    return _attachable(ctx.find(PaymentMethod, id, param=param) if named is None else _with_id(ctx, named))


def _attachable(method: PaymentMethod) -> PaymentMethod:
    if method.customer_id is not None:
        raise InvalidRequest("The payment method you provided has already been attached to a customer.")
    if method.behavior == _DETACHED or method.used:
        raise InvalidRequest("This PaymentMethod was previously used without being attached to a Customer or was "
                             "detached from a Customer, and may not be used again.")
    reason = None if method.card is None else refusal_of(
        checked(method.card, method.billing_details["address"], method.behavior), method.behavior, charging=False)
    if reason is not None:
        # Stripe blames no parameter by name here (connect behaviour reference, 9.2).
        raise _card_error(reason, param="")
    return method


def take_source(ctx: Context, token: str, *, param: str) -> PaymentMethod:
    """The card that a token stands for, `tok_visa` or one that was made, as a payment method that can be attached.

    Our choice: cards are payment methods, whichever way they come. Raises as `take_payment_method` does.
    """
    method = _with_id(ctx, _from_token(ctx, token, param=param))
    try:
        return _attachable(method)
    except CardError:
        # A card that is refused has used nothing, though what it is refused by is committed.
        give_back_token(ctx, token)
        raise


def add_card(ctx: Context, customer: Customer, card: Mapping[str, Any]) -> PaymentMethod:
    """The customer's new card from the older parameters: its numbers, `address_…` and `name`."""
    method = older_card(ctx, card)
    try:
        return attach_payment_method(ctx, take_payment_method(ctx, method.id, param="card"), customer)
    except CardError:
        # A card that is refused must leave nothing behind.
        ctx.session.delete(method)
        raise


def older_card(ctx: Context, card: Mapping[str, Any]) -> PaymentMethod:
    """A card from the older parameters that no customer has."""
    return ctx.add(unsaved_card(ctx, card))


def unsaved_card(ctx: Context, card: Mapping[str, Any]) -> PaymentMethod:
    """The same, not stored. Raises CardError for a number, expiry or code that cannot be."""
    address = {ours: card[theirs] for ours, theirs in _OLDER_ADDRESS.items() if theirs in card}
    return _new_method(ctx, {
        "card": {name: card[name] for name in ("number", "exp_month", "exp_year", "cvc") if name in card},
        "billing_details": {"address": address} | ({"name": card["name"]} if "name" in card else {}),
        "metadata": card.get("metadata", {})})


def attach_payment_method(ctx: Context, method: PaymentMethod, customer: Customer) -> PaymentMethod:
    """Let the customer pay with it. `method` comes from `take_payment_method`."""
    if method.card is not None:
        method.card = checked(method.card, method.billing_details["address"], method.behavior)
    method.customer_id, method.test_clock_id = customer.id, customer.test_clock_id
    if method.account_id is None:
        ctx.add(method)
    emit(ctx, "payment_method.attached", method)
    return method


def use_payment_method(ctx: Context, id: str, *, customer: Customer, param: str) -> PaymentMethod:
    """The customer's payment method that the parameter names.

    A magic name stands for the customer's newest copy of that card or account; it is attached first where there is none.
    Raises InvalidRequest for one that is not the customer's.
    """
    named = _named(ctx, id)
    if named is None:
        method = ctx.get(PaymentMethod, id)
        if method is None:
            raise no_such("PaymentMethod", id, param=param, status=400)
        if method.customer_id != customer.id:
            raise not_attached(id, param=param)
        check_can_pay(method, param=param)
        return method
    fingerprint = _fingerprint(named)
    for method in ctx.session.rows(PaymentMethod, _OF_CUSTOMER, account_id=ctx.account_id, customer_id=customer.id):
        if _fingerprint(method) == fingerprint:
            return method
    return attach_payment_method(ctx, take_payment_method(ctx, id, param=param), customer)


def payment_method_for(ctx: Context, id: str, *, customer_id: str | None, wanted_for: str = "PaymentIntent") -> PaymentMethod:
    """What the parameter `payment_method` names, to pay with or to be set up: of the customer, or of nobody yet.

    A magic name makes a new one. Raises InvalidRequest for one that belongs to somebody else, and for one that has paid
    without a customer or was taken from one; `wanted_for` is what the refusal calls the object that asks.
    """
    named = _named(ctx, id)
    if named is not None:
        return ctx.add(named)
    method = ctx.find(PaymentMethod, id, param="payment_method")
    check_can_pay(method, param="payment_method")
    if method.customer_id is not None and customer_id is None:
        raise InvalidRequest(f"The payment method `{id}` belongs to the Customer `{method.customer_id}`. Please include the "
                             f"Customer in the `customer` parameter on the {wanted_for}.", param="payment_method")
    if method.customer_id not in (None, customer_id):
        raise not_attached(id, param="payment_method")
    if method.customer_id is None and (method.used or method.behavior == _DETACHED):
        raise InvalidRequest(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a "
            "connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use "
            "a PaymentMethod multiple times, you must attach it to a Customer first.", param="payment_method")
    return method


def make_payment_method(ctx: Context, values: Mapping[str, Any]) -> PaymentMethod:
    """A new one from `payment_method_data`. Raises InvalidRequest for a type that cannot pay, and CardError as for a card."""
    method = create_payment_method(ctx, values)
    check_can_pay(method, param="payment_method_data[type]")
    return method


def source_for(ctx: Context, source: str, *, customer_id: str | None) -> PaymentMethod:
    """The card that the older parameter `source` names: by a token a new one that nobody has, else one of the customer's."""
    if source.startswith("tok_"):
        return ctx.add(_from_token(ctx, source, param="source"))
    method = ctx.get(PaymentMethod, source)
    if method is None or customer_id is None or method.customer_id != customer_id:
        raise no_such("source", source, param="source", status=400)
    check_can_pay(method, param="source")
    return method


def check_can_pay(method: PaymentMethod, *, param: str) -> None:
    """Raises InvalidRequest for a payment method that moves no money here, and for one that is no source.

    Our choice: customers have no balance that they could send money to, and of payment methods only cards are sources too.
    """
    if method.type != "card" and (method.type not in WAYS or param.endswith("source")):
        raise InvalidRequest(f"The payment method type provided: {method.type} is invalid. Nothing is paid with it here.",
                             param=param)


def named_method(ctx: Context, values: Mapping[str, Any], *, customer_id: str | None, types: Sequence[str],
                 wanted_for: str = "PaymentIntent") -> PaymentMethod | None:
    """What `payment_method` or `payment_method_data` names, where an intent of this customer and these types may take it."""
    if "payment_method_data" in values:
        method = make_payment_method(ctx, values["payment_method_data"])
    elif values.get("payment_method") is not None:
        method = payment_method_for(ctx, values["payment_method"], customer_id=customer_id, wanted_for=wanted_for)
    else:
        return None
    if method.type not in types:
        raise InvalidRequest(
            f"The PaymentMethod provided ({method.type}) is not allowed for this {wanted_for}. Please attach a PaymentMethod "
            f"of one of the following types: {', '.join(types)}. Alternatively update the allowed payment_method_types for this "
            f"{wanted_for} to include \"{method.type}\".", param="payment_method")
    return method


def keep_for_customer(ctx: Context, method: PaymentMethod, customer_id: str) -> None:
    """Attach a payment method that has just been used with success to the customer who is to use it again."""
    customer = ctx.get(Customer, customer_id)
    if method.customer_id is None and customer is not None and not customer.deleted:
        attach_payment_method(ctx, method, customer)


def not_attached(id: str, *, param: str) -> InvalidRequest:
    """The refusal of a payment method that is not the customer's."""
    return InvalidRequest(f"The customer does not have a payment method with the ID {id}. The payment method must be "
                          "attached to the customer.", code="resource_missing", param=param)


def update_payment_method(ctx: Context, method: PaymentMethod, values: Mapping[str, Any]) -> PaymentMethod:
    """Change billing details, expiry and metadata of a customer's payment method."""
    if method.customer_id is None:
        raise InvalidRequest("You must save this PaymentMethod to a customer before you can update it.")
    with tracked(ctx, method, "payment_method.updated"):
        if "billing_details" in values:
            method.billing_details = _details(method.billing_details, values["billing_details"])
        for name in _UPDATABLE:
            if name in values and name != method.type:
                raise InvalidRequest(f"You passed {name}, but the payment method is of type {method.type}.", param=name)
        if "us_bank_account" in values:
            method.details = {**(method.details or {}), **values["us_bank_account"]}
        if "card" in values:
            card = {**(method.card or {}), **values["card"]}
            card["exp_year"] = _expiry(ctx, card["exp_month"], card["exp_year"], None)
            method.card = card
        if "metadata" in values:
            method.metadata_ = merged(method.metadata_, values["metadata"])
    return method


def detach_payment_method(ctx: Context, method: PaymentMethod) -> PaymentMethod:
    """Take it from its customer, for good: it cannot be used again."""
    if method.customer_id is None:
        raise InvalidRequest("The payment method you provided is not attached to a customer so detachment is "
                             "impossible.")
    customer = ctx.get(Customer, method.customer_id)
    assert customer is not None, "the foreign key holds"
    method.customer_id, method.behavior = None, _DETACHED
    method.__dict__.pop("customer", None)
    emit(ctx, "payment_method.detached", method, previous={"customer": customer.id})
    forgotten: dict[str, Any] = {}
    if customer.default_payment_method_id == method.id:
        forgotten["invoice_settings"] = {"default_payment_method": None}
    if customer.default_source_id == method.id:
        forgotten["default_source"] = None
    if forgotten:
        update_customer(ctx, customer, forgotten)
    return method


def _from_token(ctx: Context, token: str, *, param: str) -> PaymentMethod:
    """The card that a token stands for, not stored: of a magic name, or of one that was made, which is used up."""
    card = named_card(token, "tok_")
    if card is not None:
        return _from_card(card, *_MAGIC_EXPIRY, cvc=True)
    made = spend_token(ctx, token, "card", param=param).makes
    return PaymentMethod(set_up=False, type="card", used=False, **(made or {}))


def _of_other_type(ctx: Context, type: str, sent: Mapping[str, Any]) -> PaymentMethod:
    try:
        details = method_details(type, sent, ctx.account_id)
    except ValueError as wrong:
        # Our choice: the words of the refusals.
        iban = wrong.args[0] == "iban"
        raise InvalidRequest(
            "The IBAN you provided is invalid." if iban else "The account number you provided is invalid.",
            code="invalid_bank_account_iban" if iban else "account_number_invalid", param=f"{type}[{wrong}]") from None
    return PaymentMethod(behavior=account_behavior(type, sent), billing_details=_NO_DETAILS, details=details, set_up=False,
                         type=type, used=False)


def _named(ctx: Context, id: str) -> PaymentMethod | None:
    """What a magic name stands for, not stored: a card of `pm_card_visa` and the like, or a bank account; else None."""
    card = named_card(id, "pm_card_")
    if card is not None:
        return _from_card(card, *_MAGIC_EXPIRY, cvc=True)
    account = named_account(id)
    if account is None:
        return None
    numbers, verified = account
    method = _of_other_type(ctx, "us_bank_account", numbers)
    method.set_up = verified
    return method


def _fingerprint(method: PaymentMethod) -> str | None:
    return ((method.card if method.type == "card" else method.details) or {}).get("fingerprint")


def _with_id(ctx: Context, method: PaymentMethod) -> PaymentMethod:
    method.id = ctx.ids.new(PaymentMethod.id_prefix, PaymentMethod.id_length, PaymentMethod.id_lead)
    return method


def _from_number(ctx: Context, data: Mapping[str, Any]) -> PaymentMethod:
    for name in ("number", "exp_month", "exp_year"):
        if name not in data:
            raise missing_parameter(f"card[{name}]")
    card = numbered_card(data["number"])
    if isinstance(card, str):
        raise _card_error(card)
    exp_year = _expiry(ctx, data["exp_month"], data["exp_year"], data.get("cvc"))
    return _from_card(card, data["exp_month"], exp_year, cvc="cvc" in data)


def _from_card(card: TestCard, exp_month: int, exp_year: int, *, cvc: bool) -> PaymentMethod:
    return PaymentMethod(behavior=card.behavior, billing_details=_NO_DETAILS, set_up=False, type="card", used=False,
                         card=card_document(card, exp_month, exp_year, cvc=cvc))


def check_code(cvc: str) -> None:
    """Raises CardError for a security code that cannot be."""
    if not is_code(cvc):
        raise _card_error("invalid_cvc")


def _expiry(ctx: Context, exp_month: int, exp_year: int, cvc: str | None) -> int:
    """The year in four digits. Raises CardError for an expiry that has passed or cannot be."""
    now = datetime.fromtimestamp(ctx.now, UTC)
    exp_year = exp_year + 2000 if 0 <= exp_year < 100 else exp_year
    reason = refused_data(exp_month, exp_year, cvc, now.year, now.month)
    if reason is not None:
        raise _card_error(reason)
    return exp_year


def _details(present: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """`billing_details` with what `change` names; an address is merged line by line, and unset as a whole."""
    details = {**present, **{name: value for name, value in change.items() if name != "address"}}
    if "address" in change:
        details["address"] = _NO_ADDRESS | present["address"] | change["address"] if change["address"] else _NO_ADDRESS
    return details


def _card_error(reason: str, *, param: str | None = None) -> CardError:
    decline = DECLINES[reason]
    return CardError(decline.message, code=decline.code, decline_code=decline.decline_code,
                     param=decline.param if param is None else param)
