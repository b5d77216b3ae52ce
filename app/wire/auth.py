"""Who is calling: keys, the account that they open, and `Stripe-Account`."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from app.clock.now import stopwatch, wall_seconds
from app.config import Config
from app.context import Context
from app.db.database import Database
from app.db.roots import Account
from app.db.session import Prepared, Session
from app.errors import AuthenticationError, no_access
from app.wire.tables import ApiKey

NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth "
    "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we "
    "can help at https://support.stripe.com/."
)
_KEY = re.compile(r"(sk|rk|pk)_(test|live)_[A-Za-z0-9_]{1,240}")

CACHE_SECONDS = 1.0
"""How long a key that was found is taken for granted: a revoked key dies within this time in every process."""
CACHE_KEYS = 10_000

_OFFSET = Prepared(select(Account.time_offset).select_from(ApiKey).join(Account, Account.id == ApiKey.account_id).where(
    ApiKey.digest == bindparam("digest")))

OPENED: list[Callable[[Context], object]] = []
"""What a new account begins with. Filled by the registry."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A known key: the account it acts as, and of which kind it is."""

    account_id: str
    platform_id: str
    kind: str
    hint: str
    """The key with its middle starred."""
    time_offset: int
    """By how many seconds the sandbox's wall clock was ahead of the world's when the key was looked up."""


class Authenticator:
    """Turns the headers of a request into a `Caller`."""

    def __init__(self, database: Database, config: Config) -> None:
        self._database, self._config = database, config
        self._cache: dict[tuple[str, str | None], tuple[float, Caller]] = {}

    def caller(self, authorization: str | None, stripe_account: str | None) -> Caller:
        """The caller behind the two headers.

        Raises AuthenticationError for a missing, malformed, live, revoked or unknown key, and PermissionDenied for an
        account that the key may not act as.
        """
        key = _key_of(authorization)
        cached = self._cache.get((key, stripe_account))
        if cached is not None and cached[0] > stopwatch():
            return cached[1]
        caller = self._look_up(key, stripe_account)
        if len(self._cache) >= CACHE_KEYS:
            self._cache.clear()
        self._cache[key, stripe_account] = (stopwatch() + CACHE_SECONDS, caller)
        return caller

    def forget(self) -> None:
        """Look all keys up anew."""
        self._cache.clear()

    def _look_up(self, key: str, stripe_account: str | None) -> Caller:
        match = _KEY.fullmatch(key)
        if match is None:
            raise _invalid(key)
        if match[2] == "live":
            raise AuthenticationError(f"{_invalid(key).message}. Billyard has no live mode: use a key that starts with "
                                      f"{match[1]}_test_.")
        with self._database.reading() as session:
            found = session.get(ApiKey, digest_of(key))
            offset = session.scalar(_OFFSET, digest=digest_of(key))
        if found is None:
            if match[1] != "sk" or not self._config.open_sandboxes:
                raise _invalid(key)
            found = self._open(key)
        if found.revoked_at is not None:
            raise _invalid(key)
        account_id = found.account_id
        if stripe_account is not None and stripe_account != account_id:
            account_id = self._connected(account_id, stripe_account, key)
        return Caller(account_id, found.account_id, found.kind, starred(key), offset or 0)

    def _open(self, key: str) -> ApiKey:
        with self._database.writing() as session:
            return claim_key(session, key) or open_account(session, self._database, self._config, key)

    def _connected(self, platform_id: str, account_id: str, key: str) -> str:
        with self._database.reading() as session:
            account = session.get(Account, account_id)
        if account is None or account.platform_id != platform_id or account.deleted:
            raise no_access(starred(key), account_id)
        return account_id


def claim_key(session: Session, key: str) -> ApiKey | None:
    """The row of this key; where there is none, nobody else makes one before this transaction has ended."""
    session.hold_name(f"key {digest_of(key)}")
    return session.get(ApiKey, digest_of(key))


def open_account(session: Session, database: Database, config: Config, key: str) -> ApiKey:
    """A new platform account with this secret key."""
    now = wall_seconds()
    account = session.add(Account(
        id=database.ids.new("acct_", 16, "1"), created=now, country=config.country, default_currency="usd",
        display_name="Billyard sandbox", choices={}, metadata_={}))
    for begin in OPENED:
        begin(Context(session=session, ids=database.ids, account_id=account.id, now=now))
    return add_key(session, account.id, key)


def add_key(session: Session, account_id: str, key: str) -> ApiKey:
    """Let this key act as the account. Raises ValueError for a live or malformed key."""
    match = _KEY.fullmatch(key)
    if match is None or match[2] == "live":
        raise ValueError("a key has the form sk_test_…, rk_test_… or pk_test_…")
    return session.add(ApiKey(digest=digest_of(key), account_id=account_id, hint=starred(key), kind=match[1],
                              created=wall_seconds()))


def digest_of(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def starred(key: str) -> str:
    """The key with only its first eleven and last four characters to be read."""
    if len(key) <= 15:
        # Our choice: a short key keeps its prefix alone, because eleven and four would show all of it.
        return key[:8] + "*" * max(len(key) - 8, 4)
    return key[:11] + "*" * (len(key) - 15) + key[-4:]


def _key_of(authorization: str | None) -> str:
    scheme, _, rest = (authorization or "").strip().partition(" ")
    rest = rest.strip()
    if scheme.lower() == "basic":
        try:
            rest = base64.b64decode(rest, validate=True).decode("utf-8").partition(":")[0]
        except ValueError:
            rest = ""
    elif scheme.lower() != "bearer":
        rest = ""
    if not rest:
        raise AuthenticationError(NO_KEY)
    return rest


def _invalid(key: str) -> AuthenticationError:
    return AuthenticationError(f"Invalid API Key provided: {starred(key)}")
