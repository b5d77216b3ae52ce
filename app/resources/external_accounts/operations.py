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
from app.errors import InvalidRequest, missing_parameter
from app.events.emit import emit, tracked
from app.resources.external_accounts.tables import BankAccount
from app.resources.spending_tokens import spend_token

_DEFAULT = Prepared(entity(BankAccount).where(
    BankAccount.account_id == bindparam("account_id"), BankAccount.currency == bindparam("currency"),
    BankAccount.default_for_currency == true()))

BANK_ACCOUNT_NAMES = ("account_holder_name", "account_holder_type", "account_type")


def open_bank_account(ctx: Context) -> BankAccount:
    """The bank account that a new account has from the beginning, in its own currency. Nothing is announced."""
    made = _made(default_account(), ctx.account.default_currency) | {
        "account_holder_name": "Jenny Rosen", "account_holder_type": "individual"}
    return _add(ctx, made, default_for_currency=True)


def add_bank_account(ctx: Context, values: Mapping[str, Any]) -> BankAccount:
    """A bank account by what POST /v1/accounts/:id/external_accounts takes. Emits account.external_account.created.

    Raises InvalidRequest for a number that is no test number, and for a token that is unknown or used.
    """
    given = values["external_account"]
    made = _by_token(ctx, given) if isinstance(given, str) else bank_account_by_number(given, param="external_account")
    currency = made["currency"]
    # Two that are added at once must not both be the currency's first.
    ctx.session.hold_name(f"default bank account {ctx.account_id} {currency}")
    former = default_bank_account(ctx, currency)
    added = _add(ctx, made, metadata_=merged({}, values.get("metadata") or {}),
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
        for name in BANK_ACCOUNT_NAMES:
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


def bank_account_by_number(given: Mapping[str, Any], *, param: str) -> dict[str, Any]:
    """The columns of a bank account that the parameter `param` describes, not stored. Raises InvalidRequest."""
    for name in ("account_number", "country"):
        if not given.get(name):
            raise missing_parameter(f"{param}[{name}]")
    country, routing_number = given["country"].upper(), given.get("routing_number")
    bank = numbered_account(given["account_number"], country, routing_number)
    if bank is None:
        raise InvalidRequest(
            "You must use a test bank account number in test mode. Try 000123456789 or see more options at "
            "https://stripe.com/docs/connect/testing#account-numbers.", code="account_number_invalid",
            param=f"{param}[account_number]")
    if routing_number is None and needs_routing_number(country):
        raise missing_parameter(f"{param}[routing_number]")
    return _made(bank, given.get("currency") or bank.currency) | {name: given.get(name) for name in BANK_ACCOUNT_NAMES}


def _by_token(ctx: Context, token: str) -> dict[str, Any]:
    bank = account_of_token(token)
    if bank is not None:
        return _made(bank, bank.currency)
    return spend_token(ctx, token, "bank_account", param="external_account").makes or {}


def _made(bank: TestBankAccount, currency: str) -> dict[str, Any]:
    return {"behavior": bank.behavior, "currency": currency, **shown_account(bank)}


def _add(ctx: Context, made: Mapping[str, Any], **columns: Any) -> BankAccount:
    return ctx.add(BankAccount(status="new", **made, **columns))


def _stop_being_default(ctx: Context, former: BankAccount) -> None:
    ctx.session.lock(former)
    with tracked(ctx, former, "account.external_account.updated"):
        former.default_for_currency = False
