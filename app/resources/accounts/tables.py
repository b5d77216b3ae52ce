"""The table of what is remembered of connected accounts while they are verified. `Account` itself is in `db.roots`."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from app.db.base import StripeObject, TimeDriven, belongs_to, of_account
from app.db.types import Document, Documents, UnixTime

VERIFICATION_ID = "verification"
"""Of an account's only one."""


class AccountVerification(StripeObject, TimeDriven):
    """How far a connected account has come, and when it comes further by itself."""

    __tablename__ = "account_verifications"
    __table_args__ = (
        of_account(),
        belongs_to("test_clocks", "test_clock_id"),
        Index(None, "test_clock_id", "due_at"),
    )
    object_name = "account_verification"
    id_prefix = ""

    checked_banks: Mapped[Documents]
    """The bank accounts whose owner has been looked at."""
    deadline_at: Mapped[UnixTime | None]
    """When what is due now is past due."""
    standing: Mapped[Document | None]
    """A `domain.requirements.Standing`."""
    steps_at: Mapped[UnixTime | None]
    """When the checks that run come a step further; null where none runs."""
