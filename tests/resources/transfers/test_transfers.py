"""Transfers: money that goes from a platform to a connected account, and is there to the cent."""

from __future__ import annotations

from typing import Any

import pytest

from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.clock import DAY, Clock, at
from tests.support.connected import INDIVIDUAL, connected, passing
from tests.support.marketplace import charge, healthy, id_of, money_types, moves, new_types, pending
from tests.support.money import available, fund
from tests.support.wall import Wall

WEDNESDAY = at("2022-08-03 10:00")


@pytest.fixture(autouse=True)
def wednesday(wall: Wall) -> Wall:
    wall.now = WEDNESDAY
    return wall


@pytest.fixture
def account(api: Api) -> Api:
    """A connected account."""
    return connected(api)


def test_what_is_transferred_is_there_at_once(api: Api, server: Server, account: Api) -> None:
    fund(api, 9000)
    told = len(api.event_types())
    transfer = api.post("/v1/transfers", amount=400, currency="usd", destination=id_of(account), description="files",
                        transfer_group="ORDER_95", metadata={"order": "95"})
    assert transfer == {
        "id": transfer["id"], "object": "transfer", "amount": 400, "amount_reversed": 0,
        "balance_transaction": transfer["balance_transaction"], "created": WEDNESDAY, "currency": "usd",
        "description": "files", "destination": id_of(account), "destination_payment": transfer["destination_payment"],
        "livemode": False, "metadata": {"order": "95"},
        "reversals": {"object": "list", "data": [], "has_more": False, "url": f"/v1/transfers/{transfer['id']}/reversals"},
        "reversed": False, "source_transaction": None, "source_type": "card", "transfer_group": "ORDER_95"}
    assert (transfer["id"][:3], transfer["destination_payment"][:3]) == ("tr_", "py_")
    assert (available(api), available(account)) == (8600, 400)
    [sent] = moves(api, transfer["id"])
    assert sent == {
        "id": transfer["balance_transaction"], "object": "balance_transaction", "amount": -400, "available_on": WEDNESDAY,
        "created": WEDNESDAY, "currency": "usd", "description": "files", "exchange_rate": None, "fee": 0, "fee_details": [],
        "net": -400, "reporting_category": "transfer", "source": transfer["id"], "status": "available", "type": "transfer"}
    [come] = moves(account, transfer["destination_payment"])
    assert come == sent | {"id": come["id"], "amount": 400, "description": None, "net": 400, "reporting_category": "charge",
                           "source": transfer["destination_payment"], "type": "payment"}
    payment = account.get(f"/v1/charges/{transfer['destination_payment']}")
    assert {name: payment[name] for name in ("amount", "amount_captured", "amount_refunded", "application", "application_fee",
                                             "application_fee_amount", "balance_transaction", "captured", "currency", "paid",
                                             "payment_intent", "payment_method", "payment_method_details", "source_transfer",
                                             "status", "transfer_group")} == {
        "amount": 400, "amount_captured": 400, "amount_refunded": 0,
        "application": "ca_" + api.get("/v1/account")["id"].removeprefix("acct_"), "application_fee": None,
        "application_fee_amount": None, "balance_transaction": come["id"], "captured": True, "currency": "usd", "paid": True,
        "payment_intent": None, "payment_method": None,
        "payment_method_details": {"stripe_account": {}, "type": "stripe_account"}, "source_transfer": transfer["id"],
        "status": "succeeded", "transfer_group": None}
    assert new_types(api, told) == ["transfer.created"]
    assert api.events()[-1]["data"]["object"] == transfer
    assert money_types(account) == []
    assert api.get(f"/v1/transfers/{transfer['id']}") == transfer
    healthy(server, api, account)


def test_what_a_transfer_names_can_be_expanded(api: Api, account: Api) -> None:
    taken = charge(api, 10_000)
    sent = api.post("/v1/transfers", amount=7000, currency="usd", destination=id_of(account), source_transaction=taken["id"])
    whole = api.get(f"/v1/transfers/{sent['id']}", expand=[
        "balance_transaction", "destination", "destination_payment.source_transfer", "source_transaction"])
    assert whole["destination"]["id"] == id_of(account)
    assert whole["destination_payment"] == account.get(f"/v1/charges/{sent['destination_payment']}") | {"source_transfer": sent}
    assert whole["source_transaction"]["id"] == taken["id"]
    assert whole["balance_transaction"]["source"] == sent["id"]
    seen = account.get(f"/v1/charges/{sent['destination_payment']}", expand=["application", "source_transfer"])
    assert seen["source_transfer"] == sent
    application = "ca_" + api.get("/v1/account")["id"].removeprefix("acct_")
    assert seen["application"] == {"id": application, "object": "application", "name": None}
    [moved] = api.get("/v1/balance_transactions", source=sent["id"], expand=["data.source"])["data"]
    assert moved["source"] == sent


def test_a_charge_is_shared_among_accounts(api: Api, server: Server, account: Api, wall: Wall) -> None:
    """10000 less 320: 7000 go to one account, 2000 to another, and 680 remain."""
    other = connected(api)
    taken = charge(api, 10_000)
    told = len(api.event_types())
    transfers = [api.post("/v1/transfers", amount=amount, currency="usd", destination=id_of(to), source_transaction=taken["id"])
                 for amount, to in ((7000, account), (2000, other))]
    group = f"group_{taken['payment_intent']}"
    assert [transfer["transfer_group"] for transfer in transfers] == [group] * 2
    assert api.get(f"/v1/charges/{taken['id']}")["transfer_group"] == group
    # Nothing is available before Friday, on any side.
    assert [(available(each), pending(each)) for each in (api, account, other)] == [(0, 680), (0, 7000), (0, 2000)]
    friday = at("2022-08-05")
    rows = [moves(api, transfer["id"])[0] for transfer in transfers]
    rows += [moves(account, transfers[0]["destination_payment"])[0], moves(other, transfers[1]["destination_payment"])[0]]
    assert [(row["net"], row["available_on"], row["status"]) for row in rows] == [
        (-7000, friday, "pending"), (-2000, friday, "pending"), (7000, friday, "pending"), (2000, friday, "pending")]
    assert new_types(api, told) == ["transfer.created"] * 2
    wall.now = friday
    server.worker.run_due()
    assert [(available(each), pending(each)) for each in (api, account, other)] == [(680, 0), (7000, 0), (2000, 0)]
    assert [money_types(each) for each in (account, other)] == [["balance.available"]] * 2
    healthy(server, api, account)
    # 1000 are left of the charge, but only 680 of them on the balance: what comes of a charge does not ask for that.
    refused = api.refused("POST", "/v1/transfers", amount=1001, currency="usd", destination=id_of(other),
                          source_transaction=taken["id"])
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        400, "amount", "The transfer amount exceeds the amount remaining on the source charge")
    rest = api.post("/v1/transfers", currency="usd", destination=id_of(other), source_transaction=taken["id"])
    assert (rest["amount"], available(api), available(other)) == (1000, -320, 3000)
    assert api.refused("POST", "/v1/transfers", currency="usd", destination=id_of(other),
                       source_transaction=taken["id"]).error["param"] == "amount"
    healthy(server, api, account)


@pytest.mark.parametrize(("given", "of_charge", "group"), [
    ("ORDER_1", None, "ORDER_1"), (None, "ORDER_2", "ORDER_2"), ("ORDER_3", "ORDER_3", "ORDER_3")])
def test_a_charge_and_its_transfers_are_one_group(api: Api, account: Api, given: str | None, of_charge: str | None,
                                                  group: str) -> None:
    taken = charge(api, 1000, transfer_group=of_charge)
    sent = api.post("/v1/transfers", amount=100, currency="usd", destination=id_of(account), source_transaction=taken["id"],
                    transfer_group=given)
    assert (sent["transfer_group"], api.get(f"/v1/charges/{taken['id']}")["transfer_group"]) == (group, group)
    refused = api.refused("POST", "/v1/transfers", amount=100, currency="usd", destination=id_of(account),
                          source_transaction=taken["id"], transfer_group="OTHER")
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        400, "transfer_group", f"The transfer group must be that of the source charge ({group}).")


INSUFFICIENT = ("You have insufficient available funds in your Stripe account. Try adding funds directly to your available "
                "balance by creating Charges using the 4000000000000077 test card. See: "
                "https://stripe.com/docs/testing#available-balance")


@pytest.mark.parametrize(("change", "param", "code", "message"), [
    ({"amount": 9001}, None, "balance_insufficient", INSUFFICIENT),
    ({"currency": "eur"}, None, "balance_insufficient", INSUFFICIENT),
    ({"source_type": "bank_account"}, None, "balance_insufficient", INSUFFICIENT),
    ({"destination": "acct_gone"}, "destination", "resource_missing", "No such destination: 'acct_gone'"),
    ({"destination": None}, "destination", "parameter_missing", "Missing required param: destination."),
    ({"amount": None}, "amount", "parameter_missing", "Missing required param: amount."),
    ({"currency": None}, "currency", "parameter_missing", "Missing required param: currency."),
    ({"amount": 0}, "amount", "parameter_invalid_integer", "This value must be greater than or equal to 1."),
    ({"source_type": "cash"}, "source_type", None, "Invalid source_type: must be one of bank_account, card, or fpx"),
    ({"source_transaction": "ch_gone"}, "source_transaction", "resource_missing", "No such charge: 'ch_gone'"),
    # An account that does not exist is told before the balance is looked at, and what is unknown before that.
    ({"destination": "acct_gone", "amount": 9001}, "destination", "resource_missing", "No such destination: 'acct_gone'"),
    ({"destination": "acct_gone", "colour": "red"}, "colour", "parameter_unknown", "Received unknown parameter: colour"),
])
def test_what_cannot_be_is_refused(api: Api, account: Api, change: dict[str, Any], param: str | None, code: str | None,
                                   message: str) -> None:
    fund(api, 9000)
    asked = {"amount": 100, "currency": "usd", "destination": id_of(account)} | change
    refused = api.refused("POST", "/v1/transfers", **asked)
    assert (refused.status, refused.error.get("param"), refused.error.get("code"), refused.error["message"]) == (
        400, param, code, message)
    assert (api.get("/v1/transfers")["data"], available(api), available(account)) == ([], 9000, 0)
    # To the last cent it can go.
    api.post("/v1/transfers", amount=9000, currency="usd", destination=id_of(account))
    assert (available(api), available(account)) == (0, 9000)


def test_an_account_without_the_capability_is_sent_nothing(api: Api, account: Api) -> None:
    taken = charge(api, 1000, card="pm_card_bypassPending")
    api.post(f"/v1/accounts/{id_of(account)}/capabilities/transfers", requested=False)
    # It is told before the source and the balance are looked at.
    for asked in ({"amount": 100}, {"amount": 5000}, {"source_transaction": taken["id"]}, {"source_transaction": "ch_gone"}):
        refused = api.refused("POST", "/v1/transfers", currency="usd", destination=id_of(account), **asked)
        assert (refused.status, refused.error["code"], refused.error["message"]) == (
            400, "insufficient_capabilities_for_transfer",
            "Your destination account needs to have at least one of the following capabilities enabled: transfers, "
            "crypto_transfers, legacy_payments")
    assert (available(api), available(account)) == (941, 0)
    assert account.get("/v1/charges")["data"] == []


def test_money_does_not_leave_its_region(api: Api) -> None:
    fund(api, 900)
    home = {"line1": "address_full_match", "city": "London", "postal_code": "SW1A 1AA"}
    there = {"country": "GB", "external_account": "btok_gb_gbp", "individual": INDIVIDUAL | {"address": home}}
    british = connected(api, **there)
    refused = api.refused("POST", "/v1/transfers", amount=900, currency="usd", destination=id_of(british))
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        400, "destination", "Funds can't be sent to accounts located in GB because it's restricted outside of your platform's "
        "region. Learn more about sending funds to accounts with cross-border payouts here: "
        "https://stripe.com/docs/connect/cross-border-payouts.")
    # Who has agreed to receive money and nothing else may be anywhere.
    accepted = {"date": WEDNESDAY - DAY, "ip": "8.8.8.8", "service_agreement": "recipient"}
    recipient = api.post("/v1/accounts", **passing(**there, capabilities={"transfers": {"requested": True}},
                                                   tos_acceptance=accepted))
    assert api.post("/v1/transfers", amount=900, currency="usd", destination=recipient["id"])["amount"] == 900


def test_a_standard_account_moves_its_money_itself(api: Api) -> None:
    standard = connected(api, "standard")
    refused = standard.refused("POST", "/v1/transfers", amount=1, currency="usd", destination=id_of(standard))
    assert (refused.status, refused.error["code"]) == (400, "not_allowed_on_standard_account")


def test_a_platform_sees_what_is_reserved(api: Api, account: Api) -> None:
    fund(api, 900)
    api.post("/v1/transfers", amount=900, currency="usd", destination=id_of(account))
    assert api.get("/v1/balance") == {
        "object": "balance", "available": [{"amount": 0, "currency": "usd", "source_types": {"card": 0}}],
        "connect_reserved": [{"amount": 0, "currency": "usd"}],
        "instant_available": [{"amount": 0, "currency": "usd", "source_types": {"card": 0}}], "livemode": False,
        "pending": [{"amount": 0, "currency": "usd", "source_types": {"card": 0}}]}
    own = account.get("/v1/balance")
    assert (own["available"], "connect_reserved" in own) == (
        [{"amount": 900, "currency": "usd", "source_types": {"card": 900}}], False)
    # What came of it is listed for each by itself, also by the older path.
    for path in ("/v1/balance_transactions", "/v1/balance/history"):
        assert [row["type"] for row in api.get(path)["data"]] == ["transfer", "topup"]
        assert [row["type"] for row in account.get(path)["data"]] == ["payment"]
        assert [row["net"] for row in account.get(path, type="payment", currency="usd")["data"]] == [900]
        assert account.get(path, type="transfer")["data"] == []


def test_what_a_charge_has_not_brought_is_not_transferred(api: Api, account: Api) -> None:
    held = charge(api, 1000, capture_method="manual")
    taken = charge(api, 1000)
    for asked, param, code, message in (
            ({"source_transaction": held["id"]}, "source_transaction", None,
             f"Charge {held['id']} has not been captured or has failed, so that nothing can be transferred from it."),
            ({"source_transaction": taken["id"], "currency": "eur"}, "currency", None,
             "The currency of the transfer (eur) must be that of the source charge's balance transaction (usd)."),
            ({"source_transaction": taken["id"], "source_type": "bank_account"}, "source_type",
             "transfer_source_balance_parameters_mismatch", "The source charge has brought card funds.")):
        given = {"amount": 100, "currency": "usd", "destination": id_of(account)} | asked
        refused = api.refused("POST", "/v1/transfers", **given)
        assert (refused.status, refused.error["param"], refused.error.get("code"), refused.error["message"]) == (
            400, param, code, message)
    # What was captured counts, not what was held.
    api.post(f"/v1/payment_intents/{held['payment_intent']}/capture", amount_to_capture=600)
    asked = {"currency": "usd", "destination": id_of(account), "source_transaction": held["id"]}
    assert api.refused("POST", "/v1/transfers", amount=601, **asked).error["param"] == "amount"
    assert api.post("/v1/transfers", **asked)["amount"] == 600


def test_description_and_metadata_change(api: Api, server: Server, account: Api) -> None:
    fund(api, 900)
    sent = api.post("/v1/transfers", amount=900, currency="usd", destination=id_of(account), metadata={"a": "1"})
    told = len(api.event_types())
    changed = api.post(f"/v1/transfers/{sent['id']}", description="new", metadata={"a": "", "b": "2"})
    assert changed == sent | {"description": "new", "metadata": {"b": "2"}}
    assert new_types(api, told) == ["transfer.updated"]
    assert api.events()[-1]["data"] == {"object": changed, "previous_attributes": {
        "description": None, "metadata": {"a": "1", "b": None}}}
    assert api.post(f"/v1/transfers/{sent['id']}", metadata="")["metadata"] == {}
    assert api.refused("POST", f"/v1/transfers/{sent['id']}", amount=1).error["code"] == "parameter_unknown"
    healthy(server, api, account)


def test_lists_are_narrowed(api: Api, account: Api, wall: Wall) -> None:
    fund(api, 900)
    other = connected(api)
    ids = []
    for to, group in ((account, "ONE"), (other, "ONE"), (account, "TWO")):
        ids.append(api.post("/v1/transfers", amount=100, currency="usd", destination=id_of(to), transfer_group=group)["id"])
        wall.now += DAY
    first, second, third = ids

    def found(**filters: Any) -> list[str]:
        page = api.get("/v1/transfers", **filters)
        assert page["url"] == "/v1/transfers"
        return [transfer["id"] for transfer in page["data"]]

    assert found() == [third, second, first]
    assert (found(destination=id_of(account)), found(transfer_group="ONE"), found(destination="acct_gone")) == (
        [third, first], [second, first], [])
    assert (found(created={"lt": WEDNESDAY + DAY}), found(destination=id_of(account), transfer_group="ONE")) == ([first], [first])
    assert (found(limit=1), found(starting_after=second), found(ending_before=second)) == ([third], [first], [third])


def test_only_the_platform_sees_its_transfers(api: Api, server: Server, account: Api) -> None:
    fund(api, 900)
    sent = api.post("/v1/transfers", amount=900, currency="usd", destination=id_of(account))
    stranger = Api(server)
    for client in (account, stranger):
        for method, path in (("GET", ""), ("POST", ""), ("POST", "/reversals"), ("GET", "/reversals"),
                             ("GET", "/reversals/trr_1"), ("POST", "/reversals/trr_1")):
            refused = client.refused(method, f"/v1/transfers/{sent['id']}{path}")
            assert (refused.status, refused.error["code"], refused.error["param"], refused.error["message"]) == (
                404, "resource_missing", "transfer", f"No such transfer: '{sent['id']}'")
    refused = account.refused("POST", "/v1/transfers", amount=1, currency="usd", destination=id_of(account))
    assert (refused.status, refused.error["code"]) == (400, "platform_account_required")
    assert [client.get("/v1/transfers")["data"] for client in (account, stranger)] == [[], []]
    assert stranger.refused("POST", "/v1/transfers", amount=1, currency="usd",
                            destination=id_of(account)).error["code"] == "resource_missing"
    # The payment is the account's own, and none of the platform's.
    assert api.refused("GET", f"/v1/charges/{sent['destination_payment']}").status == 404
    assert api.get("/v1/charges")["data"] == []
    assert [each["id"] for each in account.get("/v1/charges")["data"]] == [sent["destination_payment"]]


def test_what_was_earned_on_a_test_clock_goes_to_the_world_without(api: Api, server: Server, account: Api) -> None:
    clock = Clock(api, "2022-08-03 10:00")
    clock.subscribe(clock.price(10_000))
    [taken] = api.get("/v1/charges", customer=clock.customer)["data"]
    sent = api.post("/v1/transfers", amount=7000, currency="usd", destination=id_of(account), source_transaction=taken["id"])
    assert (pending(api), pending(account)) == (2680, 7000)
    assert (api.get("/v1/transfers")["data"], [each["id"] for each in api.get(
        "/v1/transfers", destination=id_of(account))["data"]]) == ([], [sent["id"]])
    healthy(server, api, account)
    api.post(f"/v1/transfers/{sent['id']}/reversals", amount=3000)
    assert (pending(api), pending(account)) == (5680, 4000)
    # What has reached the account stays there when the clock goes, and what is left on the clock goes with it.
    api.delete(f"/v1/test_helpers/test_clocks/{clock.id}")
    assert (pending(api), pending(account)) == (0, 4000)
    payment = account.get(f"/v1/charges/{sent['destination_payment']}", expand=["source_transfer"])
    assert (payment["amount"], payment["amount_refunded"], payment["source_transfer"]) == (7000, 3000, None)
    healthy(server, api, account)
