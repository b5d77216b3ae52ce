"""The account_links table."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import ObjectId
from app.resources.single_use import SingleUseLink


class AccountLink(SingleUseLink):
    """A way to the onboarding page of the connected account whose row it is."""

    __tablename__ = "account_links"
    object_name = "account_link"
    id_prefix = "acclnk_"

    collect: Mapped[ObjectId]
    refresh_url: Mapped[str] = mapped_column(Text)
    return_url: Mapped[str] = mapped_column(Text)
    type: Mapped[ObjectId]
