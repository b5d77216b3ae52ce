from collections.abc import Callable

import orjson
from sqlalchemy import select

from app.events.tables import Event
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import Clock


def test_an_object_is_told_of_in_full_once_in_a_transaction(api: Api, server: Server, clock: Callable[..., Clock]) -> None:
    world = clock("2022-08-01")
    invoice = world.subscribe(world.price())["latest_invoice"]
    told = api.get("/v1/events", types=["invoice.created", "invoice.finalized", "invoice.updated", "invoice.paid",
                                        "invoice.payment_succeeded"])["data"][::-1]
    assert [event["type"] for event in told] == [
        "invoice.created", "invoice.finalized", "invoice.updated", "invoice.paid", "invoice.payment_succeeded"]
    assert [(event["data"]["object"]["id"], event["data"]["object"]["status"]) for event in told] == [
        (invoice, "draft"), (invoice, "open"), (invoice, "paid"), (invoice, "paid"), (invoice, "paid")]
    assert told[3]["data"]["object"] == told[4]["data"]["object"] == told[2]["data"]["object"]
    assert [api.get(f"/v1/events/{event['id']}") for event in told] == told

    with server.database.reading() as session:
        rows = {row[0]: row[1:] for row in session.values(
            select(Event.id, Event.data, Event.data_event_id).where(Event.object_id == invoice))}
    texts = [rows[event["id"]] for event in told]
    # The draft is told of in full; what was done with it in the same transaction is told of by what it changed.
    assert [told_by for _, told_by in texts] == [None, *[told[0]["id"]] * 4]
    draft, *later = [orjson.loads(text) for text, _ in texts]
    assert draft == told[0]["data"]["object"]
    assert [len(changes) for changes in later] == [len(changed) for changed in (
        [key for key, value in event["data"]["object"].items() if draft[key] != value] for event in told[1:])]
    assert all(draft | changes == event["data"]["object"] for changes, event in zip(later, told[1:], strict=True))
    assert "customer" not in later[0] and later[0]["status"] == "open" and later[1]["status"] == "paid"


def test_an_event_of_another_request_is_told_of_in_full(api: Api, server: Server) -> None:
    customer = api.post("/v1/customers", name="Jenny")
    api.post(f"/v1/customers/{customer['id']}", name="Rosen")
    with server.database.reading() as session:
        told = session.values(select(Event.type, Event.data, Event.data_event_id).where(
            Event.object_id == customer["id"]).order_by(Event.seq))
    assert [(type, orjson.loads(text), told_by) for type, text, told_by in told] == [
        ("customer.created", customer, None), ("customer.updated", customer | {"name": "Rosen"}, None)]


def test_the_first_of_a_type_is_told_of_in_full_and_what_follows_adds_to_it(
        api: Api, server: Server, clock: Callable[..., Clock]) -> None:
    world = clock("2022-08-01")
    price = world.price()
    one = world.subscribe(price)
    other = api.post("/v1/subscriptions", customer=api.post(
        "/v1/customers", test_clock=world.id, email="rosen@example.com", payment_method="pm_card_visa",
        invoice_settings={"default_payment_method": "pm_card_visa"})["id"], items=[{"price": price}])
    world.advance(months=1, hours=2)
    invoices = {invoice["id"]: invoice for invoice in map(world.latest_invoice, (one, other))}
    with server.database.reading() as session:
        told = session.values(select(Event.id, Event.type, Event.object_id, Event.data_event_id).where(
            Event.object_id.in_(list(invoices))).order_by(Event.seq))
    created = {object_id: (id, told_by) for id, type, object_id, told_by in told if type == "invoice.created"}
    paid = {object_id: (id, told_by) for id, type, object_id, told_by in told if type == "invoice.paid"}
    # Both renewals were of one transaction: one draft is kept in full, the other adds to it, and each is added to by its own.
    (whole, nothing), (added, first) = sorted(created.values(), key=lambda event: event[1] or "")
    assert (nothing, first) == (None, whole)
    assert {id: told_by for id, (_, told_by) in paid.items()} == {id: event for id, (event, _) in created.items()}
    shown = {id: api.get(f"/v1/events/{event}")["data"]["object"] for id, (event, _) in paid.items()}
    assert shown == invoices and sorted(
        invoice["customer"] for invoice in shown.values()) == sorted([one["customer"], other["customer"]])
    listed = api.get("/v1/events", type="invoice.paid", limit=2)["data"]
    assert {event["id"]: event["data"]["object"] for event in listed} == {
        event: shown[id] for id, (event, _) in paid.items()}
    assert {api.get(f"/v1/events/{id}")["data"]["object"]["status"] for id in (whole, added)} == {"draft"}
