"""The merge rule of metadata."""

from __future__ import annotations

from collections.abc import Mapping


def merged(present: Mapping[str, str], change: Mapping[str, str | None]) -> dict[str, str]:
    """The metadata after an update: keys are set, a null value removes its key, and an empty change clears all of it."""
    if not change:
        return {}
    result = dict(present)
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = value
    return result
