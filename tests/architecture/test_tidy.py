"""The house rules that no linter knows: each is a walk over the source that names the places where it is broken."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
SHAPELESS_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "manager", "service"})
TIME = frozenset({"time.time", "time.time_ns", "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
                  "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.date.today"})
TIME_KEEPERS = frozenset({"app/clock/now.py", "app/db/ids.py"})
SLEEPERS = frozenset({"app/cli.py", "app/control/clocks.py", "app/control/sandbox_time.py"})
"""At a terminal, or for a sandbox that is set forward, which waits for what other processes do."""


def sources(folder: str) -> list[str]:
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*.py"))


APP, TESTS, DOMAIN, SLICES = sources("app"), sources("tests"), sources("app/domain"), sources("app/resources")


@cache
def nodes(name: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse((ROOT / name).read_text(), name)))


def called(node: ast.AST) -> str:
    """What a call calls, as it is written: `round`, `time.time`, `session.commit`; empty for what is no call."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def part_of(name: str) -> str:
    """`app/resources/invoices/operations/paying.py` and `…/operations.py` are both part of a slice's operations."""
    return name.split("/")[3].removesuffix(".py") if name.count("/") >= 3 else ""


def broken(names: Iterable[str], rule: Callable[[ast.AST], bool]) -> list[str]:
    """The places, as `file:line`, of the nodes that break the rule."""
    return [f"{name}:{getattr(node, 'lineno', 1)}" for name in names for node in nodes(name) if rule(node)]


def test_a_file_can_be_read_in_one_sitting() -> None:
    lengths = {name: len((ROOT / name).read_text().splitlines()) for name in APP}
    assert {name: length for name, length in lengths.items() if length > FILE_LINES_MAX} == {}


def test_a_function_fits_on_a_screen() -> None:
    def too_long(node: ast.AST) -> bool:
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        return is_function and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES_MAX

    assert broken(APP, too_long) == []


def test_a_module_is_named_for_what_it_holds() -> None:
    assert [name for name in APP + TESTS if SHAPELESS_NAMES & set(name.removesuffix(".py").split("/"))] == []


def test_a_module_says_what_lives_in_it() -> None:
    assert [name for name in APP if ast.get_docstring(nodes(name)[0]) is None] == []  # type: ignore[arg-type]


def test_the_domain_knows_one_rounding_and_no_float() -> None:
    def is_inexact(node: ast.AST) -> bool:
        is_float = isinstance(node, ast.Constant) and isinstance(node.value, float)
        return is_float or called(node) in {"round", "float"} or (isinstance(node, ast.Name) and node.id == "float")

    assert broken(DOMAIN, is_inexact) == []


def test_a_slice_neither_commits_nor_rolls_back() -> None:
    assert broken(SLICES, lambda node: called(node).endswith((".commit", ".rollback"))) == []


def test_events_are_born_in_operations_and_ticks() -> None:
    others = [name for name in SLICES if part_of(name) not in {"operations", "ticks"}]
    assert broken(others, lambda node: called(node).split(".")[-1] in {"announce", "emit", "tracked"}) == []


@pytest.mark.parametrize("kind", ["params", "endpoints"])
def test_what_a_slice_takes_from_callers_is_its_own(kind: str) -> None:
    def borrowed(name: str) -> Iterator[str]:
        own = ".".join(name.split("/")[:3]) + "."
        for node in nodes(name):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app.resources."):
                imported = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
                if any(module.endswith(f".{kind}") and not module.startswith(own) for module in imported):
                    yield f"{name}:{node.lineno}"

    assert [place for name in SLICES for place in borrowed(name)] == []


def test_time_enters_in_one_place() -> None:
    others = [name for name in APP if name not in TIME_KEEPERS]
    assert broken(others, lambda node: called(node) in TIME) == []


def test_nothing_sleeps() -> None:
    others = [name for name in APP + TESTS if name not in SLEEPERS]
    assert broken(others, lambda node: called(node) in {"time.sleep", "sleep"}) == []
