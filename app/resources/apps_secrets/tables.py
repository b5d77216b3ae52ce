"""The table of apps' secrets."""

from sqlalchemy import Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import StripeObject, TimeDriven, belongs_to, list_index
from app.db.types import ObjectId, UnixTime


class AppsSecret(StripeObject, TimeDriven):
    """A text that is kept under a name, in the scope of its account or of one user."""

    __tablename__ = "apps_secrets"
    __table_args__ = (
        belongs_to("test_clocks", "test_clock_id"),
        list_index("scope_user"),
        Index(None, "test_clock_id", "due_at"),
    )
    object_name = "apps.secret"
    missing_name = "secret"
    path_param = "name"
    id_prefix = "appsecret_"

    expires_at: Mapped[UnixTime | None]
    """The first second at which it is gone; null for never."""
    name: Mapped[str] = mapped_column(Text)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    """The text, closed by `Session.seal`."""
    scope_user: Mapped[ObjectId | None]
    """The user whose secret it is; null where it is the account's."""
