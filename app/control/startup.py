"""What must be true of a database before it is served: the schema is this program's, and there is a first key."""

from __future__ import annotations

import fcntl
import os
import pathlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import func, inspect, select, text

from app.config import Config
from app.control import Refused
from app.control.health import REVISION
from app.db.database import Database
from app.db.roots import IdRun
from app.wire.auth import claim_key, digest_of, open_account
from app.wire.tables import ApiKey

READY_KEY = "sk_test_billyard_ready"
"""The key of the first sandbox of every new database; it is no secret, because it opens nothing but a simulator."""

_VERSIONS = pathlib.Path(__file__).parents[2] / "migrations" / "versions"
_STATEMENT = re.compile(r'^(revision|down_revision)\b[^=]*= *["\']([^"\']+)["\']', re.MULTILINE)
# Any number that is this program's own among the advisory locks of a PostgreSQL database.
_UPGRADE_LOCK = 12111


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `prepare` found and did."""

    upgraded_from: str | None
    """The revision before an upgrade; the newest one where there was nothing to do."""
    revision: str
    ready: bool
    """Whether `READY_KEY` can be used; it is not made where there are keys already."""


def newest_revision() -> str:
    """The revision that no other names as the one before it."""
    before = _revisions()
    (newest,) = before.keys() - before.values()
    return newest


def _revisions() -> dict[str, str | None]:
    """All revisions of this program, and the one before each.

    Read from the files themselves: alembic would say the same, after an import that takes longer than the start may.
    """
    named = (dict(_STATEMENT.findall(path.read_text())) for path in _VERSIONS.glob("*.py"))
    return {names["revision"]: names.get("down_revision") for names in named}


def revision_of(database: Database) -> str | None:
    """Where the schema of the database stands; None for an empty database."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision: str | None = connection.scalar(REVISION)
        return revision


def upgrade(database: Database) -> str | None:
    """Bring the schema to the newest revision, alone among all processes; the revision that it had before.

    Raises Refused for the schema of another program, or a newer one, and where no file can be made.
    """
    with _alone(database):
        before = revision_of(database)
        if before is not None and before not in _revisions():
            raise Refused(f"The database is at revision {before}, which this program does not know; a newer one may.")
        if before != newest_revision():
            # Imported here because it is heavy, and mostly there is nothing to do.
            from app.db import migrate

            migrate.upgrade(database)
    return before


def prepare(database: Database, config: Config) -> Prepared:
    """Upgrade the schema and give a database without any key its ready one."""
    before = upgrade(database)
    begin_run(database)
    with database.reading() as session:
        ready = session.get(ApiKey, digest_of(READY_KEY))
        keys = session.scalar(select(func.count()).select_from(ApiKey))
    if not keys:
        with database.writing() as session:
            # Another process that starts at the same moment may have been faster.
            ready = claim_key(session, READY_KEY) or open_account(session, database, config, READY_KEY)
    usable = ready is not None and ready.revoked_at is None
    return Prepared(before, newest_revision(), usable)


def begin_run(database: Database) -> None:
    """Give a seeded source of ids its place after all that were used on this database before, or are at the moment."""
    if database.ids.seed is None:
        return
    with database.writing() as session:
        session.hold_name("id runs")
        counted = session.get(IdRun, str(database.ids.seed))
        if counted is None:
            counted = session.add(IdRun(seed=str(database.ids.seed), runs=0))
        database.ids.begin_run(counted.runs)
        counted.runs += 1


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """Hold the lock that one process at a time can hold: web and worker processes start together."""
    if database.is_sqlite:
        path = pathlib.Path(database.url.database or "")
        # The lock of the writers, so that nobody writes rows while their table changes.
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(f"{path}-writer", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as problem:
            raise Refused(f"Cannot keep a database at {path}: {problem.strerror}.") from problem
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)
    else:
        with database.engine.connect() as connection:
            # Held by the connection, and so given back when it closes.
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _UPGRADE_LOCK})
            yield
