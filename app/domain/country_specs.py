"""Countries: where accounts can be opened, in what they are paid, and what has to be known of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar, Final

from app.domain.currencies import SUPPORTED
from app.domain.verification_fields import VerificationFields, verification_fields

_DEFAULT_CURRENCIES: Final[Mapping[str, str]] = {
    "AE": "aed", "AT": "eur", "AU": "aud", "BE": "eur", "BG": "bgn", "BR": "brl", "CA": "cad", "CH": "chf", "CY": "eur",
    "CZ": "czk", "DE": "eur", "DK": "dkk", "EE": "eur", "ES": "eur", "FI": "eur", "FR": "eur", "GB": "gbp", "GR": "eur",
    "HK": "hkd", "HU": "huf", "IE": "eur", "IN": "inr", "IT": "eur", "JP": "jpy", "LT": "eur", "LU": "eur", "LV": "eur",
    "MT": "eur", "MX": "mxn", "MY": "myr", "NL": "eur", "NO": "nok", "NZ": "nzd", "PL": "pln", "PT": "eur", "RO": "ron",
    "SE": "sek", "SG": "sgd", "SI": "eur", "SK": "eur", "US": "usd",
}  # fmt: skip
"""The countries that have a spec, in the order of lists."""

# Our choice: the currency in which banks of these countries are paid. The reference names the countries only.
_PAYOUT_CURRENCIES: Final[Mapping[str, str]] = {
    "AG": "xcd", "AM": "amd", "AR": "ars", "AZ": "azn", "BA": "bam", "BD": "bdt", "BH": "bhd", "BJ": "xof", "BN": "bnd",
    "BO": "bob", "BT": "btn", "CI": "xof", "CL": "clp", "CO": "cop", "CR": "crc", "DO": "dop", "EC": "usd", "EG": "egp",
    "GH": "ghs", "GI": "gbp", "GM": "gmd", "GT": "gtq", "GY": "gyd", "HR": "hrk", "ID": "idr", "IL": "ils", "IS": "eur",
    "JM": "jmd", "KE": "kes", "KR": "krw", "KW": "kwd", "LC": "xcd", "LI": "chf", "MA": "mad", "MC": "eur", "MD": "mdl",
    "MK": "mkd", "MU": "mur", "NA": "nad", "NE": "xof", "OM": "omr", "PA": "usd", "PE": "pen", "PH": "php", "PY": "pyg",
    "QA": "qar", "RS": "rsd", "SA": "sar", "SM": "eur", "SN": "xof", "SV": "usd", "TH": "thb", "TN": "tnd", "TR": "try",
    "TT": "ttd", "UY": "uyu", "ZA": "zar",
}  # fmt: skip
"""Countries without a spec, to which money can be transferred and paid out."""

_EUROPE_CODES: Final = "AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HU IE IT LT LU LV MT NL NO PL PT RO SE SI SK"
_EUROPE_CURRENCIES: Final = "eur usd sek nok dkk chf gbp aud cad jpy nzd pln hkd sgd zar huf ron czk"
_EUROPE_TRANSFERS: Final = """
AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MT NL NO PL PT RO SE SM SI SK
"""
_AMERICAN_TRANSFERS: Final = """
US AE AR AT AU BE BG BO CA CH CI CL CO CR CY CZ DE DK DO EE EG ES FI FR GB GM GR HK HR HU ID IE IL IS IT JP KE KR LI LT LU LV MA
MT MX MY NL NO NZ PE PH PL PT PY RO RS SA SE SG SI SK SV TH TN TR TT UY ZA BD BJ JM MC NE SN AG BH GH GT GY KW LC MU NA SM AM BA
OM PA AZ BN BT EC MD MK QA
"""
_EUROPE: Final = tuple(_EUROPE_CODES.split())

_AT_HOME: Final[Mapping[str, str]] = {"pln": "PL", "huf": "HU", "ron": "RO", "czk": "CZ"}
"""Currencies that banks of their own country do not take for accounts of other countries."""
_FURTHER_CURRENCIES: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "AU": {"usd": ("AU",), "nzd": ("AU",)},
    "CA": {"usd": ("US", "CA")},
    "HK": {"usd": ("HK",)},
    "SG": {"usd": ("SG",)},
}
_GULF_CURRENCIES: Final = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
"""Taken for payments in the United Arab Emirates alone."""


@dataclass(frozen=True)
class CountrySpec:
    """What the API tells of a country, which `id` names by its code of two capital letters."""

    object_name: ClassVar[str] = "country_spec"
    missing_name: ClassVar[str] = "country"
    path_param: ClassVar[str] = "country"

    id: str
    default_currency: str
    supported_bank_account_currencies: Mapping[str, tuple[str, ...]]
    """By currency, the countries whose banks take it."""
    supported_payment_currencies: tuple[str, ...]
    supported_payment_methods: tuple[str, ...]
    supported_transfer_countries: tuple[str, ...]
    individual: VerificationFields = field(repr=False)
    company: VerificationFields = field(repr=False)


def country_specs() -> list[CountrySpec]:
    """The specs of all countries that have one, by their codes."""
    return [_spec(code) for code in _DEFAULT_CURRENCIES]


def country_spec(code: str) -> CountrySpec | None:
    """The spec of a country; None where it has none."""
    return _spec(code) if code in _DEFAULT_CURRENCIES else None


def is_available(code: str) -> bool:
    """Whether connected accounts can be opened in the country, be it only to be paid out."""
    return code in _DEFAULT_CURRENCIES or code in _PAYOUT_CURRENCIES


def is_payout_only(code: str) -> bool:
    """Whether accounts of the country can be paid out and nothing else: it has no spec, and takes no payments."""
    return code in _PAYOUT_CURRENCIES


def default_currency(code: str) -> str:
    """The currency of the country's accounts where nothing else is said. The country must be available."""
    return _DEFAULT_CURRENCIES.get(code) or _PAYOUT_CURRENCIES[code]


def bank_account_currencies(code: str) -> Mapping[str, tuple[str, ...]]:
    """By currency, the countries whose banks take it for accounts of an available country; the default one comes first."""
    own = default_currency(code)
    if code not in _EUROPE:
        return {own: (code,), **_FURTHER_CURRENCIES.get(code, {})}
    taken = {own: (code,) if code == "BG" else _EUROPE}
    for currency in _EUROPE_CURRENCIES.split():
        if currency == "usd":
            taken[currency] = (*_EUROPE, "US")
        elif currency != own:
            taken[currency] = tuple(country for country in _EUROPE if country != _AT_HOME.get(currency))
    return taken


@cache
def _spec(code: str) -> CountrySpec:
    return CountrySpec(
        id=code, default_currency=default_currency(code), supported_bank_account_currencies=bank_account_currencies(code),
        supported_payment_currencies=tuple(
            currency for currency in SUPPORTED if code == "AE" or currency not in _GULF_CURRENCIES),
        supported_payment_methods=("ach", "card", "stripe") if code == "US" else ("card", "stripe"),
        supported_transfer_countries=_transfer_countries(code),
        individual=verification_fields(code, "individual"), company=verification_fields(code, "company"))


def _transfer_countries(code: str) -> tuple[str, ...]:
    if code == "US":
        return tuple(_AMERICAN_TRANSFERS.split())
    return tuple(_EUROPE_TRANSFERS.split()) if code in _EUROPE else (code,)
