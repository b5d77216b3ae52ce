"""What happens to the sources of customers: cards, which are payment methods as well, and bank accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.domain.banks import account_of_token, answer_to_amounts
from app.domain.metadata import merged
from app.errors import InvalidRequest, VerificationFailed, missing_parameter, no_such
from app.events.emit import emit, tracked
from app.resources.customers.operations import update_customer
from app.resources.customers.tables import Customer
from app.resources.external_accounts.operations import (
    BANK_ACCOUNT_NAMES,
    OF_CARDS,
    bank_account_by_number,
    bank_account_of_token,
    refuse_parameters,
    unsaved_bank_account,
)
from app.resources.external_accounts.tables import BankAccount
from app.resources.payment_methods.operations import (
    attach_payment_method,
    detach_payment_method,
    newest_first,
    take_source,
    update_source_card,
)
from app.resources.payment_methods.tables import CustomerCard, PaymentMethod
from app.resources.tokens.tables import Token

Source = PaymentMethod | BankAccount

_VERIFICATIONS_MOST = 10
"""How often wrong amounts may be named."""


def new_source(ctx: Context, given: str | Mapping[str, Any], *, param: str, kind: str | None = None) -> Source:
    """The card or bank account that a token stands for or a hash describes, ready to be attached and not stored yet.

    `kind` is that of the hash where its `object` need not say it. Raises InvalidRequest for a token that is unknown or used
    and for what is no account, and CardError for a card that is refused.
    """
    if isinstance(given, str):
        token = ctx.get(Token, given)
        if given.startswith("src_"):
            raise no_such("source", given, param=param, status=400)
        if account_of_token(given) is None and (token is None or token.type != "bank_account"):
            return take_source(ctx, given, param=param)
        made = bank_account_of_token(ctx, given, param=param)
        # Our choice: of the magic bank accounts those are verified whose names say so.
        return _bank_account(ctx, made, status="verified" if given.startswith("btok_us_verified") else "new")
    kind = kind or given.get("object")
    if kind is None:
        raise missing_parameter(f"{param}[object]")
    if kind == "card":
        for name in ("number", "exp_month", "exp_year"):
            if name not in given:
                raise missing_parameter(f"{param}[{name}]")
        return take_source(ctx, given, param=param)
    return _bank_account(ctx, bank_account_by_number(given, param=param), metadata_=merged({}, given.get("metadata") or {}))


def attach_source(ctx: Context, customer: Customer, source: Source) -> Source:
    """Give the customer what `new_source` made. Emits customer.source.created, and for a card payment_method.attached."""
    if isinstance(source, PaymentMethod):
        return attach_payment_method(ctx, source, customer)
    source.customer_id, source.test_clock_id = customer.id, customer.test_clock_id
    ctx.add(source)
    emit(ctx, "customer.source.created", source)
    return source


def add_source(ctx: Context, customer: Customer, values: Mapping[str, Any]) -> Source:
    """A source by what POST /v1/customers/:id/sources takes; the first becomes the default one, which customer.updated tells.

    Raises InvalidRequest where none is given, and as `new_source` does.
    """
    if "alipay_account" in values:
        raise no_such("token", values["alipay_account"], param="alipay_account", status=400)
    name = next((name for name in ("source", "card", "bank_account") if name in values), None)
    if name is None:
        raise missing_parameter("source")
    source = new_source(ctx, values[name], param=name, kind=None if name == "source" else name)
    if values.get("metadata"):
        source.metadata_ = merged(source.metadata_ or {}, values["metadata"])
    attach_source(ctx, customer, source)
    if customer.default_source_id is None:
        update_customer(ctx, customer, {"default_source": source.id})
    return source


def find_source(ctx: Context, customer: Customer, id: str) -> Source:
    """The customer's source with this id, held. Raises 404 for any other."""
    source: Source | None = None
    if id.startswith(CustomerCard.id_prefix):
        source = ctx.get(PaymentMethod, id)
    elif id.startswith(BankAccount.id_prefix):
        source = ctx.get(BankAccount, id)
    if source is not None:
        ctx.session.lock(source)
    if source is None or not source.is_source or source.customer_id != customer.id:
        raise no_such("source", id, param="id")
    return source


def as_source(ctx: Context, source: Source) -> CustomerCard | BankAccount:
    """The source as it is shown: a card not as the payment method that it is as well."""
    if isinstance(source, BankAccount):
        return source
    ctx.session.flush()
    card = ctx.get(CustomerCard, source.id)
    assert card is not None, "it is the same row"
    return card


def list_sources(ctx: Context, customer: Customer, kind: str | None) -> list[CustomerCard | BankAccount]:
    """The customer's sources, all or of one `object`, the newest first."""
    return [source for source in newest_first(ctx, customer.id) if kind in (None, source.object_name)]


def update_source(ctx: Context, source: Source, values: Mapping[str, Any]) -> Source:
    """Change what may be changed. Emits customer.source.updated, and for a card payment_method.updated.

    Raises InvalidRequest for what only sources of another kind have, and CardError for an expiry that cannot be.
    """
    if isinstance(source, PaymentMethod):
        refuse_parameters(values, ("account_holder_name", "account_holder_type", "owner"), "card")
        return update_source_card(ctx, source, values)
    refuse_parameters(values, (*OF_CARDS, "owner"), "bank account")
    with tracked(ctx, source, "customer.source.updated"):
        for name in BANK_ACCOUNT_NAMES:
            if name in values:
                setattr(source, name, values[name])
        if "metadata" in values:
            source.metadata_ = merged(source.metadata_, values["metadata"])
    return source


def delete_source(ctx: Context, customer: Customer, source: Source) -> dict[str, Any]:
    """What is left of it. The newest of the others takes its place where it was the default one.

    Emits customer.source.deleted, for a card payment_method.detached, and customer.updated where the default changes.
    """
    if isinstance(source, PaymentMethod):
        detach_payment_method(ctx, source)
        return {"id": source.id, "object": CustomerCard.object_name, "deleted": True}
    emit(ctx, "customer.source.deleted", source)
    source.deleted = True
    if customer.default_source_id == source.id:
        others = newest_first(ctx, customer.id)
        update_customer(ctx, customer, {"default_source": others[0].id if others else None})
    return {"id": source.id, "object": BankAccount.object_name, "deleted": True}


def verify_source(ctx: Context, source: Source, amounts: list[int] | None) -> Source:
    """Let the customer name the two amounts that came to their bank account. Emits customer.source.updated.

    Raises InvalidRequest for a card, for an account that need not or cannot be verified any more, and for wrong amounts;
    those stay counted, and the last of them fail the verification.
    """
    if isinstance(source, PaymentMethod):
        # Our choice: the words of this refusal and of those below.
        raise InvalidRequest("Only bank accounts can be verified.")
    if source.status == "verified":
        raise InvalidRequest("This bank account has already been verified.")
    if source.status == "verification_failed":
        raise _not_verified("The verification of this bank account has failed. Please delete it and add it again.")
    if amounts is None:
        raise missing_parameter("amounts")
    answer = answer_to_amounts(amounts, source.behavior)
    if answer == "verified":
        with tracked(ctx, source, "customer.source.updated"):
            source.status = "verified"
        return source
    source.verification_attempts += 1
    left = 0 if answer == "attempts_exceeded" else _VERIFICATIONS_MOST - source.verification_attempts
    if left <= 0 or answer == "timeout":
        with tracked(ctx, source, "customer.source.updated"):
            source.status = "verification_failed"
    if answer == "timeout":
        raise _not_verified("The amounts were not named in time. Please delete the bank account and add it again.")
    raise _not_verified("The amounts provided do not match the amounts that were sent to the bank account. "
                        f"You have {max(left, 0)} verification attempts remaining.")


def _not_verified(message: str) -> VerificationFailed:
    return VerificationFailed(message, code="bank_account_verification_failed", param="amounts")


def _bank_account(ctx: Context, made: Mapping[str, Any], **columns: Any) -> BankAccount:
    id = ctx.ids.new(BankAccount.id_prefix, BankAccount.id_length, BankAccount.id_lead)
    return unsaved_bank_account(made, id=id, **columns)
