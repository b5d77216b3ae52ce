"""How the command line shows things: tables, moments, and how far an advance has come."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click

MOMENTS = frozenset({"at", "created", "frozen_time", "revoked_at", "target_time"})
"""The columns that hold unix seconds."""


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str], *, heading: bool = True) -> str:
    """The rows in aligned columns; a moment is shown as a date."""
    lines = [[column.replace("_", " ") for column in columns]] if heading else []
    lines += [[_cell(column, row[column]) for column in columns] for row in rows]
    widths = [max((len(line[position]) for line in lines), default=0) for position in range(len(columns))]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def _cell(column: str, value: Any) -> str:
    if value is None:
        return "-"
    return shown_time(value) if column in MOMENTS else str(value)


def shown_time(moment: int) -> str:
    """Unix seconds as a date and time in UTC."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S")


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """How far an advance has come: a bar on a terminal, lines elsewhere, nothing beside JSON."""
    if quiet:
        yield lambda _done, _total: None
    elif not sys.stdout.isatty():
        yield lambda done, total: click.echo(f"{done} of {total} customers")
    else:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        with Progress(TextColumn("Advancing"), BarColumn(), MofNCompleteColumn(), TextColumn("customers"),
                      TimeElapsedColumn()) as bar:
            task = bar.add_task("advance", total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
