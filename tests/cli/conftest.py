"""The command line in this process, on a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.config import Config
from app.db.database import Database
from app.db.ids import IdSource
from app.factory import create_app
from tests.control.world import World, build_world

Run = Callable[..., Result]


@pytest.fixture
def database_url(migrated: Callable[[Path], str], tmp_path: Path) -> str:
    return migrated(tmp_path)


@pytest.fixture
def run(database_url: str) -> Run:
    """`run("clock", "list")` is `billyard clock list` on the test's database."""
    return lambda *arguments: CliRunner(env={"DATABASE_URL": database_url}).invoke(main, arguments)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    config = Config(database_url=database_url, embedded_worker=False, request_log=False)
    server = create_app(config, Database(database_url, ids=IdSource(3))).extensions["billyard"]
    yield build_world(server)
    server.database.close()
