"""What an account still has to say of itself: the fields of its country that were not given, spelled as the API lists them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from app.domain.requirements.facts import ROLES, AccountFacts, PersonFacts
from app.domain.verification_fields import Kind, verification_fields

_FLAGS: Final = {role: f"company.{role}_provided" for role in ("directors", "executives", "owners")}
"""By which a company says that it has named all persons of a role."""

_WITHOUT_OWNERS: Final = frozenset({
    "government_instrumentality", "governmental_unit", "incorporated_non_profit", "public_company", "public_corporation",
    "public_partnership", "single_member_llc", "sole_proprietorship", "tax_exempt_government_instrumentality",
    "unincorporated_non_profit"})
_OF_ONE: Final = frozenset({"single_member_llc", "sole_proprietorship"})
_PUBLIC: Final = frozenset({"public_company", "public_corporation", "public_partnership"})

_AMERICAN_LATER: Final = frozenset({
    "owners.address.city", "owners.address.line1", "owners.address.postal_code", "owners.address.state", "owners.dob.day",
    "owners.dob.month", "owners.dob.year", "owners.phone", "owners.ssn_last_4"})
"""Of an owner in the United States these are not asked for at first."""

_TERMS: Final = ("tos_acceptance.date", "tos_acceptance.ip")

# Our choice: nothing is asked for that no parameter can give; a number that has another name there is taken for it.
_UNGIVABLE: Final = frozenset({"company.business_cross_border_transaction_classifications"})
GIVEN_AS: Final = {"business_vat_id_number": "company.vat_id", "pan": "company.tax_id"}
"""Which parameter takes a number that is asked for by another name."""


class Needs(NamedTuple):
    """Fields that are missing."""

    current: frozenset[str]
    """Those that are asked for at first …"""
    eventual: frozenset[str]
    """… and those with what is asked for sooner or later."""


def group_of(capability: str, requested: Iterable[str]) -> str | None:
    """Which of the sets of fields a capability needs: `full`, `transfers`, `tax_reporting`; None for none."""
    if capability == "legacy_payments":
        return None
    if capability.startswith("tax_reporting_"):
        return "tax_reporting"
    if capability == "transfers" and all(group_of(other, ()) != "full" for other in requested if other != "transfers"):
        return "transfers"
    return "full"


def missing(facts: AccountFacts, groups: Iterable[str]) -> Needs:
    """What of these sets has not been given."""
    current, eventual = set[str](), set[str]()
    for group in groups:
        now, later = _paths(facts, group)
        current |= now
        eventual |= now | later
    return Needs(_not_given(facts, current), _not_given(facts, eventual))


def asked_of(facts: AccountFacts, groups: Iterable[str], head: str) -> list[str]:
    """The fields of these sets below `head`, given or not: `asked_of(facts, groups, "company.address.")`."""
    paths = set[str]().union(*(part for group in groups for part in _paths(facts, group)))
    return sorted(path for path in paths if path.startswith(head))


def has(facts: AccountFacts, person: PersonFacts | None, path: str) -> bool:
    """Whether the person has said this, or something that says it. Of nobody, the account may still have said it."""
    if GIVEN_AS.get(path) in facts.given:
        return True
    if person is None or path in person.given:
        return person is not None
    if path == "ssn_last_4":
        return "id_number" in person.given
    if path == "relationship.executive":
        return not person.roles.isdisjoint(("executives", "owners"))
    return False


def _not_given(facts: AccountFacts, paths: set[str]) -> frozenset[str]:
    found = set[str]()
    for path in paths:
        head, _, rest = path.partition(".")
        if head == "individual":
            if not has(facts, facts.individual, rest):
                found.add(path)
        elif head in ROLES:
            holders = [person for person in facts.persons if head in person.roles]
            found |= {f"{person.id}.{rest}" for person in holders if not has(facts, person, rest)}
            if not holders and not _names_all(facts, head):
                found.add(path)
        elif not _has(facts, path, paths):
            found.add(path)
    return frozenset(found)


def _names_all(facts: AccountFacts, role: str) -> bool:
    """Whether the company has said that there is nobody else of the role."""
    return _FLAGS.get(role) in facts.given or (role == "owners" and facts.owners_percent >= 100)


def _has(facts: AccountFacts, path: str, paths: set[str]) -> bool:
    if path in facts.given:
        return True
    if path == "company.owners_provided":
        return _names_all(facts, "owners")
    if path == "business_profile.url":
        # Our choice: where a country asks for both, one does not stand for the other.
        return "business_profile.product_description" in facts.given and "business_profile.product_description" not in paths
    return GIVEN_AS.get(path.removeprefix("company."), path) in facts.given


def _paths(facts: AccountFacts, group: str) -> tuple[set[str], set[str]]:
    """The fields of a set: those that are asked for at first, and those later."""
    kind: Kind = "individual" if facts.business_type == "individual" else "company"
    minimum = [path for path in verification_fields(facts.country, kind).minimum if path not in _UNGIVABLE]
    if group == "tax_reporting":
        of_the_number = ("individual.id_number", "individual.first_name", "individual.last_name") if kind == "individual" else (
            "company.tax_id", "company.name")
        return {*of_the_number, *(path for path in minimum if path.startswith(f"{kind}.address."))}, set()
    if facts.business_type is None:
        profile = {path for path in minimum if path in ("business_profile.mcc", "business_profile.url")}
        return profile | {"business_type", "external_account", "representative.first_name", "representative.last_name",
                          *_TERMS}, set()
    someone = "individual" if kind == "individual" else "representative"
    if group == "transfers" and facts.country == "US":
        now = {f"{someone}.{rest}" for rest in (
            "dob.day", "dob.month", "dob.year", "email", "first_name", "last_name")}
        later = {path for path in minimum if path.startswith((f"{someone}.address.", f"{someone}.ssn_last_4"))}
        return now | {"business_type", "external_account", *_TERMS}, later
    paths = {path for path in minimum if ".verification." not in path}
    if facts.country == "US":
        paths = {path for path in paths if not path.endswith(".id_number")}
    paths -= _spared(facts, paths)
    later = paths & _AMERICAN_LATER if facts.country == "US" else set[str]()
    return paths - later, later


def _spared(facts: AccountFacts, paths: set[str]) -> set[str]:
    """What the structure of a company makes needless."""
    found = set[str]()
    if facts.structure in _WITHOUT_OWNERS or facts.business_type in ("government_entity", "non_profit"):
        found |= {path for path in paths if path.startswith("owners.") or path == "company.owners_provided"}
    if facts.structure in _OF_ONE:
        found |= {"representative.relationship.executive", "representative.relationship.title"}
    if facts.structure in _PUBLIC:
        found.add("representative.relationship.executive")
    return found
