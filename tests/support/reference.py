"""Holds rendered objects against the facts of the API reference, where that is at hand beside the repository."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import Any

_TOOL = Path("shared", "tools", "conformance.py")

# Real answers carry these beside what the published schema has, and older clients read them.
_FOR_OLDER_CLIENTS = re.compile(
    r"(\.plan|source\.redaction|\.dispute|(dispute|data\[\d+\])\.(balance_transaction|payment_method_details)"
    r"|^subscription\.quantity|^data\[\d+\]\.subscription\.quantity|^login_link\.id): not in the reference$"
)


def conforms(payload: dict[str, Any]) -> None:
    """Fail when the object, or any in the list, has other fields or types than the reference's."""
    validator = _validator()
    if payload.get("object") == "search_result":
        # The reference has the envelope of lists only; this one has two members more.
        payload = {name: payload[name] for name in ("data", "has_more", "url")} | {"object": "list"}
    if validator is not None:
        differences = [line for line in validator.errors(payload) if not _FOR_OLDER_CLIENTS.search(line)]
        assert not differences, "\n".join(differences)


@cache
def _validator() -> Any:
    for folder in Path(__file__).resolve().parents:
        tool = folder / _TOOL
        if tool.is_file():
            spec = importlib.util.spec_from_file_location("conformance", tool)
            assert spec is not None and spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module.Validator()
    return None
