"""Every example call of the reference for Connect, schedules, clocks, usage and fraud, in the reference's order of sections and
calls: the unmodified SDK against a live server.

Each test has what it needs from the fixtures and can run alone. All that comes back is held against the reference's fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import stripe
import urllib3

from tests.faults.test_many_at_once import KEY, Client
from tests.support.connected import passing
from tests.support.live import live_server
from tests.support.reference import conforms

AUGUST_3, AUGUST_10, YEAR_LATER = 1_659_518_858, 1_660_122_035, 1_691_658_035
"""In 2022: when the reference's schedule was made, when it starts, and when its twelve months are over."""
EMAIL = "jenny.rosen@example.com"
ORDER = {"order_id": "6735"}
BOTH = {"card_payments": {"requested": True}, "transfers": {"requested": True}}


@pytest.fixture(scope="module")
def server(migrated: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with live_server(migrated(tmp_path_factory.mktemp("examples"))) as base_url:
        # Banks and issuers answer when they are asked to.
        Client(base_url).call("POST", "/_sim/settings", topup_settles_after_s="3600", early_fraud_warning_after_s="0")
        yield base_url


@pytest.fixture(autouse=True)
def sdk(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK with the module's sandbox, without the connections of an earlier server."""
    for name, value in (("api_key", KEY), ("api_base", server), ("default_http_client", None)):
        monkeypatch.setattr(stripe, name, value)


@pytest.fixture(scope="module")
def fetch() -> Callable[[str, Callable[[], Any]], Any]:
    """`fetch("account", make)`: what `make` made when somebody first asked for it by that name."""
    made: dict[str, Any] = {}

    def once(name: str, make: Callable[[], Any]) -> Any:
        if name not in made:
            made[name] = make()
        return made[name]

    return once


def shown(answer: Any) -> dict[str, Any]:
    """What the SDK was told, which has the reference's fields."""
    told: dict[str, Any] = answer.to_dict_recursive()
    if not told.get("deleted") or told["object"] == "apps.secret":
        conforms(told)
    return told


def page(answer: Any, url: str, first: str, *, has_more: bool = False) -> list[dict[str, Any]]:
    """The objects of a page of at most three, of which the first one is known."""
    told = shown(answer)
    assert (told["object"], told["url"]) == ("list", url)
    assert told["has_more"] is has_more or len(told["data"]) == 3
    assert told["data"][0]["id"] == first
    return list(told["data"])


# What the examples name


@pytest.fixture
def clock(fetch: Any) -> str:
    return str(fetch("clock", lambda: stripe.test_helpers.TestClock.create(frozen_time=AUGUST_3).id))


@pytest.fixture
def customer(fetch: Any, clock: str) -> str:
    return str(fetch("customer", lambda: stripe.Customer.create(
        test_clock=clock, payment_method="pm_card_visa",
        invoice_settings={"default_payment_method": "pm_card_visa"}).id))


@pytest.fixture
def price(fetch: Any) -> str:
    return str(fetch("price", lambda: stripe.Price.create(
        currency="usd", unit_amount=1000, recurring={"interval": "month"}, product_data={"name": "Gold"}).id))


def scheduled(customer: str, price: str) -> Any:
    return stripe.SubscriptionSchedule.create(
        customer=customer, start_date=AUGUST_10, end_behavior="release",
        phases=[{"items": [{"price": price, "quantity": 1}], "iterations": 12}])


@pytest.fixture
def schedule(fetch: Any, customer: str, price: str) -> str:
    return str(fetch("schedule", lambda: scheduled(customer, price).id))


@pytest.fixture
def item(fetch: Any) -> str:
    """Metered, of a subscription that began at the moment of the example's usage."""
    def make() -> str:
        october = stripe.test_helpers.TestClock.create(frozen_time=1571252444).id
        calls = stripe.Price.create(currency="usd", unit_amount=5, product_data={"name": "Call"},
                                    recurring={"interval": "month", "usage_type": "metered"})
        metered = stripe.Subscription.create(
            items=[{"price": calls.id}],
            customer=stripe.Customer.create(test_clock=october, payment_method="pm_card_visa", invoice_settings={
                "default_payment_method": "pm_card_visa"}).id)
        return str(metered["items"].data[0].id)

    return str(fetch("item", make))


@pytest.fixture
def account(fetch: Any) -> str:
    """Custom, and in good standing."""
    return str(fetch("account", lambda: stripe.Account.create(**passing()).id))


@pytest.fixture
def funds(fetch: Any, server: str) -> None:
    """100 dollars that have come from the bank."""
    def come() -> bool:
        topup = stripe.Topup.create(amount=10_000, currency="usd").id
        return Client(server).call("POST", f"/_sim/topups/{topup}/settle")[0] == 200

    assert fetch("funds", come)


def transferred(account: str) -> Any:
    return stripe.Transfer.create(amount=400, currency="usd", destination=account, transfer_group="ORDER_95")


@pytest.fixture
def transfer(fetch: Any, account: str, funds: None) -> str:
    return str(fetch("transfer", lambda: transferred(account).id))


@pytest.fixture
def reversal(fetch: Any, transfer: str) -> str:
    return str(fetch("reversal", lambda: stripe.Transfer.create_reversal(transfer, amount=100).id))


# Subscription schedules


def test_create_a_schedule(customer: str, price: str) -> None:
    schedule = shown(scheduled(customer, price))
    assert (schedule["status"], schedule["end_behavior"], schedule["customer"]) == ("not_started", "release", customer)
    assert (schedule["created"], schedule["current_phase"], schedule["subscription"]) == (AUGUST_3, None, None)
    [phase] = schedule["phases"]
    assert (phase["start_date"], phase["end_date"], phase["proration_behavior"]) == (
        AUGUST_10, YEAR_LATER, "create_prorations")
    assert {name: phase["items"][0][name] for name in ("billing_thresholds", "price", "quantity", "tax_rates")} == {
        "billing_thresholds": None, "price": price, "quantity": 1, "tax_rates": []}
    assert schedule["default_settings"]["billing_cycle_anchor"] == "automatic"
    assert schedule["default_settings"]["collection_method"] == "charge_automatically"


def test_retrieve_a_schedule(schedule: str) -> None:
    assert shown(stripe.SubscriptionSchedule.retrieve(schedule))["id"] == schedule


def test_update_a_schedule(schedule: str) -> None:
    assert shown(stripe.SubscriptionSchedule.modify(schedule, end_behavior="release"))["end_behavior"] == "release"


def test_cancel_a_schedule(customer: str, price: str) -> None:
    canceled = shown(stripe.SubscriptionSchedule.cancel(scheduled(customer, price).id))
    assert (canceled["status"], canceled["canceled_at"], canceled["current_phase"]) == ("canceled", AUGUST_3, None)


def test_release_a_schedule(customer: str, price: str) -> None:
    released = shown(stripe.SubscriptionSchedule.release(scheduled(customer, price).id))
    assert (released["status"], released["released_at"], released["subscription"]) == ("released", AUGUST_3, None)


def test_list_all_schedules(customer: str, price: str) -> None:
    stripe.SubscriptionSchedule.create(customer=stripe.Customer.create().id, start_date=1_900_000_000,
                                       phases=[{"items": [{"price": price}]}])
    listed = shown(stripe.SubscriptionSchedule.list(limit=3))
    assert (listed["url"], len(listed["data"])) == ("/v1/subscription_schedules", 1), "what is on clocks is not listed"
    for _ in range(3):
        scheduled(customer, price)
    newest = scheduled(customer, price).id
    page(stripe.SubscriptionSchedule.list(limit=3, customer=customer), "/v1/subscription_schedules", newest, has_more=True)


# Test clocks


def test_create_a_test_clock() -> None:
    clock = shown(stripe.test_helpers.TestClock.create(frozen_time=1577836800))
    assert (clock["object"], clock["frozen_time"], clock["name"], clock["status"], clock["livemode"]) == (
        "test_helpers.test_clock", 1577836800, None, "ready", False)


def test_retrieve_a_test_clock(clock: str) -> None:
    assert shown(stripe.test_helpers.TestClock.retrieve(clock))["frozen_time"] == AUGUST_3


def test_delete_a_test_clock() -> None:
    clock = stripe.test_helpers.TestClock.create(frozen_time=1577836800).id
    assert shown(stripe.test_helpers.TestClock.delete(clock)) == {
        "id": clock, "object": "test_helpers.test_clock", "deleted": True}


def test_advance_a_test_clock() -> None:
    clock = stripe.test_helpers.TestClock.create(frozen_time=AUGUST_3).id
    advancing = shown(stripe.test_helpers.TestClock.advance(clock, frozen_time=1659605258))
    assert (advancing["status"], advancing["frozen_time"]) == ("advancing", AUGUST_3)


def test_list_all_test_clocks() -> None:
    newest = stripe.test_helpers.TestClock.create(frozen_time=1577836800).id
    page(stripe.test_helpers.TestClock.list(limit=3), "/v1/test_helpers/test_clocks", newest)


# Usage records


def test_create_a_usage_record(item: str) -> None:
    record = shown(stripe.SubscriptionItem.create_usage_record(item, quantity=100, timestamp=1571252444, action="set"))
    assert record == {"id": record["id"], "object": "usage_record", "livemode": False, "quantity": 100,
                      "subscription_item": item, "timestamp": 1571252444}
    assert record["id"].startswith("mbur_")


def test_list_all_subscription_item_period_summaries(item: str) -> None:
    stripe.SubscriptionItem.create_usage_record(item, quantity=100, timestamp=1571252444, action="set")
    listed = shown(stripe.SubscriptionItem.list_usage_record_summaries(item, limit=3))
    assert listed["url"] == f"/v1/subscription_items/{item}/usage_record_summaries"
    [summary] = listed["data"]
    assert (summary["object"], summary["subscription_item"], summary["total_usage"], summary["invoice"]) == (
        "usage_record_summary", item, 100, None)


# Accounts


def opened(**values: Any) -> Any:
    return stripe.Account.create(**{"type": "custom", "country": "US", "email": EMAIL, "capabilities": BOTH} | values)


def test_create_an_account() -> None:
    account = shown(opened())
    assert (account["type"], account["country"], account["default_currency"], account["email"]) == (
        "custom", "US", "usd", EMAIL)
    assert account["capabilities"] == {"card_payments": "inactive", "transfers": "inactive"}
    assert (account["charges_enabled"], account["payouts_enabled"], account["details_submitted"]) == (False, False, False)
    assert account["external_accounts"] == {
        "object": "list", "data": [], "has_more": False, "url": f"/v1/accounts/{account['id']}/external_accounts"}
    due = account["requirements"]
    assert due["disabled_reason"] == "requirements.past_due"
    assert due["currently_due"] == due["past_due"] == sorted(set(due["eventually_due"]))
    assert {"business_profile.mcc", "business_profile.url", "business_type", "external_account", "tos_acceptance.date",
            "tos_acceptance.ip"} <= set(due["currently_due"])
    assert account["tos_acceptance"] == {"date": None, "ip": None, "user_agent": None}


def test_retrieve_an_account(account: str) -> None:
    told = shown(stripe.Account.retrieve(account))
    assert (told["id"], told["capabilities"]) == (account, {"card_payments": "active", "transfers": "active"})


def test_update_an_account(account: str) -> None:
    assert shown(stripe.Account.modify(account, metadata=ORDER))["metadata"] == ORDER


def test_delete_an_account() -> None:
    account = opened().id
    assert shown(stripe.Account.delete(account)) == {"id": account, "object": "account", "deleted": True}


def test_reject_an_account() -> None:
    account = shown(stripe.Account.reject(opened().id, reason="fraud"))
    assert (account["charges_enabled"], account["payouts_enabled"]) == (False, False)
    assert account["requirements"]["disabled_reason"] == "rejected.fraud"


def test_list_all_connected_accounts() -> None:
    newest = opened().id
    page(stripe.Account.list(limit=3), "/v1/accounts", newest)


def submit(url: str) -> None:
    """Follow an account link to the form, from which nothing is missing, and send it."""
    form = urljoin(url, urllib3.request("GET", url).url or "")
    done = urllib3.request("POST", form, fields={"answer": "submit"}, redirect=False)
    assert (done.status, done.headers["Location"]) == (303, "https://example.com/return")


def test_create_a_login_link() -> None:
    express = opened(type="express").id
    # Whoever has not been through onboarding has no page yet.
    with pytest.raises(stripe.error.InvalidRequestError, match="has not completed onboarding"):
        stripe.Account.create_login_link(express)
    onboarded = stripe.Account.create(**passing(type="express")).id
    link = stripe.AccountLink.create(account=onboarded, type="account_onboarding", refresh_url="https://example.com/reauth",
                                     return_url="https://example.com/return")
    submit(link.url)
    login = shown(stripe.Account.create_login_link(onboarded))
    assert (login["object"], login["id"][:5]) == ("login_link", "lael_")
    assert urllib3.request("GET", login["url"]).status == 200
    assert urllib3.request("GET", login["url"]).status == 404


# Account links


def test_create_an_account_link() -> None:
    account = opened().id
    link = shown(stripe.AccountLink.create(
        account=account, refresh_url="https://example.com/reauth", return_url="https://example.com/return",
        type="account_onboarding"))
    assert (link["object"], link["expires_at"] - link["created"]) == ("account_link", 300)
    assert link["url"].startswith("http://127.0.0.1:") and f"/{account}/" in link["url"]


# Application fees


@pytest.fixture
def fee(fetch: Any, account: str) -> str:
    """105 cents of a charge on the account."""
    return str(fetch("fee", lambda: charged(account)))


def charged(account: str) -> str:
    charge = stripe.Charge.create(amount=1000, currency="usd", source="tok_visa", application_fee_amount=105,
                                  stripe_account=account)
    return str(charge.application_fee)


def test_retrieve_an_application_fee(account: str) -> None:
    id = charged(account)
    fee = shown(stripe.ApplicationFee.retrieve(id))
    assert (fee["object"], fee["account"], fee["amount"], fee["amount_refunded"], fee["currency"], fee["refunded"]) == (
        "application_fee", account, 105, 0, "usd", False)
    assert (fee["charge"][:3], fee["originating_transaction"]) == ("ch_", None)
    assert fee["refunds"] == {
        "object": "list", "data": [], "has_more": False, "url": f"/v1/application_fees/{id}/refunds"}


def test_list_all_application_fees(account: str) -> None:
    newest = charged(account)
    page(stripe.ApplicationFee.list(limit=3), "/v1/application_fees", newest)


# Application fee refunds


@pytest.fixture
def fee_refund(fetch: Any, fee: str) -> str:
    return str(fetch("fee refund", lambda: stripe.ApplicationFee.create_refund(fee, amount=5).id))


def test_create_an_application_fee_refund(account: str) -> None:
    fee = charged(account)
    refund = shown(stripe.ApplicationFee.create_refund(fee))
    assert (refund["object"], refund["amount"], refund["currency"], refund["fee"], refund["metadata"]) == (
        "fee_refund", 105, "usd", fee, {})
    after = stripe.ApplicationFee.retrieve(fee)
    assert (after.amount_refunded, after.refunded, after.refunds.data[0].id) == (105, True, refund["id"])
    with pytest.raises(stripe.error.InvalidRequestError):
        stripe.ApplicationFee.create_refund(fee)


def test_retrieve_an_application_fee_refund(fee: str, fee_refund: str) -> None:
    assert shown(stripe.ApplicationFee.retrieve_refund(fee, fee_refund))["amount"] == 5


def test_update_an_application_fee_refund(fee: str, fee_refund: str) -> None:
    assert shown(stripe.ApplicationFee.modify_refund(fee, fee_refund, metadata=ORDER))["metadata"] == ORDER


def test_list_all_application_fee_refunds(fee: str, fee_refund: str) -> None:
    page(stripe.ApplicationFee.list_refunds(fee, limit=3), f"/v1/application_fees/{fee}/refunds", fee_refund)


# Capabilities


def test_retrieve_a_capability() -> None:
    account = opened().id
    capability = shown(stripe.Account.retrieve_capability(account, "card_payments"))
    assert (capability["id"], capability["object"], capability["account"]) == ("card_payments", "capability", account)
    assert (capability["requested"], capability["status"]) == (True, "inactive")


def test_update_a_capability() -> None:
    account = opened(type="express", capabilities={}).id
    before = shown(stripe.Account.retrieve_capability(account, "card_payments"))
    assert (before["requested"], before["status"]) == (False, "unrequested")
    capability = shown(stripe.Account.modify_capability(account, "card_payments", requested=True))
    assert (capability["id"], capability["requested"], capability["status"]) == ("card_payments", True, "inactive")
    assert capability["requested_at"] is not None


def test_list_all_capabilities(account: str) -> None:
    listed = shown(stripe.Account.list_capabilities(account))
    assert (listed["url"], listed["has_more"]) == (f"/v1/accounts/{account}/capabilities", False)
    assert sorted(each["id"] for each in listed["data"]) == ["card_payments", "transfers"]


# Country specs


def test_list_country_specs() -> None:
    page(stripe.CountrySpec.list(limit=3), "/v1/country_specs", "AE", has_more=True)


def test_retrieve_a_country_spec() -> None:
    spec = shown(stripe.CountrySpec.retrieve("US"))
    assert (spec["default_currency"], spec["supported_bank_account_currencies"]) == ("usd", {"usd": ["US"]})
    assert spec["supported_payment_methods"] == ["ach", "card", "stripe"]
    assert (len(spec["supported_transfer_countries"]), spec["verification_fields"]["company"]["additional"]) == (95, [])


# External accounts: bank accounts


@pytest.fixture
def payee(fetch: Any) -> str:
    """An account without a bank account."""
    return str(fetch("payee", lambda: opened().id))


def banked(payee: str) -> Any:
    token = stripe.Token.create(bank_account={
        "country": "US", "currency": "usd", "account_holder_name": "Jane Austen", "account_holder_type": "company",
        "routing_number": "110000000", "account_number": "000123456789"}).id
    return stripe.Account.create_external_account(payee, external_account=token)


@pytest.fixture
def bank_account(fetch: Any, payee: str) -> str:
    return str(fetch("bank account", lambda: banked(payee).id))


def test_create_a_bank_account(payee: str) -> None:
    bank = shown(banked(payee))
    assert (bank["object"], bank["account"], bank["account_holder_name"], bank["account_holder_type"]) == (
        "bank_account", payee, "Jane Austen", "company")
    assert (bank["bank_name"], bank["country"], bank["currency"], bank["last4"], bank["routing_number"], bank["status"]) == (
        "STRIPE TEST BANK", "US", "usd", "6789", "110000000", "new")


def test_retrieve_a_bank_account(payee: str, bank_account: str) -> None:
    assert shown(stripe.Account.retrieve_external_account(payee, bank_account))["id"] == bank_account


def test_update_a_bank_account(payee: str, bank_account: str) -> None:
    assert shown(stripe.Account.modify_external_account(payee, bank_account, metadata=ORDER))["metadata"] == ORDER


def test_delete_a_bank_account(payee: str, bank_account: str) -> None:
    other = banked(payee).id
    assert shown(stripe.Account.delete_external_account(payee, other)) == {
        "id": other, "object": "bank_account", "deleted": True}


def test_list_all_bank_accounts(payee: str) -> None:
    newest = banked(payee).id
    listed = page(stripe.Account.list_external_accounts(payee, object="bank_account", limit=3),
                  f"/v1/accounts/{payee}/external_accounts", newest)
    assert {each["object"] for each in listed} == {"bank_account"}


# External accounts: cards


def carded(payee: str) -> Any:
    return stripe.Account.create_external_account(payee, external_account="tok_visa_debit")


@pytest.fixture
def card(fetch: Any, payee: str, bank_account: str) -> str:
    return str(fetch("card", lambda: carded(payee).id))


def test_create_a_card(payee: str, bank_account: str) -> None:
    card = shown(carded(payee))
    assert (card["object"], card["account"], card["brand"], card["country"], card["funding"], card["currency"]) == (
        "card", payee, "Visa", "US", "debit", "usd")
    assert (card["name"], card["metadata"], card["tokenization_method"]) == (None, {}, None)


def test_retrieve_a_card(payee: str, card: str) -> None:
    assert shown(stripe.Account.retrieve_external_account(payee, card))["id"] == card


def test_update_a_card(payee: str, card: str) -> None:
    assert shown(stripe.Account.modify_external_account(payee, card, metadata=ORDER))["metadata"] == ORDER


def test_delete_a_card(payee: str, bank_account: str) -> None:
    other = carded(payee).id
    assert shown(stripe.Account.delete_external_account(payee, other)) == {"id": other, "object": "card", "deleted": True}


def test_list_all_cards(payee: str, bank_account: str) -> None:
    newest = carded(payee).id
    listed = page(stripe.Account.list_external_accounts(payee, object="card", limit=3),
                  f"/v1/accounts/{payee}/external_accounts", newest)
    assert {each["object"] for each in listed} == {"card"}


# Persons


@pytest.fixture
def company(fetch: Any) -> str:
    return str(fetch("company", lambda: opened(business_type="company").id))


def joined(company: str) -> Any:
    return stripe.Account.create_person(company, first_name="Jane", last_name="Diaz")


@pytest.fixture
def person(fetch: Any, company: str) -> str:
    return str(fetch("person", lambda: joined(company).id))


def test_create_a_person(company: str) -> None:
    person = shown(joined(company))
    assert (person["object"], person["account"], person["first_name"], person["last_name"]) == (
        "person", company, "Jane", "Diaz")
    assert person["dob"] == {"day": None, "month": None, "year": None}
    assert person["relationship"] == {"director": False, "executive": False, "owner": False, "percent_ownership": None,
                                      "representative": False, "title": None}
    assert person["verification"]["status"] == "unverified"
    assert (person["id_number_provided"], person["ssn_last_4_provided"]) == (False, False)


def test_retrieve_a_person(company: str, person: str) -> None:
    assert shown(stripe.Account.retrieve_person(company, person))["id"] == person


def test_update_a_person(company: str, person: str) -> None:
    assert shown(stripe.Account.modify_person(company, person, metadata=ORDER))["metadata"] == ORDER


def test_delete_a_person(company: str) -> None:
    person = joined(company).id
    assert shown(stripe.Account.delete_person(company, person)) == {"id": person, "object": "person", "deleted": True}


def test_list_all_persons(company: str) -> None:
    newest = joined(company).id
    page(stripe.Account.list_persons(company, limit=3), f"/v1/accounts/{company}/persons", newest)


# Top-ups


def topped_up() -> Any:
    return stripe.Topup.create(amount=2000, currency="usd", description="Top-up for Jenny Rosen",
                               statement_descriptor="Top-up")


@pytest.fixture
def topup(fetch: Any) -> str:
    return str(fetch("topup", lambda: topped_up().id))


def test_create_a_topup() -> None:
    topup = shown(topped_up())
    assert (topup["amount"], topup["currency"], topup["description"], topup["statement_descriptor"], topup["status"]) == (
        2000, "usd", "Top-up for Jenny Rosen", "Top-up", "pending")
    assert (topup["balance_transaction"], topup["source"]["type"], topup["source"]["usage"]) == (
        None, "ach_debit", "reusable")
    assert topup["source"]["ach_debit"]["last4"] == "6789"


def test_retrieve_a_topup(topup: str) -> None:
    assert shown(stripe.Topup.retrieve(topup))["id"] == topup


def test_update_a_topup(topup: str) -> None:
    assert shown(stripe.Topup.modify(topup, metadata=ORDER))["metadata"] == ORDER


def test_list_all_topups() -> None:
    newest = topped_up().id
    page(stripe.Topup.list(limit=3), "/v1/topups", newest)


def test_cancel_a_topup() -> None:
    assert shown(stripe.Topup.cancel(topped_up().id))["status"] == "canceled"


# Transfers


def test_create_a_transfer(account: str, funds: None) -> None:
    transfer = shown(transferred(account))
    assert (transfer["amount"], transfer["amount_reversed"], transfer["currency"], transfer["destination"]) == (
        400, 0, "usd", account)
    assert (transfer["transfer_group"], transfer["source_type"], transfer["reversed"]) == ("ORDER_95", "card", False)
    assert transfer["destination_payment"].startswith("py_")
    assert transfer["reversals"] == {
        "object": "list", "data": [], "has_more": False, "url": f"/v1/transfers/{transfer['id']}/reversals"}


def test_retrieve_a_transfer(transfer: str) -> None:
    assert shown(stripe.Transfer.retrieve(transfer))["id"] == transfer


def test_update_a_transfer(transfer: str) -> None:
    assert shown(stripe.Transfer.modify(transfer, metadata=ORDER))["metadata"] == ORDER


def test_list_all_transfers(account: str, funds: None) -> None:
    newest = transferred(account).id
    page(stripe.Transfer.list(limit=3), "/v1/transfers", newest)


# Transfer reversals


def test_create_a_transfer_reversal(account: str, funds: None) -> None:
    transfer = transferred(account).id
    reversal = shown(stripe.Transfer.create_reversal(transfer, amount=100))
    assert (reversal["object"], reversal["amount"], reversal["currency"], reversal["transfer"], reversal["source_refund"]) == (
        "transfer_reversal", 100, "usd", transfer, None)
    assert reversal["destination_payment_refund"].startswith("pyr_")
    after = shown(stripe.Transfer.retrieve(transfer))
    assert (after["amount_reversed"], after["reversals"]["data"]) == (100, [reversal])


def test_retrieve_a_reversal(transfer: str, reversal: str) -> None:
    assert shown(stripe.Transfer.retrieve_reversal(transfer, reversal))["id"] == reversal


def test_update_a_reversal(transfer: str, reversal: str) -> None:
    assert shown(stripe.Transfer.modify_reversal(transfer, reversal, metadata=ORDER))["metadata"] == ORDER


def test_list_all_reversals(transfer: str, reversal: str) -> None:
    page(stripe.Transfer.list_reversals(transfer, limit=3), f"/v1/transfers/{transfer}/reversals", reversal)


# Secrets of apps


def kept() -> Any:
    return stripe.apps.Secret.create(name="my-api-key", payload="secret_key_xxxxxx", scope={"type": "account"})


def test_set_a_secret() -> None:
    secret = shown(kept())
    assert secret == {"id": secret["id"], "object": "apps.secret", "created": secret["created"], "expires_at": None,
                      "livemode": False, "name": "my-api-key", "scope": {"type": "account"}}


def test_find_a_secret() -> None:
    secret = kept().id
    assert shown(stripe.apps.Secret.find(name="my-api-key", scope={"type": "account"}))["id"] == secret
    expanded = stripe.apps.Secret.find(name="my-api-key", scope={"type": "account"}, expand=["payload"])
    assert shown(expanded)["payload"] == "secret_key_xxxxxx"


def test_delete_a_secret() -> None:
    secret = shown(kept())
    gone = shown(stripe.apps.Secret.delete_where(name="my-api-key", scope={"type": "account"}))
    assert gone == secret | {"deleted": True}


def test_list_secrets() -> None:
    kept()
    newest = stripe.apps.Secret.create(name="my-api-key2", payload="secret_key_xxxxxx", scope={"type": "account"}).id
    listed = page(stripe.apps.Secret.list(scope={"type": "account"}, limit=2), "/v1/apps/secrets", newest)
    assert [secret["name"] for secret in listed] == ["my-api-key2", "my-api-key"]
    stripe.apps.Secret.delete_where(name="my-api-key2", scope={"type": "account"})


# Early fraud warnings


def warned(server: str) -> tuple[str, str]:
    """A charge, and what its issuer says of it."""
    charge = stripe.Charge.create(amount=1000, currency="usd", source="tok_visa").id
    _, warning = Client(server).call("POST", f"/_sim/charges/{charge}/early_fraud_warning")
    return charge, str(warning["id"])


def test_retrieve_an_early_fraud_warning(server: str) -> None:
    charge, id = warned(server)
    warning = shown(stripe.radar.EarlyFraudWarning.retrieve(id))
    assert (warning["object"], warning["actionable"], warning["charge"], warning["livemode"]) == (
        "radar.early_fraud_warning", True, charge, False)


def test_list_all_early_fraud_warnings(server: str) -> None:
    charge, id = warned(server)
    page(stripe.radar.EarlyFraudWarning.list(limit=3), "/v1/radar/early_fraud_warnings", id)
    assert [each.id for each in stripe.radar.EarlyFraudWarning.list(charge=charge)] == [id]


# Reviews


def reviewed(server: str) -> str:
    charge = stripe.Charge.create(amount=1000, currency="usd", source="tok_visa").id
    _, review = Client(server).call("POST", f"/_sim/charges/{charge}/review")
    return str(review["id"])


def test_approve_a_review(server: str) -> None:
    review = shown(stripe.Review.approve(reviewed(server)))
    assert (review["open"], review["reason"], review["closed_reason"]) == (False, "approved", "approved")


def test_retrieve_a_review(server: str) -> None:
    id = reviewed(server)
    review = shown(stripe.Review.retrieve(id))
    assert (review["id"], review["object"], review["open"], review["closed_reason"]) == (id, "review", True, None)


def test_list_all_reviews(server: str) -> None:
    newest = reviewed(server)
    page(stripe.Review.list(limit=3), "/v1/reviews", newest)
