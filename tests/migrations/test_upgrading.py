"""A sandbox that an earlier release left behind goes on under this one, with all its rows."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import JSON, Boolean, Connection, MetaData, Table, func, select, table

from app.config import Config
from app.control.doctor import examine
from app.db import migrate
from app.db.database import Database
from app.factory import create_app
from app.resources.balance.tables import Funds
from app.resources.payment_intents.tables import PaymentIntent
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.wall import Wall

RELEASES = sorted(Path(__file__).parent.glob("*.json.gz"))
"""The rows of sandboxes as releases wrote them, by the day of the release: revision, key, and the rows of each table."""
WRITTEN = 1_669_200_000
"""When: 2022-11-23, before the test clock in them is to be deleted."""
CLOCK_STANDS, MAY_31 = 1_651_280_400, 1_653_955_200
"""30 April 2022, 01:00, where the clock in them stands, and the next renewal of what was begun on a 31st."""


@pytest.fixture(params=RELEASES, ids=lambda path: path.name.removesuffix(".json.gz"))
def released(request: pytest.FixtureRequest, migrated: Callable[[Path], str], tmp_path: Path) -> tuple[Database, Any]:
    """A database with the schema and the rows of a release."""
    release = json.loads(gzip.decompress(request.param.read_bytes()))
    database = Database(migrated(tmp_path))
    migrate.run(database, command.downgrade, release["revision"])
    with database.engine.connect().execution_options(isolation_level="SERIALIZABLE") as connection, connection.begin():
        for name, rows in release["rows"].items():
            _insert(connection, Table(name, MetaData(), autoload_with=connection), rows)
    return database, release


def _insert(connection: Connection, into: Table, rows: list[dict[str, Any]]) -> None:
    """Write rows as SQLite keeps them: documents as text, truth as a number."""
    for row in rows:
        for column in into.columns:
            if row[column.name] is None:
                continue
            if isinstance(column.type, JSON):
                row[column.name] = json.loads(row[column.name])
            elif isinstance(column.type, Boolean):
                row[column.name] = bool(row[column.name])
    connection.execute(into.insert(), rows)


def test_what_was_there_is_there_and_goes_on(released: tuple[Database, Any], wall: Wall) -> None:
    database, release = released
    wall.now = WRITTEN + 3600
    migrate.upgrade(database)
    assert migrate.differences(database) == []
    server = create_app(Config(embedded_worker=False, request_log=False), database).extensions["billyard"]
    api = Api(server, key=release["key"])
    assert examine(database) == []
    [clock] = api.get("/v1/test_helpers/test_clocks")["data"]
    assert clock["frozen_time"] == CLOCK_STANDS

    before = release["rows"]
    for row in before["invoices"]:
        invoice = api.get(f"/v1/invoices/{row['id']}")
        assert [invoice[name] for name in ("number", "status", "total", "amount_due", "amount_paid", "ending_balance")] == [
            row[name] for name in ("number", "status", "total", "amount_due", "amount_paid", "ending_balance")]
        assert sum(line["amount"] for line in invoice["lines"]["data"]) == row["subtotal"]
    for row in before["customers"]:
        assert api.get(f"/v1/customers/{row['id']}")["balance"] == row["balance"]
    [walled] = api.get("/v1/customers/search", query='email:"Wall@Example.com"')["data"]
    assert walled["name"] == "Wall"
    for row in before["events"]:
        assert api.get(f"/v1/events/{row['id']}")["data"]["object"] == json.loads(row["data"])
    balance = api.get("/v1/balance")
    assert balance["available"][0]["amount"] + balance["pending"][0]["amount"] == sum(
        row["net"] for row in before["balance_transactions"])

    api.post(f"/v1/test_helpers/test_clocks/{clock['id']}/advance", frozen_time=MAY_31)
    server.worker.run_due()
    assert api.get(f"/v1/test_helpers/test_clocks/{clock['id']}")["status"] == "ready"
    running = [row["id"] for row in before["subscriptions"] if row["status"] == "active"]
    for id in running:
        [newest] = api.get("/v1/invoices", subscription=id, limit=1)["data"]
        assert (newest["status"], newest["created"]) == ("draft", MAY_31)
    assert running and examine(database) == []
    database.close()


def test_making_a_table_anew_deletes_nothing_that_hangs_on_it(released: tuple[Database, Any]) -> None:
    database, release = released
    # Down and up again: on SQLite, tables that others point to are dropped and made anew on the way.
    for step, revision in ((command.upgrade, "head"), (command.downgrade, release["revision"]), (command.upgrade, "head")):
        migrate.run(database, step, revision)
    assert migrate.differences(database) == []
    with database.engine.connect() as connection:
        for name, rows in release["rows"].items():
            assert connection.execute(select(func.count()).select_from(table(name))).scalar() == len(rows), name
    database.close()


def test_a_step_that_fails_leaves_the_schema_as_it_was(released: tuple[Database, Any]) -> None:
    database, release = released

    def break_off(config: AlembicConfig, revision: str) -> None:
        command.upgrade(config, revision)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate.run(database, break_off, "head")
    assert migrate.current_revision(database) == release["revision"]
    with database.engine.connect() as connection:
        found = connection.execute(select(func.count()).select_from(table("invoices"))).scalar()
    assert found == len(release["rows"]["invoices"])
    database.close()


def test_cash_that_nobody_held_is_held(fresh_server: Server) -> None:
    """What customers had sent and what they had paid with it, before the books knew of it."""
    api, database = Api(fresh_server), fresh_server.database
    customer = api.post("/v1/customers")["id"]
    api.post(f"/v1/test_helpers/customers/{customer}/fund_cash_balance", amount=5000, currency="eur")
    intent = api.post("/v1/payment_intents", amount=3000, currency="eur", customer=customer, confirm=True,
                      payment_method_types=["customer_balance"], payment_method_data={"type": "customer_balance"})["id"]
    migrate.run(database, command.downgrade, "936761c79089")
    migrate.upgrade(database)
    assert examine(database) == []
    with database.reading() as session:
        assert session.scalar(select(PaymentIntent.cash_applied).where(PaymentIntent.id == intent)) == 3000
        assert dict(session.values(select(Funds.holder, Funds.amount).where(Funds.holder.in_(("banks", "customer_cash"))))) == {
            "banks": -5000, "customer_cash": 2000}
