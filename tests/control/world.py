"""A sandbox that has seen most of what the doctor looks at, made through the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.connected import connected
from tests.support.marketplace import charge, id_of, send_on
from tests.support.money import fund, pay_out_by_itself

JAN_31, FEB_28, APR_30, HOUR = 1_643_587_200, 1_646_006_400, 1_651_276_800, 3_600


@dataclass(frozen=True, slots=True)
class World:
    """The sandbox and its clock, which stands at the end of April 2022."""

    server: Server
    api: Api
    clock: str


def build_world(server: Server) -> World:
    """Two customers from January to April: a schedule with usage; a change, a discount, a tax, a decline and an end."""
    api = Api(server)
    api.post("/_sim/settings", limits="off")
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=JAN_31)["id"]
    seats = _price(api, unit_amount=1000)
    metered = {"interval": "month", "usage_type": "metered"}
    calls = _price(api, unit_amount=5, recurring=metered)
    peak = _price(api, unit_amount=7, recurring=metered | {"aggregate_usage": "max"})
    scheduled = _scheduled(api, clock, seats, calls, peak)
    changed = _changed(api, clock, seats)
    _advance(server, api, clock, FEB_28 + HOUR)
    for item in scheduled["items"]["data"][1:]:
        for quantity in (30, 12):
            api.post(f"/v1/subscription_items/{item['id']}/usage_records", quantity=quantity,
                     timestamp=FEB_28 + quantity)
    api.post(f"/v1/subscriptions/{changed['id']}", items=[{"id": changed["items"]["data"][0]["id"], "quantity": 5}])
    _quoted(api, changed["customer"], seats)
    _credited(api, clock)
    declining = api.post("/v1/customers", test_clock=clock, payment_method="pm_card_chargeCustomerFail",
                         invoice_settings={"default_payment_method": "pm_card_chargeCustomerFail"})
    api.call("POST", "/v1/subscriptions", {"customer": declining["id"], "items": [{"price": seats}]})
    _advance(server, api, clock, FEB_28 + 10 * 86_400)
    api.delete(f"/v1/subscriptions/{changed['id']}", invoice_now=True, prorate=True)
    _advance(server, api, clock, APR_30 + HOUR)
    _topped_up(api)
    _refunded(api, clock)
    _suspected(api, clock)
    _debited(api, clock)
    _transferred(api, clock)
    _disputed(api, clock)
    _paid_out(server, api)
    for name in ("first", "second"):
        api.post("/v1/apps/secrets", name=name, payload="hush", scope={"type": "account"})
    _shared_out(api)
    _owing(api)
    _with_sources(api)
    _staffed(api)
    _parked(api, clock, _price(api, unit_amount=700))
    return World(server, api, clock)


def _price(api: Api, **values: Any) -> str:
    terms = {"currency": "usd", "product_data": {"name": "Gold"}, "recurring": {"interval": "month"}} | values
    return str(api.post("/v1/prices", **terms)["id"])


def _scheduled(api: Api, clock: str, *prices: str) -> dict[str, Any]:
    customer = api.post("/v1/customers", test_clock=clock, payment_method="pm_card_visa",
                        invoice_settings={"default_payment_method": "pm_card_visa"})
    items = [{"price": prices[0], "quantity": 2}, *({"price": price} for price in prices[1:])]
    schedule = api.post("/v1/subscription_schedules", customer=customer["id"], start_date="now", end_behavior="release",
                        phases=[{"items": items, "iterations": 2}, {"items": items, "iterations": 12}],
                        expand=["subscription"])
    subscription: dict[str, Any] = schedule["subscription"]
    return subscription


def _changed(api: Api, clock: str, price: str) -> dict[str, Any]:
    customer = api.post("/v1/customers", test_clock=clock, payment_method="pm_card_visa",
                        invoice_settings={"default_payment_method": "pm_card_visa"})
    coupon = api.post("/v1/coupons", percent_off=25, duration="forever")
    rate = api.post("/v1/tax_rates", display_name="VAT", percentage=19, inclusive=False)
    return api.post("/v1/subscriptions", customer=customer["id"], items=[{"price": price, "quantity": 3}],
                    coupon=coupon["id"], default_tax_rates=[rate["id"]])


def _suspected(api: Api, clock: str) -> None:
    """A charge that an issuer warns of and somebody looks at, and one that was given back then."""
    customer = api.post("/v1/customers", test_clock=clock, payment_method="pm_card_createIssuerFraudRecord",
                        invoice_settings={"default_payment_method": "pm_card_createIssuerFraudRecord"})["id"]
    for action in ("keep", "refund"):
        api.post("/v1/invoiceitems", customer=customer, amount=2000, currency="usd")
        invoice = api.post("/v1/invoices", customer=customer, pending_invoice_items_behavior="include")["id"]
        charge = api.post(f"/v1/invoices/{invoice}/pay")["charge"]
        for deed in ("early_fraud_warning", "review"):
            api.post(f"/_sim/charges/{charge}/{deed}")
        if action == "refund":
            api.post("/v1/refunds", charge=charge)
    api.upload(b"%PDF-1.7 evidence", "evidence.pdf", purpose="dispute_evidence")
    blocked = api.post("/v1/radar/value_lists", alias="blocked", name="Blocked", item_type="email")["id"]
    api.post("/v1/radar/value_list_items", value_list=blocked, value="Jenny@example.com")


def _disputed(api: Api, clock: str) -> None:
    """A dispute that is won, one that is lost, one that nobody has answered yet, and an inquiry."""
    api.post("/_sim/settings", dispute_outcome_after_s=0)
    customer = api.post("/v1/customers", test_clock=clock, payment_method="pm_card_visa",
                        invoice_settings={"default_payment_method": "pm_card_visa"})["id"]
    for answer in ("winning_evidence", "losing_evidence", "no evidence", ""):
        api.post("/v1/invoiceitems", customer=customer, amount=3000, currency="usd")
        invoice = api.post("/v1/invoices", customer=customer, pending_invoice_items_behavior="include")["id"]
        charge = api.post(f"/v1/invoices/{invoice}/pay")["charge"]
        api.post(f"/_sim/charges/{charge}/dispute", inquiry=not answer)
        if answer:
            api.post(f"/v1/charges/{charge}/dispute", evidence={"uncategorized_text": answer})


def _debited(api: Api, clock: str) -> None:
    """A debit that the bank has refused, and two that none has answered, the second of a source and without an intent."""
    for after_s, account in ((0, "pm_usBankAccount_noAccount"), (60, "pm_usBankAccount_success")):
        api.post("/_sim/settings", bank_debit_settles_after_s=after_s)
        customer = api.post("/v1/customers", test_clock=clock)["id"]
        # Without a delay the refusal is the answer.
        api.call("POST", "/v1/payment_intents", {
            "amount": 4000, "currency": "usd", "customer": customer, "confirm": True, "payment_method": account,
            "payment_method_types": ["us_bank_account"], "mandate_data": {"customer_acceptance": {"type": "offline"}}})
    source = api.post("/v1/customers", test_clock=clock, source="btok_us_verified")["id"]
    api.post("/v1/charges", amount=4000, currency="usd", customer=source)


def _transferred(api: Api, clock: str) -> None:
    """Money that customers have sent: some has paid, some waits for the rest of a payment."""
    half = api.post("/v1/customers", test_clock=clock)["id"]
    api.post(f"/v1/test_helpers/customers/{half}/fund_cash_balance", amount=2000, currency="gbp")
    api.post("/v1/payment_intents", amount=3000, currency="gbp", customer=half, confirm=True,
             payment_method_types=["customer_balance"], payment_method_data={"type": "customer_balance"},
             payment_method_options={"customer_balance": {"funding_type": "bank_transfer"}})
    customer = api.post("/v1/customers", test_clock=clock, email="jenny@example.com")["id"]
    api.post(f"/v1/test_helpers/customers/{customer}/fund_cash_balance", amount=5000, currency="eur")
    paid = api.post("/v1/payment_intents", amount=3000, currency="eur", customer=customer, confirm=True,
                    payment_method_types=["customer_balance"], payment_method_data={"type": "customer_balance"})["id"]
    api.post("/v1/refunds", payment_intent=paid, amount=200)
    for amount in (110, 120):
        refund = api.post("/v1/refunds", customer=customer, amount=amount, currency="eur", origin="customer_balance")["id"]
    api.post(f"/v1/refunds/{refund}/cancel")


def _refunded(api: Api, clock: str) -> None:
    """A refund that comes back, and one of which nobody knows yet."""
    for after_s, card in ((0, "pm_card_refundFail"), (60, "pm_card_pendingRefund")):
        api.post("/_sim/settings", refund_settles_after_s=after_s)
        customer = api.post("/v1/customers", test_clock=clock)["id"]
        intent = api.post("/v1/payment_intents", amount=4000, currency="usd", customer=customer, confirm=True,
                          payment_method=card)["id"]
        api.post("/v1/refunds", payment_intent=intent)


def _topped_up(api: Api) -> None:
    """One top-up that came, and one that the bank took back."""
    for action in ("settle", "fail"):
        topup = api.post("/v1/topups", amount=5000, currency="usd")["id"]
        api.post(f"/_sim/topups/{topup}/settle")
        if action == "fail":
            api.post(f"/_sim/topups/{topup}/fail")


def _paid_out(server: Server, api: Api) -> None:
    """Payouts by hand, one of each fate, one by itself, and two of a connected account."""
    payouts = [api.post("/v1/payouts", amount=1000, currency="usd")["id"] for _ in range(3)]
    api.post(f"/v1/payouts/{payouts[0]}/cancel")
    api.post(f"/_sim/payouts/{payouts[1]}/settle")
    api.post(f"/_sim/payouts/{payouts[2]}/fail")
    for bank_account in api.get("/v1/account")["external_accounts"]["data"]:
        api.post(f"/_sim/bank_accounts/{bank_account['id']}")
    pay_out_by_itself(api)
    seller = connected(api)
    fund(seller, 700)
    payout = seller.post("/v1/payouts", amount=700, currency="usd")["id"]
    seller.post(f"/_sim/payouts/{payout}/settle")
    seller.post(f"/v1/payouts/{payout}/reverse")


def _staffed(api: Api) -> None:
    """A company with two persons, one of whom represents it."""
    company = api.post("/v1/accounts", type="custom", country="US", business_type="company",
                       capabilities={"transfers": {"requested": True}})["id"]
    for role in ("representative", "owner"):
        api.post(f"/v1/accounts/{company}/persons", first_name="Jenny", email="jenny@example.com", relationship={role: True})


def _shared_out(api: Api) -> None:
    """Two charges sent on to a connected account, one with a fee; a part of each comes back."""
    account = connected(api, settings={})
    taken = charge(api, 1000)
    sent = api.post("/v1/transfers", amount=900, currency="usd", destination=id_of(account), source_transaction=taken["id"])
    api.post(f"/v1/transfers/{sent['id']}/reversals", amount=300)
    fee = send_on(api, account, amount=1000, fee=100)["application_fee"]
    api.post(f"/v1/application_fees/{fee}/refunds", amount=40)
    charge(account, 2000, application_fee_amount=70)
    api.post("/v1/refunds", charge=send_on(api, account, amount=5000)["id"], amount=700, reverse_transfer=True)


def _owing(api: Api) -> None:
    """A connected account that has lost what its charge cost, and one that has made good for a part of that."""
    for makes_good in (0, 200):
        account = connected(api)
        account.post("/v1/refunds", charge=charge(account, 10_000)["id"])
        if makes_good:
            charge(account, makes_good)


def _with_sources(api: Api) -> None:
    """A customer with a card and a bank account of each state, and an account with a card among its external accounts."""
    customer = api.post("/v1/customers", source="tok_visa")["id"]
    url = f"/v1/customers/{customer}/sources"
    verified, gone = (api.post(url, source="btok_us")["id"] for _ in range(2))
    api.post(f"{url}/{verified}/verify", amounts=[32, 45])
    api.delete(f"{url}/{gone}")
    api.post("/_sim/bank_accounts", external_account="tok_visa_debit")


def _parked(api: Api, clock: str, price: str) -> None:
    """A change that waits for its payment."""
    customer = api.post("/v1/customers", test_clock=clock, payment_method="pm_card_visa",
                        invoice_settings={"default_payment_method": "pm_card_visa"})["id"]
    subscription = api.post("/v1/subscriptions", customer=customer, items=[{"price": price}])
    card = api.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", customer=customer)["id"]
    api.post(f"/v1/customers/{customer}", invoice_settings={"default_payment_method": card})
    waits = api.post(f"/v1/subscription_items/{subscription['items']['data'][0]['id']}", quantity=2,
                     proration_behavior="always_invoice", payment_behavior="pending_if_incomplete")
    assert waits["quantity"] == 1


def _credited(api: Api, clock: str) -> None:
    """A paid invoice that is given back in all ways, and an open one that owes less."""
    customer = api.post("/v1/customers", test_clock=clock, payment_method="pm_card_visa",
                        invoice_settings={"default_payment_method": "pm_card_visa"})["id"]
    for action in ("finalize", "pay"):
        api.post("/v1/invoiceitems", customer=customer, amount=1000, currency="usd")
        invoice = api.post("/v1/invoices", customer=customer, pending_invoice_items_behavior="include")["id"]
        api.post(f"/v1/invoices/{invoice}/{action}")
        back = {} if action == "finalize" else {"refund_amount": 300, "credit_amount": 200, "out_of_band_amount": 100}
        api.post("/v1/credit_notes", invoice=invoice, amount=600, **back)


def _quoted(api: Api, customer: str, price: str) -> None:
    """Two accepted quotes, for a subscription and for an invoice, and a draft."""
    coupon = api.post("/v1/coupons", percent_off=10, duration="forever")
    rate = api.post("/v1/tax_rates", display_name="VAT", percentage=19, inclusive=False)
    once = api.post("/v1/prices", currency="usd", product_data={"name": "Setup"}, unit_amount=500)
    for prices in ([price, once["id"]], [once["id"]]):
        quote = api.post("/v1/quotes", customer=customer, line_items=[{"price": each} for each in prices],
                         discounts=[{"coupon": coupon["id"]}], default_tax_rates=[rate["id"]])
        api.post(f"/v1/quotes/{quote['id']}/finalize")
        api.post(f"/v1/quotes/{quote['id']}/accept")
    api.post("/v1/quotes", customer=customer, line_items=[{"price": price}])


def _advance(server: Server, api: Api, clock: str, to: int) -> None:
    api.post(f"/v1/test_helpers/test_clocks/{clock}/advance", frozen_time=to)
    server.worker.run_due()
    assert api.get(f"/v1/test_helpers/test_clocks/{clock}")["status"] == "ready"
