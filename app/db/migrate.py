"""The schema's history, run from inside the program."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from app.db.base import Base
from app.db.database import Database

MIGRATIONS = pathlib.Path(__file__).parents[2] / "migrations"


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database up to the revision, in one transaction."""
    run(database, command.upgrade, revision)


def run(database: Database, step: Callable[[AlembicConfig, str], None], revision: str) -> None:
    """Take one of Alembic's steps to a revision, in one transaction.

    Raises RuntimeError where it leaves rows that point nowhere; nothing of it stays then.
    """
    if database.is_sqlite and database.url.database:
        pathlib.Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)
    with database.engine.connect() as connection, _transaction(database, connection):
        config = AlembicConfig()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        step(config, revision)


@contextmanager
def _transaction(database: Database, connection: Connection) -> Iterator[None]:
    if not database.is_sqlite:
        with connection.execution_options(isolation_level="SERIALIZABLE").begin():
            yield
        return
    driver: Any = connection.connection.dbapi_connection
    # SQLite changes a table by making it anew, and dropping the old one would delete what hangs on its rows. The driver
    # would begin no transaction for the schema by itself.
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            driver.execute("BEGIN IMMEDIATE")
            yield
            if broken := driver.execute("PRAGMA foreign_key_check").fetchall():
                raise RuntimeError(f"rows of {sorted({row[0] for row in broken})} would point nowhere")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def full_metadata() -> MetaData:
    """The program's tables as migrations make them: what is a partial index on SQLite is one on PostgreSQL."""
    for table in Base.metadata.tables.values():
        for index in table.indexes:
            condition = index.dialect_kwargs.get("sqlite_where")
            if condition is not None:
                index.dialect_kwargs["postgresql_where"] = condition
    return Base.metadata


def current_revision(database: Database) -> str | None:
    """The revision that the database is at, or None for an empty one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head_revision() -> str | None:
    """The newest revision of this program."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head()


def differences(database: Database) -> list[object]:
    """What the tables of the database and those of the program do not have in common."""
    with database.engine.connect() as connection:
        found = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(found, full_metadata()))
