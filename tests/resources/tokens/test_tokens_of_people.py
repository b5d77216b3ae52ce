"""Tokens of accounts and persons: what a browser says of people, so that it never passes the platform's server."""

from __future__ import annotations

from typing import Any

from app.wire.auth import add_key
from tests.support.api import Api
from tests.support.connected import HOME, INDIVIDUAL, passing
from tests.support.onboarding import Onboarding
from tests.support.rows import everything

PERSON = {
    "first_name": "Jane", "last_name": "Austen", "dob": {"day": 1, "month": 1, "year": 1902}, "id_number": "000-00-7391",
    "email": "jane@example.com", "phone": "0000000000", "address": HOME, "metadata": {"from": "browser"},
    "relationship": {"owner": True, "percent_ownership": "33.3"},
    "verification": {"document": {"front": "file_identity_document_success"}},
    "documents": {"visa": {"files": ["file_identity_document_success"]}},
}  # fmt: skip


def shown(token: dict[str, Any], prefix: str, type: str) -> None:
    assert token == {"id": token["id"], "object": "token", "client_ip": "127.0.0.1", "created": token["created"],
                     "livemode": False, "type": type, "used": token["used"]}
    assert token["id"].startswith(f"{prefix}1")


def test_a_person_by_a_token(api: Api) -> None:
    account = Onboarding(api, business_type="company")
    token = api.post("/v1/tokens", person=PERSON)
    shown(token, "cpt_", "person")
    person = account.person(person_token=token["id"], relationship={"title": "CFO"}, metadata={"by": "server"})
    assert (person["first_name"], person["address"]["city"], person["id_number_provided"], person["metadata"]) == (
        "Jane", "San Francisco", True, {"from": "browser", "by": "server"})
    assert person["relationship"] == {"director": False, "executive": False, "owner": True, "percent_ownership": 33.3,
                                      "representative": False, "title": "CFO"}
    assert person["verification"]["status"] == "verified"
    assert api.get(f"/v1/tokens/{token['id']}")["used"] is True
    refused = api.refused("POST", f"/v1/accounts/{account.id}/persons", person_token=token["id"])
    assert (refused.status, refused.error["code"], refused.error["param"], refused.error["message"]) == (
        400, "token_already_used", "person_token", f"You cannot use a Stripe token more than once: {token['id']}.")
    later = api.post("/v1/tokens", person={"last_name": "Leigh", "metadata": ""})["id"]
    changed = api.post(f"/v1/accounts/{account.id}/persons/{person['id']}", person_token=later)
    assert (changed["first_name"], changed["last_name"], changed["metadata"]) == ("Jane", "Leigh", {})


def test_an_account_by_a_token(api: Api) -> None:
    token = api.post("/v1/tokens", account={
        "business_type": "individual", "individual": {**INDIVIDUAL, "metadata": {"a": "b"}}, "tos_shown_and_accepted": True})
    shown(token, "ct_", "account")
    taken = passing(individual=None, business_type=None, tos_acceptance=None, account_token=token["id"])
    account = Onboarding(api, **taken)
    assert (account.now["business_type"], account.may) == ("individual", (True, True, True, "active", None))
    assert account.now["tos_acceptance"] == {"date": token["created"], "ip": "127.0.0.1", "user_agent": account.now[
        "tos_acceptance"]["user_agent"]}
    assert account.now["individual"]["first_name"] == "Jenny"
    for path in ("/v1/accounts", f"/v1/accounts/{account.id}"):
        refused = api.refused("POST", path, **taken if path == "/v1/accounts" else {"account_token": token["id"]})
        assert (refused.status, refused.error["code"], refused.error["param"]) == (400, "token_already_used", "account_token")


def test_a_company_by_a_token(api: Api) -> None:
    account = Onboarding(api, business_type="company")
    token = api.post("/v1/tokens", account={"company": {
        "name": "Austen", "tax_id": "111111112", "vat_id": "GB123456789", "registration_number": "7654321", "phone": "0000000000",
        "address": HOME, "owners_provided": True, "ownership_declaration_shown_and_signed": True}})
    changed = account.update(account_token=token["id"])["company"]
    assert (changed["name"], changed["tax_id_provided"], changed["vat_id_provided"], changed["owners_provided"]) == (
        "Austen", True, True, True)
    assert changed["ownership_declaration"]["date"] == token["created"]
    assert [error["code"] for error in account.now["requirements"]["errors"]] == ["verification_failed_tax_id_not_issued"]
    short = api.post("/v1/tokens", account={"company": {"tax_id": "1234"}})["id"]
    refused = api.refused("POST", f"/v1/accounts/{account.id}", account_token=short)
    assert (refused.status, refused.error["code"], refused.error["param"]) == (400, "tax_id_invalid", "company[tax_id]")
    # What was refused has not used it up.
    assert api.get(f"/v1/tokens/{short}")["used"] is False


def test_a_token_is_for_what_it_was_made_for(api: Api) -> None:
    account = Onboarding(api, business_type="company")
    person = api.post("/v1/tokens", person=PERSON)["id"]
    whole = api.post("/v1/tokens", account={"business_type": "company"})["id"]
    for below, param, token in (
            ("", "account_token", person), ("/persons", "person_token", whole), ("/persons", "id_number", person)):
        refused = api.refused("POST", f"/v1/accounts/{account.id}{below}", **{param: token})
        assert (refused.status, refused.error["param"]) == (400, param)


def test_a_browser_makes_them_and_no_number_is_at_rest(api: Api) -> None:
    platform = api.get("/v1/account")["id"]
    with api.server.database.writing() as session:
        add_key(session, platform, "pk_test_" + platform[5:])
    browser = Api(api.server, "pk_test_" + platform[5:])
    person = browser.post("/v1/tokens", person={**PERSON, "id_number": "987-65-4321", "ssn_last_4": "7391"})
    whole = browser.post("/v1/tokens", account={"individual": {**INDIVIDUAL, "id_number": "876543210"}, "company": {
        "tax_id": "765432109", "vat_id": "GB654321098", "registration_number": "HRB 5432109"}})
    for token in (person, whole):
        assert browser.get(f"/v1/tokens/{token['id']}") == token
    api.server.recorder.flush()
    kept = everything(api.server)
    for secret in ("987-65-4321", "987654321", "'7391'", '"7391"', "876543210", "765432109", "GB654321098", "HRB 5432109"):
        assert secret not in kept
    account = Onboarding(api, business_type="company")
    assert account.person(person_token=person["id"])["first_name"] == "Jane"
