"""The base of all fields that parameters and views declare with marshmallow."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

_ITS_OWN = ("error_messages", "metadata", "post_load", "pre_load", "validators")
_shared: dict[tuple[type, str], Any] = {}


class DeclaredField(fields.Field[Any]):
    """A field that shares with others of its kind what it has in common with them.

    Thousands are declared, and marshmallow makes each its own copies of five collections, which nobody changes: 1 MB in all.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        own = self.__dict__
        for name in _ITS_OWN:
            first = _shared.setdefault((type(self), name), own[name])
            if first == own[name]:
                own[name] = first
