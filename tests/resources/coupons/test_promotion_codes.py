"""Promotion codes: made, found, restricted, redeemed, and inactive once they or their coupon can be redeemed no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.clock import Clock
from tests.support.wall import NEW_YEAR, Wall

DAY = 86_400


def refusal(api: Api, method: str, path: str, **params: Any) -> tuple[int, str, str | None, str | None]:
    """Status, message, code and param."""
    answer = api.refused(method, path, **params)
    return answer.status, answer.error["message"], answer.error.get("code"), answer.error.get("param")


@pytest.fixture
def coupon(api: Api) -> str:
    return str(api.post("/v1/coupons", id="SPRING", percent_off=25, duration="forever")["id"])


def test_a_code_with_its_defaults(api: Api, wall: Wall, coupon: str) -> None:
    code = api.post("/v1/promotion_codes", coupon=coupon)
    assert code["id"].startswith("promo_1") and len(code["id"]) == 30
    assert len(code["code"]) == 8 and code["code"].isalnum() and code["code"] == code["code"].upper()
    assert code == {
        "id": code["id"], "object": "promotion_code", "active": True, "code": code["code"],
        "coupon": api.get("/v1/coupons/SPRING"), "created": NEW_YEAR, "customer": None, "expires_at": None,
        "livemode": False, "max_redemptions": None, "metadata": {},
        "restrictions": {"first_time_transaction": False, "minimum_amount": None, "minimum_amount_currency": None},
        "times_redeemed": 0,
    }
    assert api.get(f"/v1/promotion_codes/{code['id']}") == code
    event = api.events()[-1]
    assert (event["type"], event["data"]) == ("promotion_code.created", {"object": code})


def test_a_code_with_everything(api: Api, wall: Wall, coupon: str) -> None:
    customer = api.post("/v1/customers")
    code = api.post(
        "/v1/promotion_codes", active=False, code="Welcome5", coupon=coupon, customer=customer["id"],
        expires_at=NEW_YEAR + DAY, max_redemptions=3, metadata={"by": "jenny"},
        restrictions={"first_time_transaction": True, "minimum_amount": 1000, "minimum_amount_currency": "USD",
                      "currency_options": {"eur": {"minimum_amount": 900}}},
        expand=["customer", "restrictions.currency_options"])
    assert code["customer"] == customer
    assert (code["active"], code["code"], code["expires_at"], code["max_redemptions"], code["metadata"]) == (
        False, "Welcome5", NEW_YEAR + DAY, 3, {"by": "jenny"})
    assert code["restrictions"] == {
        "currency_options": {"eur": {"minimum_amount": 900}, "usd": {"minimum_amount": 1000}},
        "first_time_transaction": True, "minimum_amount": 1000, "minimum_amount_currency": "usd"}


def test_codes_are_found_by_every_filter(api: Api, wall: Wall, coupon: str) -> None:
    other = api.post("/v1/coupons", percent_off=10)["id"]
    customer = api.post("/v1/customers")["id"]
    first = api.post("/v1/promotion_codes", coupon=coupon, code="first")["id"]
    wall.advance(10)
    second = api.post("/v1/promotion_codes", coupon=other, code="second", customer=customer)["id"]
    third = api.post("/v1/promotion_codes", coupon=coupon, code="FIRST", active=False)["id"]

    def found(**filters: Any) -> list[str]:
        return [code["id"] for code in api.get("/v1/promotion_codes", **filters)["data"]]

    assert found() == [third, second, first]
    assert found(active=True) == [second, first]
    assert found(code="First") == [third, first]
    assert found(coupon=other) == [second]
    assert found(customer=customer) == [second]
    assert found(created=NEW_YEAR) == [first]
    assert found(coupon=coupon, active=False) == [third]
    assert found(limit=1, starting_after=third) == [second]
    assert found(code="nothing") == []


def test_a_code_for_a_customer_on_a_clock_lives_on_it(clock: Callable[..., Clock]) -> None:
    jenny = clock("2022-08-01")
    coupon = jenny.api.post("/v1/coupons", percent_off=10)["id"]
    code = jenny.api.post("/v1/promotion_codes", coupon=coupon, customer=jenny.customer, expires_at=jenny.now + DAY)
    assert code["created"] == jenny.now
    assert jenny.api.get("/v1/promotion_codes")["data"] == []
    assert jenny.api.get("/v1/promotion_codes", customer=jenny.customer)["data"] == [code]
    jenny.advance(days=1, hours=-1)
    assert jenny.api.get(f"/v1/promotion_codes/{code['id']}")["active"] is True
    jenny.advance(hours=1, expect=[])
    assert jenny.api.get(f"/v1/promotion_codes/{code['id']}")["active"] is False


def test_active_codes_differ_in_more_than_case(api: Api, coupon: str) -> None:
    first = api.post("/v1/promotion_codes", coupon=coupon, code="Spring25")["id"]
    taken = (400, "An active promotion code with `code: SPRING25` already exists.", "resource_already_exists", "code")
    assert refusal(api, "POST", "/v1/promotion_codes", coupon=coupon, code="SPRING25") == taken
    api.post(f"/v1/promotion_codes/{first}", active=False)
    second = api.post("/v1/promotion_codes", coupon=coupon, code="SPRING25")["id"]
    taken = (400, "An active promotion code with `code: Spring25` already exists.", "resource_already_exists", "code")
    assert refusal(api, "POST", f"/v1/promotion_codes/{first}", active=True) == taken
    api.post(f"/v1/promotion_codes/{second}", active=False)
    assert api.post(f"/v1/promotion_codes/{first}", active=True)["active"] is True


def test_what_can_be_changed(api: Api, coupon: str) -> None:
    code = api.post("/v1/promotion_codes", coupon=coupon, metadata={"a": "1"},
                    restrictions={"minimum_amount": 1000, "minimum_amount_currency": "usd"})
    path = f"/v1/promotion_codes/{code['id']}"
    changed = api.post(path, active=False, metadata={"b": "2"}, restrictions={"currency_options": {"eur": {
        "minimum_amount": 900}}}, expand=["restrictions.currency_options"])
    assert (changed["active"], changed["metadata"]) == (False, {"a": "1", "b": "2"})
    assert changed["restrictions"]["currency_options"] == {
        "eur": {"minimum_amount": 900}, "usd": {"minimum_amount": 1000}}
    event = api.events()[-1]
    assert (event["type"], event["data"]["previous_attributes"]) == (
        "promotion_code.updated", {"active": True, "metadata": {"b": None}})
    assert refusal(api, "POST", path, code="OTHER")[1:] == (
        "Received unknown parameter: code", "parameter_unknown", "code")
    assert refusal(api, "GET", "/v1/promotion_codes/promo_x") == (
        404, "No such promotion code: 'promo_x'", "resource_missing", "promotion_code")


@pytest.mark.parametrize(("params", "message", "code", "param"), [
    ({"coupon": "NONE"}, "No such coupon: 'NONE'", "resource_missing", "coupon"),
    ({}, "Missing required param: coupon.", "parameter_missing", "coupon"),
    ({"coupon": "USED"}, "Coupon expired: USED", "coupon_expired", "coupon"),
    ({"coupon": "LIMITED", "customer": "cus_x"}, "No such customer: 'cus_x'", "resource_missing", "customer"),
    ({"coupon": "LIMITED", "expires_at": NEW_YEAR},
     "Invalid timestamp: must be an integer Unix timestamp in the future", None, "expires_at"),
    ({"coupon": "LIMITED", "expires_at": NEW_YEAR + DAY + 1},
     "A promotion code cannot expire after the `redeem_by` of its coupon.", None, "expires_at"),
    ({"coupon": "LIMITED", "max_redemptions": 6},
     "A promotion code cannot have more `max_redemptions` than its coupon.", None, "max_redemptions"),
    ({"coupon": "LIMITED", "max_redemptions": 0}, "This value must be greater than or equal to 1.",
     "parameter_invalid_integer", "max_redemptions"),
    ({"coupon": "LIMITED", "restrictions": {"minimum_amount": 100}},
     "Missing required param: restrictions[minimum_amount_currency].", "parameter_missing",
     "restrictions[minimum_amount_currency]"),
    ({"coupon": "LIMITED", "restrictions": {"minimum_amount_currency": "usd"}},
     "Missing required param: restrictions[minimum_amount].", "parameter_missing", "restrictions[minimum_amount]"),
])
def test_what_cannot_be_made(api: Api, wall: Wall, params: dict[str, Any], message: str, code: str | None,
                             param: str) -> None:
    api.post("/v1/coupons", id="LIMITED", percent_off=10, redeem_by=NEW_YEAR + DAY, max_redemptions=5)
    api.post("/v1/coupons", id="USED", percent_off=10, max_redemptions=1)
    api.post("/v1/customers", coupon="USED")
    assert refusal(api, "POST", "/v1/promotion_codes", **params) == (400, message, code, param)
    assert api.get("/v1/promotion_codes")["data"] == []


def test_a_code_goes_with_its_coupon(api: Api, wall: Wall) -> None:
    api.post("/v1/coupons", id="GONE", percent_off=10)
    api.post("/v1/coupons", id="USED", percent_off=10, max_redemptions=2)
    api.post("/v1/coupons", id="OVER", percent_off=10, redeem_by=NEW_YEAR + DAY)
    codes = {id: api.post("/v1/promotion_codes", coupon=id, code=id)["id"] for id in ("GONE", "USED", "OVER")}
    api.delete("/v1/coupons/GONE")
    api.post("/v1/customers", promotion_code=codes["USED"])
    api.post("/v1/customers", coupon="USED")
    wall.advance(DAY + 1)
    api.server.worker.run_due()
    for id, code in codes.items():
        shown = api.get(f"/v1/promotion_codes/{code}")
        assert (shown["active"], shown["coupon"]["id"], shown["coupon"]["valid"]) == (False, id, False)
        assert refusal(api, "POST", f"/v1/promotion_codes/{code}", active=True)[1] == (
            "This promotion code cannot be activated because its coupon is not valid any more.")
        assert refusal(api, "POST", "/v1/customers", promotion_code=code) == (
            400, "This promotion code cannot be redeemed because the associated coupon is expired.", None,
            "promotion_code")
    # A new coupon with the old id has none of the old one's codes.
    api.post("/v1/coupons", id="GONE", percent_off=50)
    assert api.get("/v1/promotion_codes", coupon="GONE")["data"] == []
    assert api.get(f"/v1/promotion_codes/{codes['GONE']}")["coupon"]["percent_off"] == 10


def test_a_code_is_redeemed_so_many_times_and_until_it_expires(api: Api, wall: Wall, coupon: str) -> None:
    twice = api.post("/v1/promotion_codes", coupon=coupon, max_redemptions=2)["id"]
    for redeemed, active in ((1, True), (2, False)):
        customer = api.post("/v1/customers", promotion_code=twice)
        assert customer["discount"]["promotion_code"] == twice
        shown = api.get(f"/v1/promotion_codes/{twice}")
        assert (shown["times_redeemed"], shown["active"], shown["coupon"]["times_redeemed"]) == (
            redeemed, active, redeemed)
    assert refusal(api, "POST", "/v1/customers", promotion_code=twice)[1] == (
        "This promotion code cannot be redeemed because it has been used the maximum number of times.")
    assert refusal(api, "POST", f"/v1/promotion_codes/{twice}", active=True)[1] == (
        "This promotion code cannot be activated because it has been used the maximum number of times.")
    brief = api.post("/v1/promotion_codes", coupon=coupon, code="BRIEF", expires_at=NEW_YEAR + DAY)["id"]
    wall.advance(DAY - 1)
    api.post("/v1/customers", promotion_code=brief)
    wall.advance(1)
    assert refusal(api, "POST", "/v1/customers", promotion_code=brief)[1] == (
        "This promotion code cannot be redeemed because it is expired.")
    # Before the worker gets round to it, too, the code is free for another.
    other = api.post("/v1/promotion_codes", coupon=coupon, code="brief")["id"]
    assert [api.get(f"/v1/promotion_codes/{id}")["active"] for id in (brief, other)] == [False, True]
    off = api.post(f"/v1/promotion_codes/{other}", active=False)["id"]
    assert refusal(api, "POST", "/v1/customers", promotion_code=off)[1] == (
        "This promotion code cannot be redeemed because it is not active.")


def test_a_subscription_redeems_a_code(clock: Callable[..., Clock]) -> None:
    jenny = clock("2022-08-01")
    coupon = jenny.api.post("/v1/coupons", percent_off=25, duration="forever")["id"]
    code = jenny.api.post("/v1/promotion_codes", coupon=coupon, customer=jenny.customer)["id"]
    price = jenny.price(1000)
    both = {"items": [{"price": price}], "coupon": coupon, "promotion_code": code}
    assert refusal(jenny.api, "POST", "/v1/subscriptions", customer=jenny.customer, **both)[:2] == (
        400, "You may only specify one of these parameters: coupon, promotion_code.")
    subscription = jenny.subscribe(price, promotion_code=code)
    assert (subscription["discount"]["promotion_code"], subscription["discount"]["coupon"]["id"]) == (code, coupon)
    assert jenny.latest_invoice(subscription)["total"] == 750
    # Naming the coupon or the code again changes nothing.
    for same in ({"coupon": coupon}, {"promotion_code": code}):
        assert jenny.update(subscription, **same)["discount"] == subscription["discount"]
    assert jenny.api.get(f"/v1/promotion_codes/{code}")["times_redeemed"] == 1
    expanded = jenny.api.get(f"/v1/subscriptions/{subscription['id']}", expand=["discount.promotion_code"])
    assert expanded["discount"]["promotion_code"]["id"] == code
    other = jenny.api.post("/v1/promotion_codes", coupon=coupon)["id"]
    jenny.new_events()
    changed = jenny.update(subscription, promotion_code=other)
    assert changed["discount"]["promotion_code"] == other
    jenny.new_events(expect=["customer.discount.deleted", "customer.discount.created", "customer.subscription.updated"])
    assert jenny.update(subscription, coupon="")["discount"] is None


def test_restrictions_are_enforced(clock: Callable[..., Clock]) -> None:
    jenny = clock("2022-08-01")
    coupon = jenny.api.post("/v1/coupons", percent_off=25)["id"]

    def code(**values: Any) -> str:
        return str(jenny.api.post("/v1/promotion_codes", coupon=coupon, **values)["id"])

    bob = jenny.api.post("/v1/customers")["id"]
    of_bob, first = code(customer=bob), code(restrictions={"first_time_transaction": True})
    enough = code(restrictions={"minimum_amount": 2000, "minimum_amount_currency": "usd"})
    euros = code(restrictions={"minimum_amount": 1, "minimum_amount_currency": "eur"})
    price = jenny.price(1000)
    too_low = "the associated purchase does not meet the minimum amount requirement"
    subscribe = {"customer": jenny.customer, "items": [{"price": price}]}
    for promotion_code, reason in ((of_bob, "it is restricted to another customer"), (enough, too_low), (euros, too_low)):
        assert refusal(jenny.api, "POST", "/v1/subscriptions", promotion_code=promotion_code, **subscribe) == (
            400, f"This promotion code cannot be redeemed because {reason}.", None, "promotion_code")
    # A customer buys nothing.
    assert too_low in refusal(jenny.api, "POST", f"/v1/customers/{jenny.customer}", promotion_code=enough)[1]
    # 2 × 1000
    jenny.subscribe(items=[{"price": price, "quantity": 2}], promotion_code=enough)
    prior = (400, "This promotion code cannot be redeemed because the associated customer has prior transactions.", None,
             "promotion_code")
    assert refusal(jenny.api, "POST", "/v1/subscriptions", promotion_code=first, **subscribe) == prior
    assert refusal(jenny.api, "POST", f"/v1/customers/{jenny.customer}", promotion_code=first) == prior
    # A draft is no transaction yet, and a void invoice none any more.
    jenny.api.post("/v1/invoiceitems", customer=bob, amount=100, currency="usd")
    draft = jenny.api.post("/v1/invoices", customer=bob, pending_invoice_items_behavior="include")["id"]
    assert jenny.api.post(f"/v1/customers/{bob}", promotion_code=first)["discount"]["promotion_code"] == first
    jenny.api.delete(f"/v1/customers/{bob}/discount")
    jenny.api.post(f"/v1/invoices/{draft}/finalize")
    assert refusal(jenny.api, "POST", f"/v1/customers/{bob}", promotion_code=first) == prior
    jenny.api.post(f"/v1/invoices/{draft}/void")
    jenny.api.post(f"/v1/customers/{bob}", promotion_code=first)
