"""The connection to SQLite or PostgreSQL, and the transactions on it."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.pool import NullPool

from app.db.ids import IdSource
from app.db.sealing import Seal
from app.db.session import Session
from app.db.text import SQLITE_FOLD
from app.domain.search import fold

LOCK_TIMEOUT_MS = 5_000
"""How long a PostgreSQL statement waits for a row before the request answers 429 `lock_timeout`."""
BUSY_TIMEOUT_MS = 30_000
_KEY_FILE = "var/billyard.key"
"""Where the key of a PostgreSQL database is kept, if none is set; that of a SQLite file stands beside it."""

def may_pass(problem: BaseException) -> bool:
    """Whether the database failed, and not what it was asked: a lost connection, a full disk, a row that others held."""
    kinds = driver_errors(sqlite3.OperationalError, "OperationalError", "InterfaceError")
    return isinstance(getattr(problem, "orig", None) or problem, kinds)


def driver_errors(sqlite: type[Exception], *postgresql: str) -> tuple[type[Exception], ...]:
    """The exception of SQLite's driver, and those of psycopg with these names.

    psycopg is imported only where PostgreSQL is used: it takes 12 MB, and a tenth of the start.
    """
    psycopg = sys.modules.get("psycopg")
    return (sqlite, *(getattr(psycopg, name) for name in postgresql if psycopg is not None))


class WriterLock:
    """Lets one writer at a time at a SQLite file, in all threads and processes.

    SQLite's own waiting sleeps in steps of milliseconds; waiting here ends the moment that the writer before is done.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._thread_lock = threading.Lock()
        self._file: int | None = None
        self._owner_pid = 0

    def acquire(self) -> None:
        self._thread_lock.acquire()
        try:
            if self._file is None or self._owner_pid != os.getpid():
                # A forked process must not share its parent's open file: the lock belongs to that.
                self._file, self._owner_pid = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644), os.getpid()
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._thread_lock.release()
            raise

    def release(self) -> None:
        assert self._file is not None
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._thread_lock.release()

    def close(self) -> None:
        if self._file is not None and self._owner_pid == os.getpid():
            os.close(self._file)
        self._file = None


class CommitLog:
    """The file that a connection's commits go to, synced to disk when the writer's turn is over and not inside it.

    Only a connection that is open keeps SQLite from making the file anew: each has one of these, as long as it is open.
    """

    def __init__(self, driver: Any) -> None:
        """Take over from SQLite, which has synced the connection's commits so far."""
        path = driver.execute("PRAGMA database_list").fetchone()[2]
        self._file = os.open(f"{path}-wal", os.O_RDWR)
        driver.execute("PRAGMA synchronous=NORMAL")

    def sync(self) -> None:
        """Wait until all that was committed before, by whomever, is on the disk."""
        if sys.platform == "darwin":
            os.fsync(self._file)
        else:
            os.fdatasync(self._file)

    def close(self) -> None:
        os.close(self._file)


class Database:
    """The rows of all sandboxes. One connection per thread is kept open between transactions."""

    def __init__(self, url: str, *, ids: IdSource | None = None, secret_key: str = "") -> None:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url = parsed
        self.ids = ids or IdSource()
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        options: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "poolclass": NullPool}
        if self.is_sqlite:
            options["connect_args"] = {"check_same_thread": False, "cached_statements": 512}
        else:
            # Positional parameters, as on SQLite, so that one way of binding serves both.
            options["paramstyle"] = "format"
            options["connect_args"] = {"options": f"-c lock_timeout={LOCK_TIMEOUT_MS} -c client_min_messages=warning"}
        self.engine = create_engine(parsed, **options)
        self.seal = Seal(secret_key, Path(f"{parsed.database}.key" if self.is_sqlite else _KEY_FILE))
        self._writer = WriterLock(f"{parsed.database}-writer") if self.is_sqlite else None
        self._local = threading.local()
        # Every thread's connection is held here too, or it would die with its thread: that crashes CPython before
        # 3.12.4 in a thread which Python did not start, as the server's are (gh-119585).
        self._open: dict[tuple[int, int], Connection] = {}
        self._logs: dict[tuple[int, int], CommitLog] = {}
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent view of the rows; nothing can be written through it."""
        connection = self._begin("BEGIN" if self.is_sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield Session(connection, writing=False, seal=self.seal)
        finally:
            self._end(connection, "ROLLBACK")

    @contextmanager
    def writing(self, *, kept: bool = True) -> Iterator[Session]:
        """A transaction: committed when the block ends, rolled back when it raises.

        With `kept` false it is rolled back in any case: what would happen can be tried, and looked at from inside.
        """
        if self._writer is not None:
            self._writer.acquire()
        try:
            connection = self._begin("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
            driver: Any = connection.connection.dbapi_connection
            try:
                session = Session(connection, writing=True, kept=kept, seal=self.seal)
                yield session
                if kept:
                    session.settle()
                    session.flush()
                    session.write_totals()
                driver.execute("COMMIT" if kept else "ROLLBACK")
            except BaseException:
                self._end(connection, "ROLLBACK")
                raise
        finally:
            if self._writer is not None:
                self._writer.release()
        if kept and self.is_sqlite:
            # The next writer is at work meanwhile. Nobody is told of what was committed before it is on the disk.
            self._sync(connection, wait=session.confirmed)

    def close_thread(self) -> None:
        """Give this thread's connection back; a thread that ends calls it."""
        self._drop()

    def close(self) -> None:
        """Give back the connections of all threads; none of them is in a transaction any more."""
        for (pid, _), connection in list(self._open.items()):
            # A forked process leaves its parent's connections alone.
            if pid == os.getpid():
                self._discard(connection)
        self._local = threading.local()
        self.engine.dispose()
        if self._writer is not None:
            self._writer.close()

    def _begin(self, statement: str) -> Connection:
        """This thread's connection, in a transaction. A kept connection that has died meanwhile is replaced."""
        was_kept = getattr(self._local, "connection", None) is not None
        try:
            return self._execute(statement)
        except driver_errors(sqlite3.ProgrammingError, "OperationalError"):
            self._drop()
            if not was_kept:
                raise
            return self._execute(statement)

    def _execute(self, statement: str) -> Connection:
        connection = self._connection()
        driver: Any = connection.connection.dbapi_connection
        driver.execute(statement)
        return connection

    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None or self._local.pid != os.getpid() or connection.closed:
            connection = self._local.connection = self.engine.connect()
            self._local.pid, self._local.log = os.getpid(), None
            self._open[os.getpid(), id(connection)] = connection
        return connection

    def _sync(self, connection: Connection, *, wait: bool) -> None:
        """Where somebody waits for it, see that what this thread has committed is on the disk."""
        log: CommitLog | None = self._local.log
        if log is None:
            # SQLite itself has synced the first commit.
            log = CommitLog(connection.connection.dbapi_connection)
            self._local.log = self._logs[os.getpid(), id(connection)] = log
        elif wait:
            log.sync()

    def _end(self, connection: Connection, how: str) -> None:
        """Leave the transaction. A connection that cannot even do that is thrown away; the next request opens one."""
        try:
            driver: Any = connection.connection.dbapi_connection
            if driver.in_transaction if self.is_sqlite else True:
                driver.execute(how)
        except Exception:  # noqa: BLE001 - why it cannot does not matter
            self._drop()

    def _drop(self) -> None:
        connection: Connection | None = getattr(self._local, "connection", None)
        self._local.connection = None
        if connection is not None:
            self._discard(connection)

    def _discard(self, connection: Connection) -> None:
        self._open.pop((os.getpid(), id(connection)), None)
        log = self._logs.pop((os.getpid(), id(connection)), None)
        if log is not None:
            log.close()
        if not connection.closed:
            connection.invalidate()
            connection.close()


# The driver asks any value that is not a number, a text or bytes how it wants to be stored, and without an answer by this
# registry it does so by exceptions: null, which most columns of a row are, then takes most of the time of an INSERT.
_none: Any = {}.get
sqlite3.register_adapter(type(None), _none)
sqlite3.register_adapter(bool, int)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.create_function(SQLITE_FOLD, 1, lambda text: None if text is None else fold(text), deterministic=True)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}",
                   "cache_size=-32768", "temp_store=MEMORY",
                   # Pages that many commits change are copied into the file once in 40 MB, not once in 4.
                   "wal_autocheckpoint=10000"):
        connection.execute(f"PRAGMA {pragma}")
