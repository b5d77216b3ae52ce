"""Payment methods are made: of a number, of a token, of a magic name, or of what another type asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.context import Context
from app.domain.cards import DECLINES, TestCard, card_document, is_code, named_card, numbered_card, refused_data
from app.domain.metadata import merged
from app.domain.method_details import METHOD_TYPES, NEEDED, method_details
from app.domain.older_cards import older_change
from app.domain.ways_to_pay import WAYS, account_behavior, named_account
from app.errors import CardError, InvalidRequest, missing_parameter
from app.resources.payment_methods.tables import PaymentMethod
from app.resources.spending_tokens import spend_token

# Our choice: Stripe's magic cards expire a year from now; a fixed date keeps answers the same from day to day.
_MAGIC_EXPIRY = (12, 2034)

_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
NO_DETAILS = {"address": _NO_ADDRESS, "email": None, "name": None, "phone": None}
"""The `billing_details` of which nothing is known."""


def create_payment_method(ctx: Context, values: Mapping[str, Any]) -> PaymentMethod:
    """A payment method that no customer has yet, a card unless `values` name another type.

    Raises CardError for a number, expiry or code that cannot be, and InvalidRequest for what is no account and for the
    hash of another type.
    """
    return ctx.add(_new_method(ctx, values))


def make_payment_method(ctx: Context, values: Mapping[str, Any]) -> PaymentMethod:
    """A new one from `payment_method_data`. Raises InvalidRequest for a type that cannot pay, and CardError as for a card."""
    method = create_payment_method(ctx, values)
    check_can_pay(method, param="payment_method_data[type]")
    return method


def check_can_pay(method: PaymentMethod, *, param: str) -> None:
    """Raises InvalidRequest for a payment method that moves no money here, and for one that is no source.

    Our choice: customers have no balance that they could send money to, and of payment methods only cards are sources too.
    """
    if method.type != "card" and (method.type not in WAYS or param.endswith("source")):
        raise cannot_pay(method.type, param=param)


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
        method = method_of_token(ctx, data["token"], param="card[token]") if "token" in data else _from_number(ctx, data)
    method.radar_options = values.get("radar_options")
    method.billing_details = changed_details(method.billing_details, values.get("billing_details", {}))
    method.metadata_ = merged({}, values.get("metadata", {}))
    return method


def older_card(ctx: Context, card: Mapping[str, Any]) -> PaymentMethod:
    """A card from the older parameters that no customer has."""
    return ctx.add(unsaved_card(ctx, card))


def unsaved_card(ctx: Context, card: Mapping[str, Any]) -> PaymentMethod:
    """The same, not stored. Raises CardError for a number, expiry or code that cannot be."""
    return _new_method(ctx, {
        "card": {name: card[name] for name in ("number", "exp_month", "exp_year", "cvc") if name in card},
        "billing_details": older_change(card), "metadata": card.get("metadata") or {}})


def method_of_token(ctx: Context, token: str, *, param: str) -> PaymentMethod:
    """The card that a token stands for, not stored: of a magic name, or of one that was made, which is used up."""
    card = named_card(token, "tok_")
    if card is not None:
        return _magic_card(card)
    made = spend_token(ctx, token, "card", param=param).makes
    return PaymentMethod(set_up=False, type="card", used=False, **(made or {}))


def _from_number(ctx: Context, data: Mapping[str, Any]) -> PaymentMethod:
    for name in ("number", "exp_month", "exp_year"):
        if name not in data:
            raise missing_parameter(f"card[{name}]")
    card = numbered_card(data["number"])
    if isinstance(card, str):
        raise card_error(card)
    exp_year = _full_expiry(ctx, data["exp_month"], data["exp_year"], data.get("cvc"))
    return _card_method(card, data["exp_month"], exp_year, cvc="cvc" in data)


def _magic_card(card: TestCard) -> PaymentMethod:
    """The card that a magic name stands for, not stored; its security code is known."""
    return _card_method(card, *_MAGIC_EXPIRY, cvc=True)


def _card_method(card: TestCard, exp_month: int, exp_year: int, *, cvc: bool) -> PaymentMethod:
    return PaymentMethod(behavior=card.behavior, billing_details=NO_DETAILS, set_up=False, type="card", used=False,
                         card=card_document(card, exp_month, exp_year, cvc=cvc))


def _of_other_type(ctx: Context, type: str, sent: Mapping[str, Any]) -> PaymentMethod:
    try:
        details = method_details(type, sent, ctx.account_id)
    except ValueError as wrong:
        # Our choice: the words of the refusals.
        iban = wrong.args[0] == "iban"
        raise InvalidRequest(
            "The IBAN you provided is invalid." if iban else "The account number you provided is invalid.",
            code="invalid_bank_account_iban" if iban else "account_number_invalid", param=f"{type}[{wrong}]") from None
    return PaymentMethod(behavior=account_behavior(type, sent), billing_details=NO_DETAILS, details=details, set_up=False,
                         type=type, used=False)


def magic_method(ctx: Context, id: str) -> PaymentMethod | None:
    """What a magic name stands for, not stored: a card of `pm_card_visa` and the like, or a bank account; else None."""
    card = named_card(id, "pm_card_")
    if card is not None:
        return _magic_card(card)
    account = named_account(id)
    if account is None:
        return None
    numbers, verified = account
    method = _of_other_type(ctx, "us_bank_account", numbers)
    method.set_up = verified
    return method


def cannot_pay(type: str, *, param: str) -> InvalidRequest:
    """The refusal of what can be kept here, but moves no money."""
    return InvalidRequest(f"The payment method type provided: {type} is invalid. Nothing is paid with it here.", param=param)


def check_code(cvc: str) -> None:
    """Raises CardError for a security code that cannot be."""
    if not is_code(cvc):
        raise card_error("invalid_cvc")


def _full_expiry(ctx: Context, exp_month: int, exp_year: int, cvc: str | None) -> int:
    """The year in four digits. Raises CardError for an expiry that has passed or cannot be."""
    now = datetime.fromtimestamp(ctx.now, UTC)
    exp_year = exp_year + 2000 if 0 <= exp_year < 100 else exp_year
    reason = refused_data(exp_month, exp_year, cvc, now.year, now.month)
    if reason is not None:
        raise card_error(reason)
    return exp_year


def changed_expiry(ctx: Context, card: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """The card with another `exp_month` or `exp_year`. Raises CardError for an expiry that has passed or cannot be."""
    changed = {**card, **change}
    changed["exp_year"] = _full_expiry(ctx, changed["exp_month"], changed["exp_year"], None)
    return changed


def changed_details(present: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """`billing_details` with what `change` names; an address is merged line by line, and unset as a whole."""
    details = {**present, **{name: value for name, value in change.items() if name != "address"}}
    if "address" in change:
        details["address"] = _NO_ADDRESS | present["address"] | change["address"] if change["address"] else _NO_ADDRESS
    return details


def card_error(reason: str, *, param: str | None = None) -> CardError:
    """The refusal of a card for `reason`, a key of `domain.cards.DECLINES`; `param` in place of the part that is to blame."""
    decline = DECLINES[reason]
    return CardError(decline.message, code=decline.code, decline_code=decline.decline_code,
                     param=decline.param if param is None else param)
