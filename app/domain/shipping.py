"""Where the goods of a payment go, as objects show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_SHIPPING: Final = dict.fromkeys(("address", "carrier", "name", "phone", "tracking_number"))
_ADDRESS: Final = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def shipping_document(sent: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """`shipping` with null for what was not sent; null as a whole where none is wanted."""
    if sent is None:
        return None
    return _SHIPPING | dict(sent) | {"address": _ADDRESS | dict(sent["address"])}
