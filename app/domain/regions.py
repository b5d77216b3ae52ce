"""Where money may go without crossing the border of a region."""

from __future__ import annotations

from typing import Final

_EUROPE: Final = frozenset({
    "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR", "HR", "HU", "IE", "IS", "IT",
    "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip


def is_same_region(country: str, other: str) -> bool:
    """Whether a platform in the one country may send funds to an account in the other.

    Our choice: the European Economic Area, Gibraltar, Switzerland and the United Kingdom are one region, every other
    country is one by itself.
    """
    return country == other or {country, other} <= _EUROPE
