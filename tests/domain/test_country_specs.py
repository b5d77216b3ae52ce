"""The facts of countries: all of them against the reference where it is at hand, and some that are written out."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from app.domain.country_specs import (
    CountrySpec,
    bank_account_currencies,
    country_spec,
    country_specs,
    default_currency,
    is_available,
    is_payout_only,
)
from app.domain.verification_fields import verification_fields

_FACTS = Path("shared", "reference", "country-specs-2022-03.json")
_AMERICAN = {"supported_payment_methods", "supported_transfer_countries"}
"""What the United States have more of than the reference's country had, which published it."""


def _reference() -> list[dict[str, Any]]:
    for folder in Path(__file__).resolve().parents:
        if (folder / _FACTS).is_file():
            return list(json.loads((folder / _FACTS).read_text())["data"])
    return []


def _as_published(spec: CountrySpec) -> dict[str, Any]:
    facts = json.loads(json.dumps(asdict(spec)))
    fields = {kind: {"additional": facts.pop(kind)[1], "minimum": list(getattr(spec, kind).minimum)}
              for kind in ("company", "individual")}
    return facts | {"object": "country_spec", "verification_fields": fields}


def _spec(code: str) -> CountrySpec:
    spec = country_spec(code)
    assert spec is not None
    return spec


def test_all_facts_are_those_of_the_reference() -> None:
    published = _reference()
    if not published:
        pytest.skip("the reference is not beside the repository")
    assert [spec.id for spec in country_specs()] == [facts["id"] for facts in published]
    for facts in published:
        shown = _as_published(_spec(facts["id"]))
        same = [name for name in facts if facts["id"] != "US" or name not in _AMERICAN]
        # The order of lists and of currencies is published as well.
        assert [json.dumps(shown[name], sort_keys=False) for name in same if name != "verification_fields"] == [
            json.dumps(facts[name], sort_keys=False) for name in same if name != "verification_fields"], facts["id"]
        assert shown["verification_fields"] == facts["verification_fields"], facts["id"]


def test_there_are_forty_one_countries_in_the_order_of_the_alphabet() -> None:
    codes = [spec.id for spec in country_specs()]
    assert (len(codes), codes[0], codes[-1]) == (41, "AE", "US")
    assert codes == sorted(codes)


@pytest.mark.parametrize(("code", "currency"), [
    ("AE", "aed"), ("BG", "bgn"), ("CH", "chf"), ("DE", "eur"), ("GB", "gbp"), ("JP", "jpy"), ("MX", "mxn"), ("US", "usd"),
    ("AR", "ars"), ("TN", "tnd"), ("LI", "chf")])
def test_default_currencies(code: str, currency: str) -> None:
    assert default_currency(code) == currency


def test_the_united_states_transfer_to_ninety_five_countries() -> None:
    spec = _spec("US")
    assert len(set(spec.supported_transfer_countries)) == len(spec.supported_transfer_countries) == 95
    assert spec.supported_transfer_countries[:3] == ("US", "AE", "AR")
    assert spec.supported_transfer_countries[-1] == "QA"
    assert spec.supported_payment_methods == ("ach", "card", "stripe")
    assert len(spec.supported_payment_currencies) == 136
    assert len(_spec("AE").supported_payment_currencies) == 141


def test_accounts_can_be_opened_wherever_money_can_be_transferred_to() -> None:
    targets = {code for spec in country_specs() for code in spec.supported_transfer_countries}
    assert all(is_available(code) for code in targets)
    assert {code for code in targets if is_payout_only(code)} == targets - {spec.id for spec in country_specs()}
    assert not is_available("CU") and not is_available("us") and not is_available("")
    assert country_spec("AR") is None


def test_currencies_of_bank_accounts() -> None:
    assert bank_account_currencies("US") == {"usd": ("US",)}
    assert bank_account_currencies("CA") == {"cad": ("CA",), "usd": ("US", "CA")}
    assert bank_account_currencies("AR") == {"ars": ("AR",)}
    hungary = bank_account_currencies("HU")
    assert " ".join(hungary) == "huf eur usd sek nok dkk chf gbp aud cad jpy nzd pln hkd sgd zar ron czk"
    assert len(hungary["huf"]) == len(hungary["eur"]) == 29
    assert hungary["usd"] == (*hungary["eur"], "US")
    assert set(hungary["eur"]) - set(hungary["pln"]) == {"PL"}
    assert bank_account_currencies("BG")["bgn"] == ("BG",)


def test_what_has_to_be_known() -> None:
    assert verification_fields("CA", "individual").minimum == (
        "business_type", "external_account", "individual.address.city", "individual.address.line1",
        "individual.address.postal_code", "individual.address.state", "individual.dob.day", "individual.dob.month",
        "individual.dob.year", "individual.first_name", "individual.last_name", "tos_acceptance.date", "tos_acceptance.ip")
    assert verification_fields("CA", "individual").additional == ("individual.verification.document",)
    assert verification_fields("US", "company").additional == ()
    sizes = {code: len(verification_fields(code, "company").minimum) for code in (
        "DE", "NZ", "IE", "US", "CA", "AU", "SG", "HK", "MX", "MY", "IN", "BR", "AE", "JP")}
    assert sizes == {"DE": 56, "NZ": 56, "IE": 56, "US": 44, "CA": 19, "AU": 62, "SG": 26, "HK": 35, "MX": 39, "MY": 30,
                     "IN": 33, "BR": 72, "AE": 50, "JP": 50}
    ireland = verification_fields("IE", "individual").minimum
    assert "individual.address.state" in ireland and "individual.address.postal_code" not in ireland
    # A country without a spec asks for what most of Europe does.
    assert verification_fields("AR", "individual") == verification_fields("DE", "individual")
