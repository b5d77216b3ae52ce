"""What parameters and views have in common: they are declared with marshmallow, and read by our own loops."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from marshmallow.schema import SchemaMeta

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


class _WithoutHooks(SchemaMeta):
    """marshmallow goes through all that a class has for decorated methods: a thirtieth of the start of a server."""

    def resolve_hooks(cls) -> dict[str, list[tuple[str, bool, dict[str, Any]]]]:
        """None."""
        return {}


class Declaration(Schema, metaclass=_WithoutHooks):
    """A class that only declares fields: marshmallow's own loading and dumping, and its hooks, are not for it."""

    class Meta:
        register = False
