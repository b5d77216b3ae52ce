"""Metadata: fifty keys after every merge, how long they may be, and how they are taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.api import Api

URL = "/v1/customers"


def too_many(count: int) -> str:
    return (f"Metadata can have up to 50 keys, but you've set {count}."
            " Email us at support+metadata@stripe.com for more information.")


def told(api: Api, path: str, body: dict[str, Any]) -> tuple[int, str, str | None]:
    answer = api.refused("POST", path, **body)
    return answer.status, answer.error["message"], answer.error["param"]


def keys(count: int, start: int = 0) -> dict[str, str]:
    return {f"key {number}": str(number) for number in range(start, start + count)}


def test_keys_are_merged_replaced_and_removed(api: Api) -> None:
    customer = api.post(URL, metadata={"a": "1", "b": "2"})
    path = f"{URL}/{customer['id']}"
    assert customer["metadata"] == {"a": "1", "b": "2"}
    assert api.post(path, metadata={"b": "3", "c": "4"})["metadata"] == {"a": "1", "b": "3", "c": "4"}
    assert api.post(path, metadata={"a": "", "never": ""})["metadata"] == {"b": "3", "c": "4"}
    assert api.post(path, name="Jenny")["metadata"] == {"b": "3", "c": "4"}
    assert api.post(path, metadata="")["metadata"] == {}


def test_an_empty_value_makes_no_key_at_creation(api: Api) -> None:
    assert api.post(URL, metadata={"a": "", "b": "1"})["metadata"] == {"b": "1"}
    assert api.post(URL, metadata="")["metadata"] == {}


def test_values_are_any_text(api: Api) -> None:
    odd = {"ключ": "значение", "emoji 🎱": "🎱" * 500, "a.b": "1e3", "quote'\"\\": "%s \r\n\t", "true": "True",
           "0": " "}
    assert api.post(URL, metadata=odd)["metadata"] == odd


def test_fifty_keys_are_counted_after_the_merge(api: Api) -> None:
    customer = api.post(URL, metadata=keys(50))["id"]
    path = f"{URL}/{customer}"
    assert told(api, path, {"metadata": {"one more": "x"}, "name": "Jenny"}) == (400, too_many(51), "metadata")
    assert api.get(path)["name"] is None
    assert len(api.post(path, metadata={"key 0": "changed", "key 1": ""})["metadata"]) == 49
    assert len(api.post(path, metadata={"one more": "x"})["metadata"]) == 50
    assert len(api.post(path, metadata={"key 2": "", "another": "x"})["metadata"]) == 50
    assert told(api, path, {"metadata": keys(50, start=100)}) == (400, too_many(100), "metadata")
    assert told(api, URL, {"metadata": keys(51)}) == (400, too_many(51), "metadata")


def _customer(api: Api) -> str:
    return api.post(URL, payment_method="pm_card_visa",
                    invoice_settings={"default_payment_method": "pm_card_visa"})["id"]


def _price(api: Api) -> str:
    return api.post("/v1/prices", currency="usd", unit_amount=1_000, recurring={"interval": "month"},
                    product_data={"name": "Gold"})["id"]


def _method(api: Api) -> str:
    method = api.post("/v1/payment_methods", type="card", card={"token": "tok_visa"})["id"]
    api.post(f"/v1/payment_methods/{method}/attach", customer=_customer(api))
    return f"/v1/payment_methods/{method}"


def _subscription(api: Api) -> dict[str, Any]:
    return api.post("/v1/subscriptions", customer=_customer(api), items=[{"price": _price(api)}])


def _made(path: str, **params: Any) -> Callable[[Api], str]:
    return lambda api: f"{path}/{api.post(path, **params)['id']}"


@pytest.mark.parametrize("make", [
    pytest.param(_made(URL), id="customer"),
    pytest.param(_made("/v1/products", name="Gold"), id="product"),
    pytest.param(lambda api: f"/v1/prices/{_price(api)}", id="price"),
    pytest.param(_made("/v1/coupons", percent_off=10, duration="once"), id="coupon"),
    pytest.param(_made("/v1/tax_rates", display_name="VAT", inclusive=False, percentage=20), id="tax_rate"),
    pytest.param(_made("/v1/webhook_endpoints", url="http://127.0.0.1/hook", enabled_events=["*"]),
                 id="webhook_endpoint"),
    pytest.param(_method, id="payment_method"),
    pytest.param(lambda api: f"/v1/subscriptions/{_subscription(api)['id']}", id="subscription"),
    pytest.param(lambda api: f"/v1/subscription_items/{_subscription(api)['items']['data'][0]['id']}",
                 id="subscription_item"),
    pytest.param(lambda api: "/v1/subscription_schedules/" + api.post(
        "/v1/subscription_schedules", customer=_customer(api), start_date="now",
        phases=[{"items": [{"price": _price(api)}], "iterations": 1}])["id"], id="subscription_schedule"),
])
def test_every_object_keeps_to_the_rules(api: Api, make: Callable[[Api], str]) -> None:
    path = make(api)
    assert api.post(path, metadata=keys(50))["metadata"] == keys(50)
    assert told(api, path, {"metadata": {"one more": "x"}}) == (400, too_many(51), "metadata")
    assert api.get(path)["metadata"] == keys(50)
    assert api.post(path, metadata={"key 0": ""})["metadata"] == keys(49, start=1)
    assert api.post(path, metadata="")["metadata"] == {}


@pytest.mark.parametrize(("metadata", "message"), [
    ({"k" * 41: "v"}, "Metadata keys can have up to 40 characters, but you passed in a key that is 41 characters."
                      f" Invalid key: {'k' * 41}"),
    ({"k": "v" * 501}, "Metadata values can have up to 500 characters, but you passed in a value that is"
                       f" 501 characters. Invalid value: {'v' * 500}..."),
    ("text", "Invalid object"),
    ({"a": {"b": "c"}}, 'Invalid string: {"b":"c"}'),
    ({"a": ["b", "c"]}, 'Invalid string: {"0":"b","1":"c"}'),
])
def test_what_is_too_long_or_too_deep_is_refused(api: Api, metadata: object, message: str) -> None:
    customer = api.post(URL, metadata={"a": "1"})["id"]
    for path in (URL, f"{URL}/{customer}"):
        assert told(api, path, {"metadata": metadata}) == (400, message, "metadata")
    assert api.get(f"{URL}/{customer}")["metadata"] == {"a": "1"}


@pytest.mark.parametrize("body", [b"metadata[]=x", b"metadata[a[b]]=x", b"metadata[a=x", b"metadata]=x"])
def test_brackets_make_no_key(api: Api, body: bytes) -> None:
    assert api.call("POST", URL, body=body).status == 400


def test_the_longest_key_and_value_are_kept(api: Api) -> None:
    longest = {"k" * 40: "v" * 500, "ключ" * 10: "й" * 500}
    assert api.post(URL, metadata=longest)["metadata"] == longest
