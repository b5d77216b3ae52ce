"""Between the rows of persons and the requirements engine."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from app.domain.capabilities import nothing_due
from app.domain.requirements import Check, PersonAssessment, PersonFacts
from app.resources.persons.tables import Person

_TEXTS = ("email", "first_name", "first_name_kana", "first_name_kanji", "id_number", "id_number_secondary", "last_name",
          "last_name_kana", "last_name_kanji", "maiden_name", "nationality", "phone", "political_exposure", "ssn_last_4",
          "gender")
_ADDRESSES = ("address", "address_kana", "address_kanji", "registered_address")
_ROLES = {"director": "directors", "executive": "executives", "owner": "owners", "representative": "representative"}


def facts_of(person: Person) -> PersonFacts:
    """What the engine has to know of the person."""
    dob = person.dob
    street = next((address["line1"] for address in (person.address, person.address_kana, person.address_kanji) if address), None)
    return PersonFacts(
        id=person.id, given=frozenset(_given(person)),
        roles=frozenset(role for name, role in _ROLES.items() if getattr(person, name)),
        percent_ownership=None if person.percent_ownership is None else Decimal(person.percent_ownership),
        born=(dob["year"], dob["month"], dob["day"]) if dob else None, line1=street, id_number=person.id_number,
        ssn_last_4=person.ssn_last_4, document=person.document, additional_document=person.additional_document,
        check=Check.of_document(person.check))


def settle(person: Person, found: PersonAssessment) -> None:
    """Note what follows for the person."""
    person.check = found.result.check.as_document()
    person.requirements = found.requirements
    person.verification_status = found.status
    problem = next(iter(found.result.problems), None)
    # Our choice: documents and addresses that fail have the code for what has no code of its own.
    person.verification_details = None if problem is None else problem.reason
    person.verification_details_code = None if problem is None else (
        "failed_keyed_identity" if problem.code == "verification_failed_keyed_identity" else "failed_other")


def settle_nothing(person: Person) -> None:
    """Note that nothing is known yet of a new person, until the review of the account says more."""
    nothing = nothing_due()
    person.requirements = {name: nothing[name] for name in nothing if name not in ("current_deadline", "disabled_reason")}
    person.verification_status = "unverified"


def _given(person: Person) -> Iterator[str]:
    """The attributes that have a value, by their paths."""
    yield from (name for name in _TEXTS if getattr(person, name) is not None)
    for name in _ADDRESSES:
        yield from (f"{name}.{part}" for part, value in (getattr(person, name) or {}).items() if value)
    yield from (f"dob.{part}" for part in person.dob or ())
    yield from (f"documents.{name}.files" for name in person.documents)
    if person.full_name_aliases is not None:
        yield "full_name_aliases"
    if person.percent_ownership is not None:
        yield "relationship.percent_ownership"
    if person.title:
        yield "relationship.title"
    yield from (f"verification.{name}" for name in ("document", "additional_document") if getattr(person, name) == "success")
