"""What accounts need, from hand-made facts: lists worked out from the behaviour reference, and what holds for any facts."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.choices import DAY
from app.domain.requirements import (
    AccountFacts,
    Assessment,
    Check,
    PersonFacts,
    Standing,
    assess,
    demand_more,
    identity_outcome,
    next_step,
    preview,
    tax_id_outcome,
)

NOW = 1_660_000_000
BOTH = {"card_payments": "inactive", "transfers": "inactive"}


def names(text: str, prefix: str = "") -> frozenset[str]:
    """`address(city line1)` is short for address.city and address.line1."""
    found = set()
    for word in text.split():
        head, _, parts = word.partition(":")
        found |= {f"{prefix}{head}.{part}" for part in parts.split(",")} if parts else {prefix + head}
    return frozenset(found)


PROFILE = names("business_profile:mcc,url business_type external_account tos_acceptance:date,ip")
HUMAN = names("address:city,line1,postal_code,state dob:day,month,year email first_name last_name phone")
AMERICAN = HUMAN | {"ssn_last_4"}
AMERICAN_COMPANY = names("address:city,line1,postal_code,state name phone tax_id owners_provided", "company.")
LEADER = AMERICAN | names("relationship:executive,title")
EUROPEAN = HUMAN - {"address.state"}


def below(prefix: str, fields: frozenset[str]) -> frozenset[str]:
    return frozenset(f"{prefix}.{field}" for field in fields)


def person(given: frozenset[str] = AMERICAN, **facts: Any) -> PersonFacts:
    """A representative, born on the day that passes."""
    return PersonFacts(**{
        "id": "person_1", "given": given, "roles": frozenset({"representative"}), "born": (1901, 1, 1),
        "line1": "address_full_match", "ssn_last_4": "passes", **facts})


def individual(**facts: Any) -> AccountFacts:
    """An American individual who has given everything."""
    return AccountFacts(**{"country": "US", "business_type": "individual", "given": PROFILE, "capabilities": BOTH,
                           "persons": (person(),), **facts})


def company(**facts: Any) -> AccountFacts:
    """An American company that has given everything; its representative owns all of it."""
    leader = person(LEADER - {"relationship.executive"}, roles=frozenset({"owners", "representative"}),
                    percent_ownership=Decimal(100))
    return AccountFacts(**{"country": "US", "business_type": "company", "given": PROFILE | AMERICAN_COMPANY,
                           "capabilities": BOTH, "persons": (leader,), "line1": "address_full_match", "tax_id": "passes",
                           **facts})


def settled(facts: AccountFacts, standing: Standing | None = None, now: int = NOW) -> tuple[AccountFacts, Assessment]:
    """The facts and what follows from them once all checks have ended."""
    found = assess(facts, standing or Standing(), now)
    while found.is_running and facts.bank_ownership != "checking":
        facts = carried(facts, found, step=True)
        standing = replace(found.standing, check=next_step(found.standing.check))
        found = assess(facts, standing, now)
    return carried(facts, found), found


def carried(facts: AccountFacts, found: Assessment, *, step: bool = False) -> AccountFacts:
    """The facts with what an assessment says of persons and capabilities."""
    persons = []
    for each in facts.persons:
        check = found.persons[each.id].result.check
        persons.append(replace(each, check=next_step(check) if step else check))
    return replace(facts, persons=tuple(persons),
                   capabilities={name: status for name, (status, _) in found.capabilities.items()})


def lists(found: Assessment) -> dict[str, Any]:
    return {key: found.requirements[key] for key in ("currently_due", "eventually_due", "past_due", "pending_verification")}


def enabled(found: Assessment) -> tuple[Any, ...]:
    """Charges, payouts, both capabilities where they are the same, and why not."""
    [status] = {status for status, _ in found.capabilities.values()}
    return found.charges_enabled, found.payouts_enabled, status, found.requirements["disabled_reason"]


# What is needed at first


def test_an_american_individual_who_has_said_nothing() -> None:
    found = assess(AccountFacts(country="US", business_type="individual", capabilities=BOTH,
                                given=frozenset({"business_type"})), Standing(), NOW)
    due = [
        "business_profile.mcc", "business_profile.url", "external_account", "individual.address.city",
        "individual.address.line1", "individual.address.postal_code", "individual.address.state", "individual.dob.day",
        "individual.dob.month", "individual.dob.year", "individual.email", "individual.first_name", "individual.last_name",
        "individual.phone", "individual.ssn_last_4", "tos_acceptance.date", "tos_acceptance.ip"]
    assert found.requirements == {
        "alternatives": [{"original_fields_due": ["business_profile.url"],
                          "alternative_fields_due": ["business_profile.product_description"]}],
        "current_deadline": None, "currently_due": due, "disabled_reason": "requirements.past_due", "errors": [],
        "eventually_due": due, "past_due": due, "pending_verification": []}
    assert (found.details_submitted, enabled(found)) == (False, (False, False, "inactive", "requirements.past_due"))


def test_an_american_company_that_has_said_nothing() -> None:
    found = assess(AccountFacts(country="US", business_type="company", capabilities=BOTH,
                                given=frozenset({"business_type"})), Standing(), NOW)
    current = sorted(
        PROFILE - {"business_type"} | AMERICAN_COMPANY | below("owners", names("email first_name last_name"))
        | below("representative", LEADER))
    eventual = sorted({*current, *below("owners", names(
        "address:city,line1,postal_code,state dob:day,month,year phone ssn_last_4"))})
    assert lists(found) == {"currently_due": current, "eventually_due": eventual, "past_due": current,
                            "pending_verification": []}
    assert len(current) == 30


def test_an_account_that_has_not_said_what_it_is() -> None:
    facts = AccountFacts(country="US", capabilities=BOTH)
    assert assess(facts, Standing(), NOW).requirements["currently_due"] == [
        "business_profile.mcc", "business_profile.url", "business_type", "external_account", "representative.first_name",
        "representative.last_name", "tos_acceptance.date", "tos_acceptance.ip"]
    somebody = replace(facts, persons=(person(frozenset()),))
    assert "person_1.first_name" in assess(somebody, Standing(), NOW).requirements["currently_due"]


@pytest.mark.parametrize(("country", "kind", "minus", "plus"), [
    ("GB", "individual", "", ""),
    ("DE", "individual", "", ""),
    ("AU", "individual", "", "individual.address.state"),
    ("CA", "individual", "business_profile:mcc,url individual.email individual.phone", "individual.address.state"),
    ("SG", "individual", "individual.address.city",
     "individual.full_name_aliases individual.id_number individual.nationality"),
])
def test_individuals_elsewhere(country: str, kind: str, minus: str, plus: str) -> None:
    found = assess(AccountFacts(country=country, business_type=kind, capabilities=BOTH), Standing(), NOW)
    expected = (PROFILE | below("individual", EUROPEAN)) - names(minus) | names(plus)
    assert found.requirements["currently_due"] == found.requirements["eventually_due"] == sorted(expected)


def test_a_european_company() -> None:
    found = assess(AccountFacts(country="DE", business_type="company", capabilities=BOTH), Standing(), NOW)
    known = names("address:city,line1,postal_code dob:day,month,year email first_name last_name")
    assert found.requirements["currently_due"] == sorted(
        PROFILE | names("address:city,line1,postal_code directors_provided executives_provided name owners_provided phone "
                        "tax_id", "company.")
        | below("directors", names("dob:day,month,year email first_name last_name relationship.title"))
        | below("executives", known) | below("owners", known)
        | below("representative", known | names("phone relationship:executive,title")))


def test_a_company_that_has_named_everybody() -> None:
    flags = names("directors_provided executives_provided owners_provided", "company.")
    found = assess(AccountFacts(country="DE", business_type="company", capabilities=BOTH, given=flags), Standing(), NOW)
    assert not [need for need in found.requirements["eventually_due"]
                if need.startswith(("directors", "executives", "owners", "company.owners", "company.directors"))]


@pytest.mark.parametrize(("structure", "business_type", "gone"), [
    ("sole_proprietorship", "company", "owners company.owners_provided relationship.executive relationship.title"),
    ("single_member_llc", "company", "owners company.owners_provided relationship.executive relationship.title"),
    ("public_corporation", "company", "owners company.owners_provided relationship.executive"),
    ("incorporated_non_profit", "non_profit", "owners company.owners_provided"),
    (None, "non_profit", "owners company.owners_provided"),
    ("governmental_unit", "government_entity", "owners company.owners_provided"),
    ("private_corporation", "company", ""),
    ("llc", "company", ""),
])
def test_structures(structure: str | None, business_type: str, gone: str) -> None:
    plain = AccountFacts(country="US", business_type="company", capabilities=BOTH)
    before = assess(plain, Standing(), NOW).requirements["eventually_due"]
    after = assess(replace(plain, structure=structure, business_type=business_type), Standing(), NOW)
    assert after.requirements["eventually_due"] == [
        need for need in before if not any(need.startswith(f"{word}.") or need.endswith(word) for word in gone.split())]


def test_a_person_takes_the_place_of_their_role() -> None:
    leader = person(names("first_name last_name"), roles=frozenset({"representative"}))
    owner = PersonFacts(id="person_2", given=names("email"), roles=frozenset({"owners"}))
    found = assess(company(given=PROFILE | AMERICAN_COMPANY - {"company.owners_provided"}, persons=(leader, owner)),
                   Standing(), NOW)
    assert found.requirements["currently_due"] == sorted(
        {"company.owners_provided"} | below("person_1", LEADER - names("first_name last_name"))
        | below("person_2", names("first_name last_name")))
    assert found.persons["person_2"].requirements == {
        "alternatives": [], "currently_due": ["first_name", "last_name"], "errors": [],
        "eventually_due": sorted(AMERICAN - {"email"}), "past_due": ["first_name", "last_name"], "pending_verification": []}


def test_somebody_without_a_role_needs_nothing() -> None:
    found = assess(company(persons=(PersonFacts(id="person_9"),)), Standing(), NOW)
    assert found.persons["person_9"].requirements["eventually_due"] == []


@pytest.mark.parametrize(("shares", "provided"), [("100", True), ("60 40", True), ("60 39.9", False), ("- - - -", True),
                                                  ("- - -", False), ("75 -", True)])
def test_owners_of_everything_are_all_owners(shares: str, provided: bool) -> None:
    owners = tuple(PersonFacts(id=f"person_{index}", roles=frozenset({"owners"}),
                               percent_ownership=None if share == "-" else Decimal(share))
                   for index, share in enumerate(shares.split()))
    found = assess(AccountFacts(country="US", business_type="company", capabilities=BOTH, persons=owners), Standing(), NOW)
    assert ("company.owners_provided" not in found.requirements["currently_due"]) is provided


@pytest.mark.parametrize(("path", "satisfied"), [
    ("business_profile.product_description", "business_profile.url"),
])
def test_one_field_for_another(path: str, satisfied: str) -> None:
    found = assess(individual(given=PROFILE - {satisfied} | {path}), Standing(), NOW)
    assert (found.requirements["currently_due"], found.requirements["alternatives"]) == ([], [])


def test_the_whole_number_says_its_last_digits() -> None:
    whole = person(AMERICAN - {"ssn_last_4"} | {"id_number"}, ssn_last_4=None, id_number="passes")
    assert assess(individual(persons=(whole,)), Standing(), NOW).requirements["currently_due"] == []


def test_transfers_alone() -> None:
    found = assess(AccountFacts(country="US", business_type="individual", capabilities={"transfers": "inactive"}),
                   Standing(), NOW)
    current = names("business_type external_account tos_acceptance:date,ip") | below(
        "individual", names("first_name last_name dob:day,month,year email"))
    assert found.requirements["currently_due"] == sorted(current)
    assert found.requirements["eventually_due"] == sorted(
        current | below("individual", names("address:city,line1,postal_code,state ssn_last_4")))


def test_tax_reporting_is_active_before_the_number_is_checked() -> None:
    whole = person(AMERICAN | {"id_number"}, id_number="passes")
    found = assess(individual(persons=(whole,), capabilities={**BOTH, "tax_reporting_us_1099_k": "inactive"}), Standing(), NOW)
    assert {name: status for name, (status, _) in found.capabilities.items()} == {
        "card_payments": "pending", "transfers": "pending", "tax_reporting_us_1099_k": "active"}
    assert (found.charges_enabled, "individual.id_number" in found.requirements["pending_verification"]) == (False, True)


def test_legacy_payments_are_not_given_any_more() -> None:
    found = assess(individual(capabilities={"legacy_payments": "inactive"}), Standing(), NOW)
    status, requirements = found.capabilities["legacy_payments"]
    assert (status, requirements["disabled_reason"]) == ("inactive", "requirements.fields_needed")


def test_what_a_capability_would_need() -> None:
    facts = AccountFacts(country="US", business_type="individual", capabilities={})
    shown = preview(facts, Standing(), NOW, "tax_reporting_us_1099_k")
    assert shown["currently_due"] == sorted(below("individual", names(
        "address:city,line1,postal_code,state first_name last_name id_number")))
    assert shown["disabled_reason"] == "requirements.fields_needed"


# How verification goes on


def test_an_individual_is_verified_in_steps() -> None:
    facts = individual()
    found = assess(facts, Standing(), NOW)
    address = [f"individual.address.{part}" for part in ("city", "line1", "postal_code", "state")]
    assert lists(found) == {"currently_due": [], "eventually_due": [], "past_due": [],
                            "pending_verification": [*address, "individual.id_number"]}
    assert (found.details_submitted, enabled(found)) == (True, (False, False, "pending", "requirements.pending_verification"))
    assert found.persons["person_1"].status == "pending"
    found = assess(facts := carried(facts, found, step=True), found.standing, NOW)
    assert found.requirements["pending_verification"] == ["individual.id_number"]
    found = assess(carried(facts, found, step=True), found.standing, NOW)
    assert (enabled(found), found.persons["person_1"].status) == ((True, True, "active", None), "verified")
    assert found.requirements["pending_verification"] == []


def test_the_whole_number_is_checked_with_the_document() -> None:
    found = assess(individual(persons=(person(AMERICAN | {"id_number"}, id_number="passes"),)), Standing(), NOW)
    assert found.requirements["pending_verification"][-2:] == ["individual.id_number", "individual.verification.document"]


def test_a_company_is_verified_in_steps() -> None:
    facts = company()
    found = assess(facts, Standing(), NOW)
    address = [f"company.address.{part}" for part in ("city", "line1", "postal_code", "state")]
    assert found.requirements["pending_verification"] == [*address, "company.tax_id"]
    assert found.persons["person_1"].requirements["pending_verification"] == [
        "address.city", "address.line1", "address.postal_code", "address.state", "id_number"]
    with_document = replace(facts, document="success")
    assert assess(with_document, Standing(), NOW).requirements["pending_verification"] == [
        "person_1.address.city", "person_1.address.line1", "person_1.address.postal_code", "person_1.address.state",
        "person_1.id_number"]
    _, found = settled(facts)
    assert (enabled(found), lists(found)["eventually_due"]) == ((True, True, "active", None), [])


@pytest.mark.parametrize("values", [
    pytest.param({"born": (1902, 1, 1)}, id="a birth"),
    pytest.param({"given": AMERICAN | {"id_number"}, "id_number": "passes_at_once"}, id="a number"),
    pytest.param({"given": AMERICAN | {"verification.document"}, "document": "success"}, id="a document"),
])
def test_some_values_pass_at_once(values: dict[str, Any]) -> None:
    found = assess(individual(persons=(person(**values),)), Standing(), NOW)
    assert (found.is_running, enabled(found), found.persons["person_1"].status) == (
        False, (True, True, "active", None), "verified")


@pytest.mark.parametrize(("number", "outcome"), [
    ("000000000", "passes"), ("000-00-0000", "passes"), ("0000", "passes"), ("222222222", "passes_at_once"),
    ("111111111", "fails"), ("1111", "fails"), ("123456789", "unknown"), ("6789", "unknown")])
def test_numbers_of_persons(number: str, outcome: str) -> None:
    assert identity_outcome(number) == outcome


@pytest.mark.parametrize(("number", "outcome"), [
    ("000000000", "passes"), ("000000001", "passes"), ("123456789", "passes"), ("00-0000000", "passes"),
    ("222222222", "passes_at_once"), ("111111111", "mismatch"), ("111111112", "not_issued")])
def test_numbers_of_companies(number: str, outcome: str) -> None:
    assert tax_id_outcome(number) == outcome


@pytest.mark.parametrize(("born", "number", "line1", "status"), [
    # A failing value beats a passing one; without either it fails.
    ((1901, 1, 1), "unknown", "1 High Street", "verified"),
    ((1902, 1, 1), "unknown", "1 High Street", "verified"),
    ((1990, 5, 5), "passes", "1 High Street", "verified"),
    ((1990, 5, 5), "passes_at_once", "1 High Street", "verified"),
    ((1990, 5, 5), "unknown", "address_full_match", "unverified"),
    ((1901, 1, 1), "fails", "address_full_match", "unverified"),
    ((1901, 1, 1), "passes", "address_no_match", "unverified"),
    ((1901, 1, 1), "passes", "address_line1_no_match", "unverified"),
    ((1900, 1, 1), "passes", "address_full_match", "unverified"),
])
def test_americans(born: tuple[int, int, int], number: str, line1: str, status: str) -> None:
    somebody = person(AMERICAN | {"id_number"}, born=born, id_number=number, line1=line1)
    _, found = settled(individual(persons=(somebody,)))
    assert found.persons["person_1"].status == status
    if status == "unverified":
        assert found.requirements["currently_due"] == ["individual.verification.document"]
        assert found.requirements["errors"] == [{
            "code": "verification_failed_keyed_identity", "reason": "Provided identity information could not be verified",
            "requirement": "individual.verification.document"}]
        listed = born == (1900, 1, 1)
        assert enabled(found) == (True, False, "active", "listed" if listed else "requirements.past_due")
        assert found.requirements["current_deadline"] == NOW + 14 * DAY


def test_the_whole_number_is_asked_for_before_the_document() -> None:
    facts, found = settled(individual(persons=(person(ssn_last_4="fails"),)))
    assert found.requirements["currently_due"] == ["individual.id_number"]
    again = replace(facts.persons[0], given=AMERICAN | {"id_number"}, id_number="passes")
    _, found = settled(replace(facts, persons=(again,)), found.standing)
    assert (lists(found)["currently_due"], enabled(found)) == ([], (True, True, "active", None))
    _, found = settled(replace(facts, persons=(replace(again, id_number="fails"),)), found.standing)
    assert found.requirements["currently_due"] == ["individual.verification.document"]


@pytest.mark.parametrize(("document", "status", "codes"), [
    ("success", "verified", []), ("failure", "unverified", ["verification_document_failed_other"])])
def test_a_document_overrides_a_number(document: str, status: str, codes: list[str]) -> None:
    for number in ("passes", "fails"):
        somebody = person(AMERICAN | {"id_number"}, id_number=number, document=document)
        found = assess(individual(persons=(somebody,)), Standing(), NOW)
        assert (found.is_running, found.persons["person_1"].status) == (False, status)
        assert [error["code"] for error in found.requirements["errors"]] == codes


@pytest.mark.parametrize(("number", "line1", "due"), [
    ("passes", "address_full_match", []),
    ("passes", "address_no_match", ["individual.verification.additional_document"]),
    ("fails", "address_full_match", ["individual.verification.document"]),
    ("fails", "address_no_match", ["individual.verification.additional_document", "individual.verification.document"]),
])
def test_addresses_are_checked_apart_elsewhere(number: str, line1: str, due: list[str]) -> None:
    somebody = person(EUROPEAN | {"id_number"}, id_number=number, line1=line1)
    facts, found = settled(individual(country="GB", persons=(somebody,)))
    assert (found.is_running, found.requirements["currently_due"]) == (False, due)
    assert enabled(found)[:3] == (True, not due, "active")
    proven = replace(facts.persons[0], document="success", additional_document="success")
    found = assess(replace(facts, persons=(proven,)), found.standing, NOW)
    assert (found.requirements["currently_due"], found.persons["person_1"].status) == ([], "verified")


def test_an_address_that_has_passed_stays_good() -> None:
    facts, found = settled(individual(country="GB", persons=(person(EUROPEAN),)))
    worse = replace(facts.persons[0], line1="address_no_match")
    assert assess(replace(facts, persons=(worse,)), found.standing, NOW).requirements["errors"] == []


@pytest.mark.parametrize(("facts", "due", "codes", "may"), [
    ({"line1": "address_no_match"}, ["company.address.line1"], ["invalid_street_address"], (True, False, "active")),
    ({"line1": "address_line1_no_match"},
     ["company.address.city", "company.address.line1", "company.address.postal_code", "company.address.state"],
     ["invalid_address_city_state_postal_code", "invalid_street_address", "invalid_address_city_state_postal_code",
      "invalid_address_city_state_postal_code"], (False, False, "inactive")),
    ({"tax_id": "mismatch"}, ["company.tax_id"], ["verification_failed_tax_id_match"], (True, False, "active")),
    ({"tax_id": "not_issued"}, ["company.tax_id"], ["verification_failed_tax_id_not_issued"], (True, False, "active")),
    ({"tax_id": "mismatch", "document": "success"}, [], [], (True, True, "active")),
])
def test_companies(facts: dict[str, Any], due: list[str], codes: list[str], may: tuple[Any, ...]) -> None:
    _, found = settled(company(**facts))
    assert found.requirements["currently_due"] == due
    assert [error["code"] for error in found.requirements["errors"]] == codes
    assert [error["requirement"] for error in found.requirements["errors"]] == due
    assert enabled(found) == (*may, "requirements.past_due" if due else None)


def test_a_bank_account_is_no_concern_of_charges() -> None:
    _, found = settled(individual(given=PROFILE - {"external_account"}))
    assert (found.details_submitted, enabled(found)) == (False, (True, False, "active", "requirements.past_due"))
    assert lists(found)["past_due"] == ["external_account"]


def test_a_bank_account_whose_owner_is_to_be_proven() -> None:
    facts, found = settled(individual(bank_ownership="asked"))
    assert lists(found)["currently_due"] == ["documents.bank_account_ownership_verification.files"]
    assert enabled(found) == (True, True, "active", None)
    given = replace(facts, given=facts.given | {"documents.bank_account_ownership_verification.files"})
    assert lists(assess(given, found.standing, NOW))["currently_due"] == []


# What is asked for later


def test_a_deadline_passes() -> None:
    facts, found = settled(individual())
    less = replace(facts, given=facts.given - {"business_profile.mcc"})
    asked = assess(less, found.standing, NOW + 100)
    deadline = NOW + 100 + 14 * DAY
    assert (asked.requirements["current_deadline"], lists(asked)["past_due"], enabled(asked)) == (
        deadline, [], (True, True, "active", None))
    before = assess(less, asked.standing, deadline - 1)
    assert (before.requirements, enabled(before)) == (asked.requirements, enabled(asked))
    after = assess(less, asked.standing, deadline)
    assert (after.requirements["current_deadline"], lists(after)["past_due"], enabled(after)) == (
        None, ["business_profile.mcc"], (False, False, "inactive", "requirements.past_due"))
    found = assess(carried(facts, after), after.standing, deadline + 1)
    assert (enabled(found), found.standing.deadlines) == ((True, True, "active", None), {})


@pytest.mark.parametrize(("given", "need"), [
    (AMERICAN, "individual.id_number"), (AMERICAN | {"id_number"}, "individual.verification.document")])
def test_more_is_asked_of_an_individual(given: frozenset[str], need: str) -> None:
    facts, found = settled(individual(persons=(person(given, id_number="passes" if "id_number" in given else None),)))
    standing = demand_more(facts, found.standing, NOW)
    asked = assess(facts, standing, NOW)
    assert (lists(asked)["currently_due"], asked.requirements["current_deadline"]) == ([need], NOW + 14 * DAY)
    assert enabled(asked) == (True, True, "active", None)
    more = replace(facts.persons[0], given=given | {need.removeprefix("individual.")}, id_number="passes", document="success")
    done = assess(replace(facts, persons=(more,)), asked.standing, NOW)
    assert (lists(done)["eventually_due"], done.standing.demanded) == ([], frozenset())


def test_more_is_asked_of_a_company() -> None:
    facts, found = settled(company())
    assert lists(assess(facts, demand_more(facts, found.standing, NOW), NOW))["currently_due"] == [
        "company.verification.document", "person_1.id_number"]


def test_what_is_due_eventually_becomes_due() -> None:
    owner = PersonFacts(id="person_2", given=names("email first_name last_name"), roles=frozenset({"owners"}))
    facts, found = settled(company(persons=(*company().persons, owner)))
    later = sorted(below("person_2", AMERICAN - names("email first_name last_name")))
    assert (lists(found)["currently_due"], lists(found)["eventually_due"]) == ([], later)
    assert lists(assess(facts, demand_more(facts, found.standing, NOW), NOW))["currently_due"] == later


@pytest.mark.parametrize(("purpose", "may"), [
    ("charges", (False, True, "inactive")), ("payouts", (True, False, "active"))])
def test_a_block(purpose: str, may: tuple[Any, ...]) -> None:
    facts, found = settled(individual())
    blocked = assess(facts, demand_more(facts, found.standing, NOW, purpose), NOW)
    assert lists(blocked) == {"currently_due": ["individual.id_number"], "eventually_due": ["individual.id_number"],
                              "past_due": ["individual.id_number"], "pending_verification": []}
    assert (enabled(blocked), blocked.requirements["current_deadline"]) == ((*may, "requirements.past_due"), None)
    more = replace(facts.persons[0], given=AMERICAN | {"id_number"}, id_number="passes")
    _, done = settled(replace(carried(facts, blocked), persons=(more,)), blocked.standing)
    assert (enabled(done), done.standing.blocks) == ((True, True, "active", None), {})


def test_nothing_more_is_asked_of_a_new_account() -> None:
    assert demand_more(individual(given=frozenset()), Standing(), NOW, "charges") == Standing()


def test_a_rejected_account_keeps_its_lists() -> None:
    facts, found = settled(individual(given=PROFILE - {"external_account"}))
    rejected = assess(replace(facts, rejected="fraud"), found.standing, NOW)
    assert enabled(rejected) == (False, False, "inactive", "rejected.fraud")
    assert lists(rejected) == lists(found)


def test_the_hosted_form_says_when_details_are_submitted() -> None:
    facts, found = settled(individual(type="express"))
    assert (found.details_submitted, found.charges_enabled) == (False, True)
    assert assess(replace(facts, form_completed=True), found.standing, NOW).details_submitted


def test_what_is_remembered_survives_a_column() -> None:
    standing = Standing(True, True, True, {"external_account": 7}, frozenset({"individual.id_number"}),
                        {"individual.id_number": "charges"}, Check("rest", ("a", "b"), True))
    assert Standing.of_document(standing.as_document()) == standing
    assert Standing.of_document(None) == Standing()


# Any facts

PERSON_FIELDS = sorted(LEADER | names("id_number verification.document address.town full_name_aliases nationality"))
ACCOUNT_FIELDS = sorted(PROFILE | AMERICAN_COMPANY | names(
    "company.directors_provided company.executives_provided company.registration_number company.structure "
    "business_profile:product_description,support_phone"))
OUTCOMES = st.none() | st.sampled_from(("success", "failure"))
CHECKS = st.builds(Check, st.sampled_from(("", "address", "rest", "done")), st.just(("passes", "passes", "", "")), st.booleans())
ROLE_SETS = st.frozensets(st.sampled_from(("directors", "executives", "owners", "representative")))
PERSONS = st.builds(
    PersonFacts, id=st.just(""), given=st.frozensets(st.sampled_from(PERSON_FIELDS)), roles=ROLE_SETS,
    percent_ownership=st.none() | st.decimals(0, 100, places=2), born=st.none() | st.sampled_from(
        ((1900, 1, 1), (1901, 1, 1), (1902, 1, 1), (1990, 5, 5))),
    line1=st.none() | st.sampled_from(("address_full_match", "address_no_match", "1 High Street")),
    id_number=st.none() | st.sampled_from(("passes", "fails", "unknown", "passes_at_once")),
    ssn_last_4=st.none() | st.sampled_from(("passes", "fails")), document=OUTCOMES, additional_document=OUTCOMES, check=CHECKS)
STATUSES = st.sampled_from(("active", "inactive", "pending"))
FACTS = st.builds(
    AccountFacts, country=st.sampled_from(("US", "GB", "CA", "AU", "SG", "JP", "AE", "IN", "TH")),
    type=st.sampled_from(("custom", "express", "standard")),
    business_type=st.none() | st.sampled_from(("company", "individual", "non_profit")),
    given=st.frozensets(st.sampled_from(ACCOUNT_FIELDS)),
    capabilities=st.dictionaries(st.sampled_from(
        ("card_payments", "transfers", "ideal_payments", "legacy_payments", "tax_reporting_us_1099_k")), STATUSES),
    persons=st.lists(PERSONS, max_size=3).map(
        lambda found: tuple(replace(each, id=f"person_{index}") for index, each in enumerate(found))),
    structure=st.none() | st.sampled_from(("llc", "sole_proprietorship", "public_company")),
    line1=st.none() | st.sampled_from(("address_full_match", "address_no_match", "address_line1_no_match")),
    tax_id=st.none() | st.sampled_from(("passes", "mismatch", "passes_at_once")), document=OUTCOMES,
    bank_ownership=st.none() | st.sampled_from(("asked", "checking")), rejected=st.none() | st.just("fraud"))
STANDINGS = st.builds(Standing, onboarded=st.booleans(), details_submitted=st.booleans(), asks_all=st.booleans(),
                      deadlines=st.dictionaries(st.sampled_from(ACCOUNT_FIELDS), st.integers(NOW - 5, NOW + 5)))


@given(FACTS, STANDINGS)
def test_buckets_contain_each_other(facts: AccountFacts, standing: Standing) -> None:
    found = assess(facts, standing, NOW)
    hashes = [found.requirements, *(shown for _, shown in found.capabilities.values()),
              *(each.requirements for each in found.persons.values())]
    for shown in hashes:
        for key in ("currently_due", "eventually_due", "past_due", "pending_verification"):
            assert shown[key] == sorted(set(shown[key]))
        assert set(shown["eventually_due"]) >= set(shown["currently_due"]) >= set(shown["past_due"])
    for _, shown in found.capabilities.values():
        if not facts.capabilities.keys() & {"tax_reporting_us_1099_k"}:
            assert set(shown["eventually_due"]) <= set(found.requirements["eventually_due"])
    for each in facts.persons:
        prefix = facts.prefix_of(each)
        assert {prefix + need for need in found.persons[each.id].requirements["eventually_due"]} == {
            need for need in found.requirements["eventually_due"] if need.startswith(prefix)}


@given(FACTS, STANDINGS)
def test_who_may_not_is_told_why(facts: AccountFacts, standing: Standing) -> None:
    found = assess(facts, standing, NOW)
    usual = [name for name in facts.capabilities if name not in ("legacy_payments", "tax_reporting_us_1099_k")]
    if usual and not (found.charges_enabled and found.payouts_enabled):
        assert found.requirements["disabled_reason"] is not None
    if found.requirements["disabled_reason"] is None and usual:
        assert found.requirements["past_due"] == []
    assert found.details_submitted >= standing.details_submitted
    deadline = found.requirements["current_deadline"]
    assert deadline is None or deadline > NOW


@given(FACTS, STANDINGS)
def test_looking_again_changes_nothing(facts: AccountFacts, standing: Standing) -> None:
    first = assess(facts, standing, NOW)
    again = assess(carried(facts, first), first.standing, NOW)
    third = assess(carried(carried(facts, first), again), again.standing, NOW)
    assert (again.requirements, again.standing) == (third.requirements, third.standing)
    assert again.standing == first.standing


@given(FACTS, st.sampled_from(ACCOUNT_FIELDS))
def test_saying_more_asks_for_nothing_else(facts: AccountFacts, field: str) -> None:
    before = assess(facts, Standing(), NOW)
    after = assess(replace(facts, given=facts.given | {field}), Standing(), NOW)
    new = set(after.requirements["eventually_due"]) - set(before.requirements["eventually_due"])
    # What was said may turn out to be wrong, which is found out once all of it is there.
    wrong = {error["requirement"] for error in after.requirements["errors"]}
    assert new <= wrong
    assert field not in after.requirements["currently_due"] or field in wrong


@given(FACTS, st.data())
def test_a_person_who_says_more_is_asked_for_nothing_else(facts: AccountFacts, data: st.DataObject) -> None:
    if not facts.persons:
        return
    field = data.draw(st.sampled_from(PERSON_FIELDS))
    more = replace(facts.persons[0], given=facts.persons[0].given | {field})
    before = assess(facts, Standing(), NOW)
    after = assess(replace(facts, persons=(more, *facts.persons[1:])), Standing(), NOW)
    new = set(after.requirements["eventually_due"]) - set(before.requirements["eventually_due"])
    assert new <= {error["requirement"] for error in after.requirements["errors"]}
