"""The keys of the sandboxes. Only their digests are stored, so that a key is shown once, when it is made."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.clock.now import wall_seconds
from app.config import Config
from app.control import Refused
from app.db.database import Database
from app.db.roots import Account
from app.db.session import Session, entity
from app.wire.auth import add_key, claim_key, digest_of, open_account
from app.wire.tables import ApiKey

KINDS = ("sk", "rk", "pk")
_ID_LENGTH = 12


def create_key(database: Database, config: Config, *, kind: str = "sk", key: str | None = None,
               account: str | None = None) -> dict[str, Any]:
    """A key for the account that `account` names by id or key, or for a new one; `key` is its text where it is chosen.

    Raises Refused for a text that is no test key or is taken, and for an unknown account.
    """
    text = key or f"{kind}_test_{database.ids.text(32)}"
    with database.writing() as session:
        if claim_key(session, text) is not None:
            raise Refused("This key exists already.")
        try:
            if account is None:
                row = open_account(session, database, config, text)
            else:
                row = add_key(session, account_named(session, account), text)
        except ValueError as problem:
            raise Refused(f"This is no test key: {problem}.") from None
        return shown(row) | {"key": text}


def list_keys(database: Database, *, account: str | None = None) -> list[dict[str, Any]]:
    """All keys, or those of one account, oldest first."""
    statement = entity(ApiKey).order_by(ApiKey.created, ApiKey.digest)
    with database.reading() as session:
        if account is not None:
            statement = statement.where(ApiKey.account_id == account_named(session, account))
        return [shown(row) for row in session.rows(ApiKey, statement)]


def revoke_key(database: Database, name: str) -> dict[str, Any]:
    """End the key with this text or id. Raises Refused when there is no such key, or it is revoked already."""
    with database.writing() as session:
        digest = digest_of(name) if _is_key(name) else name
        found = session.rows(ApiKey, entity(ApiKey).where(ApiKey.digest.startswith(digest, autoescape=True)))
        if len(found) != 1:
            raise Refused("There is no such key." if not found else f"More than one key begins with {name}.")
        (row,) = found
        if row.revoked_at is not None:
            raise Refused("This key is revoked already.")
        row.revoked_at = wall_seconds()
        return shown(row)


def account_named(session: Session, name: str) -> str:
    """The id of the account that has this id, or that this key opens. Raises Refused for neither."""
    if _is_key(name):
        key = session.get(ApiKey, digest_of(name))
        if key is None:
            raise Refused("No account has this key.")
        return key.account_id
    if session.scalar(select(Account.id).where(Account.id == name)) is None:
        raise Refused(f"There is no account {name}.")
    return name


def shown(row: ApiKey) -> dict[str, Any]:
    """A key without its secret: `id` is the start of its digest, times are unix seconds."""
    return {"id": row.digest[:_ID_LENGTH], "account": row.account_id, "kind": row.kind, "hint": row.hint,
            "created": row.created, "revoked_at": row.revoked_at}


def _is_key(name: str) -> bool:
    return name[:3] in {f"{kind}_" for kind in KINDS}
