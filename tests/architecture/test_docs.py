"""The documentation cannot lie: commands and settings are compared, and the story is run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import click
import pytest

from app.cli import main
from app.config import Config, variable_of
from app.control.startup import READY_KEY
from app.domain.choices import Choices
from tests.support.live import ROOT, live_server
from tests.support.readme import README, commands, generated, stories

TEXT = README.read_text()
COMMANDS = dict(commands())
ADDRESS = "http://127.0.0.1:12111"


def test_the_generated_parts_are_up_to_date() -> None:
    assert generated(TEXT) == TEXT, "write them with `python -m tests.support.readme`"


@pytest.mark.parametrize("name", [*(variable_of(field.name) for field in fields(Config)),
                                  *(field.name for field in fields(Choices))])
def test_every_setting_is_in_a_table_with_its_meaning(name: str) -> None:
    (row,) = [line for line in TEXT.splitlines() if line.startswith(f"| `{name}` |")]
    assert row.split(" | ")[-1].removesuffix(" |").strip()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented_with_an_example(name: str) -> None:
    command = COMMANDS[name]
    assert f"`billyard {name}" in TEXT
    assert command.help
    if command.params:
        assert f"billyard {name}" in (command.epilog or ""), "no example"
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help or parameter.show_default, f"--{parameter.name} has no help"


def test_every_group_has_help() -> None:
    assert all(command.help for command in [main, *main.commands.values()])


def test_what_prints_data_prints_json_too() -> None:
    silent = {"serve", "worker"}
    assert {name for name, command in COMMANDS.items() if "as_json" not in {p.name for p in command.params}} == silent


def test_the_banner_and_the_quick_start_agree() -> None:
    assert f'stripe.api_base, stripe.api_key = "{ADDRESS}", "{READY_KEY}"' in TEXT


@pytest.mark.parametrize("number", range(len(stories(TEXT))))
def test_a_story_runs_and_prints_what_it_says(number: int, migrated: Callable[[Path], str], tmp_path: Path) -> None:
    story = stories(TEXT)[number]
    assert ADDRESS in story.source, "a story says where its server is"
    with live_server(migrated(tmp_path)) as base_url:
        told = subprocess.run([sys.executable, "-"], input=story.source.replace(ADDRESS, base_url), cwd=ROOT,
                              env=os.environ, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    if story.output is not None:
        assert told.stdout == story.output
