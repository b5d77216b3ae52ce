"""Links that can be gone once: what account links and login links share."""

from typing import Any, Final

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.context import Context
from app.db.base import StripeObject, of_account
from app.db.types import UnixTime

LIFE_SECONDS: Final = 300
"""How long a link can be gone (behaviour reference, 5)."""

OPEN_SECONDS: Final = 3600
"""How long a page that was opened by a link can be used. Our choice: an hour, where the reference is silent."""


class SingleUseLink(StripeObject):
    """A row whose `url` opens a page once, before `expires_at`; moments are of the wall clock."""

    __abstract__ = True

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        return (of_account(),)

    closes_at: Mapped[UnixTime | None]
    """Until when the page that was opened by it can be used; null before."""
    expires_at: Mapped[UnixTime]
    page_url: Mapped[str | None] = mapped_column(Text)
    """Where the page is that was opened by it. Whoever opened it has been sent there, and nobody else."""
    url: Mapped[str] = mapped_column(Text)


def open_once(ctx: Context, link: SingleUseLink, page: str) -> str | None:
    """The address of the page behind the link, `page` beginning its path; None for a link that is used up or too old."""
    if link.closes_at is not None or link.expires_at <= ctx.now:
        return None
    link.closes_at = ctx.now + OPEN_SECONDS
    link.page_url = ctx.page_url(page, link)
    return link.page_url


def is_open(ctx: Context, link: SingleUseLink) -> bool:
    """Whether the page that was opened by the link can still be used."""
    return link.closes_at is not None and ctx.now < link.closes_at


def close(ctx: Context, link: SingleUseLink) -> None:
    """The page that was opened by the link has served: it cannot be used any more."""
    link.closes_at = ctx.now
