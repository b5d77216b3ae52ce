"""Rivals for one object: threads of one server that want the same row, key or number at the same moment."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import app.db.database
from app.config import Config
from app.db.database import Database
from app.factory import create_app
from app.resources.customers import operations as customers
from app.resources.customers.tables import Customer
from app.wire.endpoint import Server
from tests.support.api import Answer, Api
from tests.support.rows import row_counts

RIVALS = 8
CARD = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}


def serve(url: str) -> Server:
    server: Server = create_app(
        Config(database_url=url, embedded_worker=False, request_log=False), Database(url)).extensions["billyard"]
    return server


@pytest.fixture
def server(migrated: Callable[[Path], str], tmp_path: Path) -> Iterator[Server]:
    server = serve(migrated(tmp_path))
    yield server
    server.database.close()


@pytest.fixture
def postgres(server: Server) -> Server:
    if server.database.is_sqlite:
        pytest.skip("SQLite's writers never meet")
    return server


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, migrated: Callable[[Path], str], tmp_path: Path) -> Iterator[Server]:
    """A server whose requests wait a moment for a row, and no longer."""
    monkeypatch.setattr(app.db.database, "LOCK_TIMEOUT_MS", 100)
    server = serve(migrated(tmp_path))
    if server.database.is_sqlite:
        server.database.close()
        pytest.skip("SQLite's writers never meet")
    yield server
    server.database.close()


def at_once(api: Api, *calls: tuple[str, str, dict[str, Any]], headers: dict[str, str] | None = None) -> list[Answer]:
    """The answers to calls that are all sent at the same moment, each from a thread of its own."""
    gate = threading.Barrier(len(calls))

    def call(method: str, path: str, params: dict[str, Any]) -> Answer:
        gate.wait()
        return Api(api.server, api.key).call(method, path, params, headers)

    with ThreadPoolExecutor(len(calls)) as threads:
        answers = list(threads.map(lambda each: call(*each), calls))
    assert 500 not in {answer.status for answer in answers}
    return answers


def statuses(answers: list[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


@pytest.fixture
def price(api: Api) -> str:
    return api.post("/v1/prices", currency="usd", unit_amount=1_000, recurring={"interval": "month"},
                    product_data={"name": "Gold"})["id"]


@pytest.fixture
def customer(api: Api) -> str:
    return api.post("/v1/customers", **CARD)["id"]


# Nothing is lost


def test_updates_of_one_object_add_up(api: Api, customer: str) -> None:
    path = f"/v1/customers/{customer}"
    answers = at_once(api, *[("POST", path, {"metadata": {f"key {number}": "x"}}) for number in range(RIVALS)])
    assert statuses(answers) == {200: RIVALS}
    assert len(api.get(path)["metadata"]) == RIVALS
    assert api.event_types().count("customer.updated") == RIVALS


def test_updates_of_objects_of_one_customer_add_up(api: Api, customer: str, price: str) -> None:
    path = f"/v1/subscriptions/{api.post('/v1/subscriptions', customer=customer, items=[{'price': price}])['id']}"
    calls = [("POST", path, {"metadata": {f"key {number}": "x"}}) for number in range(RIVALS // 2)]
    calls += [("POST", f"/v1/customers/{customer}", {"metadata": {f"key {number}": "x"}}) for number in range(RIVALS // 2)]
    assert statuses(at_once(api, *calls)) == {200: RIVALS}
    assert len(api.get(path)["metadata"]) == len(api.get(f"/v1/customers/{customer}")["metadata"]) == RIVALS // 2


def paid_invoice(api: Api, customer: str, action: str = "pay") -> dict[str, Any]:
    api.post("/v1/invoiceitems", customer=customer, amount=1_000, currency="usd")
    invoice = api.post("/v1/invoices", customer=customer, pending_invoice_items_behavior="include")["id"]
    return api.post(f"/v1/invoices/{invoice}/{action}")


def test_a_token_pays_once(api: Api) -> None:
    token = api.post("/v1/tokens", card={"number": "4242424242424242", "exp_month": 8, "exp_year": 2060})["id"]
    answers = at_once(api, *[("POST", "/v1/charges", {"amount": 1_000, "currency": "usd", "source": token})] * RIVALS)
    assert statuses(answers) == {200: 1, 400: RIVALS - 1}
    assert {answer.error["code"] for answer in answers if answer.status == 400} == {"token_already_used"}
    assert len(api.get("/v1/charges")["data"]) == 1


def test_no_more_is_refunded_than_was_charged(api: Api, customer: str) -> None:
    charge = paid_invoice(api, customer)["charge"]
    answers = at_once(api, *[("POST", "/v1/refunds", {"charge": charge, "amount": 300})] * RIVALS)
    assert statuses(answers) == {200: 3, 400: RIVALS - 3}
    assert {answer.error["message"] for answer in answers if answer.status == 400} == {
        "Refund amount ($3.00) is greater than unrefunded amount on charge ($1.00)"}
    shown = api.get(f"/v1/charges/{charge}")
    assert (shown["amount_refunded"], len(shown["refunds"]["data"])) == (900, 3)


def test_no_more_is_credited_than_was_invoiced(api: Api, customer: str) -> None:
    invoice = paid_invoice(api, customer)["id"]
    given = {"invoice": invoice, "amount": 300, "credit_amount": 300}
    answers = at_once(api, *[("POST", "/v1/credit_notes", given)] * RIVALS)
    assert statuses(answers) == {200: 3, 400: RIVALS - 3}
    numbers = sorted(answer.body["number"][-2:] for answer in answers if answer.status == 200)
    assert (numbers, api.get(f"/v1/customers/{customer}")["balance"]) == (["01", "02", "03"], -900)


def test_what_is_credited_is_not_paid_as_well(api: Api, customer: str) -> None:
    invoice = paid_invoice(api, customer, "finalize")["id"]
    answers = at_once(api, ("POST", f"/v1/invoices/{invoice}/pay", {}),
                      *[("POST", "/v1/credit_notes", {"invoice": invoice, "amount": 100})] * (RIVALS - 1))
    assert statuses(answers)[500] == 0 and answers[0].status == 200
    shown = api.get(f"/v1/invoices/{invoice}", expand=["charge"])
    credited = 100 * sum(answer.status == 200 for answer in answers[1:])
    assert shown["pre_payment_credit_notes_amount"] == credited
    assert shown["amount_paid"] == shown["charge"]["amount"] == 1_000 - credited


def test_usage_adds_up(api: Api, customer: str) -> None:
    metered = api.post("/v1/prices", currency="usd", unit_amount=5, product_data={"name": "Calls"},
                       recurring={"interval": "month", "usage_type": "metered"})["id"]
    subscription = api.post("/v1/subscriptions", customer=customer, items=[{"price": metered}])
    path = f"/v1/subscription_items/{subscription['items']['data'][0]['id']}"
    used = {"quantity": 3, "timestamp": "now", "action": "increment"}
    assert statuses(at_once(api, *[("POST", f"{path}/usage_records", used)] * RIVALS)) == {200: RIVALS}
    assert api.get(f"{path}/usage_record_summaries")["data"][0]["total_usage"] == 3 * RIVALS


def test_every_redemption_of_a_coupon_is_counted(api: Api, price: str) -> None:
    coupon = api.post("/v1/coupons", percent_off=10, duration="forever", max_redemptions=RIVALS - 3)["id"]
    rivals = [api.post("/v1/customers", **CARD)["id"] for _ in range(RIVALS)]
    answers = at_once(api, *[("POST", "/v1/subscriptions", {
        "customer": each, "items": [{"price": price}], "coupon": coupon}) for each in rivals])
    assert statuses(answers) == {200: RIVALS - 3, 400: 3}
    assert {answer.error["code"] for answer in answers if answer.status == 400} == {"coupon_expired"}
    assert api.get(f"/v1/coupons/{coupon}")["times_redeemed"] == RIVALS - 3
    assert len(api.get("/v1/subscriptions")["data"]) == RIVALS - 3


def test_a_promotion_code_is_redeemed_no_more_often_than_it_may(api: Api) -> None:
    coupon = api.post("/v1/coupons", percent_off=10)["id"]
    code = api.post("/v1/promotion_codes", coupon=coupon, max_redemptions=3)["id"]
    answers = at_once(api, *[("POST", "/v1/customers", {"promotion_code": code})] * RIVALS)
    assert statuses(answers) == {200: 3, 400: RIVALS - 3}
    shown = api.get(f"/v1/promotion_codes/{code}")
    assert (shown["times_redeemed"], shown["active"], shown["coupon"]["times_redeemed"]) == (3, False, 3)


def test_an_active_promotion_code_is_taken_once(api: Api) -> None:
    coupon = api.post("/v1/coupons", percent_off=10)["id"]
    calls = [("POST", "/v1/promotion_codes", {"coupon": coupon, "code": code}) for code in ("spring", "SPRING")]
    answers = at_once(api, *calls * (RIVALS // 2))
    assert statuses(answers) == {200: 1, 400: RIVALS - 1}
    assert len(api.get("/v1/promotion_codes")["data"]) == 1


def test_balance_transactions_add_up(api: Api, customer: str) -> None:
    path = f"/v1/customers/{customer}/balance_transactions"
    answers = at_once(api, *[("POST", path, {"amount": -100, "currency": "usd"})] * RIVALS)
    assert statuses(answers) == {200: RIVALS}
    endings = sorted(answer.body["ending_balance"] for answer in answers)
    assert endings == [-100 * count for count in range(RIVALS, 0, -1)]
    assert api.get(f"/v1/customers/{customer}")["balance"] == -100 * RIVALS


def test_settings_add_up(api: Api) -> None:
    api.get("/v1/account")
    changes = [{"finalize_after_s": 60}, {"retry_days": [1]}, {"search_lag_s": 5}, {"fee_fixed": 1}]
    assert statuses(at_once(api, *[("POST", "/_sim/settings", change) for change in changes])) == {200: 4}
    found = api.get("/_sim/settings")
    assert [found[name] for change in changes for name in change] == [60, [1], 5, 1]


# Nothing happens twice


def test_one_key_opens_one_account(server: Server) -> None:
    api = Api(server)
    answers = at_once(api, *[("GET", "/v1/account", {})] * RIVALS)
    assert statuses(answers) == {200: RIVALS}
    assert len({answer.body["id"] for answer in answers}) == row_counts(server)["accounts"] == 1


def test_one_idempotency_key_makes_one_object(api: Api) -> None:
    api.get("/v1/account")
    answers = at_once(api, *[("POST", "/v1/customers", {"name": "Jenny"})] * RIVALS, headers={"Idempotency-Key": "one"})
    assert set(statuses(answers)) <= {200, 409}
    assert {answer.error["code"] for answer in answers if answer.status == 409} <= {"idempotency_key_in_use"}
    (made,) = {answer.body["id"] for answer in answers if answer.status == 200}
    assert [each["id"] for each in api.get("/v1/customers")["data"]] == [made]
    assert api.event_types() == ["customer.created"]


@pytest.mark.parametrize(("path", "params"), [
    ("/v1/products", {"id": "gold", "name": "Gold"}),
    ("/v1/coupons", {"id": "gold", "percent_off": 10, "duration": "once"}),
    ("/v1/plans", {"id": "gold", "amount": 5, "currency": "usd", "interval": "month", "product": {"name": "Gold"}}),
])
def test_an_id_of_the_callers_own_is_taken_once(api: Api, path: str, params: dict[str, Any]) -> None:
    api.get("/v1/account")
    answers = at_once(api, *[("POST", path, params)] * RIVALS)
    codes = Counter("made" if answer.status == 200 else answer.error["code"] for answer in answers)
    assert codes["made"] == 1 and set(codes) <= {"made", "resource_already_exists", "lock_timeout"}
    assert [each["id"] for each in api.get(path)["data"]] == ["gold"]


def test_an_invoice_is_paid_once(api: Api, customer: str) -> None:
    api.post("/v1/invoiceitems", customer=customer, amount=700, currency="usd")
    invoice = api.post("/v1/invoices", customer=customer, auto_advance=False,
                       pending_invoice_items_behavior="include")["id"]
    answers = at_once(api, *[("POST", f"/v1/invoices/{invoice}/pay", {})] * RIVALS)
    assert statuses(answers) == {200: 1, 400: RIVALS - 1}
    assert [charge["amount"] for charge in api.get("/v1/charges")["data"]] == [700]
    assert api.event_types().count("invoice.paid") == 1


def test_pending_items_are_drawn_into_one_invoice(api: Api, customer: str) -> None:
    api.post("/v1/invoiceitems", customer=customer, amount=700, currency="usd")
    answers = at_once(api, *[("POST", "/v1/invoices", {
        "customer": customer, "pending_invoice_items_behavior": "include"})] * RIVALS)
    totals = [answer.body["total"] for answer in answers if answer.status == 200]
    assert sum(totals) == 700
    assert len(api.get("/v1/invoices")["data"]) == len(totals)


def test_invoice_numbers_are_given_once(api: Api, customer: str) -> None:
    drafts = []
    for _ in range(RIVALS):
        api.post("/v1/invoiceitems", customer=customer, amount=700, currency="usd")
        drafts.append(api.post("/v1/invoices", customer=customer, auto_advance=False)["id"])
    answers = at_once(api, *[("POST", f"/v1/invoices/{draft}/finalize", {}) for draft in drafts])
    assert statuses(answers) == {200: RIVALS}
    assert sorted(answer.body["number"][-4:] for answer in answers) == [f"{n:04d}" for n in range(1, RIVALS + 1)]


def test_a_quote_is_accepted_once(api: Api, customer: str, price: str) -> None:
    quote = api.post("/v1/quotes", customer=customer, line_items=[{"price": price}])["id"]
    api.post(f"/v1/quotes/{quote}/finalize")
    answers = at_once(api, *[("POST", f"/v1/quotes/{quote}/{verb}", {}) for verb in ("accept", "cancel") * (RIVALS // 2)])
    assert statuses(answers) == {200: 1, 400: RIVALS - 1}
    status = api.get(f"/v1/quotes/{quote}")["status"]
    assert len(api.get("/v1/subscriptions")["data"]) == (status == "accepted")


def test_quote_numbers_are_given_once(api: Api, customer: str, price: str) -> None:
    drafts = [api.post("/v1/quotes", customer=customer, line_items=[{"price": price}])["id"] for _ in range(RIVALS)]
    answers = at_once(api, *[("POST", f"/v1/quotes/{draft}/finalize", {}) for draft in drafts])
    assert sorted(answer.body["number"][-6:] for answer in answers) == [f"{n:04d}-1" for n in range(1, RIVALS + 1)]


def _webhook(api: Api) -> str:
    return "/v1/webhook_endpoints/" + api.post("/v1/webhook_endpoints", url="http://127.0.0.1:9", enabled_events=["*"])["id"]


def _coupon(api: Api) -> str:
    return "/v1/coupons/" + api.post("/v1/coupons", percent_off=10, duration="once")["id"]


def _clock(api: Api) -> str:
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=1_672_531_200)["id"]
    api.post("/v1/customers", test_clock=clock)
    return f"/v1/test_helpers/test_clocks/{clock}"


def _item(api: Api) -> str:
    return "/v1/invoiceitems/" + api.post(
        "/v1/invoiceitems", customer=api.post("/v1/customers")["id"], amount=700, currency="usd")["id"]


def _subscription(api: Api) -> str:
    price = api.post("/v1/prices", currency="usd", unit_amount=1_000, recurring={"interval": "month"},
                     product_data={"name": "Gold"})["id"]
    customer = api.post("/v1/customers", **CARD)["id"]
    return "/v1/subscriptions/" + api.post("/v1/subscriptions", customer=customer, items=[{"price": price}])["id"]


@pytest.mark.parametrize("make", [
    lambda api: f"/v1/customers/{api.post('/v1/customers')['id']}",
    lambda api: f"/v1/products/{api.post('/v1/products', name='Gold')['id']}",
    _webhook, _coupon, _clock, _item, _subscription,
], ids=["customer", "product", "webhook_endpoint", "coupon", "test_clock", "invoiceitem", "subscription"])
def test_an_object_is_deleted_once(api: Api, make: Callable[[Api], str]) -> None:
    path = make(api)
    answers = at_once(api, *[("DELETE", path, {})] * RIVALS)
    assert statuses(answers) == {200: 1, 404: RIVALS - 1}
    types = Counter(api.event_types())
    assert [type for type, count in types.items() if type.endswith(".deleted") and count > 1] == []


def test_a_clock_is_sent_on_its_way_once(api: Api) -> None:
    path = f"{_clock(api)}/advance"
    answers = at_once(api, *[("POST", path, {"frozen_time": 1_672_531_200 + 60 * (number + 1)}) for number in range(RIVALS)])
    assert statuses(answers) == {200: 1, 429: RIVALS - 1}
    assert api.event_types().count("test_helpers.test_clock.advancing") == 1


# Whoever cannot have the row


def test_a_row_that_another_holds_is_waited_for_and_then_refused(impatient: Server) -> None:
    api = Api(impatient)
    customer = api.post("/v1/customers", name="Before")["id"]
    own = api.get("/v1/account")["id"]
    with impatient.database.writing() as session:
        held = session.get(Customer, own, customer)
        assert held is not None and session.lock(held)
        (answer,) = at_once(api, ("POST", f"/v1/customers/{customer}", {"name": "After"}), headers={"Idempotency-Key": "k"})
    assert (answer.status, answer.error["type"], answer.error["code"]) == (429, "invalid_request_error", "lock_timeout")
    assert answer.headers["Stripe-Should-Retry"] == "true"
    again = api.call("POST", f"/v1/customers/{customer}", {"name": "After"}, {"Idempotency-Key": "k"})
    assert (again.status, again.body["name"]) == (200, "After")
    assert "Idempotent-Replayed" not in again.headers


def test_a_key_that_another_process_is_at_work_with_is_in_use(postgres: Server) -> None:
    api, other = Api(postgres), serve(postgres.database.url.render_as_string(hide_password=False))
    inside: list[Answer] = []
    create = customers.create_customer

    def create_while_the_twin_arrives(*args: Any) -> Any:
        if not inside:
            inside.append(Api(other, api.key).call("POST", "/v1/customers", headers={"Idempotency-Key": "k"}))
        return create(*args)

    api.get("/v1/account")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(customers, "create_customer", create_while_the_twin_arrives)
        first = api.call("POST", "/v1/customers", headers={"Idempotency-Key": "k"})
    assert (first.status, inside[0].status, inside[0].error["code"]) == (200, 409, "idempotency_key_in_use")
    replayed = Api(other, api.key).call("POST", "/v1/customers", headers={"Idempotency-Key": "k"})
    assert (replayed.status, replayed.body) == (200, first.body)
    other.database.close()


def test_of_two_that_wait_for_each_other_one_is_refused(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api(postgres)
    pair = [api.post("/v1/customers")["id"] for _ in range(2)]
    update, both_hold_one = customers.update_customer, threading.Barrier(2)

    def update_both(ctx: Any, customer: Any, values: Any) -> Any:
        both_hold_one.wait()
        other = ctx.find(Customer, next(id for id in pair if id != customer.id))
        update(ctx, other, {"metadata": {customer.id: "x"}})
        return update(ctx, customer, values)

    monkeypatch.setattr(customers, "update_customer", update_both)
    answers = at_once(api, *[("POST", f"/v1/customers/{id}", {"name": id}) for id in pair])
    assert statuses(answers) == {200: 1, 429: 1}
    (refused,) = (answer for answer in answers if answer.status == 429)
    assert refused.error["code"] == "lock_timeout"
    (winner,) = (answer.body["id"] for answer in answers if answer.status == 200)
    loser = next(id for id in pair if id != winner)
    assert api.get(f"/v1/customers/{loser}")["metadata"] == {winner: "x"}
    assert api.get(f"/v1/customers/{loser}")["name"] is None


def test_an_advance_waits_for_what_is_being_done_on_its_clock(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api(postgres)
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=1_640_995_200)["id"]
    customer = api.post("/v1/customers", test_clock=clock)["id"]
    update = customers.update_customer
    with ThreadPoolExecutor(1) as thread:

        def update_while_the_clock_is_sent(*args: Any) -> Any:
            sent = thread.submit(Api(postgres, api.key).call, "POST", f"/v1/test_helpers/test_clocks/{clock}/advance",
                                 {"frozen_time": 1_640_995_201})
            _until_someone_waits(postgres)
            assert not sent.done()
            return update(*args)

        monkeypatch.setattr(customers, "update_customer", update_while_the_clock_is_sent)
        assert api.post(f"/v1/customers/{customer}", name="Before")["name"] == "Before"
    assert api.get(f"/v1/test_helpers/test_clocks/{clock}")["status"] == "advancing"
    assert api.event_types()[-2:] == ["customer.updated", "test_helpers.test_clock.advancing"]


def test_a_row_that_vanished_while_it_was_waited_for_is_missing(postgres: Server) -> None:
    api = Api(postgres)
    item = _item(api)
    own = api.get("/v1/account")["id"]
    with ThreadPoolExecutor(1) as thread, postgres.database.writing() as session:
        session.connection.execute(text("SELECT * FROM invoice_items WHERE account_id = :own FOR UPDATE"), {"own": own})
        waiting = thread.submit(Api(postgres, api.key).call, "POST", item, {"description": "x"})
        _until_someone_waits(postgres)
        session.connection.execute(text("DELETE FROM invoice_items WHERE account_id = :own"), {"own": own})
    assert (waiting.result().status, waiting.result().error["code"]) == (404, "resource_missing")


def _until_someone_waits(server: Server) -> None:
    with server.database.engine.connect() as connection:
        for _ in range(10_000):
            if connection.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                                      "AND datname = current_database()")):
                return
    raise AssertionError("nobody waits")
