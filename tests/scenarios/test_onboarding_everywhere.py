"""A platform that knows nothing of countries gives what is asked for, until nothing is, wherever its sellers are."""

from __future__ import annotations

from typing import Any

import pytest

from app.control.doctor import examine
from tests.support.api import Api
from tests.support.onboarding import Onboarding

ANSWERS: dict[str, Any] = {
    "business_profile": {"mcc": "5734", "url": "https://rosen.example.com", "product_description": "Roses",
                         "support_phone": "0000000000"},
    "tos_acceptance": {"date": 1_609_798_905, "ip": "8.8.8.8"},
    "dob": {"day": 1, "month": 1, "year": 1901},
    "company": {"tax_id": "000000000", "structure": "private_company", "phone": "0000000000"},
    "address": {"line1": "address_full_match"},
    "relationship": {"executive": True, "title": "CEO", "percent_ownership": "30"},
    "id_number": "000000000", "ssn_last_4": "0000", "phone": "0000000000", "email": "jenny@example.com",
    "full_name_aliases": ["Jen"], "nationality": "US", "political_exposure": "none",
    "documents": {"passport": {"files": ["file_identity_document_success"]}},
}  # fmt: skip
ROLES = {"owners": "owner", "directors": "director", "executives": "executive", "representative": "representative"}


def answer(path: list[str], answers: Any = ANSWERS) -> Any:
    """What is said to the field at this path; anything, where nothing in particular has to be."""
    for place, name in enumerate(path):
        if name.endswith("_provided"):
            return True
        if isinstance(answers, dict) and name not in answers and place < len(path) - 1:
            # What is said of anybody's address is said of the company's, too.
            answers = ANSWERS.get(name, {})
        else:
            answers = answers.get(name, "Rosen") if isinstance(answers, dict) else answers
    return answers if answers != {} else "Rosen"


def put(params: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        params = params.setdefault(name, {})
    params[path[-1]] = value


def give(account: Onboarding, need: str, params: dict[str, Any], persons: dict[str, dict[str, Any]]) -> None:
    """Note what meets the need, among the account's parameters or those of a person."""
    head, *rest = need.split(".")
    if need == "external_account":
        params["external_account"] = f"btok_{account.now['country'].lower()}"
    elif rest[-1:] == ["business_vat_id_number"]:
        put(params, ["company", "vat_id"], "1234")
    elif need == "company.pan":
        put(params, ["company", "tax_id"], "000000000")
    elif head == "individual" and rest[0] in ("nationality", "relationship"):
        person = account.now.get("individual")
        if person is not None:
            put(persons.setdefault(person["id"], {}), rest, answer(rest))
    elif head in ROLES or head.startswith("person_"):
        put(persons.setdefault(head, {}), rest, answer(rest))
    else:
        put(params, [head, *rest], answer(rest) if head == "individual" else answer([head, *rest]))


# Each of the rules that countries have; most of Europe has those of Germany. Brazil, India and Malaysia have no test bank.
@pytest.mark.parametrize("kind", ["individual", "company"])
@pytest.mark.parametrize("country", ["AE", "AU", "CA", "DE", "GB", "HK", "IE", "JP", "MX", "NZ", "SG", "US"])
def test_an_account_that_gives_what_is_asked_for(api: Api, country: str, kind: str) -> None:
    account = Onboarding(api, country=country, business_type=kind)
    rounds = 0
    while due := account.now["requirements"]["eventually_due"]:
        assert (rounds := rounds + 1) < 6, due
        params: dict[str, Any] = {}
        persons: dict[str, dict[str, Any]] = {}
        for need in due:
            give(account, need, params, persons)
        for head, values in persons.items():
            if head in ROLES:
                put(values, ["relationship", ROLES[head]], True)
                account.person(**values)
            else:
                api.post(f"/v1/accounts/{account.id}/persons/{head}", **values)
        account.update(**params)
    assert account.may == (True, True, True, "active", None)
    assert all(person["verification"]["status"] == "verified"
               for person in api.get(f"/v1/accounts/{account.id}/persons")["data"])
    assert examine(api.server.database, account=api.key) == []
