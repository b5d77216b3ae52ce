"""Means of payment besides cards: what may be shown of them, made from what was sent.

No account number leaves this module: an account is known by its bank, its last four characters and a fingerprint.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from app.domain.banks import BANK_NAME
from app.domain.cards import letters

METHOD_TYPES: Final = (
    "acss_debit", "affirm", "afterpay_clearpay", "alipay", "au_becs_debit", "bacs_debit", "bancontact", "blik", "boleto",
    "card", "card_present", "customer_balance", "eps", "fpx", "giropay", "grabpay", "ideal", "interac_present", "klarna",
    "konbini", "link", "oxxo", "p24", "paynow", "promptpay", "sepa_debit", "sofort", "us_bank_account", "wechat_pay",
)  # fmt: skip
"""Every type of payment method."""

NEEDED: Final = frozenset((
    "acss_debit", "au_becs_debit", "bacs_debit", "boleto", "fpx", "sepa_debit", "sofort", "us_bank_account"))
"""The types that are nothing without the hash of their name."""

_SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "acss_debit": ("bank_name", "fingerprint", "institution_number", "last4", "transit_number"),
    "au_becs_debit": ("bsb_number", "fingerprint", "last4"),
    "bacs_debit": ("fingerprint", "last4", "sort_code"),
    "boleto": ("tax_id",),
    "eps": ("bank",),
    "fpx": ("bank",),
    "ideal": ("bank", "bic"),
    "klarna": ("dob",),
    "link": ("email",),
    "p24": ("bank",),
    "sepa_debit": ("bank_code", "branch_code", "country", "fingerprint", "generated_from", "last4"),
    "sofort": ("country",),
    "us_bank_account": ("account_holder_type", "account_type", "bank_name", "financial_connections_account", "fingerprint",
                        "last4", "networks", "routing_number"),
}
"""What each hash shows, in order; those of all other types are empty."""

_ROUTING: Final = ("bsb_number", "institution_number", "routing_number", "sort_code", "transit_number")
_BICS: Final = {
    "abn_amro": "ABNANL2A", "asn_bank": "ASNBNL21", "bunq": "BUNQNL2A", "handelsbanken": "HANDNL2A", "ing": "INGBNL2A",
    "knab": "KNABNL2H", "moneyou": "MOYONL21", "rabobank": "RABONL2U", "regiobank": "RBRBNL21", "revolut": "REVOLT21",
    "sns_bank": "SNSBNL2A", "triodos_bank": "TRIONL2U", "van_lanschot": "FVLBNL22",
}  # fmt: skip
# Our choice: banks of the test world are all one, and an account without a word about it is a person's for payments.
_USUAL: Final[Mapping[str, Mapping[str, Any]]] = {
    "acss_debit": {"bank_name": BANK_NAME},
    "sepa_debit": {"generated_from": {"charge": None, "setup_attempt": None}},
    "us_bank_account": {"account_holder_type": "individual", "account_type": "checking", "bank_name": BANK_NAME,
                        "networks": {"preferred": "ach", "supported": ["ach"]}},
}


def method_details(type: str, sent: Mapping[str, Any], owner: str) -> dict[str, Any]:
    """The hash of a payment method of this type, null for what was not sent; equal accounts of an owner look equal.

    Raises ValueError with the parameter's name for a number that cannot be.
    """
    known: dict[str, Any] = {**_USUAL.get(type, {}), **sent}
    if "iban" in sent:
        iban = _compact(sent["iban"])
        if not _is_iban(iban):
            raise ValueError("iban")
        # Our choice: what of an IBAN names the bank is known for Germany alone.
        known |= _account("", iban, owner) | {"country": iban[:2], "bank_code": iban[4:12] if iban[:2] == "DE" else None}
    if "account_number" in sent:
        number = _compact(sent["account_number"])
        if not (number.isascii() and number.isalnum() and 4 <= len(number) <= 34):
            raise ValueError("account_number")
        known |= _account("/".join(sent[name] for name in _ROUTING if name in sent), number, owner)
    if "bank" in sent:
        known["bic"] = _BICS.get(sent["bank"])
    return {name: known.get(name) for name in _SHOWN.get(type, ())}


def _account(bank: str, number: str, owner: str) -> dict[str, str]:
    digest = sha256(f"{owner}/{bank}/{number}".encode()).digest()
    return {"fingerprint": letters(digest[:16]), "last4": number[-4:]}


def _compact(number: str) -> str:
    return number.replace(" ", "").replace("-", "").upper()


def _is_iban(iban: str) -> bool:
    if not (iban.isascii() and iban.isalnum() and 15 <= len(iban) <= 34 and iban[:2].isalpha()):
        return False
    return int("".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])) % 97 == 1
