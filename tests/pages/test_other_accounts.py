"""Pages on which customers pay what connected accounts have a part in."""

from __future__ import annotations

from typing import Any

import pytest

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.connected import connected
from tests.support.marketplace import id_of, total
from tests.support.pages import Visitor

URL = "/v1/payment_intents"


@pytest.fixture
def visitor(api: Api) -> Visitor:
    return Visitor(api.server)


def answered(visitor: Visitor, intent: dict[str, Any], choice: str) -> None:
    url = intent["next_action"]["redirect_to_url"]["url"]
    visitor.open(url, "POST", visitor.open(url).fields | {"answer": choice})


def waiting(api: Api, **values: Any) -> dict[str, Any]:
    return api.post(URL, amount=2000, currency="usd", payment_method="pm_card_authenticationRequired", confirm=True,
                    application_fee_amount=100, return_url="https://shop.example", **values)


def test_what_is_authenticated_is_shared(api: Api, seller: Api, visitor: Visitor) -> None:
    for intent, client in ((waiting(seller), seller), (waiting(api, transfer_data={"destination": id_of(seller)}), api)):
        assert (intent["status"], intent["charges"]["data"]) == ("requires_action", [])
        answered(visitor, intent, "complete")
        paid = client.get(f"{URL}/{intent['id']}")
        assert (paid["status"], paid["charges"]["data"][0]["application_fee_amount"]) == ("succeeded", 100)
    # 2000 cost 88: of the first the seller has 1812 and the platform 100, of the second 1900 and 12.
    assert (total(seller), total(api)) == (1812 + 1900, 112)


def test_what_cannot_be_sent_on_any_more_is_not_taken(api: Api, seller: Api, visitor: Visitor) -> None:
    intent = waiting(api, transfer_data={"destination": id_of(seller)})
    api.post(f"/v1/accounts/{id_of(seller)}", capabilities={"transfers": {"requested": False}})
    before = len(api.events())
    url = intent["next_action"]["redirect_to_url"]["url"]
    page = visitor.open(url, "POST", visitor.open(url).fields | {"answer": "complete"})
    assert (page.status, len(api.events())) == (400, before)
    assert api.get(f"{URL}/{intent['id']}")["status"] == "requires_action"


def test_the_sellers_invoice_is_paid_on_its_page(api: Api, seller: Api, visitor: Visitor) -> None:
    customer = seller.post("/v1/customers", email="jenny@example.com")["id"]
    seller.post("/v1/invoiceitems", customer=customer, amount=2000, currency="usd")
    invoice = seller.post("/v1/invoices", customer=customer, pending_invoice_items_behavior="include",
                          application_fee_amount=100, collection_method="send_invoice", days_until_due=3)
    url = seller.post(f"/v1/invoices/{invoice['id']}/finalize")["hosted_invoice_url"]
    assert visitor.pay(url, "tok_visa").status == 200
    paid = seller.get(f"/v1/invoices/{invoice['id']}", expand=["charge"])
    assert (paid["status"], paid["charge"]["application_fee_amount"], total(api), total(seller)) == ("paid", 100, 100, 1812)


def test_a_deleted_seller_gets_nothing_more(api: Api, server: Server) -> None:
    account = id_of(connected(api))
    intent = api.post(URL, amount=2000, currency="usd", payment_method="pm_card_visa", transfer_data={"destination": account})
    api.delete(f"/v1/accounts/{account}")
    error = api.refused("POST", f"{URL}/{intent['id']}/confirm").error
    assert (error["code"], error["message"]) == ("resource_missing", f"No such destination: '{account}'")
    assert examine(server.database, account=api.key) == []
