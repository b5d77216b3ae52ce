"""Which payment method a parameter names, and whether it may be used where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.errors import InvalidRequest, no_such
from app.resources.customers.tables import Customer
from app.resources.external_accounts.tables import BankAccount
from app.resources.payment_methods.operations.attaching import DETACHED, attach_payment_method, take_payment_method
from app.resources.payment_methods.operations.copying import find_own
from app.resources.payment_methods.operations.making import (
    check_can_pay,
    magic_method,
    make_payment_method,
    method_of_token,
)
from app.resources.payment_methods.tables import PaymentMethod

_OF_CUSTOMER = Prepared(entity(PaymentMethod).where(
    PaymentMethod.account_id == bindparam("account_id"), PaymentMethod.customer_id == bindparam("customer_id")
).order_by(PaymentMethod.created.desc(), PaymentMethod.seq.desc()))


def behavior_of(ctx: Context, id: str | None) -> str:
    """What the payment method with this id causes, in the words of `domain.cards`; empty for plain success."""
    method = ctx.get(PaymentMethod, id)
    return (method.behavior if method is not None else None) or ""


def find_payment_method(ctx: Context, id: str, *, param: str | None = None) -> PaymentMethod:
    """The payment method with this id; for a magic name such as `pm_card_visa` one that is made up for the occasion."""
    method = magic_method(ctx, id)
    if method is None:
        return ctx.find(PaymentMethod, id, param=param)
    method.id, method.account_id, method.created, method.metadata_ = id, ctx.account_id, ctx.now, {}
    return method


def use_payment_method(ctx: Context, id: str, *, customer: Customer, param: str) -> PaymentMethod:
    """The customer's payment method that the parameter names.

    A magic name stands for the customer's newest copy of that card or account; it is attached first where there is none.
    Raises InvalidRequest for one that is not the customer's.
    """
    magic = magic_method(ctx, id)
    if magic is None:
        method = find_own(ctx, id, param=param)
        if method.customer_id != customer.id:
            raise not_attached(id, param=param)
        check_can_pay(method, param=param)
        return method
    fingerprint = _fingerprint(magic)
    for method in ctx.session.rows(PaymentMethod, _OF_CUSTOMER, account_id=ctx.account_id, customer_id=customer.id):
        if _fingerprint(method) == fingerprint:
            return method
    return attach_payment_method(ctx, take_payment_method(ctx, id, param=param), customer)


def payment_method_for(ctx: Context, id: str, *, customer_id: str | None, wanted_for: str = "PaymentIntent") -> PaymentMethod:
    """What the parameter `payment_method` names, to pay with or to be set up: of the customer, or of nobody yet.

    A magic name makes a new one. Raises InvalidRequest for one that belongs to somebody else, and for one that has paid
    without a customer or was taken from one; `wanted_for` is what the refusal calls the object that asks.
    """
    magic = magic_method(ctx, id)
    if magic is not None:
        return ctx.add(magic)
    method = find_own(ctx, id, param="payment_method")
    check_can_pay(method, param="payment_method")
    if method.customer_id is not None and customer_id is None:
        raise InvalidRequest(f"The payment method `{id}` belongs to the Customer `{method.customer_id}`. Please include the "
                             f"Customer in the `customer` parameter on the {wanted_for}.", param="payment_method")
    if method.customer_id not in (None, customer_id):
        raise not_attached(id, param="payment_method")
    if method.customer_id is None and (method.used or method.behavior == DETACHED):
        raise InvalidRequest(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a "
            "connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use "
            "a PaymentMethod multiple times, you must attach it to a Customer first.", param="payment_method")
    return method


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


def source_for(ctx: Context, source: str, *, customer_id: str | None) -> PaymentMethod | BankAccount:
    """What the older parameter `source` names: by a token a new card that nobody has, else a source of the customer's.

    Raises InvalidRequest for a bank account that is not verified.
    """
    if source.startswith("tok_"):
        return ctx.add(method_of_token(ctx, source, param="source"))
    bank_account = ctx.get(BankAccount, source)
    if bank_account is not None and bank_account.is_source and bank_account.customer_id == customer_id:
        refusal = refusal_of_account(bank_account, param="source")
        if refusal is not None:
            raise refusal
        return bank_account
    method = ctx.get(PaymentMethod, source)
    if method is None or customer_id is None or method.customer_id != customer_id:
        raise no_such("source", source, param="source", status=400)
    check_can_pay(method, param="source")
    return method


def refusal_of_account(account: BankAccount, *, currency: str | None = None, param: str | None = None) -> InvalidRequest | None:
    """Why a customer's bank account cannot be charged, in the currency where one is named; None where it can."""
    # Our choice: the words.
    if account.status != "verified":
        return InvalidRequest("The bank account must be verified before it can be charged.", code="bank_account_unverified",
                              param=param)
    if currency not in (None, account.currency):
        return InvalidRequest(f"The bank account {account.id} is debited in {account.currency}, and not in {currency}.",
                              param="currency")
    return None


def default_source_for(ctx: Context, id: str, *, customer: Customer, param: str) -> str:
    """The id of what a parameter such as `default_source` names: a source of the customer's, or any payment method of theirs.

    Raises InvalidRequest for any other, and as `use_payment_method` does.
    """
    if id.startswith(PaymentMethod.id_prefix):
        return use_payment_method(ctx, id, customer=customer, param=param).id
    source = ctx.get(BankAccount if id.startswith(BankAccount.id_prefix) else PaymentMethod, id)
    if not isinstance(source, BankAccount | PaymentMethod) or not source.is_source or source.customer_id != customer.id:
        raise no_such("source", id, param=param, status=400)
    return source.id


def not_attached(id: str, *, param: str) -> InvalidRequest:
    """The refusal of a payment method that is not the customer's."""
    return InvalidRequest(f"The customer does not have a payment method with the ID {id}. The payment method must be "
                          "attached to the customer.", code="resource_missing", param=param)


def _fingerprint(method: PaymentMethod) -> str | None:
    return ((method.card if method.type == "card" else method.details) or {}).get("fingerprint")
