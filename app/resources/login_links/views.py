"""What a login link looks like: it is shown once, when it is made."""

from __future__ import annotations

from app.render import view_of
from app.render.fields import Attr, Const
from app.render.view import View
from app.resources.login_links.tables import LoginLink


@view_of(LoginLink)
class LoginLinkView(View):
    object = Const("login_link")
    created = Attr()
    id = Attr()
    url = Attr()
