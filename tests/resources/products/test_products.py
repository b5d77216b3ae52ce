from tests.support.api import Api
from tests.support.reference import conforms


def test_a_product_is_created_with_its_defaults(api: Api) -> None:
    product = api.post("/v1/products", name="Gold")
    assert product["id"].startswith("prod_") and len(product["id"]) == 19
    assert product == {
        "id": product["id"], "object": "product", "active": True, "created": product["created"], "default_price": None,
        "description": None, "images": [], "livemode": False, "metadata": {}, "name": "Gold",
        "package_dimensions": None, "shippable": None, "statement_descriptor": None, "tax_code": None,
        "unit_label": None, "updated": product["created"], "url": None,
    }
    conforms(product)
    assert api.get(f"/v1/products/{product['id']}") == product
    assert api.event_types() == ["product.created"]


def test_a_product_takes_every_parameter(api: Api) -> None:
    product = api.post(
        "/v1/products", id="gold", name="Gold", active=False, description="All of it",
        images=["https://example.com/1.png"], metadata={"tier": "1"},
        package_dimensions={"height": "1.5", "length": 10, "weight": 2, "width": 3}, shippable=True,
        statement_descriptor="GOLD", tax_code="txcd_10000000", unit_label="seat", url="https://example.com")
    assert product["id"] == "gold"
    assert product["package_dimensions"] == {"height": 1.5, "length": 10, "weight": 2, "width": 3}
    assert (product["active"], product["shippable"], product["unit_label"]) == (False, True, "seat")
    assert (product["tax_code"], product["statement_descriptor"]) == ("txcd_10000000", "GOLD")
    conforms(product)


def test_an_id_is_taken_until_its_product_is_deleted(api: Api) -> None:
    api.post("/v1/products", id="gold", name="Gold")
    error = api.refused("POST", "/v1/products", id="gold", name="Other").error
    assert (error["message"], error["code"], error["param"]) == (
        "Product already exists.", "resource_already_exists", "id")
    assert api.delete("/v1/products/gold") == {"id": "gold", "object": "product", "deleted": True}
    assert api.post("/v1/products", id="gold", name="Again")["name"] == "Again"


def test_a_product_is_created_with_its_default_price(api: Api) -> None:
    product = api.post("/v1/products", name="Gold", expand=["default_price"], default_price_data={
        "currency": "usd", "unit_amount": 1500, "recurring": {"interval": "month"}, "tax_behavior": "exclusive"})
    price = product["default_price"]
    assert (price["product"], price["unit_amount"], price["recurring"]["interval"]) == (product["id"], 1500, "month")
    assert price["tax_behavior"] == "exclusive"
    conforms(product)
    assert api.event_types() == ["product.created", "plan.created", "price.created", "product.updated"]


def test_an_update_tells_what_changed(api: Api) -> None:
    product = api.post("/v1/products", name="Gold", metadata={"a": "1", "b": "2"}, url="https://example.com")
    changed = api.post(f"/v1/products/{product['id']}", name="Silver", metadata={"a": "", "c": "3"}, url="",
                       active=False)
    assert (changed["name"], changed["metadata"], changed["url"], changed["active"]) == (
        "Silver", {"b": "2", "c": "3"}, None, False)
    event = api.events(type="product.updated")[0]
    previous = event["data"]["previous_attributes"]
    previous.pop("updated", None)  # the second may have turned since the creation
    assert previous == {"active": True, "metadata": {"a": "1", "c": None}, "name": "Gold", "url": "https://example.com"}


def test_an_update_that_changes_nothing_is_silent(api: Api) -> None:
    product = api.post("/v1/products", name="Gold")
    assert api.post(f"/v1/products/{product['id']}", name="Gold") == product
    assert api.event_types() == ["product.created"]


def test_the_default_price_must_be_an_active_price_of_the_product(api: Api) -> None:
    product = api.post("/v1/products", name="Gold")
    other = api.post("/v1/prices", currency="usd", unit_amount=1, product_data={"name": "Other"})
    idle = api.post("/v1/prices", currency="usd", unit_amount=1, product=product["id"], active=False)
    path = f"/v1/products/{product['id']}"
    assert api.refused("POST", path, default_price="price_x").error["message"] == "No such price: 'price_x'"
    assert "belongs to another product" in api.refused("POST", path, default_price=other["id"]).error["message"]
    assert api.refused("POST", path, default_price=idle["id"]).error["message"] == (
        "The price specified is inactive. This field only accepts active prices.")
    price = api.post("/v1/prices", currency="usd", unit_amount=1, product=product["id"])
    assert api.post(path, default_price=price["id"])["default_price"] == price["id"]


def test_a_product_with_prices_cannot_be_deleted(api: Api) -> None:
    price = api.post("/v1/prices", currency="usd", unit_amount=1, product_data={"name": "Gold"})
    refused = api.refused("DELETE", f"/v1/products/{price['product']}")
    assert refused.status == 400
    assert refused.error["message"] == "This product cannot be deleted because it has one or more user-created prices."


def test_a_deleted_product_is_gone(api: Api) -> None:
    product = api.post("/v1/products", name="Gold")
    path = f"/v1/products/{product['id']}"
    api.delete(path)
    assert api.events(type="product.deleted")[0]["data"]["object"] == product
    error = api.refused("GET", path)
    assert (error.status, error.error["message"], error.error["param"]) == (
        404, f"No such product: '{product['id']}'", "id")
    assert api.get("/v1/products")["data"] == []


def test_products_are_listed_by_their_filters(api: Api) -> None:
    gold = api.post("/v1/products", name="Gold", url="https://example.com/gold", shippable=True)
    silver = api.post("/v1/products", name="Silver", active=False)
    assert api.get("/v1/products")["data"] == [silver, gold]
    assert api.get("/v1/products", active=True)["data"] == [gold]
    assert api.get("/v1/products", shippable=True)["data"] == [gold]
    assert api.get("/v1/products", url="https://example.com/gold")["data"] == [gold]
    assert api.get("/v1/products", ids=[gold["id"], "prod_none"])["data"] == [gold]
    assert api.get("/v1/products", ids=[gold["id"], silver["id"]])["data"] == [silver, gold]
    assert api.get("/v1/products", created={"lt": gold["created"]})["data"] == []
    page = api.get("/v1/products", limit=1)
    assert (page["data"], page["has_more"], page["url"]) == ([silver], True, "/v1/products")
    assert api.get("/v1/products", limit=1, starting_after=silver["id"])["data"] == [gold]


def test_ids_and_a_cursor_exclude_each_other(api: Api) -> None:
    assert api.refused("GET", "/v1/products", ids=["a"], starting_after="b").error["message"] == (
        "You may only specify one of these parameters: ids, starting_after.")


def test_a_product_needs_a_name(api: Api) -> None:
    error = api.refused("POST", "/v1/products", description="nameless").error
    assert (error["message"], error["code"]) == ("Missing required param: name.", "parameter_missing")
    assert api.refused("POST", "/v1/products", name="x" * 1, unit_label="x" * 13).error["message"] == (
        "Invalid string: xxxx...xxxx; must be at most 12 characters")
