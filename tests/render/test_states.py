from typing import Any

import pytest

from app.render import render
from app.render.fields import Attr, Derived, Nested, Sublist
from app.render.view import VIEWS, View, compile_view
from app.resources.customers.tables import Customer
from app.resources.invoices.tables import Invoice, InvoiceLine
from app.resources.prices.tables import Price


class ShownPrice(View):
    id = Attr()
    unit_amount = Attr()


class ShownLine(View):
    id = Attr()
    price = Nested()


class ShownInvoice(View):
    id = Attr()
    customer_email = Derived(lambda row: row.customer.email, needs="customer")
    lines = Sublist("/v1/invoices/{id}/lines")
    status = Attr()


@pytest.fixture(autouse=True)
def _shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for table, schema in ((Price, ShownPrice), (InvoiceLine, ShownLine), (Invoice, ShownInvoice)):
        monkeypatch.setitem(VIEWS, table, compile_view(schema))


def line(id: str, price: Price | None) -> InvoiceLine:
    row = InvoiceLine(account_id="acct_1", id=id)
    row.__dict__["price"] = price
    return row


@pytest.fixture
def invoice() -> Any:
    row = Invoice(account_id="acct_1", id="in_1", status="draft")
    row.__dict__["customer"] = Customer(account_id="acct_1", id="cus_1", email="jenny@example.com")
    row.__dict__["lines"] = [line("il_1", Price(account_id="acct_1", id="price_1", unit_amount=500))]
    return row


def test_a_state_is_rendered_once(invoice: Any) -> None:
    first = render(invoice)
    invoice.status = "draft"
    invoice.lines[0].price.unit_amount = 500
    assert render(invoice) is first


@pytest.mark.parametrize(("change", "key", "shown"), [
    (lambda invoice: setattr(invoice, "status", "open"), "status", "open"),
    (lambda invoice: setattr(invoice.customer, "email", None), "customer_email", None),
    (lambda invoice: setattr(invoice.lines[0].price, "unit_amount", 700), "lines",
     [{"id": "il_1", "price": {"id": "price_1", "unit_amount": 700}}]),
    (lambda invoice: invoice.lines.append(line("il_2", None)), "lines",
     [{"id": "il_1", "price": {"id": "price_1", "unit_amount": 500}}, {"id": "il_2", "price": None}]),
    (lambda invoice: invoice.lines.clear(), "lines", []),
    (lambda invoice: invoice.lines[0].__dict__.update(price=None), "lines", [{"id": "il_1", "price": None}]),
])
def test_a_change_of_the_row_or_of_what_it_shows_is_rendered(invoice: Any, change: Any, key: str, shown: Any) -> None:
    before = render(invoice)
    kept = dict(before)
    change(invoice)
    after = render(invoice)
    assert (after[key]["data"] if key == "lines" else after[key]) == shown
    # Who holds what was rendered before still has that.
    assert before == kept and before[key] != after[key]
