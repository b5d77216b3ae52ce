"""Indexes of some rows only are that on both databases, though the tables name the condition once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import inspect

from app.db.database import Database
from app.db.migrate import full_metadata


def test_an_index_of_some_rows_is_partial_in_the_migrated_database(migrated: Callable[[Path], str], tmp_path: Path) -> None:
    database = Database(migrated(tmp_path))
    option = "sqlite_where" if database.is_sqlite else "postgresql_where"
    declared = {index.name for table in full_metadata().tables.values() for index in table.indexes
                if index.dialect_kwargs["postgresql_where"] is not None}
    with database.engine.connect() as connection:
        found = {index["name"] for indexes in inspect(connection).get_multi_indexes().values() for index in indexes
                 if option in index.get("dialect_options", {})}
    database.close()
    assert {"ix_events_undelivered", "ix_webhook_deliveries_due", "ix_charges_transfer_group"} < declared
    assert found == declared
