"""What a token looks like."""

from __future__ import annotations

from app.render import view_of
from app.render.fields import Attr, Const
from app.render.view import View
from app.resources.tokens.tables import Token


@view_of(Token)
class TokenView(View):
    id = Attr()
    object = Const("token")
    bank_account = Attr(omit_null=True)
    card = Attr(omit_null=True)
    client_ip = Attr()
    created = Attr()
    livemode = Const(False)
    type = Attr()
    used = Attr()
