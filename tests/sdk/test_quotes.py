"""Quotes as the unmodified SDK sees them, which sends for their files to another host."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import stripe

from tests.support.live import live_server
from tests.support.pages import pdf_text


def test_a_quote_through_the_sdk(
    migrated: Callable[[Path], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with live_server(migrated(tmp_path)) as base_url:
        for name, value in (("api_key", "sk_test_quotes_of_the_sdk"), ("api_base", base_url), ("upload_api_base", base_url),
                            ("default_http_client", None)):
            monkeypatch.setattr(stripe, name, value)
        customer = stripe.Customer.create(email="jenny@example.com", invoice_prefix="ACME")
        gold = stripe.Price.create(currency="usd", unit_amount=1000, recurring={"interval": "month"},
                                   product_data={"name": "Gold"})
        setup = stripe.Price.create(currency="usd", unit_amount=5000, product_data={"name": "Setup"})
        quote = stripe.Quote.create(customer=customer.id, line_items=[{"price": gold.id, "quantity": 2}, {"price": setup.id}],
                                    expand=["line_items"])
        assert [item.amount_total for item in quote.line_items.data] == [2000, 5000]
        quote.header = "Offer"
        assert quote.save().header == "Offer"
        quote = quote.finalize_quote()
        assert (quote.status, quote.number) == ("open", "QT-ACME-0001-1")
        assert [item.description for item in quote.list_line_items().auto_paging_iter()] == ["Gold", "Setup"]
        listed = stripe.Quote.list_computed_upfront_line_items(quote.id, limit=1)
        assert (listed.data[0].description, listed.has_more) == ("Setup", True)
        quote = stripe.Quote.accept(quote.id, expand=["subscription", "invoice"])
        assert (quote.subscription.status, quote.invoice.billing_reason, quote.invoice.total) == (
            "active", "quote_accept", 7000)
        assert stripe.Quote.list(customer=customer.id, status="accepted").data[0].id == quote.id
        files = [quote.pdf()[0].io.read(), stripe.Quote.pdf(quote.id).io.read()]
        assert files[0].startswith(b"%PDF-") and files[0] == files[1]
        assert "QT-ACME-0001-1" in pdf_text(files[0])
        with pytest.raises(stripe.error.InvalidRequestError, match="currently in the `accepted` status"):
            stripe.Quote.cancel(quote.id)
