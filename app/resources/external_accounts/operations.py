"""What happens to the bank accounts and cards that an account is paid out to, and how bank accounts are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, true

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.banks import (
    TestBankAccount,
    account_of_token,
    default_account,
    is_routing_number,
    needs_routing_number,
    numbered_account,
    shown_account,
)
from app.domain.cards import checked, named_card
from app.domain.country_specs import bank_account_currencies
from app.domain.metadata import merged
from app.domain.older_cards import ADDRESS, older_change
from app.errors import InvalidRequest, missing_parameter, no_such
from app.events.emit import Snapshot, emit, tracked
from app.render import present
from app.resources.external_accounts.tables import BankAccount, Card
from app.resources.payment_methods.operations import (
    changed_details,
    changed_expiry,
    method_of_token,
    unsaved_card,
)
from app.resources.payment_methods.tables import PaymentMethod
from app.resources.spending_tokens import spend_token
from app.resources.tokens.tables import Token

ExternalAccount = BankAccount | Card
KINDS: tuple[type[BankAccount], type[Card]] = (BankAccount, Card)

_OWN = {
    BankAccount: (BankAccount.account_id == bindparam("account_id"), BankAccount.customer_id.is_(None),
                  BankAccount.deleted.is_(False)),
    Card: (Card.account_id == bindparam("account_id"), Card.deleted.is_(False))}
_ALL = {kind: Prepared(entity(kind).where(*_OWN[kind])) for kind in KINDS}
_DEFAULT = {kind: Prepared(entity(kind).where(
    *_OWN[kind], kind.currency == bindparam("currency"), kind.default_for_currency == true())) for kind in KINDS}

BANK_ACCOUNT_NAMES = ("account_holder_name", "account_holder_type", "account_type")
OF_CARDS = (*ADDRESS.values(), "exp_month", "exp_year", "name")
"""What can be changed of one kind alone."""


def open_bank_account(ctx: Context) -> BankAccount:
    """The bank account that a new account has from the beginning, in its own currency. Nothing is announced."""
    made = _made(default_account(), ctx.account.default_currency) | {
        "account_holder_name": "Jenny Rosen", "account_holder_type": "individual"}
    return ctx.add(unsaved_bank_account(made, default_for_currency=True))


def add_external_account(ctx: Context, given: str | Mapping[str, Any], *, param: str, asking: Context, default: bool = False,
                         metadata: Mapping[str, str | None] | None = None) -> ExternalAccount:
    """A bank account or debit card of the account, by a token or a hash that the parameter `param` holds.

    `asking` is the context of whoever gives it, for a platform has tokens of its own. The first in its currency is its
    default; another only where it is to be. Emits account.external_account.created.

    Raises InvalidRequest for what cannot be paid out to, in this currency or at all, and for a token that is unknown or
    used, and CardError for numbers of a card that cannot be.
    """
    added = _new(asking, given, ctx.account.default_currency, param=param)
    if ctx.account.platform_id is not None:
        _check_country(ctx.account.country, added, param=param)
    _hold(ctx, added.currency)
    former = default_external_account(ctx, added.currency)
    added.default_for_currency = former is None or default
    added.metadata_ = merged(added.metadata_ or {}, metadata or {})
    ctx.add(added)
    if former is not None and default:
        _stop_being_default(ctx, former)
    emit(ctx, "account.external_account.created", added)
    return added


def replace_external_account(ctx: Context, given: str | Mapping[str, Any], *, param: str, asking: Context) -> ExternalAccount:
    """The account's new default for its currency, in place of the former one, which is deleted.

    Raises as `add_external_account` does.
    """
    defaults = {row.currency: row for row in newest_external_accounts(ctx) if row.default_for_currency}
    added = add_external_account(ctx, given, param=param, asking=asking, default=True)
    if added.currency in defaults:
        _delete(ctx, defaults[added.currency])
    return added


def update_external_account(ctx: Context, row: ExternalAccount, values: Mapping[str, Any]) -> ExternalAccount:
    """Change what may be changed; without any change one that is errored can be paid out to again.

    Emits account.external_account.updated. Raises InvalidRequest for what only the other kind has, and CardError
    for an expiry that cannot be.
    """
    _hold(ctx, row.currency)
    with tracked(ctx, row, "account.external_account.updated"):
        if isinstance(row, Card):
            _change_card(ctx, row, values)
        else:
            _change_bank_account(row, values)
        if "metadata" in values:
            row.metadata_ = merged(row.metadata_, values["metadata"])
        # Our choice: that a default is none any more is not for it to say, and is ignored.
        if values.get("default_for_currency") and not row.default_for_currency:
            former = default_external_account(ctx, row.currency)
            row.default_for_currency = True
            if former is not None:
                _stop_being_default(ctx, former)
        if not values:
            row.status = "new"
    return row


def delete_external_account(ctx: Context, row: ExternalAccount) -> dict[str, Any]:
    """What is left of it. Emits account.external_account.deleted.

    Raises InvalidRequest for the default of the account's own currency, and for one that is a default among several.
    """
    _hold(ctx, row.currency)
    others = [other for other in newest_external_accounts(ctx) if other.currency == row.currency and other.id != row.id]
    if row.default_for_currency and (others or row.currency == ctx.account.default_currency):
        raise InvalidRequest("You cannot delete the default external account for your default currency. Please make another "
                             "external account the default using the `default_for_currency` param, and then delete this one.")
    _delete(ctx, row)
    return {"id": row.id, "object": row.object_name, "deleted": True}


def find_external_account(ctx: Context, id: str, *, param: str | None = None) -> ExternalAccount:
    """The account's own bank account or card with this id. Raises as `ctx.find` does, also for a customer's."""
    if id.startswith(Card.id_prefix):
        return ctx.find(Card, id, param=param)
    row = ctx.get(BankAccount, id)
    if row is not None and row.customer_id is not None:
        raise no_such("external account", id, param=param or "id", status=400 if param else 404)
    return ctx.find(BankAccount, id, param=param)


def paid_out_to(ctx: Context, id: str) -> ExternalAccount:
    """What a payout has gone to, which may be deleted since."""
    found = ctx.get(Card, id) if id.startswith(Card.id_prefix) else ctx.get(BankAccount, id)
    assert found is not None, "a payout has gone somewhere"
    return found


def newest_external_accounts(ctx: Context) -> list[ExternalAccount]:
    """All of the account's own, the newest first."""
    found: list[ExternalAccount] = [
        row for kind in KINDS for row in ctx.session.rows(kind, _ALL[kind], account_id=ctx.account_id)]
    return sorted(found, key=lambda row: (row.created, row.seq), reverse=True)


def default_external_account(ctx: Context, currency: str) -> ExternalAccount | None:
    """Where payouts in the currency go, unless they say otherwise."""
    asked = {"account_id": ctx.account_id, "currency": currency}
    return (ctx.session.first(BankAccount, _DEFAULT[BankAccount], **asked)
            or ctx.session.first(Card, _DEFAULT[Card], **asked))


def external_account_for(ctx: Context, currency: str) -> ExternalAccount:
    """The default one. Raises InvalidRequest where the account has none in the currency."""
    found = default_external_account(ctx, currency)
    if found is None:
        raise InvalidRequest(f"Sorry, you don't have any external accounts in that currency ({currency})")
    return found


def bank_account_for(ctx: Context, currency: str) -> BankAccount:
    """Where a top-up in the currency comes from. Raises InvalidRequest where the account's default is no bank account."""
    found = external_account_for(ctx, currency)
    if isinstance(found, Card):
        # Our choice: the words; a top-up debits a bank account.
        raise InvalidRequest(f"The default external account for {currency} is a card, which cannot be debited.",
                             param="source")
    return found


def disable_external_account(ctx: Context, row: ExternalAccount) -> None:
    """A payout to it has failed: no other goes there until somebody looks after it. Emits account.external_account.updated."""
    ctx.session.lock(row)
    with tracked(ctx, row, "account.external_account.updated"):
        row.status = "errored"


# How bank accounts are made


def bank_account_of_token(ctx: Context, token: str, *, param: str) -> dict[str, Any]:
    """The columns of the bank account that a token stands for, a magic one such as `btok_us` or one that was made."""
    bank = account_of_token(token)
    return _made(bank, bank.currency) if bank else spend_token(ctx, token, "bank_account", param=param).makes or {}


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
    if routing_number is not None and not is_routing_number(country, routing_number):
        # Our choice: the number itself is not repeated.
        raise InvalidRequest(f"Invalid routing number for {country}.", code="routing_number_invalid",
                             param=f"{param}[routing_number]")
    return _made(bank, given.get("currency") or bank.currency) | {name: given.get(name) for name in BANK_ACCOUNT_NAMES}


def refuse_parameters(values: Mapping[str, Any], names: Sequence[str], kind: str) -> None:
    """Raises InvalidRequest where one of the names is given, which are those of another kind."""
    for name in names:
        if name in values:
            # Our choice: the words.
            raise InvalidRequest(f"A {kind} has no {name}.", code="parameter_unknown", param=name)


def unsaved_bank_account(made: Mapping[str, Any], **columns: Any) -> BankAccount:
    """A bank account of these columns that is not stored."""
    return BankAccount(**{"default_for_currency": False, "deleted": False, "status": "new", "verification_attempts": 0,
                          **made, **columns})


def _made(bank: TestBankAccount, currency: str) -> dict[str, Any]:
    return {"behavior": bank.behavior, "currency": currency, **shown_account(bank)}


def _new(asking: Context, given: str | Mapping[str, Any], default_currency: str, *, param: str) -> ExternalAccount:
    """What the token stands for or the hash describes, not stored."""
    if isinstance(given, Mapping):
        if given.get("object") == "card":
            for name in ("number", "exp_month", "exp_year"):
                if name not in given:
                    raise missing_parameter(f"{param}[{name}]")
            return _debit_card(unsaved_card(asking, given), given.get("currency"), param=param)
        added = unsaved_bank_account(bank_account_by_number(given, param=param))
        added.metadata_ = merged({}, given.get("metadata") or {})
        return added
    token = asking.get(Token, given)
    if named_card(given, "tok_") is not None:
        return _debit_card(method_of_token(asking, given, param=param), default_currency, param=param)
    if token is not None and token.card is not None:
        return _debit_card(method_of_token(asking, given, param=param), token.card.get("currency"), param=param)
    return unsaved_bank_account(bank_account_of_token(asking, given, param=param))


def _check_country(country: str, added: ExternalAccount, *, param: str) -> None:
    """Refuse what connected accounts of the country cannot be paid out to. Our choice: the words, and that a platform's own
    are of any country, because whoever runs a sandbox decides where it is.
    """
    taken = bank_account_currencies(country)
    if added.currency not in taken:
        raise InvalidRequest(f"The currency {added.currency} is not supported for the external accounts of an account in "
                             f"{country}. Supported currencies: {', '.join(taken)}.", param=param)
    if added.country not in taken[added.currency]:
        raise InvalidRequest(f"An account in {country} cannot be paid out in {added.currency} to a bank in {added.country}.",
                             param=param)


def _debit_card(method: PaymentMethod, currency: str | None, *, param: str) -> Card:
    if currency is None:
        raise InvalidRequest("You must provide a card that has the 'currency' field set when adding a card to a Stripe "
                             "account.", param=param)
    assert method.card is not None, "it was made as a card"
    if method.card["funding"] != "debit":
        raise InvalidRequest("This card doesn't appear to be a debit card.", code="invalid_card_type", param=param)
    card = checked(method.card, method.billing_details["address"], method.behavior)
    return Card(behavior=method.behavior, billing_details=method.billing_details, card=card, currency=currency,
                deleted=False, metadata_=method.metadata_, status="new")


def _change_bank_account(row: BankAccount, values: Mapping[str, Any]) -> None:
    refuse_parameters(values, OF_CARDS, "bank account")
    for name in BANK_ACCOUNT_NAMES:
        if name in values:
            setattr(row, name, values[name])


def _change_card(ctx: Context, row: Card, values: Mapping[str, Any]) -> None:
    refuse_parameters(values, BANK_ACCOUNT_NAMES, "card")
    expiry = {name: values[name] for name in ("exp_month", "exp_year") if name in values}
    if expiry:
        row.card = changed_expiry(ctx, row.card, expiry)
    row.billing_details = changed_details(row.billing_details, older_change(values))


def _hold(ctx: Context, currency: str) -> None:
    """Two that are added at once must not both be the currency's first, nor two the default."""
    ctx.session.hold_name(f"default external account {ctx.account_id} {currency}")


def _delete(ctx: Context, row: ExternalAccount) -> None:
    ctx.session.lock(row)
    shown = Snapshot(present(ctx.session, row))
    # Whoever hears of it looks at what is left.
    row.deleted, row.default_for_currency = True, False
    emit(ctx, "account.external_account.deleted", row, snapshot=shown)


def _stop_being_default(ctx: Context, former: ExternalAccount) -> None:
    ctx.session.lock(former)
    with tracked(ctx, former, "account.external_account.updated"):
        former.default_for_currency = False
