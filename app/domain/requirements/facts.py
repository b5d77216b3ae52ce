"""What the requirements of an account are derived from, and what is remembered of it from one time to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

ROLES: Final = ("directors", "executives", "owners", "representative")
"""What somebody can be to a company, as the paths of country specs begin."""

UNSAID_PERCENT: Final = Decimal(25)
"""What an owner counts for who has not said how much of the company is theirs."""


@dataclass(frozen=True)
class Check:
    """How far the verification of a person or a company is."""

    step: str = ""
    """Empty before it begins, `address` and then `rest` while it runs, `done`."""
    of: tuple[str, ...] = ()
    """The outcomes of `checks` that it is about; when they change, it begins anew."""
    address_passed: bool = False
    """An address that has passed once stays good, whatever is given later."""

    @property
    def is_running(self) -> bool:
        """Whether its result is still to come."""
        return self.step in ("address", "rest")

    def as_document(self) -> dict[str, Any]:
        """For a column."""
        return {"step": self.step, "of": list(self.of), "address_passed": self.address_passed}

    @classmethod
    def of_document(cls, document: Mapping[str, Any] | None) -> Check:
        """The check that `as_document` was made of; one that has not begun where there is none."""
        return cls() if document is None else cls(document["step"], tuple(document["of"]), document["address_passed"])


@dataclass(frozen=True)
class PersonFacts:
    """What is known of a person. The outcomes are words of `checks`; null where nothing was given."""

    id: str
    given: frozenset[str] = frozenset()
    """The attributes that have a value, by their paths: `dob.day`, `verification.document`."""
    roles: frozenset[str] = frozenset()
    """Some of ROLES."""
    percent_ownership: Decimal | None = None
    born: tuple[int, int, int] | None = None
    """Year, month and day."""
    line1: str | None = None
    """Of the address."""
    id_number: str | None = None
    ssn_last_4: str | None = None
    document: str | None = None
    additional_document: str | None = None
    check: Check = field(default_factory=Check)


@dataclass(frozen=True)
class AccountFacts:
    """What is known of a connected account at one moment."""

    country: str
    type: str = "custom"
    business_type: str | None = None
    given: frozenset[str] = frozenset()
    """The account's attributes that have a value, by their paths: `company.tax_id`, `external_account`."""
    capabilities: Mapping[str, str] = field(default_factory=dict)
    """The requested ones, each with its status until now."""
    persons: tuple[PersonFacts, ...] = ()
    structure: str | None = None
    line1: str | None = None
    """Of the company's address."""
    tax_id: str | None = None
    document: str | None = None
    """What comes of the company's document; the outcomes are words of `checks`."""
    bank_ownership: str | None = None
    """`asked` where a bank account needs a proof of who owns it, `checking` while that is looked at."""
    rejected: str | None = None
    """Why the platform has rejected the account."""
    form_completed: bool = False
    """Whether its holder has been through the hosted form."""

    @cached_property
    def individual(self) -> PersonFacts | None:
        """The person behind the account of an individual; None for all others."""
        if self.business_type != "individual":
            return None
        return next((person for person in self.persons if "representative" in person.roles), None)

    @cached_property
    def owners_percent(self) -> Decimal:
        """How much of the company its owners declare to have."""
        return sum((UNSAID_PERCENT if person.percent_ownership is None else person.percent_ownership
                    for person in self.persons if "owners" in person.roles), Decimal())

    def prefix_of(self, person: PersonFacts) -> str:
        """What the person's needs begin with among those of the account."""
        return "individual." if person is self.individual else f"{person.id}."


@dataclass(frozen=True)
class Standing:
    """What is remembered of an account: how far it has come, and what has been asked of it later."""

    onboarded: bool = False
    """Whether all that was needed at first, but for a bank account, has been given once."""
    details_submitted: bool = False
    """The same with a bank account; for express and standard accounts, that the hosted form is completed. It stays so."""
    asks_all: bool = False
    """Whether what would be due eventually is due already."""
    deadlines: Mapping[str, int] = field(default_factory=dict)
    """When each need that is due becomes past due, or did."""
    demanded: frozenset[str] = frozenset()
    """Needs beyond those of the country, that were asked for."""
    blocks: Mapping[str, str] = field(default_factory=dict)
    """Needs that are past due for one purpose alone, and for which: `charges` or `payouts`."""
    check: Check = field(default_factory=Check)
    """Of the company."""

    def as_document(self) -> dict[str, Any]:
        """For a column."""
        return {"onboarded": self.onboarded, "details_submitted": self.details_submitted, "asks_all": self.asks_all,
                "deadlines": dict(self.deadlines), "demanded": sorted(self.demanded), "blocks": dict(self.blocks),
                "check": self.check.as_document()}

    @classmethod
    def of_document(cls, document: Mapping[str, Any] | None) -> Standing:
        """The standing that `as_document` was made of; that of a new account where there is none."""
        if not document:
            return cls()
        return cls(**{**document, "demanded": frozenset(document["demanded"]), "check": Check.of_document(document["check"])})
