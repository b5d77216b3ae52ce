"""What an account link looks like: it is shown once, when it is made, and has no id."""

from __future__ import annotations

from app.render import view_of
from app.render.fields import Attr, Const
from app.render.view import View
from app.resources.account_links.tables import AccountLink


@view_of(AccountLink)
class AccountLinkView(View):
    object = Const("account_link")
    created = Attr()
    expires_at = Attr()
    url = Attr()
