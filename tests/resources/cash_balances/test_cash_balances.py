"""Cash balances: where customers send money, what it pays by itself or when it is applied, and the page that sends it."""

from __future__ import annotations

from typing import Any

import pytest

from app.control.doctor import examine
from app.wire.endpoint import Server
from tests.pages.test_three_d_secure import answer
from tests.support.api import Api
from tests.support.pages import Visitor
from tests.support.rows import row_counts

URL = "/v1/payment_intents"
EU = {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "DE"}}


@pytest.fixture
def customer(api: Api) -> str:
    return str(api.post("/v1/customers")["id"])


def fund(api: Api, customer: str, amount: int, currency: str = "eur") -> dict[str, Any]:
    return api.post(f"/v1/test_helpers/customers/{customer}/fund_cash_balance", amount=amount, currency=currency)


def owe(api: Api, customer: str, amount: int, **values: Any) -> dict[str, Any]:
    options = {"customer_balance": {"funding_type": "bank_transfer", "bank_transfer": EU}}
    return api.post(URL, **{
        "amount": amount, "currency": "eur", "customer": customer, "confirm": True, "payment_method_options": options,
        "payment_method_types": ["customer_balance"], "payment_method_data": {"type": "customer_balance"}} | values)


def available(api: Api, customer: str) -> dict[str, int] | None:
    cash: dict[str, int] | None = api.get(f"/v1/customers/{customer}/cash_balance")["available"]
    return cash


def test_what_has_come_pays_at_once(api: Api, server: Server, customer: str) -> None:
    funded = fund(api, customer, 5000)
    assert (funded["object"], funded["available"], funded["customer"]) == ("cash_balance", {"eur": 5000}, customer)
    [event] = api.events(type="cash_balance.funds_available")
    assert event["data"]["object"] == funded
    intent = owe(api, customer, 3000)
    [charge] = intent["charges"]["data"]
    assert (intent["status"], charge["id"][:3], charge["payment_method_details"]) == (
        "succeeded", "py_", {"customer_balance": {}, "type": "customer_balance"})
    assert available(api, customer) == {"eur": 2000}
    row = api.get(f"/v1/balance_transactions/{charge['balance_transaction']}")
    # 2.9 % of 30.00, and 0.30.
    assert (row["type"], row["amount"], row["fee"]) == ("payment", 3000, 117)
    assert api.get(f"/v1/customers/{customer}", expand=["cash_balance"])["cash_balance"]["available"] == {"eur": 2000}
    assert examine(server.database, account=api.key) == []


def remaining(api: Api, intent: dict[str, Any]) -> tuple[str, int | None]:
    """The status of an intent as it is now, and what it tells its customer to send."""
    now = api.get(f"{URL}/{intent['id']}")
    action = now["next_action"] or {}
    return now["status"], action.get("display_bank_transfer_instructions", {}).get("amount_remaining")


def test_what_waits_is_paid_as_the_money_comes(api: Api, server: Server, customer: str) -> None:
    first, second = owe(api, customer, 3000), owe(api, customer, 1000)
    assert first["status"] == "requires_action"
    told = first["next_action"]["display_bank_transfer_instructions"]
    [address] = told["financial_addresses"]
    assert (told["amount_remaining"], told["currency"], told["type"], address["type"], address["iban"]["country"]) == (
        3000, "eur", "eu_bank_transfer", "iban", "DE")
    seen = len(api.event_types())
    fund(api, customer, 2000)
    assert [remaining(api, intent) for intent in (first, second)] == [("requires_action", 1000), ("requires_action", 1000)]
    assert (available(api, customer), api.event_types()[seen:]) == (None, ["payment_intent.partially_funded"])
    [event] = api.events(type="payment_intent.partially_funded")
    assert event["data"]["object"] == api.get(f"{URL}/{first['id']}")
    # What is only set aside is on nobody's balance.
    assert api.get("/v1/balance_transactions")["data"] == []
    fund(api, customer, 1500)
    assert [remaining(api, intent) for intent in (first, second)] == [("succeeded", None), ("requires_action", 500)]
    assert api.event_types()[seen + 1:] == ["charge.succeeded", "payment_intent.succeeded", "payment_intent.partially_funded"]
    [charge] = api.get(f"{URL}/{first['id']}")["charges"]["data"]
    assert (charge["amount"], available(api, customer)) == (3000, None)
    fund(api, customer, 800)
    assert [remaining(api, intent) for intent in (first, second)] == [("succeeded", None), ("succeeded", None)]
    assert api.event_types()[seen + 4:] == ["charge.succeeded", "payment_intent.succeeded", "cash_balance.funds_available"]
    fund(api, customer, 700, "gbp")
    assert available(api, customer) == {"eur": 300, "gbp": 700}
    assert examine(server.database, account=api.key) == []


def test_a_part_is_there_when_it_is_confirmed(api: Api, server: Server, customer: str) -> None:
    fund(api, customer, 400)
    seen = len(api.event_types())
    intent = owe(api, customer, 1000)
    assert (remaining(api, intent), available(api, customer)) == (("requires_action", 600), None)
    assert api.event_types()[seen:] == ["payment_intent.created", "payment_intent.requires_action",
                                        "payment_intent.partially_funded"]
    # Confirming once more takes what has come meanwhile, which is nothing.
    api.post(f"{URL}/{intent['id']}/confirm")
    assert (remaining(api, intent), api.event_types()[seen + 3:]) == (
        ("requires_action", 600), ["payment_intent.requires_action"])
    visitor = Visitor(api.server)
    url = intent["next_action"]["display_bank_transfer_instructions"]["hosted_instructions_url"]
    assert "€6.00" in visitor.open(url).text
    answer(visitor, url, "complete")
    assert (remaining(api, intent), available(api, customer)) == (("succeeded", None), None)
    assert examine(server.database, account=api.key) == []


@pytest.mark.parametrize(("change", "status"), [
    ("cancel", "canceled"), ("amount", "requires_confirmation"), ("fail", "requires_payment_method"),
    ("method", "requires_confirmation")])
def test_what_was_set_aside_comes_back(api: Api, server: Server, customer: str, change: str, status: str) -> None:
    intent, other = owe(api, customer, 3000), owe(api, customer, 500)
    path = f"{URL}/{intent['id']}"
    fund(api, customer, 1800)
    assert [remaining(api, each) for each in (intent, other)] == [("requires_action", 1200), ("requires_action", 500)]
    seen = len(api.event_types())
    if change == "cancel":
        api.post(f"{path}/cancel")
        assert api.event_types()[seen:] == ["payment_intent.canceled", "charge.succeeded", "payment_intent.succeeded",
                                            "cash_balance.funds_available"]
    elif change == "amount":
        api.post(path, amount=1800)
    elif change == "method":
        api.post(path, payment_method_data={"type": "customer_balance"})
    else:
        answer(Visitor(server), intent["next_action"]["display_bank_transfer_instructions"]["hosted_instructions_url"], "fail")
    assert remaining(api, intent) == (status, None)
    # The other one waits for money, too, and has been paid with some of it.
    assert (remaining(api, other), available(api, customer)) == (("succeeded", None), {"eur": 1300})
    assert examine(server.database, account=api.key) == []
    if change == "amount":
        api.post(f"{path}/confirm")
        assert (remaining(api, intent), available(api, customer)) == (("requires_action", 500), None)


def test_another_way_of_paying_leaves_the_cash(api: Api, server: Server, customer: str) -> None:
    intent = owe(api, customer, 3000, payment_method_types=["customer_balance", "card"])
    fund(api, customer, 1000)
    assert remaining(api, intent) == ("requires_action", 2000)
    paid = api.post(f"{URL}/{intent['id']}/confirm", payment_method="pm_card_visa")
    assert (paid["status"], paid["charges"]["data"][0]["payment_method_details"]["type"]) == ("succeeded", "card")
    assert available(api, customer) == {"eur": 1000}
    assert examine(server.database, account=api.key) == []


def test_money_goes_to_what_waits_for_it_exactly(api: Api, server: Server, customer: str) -> None:
    """Two that come to what was sent, though neither is the oldest."""
    intents = [owe(api, customer, amount) for amount in (3000, 700, 500, 1300)]
    fund(api, customer, 1800)
    assert [remaining(api, intent) for intent in intents] == [
        ("requires_action", 3000), ("requires_action", 700), ("succeeded", None), ("succeeded", None)]
    assert available(api, customer) is None
    assert examine(server.database, account=api.key) == []


def test_the_page_sends_the_money(api: Api, customer: str) -> None:
    visitor = Visitor(api.server)
    for choice, status in (("complete", "succeeded"), ("fail", "requires_payment_method")):
        intent = owe(api, customer, 1500)
        url = intent["next_action"]["display_bank_transfer_instructions"]["hosted_instructions_url"]
        answer(visitor, url, choice)
        assert api.get(f"{URL}/{intent['id']}")["status"] == status


def test_what_has_come_is_applied_by_hand(api: Api, server: Server, customer: str) -> None:
    api.post(f"/v1/customers/{customer}/cash_balance", settings={"reconciliation_mode": "manual"})
    intent = owe(api, customer, 3000)
    path = f"{URL}/{intent['id']}/apply_customer_balance"
    short = api.refused("POST", path)
    assert (short.status, short.error["code"], short.error["param"]) == (400, "balance_insufficient", "amount")
    fund(api, customer, 3500)
    assert api.get(f"{URL}/{intent['id']}")["status"] == "requires_action"
    more = api.refused("POST", path, amount=3001)
    assert (more.status, more.error["param"]) == (400, "amount")
    part = api.post(path, amount=1000)
    assert (remaining(api, part), available(api, customer)) == (("requires_action", 2000), {"eur": 2500})
    assert api.event_types()[-2:] == ["cash_balance.funds_available", "payment_intent.partially_funded"]
    more = api.refused("POST", path, amount=2001, currency="eur")
    assert (more.status, more.error["param"]) == (400, "amount")
    paid = api.post(path, currency="eur")
    assert (paid["status"], paid["amount_received"], available(api, customer)) == ("succeeded", 3000, {"eur": 500})
    again = api.refused("POST", path)
    assert again.error["code"] == "payment_intent_unexpected_state"
    # Nor is it taken by itself where it is confirmed, in part or whole.
    later = owe(api, customer, 500)
    assert (remaining(api, later), available(api, customer)) == (("requires_action", 500), {"eur": 500})
    assert api.post(f"{URL}/{later['id']}/apply_customer_balance")["status"] == "succeeded"
    assert examine(server.database, account=api.key) == []


def test_an_invoice_is_paid_by_transfer(api: Api, server: Server, customer: str) -> None:
    api.post("/v1/invoiceitems", customer=customer, amount=2500, currency="eur")
    settings = {"payment_method_types": ["customer_balance"],
                "payment_method_options": {"customer_balance": {"funding_type": "bank_transfer", "bank_transfer": EU}}}
    invoice = api.post("/v1/invoices", customer=customer, pending_invoice_items_behavior="include", payment_settings=settings)
    intent = api.post(f"/v1/invoices/{invoice['id']}/finalize")["payment_intent"]
    waits = api.post(f"{URL}/{intent}/confirm", payment_method_data={"type": "customer_balance"})
    assert (waits["status"], waits["next_action"]["type"]) == ("requires_action", "display_bank_transfer_instructions")
    fund(api, customer, 2500)
    paid = api.get(f"/v1/invoices/{invoice['id']}", expand=["payment_intent"])
    assert (paid["status"], paid["amount_paid"], paid["payment_intent"]["status"]) == ("paid", 2500, "succeeded")
    assert paid["charge"][:3] == "py_" and available(api, customer) is None
    assert examine(server.database, account=api.key) == []


def test_invoices_are_paid_whole_or_not_at_all(api: Api, server: Server, customer: str) -> None:
    settings = {"payment_method_types": ["customer_balance"],
                "payment_method_options": {"customer_balance": {"funding_type": "bank_transfer", "bank_transfer": EU}}}
    invoices = []
    api.post(f"/v1/customers/{customer}", email="jenny@example.com")
    for amount in (2500, 900):
        api.post("/v1/invoiceitems", customer=customer, amount=amount, currency="eur")
        draft = api.post("/v1/invoices", customer=customer, collection_method="send_invoice", days_until_due=30,
                         pending_invoice_items_behavior="include", payment_settings=settings)["id"]
        invoices.append(api.post(f"/v1/invoices/{draft}/finalize"))
    intent = owe(api, customer, 300)

    def statuses() -> list[str]:
        return [api.get(f"/v1/invoices/{invoice['id']}")["status"] for invoice in invoices]

    fund(api, customer, 1000)
    # The older one is too large, and nothing is set aside for it; the intent that is no invoice's takes the rest.
    assert (statuses(), remaining(api, intent), available(api, customer)) == (["open", "paid"], ("requires_action", 200), None)
    short = api.refused("POST", f"{URL}/{invoices[0]['payment_intent']}/apply_customer_balance", amount=100)
    assert short.error["code"] == "balance_insufficient"
    api.post(f"/v1/test_helpers/customers/{customer}/fund_cash_balance", amount=2600, currency="eur",
             reference=invoices[0]["number"])
    assert (statuses(), remaining(api, intent), available(api, customer)) == (["paid", "paid"], ("requires_action", 100), None)
    assert examine(server.database, account=api.key) == []


@pytest.mark.parametrize(("transfer", "currency", "type", "country"), [
    ({"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "NL"}}, "eur", "iban", "NL"),
    ({"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "IE"}}, "eur", "iban", "IE"),
    ({"type": "jp_bank_transfer"}, "jpy", "zengin", "JP"),
])
def test_customers_are_told_where_to_send_money(api: Api, customer: str, transfer: dict[str, Any], currency: str, type: str,
                                                country: str) -> None:
    path = f"/v1/customers/{customer}/funding_instructions"
    told = api.post(path, funding_type="bank_transfer", currency=currency, bank_transfer=transfer)
    [address] = told["bank_transfer"]["financial_addresses"]
    assert (told["currency"], told["bank_transfer"]["country"], address["type"]) == (currency, country, type)
    assert api.post(path, funding_type="bank_transfer", currency=currency, bank_transfer=transfer) == told
    if type == "iban":
        iban = address["iban"]["iban"]
        assert iban[:2] == country
        assert int("".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])) % 97 == 1


@pytest.mark.parametrize(("change", "param"), [
    ({"currency": "usd"}, "currency"),
    ({"bank_transfer": {"type": "eu_bank_transfer"}}, "bank_transfer[eu_bank_transfer][country]"),
    ({"bank_transfer": {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "US"}}},
     "bank_transfer[eu_bank_transfer][country]"),
])
def test_where_nobody_sends_money(api: Api, customer: str, change: dict[str, Any], param: str) -> None:
    refused = api.refused("POST", f"/v1/customers/{customer}/funding_instructions",
                          **({"funding_type": "bank_transfer", "currency": "eur", "bank_transfer": EU} | change))
    assert (refused.status, refused.error["param"]) == (400, param)


@pytest.mark.parametrize(("change", "param"), [
    ({"customer": None}, "customer"),
    ({"payment_method_options": None}, "payment_method_options[customer_balance][funding_type]"),
    ({"currency": "gbp"}, "payment_method_options[customer_balance][bank_transfer][type]"),
    ({"currency": "usd"}, "currency"),
])
def test_what_no_transfer_pays(api: Api, customer: str, change: dict[str, Any], param: str) -> None:
    options = {"customer_balance": {"funding_type": "bank_transfer", "bank_transfer": EU}}
    before = row_counts(api.server)
    refused = api.refused("POST", URL, **({
        "amount": 1000, "currency": "eur", "customer": customer, "confirm": True, "payment_method_options": options,
        "payment_method_types": ["customer_balance"], "payment_method_data": {"type": "customer_balance"}} | change))
    assert (refused.status, refused.error["param"]) == (400, param)
    assert row_counts(api.server) == before
