"""Parameters: what an endpoint takes is declared as a marshmallow schema, and what a client sent is checked against it.

Three rules are Stripe's. All unknown parameters are named first and at once, at every depth; then the others are
judged one by one in the order of declaration and only the first problem is told; and `param` is the full path.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from marshmallow import RAISE, ValidationError, fields, missing

from app.declaring import Declaration
from app.domain.metadata import KEYS_MAX, TooManyKeys
from app.errors import InvalidRequest, missing_parameter, unknown_parameters
from app.wire.scalars import (
    Boolean,
    BooleanOr,
    Currency,
    DecimalNumber,
    Enum,
    Integer,
    IntegerOr,
    Parameter,
    Percent,
    Refusal,
    Text,
    Timestamp,
    TimestampOr,
    Unknown,
    path_to,
    printable,
    refusal,
    string,
)

__all__ = [
    "CLEAR",
    "Boolean",
    "BooleanOr",
    "Currency",
    "DecimalNumber",
    "Enum",
    "Expand",
    "Hash",
    "HashOrText",
    "Integer",
    "IntegerOr",
    "ListOf",
    "ListParams",
    "MapOf",
    "Metadata",
    "Params",
    "Percent",
    "Range",
    "RangeQuery",
    "RetrieveParams",
    "Text",
    "Timestamp",
    "TimestampOr",
    "load_params",
    "only_one",
    "params_of",
]

# What `metadata=` means: forget all of it. No other metadata is an empty map, so `not metadata` tells it too.
CLEAR: Final[Mapping[str, str | None]] = MappingProxyType({})


class _Entry(NamedTuple):
    position: int
    key: str
    name: str
    field: fields.Field[Any]


class Params(Declaration):
    """The parameters of one endpoint, or of one hash in them: `params_of` has the instance for `load_params`."""

    class Meta(Declaration.Meta):
        unknown = RAISE

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        declared = enumerate(self.load_fields.items())
        entries = [_Entry(position, field.data_key or name, name, field) for position, (name, field) in declared]
        self._entries = {entry.key: entry for entry in entries}
        self.required_entries = [entry for entry in entries if entry.field.required]
        self._defaults = {
            entry.name: entry.field.load_default for entry in entries if entry.field.load_default is not missing
        }
        self._flat_keys = frozenset(entry.key for entry in entries if not _nests(entry.field))

    def defaults(self) -> dict[str, Any]:
        """The declared defaults by attribute name, as marshmallow reads them: a callable makes a fresh value."""
        return {name: value() if callable(value) else value for name, value in self._defaults.items()}

    def find_unknown(self, raw: dict[str, Any], path: str, found: list[Unknown]) -> None:
        """Add the parameters in `raw`, which stands at `path`, that are not declared."""
        if raw.keys() <= self._flat_keys:
            return
        for key, value in raw.items():
            if (entry := self._entries.get(key)) is None:
                found.append(Unknown(path_to(path, key), key, self._entries))
            elif isinstance(entry.field, Parameter) and entry.field.nests:
                entry.field.find_unknown(value, path_to(path, key), found)

    def convert(self, raw: dict[str, Any]) -> dict[str, Any]:
        """The values by attribute name, of known parameters; raises Refusal at the first problem in declaration order.

        marshmallow's own `load` visits every declared field and collects every error. This visits what was sent and
        what is required, and stops at the first problem: that is all Stripe reports, and several times faster.
        """
        todo = [self._entries[key] for key in raw]
        todo += [entry for entry in self.required_entries if entry.key not in raw]
        todo.sort()
        values = self.defaults()
        for _, key, name, field in todo:
            if key not in raw:
                raise Refusal(missing_parameter).under(key)
            values[name] = _deserialize(field, raw[key], key)
        return values


@functools.cache
def params_of(schema: type[Params]) -> Params:
    """The one instance of a schema, which is large: it is made when an endpoint is first called that takes it."""
    return schema()


def load_params(schema: Params, raw: dict[str, Any]) -> dict[str, Any]:
    """What was sent, converted, with the declared defaults; keys are attribute names. Raises InvalidRequest."""
    if not raw and not schema.required_entries:
        return schema.defaults()
    found: list[Unknown] = []
    schema.find_unknown(raw, "", found)
    if found:
        raise unknown_parameters([printable(unknown.path) for unknown in found], suggestion=_suggestion(found))
    try:
        return schema.convert(raw)
    except Refusal as refused:
        raise refused.error() from None


def only_one(params: Mapping[str, Any], *names: str) -> None:
    """Refuse two or more of the named parameters together; one that was unset counts as not given."""
    given = [name for name in names if params.get(name) is not None]
    if len(given) > 1:
        raise InvalidRequest(f"You may only specify one of these parameters: {', '.join(given)}.")


class Hash(Parameter):
    """Parameters of their own in brackets, as a dict; unset is None."""

    nests = True

    def __init__(self, params: type[Params], **options: Any) -> None:
        super().__init__(**options)
        self._schema = params

    @functools.cached_property
    def params(self) -> Params:
        """What may stand in the brackets."""
        return params_of(self._schema)

    def convert(self, value: Any) -> Any:
        if not isinstance(value, dict):
            raise refusal("Invalid object")
        return self.params.convert(value)

    def find_unknown(self, value: Any, path: str, found: list[Unknown]) -> None:
        if isinstance(value, dict):
            self.params.find_unknown(value, path, found)


class HashOrText(Hash):
    """A hash, or the id or token that stands for one (`external_account`); a dict or a string, unset is None."""

    def convert(self, value: Any) -> Any:
        return _TEXT.convert(value) if isinstance(value, str) else super().convert(value)


class ListOf(Parameter):
    """A list of one type, at most `max` long; unset is the empty list. Indices give the order and may have gaps."""

    def __init__(self, element: Parameter, max: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.element = element
        self.max = max
        self.nests = element.nests

    def convert(self, value: Any) -> list[Any]:
        elements = _elements(value)
        if elements is None:
            raise refusal("Invalid array")
        limit = self.max
        if limit is not None and len(elements) > limit:
            raise Refusal(
                lambda path: InvalidRequest(f"Array {path} exceeded maximum {limit} allowed elements.", param=path)
            )
        return [_deserialize(self.element, element, key) for key, element in elements]

    def unset(self) -> list[Any]:
        return []

    def find_unknown(self, value: Any, path: str, found: list[Unknown]) -> None:
        for key, element in _elements(value) or ():
            self.element.find_unknown(element, path_to(path, key), found)


class Expand(ListOf):
    """The dotted paths to expand, as a list of strings."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Text(), **options)


class MapOf(Parameter):
    """A hash with free keys and values of one type (`currency_options`), as a dict; unset is the empty dict."""

    def __init__(self, value: Parameter, **options: Any) -> None:
        super().__init__(**options)
        self.value = value
        self.nests = value.nests

    def convert(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise refusal("Invalid object")
        return {string(key): _deserialize(self.value, inner, key) for key, inner in value.items()}

    def unset(self) -> dict[str, Any]:
        return {}

    def find_unknown(self, value: Any, path: str, found: list[Unknown]) -> None:
        for key, inner in value.items() if isinstance(value, dict) else ():
            self.value.find_unknown(inner, path_to(path, key), found)


class Metadata(Parameter):
    """Free strings; None for a key to remove, the constant CLEAR to remove all. Errors name the hash, not the key."""

    def __init__(self, *, unsettable: bool = True, **options: Any) -> None:
        super().__init__(unsettable=unsettable, **options)

    def convert(self, value: Any) -> dict[str, str | None]:
        if not isinstance(value, dict):
            raise refusal("Invalid object")
        kept = sum(inner != "" for inner in value.values())
        if kept > KEYS_MAX:
            raise refusal(str(TooManyKeys(kept)))
        return {_metadata_key(key): _metadata_value(inner) for key, inner in value.items()}

    def unset(self) -> Mapping[str, str | None]:
        return CLEAR


@dataclass(frozen=True, slots=True)
class Range:
    """What a list filter asks of an integer or a moment; None where nothing is asked."""

    eq: int | None = None
    gt: int | None = None
    gte: int | None = None
    lt: int | None = None
    lte: int | None = None


class _RangeParams(Params):
    gt = Integer()
    gte = Integer()
    lt = Integer()
    lte = Integer()


class RangeQuery(Hash):
    """A list filter such as `created`: an integer to match exactly, or `[gt]`, `[gte]`, `[lt]`, `[lte]`; a Range."""

    def __init__(self, **options: Any) -> None:
        super().__init__(_RangeParams, **options)

    def convert(self, value: Any) -> Range:
        if isinstance(value, str):
            return Range(eq=_INTEGER.convert(value))
        return Range(**super().convert(value))


class RetrieveParams(Params):
    """What every endpoint takes."""

    expand = Expand()


class ListParams(Params):
    """What every list takes besides its filters."""

    ending_before = Text()
    expand = Expand()
    limit = Integer(load_default=10)
    starting_after = Text()


_INTEGER = Integer()
_TEXT = Text()


def _nests(field: fields.Field[Any]) -> bool:
    return isinstance(field, Parameter) and field.nests


def _deserialize(field: fields.Field[Any], value: Any, key: str) -> Any:
    """The field's value of what stands under `key`; a refusal leaves with `key` in its path."""
    try:
        return field.deserialize(value)
    except Refusal as refused:
        refused.under(key)
        raise
    except ValidationError as error:
        # A marshmallow validator of the schema's own, whose text is the whole message.
        text = error.messages[0] if isinstance(error.messages, list) else error.messages
        raise refusal(str(text)).under(key) from None


def _elements(value: Any) -> list[tuple[str, Any]] | None:
    """The elements of a list in order, each with the index that was sent; None when the value is no list."""
    if isinstance(value, list):
        return [(str(index), element) for index, element in enumerate(value)]
    if not isinstance(value, dict) or not all(_is_index(key) for key in value):
        return None
    return sorted(value.items(), key=lambda item: int(item[0]))


def _is_index(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) <= 18


def _suggestion(found: list[Unknown]) -> str | None:
    """A declared name that the only unknown one was probably meant to be."""
    if len(found) > 1 or len(found[0].key) > 100:
        return None
    # Stripe answers "Did you mean product?" to `product_data`: a likeness of 0.74.
    return next(iter(get_close_matches(found[0].key, found[0].known, n=1, cutoff=0.7)), None)


def _metadata_key(key: str) -> str:
    if len(key) > 40:
        raise refusal(
            "Metadata keys can have up to 40 characters, but you passed in a key that is"
            f" {len(key)} characters. Invalid key: {printable(key)}"
        )
    if "[" in key or "]" in key:
        raise refusal(f"Metadata keys cannot contain square brackets. Invalid key: {printable(key)}")
    return string(key)


def _metadata_value(value: Any) -> str | None:
    text = string(value)
    if len(text) > 500:
        raise refusal(
            "Metadata values can have up to 500 characters, but you passed in a value that is"
            f" {len(text)} characters. Invalid value: {printable(text)}"
        )
    return text or None
