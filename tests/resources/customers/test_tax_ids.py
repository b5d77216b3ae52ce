"""Tax ids: given to customers, checked, shown on invoices until these are finalised."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.api import Api
from tests.support.clock import Clock
from tests.support.wall import NEW_YEAR, Wall


def test_a_tax_id_is_given_and_taken_away(api: Api, wall: Wall) -> None:
    customer = api.post("/v1/customers")["id"]
    path = f"/v1/customers/{customer}/tax_ids"
    tax_id = api.post(path, type="us_ein", value="12-3456789")
    assert tax_id == {
        "id": tax_id["id"], "object": "tax_id", "country": "US", "created": NEW_YEAR, "customer": customer,
        "livemode": False, "type": "us_ein", "value": "12-3456789",
        "verification": {"status": "unavailable", "verified_address": None, "verified_name": None},
    }
    assert tax_id["id"].startswith("txi_1") and len(tax_id["id"]) == 28
    event = api.events()[-1]
    assert (event["type"], event["data"]) == ("customer.tax_id.created", {"object": tax_id})
    other = api.post(path, type="eu_vat", value="DE123456789")
    assert api.get(path)["data"] == [other, tax_id]
    assert api.get(f"{path}/{tax_id['id']}") == tax_id
    assert api.get(f"/v1/customers/{customer}", expand=["tax_ids"])["tax_ids"] == {
        "object": "list", "data": [other, tax_id], "has_more": False, "url": path}
    assert "tax_ids" not in api.get(f"/v1/customers/{customer}")
    stub = {"id": tax_id["id"], "object": "tax_id", "deleted": True}
    assert api.delete(f"{path}/{tax_id['id']}") == stub
    event = api.events()[-1]
    assert (event["type"], event["data"]) == ("customer.tax_id.deleted", {"object": tax_id})
    assert api.get(path)["data"] == [other]
    for method in ("GET", "DELETE"):
        answer = api.refused(method, f"{path}/{tax_id['id']}")
        assert (answer.status, answer.error["code"], answer.error["param"]) == (404, "resource_missing", "id")


def test_a_check_ends_as_the_magic_numbers_say(clock: Callable[..., Clock]) -> None:
    jenny = clock("2022-08-01")
    path = f"/v1/customers/{jenny.customer}/tax_ids"
    outcomes = {"DE000000000": "verified", "DE111111111": "unverified", "DE222222222": "pending",
                "DE123456789": "unavailable"}
    given = {value: jenny.api.post(path, type="eu_vat", value=value) for value in outcomes}
    assert {each["verification"]["status"] for each in given.values()} == {"pending"}
    jenny.new_events(expect=["customer.tax_id.created"] * 4)
    jenny.advance(hours=1, expect=["customer.tax_id.updated"] * 3)
    for value, outcome in outcomes.items():
        assert jenny.api.get(f"{path}/{given[value]['id']}")["verification"]["status"] == outcome
    event = jenny.api.events(type="customer.tax_id.updated")[0]
    assert event["data"]["previous_attributes"] == {"verification": {"status": "pending"}}
    assert event["data"]["object"]["verification"]["status"] == "verified"


def test_what_is_refused(api: Api) -> None:
    customer = api.post("/v1/customers")["id"]
    path = f"/v1/customers/{customer}/tax_ids"
    answer = api.refused("POST", path, type="eu_vat", value="DE12")
    assert (answer.status, answer.error["code"], answer.error["param"], answer.error["message"]) == (
        400, "tax_id_invalid", "value", "Invalid value for eu_vat.")
    answer = api.refused("POST", path, type="unknown", value="1")
    assert answer.error["message"].startswith("Invalid type: must be one of ae_trn, au_abn, ")
    answer = api.refused("POST", path, type="us_ein")
    assert answer.error["message"] == "Missing required param: value."
    answer = api.refused("POST", "/v1/customers", tax_id_data=[{"type": "us_ein", "value": "12-3456789"},
                                                               {"type": "gb_vat", "value": "x"}])
    assert (answer.error["code"], answer.error["param"]) == ("tax_id_invalid", "tax_id_data[1][value]")
    assert len(api.get("/v1/customers")["data"]) == 1
    tax_id = api.post(path, type="us_ein", value="12-3456789")["id"]
    answer = api.refused("GET", f"/v1/customers/{api.post('/v1/customers')['id']}/tax_ids/{tax_id}")
    assert (answer.status, answer.error["message"]) == (404, f"No such tax ID: '{tax_id}'")


def test_a_customer_brings_tax_ids_along(api: Api) -> None:
    customer = api.post("/v1/customers", tax_id_data=[{"type": "us_ein", "value": "12-3456789"},
                                                      {"type": "gb_vat", "value": "GB123456789"}], expand=["tax_ids"])
    assert [each["value"] for each in customer["tax_ids"]["data"]] == ["GB123456789", "12-3456789"]
    assert api.event_types() == ["customer.created", "customer.tax_id.created", "customer.tax_id.created"]


def test_invoices_show_tax_ids_as_they_were_when_finalised(clock: Callable[..., Clock]) -> None:
    jenny = clock("2022-08-01", tax_id_data=[{"type": "us_ein", "value": "12-3456789"}])
    path = f"/v1/customers/{jenny.customer}/tax_ids"
    jenny.api.post("/v1/invoiceitems", customer=jenny.customer, amount=2500, currency="usd")
    draft = jenny.api.post("/v1/invoices", customer=jenny.customer, pending_invoice_items_behavior="include")
    first, second = {"type": "us_ein", "value": "12-3456789"}, {"type": "eu_vat", "value": "DE222222222"}
    assert draft["customer_tax_ids"] == [first]
    added = jenny.api.post(path, **second)["id"]
    assert jenny.retrieve(draft)["customer_tax_ids"] == [first, second]
    assert jenny.api.post(f"/v1/invoices/{draft['id']}/finalize")["customer_tax_ids"] == [first, second]
    jenny.api.delete(f"{path}/{added}")
    assert jenny.retrieve(draft)["customer_tax_ids"] == [first, second]
    assert jenny.api.post("/v1/invoices", customer=jenny.customer)["customer_tax_ids"] == [first]
