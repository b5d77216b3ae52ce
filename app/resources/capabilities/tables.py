"""The capabilities table."""

from typing import Any

from sqlalchemy.orm import Mapped, relationship

from app.db.base import StripeObject, list_index, of_account
from app.db.types import Document, ObjectId, UnixTime


class Capability(StripeObject):
    """A capability of a connected account that has been requested once. Its id is its name."""

    __tablename__ = "capabilities"
    __table_args__ = (
        of_account(),
        list_index(),
    )
    object_name = "capability"
    path_param = "capability"
    id_prefix = ""

    requested: Mapped[bool]
    requested_at: Mapped[UnixTime | None]
    requirements: Mapped[Document]
    """As they were last derived."""
    status: Mapped[ObjectId]
    """`active`, `inactive`, `pending` or `unrequested`."""

    account: Mapped[Any] = relationship(
        "Account", viewonly=True, primaryjoin="foreign(Capability.account_id) == Account.id")
