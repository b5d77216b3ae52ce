"""A list costs the same few statements whether it shows five objects or a hundred, whatever is expanded on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from app.config import Config
from app.db.database import Database
from app.db.session import Session
from app.factory import create_app
from tests.support.api import Api
from tests.support.clock import Clock
from tests.support.connected import connected

EXPAND = {
    "invoices": ["data.customer", "data.subscription", "data.charge", "data.payment_intent", "data.discounts"],
    "lines": ["data.price.product", "data.tax_rates", "data.discounts"],
}


@pytest.fixture(scope="module")
def time(migrated: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clock]:
    """A customer with two years of weekly invoices of three lines each, discounted and taxed, all of them paid."""
    url = migrated(tmp_path_factory.mktemp("lists"))
    config = Config(database_url=url, embedded_worker=False, request_log=False)
    server = create_app(config, Database(url)).extensions["billyard"]
    api = Api(server)
    time = Clock(api, "2022-01-03")
    api.post("/v1/coupons", id="HALF", percent_off=50, duration="forever")
    rate = api.post("/v1/tax_rates", display_name="VAT", percentage="20", inclusive=False)["id"]
    metered = {"usage_type": "metered"}
    time.subscribe(time.price(1000, "week"), time.price(300, "week"), time.price(7, "week", recurring=metered), coupon="HALF",
                   default_tax_rates=[rate])
    time.turn(time.now + 104 * 7 * 86_400 + 3600)
    for number in range(100):
        api.post("/v1/invoiceitems", customer=time.customer, amount=100 + number, currency="usd")
    api.post("/v1/invoices", customer=time.customer, pending_invoice_items_behavior="include")
    [paid] = api.get("/v1/invoices", customer=time.customer, status="paid", limit=1)["data"]
    for _ in range(100):
        api.post("/v1/credit_notes", invoice=paid["id"], amount=2, credit_amount=1, refund_amount=1)
    for number in range(100):
        code = api.post("/v1/promotion_codes", coupon="HALF")["id"]
        api.post("/v1/customers", promotion_code=code, tax_id_data=[{"type": "us_ein", "value": "123456789"}])
        api.post(f"/v1/customers/{time.customer}/tax_ids", type="us_ein", value=str(100_000_000 + number))
    api.post("/_sim/settings", topup_settles_after_s=0)
    account = connected(api)
    for _ in range(100):
        api.post("/v1/topups", amount=2, currency="usd")
        api.post("/v1/payouts", amount=1, currency="usd")
        sent = api.post("/v1/transfers", amount=1, currency="usd", destination=account.account)["id"]
        api.post(f"/v1/transfers/{sent}/reversals")
    yield time
    server.database.close()


@pytest.fixture
def statements(time: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The SQL that is run on the rows; the key is looked up again once a second, whatever is asked for."""
    seen: list[str] = []
    run = Session._run

    def recording(self: Session, sql: str, values: Any) -> Any:
        note(sql)
        return run(self, sql, values)

    def note(sql: str) -> None:
        if "FROM api_keys" not in sql:
            seen.append(sql)

    def through_sqlalchemy(_connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
        note(sql)

    engine = time.api.server.database.engine
    monkeypatch.setattr(Session, "_run", recording)
    event.listen(engine, "before_cursor_execute", through_sqlalchemy)
    yield seen
    event.remove(engine, "before_cursor_execute", through_sqlalchemy)


@pytest.mark.parametrize(("path", "expand", "count"), [
    ("/v1/invoices", None, 8),
    ("/v1/invoices", EXPAND["invoices"], 14),
    ("/v1/invoices/{newest}/lines", None, 3),
    ("/v1/invoices/{newest}/lines", EXPAND["lines"], 3),
    ("/v1/invoiceitems", None, 1),
    ("/v1/invoiceitems", ["data.price", "data.invoice"], 5),
    ("/v1/events", None, 1),
    ("/v1/customers", None, 3),
    ("/v1/customers", ["data.subscriptions", "data.tax_ids", "data.discount.promotion_code"], 6),
    ("/v1/customers/{customer}/balance_transactions", ["data.invoice", "data.credit_note"], 12),
    ("/v1/customers/{customer}/tax_ids", ["data.customer"], 3),
    ("/v1/promotion_codes", None, 2),
    ("/v1/charges", None, 2),
    ("/v1/charges", ["data.invoice", "data.payment_intent"], 12),
    ("/v1/credit_notes", None, 2),
    ("/v1/credit_notes", ["data.invoice", "data.refund", "data.customer_balance_transaction"], 12),
    ("/v1/payment_intents", ["data.invoice", "data.payment_method"], 12),
    ("/v1/topups", None, 1),
    ("/v1/topups", ["data.balance_transaction.source"], 2),
    ("/v1/payouts", None, 1),
    ("/v1/payouts", ["data.balance_transaction.source", "data.destination"], 3),
    ("/v1/balance_transactions", ["data.source"], 5),
    ("/v1/transfers", None, 2),
    ("/v1/transfers", ["data.destination_payment.balance_transaction", "data.reversals.data.balance_transaction"], 6),
    ("/v1/subscription_items/{metered}/usage_record_summaries", None, 4),
])
def test_a_longer_page_takes_no_more_statements(time: Clock, statements: list[str], path: str, expand: list[str] | None,
                                                 count: int) -> None:
    api = time.api
    [subscription] = api.get("/v1/subscriptions", customer=time.customer)["data"]
    [newest] = api.get("/v1/invoices", customer=time.customer, limit=1)["data"]
    url = path.format(newest=newest["id"], metered=subscription["items"]["data"][2]["id"], customer=time.customer)
    of_all = path in ("/v1/balance_transactions", "/v1/customers", "/v1/events", "/v1/payouts", "/v1/promotion_codes",
                      "/v1/topups", "/v1/transfers")
    filters = {"customer": time.customer} if path.count("/") == 2 and not of_all else {}
    counts = {}
    for limit in (5, 100):
        statements.clear()
        page = api.get(url, limit=limit, expand=expand, **filters)
        assert len(page["data"]) == limit
        counts[limit] = len(statements)
    assert counts == {5: count, 100: count}, "\n".join(statements)
