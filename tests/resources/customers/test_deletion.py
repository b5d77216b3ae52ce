"""Deleting a customer, and the quota of customers on a clock."""

from __future__ import annotations

from app.control.doctor import examine
from tests.support.api import Api

JAN_1_2022 = 1_640_995_200


def test_a_deleted_customer_answers_a_stub_and_is_listed_no_more(api: Api) -> None:
    customer = api.post("/v1/customers", name="Jenny")
    stub = {"id": customer["id"], "object": "customer", "deleted": True}
    assert api.delete(f"/v1/customers/{customer['id']}") == stub
    assert api.get(f"/v1/customers/{customer['id']}") == stub
    assert api.get("/v1/customers")["data"] == []
    event = api.events()[-1]
    assert (event["type"], event["data"]["object"]) == ("customer.deleted", customer)
    for method, path in (("POST", f"/v1/customers/{customer['id']}"), ("DELETE", f"/v1/customers/{customer['id']}")):
        answer = api.refused(method, path)
        assert (answer.status, answer.error["message"]) == (404, f"No such customer: '{customer['id']}'")


def test_what_a_deleted_customer_subscribes_to_is_canceled(api: Api) -> None:
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=JAN_1_2022)
    customer = api.post("/v1/customers", test_clock=clock["id"], payment_method="pm_card_visa",
                        invoice_settings={"default_payment_method": "pm_card_visa"})
    price = api.post("/v1/prices", currency="usd", unit_amount=1000, product_data={"name": "Gold"},
                     recurring={"interval": "month"})
    subscription = api.post("/v1/subscriptions", customer=customer["id"], items=[{"price": price["id"]}])
    waiting = api.post("/v1/subscription_schedules", customer=customer["id"], start_date=JAN_1_2022 + 86_400,
                       phases=[{"items": [{"price": price["id"]}]}])
    before = len(api.events())
    api.delete(f"/v1/customers/{customer['id']}")
    ended = api.get(f"/v1/subscriptions/{subscription['id']}")
    assert (ended["status"], ended["ended_at"], ended["canceled_at"]) == ("canceled", JAN_1_2022, JAN_1_2022)
    assert api.get(f"/v1/subscription_schedules/{waiting['id']}")["status"] == "canceled"
    happened = [event["type"] for event in api.events() if event["created"] == JAN_1_2022][-3:]
    assert happened == ["customer.deleted", "customer.subscription.deleted", "subscription_schedule.canceled"]
    assert len(api.events()) == before + 3


def test_strict_limits_allow_three_customers_on_a_clock(api: Api) -> None:
    api.post("/_sim/settings", limits="strict")
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=JAN_1_2022)
    for _ in range(3):
        api.post("/v1/customers", test_clock=clock["id"])
    answer = api.refused("POST", "/v1/customers", test_clock=clock["id"])
    assert (answer.status, answer.error["param"], answer.error["message"]) == (
        400, "test_clock", f"Test clock {clock['id']} already has the maximum of 3 customers.")
    assert len(api.get("/v1/customers", test_clock=clock["id"])["data"]) == 3


def test_the_balance_can_be_set(api: Api) -> None:
    customer = api.post("/v1/customers", balance=-500)
    assert customer["balance"] == -500
    assert api.post(f"/v1/customers/{customer['id']}", balance=300)["balance"] == 300
    assert api.events()[-1]["data"]["previous_attributes"] == {"balance": -500}


def test_what_customers_own_disappears_with_their_clock(api: Api) -> None:
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=JAN_1_2022)["id"]
    coupon = api.post("/v1/coupons", percent_off=10)["id"]
    customer = api.post("/v1/customers", test_clock=clock, balance=-100, coupon=coupon, source="tok_visa",
                        tax_id_data=[{"type": "us_ein", "value": "12-3456789"}])["id"]
    code = api.post("/v1/promotion_codes", coupon=coupon, customer=customer)["id"]
    api.delete(f"/v1/test_helpers/test_clocks/{clock}")
    assert api.get(f"/v1/customers/{customer}")["deleted"] is True
    assert api.refused("GET", f"/v1/promotion_codes/{code}").status == 404
    for owned in ("balance_transactions", "tax_ids", "cash_balance", "discount"):
        answer = api.refused("GET", f"/v1/customers/{customer}/{owned}")
        assert (answer.status, answer.error["message"]) == (404, f"No such customer: '{customer}'")
    # The stub names nothing that went with the clock.
    assert [each for each in examine(api.server.database, account=api.key) if each["object"] == "customer"] == []
