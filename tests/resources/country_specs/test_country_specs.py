from __future__ import annotations

from app.domain.country_specs import country_specs
from tests.support.api import Api


def test_the_united_states(api: Api) -> None:
    spec = api.get("/v1/country_specs/US")
    assert list(spec) == ["id", "object", "default_currency", "supported_bank_account_currencies",
                          "supported_payment_currencies", "supported_payment_methods", "supported_transfer_countries",
                          "verification_fields"]
    assert (spec["id"], spec["object"], spec["default_currency"]) == ("US", "country_spec", "usd")
    assert spec["supported_bank_account_currencies"] == {"usd": ["US"]}
    assert spec["supported_payment_currencies"][:3] == ["usd", "aed", "afn"]
    assert spec["supported_payment_methods"] == ["ach", "card", "stripe"]
    assert spec["verification_fields"]["individual"] == {"additional": [], "minimum": [
        "business_profile.mcc", "business_profile.url", "business_type", "external_account", "individual.address.city",
        "individual.address.line1", "individual.address.postal_code", "individual.address.state", "individual.dob.day",
        "individual.dob.month", "individual.dob.year", "individual.email", "individual.first_name", "individual.id_number",
        "individual.last_name", "individual.phone", "individual.ssn_last_4", "individual.verification.document",
        "tos_acceptance.date", "tos_acceptance.ip"]}
    assert spec["verification_fields"]["company"]["additional"] == []
    assert len(spec["verification_fields"]["company"]["minimum"]) == 44


def test_specs_are_listed_in_pages_by_their_codes(api: Api) -> None:
    first = api.get("/v1/country_specs")
    assert (first["object"], first["url"], first["has_more"]) == ("list", "/v1/country_specs", True)
    assert [spec["id"] for spec in first["data"]] == ["AE", "AT", "AU", "BE", "BG", "BR", "CA", "CH", "CY", "CZ"]
    second = api.get("/v1/country_specs", limit=3, starting_after="CZ")
    assert [spec["id"] for spec in second["data"]] == ["DE", "DK", "EE"]
    before = api.get("/v1/country_specs", limit=2, ending_before="DE")
    assert ([spec["id"] for spec in before["data"]], before["has_more"]) == (["CY", "CZ"], True)
    last = api.get("/v1/country_specs", starting_after="SK")
    assert ([spec["id"] for spec in last["data"]], last["has_more"]) == (["US"], False)
    everything = api.get("/v1/country_specs", limit=100)
    assert [spec["id"] for spec in everything["data"]] == [spec.id for spec in country_specs()]
    assert everything["has_more"] is False


def test_unknown_countries(api: Api) -> None:
    for code in ("XX", "AR", "us"):
        answer = api.refused("GET", f"/v1/country_specs/{code}")
        assert (answer.status, answer.error["type"], answer.error["code"], answer.error["param"]) == (
            404, "invalid_request_error", "resource_missing", "country")
        assert answer.error["message"] == f"No such country: '{code}'"
    answer = api.refused("GET", "/v1/country_specs", starting_after="XX")
    assert (answer.status, answer.error["code"], answer.error["param"], answer.error["message"]) == (
        400, "resource_missing", "starting_after", "No such country: 'XX'")
    answer = api.refused("GET", "/v1/country_specs/US", country="US")
    assert (answer.status, answer.error["code"], answer.error["param"]) == (400, "parameter_unknown", "country")
