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
