"""Whether this process can serve: it reaches a database that has been migrated."""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import Select, literal_column, select, table

from app.db.database import Database
from app.db.session import Prepared

log = logging.getLogger("billyard.control")

REVISION: Select[Any] = select(literal_column("version_num")).select_from(table("alembic_version"))
_PREPARED = Prepared(REVISION)


def check_health(database: Database) -> dict[str, Any]:
    """`status` is `ok` or `failing`, `database` the kind of it, `revision` where its schema stands."""
    health = {"object": "health", "status": "failing", "database": database.url.get_backend_name(), "revision": None}
    try:
        with database.reading() as session:
            health["revision"] = session.scalar(_PREPARED)
    except Exception as problem:  # noqa: BLE001 - whatever it is, the answer is that this process cannot serve
        log.error("the database cannot be read: %s", type(problem).__name__)
    else:
        health["status"] = "ok" if health["revision"] is not None else "failing"
    return health
