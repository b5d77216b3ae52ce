"""Copies of a whole database, to be spoiled."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool


@contextmanager
def copied(url: str, folder: Path) -> Iterator[str]:
    """The URL of a copy of the database, to which nobody is connected at this moment."""
    if url.startswith("sqlite:///"):
        shutil.copy(url.removeprefix("sqlite:///"), folder / "copy.db")
        yield f"sqlite:///{folder / 'copy.db'}"
        return
    original = make_url(url).set(drivername="postgresql+psycopg")
    name = f"{original.database}_copy"
    admin = create_engine(original.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{original.database}"'))
    try:
        yield original.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
