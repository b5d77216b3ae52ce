"""From an account that has said nothing to one that may take and pay out money, step by step as a platform goes."""

from __future__ import annotations

from typing import Any

from tests.support.api import Api
from tests.support.connected import HOME
from tests.support.onboarding import TERMS, Onboarding


def below(head: str, *names: str) -> list[str]:
    return [f"{head}.{name}" for name in names]


INDIVIDUAL = below("individual", "address.city", "address.line1", "address.postal_code", "address.state", "dob.day", "dob.month",
                   "dob.year", "email", "first_name", "last_name", "phone", "ssn_last_4")
TOS = ["tos_acceptance.date", "tos_acceptance.ip"]
CHANGED = ["account.updated", "capability.updated", "capability.updated"]
PAST_DUE = (False, False, False, "inactive", "requirements.past_due")


def test_an_american_individual(api: Api) -> None:
    account = Onboarding(api)
    assert account.due == ["business_profile.mcc", "business_profile.url", "business_type", "external_account",
                           "representative.first_name", "representative.last_name", *TOS]
    assert (account.heard(), account.may) == ([], PAST_DUE)
    account.update(business_type="individual")
    assert account.due == ["business_profile.mcc", "business_profile.url", "external_account", *INDIVIDUAL, *TOS]
    assert account.heard() == CHANGED
    account.update(business_profile={"mcc": "5734", "product_description": "Roses"})
    assert account.due == ["external_account", *INDIVIDUAL, *TOS]
    account.update(tos_acceptance=TERMS, external_account="btok_us_verified")
    assert (account.due, account.may) == (INDIVIDUAL, PAST_DUE)
    account.heard()
    shown = account.update(individual={"first_name": "Jenny", "last_name": "Rosen", "email": "jenny@example.com"})
    assert account.due == [need for need in INDIVIDUAL if not need.endswith(("name", "email"))]
    assert shown["individual"]["relationship"]["representative"] is True
    assert account.heard() == ["person.created", *CHANGED]
    account.update(individual={"phone": "0000000000", "address": HOME, "dob": {"day": 1, "month": 1, "year": 1901}})
    assert (account.due, account.may) == (["individual.ssn_last_4"], PAST_DUE)
    assert account.heard() == [*CHANGED, "person.updated"]
    shown = account.update(individual={"ssn_last_4": "0000"})
    assert account.may == (True, True, True, "active", None)
    assert shown["individual"]["verification"]["status"] == "verified"
    given, address, done = _by_account(account.news())
    # Given, with the address through, and with everything through.
    assert [event["type"] for event in given] == [*CHANGED, "person.updated"] == [event["type"] for event in address]
    assert [event["type"] for event in done] == [*CHANGED, "person.updated"]
    pending = below("individual", "address.city", "address.line1", "address.postal_code", "address.state", "id_number")
    assert given[0]["data"]["previous_attributes"] == {
        "capabilities": {"card_payments": "inactive", "transfers": "inactive"}, "details_submitted": False,
        "individual": {"requirements": {"currently_due": ["ssn_last_4"], "eventually_due": ["ssn_last_4"],
                                        "past_due": ["ssn_last_4"], "pending_verification": []},
                       "ssn_last_4_provided": False, "verification": {"status": "unverified"}},
        "requirements": {"currently_due": ["individual.ssn_last_4"], "disabled_reason": "requirements.past_due",
                         "eventually_due": ["individual.ssn_last_4"], "past_due": ["individual.ssn_last_4"],
                         "pending_verification": []}}
    assert given[0]["data"]["object"]["requirements"]["pending_verification"] == pending
    assert given[0]["data"]["object"]["requirements"]["disabled_reason"] == "requirements.pending_verification"
    assert address[0]["data"]["previous_attributes"]["requirements"] == {"pending_verification": pending}
    assert done[0]["data"]["previous_attributes"] == {
        "capabilities": {"card_payments": "pending", "transfers": "pending"}, "charges_enabled": False,
        "individual": {"requirements": {"pending_verification": ["id_number"]}, "verification": {"status": "pending"}},
        "payouts_enabled": False, "requirements": {"disabled_reason": "requirements.pending_verification",
                                                   "pending_verification": ["individual.id_number"]}}
    assert done[1]["data"]["previous_attributes"] == {"requirements": {
        "disabled_reason": "requirements.pending_verification", "pending_verification": ["individual.id_number"]},
        "status": "pending"}


def _by_account(events: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The events from each account.updated to the next."""
    starts = [place for place, event in enumerate(events) if event["type"] == "account.updated"]
    return [events[start:end] for start, end in zip(starts, [*starts[1:], len(events)], strict=True)]


LEADER = ["address.city", "address.line1", "address.postal_code", "address.state", "dob.day", "dob.month", "dob.year", "email",
          "first_name", "last_name", "phone", "relationship.executive", "relationship.title", "ssn_last_4"]
AMERICAN_COMPANY = below("company", "address.city", "address.line1", "address.postal_code", "address.state", "name",
                         "owners_provided", "phone", "tax_id")
JENNY = {"first_name": "Jenny", "last_name": "Rosen", "email": "jenny@example.com", "phone": "0000000000", "address": HOME,
         "dob": {"day": 1, "month": 1, "year": 1901}}  # fmt: skip


def test_an_american_company_with_owners(api: Api) -> None:
    account = Onboarding(api, business_type="company", business_profile={"mcc": "5734", "url": "https://rosen.example.com"},
                         tos_acceptance=TERMS, external_account="btok_us_verified")
    named = below("owners", "email", "first_name", "last_name")
    assert account.due == sorted([*AMERICAN_COMPANY, *named, *below("representative", *LEADER)])
    assert account.now["requirements"]["eventually_due"] == sorted([
        *account.due, *below("owners", "address.city", "address.line1", "address.postal_code", "address.state", "dob.day",
                             "dob.month", "dob.year", "phone", "ssn_last_4")])
    assert account.heard() == ["account.external_account.created"]
    account.update(company={"name": "Rosen Roses", "phone": "0000000000", "tax_id": "000000000", "address": HOME})
    assert account.due == sorted(["company.owners_provided", *named, *below("representative", *LEADER)])
    # Nothing holds the company's own check back, which goes on in its steps.
    assert account.heard() == CHANGED * 3
    leader = account.person(first_name="Jenny", relationship={"representative": True, "title": "CEO"})["id"]
    left = [need for need in LEADER if need not in ("first_name", "relationship.title")]
    assert account.due == sorted(["company.owners_provided", *named, *below(leader, *left)])
    assert account.heard() == ["person.created", *CHANGED]
    owner = account.person(first_name="Jane", email="jane@example.com", relationship={
        "owner": True, "percent_ownership": "40"})["id"]
    assert account.due == sorted(["company.owners_provided", *below(leader, *left), f"{owner}.last_name"])
    later = ["address.city", "address.line1", "address.postal_code", "address.state", "dob.day", "dob.month", "dob.year",
             "phone", "ssn_last_4"]
    assert account.now["requirements"]["eventually_due"] == sorted([*account.due, *below(owner, *later)])
    api.post(f"/v1/accounts/{account.id}/persons/{owner}", last_name="Austen")
    account.heard()
    # The representative owns the rest, so that all owners are known, and need not be an executive.
    person = api.post(f"/v1/accounts/{account.id}/persons/{leader}", **JENNY, relationship={
        "owner": True, "percent_ownership": "60"})
    assert person["requirements"]["currently_due"] == ["ssn_last_4"]
    assert (account.due, account.may) == ([f"{leader}.ssn_last_4"], PAST_DUE)
    assert account.heard() == ["person.updated", *CHANGED]
    person = api.post(f"/v1/accounts/{account.id}/persons/{leader}", ssn_last_4="0000")
    assert (person["verification"]["status"], account.may) == ("verified", (True, True, True, "active", None))
    assert account.now["requirements"]["eventually_due"] == below(owner, *later)
    # Given, with the address through, and with everything through.
    given, address, done = _by_account(account.news()[1:])
    assert [event["type"] for event in (*given, *address, *done)] == [
        *CHANGED, *CHANGED, "person.updated", *CHANGED, "person.updated"]
    assert given[0]["data"]["object"]["requirements"]["pending_verification"] == below(
        leader, "address.city", "address.line1", "address.postal_code", "address.state", "id_number")
    assert address[0]["data"]["object"]["requirements"]["pending_verification"] == [f"{leader}.id_number"]
    account.update(company={"owners_provided": True})
    assert account.may == (True, True, True, "active", None)


def test_the_other_way_to_all_owners(api: Api) -> None:
    account = Onboarding(api, business_type="company")
    account.update(company={"owners_provided": True})
    assert not [need for need in account.now["requirements"]["eventually_due"] if "owners" in need]
    account.update(company={"owners_provided": False, "structure": "sole_proprietorship"})
    assert not [need for need in account.now["requirements"]["eventually_due"] if "owners" in need or "relationship" in need]
    account.update(company={"structure": ""})
    assert "owners.dob.day" in account.now["requirements"]["eventually_due"]


LONDON = {"line1": "address_full_match", "city": "London", "postal_code": "N1 9GU"}
EUROPEAN = ["address.city", "address.line1", "address.postal_code", "dob.day", "dob.month", "dob.year", "email", "first_name",
            "last_name"]


def test_a_british_individual(api: Api) -> None:
    account = Onboarding(api, country="GB", business_type="individual")
    human = below("individual", *EUROPEAN, "phone")
    assert account.due == ["business_profile.mcc", "business_profile.url", "external_account", *human, *TOS]
    assert account.now["default_currency"] == "gbp"
    account.update(business_profile={"mcc": "5734", "url": "https://rosen.example.com"}, tos_acceptance=TERMS)
    account.update(individual=JENNY | {"address": LONDON})
    assert account.due == ["external_account"]
    # Whom money goes to is no concern of charges.
    assert account.may == (False, True, False, "active", "requirements.past_due")
    assert account.now["individual"]["verification"]["status"] == "verified"
    account.heard()
    account.update(external_account="btok_gb_gbp")
    assert account.may == (True, True, True, "active", None)
    assert account.heard() == ["account.external_account.created", *CHANGED]


def test_a_german_company(api: Api) -> None:
    account = Onboarding(api, country="DE", business_type="company", tos_acceptance=TERMS, external_account="btok_de",
                         business_profile={"mcc": "5734", "url": "https://rosen.example.com"})
    director = ["dob.day", "dob.month", "dob.year", "email", "first_name", "last_name", "relationship.title"]
    leader = [*EUROPEAN, "phone", "relationship.executive", "relationship.title"]
    company = below("company", "address.city", "address.line1", "address.postal_code", "directors_provided",
                    "executives_provided", "name", "owners_provided", "phone", "tax_id")
    assert account.due == sorted([*company, *below("directors", *director), *below("executives", *EUROPEAN),
                                  *below("owners", *EUROPEAN), *below("representative", *leader)])
    berlin = {"line1": "address_full_match", "city": "Berlin", "postal_code": "10115"}
    account.update(company={"name": "Rosen GmbH", "phone": "0000000000", "tax_id": "HRB 1234", "address": berlin})
    person = account.person(**JENNY | {"address": berlin}, relationship={
        "representative": True, "director": True, "executive": True, "title": "CEO"})
    assert (person["requirements"]["eventually_due"], person["verification"]["status"]) == ([], "verified")
    assert account.due == sorted([*below("company", "directors_provided", "executives_provided", "owners_provided"),
                                  *below("owners", *EUROPEAN)])
    account.update(company={"directors_provided": True, "executives_provided": True})
    owner = account.person(first_name="Jane", relationship={"owner": True})["id"]
    assert account.due == sorted(["company.owners_provided", *below(owner, *(n for n in EUROPEAN if n != "first_name"))])
    api.post(f"/v1/accounts/{account.id}/persons/{owner}", **JENNY | {"address": berlin})
    account.heard()
    account.update(company={"owners_provided": True})
    assert account.may == (True, True, True, "active", None)
    # Outside of the United States nothing is pending: all is known with the last answer.
    assert account.heard() == CHANGED
    refused = api.refused("DELETE", f"/v1/accounts/{account.id}/persons/{person['id']}")
    assert refused.error["message"] == "You cannot delete this person because they are the only verified executive."
    api.delete(f"/v1/accounts/{account.id}/persons/{owner}")
    assert account.may == (True, True, True, "active", None)


def test_an_australian_company(api: Api) -> None:
    sydney = {"line1": "address_full_match", "city": "Sydney", "postal_code": "2000", "state": "NSW"}
    account = Onboarding(
        api, country="AU", business_type="company", tos_acceptance=TERMS, external_account={
            "object": "bank_account", "country": "AU", "currency": "aud", "account_number": "000123456",
            "routing_number": "110000"},
        business_profile={"mcc": "5734", "url": "https://rosen.example.com"}, company={
            "name": "Rosen Pty", "phone": "0000000000", "tax_id": "000000000", "address": sydney, "structure": "public_company",
            "directors_provided": True, "executives_provided": True})
    leader = ["address.city", "address.line1", "address.postal_code", "address.state", "dob.day", "dob.month", "dob.year",
              "email", "first_name", "last_name", "phone", "relationship.title"]
    assert account.due == ["company.registration_number", *below("representative", *leader)]
    account.update(company={"registration_number": "123456789"})
    account.person(**JENNY | {"address": sydney}, relationship={"representative": True, "title": "CEO"})
    assert account.may == (True, True, True, "active", None)


def test_canadians_say_less(api: Api) -> None:
    account = Onboarding(api, country="CA", business_type="individual")
    assert account.due == sorted(["external_account", *TOS, *below(
        "individual", "address.city", "address.line1", "address.postal_code", "address.state", "dob.day", "dob.month",
        "dob.year", "first_name", "last_name")])
    account.update(tos_acceptance=TERMS, external_account="btok_ca", individual={
        "first_name": "Jenny", "last_name": "Rosen", "dob": JENNY["dob"], "address": HOME | {"state": "ON"}})
    assert account.may == (True, True, True, "active", None)
