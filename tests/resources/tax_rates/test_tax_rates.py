from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from app.context import Context
from app.domain.taxes import TaxRate as DomainTaxRate
from app.errors import InvalidRequest
from app.resources.tax_rates import operations
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.reference import conforms
from tests.support.wall import NEW_YEAR, Wall

DAY = 86_400


def test_a_tax_rate_is_created_with_its_defaults(api: Api, wall: Wall) -> None:
    rate = api.post("/v1/tax_rates", display_name="VAT", inclusive=False, percentage="8.875")
    assert rate["id"].startswith("txr_1") and len(rate["id"]) == 28
    assert rate == {
        "id": rate["id"], "object": "tax_rate", "active": True, "country": None, "created": NEW_YEAR,
        "description": None, "display_name": "VAT", "inclusive": False, "jurisdiction": None, "livemode": False,
        "metadata": {}, "percentage": 8.875, "state": None, "tax_type": None,
    }
    conforms(rate)
    assert api.get(f"/v1/tax_rates/{rate['id']}") == rate
    [event] = api.events()
    assert (event["type"], event["data"]) == ("tax_rate.created", {"object": rate})


def test_a_tax_rate_takes_every_parameter(api: Api) -> None:
    given = {"active": False, "country": "US", "description": "City and state", "display_name": "Sales tax",
             "inclusive": True, "jurisdiction": "US - NY", "metadata": {"office": "7"}, "percentage": 20, "state": "NY",
             "tax_type": "sales_tax"}
    rate = api.post("/v1/tax_rates", **given)
    assert {name: rate[name] for name in given} == given
    conforms(rate)


@pytest.mark.parametrize(("params", "message", "param"), [
    ({"inclusive": True, "percentage": 10}, "Missing required param: display_name.", "display_name"),
    ({"display_name": "VAT", "percentage": 10}, "Missing required param: inclusive.", "inclusive"),
    ({"display_name": "VAT", "inclusive": True}, "Missing required param: percentage.", "percentage"),
    ({"display_name": "VAT", "inclusive": True, "percentage": "100.0001"},
     "This value must be less than or equal to 100.", "percentage"),
    ({"display_name": "VAT", "inclusive": True, "percentage": -1}, "This value must be greater than or equal to 0.",
     "percentage"),
    ({"display_name": "VAT", "inclusive": True, "percentage": "1.00001"},
     "Invalid decimal: 1.00001; must contain at maximum four decimal places.", "percentage"),
    ({"display_name": "V" * 51, "inclusive": True, "percentage": 10},
     "Invalid string: VVVV...VVVV; must be at most 50 characters", "display_name"),
    ({"display_name": "VAT", "inclusive": True, "percentage": 10, "tax_type": "tithe"},
     "Invalid tax_type: must be one of gst, hst, jct, pst, qst, rst, sales_tax, or vat", "tax_type"),
])
def test_wrong_parameters_are_refused(api: Api, params: dict[str, Any], message: str, param: str) -> None:
    answer = api.refused("POST", "/v1/tax_rates", **params)
    assert (answer.status, answer.error["message"], answer.error["param"]) == (400, message, param)


def test_an_update_tells_what_changed(api: Api) -> None:
    rate = api.post("/v1/tax_rates", display_name="VAT", inclusive=False, percentage=20, metadata={"a": "1"})
    changed = api.post(f"/v1/tax_rates/{rate['id']}", active=False, display_name="Old VAT",
                       metadata={"a": "", "b": "2"})
    assert changed == rate | {"active": False, "display_name": "Old VAT", "metadata": {"b": "2"}}
    event = api.events()[-1]
    assert event["type"] == "tax_rate.updated"
    assert event["data"]["previous_attributes"] == {
        "active": True, "display_name": "VAT", "metadata": {"a": "1", "b": None}}


@pytest.mark.parametrize("name", ["percentage", "inclusive"])
def test_what_invoices_were_reckoned_with_stays(api: Api, name: str) -> None:
    rate = api.post("/v1/tax_rates", display_name="VAT", inclusive=False, percentage=20)
    error = api.refused("POST", f"/v1/tax_rates/{rate['id']}", **{name: 1}).error
    assert (error["message"], error["code"]) == (f"Received unknown parameter: {name}", "parameter_unknown")


def test_an_unknown_tax_rate_is_named_in_two_words(api: Api) -> None:
    answer = api.refused("GET", "/v1/tax_rates/txr_none")
    assert (answer.status, answer.error["message"], answer.error["code"], answer.error["param"]) == (
        404, "No such tax rate: 'txr_none'", "resource_missing", "tax_rate")


def test_tax_rates_are_listed_newest_first_and_filtered(api: Api, wall: Wall) -> None:
    for name, active, inclusive in (("A", True, True), ("B", False, True), ("C", True, False)):
        api.post("/v1/tax_rates", display_name=name, active=active, inclusive=inclusive, percentage=10)
        wall.advance(DAY)

    def names(**params: Any) -> list[str]:
        return [rate["display_name"] for rate in api.get("/v1/tax_rates", **params)["data"]]

    assert names() == ["C", "B", "A"]
    assert names(active=True) == ["C", "A"]
    assert names(active=False) == ["B"]
    assert names(inclusive=True) == ["B", "A"]
    assert names(active=True, inclusive=True) == ["A"]
    assert names(created={"gte": NEW_YEAR + DAY, "lt": NEW_YEAR + 2 * DAY}) == ["B"]
    page = api.get("/v1/tax_rates", limit=1)
    assert (page["object"], page["url"], page["has_more"]) == ("list", "/v1/tax_rates", True)


@pytest.fixture
def rates(api: Api) -> list[str]:
    return [api.post("/v1/tax_rates", display_name="VAT", inclusive=inclusive, percentage=percentage)["id"]
            for inclusive, percentage in ((True, "20"), (False, "9.975"))]


@pytest.fixture
def ctx(api: Api, server: Server, rates: list[str]) -> Iterator[Context]:
    account_id = server.authenticator.caller(f"Bearer {api.key}", None).account_id
    with server.database.reading() as session:
        yield Context(session=session, ids=server.database.ids, account_id=account_id, now=NEW_YEAR)


def test_tax_rates_are_found_in_the_order_of_the_parameter(ctx: Context, rates: list[str]) -> None:
    assert [rate.id for rate in operations.find_tax_rates(ctx, rates, param="default_tax_rates")] == rates
    with pytest.raises(InvalidRequest) as refused:
        operations.find_tax_rates(ctx, [rates[0], "txr_none"], param="default_tax_rates")
    assert (refused.value.message, refused.value.status) == ("No such tax rate: 'txr_none'", 400)
    assert (refused.value.code, refused.value.param) == ("resource_missing", "default_tax_rates[1]")


def test_arithmetic_sees_the_terms(ctx: Context, rates: list[str]) -> None:
    found = operations.domain_rates(ctx, rates)
    assert found == (DomainTaxRate(rates[0], Decimal("20"), True), DomainTaxRate(rates[1], Decimal("9.975"), False))
    assert operations.domain_rates(ctx, rates)[0] is found[0]
    assert operations.domain_rates(ctx, []) == ()
