"""The database that a command works on directly, without a server."""

from __future__ import annotations

import pathlib

from app.config import Config
from app.control import Refused
from app.control.startup import begin_run, newest_revision, revision_of
from app.db.database import Database
from app.db.ids import IdSource


def open_database(config: Config, *, any_revision: bool = False) -> Database:
    """The database of the settings, with this program's schema unless `any_revision` says that it does not matter.

    Raises Refused for a SQLite file that does not exist, which SQLite would make, and for another schema.
    """
    database = Database(config.database_url, ids=IdSource(config.id_seed), secret_key=config.secret_key)
    if database.is_sqlite and not pathlib.Path(database.url.database or "").is_file():
        raise Refused(f"There is no database at {database.url.database}. `billyard db upgrade` makes one.")
    if any_revision:
        return database
    if (revision := revision_of(database)) != newest_revision():
        raise Refused(f"The database is at revision {revision}, and this program needs {newest_revision()}. "
                      "`billyard db upgrade` brings it there.")
    begin_run(database)
    return database
