import pytest

from tests.support.api import Api
from tests.support.reference import conforms


@pytest.fixture
def product(api: Api) -> str:
    return str(api.post("/v1/products", name="Gold")["id"])


def test_a_plan_is_a_recurring_price(api: Api, product: str) -> None:
    plan = api.post("/v1/plans", currency="usd", amount=2000, interval="month", product=product, nickname="Monthly",
                    trial_period_days=7, metadata={"a": "1"})
    assert plan["id"].startswith("plan_") and len(plan["id"]) == 19
    assert plan == {
        "id": plan["id"], "object": "plan", "active": True, "aggregate_usage": None, "amount": 2000,
        "amount_decimal": "2000", "billing_scheme": "per_unit", "created": plan["created"], "currency": "usd",
        "interval": "month", "interval_count": 1, "livemode": False, "metadata": {"a": "1"}, "nickname": "Monthly",
        "product": product, "tiers_mode": None, "transform_usage": None, "trial_period_days": 7,
        "usage_type": "licensed",
    }
    conforms(plan)
    assert api.get(f"/v1/plans/{plan['id']}") == plan
    price = api.get(f"/v1/prices/{plan['id']}")
    assert (price["unit_amount"], price["recurring"]["interval"], price["type"]) == (2000, "month", "recurring")
    assert api.event_types() == ["product.created", "plan.created", "price.created"]


def test_a_price_is_retrieved_as_a_plan(api: Api, product: str) -> None:
    price = api.post("/v1/prices", currency="usd", unit_amount=5, product=product, recurring={"interval": "year"})
    once = api.post("/v1/prices", currency="usd", unit_amount=5, product=product)
    plan = api.get(f"/v1/plans/{price['id']}", expand=["product"])
    assert (plan["amount"], plan["interval"], plan["product"]["id"]) == (5, "year", product)
    refused = api.refused("GET", f"/v1/plans/{once['id']}")
    assert (refused.status, refused.error["message"], refused.error["param"]) == (
        404, f"No such plan: '{once['id']}'", "plan")


def test_a_metered_tiered_plan_with_its_own_id_and_product(api: Api) -> None:
    plan = api.post("/v1/plans", id="gold", currency="usd", interval="month", usage_type="metered",
                    aggregate_usage="max", billing_scheme="tiered", tiers_mode="volume",
                    tiers=[{"up_to": "inf", "unit_amount": 3}], product={"name": "Gold"}, expand=["tiers", "product"])
    assert (plan["id"], plan["aggregate_usage"], plan["product"]["name"]) == ("gold", "max", "Gold")
    assert plan["tiers"] == [{"flat_amount": None, "flat_amount_decimal": None, "unit_amount": 3,
                              "unit_amount_decimal": "3", "up_to": None}]
    conforms(plan)
    error = api.refused("POST", "/v1/plans", id="gold", currency="usd", interval="month", amount=1,
                        product={"name": "Other"}).error
    assert (error["message"], error["code"]) == ("Plan already exists.", "resource_already_exists")


def test_packages_are_called_otherwise(api: Api, product: str) -> None:
    plan = api.post("/v1/plans", currency="usd", amount_decimal="0.5", interval="day", product=product,
                    transform_usage={"divide_by": 10, "round": "down"})
    assert (plan["amount"], plan["amount_decimal"], plan["transform_usage"]) == (
        None, "0.5", {"divide_by": 10, "round": "down"})


def test_what_a_plan_needs(api: Api, product: str) -> None:
    assert api.refused("POST", "/v1/plans", currency="usd", interval="day", amount=1).error["message"] == (
        "Missing required param: product.")
    assert api.refused("POST", "/v1/plans", currency="usd", interval="day", product=product).error["message"] == (
        "Missing required param: amount.")


def test_a_plan_is_updated_and_its_price_with_it(api: Api, product: str) -> None:
    plan = api.post("/v1/plans", currency="usd", amount=1, interval="day", product=product)
    other = api.post("/v1/products", name="Silver")["id"]
    path = f"/v1/plans/{plan['id']}"
    changed = api.post(path, nickname="Daily", product=other, trial_period_days=3, active=False)
    assert (changed["nickname"], changed["product"], changed["trial_period_days"], changed["active"]) == (
        "Daily", other, 3, False)
    assert api.get(path) == changed
    assert api.event_types()[-2:] == ["plan.updated", "price.updated"]


def test_a_deleted_plan_is_not_found_in_either_shape(api: Api, product: str) -> None:
    plan = api.post("/v1/plans", currency="usd", amount=1, interval="day", product=product)
    id = plan["id"]
    assert api.delete(f"/v1/plans/{id}") == {"id": id, "object": "plan", "deleted": True}
    assert api.event_types()[-2:] == ["plan.deleted", "price.deleted"]
    assert api.refused("GET", f"/v1/plans/{id}").error["message"] == f"No such plan: '{id}'"
    assert api.refused("GET", f"/v1/prices/{id}").error["message"] == f"No such price: '{id}'"
    assert api.get("/v1/plans")["data"] == api.get("/v1/prices")["data"] == []
    assert api.delete(f"/v1/products/{product}")["deleted"] is True


def test_plans_are_listed_without_one_time_prices(api: Api, product: str) -> None:
    plan = api.post("/v1/plans", currency="usd", amount=1, interval="day", product=product)
    idle = api.post("/v1/plans", currency="usd", amount=1, interval="day", product={"name": "Other"}, active=False)
    api.post("/v1/prices", currency="usd", unit_amount=1, product=product)
    page = api.get("/v1/plans")
    assert (page["data"], page["url"]) == ([idle, plan], "/v1/plans")
    assert api.get("/v1/plans", active=True)["data"] == [plan]
    assert api.get("/v1/plans", product=product)["data"] == [plan]
    assert api.get("/v1/plans", starting_after=idle["id"])["data"] == [plan]
    assert api.get("/v1/plans", expand=["data.product"])["data"][0]["product"]["name"] == "Other"
