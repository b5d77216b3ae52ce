"""What an onboarding page asks, worked out from the requirements alone."""

from __future__ import annotations

import pytest

from app.domain.onboarding import Step, known_values, passing_value, people_step, steps_for


def steps(*wanted: str) -> tuple[Step, ...]:
    return steps_for(wanted, called={"person_1": "Jane Diaz", "person_2": "Ann Owner"}.__getitem__)


def names(step: Step) -> list[str]:
    return [field.name for field in step.fields]


def test_an_individual_is_asked_in_the_order_of_a_conversation() -> None:
    asked = steps("tos_acceptance.date", "tos_acceptance.ip", "individual.ssn_last_4", "individual.dob.year",
                  "individual.dob.day", "individual.dob.month",
                  "individual.address.postal_code", "individual.address.line1", "individual.last_name",
                  "individual.first_name", "external_account", "business_profile.url", "business_profile.mcc", "business_type")
    assert [(step.key, step.title) for step in asked] == [
        ("kind", "Who sells"), ("business", "What is sold"), ("individual", "About you"), ("bank", "Where payouts go"),
        ("terms", "Terms of service")]
    assert [names(step) for step in asked] == [
        ["business_type"],
        ["business_profile.mcc", "business_profile.url"],
        ["individual.first_name", "individual.last_name", "individual.dob.day", "individual.dob.month", "individual.dob.year",
         "individual.ssn_last_4", "individual.address.line1", "individual.address.postal_code"],
        ["external_account.country", "external_account.currency", "external_account.account_number",
         "external_account.routing_number"],
        ["tos_acceptance"]]


def test_a_company_is_asked_for_people_that_are_known_and_for_those_that_are_not() -> None:
    asked = steps("company.owners_provided", "company.name", "owners.first_name", "person_1.relationship.title",
                  "person_2.email", "company.tax_id")
    assert [(step.key, step.title, names(step)) for step in asked] == [
        ("company", "The company", ["company.name", "company.tax_id"]),
        ("person_1", "Jane Diaz", ["person_1.relationship.title"]),
        ("person_2", "Ann Owner", ["person_2.email"]),
        ("owners", "Somebody who owns the company", ["owners.first_name"]),
        ("people", "Who else belongs to the company", ["company.owners_provided"])]


def test_a_requirement_that_nobody_foresaw_is_asked_by_its_own_name() -> None:
    asked = steps("settings.treasury.reason_for_use", "documents.company_license.files")
    assert [(step.key, [(field.name, field.label, field.kind) for field in step.fields]) for step in asked] == [
        ("documents", [("documents.company_license.files", "The company's license", "file")]),
        ("more", [("settings.treasury.reason_for_use", "Reason for use", "text")])]


def test_what_is_known_is_shown_and_what_is_secret_only_told() -> None:
    person = {"first_name": "Jane", "last_name": None, "dob": {"day": 1, "month": 12, "year": 1990}, "ssn_last_4_provided": True,
              "id_number_provided": False, "relationship": {"executive": True, "title": "CEO", "percent_ownership": None},
              "address": {"city": "Berlin", "line1": None}, "verification": {"document": {"front": "file_1"}}}
    assert known_values(person, "person_1") == {
        "person_1.first_name": "Jane", "person_1.dob.day": "1", "person_1.dob.month": "12", "person_1.dob.year": "1990",
        "person_1.relationship.executive": "true", "person_1.relationship.title": "CEO", "person_1.ssn_last_4": "",
        "person_1.address.city": "Berlin"}
    assert known_values({"mcc": "5734", "url": None}, "business_profile") == {"business_profile.mcc": "5734"}


@pytest.mark.parametrize(("country", "currency", "answers"), [
    ("US", "usd", {"external_account.account_number": "000123456789", "external_account.routing_number": "110000000"}),
    ("DE", "eur", {"external_account.account_number": "DE89370400440532013000", "external_account.routing_number": ""}),
    ("GB", "gbp", {"external_account.account_number": "00012345", "external_account.routing_number": "108800"}),
])
def test_test_values_are_those_of_the_country(country: str, currency: str, answers: dict[str, str]) -> None:
    [bank] = steps("external_account")
    assert {field.name: passing_value(field, country, currency) for field in bank.fields} == {
        "external_account.country": country, "external_account.currency": currency, **answers}


def test_somebody_may_be_added_though_nobody_has_to_be() -> None:
    step = people_step("owners", called=str)
    assert (step.key, step.title) == ("owners", "Somebody who owns the company")
    assert names(step) == ["owners.first_name", "owners.last_name", "owners.email", "owners.dob.day", "owners.dob.month",
                           "owners.dob.year"]
