"""The `billyard` command: it parses, calls `app.control`, prints and exits.

Whatever takes long to import is imported inside a command, so that `--help` answers at once and the parent of several
processes that serve stays small. Exit codes: 0 for done, 1 for failed or a problem found, 2 for a command that makes no sense.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress

import click

from app import __version__
from app.cli_clocks import clock, sandbox_time
from app.terminal import (
    Commands,
    account_option,
    configure,
    data_option,
    database_option,
    examples,
    json_option,
    print_result,
    shown_time,
    table,
    using,
    values_of,
)

FOLLOW_S = 0.5
"""How long `events tail --follow` waits before it looks again."""


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
             epilog=examples("billyard serve", "billyard clock advance clock_1Lm… --by '1 month'", "billyard doctor"))
@click.version_option(__version__, message="%(prog)s %(version)s")
def main() -> None:
    """A persistent simulator of the Stripe Billing API, version 2022-08-01.

    All other settings come from the environment; the README lists them.
    """


@main.command(epilog=examples(
    "billyard serve", "billyard serve --port 0 --database sqlite:////tmp/test.db",
    "DATABASE_URL=postgresql://billyard@localhost/billyard billyard serve --host 0.0.0.0 --workers 4"))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at; 0.0.0.0 for all.")
@click.option("--port", default=12111, show_default=True, type=click.IntRange(0, 65535), help="0 for any free one.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="How many processes serve.")
@database_option
def serve(host: str, port: int, workers: int, database: str | None) -> None:
    """Serve the API until SIGTERM or Ctrl-C.

    The database is made or upgraded first. A new one is given a key, which is printed with a snippet to try it.
    """
    from app.serve import serve as run

    os.environ["DATABASE_URL"] = configure(database).database_url
    run(host=host, port=port, workers=workers)


@main.command(epilog=examples("DATABASE_URL=postgresql://billyard@localhost/billyard billyard worker"))
@database_option
def worker(database: str | None) -> None:
    """Do the background work until SIGTERM or Ctrl-C: advance clocks, age the rest, deliver webhooks.

    For installations whose servers run with BILLYARD_EMBEDDED_WORKER=false. Any number of workers can run.
    """
    from app.serve import work

    os.environ["DATABASE_URL"] = configure(database).database_url
    work()


@main.group()
def db() -> None:
    """The schema of the database."""


@db.command("upgrade", epilog=examples("billyard db upgrade", "billyard db upgrade --database sqlite:///staging.db"))
@database_option
@json_option
def upgrade_database(database: str | None, as_json: bool) -> None:
    """Bring the schema to this program's revision, making the database where there is none."""
    from app.control.startup import newest_revision, upgrade
    from app.db.database import Database

    opened = Database(configure(database).database_url)
    before, after = upgrade(opened), newest_revision()
    opened.close()
    print_result({"from": before, "to": after}, as_json, f"From {before or 'nothing'} to {after}.")


@db.command("check", epilog=examples("billyard db check && echo in order"))
@database_option
@json_option
def check_database(database: str | None, as_json: bool) -> None:
    """Compare the schema with what this program expects; exit 1 where they differ."""
    with using(database, any_revision=True) as opened:
        from app.control.startup import newest_revision, revision_of
        from app.db.migrate import differences

        revision, expected = revision_of(opened), newest_revision()
        found = [str(difference) for difference in differences(opened)]
    print_result({"revision": revision, "expected": expected, "differences": found}, as_json,
           "\n".join([f"At revision {revision}; this program needs {expected}.", *found]))
    if revision != expected or found:
        sys.exit(1)


@main.group()
def keys() -> None:
    """The API keys. Only their digests are stored."""


@keys.command("create", epilog=examples("billyard keys create", "billyard keys create sk_test_staging0123456789",
                                        "billyard keys create --kind rk --account acct_1Lm…"))
@click.argument("key", required=False)
@click.option("--kind", default="sk", show_default=True, type=click.Choice(["sk", "rk", "pk"]),
              help="Secret, restricted or publishable.")
@account_option
@database_option
@json_option
def create_key(key: str | None, kind: str, account: str | None, database: str | None, as_json: bool) -> None:
    """Make a key, of a new account unless one is named, and show it this once."""
    with using(database) as opened:
        from app.control.keys import create_key as create

        made = create(opened, configure(database), kind=kind, key=key, account=account)
    print_result(made, as_json, f"{made['key']}  {made['account']}")


@keys.command("list", epilog=examples("billyard keys list", "billyard keys list --account acct_1Lm… --json"))
@account_option
@database_option
@json_option
def list_keys(account: str | None, database: str | None, as_json: bool) -> None:
    """List the keys, with the middle of each starred."""
    with using(database) as opened:
        from app.control.keys import list_keys as list_all

        found = list_all(opened, account=account)
    print_result(found, as_json, table(found, ("id", "kind", "hint", "account", "created", "revoked_at")))


@keys.command("revoke", epilog=examples("billyard keys revoke sk_test_staging0123456789",
                                        "billyard keys revoke 3f9c1a27be40"))
@click.argument("key")
@database_option
@json_option
def revoke_key(key: str, database: str | None, as_json: bool) -> None:
    """End a key, named by its text or by its id in the list."""
    with using(database) as opened:
        from app.control.keys import revoke_key as revoke

        revoked = revoke(opened, key)
    print_result(revoked, as_json, f"{revoked['hint']} is revoked.")


main.add_command(clock)
main.add_command(sandbox_time)


@main.command(epilog=examples("billyard doctor", "billyard doctor --account sk_test_billyard_ready --json"))
@account_option
@database_option
@json_option
def doctor(account: str | None, database: str | None, as_json: bool) -> None:
    """Check that the rows agree with each other; exit 1 where they do not."""
    with using(database) as opened:
        from app.control.doctor import CHECKS, examine

        found = examine(opened, account=account)
    print_result(found, as_json, table(found, ("check", "account", "object", "id", "message"))
           if found else f"{len(CHECKS)} checks found no problem.")
    if found:
        sys.exit(1)


def _deeds(kind: str, summary: str, *lines: str) -> None:
    """A command that does to an object of a kind what POST /_sim/{kind}s/ID/WHAT does."""

    @main.command(kind, help=summary, epilog=examples(*lines))
    @click.argument("id", metavar=kind.upper())
    @click.argument("deed", metavar="WHAT")
    @data_option
    @account_option
    @database_option
    @json_option
    def do_it(id: str, deed: str, data: tuple[str, ...], account: str | None, database: str | None, as_json: bool) -> None:
        _do(kind, deed, id, data, account, database, as_json)


def _do(kind: str, deed: str, id: str, data: tuple[str, ...], account: str | None, database: str | None, as_json: bool) -> None:
    with using(database) as opened:
        from app.control import deeds

        _, possible = deeds.DEEDS[kind]
        if deed not in possible:
            raise click.UsageError(f"{deed} is not one of {', '.join(possible)}.")
        made = deeds.do(opened, configure(database), kind, deed, id, values_of(data), account=account)
    print_result(made, as_json, f"{made['object']} {made['id']}" + (f" is {made['status']}" if "status" in made else ""))


@main.group("bank_account")
def bank_account() -> None:
    """The bank accounts of sandboxes, as their owners keep them on Stripe's dashboard."""


@bank_account.command("add", epilog=examples(
    "billyard bank_account add --account sk_test_billyard_ready -d external_account=btok_us_verified_noAccount",
    "billyard bank_account add --account acct_1Lm… -d external_account[account_number]=000123456789 …"))
@data_option
@click.option("--account", metavar="ACCOUNT", required=True, help="An account's id, or a key that opens it.")
@database_option
@json_option
def add_bank_account(data: tuple[str, ...], account: str, database: str | None, as_json: bool) -> None:
    """Give an account a further bank account, by the parameters of POST /_sim/bank_accounts."""
    with using(database) as opened:
        from app.control import deeds

        made = deeds.add_bank_account(opened, configure(database), values_of(data), account=account)
    print_result(made, as_json, f"{made['object']} {made['id']} ends in {made['last4']}")


@bank_account.command("update", epilog=examples(
    "billyard bank_account update ba_1Lm…", "billyard bank_account update ba_1Lm… -d default_for_currency=true"))
@click.argument("id", metavar="BANK_ACCOUNT")
@data_option
@account_option
@database_option
@json_option
def update_bank_account(id: str, data: tuple[str, ...], account: str | None, database: str | None, as_json: bool) -> None:
    """Change a bank account; without any parameter one that is errored is put right."""
    _do("bank_account", "update", id, data, account, database, as_json)


_deeds("charge", "Let happen to a charge what a bank or a reviewer would do: early_fraud_warning, dispute or review; of "
       "a debit also settle or fail.",
       "billyard charge ch_3Lm… review", "billyard charge ch_3Lm… dispute -d amount=500 -d reason=duplicate --json")
_deeds("payout", "Let a payout arrive now, as it would in time, or come back: settle or fail.",
       "billyard payout po_1Lm… settle", "billyard payout po_1Lm… fail -d failure_code=account_closed --json")
_deeds("refund", "Let the customer of a refund name their bank account, or the money arrive there: settle.",
       "billyard refund pyr_1Lm… settle", "billyard refund pyr_1Lm… settle --json")
_deeds("topup", "Let the bank of a top-up answer now, as in time, or refuse, or take back what has come: settle or fail.",
       "billyard topup tu_1Lm… settle", "billyard topup tu_1Lm… fail -d failure_code=debit_not_authorized --json")


@main.command(epilog=examples("billyard routes", "billyard routes | grep subscription_schedules"))
@json_option
def routes(as_json: bool) -> None:
    """List the routes, each with the place of its function."""
    from app.control.routes import list_routes
    from app.registry import BLUEPRINTS

    found = list_routes(BLUEPRINTS)
    print_result(found, as_json, table(found, ("method", "path", "source"), heading=False))


@main.group()
def events() -> None:
    """The events of all sandboxes."""


@events.command("tail", epilog=examples("billyard events tail", "billyard events tail --follow --type 'invoice.*'",
                                        "billyard events tail --limit 1000 --json > events.jsonl"))
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 100_000), help="How many to begin with.")
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Only these; `invoice.*` for all that begin so.")
@click.option("-f", "--follow", is_flag=True, help="Go on with those to come, until Ctrl-C.")
@account_option
@database_option
@json_option
def tail_events(limit: int, types: tuple[str, ...], follow: bool, account: str | None, database: str | None,
                as_json: bool) -> None:
    """Print the newest events, oldest of them first; with --json one a line, each with its object."""
    with using(database) as opened, suppress(KeyboardInterrupt):
        from app.control.events import newest_events

        last = 0
        while True:
            for event in newest_events(opened, account=account, types=types, limit=limit, after=last):
                last = event["seq"]
                line = f"{shown_time(event['created'])}  {event['type']:<42} {event['object']}"
                click.echo(json.dumps(event) if as_json else line)
            if not follow:
                return
            time.sleep(FOLLOW_S)


if __name__ == "__main__":
    main(prog_name="billyard")
