"""Fixtures of all tests: a migrated database, the application on it, and a client that speaks as the SDKs do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from app.config import Config
from app.control.doctor import examine
from app.db import migrate
from app.db.database import Database
from app.db.ids import IdSource
from app.factory import create_app
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import Clock
from tests.support.connected import connected
from tests.support.marketplace import healthy
from tests.support.wall import Wall

settings.register_profile("long", deadline=None)
"""`--hypothesis-profile=long`: tests of random histories look much further."""

TEST_DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "")
"""A PostgreSQL URL runs the suite there; each worker of each run makes databases of its own beside it. Empty: SQLite."""
ANALYZE_EVERY = 100
"""How many tests use a worker's database on PostgreSQL until its statistics are made anew."""


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory, worker_id: str,
             testrun_uid: str) -> Iterator[Callable[[Path], str]]:
    """Hands out URLs of databases with the migrated schema and no rows."""
    if TEST_DATABASE_URL:
        yield from _migrated_postgres(f"{testrun_uid[:8]}_{worker_id}")
        return
    template = tmp_path_factory.mktemp("schema") / "template.db"
    database = Database(f"sqlite:///{template}")
    migrate.upgrade(database)
    database.close()

    def copy(folder: Path) -> str:
        shutil.copy(template, folder / "billyard.db")
        return f"sqlite:///{folder / 'billyard.db'}"

    yield copy


def _migrated_postgres(run: str) -> Iterator[Callable[[Path], str]]:
    url = make_url(TEST_DATABASE_URL).set(drivername="postgresql+psycopg")
    name = f"billyard_test_{run}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    made: list[str] = []

    def create(database: str, template: str = "template1") -> None:
        made.append(database)
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{database}" TEMPLATE "{template}"'))
            # Nobody pulls the plug on a test: waiting for the disk at each commit would be a third of the time.
            connection.execute(text(f'ALTER DATABASE "{database}" SET synchronous_commit TO off'))
            connection.execute(text(f'ALTER DATABASE "{database}" SET enable_seqscan TO off'))

    def copy(_folder: Path) -> str:
        create(f"{name}_{len(made)}", f"{name}_template")
        return url.set(database=made[-1]).render_as_string(hide_password=False)

    create(f"{name}_template")
    database = Database(url.set(database=f"{name}_template").render_as_string(hide_password=False))
    migrate.upgrade(database)
    database.close()
    yield copy
    with admin.connect() as connection:
        for each in made:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{each}" WITH (FORCE)'))


@pytest.fixture(scope="session")
def shared_url(migrated: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """One database for all tests of a worker: each test has a key, and so a sandbox, of its own."""
    return migrated(tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="session")
def shared_server(shared_url: str) -> Iterator[Server]:
    server = _serve(shared_url)
    yield server
    server.database.close()


@pytest.fixture
def fresh_server(migrated: Callable[[Path], str], tmp_path: Path) -> Iterator[Server]:
    """A server on a database of its own, for what works through all sandboxes at once."""
    server = _serve(migrated(tmp_path))
    yield server
    server.database.close()


def _serve(url: str) -> Server:
    config = Config(database_url=url, embedded_worker=False, request_log=False, webhook_hosts="loopback")
    server: Server = create_app(config, Database(url, ids=IdSource(1))).extensions["billyard"]
    return server


@pytest.fixture
def server(shared_server: Server, _shared_uses: Iterator[int]) -> Server:
    if TEST_DATABASE_URL and next(_shared_uses) % ANALYZE_EVERY == 0:
        # Its own statistics come in minutes; without any, PostgreSQL takes every table for an empty one.
        with shared_server.database.engine.connect() as connection:
            connection.execute(text("ANALYZE"))
    return shared_server


@pytest.fixture(scope="session")
def _shared_uses() -> Iterator[int]:
    return count(1)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    """The application's wall clock, which stands still until the test moves it."""
    return Wall(monkeypatch)


@pytest.fixture
def api(server: Server) -> Api:
    """A client of an empty sandbox, in this process."""
    return Api(server)


@pytest.fixture
def seller(api: Api, server: Server) -> Iterator[Api]:
    """A client that acts for an account connected to the sandbox's; in the end the books of both must agree."""
    client = connected(api)
    yield client
    healthy(server, api, client)


@pytest.fixture
def clock(api: Api, server: Server) -> Iterator[Callable[..., Clock]]:
    """`clock("2022-08-01")` is a customer on a test clock; in the end the rows must agree with each other."""
    yield partial(Clock, api)
    assert examine(server.database, account=api.key) == []
