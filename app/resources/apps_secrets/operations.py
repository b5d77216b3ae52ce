"""What happens to apps' secrets. Stripe has no events for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import bindparam, or_

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.periods import Interval, add_intervals
from app.errors import InvalidRequest, missing_parameter, no_such
from app.resources.apps_secrets.tables import AppsSecret

SECRETS_MAX = 10
"""How many secrets a scope holds (behaviour reference, 10), unless the sandbox lifts limits."""
YEARS_MAX = 100
"""How far ahead a secret may expire."""

_OF_ACCOUNT = Prepared(entity(AppsSecret).where(
    AppsSecret.account_id == bindparam("account_id"), AppsSecret.scope_user.is_(None)))
_OF_USER = Prepared(entity(AppsSecret).where(
    AppsSecret.account_id == bindparam("account_id"), AppsSecret.scope_user == bindparam("user")))

NOT_EXPIRED = or_(AppsSecret.expires_at.is_(None), AppsSecret.expires_at > bindparam("now"))
"""What is there at the moment `now`, also where time has not yet taken away what is not."""


def user_of(scope: Mapping[str, Any]) -> str | None:
    """Whose secrets the scope has: a user's id, or None for the account's. Raises InvalidRequest."""
    user: str | None = scope.get("user")
    if scope["type"] == "user":
        if user is None:
            raise missing_parameter("scope[user]")
    elif user is not None:
        # Our choice: the words.
        raise InvalidRequest("You may only specify a user for a scope of the type user.", param="scope[user]")
    return user


def set_secret(ctx: Context, values: Mapping[str, Any]) -> AppsSecret:
    """Keep a text under a name of the scope, in place of what was there: that keeps its id and its `created`.

    Raises InvalidRequest for a scope that is full, and for a moment that is over or more than a hundred years away.
    """
    user = user_of(values["scope"])
    # Our choice: whoever replaces a secret says anew when it expires; without a word it never does.
    expires_at = values.get("expires_at")
    _check_expiry(ctx, expires_at)
    ctx.session.hold_name(f"apps_secrets {ctx.account_id} {user}")
    known = {}
    for secret in _secrets(ctx, user):
        if is_over(ctx, secret):
            ctx.session.delete(secret)
        else:
            known[secret.name] = secret
    found = known.get(values["name"])
    if found is None:
        if len(known) >= SECRETS_MAX and ctx.choices.limits != "off":
            # Our choice: the words.
            raise InvalidRequest(f"You have reached the limit of {SECRETS_MAX} secrets for this scope.", param="scope")
        found = ctx.add(AppsSecret(name=values["name"], payload=b"", scope_user=user))
    found.expires_at = expires_at
    found.payload = ctx.session.seal.close(values["payload"].encode())
    return readable(ctx, [found])[0]


def find_secret(ctx: Context, name: str, scope: Mapping[str, Any]) -> AppsSecret:
    """The secret of that name in the scope. Raises 404 `resource_missing` where there is none, or none any more."""
    for secret in _secrets(ctx, user_of(scope)):
        if secret.name == name and not is_over(ctx, secret):
            return readable(ctx, [secret])[0]
    raise no_such("secret", name, param="name")


def delete_secret(ctx: Context, name: str, scope: Mapping[str, Any]) -> AppsSecret:
    """Forget the secret of that name, which is shown a last time. Raises 404 `resource_missing`."""
    ctx.session.hold_name(f"apps_secrets {ctx.account_id} {user_of(scope)}")
    secret = find_secret(ctx, name, scope)
    ctx.session.delete(secret)
    # Not `deleted`, of which a row shows nothing but its id.
    secret.__dict__["gone"] = True
    return secret


def expire_secret(ctx: Context, secret: AppsSecret) -> None:
    """Its time is over."""
    # Somebody may have given it more time while this waited.
    if ctx.session.lock(secret) and is_over(ctx, secret):
        ctx.session.delete(secret)


def is_over(ctx: Context, secret: AppsSecret) -> bool:
    """Whether the secret has expired, and only time has not taken it away yet."""
    return secret.expires_at is not None and secret.expires_at <= ctx.now


def readable(ctx: Context, secrets: Iterable[AppsSecret]) -> list[AppsSecret]:
    """The secrets with what opens their payloads, which is done for those alone that are asked for it."""
    found = list(secrets)
    for secret in found:
        secret.__dict__["open_payload"] = partial(_opened, ctx, secret)
    return found


def _opened(ctx: Context, secret: AppsSecret) -> str:
    return ctx.session.seal.open(secret.payload).decode()


def _secrets(ctx: Context, user: str | None) -> list[AppsSecret]:
    """What is in the scope, with what has expired and is still to be taken away."""
    statement = _OF_ACCOUNT if user is None else _OF_USER
    values = {"account_id": ctx.account_id} | ({} if user is None else {"user": user})
    return ctx.session.rows(AppsSecret, statement, **values)


def _check_expiry(ctx: Context, expires_at: int | None) -> None:
    if expires_at is None:
        return
    # Our choice: the words of both refusals.
    if expires_at <= ctx.now:
        raise InvalidRequest("expires_at must be in the future.", param="expires_at")
    if expires_at > add_intervals(ctx.now, Interval("year"), YEARS_MAX):
        raise InvalidRequest(f"expires_at must be at most {YEARS_MAX} years in the future.", param="expires_at")
