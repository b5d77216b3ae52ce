"""`billyard db`, and what every command says about a database that it cannot use."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.control.startup import newest_revision
from app.db.migrate import head_revision


def run(path: Path, *arguments: str) -> Result:
    return CliRunner(env={"DATABASE_URL": f"sqlite:///{path}"}).invoke(main, arguments)


def damage(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(statement)


def test_the_newest_revision_is_alembics_head() -> None:
    assert newest_revision() == head_revision()


def test_a_database_is_made_and_then_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "billyard.db"
    assert run(path, "db", "upgrade").stdout == f"From nothing to {newest_revision()}.\n"
    again = run(path, "db", "upgrade", "--json")
    assert json.loads(again.stdout) == {"from": newest_revision(), "to": newest_revision()}
    checked = run(path, "db", "check", "--json")
    assert checked.exit_code == 0
    assert json.loads(checked.stdout) == {
        "revision": newest_revision(), "expected": newest_revision(), "differences": []}


def test_a_schema_that_differs_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "billyard.db"
    run(path, "db", "upgrade")
    damage(path, "ALTER TABLE customers ADD COLUMN mood TEXT")
    checked = run(path, "db", "check")
    assert checked.exit_code == 1
    first, difference = checked.stdout.splitlines()
    assert first == f"At revision {newest_revision()}; this program needs {newest_revision()}."
    assert "remove_column" in difference and "mood" in difference


@pytest.mark.parametrize("command", ["keys list", "clock list", "doctor", "events tail", "db check"])
def test_a_missing_database_is_not_made(tmp_path: Path, command: str) -> None:
    path = tmp_path / "billyard.db"
    refused = run(path, *command.split())
    assert refused.exit_code == 1
    assert refused.stderr == f"Error: There is no database at {path}. `billyard db upgrade` makes one.\n"
    assert not path.exists()


def test_an_older_schema_is_not_worked_on(tmp_path: Path) -> None:
    path = tmp_path / "billyard.db"
    run(path, "db", "upgrade")
    damage(path, "UPDATE alembic_version SET version_num = 'older'")
    refused = run(path, "doctor")
    assert refused.exit_code == 1
    assert refused.stderr == (f"Error: The database is at revision older, and this program needs {newest_revision()}. "
                              "`billyard db upgrade` brings it there.\n")
    assert run(path, "db", "check").exit_code == 1


def test_a_server_that_is_not_there_is_told_in_a_sentence() -> None:
    refused = CliRunner().invoke(main, ["keys", "list", "--database", "postgresql://nobody@127.0.0.1:1/none"])
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Error: The database refused: connection failed:")
