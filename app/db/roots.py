"""The rows that everything else hangs on: the account of a sandbox, the test clock, and the runs of seeded ids.

They stand here, below the slices that serve them, because every request needs them before it reaches a slice.
"""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import Base, HasMetadata, StripeObject, list_index, partial_index
from app.db.types import Document, ObjectId, UnixTime
from app.domain.applications import application_of


class Account(Base, HasMetadata):
    """An account: the platform account that a key opened, or one that is connected to it.

    What only connected accounts have is null for platforms, whose row every writing request reads.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        Index(None, "platform_id", "created", "seq"),
        partial_index("ix_accounts_set_forward", "time_offset", where="time_offset IS NOT NULL"),
    )
    object_name = "account"
    missing_name = None

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    platform_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    """The platform that a connected account belongs to; null for a platform."""
    seq: Mapped[int | None] = mapped_column(BigInteger)
    """Orders the connected accounts of one `created`."""
    created: Mapped[UnixTime]
    country: Mapped[ObjectId]
    default_currency: Mapped[ObjectId]
    email: Mapped[str | None] = mapped_column(String(5000))
    display_name: Mapped[ObjectId | None]
    choices: Mapped[Document]
    """The settings of the sandbox that differ from their defaults (`domain.choices`)."""
    time_offset: Mapped[int | None] = mapped_column(BigInteger)
    """Of a platform: by how many seconds the wall clock of its sandbox is ahead of the world's; null where it never was."""
    time_target: Mapped[int | None] = mapped_column(BigInteger)
    """The offset that the clock is being set forward to; null when it has arrived."""
    has_webhooks: Mapped[bool | None]
    """Whether it ever had a webhook endpoint: only then an event has to look for those that listen."""

    type: Mapped[ObjectId | None]
    """`custom`, `express` or `standard`."""
    business_type: Mapped[ObjectId | None]
    business_profile: Mapped[Document | None]
    """What of it was given."""
    company: Mapped[Document | None]
    """What of it was given and may be shown."""
    unshown: Mapped[Document | None]
    """What was given and is never shown, reduced to what verification makes of it."""
    settings: Mapped[Document | None]
    """What of them was chosen; the rest has its defaults, or is derived from the profile."""
    tos_acceptance: Mapped[Document | None]
    details_submitted: Mapped[bool | None]
    """Whether all that was needed at first has been given once; it stays so."""
    charges_enabled: Mapped[bool | None]
    payouts_enabled: Mapped[bool | None]
    requirements: Mapped[Document | None]
    """As they were last derived."""
    onboarding_started_at: Mapped[UnixTime | None]
    """When the first account link was made: from then on the platform of an express or standard account no longer sees or
    changes who is behind it."""
    onboarding_finished_at: Mapped[UnixTime | None]
    """When its holder first came to the end of the hosted form."""
    rejected_reason: Mapped[ObjectId | None]
    """`fraud`, `terms_of_service` or `other`, once the platform has rejected it."""
    deleted: Mapped[bool | None]

    bank_accounts: Mapped[list[Any]] = relationship(
        "BankAccount", viewonly=True, uselist=True, primaryjoin="Account.id == foreign(BankAccount.account_id)",
        order_by="[BankAccount.created.desc(), BankAccount.seq.desc()]")
    """Its own, deleted ones too, and those that are sources of its customers."""
    cards: Mapped[list[Any]] = relationship(
        "Card", viewonly=True, uselist=True, primaryjoin="Account.id == foreign(Card.account_id)",
        order_by="[Card.created.desc(), Card.seq.desc()]")
    """Its own, deleted ones too."""
    capabilities: Mapped[list[Any]] = relationship(
        "Capability", viewonly=True, uselist=True, primaryjoin="Account.id == foreign(Capability.account_id)",
        order_by="Capability.id")
    persons: Mapped[list[Any]] = relationship(
        "Person", viewonly=True, uselist=True, primaryjoin="Account.id == foreign(Person.account_id)",
        order_by="[Person.created, Person.seq]")

    @property
    def external_accounts(self) -> list[Any]:
        """The bank accounts and cards that it is paid out to; its `bank_accounts` and `cards` are loaded."""
        return [row for row in (*self.__dict__["bank_accounts"], *self.__dict__["cards"]) if row.is_external_account]

    @property
    def account_id(self) -> str:
        """Its own id: whose rows hang on it."""
        return self.id

    @property
    def application_id(self) -> str:
        """Of a platform: the application as which it acts for the accounts connected to it."""
        return application_of(self.id)


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
