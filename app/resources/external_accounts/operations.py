"""What happens to the bank accounts of an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, true

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.banks import (
    TestBankAccount,
    account_of_token,
    default_account,
    needs_routing_number,
    numbered_account,
    shown_account,
)
from app.domain.metadata import merged
from app.errors import InvalidRequest, missing_parameter, no_such
from app.events.emit import emit, tracked
from app.resources.external_accounts.tables import BankAccount

_DEFAULT = Prepared(entity(BankAccount).where(
    BankAccount.account_id == bindparam("account_id"), BankAccount.currency == bindparam("currency"),
    BankAccount.default_for_currency == true()))

_NAMED = ("account_holder_name", "account_holder_type", "account_type")


def open_bank_account(ctx: Context) -> BankAccount:
    """The bank account that a new account has from the beginning, in its own currency. Nothing is announced."""
    return _add(ctx, default_account(), ctx.account.default_currency, account_holder_name="Jenny Rosen",
                account_holder_type="individual", default_for_currency=True)


def add_bank_account(ctx: Context, values: Mapping[str, Any]) -> BankAccount:
    """A bank account by what POST /v1/accounts/:id/external_accounts takes. Emits account.external_account.created.

    Raises InvalidRequest for a number that is no test number, and for an unknown token.
    """
    given = values["external_account"]
    named: dict[str, Any] = {}
    if isinstance(given, str):
        bank = account_of_token(given)
        if bank is None:
            raise no_such("token", given, param="external_account", status=400)
        currency = bank.currency
    else:
        bank = _by_number(given)
        currency = given.get("currency") or bank.currency
        named = {name: given.get(name) for name in _NAMED}
    # Two that are added at once must not both be the currency's first.
    ctx.session.hold_name(f"default bank account {ctx.account_id} {currency}")
    former = default_bank_account(ctx, currency)
    added = _add(ctx, bank, currency, **named, metadata_=merged({}, values.get("metadata") or {}),
                 default_for_currency=former is None or bool(values.get("default_for_currency")))
    if former is not None and added.default_for_currency:
        _stop_being_default(ctx, former)
    emit(ctx, "account.external_account.created", added)
    return added


def update_bank_account(ctx: Context, bank_account: BankAccount, values: Mapping[str, Any]) -> BankAccount:
    """Change what may be changed; without any change one that is errored can be paid out to again.

    Emits account.external_account.updated.
    """
    ctx.session.hold_name(f"default bank account {ctx.account_id} {bank_account.currency}")
    with tracked(ctx, bank_account, "account.external_account.updated"):
        for name in _NAMED:
            if name in values:
                setattr(bank_account, name, values[name])
        if "metadata" in values:
            bank_account.metadata_ = merged(bank_account.metadata_, values["metadata"])
        if values.get("default_for_currency") and not bank_account.default_for_currency:
            former = default_bank_account(ctx, bank_account.currency)
            bank_account.default_for_currency = True
            if former is not None:
                _stop_being_default(ctx, former)
        if not values:
            bank_account.status = "new"
    return bank_account


def default_bank_account(ctx: Context, currency: str) -> BankAccount | None:
    """Where payouts in the currency go, unless they say otherwise."""
    return ctx.session.first(BankAccount, _DEFAULT, account_id=ctx.account_id, currency=currency)


def bank_account_for(ctx: Context, currency: str) -> BankAccount:
    """The default one. Raises InvalidRequest where the account has none in the currency."""
    found = default_bank_account(ctx, currency)
    if found is None:
        raise InvalidRequest(f"Sorry, you don't have any external accounts in that currency ({currency})")
    return found


def disable_bank_account(ctx: Context, bank_account: BankAccount) -> None:
    """A payout to it has failed: no other goes there until somebody looks after it. Emits account.external_account.updated."""
    ctx.session.lock(bank_account)
    with tracked(ctx, bank_account, "account.external_account.updated"):
        bank_account.status = "errored"


def _by_number(given: Mapping[str, Any]) -> TestBankAccount:
    for name in ("account_number", "country"):
        if not given.get(name):
            raise missing_parameter(f"external_account[{name}]")
    country, routing_number = given["country"].upper(), given.get("routing_number")
    bank = numbered_account(given["account_number"], country, routing_number)
    if bank is None:
        raise InvalidRequest(
            "You must use a test bank account number in test mode. Try 000123456789 or see more options at "
            "https://stripe.com/docs/connect/testing#account-numbers.", code="account_number_invalid",
            param="external_account[account_number]")
    if routing_number is None and needs_routing_number(country):
        raise missing_parameter("external_account[routing_number]")
    return bank


def _add(ctx: Context, bank: TestBankAccount, currency: str, **columns: Any) -> BankAccount:
    return ctx.add(BankAccount(currency=currency, behavior=bank.behavior, status="new", **shown_account(bank), **columns))


def _stop_being_default(ctx: Context, former: BankAccount) -> None:
    ctx.session.lock(former)
    with tracked(ctx, former, "account.external_account.updated"):
        former.default_for_currency = False
