"""Intents as a browser reaches them: with a publishable key, and the secret that was made for it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from app.context import Context
from app.db.base import StripeObject
from app.errors import InvalidRequest
from app.render import load_for_rendering, render

S = TypeVar("S", bound=StripeObject)


def find_by_secret(ctx: Context, table: type[S], id: str, params: Mapping[str, Any]) -> S:
    """The intent with this id; a `client_secret` must be its own, and a publishable key must have it.

    Raises InvalidRequest otherwise.
    """
    secret = params.get("client_secret")
    name = "".join(part.capitalize() for part in table.object_name.split("_"))
    if secret is None and ctx.publishable:
        # Our choice: the words of both refusals.
        raise InvalidRequest(f"You must provide the `client_secret` of this {name} with a publishable API key.",
                             code="parameter_missing", param="client_secret")
    intent = ctx.find(table, id)
    if secret is not None and not hmac.compare_digest(secret.encode(), intent.__dict__["client_secret"].encode()):
        raise InvalidRequest(f"The client_secret provided does not match the client_secret associated with the {name}.",
                             code=f"{table.object_name}_invalid_parameter", param="client_secret")
    return intent


def shown_to(ctx: Context, intent: S, publishable: Sequence[str]) -> S | dict[str, Any]:
    """The intent, or as much of it as a publishable key may see."""
    if not ctx.publishable:
        return intent
    load_for_rendering(ctx.session, [intent])
    rendered = render(intent)
    return {name: rendered[name] for name in publishable}
