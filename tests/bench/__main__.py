"""The command of the benches: choose what to measure, measure it on servers and databases of its own, print it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import click

from tests.bench.advancing import MONTHS, advance_year, subscribe_many
from tests.bench.client import Sample
from tests.bench.money import PROCESSES, move_money
from tests.bench.report import Figure, as_json, as_table, of_samples, of_values
from tests.bench.starting import start_once
from tests.bench.units import UNITS
from tests.bench.worlds import World, fresh_database, serving

GROUPS = ("start", "requests", "advance", "growth", "money")
AIMS = {"create": "1,800", "update": "1,800", "retrieve": "5,000", "list of ten": "3,500", "mixed": "3,000",
        "subscribe": "250"}
GROWING = ("create", "update", "retrieve", "list of ten", "mixed")
_EARLY = 1_000
"""How many customers a sandbox has where nothing is said about growth."""
_WARM_UP_S = 0.3


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything."""

    workers: int
    connections: int
    postgres: str | None
    seconds: float
    runs: int
    customers: int
    sandboxes: int
    subscriptions: int
    rounds: int


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--only", "names", multiple=True, metavar="NAME",
              help=f"Only this; can be repeated. Groups: {', '.join(GROUPS)}. Requests: {', '.join(UNITS)}.")
@click.option("--quick", is_flag=True, help="Everything in about a minute: once, shortly, and with less in it.")
@click.option("--runs", type=click.IntRange(1), help="How often each is measured. Default: 3.")
@click.option("--seconds", type=float, help="How long a run of one kind of request lasts. Default: 3.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64),
              help="How many processes serve. An advance is measured with one.")
@click.option("--connections", default=4, show_default=True, type=click.IntRange(1, 256), help="How many are kept open.")
@click.option("--customers", type=click.IntRange(1), help="How many a sandbox has when it has grown. Default: 50,000.")
@click.option("--sandboxes", type=click.IntRange(0), help="How many others are beside it then. Default: 100.")
@click.option("--subscriptions", type=click.IntRange(1), help="How many are billed for a year. Default: 1,000.")
@click.option("--rounds", type=click.IntRange(1), help="How often each process charges, refunds and pays out. Default: 200.")
@click.option("--postgres", metavar="URL", help="Measure on databases beside this one instead of on SQLite.")
@click.option("--json", "json_wanted", is_flag=True, help="Print JSON.")
def bench(names: tuple[str, ...], quick: bool, runs: int | None, seconds: float | None, workers: int, connections: int,
          customers: int | None, sandboxes: int | None, subscriptions: int | None, rounds: int | None,
          postgres: str | None, json_wanted: bool) -> None:
    """Measure start and memory, requests, a year of renewals, growth, and a rush on one account; all unless some are named."""
    unknown = {*names} - {*GROUPS, *UNITS}
    if unknown:
        raise click.UsageError(f"Nothing is called {', '.join(sorted(unknown))}.")
    plan = Plan(
        workers, connections, postgres, seconds or (0.6 if quick else 3.0), runs or (1 if quick else 3),
        customers or (5_000 if quick else 50_000), (20 if quick else 100) if sandboxes is None else sandboxes,
        subscriptions or (100 if quick else 1_000), rounds or (20 if quick else 200))
    figures = list(measure(plan, {*names} or {*GROUPS}))
    conditions: dict[str, object] = {"database": "PostgreSQL" if postgres else "SQLite", "workers": workers,
                                     "connections": connections, "seconds": plan.seconds}
    click.echo((as_json if json_wanted else as_table)(figures, conditions))


def measure(plan: Plan, names: set[str]) -> Iterator[Figure]:
    """The figures that are named."""
    with tempfile.TemporaryDirectory(prefix="billyard-bench-") as scratch:
        folder = Path(scratch)
        if "start" in names:
            yield from measure_start(plan, folder)
        units = [name for name in UNITS if name in names or "requests" in names]
        if units:
            yield from measure_requests(plan, folder, units)
        if "advance" in names:
            yield from measure_advance(plan, folder)
        if "growth" in names:
            yield from measure_growth(plan, folder)
        if "money" in names:
            yield from measure_money(plan, folder)


def measure_start(plan: Plan, folder: Path) -> Iterator[Figure]:
    """From the start of the process to the first answer, and the memory that one process takes."""
    with ExitStack() as stack:
        url = stack.enter_context(fresh_database(folder, plan.postgres))
        first, *warm = [start_once(url, 1) for _ in range(1 + max(plan.runs, 5 if plan.runs > 1 else 1))]
    yield of_values("start", "on a new database", [first[0]], "ms")
    yield of_values("start", "on one that is there", [run[0] for run in warm], "ms", "< 1,000")
    yield of_values("memory", "resident, of all processes", [run[1] for run in warm], "MB", "< 90")
    yield of_values("memory", "what they share counted once", [run[2] for run in warm], "MB")


def measure_requests(plan: Plan, folder: Path, names: list[str]) -> Iterator[Figure]:
    """Requests in a second, in a sandbox of a thousand customers."""
    with ExitStack() as stack:
        samples = _take_turns({"": _world(stack, plan, folder, _EARLY)}, names, plan)
    for name in names:
        yield of_samples("requests", name, samples[name, ""], AIMS.get(name, ""))


def measure_advance(plan: Plan, folder: Path) -> Iterator[Figure]:
    """Renewals in a second of a year's advance in one go."""
    walls = []
    for _ in range(plan.runs):
        with ExitStack() as stack:
            world = _world(stack, plan, folder, 0, workers=1)
            renewals, seconds = advance_year(world, subscribe_many(world, plan.subscriptions))
        assert renewals == plan.subscriptions * MONTHS, f"{renewals} renewals were made and paid"
        walls.append(seconds)
    yield of_values("advance", f"{renewals:,} renewals", [renewals / seconds for seconds in walls], "/s", "2,000")
    yield of_values("advance", f"{renewals:,} renewals, time", walls, "s")


def measure_growth(plan: Plan, folder: Path) -> Iterator[Figure]:
    """How many times as long a request takes in a database that has grown: two servers, measured in turns."""
    with ExitStack() as stack:
        worlds = {"early": _world(stack, plan, folder, _EARLY),
                  "late": _world(stack, plan, folder, plan.customers, sandboxes=plan.sandboxes)}
        samples = _take_turns(worlds, [*GROWING], plan)
    for name in GROWING:
        early, late = samples[name, "early"], samples[name, "late"]
        yield of_values("growth", f"{name}, time late/early",
                        [one.rate / other.rate for one, other in zip(early, late, strict=True)], "×", "≤ 1.2")
        yield of_samples("growth", f"{name}, late", late)


def measure_money(plan: Plan, folder: Path) -> Iterator[Figure]:
    """Charges, refunds and payouts of one account in a second, made by many processes at once; the books are examined."""
    with ExitStack() as stack:
        seen = move_money(_world(stack, plan, folder, 0), plan.rounds)
    calls = sum(seen.statuses.values())
    yield of_values("money", f"{PROCESSES} processes, {calls:,} calls", [calls / seen.seconds], "/s")
    for what, count in sorted({**seen.done, **{f"refused, {code}": times for code, times in seen.refusals.items()},
                               "to be made again": seen.statuses[429]}.items()):
        yield of_values("money", what, [count], "")


def _take_turns(worlds: dict[str, World], names: list[str], plan: Plan) -> dict[tuple[str, str], list[Sample]]:
    """Each kind of request in each world, run by run, so that what else the machine does meets all of them alike."""
    makers = {(name, which): UNITS[name](world) for name in names for which, world in worlds.items()}
    for (_, which), maker in makers.items():
        worlds[which].client.run(maker, _WARM_UP_S)
    samples: dict[tuple[str, str], list[Sample]] = {key: [] for key in makers}
    for _ in range(plan.runs):
        for (name, which), maker in makers.items():
            samples[name, which].append(worlds[which].client.run(maker, plan.seconds))
    return samples


def _world(stack: ExitStack, plan: Plan, folder: Path, customers: int, *, sandboxes: int = 0,
           workers: int | None = None) -> World:
    url = stack.enter_context(fresh_database(folder, plan.postgres))
    return stack.enter_context(serving(url, workers=workers or plan.workers, connections=plan.connections,
                                       customers=customers, sandboxes=sandboxes))


if __name__ == "__main__":
    bench()
