"""The merge rule of metadata."""

from __future__ import annotations

from collections.abc import Mapping

KEYS_MAX = 50


class TooManyKeys(Exception):
    """More keys than one object may have; the message is Stripe's."""

    def __init__(self, count: int) -> None:
        super().__init__(f"Metadata can have up to {KEYS_MAX} keys, but you've set {count}."
                         " Email us at support+metadata@stripe.com for more information.")


def merged(present: Mapping[str, str], change: Mapping[str, str | None], *, limited: bool = True) -> dict[str, str]:
    """The metadata after an update: keys are set, a null value removes its key, and an empty change clears all of it.

    Raises TooManyKeys where `limited` and the object has more than fifty keys then.
    """
    if not change:
        return {}
    result = dict(present)
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = value
    if limited and len(result) > KEYS_MAX:
        raise TooManyKeys(len(result))
    return result
