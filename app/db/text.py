"""Expressions over text and JSON that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

SQLITE_FOLD = "billyard_fold"
"""The function that every connection to SQLite has: `app.domain.search.fold`."""


class folded(FunctionElement[str]):
    """`folded(text)`: the text as `app.domain.search.fold` makes it, null for null."""

    inherit_cache = True
    type = Text()


class contains(FunctionElement[bool]):
    """`contains(text, part)`: whether the part, in which no character is special, stands in the text."""

    inherit_cache = True
    type = Boolean()


class json_text(FunctionElement[str]):
    """`json_text(document, key, …)`: the text of the value that the keys lead to, whatever characters they have; null where
    there is none."""

    inherit_cache = True
    type = Text()


@compiles(folded, "sqlite")
def _folded_on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    # SQLite's own `lower` knows ASCII only.
    return f"{SQLITE_FOLD}({compiler.process(element.clauses, **options)})"


@compiles(folded, "postgresql")
def _folded_on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    # The collation that a database happens to have may know ASCII only, too. This one is built in.
    return f"replace(lower({compiler.process(element.clauses, **options)} COLLATE \"und-x-icu\"), 'ς', 'σ')"


@compiles(contains, "sqlite")
def _contains_on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"(instr({compiler.process(element.clauses, **options)}) > 0)"


@compiles(contains, "postgresql")
def _contains_on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"(strpos({compiler.process(element.clauses, **options)}) > 0)"


@compiles(json_text, "sqlite")
def _json_text_on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    # A path of `json_extract` cannot name a key with a quotation mark in it.
    document, *keys = (compiler.process(each, **options) for each in element.clauses)
    for key in keys:
        document = f"(SELECT value FROM json_each({document}) WHERE key = {key})"  # noqa: S608 - a key is bound
    return f"CAST({document} AS TEXT)"


@compiles(json_text, "postgresql")
def _json_text_on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"jsonb_extract_path_text({compiler.process(element.clauses, **options)})"
