"""The database that a command works on directly, without a server."""

from __future__ import annotations

import pathlib
from typing import Any

from app.clock.now import wall_seconds
from app.clock.sandbox import on_sandbox_time
from app.config import Config
from app.context import Context
from app.control import Refused
from app.control.startup import begin_run, newest_revision, revision_of
from app.db.database import Database
from app.db.ids import IdSource
from app.db.session import Session
from app.domain.choices import Choices
from app.errors import RateLimited


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


def context_for(database: Database, session: Session, account_id: str, choices: Choices, **values: Any) -> Context:
    """The context of an operator who changes something of the account; `choices` are the defaults, `values` its other fields.

    Raises Refused while the clock of the account's sandbox is being set forward.
    """
    try:
        return on_sandbox_time(Context(session=session, ids=database.ids, account_id=account_id, now=wall_seconds(),
                                       default_choices=choices, **values))
    except RateLimited as refusal:
        raise Refused(refusal.message) from None
