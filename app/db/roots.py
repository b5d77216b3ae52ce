"""The rows that everything else hangs on: the account of a sandbox, the test clock, and the runs of seeded ids.

They stand here, below the slices that serve them, because every request needs them before it reaches a slice.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, HasMetadata, StripeObject, list_index
from app.db.types import Document, ObjectId, UnixTime


class Account(Base, HasMetadata):
    """An account: the platform account that a key opened, later also the accounts connected to it."""

    __tablename__ = "accounts"
    object_name = "account"

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    platform_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    """The platform that a connected account belongs to; null for a platform."""
    created: Mapped[UnixTime]
    country: Mapped[ObjectId]
    default_currency: Mapped[ObjectId]
    email: Mapped[ObjectId | None]
    display_name: Mapped[ObjectId | None]
    choices: Mapped[Document]
    """The settings of the sandbox that differ from their defaults (`domain.choices`)."""


class IdRun(Base):
    """How many processes have made ids with a seed here, so that none repeats what another made (`db.ids`)."""

    __tablename__ = "id_runs"

    seed: Mapped[str] = mapped_column(String(255), primary_key=True)
    runs: Mapped[int] = mapped_column(Integer)


class TestClock(StripeObject):
    """A clock that stands still until it is advanced. `created` and `deletes_after` are wall time."""

    __tablename__ = "test_clocks"
    __test__ = False  # pytest must not take it for a test case
    __table_args__ = (list_index(), Index(None, "deletes_after"), Index(None, "status"))
    object_name = "test_helpers.test_clock"
    missing_name = "testclock"
    path_param = "test_clock"
    id_prefix = "clock_"

    frozen_time: Mapped[UnixTime]
    target_time: Mapped[UnixTime | None]
    """Where an advance under way is going; null when the clock stands."""
    deletes_after: Mapped[UnixTime]
    name: Mapped[ObjectId | None] = mapped_column(String(300))
    status: Mapped[ObjectId]
    failure: Mapped[str | None]
    """Why the clock is in `internal_failure`: what `billyard clock list` shows."""
