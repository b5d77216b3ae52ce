"""A card in its older shape, `object: card`, of which tokens, customers' sources and accounts' external accounts are.

Its makings are those of a payment method: the `card` and the `billing_details` of one, as they are rendered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from app.domain.cards import brand_name

ADDRESS: Final[Mapping[str, str]] = MappingProxyType({
    "city": "address_city", "country": "address_country", "line1": "address_line1", "line2": "address_line2",
    "postal_code": "address_zip", "state": "address_state"})
"""The lines of an address, and what the older shape calls them."""

Part = Callable[[Mapping[str, Any], Mapping[str, Any]], Any]


def _address(line: str) -> Part:
    return lambda card, details: details["address"][line]


def _check(name: str, line: str) -> Part:
    return lambda card, details: card["checks"][name] or ("unchecked" if details["address"][line] else None)


def _of_card(name: str) -> Part:
    return lambda card, details: card[name]


def _brand(card: Mapping[str, Any], details: Mapping[str, Any]) -> str:
    # Older objects write this one brand in their own way.
    return "MasterCard" if card["brand"] == "mastercard" else brand_name(card["brand"])


PARTS: Final[Mapping[str, Part]] = MappingProxyType({
    "address_city": _address("city"),
    "address_country": _address("country"),
    "address_line1": _address("line1"),
    "address_line1_check": _check("address_line1_check", "line1"),
    "address_line2": _address("line2"),
    "address_state": _address("state"),
    "address_zip": _address("postal_code"),
    "address_zip_check": _check("address_postal_code_check", "postal_code"),
    "brand": _brand,
    "country": _of_card("country"),
    "cvc_check": lambda card, details: card["checks"]["cvc_check"],
    "dynamic_last4": lambda card, details: None,
    "exp_month": _of_card("exp_month"),
    "exp_year": _of_card("exp_year"),
    "fingerprint": _of_card("fingerprint"),
    "funding": _of_card("funding"),
    "last4": _of_card("last4"),
    "name": lambda card, details: details["name"],
    "tokenization_method": lambda card, details: None,
})
"""What the older shape shows, each as a function of `card` and `billing_details`."""


def older_shape(card: Mapping[str, Any], details: Mapping[str, Any]) -> dict[str, Any]:
    """All of it."""
    return {name: part(card, details) for name, part in PARTS.items()}


def older_change(values: Mapping[str, Any]) -> dict[str, Any]:
    """The change of `billing_details` that the older parameters `address_…` and `name` ask for; empty for none."""
    address = {line: values[name] for line, name in ADDRESS.items() if name in values}
    return ({"address": address} if address else {}) | ({"name": values["name"]} if "name" in values else {})
