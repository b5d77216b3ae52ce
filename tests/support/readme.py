"""The parts of the README that are generated from the program, and the blocks of it that are run.

`python -m tests.support.readme` writes the generated parts anew; a test compares them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import click

from app.cli import main
from app.config import variable_of

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
_STORY = re.compile(r"<!-- story -->\n```python\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", re.DOTALL)


class Setting(NamedTuple):
    """A field of a dataclass of settings, as its source says it."""

    name: str
    default: str
    meaning: str


class Story(NamedTuple):
    """A block of Python that is run, and what it prints, where a block of text after it says so."""

    source: str
    output: str | None


def settings_in(file: str) -> Iterator[Setting]:
    """The annotated fields of a module's dataclasses, each with the docstring under it."""
    classes = [node for node in ast.parse((ROOT / file).read_text()).body if isinstance(node, ast.ClassDef)]
    for field, below in (pair for cls in classes for pair in pairwise(cls.body)):
        if isinstance(field, ast.AnnAssign) and field.value is not None and isinstance(below, ast.Expr):
            default = eval(ast.unparse(field.value), {"DAY": 86_400, "HOUR": 3_600})
            meaning = " ".join(ast.literal_eval(below.value).split())
            yield Setting(ast.unparse(field.target), _word(default), re.sub(r"^\[\d+\] ", "", meaning))


def environment_table() -> str:
    """The settings of the process."""
    rows = [(f"`{variable_of(each.name)}`", each.default, each.meaning) for each in settings_in("app/config.py")]
    return _table(("variable", "default", "what it does"), rows)


def choices_table() -> str:
    """The settings of a sandbox."""
    rows = [(f"`{each.name}`", each.default, each.meaning) for each in settings_in("app/domain/choices.py")]
    return _table(("setting", "default", "what it means"), rows)


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its full name."""
    for name, command in main.commands.items():
        if isinstance(command, click.Group):
            for inner, subcommand in command.commands.items():
                yield f"{name} {inner}", subcommand
        else:
            yield name, command


def commands_table() -> str:
    """The commands with their arguments and options."""
    rows = []
    for name, command in commands():
        arguments = [parameter.make_metavar(click.Context(command)) for parameter in command.params
                     if isinstance(parameter, click.Argument)]
        options = [f"`{parameter.opts[-1]}`" for parameter in command.params if isinstance(parameter, click.Option)]
        summary = (command.help or "").split("\n\n")[0].replace("\n", " ")
        rows.append((f"`billyard {' '.join([name, *arguments])}`", summary, " ".join(options)))
    return _table(("command", "what it does", "options"), rows)


GENERATED = {"settings": environment_table, "choices": choices_table, "commands": commands_table}


def generated(text: str) -> str:
    """The README with its generated parts as they should be."""
    for name, make in GENERATED.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        assert pattern.search(text), f"the README has no place for its {name}"
        content = make()
        text = pattern.sub(lambda match, content=content: f"{match[1]}{content}\n{match[2]}", text)  # type: ignore[misc]
    return text


def stories(text: str) -> list[Story]:
    """The blocks that are marked to be run, in their order."""
    return [Story(source, output or None) for source, output in _STORY.findall(text)]


def _word(default: object) -> str:
    if default is None or default == "":
        return ""
    if isinstance(default, bool):
        return "`true`" if default else "`false`"
    if isinstance(default, tuple):
        return f"`{', '.join(map(str, default))}`"
    return f"`{default}`"


def _table(heading: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [heading, ("---",) * len(heading), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


if __name__ == "__main__":
    README.write_text(generated(README.read_text()))
