"""Form bodies and query strings to nested values: `a[b]=1`, `a[]=x`, `a[0][b]=c`, `a[][b]=1&a[][c]=2`.

A leaf is always a string. Named and numbered brackets become a dict with string keys, because only the parameter's
declaration can tell the list `a[0]=x` from a hash that has a key "0"; empty brackets become a list straight away.
The work is linear in the size of the body and never recursive, whatever arrives.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from app.errors import ApiError, InvalidRequest

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class FormLimits:
    """What one request may hold: levels of nesting of a key (`a[b][c]` has three), fields, and bytes."""

    depth: int = 12
    fields: int = 2000
    body_bytes: int = 1 << 20


_DEFAULT_LIMITS = FormLimits()


def decode(raw: bytes, *, limits: FormLimits = _DEFAULT_LIMITS) -> dict[str, Any]:
    """The nested values of a form body or a query string; strings, dicts with string keys, and lists.

    A later value for the same key replaces the earlier. Raises ApiError with status 413 when the body is too large, and
    InvalidRequest for anything else that cannot be read: too many fields, too deep, NUL, broken escapes, bytes that are
    not UTF-8, and one name used both as a value and as a hash or list.
    """
    if not raw:
        return {}
    if len(raw) > limits.body_bytes:
        raise ApiError(f"Request body is too large: at most {limits.body_bytes} bytes are accepted.", status=413)
    if raw.count(b"&") >= limits.fields:
        raise InvalidRequest(f"Request holds too many parameters: at most {limits.fields} are accepted.")
    text = _text(raw)
    escaped = "%" in text
    nested: dict[str, Any] = {}
    for field in text.split("&"):
        if not field:
            continue
        key, _, value = field.partition("=")
        if escaped:
            key, value = _unescape(key), _unescape(value)
        put(nested, key, value, limits.depth)
    return nested


def put(nested: dict[str, Any], key: str, value: Any, depth_max: int) -> None:
    """Put `value` where the key says, brackets and all. Raises InvalidRequest as `decode` does."""
    if "[" in key:
        _insert(nested, key, value, depth_max)
    elif isinstance(nested.get(key), (dict, list)):
        raise _conflict(key)
    else:
        nested[key] = value


def _text(raw: bytes) -> str:
    """The body as text with its escapes still in it, all of them well-formed."""
    if b"\0" in raw or b"%00" in raw:
        raise InvalidRequest("Invalid request: NUL characters are not accepted.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _not_utf8() from None
    if "%" in text and (broken := _BROKEN_ESCAPE.search(text)):
        escape = text[broken.start() : broken.start() + 3]
        raise InvalidRequest(f"Invalid request: malformed percent-encoding: {escape}")
    return text.replace("+", " ")


def _unescape(part: str) -> str:
    if "%" not in part:
        return part
    try:
        return unquote_to_bytes(part).decode("utf-8")
    except UnicodeDecodeError:
        raise _not_utf8() from None


def _insert(nested: dict[str, Any], key: str, value: Any, depth_max: int) -> None:
    """Put `value` where the brackets of `key` say, making the dicts and lists on the way."""
    if key.count("[") >= depth_max:
        raise InvalidRequest(f"Parameters are nested too deeply: at most {depth_max} levels are accepted.")
    name, _, brackets = key.partition("[")
    path = brackets[:-1].split("][")
    if not _is_well_formed(name, brackets, path):
        # Our choice: a key with stray brackets is a name of its own, so that it is refused as an unknown parameter.
        nested[key] = value
        return
    holder: Any = nested
    slot = name
    for position, segment in enumerate(path):
        kind: type[Any] = dict if segment else list
        if isinstance(holder, list):
            # `a[][b]=1&a[][c]=2&a[][b]=3` is two elements: the second begins where a key repeats.
            inner = holder[-1] if holder else None
            if not isinstance(inner, kind) or (segment and _has(inner, path[position:])):
                inner = kind()
                holder.append(inner)
        else:
            inner = holder.get(slot)
            if inner is None:
                inner = holder[slot] = kind()
            elif not isinstance(inner, kind):
                raise _conflict(key)
        holder, slot = inner, segment
    if isinstance(holder, list):
        holder.append(value)
    elif isinstance(holder.get(slot), (dict, list)):
        raise _conflict(key)
    else:
        holder[slot] = value


def _is_well_formed(name: str, brackets: str, path: list[str]) -> bool:
    if not name or "]" in name or not brackets.endswith("]"):
        return False
    return not any("[" in segment or "]" in segment for segment in path)


def _has(element: Any, path: list[str]) -> bool:
    """Whether the element already holds a value at this path; a path through `[]` only adds to it."""
    for segment in path:
        if not segment or not isinstance(element, dict) or segment not in element:
            return False
        element = element[segment]
    return True


def _conflict(key: str) -> InvalidRequest:
    name = key.partition("[")[0]
    return InvalidRequest(f"Invalid request: '{name}' is sent both as a value and as a hash or list.", param=name)


def _not_utf8() -> InvalidRequest:
    return InvalidRequest("Invalid request: parameters must be encoded in UTF-8.")
