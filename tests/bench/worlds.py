"""Databases to measure on, the servers over them, and the rows that they are filled with."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

import app.registry  # noqa: F401 - rows are written here too
from app.clock.now import wall_seconds
from app.config import Config
from app.context import Context
from app.db.database import Database
from app.resources.customers.operations import create_customer
from app.wire.auth import open_account
from tests.bench.client import Client, Requests, id_of
from tests.bench.processes import workers as workers_of
from tests.support.live import Server, start_server

KEY = "sk_test_bench0123456789"
_BATCH = 1_000


@dataclass(slots=True)
class World:
    """A database with a server over it and a client of that; `customers` are those of the sandbox that is measured."""

    server: Server
    database: Database
    client: Client
    requests: Requests
    account_id: str
    price_id: str = ""
    customers: list[str] = field(default_factory=list)


@contextmanager
def fresh_database(folder: Path, postgres: str | None) -> Iterator[str]:
    """The URL of an empty database: a file in the folder, or one beside the database that `postgres` names."""
    name = f"billyard_bench_{secrets.token_hex(4)}"
    if postgres is None:
        yield f"sqlite:///{folder / name}.db"
        return
    url = make_url(postgres).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


@contextmanager
def serving(url: str, *, workers: int, connections: int, customers: int, sandboxes: int = 0) -> Iterator[World]:
    """A server over a new database that holds so many customers, and as many sandboxes beside with a hundredth each."""
    server = start_server(url, workers)
    database = Database(url)
    config = Config(database_url=url)
    try:
        client = Client(server.base_url, workers_of(server.process.pid), connections)
        requests = Requests(server.base_url, KEY)
        world = World(server, database, client, requests, _open(database, config, KEY))
        world.customers = _fill(database, config, world.account_id, customers)
        for number in range(sandboxes):
            _fill(database, config, _open(database, config, f"sk_test_beside{number:08d}"), max(customers // 100, 10))
        world.price_id = id_of(client.ask(requests.post("/v1/prices", **{
            "currency": "usd", "unit_amount": 1_500, "recurring[interval]": "month", "product_data[name]": "Seats"})))
        yield world
        client.close()
    finally:
        database.close()
        server.stop()


def _open(database: Database, config: Config, key: str) -> str:
    with database.writing() as session:
        return open_account(session, database, config, key).account_id


def _fill(database: Database, config: Config, account_id: str, count: int) -> list[str]:
    """Create customers as the API does, with their events, but many in a transaction."""
    made: list[str] = []
    while len(made) < count:
        with database.writing() as session:
            ctx = Context(session=session, ids=database.ids, account_id=account_id, now=wall_seconds())
            made += [create_customer(ctx, {"email": f"jenny.rosen+{number}@example.com", "name": "Jenny Rosen",
                                           "metadata": {"number": str(number)}}).id
                     for number in range(len(made), min(len(made) + _BATCH, count))]
    return made
