"""The balance: what is pending, what is available, and when the one becomes the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import DAY, HOUR, Clock, at
from tests.support.reference import conforms
from tests.support.wall import Wall


def balance(api: Api) -> dict[str, Any]:
    shown = api.get("/v1/balance")
    conforms(shown)
    return shown


def funds(amount: int, currency: str = "usd") -> dict[str, Any]:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}


def bill(api: Api, amount: int, *, card: str = "pm_card_visa", currency: str = "usd") -> dict[str, Any]:
    """The charge by which a new customer paid an invoice at once."""
    customer = api.post("/v1/customers", payment_method=card, invoice_settings={"default_payment_method": card})["id"]
    api.post("/v1/invoiceitems", customer=customer, amount=amount, currency=currency)
    invoice = api.post("/v1/invoices", customer=customer, pending_invoice_items_behavior="include")
    paid = api.post(f"/v1/invoices/{invoice['id']}/pay", expand=["charge.balance_transaction"])
    return dict(paid["charge"])


def test_an_empty_sandbox_has_nothing_in_its_own_currency(api: Api) -> None:
    assert balance(api) == {
        "object": "balance", "available": [funds(0)], "instant_available": [funds(0)], "livemode": False,
        "pending": [funds(0)]}  # fmt: skip


def test_money_is_pending_for_two_business_days(api: Api, server: Server, wall: Wall) -> None:
    wall.now = at("2022-08-18 15:00")  # a Thursday
    first = bill(api, 10_000)
    # 2.9 % of 100.00 and 0.30.
    assert (first["balance_transaction"]["fee"], first["balance_transaction"]["status"]) == (320, "pending")
    assert first["balance_transaction"]["available_on"] == at("2022-08-22")
    bill(api, 1000)
    # 9680 and 1000 less 59, all to come on Monday.
    assert (balance(api)["pending"], balance(api)["available"]) == ([funds(10_621)], [funds(0)])
    wall.now = at("2022-08-21 23:59")
    server.worker.run_due()
    assert balance(api)["pending"] == [funds(10_621)]
    wall.now = at("2022-08-22")
    # It is there at the second, also where the worker has not got to it.
    assert (balance(api)["pending"], balance(api)["available"]) == ([funds(0)], [funds(10_621)])
    server.worker.run_due()
    assert (balance(api)["pending"], balance(api)["available"]) == ([funds(0)], [funds(10_621)])
    [event] = api.events(type="balance.available")
    assert event["data"]["object"] == balance(api)
    assert (event["created"], event["request"]["id"]) == (at("2022-08-22"), None)
    assert examine(server.database, account=api.key) == []


def test_a_card_that_bypasses_pending_is_available_at_once(api: Api, server: Server) -> None:
    charge = bill(api, 10_000, card="pm_card_bypassPending")
    assert charge["balance_transaction"]["status"] == "available"
    assert (balance(api)["available"], balance(api)["pending"]) == ([funds(9680)], [funds(0)])
    assert examine(server.database, account=api.key) == []


def test_a_refund_is_taken_from_where_the_charge_went(api: Api, server: Server, wall: Wall) -> None:
    wall.now = at("2022-08-15")  # a Monday
    charge = bill(api, 10_000)
    refund = api.post("/v1/refunds", charge=charge["id"], amount=2500, expand=["balance_transaction"])
    assert (refund["balance_transaction"]["net"], refund["balance_transaction"]["status"]) == (-2500, "pending")
    assert (balance(api)["pending"], balance(api)["available"]) == ([funds(7180)], [funds(0)])
    wall.now = at("2022-08-17")
    server.worker.run_due()
    refund = api.post("/v1/refunds", charge=charge["id"], expand=["balance_transaction"])
    assert (refund["balance_transaction"]["net"], refund["balance_transaction"]["status"]) == (-7500, "available")
    # The fee stays paid.
    assert (balance(api)["pending"], balance(api)["available"]) == ([funds(0)], [funds(-320)])
    assert examine(server.database, account=api.key) == []


def test_each_currency_has_a_balance_of_its_own(api: Api) -> None:
    bill(api, 10_000, card="pm_card_bypassPending")
    bill(api, 50_000, card="pm_card_bypassPending", currency="jpy")
    # 2.9 % of ¥50,000 and ¥30.
    assert balance(api)["available"] == [funds(9680), funds(48_520, "jpy")]


def test_a_test_clock_moves_its_own_money_and_takes_it_away_with_itself(fresh_server: Server, wall: Wall) -> None:
    # A database of its own: all other sandboxes would age by years.
    wall.now = at("2030-01-01")
    api = Api(fresh_server)
    time = Clock(api, "2022-08-15")
    time.subscribe(time.price(10_000))
    assert (balance(api)["pending"], balance(api)["available"]) == ([funds(9680)], [funds(0)])
    fresh_server.worker.run_due()
    assert balance(api)["pending"] == [funds(9680)]
    time.advance(days=2)
    assert [event["created"] for event in api.events(type="balance.available")] == [at("2022-08-17")]
    assert (balance(api)["pending"], balance(api)["available"]) == ([funds(0)], [funds(9680)])
    bill(api, 1000, card="pm_card_bypassPending")
    assert balance(api)["available"] == [funds(9680 + 941)]
    api.delete(f"/v1/test_helpers/test_clocks/{time.id}")
    assert (balance(api)["pending"], balance(api)["available"]) == ([funds(0)], [funds(941)])
    assert examine(fresh_server.database) == []


def test_a_year_of_payments_leaves_a_row_for_each_day_to_come(api: Api, server: Server,
                                                             clock: Callable[..., Clock]) -> None:
    time = clock("2022-01-03")
    time.subscribe(time.price(1000, "week"))
    time.turn(time.now + 52 * 7 * DAY + HOUR)
    # 53 payments, each 10.00 less 0.59; the last came an hour after Monday's midnight and is pending until Wednesday.
    assert (balance(api)["pending"], balance(api)["available"]) == ([funds(941)], [funds(52 * 941)])
    assert len(api.events(type="balance.available")) == 52
