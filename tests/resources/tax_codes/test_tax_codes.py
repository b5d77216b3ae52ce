from tests.support.api import Api


def test_tax_codes_are_read_one_by_one_and_in_pages(api: Api) -> None:
    first = api.get("/v1/tax_codes")
    assert (first["url"], first["has_more"], len(first["data"])) == ("/v1/tax_codes", True, 10)
    goods = api.get("/v1/tax_codes/txcd_99999999")
    assert first["data"][0] == goods
    assert (goods["object"], goods["name"]) == ("tax_code", "General - Tangible Goods")
    everything = api.get("/v1/tax_codes", limit=100)["data"]
    second = api.get("/v1/tax_codes", starting_after=everything[9]["id"])["data"]
    assert second == everything[10:20]
    assert api.get("/v1/tax_codes", ending_before=everything[10]["id"])["data"] == first["data"]
    assert len({code["id"] for code in everything}) == len(everything) == len({code["name"] for code in everything})
    assert all(code["description"].endswith(".") for code in everything)


def test_unknown_tax_codes(api: Api) -> None:
    answer = api.refused("GET", "/v1/tax_codes/txcd_1")
    assert (answer.status, answer.error["code"], answer.error["message"]) == (
        404, "resource_missing", "No such tax code: 'txcd_1'")
    answer = api.refused("GET", "/v1/tax_codes", starting_after="txcd_1")
    assert (answer.status, answer.error["param"]) == (400, "starting_after")


def test_a_product_expands_its_tax_code(api: Api) -> None:
    product = api.post("/v1/products", name="Gold", tax_code="txcd_10103001")
    path = f"/v1/products/{product['id']}"
    assert product["tax_code"] == "txcd_10103001"
    assert api.get(path, expand=["tax_code"])["tax_code"] == api.get("/v1/tax_codes/txcd_10103001")
    [listed] = api.get("/v1/products", expand=["data.tax_code"])["data"]
    assert listed["tax_code"]["name"] == "Software as a service (SaaS) - business use"
    # Stripe has more codes than are known here.
    assert api.post(path, tax_code="txcd_12345678", expand=["tax_code"])["tax_code"] == "txcd_12345678"
    assert api.post(path, tax_code="", expand=["tax_code"])["tax_code"] is None
    for method, url in (("POST", path), ("POST", "/v1/products")):
        answer = api.refused(method, url, name="Gold", tax_code="books")
        assert (answer.status, answer.error["param"], answer.error["message"]) == (
            400, "tax_code", "No such tax code: 'books'")
