"""What payment intents and setup intents show alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MANDATE_OPTIONS = dict.fromkeys(("description", "end_date", "interval_count", "supported_types"))


def shown_options(options: Mapping[str, Any], types: list[str], card_defaults: Mapping[str, Any]) -> dict[str, Any]:
    """`payment_method_options`: what was asked for, with what holds for a card otherwise."""
    shown = dict(options)
    if "card" in types or "card" in shown:
        card = {**card_defaults, **shown.get("card", {})}
        if card.get("installments") is not None:
            card["installments"] = {"available_plans": [], "enabled": False, "plan": None} | card["installments"]
        if card["mandate_options"] is not None:
            card["mandate_options"] = _MANDATE_OPTIONS | card["mandate_options"]
        shown["card"] = card
    return {name: shown[name] for name in sorted(shown)}
