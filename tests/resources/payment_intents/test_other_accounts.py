"""Payment intents that connected accounts have to do with: what is refused, and what a capture changes."""

from __future__ import annotations

from typing import Any

from tests.support.api import Answer, Api
from tests.support.connected import connected
from tests.support.marketplace import charge, id_of
from tests.support.rows import row_counts

URL = "/v1/payment_intents"
FEE_OF_NOBODY = ("Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an OAuth "
                 "key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).")
UNABLE = ("Your destination account needs to have at least one of the following capabilities enabled: transfers, "
          "crypto_transfers, legacy_payments")


def refused(api: Api, path: str = URL, **values: Any) -> tuple[Any, ...]:
    """Status, code, param and message of a refusal that leaves neither rows nor events."""
    before = row_counts(api.server)
    answer: Answer = api.refused("POST", path, **values)
    assert row_counts(api.server) == before
    return answer.status, answer.error.get("code"), answer.error.get("param"), answer.error["message"]


def test_what_cannot_be_asked_for(api: Api, seller: Api) -> None:
    destination = {"destination": id_of(seller)}
    asked = {"amount": 1000, "currency": "usd"}
    assert refused(api, **asked, application_fee_amount=10) == (400, None, "application_fee_amount", FEE_OF_NOBODY)
    assert refused(api, **asked, transfer_data={"destination": "acct_none"}) == (
        400, "resource_missing", "transfer_data[destination]", "No such destination: 'acct_none'")
    assert refused(api, **asked, transfer_data={"destination": id_of(api)}) == (
        400, "resource_missing", "transfer_data[destination]", f"No such destination: '{id_of(api)}'")
    assert refused(api, **asked, transfer_data=destination, application_fee_amount=1001) == (
        400, None, "application_fee_amount", "Application fee ($10.01) cannot be greater than the charge amount ($10.00)")
    assert refused(seller, **asked, application_fee_amount=1001)[3] == (
        "Application fee ($10.01) cannot be greater than the charge amount ($10.00)")
    assert refused(api, **asked, transfer_data=destination | {"amount": 1001}) == (
        400, None, "transfer_data[amount]", "Transfer amount ($10.01) cannot be greater than the charge amount ($10.00)")
    assert refused(api, **asked, transfer_data=destination | {"amount": 900}, application_fee_amount=10) == (
        400, "parameters_exclusive", None,
        "You may only specify one of these parameters: application_fee_amount, transfer_data[amount].")
    assert refused(api, **asked, on_behalf_of="acct_none")[1:3] == ("resource_missing", "on_behalf_of")
    assert refused(seller, **asked, transfer_data=destination)[1:3] == ("resource_missing", "transfer_data[destination]")
    other = connected(Api(api.server))
    assert refused(api, **asked, transfer_data={"destination": id_of(other)})[1] == "resource_missing", "another platform's"


def test_capabilities_decide_who_takes_part(api: Api, seller: Api) -> None:
    api.post(f"/v1/accounts/{id_of(seller)}", capabilities={"transfers": {"requested": False}})
    asked = {"amount": 1000, "currency": "usd"}
    assert refused(api, **asked, transfer_data={"destination": id_of(seller)}) == (
        403, "insufficient_capabilities_for_transfer", "transfer_data[destination]", UNABLE)
    api.post(f"/v1/accounts/{id_of(seller)}", capabilities={"card_payments": {"requested": False}})
    assert refused(api, **asked, on_behalf_of=id_of(seller)) == (
        400, None, "on_behalf_of",
        "You cannot create a charge on behalf of a connected account without the card_payments capability enabled.")
    intent = seller.post(URL, **asked, payment_method="pm_card_visa")["id"]
    without = (400, None, None, "You cannot create a charge on a connected account without the card_payments capability enabled.")
    assert refused(seller, f"{URL}/{intent}/confirm") == without
    assert refused(seller, "/v1/charges", **asked, source="tok_visa") == without


def test_a_capability_that_is_lost_meanwhile_stops_the_payment(api: Api, seller: Api) -> None:
    intent = api.post(URL, amount=1000, currency="usd", payment_method="pm_card_visa", capture_method="manual",
                      transfer_data={"destination": id_of(seller)}, confirm=True)
    api.post(f"/v1/accounts/{id_of(seller)}", capabilities={"transfers": {"requested": False}})
    assert refused(api, f"{URL}/{intent['id']}/capture") == (
        400, "insufficient_capabilities_for_transfer", "transfer_data[destination]", UNABLE)
    assert api.post(f"{URL}/{intent['id']}/cancel")["status"] == "canceled"


def test_another_region_settles_on_behalf_of_its_own_account(api: Api, seller: Api) -> None:
    german = connected(api, country="DE", individual={
        "first_name": "Jenny", "last_name": "Rosen", "email": "jenny@example.com", "phone": "+491601234567",
        "dob": {"day": 1, "month": 1, "year": 1901}, "id_number": "000000000",
        "address": {"line1": "address_full_match", "city": "Berlin", "postal_code": "10115"}},
        external_account={"object": "bank_account", "country": "DE", "currency": "eur",
                          "account_number": "DE89370400440532013000"})
    asked = {"amount": 1000, "currency": "usd", "transfer_data": {"destination": id_of(german)}}
    status, code, param, message = refused(api, **asked)
    assert (status, code, param) == (400, None, "transfer_data[destination]")
    assert message.startswith("Cannot create a destination charge for connected accounts in DE because funds would be settled on "
                              "the platform and the connected account is outside the platform's region.")
    made = api.post(URL, **asked, on_behalf_of=id_of(german), expand=["on_behalf_of", "transfer_data.destination"])
    assert (made["on_behalf_of"]["id"], made["transfer_data"]["destination"]["country"]) == (id_of(german), "DE")


def test_a_charge_is_made_on_behalf_of_an_account(api: Api, seller: Api) -> None:
    taken = charge(api, 1000, on_behalf_of=id_of(seller), transfer_data={"destination": id_of(seller)})
    assert taken["on_behalf_of"] == id_of(seller)
    seen = api.get(f"/v1/charges/{taken['id']}", expand=["on_behalf_of", "transfer", "transfer_data.destination"])
    assert (seen["on_behalf_of"]["object"], seen["transfer"]["amount"], seen["transfer_data"]["destination"]["id"]) == (
        "account", 1000, id_of(seller))
    setup = api.post("/v1/setup_intents", on_behalf_of=id_of(seller), payment_method="pm_card_visa", confirm=True)
    [attempt] = api.get("/v1/setup_attempts", setup_intent=setup["id"])["data"]
    assert (setup["on_behalf_of"], attempt["on_behalf_of"], setup["application"]) == (id_of(seller), id_of(seller), None)
    direct = seller.post("/v1/setup_intents", payment_method="pm_card_visa", confirm=True, expand=["application"])
    assert direct["application"] == {"id": f"ca_{id_of(api)[5:]}", "object": "application", "name": None}


def test_what_is_shared_changes_until_it_is_paid(api: Api, seller: Api) -> None:
    intent = api.post(URL, amount=1000, currency="usd", transfer_data={"destination": id_of(seller)}, application_fee_amount=100)
    path = f"{URL}/{intent['id']}"
    assert api.post(path, application_fee_amount=200)["application_fee_amount"] == 200
    assert refused(api, path, amount=150)[3] == "Application fee ($2.00) cannot be greater than the charge amount ($1.50)"
    assert refused(api, path, transfer_data={"amount": 500})[1] == "parameters_exclusive"
    changed = api.post(path, application_fee_amount="", transfer_data={"amount": 500})
    assert (changed["application_fee_amount"], changed["transfer_data"]) == (
        None, {"amount": 500, "destination": id_of(seller)})
    plain = api.post(URL, amount=1000, currency="usd")["id"]
    assert refused(api, f"{URL}/{plain}", transfer_data={"amount": 500}) == (
        400, None, "transfer_data[amount]", "You can only specify `transfer_data[amount]` for a payment with a destination.")
    paid = api.post(f"{path}/confirm", payment_method="pm_card_visa")
    assert paid["charges"]["data"][0]["transfer_data"] == {"amount": 500, "destination": id_of(seller)}
    assert refused(api, path, application_fee_amount=1)[1] == "payment_intent_unexpected_state"


def test_what_is_captured_of_a_destination_charge_is_sent_on(api: Api, seller: Api) -> None:
    held = api.post(URL, amount=10_000, currency="usd", payment_method="pm_card_visa", capture_method="manual", confirm=True,
                    transfer_data={"destination": id_of(seller)}, application_fee_amount=500)
    [taken] = held["charges"]["data"]
    assert (held["status"], taken["application_fee_amount"], taken["application_fee"], "transfer" in taken) == (
        "requires_capture", 500, None, False)
    assert api.get("/v1/transfers")["data"] == api.get("/v1/application_fees")["data"] == []
    before = len(api.events())
    assert refused(api, f"{URL}/{held['id']}/capture", amount_to_capture=6000, application_fee_amount=6001)[3] == (
        "Application fee ($60.01) cannot be greater than the charge amount ($60.00)")
    done = api.post(f"{URL}/{held['id']}/capture", amount_to_capture=6000, application_fee_amount=300)
    assert (done["status"], done["amount_received"], done["application_fee_amount"]) == ("succeeded", 6000, 300)
    assert api.event_types()[before:] == ["charge.captured", "transfer.created", "payment_intent.succeeded",
                                          "application_fee.created"]
    # The fee of 6000 is 204.
    assert [(row["type"], row["amount"], row["fee"]) for row in api.get("/v1/balance_transactions")["data"][::-1]] == [
        ("charge", 10_000, 204), ("refund", -4000, 0), ("transfer", -6000, 0), ("application_fee", 300, 0)]
    assert [(row["type"], row["amount"], row["fee"]) for row in seller.get("/v1/balance_transactions")["data"]] == [
        ("payment", 6000, 300)]
    # A refund of what was captured takes all of the transfer and the fee with it.
    api.post("/v1/refunds", payment_intent=held["id"], reverse_transfer=True, refund_application_fee=True)
    transfer = api.get(f"/v1/transfers/{done['charges']['data'][0]['transfer']}")
    assert (transfer["amount_reversed"], transfer["reversed"]) == (6000, True)


def test_no_more_than_what_is_captured_goes_to_others(api: Api, seller: Api) -> None:
    direct = seller.post(URL, amount=1000, currency="usd", payment_method="pm_card_visa", capture_method="manual", confirm=True,
                         application_fee_amount=500)
    before, there = len(api.events()), len(seller.events())
    taken = seller.post(f"{URL}/{direct['id']}/capture", amount_to_capture=400)["charges"]["data"][0]
    assert api.get(f"/v1/application_fees/{taken['application_fee']}")["amount"] == taken["application_fee_amount"] == 400
    assert (seller.event_types()[there:], api.event_types()[before:]) == (
        ["charge.captured", "payment_intent.succeeded"], ["application_fee.created"])
    part = api.post(URL, amount=1000, currency="usd", payment_method="pm_card_visa", capture_method="manual", confirm=True,
                    transfer_data={"destination": id_of(seller), "amount": 900})
    done = api.post(f"{URL}/{part['id']}/capture", amount_to_capture=400)
    assert api.get(f"/v1/transfers/{done['charges']['data'][0]['transfer']}")["amount"] == 400
    anew = api.post(URL, amount=1000, currency="usd", payment_method="pm_card_visa", capture_method="manual", confirm=True,
                    transfer_data={"destination": id_of(seller), "amount": 900})
    done = api.post(f"{URL}/{anew['id']}/capture", transfer_data={"amount": 250})
    assert done["transfer_data"] == {"amount": 250, "destination": id_of(seller)}
    assert api.get(f"/v1/transfers/{done['charges']['data'][0]['transfer']}")["amount"] == 250


def test_what_is_declined_is_shared_with_nobody(api: Api, seller: Api) -> None:
    declined = api.call("POST", URL, {
        "amount": 1000, "currency": "usd", "payment_method": "pm_card_chargeDeclined", "confirm": True,
        "transfer_data": {"destination": id_of(seller)}, "application_fee_amount": 100}).error
    seen = api.get(f"/v1/charges/{declined['charge']}")
    assert (seen["application_fee"], seen["application_fee_amount"], "transfer" in seen) == (None, 100, False)
    assert api.get("/v1/transfers")["data"] == seller.get("/v1/charges")["data"] == []


def test_only_its_own_payment_methods_pay_on_a_connected_account(api: Api, seller: Api) -> None:
    customer = api.post("/v1/customers")["id"]
    card = api.post("/v1/payment_methods/pm_card_visa/attach", customer=customer)["id"]
    message = (f"No such PaymentMethod: '{card}'; OAuth key or Stripe-Account header was used but API request was provided with "
               "a platform-owned payment method ID. Please ensure that the provided payment method matches the specified "
               "account.")
    asked = {"amount": 1000, "currency": "usd"}
    assert refused(seller, **asked, payment_method=card) == (400, "resource_missing", "payment_method", message)
    assert refused(seller, **asked, customer=customer)[3] == f"No such customer: '{customer}'"
    copy = seller.post("/v1/payment_methods", customer=customer, payment_method=card)
    assert (copy["id"] != card, copy["customer"], copy["card"]["fingerprint"]) == (
        True, None, api.get(f"/v1/payment_methods/{card}")["card"]["fingerprint"])
    assert charge(seller, 1000, card=copy["id"])["paid"] is True
    assert charge(api, 1000, card=card, customer=customer)["paid"] is True
    assert refused(seller, "/v1/payment_methods", payment_method=card)[2:] == (
        "customer", "The customer must be the one that the payment method is attached to.")
    assert refused(seller, "/v1/payment_methods", payment_method="pm_none")[1] == "resource_missing"
    nobodys = api.post("/v1/payment_methods", type="card", card={"token": "tok_visa"})["id"]
    seller.post("/v1/payment_methods", payment_method=nobodys)
    assert "may not be used again" in refused(seller, "/v1/payment_methods", payment_method=nobodys)[3]
    assert "shared with a connected account" in refused(api, **asked, payment_method=nobodys)[3]


def test_bank_debits_are_sent_on_when_the_bank_has_paid(api: Api, seller: Api) -> None:
    api.post("/_sim/settings", bank_debit_settles_after_s=0)
    mandate = {"mandate_data": {"customer_acceptance": {"type": "offline"}}, "payment_method_types": ["us_bank_account"]}
    taken = charge(api, 10_000, card="pm_usBankAccount_success", **mandate, application_fee_amount=500,
                   transfer_data={"destination": id_of(seller)})
    assert (taken["status"], api.get(f"/v1/transfers/{taken['transfer']}")["source_type"]) == ("succeeded", "bank_account")
    assert api.get(f"/v1/application_fees/{taken['application_fee']}")["amount"] == 500
    before = len(api.events())
    failed = seller.call("POST", URL, {
        "amount": 10_000, "currency": "usd", "payment_method": "pm_usBankAccount_noAccount", "confirm": True, **mandate,
        "application_fee_amount": 300}).body
    assert failed["error"]["payment_intent"]["status"] == "requires_payment_method", failed
    # The fee stood on the balances while the bank was asked.
    assert api.event_types()[before:] == ["application_fee.created", "application_fee.refunded"]
    assert api.get("/v1/application_fees")["data"][0]["refunded"] is True
