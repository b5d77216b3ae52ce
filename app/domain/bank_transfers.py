"""Bank transfers from customers: where they send money, and which of it is for what.

Our choice: each customer has accounts of their own in each country, made up from their id, so that they stay the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations
from typing import Any, Final

CURRENCIES: Final = {"eu_bank_transfer": "eur", "gb_bank_transfer": "gbp", "jp_bank_transfer": "jpy", "mx_bank_transfer": "mxn"}
"""What each type of bank transfer is made in."""
COUNTRIES: Final = {"gb_bank_transfer": "GB", "jp_bank_transfer": "JP", "mx_bank_transfer": "MX"}
"""Where the account of each type is; one in euro is in a country that the caller chooses."""

_BANKS: Final = {"BE": ("", 12), "DE": ("", 18), "ES": ("", 20), "FR": ("", 23), "IE": ("STRP", 14), "NL": ("STRP", 10)}
"""The letters of an IBAN's bank, and how many digits follow."""
EU_COUNTRIES: Final = tuple(_BANKS)
_TOGETHER: Final = 5
"""How many payments at the most are looked for that together wait for exactly what there is."""
# Our choice: among how many, so that it takes no time.
_LOOKED_AT: Final = 12
_HOLDER: Final = "Billyard"
_BIC: Final = "STRPXX2A"


def address_of(customer: str, type: str, country: str) -> dict[str, Any]:
    """The account that the customer sends money to, as `financial_addresses` list it."""
    match type:
        case "eu_bank_transfer":
            iban = {"account_holder_name": _HOLDER, "bic": _BIC, "country": country, "iban": _iban(customer, country)}
            return {"iban": iban, "supported_networks": ["sepa"], "type": "iban"}
        case "gb_bank_transfer":
            account = {"account_holder_name": _HOLDER, "account_number": _digits(customer, 8), "sort_code": "108800"}
            return {"sort_code": account, "supported_networks": ["bacs", "fps"], "type": "sort_code"}
        case "mx_bank_transfer":
            account = {"bank_code": "646", "bank_name": "STP", "clabe": _digits(customer, 18)}
            return {"spei": account, "supported_networks": ["spei"], "type": "spei"}
    account = {"account_holder_name": _HOLDER, "account_number": _digits(customer, 7), "account_type": "futsu",
               "bank_code": "0009", "bank_name": "STRIPE TEST BANK", "branch_code": "950", "branch_name": "TEST"}
    return {"supported_networks": ["zengin"], "type": "zengin", "zengin": account}


def reference_of(customer: str) -> str:
    """What a transfer of the customer's is known by."""
    return sha256(f"reference {customer}".encode()).hexdigest()[:12].upper()


def shown_cash_balance(customer: str, cash: Mapping[str, int] | None, mode: str | None) -> dict[str, Any]:
    """The `cash_balance` of a customer: what is there by currency, and how it pays."""
    return {"object": "cash_balance", "available": dict(cash) if cash else None, "customer": customer, "livemode": False,
            "settings": {"reconciliation_mode": mode or "automatic"}}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for money of a customer's: `amount` is what is missing, `number` that of the invoice where it is for one."""

    amount: int
    is_of_invoice: bool = False
    number: str | None = None


def shares_of(cash: int, waiting: Sequence[Waiting], reference: str | None = None) -> list[tuple[int, int]]:
    """How the cash of a customer is divided among what waits, oldest first: places in `waiting`, with an amount for each.

    The invoice that the `reference` names is paid first. Then what together waits for exactly what there is: as few as
    can be, rather invoices, rather old ones. Else invoices are paid, but only whole, and the rest goes to the others, the
    last of which may get only a part.
    """
    shares: dict[int, int] = {}

    def give(place: int) -> None:
        nonlocal cash
        shares[place] = min(cash, waiting[place].amount)
        cash -= shares[place]

    for place, one in enumerate(waiting):
        if one.is_of_invoice and one.number is not None and one.number == reference and one.amount <= cash:
            give(place)
            break
    left = [place for place in range(len(waiting)) if place not in shares]
    for place in _exactly(cash, waiting, left):
        give(place)
    for is_of_invoice in (True, False):
        for place in left:
            one = waiting[place]
            if cash and place not in shares and one.is_of_invoice == is_of_invoice and (
                    not is_of_invoice or one.amount <= cash):
                give(place)
    return list(shares.items())


def _exactly(cash: int, waiting: Sequence[Waiting], places: Sequence[int]) -> tuple[int, ...]:
    for size in range(1, _TOGETHER + 1):
        groups = [group for group in combinations(places[:_LOOKED_AT], size)
                  if sum(waiting[place].amount for place in group) == cash]
        if groups:
            return max(groups, key=lambda group: sum(waiting[place].is_of_invoice for place in group))
    return ()


def _digits(customer: str, count: int) -> str:
    return str(int(sha256(customer.encode()).hexdigest(), 16))[:count].rjust(count, "0")


def _iban(customer: str, country: str) -> str:
    bank, digits = _BANKS[country]
    account = bank + _digits(f"{country} {customer}", digits)
    remainder = int("".join(str(int(letter, 36)) for letter in f"{account}{country}00")) % 97
    return f"{country}{98 - remainder:02d}{account}"
