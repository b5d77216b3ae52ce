"""Who hears of what happens in a connected account."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.connected import acting_for, connected
from tests.support.money import fund
from tests.support.receiver import Receiver


@pytest.fixture
def server(fresh_server: Server) -> Server:
    return fresh_server


def test_events_of_an_account_reach_the_endpoints_that_ask_for_connected_ones(api: Api, server: Server) -> None:
    account, sibling, stranger = connected(api), connected(api), Api(server)
    seen = len(account.events())
    with ExitStack() as stack:
        def listen(client: Api, *, connect: bool = False) -> Receiver:
            receiver = stack.enter_context(Receiver())
            client.post("/v1/webhook_endpoints", url=receiver.url, enabled_events=["*"], connect=connect)
            return receiver

        own, connect = listen(api), listen(api, connect=True)
        deaf = [listen(sibling), listen(sibling, connect=True), listen(stranger), listen(stranger, connect=True)]
        theirs = listen(account)
        fund(account, 10_000)
        customer = account.post("/v1/customers", email="jenny@example.com", payment_method="pm_card_visa",
                                invoice_settings={"default_payment_method": "pm_card_visa"})["id"]
        account.post("/v1/invoiceitems", customer=customer, amount=700, currency="usd")
        account.post(f"/v1/invoices/{account.post('/v1/invoices', customer=customer)['id']}/pay")
        account.post("/v1/payouts", amount=100, currency="usd")
        api.post(f"/v1/accounts/{account.account}", metadata={"order": "6735"})
        account.delete(f"/v1/customers/{customer}")
        while server.worker.run_due():
            pass
        told = [event["id"] for event in account.events()[seen:]]
        assert {"customer.deleted", "invoice.paid", "payout.created", "account.updated", "topup.succeeded"} <= set(
            account.event_types()[seen:])
        assert sorted(each.event["id"] for each in connect.received) == sorted(told)
        assert {each.event["account"] for each in connect.received} == {account.account}
        assert sorted(each.event["id"] for each in theirs.received) == sorted(told)
        assert [receiver.types for receiver in (own, *deaf)] == [[], [], [], [], []]
    assert [each.events() for each in (api, stranger)] == [[], []]
    assert [event["id"] for event in sibling.events() if event["account"] != sibling.account] == []
    assert [api.call("GET", f"/v1/events/{id}").status for id in told] == [404] * len(told)
    assert examine(server.database) == []


def test_events_of_the_platform_reach_none_of_its_accounts(api: Api, server: Server) -> None:
    account = connected(api)
    with Receiver() as theirs, Receiver() as connect, Receiver() as own:
        account.post("/v1/webhook_endpoints", url=theirs.url, enabled_events=["*"])
        api.post("/v1/webhook_endpoints", url=connect.url, enabled_events=["*"], connect=True)
        api.post("/v1/webhook_endpoints", url=own.url, enabled_events=["*"])
        api.post("/v1/customers", email="jenny@example.com")
        server.worker.run_due()
        assert (own.types, connect.types, theirs.types) == (["customer.created"], [], [])
    assert "account" not in own.received[0].event
    before = account.event_types()
    assert "customer.created" not in before
    assert acting_for(api, account.account).event_types() == before
