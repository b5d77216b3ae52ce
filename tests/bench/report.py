"""What was measured, as an aligned table or as JSON."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from statistics import median

from tests.bench.client import Sample


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: the median of the runs, and beside it the aim on two cores with SQLite.

    `p50_ms` and `p99_ms` are of the unit that is counted, a request or a flow.
    """

    group: str
    name: str
    value: float
    unit: str
    runs: list[float]
    p50_ms: float | None = None
    p99_ms: float | None = None
    client_us: float | None = None
    aim: str = ""


def of_samples(group: str, name: str, samples: list[Sample], aim: str = "") -> Figure:
    """The figure of several runs of one kind of request."""
    return Figure(
        group, name, median(sample.rate for sample in samples), "/s", [sample.rate for sample in samples],
        median(sample.quantile_ms(0.50) for sample in samples), median(sample.quantile_ms(0.99) for sample in samples),
        median(sample.client_us for sample in samples), aim)


def of_values(group: str, name: str, values: list[float], unit: str, aim: str = "") -> Figure:
    """The figure of several plain values."""
    return Figure(group, name, median(values), unit, values, aim=aim)


def as_json(figures: Iterable[Figure], conditions: dict[str, object]) -> str:
    """Everything, with what it was measured on."""
    return json.dumps({"conditions": conditions | _machine(), "figures": [asdict(each) for each in figures]}, indent=2)


def as_table(figures: Iterable[Figure], conditions: dict[str, object]) -> str:
    """The figures in aligned columns."""
    heading = ["", "median", "", "p50 ms", "p99 ms", "client µs", "aim", "runs"]
    rows = [[f"{each.group}: {each.name}", _number(each.value), each.unit, _number(each.p50_ms), _number(each.p99_ms),
             _number(each.client_us), each.aim, " ".join(map(_number, each.runs))] for each in figures]
    widths = [max(len(row[column]) for row in [heading, *rows]) for column in range(len(heading) - 1)]
    lines = [", ".join(f"{name} {value}" for name, value in (conditions | _machine()).items()), ""]
    for row in [heading, *rows]:
        cells = [row[0].ljust(widths[0]), row[1].rjust(widths[1]), row[2].ljust(widths[2]),
                 *(row[column].rjust(widths[column]) for column in range(3, 6)), row[6].ljust(widths[6]), row[7]]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _machine() -> dict[str, object]:
    return {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version, "cpus": os.cpu_count(),
            "load": round(os.getloadavg()[0], 1)}
