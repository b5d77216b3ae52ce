from typing import Any

import pytest

from app.resources.coupons.operations import expire_coupon
from app.resources.coupons.tables import Coupon
from app.resources.coupons.ticks import COUPON_EXPIRY
from tests.support.api import Api
from tests.support.reference import conforms
from tests.support.wall import NEW_YEAR, Wall

DAY = 86_400


def test_a_percentage_is_created_with_its_defaults(api: Api, wall: Wall) -> None:
    coupon = api.post("/v1/coupons", percent_off="25.5")
    assert len(coupon["id"]) == 8 and coupon["id"].isalnum()
    assert coupon == {
        "id": coupon["id"], "object": "coupon", "amount_off": None, "created": NEW_YEAR, "currency": None,
        "duration": "once", "duration_in_months": None, "livemode": False, "max_redemptions": None, "metadata": {},
        "name": None, "percent_off": 25.5, "redeem_by": None, "times_redeemed": 0, "valid": True,
    }
    conforms(coupon)
    assert api.get(f"/v1/coupons/{coupon['id']}") == coupon
    [event] = api.events()
    assert (event["type"], event["data"]) == ("coupon.created", {"object": coupon})


def test_an_amount_takes_every_parameter(api: Api, wall: Wall) -> None:
    api.post("/v1/products", id="gold", name="Gold")
    coupon = api.post(
        "/v1/coupons", id="SPRING", amount_off=500, applies_to={"products": ["gold"]}, currency="USD",
        currency_options={"eur": {"amount_off": 450}}, duration="repeating", duration_in_months=3, max_redemptions=10,
        metadata={"campaign": "spring"}, name="Five off", redeem_by=NEW_YEAR + DAY,
        expand=["applies_to", "currency_options"])
    assert coupon == {
        "id": "SPRING", "object": "coupon", "amount_off": 500, "applies_to": {"products": ["gold"]},
        "created": NEW_YEAR, "currency": "usd",
        "currency_options": {"eur": {"amount_off": 450}, "usd": {"amount_off": 500}}, "duration": "repeating",
        "duration_in_months": 3, "livemode": False, "max_redemptions": 10, "metadata": {"campaign": "spring"},
        "name": "Five off", "percent_off": None, "redeem_by": NEW_YEAR + DAY, "times_redeemed": 0, "valid": True,
    }
    conforms(coupon)
    assert api.get("/v1/coupons", expand=["data.applies_to", "data.currency_options"])["data"] == [coupon]
    unexpanded = api.get("/v1/coupons/SPRING")
    assert coupon.keys() - unexpanded.keys() == {"applies_to", "currency_options"}


def test_what_a_percentage_does_not_have_cannot_be_included(api: Api) -> None:
    coupon = api.post("/v1/coupons", percent_off=10, expand=["applies_to", "currency_options"])
    assert "applies_to" not in coupon and "currency_options" not in coupon


MISSING_MONTHS = "The duration_in_months param must be set when creating a coupon with a repeating duration"
NEEDLESS_MONTHS = "The duration_in_months param can only be set when creating a coupon with a repeating duration"
OWN_OPTION = ("You are specifying a currency option that matches the top-level currency for this coupon. Please remove "
              "this currency option and it will be added automatically on creation.")


@pytest.mark.parametrize(("params", "message", "code", "param"), [
    ({}, "Must provide percent_off or amount_off.", "parameter_missing", None),
    ({"percent_off": 10, "amount_off": 500, "currency": "usd"},
     "Received both percent_off and amount_off parameters. Please pass in only one.", None, None),
    ({"amount_off": 500}, "You must pass currency when passing amount_off", None, "currency"),
    ({"amount_off": 0, "currency": "usd"}, "This value must be greater than or equal to 1.",
     "parameter_invalid_integer", "amount_off"),
    ({"percent_off": 0}, "This value must be greater than or equal to 0.01 (it currently is '0.0').", None,
     "percent_off"),
    ({"percent_off": "100.01"}, "This value must be less than or equal to 100 (it currently is '100.01').", None,
     "percent_off"),
    ({"percent_off": "12.345"}, "Invalid decimal: 12.345; must contain at maximum two decimal places.", None,
     "percent_off"),
    ({"percent_off": 10, "duration": "yearly"}, "Invalid duration: must be one of forever, once, or repeating", None,
     "duration"),
    ({"percent_off": 10, "duration": "repeating"}, MISSING_MONTHS, None, "duration"),
    ({"percent_off": 10, "duration": "once", "duration_in_months": 3}, NEEDLESS_MONTHS, None, "duration_in_months"),
    ({"percent_off": 10, "currency_options": {"eur": {"amount_off": 5}}},
     "You may only specify one of these parameters: currency_options, percent_off.", None, "currency_options"),
    ({"amount_off": 500, "currency": "usd", "currency_options": {"usd": {"amount_off": 5}}}, OWN_OPTION, None,
     "currency_options[usd]"),
    ({"amount_off": 500, "currency": "usd", "currency_options": {"EUR": {"amount_off": 5}}},
     "Currencies must be lowercase when used as keys in a map. Use `eur` instead of `EUR`.", None, "currency_options"),
    ({"amount_off": 500, "currency": "usd", "currency_options": {"eur": {"amount": 5}}},
     "Received unknown parameter: currency_options[eur][amount]. Did you mean amount_off?", "parameter_unknown",
     "currency_options[eur][amount]"),
    ({"percent_off": 10, "applies_to": {"products": ["prod_none"]}}, "No such product: 'prod_none'", "resource_missing",
     "applies_to[products][0]"),
])
def test_terms_that_make_no_sense_are_refused(
        api: Api, params: dict[str, Any], message: str, code: str | None, param: str | None) -> None:
    answer = api.refused("POST", "/v1/coupons", **params)
    assert answer.status == 400
    assert (answer.error["message"], answer.error.get("code"), answer.error.get("param")) == (message, code, param)


def test_an_unknown_currency_option_is_refused_with_the_currencies_there_are(api: Api) -> None:
    error = api.refused("POST", "/v1/coupons", amount_off=500, currency="usd",
                        currency_options={"xyz": {"amount_off": 5}}).error
    assert error["message"].startswith(
        "Invalid currency: xyz. Stripe currently supports these currencies: usd, aed, afn, ")
    assert error["param"] == "currency_options"


def test_redeem_by_lies_in_the_next_five_years(api: Api, wall: Wall) -> None:
    error = api.refused("POST", "/v1/coupons", percent_off=10, redeem_by=NEW_YEAR).error
    assert error["message"] == (
        "The parameter `redeem_by` expects a unix timestamp representing a date and time in the future. You specified "
        "the value `1672531200` which is in the past.")
    assert error["param"] == "redeem_by"
    error = api.refused("POST", "/v1/coupons", percent_off=10, redeem_by=1_830_297_601).error
    assert error["message"] == "Invalid timestamp: can be no more than five years in the future"
    assert api.post("/v1/coupons", percent_off=10, redeem_by=1_830_297_600)["valid"] is True


def test_a_coupon_falls_due_the_second_after_redeem_by() -> None:
    coupon = Coupon(redeem_by=NEW_YEAR, valid=True)
    assert COUPON_EXPIRY.due(coupon) == NEW_YEAR + 1
    coupon.valid = False
    assert COUPON_EXPIRY.due(coupon) is None
    assert COUPON_EXPIRY.due(Coupon(valid=True)) is None
    assert COUPON_EXPIRY.fire is expire_coupon


def test_an_id_is_taken_until_its_coupon_is_deleted(api: Api) -> None:
    api.post("/v1/coupons", id="SPRING", percent_off=10)
    error = api.refused("POST", "/v1/coupons", id="SPRING", percent_off=20).error
    assert (error["message"], error["code"]) == ("Coupon already exists.", "resource_already_exists")
    assert "param" not in error
    api.delete("/v1/coupons/SPRING")
    assert api.post("/v1/coupons", id="SPRING", percent_off=20)["percent_off"] == 20


def test_an_update_tells_what_changed(api: Api) -> None:
    api.post("/v1/coupons", id="SPRING", amount_off=500, currency="usd", metadata={"a": "1", "b": "2"}, name="Old")
    changed = api.post("/v1/coupons/SPRING", name="New", metadata={"a": "", "c": "3"},
                       currency_options={"eur": {"amount_off": 450}}, expand=["currency_options"])
    assert (changed["name"], changed["metadata"]) == ("New", {"b": "2", "c": "3"})
    assert changed["currency_options"] == {"eur": {"amount_off": 450}, "usd": {"amount_off": 500}}
    event = api.events()[-1]
    assert event["type"] == "coupon.updated"
    assert event["data"]["previous_attributes"] == {"metadata": {"a": "1", "c": None}, "name": "Old"}
    more = api.post("/v1/coupons/SPRING", currency_options={"gbp": {"amount_off": 400}}, expand=["currency_options"])
    assert more["currency_options"] == {
        "eur": {"amount_off": 450}, "gbp": {"amount_off": 400}, "usd": {"amount_off": 500}}


def test_an_update_changes_no_terms(api: Api) -> None:
    api.post("/v1/coupons", id="SPRING", percent_off=10)
    error = api.refused("POST", "/v1/coupons/SPRING", percent_off=20).error
    assert (error["message"], error["code"]) == ("Received unknown parameter: percent_off", "parameter_unknown")
    error = api.refused("POST", "/v1/coupons/SPRING", currency_options={"eur": {"amount_off": 5}}).error
    assert error["message"] == "You may only specify one of these parameters: currency_options, percent_off."


def test_a_deleted_coupon_is_gone(api: Api) -> None:
    coupon = api.post("/v1/coupons", id="SPRING", percent_off=10)
    assert api.delete("/v1/coupons/SPRING") == {"id": "SPRING", "object": "coupon", "deleted": True}
    for method in ("GET", "POST", "DELETE"):
        answer = api.refused(method, "/v1/coupons/SPRING")
        assert answer.status == 404
        assert (answer.error["message"], answer.error["code"], answer.error["param"]) == (
            "No such coupon: 'SPRING'", "resource_missing", "coupon")
    assert api.get("/v1/coupons")["data"] == []
    event = api.events()[-1]
    assert (event["type"], event["data"]) == ("coupon.deleted", {"object": coupon | {"valid": False}})


def test_coupons_are_listed_newest_first(api: Api, wall: Wall) -> None:
    for id in ("A", "B", "C"):
        api.post("/v1/coupons", id=id, percent_off=10)
        wall.advance(DAY)

    def ids(**params: Any) -> list[str]:
        return [coupon["id"] for coupon in api.get("/v1/coupons", **params)["data"]]

    assert ids() == ["C", "B", "A"]
    assert ids(limit=1, starting_after="C") == ["B"]
    assert ids(ending_before="A", limit=1) == ["B"]
    assert ids(created={"gt": NEW_YEAR}) == ["C", "B"]
    assert ids(created=NEW_YEAR) == ["A"]
    page = api.get("/v1/coupons", limit=2)
    assert (page["object"], page["url"], page["has_more"]) == ("list", "/v1/coupons", True)
