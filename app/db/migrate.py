"""The schema's history, run from inside the program."""

from __future__ import annotations

import pathlib

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.db.base import Base
from app.db.database import Database

MIGRATIONS = pathlib.Path(__file__).parents[2] / "migrations"


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database to the revision, in one transaction."""
    if database.is_sqlite and database.url.database:
        pathlib.Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)
    with database.engine.connect().execution_options(isolation_level="SERIALIZABLE") as connection, connection.begin():
        config = AlembicConfig()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


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
        return list(compare_metadata(found, Base.metadata))
