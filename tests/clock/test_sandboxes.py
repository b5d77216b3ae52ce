"""Sandboxes that are ahead of the world: killed in between, shared by workers, and with something that cannot be moved."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from app.config import Config
from app.control.doctor import examine
from app.db.database import Database
from app.db.session import Session
from app.factory import create_app
from app.resources.invoices.tables import Invoice
from app.resources.prices.tables import Price
from app.wire.endpoint import Server
from tests.clock.test_engine import wait_until, worker
from tests.support.api import Api
from tests.support.wall import NEW_YEAR, Wall

CUSTOMERS, WEEKS = 20, 52
DAY, HOUR = 86_400, 3_600


def start(url: str) -> Server:
    config = Config(database_url=url, embedded_worker=False, request_log=False)
    server: Server = create_app(config, Database(url)).extensions["billyard"]
    return server


def subscribe(api: Api, unit_amount: int = 1000) -> dict[str, str]:
    """A customer who pays each week, on the wall clock; the ids of the customer and the price."""
    price = api.post("/v1/prices", currency="usd", unit_amount=unit_amount, recurring={"interval": "week"},
                     product_data={"name": "Gold"})["id"]
    customer = api.post("/v1/customers", payment_method="pm_card_visa",
                        invoice_settings={"default_payment_method": "pm_card_visa"})["id"]
    api.post("/v1/subscriptions", customer=customer, items=[{"price": price}])
    return {"customer": customer, "price": price}


def year_of(server: Server) -> dict[str, list[tuple[int, int, int]]]:
    """Of each customer's invoices, oldest first: their week, how long after its begin they were paid, and the amount."""
    statement = select(Invoice.customer_id, Invoice.created, Invoice.paid_at, Invoice.amount_paid).order_by(
        Invoice.customer_id, Invoice.created)
    found: dict[str, list[tuple[int, int, int]]] = {}
    with server.database.reading() as session:
        for customer, created, paid_at, amount in session.values(statement):
            mine = found.setdefault(customer, [])
            first = mine[0][0] if mine else created
            mine.append((created - first if mine else created, paid_at - created, amount))
    return {customer: [(0, *mine[0][1:]), *mine[1:]] for customer, mine in found.items()}


def count(server: Server) -> int:
    with server.database.reading() as session:
        return int(session.scalar(select(func.count()).select_from(Invoice)))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_year_that_was_killed_is_made_up_for_once(migrated: Callable[[Path], str], tmp_path: Path, workers: int) -> None:
    url = migrated(tmp_path)
    server = start(url)
    api = Api(server)
    for number in range(CUSTOMERS):
        subscribe(api, 1000 + number)
    api.post("/_sim/time", advance=WEEKS * 7 * DAY + 2 * HOUR, wait=0)
    processes = [worker(url) for _ in range(workers)]
    try:
        wait_until(lambda: count(server) >= CUSTOMERS * 5, processes[0])
    finally:
        for process in processes:
            process.send_signal(signal.SIGKILL)
            process.wait()
    assert api.get("/_sim/time")["status"] == "advancing", "the kill came too late to interrupt anything"
    processes = [worker(url) for _ in range(workers)]
    try:
        wait_until(lambda: api.get("/_sim/time")["status"] == "ready", processes[0])
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
            process.wait()
    year = year_of(server)
    assert sorted(year.values(), key=lambda invoices: invoices[0][2]) == [
        [(0, 0, 1000 + number), *((week * 7 * DAY, HOUR, 1000 + number) for week in range(1, WEEKS + 1))]
        for number in range(CUSTOMERS)]
    assert examine(server.database) == []
    server.database.close()


def test_what_cannot_be_moved_holds_up_nobody(api: Api, server: Server, wall: Wall) -> None:
    wall.now = NEW_YEAR
    broken, sound = subscribe(api), subscribe(api)
    # The price of a running subscription cannot be broken over HTTP, so the row is.
    with server.database.writing() as session:
        _set_price(session, broken["price"], "broken")
    moved = api.post("/_sim/time", advance=15 * DAY)
    assert (moved["status"], moved["offset"]) == ("ready", 15 * DAY)
    assert (weeks_billed(api, sound), weeks_billed(api, broken)) == ([0, 1, 2], [0])
    with server.database.writing() as session:
        _set_price(session, broken["price"], "1000")
    # It is still due, and made up for at its own time.
    api.post("/_sim/time", advance=1)
    assert weeks_billed(api, broken) == [0, 1, 2]
    assert examine(server.database, account=api.key) == []


def weeks_billed(api: Api, ids: dict[str, str]) -> list[int]:
    """The weeks since the new year at whose begin the customer's invoices were made."""
    return [(invoice["created"] - NEW_YEAR) // (7 * DAY)
            for invoice in api.get("/v1/invoices", customer=ids["customer"])["data"][::-1]
            if (invoice["created"] - NEW_YEAR) % (7 * DAY) == 0]


def _set_price(session: Session, id: str, unit_amount: str) -> None:
    session.execute(update(Price).where(Price.id == id).values(unit_amount_decimal=unit_amount))
