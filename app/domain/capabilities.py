"""The capabilities that an account can have."""

from __future__ import annotations

from typing import Any, Final

CAPABILITIES: Final = (
    "acss_debit_payments", "affirm_payments", "afterpay_clearpay_payments", "au_becs_debit_payments", "bacs_debit_payments",
    "bancontact_payments", "bank_transfer_payments", "blik_payments", "boleto_payments", "card_issuing", "card_payments",
    "cartes_bancaires_payments", "eps_payments", "fpx_payments", "giropay_payments", "grabpay_payments", "ideal_payments",
    "jcb_payments", "klarna_payments", "konbini_payments", "legacy_payments", "link_payments", "oxxo_payments",
    "p24_payments", "paynow_payments", "promptpay_payments", "sepa_debit_payments", "sofort_payments",
    "tax_reporting_us_1099_k", "tax_reporting_us_1099_misc", "transfers", "treasury", "us_bank_account_ach_payments",
)  # fmt: skip
"""By name, in alphabetical order."""


def nothing_due() -> dict[str, Any]:
    """The requirements of an account, or of a capability, that lacks nothing."""
    return {"alternatives": [], "current_deadline": None, "currently_due": [], "disabled_reason": None, "errors": [],
            "eventually_due": [], "past_due": [], "pending_verification": []}
