"""The command line in this process, on a database of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.config import Config
from app.db.database import Database
from app.factory import create_app
from app.wire.endpoint import Server
from tests.conftest import TEST_DATABASE_URL
from tests.control.world import World, build_world
from tests.support.api import Api

Run = Callable[..., Result]


def serve(url: str) -> Server:
    config = Config(database_url=url, embedded_worker=False, request_log=False)
    # Ids are not seeded: a copied world must not be given the same ones again.
    server: Server = create_app(config, Database(url)).extensions["billyard"]
    return server


@pytest.fixture
def database_url(migrated: Callable[[Path], str], tmp_path: Path) -> str:
    return migrated(tmp_path)


@pytest.fixture
def run(database_url: str) -> Run:
    """`run("clock", "list")` is `billyard clock list` on the test's database."""
    return lambda *arguments: CliRunner(env={"DATABASE_URL": database_url}).invoke(main, arguments)


@pytest.fixture(scope="session")
def lived_in(migrated: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path]:
    """A world that is over, in a SQLite file to be copied."""
    folder = tmp_path_factory.mktemp("lived_in")
    server = serve(migrated(folder))
    world = build_world(server)
    server.database.close()
    return world, folder / "billyard.db"


@pytest.fixture
def world(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[World]:
    """The world of the doctor's tests, each test with one of its own."""
    if TEST_DATABASE_URL:
        server = serve(database_url)
        yield build_world(server)
    else:
        built, file = request.getfixturevalue("lived_in")
        shutil.copy(file, tmp_path / "billyard.db")
        server = serve(database_url)
        yield replace(built, server=server, api=Api(server, built.api.key))
    server.database.close()
