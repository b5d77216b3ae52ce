"""The files of credit notes, and how invoices show what was credited."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import Clock
from tests.support.pages import Visitor, pdf_text


@pytest.fixture
def visitor(server: Server) -> Visitor:
    return Visitor(server)


@pytest.fixture
def time(clock: Callable[..., Clock]) -> Clock:
    return clock("2022-09-01", name="Jenny Rosen")


def test_a_credit_note_is_a_file(time: Clock, api: Api, visitor: Visitor) -> None:
    vat = api.post("/v1/tax_rates", display_name="VAT", percentage=20, inclusive=False)["id"]
    api.post("/v1/invoiceitems", customer=time.customer, currency="usd", unit_amount=1000, quantity=3, description="Advice")
    draft = api.post("/v1/invoices", customer=time.customer, pending_invoice_items_behavior="include", default_tax_rates=[vat])
    invoice = api.post(f"/v1/invoices/{draft['id']}/finalize")
    [line] = invoice["lines"]["data"]
    note = api.post("/v1/credit_notes", invoice=invoice["id"], reason="order_change", memo="Sorry about that.",
                    lines=[{"type": "invoice_line_item", "invoice_line_item": line["id"], "quantity": 1}])
    # One of three at 1,000, and 20 % of it.
    assert (note["amount"], note["number"]) == (1200, f"{invoice['number']}-CN-01")
    account = api.get("/v1/account")["id"]
    assert note["pdf"].startswith(f"http://127.0.0.1:12111/credit_notes/{account}/test_{note['id'][3:]}")
    [created] = [event for event in api.events() if event["type"] == "credit_note.created"]
    assert created["data"]["object"]["pdf"] == note["pdf"]
    file = visitor.open(note["pdf"])
    assert file.headers["Content-Disposition"] == f'inline; filename="Credit-note-{note["number"]}.pdf"'
    printed = pdf_text(file.body)
    for text in ("Credit note", note["number"], f"Invoice number {invoice['number']}", "Reason Order change", "Jenny Rosen",
                 "$12.00 credited on 01 Sep 2022", "Sorry about that.", "Advice 1 $10.00 20% $10.00", "Subtotal $10.00",
                 "VAT (20%) $2.00", "Total $12.00", "Taken off what was due $12.00"):
        assert text in printed
    page = visitor.open(invoice["hosted_invoice_url"])
    for text in (f"Total $36.00 Credit note {note['number']} -$12.00 Amount due $24.00", "Pay $24.00"):
        assert text in page.text
    assert visitor.pay(invoice["hosted_invoice_url"], "tok_visa").text.count("$24.00 paid on 01 Sep 2022") == 1
    back = api.post("/v1/credit_notes", invoice=invoice["id"], amount=500, refund_amount=300, credit_amount=200)
    printed = pdf_text(visitor.open(back["pdf"]).body)
    assert "Credit 1 $5.00 $5.00" in printed and "Refunded $3.00 Added to the credit balance $2.00" in printed
    assert f"Amount paid $24.00 Credit note {back['number']} -$5.00" in visitor.open(invoice["hosted_invoice_url"]).text
    [charge] = api.get("/v1/charges", customer=time.customer)["data"]
    assert "Refunded -$3.00" in visitor.open(charge["receipt_url"]).text


def test_what_is_only_tried_or_guessed_has_no_file(time: Clock, api: Api, visitor: Visitor) -> None:
    api.post("/v1/invoiceitems", customer=time.customer, currency="usd", amount=1000)
    draft = api.post("/v1/invoices", customer=time.customer, pending_invoice_items_behavior="include")
    invoice = api.post(f"/v1/invoices/{draft['id']}/finalize")
    preview = api.get("/v1/credit_notes/preview", invoice=invoice["id"], amount=500)
    assert visitor.open(preview["pdf"]).status == 404
    note = api.post("/v1/credit_notes", invoice=invoice["id"], amount=500)
    assert visitor.open(note["pdf"].removesuffix("/pdf")[:-1] + "x/pdf").status == 404
    assert visitor.open(note["pdf"].replace("/credit_notes/", "/invoice/")).status == 404
    api.post(f"/v1/credit_notes/{note['id']}/void")
    printed = pdf_text(visitor.open(note["pdf"]).body)
    assert "Void" in printed and "Voided 01 Sep 2022" in printed
