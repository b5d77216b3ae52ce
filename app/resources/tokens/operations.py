"""What happens to tokens: how they are made. How they are used up stands in `resources.spending_tokens`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.domain.older_cards import older_shape
from app.errors import AuthenticationError, InvalidRequest, no_such
from app.resources.customers.tables import Customer
from app.resources.external_accounts.operations import BANK_ACCOUNT_NAMES, bank_account_by_number
from app.resources.external_accounts.tables import BankAccount
from app.resources.payment_methods.operations import check_code, unsaved_card
from app.resources.payment_methods.tables import PaymentMethod
from app.resources.persons.operations import reduced, reduced_company, reduced_number
from app.resources.tokens.tables import Token

KINDS = ("account", "bank_account", "card", "cvc_update", "person", "pii")
"""What a token can be made of, of which a caller names one."""

_PREFIXES = {"account": "ct_", "bank_account": "btok_", "card": Token.id_prefix, "cvc_update": "cvctok_", "person": "cpt_",
             "pii": "pii_"}


def create_token(ctx: Context, values: Mapping[str, Any]) -> Token:
    """A token of what is named: a card by its number or of a customer, a bank account, an identity number, a code, a person,
    or who is behind an account.

    Raises InvalidRequest where none is named or it cannot be kept as a token here, and CardError as for a card.
    """
    kind = next((kind for kind in KINDS if kind in values), "card" if "customer" in values else None)
    if kind is None:
        # Our choice: the words of all refusals of this file, unless the behaviour reference has them.
        raise InvalidRequest("You must supply a card, customer, bank account, PII data or CVC update to create a token.",
                             code="parameter_missing", param="card")
    if "customer" in values and kind != "card":
        raise InvalidRequest("A `customer` can only be given for a token of one of their cards.", param="customer")
    token = Token(client_ip=ctx.client_ip, type=kind, used=False)
    if "customer" in values:
        _fill_from(token, _customers_card(ctx, values["customer"], values.get("card")), {}, ctx)
    elif kind == "card":
        card = values["card"]
        if isinstance(card, str):
            raise InvalidRequest("A card that is named by its id needs the `customer` whose card it is.",
                                 code="parameter_missing", param="customer")
        _fill_from(token, unsaved_card(ctx, card), card, ctx)
    elif kind == "bank_account":
        _fill_from_bank(token, values["bank_account"], ctx)
    elif kind == "cvc_update":
        check_code(values["cvc_update"]["cvc"])
    elif kind == "pii":
        token.makes = reduced_number(values["pii"].get("id_number") or "")
    elif kind == "person":
        token.makes = reduced(ctx, values["person"], path="person[{}]")
    elif kind == "account":
        token.makes = _reduced_account(ctx, values["account"])
    token.id = ctx.ids.new(_PREFIXES[kind], Token.id_length, Token.id_lead)
    return ctx.add(token)


def _reduced_account(ctx: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    """What POST /v1/accounts takes of it, without any number."""
    made = dict(given)
    if "individual" in made:
        made["individual"] = reduced(ctx, made["individual"], path="account[individual][{}]")
    if "company" in made:
        made["company"] = _reduced_company(ctx, made["company"])
    if made.pop("tos_shown_and_accepted", False):
        made["tos_acceptance"] = _signed(ctx)
    return made


def _reduced_company(ctx: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    made = reduced_company(given)
    if made.pop("ownership_declaration_shown_and_signed", False):
        made["ownership_declaration"] = _signed(ctx)
    return made


def _signed(ctx: Context) -> dict[str, Any]:
    """When, from where and with what somebody has agreed who makes a token in doing so."""
    return {"date": ctx.now, "ip": ctx.client_ip, "user_agent": ctx.user_agent}


def _customers_card(ctx: Context, customer_id: str, card: Any) -> PaymentMethod:
    if ctx.publishable:
        raise AuthenticationError("A token of a customer's card cannot be made with a publishable API key. Please use a secret "
                                  "API key.", code="secret_key_required")
    customer = ctx.find(Customer, customer_id, param="customer")
    if isinstance(card, dict):
        raise InvalidRequest("With a `customer` the card must be the id of one of their cards.", param="card")
    wanted = card or customer.default_source_id or customer.default_payment_method_id
    if wanted is None:
        raise InvalidRequest(f"Customer {customer_id} has no card to make a token of.", code="parameter_missing", param="card")
    method = ctx.get(PaymentMethod, wanted)
    if method is None or method.customer_id != customer.id or method.card is None:
        raise no_such("card", wanted, param="card", status=400)
    return method


def _fill_from(token: Token, method: PaymentMethod, sent: Mapping[str, Any], ctx: Context) -> None:
    card = method.card or {}
    token.card = {
        "id": ctx.ids.new("card_", Token.id_length, Token.id_lead), "object": "card", "metadata": {},
        **({"currency": sent["currency"]} if "currency" in sent else {}), **older_shape(card, method.billing_details)}
    token.makes = {"behavior": method.behavior, "billing_details": method.billing_details, "card": card}


def _fill_from_bank(token: Token, given: Mapping[str, Any], ctx: Context) -> None:
    token.makes = bank_account_by_number(given, param="bank_account")
    token.bank_account = {
        "id": ctx.ids.new(BankAccount.id_prefix, Token.id_length, Token.id_lead), "object": "bank_account",
        **{name: token.makes[name] for name in (*BANK_ACCOUNT_NAMES, "bank_name", "country", "currency", "fingerprint", "last4",
                                                "routing_number")},
        "status": "new"}
