"""What must hold of apps' secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from app.control.checks import Books, Problem
from app.resources.apps_secrets.tables import AppsSecret

_FERNET = b"gAAAA"
"""How every text begins that Fernet has encrypted before the year 2106: a version, and the highest bits of the time."""


def names_are_given_once_in_a_scope(books: Books) -> Iterator[Problem]:
    """No two secrets of one account, or of one user, have the same name."""
    def query() -> Any:
        return select(AppsSecret.account_id, func.min(AppsSecret.id), func.count()).where(books.of(AppsSecret)).group_by(
            AppsSecret.account_id, AppsSecret.scope_user, AppsSecret.name).having(func.count() > 1)

    for account_id, id, count in books.values(query):
        yield Problem(account_id, AppsSecret.object_name, id, f"{count} secrets of its scope have its name")


def payloads_are_closed(books: Books) -> Iterator[Problem]:
    """No payload can be read in the database."""
    for account_id, id, payload in books.values(
            select(AppsSecret.account_id, AppsSecret.id, AppsSecret.payload).where(books.of(AppsSecret))):
        if not bytes(payload).startswith(_FERNET):
            yield Problem(account_id, AppsSecret.object_name, id, "its payload is not encrypted")
