from tests.support.api import Api


def test_a_customer_is_created_retrieved_and_listed(api: Api) -> None:
    customer = api.post("/v1/customers", email="jenny@example.com", metadata={"tier": "gold"})
    assert customer["id"].startswith("cus_") and len(customer["id"]) == 18
    assert api.get(f"/v1/customers/{customer['id']}") == customer
    assert api.get("/v1/customers")["data"] == [customer]
