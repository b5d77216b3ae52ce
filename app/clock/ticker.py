"""`Ticker`: one reason why time moves a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.context import Context
from app.db.base import TimeDriven


@dataclass(frozen=True, slots=True)
class Ticker:
    """What happens to rows of `table` when a moment comes.

    `due` answers from the row's own columns alone, so that the moment can be derived whenever the row is written;
    `fire` runs with `ctx.now` at that moment and must leave the row with a later moment, or none.
    """

    name: str
    table: type[TimeDriven]
    due: Callable[[Any], int | None]
    fire: Callable[[Context, Any], None]
