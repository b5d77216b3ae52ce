"""The login_links table."""

from __future__ import annotations

from app.resources.single_use import SingleUseLink


class LoginLink(SingleUseLink):
    """A way to the page of the Express account whose row it is."""

    __tablename__ = "login_links"
    object_name = "login_link"
    id_prefix = "lael_"
    id_length = 14
    id_lead = ""
