"""How means of payment besides cards pay: whom they ask, who answers when, and the test accounts with what each causes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from app.domain.cards import Decline


@dataclass(frozen=True, slots=True)
class Way:
    """How one type of payment methods pays, in which of `currencies`.

    - `asks`: the customer is sent to a page of the bank's or the provider's, and says yes or no there
    - `delayed`: the bank answers days after it was asked
    - `mandate`: the customer must have permitted it
    - `verified`: the account must be known to be the customer's
    - `transfer`: the customer sends the money, and it pays once it has come
    - `holds`: an amount can be held before it is taken
    - `funds`: the kind of funds that the money becomes on the balance
    """

    currencies: frozenset[str]
    asks: bool = False
    delayed: bool = False
    mandate: bool = False
    verified: bool = False
    transfer: bool = False
    holds: bool = False
    funds: str = "card"


def _way(currencies: str, **kind: Any) -> Way:
    return Way(frozenset(currencies.split()), **kind)


_PAID_LATER: Final = "aud cad chf czk dkk eur gbp nok nzd pln sek usd"

# Our choice: the currencies, which the published facts leave open, are those of the schemes.
WAYS: Final[Mapping[str, Way]] = MappingProxyType({
    "acss_debit": _way("cad usd", delayed=True, mandate=True, verified=True),
    "affirm": _way("cad usd", asks=True, holds=True),
    "afterpay_clearpay": _way("aud cad eur gbp nzd usd", asks=True, holds=True),
    "alipay": _way("aud cad cny eur gbp hkd jpy myr nzd sgd usd", asks=True),
    "au_becs_debit": _way("aud", delayed=True, mandate=True),
    "bacs_debit": _way("gbp", delayed=True, mandate=True),
    "bancontact": _way("eur", asks=True),
    "blik": _way("pln", asks=True),
    "boleto": _way("brl", asks=True),
    "customer_balance": _way("eur gbp jpy mxn", transfer=True),
    "eps": _way("eur", asks=True),
    "fpx": _way("myr", asks=True, funds="fpx"),
    "giropay": _way("eur", asks=True),
    "grabpay": _way("myr sgd", asks=True),
    "ideal": _way("eur", asks=True),
    "klarna": _way(_PAID_LATER, asks=True, holds=True),
    "konbini": _way("jpy", asks=True),
    "link": _way("usd", asks=True, holds=True),
    "oxxo": _way("mxn", asks=True),
    "p24": _way("eur pln", asks=True),
    "paynow": _way("sgd", asks=True),
    "promptpay": _way("thb", asks=True),
    "sepa_debit": _way("eur", delayed=True, mandate=True),
    "sofort": _way("eur", asks=True, delayed=True),
    "us_bank_account": _way("usd", delayed=True, mandate=True, verified=True, funds="bank_account"),
    "wechat_pay": _way("aud cad cny eur gbp hkd jpy sgd usd", asks=True),
})
"""Every type that pays, without cards, which are a world of their own."""

# Our choice: the words.
FAILURES: Final[Mapping[str, Decline]] = MappingProxyType({
    "account_closed": Decline("account_closed", "The customer's bank account has been closed."),
    "debit_not_authorized": Decline(
        "debit_not_authorized", "The customer has notified their bank that this payment was unauthorized."),
    "generic_decline": Decline("generic_decline", "The customer's bank has declined this payment."),
    "insufficient_funds": Decline(
        "insufficient_funds", "The customer's account has insufficient funds to cover this payment."),
    "invalid_currency": Decline(
        "invalid_currency", "The customer's bank was unable to process this payment because of its currency."),
    "no_account": Decline("no_account", "The customer's bank account could not be located."),
})
"""Why a bank refuses a debit, by `failure_code`."""

UNAUTHENTICATED: Final = Decline(
    "payment_intent_authentication_failure", "The customer has to approve this payment, and cannot be asked now.")
"""Why a payment fails that waits for a page which nobody can be sent to."""
CANCELED: Final = Decline("payment_intent_canceled", "The payment was canceled before the bank had answered.")
"""Why a debit that was called off took no money."""

_NUMBERS: Final[Mapping[str, Mapping[str, str]]] = {
    "us_bank_account": {
        "000111111113": "fail:account_closed", "000111111116": "fail:no_account", "000222222227": "fail:insufficient_funds",
        "000333333335": "fail:debit_not_authorized", "000444444440": "fail:invalid_currency",
        "000666666661": "microdeposits:fail", "000555555559": "dispute:debit_not_authorized",
        "000000000009": "processing"},
    # Our choice: accounts of other countries are published beside this reference, not in it.
    "acss_debit": {"000222222227": "fail:insufficient_funds", "000333333335": "fail:debit_not_authorized",
                   "000666666661": "microdeposits:fail"},
    "au_becs_debit": {"111111113": "fail:account_closed", "111111116": "fail:no_account",
                      "222222227": "fail:insufficient_funds", "333333335": "fail:debit_not_authorized"},
    "bacs_debit": {"22222227": "fail:insufficient_funds", "33333335": "fail:debit_not_authorized",
                   "55555559": "dispute:debit_not_authorized"},
    "sepa_debit": {
        **dict.fromkeys(("AT861904300235473202", "AT051904300235473205", "DE62370400440532013001", "DE78370400440532013004",
                         "FR8420041010050500013M02607", "FR7920041010050500013M02600"), "fail:generic_decline"),
        **dict.fromkeys(("AT591904300235473203", "DE35370400440532013002", "FR5720041010050500013M02608"),
                        "dispute:debit_not_authorized")},
}

_ACH_NAMES: Final = {
    "success": "000123456789", "accountClosed": "000111111113", "noAccount": "000111111116",
    "insufficientFunds": "000222222227", "debitNotAuthorized": "000333333335", "invalidCurrency": "000444444440",
    "failMicrodeposits": "000666666661", "dispute": "000555555559", "processing": "000000000009"}
_ACH_PREFIX: Final = "pm_usBankAccount_"
_ROUTING_NUMBER: Final = "110000000"

MISMATCH: Final = "mismatch"
_MICRODEPOSITS: Final[Mapping[Any, str]] = {
    (32, 45): "verified", "SM11AA": "verified", (10, 11): "attempts_exceeded", "SM33CC": "attempts_exceeded",
    (40, 41): "timeout", "SM44DD": "timeout"}

# Our choice: the words.
UNVERIFIED: Final[Mapping[str, Decline]] = MappingProxyType({
    "attempts_exceeded": Decline(
        "payment_method_microdeposit_verification_attempts_exceeded",
        "You have exceeded the number of allowed verification attempts."),
    "fail": Decline("payment_method_microdeposit_failed",
                    "Microdeposits could not be sent to this bank account. Check the account and routing numbers."),
    "timeout": Decline("payment_method_microdeposit_verification_timeout",
                       "The microdeposits were not verified within ten days."),
})
"""Why an account stays unverified for good."""


def named_account(id: str) -> tuple[dict[str, str], bool] | None:
    """The numbers of the account behind `pm_usBankAccount_success` and the like, and whether it is verified; else None."""
    number = _ACH_NAMES.get(id.removeprefix(_ACH_PREFIX)) if id.startswith(_ACH_PREFIX) else None
    if number is None:
        return None
    return {"account_number": number, "routing_number": _ROUTING_NUMBER}, number != _ACH_NAMES["failMicrodeposits"]


def account_behavior(type: str, sent: Mapping[str, Any]) -> str | None:
    """What the use of the account causes: None for plain success.

    `fail:R` for a key of FAILURES, `dispute:R`, `processing` for a bank that never answers, and `microdeposits:fail`.
    """
    number = str(sent.get("account_number") or sent.get("iban") or "").replace(" ", "").replace("-", "").upper()
    return _NUMBERS.get(type, {}).get(number)


def debit_failure(behavior: str | None) -> str | None:
    """The key of FAILURES for which the bank refuses; None where it pays."""
    kind, _, reason = (behavior or "").partition(":")
    return reason if kind == "fail" else None


def microdeposits_say(behavior: str | None, amounts: tuple[int, ...] | None, code: str | None) -> str:
    """What naming the amounts of two small deposits, or the code beside one, makes of an account.

    `verified`, MISMATCH where it can be tried again, or a key of UNVERIFIED.
    """
    if behavior == "microdeposits:fail":
        return "fail"
    return _MICRODEPOSITS.get(tuple(sorted(amounts)) if amounts is not None else code, MISMATCH)


_BANK: Final = dict.fromkeys(("bank_code", "bank_name", "bic", "verified_name"))
_GENERATED: Final = dict.fromkeys(("generated_sepa_debit", "generated_sepa_debit_mandate", "iban_last4"))
_CHARGED: Final[Mapping[str, Mapping[str, Any]]] = {
    "acss_debit": dict.fromkeys(("bank_name", "fingerprint", "institution_number", "last4", "transit_number")),
    "afterpay_clearpay": {"reference": None},
    "alipay": {"fingerprint": None, "transaction_id": None},
    "au_becs_debit": dict.fromkeys(("bsb_number", "fingerprint", "last4")),
    "bacs_debit": dict.fromkeys(("fingerprint", "last4", "mandate", "sort_code")),
    "bancontact": {**_BANK, **_GENERATED, "preferred_language": None},
    "boleto": {"tax_id": ""},
    "eps": {"bank": None, "verified_name": None},
    "fpx": {"bank": None, "transaction_id": None},
    "giropay": _BANK,
    "grabpay": {"transaction_id": None},
    "ideal": {"bank": None, "bic": None, **_GENERATED, "verified_name": None},
    "klarna": {"payment_method_category": "pay_later", "preferred_locale": None},
    "konbini": {"store": None},
    "oxxo": {"number": None},
    "p24": {"bank": None, "reference": None, "verified_name": None},
    "paynow": {"reference": None},
    "promptpay": {"reference": None},
    "sepa_debit": dict.fromkeys(("bank_code", "branch_code", "country", "fingerprint", "last4", "mandate")),
    "sofort": {**_BANK, "country": None, **_GENERATED, "preferred_language": None},
    "us_bank_account": dict.fromkeys(("account_holder_type", "account_type", "bank_name", "fingerprint", "last4",
                                      "routing_number")),
    "wechat_pay": {"fingerprint": None, "transaction_id": None},
}
_SET_UP: Final = frozenset({"bancontact", "ideal", "sofort"})
_MANDATED: Final = frozenset({"acss_debit", "au_becs_debit", "bacs_debit", "sepa_debit"})


def charged_details(type: str, details: Mapping[str, Any] | None, mandate: str | None) -> dict[str, Any]:
    """`payment_method_details` of a charge: what its payment method shows, as far as a charge shows it."""
    shown = dict(_CHARGED.get(type, {}))
    shown |= {name: value for name, value in (details or {}).items() if name in shown and value is not None}
    if mandate is not None and type in _MANDATED:
        shown["mandate"] = mandate
    return {type: shown, "type": type}


def setup_details(type: str, details: Mapping[str, Any] | None) -> dict[str, Any]:
    """The hash of `payment_method_details` of a setup attempt: most types show nothing there."""
    if type not in _SET_UP:
        return {}
    return {name: value for name, value in charged_details(type, details, None)[type].items() if name != "country"}
