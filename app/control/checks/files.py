"""What must hold of files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, or_, select

from app.control.checks import Books, Problem
from app.resources.files.tables import File, FileContents


def files_are_as_large_as_their_contents(books: Books) -> Iterator[Problem]:
    """size = the number of bytes that are kept"""
    def query() -> Any:
        length = func.length(FileContents.content)
        return select(File.account_id, File.id, File.size, length).outerjoin(
            FileContents, (FileContents.account_id == File.account_id) & (FileContents.file_id == File.id)).where(
            books.of(File), or_(length.is_(None), length != File.size))

    for account_id, id, size, kept in books.values(query):
        yield Problem(account_id, File.object_name, id, f"size is {size}, and {kept or 0} bytes are kept")
