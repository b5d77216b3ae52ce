"""How tokens are used up, by the slices that take them and from which they are made."""

from __future__ import annotations

from app.context import Context
from app.errors import InvalidRequest, no_such
from app.resources.tokens.tables import Token


def spend_token(ctx: Context, id: str, type: str, *, param: str) -> Token:
    """The token of this type that `param` names, which is used from here on.

    Raises InvalidRequest for a token that is unknown, of another type, or used.
    """
    token = ctx.find(Token, id, param=param)
    if token.type != type:
        # Our choice: a token of another type is answered like one that does not exist.
        raise no_such("token", id, param=param, status=400)
    if token.used:
        raise InvalidRequest(f"You cannot use a Stripe token more than once: {id}.", code="token_already_used", param=param)
    token.used = True
    return token


def give_back_token(ctx: Context, id: str) -> None:
    """Undo `spend_token`, in a request whose refusal undoes nothing by itself; a magic name needs nothing."""
    token = ctx.get(Token, id)
    if token is not None:
        token.used = False
