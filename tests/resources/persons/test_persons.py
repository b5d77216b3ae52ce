"""The endpoints of persons: what they take, show and refuse, and who hears of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.resources.files.test_files import image
from tests.support.api import Api
from tests.support.connected import HOME, acting_for
from tests.support.onboarding import Onboarding
from tests.support.rows import everything, row_counts

EMPTY = {"alternatives": [], "currently_due": [], "errors": [], "eventually_due": [], "past_due": [], "pending_verification": []}
NO_DOCUMENT = {"back": None, "details": None, "details_code": None, "front": None}
EVERYTHING = {
    "address": HOME | {"country": "US", "line2": "Flat 2"},
    "address_kana": {"line1": "カ", "town": "マチ"}, "address_kanji": {"line1": "漢", "town": "町"},
    "dob": {"day": 1, "month": 1, "year": 1901}, "email": "jenny@example.com", "first_name": "Jenny",
    "first_name_kana": "ジェニー", "first_name_kanji": "珍", "full_name_aliases": ["Jen", "Jenny R."], "gender": "female",
    "id_number": "000000000", "id_number_secondary": "918273645", "last_name": "Rosen", "last_name_kana": "ローゼン",
    "last_name_kanji": "薔", "maiden_name": "Austen", "metadata": {"order": "7"}, "nationality": "US", "phone": "4155552671",
    "political_exposure": "none", "registered_address": {"city": "Boston"}, "ssn_last_4": "0000",
    "relationship": {"director": True, "executive": True, "owner": True, "percent_ownership": "25.5", "representative": True,
                     "title": "CEO"},
    "verification": {"document": {"front": "file_identity_document_success", "back": "file_identity_document_success"},
                     "additional_document": {"front": "file_identity_document_success"}},
    "documents": {"passport": {"files": ["file_identity_document_success"]}},
}  # fmt: skip


@pytest.fixture
def company(api: Api) -> Onboarding:
    return Onboarding(api, business_type="company")


def test_a_person_of_whom_nothing_is_known(company: Onboarding) -> None:
    person = company.person()
    assert person == {
        "id": person["id"], "object": "person", "account": company.id, "created": person["created"],
        "dob": {"day": None, "month": None, "year": None}, "first_name": None, "future_requirements": EMPTY,
        "id_number_provided": False, "last_name": None, "metadata": {},
        "relationship": {"director": False, "executive": False, "owner": False, "percent_ownership": None,
                         "representative": False, "title": None},
        "requirements": EMPTY, "ssn_last_4_provided": False,
        "verification": {"additional_document": NO_DOCUMENT, "details": None, "details_code": None, "document": NO_DOCUMENT,
                         "status": "unverified"}}
    assert person["id"].startswith("person_1")
    # Nobody without a role is of any concern to the account.
    assert company.heard() == ["person.created"]


def test_a_person_of_whom_everything_is_known(company: Onboarding) -> None:
    person = company.person(**EVERYTHING)
    for name in ("dob", "email", "first_name", "first_name_kana", "first_name_kanji", "full_name_aliases", "gender", "last_name",
                 "last_name_kana", "last_name_kanji", "maiden_name", "metadata", "nationality", "political_exposure"):
        assert person[name] == EVERYTHING[name]
    assert person["address"] == EVERYTHING["address"]
    assert person["registered_address"] == {
        "city": "Boston", "country": None, "line1": None, "line2": None, "postal_code": None, "state": None}
    assert person["address_kana"]["town"] == "マチ" and person["address_kanji"]["line1"] == "漢"
    assert person["phone"] == "+14155552671"
    assert person["relationship"] == EVERYTHING["relationship"] | {"percent_ownership": 25.5}
    assert [person[name] for name in ("id_number_provided", "id_number_secondary_provided", "ssn_last_4_provided")] == [True] * 3
    assert person["verification"]["status"] == "verified"
    assert person["verification"]["document"]["front"].startswith("file_1")
    assert "documents" not in person
    path = f"/v1/accounts/{company.id}/persons/{person['id']}"
    assert company.platform.get(path) == person
    shown = company.platform.get(path, expand=["verification.document.front", "verification.additional_document.front"])
    assert shown["verification"]["document"]["front"]["purpose"] == "identity_document"
    assert shown["verification"]["additional_document"]["front"]["object"] == "file"


def test_numbers_are_not_kept(company: Onboarding) -> None:
    company.person(first_name="Jenny", id_number="123-45-7395", id_number_secondary="918273645", ssn_last_4="7395")
    pii = company.platform.post("/v1/tokens", pii={"id_number": "567891234"})["id"]
    assert company.person(id_number=pii)["id_number_provided"] is True
    company.update(company={"tax_id": "314159265", "vat_id": "271828182"})
    refused = company.platform.refused("POST", f"/v1/accounts/{company.id}/persons", id_number="5678912345")
    assert (refused.error["param"], "5678912345" in refused.error["message"]) == ("id_number", False)
    company.platform.server.recorder.flush()
    kept = everything(company.platform.server)
    for secret in ("123-45-7395", "123457395", "'7395'", '"7395"', "918273645", "567891234", "314159265", "271828182",
                   "5678912345"):
        assert secret not in kept


def test_a_number_in_a_token_is_good_for_one_use(company: Onboarding) -> None:
    pii = company.platform.post("/v1/tokens", pii={"id_number": "111111111"})["id"]
    whole = {name: value for name, value in EVERYTHING.items() if name not in ("verification", "ssn_last_4")}
    person = company.person(**whole | {"id_number": pii})
    assert person["verification"]["details_code"] == "failed_keyed_identity"
    refused = company.platform.refused("POST", f"/v1/accounts/{company.id}/persons", id_number=pii)
    assert (refused.status, refused.error["code"], refused.error["param"], refused.error["message"]) == (
        400, "token_already_used", "id_number", f"You cannot use a Stripe token more than once: {pii}.")


def test_a_change_names_what_was_before(company: Onboarding) -> None:
    person = company.person(first_name="Jenny", address=HOME, relationship={"owner": True, "title": "CFO"})
    company.heard()
    changed = company.platform.post(
        f"/v1/accounts/{company.id}/people/{person['id']}", first_name="Jane", address={"city": "Oakland"},
        relationship={"percent_ownership": "50"}, metadata={"a": "1"})
    assert changed["address"] == HOME | {"city": "Oakland", "country": None, "line2": None}
    [heard] = company.news()
    assert (heard["type"], heard["data"]["object"], heard["data"]["previous_attributes"]) == ("person.updated", changed, {
        "address": {"city": "San Francisco"}, "first_name": "Jenny", "metadata": {"a": None},
        "relationship": {"percent_ownership": None}})
    assert company.platform.post(f"/v1/accounts/{company.id}/persons/{person['id']}") == changed
    assert company.heard() == []
    cleared = company.platform.post(
        f"/v1/accounts/{company.id}/persons/{person['id']}", metadata="", relationship={"percent_ownership": ""}, dob="",
        full_name_aliases="")
    assert (cleared["metadata"], cleared["relationship"]["percent_ownership"], cleared["full_name_aliases"]) == ({}, None, [])


def test_persons_come_before_the_account_that_they_change(company: Onboarding) -> None:
    person = company.person(first_name="Jenny", relationship={"representative": True})
    assert company.heard() == ["person.created", "account.updated", "capability.updated", "capability.updated"]
    company.platform.post(f"/v1/accounts/{company.id}/persons/{person['id']}", last_name="Rosen")
    created, account, *_ = company.news()
    assert (created["type"], account["type"]) == ("person.updated", "account.updated")
    need = f"{person['id']}.last_name"
    before = account["data"]["previous_attributes"]["requirements"]
    assert need in before["currently_due"] and need not in account["data"]["object"]["requirements"]["currently_due"]
    assert company.platform.delete(f"/v1/accounts/{company.id}/persons/{person['id']}") == {
        "id": person["id"], "object": "person", "deleted": True}
    deleted, account, *capabilities = company.news()
    assert [event["type"] for event in (deleted, account, *capabilities)] == [
        "person.deleted", "account.updated", "capability.updated", "capability.updated"]
    assert deleted["data"]["object"]["last_name"] == "Rosen"
    assert "representative.first_name" in account["data"]["object"]["requirements"]["past_due"]
    refused = company.platform.refused("GET", f"/v1/accounts/{company.id}/persons/{person['id']}")
    assert (refused.status, refused.error["code"], refused.error["param"], refused.error["message"]) == (
        404, "resource_missing", "person", f"No such person: '{person['id']}'")


def test_lists_are_of_those_who_are_all_that_is_asked_for(company: Onboarding) -> None:
    roles = {"a": {"owner": True}, "b": {"owner": True, "director": True}, "c": {"executive": True}, "d": {}}
    ids = {name: company.person(first_name=name, relationship=given)["id"] for name, given in roles.items()}

    def names(**filters: Any) -> list[str]:
        page = company.platform.get(f"/v1/accounts/{company.id}/people", **filters)
        assert page["url"] == f"/v1/accounts/{company.id}/persons"
        return [person["first_name"] for person in page["data"]]

    assert names() == ["d", "c", "b", "a"]
    assert names(relationship={"owner": True}) == ["b", "a"]
    assert names(relationship={"owner": True, "director": True}) == ["b"]
    assert names(relationship={"executive": True}) == ["c"]
    assert names(relationship={"representative": True}) == []
    assert names(limit=2, starting_after=ids["c"]) == ["b", "a"]


def test_there_is_one_representative(company: Onboarding) -> None:
    first = company.person(first_name="Jenny", relationship={"representative": True})
    company.heard()
    second = company.person(first_name="Jane", relationship={"representative": True})
    assert second["relationship"]["representative"] is True
    path = f"/v1/accounts/{company.id}/persons"
    assert company.platform.get(f"{path}/{first['id']}")["relationship"]["representative"] is False
    assert [event for event in company.heard() if event.startswith("person")] == ["person.created", "person.updated"]


def test_an_individual_is_one_person(api: Api) -> None:
    account = Onboarding(api, business_type="individual")
    assert "individual" not in account.now
    person = account.update(individual={"first_name": "Jenny"})["individual"]
    path = f"/v1/accounts/{account.id}/persons"
    assert api.get(path)["data"] == [person] and person["relationship"]["representative"] is True
    assert "individual.last_name" in account.due and "last_name" in person["requirements"]["currently_due"]
    changed = api.post(f"{path}/{person['id']}", last_name="Rosen")
    assert account.now["individual"] == changed
    for method, where, params, param, message in (
            ("POST", path, {"first_name": "Jane"}, None,
             "An account with the business type individual has one person only: update `individual` instead."),
            ("POST", f"{path}/{person['id']}", {"relationship": {"representative": False}}, "relationship[representative]",
             "The person behind an account with the business type individual represents it."),
            ("DELETE", f"{path}/{person['id']}", {}, None,
             "You cannot delete this person because they are the account opener.")):
        refused = api.refused(method, where, **params)
        assert (refused.status, refused.error.get("param"), refused.error["message"]) == (400, param, message)
    # Of an individual the company is themselves.
    account.update(individual={"phone": "4155552671", "address": HOME})
    shown = account.now["company"]
    assert shown == {
        "address": HOME | {"country": None, "line2": None}, "directors_provided": True, "executives_provided": True, "name": None,
        "owners_provided": True, "phone": "+14155552671", "tax_id_provided": False,
        "verification": {"document": {"back": None, "details": None, "details_code": None, "front": None}}}
    turned = account.update(business_type="company")
    assert "individual" not in turned
    assert api.get(path)["data"][0]["id"] == person["id"]
    assert account.update(business_type="individual")["individual"]["first_name"] == "Jenny"


def test_only_an_individual_has_an_individual(company: Onboarding) -> None:
    refused = company.platform.refused("POST", f"/v1/accounts/{company.id}", individual={"first_name": "Jenny"})
    assert (refused.status, refused.error["param"]) == (400, "individual")


@pytest.mark.parametrize("type", ["express", "standard"])
def test_who_opened_an_account_stays(api: Api, type: str) -> None:
    account = Onboarding(api, type=type, business_type="company")
    person = account.person(first_name="Jenny", relationship={"representative": True})
    refused = api.refused("DELETE", f"/v1/accounts/{account.id}/persons/{person['id']}")
    assert (refused.status, refused.error["message"]) == (
        400, "You cannot delete this person because they are the account opener.")


def test_the_only_verified_executive_stays(company: Onboarding) -> None:
    proven = {"relationship": {"executive": True}, "verification": {"document": {"front": "file_identity_document_success"}}}
    person, path = company.person(**proven), f"/v1/accounts/{company.id}/persons"
    assert person["verification"]["status"] == "verified"
    refused = company.platform.refused("DELETE", f"{path}/{person['id']}")
    assert refused.error["message"] == "You cannot delete this person because they are the only verified executive."
    company.person(**proven)
    assert company.platform.delete(f"{path}/{person['id']}")["deleted"]


@pytest.mark.parametrize(("params", "code", "param", "message"), [
    ({"dob": {"day": 1, "month": 1}}, "parameter_missing", "dob[year]", "Missing required param: dob[year]."),
    ({"dob": {"day": 1, "month": 1, "year": 85}}, None, "dob[year]", "The year of birth must have four digits."),
    ({"dob": {"day": 1, "month": 13, "year": 1985}}, None, "dob[month]", "The month of birth must be between 1 and 12."),
    ({"dob": {"day": 29, "month": 2, "year": 2023}}, None, "dob[day]", "There is no such day."),
    ({"dob": {"day": 1, "month": 1, "year": 2020}}, None, "dob[year]", "A person must be at least 13 years old."),
    ({"id_number": "12345678"}, None, "id_number", "An American id_number has 9 digits."),
    ({"id_number": "12345678X"}, None, "id_number", "An American id_number has 9 digits."),
    ({"ssn_last_4": "123"}, None, "ssn_last_4", "An American ssn_last_4 has 4 digits."),
    ({"phone": "no number"}, None, "phone", '"no number" is not a valid phone number'),
    ({"relationship": {"percent_ownership": "101"}}, None, "relationship[percent_ownership]",
     "This value must be less than or equal to 100."),
    ({"relationship": {"boss": True}}, "parameter_unknown", "relationship[boss]",
     "Received unknown parameter: relationship[boss]"),
    ({"verification": {"document": {"front": "file_x"}}}, "resource_missing", "verification[document][front]",
     "No such file: 'file_x'"),
    ({"documents": {"visa": {"files": ["file_x"]}}}, "resource_missing", "documents[visa][files][0]", "No such file: 'file_x'"),
    ({"id_number": "pii_x"}, "resource_missing", "id_number", "No such token: 'pii_x'"),
    ({"person_token": "cpt_x"}, "resource_missing", "person_token", "No such token: 'cpt_x'"),
])
def test_what_a_person_cannot_be(company: Onboarding, params: dict[str, Any], code: str | None, param: str,
                                 message: str) -> None:
    before = row_counts(company.platform.server)
    refused = company.platform.refused("POST", f"/v1/accounts/{company.id}/persons", **params)
    assert (refused.status, refused.error.get("code"), refused.error["param"], refused.error["message"]) == (
        400, code, param, message)
    assert (row_counts(company.platform.server), company.heard()) == (before, [])


def test_refusals_of_an_individual_say_where(api: Api) -> None:
    account = Onboarding(api, business_type="individual")
    refused = api.refused("POST", f"/v1/accounts/{account.id}", individual={
        "first_name": "Jenny", "address": {"country": "United States"}})
    assert (refused.status, refused.error["param"]) == (400, "individual[address][country]")
    assert refused.error["message"].startswith("Country 'United States' is unknown.")
    assert "individual" not in account.now


@pytest.mark.parametrize(("method", "path"), [
    ("POST", "persons"), ("GET", "persons"), ("GET", "people/person_x"), ("POST", "people/person_x"),
    ("DELETE", "persons/person_x")])
def test_whom_it_is_none_of_the_business_of(api: Api, method: str, path: str) -> None:
    account = Onboarding(api, type="express")
    api.post("/v1/account_links", account=account.id, type="account_onboarding", refresh_url="https://example.com/again",
             return_url="https://example.com/done")
    refused = api.refused(method, f"/v1/accounts/{account.id}/{path}")
    assert (refused.status, refused.error["code"], refused.error["message"]) == (
        403, "oauth_not_supported", "This application does not have the required permissions for this endpoint on account "
                                    f"'{account.id}'.")
    stranger = Api(api.server).refused(method, f"/v1/accounts/{account.id}/{path}")
    assert (stranger.status, stranger.error["code"]) == (403, "account_invalid")


def test_persons_of_one_account_are_not_found_by_another(company: Onboarding) -> None:
    person, other = company.person(), Onboarding(company.platform, business_type="company")
    for method in ("GET", "POST", "DELETE"):
        refused = company.platform.refused(method, f"/v1/accounts/{other.id}/persons/{person['id']}")
        assert (refused.status, refused.error["code"]) == (404, "resource_missing")
        refused = acting_for(company.platform, other.id).refused(method, f"/v1/accounts/{company.id}/persons/{person['id']}")
        assert (refused.status, refused.error["code"]) == (403, "account_invalid")
    assert company.client.get(f"/v1/accounts/{company.id}/persons/{person['id']}") == person


def test_an_upload_of_the_platform_proves_who_somebody_is(company: Onboarding) -> None:
    upload = company.platform.upload(image(), "passport.png", purpose="identity_document")
    failing = company.client.upload(image(), "failing.png", purpose="identity_document")
    logo = company.platform.upload(image(), "logo.png", purpose="business_logo")
    person = company.person(verification={"document": {"front": upload["id"]}})
    assert (person["verification"]["status"], person["verification"]["document"]["front"]) == ("verified", upload["id"])
    path = f"/v1/accounts/{company.id}/persons/{person['id']}"
    shown = company.platform.get(path, expand=["verification.document.front"])["verification"]["document"]["front"]
    assert shown == company.client.get(f"/v1/files/{upload['id']}") and shown["size"] == upload["size"]
    failed = company.platform.post(path, verification={"document": {"front": failing["id"]}})["verification"]
    assert failed["document"] == {
        "back": None, "details": "The document could not be read, or does not show what it should.",
        "details_code": "document_failed_other", "front": None}
    assert (failed["status"], failed["details_code"]) == ("unverified", "failed_other")
    refused = company.platform.refused("POST", path, verification={"document": {"front": logo["id"]}})
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        400, "verification[document][front]",
        f"A file with the purpose business_logo does not show who somebody is: {logo['id']}.")
