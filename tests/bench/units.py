"""The requests that are measured, each as a maker of units for `Client.run`."""

from __future__ import annotations

import itertools
import random
import secrets
from collections.abc import Callable
from typing import TypeVar

from tests.bench.client import Unit, id_of, with_key
from tests.bench.worlds import World

T = TypeVar("T")

_MIX = {"retrieve": 60, "create": 20, "update": 15, "list": 5}
"""Percent of the mixed load."""
_PAGE = "/v1/customers?limit=10"


def create(world: World) -> Callable[[], Unit]:
    """Create a customer."""
    requests = _new_customers(world)

    def unit() -> Unit:
        yield next(requests)

    return unit


def create_once(world: World) -> Callable[[], Unit]:
    """The same with an `Idempotency-Key`, as Stripe's SDKs send it: the answer is kept for a day."""
    requests, numbers, run = _new_customers(world), itertools.count(), secrets.token_hex(8)

    def unit() -> Unit:
        yield with_key(next(requests), f"{run}-{next(numbers)}")

    return unit


def update(world: World) -> Callable[[], Unit]:
    """Change a customer's description to another than before."""
    run, customers = secrets.token_hex(4), random.Random(1).sample(world.customers, len(world.customers))
    requests = itertools.cycle([world.requests.post(f"/v1/customers/{customer}", description=f"{turn} of {run}")
                                for turn in ("First", "Second") for customer in customers])

    def unit() -> Unit:
        yield next(requests)

    return unit


def retrieve(world: World) -> Callable[[], Unit]:
    """Retrieve a customer."""
    requests = _shuffled([world.requests.get(f"/v1/customers/{each}") for each in world.customers])

    def unit() -> Unit:
        yield next(requests)

    return unit


def list_ten(world: World) -> Callable[[], Unit]:
    """List the ten newest customers."""
    request = world.requests.get(_PAGE)

    def unit() -> Unit:
        yield request

    return unit


def mixed(world: World) -> Callable[[], Unit]:
    """Mostly reading, in the shares of `_MIX`."""
    makers = {"retrieve": retrieve(world), "create": create(world), "update": update(world), "list": list_ten(world)}
    order = _shuffled([makers[name] for name, share in _MIX.items() for _ in range(share)])
    return lambda: next(order)()


def subscribe(world: World) -> Callable[[], Unit]:
    """A new customer with a card and a subscription, looked at afterwards: five calls."""
    requests, numbers = world.requests, itertools.count()

    def unit() -> Unit:
        customer = id_of((yield requests.post("/v1/customers", email=f"jenny.rosen+{next(numbers)}@example.com")))
        yield requests.post(f"/v1/customers/{customer}", **{"invoice_settings[default_payment_method]": "pm_card_visa"})
        subscription = id_of((yield requests.post("/v1/subscriptions", customer=customer,
                                                  **{"items[0][price]": world.price_id})))
        yield requests.get(f"/v1/subscriptions/{subscription}")
        yield requests.get(f"/v1/invoices?customer={customer}")

    return unit


UNITS: dict[str, Callable[[World], Callable[[], Unit]]] = {
    "create": create,
    "create, with a key": create_once,
    "update": update,
    "retrieve": retrieve,
    "list of ten": list_ten,
    "mixed": mixed,
    "subscribe": subscribe,
}


def _new_customers(world: World) -> itertools.cycle[bytes]:
    return itertools.cycle([
        world.requests.post("/v1/customers", email=f"jenny.rosen+{number}@example.com", name="Jenny Rosen",
                            **{"metadata[number]": number})
        for number in range(1_000)])


def _shuffled(items: list[T]) -> itertools.cycle[T]:
    """The items in one random order, over and over."""
    return itertools.cycle(random.Random(1).sample(items, len(items)))
