from tests.support.api import Api


def test_a_customer_is_created_with_a_card_as_the_sdk_documents_it(api: Api) -> None:
    customer = api.post("/v1/customers", payment_method="pm_card_visa",
                        invoice_settings={"default_payment_method": "pm_card_visa"})
    [method] = api.get(f"/v1/customers/{customer['id']}/payment_methods")["data"]
    assert customer["invoice_settings"]["default_payment_method"] == method["id"]
    assert api.event_types() == ["customer.created", "payment_method.attached"]
    expanded = api.get(f"/v1/customers/{customer['id']}", expand=["invoice_settings.default_payment_method"])
    assert expanded["invoice_settings"]["default_payment_method"] == method


def test_a_payment_method_is_attached_without_becoming_the_default(api: Api) -> None:
    made = api.post("/v1/payment_methods", type="card", card={"token": "tok_visa"})
    customer = api.post("/v1/customers", payment_method=made["id"])
    assert customer["invoice_settings"]["default_payment_method"] is None
    assert api.get(f"/v1/payment_methods/{made['id']}")["customer"] == customer["id"]


def test_a_refused_card_leaves_no_customer_behind(api: Api) -> None:
    refused = api.refused("POST", "/v1/customers", payment_method="pm_card_chargeDeclined")
    assert (refused.status, refused.error["code"]) == (402, "card_declined")
    assert api.get("/v1/customers")["data"] == []


def test_the_default_must_be_attached(api: Api) -> None:
    made = api.post("/v1/payment_methods", type="card", card={"token": "tok_visa"})
    expected = (f"The customer does not have a payment method with the ID {made['id']}. The payment method must be "
                "attached to the customer.")
    settings = {"default_payment_method": made["id"]}
    assert api.refused("POST", "/v1/customers", invoice_settings=settings).error["message"] == expected
    customer = api.post("/v1/customers")
    path = f"/v1/customers/{customer['id']}"
    error = api.refused("POST", path, invoice_settings=settings).error
    assert (error["message"], error["code"], error["param"]) == (
        expected, "resource_missing", "invoice_settings[default_payment_method]")
    api.post(f"/v1/payment_methods/{made['id']}/attach", customer=customer["id"])
    assert api.post(path, invoice_settings=settings)["invoice_settings"]["default_payment_method"] == made["id"]
    assert api.post(path, invoice_settings={"default_payment_method": ""})["invoice_settings"][
        "default_payment_method"] is None


def test_a_magic_name_stands_for_the_customers_own_copy(api: Api) -> None:
    customer = api.post("/v1/customers", payment_method="pm_card_visa")
    path = f"/v1/customers/{customer['id']}"
    [method] = api.get(f"{path}/payment_methods")["data"]
    updated = api.post(path, invoice_settings={"default_payment_method": "pm_card_visa"})
    assert updated["invoice_settings"]["default_payment_method"] == method["id"]
    updated = api.post(path, invoice_settings={"default_payment_method": "pm_card_amex"})
    assert [each["card"]["brand"] for each in api.get(f"{path}/payment_methods")["data"]] == ["amex", "visa"]


def test_a_card_of_a_customer_on_a_test_clock_lives_on_that_clock(api: Api) -> None:
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=1_577_836_800)
    customer = api.post("/v1/customers", test_clock=clock["id"], payment_method="pm_card_visa")
    [method] = api.get(f"/v1/customers/{customer['id']}/payment_methods")["data"]
    assert method["created"] == 1_577_836_800
