"""Bank accounts: how their numbers are checked, and the test accounts with what each of them causes.

No number leaves this module: an account is known by its bank, its last four digits and a fingerprint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

from app.domain.cards import letters
from app.domain.country_specs import default_currency, is_available

BANK_NAME: Final = "STRIPE TEST BANK"


@dataclass(frozen=True, slots=True)
class TestBankAccount:
    """A bank account of the test world.

    `behavior` is what money meets there: None where all goes well, `fail:` with a key of FAILURES, `no_instant`,
    or `no_verification`, where no amounts are the right ones.
    `ownership:checked` and `ownership:asked` are accounts of whose owner something is to be known first.
    `currency` is what the tokens that stand for the account are in.
    """

    __test__ = False  # pytest must not take it for a test case

    number: str
    routing_number: str | None = "110000000"
    country: str = "US"
    currency: str = "usd"
    behavior: str | None = None


FAILURES: Final[Mapping[str, str]] = MappingProxyType({
    "account_closed": "The bank account has been closed.",
    "account_frozen": "The bank account has been frozen.",
    "bank_account_restricted": "The bank account has restrictions on what may be sent to it or taken from it.",
    "bank_ownership_changed": "The destination bank account is no longer valid because its branch has changed hands.",
    "could_not_process": "The bank could not process this payout.",
    "debit_not_authorized": "Debit transactions are not approved on your bank account.",
    "declined": "The bank has declined this transfer.",
    "incorrect_account_holder_name": "The name of the account's holder is not the one that the bank has.",
    "insufficient_funds": "Your account has insufficient funds to cover the transfer.",
    "invalid_account_number": "The routing number seems correct, but the account number is invalid.",
    "invalid_currency": "The bank was unable to process this transfer because of its currency.",
    "no_account": "The bank account could not be located.",
    "unsupported_card": "The bank does not take payouts to this card.",
})  # fmt: skip
"""Every `failure_code` of payouts and top-ups, with its `failure_message`."""

_AMOUNTS: Final[Mapping[tuple[int, ...], str]] = {(32, 45): "verified", (10, 11): "attempts_exceeded", (40, 41): "timeout"}

_US: Final = TestBankAccount("000123456789")
_FAILING: Final = {
    "noAccount": TestBankAccount("000111111116", behavior="fail:no_account"),
    "accountClosed": TestBankAccount("000111111113", behavior="fail:account_closed"),
    "insufficientFunds": TestBankAccount("000222222227", behavior="fail:insufficient_funds"),
    "debitNotAuthorized": TestBankAccount("000333333335", behavior="fail:debit_not_authorized"),
    "invalidCurrency": TestBankAccount("000444444440", behavior="fail:invalid_currency"),
}

_OF_COUNTRIES: Final = (
    _US, *_FAILING.values(), TestBankAccount("000888888883", behavior="no_instant"),
    TestBankAccount("000999999991", behavior="ownership:checked"),
    TestBankAccount("000999999992", behavior="ownership:asked"),
    TestBankAccount("000666666661", behavior="no_verification"),
    TestBankAccount("00012345", "108800", "GB", "gbp"),
    TestBankAccount("000123456789", "11000-000", "CA", "cad"),
    TestBankAccount("000123456", "110000", "AU", "aud"),
    TestBankAccount("000123456", "1100-000", "SG", "sgd"),
    TestBankAccount("000123456", "110-000", "HK", "hkd"),
    TestBankAccount("0001234", "1100000", "JP", "jpy"),
    TestBankAccount("1100000000000010", None, "NZ", "nzd"),
    TestBankAccount("000000001234567897", None, "MX", "mxn"),
    TestBankAccount("CH9300762011623852957", None, "CH", "chf"),
    TestBankAccount("AE070331234567890123456", None, "AE", "aed"),
    TestBankAccount("FR1420041010050500013M02606", None, "FR", "eur"),
)

_SEPA: Final = frozenset((
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GI", "GR", "HR", "HU", "IE", "IT", "LI", "LT", "LU",
    "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"))
_SEPA_DIGITS: Final = "89370400440532013000"

_FIRST: Final = {account.country: account for account in reversed(_OF_COUNTRIES)} | {
    country: TestBankAccount(f"{country}{_SEPA_DIGITS}", None, country, "eur") for country in sorted(_SEPA)}
"""An account in each country with which all goes well."""

# Our choice: the tokens of all countries are named like those that are published, `btok_de` and `btok_gb_gbp`.
_BY_TOKEN: Final = {
    **{f"btok_{country.lower()}": account for country, account in _FIRST.items()},
    **{f"btok_{country.lower()}_{account.currency}": account for country, account in _FIRST.items()},
    "btok_us_verified": _US,
    **{f"btok_us_verified_{name}": account for name, account in _FAILING.items()},
}


def default_account() -> TestBankAccount:
    """The account that a new sandbox has: in the United States, and all goes well with it."""
    return _US


def account_in(country: str) -> TestBankAccount | None:
    """A test account of this country with which all goes well; None where no account can be."""
    found = _FIRST.get(country)
    if found is None and is_available(country):
        # Our choice: the number of the United States, where none is published for a country.
        return TestBankAccount(_US.number, None, country, default_currency(country))
    return found


def account_of_token(token: str) -> TestBankAccount | None:
    """The account behind `btok_us_verified` and the like; None for any other text."""
    return _BY_TOKEN.get(token)


def numbered_account(number: str, country: str, routing_number: str | None) -> TestBankAccount | None:
    """The test account with this number in this country, at the bank that `routing_number` names; None where there is none."""
    digits = number.replace(" ", "").replace("-", "").upper()
    if country in _SEPA and digits == f"{country}{_SEPA_DIGITS}":
        return TestBankAccount(digits, routing_number, country, "eur")
    for account in _OF_COUNTRIES:
        if (account.number, account.country) == (digits, country):
            return TestBankAccount(digits, routing_number, country, account.currency, account.behavior)
    elsewhere = None if country in _FIRST else account_in(country)
    return None if elsewhere is None or elsewhere.number != digits else replace(elsewhere, routing_number=routing_number)


def needs_routing_number(country: str) -> bool:
    """Whether an account number of the country says nothing of the bank."""
    return any(account.country == country and account.routing_number for account in _OF_COUNTRIES)


def is_routing_number(country: str, number: str) -> bool:
    """Whether a bank of the country can have this number: as many digits as its test bank has, and in the United States
    nine that are an ABA number. Where no bank is published, letters are taken as well.
    """
    digits = number.replace("-", "").replace(" ", "")
    lengths = {len(account.routing_number.replace("-", "")) for account in _OF_COUNTRIES
               if account.country == country and account.routing_number}
    if country not in _FIRST:
        return digits.isascii() and digits.isalnum()
    if not (digits.isascii() and digits.isdigit()) or (lengths and len(digits) not in lengths):
        return False
    return country != "US" or sum(int(digit) * (3, 7, 1)[place % 3] for place, digit in enumerate(digits)) % 10 == 0


def shown_account(account: TestBankAccount) -> dict[str, Any]:
    """What an account may be known by."""
    return {
        "bank_name": BANK_NAME, "country": account.country, "last4": account.number[-4:],
        "fingerprint": letters(sha256(f"{account.routing_number or ''}/{account.number}".encode()).digest()[:16]),
        "routing_number": account.routing_number}


def answer_to_amounts(amounts: Sequence[int], behavior: str | None) -> str:
    """What comes of naming the two small amounts that were sent to an account: `verified`, `wrong`, or by magic amounts
    `attempts_exceeded` or `timeout`.
    """
    if behavior == "no_verification":
        return "wrong"
    return _AMOUNTS.get(tuple(sorted(amounts)), "wrong")


def failure_of(behavior: str | None) -> str | None:
    """The key of FAILURES for which money does not arrive; None where it does."""
    kind, _, reason = (behavior or "").partition(":")
    return reason if kind == "fail" else None
