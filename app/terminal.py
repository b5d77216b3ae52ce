"""How the command line asks and shows things: options, settings, tables, moments, and how far an advance has come.

What takes long to import is imported where it is needed, as in the commands.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from app.control import refusal_of

if TYPE_CHECKING:
    from app.config import Config
    from app.control.clocks import Target
    from app.db.database import Database

MOMENTS = frozenset({"at", "created", "frozen_time", "now", "revoked_at", "target_time"})
"""The columns that hold unix seconds."""

database_option = click.option(
    "--database", metavar="URL", envvar="DATABASE_URL",
    help="sqlite:///path or postgresql://user:password@host/name. Default: $DATABASE_URL, then sqlite:///var/billyard.db.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
account_option = click.option("--account", metavar="ACCOUNT", help="An account's id, or a key that opens it.")
data_option = click.option("-d", "--data", multiple=True, metavar="NAME=VALUE", help="A parameter of the route.")


class Commands(click.Group):
    """A group whose commands end with a sentence, and no stack trace, where the operator can do something about it."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as problem:
            if refused := refusal_of(problem):
                raise click.ClickException(str(refused)) from problem
            raise


def examples(*lines: str) -> str:
    """The end of a help text."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def values_of(data: tuple[str, ...]) -> dict[str, str]:
    """The parameters that `--data` gives, each as NAME=VALUE."""
    if not all("=" in each for each in data):
        raise click.UsageError("Give --data as NAME=VALUE.")
    return dict(each.split("=", 1) for each in data)


def target_of(to: str | None, by: str | None) -> Target | None:
    """Where `--to` or `--by` sends a clock; None for where it is going already."""
    from app.control.clocks import parse_target

    if to is not None and by is not None:
        raise click.UsageError("Give --to or --by, not both.")
    try:
        return parse_target(to=to, by=by)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None


def configure(database: str | None) -> Config:
    """The settings, with the database that the command line names."""
    from app.config import Config

    environment = os.environ | {"DATABASE_URL": database} if database else os.environ
    try:
        return Config.from_environment(environment)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None


@contextmanager
def using(database: str | None, *, any_revision: bool = False) -> Iterator[Database]:
    """The database, with all tables and tickers known."""
    import app.registry  # noqa: F401
    from app.control.opening import open_database

    opened = open_database(configure(database), any_revision=any_revision)
    try:
        yield opened
    finally:
        opened.close()


def print_result(data: Any, as_json: bool, text: str) -> None:
    """What a command has come to: JSON where that is wanted, else the text."""
    click.echo(json.dumps(data, indent=2) if as_json else text)


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
def progress(*, quiet: bool, of: str = "customers") -> Iterator[Callable[[int, int], None]]:
    """How far an advance has come, counted in what it is `of`: a bar on a terminal, lines elsewhere, nothing beside JSON."""
    if quiet:
        yield lambda _done, _total: None
    elif not sys.stdout.isatty():
        yield lambda done, total: click.echo(f"{done} of {total} {of}")
    else:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        with Progress(TextColumn("Advancing"), BarColumn(), MofNCompleteColumn(), TextColumn(of),
                      TimeElapsedColumn()) as bar:
            task = bar.add_task("advance", total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
