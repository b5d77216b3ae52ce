"""The page of an invoice: what it shows in each state, how it is paid, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import CHARGED, DECLINED, Clock
from tests.support.pages import Page, Visitor, pdf_text

StartClock = Callable[..., Clock]
ADDRESS = {"line1": "510 Townsend St", "city": "San Francisco", "state": "CA", "postal_code": "94103", "country": "US"}


@pytest.fixture
def visitor(server: Server) -> Visitor:
    return Visitor(server)


@pytest.fixture
def time(clock: StartClock) -> Clock:
    return clock("2022-09-01", name="Jenny Rosen", address=ADDRESS)


def opened(time: Clock, amount: int = 1000, currency: str = "usd", **values: Any) -> dict[str, Any]:
    """An invoice of one item, finalised."""
    time.api.post("/v1/invoiceitems", customer=time.customer, amount=amount, currency=currency, description="Advice")
    draft = time.api.post("/v1/invoices", customer=time.customer, currency=currency,
                          pending_invoice_items_behavior="include", **values)
    assert draft["hosted_invoice_url"] is draft["invoice_pdf"] is None
    final = time.api.post(f"/v1/invoices/{draft['id']}/finalize")
    time.new_events()
    return final


def shows(page: Page, *texts: str) -> None:
    for text in texts:
        assert text in page.text, f"{text!r} is not in {page.text!r}"


# What it shows


def test_the_addresses_are_made_at_finalisation_and_stay(time: Clock, api: Api) -> None:
    invoice = opened(time)
    account = api.get("/v1/account")["id"]
    start, _, token = invoice["hosted_invoice_url"].rpartition("/")
    assert start == f"http://127.0.0.1:12111/i/{account}"
    assert token.startswith(f"test_{invoice['id'][3:]}") and len(token) == 5 + 24 + 24
    assert invoice["invoice_pdf"] == f"http://127.0.0.1:12111/invoice/{account}/{token}/pdf"
    [finalized] = [event for event in api.events() if event["type"] == "invoice.finalized"]
    urls = {name: invoice[name] for name in ("hosted_invoice_url", "invoice_pdf")}
    assert finalized["data"]["object"].items() >= urls.items()
    assert api.post(f"/v1/invoices/{invoice['id']}/void").items() >= urls.items()


def test_an_open_invoice_is_shown_whole(time: Clock, api: Api, visitor: Visitor) -> None:
    vat = api.post("/v1/tax_rates", display_name="VAT", jurisdiction="CA", percentage="8.875", inclusive=False)["id"]
    gst = api.post("/v1/tax_rates", display_name="GST", percentage=10, inclusive=True)["id"]
    spring = api.post("/v1/coupons", id="SPRING", percent_off=25, duration="once")["id"]
    api.post(f"/v1/customers/{time.customer}", balance=-500, shipping={"name": "Ann", "address": {"city": "Oslo"}})
    api.post("/v1/invoiceitems", customer=time.customer, currency="usd", unit_amount_decimal="12.5", quantity=1_000,
             description="Calls", tax_rates=[vat], period={"start": 1640995200, "end": 1643673600})
    api.post("/v1/invoiceitems", customer=time.customer, currency="usd", amount=1100, description="Advice", tax_rates=[gst])
    draft = api.post(
        "/v1/invoices", customer=time.customer, pending_invoice_items_behavior="include", description="As agreed.",
        footer="Registered in Ireland", custom_fields=[{"name": "PO", "value": "17"}], discounts=[{"coupon": spring}],
        collection_method="send_invoice", days_until_due=30)
    invoice = api.post(f"/v1/invoices/{draft['id']}/finalize")
    # 12,500 + 1,100 = 13,600; a quarter off is 3,125 + 275; 8.875 % of 9,375 is 832.03; 825 includes 75 at 10 %.
    assert (invoice["subtotal"], invoice["total"], invoice["amount_due"]) == (13600, 13600 - 3400 + 832, 10532)
    page = visitor.open(invoice["hosted_invoice_url"])
    assert page.status == 200 and page.title == f"Invoice {invoice['number']} from Billyard sandbox"
    shows(page, "$105.32 due 01 Oct 2022", f"Invoice number {invoice['number']}", "Date of issue 01 Sep 2022",
          "Date due 01 Oct 2022", "PO 17", "Bill to Jenny Rosen 510 Townsend St San Francisco, CA 94103 US jenny@example.com",
          "Ship to Ann Oslo", "As agreed.", "Description Qty Unit price Tax Amount",
          "Calls 01 Jan 2022 – 01 Feb 2022 1,000 $0.125 8.875% $125.00", "Advice 1 $11.00 10% incl. $11.00",
          "Subtotal $136.00", "SPRING (25.0% off) -$34.00", "Total excluding tax $101.25", "VAT – CA (8.875%) $8.32",
          "GST (10% inclusive) $0.75", "Total $110.32", "Applied balance -$5.00", "Amount due $105.32",
          "Registered in Ireland", "Pay $105.32")
    file = visitor.follow(invoice["hosted_invoice_url"], page, "Open the PDF")
    printed = pdf_text(file.body)
    for text in ("Calls", "1,000 $0.125 8.875% $125.00", "SPRING (25.0% off) -$34.00", "VAT – CA (8.875%) $8.32",
                 "Applied balance -$5.00", "Amount due $105.32", "San Francisco, CA 94103", "PO 17", "As agreed.",
                 "Registered in Ireland", "Pay online", "Page 1 of 1"):
        assert text in printed


def test_lines_show_what_they_cost_without_the_tax_in_their_prices(time: Clock, api: Api, visitor: Visitor) -> None:
    gst = api.post("/v1/tax_rates", display_name="GST", percentage=10, inclusive=True)["id"]
    invoice = opened(time, 1100, default_tax_rates=[gst], rendering_options={"amount_tax_display": "exclude_tax"})
    shows(visitor.open(invoice["hosted_invoice_url"]), "Advice 1 $10.00 10% incl. $10.00", "Subtotal $10.00",
          "GST (10% inclusive) $1.00", "Total $11.00")


def test_what_was_to_be_paid_before_is_past_due(time: Clock, api: Api, visitor: Visitor) -> None:
    invoice = opened(time, collection_method="send_invoice", days_until_due=7)
    assert "Past due" not in visitor.open(invoice["hosted_invoice_url"]).text
    before = visitor.open(invoice["invoice_pdf"]).body
    time.advance(days=8)
    shows(visitor.open(invoice["hosted_invoice_url"]), "Past due", "$10.00 due 08 Sep 2022")
    assert visitor.open(invoice["invoice_pdf"]).body == before


@pytest.mark.parametrize(("currency", "amount", "text"), [("jpy", 1500, "¥1,500 due"), ("kwd", 12340, "12.340 KWD due")])
def test_amounts_are_written_as_their_currency_is(
        time: Clock, visitor: Visitor, currency: str, amount: int, text: str) -> None:
    invoice = opened(time, amount, currency)
    shows(visitor.open(invoice["hosted_invoice_url"]), text)
    assert text in pdf_text(visitor.open(invoice["invoice_pdf"]).body)


def test_a_subscription_shows_its_seats_tiers_and_prorations(time: Clock, api: Api, visitor: Visitor) -> None:
    seat = time.price(2000, product="Seat")
    tiered = time.price(None, product="Calls", billing_scheme="tiered", tiers_mode="graduated",
                        tiers=[{"up_to": 10, "unit_amount": 100}, {"up_to": "inf", "unit_amount": 50}])
    api.post("/v1/subscriptions", customer=time.customer, items=[{"price": seat, "quantity": 3},
                                                                 {"price": tiered, "quantity": 12}])
    [invoice] = api.get("/v1/invoices", customer=time.customer)["data"]
    page = visitor.open(invoice["hosted_invoice_url"])
    shows(page, "01 Sep 2022 – 01 Oct 2022 3 $20.00 $60.00", "12 $11.00", "Total $71.00", "$71.00 paid on 01 Sep 2022")


# Paid on the page


def test_paying_does_what_the_api_does(time: Clock, api: Api, visitor: Visitor) -> None:
    invoice = opened(time)
    page = visitor.pay(invoice["hosted_invoice_url"], "tok_visa")
    assert page.status == 200 and page.choices == []
    shows(page, "$10.00 paid on 01 Sep 2022", "Paid", "Date paid 01 Sep 2022", "Amount paid $10.00",
          "Payment history Date Amount Visa •••• 4242 01 Sep 2022 $10.00")
    assert time.new_events() == CHARGED[1:]
    made = api.events()[-len(CHARGED[1:]):]
    assert len({event["request"]["id"] for event in made}) == 1 and made[0]["request"]["id"].startswith("req_")
    seen = api.get(f"/v1/invoices/{invoice['id']}", expand=["charge"])
    assert (seen["status"], seen["amount_paid"], seen["attempt_count"]) == ("paid", 1000, 1)
    assert seen["charge"]["payment_method_details"]["card"]["last4"] == "4242"
    assert len(api.get("/v1/payment_methods", customer=time.customer, type="card")["data"]) == 1
    printed = pdf_text(visitor.open(invoice["invoice_pdf"]).body)
    assert "Paid" in printed and "Visa •••• 4242" in printed and "Pay online" not in printed


def test_a_page_goes_with_its_clock(api: Api, visitor: Visitor) -> None:
    time = Clock(api, "2022-09-01")
    url = opened(time)["hosted_invoice_url"]
    visitor.pay(url, "tok_visa")
    api.delete(f"/v1/test_helpers/test_clocks/{time.id}")
    assert visitor.open(url).status == 404


def test_the_customers_own_card_can_be_taken(time: Clock, api: Api, visitor: Visitor) -> None:
    invoice = opened(time)
    page = visitor.open(invoice["hosted_invoice_url"])
    assert page.choices[0] == "saved"
    shows(page, "Visa •••• 4242 Saved for this customer.")
    assert "paid on" in visitor.pay(invoice["hosted_invoice_url"], "saved").text
    [method] = api.get("/v1/payment_methods", customer=time.customer, type="card")["data"]
    [charge] = api.get("/v1/charges", customer=time.customer)["data"]
    assert charge["payment_method"] == method["id"]


def test_who_has_no_card_saved_is_offered_none(clock: StartClock, visitor: Visitor) -> None:
    invoice = opened(clock("2022-09-01", card=None))
    assert "saved" not in visitor.open(invoice["hosted_invoice_url"]).choices
    refused = visitor.pay(invoice["hosted_invoice_url"], "saved")
    assert refused.status == 400 and "no attached payment source" in refused.text


@pytest.mark.parametrize(("card", "message"), [
    ("tok_chargeDeclined", "Your card was declined."),
    ("tok_chargeDeclinedInsufficientFunds", "Your card has insufficient funds.")])
def test_a_refused_card_leaves_the_invoice_open_and_the_attempt_on_record(
        time: Clock, api: Api, visitor: Visitor, card: str, message: str) -> None:
    invoice = opened(time)
    page = visitor.pay(invoice["hosted_invoice_url"], card)
    assert page.status == 402 and page.title.startswith("Not paid: Invoice")
    shows(page, message, "Nothing was charged", "$10.00 due")
    assert time.new_events() == [*DECLINED, "customer.updated"]
    seen = api.get(f"/v1/invoices/{invoice['id']}")
    assert (seen["status"], seen["attempt_count"], seen["amount_remaining"]) == ("open", 1, 1000)
    assert "paid on" in visitor.pay(invoice["hosted_invoice_url"], "tok_visa").text


def test_a_card_whose_bank_asks_first_is_explained(time: Clock, api: Api, visitor: Visitor) -> None:
    invoice = opened(time)
    page = visitor.pay(invoice["hosted_invoice_url"], "tok_authenticationRequired")
    assert page.status == 402
    shows(page, "The bank wants its customer to confirm this payment first")
    intent = api.get(f"/v1/payment_intents/{invoice['payment_intent']}")
    assert intent["status"] == "requires_action"
    url = invoice["hosted_invoice_url"].replace("/i/", "/3d_secure/").rpartition("/")[0] + "/" + intent["client_secret"]
    assert visitor.follow(invoice["hosted_invoice_url"], page, "Confirm the payment").title.startswith("3D Secure")
    assert visitor.open(url, "POST", visitor.open(url).fields | {"answer": "complete"}).status == 303
    done = visitor.open(url)
    shows(done, "The payment was made.")
    back = visitor.follow(url, done, "Back to the invoice")
    shows(back, "paid on", "Visa •••• 3184")
    assert "Confirm the payment" not in back.links


def test_another_card_pays_instead_of_asking(time: Clock, api: Api, visitor: Visitor) -> None:
    invoice = opened(time)
    visitor.pay(invoice["hosted_invoice_url"], "tok_authenticationRequired")
    assert "paid on" in visitor.pay(invoice["hosted_invoice_url"], "tok_visa").text


def test_an_uncollectible_invoice_can_still_be_paid(time: Clock, api: Api, visitor: Visitor) -> None:
    invoice = opened(time)
    api.post(f"/v1/invoices/{invoice['id']}/mark_uncollectible")
    shows(visitor.open(invoice["hosted_invoice_url"]), "Uncollectible", "Pay $10.00")
    assert "paid on" in visitor.pay(invoice["hosted_invoice_url"], "tok_visa").text


def test_what_was_voided_or_paid_elsewhere_offers_no_payment(time: Clock, api: Api, visitor: Visitor) -> None:
    voided, paid = opened(time), opened(time)
    api.post(f"/v1/invoices/{voided['id']}/void")
    api.post(f"/v1/invoices/{paid['id']}/pay", paid_out_of_band=True)
    page = visitor.open(voided["hosted_invoice_url"])
    shows(page, "Void", "Voided on 01 Sep 2022")
    assert page.choices == []
    page = visitor.open(paid["hosted_invoice_url"])
    shows(page, "By other means 01 Sep 2022 $10.00")
    assert page.choices == [] and "Show the receipt" not in page.links


# Refused


def test_a_form_that_is_out_of_date_pays_nothing(time: Clock, api: Api, visitor: Visitor) -> None:
    invoice = opened(time)
    url = invoice["hosted_invoice_url"]
    before = visitor.open(url)
    api.post(f"/v1/invoices/{invoice['id']}/void")
    time.new_events()
    late = visitor.open(url, "POST", before.fields | {"card": "tok_visa"})
    assert late.status == 409
    shows(late, "The invoice has changed since this page was opened.")
    assert time.new_events() == []


@pytest.mark.parametrize("fields", [{"token": "0" * 64}, {"token": "ü"}, {"token": ""}])
def test_a_form_of_another_site_pays_nothing(time: Clock, visitor: Visitor, fields: dict[str, str]) -> None:
    page = visitor.pay(opened(time)["hosted_invoice_url"], "tok_visa", **fields)
    assert page.status == 409 and time.new_events() == []


@pytest.mark.parametrize("card", ["", "pm_card_visa", "tok_mastercard", "saved\0"])
def test_a_card_that_was_not_offered_pays_nothing(time: Clock, visitor: Visitor, card: str) -> None:
    page = visitor.pay(opened(time)["hosted_invoice_url"], card)
    assert page.status == 400 and "Choose a card to pay with." in page.text
    assert time.new_events() == []


def test_a_clock_that_advances_is_waited_for(time: Clock, api: Api, visitor: Visitor) -> None:
    invoice = opened(time)
    api.post(f"/v1/test_helpers/test_clocks/{time.id}/advance", frozen_time=time.now + 86_400)
    page = visitor.pay(invoice["hosted_invoice_url"], "tok_visa")
    assert page.status == 429 and "The clock of this customer is being advanced." in page.text
    assert api.get(f"/v1/invoices/{invoice['id']}")["status"] == "open"
    api.server.worker.run_due()
    assert "paid on" in visitor.pay(invoice["hosted_invoice_url"], "tok_visa").text


def test_an_address_that_nobody_was_given_shows_nothing(time: Clock, api: Api, visitor: Visitor) -> None:
    invoice, other = opened(time), opened(time)
    url: str = invoice["hosted_invoice_url"]
    start, _, token = url.rpartition("/")
    wrong = [token[:-1], token[:-1] + ("A" if token[-1] != "A" else "B"), token + "x", token.lower(), "test_", "x" * 300, "..",
             token.replace("test_", "live_"), "%00" * 30, "ü" * 40,
             f"test_{invoice['id'][3:]}{other['hosted_invoice_url'][-24:]}"]
    for each in wrong:
        for path in (f"{start}/{each}", f"{start.replace('/i/', '/invoice/')}/{each}/pdf", f"{start}/{each}/more"):
            page = visitor.open(path)
            assert page.status in (401, 404) and "Jenny" not in page.text, path
        assert visitor.open(f"{start}/{each}", "POST", {"card": "tok_visa"}).status in (401, 404)
    page = visitor.open(url.replace("/i/acct_", "/i/acct_x"))
    assert page.status == 404
    shows(page, "There is no such page", "Ask whoever sent it to you")
    theirs = Api(api.server).get("/v1/account")["id"]
    assert visitor.open(f"/i/{theirs}/{token}").status == 404
    assert visitor.open(url, "POST", body="card=" + "x" * 20_000).status == 413
    assert time.new_events() == []


# How it is served


def test_pages_are_strict_about_what_browsers_may_do(time: Clock, visitor: Visitor) -> None:
    invoice = opened(time)
    for url in (invoice["hosted_invoice_url"], invoice["invoice_pdf"], "/i/acct_1/test_2"):
        headers = visitor.open(url).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self';")
        assert "script" not in headers["Content-Security-Policy"] and "unsafe" not in headers["Content-Security-Policy"]
        assert headers.items() >= {
            "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
            "X-Robots-Tag": "noindex, nofollow"}.items()
    file = visitor.open(invoice["invoice_pdf"])
    assert file.headers["Content-Type"] == "application/pdf" and file.body.startswith(b"%PDF-")
    assert file.headers["Content-Disposition"] == f'inline; filename="Invoice-{invoice["number"]}.pdf"'


def test_markup_of_strangers_stays_text(time: Clock, api: Api, visitor: Visitor) -> None:
    api.post(f"/v1/customers/{time.customer}", name="<script>alert(1)</script>")
    page = visitor.open(opened(time, description='"><img src=x>')["hosted_invoice_url"])
    assert b"<script" not in page.body and b"<img" not in page.body
    shows(page, "<script>alert(1)</script>", '"><img src=x>')


def test_the_style_sheet_and_the_icon_are_kept_by_browsers(visitor: Visitor) -> None:
    for name, kind in (("billyard.css", "text/css; charset=utf-8"), ("icon.svg", "image/svg+xml")):
        file = visitor.open(f"/_pages/{name}")
        assert (file.status, file.headers["Content-Type"]) == (200, kind)
        assert "immutable" in file.headers["Cache-Control"]
    assert visitor.open("/_pages/page.py").status == 404


# Receipts


def test_a_payment_has_a_receipt(time: Clock, api: Api, visitor: Visitor) -> None:
    invoice = opened(time)
    page = visitor.pay(invoice["hosted_invoice_url"], "tok_visa")
    receipt = visitor.follow(invoice["hosted_invoice_url"], page, "Show the receipt")
    [charge] = api.get("/v1/charges", customer=time.customer)["data"]
    assert visitor.open(charge["receipt_url"]).body == receipt.body
    shows(receipt, "Receipt Paid", "$10.00 paid on 01 Sep 2022", f"Payment {charge['id']}", f"Invoice number {invoice['number']}",
          "Payment method Visa •••• 4242", "Jenny Rosen", "Advice 1 $10.00 $10.00", "Amount paid $10.00")
    file = visitor.follow(charge["receipt_url"], receipt, "Open the PDF")
    assert file.headers["Content-Disposition"] == f'inline; filename="Receipt-{invoice["number"]}.pdf"'
    assert "Amount paid $10.00" in pdf_text(file.body)


def test_a_charge_that_failed_has_no_receipt(time: Clock, api: Api, visitor: Visitor) -> None:
    visitor.pay(opened(time)["hosted_invoice_url"], "tok_chargeDeclined")
    [charge] = api.get("/v1/charges", customer=time.customer)["data"]
    assert (charge["status"], charge["receipt_url"]) == ("failed", None)
