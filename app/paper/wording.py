"""How documents say what all of them say: who somebody is, from when to when, which tax, which discount.

Takes what the API shows: hashes of addresses, tax rates and coupons under the names of their fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.domain.descriptions import date_text, off_text
from app.domain.money import decimal_string
from app.paper.document import Party

BRANDS = {"amex": "American Express", "diners": "Diners Club", "jcb": "JCB", "unionpay": "UnionPay"}
"""Names of card brands that are not their code with a capital."""


def party(heading: str, name: str | None, address: Mapping[str, Any] | None, *more: str | None) -> Party:
    """Somebody with name and address, and what else is known of them: an e-mail address, a tax id."""
    return Party(heading, tuple(filter(None, (name, *address_lines(address), *more))))


def address_lines(address: Mapping[str, Any] | None) -> list[str]:
    """An address as it stands on an envelope; the country is its code."""
    if not address:
        return []
    place = " ".join(filter(None, (address.get("postal_code"), address.get("city"))))
    if address.get("country") in ("US", "CA"):
        end = " ".join(filter(None, (address.get("state"), address.get("postal_code"))))
        place = ", ".join(filter(None, (address.get("city"), end)))
    elif address.get("state"):
        place = ", ".join(filter(None, (place, address["state"])))
    return [line for line in (address.get("line1"), address.get("line2"), place, address.get("country")) if line]


def period_text(start: int, end: int) -> str:
    """`01 Jan 2022 – 01 Feb 2022`, or the one day."""
    first, last = date_text(start), date_text(end)
    return first if first == last else f"{first} – {last}"


def tax_label(rate: Mapping[str, Any]) -> str:
    """`VAT – Germany (19%)`, `GST (10% inclusive)`."""
    name = " – ".join(filter(None, (rate["display_name"], rate["jurisdiction"])))
    return f"{name} ({percent_text(rate['percentage'])}{' inclusive' if rate['inclusive'] else ''})"


def discount_label(coupon: Mapping[str, Any], currency: str) -> str:
    """`Spring (25.0% off)`, and for a coupon without a name its id."""
    percent_off = None if coupon["percent_off"] is None else Decimal(str(coupon["percent_off"]))
    return f"{coupon['name'] or coupon['id']} ({off_text(percent_off, coupon['amount_off'], currency)})"


def percent_text(percentage: float | Decimal) -> str:
    """`19%`, `8.875%`."""
    return f"{decimal_string(Decimal(str(percentage)))}%"


def card_text(card: Mapping[str, Any]) -> str:
    """`Visa •••• 4242`."""
    return f"{BRANDS.get(card['brand'], card['brand'].capitalize())} •••• {card['last4']}"
