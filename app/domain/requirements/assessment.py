"""The requirements engine: from what is known of an account to what it still needs, what it may do, and who is verified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from app.domain.choices import DAY
from app.domain.requirements.checks import Problem, Result, check_company, check_person
from app.domain.requirements.facts import AccountFacts, PersonFacts, Standing
from app.domain.requirements.needs import Needs, asked_of, group_of, missing

DEADLINE_S: Final = 14 * DAY
"""How long an account that has been onboarded has for what is asked of it later."""

_BANK: Final = "external_account"
OWNERSHIP: Final = "documents.bank_account_ownership_verification.files"
_ADDRESS_PARTS: Final = ("city", "line1", "postal_code", "state")


@dataclass(frozen=True)
class PersonAssessment:
    """What of a person follows: `requirements` as the API shows them, without prefix."""

    requirements: dict[str, Any]
    result: Result
    status: str
    """`unverified`, `pending` or `verified`."""


@dataclass(frozen=True)
class Assessment:
    """What follows from the facts. `requirements` are hashes as the API shows them."""

    requirements: dict[str, Any]
    details_submitted: bool
    charges_enabled: bool
    payouts_enabled: bool
    capabilities: dict[str, tuple[str, dict[str, Any]]]
    """Status and requirements of each capability that was asked for."""
    persons: dict[str, PersonAssessment]
    company: Result | None
    """How the check of the company stands; None for an account that is none."""
    standing: Standing

    @property
    def is_running(self) -> bool:
        """Whether a check will bring a result by itself."""
        return OWNERSHIP in self.requirements["pending_verification"] or any(
            result.check.is_running for result in _results(self.persons.values(), self.company))


def assess(facts: AccountFacts, standing: Standing, now: int) -> Assessment:
    """What follows from the facts at `now`, unix seconds, after all that the standing remembers."""
    return _Assessor(facts, standing, now).assess()


def preview(facts: AccountFacts, standing: Standing, now: int, capability: str) -> dict[str, Any]:
    """What a capability that was not requested would need."""
    wanted = replace(facts, capabilities={**facts.capabilities, capability: "unrequested"})
    needs = _Assessor(wanted, standing, now).needs_of(capability)
    reason = "requirements.fields_needed" if needs.current else None
    return _hash(Needs(needs.current, needs.eventual | needs.current), frozenset(), frozenset(), (), None, reason, [])


def demand_more(facts: AccountFacts, standing: Standing, now: int, blocks: str | None = None) -> Standing:
    """The standing once volume or risk has made more of the account due: all that was due eventually, or else more proof.

    With `blocks`, `charges` or `payouts`, it is past due at once for that purpose. Nothing is asked of an account that is
    not onboarded.
    """
    if not standing.onboarded:
        return standing
    present = assess(facts, standing, now)
    further = frozenset[str]() if present.requirements["eventually_due"] else frozenset(_further_proof(facts))
    asked = replace(present.standing, asks_all=True, demanded=standing.demanded | further)
    if blocks is None:
        return asked
    due = assess(facts, asked, now).requirements["currently_due"]
    return replace(asked, blocks={**asked.blocks, **dict.fromkeys(due, blocks)})


def _further_proof(facts: AccountFacts) -> Iterable[str]:
    """What is asked for where all is given. Our choice: outside of the United States, the documents."""
    if facts.individual is not None:
        heads = [("individual.", facts.individual)]
    else:
        heads = [(f"{person.id}.", person) for person in facts.persons if "representative" in person.roles]
        if facts.document != "success":
            yield "company.verification.document"
    for prefix, person in heads:
        if facts.country == "US" and "id_number" not in person.given:
            yield f"{prefix}id_number"
        elif person.document != "success":
            yield f"{prefix}verification.document"


def _results(persons: Iterable[PersonAssessment], company: Result | None) -> list[Result]:
    return [person.result for person in persons] + ([] if company is None else [company])


def _hash(needs: Needs, past: frozenset[str], pending: frozenset[str], problems: Iterable[Problem], deadline: int | None,
          reason: str | None, alternatives: list[Any]) -> dict[str, Any]:
    """The eight keys of `requirements`."""
    return {
        "alternatives": alternatives,
        "current_deadline": deadline,
        "currently_due": sorted(needs.current),
        "disabled_reason": reason,
        "errors": [{"code": code, "reason": why, "requirement": path} for path, code, why in sorted(problems)],
        "eventually_due": sorted(needs.eventual),
        "past_due": sorted(past),
        "pending_verification": sorted(pending),
    }


class _Assessor:
    """One assessment on its way."""

    def __init__(self, facts: AccountFacts, standing: Standing, now: int) -> None:
        self.facts, self.standing, self.now = facts, standing, now
        self.groups = {name: group_of(name, facts.capabilities) for name in facts.capabilities}
        if facts.type != "custom" and not facts.capabilities:
            # The hosted form requests the usual capabilities by itself.
            self.wanted = {"full"}
        else:
            self.wanted = {group for group in self.groups.values() if group is not None}
        self.needs = missing(facts, self.wanted)
        self.results = {person.id: self._check_person(person) for person in facts.persons}
        self.company = self._check_company()
        self.problems = self._all_problems()
        self.onboarded = standing.onboarded or (bool(self.wanted) and not self.needs.current - {_BANK})

    def assess(self) -> Assessment:
        facts = self.facts
        due, deadlines = self._due(), dict[str, int]()
        if self.onboarded:
            deadlines = {need: self.standing.deadlines.get(need, self._new_deadline(need)) for need in due}
        blocks = {need: purpose for need, purpose in self.standing.blocks.items() if need in due}
        past = frozenset(need for need in due if need in blocks or deadlines.get(need, self.now) <= self.now)
        self.due, self.past, self.blocks, self.deadlines = due, past, blocks, deadlines
        submitted = self.standing.details_submitted or (
            bool(self.wanted) and not self.needs.current if facts.type == "custom" else facts.form_completed)
        statuses = self._statuses()
        charges = facts.rejected is None and any(
            status == "active" and not name.startswith("tax_reporting_") for name, status in statuses.items())
        payouts = self._payouts_enabled(statuses)
        reason = self._reason(statuses, may_all=charges and payouts)
        requirements = self._requirements(due, past, self.pending(), self.problems, reason)
        standing = replace(
            self.standing, onboarded=self.onboarded, details_submitted=submitted, deadlines=deadlines, blocks=blocks,
            demanded=frozenset(need for need in self.standing.demanded if need in due),
            check=self.standing.check if self.company is None else self.company.check)
        return Assessment(
            requirements, submitted, charges, payouts,
            {name: (status, self._capability(name, status)) for name, status in statuses.items()},
            {person.id: self._person(person) for person in facts.persons}, self.company, standing)

    # What is due

    def needs_of(self, capability: str) -> Needs:
        """The fields that this capability alone lacks."""
        group = self.groups[capability]
        return missing(self.facts, () if group is None else (group,))

    def _due(self) -> frozenset[str]:
        asked = self.needs.current | {need for need in self.standing.demanded if self._is_left(need)}
        if self.standing.asks_all:
            asked |= self.needs.eventual
        if self.facts.bank_ownership == "asked" and OWNERSHIP not in self.facts.given:
            asked |= {OWNERSHIP}
        return asked | {problem.requirement for problem in self.problems}

    def _is_left(self, need: str) -> bool:
        """Whether a need that was demanded has still not been met; one of a person who is gone has nobody to meet it."""
        if need == "company.verification.document":
            return self.facts.document != "success"
        head, _, rest = need.partition(".")
        for person in self.facts.persons:
            if head in (person.id, "individual") and self.facts.prefix_of(person) == f"{head}.":
                return person.document != "success" if rest == "verification.document" else rest not in person.given
        return False

    def _new_deadline(self, need: str) -> int:
        """Of something that was not due before; at once for that without which something stops in any case."""
        stops = self.company is not None and self.company.stops and need.startswith("company.address")
        return self.now if need == _BANK or stops else self.now + DEADLINE_S

    # Checks

    def _check_person(self, person: PersonFacts) -> Result:
        prefix = self.facts.prefix_of(person)
        has_role = bool(person.roles) or prefix == "individual."
        known = person.born is not None or person.id_number is not None or person.ssn_last_4 is not None
        complete = has_role and known and bool(self.wanted) and not any(
            need.startswith(prefix) for need in self.needs.eventual)
        return check_person(self.facts, person, complete=complete)

    def _check_company(self) -> Result | None:
        facts = self.facts
        if facts.business_type in (None, "individual"):
            return None
        fields = asked_of(facts, self.wanted, "company.")
        # Whether all persons have been named is nothing to be looked up.
        left = [need for need in self.needs.current if need.startswith("company.") and not need.endswith("_provided")]
        complete = bool(fields) and not left
        return check_company(facts, self.standing.check, [path for path in fields if path.startswith("company.address")],
                             complete=complete)

    def _all_problems(self) -> list[Problem]:
        found = [] if self.company is None else list(self.company.problems)
        for person in self.facts.persons:
            prefix = self.facts.prefix_of(person)
            found += [problem._replace(requirement=prefix + problem.requirement)
                      for problem in self.results[person.id].problems]
        return found

    def pending(self) -> frozenset[str]:
        """What of the account is being checked.

        Our choice: what is checked of a company's persons shows on the account once its own fields are through, because
        the reference lists these alone.
        """
        facts, found = self.facts, set[str]()
        if self.company is not None and self.company.check.is_running:
            found.add("company.tax_id")
            if self.company.check.step == "address":
                found |= set(asked_of(facts, self.wanted, "company.address."))
        else:
            for person in facts.persons:
                found |= {facts.prefix_of(person) + path for path in self._pending_of(person)}
        if facts.bank_ownership == "checking":
            found.add(OWNERSHIP)
        return frozenset(found)

    def _pending_of(self, person: PersonFacts) -> set[str]:
        check = self.results[person.id].check
        if not check.is_running:
            return set()
        found = {"id_number"} | ({"verification.document"} if "id_number" in person.given else set())
        return found | {f"address.{part}" for part in _ADDRESS_PARTS} if check.step == "address" else found

    # What the account may do

    @property
    def _running(self) -> bool:
        results = [*self.results.values(), *([] if self.company is None else [self.company])]
        return any(result.check.is_running for result in results)

    def _own(self, name: str) -> frozenset[str]:
        """What is due for a capability; whom money goes to is no concern of it."""
        needs = self.needs_of(name)
        own = needs.current | (needs.eventual if self.standing.asks_all else frozenset())
        if self.groups[name] in ("full", "transfers"):
            collected = self.needs.eventual | self.needs.current
            own |= self.due - collected
        return (own & self.due) - {OWNERSHIP}

    def _statuses(self) -> dict[str, str]:
        statuses = {name: self._status(name, before) for name, before in self.facts.capabilities.items()}
        pair = ("card_payments", "transfers")
        if all(name in statuses for name in pair) and any(statuses[name] == "inactive" for name in pair):
            statuses |= dict.fromkeys(pair, "inactive")
        return statuses

    def _status(self, name: str, before: str) -> str:
        group = self.groups[name]
        if self.facts.rejected is not None or group is None:
            return "inactive"
        own = self._own(name) - {_BANK}
        if any(self.blocks.get(need) != "payouts" for need in own & self.past):
            return "inactive"
        if before == "active":
            return "active"
        if own & self.needs_of(name).current:
            return "inactive"
        return "pending" if self._running and group != "tax_reporting" else "active"

    def _payouts_enabled(self, statuses: Mapping[str, str]) -> bool:
        facts = self.facts
        usual = [name for name in statuses if self.groups[name] in ("full", "transfers")]
        if facts.rejected is not None or not self.onboarded or not usual or _BANK not in facts.given:
            return False
        if self.problems or any(self.blocks.get(need) != "charges" for need in self.past):
            return False
        if any(self.blocks.get(need) == "charges" for need in self.past):
            # Only charges are blocked: what has been earned is paid out as before.
            return True
        return any(statuses[name] == "active" for name in usual)

    def _reason(self, statuses: Mapping[str, str], *, may_all: bool) -> str | None:
        if self.facts.rejected is not None:
            return f"rejected.{self.facts.rejected}"
        if any(result.listed for result in self.results.values()):
            return "listed"
        # Our choice: an account whose payouts wait for a better answer is told so, before the answer is past due.
        if self.past or (self.due and not may_all):
            return "requirements.past_due"
        return "requirements.pending_verification" if "pending" in statuses.values() else None

    # How it is told

    def _requirements(self, due: frozenset[str], past: frozenset[str], pending: frozenset[str], problems: Iterable[Problem],
                      reason: str | None, eventual: frozenset[str] | None = None) -> dict[str, Any]:
        ahead = [self.deadlines[need] for need in due - self.past if need in self.deadlines]
        everything = due | (self.needs.eventual if eventual is None else eventual)
        return _hash(Needs(due, everything), past, pending, problems, min(ahead, default=None), reason, self._alternatives(due))

    def _alternatives(self, due: frozenset[str]) -> list[Any]:
        """Our choice: shown while the address of a website is due for which a description would do."""
        url, words = "business_profile.url", "business_profile.product_description"
        replaceable = url in due and words not in self.facts.given
        if not replaceable or words in self.needs.current:
            return []
        return [{"alternative_fields_due": [words], "original_fields_due": [url]}]

    def _capability(self, name: str, status: str) -> dict[str, Any]:
        own = self._own(name)
        past, needs = own & self.past, self.needs_of(name)
        reason = None
        if self.facts.rejected is not None:
            reason = f"rejected.{self.facts.rejected}"
        elif self.groups[name] is None:
            reason = "requirements.fields_needed"
        elif status == "inactive":
            reason = "requirements.past_due" if past else "requirements.fields_needed"
        elif status == "pending":
            reason = "requirements.pending_verification"
        problems = [problem for problem in self.problems if problem.requirement in own]
        pending = self.pending() - {OWNERSHIP} if self.groups[name] in ("full", "transfers") else frozenset[str]()
        return self._requirements(own, past, pending, problems, reason, own | needs.eventual)

    def _person(self, person: PersonFacts) -> PersonAssessment:
        prefix, result = self.facts.prefix_of(person), self.results[person.id]

        def own(paths: Iterable[str]) -> frozenset[str]:
            return frozenset(path.removeprefix(prefix) for path in paths if path.startswith(prefix))

        due = own(self.due)
        shown = _hash(Needs(due, due | own(self.needs.eventual)), own(self.past), frozenset(self._pending_of(person)),
                      result.problems, None, None, [])
        del shown["current_deadline"], shown["disabled_reason"]
        status = "pending" if result.check.is_running else "verified" if result.passed else "unverified"
        return PersonAssessment(shown, result, status)
