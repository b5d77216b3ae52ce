"""What must hold of the persons behind connected accounts, and of what follows from all that is known of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from app.control.checks import Books, Problem
from app.db.roots import Account
from app.db.session import entity
from app.domain.requirements import Check, Standing, assess
from app.resources.accounts.operations import facts_of
from app.resources.accounts.tables import AccountVerification
from app.resources.persons.tables import Person

_LISTS = ("currently_due", "eventually_due", "pending_verification")


def accounts_have_one_representative(books: Books) -> Iterator[Problem]:
    """nobody but one person represents an account"""
    representatives = books.rows(Person, Person.representative.is_(True))
    for account_id, number in Counter(person.account_id for person in representatives).items():
        if number > 1:
            yield Problem(account_id, "account", account_id, f"has {number} representatives")


def requirements_follow_from_what_is_known(books: Books) -> Iterator[Problem]:
    """what accounts and persons need, and who is verified, are what the engine says of their rows"""
    for verification in books.rows(AccountVerification):
        account = _account_with_rows(books, verification.account_id)
        if account is None or account.deleted:
            continue
        standing = Standing.of_document(verification.standing)
        # What is due does not depend on when it is looked at; only what is past due does.
        found = assess(facts_of(account, verification), standing, verification.created)
        shown = account.requirements or {}
        for name in _LISTS:
            if shown.get(name) != found.requirements[name]:
                yield Problem(account.id, "account", account.id, f"{name} is {shown.get(name)}, and should be "
                                                                 f"{found.requirements[name]}")
        for person in account.__dict__["persons"]:
            expected = found.persons[person.id]
            if (person.verification_status, person.requirements["eventually_due"]) != (
                    expected.status, expected.requirements["eventually_due"]):
                yield Problem(account.id, "person", person.id, f"is {person.verification_status}, and should be "
                                                               f"{expected.status}")


def verifications_go_on_while_checks_run(books: Books) -> Iterator[Problem]:
    """an account that is there is looked at again ⇔ a check runs or something has a deadline"""
    for verification in books.rows(AccountVerification):
        account = _account_with_rows(books, verification.account_id)
        if account is None or account.deleted:
            continue
        deadline = (account.requirements or {}).get("current_deadline")
        checks = [Check.of_document(person.check) for person in account.__dict__["persons"]]
        checks.append(Standing.of_document(verification.standing).check)
        running = any(check.is_running for check in checks)
        if verification.deadline_at != deadline or (running and verification.steps_at is None):
            yield Problem(account.id, "account", account.id, f"is looked at again at {verification.deadline_at} and "
                                                             f"{verification.steps_at}, with the deadline {deadline}")


def _account_with_rows(books: Books, id: str) -> Account | None:
    account = books.session.first(Account, entity(Account).where(Account.id == id))
    if account is not None:
        for relation in ("bank_accounts", "capabilities", "cards", "persons"):
            books.session.load([account], relation)
    return account
