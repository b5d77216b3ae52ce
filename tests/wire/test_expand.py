"""`expand[]`: what can be expanded, how deep, and what is told about the rest."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.api import Api
from tests.support.rows import row_counts


@pytest.fixture
def price(api: Api) -> dict[str, Any]:
    product = api.post("/v1/products", name="Gold")["id"]
    return api.post("/v1/prices", currency="usd", unit_amount=1_000, recurring={"interval": "month"}, product=product)


@pytest.fixture
def subscription(api: Api, price: dict[str, Any]) -> dict[str, Any]:
    customer = api.post("/v1/customers", payment_method="pm_card_visa",
                        invoice_settings={"default_payment_method": "pm_card_visa"})["id"]
    return api.post("/v1/subscriptions", customer=customer, items=[{"price": price["id"]}])


def told(api: Api, method: str, path: str, *paths: str) -> tuple[int, str, str | None, str | None]:
    answer = api.refused(method, path, expand=list(paths))
    return answer.status, answer.error["message"], answer.error.get("code"), answer.error.get("param")


def test_an_id_becomes_its_object(api: Api, price: dict[str, Any]) -> None:
    product = api.get(f"/v1/products/{price['product']}")
    assert api.get(f"/v1/prices/{price['id']}", expand=["product"]) == price | {"product": product}
    assert api.get("/v1/prices", expand=["data.product"])["data"] == [price | {"product": product}]


def test_the_answer_to_a_post_can_be_expanded_and_its_event_is_not(api: Api, price: dict[str, Any]) -> None:
    changed = api.post(f"/v1/prices/{price['id']}", nickname="Monthly", expand=["product"])
    assert changed["product"]["object"] == "product"
    assert api.events(type="price.updated")[0]["data"]["object"]["product"] == price["product"]


def test_ancestors_of_a_path_are_expanded_too(api: Api, subscription: dict[str, Any]) -> None:
    found = api.get(f"/v1/subscriptions/{subscription['id']}", expand=["latest_invoice.payment_intent.customer"])
    assert found["latest_invoice"]["payment_intent"]["customer"]["object"] == "customer"
    item = api.get(f"/v1/subscriptions/{subscription['id']}", expand=["items.data.price.product"])["items"]["data"][0]
    assert item["price"]["product"]["object"] == "product"


def test_several_paths_and_the_same_one_twice(api: Api, subscription: dict[str, Any]) -> None:
    found = api.get(f"/v1/subscriptions/{subscription['id']}",
                    expand=["customer", "latest_invoice", "customer", "latest_invoice.charge"])
    assert [found[name]["object"] for name in ("customer", "latest_invoice")] == ["customer", "invoice"]
    assert found["latest_invoice"]["charge"]["object"] == "charge"


def test_null_stays_null_and_a_deleted_object_is_a_stub(api: Api) -> None:
    customer = api.post("/v1/customers", expand=["test_clock"])
    assert customer["test_clock"] is None
    product = api.post("/v1/products", name="Gold")["id"]
    api.delete(f"/v1/products/{product}")
    assert api.call("GET", f"/v1/products/{product}", {"expand": ["default_price"]}).status == 404
    api.delete(f"/v1/customers/{customer['id']}")
    stub = api.get(f"/v1/customers/{customer['id']}", expand=["test_clock"])
    assert stub == {"id": customer["id"], "object": "customer", "deleted": True}


def test_includable_fields_appear_only_when_asked_for(api: Api, price: dict[str, Any]) -> None:
    tiered = api.post("/v1/prices", currency="usd", billing_scheme="tiered", tiers_mode="volume",
                      product=price["product"], recurring={"interval": "month"},
                      tiers=[{"up_to": "inf", "unit_amount": 5}])
    assert "tiers" not in tiered
    assert len(api.get(f"/v1/prices/{tiered['id']}", expand=["tiers"])["tiers"]) == 1


@pytest.mark.parametrize("path", [
    "product.nonsense", "product.default_price.nonsense", "product.metadata.a.b", "product..x"])
def test_only_the_first_segment_is_checked(api: Api, price: dict[str, Any], path: str) -> None:
    assert api.get(f"/v1/prices/{price['id']}", expand=[path])["product"]["object"] == "product"


def test_data_alone_asks_for_nothing(api: Api, price: dict[str, Any]) -> None:
    assert api.get("/v1/prices", expand=["data"]) == api.get("/v1/prices")


@pytest.mark.parametrize("path", ["nonsense", "id", "currency", "metadata.a", ".", "Product", "data.product"])
def test_what_cannot_be_expanded_is_refused(api: Api, price: dict[str, Any], path: str) -> None:
    assert told(api, "GET", f"/v1/prices/{price['id']}", path) == (
        400, f"This property cannot be expanded ({path.partition('.')[0]}).", None, None)
    assert told(api, "GET", f"/v1/prices/{price['id']}", "")[2:] == ("parameter_invalid_empty", "expand[0]")


def test_a_list_wants_the_prefix(api: Api, price: dict[str, Any]) -> None:
    advice = "You may want to try expanding 'data.product' instead."
    assert told(api, "GET", "/v1/prices", "product") == (
        400, f"This property cannot be expanded (product). {advice}", None, None)
    assert told(api, "GET", "/v1/prices", "data.nonsense")[1] == "This property cannot be expanded (nonsense)."
    assert told(api, "GET", "/v1/prices", "data.data")[1] == "This property cannot be expanded (data)."


def test_four_levels_can_be_expanded_with_the_prefix_counted(api: Api, subscription: dict[str, Any]) -> None:
    deep = "items.data.price.product"
    found = api.get("/v1/subscriptions", expand=["data.items.data.price"])["data"][0]
    assert found["items"]["data"][0]["price"]["object"] == "price"
    api.get(f"/v1/subscriptions/{subscription['id']}", expand=[deep])
    for method, path, too_deep in (("GET", "/v1/subscriptions", f"data.{deep}"),
                                   ("GET", f"/v1/subscriptions/{subscription['id']}", f"{deep}.default_price"),
                                   ("GET", "/v1/subscriptions", ".".join("x" * 2_000))):
        answer = api.refused(method, path, expand=[too_deep])
        assert answer.error["message"] == f"You cannot expand more than 4 levels of a property. Property: {too_deep}"
        assert (answer.status, answer.error["code"]) == (400, "property_expansion_max_depth")
        assert "doc_url" not in answer.error


def test_expand_is_a_list_of_strings(api: Api, price: dict[str, Any]) -> None:
    path = f"/v1/prices/{price['id']}"
    for expand, message, param in (("product", "Invalid array", "expand"),
                                   ({"a": "product"}, "Invalid array", "expand"),
                                   ([{"a": "product"}], 'Invalid string: {"a":"product"}', "expand[0]")):
        answer = api.refused("GET", path, expand=expand)
        assert (answer.error["message"], answer.error["param"]) == (message, param)


def test_a_post_that_asks_for_too_much_does_nothing(api: Api, price: dict[str, Any]) -> None:
    before = row_counts(api.server)
    for method, path, params in (("POST", "/v1/customers", {}),
                                 ("POST", f"/v1/prices/{price['id']}", {"nickname": "x"}),
                                 ("DELETE", f"/v1/products/{price['product']}", {})):
        answer = api.refused(method, path, **params, expand=["nonsense"])
        assert answer.status == 400
        assert row_counts(api.server) == before
    assert api.get(f"/v1/prices/{price['id']}") == price
    assert api.get(f"/v1/products/{price['product']}")["active"]


def test_what_is_no_object_of_the_api_has_nothing_to_expand(api: Api) -> None:
    assert told(api, "GET", "/_sim/settings", "limits")[1] == "This property cannot be expanded (limits)."
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=1_672_531_200)["id"]
    path = f"/v1/test_helpers/test_clocks/{clock}"
    assert told(api, "DELETE", path, "name")[1] == "This property cannot be expanded (name)."
    assert api.delete(path)["deleted"]
