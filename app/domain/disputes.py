"""The rules of disputes: what evidence can be, what becomes of it, and until when it is awaited."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

_DAY: Final = 86_400
_SHORT, _LONG = 5_000, 20_000

TEXTS: Final[Mapping[str, int]] = MappingProxyType({
    "access_activity_log": _LONG, "billing_address": _SHORT, "cancellation_policy_disclosure": _LONG,
    "cancellation_rebuttal": _LONG, "customer_email_address": _SHORT, "customer_name": _SHORT, "customer_purchase_ip": _SHORT,
    "duplicate_charge_explanation": _LONG, "duplicate_charge_id": _SHORT, "product_description": _LONG,
    "refund_policy_disclosure": _LONG, "refund_refusal_explanation": _LONG, "service_date": _SHORT,
    "shipping_address": _SHORT, "shipping_carrier": _SHORT, "shipping_date": _SHORT, "shipping_tracking_number": _SHORT,
    "uncategorized_text": _LONG})
"""The evidence that is text, with the characters that each may have."""

FILES: Final = (
    "cancellation_policy", "customer_communication", "customer_signature", "duplicate_charge_documentation", "receipt",
    "refund_policy", "service_documentation", "shipping_documentation", "uncategorized_file")
"""The evidence that is the id of a file."""

# Our choice: a signature has a purpose of its own, which is good for that evidence too.
FILE_PURPOSES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "customer_signature": ("customer_signature", "dispute_evidence")})
"""The purposes that a file may have as evidence, where `dispute_evidence` is not the only one."""

EVIDENCE: Final = tuple(sorted((*TEXTS, *FILES)))
EVIDENCE_MAX: Final = 150_000
"""The characters of all texts together."""

REASONS: Final = (
    "bank_cannot_process", "check_returned", "credit_not_processed", "customer_initiated", "debit_not_authorized",
    "duplicate", "fraudulent", "general", "incorrect_account_details", "insufficient_funds", "product_not_received",
    "product_unacceptable", "subscription_canceled", "unrecognized")

# Our choice: the codes of Visa's older list beside that of fraud, which alone is published for a test card.
NETWORK_REASON_CODES: Final[Mapping[str, str]] = MappingProxyType({
    "credit_not_processed": "85", "duplicate": "82", "fraudulent": "83", "product_not_received": "30",
    "product_unacceptable": "53", "subscription_canceled": "41", "unrecognized": "75"})

OPEN: Final = frozenset({"needs_response", "under_review", "warning_needs_response", "warning_under_review"})
"""The statuses in which evidence is still taken."""
WITHDRAWN: Final = frozenset({"needs_response", "under_review", "lost"})
"""The statuses in which the bank has the money."""

_ANSWER_DAYS: Final = 9
INQUIRY_S: Final = 120 * _DAY
"""After this time an inquiry has come to nothing."""

_OUTCOMES: Final = {"winning_evidence": "won", "losing_evidence": "lost"}


def is_inquiry(status: str) -> bool:
    """Whether the bank only asks, and has taken no money."""
    return status.startswith("warning_")


def due_by(created: int) -> int:
    """The last second of the ninth day after that of `created`, in UTC."""
    return (created // _DAY + _ANSWER_DAYS + 1) * _DAY - 1


def outcome_of(evidence: Mapping[str, Any]) -> str | None:
    """What the bank makes of the evidence: `won` or `lost` for the magic texts, None while it goes on thinking."""
    return _OUTCOMES.get(evidence.get("uncategorized_text") or "")


def length_of(evidence: Mapping[str, Any]) -> int:
    """The characters of all texts together."""
    return sum(len(evidence.get(name) or "") for name in TEXTS)
