"""How documents say what all of them say: who somebody is, from when to when, which tax, which discount.

Takes what the API shows: hashes of addresses, tax rates and coupons under the names of their fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.domain.cards import brand_name
from app.domain.currencies import format_amount
from app.domain.descriptions import date_text, off_text
from app.domain.money import decimal_string
from app.paper.document import Party, Total


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


def sums(currency: str, *, subtotal: int, discounts: Sequence[Mapping[str, Any]], total_excluding_tax: int,
         taxes: Sequence[Mapping[str, Any]]) -> Iterator[Total]:
    """What leads from the lines to the total: amounts in minor units, discounts and tax amounts with whole objects in them."""
    yield Total("Subtotal", format_amount(subtotal, currency))
    for taken in discounts:
        yield Total(discount_label(taken["discount"]["coupon"], currency), format_amount(-taken["amount"], currency))
    if taxes:
        yield Total("Total excluding tax", format_amount(total_excluding_tax, currency))
    for tax in taxes:
        rate = tax["tax_rate"]
        name = " – ".join(filter(None, (rate["display_name"], rate["jurisdiction"])))
        percent = percent_text(rate["percentage"]) + (" inclusive" if rate["inclusive"] else "")
        yield Total(f"{name} ({percent})", format_amount(tax["amount"], currency))


def columns_of_lines(*, with_taxes: bool) -> tuple[str, ...]:
    """What the table of a document tells of each line; taxes where there are any."""
    return ("Description", "Qty", "Unit price", *(["Tax"] if with_taxes else []), "Amount")


def tax_cell(taxes: Sequence[Mapping[str, Any]]) -> str:
    """The rates of a line: `19%`, `10% incl.`."""
    rates = [tax["tax_rate"] for tax in taxes]
    return ", ".join(f"{percent_text(rate['percentage'])}{' incl.' if rate['inclusive'] else ''}" for rate in rates)


def discount_label(coupon: Mapping[str, Any], currency: str) -> str:
    """`Spring (25.0% off)`, and for a coupon without a name its id."""
    percent_off = None if coupon["percent_off"] is None else Decimal(str(coupon["percent_off"]))
    return f"{coupon['name'] or coupon['id']} ({off_text(percent_off, coupon['amount_off'], currency)})"


def percent_text(percentage: float | Decimal) -> str:
    """`19%`, `8.875%`."""
    return f"{decimal_string(Decimal(str(percentage)))}%"


def method_text(type: str, shown: Mapping[str, Any]) -> str:
    """`Visa •••• 4242`, `us bank account •••• 6789`, `ideal`: what somebody pays with, by the hash that it shows."""
    if type == "card":
        return card_text(shown)
    last4 = shown.get("last4")
    return type.replace("_", " ") + (f" •••• {last4}" if last4 else "")


def paid_with(details: Mapping[str, Any]) -> str:
    """The same, by the `payment_method_details` of a charge."""
    return method_text(details["type"], details[details["type"]])


def card_text(card: Mapping[str, Any]) -> str:
    """`Visa •••• 4242`."""
    return f"{brand_name(card['brand'])} •••• {card['last4']}"
