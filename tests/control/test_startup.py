"""What is made before the first request, by processes that start at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import text

from app.config import Config
from app.control.keys import list_keys
from app.control.startup import READY_KEY, newest_revision, prepare
from app.db.database import Database
from app.wire.auth import claim_key, open_account

WAITING = text("SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
               " WHERE datname = current_database() AND NOT granted")


def test_a_first_key_that_somebody_is_making_is_waited_for(migrated: Callable[[Path], str], tmp_path: Path) -> None:
    url = migrated(tmp_path)
    database, late = Database(url), Database(url)
    config = Config(database_url=url, embedded_worker=False, request_log=False)
    with ThreadPoolExecutor(1) as threads:
        with database.writing() as session:
            assert claim_key(session, READY_KEY) is None
            preparing = threads.submit(prepare, late, config)
            if not database.is_sqlite:
                with database.engine.connect() as onlooker:
                    while not preparing.done() and not onlooker.scalar(WAITING):
                        pass
            account_id = open_account(session, database, config, READY_KEY).account_id
        prepared = preparing.result()
    assert (prepared.upgraded_from, prepared.revision, prepared.ready) == (newest_revision(), newest_revision(), True)
    assert [key["account"] for key in list_keys(database)] == [account_id]
    late.close()
    database.close()
