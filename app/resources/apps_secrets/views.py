"""What a secret looks like."""

from __future__ import annotations

from typing import Any

from app.render import view_of
from app.render.fields import Attr, Const, Derived, Includable
from app.render.view import OMIT, View
from app.resources.apps_secrets.tables import AppsSecret


def _scope_of(secret: AppsSecret) -> dict[str, Any]:
    return {"type": "account"} if secret.scope_user is None else {"type": "user", "user": secret.scope_user}


@view_of(AppsSecret)
class AppsSecretView(View):
    id = Attr()
    object = Const("apps.secret")
    created = Attr()
    expires_at = Attr()
    livemode = Const(False)
    name = Attr()
    payload = Includable(function=lambda secret: secret.__dict__["open_payload"]())
    scope = Derived(_scope_of)
    deleted = Derived(lambda secret: secret.__dict__.get("gone", OMIT))
