"""What verification makes of the values of the test world, and how it goes on.

Numbers of persons and companies are reduced here to their outcome, one word, before anything is kept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

from app.domain.requirements.facts import AccountFacts, Check, PersonFacts

_PASSING_BIRTHS: Final = ((1901, 1, 1), (1902, 1, 1))
_AT_ONCE_BIRTH: Final = (1902, 1, 1)
_LISTED_BIRTH: Final = (1900, 1, 1)

_ADDRESSES: Final = {"address_full_match": "full_match", "address_no_match": "no_match",
                     "address_line1_no_match": "no_line_match"}
_FAILING_ADDRESSES: Final = ("no_match", "no_line_match")

DOCUMENT_FAILED: Final = "The document could not be read, or does not show what it should."
"""Our choice: the words of this and of the other reasons, unless the behaviour reference has them."""
IDENTITY_FAILED: Final = "Provided identity information could not be verified"


class Problem(NamedTuple):
    """Why something is due again: an entry of `errors`."""

    requirement: str
    code: str
    reason: str


class Result(NamedTuple):
    """What has come of a check by now."""

    check: Check
    problems: tuple[Problem, ...] = ()
    """Of a check that is done."""
    passed: bool = False
    listed: bool = False
    """Whether it is somebody on a list of sanctions."""
    stops: bool = False
    """Whether nothing goes on until the problems are solved."""


def identity_outcome(number: str) -> str:
    """Of a person's number, or its last four digits: `passes`, `passes_at_once`, `fails` or `unknown`."""
    digits = number.replace("-", "").replace(" ", "")
    return {"000000000": "passes", "0000": "passes", "222222222": "passes_at_once",
            "111111111": "fails", "1111": "fails"}.get(digits, "unknown")


def tax_id_outcome(number: str) -> str:
    """Of a company's number: `passes`, `passes_at_once`, `mismatch` or `not_issued`."""
    digits = number.replace("-", "").replace(" ", "")
    return {"111111111": "mismatch", "111111112": "not_issued", "222222222": "passes_at_once"}.get(digits, "passes")


def check_person(facts: AccountFacts, person: PersonFacts, *, complete: bool) -> Result:
    """How the check of a person stands. It begins when all is known of them, or when a document is given.

    In the United States it runs for a while; elsewhere, with a document and with the values that say so, it is done at once.
    """
    identity, address = _identity(person), _address(person.line1, person.check)
    apart = facts.country != "US"
    address_fails = address in _FAILING_ADDRESSES
    if not apart and address_fails and identity == "passes":
        identity = "fails"
    at_once = apart or person.document is not None or person.born == _AT_ONCE_BIRTH or person.id_number == "passes_at_once"
    of = (address, identity, person.document or "", person.additional_document or "")
    check = _going_on(person.check, of, ready=complete or person.document is not None, at_once=at_once)
    if check.step != "done":
        return Result(check)
    problems = []
    if person.document == "failure":
        problems.append(Problem("verification.document", "verification_document_failed_other", DOCUMENT_FAILED))
    elif person.document is None and identity != "passes":
        full_number_is_left = not apart and "id_number" not in person.given and "ssn_last_4" in person.given
        problems.append(Problem("id_number" if full_number_is_left and identity != "listed" else "verification.document",
                                "verification_failed_keyed_identity", IDENTITY_FAILED))
    if person.additional_document == "failure":
        problems.append(Problem("verification.additional_document", "verification_document_failed_other", DOCUMENT_FAILED))
    elif apart and address_fails and person.additional_document is None:
        problems.append(Problem("verification.additional_document", "verification_failed_address_match",
                                "The address could not be verified."))
    return Result(check, tuple(problems), passed=not problems, listed=identity == "listed" and person.document != "success")


def check_company(facts: AccountFacts, before: Check, address_fields: list[str], *, complete: bool) -> Result:
    """How the check of a company stands; `address_fields` are the parts of its address that its country asks for."""
    address = _address(facts.line1, before)
    number = "passes" if facts.document == "success" else (facts.tax_id or "passes").removesuffix("_at_once")
    at_once = facts.country != "US" or facts.document is not None or facts.tax_id == "passes_at_once"
    check = _going_on(before, (address, number, facts.document or ""), ready=complete, at_once=at_once)
    if check.step != "done":
        return Result(check)
    problems = []
    if address == "no_match":
        problems.append(_address_problem("company.address.line1"))
    elif address == "no_line_match":
        problems += [_address_problem(path) for path in address_fields]
    if number != "passes":
        problems.append(Problem("company.tax_id", "verification_failed_tax_id_match" if number == "mismatch" else
                                "verification_failed_tax_id_not_issued", "The tax id could not be verified."))
    if facts.document == "failure":
        problems.append(Problem("company.verification.document", "verification_document_failed_other", DOCUMENT_FAILED))
    return Result(check, tuple(problems), passed=not problems, stops=address == "no_line_match")


def next_step(check: Check) -> Check:
    """The check after some time: the address comes first, then the rest."""
    if check.step == "address":
        return replace(check, step="rest")
    return _done(check) if check.step == "rest" else check


def _identity(person: PersonFacts) -> str:
    """`passes`, `fails` or `listed`, of birth and number; the whole number counts for more than its last digits."""
    number = person.id_number or person.ssn_last_4 or "unknown"
    if person.born == _LISTED_BIRTH:
        return "listed"
    return "passes" if number != "fails" and (number != "unknown" or person.born in _PASSING_BIRTHS) else "fails"


def _address(line1: str | None, before: Check) -> str:
    return "full_match" if before.address_passed else _ADDRESSES.get(line1 or "", "passes")


def _address_problem(path: str) -> Problem:
    if path.endswith(".line1"):
        return Problem(path, "invalid_street_address", "The street could not be found.")
    return Problem(path, "invalid_address_city_state_postal_code", "City, state and postal code do not go together.")


def _going_on(before: Check, of: tuple[str, ...], *, ready: bool, at_once: bool) -> Check:
    if before.of == of or not ready:
        return before
    begun = Check("address", of, before.address_passed)
    return _done(begun) if at_once else begun


def _done(check: Check) -> Check:
    return replace(check, step="done", address_passed=check.of[0] == "full_match")
