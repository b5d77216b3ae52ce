"""What payment intents and setup intents have in common besides payment methods: options, errors, what they wait for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.errors import InvalidRequest
from app.render import load_for_rendering, render
from app.resources.payment_methods.tables import PaymentMethod

_SECRET_OPTIONS = frozenset({"code", "cvc_token", "persistent_token"})


def merged_options(present: Mapping[str, Any], change: Mapping[str, Any] | None) -> dict[str, Any]:
    """`payment_method_options` with what `change` names; codes that are good once are not kept."""
    options = dict(present)
    for type, wanted in (change or {}).items():
        if wanted is None:
            options.pop(type, None)
            continue
        kept = {**options.get(type, {}), **{name: value for name, value in wanted.items() if name not in _SECRET_OPTIONS}}
        options[type] = {name: value for name, value in kept.items() if value is not None}
    return options


def error_document(ctx: Context, method: PaymentMethod, *, code: str, message: str, type: str = "card_error",
                   decline_code: str | None = None, param: str | None = None, charge: str | None = None) -> dict[str, Any]:
    """An error as an intent keeps it, the payment method inside."""
    load_for_rendering(ctx.session, [method])
    error = {"charge": charge, "code": code, "decline_code": decline_code,
             "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}", "message": message, "param": param,
             "payment_method": render(method), "type": type}
    return {name: value for name, value in error.items() if value is not None}


def authentication_action(ctx: Context, client_secret: str, return_url: str | None) -> dict[str, Any]:
    """The `next_action` of an intent that waits for the holder of its card: a page of this server."""
    url = f"{ctx.base_url}/3d_secure/{ctx.account_id}/{client_secret}"
    if return_url is not None:
        return {"redirect_to_url": {"return_url": return_url, "url": url}, "type": "redirect_to_url"}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": {"stripe_js": url, "type": "three_d_secure_redirect"}}


def refuse_microdeposits(values: Mapping[str, Any], status: str, *, kind: str) -> None:
    """What verifying a bank account by small deposits is answered: no intent waits for it, because only cards pay.

    Raises InvalidRequest; `kind` is the intent's `object`.
    """
    if ("amounts" in values) == ("descriptor_code" in values):
        # Our choice: the words of both refusals.
        raise InvalidRequest("You must provide either `amounts` or `descriptor_code`.", code="parameter_missing",
                             param="amounts")
    raise InvalidRequest(f"You cannot verify microdeposits for this {kind} because it has a status of {status} and no next "
                         "action of verify_with_microdeposits.", code=f"{kind}_unexpected_state")
