from collections.abc import Callable

import orjson
from sqlalchemy import select

from app.events.tables import Event
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import Clock


def test_events_of_one_state_keep_its_text_once(api: Api, server: Server, clock: Callable[..., Clock]) -> None:
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
    assert [told_by for _, told_by in texts] == [None, None, None, told[2]["id"], told[2]["id"]]
    assert [None if text is None else orjson.loads(text) for text, _ in texts] == [
        *(event["data"]["object"] for event in told[:3]), None, None]
