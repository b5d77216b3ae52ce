"""A year of renewals: many monthly subscriptions on one test clock, advanced twelve months at once."""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections.abc import Callable

from sqlalchemy import func, select

from app.domain.periods import Interval, add_intervals
from app.resources.invoices.tables import Invoice
from tests.bench.client import Unit, id_of
from tests.bench.worlds import World

MONTHS = 12
_START = 1_672_531_200
_SETTLED_S = 2 * 3_600
"""How long after a renewal its invoice has been finalised and paid."""
_LOOK_S = 0.02
_TIMEOUT_S = 600.0
_STATUS = re.compile(rb'"status": ?"(\w+)"')


def subscribe_many(world: World, count: int) -> str:
    """So many customers with a card and a monthly subscription each, every second metered and used; their clock."""
    client, requests = world.client, world.requests
    client.ask(requests.post("/_sim/settings", limits="off"))
    clock = id_of(client.ask(requests.post("/v1/test_helpers/test_clocks", frozen_time=_START)))
    metered = id_of(client.ask(requests.post("/v1/prices", **{
        "currency": "usd", "unit_amount": 7, "recurring[interval]": "month", "recurring[usage_type]": "metered",
        "product_data[name]": "Calls"})))
    client.run(_subscriber(world, clock, itertools.cycle([world.price_id, metered]), metered), count=count)
    return clock


def _subscriber(world: World, clock: str, prices: itertools.cycle[str], metered: str) -> Callable[[], Unit]:
    requests, numbers = world.requests, itertools.count()

    def unit() -> Unit:
        price = next(prices)
        customer = id_of((yield requests.post(
            "/v1/customers", email=f"jenny.rosen+{next(numbers)}@example.com", test_clock=clock,
            payment_method="pm_card_visa", **{"invoice_settings[default_payment_method]": "pm_card_visa"})))
        answer = yield requests.post("/v1/subscriptions", customer=customer, **{"items[0][price]": price})
        if price == metered:
            item = answer[answer.index(b'"si_') + 1:].partition(b'"')[0].decode()
            yield requests.post(f"/v1/subscription_items/{item}/usage_records", quantity=250, timestamp=_START)

    return unit


def advance_year(world: World, clock: str) -> tuple[int, float]:
    """How many renewals the advance made, and the seconds from the call to the ready clock, as a caller sees them."""
    client, requests, pause = world.client, world.requests, threading.Event()
    target = add_intervals(_START, Interval("month", MONTHS)) + _SETTLED_S
    path = f"/v1/test_helpers/test_clocks/{clock}"
    started = time.perf_counter()
    client.ask(requests.post(f"{path}/advance", frozen_time=target))
    while (status := _status(client.ask(requests.get(path)))) == "advancing":
        assert time.perf_counter() - started < _TIMEOUT_S, "the advance does not end"
        pause.wait(_LOOK_S)
    seconds = time.perf_counter() - started
    assert status == "ready", status
    with world.database.reading() as session:
        renewals: int = session.scalar(select(func.count()).select_from(Invoice).where(
            Invoice.account_id == world.account_id, Invoice.test_clock_id == clock,
            Invoice.billing_reason == "subscription_cycle", Invoice.status == "paid"))
    return renewals, seconds


def _status(answer: bytes) -> str:
    match = _STATUS.search(answer)
    assert match is not None, answer
    return match[1].decode()
