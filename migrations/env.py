"""Alembic's environment: the models' metadata against the database that `Database` opens."""

from __future__ import annotations

from alembic import context
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

import app.registry  # noqa: F401 - every table must be known before the metadata is compared
from app.config import Config
from app.db.database import Database
from app.db.migrate import full_metadata


def check_references(ctx: MigrationContext, **_: object) -> None:
    """See after each step that the rows it wrote point to others: PostgreSQL changes no table that this is still owed to."""
    if ctx.connection is not None and ctx.dialect.name == "postgresql":
        for when in ("IMMEDIATE", "DEFERRED"):
            ctx.connection.exec_driver_sql(f"SET CONSTRAINTS ALL {when}")


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=full_metadata(),
        compare_type=True,
        on_version_apply=check_references,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    url = Config.from_environment().database_url
    with create_engine(Database(url).url, poolclass=NullPool).begin() as connection:
        run(connection)
