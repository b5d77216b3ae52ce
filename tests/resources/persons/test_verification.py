"""What verification makes of the values of the test world, when its results come, and what is asked for later."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.api import Api
from tests.support.connected import HOME, INDIVIDUAL, passing
from tests.support.onboarding import Onboarding
from tests.support.wall import Wall, events_after

DAY = 86_400
WHOLE = {name: value for name, value in INDIVIDUAL.items() if name != "ssn_last_4"}
LAST_DIGITS = {name: value for name, value in INDIVIDUAL.items() if name != "id_number"}
ADDRESS = [f"individual.address.{part}" for part in ("city", "line1", "postal_code", "state")]
UPDATED = ["account.updated", "capability.updated", "capability.updated", "person.updated"]
KEYED = "Provided identity information could not be verified"


def individual(api: Api, **values: Any) -> Onboarding:
    """An American who has said everything, with these values in place of the passing ones."""
    return Onboarding(api, **passing(individual=WHOLE | values))


def company(api: Api, **values: Any) -> Onboarding:
    """A company in the US whose representative owns all of it; `values` are the company's."""
    account = Onboarding(api, **passing(business_type="company", individual=None, company={
        "name": "Rosen", "phone": "0000000000", "tax_id": "000000000", "address": HOME} | values))
    account.person(**WHOLE, relationship={"representative": True, "owner": True, "percent_ownership": "100", "title": "CEO"})
    return account


@pytest.mark.parametrize(("values", "listed"), [
    ({"id_number": "111111111"}, False), ({"dob": {"day": 2, "month": 2, "year": 1990}, "id_number": "123456789"}, False),
    ({"address": HOME | {"line1": "address_no_match"}}, False), ({"address": HOME | {"line1": "address_line1_no_match"}}, False),
    ({"dob": {"day": 1, "month": 1, "year": 1900}}, True)])
def test_who_cannot_be_verified_has_to_show_a_document(api: Api, values: dict[str, Any], listed: bool) -> None:
    account = individual(api, **values)
    shown = account.now
    assert account.may == (True, True, False, "active", "listed" if listed else "requirements.past_due")
    due = "individual.verification.document"
    assert shown["requirements"] == {
        "alternatives": [], "current_deadline": shown["created"] + 14 * DAY, "currently_due": [due],
        "disabled_reason": account.may[-1], "errors": [
            {"code": "verification_failed_keyed_identity", "reason": KEYED, "requirement": due}],
        "eventually_due": [due], "past_due": [], "pending_verification": []}
    person = shown["individual"]
    assert (person["verification"]["status"], person["verification"]["details"], person["verification"]["details_code"]) == (
        "unverified", KEYED, "failed_keyed_identity")
    assert person["requirements"]["errors"] == [
        {"code": "verification_failed_keyed_identity", "reason": KEYED, "requirement": "verification.document"}]
    account.heard()
    failed = account.update(individual={"verification": {"document": {"front": "file_identity_document_failure"}}})
    assert failed["individual"]["verification"]["document"] == {
        "back": None, "details": "The document could not be read, or does not show what it should.",
        "details_code": "document_failed_other", "front": None}
    assert [error["code"] for error in failed["requirements"]["errors"]] == ["verification_document_failed_other"]
    proven = account.update(individual={"verification": {"document": {"front": "file_identity_document_success"}}})
    assert proven["individual"]["verification"]["status"] == "verified"
    assert account.may == (True, True, True, "active", None)
    assert account.heard() == UPDATED * 2


def test_the_whole_number_is_asked_for_before_a_document(api: Api) -> None:
    account = Onboarding(api, **passing(individual=LAST_DIGITS | {"ssn_last_4": "1111"}))
    assert account.now["requirements"]["currently_due"] == ["individual.id_number"]
    account.update(individual={"id_number": "000000000"})
    assert account.may == (True, True, True, "active", None)


@pytest.mark.parametrize(("values", "due", "codes", "may"), [
    ({"address": HOME | {"line1": "address_no_match"}}, ["company.address.line1"], ["invalid_street_address"],
     (True, True, False, "active")),
    ({"address": HOME | {"line1": "address_line1_no_match"}},
     [f"company.address.{part}" for part in ("city", "line1", "postal_code", "state")],
     ["invalid_address_city_state_postal_code", "invalid_street_address", "invalid_address_city_state_postal_code",
      "invalid_address_city_state_postal_code"], (True, False, False, "inactive")),
    ({"tax_id": "111111111"}, ["company.tax_id"], ["verification_failed_tax_id_match"], (True, True, False, "active")),
    ({"tax_id": "111111112"}, ["company.tax_id"], ["verification_failed_tax_id_not_issued"], (True, True, False, "active")),
])
def test_a_company_that_cannot_be_verified_says_it_again(api: Api, values: dict[str, Any], due: list[str], codes: list[str],
                                                         may: tuple[Any, ...]) -> None:
    account = company(api, **values)
    shown = account.now["requirements"]
    assert (shown["currently_due"], [error["code"] for error in shown["errors"]]) == (due, codes)
    assert account.may == (*may, "requirements.past_due")
    account.update(company={"address": HOME, "tax_id": "000000000"})
    assert (account.may, account.now["requirements"]["errors"]) == ((True, True, True, "active", None), [])


@pytest.mark.parametrize(("number", "line1", "due"), [
    ("000000000", "address_no_match", ["individual.verification.additional_document"]),
    ("111111111", "address_full_match", ["individual.verification.document"]),
    ("111111111", "address_no_match",
     ["individual.verification.additional_document", "individual.verification.document"])])
def test_addresses_are_proven_apart_in_britain(api: Api, number: str, line1: str, due: list[str]) -> None:
    account = Onboarding(api, **passing(country="GB", external_account="btok_gb_gbp", individual=WHOLE | {
        "id_number": number, "address": {"line1": line1, "city": "London", "postal_code": "N1 9GU"}}))
    assert account.now["requirements"]["currently_due"] == due
    assert account.may == (True, True, False, "active", "requirements.past_due")
    documents = {need.rpartition(".")[2]: {"front": "file_identity_document_success"} for need in due}
    shown = account.update(individual={"verification": documents})
    assert (shown["requirements"]["currently_due"], shown["payouts_enabled"]) == ([], True)


def test_an_address_that_has_passed_once_stays_good(api: Api) -> None:
    account = company(api)
    account.update(company={"address": HOME | {"line1": "address_no_match"}})
    assert account.may == (True, True, True, "active", None)


def test_verification_takes_its_time(api: Api, wall: Wall) -> None:
    api.post("/_sim/settings", verification_delay_s=10)
    account = individual(api)
    client = account.client
    assert account.heard() == ["account.external_account.created"]
    assert account.may == (True, False, False, "pending", "requirements.pending_verification")
    assert account.now["requirements"]["pending_verification"] == [
        *ADDRESS, "individual.id_number", "individual.verification.document"]
    assert account.now["individual"]["verification"]["status"] == "pending"
    assert events_after(client, wall, 4) == []
    assert [event["type"] for event in events_after(client, wall, 1)] == UPDATED
    assert account.now["requirements"]["pending_verification"] == [
        "individual.id_number", "individual.verification.document"]
    assert events_after(client, wall, 4) == []
    done = events_after(client, wall, 1)
    assert [(event["type"], event["created"]) for event in done] == [(type, wall.now) for type in UPDATED]
    assert account.may == (True, True, True, "active", None)
    assert account.now["individual"]["verification"]["status"] == "verified"
    assert events_after(client, wall, 100) == []


@pytest.mark.parametrize("values", [
    {"dob": {"day": 1, "month": 1, "year": 1902}}, {"id_number": "222222222"},
    {"verification": {"document": {"front": "file_identity_document_success"}}}])
def test_some_values_pass_at_once(api: Api, values: dict[str, Any]) -> None:
    api.post("/_sim/settings", verification_delay_s=10)
    account = individual(api, **values)
    assert account.may == (True, True, True, "active", None)
    assert account.heard() == ["account.external_account.created"]


def test_a_deadline_passes(api: Api, wall: Wall) -> None:
    account = individual(api, id_number="111111111")
    deadline = account.now["requirements"]["current_deadline"]
    assert deadline == wall.now + 14 * DAY
    account.heard()
    assert events_after(account.client, wall, 14 * DAY - 1) == []
    heard = events_after(account.client, wall, 1)
    assert [(event["type"], event["created"]) for event in heard] == [(type, deadline) for type in UPDATED]
    assert heard[0]["data"]["previous_attributes"] == {
        "capabilities": {"card_payments": "active", "transfers": "active"}, "charges_enabled": True,
        "individual": {"requirements": {"past_due": []}},
        "requirements": {"current_deadline": deadline, "past_due": []}}
    assert account.may == (True, False, False, "inactive", "requirements.past_due")
    account.update(individual={"verification": {"document": {"front": "file_identity_document_success"}}})
    assert account.may == (True, True, True, "active", None)


@pytest.mark.parametrize("name", ["triggerNextRequirements", "triggerVerification"])
def test_a_card_after_which_more_is_due(api: Api, wall: Wall, name: str) -> None:
    account = Onboarding(api, **passing(individual=LAST_DIGITS))
    account.heard()
    account.client.post("/v1/charges", amount=1000, currency="usd", source=f"tok_visa_{name}")
    assert account.heard() == ["charge.succeeded", *UPDATED]
    assert account.may == (True, True, True, "active", None)
    shown = account.now["requirements"]
    assert (shown["currently_due"], shown["eventually_due"], shown["past_due"], shown["current_deadline"]) == (
        ["individual.id_number"], ["individual.id_number"], [], wall.now + 14 * DAY)
    account.update(individual={"id_number": "000000000"})
    assert (account.now["requirements"]["eventually_due"], account.may) == ([], (True, True, True, "active", None))


@pytest.mark.parametrize(("name", "may"), [
    ("triggerChargeBlock", (True, False, True, "inactive")), ("triggerPayoutBlock", (True, True, False, "active")),
    ("triggerTransferBlock", (True, True, False, "active"))])
def test_a_card_that_blocks(api: Api, name: str, may: tuple[Any, ...]) -> None:
    account = Onboarding(api, **passing(individual=LAST_DIGITS))
    account.client.post("/v1/payment_intents", amount=1000, currency="usd", payment_method=f"pm_card_visa_{name}", confirm=True)
    shown, due = account.now["requirements"], ["individual.id_number"]
    assert (shown["currently_due"], shown["eventually_due"], shown["past_due"], shown["current_deadline"]) == (
        due, due, due, None)
    assert account.may == (*may, "requirements.past_due")
    account.update(individual={"id_number": "000000000"})
    assert account.may == (True, True, True, "active", None)


def test_a_charge_on_behalf_of_an_account_counts_for_it(api: Api) -> None:
    account = Onboarding(api, **passing(individual=LAST_DIGITS))
    account.heard()
    api.post("/v1/charges", amount=1000, currency="usd", source="tok_visa_triggerVerification", on_behalf_of=account.id)
    assert account.heard() == UPDATED
    assert account.now["requirements"]["currently_due"] == ["individual.id_number"]


def test_cards_ask_for_nothing_more_where_not_everything_was_given(api: Api) -> None:
    account = Onboarding(api, business_type="individual")
    before = account.now
    api.post("/v1/charges", amount=1000, currency="usd", source="tok_visa_triggerChargeBlock")
    assert account.now == before


def test_the_owner_of_a_bank_account_is_to_be_proven(api: Api, wall: Wall) -> None:
    bank = {"object": "bank_account", "country": "US", "currency": "usd", "routing_number": "110000000"}
    account = Onboarding(api, **passing(external_account=bank | {"account_number": "000999999992"}))
    need = "documents.bank_account_ownership_verification.files"
    assert (account.now["requirements"]["currently_due"], account.now["requirements"]["current_deadline"]) == (
        [need], wall.now + 14 * DAY)
    assert account.may == (True, True, True, "active", None)
    account.update(documents={"bank_account_ownership_verification": {"files": ["file_identity_document_success"]}})
    assert account.now["requirements"]["currently_due"] == []
    api.post("/_sim/settings", verification_delay_s=10)
    waiting = Onboarding(api, **passing(external_account=bank | {"account_number": "000999999991"}, individual=WHOLE | {
        "id_number": "222222222"}))
    assert waiting.now["requirements"]["pending_verification"] == [need]
    events_after(waiting.client, wall, 10)
    assert waiting.now["requirements"]["pending_verification"] == []


def test_what_a_capability_would_need_is_told_before_it_is_requested(api: Api) -> None:
    account = Onboarding(api, business_type="individual")
    shown = api.get(f"/v1/accounts/{account.id}/capabilities/tax_reporting_us_1099_k")
    assert (shown["status"], shown["requested"], shown["requirements"]["currently_due"]) == ("unrequested", False, sorted([
        *ADDRESS, "individual.first_name", "individual.id_number", "individual.last_name"]))
    assert shown["requirements"]["past_due"] == []
