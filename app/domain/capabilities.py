"""The capabilities that an account can have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.domain.country_specs import is_payout_only

CAPABILITIES: Final = (
    "acss_debit_payments", "affirm_payments", "afterpay_clearpay_payments", "au_becs_debit_payments", "bacs_debit_payments",
    "bancontact_payments", "bank_transfer_payments", "blik_payments", "boleto_payments", "card_issuing", "card_payments",
    "cartes_bancaires_payments", "eps_payments", "fpx_payments", "giropay_payments", "grabpay_payments", "ideal_payments",
    "jcb_payments", "klarna_payments", "konbini_payments", "legacy_payments", "link_payments", "oxxo_payments",
    "p24_payments", "paynow_payments", "promptpay_payments", "sepa_debit_payments", "sofort_payments",
    "tax_reporting_us_1099_k", "tax_reporting_us_1099_misc", "transfers", "treasury", "us_bank_account_ach_payments",
)  # fmt: skip
"""By name, in alphabetical order."""


_EUROPE_CODES: Final = "AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
_EUROPE: Final = frozenset(_EUROPE_CODES.split())
_EURO_METHODS: Final = _EUROPE | {"AU", "CA", "HK", "JP", "MX", "NZ", "SG", "US"}

# Our choice: the countries, after what was known of each means of payment in 2022. The reference has no list.
_COUNTRIES: Final[Mapping[str, frozenset[str]]] = {
    "acss_debit_payments": frozenset({"CA", "US"}),
    "affirm_payments": frozenset({"US"}),
    "afterpay_clearpay_payments": frozenset({"AU", "CA", "ES", "FR", "GB", "NZ", "US"}),
    "au_becs_debit_payments": frozenset({"AU"}),
    "bacs_debit_payments": frozenset({"GB"}),
    "bancontact_payments": _EURO_METHODS,
    "bank_transfer_payments": _EUROPE | {"JP", "MX", "US"},
    "blik_payments": _EUROPE,
    "boleto_payments": frozenset({"BR"}),
    "card_issuing": _EUROPE | {"US"},
    "cartes_bancaires_payments": _EUROPE,
    "eps_payments": _EURO_METHODS,
    "fpx_payments": frozenset({"MY"}),
    "giropay_payments": _EURO_METHODS,
    "grabpay_payments": frozenset({"MY", "SG"}),
    "ideal_payments": _EURO_METHODS,
    "jcb_payments": _EUROPE | {"AU", "CA", "JP", "NZ", "SG", "US"},
    "klarna_payments": _EUROPE | {"US"},
    "konbini_payments": frozenset({"JP"}),
    "oxxo_payments": frozenset({"MX"}),
    "p24_payments": _EURO_METHODS,
    "paynow_payments": frozenset({"SG"}),
    "promptpay_payments": frozenset({"TH"}),
    "sepa_debit_payments": _EURO_METHODS,
    "sofort_payments": _EURO_METHODS,
    "tax_reporting_us_1099_k": frozenset({"US"}),
    "tax_reporting_us_1099_misc": frozenset({"US"}),
    "treasury": frozenset({"US"}),
    "us_bank_account_ach_payments": frozenset({"US"}),
}
"""Where accounts can have a capability; every other is for all countries that take payments."""


def is_offered(name: str, country: str) -> bool:
    """Whether accounts of an available country can have the capability; where money can only be paid out, `transfers` alone."""
    if is_payout_only(country):
        return name == "transfers"
    return name not in _COUNTRIES or country in _COUNTRIES[name]


def nothing_due() -> dict[str, Any]:
    """The requirements of an account, or of a capability, that lacks nothing."""
    return {"alternatives": [], "current_deadline": None, "currently_due": [], "disabled_reason": None, "errors": [],
            "eventually_due": [], "past_due": [], "pending_verification": []}
