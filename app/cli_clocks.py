"""The commands that move time: `billyard clock` for test clocks, `billyard time` for the wall clocks of sandboxes."""

from __future__ import annotations

import click

from app.terminal import (
    account_option,
    configure,
    database_option,
    examples,
    json_option,
    print_result,
    progress,
    shown_time,
    table,
    target_of,
    using,
)


@click.group()
def clock() -> None:
    """The test clocks. Works on the database directly, with or without a server running."""


@clock.command("list", epilog=examples("billyard clock list", "billyard clock list --account sk_test_billyard_ready"))
@account_option
@database_option
@json_option
def list_clocks(account: str | None, database: str | None, as_json: bool) -> None:
    """List the clocks: where they stand and, of one that failed, why."""
    with using(database) as opened:
        from app.control.clocks import list_clocks as list_all

        found = list_all(opened, account=account)
    columns = ("id", "status", "frozen_time", "target_time", "customers", "name", "failure")
    print_result(found, as_json, table(found, columns))


@clock.command("advance", epilog=examples(
    "billyard clock advance clock_1Lm… --by '1 month'", "billyard clock advance clock_1Lm… --to 2025-01-31T09:00:00",
    "billyard clock advance clock_1Lm…   # go on with an advance that a crash interrupted"))
@click.argument("clock_id", metavar="CLOCK")
@click.option("--to", metavar="TIME", help="Unix seconds, or a date with or without a time, in UTC unless it says.")
@click.option("--by", metavar="STEP", help="A number of hours, days, weeks, months or years.")
@click.option("--leave", is_flag=True, help="Leave the work to a server or worker that runs, and only wait for it.")
@account_option
@database_option
@json_option
def advance_clock(clock_id: str, to: str | None, by: str | None, leave: bool, account: str | None, database: str | None,
                  as_json: bool) -> None:
    """Advance a clock, and show how far its customers have come."""
    with using(database) as opened:
        from app.control import clocks
        from app.domain.choices import Choices
        from app.factory import build_engine
        from app.registry import TICKERS

        config, target = configure(database), target_of(to, by)
        if target is not None:
            clocks.begin_advance(opened, clock_id, target, Choices(limits=config.limits), account=account)
        with progress(quiet=as_json) as report:
            engine = None if leave else build_engine(config, opened)
            moved = clocks.finish_advance(opened, TICKERS, clock_id, engine=engine, report=report, account=account)
    print_result(moved, as_json, f"{moved['id']} stands at {shown_time(moved['frozen_time'])}.")


@clock.command("next", epilog=examples("billyard clock next clock_1Lm…", "billyard clock next clock_1Lm… --limit 100"))
@click.argument("clock_id", metavar="CLOCK")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000))
@account_option
@database_option
@json_option
def next_due(clock_id: str, limit: int, account: str | None, database: str | None, as_json: bool) -> None:
    """Tell what time will do next on a clock, and when, as things stand."""
    with using(database) as opened:
        from app.control.clocks import next_due as list_due
        from app.registry import TICKERS

        found = list_due(opened, TICKERS, clock_id, account=account, limit=limit)
    print_result(found, as_json, table(found, ("at", "reason", "id", "customer")))


@click.group("time")
def sandbox_time() -> None:
    """The wall clocks of sandboxes. Works on the database directly, with or without a server running."""


@sandbox_time.command("show", epilog=examples("billyard time show", "billyard time show --account sk_test_billyard_ready --json"))
@account_option
@database_option
@json_option
def show_time(account: str | None, database: str | None, as_json: bool) -> None:
    """Show what the wall clock of a sandbox shows, or those of all that are ahead of the world's."""
    with using(database) as opened:
        from app.control.sandbox_time import list_times

        found = list_times(opened, account=account)
    print_result(found, as_json, table(found, ("account", "status", "now", "offset", "target_offset")))


@sandbox_time.command("advance", epilog=examples(
    "billyard time advance --account sk_test_billyard_ready --by '1 month'",
    "billyard time advance --account acct_1Lm… --to 2030-01-31T09:00:00",
    "billyard time advance --account acct_1Lm…   # go on with what a crash interrupted"))
@click.option("--to", metavar="TIME", help="Unix seconds, or a date with or without a time, in UTC unless it says.")
@click.option("--by", metavar="STEP", help="A number of hours, days, weeks, months or years.")
@click.option("--leave", is_flag=True, help="Leave the work to a server or worker that runs, and only wait for it.")
@click.option("--account", metavar="ACCOUNT", required=True, help="An account's id, or a key that opens it.")
@database_option
@json_option
def advance_time(to: str | None, by: str | None, leave: bool, account: str, database: str | None, as_json: bool) -> None:
    """Set the wall clock of a sandbox forward, and show how far its customers and accounts have come."""
    with using(database) as opened:
        from app.control import sandbox_time as times
        from app.domain.choices import Choices
        from app.factory import build_engine

        config, target = configure(database), target_of(to, by)
        if target is not None:
            times.begin(opened, target, Choices(limits=config.limits), account=account)
        with progress(quiet=as_json, of="customers and accounts") as report:
            engine = None if leave else build_engine(config, opened)
            moved = times.finish(opened, engine=engine, report=report, account=account)
    print_result(moved, as_json, f"{moved['account']} is at {shown_time(moved['now'])}.")
