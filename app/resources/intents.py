"""What payment intents and setup intents have in common besides payment methods: options, errors, what they wait for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.domain.bank_transfers import address_of, reference_of
from app.domain.business_days import business_day_after
from app.domain.ways_to_pay import MISMATCH, microdeposits_say
from app.errors import InvalidRequest
from app.render import load_for_rendering, render
from app.resources.payment_methods.tables import Payer, PaymentMethod

_DEPOSIT_DAYS = 2
_TRANSFER = "display_bank_transfer_instructions"
_VOUCHER_S = 3 * 86_400
"""How long a voucher says that it can be paid. Our choice: nothing happens when it cannot any more."""
_SECRET_OPTIONS = frozenset({"code", "cvc_token", "persistent_token"})


def merged_options(present: Mapping[str, Any], change: Mapping[str, Any] | None) -> dict[str, Any]:
    """`payment_method_options` with what `change` names; codes that are good once are not kept."""
    options = dict(present)
    for type, wanted in (change or {}).items():
        if wanted is None:
            options.pop(type, None)
            continue
        kept = {**options.get(type, {}), **{name: value for name, value in wanted.items() if name not in _SECRET_OPTIONS}}
        options[type] = {name: value for name, value in kept.items() if value is not None}
    return options


def error_document(ctx: Context, method: Payer, *, code: str, message: str, type: str = "card_error",
                   decline_code: str | None = None, param: str | None = None, charge: str | None = None) -> dict[str, Any]:
    """An error as an intent keeps it, the payment method or source inside."""
    load_for_rendering(ctx.session, [method])
    error = {"charge": charge, "code": code, "decline_code": decline_code,
             "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}", "message": message, "param": param,
             "payment_method" if isinstance(method, PaymentMethod) else "source": render(method), "type": type}
    return {name: value for name, value in error.items() if value is not None}


def authentication_action(ctx: Context, client_secret: str, return_url: str | None) -> dict[str, Any]:
    """The `next_action` of an intent that waits for the holder of its card: a page of this server."""
    url = _page_of(ctx, client_secret)
    if return_url is not None:
        return {"redirect_to_url": {"return_url": return_url, "url": url}, "type": "redirect_to_url"}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": {"stripe_js": url, "type": "three_d_secure_redirect"}}


def page_action(ctx: Context, type: str, client_secret: str, return_url: str | None) -> dict[str, Any]:
    """The `next_action` of an intent that waits for its customer at the page of a bank or provider, which is one of this server.

    Our choice: vouchers and codes to be scanned name the same page, where they are paid or given up.
    """
    url = _page_of(ctx, client_secret)
    number = client_secret.rpartition("_")[2][:10]
    match type:
        case "alipay":
            return {"alipay_handle_redirect": {"native_data": None, "native_url": None, "return_url": return_url, "url": url},
                    "type": "alipay_handle_redirect"}
        case "boleto":
            return {"boleto_display_details": {"expires_at": ctx.now + _VOUCHER_S, "hosted_voucher_url": url, "number": number,
                                               "pdf": None}, "type": "boleto_display_details"}
        case "oxxo":
            return {"oxxo_display_details": {"expires_after": ctx.now + _VOUCHER_S, "hosted_voucher_url": url,
                                             "number": number}, "type": "oxxo_display_details"}
        case "konbini":
            stores = {store: {"payment_code": number} for store in ("familymart", "lawson", "ministop", "seicomart")}
            return {"konbini_display_details": {"expires_at": ctx.now + _VOUCHER_S, "hosted_voucher_url": url,
                                                "stores": stores}, "type": "konbini_display_details"}
    return {"redirect_to_url": {"return_url": return_url, "url": url}, "type": "redirect_to_url"}


def verification_action(ctx: Context, client_secret: str) -> dict[str, Any]:
    """The `next_action` of an intent whose bank account is not known to be the customer's yet."""
    # Our choice: the deposits take two business days, and one of them tells a code; its amounts are taken as well.
    return {"type": "verify_with_microdeposits", "verify_with_microdeposits": {
        "arrival_date": business_day_after(ctx.now, _DEPOSIT_DAYS), "hosted_verification_url": _page_of(ctx, client_secret),
        "microdeposit_type": "descriptor_code"}}


def transfer_action(ctx: Context, client_secret: str, *, customer: str, amount: int, currency: str, type: str,
                    country: str) -> dict[str, Any]:
    """The `next_action` of an intent whose customer has to send money, which a page of this server pretends."""
    return {"type": _TRANSFER, _TRANSFER: {
        "amount_remaining": amount, "currency": currency, "financial_addresses": [address_of(customer, type, country)],
        "hosted_instructions_url": _page_of(ctx, client_secret), "reference": reference_of(customer), "type": type}}


def waits_for_transfer(intent: Any) -> bool:
    """Whether the intent waits for money that its customer sends."""
    return intent.status == "requires_action" and (intent.next_action or {}).get("type") == _TRANSFER


def told_to_send(intent: Any) -> int | None:
    """What the customer has been told to send for the intent, in minor units; None where it does not wait for a transfer."""
    return intent.next_action[_TRANSFER]["amount_remaining"] if waits_for_transfer(intent) else None


def waits_for_deposits(intent: Any) -> bool:
    """Whether the intent waits for its customer to say what was deposited."""
    return intent.status == "requires_action" and (intent.next_action or {}).get("type") == "verify_with_microdeposits"


def deposits_say(intent: Any, behavior: str | None, values: Mapping[str, Any]) -> str:
    """What naming two amounts or a code makes of the account: `verified`, or a key of `domain.ways_to_pay.UNVERIFIED`.

    Raises InvalidRequest for an intent that does not wait for it, and where it can be tried again.
    """
    kind = intent.object_name
    # Our choice: the words of these refusals.
    if ("amounts" in values) == ("descriptor_code" in values):
        raise InvalidRequest("You must provide either `amounts` or `descriptor_code`.", code="parameter_missing",
                             param="amounts")
    if not waits_for_deposits(intent):
        raise InvalidRequest(f"You cannot verify microdeposits for this {kind} because it has a status of {intent.status} and no "
                             "next action of verify_with_microdeposits.", code=f"{kind}_unexpected_state")
    amounts, code = values.get("amounts"), values.get("descriptor_code")
    if amounts is not None and len(amounts) != 2:
        raise InvalidRequest("You must provide exactly two amounts.", param="amounts",
                             code="payment_method_microdeposit_verification_amounts_invalid")
    outcome = microdeposits_say(behavior, amounts, code)
    if outcome != MISMATCH:
        return outcome
    if amounts is None:
        raise InvalidRequest("The descriptor code provided does not match the one sent to the bank account.",
                             code="payment_method_microdeposit_verification_descriptor_code_mismatch", param="descriptor_code")
    raise InvalidRequest("The amounts provided do not match the amounts that were sent to the bank account.",
                         code="payment_method_microdeposit_verification_amounts_mismatch", param="amounts")


def _page_of(ctx: Context, client_secret: str) -> str:
    return f"{ctx.base_url}/3d_secure/{ctx.account_id}/{client_secret}"
