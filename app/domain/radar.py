"""The words of those who look out for fraud."""

from __future__ import annotations

import re
from hashlib import sha256
from ipaddress import ip_address
from typing import Final

FRAUD_TYPES: Final = (
    "card_never_received", "fraudulent_card_application", "made_with_counterfeit_card", "made_with_lost_card",
    "made_with_stolen_card", "misc", "unauthorized_use_of_card")
"""What an issuer calls the fraud that it warns of."""

TEST_CARDS_FRAUD: Final = "made_with_stolen_card"
"""What the issuer of the test card says."""

ITEM_TYPES: Final = ("card_bin", "card_fingerprint", "case_sensitive_string", "country", "customer_id", "email",
                     "ip_address", "string")
"""What the values of a value list can be."""
CASE_SENSITIVE: Final = ("card_fingerprint", "case_sensitive_string", "customer_id")
VALUE_MAX: Final = 800

# Our choice: what makes a value one of its type; only the types are published.
_PATTERNS: Final = {
    "card_bin": re.compile(r"[0-9]{6}"), "card_fingerprint": re.compile(r"[A-Za-z0-9]{16}"),
    "country": re.compile(r"[A-Za-z]{2}"), "customer_id": re.compile(r"cus_\w+"), "email": re.compile(r"[^@\s]+@[^@\s]+")}


def fits(item_type: str, value: str) -> bool:
    """Whether a list of this type can hold the value."""
    if item_type == "ip_address":
        try:
            ip_address(value)
        except ValueError:
            return False
        return True
    pattern = _PATTERNS.get(item_type)
    return pattern is None or pattern.fullmatch(value) is not None


def comparable(item_type: str, value: str) -> str:
    """What a list of this type tells the value from others by."""
    return digest(value if item_type in CASE_SENSITIVE else folded(value))


def digest(value: str) -> str:
    """The same 64 characters for the same value: an index takes them, however long the value is."""
    return sha256(value.encode()).hexdigest()


def folded(value: str) -> str:
    """The value without regard to case."""
    return value.lower()
