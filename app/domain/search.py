"""The query language of the search endpoints: text to clauses, and clauses to text again.

    query   = clause { separator clause }        at most ten clauses, separators all AND (or only spaces) or all OR
    clause  = ["-"] field operator value
    field   = name { "." name } | "metadata" "[" quoted "]"
    operator = ":" | "~" | ">" | ">=" | "<" | "<="
    value   = quoted | number | "null"           null after ":" alone

Which fields an object has, and which operators they take, is for those who declare them (`app.wire.search`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

CLAUSES_MAX: Final = 10
SUBSTRING_MIN: Final = 3
_INT64_MAX: Final = 2**63 - 1

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_OPERATOR = re.compile(r">=|<=|[:~<>]")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|' r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?!\S)")
_NULL = re.compile(r"null(?!\S)", re.IGNORECASE)
_CONNECTIVE = re.compile(r"\s+(?:(and|or)\s+)?", re.IGNORECASE)
_INTEGER = re.compile(r"(-?)0*([0-9]+)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class BadQuery(Exception):
    """The text is no query, or asks what cannot be answered; the message is for the caller."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition. `key` is that of `metadata["key"]`, None for every other field; a `value` of None is `null`."""

    field: str
    operator: str
    value: str | None
    key: str | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """At least one clause, of which all must hold, or any where `any` is set."""

    clauses: tuple[Clause, ...]
    any: bool = False


def parse(text: str) -> Query:
    """The query that the text means. Raises BadQuery for what is not in the language."""
    text = text.strip()
    position, clauses, connectives = 0, list[Clause](), set[str]()
    while True:
        clause, position = _clause(text, position)
        clauses.append(clause)
        if position == len(text):
            break
        separator = _CONNECTIVE.match(text, position)
        if separator is None:
            raise _unreadable()
        connectives.add((separator[1] or "and").lower())
        position = separator.end()
    if len(connectives) > 1:
        # Our choice: the wording, here and for the number of clauses; that they are refused is published.
        raise BadQuery("We were unable to parse your search query. You cannot combine `AND` and `OR` in one query.")
    if len(clauses) > CLAUSES_MAX:
        raise BadQuery(f"We were unable to parse your search query. A query can have up to {CLAUSES_MAX} clauses, "
                       f"but yours has {len(clauses)}.")
    return Query(tuple(clauses), any="or" in connectives)


def write(query: Query) -> str:
    """The one text for a query: `parse(write(query)) == query`."""
    return (" OR " if query.any else " AND ").join(map(_written, query.clauses))


def fold(text: str) -> str:
    """The text as it is compared: case does not matter, in any script.

    Lower case by Unicode's full mapping, where the two small sigmas are one. `app.db.text` has the same in SQL.
    """
    return text.lower().replace("ς", "σ")


def integer(text: str) -> int | None:
    """The integer that a value of a numeric field is, or None. One beyond 64 bits is drawn to the nearest that fits."""
    match = _INTEGER.fullmatch(text) if text.isascii() else None
    if match is None:
        return None
    # Python refuses to read thousands of digits; no column holds more than nineteen.
    size = _INT64_MAX if len(match[2]) > 19 else min(int(match[2]), _INT64_MAX)
    return -size if match[1] else size


def _unreadable() -> BadQuery:
    return BadQuery('We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to query '
                    'for metadata or key:"value" to query for other fields.')


def _clause(text: str, position: int) -> tuple[Clause, int]:
    """The clause that begins at the position, and where it ends."""
    negated = text.startswith("-", position)
    name = _NAME.match(text, position + negated)
    if name is None:
        raise _unreadable()
    position, key = name.end(), None
    if name[0] == "metadata":
        key, position = _key(text, position)
    operator = _OPERATOR.match(text, position)
    if operator is None:
        raise _unreadable()
    value, position = _value(text, operator.end())
    if value is None and operator[0] != ":":
        raise _unreadable()
    return Clause(name[0], operator[0], value, key, negated), position


def _key(text: str, position: int) -> tuple[str, int]:
    quoted = _QUOTED.match(text, position + 1) if text.startswith("[", position) else None
    if quoted is None or not text.startswith("]", quoted.end()):
        raise _unreadable()
    return _meant(quoted), quoted.end() + 1


def _value(text: str, position: int) -> tuple[str | None, int]:
    if (quoted := _QUOTED.match(text, position)) is not None:
        return _meant(quoted), quoted.end()
    if (number := _NUMBER.match(text, position)) is not None:
        return number[0], number.end()
    if (null := _NULL.match(text, position)) is not None:
        return None, null.end()
    raise _unreadable()


def _meant(quoted: re.Match[str]) -> str:
    """What stands between the quotes: a backslash lets the character behind it stand for itself."""
    return _ESCAPED.sub(r"\1", quoted[1] if quoted[1] is not None else quoted[2])


def _written(clause: Clause) -> str:
    field = clause.field if clause.key is None else f"{clause.field}[{_quoted(clause.key)}]"
    value = "null" if clause.value is None else _quoted(clause.value)
    return f"{'-' if clause.negated else ''}{field}{clause.operator}{value}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
