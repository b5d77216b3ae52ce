"""How persons come, change and go. What follows from it for the account is for its review to say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import bindparam

from app.context import Context
from app.db.roots import Account
from app.db.session import Prepared, entity
from app.domain.metadata import merged
from app.errors import InvalidRequest, no_permission
from app.resources.files.operations import identity_file
from app.resources.legal_values import check_address, check_named_by_token, kept_phone
from app.resources.persons.operations.assessing import settle_nothing
from app.resources.persons.operations.reducing import reduced, reduced_document
from app.resources.persons.tables import Person
from app.resources.spending_tokens import spend_token

_NEWEST = Prepared(entity(Person).where(Person.account_id == bindparam("account_id")).order_by(
    Person.created.desc(), Person.seq.desc()))

_TEXTS: Final = (
    "email", "first_name", "first_name_kana", "first_name_kanji", "full_name_aliases", "gender", "last_name",
    "last_name_kana", "last_name_kanji", "maiden_name", "nationality", "political_exposure")
_ADDRESSES: Final = ("address", "address_kana", "address_kanji", "registered_address")
_ADDRESS_PARTS: Final = ("city", "country", "line1", "line2", "postal_code", "state")
_NUMBERS: Final = ("id_number", "id_number_secondary", "ssn_last_4")
_DIGITS: Final = {"id_number": 9, "ssn_last_4": 4}
"""How many an American number has."""
_ROLES: Final = ("director", "executive", "owner", "representative")
_YOUNGEST: Final = 13

# Our choice: the words of all refusals of this file, unless the behaviour reference has them.


def check_access(account: Account) -> None:
    """Raises PermissionDenied (403) for an account whose holder has begun to onboard by themselves.

    From then on its persons are no business of the platform.
    """
    if account.type != "custom" and account.onboarding_started_at is not None:
        raise no_permission("this endpoint", account.id)


def all_persons(ctx: Context, account: Account) -> list[Person]:
    """Everybody behind the account, newest first."""
    return ctx.session.rows(Person, _NEWEST, account_id=account.id)


def find_person(ctx: Context, account: Account, id: str) -> Person:
    """The person of the account, held where this transaction writes. Raises 404 `resource_missing`."""
    return ctx.acting_as(account).find(Person, id)


def individual_of(ctx: Context, account: Account) -> Person | None:
    """The one person behind the account of an individual."""
    if account.business_type != "individual":
        return None
    return next((person for person in all_persons(ctx, account) if person.representative), None)


def create_person(ctx: Context, account: Account, values: Mapping[str, Any]) -> Person:
    """A new person, by the parameters of POST /v1/accounts/:id/persons. Raises InvalidRequest.

    The account of an individual has one person, who represents it.
    """
    if account.business_type == "individual" and individual_of(ctx, account) is not None:
        raise InvalidRequest("An account with the business type individual has one person only: update `individual` instead.")
    person = ctx.acting_as(account).add(Person(
        documents=[], director=False, executive=False, owner=False, representative=False))
    settle_nothing(person)
    _write(ctx, account, person, values)
    if account.business_type == "individual":
        person.representative = True
    return person


def update_person(ctx: Context, account: Account, person: Person, values: Mapping[str, Any]) -> Person:
    """Change a person by the parameters of POST /v1/accounts/:id/persons/:person. Raises InvalidRequest."""
    relationship = values.get("relationship") or {}
    if account.business_type == "individual" and person.representative and relationship.get("representative") is False:
        raise InvalidRequest("The person behind an account with the business type individual represents it.",
                             param="relationship[representative]")
    _write(ctx, account, person, values)
    return person


def write_individual(ctx: Context, account: Account, values: Mapping[str, Any]) -> Person:
    """Change the person behind the account of an individual by its parameter `individual`; the first time, make them."""
    if account.business_type != "individual":
        raise InvalidRequest("The parameter `individual` is for accounts with the business type individual.", param="individual")
    person = individual_of(ctx, account)
    if person is None:
        return create_person(ctx, account, _In(values))
    _write(ctx, account, person, _In(values))
    return person


def delete_person(ctx: Context, account: Account, person: Person) -> None:
    """Remove a person. Raises InvalidRequest for who has opened the account, and for the only verified executive."""
    opened_by = person.representative and (account.type != "custom" or account.business_type == "individual")
    if opened_by:
        raise InvalidRequest("You cannot delete this person because they are the account opener.")
    others = [other for other in all_persons(ctx, account) if other is not person]
    if person.executive and person.verification_status == "verified" and not any(
            other.executive and other.verification_status == "verified" for other in others):
        raise InvalidRequest("You cannot delete this person because they are the only verified executive.")
    ctx.session.delete(person)


class _In(dict[str, Any]):
    """Parameters that stand inside `individual`, as refusals have to say."""


def _write(ctx: Context, account: Account, person: Person, values: Mapping[str, Any]) -> None:
    """Note what the parameters say of the person; a token among them says it first."""
    path = "individual[{}]" if isinstance(values, _In) else "{}"
    if not isinstance(values, _In):
        check_named_by_token(ctx, values, (*_TEXTS, *_ADDRESSES, *_NUMBERS, "dob", "phone", "verification", "documents"))
    if values.get("person_token") is not None:
        token = spend_token(ctx, values["person_token"], "person", param="person_token")
        _note(ctx, account, person, token.makes or {}, "{}")
    _note(ctx, account, person, reduced(ctx, values, path=path), path)


def _note(ctx: Context, account: Account, person: Person, values: Mapping[str, Any], path: str) -> None:
    there = ctx.acting_as(account)
    for name in _TEXTS:
        if name in values:
            setattr(person, name, values[name])
    for name in _ADDRESSES:
        if name in values:
            setattr(person, name, _address(getattr(person, name), values[name], path.format(name), town="_kan" in name))
    if "dob" in values:
        person.dob = _birth(ctx, values["dob"], path.format("dob"))
    if "phone" in values:
        person.phone = kept_phone(values["phone"], account.country, param=path.format("phone"))
    for name in _NUMBERS:
        if name in values:
            _check_digits(account, name, values[name]["digits"], path.format(name))
            setattr(person, name, values[name]["outcome"])
    if "metadata" in values:
        person.metadata_ = merged(person.metadata_ or {}, values["metadata"])
    _relate(there, account, person, values.get("relationship") or {})
    for name, given in (values.get("verification") or {}).items():
        if given:
            _take_document(there, person, name, given, path.format("verification"))
    for name, given in (values.get("documents") or {}).items():
        for index, named in enumerate(given.get("files", ())):
            identity_file(there, named, param=f"documents[{name}][files][{index}]")
        if given.get("files"):
            person.documents = sorted({*person.documents, name})


def _take_document(ctx: Context, person: Person, name: str, given: Mapping[str, Any], param: str) -> None:
    files, outcome = reduced_document(ctx, given, param=f"{param}[{name}]")
    for side in ("back", "front"):
        # What has failed is to be given anew, both sides of it.
        kept = files.get(side, getattr(person, f"{name}_{side}_id")) if outcome == "success" else None
        setattr(person, f"{name}_{side}_id", kept)
    setattr(person, name, outcome)


def _relate(ctx: Context, account: Account, person: Person, given: Mapping[str, Any]) -> None:
    for role in _ROLES:
        if role in given:
            setattr(person, role, given[role])
    if "title" in given:
        person.title = given["title"]
    if "percent_ownership" in given:
        person.percent_ownership = given["percent_ownership"]
    if given.get("representative"):
        for other in all_persons(ctx, account):
            if other is not person and other.representative:
                ctx.session.lock(other)
                other.representative = False


def _address(before: dict[str, Any] | None, given: Mapping[str, Any], param: str, *, town: bool) -> dict[str, Any]:
    """The address after an update, which changes the parts that it names."""
    check_address(given, param=param)
    empty = dict.fromkeys((*_ADDRESS_PARTS, "town") if town else _ADDRESS_PARTS)
    return empty | (before or {}) | dict(given)


def _birth(ctx: Context, given: dict[str, int] | None, param: str) -> dict[str, int] | None:
    if given is None:
        return None
    if not 1000 <= given["year"] <= 9999:
        raise InvalidRequest("The year of birth must have four digits.", param=f"{param}[year]")
    if not 1 <= given["month"] <= 12:
        raise InvalidRequest("The month of birth must be between 1 and 12.", param=f"{param}[month]")
    try:
        born = date(given["year"], given["month"], given["day"])
    except ValueError:
        raise InvalidRequest("There is no such day.", param=f"{param}[day]") from None
    today = datetime.fromtimestamp(ctx.now, UTC).date()
    if (today.year - born.year, (today.month, today.day)) < (_YOUNGEST, (born.month, born.day)):
        raise InvalidRequest(f"A person must be at least {_YOUNGEST} years old.", param=f"{param}[year]")
    return given


def _check_digits(account: Account, name: str, digits: int | None, param: str) -> None:
    wanted = _DIGITS.get(name)
    if account.country == "US" and wanted is not None and digits != wanted:
        # Nobody is shown a number again, not even a wrong one.
        raise InvalidRequest(f"An American {name} has {wanted} digits.", param=param)
