"""What an onboarding page asks, and what it shows of what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.context import Context
from app.db.roots import Account
from app.domain.onboarding import ROLES, Step, known_values, people_step, steps_for
from app.render import present
from app.resources.account_links.tables import AccountLink
from app.resources.persons.operations import all_persons
from app.resources.persons.tables import Person

NAMED_ROLES: Final = (("owners", "Name an owner"), ("directors", "Name a director"), ("executives", "Name an executive"))
"""Who can be named besides those who have to be."""

_HEADS: Final = ("business_profile", "company")


class Questions:
    """What is asked of an account by the page of a link, at this moment."""

    def __init__(self, ctx: Context, account: Account, link: AccountLink, shown: Mapping[str, Any]) -> None:
        """`shown` is the account as its API object."""
        self.is_update = link.type == "account_update"
        there = ctx.acting_as(account)
        self._persons = all_persons(there, account)
        self.requirements: Mapping[str, Any] = account.requirements or {}
        due = self.requirements[link.collect]
        self.known = self._known(there, account, shown) if self.is_update else {}
        steps = steps_for([*due, *self.known], called=self.name_of)
        # Who it is that sells decides what else is asked.
        self.steps = steps[:1] if not self.is_update and steps and steps[0].key == "kind" else steps

    @property
    def names(self) -> list[str]:
        """Those who have been named."""
        return [_name(person) for person in self._persons]

    def name_of(self, person_id: str) -> str:
        """What the person is called."""
        return next((_name(person) for person in self._persons if person.id == person_id), "Somebody")

    def step(self, key: str | None) -> Step | None:
        """The step that was asked for, or the first; None where nothing is left to be asked."""
        for step in self.steps:
            if step.key == key:
                return step
        if key in ROLES:
            return people_step(key, called=self.name_of)
        return self.steps[0] if self.steps else None

    def needed(self, step: Step) -> frozenset[str]:
        """The fields of the step that must be answered."""
        if self.is_update:
            return frozenset()
        return frozenset(field.name for field in step.fields
                         if not field.name.endswith((".routing_number", ".line2")))

    def problems(self) -> dict[str, str]:
        """What verification has found wrong, by requirement."""
        return {error["requirement"]: error["reason"] for error in self.requirements.get("errors", ())}

    def _known(self, ctx: Context, account: Account, shown: Mapping[str, Any]) -> dict[str, str]:
        known = {"business_type": account.business_type or "", "external_account": ""}
        for head in _HEADS:
            known |= known_values(shown.get(head) or {}, head)
        if account.business_type == "individual":
            return {name: value for name, value in known.items() if not name.startswith("company.")} | known_values(
                shown.get("individual") or {}, "individual")
        for person in self._persons:
            known |= known_values(present(ctx.session, person), person.id)
        return known


def _name(person: Person) -> str:
    return " ".join(filter(None, (person.first_name, person.last_name))) or "Somebody without a name"


def facts_of(shown: Mapping[str, Any], names: Sequence[str]) -> list[tuple[str, str]]:
    """What is told before everything is submitted."""
    profile = shown.get("business_profile") or {}
    banks = [f"•••• {account['last4']} ({account['currency']})" for account in shown["external_accounts"]["data"]]
    told = (("Business", profile.get("name") or profile.get("url") or profile.get("product_description")),
            ("Country", shown["country"]), ("People", ", ".join(names)), ("Payouts to", ", ".join(banks)))
    return [(label, value) for label, value in told if value]
