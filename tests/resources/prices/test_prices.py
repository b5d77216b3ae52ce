from typing import Any

import pytest

from tests.support.api import Api
from tests.support.reference import conforms


@pytest.fixture
def product(api: Api) -> str:
    return str(api.post("/v1/products", name="Gold")["id"])


def test_a_one_time_price_has_its_defaults(api: Api, product: str) -> None:
    price = api.post("/v1/prices", currency="USD", unit_amount=1000, product=product)
    assert price["id"].startswith("price_1") and len(price["id"]) == 30
    assert price == {
        "id": price["id"], "object": "price", "active": True, "billing_scheme": "per_unit", "created": price["created"],
        "currency": "usd", "custom_unit_amount": None, "livemode": False, "lookup_key": None, "metadata": {},
        "nickname": None, "product": product, "recurring": None, "tax_behavior": "unspecified", "tiers_mode": None,
        "transform_quantity": None, "type": "one_time", "unit_amount": 1000, "unit_amount_decimal": "1000",
    }
    conforms(price)
    assert api.get(f"/v1/prices/{price['id']}") == price
    assert api.event_types() == ["product.created", "price.created"]


def test_a_recurring_price_is_a_plan_too(api: Api, product: str) -> None:
    price = api.post("/v1/prices", currency="usd", unit_amount=1500, product=product, nickname="Monthly",
                     metadata={"a": "1"}, tax_behavior="inclusive",
                     recurring={"interval": "month", "interval_count": 3})
    assert price["type"] == "recurring"
    assert price["recurring"] == {
        "aggregate_usage": None, "interval": "month", "interval_count": 3, "usage_type": "licensed"}
    conforms(price)
    assert api.event_types() == ["product.created", "plan.created", "price.created"]
    plan = api.events(type="plan.created")[0]["data"]["object"]
    assert plan == {
        "id": price["id"], "object": "plan", "active": True, "aggregate_usage": None, "amount": 1500,
        "amount_decimal": "1500", "billing_scheme": "per_unit", "created": price["created"], "currency": "usd",
        "interval": "month", "interval_count": 3, "livemode": False, "metadata": {"a": "1"}, "nickname": "Monthly",
        "product": product, "tiers_mode": None, "transform_usage": None, "trial_period_days": None,
        "usage_type": "licensed",
    }
    conforms(plan)


@pytest.mark.parametrize(("sent", "amount", "decimal"), [
    ("12.345", None, "12.345"),
    ("0.000000000001", None, "0.000000000001"),
    ("100.00", 100, "100"),
    ("0", 0, "0"),
])
def test_a_decimal_amount_is_kept_exactly(api: Api, product: str, sent: str, amount: int | None, decimal: str) -> None:
    price = api.post("/v1/prices", currency="usd", unit_amount_decimal=sent, product=product)
    assert (price["unit_amount"], price["unit_amount_decimal"]) == (amount, decimal)


def test_graduated_tiers_are_shown_when_they_are_expanded(api: Api, product: str) -> None:
    price = api.post("/v1/prices", currency="usd", product=product, billing_scheme="tiered", tiers_mode="graduated",
                     recurring={"interval": "month", "usage_type": "metered"},
                     tiers=[{"up_to": 5, "unit_amount": 500, "flat_amount": 1000},
                            {"up_to": "inf", "unit_amount_decimal": "0.5"}])
    assert (price["billing_scheme"], price["tiers_mode"], price["unit_amount"]) == ("tiered", "graduated", None)
    assert price["unit_amount_decimal"] is None and "tiers" not in price
    assert price["recurring"]["aggregate_usage"] == "sum"
    expanded = api.get(f"/v1/prices/{price['id']}", expand=["tiers", "currency_options"])
    assert expanded["tiers"] == [
        {"flat_amount": 1000, "flat_amount_decimal": "1000", "unit_amount": 500, "unit_amount_decimal": "500",
         "up_to": 5},
        {"flat_amount": None, "flat_amount_decimal": None, "unit_amount": None, "unit_amount_decimal": "0.5",
         "up_to": None}]
    assert expanded["currency_options"]["usd"]["tiers"] == expanded["tiers"]
    conforms(expanded)
    listed = api.get("/v1/prices", expand=["data.tiers"])["data"]
    assert listed[0]["tiers"] == expanded["tiers"]


def test_a_price_without_tiers_has_none_to_expand(api: Api, product: str) -> None:
    price = api.post("/v1/prices", currency="usd", unit_amount=1, product=product, expand=["tiers", "product"])
    assert "tiers" not in price and price["product"]["name"] == "Gold"


@pytest.mark.parametrize("aggregate_usage", ["sum", "max", "last_during_period", "last_ever"])
def test_metered_prices_aggregate_in_four_ways(api: Api, product: str, aggregate_usage: str) -> None:
    price = api.post("/v1/prices", currency="usd", unit_amount=2, product=product, recurring={
        "interval": "month", "usage_type": "metered", "aggregate_usage": aggregate_usage})
    assert price["recurring"] == {
        "aggregate_usage": aggregate_usage, "interval": "month", "interval_count": 1, "usage_type": "metered"}


def test_packages_and_custom_amounts(api: Api, product: str) -> None:
    package = api.post("/v1/prices", currency="usd", unit_amount=1000, product=product,
                       transform_quantity={"divide_by": 12, "round": "up"})
    assert package["transform_quantity"] == {"divide_by": 12, "round": "up"}
    custom = api.post("/v1/prices", currency="usd", product=product,
                      custom_unit_amount={"enabled": True, "minimum": 100, "maximum": 9000, "preset": 500})
    assert custom["custom_unit_amount"] == {"maximum": 9000, "minimum": 100, "preset": 500}
    assert (custom["unit_amount"], custom["unit_amount_decimal"]) == (None, None)
    conforms(custom)


def test_currency_options_include_the_prices_own_currency(api: Api, product: str) -> None:
    price = api.post("/v1/prices", currency="usd", unit_amount=1000, product=product, expand=["currency_options"],
                     currency_options={"eur": {"unit_amount": 950, "tax_behavior": "inclusive"},
                                       "jpy": {"unit_amount_decimal": "1400.5"}})
    option = {"custom_unit_amount": None, "tax_behavior": "unspecified"}
    usd = option | {"unit_amount": 1000, "unit_amount_decimal": "1000"}
    eur = option | {"unit_amount": 950, "unit_amount_decimal": "950", "tax_behavior": "inclusive"}
    jpy = option | {"unit_amount": None, "unit_amount_decimal": "1400.5"}
    assert price["currency_options"] == {"eur": eur, "jpy": jpy, "usd": usd}
    conforms(price)
    path = f"/v1/prices/{price['id']}"
    changed = api.post(path, currency_options={"gbp": {"unit_amount": 800}}, expand=["currency_options"])
    assert sorted(changed["currency_options"]) == ["eur", "gbp", "jpy", "usd"]
    cleared = api.post(path, currency_options="", expand=["currency_options"])
    assert cleared["currency_options"] == {"usd": usd}


def test_a_currency_option_keeps_what_is_not_sent_of_it(api: Api, product: str) -> None:
    price = api.post("/v1/prices", currency="usd", unit_amount=1000, product=product,
                     currency_options={"eur": {"unit_amount": 950}})
    path = f"/v1/prices/{price['id']}"

    def changed(**option: Any) -> dict[str, Any]:
        shown = api.post(path, currency_options={"eur": option}, expand=["currency_options"])["currency_options"]["eur"]
        return {name: shown[name] for name in ("tax_behavior", "unit_amount")}

    assert changed(tax_behavior="exclusive") == {"tax_behavior": "exclusive", "unit_amount": 950}
    assert changed(unit_amount=900) == {"tax_behavior": "exclusive", "unit_amount": 900}
    answer = api.refused("POST", path, currency_options={"eur": {"tax_behavior": "inclusive"}})
    assert (answer.status, answer.error["param"]) == (400, "currency_options[eur][tax_behavior]")


def test_tiers_are_given_in_each_currency(api: Api, product: str) -> None:
    tiers = [{"up_to": 5, "unit_amount": 90}, {"up_to": "inf", "unit_amount": 80}]
    price = api.post("/v1/prices", currency="usd", product=product, billing_scheme="tiered", tiers_mode="graduated",
                     recurring={"interval": "month"}, tiers=[{"up_to": "inf", "unit_amount": 100}],
                     currency_options={"eur": {"tiers": tiers}}, expand=["currency_options"])
    euros = price["currency_options"]["eur"]
    assert [(tier["up_to"], tier["unit_amount"]) for tier in euros["tiers"]] == [(5, 90), (None, 80)]
    assert (euros["unit_amount"], euros["unit_amount_decimal"]) == (None, None)
    conforms(price)


def test_product_data_makes_the_product(api: Api) -> None:
    price = api.post("/v1/prices", currency="usd", unit_amount=1, product_data={
        "id": "gold", "name": "Gold", "unit_label": "seat", "metadata": {"a": "1"}})
    assert price["product"] == "gold"
    made = api.get("/v1/products/gold")
    assert (made["name"], made["unit_label"], made["metadata"]) == ("Gold", "seat", {"a": "1"})
    assert api.event_types() == ["product.created", "price.created"]


TIER = {"up_to": "inf", "unit_amount": 1}
TIERED = {"billing_scheme": "tiered", "tiers_mode": "volume", "recurring": {"interval": "month"}}


@pytest.mark.parametrize(("params", "message"), [
    ({}, "Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set."),
    ({"unit_amount": 1, "unit_amount_decimal": "1"},
     "You may only specify one of these parameters: unit_amount, unit_amount_decimal."),
    ({"unit_amount": -1}, "This value must be greater than or equal to 0."),
    ({"unit_amount": "1.5"}, "Invalid integer: 1.5"),
    ({"unit_amount_decimal": "0.0000000000001"},
     "Invalid decimal: 0.0000000000001; must contain at maximum twelve decimal places."),
    ({"billing_scheme": "tiered", "tiers_mode": "volume", "tiers": [TIER]},
     "Prices with `type=one_time` are not supported with tiered billing."),
    ({**TIERED}, "Missing required param: tiers."),
    ({**TIERED, "tiers_mode": None, "tiers": [TIER]}, "Missing required param: tiers_mode."),
    ({**TIERED, "tiers": [{"up_to": 5, "unit_amount": 1}]},
     "The last tier, and no other, must have `up_to` set to `inf`."),
    ({**TIERED, "tiers": [TIER, TIER]}, "The last tier, and no other, must have `up_to` set to `inf`."),
    ({**TIERED, "tiers": [{"up_to": 5, "unit_amount": 1}, {"up_to": 5, "unit_amount": 1}, TIER]},
     "Each tier's `up_to` must be greater than that of the tier before it."),
    ({**TIERED, "tiers": [{"up_to": "inf"}]}, "Each tier needs a `unit_amount` or a `flat_amount`."),
    ({**TIERED, "tiers": [TIER], "transform_quantity": {"divide_by": 2, "round": "up"}},
     "You may only specify one of these parameters: tiers, transform_quantity."),
    ({"unit_amount": 1, "tiers_mode": "volume"}, "You can only set `tiers_mode` when `billing_scheme=tiered`."),
    ({"unit_amount": 1, "recurring": {"interval": "month", "aggregate_usage": "max"}},
     "You can only set `aggregate_usage` when `usage_type=metered`."),
    ({"unit_amount": 1, "recurring": {"interval": "month", "interval_count": 13}},
     "Prices can recur once a year at most: every 365 days, 52 weeks, 12 months or 1 year."),
    ({"unit_amount": 1, "recurring": {"interval": "fortnight"}},
     "Invalid recurring[interval]: must be one of day, month, week, or year"),
    ({"custom_unit_amount": {"enabled": True}, "recurring": {"interval": "month"}},
     "Prices with `type=recurring` are not supported with `custom_unit_amount`."),
    ({"custom_unit_amount": {"enabled": True, "minimum": 10, "maximum": 5}},
     "The preset must lie between the minimum and the maximum."),
    ({"unit_amount": 1, "currency_options": {"usd": {"unit_amount": 1}}},
     "You are specifying a currency option that matches the top-level currency for this price. Please remove this "
     "currency option and it will be added automatically on creation."),
    ({"unit_amount": 1, "currency_options": {"eur": {"tax_behavior": "inclusive"}}},
     "Missing required param: currency_options[eur][unit_amount]."),
    ({"unit_amount": 1, "currency_options": {"eur": {"unit_amount": 1, "custom_unit_amount": {"enabled": True}}}},
     "You may only specify one of these parameters: currency_options[eur][unit_amount], "
     "currency_options[eur][custom_unit_amount]."),
    ({"unit_amount": 1, "currency_options": {"eur": {"tiers": [TIER]}}},
     "You can only set `tiers` when `billing_scheme=tiered`."),
    ({**TIERED, "tiers": [TIER], "currency_options": {"eur": {"unit_amount": 1}}},
     "Missing required param: currency_options[eur][tiers]."),
    ({"unit_amount": 1, "product_data": {"name": "Other"}},
     "You may only specify one of these parameters: product, product_data."),
    ({"unit_amount": 1, "product": "prod_x"}, "No such product: 'prod_x'"),
])
def test_what_does_not_go_together_is_refused(api: Api, product: str, params: dict[str, Any], message: str) -> None:
    refused = api.refused("POST", "/v1/prices", **{"currency": "usd", "product": product} | params)
    assert (refused.status, refused.error["message"]) == (400, message)


def test_a_price_needs_a_product(api: Api) -> None:
    error = api.refused("POST", "/v1/prices", currency="usd", unit_amount=1).error
    assert error["message"] == "You must specify either `product` or `product_data` when creating a price."


def test_a_lookup_key_is_taken_over_only_on_request(api: Api, product: str) -> None:
    holder = api.post("/v1/prices", currency="usd", unit_amount=1, product=product, lookup_key="gold")
    same = {"currency": "usd", "unit_amount": 2, "product": product, "lookup_key": "gold"}
    error = api.refused("POST", "/v1/prices", **same).error
    assert (error["message"], error["param"]) == (
        f"A price (`{holder['id']}`) already uses that lookup key.", "lookup_key")
    heir = api.post("/v1/prices", **same, transfer_lookup_key=True)
    assert heir["lookup_key"] == "gold"
    assert api.get(f"/v1/prices/{holder['id']}")["lookup_key"] is None
    assert api.get("/v1/prices", lookup_keys=["gold", "silver"])["data"] == [heir]
    [event] = api.events(type="price.updated")
    assert event["data"]["object"]["id"] == holder["id"]
    assert event["data"]["previous_attributes"] == {"lookup_key": "gold"}
    back = api.post(f"/v1/prices/{holder['id']}", lookup_key="gold", transfer_lookup_key=True)
    assert back["lookup_key"] == "gold"
    assert api.post(f"/v1/prices/{holder['id']}", lookup_key="gold") == back


def test_an_update_changes_the_plan_first(api: Api, product: str) -> None:
    price = api.post("/v1/prices", currency="usd", unit_amount=1, product=product, recurring={"interval": "day"})
    changed = api.post(f"/v1/prices/{price['id']}", active=False, nickname="Old", metadata={"a": "1"},
                       tax_behavior="exclusive")
    assert (changed["active"], changed["nickname"], changed["metadata"], changed["tax_behavior"]) == (
        False, "Old", {"a": "1"}, "exclusive")
    plan, price_event = api.events()[-2:]
    assert (plan["type"], price_event["type"]) == ("plan.updated", "price.updated")
    assert plan["data"]["previous_attributes"] == {"active": True, "metadata": {"a": None}, "nickname": None}
    assert price_event["data"]["previous_attributes"] == {
        "active": True, "metadata": {"a": None}, "nickname": None, "tax_behavior": "unspecified"}
    error = api.refused("POST", f"/v1/prices/{price['id']}", tax_behavior="inclusive").error
    assert error["param"] == "tax_behavior"


def test_an_update_of_a_one_time_price_has_no_plan(api: Api, product: str) -> None:
    price = api.post("/v1/prices", currency="usd", unit_amount=1, product=product)
    api.post(f"/v1/prices/{price['id']}", nickname="Once")
    assert api.event_types() == ["product.created", "price.created", "price.updated"]


def test_amounts_cannot_be_changed(api: Api, product: str) -> None:
    price = api.post("/v1/prices", currency="usd", unit_amount=1, product=product)
    error = api.refused("POST", f"/v1/prices/{price['id']}", unit_amount=2, currency="eur").error
    assert error["message"] == "Received unknown parameters: unit_amount, currency"


def test_the_default_price_of_a_product_cannot_be_archived(api: Api) -> None:
    product = api.post("/v1/products", name="Gold", default_price_data={"currency": "usd", "unit_amount": 1})
    error = api.refused("POST", f"/v1/prices/{product['default_price']}", active=False).error
    assert error["message"] == "This price cannot be archived because it is the default price of its product."


def test_prices_are_listed_by_their_filters(api: Api, product: str) -> None:
    once = api.post("/v1/prices", currency="usd", unit_amount=1, product=product)
    monthly = api.post("/v1/prices", currency="eur", unit_amount=2, product=product, recurring={"interval": "month"})
    metered = api.post("/v1/prices", currency="usd", unit_amount=3, product_data={"name": "Other"}, active=False,
                       recurring={"interval": "year", "usage_type": "metered"})

    def listed(**filters: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = api.get("/v1/prices", **filters)["data"]
        return found

    assert listed() == [metered, monthly, once]
    assert listed(active=True) == [monthly, once]
    assert listed(currency="usd") == [metered, once]
    assert listed(product=product) == [monthly, once]
    assert listed(type="one_time") == [once]
    assert listed(type="recurring") == [metered, monthly]
    assert listed(recurring={"interval": "month"}) == [monthly]
    assert listed(recurring={"usage_type": "metered"}) == [metered]
    assert listed(recurring={"interval": "month", "usage_type": "metered"}) == []
    assert listed(created={"gte": once["created"]}) == [metered, monthly, once]
    assert api.refused("GET", "/v1/prices", product="prod_x").error["message"] == "No such product: 'prod_x'"


def test_an_unknown_price(api: Api) -> None:
    refused = api.refused("GET", "/v1/prices/price_x")
    assert (refused.status, refused.error["message"], refused.error["param"]) == (
        404, "No such price: 'price_x'", "price")
