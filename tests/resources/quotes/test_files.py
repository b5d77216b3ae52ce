"""Quotes as files."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.api import Api
from tests.support.clock import Clock
from tests.support.pages import pdf_text


@pytest.fixture
def time(clock: Callable[..., Clock]) -> Clock:
    return clock("2022-08-01", name="Jenny Rosen", address={"line1": "Main St 1", "city": "Oslo", "country": "NO"})


def printed(api: Api, quote: str) -> str:
    answer = api.call("GET", f"/v1/quotes/{quote}/pdf")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    return pdf_text(answer.body)


def test_a_finalised_quote_is_a_file(time: Clock, api: Api) -> None:
    gold, setup = time.price(1000, product="Gold"), time.price(5000, None, product="Setup")
    usage = time.price(5, product="Calls", recurring={"usage_type": "metered"})
    vat = api.post("/v1/tax_rates", display_name="VAT", inclusive=False, percentage=20)["id"]
    coupon = api.post("/v1/coupons", name="Welcome", percent_off=10, duration="once")["id"]
    quote = api.post(
        "/v1/quotes", customer=time.customer, default_tax_rates=[vat], discounts=[{"coupon": coupon}], header="Your offer",
        description="As we said.", footer="Prices are good for a month.",
        line_items=[{"price": gold, "quantity": 2}, {"price": setup}, {"price": usage}])["id"]
    refusal = api.refused("GET", f"/v1/quotes/{quote}/pdf")
    assert (refusal.status, refusal.error["message"]) == (400, "You can only download the PDF of a finalized quote.")
    number = api.post(f"/v1/quotes/{quote}/finalize")["number"]
    text = printed(api, quote)
    # 2,000 and 5,000, a tenth off, 20 % of 6,300; from the second month on 2,000 and 20 % of it.
    for part in ("Your offer", f"Quote number {number}", "Date of issue 01 Aug 2022", "Valid until 31 Aug 2022", "Prepared for",
                 "Jenny Rosen", "Main St 1", "As we said.", "Gold 2 $10.00 / month 20% $20.00", "Setup 1 $50.00 20% $50.00",
                 "Calls $0.05 / month", "Billed by usage.", "Subtotal $70.00", "Welcome (10.0% off) -$7.00",
                 "Total excluding tax $63.00", "VAT (20%) $12.60", "Total $75.60", "Due at first $75.60",
                 "Then every month $24.00", "Prices are good for a month."):
        assert part in text, part
    api.post(f"/v1/quotes/{quote}/accept")
    assert "Accepted 01 Aug 2022" in printed(api, quote)


def test_only_the_own_quotes_are_files(api: Api) -> None:
    assert api.refused("GET", "/v1/quotes/qt_1/pdf").error["message"] == "No such quote: 'qt_1'"
